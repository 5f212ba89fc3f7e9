"""The engine's `Models` on LiteLLM.

LiteLLM translates; the HTTP is ours: it is given a client whose connections the guard makes, one for each call.

A stream is whole only if the provider's finish_reason arrived (LiteLLM makes one up where it did not). What a call
used is what the provider says; where it says nothing, or the call broke off, a tokenizer counts the prompt and
the text that came. A call that was refused before an answer began has used nothing.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from weft.engine.capabilities import ModelAnswer, ModelRequest, OpenedCredential, Usage
from weft.engine.errors import NodeError, retry_after_seconds
from weft.models.adapters.litellm.library import client, load, price_entry, priced, prompt_tokens, text_tokens
from weft.models.ports import KnownModel
from weft.platform.http import Guard

if TYPE_CHECKING:
    from weft.models.adapters.litellm.wire import Wire
    from weft.platform.http.transport import GuardedTransport

OnText = Callable[[str], Awaitable[None]]
PROVIDERS: Final[Mapping[str, str]] = {"openai": "openai", "openai_compatible": "openai", "anthropic": "anthropic"}
"""The LiteLLM provider that serves a credential's type."""
ADDRESSES: Final[Mapping[str, str]] = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}
MAX_ANSWER_BYTES: Final = 32 * 1024 * 1024
_ASSUMED_TOKENS: Final = 4096
_MOST_TOKENS: Final = 10**12


@dataclass
class _Call:
    """One call as it goes."""

    request: ModelRequest
    credential: OpenedCredential
    provider: str
    name: str
    wire: "Wire"
    text: list[str] = field(default_factory=list)
    finish_reason: str | None = None
    usage: Usage | None = None

    @property
    def model(self) -> str:
        return f"{self.provider}/{self.name}"


