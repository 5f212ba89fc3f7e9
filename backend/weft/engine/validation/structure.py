"""Rules of the drawing: starts and ends, containers, edges, cycles, compensation, what is never reached."""

from collections import Counter

from weft.engine.graph import COMPENSATE_PORT, ERROR_PORT, MAX_DEPTH, RESERVED, Edge
from weft.engine.validation.report import Findings, closest, pointer
from weft.engine.validation.topology import Link, Topology
from weft.engine.values import JSON
from weft.kernel.identifiers import likeness


def check_structure(topology: Topology, findings: Findings) -> None:
    """All rules that need no look into configs."""
    _types(topology, findings)
    _parents(topology, findings)
    _starts_and_ends(topology, findings)
    _edges(topology, findings)
    _cycles(topology, findings)
    _compensations(topology, findings)
    _oddities(topology, findings)


def _types(topology: Topology, findings: Findings) -> None:
    for index, node in enumerate(topology.nodes):
        kind = topology.types[index]
        if kind is None:
            meant = closest(node.type, topology.catalog.names())
            message = f"There is no node type '{node.type}'."
            findings.error(pointer("nodes", index, "type"), "unknown_type", message, node.id, meant)
        elif node.type_version is not None and not 1 <= node.type_version <= kind.version:
            # A file of a newer Weft: to read it as today's version would run it with another meaning.
            message = f"There is no version {node.type_version} of '{node.type}': this Weft knows 1 to {kind.version}."
            path = pointer("nodes", index, "type_version")
            findings.error(path, "unknown_type_version", message, node.id, str(kind.version))


def _parents(topology: Topology, findings: Findings) -> None:
    for index, node in enumerate(topology.nodes):
        path = pointer("nodes", index, "parent")
        parent = topology.parents[index]
        if node.parent is None:
            continue
        if parent is None:
            meant = closest(node.parent, topology.index)
            findings.error(path, "unknown_parent", f"There is no node '{node.parent}'.", node.id, meant)
        elif index in topology.circular:
            findings.error(path, "parent_cycle", "A container cannot stand inside itself.", node.id)
        elif (kind := topology.types[parent]) is not None and not kind.container:
            message = f"'{node.parent}' is no container: a {kind.type} holds no nodes."
            findings.error(path, "not_a_container", message, node.id)
        if (own := topology.types[index]) is not None and own.container:
            _depth(topology, index, findings)


def _depth(topology: Topology, index: int, findings: Findings) -> None:
    if sum(1 for _ in topology.containers(index)) >= MAX_DEPTH and not topology.levels.get(index):
        message = f"Containers stand at most {MAX_DEPTH} deep in each other."
        findings.error(pointer("nodes", index, "parent"), "limit_exceeded", message, topology.nodes[index].id)


def _starts_and_ends(topology: Topology, findings: Findings) -> None:
    starts = [index for index, node in enumerate(topology.nodes) if node.type == "start"]
    top = [index for index in starts if topology.nodes[index].parent is None]
    for index in starts:
        node = topology.nodes[index]
        if node.parent is not None:
            message = "A start stands at the top level only."
            findings.error(pointer("nodes", index, "parent"), "misplaced", message, node.id)
        elif index != top[0]:
            findings.error(pointer("nodes", index), "several_starts", "There is exactly one start.", node.id)
        if node.disabled:
            message = "A start cannot be disabled."
            findings.error(pointer("nodes", index, "disabled"), "start_disabled", message, node.id)
    if not top:
        findings.error(pointer("nodes"), "no_start", "A graph has exactly one start, at the top level.")
    for index, node in enumerate(topology.nodes):
        if node.type == "end" and node.parent is not None:
            message = "An end stands at the top level only: a loop's result is named in its 'result'."
            findings.error(pointer("nodes", index, "parent"), "misplaced", message, node.id)


