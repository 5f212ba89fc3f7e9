"""Set-up, sign-in, rotation, sign-out: through HTTP, on both databases."""

import asyncio

from tests.gateway.house import OWNER, House

API = "/api/v1"
SIGN_IN = {"email": OWNER["email"], "password": OWNER["password"]}


async def test_status_asks_for_set_up_until_there_is_a_user(any_house: House) -> None:
    client = any_house.client()
    before = await client.get(f"{API}/auth/status")
    assert before.json() == {"setup_required": True, "setup_token_required": False, "signup": "closed"}
    made = await client.post(f"{API}/auth/setup", json=OWNER)
    assert made.status_code == 201, made.text
    body = made.json()
    assert body["user"]["email"] == OWNER["email"]
    assert body["token_type"] == "bearer"
    assert 0 < body["expires_in"] <= 900
    assert (await client.get(f"{API}/auth/status")).json()["setup_required"] is False


async def test_set_up_happens_once_even_at_the_same_time(any_house: House) -> None:
    clients = [any_house.client() for _ in range(8)]
    bodies = [{**OWNER, "email": f"owner{index}@example.com"} for index in range(8)]
    answers = await asyncio.gather(
        *(client.post(f"{API}/auth/setup", json=body) for client, body in zip(clients, bodies, strict=True))
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * 7
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "already_set_up"


async def test_the_starters_are_there_when_set_up_answers(any_house: House) -> None:
    seen = []

    async def remember(actor) -> None:  # type: ignore[no-untyped-def]
        seen.append((actor.workspace_id, actor.role))

    any_house.app.state.on_setup.append(remember)
    made = await any_house.client().post(f"{API}/auth/setup", json=OWNER)
    assert [(str(workspace), role) for workspace, role in seen] == [(made.json()["workspace"]["id"], "owner")]


async def test_me_by_cookie_and_by_bearer(any_house: House) -> None:
    owner = await any_house.owner()
    by_cookie = await owner.get(f"{API}/auth/me")
    assert by_cookie.status_code == 200, by_cookie.text
    assert by_cookie.json()["role"] == "owner"
    token = (await any_house.client().post(f"{API}/auth/login", json=SIGN_IN)).json()["access_token"]
    bearer = any_house.client(headers={"Authorization": f"Bearer {token}"})
    assert (await bearer.get(f"{API}/auth/me")).json() == by_cookie.json()


async def test_refresh_rotates_and_reuse_ends_the_whole_family(any_house: House) -> None:
    owner = await any_house.owner()
    first = owner.cookies["weft_refresh"]
    second_answer = await owner.post(f"{API}/auth/refresh")
    assert second_answer.status_code == 200, second_answer.text
    second = owner.cookies["weft_refresh"]
    assert second != first
    newest = second_answer.json()["access_token"]
    thief = any_house.client(headers={"X-CSRF-Token": owner.cookies["weft_csrf"]})
    thief.cookies.set("weft_refresh", first)
    assert (await thief.post(f"{API}/auth/refresh")).status_code == 401
    assert (await owner.post(f"{API}/auth/refresh")).status_code == 401
    await _dead(any_house, newest)


async def test_parallel_use_of_one_refresh_token_leaves_at_most_one_family(any_house: House) -> None:
    owner = await any_house.owner()
    headers = {"X-CSRF-Token": owner.cookies["weft_csrf"]}
    clients = [any_house.client(headers=headers) for _ in range(50)]
    for client in clients:
        client.cookies.set("weft_refresh", owner.cookies["weft_refresh"])
    answers = await asyncio.gather(*(client.post(f"{API}/auth/refresh") for client in clients))
    codes = [answer.status_code for answer in answers]
    assert set(codes) <= {200, 401}
    assert codes.count(200) <= 1


async def test_logout_ends_the_session_and_removes_the_cookies(any_house: House) -> None:
    owner = await any_house.owner()
    token = (await owner.post(f"{API}/auth/login", json=SIGN_IN)).json()["access_token"]
    owner.headers["X-CSRF-Token"] = owner.cookies["weft_csrf"]
    left = await owner.post(f"{API}/auth/logout")
    assert left.status_code == 204
    assert "weft_access" not in owner.cookies
    await _dead(any_house, token)


async def test_register_is_closed_and_forgot_tells_nothing(any_house: House) -> None:
    await any_house.owner()
    client = any_house.client()
    closed = await client.post(f"{API}/auth/register", json={**OWNER, "email": "else@example.com"})
    assert (closed.status_code, closed.json()["code"]) == (403, "signup_closed")
    known = await client.post(f"{API}/auth/password/forgot", json={"email": OWNER["email"]})
    unknown = await client.post(f"{API}/auth/password/forgot", json={"email": "nobody@example.com"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content) == (200, b"{}")


async def _dead(house: House, token: str) -> None:
    """The token's session has ended, at once in this process."""
    client = house.client(headers={"Authorization": f"Bearer {token}"})
    assert (await client.get(f"{API}/auth/me")).status_code == 401
