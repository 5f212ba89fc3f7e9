"""One HTTP request through the guard: `http_request`."""

import codecs
import re
import secrets
import typing
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from typing import Annotated, Any, Final
from urllib.parse import quote, urlencode

import orjson
from pydantic import Field
from typing_extensions import TypedDict

from weft.engine.capabilities import Authorization, HttpAnswer
from weft.engine.errors import NodeError, retry_after_seconds
from weft.engine.graph import Effect
from weft.engine.node import LITERAL, NodeConfig, NodeRun, node
from weft.engine.schemas import pointer
from weft.engine.values import JSON, encode, encode_bounded

READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_KEY_AS_IT_IS: Final = ":.[]$"
"""Of a path, what stands in a header unchanged beside letters and digits: only what is not ASCII is encoded."""
_SHOWN_BODY: Final = 64 * 1024
_LARGE: Final = 2**20
_CHARSETS: Final = re.compile(
    r"utf-(8|8-sig|16|32)(-[bl]e)?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+|shift_jis\w*|euc_\w+|gb\w+|big5\w*|"
    r"iso2022_\w+|hz|tis-620|johab"
)
_TEXT_TYPES: Final = ("text/", "application/xml", "application/javascript", "application/x-www-form-urlencoded")


class HttpRequest(NodeConfig):
    """The request, and how its answer is read."""

    method: typing.Literal["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="GET",
        description="The method. All but GET, HEAD and OPTIONS count as writing. Every attempt sends the same "
        "Idempotency-Key.",
    )
    url: str = Field(
        min_length=1,
        max_length=65_536,
        description="Where the request goes, with `http://` or `https://`.",
        examples=["https://api.example.com/orders/{{ input.id }}"],
    )
    query: dict[str, Any] = Field(
        default_factory=dict,
        description="Added to the URL, encoded. A list gives its name several times, null is left out.",
        examples=[{"page": 2}],
    )
    headers: dict[str, str] = Field(
        default_factory=dict,
        description="Sent with the request, by name. Secrets belong into a credential.",
        examples=[{"Accept": "application/json"}],
    )
    body: Any = Field(
        default=None,
        description="What is sent. Text goes as text and any other value as JSON, unless the body type says otherwise. "
        "Left out: no body.",
    )
    body_type: typing.Literal["json", "text", "form", "multipart", "none"] | None = Field(
        default=None,
        description="How the body is written. `form` and `multipart` take an object of fields; in `multipart`, "
        "`{filename, content, mime}` is a file. Left out: by the body.",
    )
    credential_id: str | None = Field(
        default=None,
        description="The credential that signs the request; it is sent to its allowed hosts only. Left out: none.",
        json_schema_extra={**LITERAL, "x-reference": "credential"},
    )
    timeout_s: float = Field(
        default=30,
        gt=0,
        le=3600,
        title="Timeout, seconds",
        description="How long the whole answer may take, at most 3,600 seconds. Beyond: error `timeout`.",
    )
    follow_redirects: bool = Field(
        default=True, description="Whether redirects are followed; else the redirect is the answer."
    )
    response: typing.Literal["auto", "json", "text", "file"] = Field(
        default="auto",
        title="Read the answer as",
        description="`auto` goes by its content type; `json` fails on what is not JSON. `file` is not available yet.",
    )
    fail_on_status: bool = Field(
        default=True,
        title="Fail on status 400 and above",
        description="Whether such an answer is the error `http_status`; else it is an output like any other.",
    )


class HttpResponse(TypedDict):
    """What came back."""

    status: Annotated[int, Field(description="The HTTP status.")]
    headers: Annotated[dict[str, str], Field(description="The answer's headers; their names are lower case.")]
    body: Annotated[
        Any,
        Field(description="JSON as its value, text as text, nothing as null; other bytes as `{base64, mime, size}`."),
    ]
    url: Annotated[str, Field(description="Where the answer came from, after redirects.")]
    elapsed_ms: Annotated[float, Field(description="How long it took, in milliseconds.")]


def effect_of_method(config: Mapping[str, Any]) -> Effect:
    """GET, HEAD and OPTIONS read; all else, also a method not known before it is rendered, writes."""
    return "read" if config.get("method", "GET") in READING else "write"


