"""The other provider: Anthropic's messages, over the same guard."""

import json
import os

import pytest
from tests.servers.recorder import Answer, Recorder

from weft.engine.capabilities import ModelRequest, OpenedCredential, Usage
from weft.engine.errors import NodeError
from weft.models.adapters.litellm import LiteLLMModels
from weft.platform.http import Guard, PrivateHosts

MESSAGE = {"id": "m", "type": "message", "role": "assistant", "content": [], "model": "claude-sonnet-4-5"}
START = {
    "type": "message_start",
    "message": MESSAGE | {"stop_reason": None, "usage": {"input_tokens": 11, "output_tokens": 1}},
}
TEXT = [
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": " there"}},
    {"type": "content_block_stop", "index": 0},
]
STOP = [
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
    {"type": "message_stop"},
]


def events(*values: object) -> Answer:
    lines = [f"event: {value['type']}\ndata: {json.dumps(value)}\n\n" for value in values]  # type: ignore[index]
    return Answer(headers={"content-type": "text/event-stream"}, body="".join(lines).encode())


async def test_a_stream_of_anthropic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "ANTHROPIC_API_KEY", "SERVERS-OWN")
    async with Recorder() as world:
        guard = Guard(private_hosts=PrivateHosts.parse(["127.0.0.1"]))
        models = LiteLLMModels(guard, addresses={"anthropic": world.url})
        credential = OpenedCredential("c", "anthropic", {"api_key": "SEKRET"}, ("127.0.0.1",))
        request = ModelRequest("anthropic/claude-sonnet-4-5", [{"role": "user", "content": "hi"}], credential)
        texts: list[str] = []
        booked: list[Usage] = []

        async def hear(text: str) -> None:
            texts.append(text)

        world.script("/v1/messages", events(START, *TEXT, *STOP), events(START, *TEXT), Answer.json({}, 529))
        answer = await models.complete(request, hear, booked.append)
        assert (answer.text, texts, answer.finish_reason) == ("Hello there", ["Hello", " there"], "stop")
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 2)
        assert answer.usage.cost_usd == pytest.approx((11 * 3 + 2 * 15) / 1_000_000)
        assert world.arrivals[0].headers["x-api-key"] == "SEKRET"
        with pytest.raises(NodeError) as broken:
            await models.complete(request, hear, booked.append)
        assert broken.value.type == "network"
        with pytest.raises(NodeError) as busy:
            await models.complete(request, hear, booked.append)
        assert (busy.value.type, busy.value.status, len(booked)) == ("provider", 529, 3)
        blocked = LiteLLMModels(Guard(), addresses={"anthropic": world.url})
        with pytest.raises(NodeError) as refused:
            await blocked.complete(request)
        assert (refused.value.type, len(world.arrivals)) == ("blocked_host", 3)
        await models.aclose()
        await blocked.aclose()
