"""Rules of what expressions refer to: it must be there, be upstream, and have what is read from it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from weft.engine.expressions import INHERITED, SCOPE_NAMES
from weft.engine.graph import ERROR_PORT
from weft.engine.validation.configs import Use
from weft.engine.validation.paths import dead_end, kinds_at, names_of
from weft.engine.validation.presence import Presence
from weft.engine.validation.report import Findings, closest
from weft.engine.validation.topology import Topology

_ROUND: Final = ("item", "index", "key", "state")
_EXECUTION: Final = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "started_at": {"type": "string"}, "workflow": {}},
}
_ELSEWHERE: Final = (
    "process require module exports global window self document location navigator console fetch XMLHttpRequest "
    "WebSocket EventSource Worker SharedWorker Buffer std os bjs print alert setTimeout setInterval setImmediate "
    "clearTimeout clearInterval queueMicrotask crypto structuredClone btoa atob performance TextEncoder TextDecoder "
    "URL URLSearchParams Deno Bun __dirname __filename scriptArgs DOMException WebAssembly ShadowRealm Temporal "
    "importScripts postMessage load loadFile readFile quit gc Response Request Headers FormData Blob File Event "
    "EventTarget AbortController MessageChannel indexedDB localStorage sessionStorage caches DisposableStack "
    "AsyncDisposableStack SuppressedError frames opener history confirm prompt open addEventListener "
    "requestAnimationFrame requestIdleCallback cancelAnimationFrame reportError createImageBitmap Image Audio "
    "ReadableStream WritableStream TransformStream BroadcastChannel ServiceWorker Notification CustomEvent Node "
    "HTMLElement Element FileReader DOMParser XMLSerializer AbortSignal MessagePort RTCPeerConnection WScript "
    "ActiveXObject Java Packages subprocess sys exit __import__ __builtins__ __loader__"
)
_FOREIGN: Final = frozenset(_ELSEWHERE.split()) | INHERITED
"""What other JavaScript environments have. In an expression they are not defined, which fails where it is used."""

_MATCHES: Final = {
    "number": {"number", "integer"},
    "integer": {"number", "integer"},
    "boolean": {"boolean"},
    "array": {"array"},
    "object": {"object"},
}
"""Which types of values a field of a type takes; one for text takes any."""

_ABSENT: Final = {
    "skipped": "may be skipped, and is undefined then: write '{root}?.{rest}'",
    "early": "may not have ended when a join goes on without it: write '{root}?.{rest}'",
    "error": "may leave by its port 'error', and has only '{root}.error' then",
}


def check_names(topology: Topology, uses: list[Use], findings: Findings) -> None:
    """Check every use of a name."""
    checker = _Checker(topology, findings)
    for use in dict.fromkeys(uses):
        checker.check(use)


class _Checker:
    def __init__(self, topology: Topology, findings: Findings) -> None:
        self.topology = topology
        self.findings = findings
        self.presence = Presence(topology)
        self.inputs = self._inputs_schema()
        self.schemas: dict[str, Mapping[str, Any]] = {}
        self.warned: set[tuple[int, str, str]] = set()

    def _inputs_schema(self) -> Mapping[str, Any]:
        for node in self.topology.nodes:
            if node.type == "start":
                schema = node.config.get("inputs_schema")
                return schema if isinstance(schema, Mapping) else {}
        return {}

    def check(self, use: Use) -> None:
        root = use.reference.root
        if root in use.field.extra:
            return
        if root in SCOPE_NAMES:
            self._scope_name(use, root)
        elif root in self.topology.index:
            self._node(use, self.topology.index[root])
        else:
            self._unknown(use, root)

    def _error(self, use: Use, code: str, message: str, suggestion: str | None = None) -> None:
        node = self.topology.nodes[use.node].id
        self.findings.error(use.pointer, code, message, node, suggestion)

    def _warn(self, use: Use, code: str, message: str, suggestion: str | None = None) -> None:
        key = (use.node, use.pointer, message)
        if key not in self.warned:
            self.warned.add(key)
            node = self.topology.nodes[use.node].id
            self.findings.warn(use.pointer, code, message, node, suggestion)

    # names of the scope

    def _scope_name(self, use: Use, root: str) -> None:
        if root in _ROUND and self.topology.nodes[use.node].parent is None:
            self._error(use, "outside_container", f"'{root}' is there inside a loop only.")
        elif root == "error":
            self._failure(use)
        elif root == "input":
            self._input(use)
        elif root == "execution" and "resume_url" in (*use.reference.path[1:2], use.reference.called):
            message = "A run cannot be resumed from outside yet: leave 'execution.resume_url' out."
            self._error(use, "not_available", message)
        elif root == "execution":
            self._dead_end(use, _EXECUTION)

    def _failure(self, use: Use) -> None:
        ports = {link.port for link in self.topology.incoming[use.node]}
        if use.node in self.topology.compensates or ports == {ERROR_PORT}:
            return
        if ERROR_PORT not in ports:
            message = "'error' is there only in a node with an edge from a port 'error', and in a compensation."
            self._error(use, "no_error_here", message)
        elif use.reference.deep and not use.reference.guarded:
            self._warn(use, "may_be_absent", "'error' is undefined when another edge led here: write 'error?.'.")

    def _input(self, use: Use) -> None:
        names = names_of(self.inputs)
        path = use.reference.path
        self._type(use, self.inputs)
        if names is None or len(path) < 2 or path[1] in names or "patternProperties" in self.inputs:
            return
        if not isinstance(self.inputs.get("additionalProperties", False), bool):
            return
        message = f"The start's schema names no input '{path[1]}'."
        self._warn(use, "unknown_input", message, closest(str(path[1]), names))

    # nodes

    def _unknown(self, use: Use, root: str) -> None:
        names = [self.topology.nodes[index].id for index in self._visible(use)]
        hidden = set() if self.topology.nodes[use.node].parent is not None else set(_ROUND)
        meant = closest(root, [*names, *(SCOPE_NAMES - hidden - {"error"}), *use.field.extra])
        if root in _FOREIGN:
            self._warn(use, "not_defined", f"'{root}' is not defined in expressions.", meant)
        else:
            self._error(use, "unknown_reference", f"There is no node or name '{root}'.", meant)

    def _visible(self, use: Use) -> Iterator[int]:
        """All that an expression may refer to, for a suggestion."""
        topology = self.topology
        acting = topology.acting(use.node)
        for reader in (acting, *topology.containers(acting)):
            bits = topology.upstream[reader]
            while bits:
                lowest = bits & -bits
                yield lowest.bit_length() - 1
                bits ^= lowest
        yield from topology.containers(acting)
        if use.field.round:
            yield from topology.levels.get(use.node, ())

    def _node(self, use: Use, source: int) -> None:
        topology = self.topology
        reader = self._reader(use, source)
        if source in topology.containers(use.node) or (use.field.round and source == use.node):
            self._dead_end(use, {"type": "object", "properties": {name: {} for name in _ROUND}})
        elif reader is None:
            self._refuse(use, source)
        else:
            self._output(use, source)
            self._absence(use, source, reader)

    def _reader(self, use: Use, source: int) -> int | None:
        """The node on the level of `source` through which the use sees it; None where it does not."""
        topology = self.topology
        acting = topology.acting(use.node)
        if use.node in topology.cyclic or use.node in topology.circular or source in topology.circular:
            return source
        if use.field.round and topology.parents[source] == use.node and source not in topology.compensates:
            return source
        if use.node in topology.compensates and source == acting:
            return source
        for reader in (acting, *topology.containers(acting)):
            if topology.is_upstream(source, reader) or reader in topology.cyclic:
                return reader
        return None

    def _refuse(self, use: Use, source: int) -> None:
        topology = self.topology
        name = topology.nodes[source].id
        around = set(topology.containers(use.node))
        foreign = [index for index in topology.containers(source) if index not in around]
        if source == use.node:
            self._error(use, "not_upstream", f"'{name}' cannot refer to its own output.")
        elif foreign:
            outer = topology.nodes[foreign[-1]].id
            message = f"'{name}' stands inside '{outer}': from outside only the output of '{outer}' is visible."
            self._error(use, "inside_container", message, outer)
        else:
            self._error(use, "not_upstream", f"'{name}' is not upstream: no path of edges leads from it to here.")

    def _output(self, use: Use, source: int) -> None:
        """The path must lead somewhere in the output, where its shape is known."""
        topology = self.topology
        node, node_type, path = topology.nodes[source], topology.types[source], use.reference.path
        if node_type is None or len(path) < 2 or node.disabled:
            return
        on_error = node.policy.get("on_error")
        if on_error == "continue" and "default_output" in node.policy:
            return
        if path[1] == "error" and (on_error in ("continue", "branch") or topology.takes_error_port(source)):
            return
        if node.type == "start":
            self._input(use)
        else:
            self._dead_end(use, self._schema(source), closed=node_type.output_schema_of is None)

    def _schema(self, source: int) -> Mapping[str, Any]:
        node, node_type = self.topology.nodes[source], self.topology.types[source]
        if node_type is None:
            return {}
        if node_type.output_schema_of is not None:
            try:
                return node_type.output_schema_for(node.config)
            except (TypeError, ValueError, KeyError, AttributeError):
                return {}
        if node.type not in self.schemas:
            self.schemas[node.type] = node_type.output_schema_for(node.config)
        return self.schemas[node.type]

    def _dead_end(self, use: Use, schema: Mapping[str, Any], *, closed: bool = True) -> None:
        path = use.reference.path
        dead = dead_end(schema, path[1:], closed=closed)
        if dead is None:
            self._type(use, schema)
        else:
            shown = ".".join(str(part) for part in path[: dead.at + 1])
            told = f"'{shown}' {dead.message}."
            self._error(use, "unknown_path", told, dead.suggestion or shown)

    def _type(self, use: Use, schema: Mapping[str, Any]) -> None:
        """A field for numbers, say, that is given what is surely text."""
        wanted = use.field.kind
        if not use.whole or wanted not in _MATCHES:
            return
        kinds = kinds_at(schema, use.reference.path[1:])
        if kinds and not kinds & _MATCHES[wanted] and not (use.field.nullable and "null" in kinds):
            found = " or ".join(sorted(kinds))
            name = ".".join(map(str, use.reference.path))
            self._error(use, "wrong_type", f"'{name}' is of type {found}, and this field takes {wanted}.")

    def _absence(self, use: Use, source: int, reader: int) -> None:
        reference = use.reference
        if not reference.deep or reference.guarded or source in self.topology.cyclic:
            return
        in_round = use.field.round and self.topology.parents[source] == use.node
        if source == reader and not in_round:
            return
        reason = self.presence.absence(source, reader, at_end=in_round)
        if reason is None or (reason == "error" and (reference.lenient or reference.path[1:2] == ("error",))):
            return
        rest = ".".join(map(str, reference.path[1:])) or "…"
        told = _ABSENT[reason].format(root=reference.root, rest=rest)
        self._warn(use, "may_be_absent", f"'{reference.root}' {told}.")
