"""The plan that turns a node's config, with its templates, into values, fast.

A plan is compiled once for each node of a run: closures over tuples, no walking of what does not change.
"""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from pydantic import ValidationError

from weft.engine.errors import NodeError
from weft.engine.expressions import Code, plain_value, resolve, step, text_of
from weft.engine.fields import Field, field_of, fields_of
from weft.engine.node import NodeConfig, NodeType
from weft.engine.scanner import ExpressionSyntax
from weft.engine.schemas import pointer
from weft.engine.templates import Part, expression_roots, is_template, parse_template, template_roots, whole
from weft.engine.values import JSON, UNDEFINED

Scope: TypeAlias = Mapping[str, JSON]
Evaluate: TypeAlias = Callable[[list[str]], Awaitable[list[JSON]]]
Build: TypeAlias = Callable[[Scope, list[JSON]], JSON]

NO_VALUES: Final[list[JSON]] = []


@dataclass(slots=True)
class _Sources:
    """The expressions that need JavaScript, at least for some scopes, each once, in the order of their first
    appearance."""

    numbers: dict[Code, int]

    def number(self, code: Code) -> int:
        return self.numbers.setdefault(code, len(self.numbers))


def _value_of(code: Code, sources: _Sources) -> Build:
    if code.literal is not None:
        value = code.literal[0]
        return lambda _scope, _values: value
    if code.path is None:
        number = sources.number(code)
        return lambda _scope, values: values[number]
    return _path_of(code.path)


def _path_of(path: tuple[str | int, ...]) -> Build:
    root = str(path[0])
    if len(path) == 1:
        return lambda scope, _values: scope[root] if root in scope else resolve(path, scope)
    first, rest = path[1], path[2:]

    def one(scope: Scope, _values: list[JSON]) -> JSON:
        value = scope.get(root)
        if type(value) is dict and first in value:
            return value[first]
        return resolve(path, scope)

    def many(scope: Scope, _values: list[JSON]) -> JSON:
        value = scope.get(root)
        if type(value) is not dict or first not in value:
            return resolve(path, scope)
        value = value[first]
        for key in rest:
            value = step(value, key)
        return value

    return many if rest else one


def _whole_of(value_of: Build, field: Field) -> Build:
    """A field that is one expression: the value keeps its type, as far as the field's schema lets it."""
    kind, nullable = field.kind, field.nullable

    def keep(scope: Scope, values: list[JSON]) -> JSON:
        value = value_of(scope, values)
        if value is UNDEFINED:
            return None
        return _finite(value) if type(value) is float else value

    def text(scope: Scope, values: list[JSON]) -> JSON:
        value = value_of(scope, values)
        if type(value) is str:
            return value
        if nullable and (value is None or value is UNDEFINED):
            return None
        return text_of(value)

    def integer(scope: Scope, values: list[JSON]) -> JSON:
        value = keep(scope, values)
        return int(value) if type(value) is float and value.is_integer() else value

    return {"string": text, "integer": integer}.get(kind, keep)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise NodeError("expression", "the value is not a finite number")
    return value


def _text_from(parts: tuple[Part, ...], sources: _Sources) -> Build:
    builds = [None if isinstance(part, str) else _value_of(part, sources) for part in parts]
    pieces = tuple(zip(parts, builds, strict=True))

    def join(scope: Scope, values: list[JSON]) -> JSON:
        return "".join(
            [part if build is None else text_of(build(scope, values)) for part, build in pieces]  # type: ignore[misc]
        )

    return join


def _compile(value: JSON, field: Field, sources: _Sources) -> Build | None:
    """What builds `value` anew for a scope; None where nothing in it is a template."""
    if field.literal or field.expression:
        return None
    if isinstance(value, str):
        if not is_template(value):
            return None
        parts = parse_template(value)
        code = whole(parts)
        return _text_from(parts, sources) if code is None else _whole_of(_value_of(code, sources), field)
    if isinstance(value, dict | list):
        return _compile_parts(value, field, sources)
    return None


def _compile_parts(value: dict[str, JSON] | list[JSON], field: Field, sources: _Sources) -> Build | None:
    entries: Iterable[tuple[Any, JSON]] = value.items() if isinstance(value, dict) else enumerate(value)
    compiled = [(place, _compile(item, field_of(field, place), sources)) for place, item in entries]
    moving = tuple((place, build) for place, build in compiled if build is not None)
    if not moving:
        return None

    def build_parts(scope: Scope, values: list[JSON]) -> JSON:
        built: Any = value.copy()
        for place, build in moving:
            built[place] = build(scope, values)
        return built

    return build_parts


