"""Models through LiteLLM against a provider on loopback: F29, F30, A27, what is counted, and how soon it speaks."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import tiktoken
from tests.servers.openai_speaker import WORDS, OpenAISpeaker, Reply
from tests.servers.recorder import Answer, Recorder

from weft.engine.capabilities import ModelAnswer, ModelRequest, OpenedCredential, Usage
from weft.engine.errors import NodeError
from weft.models.adapters.litellm import LiteLLMModels
from weft.platform.http import Guard, PrivateHosts

SHORT = ("a", " b", " c")
KEY = "SEKRET-0192f6a0"


def prompt_tokens(messages: Any) -> int:
    """As OpenAI's cookbook counts them."""
    encoding = tiktoken.get_encoding("cl100k_base")
    return 3 + sum(3 + sum(len(encoding.encode(str(value))) for value in each.values()) for each in messages)


@pytest.fixture
async def speaker() -> AsyncIterator[OpenAISpeaker]:
    async with OpenAISpeaker(count=prompt_tokens) as server:
        yield server


@pytest.fixture
async def models() -> AsyncIterator[LiteLLMModels]:
    found = opened()
    await found.estimate(_request(OpenedCredential("c", "openai", {"api_key": KEY}, ()), model="gpt-4o"))
    yield found
    await found.aclose()


def opened(stall_s: float = 30) -> LiteLLMModels:
    return LiteLLMModels(Guard(private_hosts=PrivateHosts.parse(["127.0.0.1"])), stall_s=stall_s)


class Call:
    """One call, with what it told on the way."""

    def __init__(self, models: LiteLLMModels, speaker: OpenAISpeaker, **more: Any) -> None:
        data = {"base_url": speaker.base_url, "api_key": KEY}
        credential = OpenedCredential("c", "openai_compatible", data, ("127.0.0.1",))
        self.request = _request(**{"credential": credential, "model": "tiny", **more})
        self.models = models
        self.texts: list[str] = []
        self.heard_at: list[float] = []
        self.usages: list[Usage] = []

    async def answer(self) -> ModelAnswer:
        return await self.models.complete(self.request, self._hear, self.usages.append)

    async def failure(self) -> NodeError:
        with pytest.raises(NodeError) as caught:
            await self.answer()
        return caught.value

    async def _hear(self, text: str) -> None:
        self.heard_at.append(time.monotonic())
        self.texts.append(text)


def _request(credential: OpenedCredential, model: str, **more: Any) -> ModelRequest:
    return ModelRequest(model, [{"role": "user", "content": "tell a story"}], credential, **more)


