"""The `llm` node against a provider on loopback: streaming, limits, fallbacks, structured answers, images."""

import base64
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.engine.drawing import draw
from tests.nodes.attempt import Attempt, call
from tests.servers.openai_speaker import WORDS, OpenAISpeaker, Reply
from tests.servers.recorder import Answer, Recorder

from weft.credentials.adapters.vault import EnvironmentVault
from weft.engine.capabilities import Capabilities, Usage
from weft.engine.catalog import Catalog
from weft.engine.errors import NodeError
from weft.engine.validation import validate_graph
from weft.models.adapters.litellm import LiteLLMModels
from weft.nodes.llm import llm
from weft.nodes.start import start
from weft.platform.http import Guard, GuardedHttp, PrivateHosts

TYPE = llm.node_type  # type: ignore[attr-defined]
TYPES = Catalog([TYPE, start.node_type])  # type: ignore[attr-defined]
ASK = {"model": "tiny", "credential_id": "model", "prompt": "tell a story"}
PNG = b"\x89PNG\r\n"


@pytest.fixture
async def speaker() -> AsyncIterator[OpenAISpeaker]:
    async with OpenAISpeaker() as server:
        yield server


@pytest.fixture
async def run(speaker: OpenAISpeaker) -> AsyncIterator[Attempt]:
    guard = Guard(private_hosts=PrivateHosts.parse(["127.0.0.1"]))
    models, http = LiteLLMModels(guard), GuardedHttp(guard)
    credential = {"type": "openai_compatible", "data": {"base_url": speaker.base_url, "api_key": "SEKRET"}}
    vault = EnvironmentVault({"WEFT_CREDENTIAL_MODEL": json.dumps(credential)})
    yield Attempt(Capabilities(models=models, http=http, credentials=vault))
    await models.aclose()
    await http.aclose()


async def failure(run: Attempt, **config: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        await call(llm, run, **config)
    return caught.value


def test_it_is_tried_three_times_and_reads() -> None:
    assert TYPE.retry.max_attempts == 3
    assert TYPE.effect_for({}) == "read"


async def test_the_output_has_these_keys(run: Attempt, speaker: OpenAISpeaker) -> None:
    output = await call(llm, run, **ASK, system="Be brief.", temperature=0.1, max_tokens=99)
    used = Usage(speaker.prompt_tokens, len(WORDS), None)
    assert output == {
        "text": "".join(WORDS),
        "finish_reason": "stop",
        "model": "openai/tiny",
        "usage": used.as_json(),
    }
    assert run.emitted == list(WORDS)
    assert run.booked == [used]
    assert [usage.completion_tokens for usage in run.reserved] == [99]
    assert speaker.requests[0]["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "tell a story"},
    ]


async def test_messages_and_no_stream(run: Attempt, speaker: OpenAISpeaker) -> None:
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": "b"},
        {"role": "user", "content": "c"},
    ]
    output = await call(llm, run, model="tiny", credential_id="model", messages=messages, stream=False)
    assert (output["text"], run.emitted) == ("".join(WORDS), [])
    assert speaker.requests[0]["messages"] == messages
    assert "stream" not in speaker.requests[0] or not speaker.requests[0]["stream"]


SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


async def test_structured_answers(run: Attempt, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(tokens=('{"n":', " 1}")), Reply(tokens=('{"n": "x"}',)), Reply(tokens=("no json",)))
    output = await call(llm, run, **ASK, response_schema=SCHEMA)
    assert output["json"] == {"n": 1}
    assert speaker.requests[0]["response_format"]["json_schema"]["schema"] == SCHEMA
    wrong = await failure(run, **ASK, response_schema=SCHEMA)
    assert (wrong.type, wrong.details["errors"][0]["path"]) == ("validation", "/n")
    assert (await failure(run, **ASK, response_schema=SCHEMA)).type == "validation"
    assert len(run.booked) == 3
    assert sum(usage.completion_tokens for usage in run.booked) == speaker.completion_tokens


async def test_a_long_answer_is_checked_in_linear_time(run: Attempt, speaker: OpenAISpeaker) -> None:
    rows = [{"id": number} for number in range(4000)]
    speaker.script(Reply(tokens=(json.dumps(rows),)), Reply(tokens=(json.dumps([*rows, {"id": 1}]),)))
    schema = {"type": "array", "uniqueItems": True}
    before = time.thread_time()
    assert (await call(llm, run, **ASK, response_schema=schema))["json"] == rows
    assert (await failure(run, **ASK, response_schema=schema)).type == "validation"
    assert time.thread_time() - before < 2


