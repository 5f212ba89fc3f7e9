"""What a node sees: the names of its expressions, and what those expressions give."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from weft.engine.capabilities import JavaScript, Moment
from weft.engine.errors import NodeError
from weft.engine.expressions import SCOPE_NAMES, Code, ExpressionSyntax, parse_expression, references, resolve
from weft.engine.readiness import Decision
from weft.engine.values import JSON, UNDEFINED

if TYPE_CHECKING:
    from weft.engine.frame import Frame
    from weft.engine.run import Run

T = TypeVar("T")
EVALUATED_AT_ONCE: Final = 500
"""So many scopes go to the sandbox in one message."""
_SCOPE_NAMES: Final = SCOPE_NAMES - {"now"}


class NodeScope:
    """The values around one node, as they were when it was decided."""

    run: "Run"
    frame: "Frame"
    decision: Decision
    visible: frozenset[str] | None
    """Behind an early join: what may be seen; None: all that is there."""

    @property
    def execution_id(self) -> str:
        return self.run.context.execution_id

    @property
    def workspace(self) -> str:
        return self.run.context.workspace

    @property
    def moment(self) -> Moment:
        """What `Date` and `Math.random` give."""
        raise NotImplementedError

    @property
    def javascript(self) -> JavaScript:
        return available(self.run.capabilities.javascript, "JavaScript")

    def value(self, name: str) -> JSON:
        """The value of one name of the scope."""
        run = self.run
        if name in run.plan.by_id or (name in run.upstream and name not in SCOPE_NAMES):
            return self.frame.lookup(name, self.visible)
        if name == "input":
            return run.inputs
        if name in ("item", "index", "key", "state"):
            return self.frame.round_value(name)
        if name == "vars":
            return run.context.variables
        if name == "env":
            return run.context.environment
        if name == "execution":
            return {"id": self.execution_id, "started_at": run.started_at, "workflow": dict(run.context.workflow)}
        if name == "error":
            source = self.decision.error_source
            if source is None:
                return run.upstream.get(name, UNDEFINED) if self.frame.outer is None else UNDEFINED
            output = self.frame.outputs.get(source)
            # A pinned output may be anything, on whichever port.
            return output.get("error", UNDEFINED) if isinstance(output, dict) else UNDEFINED
        return UNDEFINED

    def scope(self, names: "frozenset[str]") -> dict[str, JSON]:
        """The values of those `names` that are ours; the others are JavaScript's own."""
        return {name: self.value(name) for name in names if self._is_ours(name)}

    def _is_ours(self, name: str) -> bool:
        return name in self.run.plan.by_id or name in _SCOPE_NAMES or name in self.run.upstream

    async def evaluate(self, expression: str, scope: Mapping[str, JSON] | None = None) -> JSON:
        return (await self.evaluate_all([expression], scope))[0]

    async def evaluate_all(self, expressions: list[str], scope: Mapping[str, JSON] | None = None) -> list[JSON]:
        """The values of all `expressions`, those that are no plain path in one message to the sandbox."""
        parsed = [_parse(expression) for expression in expressions]
        values: list[JSON] = [UNDEFINED] * len(parsed)
        scripts: list[int] = []
        for position, (code, names) in enumerate(parsed):
            if code.literal is not None:
                values[position] = code.literal[0]
            elif code.path is not None:
                values[position] = resolve(code.path, {**self.scope(names), **(scope or {})})
            else:
                scripts.append(position)
        if scripts:
            names = frozenset[str]().union(*(parsed[position][1] for position in scripts))
            sources = [parsed[position][0].source for position in scripts]
            found = await self.javascript.evaluate(
                sources, {**self.scope(names), **(scope or {})}, workspace=self.workspace, moment=self.moment
            )
            for position, value in zip(scripts, found, strict=True):
                values[position] = value
        return values

    async def evaluate_each(self, expressions: list[str], scopes: list[Mapping[str, JSON]]) -> list[list[JSON]]:
        parsed = [_parse(expression) for expression in expressions]
        names = frozenset[str]().union(*(each[1] for each in parsed))
        shared = self.scope(names)
        if all(code.path is not None or code.literal is not None for code, _ in parsed):
            return [[_in_process(code, {**shared, **scope}) for code, _ in parsed] for scope in scopes]
        rows: list[list[JSON]] = []
        sources = [code.source for code, _ in parsed]
        for start in range(0, len(scopes), EVALUATED_AT_ONCE):
            rows += await self.javascript.evaluate_each(
                sources, scopes[start : start + EVALUATED_AT_ONCE], shared, workspace=self.workspace, moment=self.moment
            )
        return rows


def available(capability: T | None, name: str) -> T:
    """`capability`, where this run has it. Raises NodeError `unavailable`."""
    if capability is None:
        raise NodeError("unavailable", f"{name} is not available here.")
    return capability


@lru_cache(maxsize=4096)
def _parsed(expression: str) -> tuple[Code, frozenset[str]]:
    code = parse_expression(expression)
    if code.path is not None:
        return code, frozenset({str(code.path[0])})
    return code, frozenset(str(reference.path[0]) for reference in references(code.source))


def _parse(expression: str) -> tuple[Code, frozenset[str]]:
    try:
        return _parsed(expression)
    except ExpressionSyntax as error:
        raise NodeError("expression", str(error)) from None


def _in_process(code: Code, scope: Mapping[str, JSON]) -> JSON:
    return code.literal[0] if code.literal is not None else resolve(code.path or (), scope)