def _edges(topology: Topology, findings: Findings) -> None:
    seen: set[tuple[str, str, str]] = set()
    for position, edge in enumerate(topology.graph.edges):
        source, target = topology.index.get(edge.source), topology.index.get(edge.target)
        for field, name, found in (("source", edge.source, source), ("target", edge.target, target)):
            if found is None:
                meant = closest(name, topology.index)
                path = pointer("edges", position, field)
                findings.error(path, "unknown_node", f"There is no node '{name}'.", edge.source, meant)
        key = (edge.source, edge.source_port, edge.target)
        if key in seen:
            findings.error(pointer("edges", position), "duplicate_edge", "The same edge stands twice.", edge.source)
        seen.add(key)
        if source is not None:
            _port(topology, position, edge, source, findings)
        if source is not None and target is not None:
            _border(topology, position, edge, source, target, findings)


def _port(topology: Topology, position: int, edge: Edge, source: int, findings: Findings) -> None:
    ports = topology.ports[source]
    if ports is None or edge.source_port in (*ports, ERROR_PORT, COMPENSATE_PORT):
        return
    known = ", ".join(f"'{port}'" for port in ports) or "none but 'error' and 'compensate'"
    message = f"'{edge.source}' has no port '{edge.source_port}'. Its ports: {known}."
    meant = closest(edge.source_port, (*ports, ERROR_PORT, COMPENSATE_PORT))
    if meant is None and len(ports) == 1:
        meant = ports[0]
    findings.error(pointer("edges", position, "source_port"), "unknown_port", message, edge.source, meant)


def _border(topology: Topology, position: int, edge: Edge, source: int, target: int, findings: Findings) -> None:
    if topology.parents[source] != topology.parents[target]:
        path = pointer("edges", position)
        if source in topology.containers(target) or target in topology.containers(source):
            message = "An edge cannot join a container with what it holds: a round begins by itself."
            findings.error(path, "container_edge", message, edge.source)
        else:
            findings.error(path, "crosses_container", "An edge cannot cross a container's border.", edge.source)
    elif topology.nodes[target].type == "start":
        findings.error(pointer("edges", position), "edge_into_start", "No edge leads into a start.", edge.source)


def _cycles(topology: Topology, findings: Findings) -> None:
    """One error for each circle found, at its edge that was drawn last."""
    left = set(topology.cyclic)
    while left:
        path = {min(left): 0}
        at = min(left)
        links: list[Link] = []
        while True:
            link = next((each for each in topology.incoming[at] if each.source in left), None)
            if link is None or link.source in path:
                break
            at = link.source
            path[at] = len(path)
            links.append(link)
        if link is not None:
            _tell_circle(topology, [*links[path[link.source] :], link], findings)
        left.difference_update(path)


def _tell_circle(topology: Topology, links: list[Link], findings: Findings) -> None:
    """`links` lead backwards around the circle."""
    last = max(links, key=lambda link: link.edge)
    at = links.index(last)
    names = [topology.nodes[link.source].id for link in reversed(links[at:] + links[:at])]
    shown = " → ".join((*names[:10], *(["…"] if len(names) > 10 else []), names[0]))
    message = f"The edges form a circle: {shown}. To repeat, use a loop."
    findings.error(pointer("edges", last.edge), "cycle", message, topology.nodes[last.source].id)


def _compensations(topology: Topology, findings: Findings) -> None:
    edges = topology.graph.edges
    undone = Counter(edge.source for edge in edges if edge.source_port == COMPENSATE_PORT)
    undoing = {edge.target for edge in edges if edge.source_port == COMPENSATE_PORT}
    count: Counter[str] = Counter()
    for position, edge in enumerate(edges if undoing else ()):
        path = pointer("edges", position)
        if edge.source_port != COMPENSATE_PORT:
            if edge.source in undoing or edge.target in undoing:
                name = edge.target if edge.target in undoing else edge.source
                message = f"'{name}' undoes another node: it has no other edges."
                findings.error(path, "compensation_edges", message, edge.source)
            continue
        count[edge.source] += 1
        target = topology.index.get(edge.target)
        kind = topology.types[target] if target is not None else None
        if kind is not None and kind.container:
            message = f"'{edge.target}' is a container: what undoes is a single node."
            findings.error(path, "compensation_container", message, edge.source)
        if edge.source == edge.target or edge.source in undoing:
            message = "A compensation is not itself undone."
            findings.error(path, "compensation_edges", message, edge.source)
        if undone[edge.source] > 1 and count[edge.source] > 1:
            message = f"'{edge.source}' has another compensation already."
            findings.error(path, "several_compensations", message, edge.source)
    shared = Counter(edge.target for edge in edges if edge.source_port == COMPENSATE_PORT)
    for position, edge in enumerate(edges):
        if edge.source_port == COMPENSATE_PORT and shared[edge.target] > 1 and undone[edge.source] == 1:
            message = f"'{edge.target}' undoes another node already."
            findings.error(pointer("edges", position), "compensation_edges", message, edge.source)