class ConfigPlan:
    """How the config of one node becomes values.

    `static`: it holds no template, is `value` as it stands, and `model` (only then) is it validated.
    `template_roots`, `expression_roots`: the names that its templates and its expression fields may refer to
    (nodes, `input`, `item`, …); `roots`: both. `sources`: what of the templates needs JavaScript, at
    least for some scopes.
    """

    __slots__ = (
        "_broken", "_build", "_codes", "_validator", "expression_roots", "model", "node_type", "roots", "sources",
        "static", "template_roots", "value",
    )  # fmt: skip

    def __init__(self, config: dict[str, Any], node_type: NodeType) -> None:
        self.value = config
        self.node_type = node_type
        self._validator = node_type.config.__pydantic_validator__
        self._broken: NodeError | None = None
        self._build: Build | None = None
        self._codes: list[Code] = []
        self.sources: list[str] = []
        self.template_roots: frozenset[str] = frozenset()
        self.expression_roots: frozenset[str] = frozenset()
        try:
            self._prepare()
        except ExpressionSyntax as error:
            self._broken = NodeError("expression", f"SyntaxError: {error.message}")
        self.roots = self.template_roots | self.expression_roots
        self.static: bool = self._build is None and self._broken is None and self._accept()

    def _prepare(self) -> None:
        field = fields_of(self.node_type)
        sources = _Sources({})
        self._build = _compile(self.value, field, sources)
        self._codes = list(sources.numbers)
        self.sources = [code.source for code in self._codes]
        self.expression_roots = frozenset(expression_roots(self.value, field))
        self.template_roots = frozenset(template_roots(self.value, field))

    def _accept(self) -> bool:
        try:
            self.model: NodeConfig = self._validator.validate_python(self.value)
        except ValidationError:
            return False
        return True

    def render_here(self, scope: Scope) -> dict[str, JSON] | None:
        """The config for `scope`, where plain paths and literals are all it takes; else None.

        Raises NodeError `expression`.
        """
        if self._build is None or self._broken is not None:
            return self._unbuilt()
        values = NO_VALUES
        if self._codes:
            known = self._known(scope)
            if len(known) < len(self._codes):
                return None
            values = list(known.values())
        built: dict[str, JSON] = self._build(scope, values)
        return built

    def _unbuilt(self) -> dict[str, JSON]:
        if self._broken is not None:
            raise self._broken
        return self.value

    def _known(self, scope: Scope) -> dict[Code, JSON]:
        """What of the expressions takes no JavaScript in this scope."""
        found = ((code, plain_value(code, scope)) for code in self._codes)
        return {code: value[0] for code, value in found if value is not None}

    async def render(self, scope: Scope, evaluate: Evaluate) -> dict[str, JSON]:
        """The config for `scope`; `evaluate` is asked once, for all expressions that need JavaScript.

        Raises NodeError `expression`, and what `evaluate` raises.
        """
        if self._build is None or self._broken is not None:
            return self._unbuilt()
        known = self._known(scope)
        asked = [code for code in self._codes if code not in known]
        if asked:
            known |= zip(asked, await evaluate([code.source for code in asked]), strict=True)
        built: dict[str, JSON] = self._build(scope, [known[code] for code in self._codes])
        return built

    def validate(self, rendered: dict[str, JSON]) -> NodeConfig:
        """`rendered` as the type's config model. Raises NodeError `validation` that lists each fault."""
        try:
            model: NodeConfig = self._validator.validate_python(rendered)
        except ValidationError as error:
            raise config_error(error) from None
        return model


def config_error(error: ValidationError) -> NodeError:
    """A config that its model refuses, as the node's error. Values are left out: they may be secret."""
    faults = [
        {"path": pointer("", fault["loc"]), "message": fault["msg"].removeprefix("Value error, ")}
        for fault in error.errors(include_url=False, include_context=False, include_input=False)[:20]
    ]
    first = faults[0]
    return NodeError("validation", f"config{first['path']}: {first['message']}", details={"errors": faults})


def compile_config(config: dict[str, Any], node_type: NodeType) -> ConfigPlan:
    """The plan of one node's raw config. Never raises: what is wrong with it is told when it is rendered."""
    return ConfigPlan(config, node_type)
