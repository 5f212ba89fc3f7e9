"""The outside world: records each request, and answers it by script."""

import asyncio
import json
import os
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.http_server import Arrival, HttpServer, reset

REASONS = {200: "OK"}


@dataclass(frozen=True)
class Answer:
    """What is sent back. `cut`: only so many bytes of the body, then the connection ends. `raw`: these bytes
    instead of everything. `after` runs when the answer is on its way (a test kills a process there)."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    delay_s: float = 0
    hang: bool = False
    reset: bool = False
    cut: int | None = None
    raw: bytes | None = None
    endless: bytes | None = None
    after: Callable[[], Awaitable[None]] | None = None

    @classmethod
    def json(cls, value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> "Answer":
        """An answer with a JSON body."""
        return cls(status, {"content-type": "application/json", **(headers or {})}, json.dumps(value).encode())

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> "Answer":
        """A redirect."""
        return cls(status, {"location": location})


Script = Callable[[Arrival], Answer]


class Recorder(HttpServer):
    """Answers by path: each scripted answer once, the last one again and again; else 200 with an echo.

    With `log`, each arrival is a JSON line there, synced to disk before the answer.
    """

    def __init__(
        self, host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None, log: Path | None = None
    ) -> None:
        super().__init__(host, port, tls=tls)
        self._scripts: dict[str, list[Answer | Script]] = {}
        self._log = log

    def script(self, path: str, *answers: Answer | Script) -> str:
        """Set what `path` (without its query) answers; the URL of it."""
        self._scripts[path] = list(answers)
        return f"{self.url}{path}"

    async def respond(self, arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
        if self._log is not None:
            self._write(self._log, arrival)
        answer = self._next(arrival)
        await asyncio.sleep(answer.delay_s)
        if answer.hang:
            await asyncio.Event().wait()
        if answer.reset:
            reset(writer)
            return False
        again = await self._send(answer, arrival, writer)
        if answer.after is not None:
            await answer.after()
        return again

    async def _send(self, answer: Answer, arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
        if answer.raw is not None:
            writer.write(answer.raw)
            await writer.drain()
            return False
        lines = [f"HTTP/1.1 {answer.status} {REASONS.get(answer.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.endless is None:
            lines.append(f"content-length: {len(answer.body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        while answer.endless is not None:
            writer.write(answer.endless)
            await writer.drain()
        if arrival.method != "HEAD":
            writer.write(answer.body[: answer.cut])
        await writer.drain()
        return answer.cut is None

    def _next(self, arrival: Arrival) -> Answer:
        answers = self._scripts.get(arrival.path.partition("?")[0])
        if not answers:
            return Answer.json(_seen(arrival))
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(arrival) if callable(answer) else answer

    @staticmethod
    def _write(log: Path, arrival: Arrival) -> None:
        with log.open("a") as file:
            file.write(json.dumps(_seen(arrival) | {"at": arrival.at}) + "\n")
            file.flush()
            os.fsync(file.fileno())


def _seen(arrival: Arrival) -> dict[str, object]:
    body = arrival.body.decode("utf-8", "replace")
    return {"method": arrival.method, "path": arrival.path, "headers": arrival.headers, "body": body}
