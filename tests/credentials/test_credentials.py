"""Credentials through the bus and over HTTP: what goes in, what never comes out, who may."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from sqlalchemy import select, update
from tests.credentials.conftest import SECRETS, House, actor
from tests.servers.recorder import Answer, Recorder

from weft.credentials.adapters.sealed import LABEL
from weft.credentials.adapters.vault import EnvironmentVault, SqlVault
from weft.credentials.commands import ChangeCredential, CreateCredential, DeleteCredential
from weft.credentials.queries import (
    CredentialTypes,
    GetCredential,
    KnownCredentials,
    ListCredentials,
    TestCredential,
)
from weft.credentials.routes import routes
from weft.credentials.tables import credentials
from weft.engine.errors import NodeError
from weft.kernel.actor import Actor, Role
from weft.kernel.errors import Invalid, NotFound, PermissionDenied
from weft.kernel.ids import new_id
from weft.platform.outbox import domain_events
from weft.platform.sealing import Sealer

MARKER = "SEKRET-0192f6a0"
BEARER = CreateCredential("Mine", "bearer", {"token": MARKER}, ["API.test", "other.test:8443"])


async def test_a_secret_is_sealed_and_opens_for_its_workspace_only(house: House) -> None:
    who = actor()
    known = await house.bus.execute(BEARER, who)
    opened = await house.vault.open(str(known), workspace=str(who.workspace_id))
    assert (opened.type, opened.data, opened.allowed_hosts) == (
        "bearer", {"token": MARKER}, ("api.test", "other.test:8443"),
    )  # fmt: skip
    view = await house.bus.ask(GetCredential(known), who)
    assert (view.name, view.type, view.allowed_hosts, view.revision) == (
        "Mine", "bearer", ["api.test", "other.test:8443"], 1,
    )  # fmt: skip
    assert MARKER not in repr(view) + repr(opened) + repr(BEARER)
    async with house.database.read() as connection:
        rows = (await connection.execute(select(credentials))).all()
        events = (await connection.execute(select(domain_events))).all()
    assert MARKER not in repr(rows) + repr(events)
    assert [event.name for event in events] == ["CredentialChanged"]
    stranger = actor()
    for attempt in (GetCredential(known), TestCredential(known)):
        with pytest.raises(NotFound):
            await house.bus.ask(attempt, stranger)
    for change in (ChangeCredential(known, name="x"), DeleteCredential(known)):
        with pytest.raises(NotFound):
            await house.bus.execute(change, stranger)
    with pytest.raises(NodeError) as refused:
        await house.vault.open(str(known), workspace=str(stranger.workspace_id))
    assert refused.value.type == "not_found"


@pytest.mark.parametrize("wrong", ["", "x", "0192f6a0", "../1", "0192f6a0-0000-7000-8000-000000000001"])
async def test_an_unknown_credential_is_not_found(house: House, wrong: str) -> None:
    with pytest.raises(NodeError) as refused:
        await house.vault.open(wrong, workspace=str(actor().workspace_id))
    assert refused.value.type == "not_found"


async def test_a_moved_row_and_a_lost_key_do_not_open(house: House) -> None:
    who, stranger = actor(), actor()
    known = await house.bus.execute(BEARER, who)
    for keys in (["another-secret-of-at-least-32-characters"], SECRETS):
        vault = SqlVault(house.database, Sealer(keys, LABEL))
        if keys is SECRETS:
            async with house.database.write() as connection:
                await connection.execute(update(credentials).values(workspace_id=stranger.workspace_id))
        owner = stranger if keys is SECRETS else who
        with pytest.raises(NodeError) as refused:
            await vault.open(str(known), workspace=str(owner.workspace_id))
        assert refused.value.type == "unavailable"


async def test_a_replaced_secret_key_still_opens(house: House) -> None:
    who = actor()
    known = await house.bus.execute(BEARER, who)
    vault = SqlVault(house.database, Sealer(["another-secret-of-at-least-32-characters", *SECRETS], LABEL))
    assert (await vault.open(str(known), workspace=str(who.workspace_id))).data == {"token": MARKER}


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        (CreateCredential("", "bearer", {"token": "x"}, ["a.test"]), ["/name"]),
        (CreateCredential("x" * 201, "bearer", {"token": "x"}, ["a.test"]), ["/name"]),
        (CreateCredential("x", "telepathy", {}, []), ["/type"]),
        (CreateCredential("x", "bearer", {}, ["a.test"]), ["/data/token"]),
        (CreateCredential("x", "bearer", {"token": "x"}), ["/allowed_hosts"]),
        (CreateCredential("x", "bearer", {"token": "x"}, []), ["/allowed_hosts"]),
        (CreateCredential("x", "basic", {"username": "u", "password": "p"}), ["/allowed_hosts"]),
        (CreateCredential("x", "header", {"name": "X-A", "value": "v"}), ["/allowed_hosts"]),
        (CreateCredential("x", "bearer", {"token": "x"}, ["ok.test", "http://no"]), ["/allowed_hosts/1"]),
        (CreateCredential("x", "bearer", {"token": "x\r\ny"}, ["a.test"]), ["/data/token"]),
        (CreateCredential("x", "header", {"name": "X A", "value": "v"}, ["a.test"]), ["/data/name"]),
        (CreateCredential("x", "header", {"name": "Host", "value": "v"}, ["a.test"]), ["/data/name"]),
        (CreateCredential("x", "header", {"name": "content-length", "value": "v"}, ["a.test"]), ["/data/name"]),
        (CreateCredential("x", "openai", {"api_key": "k", "other": "x"}), ["/data/other"]),
        (CreateCredential("x", "openai_compatible", {"api_key": "k"}), ["/data/base_url"]),
        (CreateCredential("x", "openai_compatible", {"base_url": "ftp://x"}), ["/data/base_url"]),
        (CreateCredential("x", "openai_compatible", {"base_url": "http://u:p@x/v1"}), ["/data/base_url"]),
    ],
)  # fmt: skip
async def test_what_is_wrong_is_named(house: House, command: CreateCredential, paths: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        await house.bus.execute(command, actor())
    assert [error.path for error in refused.value.errors] == paths


@pytest.mark.parametrize(
    ("kind", "data", "hosts"),
    [
        ("openai_compatible", {"base_url": "http://Models.test:8080/v1"}, ["models.test"]),
        ("openai", {"api_key": "k"}, ["api.openai.com"]),
        ("anthropic", {"api_key": "k"}, ["api.anthropic.com"]),
    ],
)
async def test_hosts_follow_the_credentials_own_url(house: House, kind: str, data: Any, hosts: list[str]) -> None:
    who = actor()
    known = await house.bus.execute(CreateCredential("x", kind, data), who)
    assert (await house.bus.ask(GetCredential(known), who)).allowed_hosts == hosts


async def test_changes_are_merged_and_counted(house: House) -> None:
    who = actor()
    data = {"base_url": "http://one.test/v1", "api_key": MARKER}
    known = await house.bus.execute(CreateCredential("x", "openai_compatible", data), who)
    moved = {"base_url": "http://two.test/v1", "api_key": MARKER}
    await house.bus.execute(ChangeCredential(known, data=moved), who)
    opened = await house.vault.open(str(known), workspace=str(who.workspace_id))
    assert (opened.data["api_key"], opened.allowed_hosts) == (MARKER, ("two.test",))
    again = {"api_key": MARKER}
    await house.bus.execute(ChangeCredential(known, name="y", data=again, allowed_hosts=["three.test"]), who)
    await house.bus.execute(ChangeCredential(known, data={"api_key": None}), who)
    opened = await house.vault.open(str(known), workspace=str(who.workspace_id))
    assert ("api_key" in opened.data, opened.allowed_hosts) == (False, ("three.test",))
    await house.bus.execute(ChangeCredential(known, default_hosts=True), who)
    view = await house.bus.ask(GetCredential(known), who)
    assert (view.name, view.revision, view.allowed_hosts) == ("y", 5, ["two.test"])
    with pytest.raises(Invalid):
        await house.bus.execute(ChangeCredential(known, data={"base_url": None}), who)
    assert (await house.bus.ask(GetCredential(known), who)).revision == 5
    await house.bus.execute(DeleteCredential(known), who)
    with pytest.raises(NotFound):
        await house.bus.ask(GetCredential(known), who)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"data": {"base_url": "http://mine.test/v1"}}, True),
        ({"data": {"base_url": "http://one.test:8080/v1"}}, True),
        ({"allowed_hosts": ["one.test", "mine.test"]}, True),
        ({"allowed_hosts": ["one.test:8080"]}, True),
        ({"default_hosts": True, "data": {"base_url": "http://mine.test/v1"}}, True),
        ({"data": {"base_url": "http://mine.test/v1", "api_key": "known"}}, False),
        ({"data": {"base_url": "http://mine.test/v1", "api_key": None}}, False),
        ({"data": {"base_url": "http://one.test/v1"}}, False),
        ({"allowed_hosts": ["one.test"]}, False),
        ({"name": "other"}, False),
    ],
)
async def test_a_secret_does_not_move_by_itself(house: House, change: dict[str, Any], refused: bool) -> None:
    """Who may edit could else point it at a server of their own, and read it there."""
    who = actor()
    data = {"base_url": "http://one.test/v1", "api_key": MARKER}
    hosts = ["one.test", "two.test"]
    known = await house.bus.execute(CreateCredential("x", "openai_compatible", data, hosts), who)
    if not refused:
        await house.bus.execute(ChangeCredential(known, **change), who)
        return
    with pytest.raises(Invalid) as caught:
        await house.bus.execute(ChangeCredential(known, **change), who)
    assert [(error.path, error.code) for error in caught.value.errors] == [("/data/api_key", "secret_required")]
    opened = await house.vault.open(str(known), workspace=str(who.workspace_id))
    assert (opened.data, list(opened.allowed_hosts)) == (data, hosts)


async def test_lists_pages_and_references(house: House) -> None:
    who = actor()
    ids = [await house.bus.execute(CreateCredential(f"n{i}%", "openai", {"api_key": "k"}), who) for i in range(3)]
    await house.bus.execute(BEARER, actor())
    first = await house.bus.ask(ListCredentials(limit=2), who)
    rest = await house.bus.ask(ListCredentials(limit=2, after=first[-1].id), who)
    assert [view.id for view in first + rest] == ids
    assert [view.name for view in await house.bus.ask(ListCredentials(text="1%"), who)] == ["n1%"]
    assert await house.bus.ask(ListCredentials(type="bearer"), who) == []
    assert await house.bus.ask(CredentialTypes(), who) == {"openai"}
    asked = (str(ids[0]), str(new_id()), "x")
    assert await house.bus.ask(KnownCredentials(asked), who) == {str(ids[0])}
    assert await house.bus.ask(KnownCredentials(asked), actor()) == frozenset()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
async def test_who_may_only_look_changes_nothing(house: House, role: Role) -> None:
    owner = actor()
    known = await house.bus.execute(BEARER, owner)
    viewer = actor(role, owner.workspace_id)
    assert (await house.bus.ask(GetCredential(known), viewer)).name == "Mine"
    for command in (BEARER, ChangeCredential(known, name="x"), DeleteCredential(known)):
        with pytest.raises(PermissionDenied):
            await house.bus.execute(command, viewer)  # type: ignore[arg-type]
    with pytest.raises(PermissionDenied):
        await house.bus.ask(TestCredential(known), viewer)
    with pytest.raises(PermissionDenied):
        await house.bus.ask(ListCredentials(), Actor(owner.workspace_id, frozenset()))


async def test_a_model_credential_is_tried_by_listing_models(house: House) -> None:
    async with Recorder() as world:
        who = actor()
        data = {"base_url": f"{world.url}/v1/", "api_key": MARKER}
        known = await house.bus.execute(CreateCredential("x", "openai_compatible", data), who)
        world.script(
            "/v1/models",
            Answer.json({"data": [{"id": "b"}, {"id": "a"}]}),
            Answer.json({"error": MARKER}, 401),
            Answer(500),
            Answer(body=b"<html>"),
        )
        told = [await house.bus.ask(TestCredential(known), who) for _ in range(4)]
        assert [(each.ok, each.status) for each in told] == [(True, 200), (False, 401), (False, 500), (False, 200)]
        assert told[0].models == ["a", "b"]
        assert MARKER not in repr(told)
        assert world.arrivals[0].headers["authorization"] == f"Bearer {MARKER}"


async def test_a27_a_private_base_url_is_refused_when_tried(house: House) -> None:
    who = actor()
    data = {"base_url": "http://169.254.169.254/v1", "api_key": MARKER}
    known = await house.bus.execute(CreateCredential("x", "openai_compatible", data), who)
    told = await house.bus.ask(TestCredential(known), who)
    assert not told.ok
    assert "public internet" in told.message


ENVIRONMENT = {
    "WEFT_CREDENTIAL_MY_KEY": '{"type": "openai", "data": {"api_key": "' + MARKER + '"}}',
    "WEFT_CREDENTIAL_BROKEN": "{",
    "WEFT_CREDENTIAL_LIST": "[]",
    "WEFT_CREDENTIAL_MORE": '{"type": "openai", "data": {"api_key": "x"}, "also": 1}',
    "WEFT_CREDENTIAL_NUMBER": '{"type": "openai", "data": {"api_key": 1}}',
    "WEFT_CREDENTIAL_HOSTLESS": '{"type": "bearer", "data": {"token": "' + MARKER + '"}}',
}  # fmt: skip


async def test_the_environment_holds_credentials_for_the_command_line(house: House) -> None:
    who = actor()
    known = await house.bus.execute(BEARER, who)
    vault = EnvironmentVault(ENVIRONMENT, house.vault)
    opened = await vault.open("my-key", workspace=str(who.workspace_id))
    assert (opened.data, opened.allowed_hosts) == ({"api_key": MARKER}, ("api.openai.com",))
    assert (await vault.open(str(known), workspace=str(who.workspace_id))).data == {"token": MARKER}
    for name in ("broken", "list", "more", "number", "hostless"):
        with pytest.raises(NodeError, match=f"WEFT_CREDENTIAL_{name.upper()}") as refused:
            await vault.open(name, workspace="x")
        assert refused.value.type == "validation"
        assert MARKER not in str(refused.value)
    with pytest.raises(NodeError, match="WEFT_CREDENTIAL_OTHER is not set"):
        await EnvironmentVault(ENVIRONMENT).open("other", workspace="x")


@pytest.fixture
def door(house: House) -> Callable[[Actor], httpx.AsyncClient]:
    """The routes with an actor already known; problems as status codes (the gateway has the real table)."""
    statuses = {NotFound: 404, PermissionDenied: 403, Invalid: 422}

    def open_as(who: Actor) -> httpx.AsyncClient:
        app = FastAPI()
        app.state.bus = house.bus
        app.include_router(routes, prefix="/api/v1")
        for kind, status in statuses.items():
            app.add_exception_handler(kind, lambda _request, _error, status=status: Response(status_code=status))

        @app.middleware("http")
        async def known(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
            request.state.actor = who
            return await proceed(request)

        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://weft/api/v1")

    return open_as


async def test_over_http(door: Callable[[Actor], httpx.AsyncClient]) -> None:
    who = actor()
    body = {"name": "x", "type": "bearer", "data": {"token": MARKER}, "allowed_hosts": ["a.test"]}
    async with door(who) as owner, door(actor(Role.VIEWER, who.workspace_id)) as viewer, door(actor()) as stranger:
        made = await owner.post("/credentials", json=body)
        assert made.status_code == 201
        assert set(made.json()) == {
            "id", "name", "type", "allowed_hosts", "revision", "created_at", "updated_at",
        }  # fmt: skip
        path = made.headers["location"].removeprefix("/api/v1")
        got = await viewer.get(path)
        assert got.json() == made.json()
        assert [each["id"] for each in (await viewer.get("/credentials?type=bearer")).json()["items"]] == [
            made.json()["id"]
        ]
        assert (await owner.patch(path, json={"data": {"token": "next"}})).json()["revision"] == 2
        assert (await owner.patch(path, json={"allowed_hosts": None})).status_code == 422
        assert (await owner.patch(path, json={"name": None})).status_code == 422
        for unknown in ({"type": "openai"}, {"revision": 9}, {"workspace_id": str(new_id())}):
            assert (await owner.patch(path, json=unknown)).status_code == 422
            assert (await owner.post("/credentials", json=body | {"id": str(new_id())})).status_code == 422
        assert (await viewer.patch(path, json={"nonsense": 1})).status_code == 403
        assert (await viewer.post("/credentials", json={"nonsense": 1})).status_code == 403
        assert (await stranger.patch(path, json={"nonsense": 1})).status_code == 404
        for method in ("GET", "DELETE"):
            assert (await stranger.request(method, path)).status_code == 404
            assert (await owner.request(method, "/credentials/none")).status_code == 404
        pages = [(await owner.post("/credentials", json=body)).json()["id"] for _ in range(2)]
        first = (await owner.get("/credentials?limit=2")).json()
        rest = (await owner.get(f"/credentials?limit=2&cursor={first['next_cursor']}")).json()
        assert [each["id"] for each in first["items"] + rest["items"]] == [made.json()["id"], *pages]
        assert rest["next_cursor"] is None
        assert (await owner.delete(path)).status_code == 204
        assert (await owner.get(path)).status_code == 404