class LiteLLMModels:
    """Implements the engine's `Models`, and `ports.ModelList`."""

    def __init__(
        self,
        guard: Guard,
        *,
        stall_s: float = 60,
        timeout_s: float = 600,
        addresses: Mapping[str, str] = ADDRESSES,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        """`stall_s`: a stream that has begun and then sends nothing for so long is broken; what comes before its first
        piece (models may think for minutes) is under `timeout_s`, which holds where a request names none."""
        self._guard = guard
        self._stall_s = stall_s
        self._timeout_s = timeout_s
        self._addresses = addresses
        self._ssl_context = ssl_context
        self._library: Any = None
        self._loading = asyncio.Lock()
        self._transport: GuardedTransport | None = None

    async def complete(
        self,
        request: ModelRequest,
        on_text: OnText | None = None,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> ModelAnswer:
        """Call the model once; errors as `Models`, and `validation` where model and credential do not fit."""
        library = await self._load()
        call = self._begin(request)
        try:
            async with asyncio.timeout(request.timeout_s or self._timeout_s):
                if request.stream:
                    await self._stream(library, call, on_text)
                else:
                    await self._whole(library, call, on_text)
        except TimeoutError:
            raise NodeError("timeout", "The model did not finish in time.") from None
        finally:
            await call.wire.close()
            usage = call.usage
            if usage is None:
                usage = await asyncio.to_thread(self._counted, library, call)
            if on_usage is not None:
                on_usage(usage)
        return ModelAnswer("".join(call.text), call.finish_reason or "stop", call.model, usage)

    async def estimate(self, request: ModelRequest) -> Usage:
        """The prompt by the tokenizer; the answer by `max_tokens`, else the model's own limit, else 4,096."""
        library = await self._load()
        provider, name = _provider_and_name(request)
        most = request.max_tokens or price_entry(library, provider, name).get("max_output_tokens") or _ASSUMED_TOKENS
        prompt = await asyncio.to_thread(prompt_tokens, library, name, request)
        return priced(library, provider, name, prompt, int(most))

    async def known(self, types: frozenset[str]) -> list[KnownModel]:
        """The chat models that LiteLLM's own table lists for credentials of these types."""
        library = await self._load()
        providers = {PROVIDERS[each] for each in types & {"openai", "anthropic"}}
        return [
            KnownModel(
                f"{provider}/{name.removeprefix(provider + '/')}",
                provider,
                entry.get("input_cost_per_token"),
                entry.get("output_cost_per_token"),
                entry.get("max_input_tokens"),
                entry.get("max_output_tokens"),
            )
            for name, entry in sorted(library.model_cost.items())
            if entry.get("mode") == "chat" and (provider := entry.get("litellm_provider")) in providers
        ]

    async def aclose(self) -> None:
        """Close every connection."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    async def _load(self) -> Any:
        async with self._loading:
            if self._library is None:
                self._library = await asyncio.to_thread(load)
            return self._library

    def _begin(self, request: ModelRequest) -> _Call:
        from weft.models.adapters.litellm.wire import Wire
        from weft.platform.http.transport import GuardedTransport

        provider, name = _provider_and_name(request)
        credential = request.credential
        assert credential is not None
        if self._transport is None:
            self._transport = GuardedTransport(self._guard, ssl_context=self._ssl_context, max_bytes=MAX_ANSWER_BYTES)
        wire = Wire(self._transport, credential.allowed_hosts, streams=request.stream)
        return _Call(request, credential, provider, name, wire)

    async def _stream(self, library: Any, call: _Call, on_text: OnText | None) -> None:
        options = {"include_usage": True}
        async with self._understood(call):
            stream = await library.acompletion(stream=True, stream_options=options, **self._arguments(call))
        stall_s = None
        while True:
            async with self._understood(call, stall_s):
                chunk = await anext(stream, None)
            if chunk is None:
                break
            stall_s = self._stall_s
            usage = getattr(chunk, "usage", None)
            if usage is not None:
                call.usage = _told(library, call, usage)
            text = (chunk.choices[0].delta.content or "") if chunk.choices else ""
            if text:
                call.text.append(text)
                if on_text is not None:
                    await on_text(text)
        call.finish_reason = stream.received_finish_reason
        if call.finish_reason is None:
            call.usage = None
            raise NodeError("network", "The model's answer broke off before its end.")

    async def _whole(self, library: Any, call: _Call, on_text: OnText | None) -> None:
        async with self._understood(call):
            answer = await library.acompletion(stream=False, **self._arguments(call))
            text, call.finish_reason = answer.choices[0].message.content or "", answer.choices[0].finish_reason
            call.usage = _told(library, call, getattr(answer, "usage", None))
        call.text.append(text)
        if on_text is not None and text:
            await on_text(text)

    @asynccontextmanager
    async def _understood(self, call: _Call, stall_s: float | None = None) -> AsyncIterator[None]:
        """What LiteLLM raises becomes what happened; its errors, and those of its parsers, have no parent in common."""
        try:
            async with asyncio.timeout(stall_s) as clock:
                yield
        except TimeoutError as error:
            if clock.expired():
                raise NodeError("timeout", f"The model sent nothing for {stall_s:g} s.") from None
            raise _failure(call, error) from None
        except Exception as error:
            raise _failure(call, error) from None

    def _arguments(self, call: _Call) -> dict[str, Any]:
        request, data = call.request, call.credential.data
        key = data.get("api_key") or "none"
        address = data.get("base_url") or self._addresses[call.provider]
        optional = {
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "response_format": _response_format(request.response_schema),
        }
        return {
            "model": call.model,
            "messages": [dict(message) for message in request.messages],
            "api_key": key,
            "api_base": address,
            "client": client(call.provider, call.wire, key, address),
            "timeout": request.timeout_s or self._timeout_s,
            "num_retries": 0,
            "max_retries": 0,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _counted(self, library: Any, call: _Call) -> Usage:
        """What a call used whose provider did not say: nothing if no answer began."""
        if call.wire.status != 200:
            return Usage()
        prompt = prompt_tokens(library, call.name, call.request)
        completion = text_tokens(library, call.name, "".join(call.text))
        return priced(library, call.provider, call.name, prompt, completion)


def _provider_and_name(request: ModelRequest) -> tuple[str, str]:
    """LiteLLM's provider, and the model's name there. NodeError `validation`."""
    credential = request.credential
    if credential is None:
        raise _invalid("/credential_id", "a model needs a credential")
    provider = PROVIDERS.get(credential.type)
    if provider is None:
        raise _invalid("/credential_id", f"a credential of type '{credential.type}' is not for models")
    named, slash, name = request.model.partition("/")
    if slash and named == provider:
        return provider, name
    if slash and credential.type != "openai_compatible":
        raise _invalid("/model", f"a credential of type '{credential.type}' serves models named {provider}/…")
    return provider, request.model


def _response_format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": dict(schema)}}


def _told(library: Any, call: _Call, usage: Any) -> Usage | None:
    """The provider's count; None where it is empty, which is how LiteLLM says that there was none, and where it cannot
    be one: below zero it would give back what others used, and a very large number fits into no event."""
    prompt, completion = getattr(usage, "prompt_tokens", 0) or 0, getattr(usage, "completion_tokens", 0) or 0
    if not (prompt or completion) or min(prompt, completion) < 0 or max(prompt, completion) > _MOST_TOKENS:
        return None
    return priced(library, call.provider, call.name, prompt, completion, usage)


def _failure(call: _Call, error: Exception) -> NodeError:
    """The NodeError for what LiteLLM raised, by what the wire saw."""
    status, details = call.wire.status, {"provider": call.provider, "model": call.model}
    if isinstance(error, NodeError):
        return error
    if call.wire.error is not None:
        return call.wire.error
    after = retry_after_seconds(call.wire.headers.get("retry-after"), datetime.now(UTC))
    if status == 429:
        message = "The provider asks to slow down."
        return NodeError("rate_limited", message, details={"status": status, **details}, retry_after_s=after)
    said = str(getattr(error, "message", "") or "").rpartition("Exception - ")[2][:500]
    if status is None:
        return NodeError("provider", f"The call was not made: {said}", details={"status": None, **details})
    if not 200 <= status < 300:
        message = f"The provider answered {status}: {said}"
        return NodeError("provider", message, details={"status": status, **details}, retry_after_s=after)
    # For what it cannot read, LiteLLM's words may hold its whole stack.
    return NodeError("network", f"The provider's answer cannot be read: {said.partition('Traceback')[0].strip()}")


def _invalid(path: str, message: str) -> NodeError:
    return NodeError("validation", f"{path[1:]}: {message}", details={"errors": [{"path": path, "message": message}]})