def _oddities(topology: Topology, findings: Findings) -> None:
    _look_alikes(topology, findings)
    reached = _reached(topology)
    for index, node in enumerate(topology.nodes):
        path = pointer("nodes", index)
        undoing = index in topology.compensates
        if node.parent is None and index not in reached and not undoing and index not in topology.cyclic:
            findings.warn(path, "unreachable", f"No path from the start leads to '{node.id}': it is skipped.", node.id)
        elif not undoing:
            _open_ports(topology, index, findings)
        _given_outputs(topology, index, findings)
        kind = topology.types[index]
        if kind is not None and kind.container and not topology.levels.get(index):
            findings.warn(path, "empty_container", f"'{node.id}' holds no nodes.", node.id)


def _look_alikes(topology: Topology, findings: Findings) -> None:
    """Ids that differ only in characters which mean the same or are not seen, from each other or a reserved word."""
    first = {word: word for word in RESERVED}
    for index, node in enumerate(topology.nodes):
        other = first.setdefault(likeness(node.id), node.id)
        if other != node.id:
            message = f"'{node.id}' is easily taken for '{other}': what differs looks or means the same."
            findings.warn(pointer("nodes", index, "id"), "look_alike", message, node.id)


def _given_outputs(topology: Topology, index: int, findings: Findings) -> None:
    """Outputs that are written down in place of what a node would give."""
    node, ports = topology.nodes[index], topology.ports[index]
    given: list[tuple[tuple[str, ...], JSON]] = []
    if node.pinned:
        given.append((("pinned_output",), node.pinned_output))
        message = "The pinned output counts in runs of the draft only."
        findings.warn(pointer("nodes", index, "pinned_output"), "pinned_output", message, node.id)
    if "default_output" in node.policy:
        given.append((("policy", "default_output"), node.policy["default_output"]))
    for place, value in given if node.type == "end" else ():
        if not isinstance(value, dict):
            message = "What an end gives is an object: the run's outputs by their names."
            findings.error(pointer("nodes", index, *place), "wrong_type", message, node.id)
    if node.pinned_port is not None and ports is not None and node.pinned_port not in (*ports, ERROR_PORT):
        message = f"'{node.id}' has no port '{node.pinned_port}'."
        meant = closest(node.pinned_port, (*ports, ERROR_PORT))
        findings.error(pointer("nodes", index, "pinned_port"), "unknown_port", message, node.id, meant)


def _reached(topology: Topology) -> set[int]:
    """What edges lead to from the start at the top level."""
    todo = [index for index in topology.levels[None] if topology.nodes[index].type == "start"]
    reached = set(todo)
    while todo:
        for link in topology.outgoing[todo.pop()]:
            if link.target not in reached:
                reached.add(link.target)
                todo.append(link.target)
    return reached


def _open_ports(topology: Topology, index: int, findings: Findings) -> None:
    """A node that decides between ports, and a port of it without an edge."""
    ports, node = topology.ports[index], topology.nodes[index]
    if ports is None or len(ports) < 2 or node.disabled:
        return
    taken = {link.port for link in topology.outgoing[index]}
    for port in ports:
        if port not in taken:
            message = f"Nothing follows the port '{port}' of '{node.id}'."
            findings.warn(pointer("nodes", index), "open_port", message, node.id)
