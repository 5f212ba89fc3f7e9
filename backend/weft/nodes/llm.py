"""A chat model, streamed: `llm`."""

import asyncio
import typing
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, NotRequired

import orjson
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from weft.engine.capabilities import ModelAnswer, ModelRequest, OpenedCredential
from weft.engine.errors import NodeError
from weft.engine.graph import Retry
from weft.engine.node import NodeRun, OneOf, node
from weft.engine.schema_faults import has_patterns, schema_faults
from weft.engine.schemas import Meter, Spent, errors, pointer, told
from weft.engine.values import JSON

MAX_IMAGE_BYTES: Final = 20 * 1024 * 1024
_MOST_FAULTS: Final = 20
_STEPS: Final = 30_000
_LONG: Final = 64 * 1024


class Message(BaseModel):
    """One message of a conversation."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    role: typing.Literal["system", "user", "assistant"] = Field(description="Who says it.")
    content: str = Field(description="What is said; text with `{{ }}`.", examples=["{{ input.question }}"])


class Llm(OneOf):
    """The model, and what it is asked: `prompt`, or `messages`."""

    one_of = (("prompt",), ("messages",))

    model: str | None = Field(
        default=None,
        description="The model, as `provider/name`; with an `openai_compatible` credential the name alone will do. "
        "Needed, unless there are fallbacks.",
        examples=["openai/gpt-4o-mini"],
        json_schema_extra={"x-reference": "model"},
    )
    credential_id: str | None = Field(
        default=None,
        description="The credential of the model's provider: its address and key. A run needs one.",
        json_schema_extra={"x-literal": True, "x-reference": "credential"},
    )
    system: str | None = Field(
        default=None,
        description="What the model is told before all else: its role, its rules.",
        examples=["Answer in one sentence."],
    )
    prompt: str | None = Field(
        default=None, description="The question, as one user message.", examples=["Summarise: {{ fetch.body }}"]
    )
    messages: list[Message] | None = Field(
        default=None, description="A whole conversation, oldest first, in place of the prompt."
    )
    temperature: float | None = Field(
        default=None, ge=0, le=2, description="How freely it words, from 0 to 2. Left out: the provider's default."
    )
    max_tokens: int | None = Field(
        default=None, gt=0, description="The most tokens that the answer may have. Left out: the model's own limit."
    )
    response_schema: dict[str, Any] | None = Field(
        default=None,
        description="A JSON Schema for the answer, which is then also given as `json`; one that does not fit it is the "
        "error `validation`. Left out: free text.",
        json_schema_extra={"x-literal": True, "x-json-schema": True},
    )
    images: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="Images for the last user message, as web addresses or `data:` URLs; 20 at most, 20 MiB each.",
    )
    fallbacks: list[str] = Field(
        default_factory=list,
        max_length=10,
        title="Fallback models",
        description="Models tried in order, with the same credential, when one fails before it has said anything.",
    )
    stream: bool = Field(
        default=True,
        description="Whether the answer is shown word by word while it is written; the output is the same.",
    )


class LlmUsage(TypedDict):
    """What the answer used."""

    prompt_tokens: Annotated[int, Field(description="Tokens of what it was asked.")]
    completion_tokens: Annotated[int, Field(description="Tokens of what it answered.")]
    cost_usd: Annotated[float | None, Field(description="What it cost, in USD; null where the price is not known.")]


class LlmAnswer(TypedDict):
    """What the model said; `json` where a `response_schema` was given."""

    text: Annotated[str, Field(description="What the model answered.")]
    json: NotRequired[Annotated[Any, Field(description="The answer as a value, where there is a response schema.")]]
    finish_reason: Annotated[str, Field(description="Why it ended: `stop`, or `length` where it was cut off.")]
    model: Annotated[str, Field(description="The model that answered.")]
    usage: LlmUsage


@node(
    "llm",
    title="LLM",
    category="ai",
    icon="sparkles",
    effect="read",
    output=LlmAnswer,
    retry=Retry(max_attempts=3),
)
async def llm(config: Llm, run: NodeRun) -> JSON:
    """Asks a chat model; its words are shown as they come."""
    models = [model for model in (config.model, *config.fallbacks) if model]
    if not models:
        raise _invalid("/model", "is needed: provider/name")
    if config.response_schema is not None:
        _check_schema(config.response_schema)
    credential = await run.credential(config.credential_id) if config.credential_id else None
    messages = await _messages(config, run)
    for model in models[:-1]:
        said: list[str] = []
        try:
            return await _output(config, await _ask(config, run, model, credential, messages, said))
        except NodeError as error:
            if said or error.type == "validation":
                raise
            run.log("model failed, trying the next", model=model, error=error.type)
    return await _output(config, await _ask(config, run, models[-1], credential, messages, []))


async def _ask(
    config: Llm,
    run: NodeRun,
    model: str,
    credential: OpenedCredential | None,
    messages: Sequence[Mapping[str, Any]],
    said: list[str],
) -> ModelAnswer:
    """One call: reserved before it, booked however it ends. `said` is what was streamed."""
    request = ModelRequest(
        model=model,
        messages=messages,
        credential=credential,
        temperature=config.temperature,
        max_tokens=config.max_tokens,
        response_schema=config.response_schema,
        stream=config.stream,
        timeout_s=run.deadline,
    )

    async def show(text: str) -> None:
        said.append(text)
        await run.emit(text)

    await run.reserve(await run.models.estimate(request))
    return await run.models.complete(request, show if config.stream else None, run.book)


async def _messages(config: Llm, run: NodeRun) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = [message.model_dump() for message in config.messages or ()]
    if config.prompt is not None:
        messages.append({"role": "user", "content": config.prompt})
    if config.system:
        messages.insert(0, {"role": "system", "content": config.system})
    if not messages:
        raise _invalid("/messages", "must not be empty")
    if config.images:
        shown_with = next((message for message in reversed(messages) if message["role"] == "user"), None)
        if shown_with is None:
            raise _invalid("/images", "need a user message to be shown with")
        parts = [{"type": "text", "text": shown_with["content"]}]
        shown_with["content"] = parts + [
            {"type": "image_url", "image_url": {"url": await _image(url, index, run)}}
            for index, url in enumerate(config.images)
        ]
    return messages


async def _image(url: str, index: int, run: NodeRun) -> str:
    """The image as a data URL, so that no provider's library fetches it around the guard."""
    if url.startswith("data:image/"):
        return url
    try:
        answer = await run.http.send("GET", url, max_bytes=MAX_IMAGE_BYTES)
    except NodeError as error:
        if error.type != "validation":
            raise
        raise _invalid(f"/images/{index}", error.message) from None
    mime = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.status != 200 or not mime.startswith("image/"):
        raise _invalid(f"/images/{index}", "is not an image")
    return f"data:{mime};base64,{b64encode(answer.body).decode()}"


