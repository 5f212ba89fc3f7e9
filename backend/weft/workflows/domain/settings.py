"""The fields of a workflow beside its graph: what they may hold, and how their errors are told."""

import math
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from weft.engine.numbers import is_in_range
from weft.kernel.errors import FieldError, Invalid
from weft.kernel.ids import parse_id

T = TypeVar("T", str, str | None)
MAX_DEPTH: Final = 100
_NAME_LENGTH: Final = 200


def without_nul(text: T) -> T:
    """`text` unless it holds NUL. Raises ValueError."""
    if text and "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


def _known_form(text: str) -> str:
    if parse_id(text) is None:
        raise ValueError("must be the id of a workflow")
    return text


Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=_NAME_LENGTH),
    AfterValidator(without_nul),
    AfterValidator(_not_blank),
]
Description = Annotated[str, StringConstraints(max_length=10_000), AfterValidator(without_nul)]
Note = Description
Tag = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(without_nul)]
Tags = Annotated[list[Tag], Field(max_length=50)]
VariableName = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(without_nul)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class Limits(_Closed):
    """The limits of each run; what is absent is the installation's."""

    max_duration_s: float | None = Field(default=None, gt=0)
    max_node_runs: int | None = Field(default=None, gt=0, lt=2**53)
    max_tokens: int | None = Field(default=None, gt=0, lt=2**53)
    max_cost_usd: float | None = Field(default=None, ge=0)


class WorkflowSettings(_Closed):
    """How a workflow is run."""

    durability: Literal["async", "sync"] = "async"
    limits: Limits = Field(default_factory=Limits)
    variables: dict[VariableName, Any] = Field(default_factory=dict)
    concurrency: int | None = Field(default=None, ge=1, le=10_000)
    error_workflow_id: Annotated[str, AfterValidator(_known_form)] | None = None

    def as_json(self) -> dict[str, Any]:
        """Durability, limits and variables always; the others where they are set."""
        settings: dict[str, Any] = {
            "durability": self.durability,
            "limits": self.limits.model_dump(exclude_none=True),
            "variables": self.variables,
        }
        if self.concurrency is not None:
            settings["concurrency"] = self.concurrency
        if self.error_workflow_id is not None:
            settings["error_workflow_id"] = self.error_workflow_id
        return settings


def parse_settings(value: Any, pointer: str = "/settings") -> dict[str, Any]:
    """`value` as settings with their defaults. Raises Invalid with a pointer for each error."""
    try:
        settings = WorkflowSettings.model_validate(value)
    except ValidationError as error:
        raise Invalid("The settings are wrong.", field_errors(error, pointer)) from None
    if wrong := wrong_value(settings.variables, f"{pointer}/variables"):
        raise Invalid(wrong.message, [wrong])
    return settings.as_json()


def field_errors(error: ValidationError, pointer: str = "") -> list[FieldError]:
    """What pydantic found, as located errors below `pointer`."""
    return [
        FieldError(
            pointer + "".join(f"/{escaped(part)}" for part in found["loc"]),
            {"extra_forbidden": "unknown_field", "missing": "required"}.get(found["type"], found["type"]),
            found["msg"].removeprefix("Value error, "),
        )
        for found in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def escaped(part: object) -> str:
    """`part` as one step of a JSON pointer."""
    return str(part).replace("~", "~0").replace("/", "~1")


def wrong_value(value: Any, pointer: str, depth: int = 0) -> FieldError | None:
    """The first thing in `value` that cannot be stored: NUL, half a surrogate pair, a number JSON has not, depth."""
    if isinstance(value, str):
        return _wrong_text(value, pointer)
    if isinstance(value, dict | list):
        if depth >= MAX_DEPTH:
            return FieldError(pointer, "too_deep", f"This is more than {MAX_DEPTH} levels deep.")
        return _wrong_inside(value, pointer, depth + 1)
    if isinstance(value, float) and not math.isfinite(value):
        return FieldError(pointer, "not_json", "NaN and infinities are not JSON.")
    if isinstance(value, int) and not is_in_range(value):
        return FieldError(pointer, "number_too_large", "An integer must fit into 64 bits; write it as a string.")
    return None


def _wrong_inside(value: dict[str, Any] | list[Any], pointer: str, depth: int) -> FieldError | None:
    if isinstance(value, list):
        for index, item in enumerate(value):
            if not isinstance(item, bool | None) and (found := wrong_value(item, f"{pointer}/{index}", depth)):
                return found
        return None
    for key, item in value.items():
        below = f"{pointer}/{escaped(key)}"
        if found := _wrong_text(key, below) or wrong_value(item, below, depth):
            return found
    return None


def _wrong_text(text: str, pointer: str) -> FieldError | None:
    if "\0" in text:
        return FieldError(pointer.replace("\0", "\\u0000"), "nul", "The character NUL is not allowed.")
    try:
        text.encode()
    except UnicodeEncodeError:
        shown = pointer.encode(errors="backslashreplace").decode()
        return FieldError(shown, "not_unicode", "Half of a surrogate pair is not a character.")
    return None