@node(
    "http_request",
    title="HTTP request",
    category="integration",
    icon="globe",
    effect=effect_of_method,
    output=HttpResponse,
)
async def http_request(config: HttpRequest, run: NodeRun) -> JSON:
    """Calls a URL. Only the public internet is reached, and what the operator opened."""
    if config.response == "file":
        raise NodeError("unavailable", "Answers cannot be kept as files here; use auto, json or text.")
    content_type, body = _encoded(config)
    headers = dict(config.headers)
    given = {name.lower() for name in headers}
    if content_type and "content-type" not in given:
        headers["Content-Type"] = content_type
    if "idempotency-key" not in given:
        headers["Idempotency-Key"] = quote(run.idempotency_key, safe=_KEY_AS_IT_IS)
    answer = await run.http.send(
        config.method,
        _with_query(config.url, config.query),
        headers=headers,
        body=body,
        authorization=await _authorization(config, run),
        timeout_s=config.timeout_s,
        follow_redirects=config.follow_redirects,
    )
    if config.fail_on_status and answer.status >= 400:
        raise _failed(answer, config.response)
    return {
        "status": answer.status,
        "headers": answer.headers,
        "body": await _body(answer, config.response, run),
        "url": answer.url,
        "elapsed_ms": answer.elapsed_ms,
    }


async def _authorization(config: HttpRequest, run: NodeRun) -> Authorization | None:
    if config.credential_id is None:
        return None
    credential = await run.credential(config.credential_id)
    authorization = credential.authorization()
    if authorization is None:
        raise _invalid("/credential_id", f"a credential of type '{credential.type}' is not for HTTP")
    return authorization


def _with_query(url: str, query: Mapping[str, Any]) -> str:
    """`url` with `query` added; null is left out, a list gives its name several times."""
    pairs = [
        (name, _plain(item, pointer("/query", (name,))))
        for name, value in query.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    ]
    if not pairs:
        return url
    base, hash_mark, fragment = url.partition("#")
    joint = "" if base.endswith(("?", "&")) else "&" if "?" in base else "?"
    return base + joint + urlencode(pairs, quote_via=quote) + hash_mark + fragment


def _encoded(config: HttpRequest) -> tuple[str | None, bytes | None]:
    """The content type and bytes of the body."""
    body, kind = config.body, config.body_type
    if "body" not in config.model_fields_set:
        kind = "none"
    elif kind is None:
        kind = "none" if body is None else "text" if isinstance(body, str) else "json"
    match kind:
        case "none":
            return None, None
        case "json":
            return "application/json", encode(body)
        case "text":
            return "text/plain; charset=utf-8", _plain(body, "/body").encode()
        case "form":
            return "application/x-www-form-urlencoded", urlencode(_fields(body)).encode()
        case _:
            return _multipart(body)


def _fields(body: JSON) -> list[tuple[str, str]]:
    if not isinstance(body, dict):
        raise _invalid("/body", "must be an object for this body_type")
    return [
        (name, _plain(item, pointer("/body", (name,))))
        for name, value in body.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    ]


def _multipart(body: JSON) -> tuple[str, bytes]:
    if not isinstance(body, dict):
        raise _invalid("/body", "must be an object for this body_type")
    boundary = secrets.token_hex(16)
    parts: list[bytes] = []
    for name, value in body.items():
        for item in value if isinstance(value, list) else [value]:
            if item is None:
                continue
            head = f'Content-Disposition: form-data; name="{_quoted(name)}"'
            if isinstance(item, dict) and isinstance(item.get("filename"), str):
                mime = str(item.get("mime") or "application/octet-stream")
                head += f'; filename="{_quoted(item["filename"])}"\r\nContent-Type: {_quoted(mime)}'
                item = item.get("content")
            content = _plain(item, pointer("/body", (name,))).encode()
            parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    return f"multipart/form-data; boundary={boundary}", b"".join(parts) + f"--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """As browsers write names in multipart heads."""
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22").replace("\0", "%00")


def _plain(value: JSON, path: str) -> str:
    """A value as text: strings as they are, numbers and booleans as JSON writes them."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool | int | float):
        return encode(value).decode()
    if isinstance(value, dict) and "$file" in value:
        raise NodeError("unavailable", "Files cannot be sent here.")
    if path == "/body":
        return encode(value).decode()
    raise _invalid(path, "must be text, a number or a boolean, or a list of them")


