"""A model provider on loopback: speaks the OpenAI chat completions protocol, by script, and keeps the books.

Tokens are real ones: words of which each is one token of the cl100k encoding, prompts counted as OpenAI
counts them. A broken stream has served what it sent: its prompt, and the tokens before the break.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.http_server import Arrival, HttpServer, reset

WORDS = ("Hello", " there", ",", " this", " is", " a", " story", " of", " one", " small", " boat", " on", " the",
         " wide", " sea", ".")  # fmt: skip


@dataclass(frozen=True)
class Reply:
    """One scripted answer.

    `tokens`: the pieces of the text. `break_after`: the connection ends after so many (by RST, or cleanly with
    `clean`). `stall_after`: nothing comes after so many. `raw_after`: these bytes stand in place of the rest.
    `halves`: every chunk is sent in two writes, cut in the middle of its bytes. `usage`: whether it is told.
    """

    tokens: Sequence[str] = WORDS
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    error: Any = None
    delay_s: float = 0
    between_s: float = 0
    break_after: int | None = None
    clean: bool = False
    stall_after: int | None = None
    raw_after: tuple[int, bytes] | None = None
    halves: bool = False
    usage: bool = True
    finish_reason: str | None = "stop"
    done: bool = True


Script = Callable[[dict[str, Any]], Reply]


class OpenAISpeaker(HttpServer):
    """`/v1/chat/completions` and `/v1/models`. `script` lists replies, taken in order; the last one stays."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, count: Callable[..., int] | None = None) -> None:
        super().__init__(host, port)
        self.replies: list[Reply | Script] = [Reply()]
        self.requests: list[dict[str, Any]] = []
        self.prompt_tokens = 0
        self.completion_tokens = 0
        self.sent_at: list[float] = []
        self._count = count or (lambda messages: sum(len(str(m["content"]).split()) for m in messages))

    @property
    def base_url(self) -> str:
        """What a credential's `base_url` is."""
        return f"{self.url}/v1"

    def script(self, *replies: Reply | Script) -> None:
        """Set what is answered next."""
        self.replies = list(replies)

    async def respond(self, arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
        if arrival.path == "/v1/models":
            return await _whole(writer, 200, {"object": "list", "data": [{"id": "tiny", "object": "model"}]})
        request = json.loads(arrival.body)
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        reply = reply(request) if callable(reply) else reply
        await asyncio.sleep(reply.delay_s)
        if reply.status >= 400:
            error = reply.error or {"message": "scripted", "type": "scripted", "code": None}
            return await _whole(writer, reply.status, {"error": error}, reply.headers)
        prompt = self._count(messages=request["messages"])
        self.prompt_tokens += prompt
        if request.get("stream"):
            return await self._stream(request, reply, prompt, writer)
        self.completion_tokens += len(reply.tokens)
        message = {"role": "assistant", "content": "".join(reply.tokens)}
        choice = {"index": 0, "message": message, "finish_reason": reply.finish_reason}
        body = _head(request, "chat.completion") | {"choices": [choice]}
        if reply.usage:
            body["usage"] = _usage(prompt, len(reply.tokens))
        return await _whole(writer, 200, body)

    async def _stream(self, request: dict[str, Any], reply: Reply, prompt: int, writer: asyncio.StreamWriter) -> bool:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        head = _head(request, "chat.completion.chunk")
        for index, token in enumerate(reply.tokens):
            if reply.break_after == index:
                return await self._broken(reply, writer)
            if reply.stall_after == index:
                await asyncio.Event().wait()
            if reply.raw_after is not None and reply.raw_after[0] == index:
                await _chunk(writer, reply.raw_after[1])
                return await self._broken(reply, writer)
            delta = {"content": token} | ({"role": "assistant"} if index == 0 else {})
            self.completion_tokens += 1
            await _event(writer, head | {"choices": [_choice(delta)]}, reply.halves)
            self.sent_at.append(time.monotonic())
            if reply.between_s:
                await asyncio.sleep(reply.between_s)
        if reply.finish_reason is not None:
            await _event(writer, head | {"choices": [_choice({}, reply.finish_reason)]})
        if reply.usage and (request.get("stream_options") or {}).get("include_usage"):
            await _event(writer, head | {"choices": [], "usage": _usage(prompt, len(reply.tokens))})
        if reply.done:
            await _chunk(writer, b"data: [DONE]\n\n")
        await _chunk(writer, b"")
        return True

    async def _broken(self, reply: Reply, writer: asyncio.StreamWriter) -> bool:
        if reply.clean:
            await _chunk(writer, b"")
        else:
            await asyncio.sleep(0.02)
            reset(writer)
        return False


def _head(request: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": request["model"]}


def _choice(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish_reason}


def _usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


async def _event(writer: asyncio.StreamWriter, value: dict[str, Any], halves: bool = False) -> None:
    text = f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()
    if not halves:
        await _chunk(writer, text)
        return
    middle = next((i + 1 for i, byte in enumerate(text) if byte >= 0xC0), len(text) // 2)
    await _chunk(writer, text[:middle])
    await asyncio.sleep(0.005)
    await _chunk(writer, text[middle:])


async def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    await writer.drain()


async def _whole(
    writer: asyncio.StreamWriter, status: int, value: object, headers: dict[str, str] | None = None
) -> bool:
    body = json.dumps(value).encode()
    lines = [f"HTTP/1.1 {status} Status", "content-type: application/json", f"content-length: {len(body)}"]
    lines += [f"{name}: {text}" for name, text in (headers or {}).items()]
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    return True