async def test_a_schema_is_checked_before_it_is_paid_for(run: Attempt, speaker: OpenAISpeaker) -> None:
    assert (await failure(run, **ASK, response_schema={"type": "nonsense"})).type == "validation"
    assert not speaker.requests
    async with Recorder() as world:
        speaker.script(Reply(tokens=("{}",)))
        error = await failure(run, **ASK, response_schema={"$ref": f"{world.url}/schema"})
        assert error.type == "validation"
        assert not world.arrivals


async def test_f29_a_fallback_is_used(run: Attempt, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(status=503), Reply(status=429), Reply(tokens=("ok",)))
    output = await call(llm, run, **ASK, fallbacks=["second", "third"])
    assert (output["text"], output["model"]) == ("ok", "openai/third")
    assert [request["model"] for request in speaker.requests] == ["tiny", "second", "third"]
    assert sum(usage.completion_tokens for usage in run.booked) == speaker.completion_tokens == 1
    assert len(run.reserved) == len(run.booked) == 3


async def test_f30_what_was_begun_is_not_finished_by_another_model(run: Attempt, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(break_after=2), Reply(tokens=("ok",)))
    error = await failure(run, **ASK, fallbacks=["second"])
    assert (error.type, run.emitted) == ("network", list(WORDS[:2]))
    assert len(speaker.requests) == 1
    assert run.booked == [Usage(run.booked[0].prompt_tokens, 2, None)]


async def test_images_are_fetched_through_the_guard(run: Attempt, speaker: OpenAISpeaker) -> None:
    async with Recorder() as world:
        url = world.script("/a.png", Answer(headers={"content-type": "image/png"}, body=PNG))
        await call(llm, run, **ASK, images=[url, "data:image/png;base64,AAAA"])
        expected = "data:image/png;base64," + base64.b64encode(PNG).decode()
        parts = speaker.requests[0]["messages"][0]["content"]
        assert parts[0] == {"type": "text", "text": "tell a story"}
        assert [part["image_url"]["url"] for part in parts[1:]] == [expected, "data:image/png;base64,AAAA"]
        assert (await failure(run, **ASK, images=["http://10.0.0.5/a.png"])).type == "blocked_host"
        assert (await failure(run, **ASK, images=["file:///etc/passwd"])).type == "blocked_scheme"
        html = world.script("/b", Answer(headers={"content-type": "text/html"}, body=b"<html>"))
        for image in (html, "", "no url"):
            error = await failure(run, **ASK, images=[url, image])
            assert (error.type, error.details["errors"][0]["path"]) == ("validation", "/images/1")
        assert len(speaker.requests) == 1


@pytest.mark.parametrize(
    "config",
    [{}, {"model": "tiny"}, {"model": "tiny", "prompt": "x"}, {**ASK, "messages": []}, {**ASK, "prompt": None},
     {**ASK, "prompt": None, "messages": []}, {**ASK, "temperature": 3}, {**ASK, "max_tokens": 0},
     {**ASK, "prompt": None, "messages": [{"role": "nobody", "content": "x"}]}, {**ASK, "nope": 1},
     {**ASK, "prompt": None, "messages": [{"role": "user", "content": [{"type": "image_url"}]}]}],
)  # fmt: skip
async def test_wrong_config_is_a_validation_error(run: Attempt, speaker: OpenAISpeaker, config: Any) -> None:
    assert (await failure(run, **config)).type == "validation"
    assert not speaker.requests


@pytest.mark.parametrize(
    ("config", "path"),
    [
        ({"prompt": "x", "response_schema": {"type": "nonsense"}}, "/response_schema/type"),
        ({"model": "a/b"}, ""),
        ({"prompt": "x", "messages": []}, ""),
    ],
)
def test_faults_of_the_config_are_told_before_the_run(config: dict[str, Any], path: str) -> None:
    nodes: dict[str, Any] = {"s": {"type": "start"}, "a": {"type": "llm", "config": config}}
    report = validate_graph(draw(nodes, "s>a"), TYPES)
    assert [error.path for error in report.errors] == [f"/graph/nodes/1/config{path}"]


def test_what_a_field_is_by_itself_may_be_given() -> None:
    config = {name: field.get_default(call_default_factory=True) for name, field in TYPE.config.model_fields.items()}
    nodes: dict[str, Any] = {"s": {"type": "start"}, "a": {"type": "llm", "config": {**config, "prompt": "x"}}}
    assert validate_graph(draw(nodes, "s>a"), TYPES).errors == []