async def test_a_stream_is_told_chunk_by_chunk(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    call = Call(models, speaker, temperature=0.5, max_tokens=50)
    answer = await call.answer()
    assert answer.text == "".join(WORDS)
    assert call.texts == list(WORDS)
    assert (answer.finish_reason, answer.model) == ("stop", "openai/tiny")
    used = Usage(speaker.prompt_tokens, len(WORDS), None)
    assert (answer.usage, call.usages) == (used, [used])
    sent = speaker.requests[0]
    assert sent["model"] == "tiny"
    assert sent["stream_options"] == {"include_usage": True}
    assert (sent["temperature"], sent["max_tokens"]) == (0.5, 50)
    assert speaker.arrivals[0].headers["authorization"] == f"Bearer {KEY}"


async def test_an_answer_in_one_piece(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    call = Call(models, speaker, stream=False)
    answer = await call.answer()
    assert (answer.text, call.texts) == ("".join(WORDS), ["".join(WORDS)])
    assert call.usages == [Usage(speaker.prompt_tokens, len(WORDS), None)]


async def test_a_length_limit_is_told(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(tokens=SHORT, finish_reason="length"))
    assert (await Call(models, speaker).answer()).finish_reason == "length"


async def test_where_the_provider_does_not_count_we_do(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(usage=False))
    for stream in (True, False):
        call = Call(models, speaker, stream=stream)
        await call.answer()
        assert call.usages == [Usage(prompt_tokens(call.request.messages), len(WORDS), None)]


async def test_the_price_is_the_tables(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(tokens=SHORT))
    answer = await Call(models, speaker, model="openai/gpt-4o").answer()
    price = (answer.usage.prompt_tokens * 2.5 + 3 * 10) / 1_000_000
    assert answer.usage.cost_usd == pytest.approx(price)
    estimate = await models.estimate(Call(models, speaker, model="gpt-4o", max_tokens=3).request)
    assert estimate == answer.usage
    assert (await models.estimate(Call(models, speaker).request)).completion_tokens == 4096


BROKEN = [
    (Reply(break_after=5), "network", 5),
    (Reply(break_after=5, clean=True), "network", 5),
    (Reply(tokens=SHORT, finish_reason=None), "network", 3),
    (Reply(tokens=SHORT, finish_reason=None, usage=False, done=False), "network", 3),
    (Reply(raw_after=(2, b"data: {oops\n\n"), clean=True), "network", 2),
    (Reply(raw_after=(2, 'data: {"choices": [{"delta": {"content": "ü'.encode()[:-1])), "network", 2),
    (Reply(raw_after=(2, b'data: {"error": {"message": "boom", "code": 500}}\n\n'), clean=True), "network", 2),
    (Reply(raw_after=(0, b"\xff\xfe\n\n"), clean=True), "network", 0),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "kind", "served"), BROKEN)
async def test_f30_a_broken_stream_is_never_whole(
    models: LiteLLMModels, speaker: OpenAISpeaker, reply: Reply, kind: str, served: int
) -> None:
    speaker.script(reply, Reply(tokens=SHORT))
    call = Call(models, speaker)
    error = await call.failure()
    assert (error.type, error.may_pass) == (kind, True)
    assert len(call.texts) == served
    assert call.usages == [Usage(speaker.prompt_tokens, served, None)]
    assert KEY not in error.message
    assert (await Call(models, speaker).answer()).text == "a b c"


async def test_f30_a_stream_that_stalls_is_given_up(speaker: OpenAISpeaker) -> None:
    models = opened(stall_s=0.3)
    speaker.script(Reply(stall_after=4))
    call = Call(models, speaker)
    error = await call.failure()
    assert (error.type, error.may_pass, len(call.texts)) == ("timeout", True, 4)
    assert call.usages == [Usage(speaker.prompt_tokens, 4, None)]
    await asyncio.wait_for(speaker.arrivals[0].closed.wait(), 60)
    speaker.script(Reply(delay_s=0.5))
    assert (await Call(models, speaker).answer()).finish_reason == "stop"
    await models.aclose()


async def test_f30_halves_of_characters_are_put_together(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    tokens = ("grüß", " 你好", " 🚣")
    speaker.script(Reply(tokens=tokens, halves=True))
    call = Call(models, speaker)
    assert (await call.answer()).text == "".join(tokens)
    assert call.texts == list(tokens)


async def test_f30_one_line_of_10_mb(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(tokens=("x" * 10_000_000,)))
    assert len((await Call(models, speaker).answer()).text) == 10_000_000


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2", 2.0), ("1000000000", 1e9), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0), ("soon", None), (None, None)],
)
async def test_f29_rate_limits(
    models: LiteLLMModels, speaker: OpenAISpeaker, header: str | None, seconds: float | None
) -> None:
    speaker.script(Reply(status=429, headers={"Retry-After": header} if header else {}))
    call = Call(models, speaker)
    error = await call.failure()
    assert (error.type, error.retry_after_s, error.may_pass) == ("rate_limited", seconds, True)
    assert error.details == {"status": 429, "provider": "openai", "model": "openai/tiny"}
    assert call.usages == [Usage()]
    assert len(speaker.requests) == 1


@pytest.mark.parametrize(("status", "may_pass"), [(400, False), (401, False), (404, False), (500, True), (503, True)])
@pytest.mark.parametrize("stream", [True, False])
async def test_f29_refusals(
    models: LiteLLMModels, speaker: OpenAISpeaker, status: int, may_pass: bool, stream: bool
) -> None:
    speaker.script(Reply(status=status))
    call = Call(models, speaker, stream=stream)
    error = await call.failure()
    assert (error.type, error.status, error.may_pass) == ("provider", status, may_pass)
    assert error.message == f"The provider answered {status}: scripted"
    assert set(error.details) == {"status", "provider", "model"}
    assert len(speaker.requests) == 1


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("status", [200, 400])
async def test_a_long_answer_without_sense_costs_no_more_than_a_short_one(
    models: LiteLLMModels, speaker: OpenAISpeaker, stream: bool, status: int
) -> None:
    """Neither by its length nor by the codec it names (punycode takes the square): nobody else waits for it."""

    async def cost(charset: str, size: int) -> float:
        async with Recorder() as server:
            headers = {"content-type": f"text/plain; charset={charset}"}
            server.script("/chat/completions", Answer(status, headers, b"a-" + b"z9" * (size // 2)))
            data = {"base_url": server.url, "api_key": KEY}
            credential = OpenedCredential("c", "openai_compatible", data, ("127.0.0.1",))
            began = time.thread_time()
            error = await Call(models, speaker, credential=credential, stream=stream).failure()
        assert error.type == ("network" if status == 200 else "provider")
        return time.thread_time() - began

    await cost("utf-8", 64)
    short = await cost("utf-8", 65_536)
    assert await cost("punycode", 65_536) < 3 * short
    assert await cost("utf-8", 1_000_000) < 3 * short


async def test_f29_a_server_that_is_not_there(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    call = Call(models, speaker)
    await speaker.__aexit__(None, None, None)
    assert (await call.failure()).type == "network"
    assert call.usages == [Usage()]
    await speaker.__aenter__()


async def test_the_time_limit_of_a_call(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(delay_s=30))
    for stream in (True, False):
        assert (await Call(models, speaker, timeout_s=0.2, stream=stream).failure()).type == "timeout"
    await asyncio.wait_for(speaker.arrivals[-1].closed.wait(), 60)


async def test_f30_cancelling_closes_the_connection(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(stall_after=3))
    call = Call(models, speaker)
    task = asyncio.create_task(call.answer())
    async with asyncio.timeout(60):
        while len(call.texts) < 3:
            await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(speaker.arrivals[0].closed.wait(), 60)
    assert call.usages == [Usage(speaker.prompt_tokens, 3, None)]


async def test_what_a_listener_raises_passes_and_closes_the_stream(
    models: LiteLLMModels, speaker: OpenAISpeaker
) -> None:
    speaker.script(Reply(between_s=0.05))

    async def refuse(_text: str) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError):
        await models.complete(Call(models, speaker).request, refuse)
    await asyncio.wait_for(speaker.arrivals[0].closed.wait(), 60)


@pytest.mark.parametrize("address", ["http://10.0.0.5/v1", "http://169.254.169.254/v1", "http://[::1]:1/v1"])
async def test_a27_private_addresses_are_refused(models: LiteLLMModels, speaker: OpenAISpeaker, address: str) -> None:
    host = httpx.URL(address).host
    credential = OpenedCredential("c", "openai_compatible", {"base_url": address}, (host,))
    call = Call(models, speaker, credential=credential)
    assert (await call.failure()).type == "blocked_host"
    assert call.usages == [Usage()]
    closed = LiteLLMModels(Guard())
    assert (await Call(closed, speaker).failure()).type == "blocked_host"
    assert not speaker.requests
    await Call(models, speaker).answer()
    await closed.aclose()


async def test_a_secret_is_not_sent_to_a_host_that_is_not_allowed(
    models: LiteLLMModels, speaker: OpenAISpeaker
) -> None:
    data = {"base_url": speaker.base_url, "api_key": KEY}
    credential = OpenedCredential("c", "openai_compatible", data, ("models.test",))
    assert (await Call(models, speaker, credential=credential).failure()).type == "blocked_host"
    assert not speaker.arrivals


async def test_keys_of_the_environment_stay_here(
    models: LiteLLMModels, speaker: OpenAISpeaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ORGANIZATION", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(name, "SERVERS-OWN")
    credential = OpenedCredential("c", "openai_compatible", {"base_url": speaker.base_url}, ("127.0.0.1",))
    await Call(models, speaker, credential=credential).answer()
    assert "SERVERS-OWN" not in str(speaker.arrivals[0].headers)


@pytest.mark.parametrize(
    ("kind", "model", "path"),
    [
        ("bearer", "openai/x", "/credential_id"),
        ("openai", "anthropic/x", "/model"),
        ("anthropic", "openai/x", "/model"),
    ],
)
async def test_model_and_credential_must_fit(
    models: LiteLLMModels, speaker: OpenAISpeaker, kind: str, model: str, path: str
) -> None:
    credential = OpenedCredential("c", kind, {"api_key": KEY}, ())
    error = await Call(models, speaker, credential=credential, model=model).failure()
    assert (error.type, error.details["errors"][0]["path"]) == ("validation", path)
    assert (await Call(models, speaker, credential=None).failure()).type == "validation"


async def test_names_with_a_slash_reach_a_compatible_server_whole(
    models: LiteLLMModels, speaker: OpenAISpeaker
) -> None:
    for model in ("meta/llama", "openai/meta/llama"):
        answer = await Call(models, speaker, model=model).answer()
        assert answer.model == "openai/meta/llama"
    assert [request["model"] for request in speaker.requests] == ["meta/llama"] * 2


async def test_the_first_word_is_heard_at_once(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    speaker.script(Reply(between_s=0.02))
    await Call(models, speaker).answer()
    lags = []
    for _ in range(10):
        speaker.sent_at.clear()
        call = Call(models, speaker)
        await call.answer()
        lags += [heard - sent for heard, sent in zip(call.heard_at, speaker.sent_at, strict=True)]
    first, typical = sorted(lags[:: len(WORDS)])[5], sorted(lags)[len(lags) // 2]
    print(f"first word {first * 1000:.1f} ms after it was sent, median of all {typical * 1000:.2f} ms")
    assert first < 0.05
    assert typical < 0.01


async def test_200_calls_are_counted_to_the_token(models: LiteLLMModels, speaker: OpenAISpeaker) -> None:
    """Every fourth is a 429, every fourth breaks off: what is booked is what was served, broken streams included."""
    script = [Reply(), Reply(status=429, headers={"Retry-After": "0"}), Reply(break_after=7), Reply(tokens=SHORT)]
    speaker.script(*(script * 50), Reply())
    booked: list[Usage] = []
    outcomes: list[str] = []
    gate = asyncio.Semaphore(20)

    async def one() -> None:
        call = Call(models, speaker)
        async with gate:
            try:
                await call.answer()
                outcomes.append("whole")
            except NodeError as error:
                outcomes.append(error.type)
        assert len(call.usages) == 1
        booked.extend(call.usages)

    await asyncio.gather(*(one() for _ in range(200)))
    assert {kind: outcomes.count(kind) for kind in set(outcomes)} == {"whole": 100, "rate_limited": 50, "network": 50}
    assert sum(usage.completion_tokens for usage in booked) == speaker.completion_tokens
    assert sum(usage.prompt_tokens for usage in booked) == speaker.prompt_tokens
    assert speaker.completion_tokens == 50 * (len(WORDS) + 7 + 3)


async def test_known_models_have_prices(models: LiteLLMModels) -> None:
    known = {model.id: model for model in await models.known(frozenset({"openai", "bearer"}))}
    assert known["openai/gpt-4o"].input_cost_per_token == 2.5e-6
    assert not any(name.startswith("anthropic/") for name in known)
    assert await models.known(frozenset({"bearer", "openai_compatible"})) == []
    assert all(model.id.startswith("anthropic/") for model in await models.known(frozenset({"anthropic"})))
