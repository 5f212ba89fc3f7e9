"""A49 for a model's key: wherever the provider puts it, it is found nowhere."""

import base64
import json
from urllib.parse import quote, quote_plus

import httpx

from tests.llm.asking import asking, watch
from tests.llm.conftest import KEY
from tests.server import Json, Server, events_of, make_workflow, run_workflow
from tests.servers.openai_speaker import OpenAISpeaker, Reply

ENCODED = base64.b64encode(KEY.encode()).decode()
SPELLINGS = {
    KEY, KEY[::-1], ENCODED, base64.urlsafe_b64encode(KEY.encode()).decode(), quote(KEY), quote(KEY, safe=""),
    quote_plus(KEY), json.dumps(KEY)[1:-1], base64.b64encode(b"x" + KEY.encode()).decode()[4:-4], "SEKRET-8c1f",
}  # fmt: skip
ECHOES = [
    Reply(status=401, error={"message": f"Incorrect API key provided: {KEY}.", "type": "auth", "code": KEY}),
    Reply(status=400, error={"message": f"header 'Authorization: Bearer {KEY}', {ENCODED}", "type": "x", "code": None}),
    Reply(status=500, error={"message": quote(KEY, safe=""), "type": "x", "code": None}),
    Reply(status=429, headers={"Retry-After": "0", "X-Key": KEY}, error={"message": KEY, "type": "x", "code": None}),
    Reply(raw_after=(2, f"data: {KEY}\n\n".encode())),
    Reply(tokens=["key ", KEY, " base64 ", ENCODED, " url ", quote(KEY, safe=""), " back ", KEY[::-1], "."]),
    Reply(tokens=["cut ", *KEY, " ", *ENCODED, " end"]),
    Reply(tokens=[KEY[:9], KEY[9:], " ", ENCODED[:10], ENCODED[10:]], break_after=4),
]


def leaks(text: str) -> list[str]:
    return [spelling for spelling in SPELLINGS if spelling in text]


def everything(server: Server, owner: httpx.Client, workflow: str, execution: Json) -> dict[str, str]:
    """All that can be read of a run, by where it is read."""
    path = f"/executions/{execution['id']}"
    return {
        "answer": json.dumps(execution, ensure_ascii=False),
        "execution": owner.get(path).text,
        "events": json.dumps(events_of(owner, execution["id"]), ensure_ascii=False),
        "sse": owner.get(f"{path}/events", headers={"Accept": "text/event-stream"}).text,
        "list": owner.get("/executions").text,
        "export": owner.get(f"/workflows/{workflow}/export").text,
        "credentials": owner.get("/credentials").text,
        "audit": owner.get("/audit?limit=200").text,
    }


def test_a49_a_key_that_the_provider_echoes_is_found_nowhere(
    server: Server, owner: httpx.Client, speaker: OpenAISpeaker, credential: str
) -> None:
    for echo in ECHOES:
        for streamed in (True, False):
            speaker.script(echo)
            workflow = make_workflow(owner, asking(credential, stream=streamed, retry={"max_attempts": 1}))
            execution = run_workflow(owner, workflow, inputs={"kind": "short"})
            for place, text in everything(server, owner, workflow, execution).items():
                assert leaks(text) == [], (place, echo, text[:2000])
            speaker.script(echo)
            seen = watch(owner, workflow)
            assert leaks(seen.raw) == [], (echo, seen.raw[:3000])
            assert leaks("".join(seen.texts)) == [], (echo, seen.texts)
        assert speaker.arrivals[-1].headers["authorization"] == f"Bearer {KEY}"
    metrics = httpx.get(f"{server.url}/metrics", headers={"Authorization": owner.headers["Authorization"]})
    assert metrics.status_code == 200
    assert leaks(metrics.text) == []
    assert leaks(server.log()) == []
    if server.database_url is None:
        kept = b"".join(path.read_bytes() for path in server.data_dir.rglob("*") if path.is_file())
        assert leaks(kept.decode("latin-1")) == []


def test_a49_control_other_text_comes_through(owner: httpx.Client, speaker: OpenAISpeaker, credential: str) -> None:
    speaker.script(Reply(tokens=["SEKRE", "T is a word", " and so is ", "8c1f"]))
    execution = run_workflow(owner, make_workflow(owner, asking(credential)), inputs={"kind": "short"})
    assert execution["outputs"]["text"] == "SEKRET is a word and so is 8c1f"
