"""Counts that no provider can mean: what they would do to a run's usage, and to its events."""

from typing import Any

import pytest
from tests.servers.recorder import Answer, Recorder

from weft.engine.capabilities import ModelRequest, OpenedCredential, Usage
from weft.engine.errors import NodeError
from weft.models.adapters.litellm import LiteLLMModels
from weft.platform.http import Guard, PrivateHosts


async def _ask(usage: Any) -> Usage:
    choice = {"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "tiny", "choices": [choice], "usage": usage}
    models = LiteLLMModels(Guard(private_hosts=PrivateHosts.parse(["127.0.0.1"])))
    try:
        async with Recorder() as world:
            world.script("/v1/chat/completions", Answer.json(body))
            data = {"api_key": "SEKRET", "base_url": f"{world.url}/v1"}
            credential = OpenedCredential("c", "openai_compatible", data, ("127.0.0.1",))
            request = ModelRequest("tiny", [{"role": "user", "content": "hi"}], credential, stream=False)
            return (await models.complete(request)).usage
    finally:
        await models.aclose()


@pytest.mark.parametrize("prompt", [-5_000, 10**30])
async def test_a_count_that_cannot_be_one_is_counted_here(prompt: int) -> None:
    usage = await _ask({"prompt_tokens": prompt, "completion_tokens": 1, "total_tokens": 1})
    assert 0 < usage.prompt_tokens < 100


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
async def test_an_answer_that_cannot_be_read_is_told_without_the_stack() -> None:
    with pytest.raises(NodeError) as broken:
        await _ask({"prompt_tokens": [1], "completion_tokens": 1})
    assert broken.value.type == "network"
    assert "Traceback" not in broken.value.message
    assert "File " not in broken.value.message
