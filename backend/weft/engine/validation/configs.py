"""Rules of what stands inside a node: config, policy, templates, expressions, schemas, ids of other things."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from weft.engine.catalog import Catalog
from weft.engine.code import CodeFault, python_fault
from weft.engine.expressions import Code, ExpressionSyntax, Reference, parse_expression, references
from weft.engine.fields import Field, field_of, fields_of
from weft.engine.graph import ERROR_PORT, Cache, Graph, Node, Policy, Retry
from weft.engine.inputs import schema_faults
from weft.engine.javascript import body_fault, expression_fault
from weft.engine.node import NodeType
from weft.engine.policies import policy_fields
from weft.engine.templates import MAX_EXPRESSIONS, is_template, parse_template, whole
from weft.engine.validation.report import Findings, closest, pointer
from weft.engine.validation.topology import Topology

MAX_EXPRESSIONS_OF_GRAPH: Final = 50_000
Exists = Callable[[str, str], bool]
_CODE: Final[Mapping[str | None, Callable[[str], CodeFault | None]]] = {
    "javascript": body_fault,
    "python": python_fault,
}
_POLICIES: Final[dict[str, type[BaseModel]]] = {"retry": Retry, "cache": Cache}


@dataclass(frozen=True, slots=True)
class Use:
    """A name that a field of a node refers to."""

    node: int
    pointer: str
    reference: Reference
    field: Field
    whole: bool = False
    """The field is this path and nothing else, so that its value comes with its type."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An id in a config: `kind` says of what (`credential`, `workflow`, …)."""

    node: str
    pointer: str
    kind: str
    id: str


def check_configs(topology: Topology, findings: Findings, exists: Exists | None) -> list[Use]:
    """Check every config and policy; gives every use of a name, for the rules about names."""
    uses: list[Use] = []
    count = 0
    for index, node in enumerate(topology.nodes):
        node_type = topology.types[index]
        if node_type is None:
            continue
        _config(topology, index, node_type, findings)
        _policy(topology, index, node_type, findings)
        walker = _Walker(index, node.id, findings, exists)
        if count <= MAX_EXPRESSIONS_OF_GRAPH:
            walker.walk(node.config, fields_of(node_type), pointer("nodes", index, "config"))
            count += walker.count
            uses += walker.uses
        if node.type == "join":
            _join(topology, index, findings)
    if count > MAX_EXPRESSIONS_OF_GRAPH:
        told = f"A graph has at most {MAX_EXPRESSIONS_OF_GRAPH:,} expressions; those after them were not looked at."
        findings.error(pointer("nodes"), "too_many_expressions", told)
    return uses


def _config(topology: Topology, index: int, node_type: NodeType, findings: Findings) -> None:
    node = topology.nodes[index]
    try:
        node_type.config.__pydantic_validator__.validate_python(node.config)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            if not _is_templated(node.config, fault["loc"], fields_of(node_type)):
                _tell(fault, node.config, node_type.config, ("nodes", index, "config"), node.id, findings)


def _below(value: Any, part: int | str) -> tuple[Any, bool]:
    """What stands under `part`, and whether anything does."""
    if isinstance(value, dict) and part in value:
        return value[part], True
    if isinstance(value, list) and isinstance(part, int) and part < len(value):
        return value[part], True
    return value, False


def _is_templated(config: Any, place: tuple[int | str, ...], field: Field) -> bool:
    """Whether what stands at `place`, or around it, is a template: it is checked when it has a value."""
    value = config
    for part in place:
        value, there = _below(value, part)
        field = field_of(field, part) if there else field
    return isinstance(value, str) and is_template(value) and not field.literal


