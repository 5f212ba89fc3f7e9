"""What a node may touch, each a Protocol. The engine knows these shapes; bootstrap fills them in."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from weft.engine.values import JSON


@dataclass(frozen=True, slots=True)
class Moment:
    """What `Date` and `Math.random` give in a script: the node's recorded start (epoch ms) and the run's seed."""

    now_ms: int
    seed: int


class JavaScript(Protocol):
    """Sandboxed JavaScript in killable child processes. Fails with NodeError."""

    async def evaluate(
        self, expressions: Sequence[str], scope: Mapping[str, JSON], *, workspace: str, moment: Moment
    ) -> list[JSON]:
        """The values of `expressions`, in order, each in a scope where the keys of `scope` are names.

        `UNDEFINED` in `scope` and in the answer is JavaScript's undefined. Errors: `expression` (syntax,
        a throw, NaN or an infinity anywhere in a value, what is not JSON), `timeout`, `memory`.
        """
        ...

    async def evaluate_each(
        self,
        expressions: Sequence[str],
        scopes: Sequence[Mapping[str, JSON]],
        shared: Mapping[str, JSON],
        *,
        workspace: str,
        moment: Moment,
    ) -> list[list[JSON]]:
        """For each of `scopes`, over `shared`, what `evaluate` gives, in few messages; chance goes on from scope
        to scope. Errors as `evaluate`."""
        ...

    async def call(
        self,
        code: str,
        inputs: JSON,
        *,
        workspace: str,
        moment: Moment,
        timeout_s: float,
        memory_mb: int,
        log: Callable[[str], None] | None = None,
    ) -> JSON:
        """What the function body `code` returns; it sees `inputs`. `log` is given each line it prints; of
        very many, the last ones together. Errors: `code` (details line, column, name), `timeout`, `memory`."""
        ...


class Python(Protocol):
    """Sandboxed Python, a documented subset, in child processes. Fails with NodeError."""

    async def call(
        self,
        code: str,
        inputs: JSON,
        *,
        workspace: str,
        timeout_s: float,
        memory_mb: int,
        log: Callable[[str], None] | None = None,
    ) -> JSON:
        """What the function body `code` returns; it sees `inputs`. Errors as `JavaScript.call`."""
        ...


class Parser(Protocol):
    """Text of a known format as a value, read in child processes. Fails with NodeError."""

    async def parse(self, form: str, text: str, options: Mapping[str, Any], *, workspace: str) -> JSON:
        """The value of `text` in `form` (`json`, `csv`, `xml`, `yaml`); `options` are those of `engine.parsing.Csv`.

        Errors: `validation` (at `/text`), `limit_exceeded`, `timeout`, `memory`.
        """
        ...


_PUBLIC_FIELDS = frozenset({"base_url", "name"})
"""Of a credential: where it is sent to, and the name of the header that carries it. They stand in every request."""


@dataclass(frozen=True, slots=True)
class OpenedCredential:
    """A credential with its secret, opened for one node. Never put into an output."""

    id: str
    type: str
    data: Mapping[str, str] = field(repr=False)
    allowed_hosts: tuple[str, ...] = ()

    def secrets(self) -> list[str]:
        """What must not be shown. Name and password as they are sent are one text, whose base64 no part's fits into."""
        found = [value for key, value in self.data.items() if key not in _PUBLIC_FIELDS]
        return [*found, _pair(self.data)] if self.type == "basic" else found

    def authorization(self) -> "Authorization | None":
        """How this secret is shown to an HTTP server; None where its type is not for HTTP."""
        data = self.data
        match self.type:
            case "bearer":
                headers = {"Authorization": f"Bearer {data['token']}"}
            case "basic":
                headers = {"Authorization": f"Basic {b64encode(_pair(data).encode()).decode()}"}
            case "header":
                headers = {data["name"]: data["value"]}
            case "anthropic":
                headers = {"x-api-key": data["api_key"], "anthropic-version": "2023-06-01"}
            case "openai" | "openai_compatible":
                headers = {"Authorization": f"Bearer {data['api_key']}"} if data.get("api_key") else {}
            case _:
                return None
        return Authorization(headers, self.allowed_hosts)


def _pair(data: Mapping[str, str]) -> str:
    return f"{data['username']}:{data['password']}"


class Credentials(Protocol):
    """The vault, as the engine may ask it. Opening registers every secret value for masking."""

    async def open(self, credential_id: str, *, workspace: str) -> OpenedCredential:
        """The credential of that id. NodeError `not_found` where this workspace has none."""
        ...


@dataclass(frozen=True, slots=True)
class Authorization:
    """Headers that prove who asks, sent only to `hosts`, and never after a redirect to another."""

    headers: Mapping[str, str] = field(repr=False)
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back, decoded by its content encoding, at most the size asked for."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str
    elapsed_ms: float


class Http(Protocol):
    """Outgoing HTTP through the SSRF guard: each address is checked, and connected to as checked, also at
    each redirect. Fails with NodeError `blocked_host`, `blocked_scheme`, `too_many_redirects`, `network`,
    `timeout`, `output_too_large`. A status of 400 and more is an answer, not an error."""

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        authorization: Authorization | None = None,
        timeout_s: float = 30,
        follow_redirects: bool = True,
        max_bytes: int = 100 * 1024 * 1024,
    ) -> HttpAnswer:
        """Send one request and read the whole answer."""
        ...


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and money. `cost_usd` is None where the price of the model is not known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost_usd: float | None = None

    def as_json(self) -> dict[str, Any]:
        """As events and answers carry it."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "cost_usd": self.cost_usd,
        }


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One call of a chat model, as the `llm` node asks for it. `model` is LiteLLM's `provider/name`."""

    model: str
    messages: Sequence[Mapping[str, Any]]
    credential: OpenedCredential | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    response_schema: Mapping[str, Any] | None = None
    stream: bool = True
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model said, whole, and what it used (the provider's count; ours only where it sends none)."""

    text: str
    finish_reason: str
    model: str
    usage: Usage


class Models(Protocol):
    """Chat models through LiteLLM. Fails with NodeError `provider`, `rate_limited`, `network`, `timeout`,
    `blocked_host`, `unavailable` (the extra is not installed)."""

    async def complete(
        self,
        request: ModelRequest,
        on_text: Callable[[str], Awaitable[None]] | None = None,
        on_usage: Callable[[Usage], None] | None = None,
    ) -> ModelAnswer:
        """Call the model once; `on_text` is given each chunk that has text, in order.

        `on_usage` is given what the call used, exactly once, however it ends: whole, failed or cancelled.
        """
        ...

    async def estimate(self, request: ModelRequest) -> Usage:
        """The most this call may use, before it is made; `cost_usd` None where the price is not known."""
        ...


@dataclass(frozen=True, slots=True)
class Capabilities:
    """All that a run hands to its nodes. None: not available here (NodeError `unavailable`)."""

    javascript: JavaScript | None = None
    python: Python | None = None
    http: Http | None = None
    models: Models | None = None
    credentials: Credentials | None = None
    parser: Parser | None = None
