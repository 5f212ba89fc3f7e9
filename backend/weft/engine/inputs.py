"""The inputs of a run against the schema of its start node: defaults filled in, faults located, in bounded time."""

import asyncio
import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from weft.engine.schema_faults import DEEPEST, has_patterns, schema_faults, target, walk
from weft.engine.schemas import Meter, Spent, Unresolvable, ValidationError, errors, pointer, told
from weft.engine.values import JSON, encode
from weft.kernel.errors import FieldError, Invalid

__all__ = ["check_inputs", "fill_inputs", "inputs_schema", "pointer", "schema_faults", "with_defaults"]

_MOST_FAULTS: Final = 50
_STEPS_AT_ONCE: Final = 30_000
_STEPS_APART: Final = 2_000_000
_SMALL: Final = 64 * 1024


def inputs_schema(graph: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that the start node of `graph` has for the inputs; empty where it has none."""
    start = next((node for node in graph["nodes"] if node["type"] == "start"), None)
    return ((start or {}).get("config") or {}).get("inputs_schema") or {}


def fill_inputs(schema: Mapping[str, Any], inputs: JSON, steps: int = _STEPS_AT_ONCE) -> JSON:
    """`inputs` with the defaults of `schema` filled in, nested ones too; what was given is not changed.

    Takes at most `steps` steps of validation, by default what passes in about a tenth of a second: enough for
    a MiB of plain rows. Raises Invalid, with pointers `/inputs/…`; `limit_exceeded` where the steps run out.
    """
    if not schema:
        return inputs
    meter = Meter(steps)
    try:
        filled = _fill(schema, copy.deepcopy(inputs), schema, 0, meter) if _has_defaults(schema) else inputs
        faults = list(_faults(errors(schema, filled, _MOST_FAULTS, meter)))
    except (Unresolvable, RecursionError):
        raise Invalid("The inputs' schema has a reference that leads nowhere, or to itself.") from None
    except Spent:
        message = "These inputs take too long to check against the workflow's schema."
        raise Invalid(message, [FieldError("/inputs", "limit_exceeded", message)]) from None
    if faults:
        raise Invalid("The inputs do not fit the workflow's schema.", faults)
    return filled


async def check_inputs(schema: Mapping[str, Any], inputs: JSON) -> JSON:
    """As `fill_inputs`, for callers on the event loop: large inputs are checked in a thread, and may take longer.
    So are those of a schema with patterns, one of which may take its whole quarter of a second."""
    if not schema:
        return inputs
    if len(encode(inputs)) <= _SMALL:
        if not has_patterns(schema):
            return fill_inputs(schema, inputs)
        return await asyncio.to_thread(fill_inputs, schema, inputs)
    return await asyncio.to_thread(fill_inputs, schema, inputs, _STEPS_APART)


async def with_defaults(schema: Mapping[str, Any], inputs: JSON) -> JSON:
    """`inputs` with the defaults of `schema`, whether or not they fit it: what a node that runs alone is given."""
    if not schema or not _has_defaults(schema):
        return inputs
    try:
        return await asyncio.to_thread(_fill, schema, copy.deepcopy(inputs), schema, 0, Meter(_STEPS_AT_ONCE))
    except (Unresolvable, RecursionError, Spent):
        return inputs


def _faults(found: Iterable[ValidationError]) -> Iterator[FieldError]:
    for error in found:
        path = tuple(error.absolute_path)
        if error.validator == "required":
            wanted: Any = error.validator_value
            instance: Any = error.instance
            missing = [name for name in wanted if name not in instance]
            name = next((name for name in missing if repr(name) in error.message), missing[0])
            yield FieldError(pointer("/inputs", (*path, name)), "missing", "This input is needed.")
        elif error.validator == "additionalProperties":
            yield FieldError(pointer("/inputs", path), "unknown_input", "There is no such input.")
        else:
            code = "wrong_type" if error.validator == "type" else "invalid_value"
            yield FieldError(pointer("/inputs", path), code, told(error))


def _has_defaults(schema: Mapping[str, Any]) -> bool:
    return any("default" in part for _, part in walk(schema))


def _fill(schema: JSON, value: JSON, root: Mapping[str, Any], depth: int, meter: Meter) -> JSON:
    """Put in what is missing and has a default: in objects by name, in arrays item by item."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return value
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        meter.step()
        value = _fill(target(root, reference), value, root, depth + 1, meter)
    for part in schema.get("allOf", ()):
        meter.step()
        value = _fill(part, value, root, depth + 1, meter)
    if isinstance(value, dict):
        _fill_object(schema.get("properties", {}), value, root, depth, meter)
    elif isinstance(value, list) and "items" in schema:
        start = len(schema.get("prefixItems", ()))
        value[start:] = [_fill(schema["items"], item, root, depth + 1, meter) for item in value[start:]]
    return value


def _fill_object(
    properties: Mapping[str, Any], value: dict[str, JSON], root: Mapping[str, Any], depth: int, meter: Meter
) -> None:
    meter.step(len(properties) >> 4)
    for name, part in properties.items():
        if name not in value and (default := _default(part, root, depth, meter)) is not None:
            value[name] = copy.deepcopy(default[0])
        if name in value:
            value[name] = _fill(part, value[name], root, depth + 1, meter)


def _default(schema: JSON, root: Mapping[str, Any], depth: int, meter: Meter) -> tuple[JSON] | None:
    """The default that `schema` names: its own, or that of what it refers to or is made of."""
    if not isinstance(schema, Mapping) or depth > DEEPEST:
        return None
    if "default" in schema:
        return (schema["default"],)
    reference = schema.get("$ref")
    named = [target(root, reference)] if isinstance(reference, str) and reference.startswith("#") else []
    for part in (*named, *schema.get("allOf", ())):
        meter.step()
        if (found := _default(part, root, depth + 1, meter)) is not None:
            return found
    return None
