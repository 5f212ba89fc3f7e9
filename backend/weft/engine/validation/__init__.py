"""Whether a graph can be saved, and whether it can be run: every fault with its place, nothing is ever run.

parse_graph     what saving refuses: wrong shape, illegal ids, limits       shape.py
validate_graph  what publishing and running refuse, and warnings            rules below
    structure.py    starts and ends, containers, edges, cycles, compensation, reachability
    configs.py      configs, policies, templates, expressions, schemas
    names.py        what expressions refer to, and whether it is there (paths.py, presence.py)
"""

from collections.abc import Callable
from typing import Any

from weft.engine.catalog import Catalog
from weft.engine.validation.configs import Thing, check_configs, things_named
from weft.engine.validation.names import check_names
from weft.engine.validation.report import Findings, Report
from weft.engine.validation.shape import parse_graph
from weft.engine.validation.structure import check_structure
from weft.engine.validation.topology import Topology
from weft.kernel.errors import Invalid

__all__ = ["Report", "Thing", "parse_graph", "things_named", "validate_graph"]

References = Callable[[str, str], bool]
"""Whether there is a thing of that kind (`credential`, `model`, …) and id, for whoever asks."""


def validate_graph(value: Any, catalog: Catalog, references: References | None = None) -> Report:
    """All that is wrong with a graph, and all that is odd. A graph of the wrong shape is reported as such alone.

    `references` answers for ids of things outside the graph (`things_named` lists them beforehand, for whoever
    must ask a database); without it they are not looked at.
    """
    try:
        graph = parse_graph(value)
    except Invalid as error:
        return Report(list(error.errors), [])
    findings = Findings()
    topology = Topology(graph, catalog)
    check_structure(topology, findings)
    uses = check_configs(topology, findings, references)
    check_names(topology, uses, findings)
    return findings.report()