async def _body(answer: HttpAnswer, response: str, run: NodeRun) -> JSON:
    """The body as `response` says. JSON over 1 MiB is read in another process: reading it would hold the loop."""
    mime, charset = _content_type(answer)
    if response != "json" and not (response == "auto" and answer.body and _is_json(mime)):
        return _text(answer.body, charset, "replace") if response == "text" else _other(answer, mime, charset)
    found = await _json(answer.body, run)
    if found is not None:
        return found[0]
    if response == "json":
        raise _invalid("/body", "the answer is not JSON")
    return _text(answer.body, charset, "replace")


async def _json(body: bytes, run: NodeRun) -> tuple[JSON] | None:
    """The value that `body` spells, a byte order mark left aside; None where it is not JSON."""
    body = body.removeprefix(codecs.BOM_UTF8)
    try:
        if len(body) <= _LARGE:
            return (orjson.loads(body),)
        return (await run.parser.parse("json", str(body, "utf-8"), {}, workspace=run.workspace),)
    except (orjson.JSONDecodeError, UnicodeDecodeError):
        return None
    except NodeError as error:
        if error.type != "validation":
            raise
        return None


def _short_body(answer: HttpAnswer, response: str) -> JSON:
    """The beginning of a body, for an error: as in the output, and as text where that cannot be."""
    mime, charset = _content_type(answer)
    if response == "text":
        return _text(answer.body, charset, "replace")
    if not answer.body or (response == "auto" and not _is_json(mime)):
        return _other(answer, mime, charset)
    try:
        body = orjson.loads(answer.body.removeprefix(codecs.BOM_UTF8))
        encode_bounded(body)
    except (orjson.JSONDecodeError, TypeError):
        return _text(answer.body, charset, "replace") if _is_json(mime) else _other(answer, mime, charset)
    return body


def _is_json(mime: str) -> bool:
    return mime == "application/json" or mime.endswith("+json")


def _other(answer: HttpAnswer, mime: str, charset: str) -> JSON:
    """Text as text, nothing as None, other bytes in base64."""
    if not answer.body:
        return None
    if mime.startswith(_TEXT_TYPES) or mime.endswith("+xml"):
        return _text(answer.body, charset, "replace")
    try:
        return _text(answer.body, charset, "strict")
    except UnicodeDecodeError:
        from base64 import b64encode

        return {"base64": b64encode(answer.body).decode(), "mime": mime, "size": len(answer.body)}


def _content_type(answer: HttpAnswer) -> tuple[str, str]:
    message = Message()
    message["content-type"] = answer.headers.get("content-type") or "application/octet-stream"
    return message.get_content_type(), str(message.get_content_charset() or "utf-8")


def _text(body: bytes, charset: str, errors: str) -> str:
    """`body` as text, in UTF-8 where the answer names no encoding of texts: Python knows others besides, of which
    some take the square of the length (punycode), and some give what no JSON holds (unicode_escape, utf-7)."""
    try:
        known = codecs.lookup(charset).name
    except (LookupError, ValueError):
        known = ""
    return body.decode(known if _CHARSETS.fullmatch(known) else "utf-8", errors)


def _failed(answer: HttpAnswer, response: str) -> NodeError:
    shown = HttpAnswer(answer.status, answer.headers, answer.body[:_SHOWN_BODY], answer.url, answer.elapsed_ms)
    return NodeError(
        "http_status",
        f"The server answered {answer.status}.",
        details={"status": answer.status, "headers": answer.headers, "body": _short_body(shown, response)},
        retry_after_s=retry_after_seconds(answer.headers.get("retry-after"), datetime.now(UTC)),
    )


def _invalid(path: str, message: str) -> NodeError:
    return NodeError("validation", f"{path[1:]}: {message}", details={"errors": [{"path": path, "message": message}]})
