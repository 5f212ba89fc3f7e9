"""What a node sees: the names of its expressions, and what those expressions give."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from weft.engine.capabilities import JavaScript, Moment
from weft.engine.errors import NodeError
from weft.engine.expressions import SCOPE_NAMES, Code, ExpressionSyntax, parse_expression, plain_value, references
from weft.engine.large import let_others
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
    level: "Frame"
    """Where the node itself stands: not `frame`, where a container looks at its own round."""
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
            output = self.level.outputs.get(source)
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
            plain = plain_value(code, {**self.scope(names), **(scope or {})}) if _may_be_plain(code) else None
            if plain is not None:
                values[position] = plain[0]
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
        if not scopes:
            return []
        parsed = [_parse(expression) for expression in expressions]
        columns = [await self._plain_column(code, names, scopes) for code, names in parsed]
        scripts = [each for each, column in zip(parsed, columns, strict=True) if column is None]
        rows = await self._each_in_javascript(scripts, scopes) if scripts else []
        answered = zip(*rows, strict=True)
        filled = [next(answered) if column is None else column for column in columns]
        return [list(row) for row in zip(*filled, strict=True)]

    async def _plain_column(
        self, code: Code, names: frozenset[str], scopes: list[Mapping[str, JSON]]
    ) -> list[JSON] | None:
        """The values of one expression in all `scopes`; None where any of them needs JavaScript. Others have a turn
        after each thousand."""
        if not _may_be_plain(code):
            return None
        shared = self.scope(names)
        values: list[JSON] = []
        for scope in scopes:
            plain = plain_value(code, {**shared, **scope})
            if plain is None:
                return None
            values.append(plain[0])
            await let_others(len(values))
        return values

    async def _each_in_javascript(
        self, parsed: list[tuple[Code, frozenset[str]]], scopes: list[Mapping[str, JSON]]
    ) -> list[list[JSON]]:
        """For each scope the values of what needs JavaScript, in few messages."""
        shared = self.scope(frozenset[str]().union(*(names for _, names in parsed)))
        sources = [code.source for code, _ in parsed]
        rows: list[list[JSON]] = []
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


def _may_be_plain(code: Code) -> bool:
    """Whether there are scopes in which `code` takes no JavaScript."""
    return code.path is not None or code.literal is not None or code.own is not None
