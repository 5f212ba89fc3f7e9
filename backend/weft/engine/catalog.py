"""The node library: every node type by name, found in the modules of a package and in entry points."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType

from weft.engine.node import NodeType


class Catalog:
    """Node types by name. Frozen once built."""

    def __init__(self, types: Iterable[NodeType]) -> None:
        self._types: dict[str, NodeType] = {}
        for node_type in types:
            if node_type.type in self._types:
                raise ValueError(f"two node types are named '{node_type.type}'")
            self._types[node_type.type] = node_type

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def __iter__(self) -> Iterator[NodeType]:
        return iter(self._types.values())

    def get(self, name: str) -> NodeType | None:
        """The type of that name, or None."""
        return self._types.get(name)

    def names(self) -> list[str]:
        """All names, in the order of their registration."""
        return list(self._types)


class PluginBroken(Exception):
    """An installed plugin cannot be imported: one line that names it and the reason."""


def _load(point: EntryPoint) -> ModuleType:
    try:
        module = point.load()
    except Exception as error:
        # The edge to code that is not ours: whatever it raises, the operator must know whose it is.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise PluginBroken(f"the plugin '{point.name}' ({point.value}) cannot be loaded: {reason}") from error
    if not isinstance(module, ModuleType):
        raise PluginBroken(f"the plugin '{point.name}' ({point.value}) does not name a module")
    return module


def types_in(module: ModuleType) -> Iterator[NodeType]:
    """The node types that `module` declares."""
    for value in vars(module).values():
        node_type = getattr(value, "node_type", None)
        if isinstance(node_type, NodeType) and value.__module__ == module.__name__:
            yield node_type


def load_catalog(package: ModuleType, entry_point_group: str = "weft.nodes") -> Catalog:
    """Walk every module of `package`, then the entry points of plugins (each names a module)."""
    modules = [
        importlib.import_module(f"{package.__name__}.{info.name}") for info in pkgutil.iter_modules(package.__path__)
    ]
    modules += [_load(point) for point in entry_points(group=entry_point_group)]
    return Catalog(node_type for module in modules for node_type in types_in(module))
