"""A11: a cookie alone changes nothing."""

import pytest
from tests.gateway.house import OWNER, House

API = "/api/v1"
BODY = {"name": "answer", "value": 42}


async def test_a11_cookies_without_the_header(house: House) -> None:
    owner = await house.owner()
    del owner.headers["X-CSRF-Token"]
    for answer in (
        await owner.post(f"{API}/variables", json=BODY),
        await owner.post(f"{API}/auth/logout"),
        await owner.post(f"{API}/auth/refresh"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_a11_another_sessions_token(house: House) -> None:
    owner = await house.owner()
    older = owner.cookies["weft_csrf"]
    again = house.client()
    await again.post(f"{API}/auth/login", json={k: OWNER[k] for k in ("email", "password")})
    assert again.cookies["weft_csrf"] != older
    for token in (older, "", "x", "é".encode("latin-1")):
        answer = await again.post(f"{API}/variables", json=BODY, headers={"X-CSRF-Token": token})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf")


async def test_a11_csrf_is_checked_before_anything_the_actor_may_do(house: House) -> None:
    owner = await house.owner()
    del owner.headers["X-CSRF-Token"]
    answer = await owner.patch(f"{API}/variables/nothing", json={})
    assert answer.json()["code"] == "csrf"
    for method, path in (("POST", "nothing"), ("PATCH", "auth/me")):
        answer = await owner.request(method, f"{API}/{path}", json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), path
    assert (await owner.get(f"{API}/nothing")).status_code == 404


async def test_a11_an_api_key_in_the_cookie_changes_nothing(house: House) -> None:
    owner = await house.owner()
    key = (await owner.post(f"{API}/api-keys", json={"name": "k", "scopes": ["workflows:write"]})).json()["key"]
    client = house.client(headers={"Cookie": f"weft_access={key}"})
    answer = await client.post(f"{API}/variables", json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    bearer = house.client(headers={"Authorization": f"BEARER {key}"})
    assert (await bearer.post(f"{API}/variables", json=BODY)).status_code == 201


@pytest.mark.parametrize("path", ["auth/logout", "auth/refresh", "variables", "api-keys"])
async def test_a11_forms_and_plain_text_of_another_site(house: House, path: str) -> None:
    owner = await house.owner()
    del owner.headers["X-CSRF-Token"]
    form = await owner.post(f"{API}/{path}", data={"name": "x"})
    text = await owner.post(f"{API}/{path}", content='{"name": "x"}', headers={"Content-Type": "text/plain"})
    assert {form.status_code, text.status_code} <= {403, 415}
    assert (await owner.get(f"{API}/auth/me")).status_code == 200


async def test_a11_control_with_the_header_and_with_bearer(house: House) -> None:
    owner = await house.owner()
    assert (await owner.post(f"{API}/variables", json=BODY)).status_code == 201
    key = await house.bearer("workflows:write", "workflows:read")
    made = await key.post(f"{API}/variables", json={"name": "other", "value": None})
    assert made.status_code == 201, made.text


async def test_a11_cookies_are_kept_from_scripts_and_other_sites(house: House) -> None:
    for host, secure in (("localhost", False), ("127.0.0.1", False)):
        client = house.client(headers={"Host": host})
        path = "setup" if host == "localhost" else "login"
        body = OWNER if path == "setup" else {k: OWNER[k] for k in ("email", "password")}
        cookies = (await client.post(f"{API}/auth/{path}", json=body)).headers.get_list("set-cookie")
        by_name = {cookie.partition("=")[0]: cookie.lower() for cookie in cookies}
        assert set(by_name) == {"weft_access", "weft_refresh", "weft_csrf"}
        assert all("samesite=lax" in cookie and ("secure" in cookie) is secure for cookie in by_name.values())
        assert "httponly" in by_name["weft_access"]
        assert "httponly" in by_name["weft_refresh"]
        assert "httponly" not in by_name["weft_csrf"]
        assert "path=/api/v1/auth/refresh" in by_name["weft_refresh"]
