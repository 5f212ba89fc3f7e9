"""Ports that follow from a list of cases, as `condition` and `switch` have them."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from weft.engine.graph import COMPENSATE_PORT, ERROR_PORT
from weft.engine.values import JSON

ELSE: Final = "else"
_TAKEN: Final = frozenset({ELSE, ERROR_PORT, COMPENSATE_PORT})

CaseId = Annotated[str, Field(min_length=1, max_length=64, json_schema_extra={"x-literal": True})]
"""The id of a case is the name of its port."""


def case_ports(config: Mapping[str, Any], name: str = "cases") -> tuple[str, ...]:
    """The ids of the cases in this raw config, then `else`. What is no case is passed over."""
    cases = config.get(name)
    listed = cases if isinstance(cases, list) else []
    ids = [case["id"] for case in listed if isinstance(case, dict) and isinstance(case.get("id"), str)]
    return (*dict.fromkeys(ids), ELSE)


def distinct_cases(ids: Iterable[str]) -> None:
    """Raise ValueError where two cases share an id, or one has the name of a port that is there anyway."""
    seen: set[str] = set()
    for case in ids:
        if case in _TAKEN:
            raise ValueError(f"a case cannot be named '{case}'")
        if case in seen:
            raise ValueError(f"two cases are named '{case}'")
        seen.add(case)


def is_case(value: JSON) -> str | None:
    """`value`, where it can be the name of a port."""
    return value if isinstance(value, str) else None
