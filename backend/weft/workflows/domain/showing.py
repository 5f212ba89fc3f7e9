"""A graph as strangers may see it: how it works, and nothing that belongs to its workspace."""

import re
from typing import Any, Final

from weft.engine.catalog import Catalog
from weft.engine.fields import ANYWHERE, Field, field_of, fields_of
from weft.engine.masking import MASK

PUBLIC_REFERENCES: Final = frozenset({"model"})
"""What an `x-reference` may name in public: a provider's word, not an id of this workspace."""

_SHOWN: Final = ("id", "type", "name", "config", "policy", "parent", "disabled", "note", "position", "type_version")
_TELLING: Final = (
    r"(?:auth|authorization|cookie|session(?:[-_]?id)?|token|secret|signature|passw(?:or)?d|passphrase"
    r"|(?:api|access|private|auth)[-_]?key)"
)
_SECRET_NAME: Final = re.compile(rf"(?:^|.*[-_ ]){_TELLING}|apikey", re.IGNORECASE)
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NAMING: Final = re.compile(r"\{\{[^'\"`{}]*\}\}")
"""A template that quotes nothing: it names where a value comes from, and holds none."""
_SCHEME: Final = re.compile(r"\b(?:Bearer|Basic|Token|Digest)\b", re.IGNORECASE)
_USER_INFO: Final = re.compile(r"(?<=://)[^/?#\s\"'{}@]{1,1000}@")
_QUERY: Final = re.compile(
    rf"([?&](?:[A-Za-z0-9]{{1,40}}[-_]){{0,4}}(?:{_TELLING}|key|sig)=)[^&#\s\"'{{}}]+", re.IGNORECASE
)


def shown_graph(graph: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """`graph` without pinned outputs and ids of credentials and of other things of the workspace; literal values
    that their name or place says are secret become dots. The config of a type that is not known is left out."""
    return {"nodes": [_node(node, catalog) for node in graph["nodes"]], "edges": graph["edges"]}


def _node(node: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    shown: dict[str, Any] = {key: node[key] for key in _SHOWN if key in node}
    node_type = catalog.get(node["type"])
    if "config" in shown:
        shown["config"] = _value(shown["config"], fields_of(node_type)) if node_type else {}
    if "policy" in shown:
        shown["policy"] = _value(shown["policy"], ANYWHERE)
    return shown


def _value(value: Any, field: Field) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return [_value(item, field_of(field, index)) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    shown = {}
    for key, item in value.items():
        below = field_of(field, key)
        if below.reference is None or below.reference in PUBLIC_REFERENCES:
            shown[key] = _named(key, item, below)
    return shown


def _named(name: str, value: Any, field: Field) -> Any:
    """What stands under `name`; the items of a list stand under it too."""
    if isinstance(value, list):
        return [_named(name, item, field_of(field, index)) for index, item in enumerate(value)]
    is_text = isinstance(value, str | int | float) and not isinstance(value, bool)
    return MASK if is_text and _is_secret(name, str(value)) else _value(value, field)


def _is_secret(name: str, text: str) -> bool:
    """Whether `text` under `name` says a secret itself; one that only names where it comes from does not."""
    if not _SECRET_NAME.fullmatch(_CAMEL.sub("_", name[:200])):
        return False
    return bool(_SCHEME.sub("", _NAMING.sub("", text)).strip())


def _text(text: str) -> str:
    if "://" in text:
        text = _USER_INFO.sub(f"{MASK}@", text)
    return _QUERY.sub(rf"\1{MASK}", text) if "=" in text else text
