"""A12, A15 and A52 in part: what is no credential opens nothing."""

import base64
import hmac
import json
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import select, update
from tests.cost import in_time
from tests.gateway.house import OWNER, SECRET, House

from weft.identity.tables import api_keys, users, workspaces
from weft.platform.sealing import derive

ME = "/api/v1/auth/me"
KEY = derive((SECRET,), "access tokens")[0]


async def tried(house: House, *headers: tuple[str, Any]) -> int:
    return (await house.client().get(ME, headers=list(headers))).status_code


@pytest.mark.parametrize(
    "value",
    [
        "Bearer weft_' OR '1'='1",
        "Bearer weft_%",
        "Bearer weft_" + "A" * 65_000,
        "Bearer weft_\0",
        "Bearer",
        "Bearer ",
        "bearer\tweft_x",
        "Basic b3duZXI6cGFzc3dvcmQ=",
        "weft_x",
        "Bearer a b",
        b"Bearer \xff\xfe",
        b"\xff",
        "",
    ],
)
async def test_a12_what_is_no_credential(any_house: House, value: str | bytes) -> None:
    await any_house.owner()
    assert await tried(any_house, ("Authorization", value)) == 401


async def test_a12_two_headers_and_a_key_in_the_query(house: House) -> None:
    client = await house.bearer("workflows:read")
    key = client.headers["Authorization"]
    assert await tried(house, ("Authorization", key), ("Authorization", key)) == 401
    secret = key.removeprefix("Bearer ")
    assert (await house.client().get(f"{ME}?token={secret}&access_token={secret}&key={secret}")).status_code == 401
    assert await tried(house, ("Authorization", key.replace("weft_", "WEFT_"))) == 401
    assert await tried(house, ("Authorization", key)) == 200


async def test_a12_a_revoked_key_ends_within_five_seconds(any_house: House) -> None:
    client = await any_house.bearer("workflows:read")
    assert (await client.get(ME)).status_code == 200
    owner = await any_house.owner()
    gone = await owner.delete(f"/api/v1/api-keys/{client.headers['X-Key-Id']}")
    assert gone.status_code == 204
    started = time.monotonic()
    while (await client.get(ME)).status_code != 401:
        in_time(time.monotonic() - started, 5)


@pytest.mark.parametrize("table", [users, workspaces])
async def test_a12_the_key_of_a_deleted_user_or_workspace(any_house: House, table: Any) -> None:
    client = await any_house.bearer("workflows:read")
    async with any_house.database.write() as connection:
        await connection.execute(update(table).values(deleted_at=any_house.clock.now()))
    assert (await client.get(ME)).status_code == 401


async def test_a52_an_expired_key_is_dead_at_once_though_cached(house: House) -> None:
    owner = await house.owner()
    expires = house.clock.now() + timedelta(seconds=1)
    body = {"name": "short", "scopes": ["workflows:read"], "expires_at": expires.isoformat()}
    key = (await owner.post("/api/v1/api-keys", json=body)).json()["key"]
    client = house.client(headers={"Authorization": f"Bearer {key}"})
    assert (await client.get(ME)).status_code == 200
    while house.clock.now() < expires:
        assert (await client.get(ME)).status_code in (200, 401)
    assert (await client.get(ME)).status_code == 401


async def test_a52_a_key_makes_no_key_beyond_itself_and_is_stored_as_a_hash(house: House) -> None:
    reader = await house.bearer("workflows:read")
    body = {"name": "more", "scopes": ["workflows:read"]}
    assert (await reader.post("/api/v1/api-keys", json=body)).status_code == 403
    assert (await reader.post("/api/v1/variables", json={"name": "a", "value": 1})).status_code == 403
    admin = await house.bearer("admin", "workflows:read")
    beyond = await admin.post("/api/v1/api-keys", json={"name": "more", "scopes": ["workflows:write"]})
    assert beyond.status_code == 403
    within = await admin.post("/api/v1/api-keys", json=body)
    assert within.status_code == 201
    listed = await admin.get("/api/v1/api-keys")
    secret = within.json()["key"]
    assert secret not in listed.text
    assert all(item["prefix"].startswith("weft_") and "key" not in item for item in listed.json()["items"])
    async with house.database.read() as connection:
        rows = (await connection.execute(select(api_keys))).all()
    assert secret not in repr(rows)


def forged(claims: dict[str, Any], **changes: Any) -> str:
    merged = {k: v for k, v in {**claims, **changes}.items() if v is not None}
    return jwt.encode(merged, KEY, algorithm="HS256")


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    head = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).decode().rstrip("=")
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{head}.{body}."


def signed_with_nothing(claims: dict[str, Any]) -> str:
    """HS256 under an empty key, which the library itself refuses to use."""
    text = unsigned(claims, "HS256").rpartition(".")[0]
    signature = hmac.new(b"", text.encode(), "sha256").digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


async def test_a15_forged_tokens(house: House) -> None:
    token = (await (await house.owner()).post(
        "/api/v1/auth/login", json={k: OWNER[k] for k in ("email", "password")}
    )).json()["access_token"]  # fmt: skip
    claims = jwt.decode(token, KEY, algorithms=["HS256"], issuer="weft")
    head, body, signature = token.split(".")
    other = "0" + str(claims["sub"])[1:] if claims["sub"][0] != "0" else "1" + str(claims["sub"])[1:]
    bad = [
        unsigned(claims, "none"),
        unsigned(claims, "None"),
        unsigned(claims, "HS256"),
        signed_with_nothing(claims),
        jwt.encode(claims, "secret".ljust(32, "."), algorithm="HS256"),
        jwt.encode(claims, SECRET, algorithm="HS256"),
        jwt.encode(claims, derive(("the-secret-of-another-installation!!",), "access tokens")[0], algorithm="HS256"),
        jwt.encode(claims, derive((SECRET,), "csrf")[0], algorithm="HS256"),
        jwt.encode(claims, KEY.ljust(64, b"\0"), algorithm="HS512"),
        f"{head}.{body[:-2]}{'A' if body[-2] != 'A' else 'B'}{body[-1]}.{signature}",
        forged(claims, typ="refresh"),
        forged(claims, typ=None),
        forged(claims, sub=other),
        forged(claims, workspace=other),
        forged(claims, session=other),
        forged(claims, exp=None),
        forged(claims, exp=str(claims["exp"])),
        forged(claims, exp=int(time.time()) - 1),
        forged(claims, iat=None),
        forged(claims, nbf=int(time.time()) + 3600),
        forged(claims, iss="other"),
        forged(claims, sub="' OR 1=1"),
        "A" * 2_000_000,
        "eyJhbGciOiJub25lIn0.e30.",
        "..",
    ]
    for candidate in bad:
        assert await tried(house, ("Authorization", f"Bearer {candidate}")) == 401, candidate[:80]
        client = house.client()
        client.cookies.set("weft_access", candidate[:100_000])
        assert (await client.get(ME)).status_code == 401
    assert await tried(house, ("Authorization", f"Bearer {forged(claims)}")) == 200
    assert await tried(house, ("Authorization", f"Bearer {token}")) == 200
