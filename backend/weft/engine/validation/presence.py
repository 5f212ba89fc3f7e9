"""Whether a node surely has an output when another reads it.

Each level is played through many times at once: one bit of an integer is one play, in which every node that
decides takes one of its ports, and every node with an `error` edge fails or not. A play in which the reader
runs and the other does not is an example, so that there are no false alarms from the drawing alone: branches
that meet again, and joins that wait for all, are seen for what they are. Nodes that decide by the same config
decide alike.
"""

import random
import zlib
from dataclasses import dataclass, field
from typing import Final

from weft.engine.graph import ERROR_PORT
from weft.engine.validation.topology import Link, Topology
from weft.engine.values import encode

PLAYS: Final = 512
_ALL: Final = (1 << PLAYS) - 1
_MOST_SIGHTS: Final = 300
_RARE: Final = 32
_MOST_LED: Final = 100


@dataclass(slots=True)
class _Level:
    """For each node the plays in which it runs, and in which it fails to its error port."""

    runs: dict[int, int] = field(default_factory=dict)
    fails: dict[int, int] = field(default_factory=dict)
    chosen: dict[int, int] = field(default_factory=dict)
    """For each edge into an early join, by place: the plays in which the join did not wait for others."""


class Presence:
    """Answers for one graph."""

    def __init__(self, topology: Topology) -> None:
        self.topology = topology
        self._levels: dict[int | None, _Level] = {}
        self._sights: dict[int, dict[int, int]] = {}
        self._led: dict[int, _Level] = {}
        self._random = random.Random(1)  # noqa: S311 -- plays, not secrets: the same graph gets the same answer
        self._early = [index for index in topology.order if self._needs(index) is not None]

    def absence(self, source: int, reader: int, *, at_end: bool = False) -> str | None:
        """Why `source` may be without its normal output when `reader`, on the same level, runs: `skipped`,
        `early` (a join did not wait for it), `error`, or None. `at_end`: when the whole round has ended."""
        level = self._level(self.topology.parents[source])
        reads = _ALL if at_end else level.runs.get(reader, 0)
        if reads & ~level.runs.get(source, 0):
            return "skipped"
        if not at_end and reads & ~self._sight(source, level).get(reader, _ALL):
            return "early"
        if reads & level.fails.get(source, 0):
            return "error"
        return self._rare_absence(source, reader) if reads.bit_count() < _RARE else None

    def _rare_absence(self, source: int, reader: int) -> str | None:
        """The same for a reader that chance hardly reaches: the plays are led there."""
        level = self._lead(reader)
        reads = level.runs.get(reader, 0)
        if reads & ~level.runs.get(source, 0):
            return "skipped"
        return "error" if reads & level.fails.get(source, 0) else None

    def _level(self, parent: int | None) -> _Level:
        if parent not in self._levels:
            self._levels[parent] = self._play(parent, {})
        return self._levels[parent]

    def _lead(self, reader: int) -> _Level:
        """Plays in which the deciding nodes on one way to `reader` mostly lead there."""
        parent = self.topology.parents[reader]
        if reader not in self._led:
            if len(self._led) >= _MOST_LED:
                return _Level()
            ways: dict[int, str] = {}
            at = reader
            while links := self.topology.incoming[at]:
                ways[links[0].source] = links[0].port
                at = links[0].source
            self._led[reader] = self._play(parent, ways)
        return self._led[reader]

    def _needs(self, index: int) -> int | None:
        """How many taken edges let this node run, for a join that does not wait for all."""
        node = self.topology.nodes[index]
        if node.type != "join" or node.disabled:
            return None
        mode, count = node.config.get("mode"), node.config.get("count")
        if mode == "any":
            return 1
        return count if mode == "count" and isinstance(count, int) and count > 0 else None

    def _play(self, parent: int | None, ways: dict[int, str]) -> _Level:
        level = _Level()
        taken: dict[int, int] = {}
        for index in self.topology.level_order(parent):
            links = self.topology.incoming[index]
            if links:
                level.runs[index] = self._decide(index, links, taken, level)
            else:
                begins = parent is not None or self.topology.nodes[index].type == "start"
                level.runs[index] = _ALL if begins and index not in self.topology.compensates else 0
            if self.topology.outgoing[index]:
                self._leave(index, level, taken, ways.get(index))
        return level

    def _decide(self, index: int, links: list[Link], taken: dict[int, int], level: _Level) -> int:
        needs = self._needs(index)
        if needs is None:
            runs = 0
            for link in links:
                runs |= taken.get(link.edge, 0)
            return runs
        return self._decide_early(links, taken, needs, level)

    def _decide_early(self, links: list[Link], taken: dict[int, int], needs: int, level: _Level) -> int:
        """Let each play choose which `needs` of its taken edges came first."""
        runs = _ALL
        left = {link.edge: taken.get(link.edge, 0) for link in links}
        level.chosen.update(dict.fromkeys(left, 0))
        for _ in range(min(needs, len(links) + 1)):
            wanting = runs
            for luck in (self._random.getrandbits, None):
                for link in links:
                    pick = left[link.edge] & wanting & (luck(PLAYS) if luck else _ALL)
                    level.chosen[link.edge] |= pick
                    left[link.edge] &= ~pick
                    wanting &= ~pick
            runs &= ~wanting
        return runs

    def _leave(self, index: int, level: _Level, taken: dict[int, int], way: str | None) -> None:
        """Share the plays in which the node runs among its ports."""
        topology, runs = self.topology, level.runs[index]
        ports = topology.ports[index] or ("out",)
        if topology.nodes[index].disabled:
            ports = ("out",) if "out" in ports else ports[:1]
        shares: dict[str, int] = {}
        if topology.takes_error_port(index) and not topology.nodes[index].disabled:
            failing = ~self._mostly() if way != ERROR_PORT else self._mostly()
            level.fails[index] = shares[ERROR_PORT] = runs & failing
        rest = runs & ~shares.get(ERROR_PORT, 0)
        if way in ports:
            shares[way] = rest & self._mostly()
            rest &= ~shares[way]
        self._share(ports, rest, self._dice(index, len(ports)), shares)
        for link in topology.outgoing[index]:
            taken[link.edge] = shares.get(link.port, 0)

    def _mostly(self) -> int:
        """Seven plays of eight."""
        return self._random.getrandbits(PLAYS) | self._random.getrandbits(PLAYS) | self._random.getrandbits(PLAYS)

    def _dice(self, index: int, ports: int) -> random.Random:
        node = self.topology.nodes[index]
        if ports < 2:
            return self._random
        return random.Random(zlib.crc32(encode([node.type, node.config])))  # noqa: S311 -- as above

    def _share(self, ports: tuple[str, ...], plays: int, dice: random.Random, shares: dict[str, int]) -> None:
        if not ports:
            return
        if len(ports) == 1:
            shares[ports[0]] = shares.get(ports[0], 0) | plays
            return
        half, bits = len(ports) // 2, dice.getrandbits(PLAYS)
        self._share(ports[:half], plays & bits, dice, shares)
        self._share(ports[half:], plays & ~bits, dice, shares)

    def _sight(self, source: int, level: _Level) -> dict[int, int]:
        """For each node behind an early join that is downstream of `source`: the plays in which it sees it."""
        topology = self.topology
        joins = [index for index in self._early if topology.is_upstream(source, index)]
        if not joins:
            return {}
        if source not in self._sights and len(self._sights) < _MOST_SIGHTS:
            sight: dict[int, int] = {source: _ALL}
            for index in topology.level_order(topology.parents[source]):
                if index == source or not topology.is_upstream(source, index):
                    continue
                seen = 0
                for link in topology.incoming[index]:
                    through = level.chosen.get(link.edge, _ALL) if self._needs(index) is not None else _ALL
                    seen |= sight.get(link.source, 0) & through
                sight[index] = seen
            self._sights[source] = sight
        return self._sights.get(source, {})