def _place(config: Any, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """`place` without the names of alternatives, which are no part of the config."""
    value, found = config, []
    for position, part in enumerate(place):
        value, there = _below(value, part)
        if there or (position == len(place) - 1 and isinstance(value, dict)):
            found.append(part)
    return tuple(found)


def _tell(
    fault: Any, config: Any, model: type[BaseModel], base: tuple[str | int, ...], node: str, findings: Findings
) -> None:
    kind, place = fault["type"], _place(config, fault["loc"])
    path = pointer(*base, *place)
    if kind == "extra_forbidden":
        names = [field.alias or name for name, field in model.model_fields.items()] if len(place) == 1 else []
        meant = closest(str(place[-1]), names)
        findings.error(path, "unknown_field", f"There is no field '{place[-1]}' here.", node, meant)
    elif kind == "missing":
        findings.error(path, "missing", "This field is needed.", node)
    else:
        code = "wrong_type" if kind.endswith("_type") else "invalid_value"
        message = str(fault["msg"]).removeprefix("Value error, ")
        findings.error(path, code, f"{message[:1].upper()}{message[1:]}.", node)


def _policy(topology: Topology, index: int, node_type: NodeType, findings: Findings) -> None:
    node = topology.nodes[index]
    base = ("nodes", index, "policy")
    has_error_edge = any(link.port == ERROR_PORT for link in topology.outgoing[index])
    policy = Policy()
    if node.policy:
        try:
            policy = Policy.model_validate(policy_fields(node.policy, node_type))
        except ValidationError as error:
            for fault in error.errors(include_url=False, include_context=False):
                part = fault["loc"][0] if len(fault["loc"]) > 1 else ""
                _policy_fault(fault, node.policy, _POLICIES.get(str(part), Policy), base, node.id, findings)
            return
    if policy.on_error == "branch" and not has_error_edge:
        message = "'branch' needs an edge from the port 'error'."
        findings.error(pointer(*base, "on_error"), "branch_without_error_edge", message, node.id)
    if policy.on_error in ("fail", "continue") and has_error_edge:
        message = f"An edge from the port 'error' does not go with '{policy.on_error}'."
        findings.error(pointer(*base, "on_error"), "error_edge_unused", message, node.id)
    if node_type.container and policy.retry.max_attempts > 1:
        message = "A container cannot be retried: put the retry on what it holds."
        findings.error(pointer(*base, "retry"), "container_retry", message, node.id)
    if policy.cache is not None:
        message = "Results are not cached yet: leave 'cache' out."
        findings.error(pointer(*base, "cache"), "not_available", message, node.id)


def _policy_fault(
    fault: Any, policy: Any, model: type[BaseModel], base: tuple[str | int, ...], node: str, findings: Findings
) -> None:
    if fault["type"] == "extra_forbidden":
        path = pointer(*base, *fault["loc"])
        meant = closest(str(fault["loc"][-1]), model.model_fields)
        findings.error(path, "unknown_field", f"A policy has no field '{fault['loc'][-1]}' here.", node, meant)
    else:
        _tell(fault, policy, model, base, node, findings)


def _join(topology: Topology, index: int, findings: Findings) -> None:
    count = topology.nodes[index].config.get("count")
    edges = len(topology.incoming[index])
    if isinstance(count, int) and count > edges:
        message = f"{count} edges are never taken, for {edges} lead here: this node will be skipped."
        path = pointer("nodes", index, "config", "count")
        findings.warn(path, "join_count", message, topology.nodes[index].id)


class _Walker:
    """Reads every string of one config as its field says."""

    def __init__(self, index: int, node: str, findings: Findings, exists: Exists | None) -> None:
        self.index = index
        self.node = node
        self.findings = findings
        self.exists = exists
        self.uses: list[Use] = []
        self.count = 0

    def walk(self, value: Any, field: Field, path: str) -> None:
        if field.json_schema:
            left_out = value is None and field.nullable
            if not left_out and not (isinstance(value, str) and is_template(value)):
                for fault in schema_faults(value, path):
                    self.findings.error(fault.path, fault.code, fault.message, self.node)
        elif isinstance(value, dict):
            for key, item in value.items():
                escaped = key.replace("~", "~0").replace("/", "~1")
                self.walk(item, field_of(field, key), f"{path}/{escaped}")
        elif isinstance(value, list):
            for position, item in enumerate(value):
                self.walk(item, field_of(field, position), f"{path}/{position}")
        elif isinstance(value, str):
            self._text(value, field, path)

    def _text(self, text: str, field: Field, path: str) -> None:
        if self.exists and _names_a_thing(text, field) and not self.exists(str(field.reference), text):
            message = f"There is no {field.reference} '{text}' in this workspace."
            self.findings.error(path, "not_found", message, self.node)
        if fault := _CODE[field.language](text) if field.language in _CODE else None:
            told = f"Syntax error at line {fault.line}, column {fault.column}: {fault.message}."
            self.findings.error(path, "code_syntax", told, self.node)
        if field.literal or not (field.expression or is_template(text)):
            return
        try:
            codes = [parse_expression(text)] if field.expression else _codes(text)
        except ExpressionSyntax as error:
            self._syntax(path, error)
            return
        if not self._counted(len(codes), path):
            return
        alone = not field.expression and whole(parse_template(text)) is not None
        for code in codes:
            if code.literal is None:
                self._code(code, text, field, path, alone and code.path is not None)

    def _code(self, code: Code, text: str, field: Field, path: str, alone: bool) -> None:
        fault = expression_fault(code.source) if code.path is None else None
        if fault is not None:
            self._syntax(path, fault, text.find(code.source))
            return
        for reference in references(code.source):
            self.uses.append(Use(self.index, path, reference, field, alone))

    def _counted(self, count: int, path: str) -> bool:
        """Whether these expressions may still be read; a fault where the node, or the graph, has too many."""
        self.count += count
        if self.count - count <= MAX_EXPRESSIONS < self.count:
            told = f"A node has at most {MAX_EXPRESSIONS:,} expressions."
            self.findings.error(path, "too_many_expressions", told, self.node)
        return self.count <= MAX_EXPRESSIONS

    def _syntax(self, path: str, error: ExpressionSyntax, before: int = 0) -> None:
        told = f"Syntax error at character {before + error.offset + 1}: {error.message}."
        self.findings.error(path, error.code, told, self.node)


def _codes(text: str) -> list[Code]:
    return [part for part in parse_template(text) if isinstance(part, Code)]


def things_named(graph: Graph, catalog: Catalog) -> list[Thing]:
    """Every id in the configs that names something outside the graph. Templates are left out."""
    things: list[Thing] = []
    for index, node in enumerate(graph.nodes):
        node_type = catalog.get(node.type)
        if node_type is not None:
            things += things_of(node, node_type, pointer("nodes", index, "config"))
    return things


def things_of(node: Node, node_type: NodeType, path: str = "") -> list[Thing]:
    """Those that one node names; `path` is where its config stands."""
    found = _things(node.config, fields_of(node_type), path)
    return [Thing(node.id, place, kind, name) for place, kind, name in found]


def _things(value: Any, field: Field, path: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _things(item, field_of(field, key), f"{path}/{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _things(item, field_of(field, position), f"{path}/{position}")
    elif isinstance(value, str) and _names_a_thing(value, field):
        yield path, str(field.reference), value


def _names_a_thing(text: str, field: Field) -> bool:
    """Whether `text` is an id as it stands: a template is one when it has a value."""
    return field.reference is not None and (field.literal or not is_template(text))