async def _output(config: Llm, answer: ModelAnswer) -> JSON:
    output: dict[str, Any] = {
        "text": answer.text,
        "finish_reason": answer.finish_reason,
        "model": answer.model,
        "usage": answer.usage.as_json(),
    }
    if config.response_schema is not None:
        output["json"] = await _structured(answer.text, config.response_schema)
    return output


def _check_schema(schema: dict[str, Any]) -> None:
    """NodeError `validation` where this is no JSON Schema; references to elsewhere are not fetched."""
    if faults := schema_faults(schema, "/response_schema"):
        raise _invalid(faults[0].path, f"is not a JSON Schema: {faults[0].message}")


async def _structured(text: str, schema: dict[str, Any]) -> JSON:
    """The answer as JSON that fits the schema. NodeError `validation` with each place where it does not."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _invalid("/json", "the model's answer is not JSON") from None
    apart = len(text) > _LONG or has_patterns(schema)
    found = await asyncio.to_thread(_faults, schema, value) if apart else _faults(schema, value)
    if found:
        raise NodeError("validation", "The model's answer does not fit the response_schema.", details={"errors": found})
    return value


def _faults(schema: dict[str, Any], value: JSON) -> list[dict[str, str]]:
    try:
        found = errors(schema, value, _MOST_FAULTS, Meter(_STEPS))
    except Spent:
        raise _invalid("/response_schema", "takes too long to check the model's answer") from None
    return [{"path": pointer("", tuple(error.absolute_path)), "message": told(error)} for error in found]


def _invalid(path: str, message: str) -> NodeError:
    return NodeError("validation", f"{path[1:]}: {message}", details={"errors": [{"path": path, "message": message}]})
