"""Real QuickJS, asked for the value of an expression as JSON."""

import json
from collections.abc import Mapping
from typing import Any

import quickjs
from hypothesis import strategies as st

from weft.engine.values import UNDEFINED, encode

EXACT = 2**53


def javascript(expression: str, scope: Mapping[str, Any]) -> Any:
    """The value; UNDEFINED for undefined. Raises JSException."""
    context = quickjs.Context()
    for name, value in scope.items():
        text = "undefined" if value is UNDEFINED else f"JSON.parse({json.dumps(encode(value).decode())})"
        context.eval(f"globalThis[{json.dumps(name)}] = {text}")
    found = context.eval(f"JSON.stringify([({expression}\n)], (k, v) => v === undefined ? {{$none: 1}} : v)")
    value = json.loads(found)[0]
    return UNDEFINED if value == {"$none": 1} else value


KEYS = st.sampled_from(["a", "b", "length", "0", "1", "c d", "é", "x1", "$", "_"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-EXACT, EXACT),
    st.floats(-EXACT, EXACT),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)
"""JSON values whose numbers JavaScript holds exactly."""


def same_number(ours: str, theirs: str) -> bool:
    """Equal, or a number at a power of two that QuickJS writes with a digit more than ECMAScript wants."""
    return ours == theirs or (len(ours) < len(theirs) and float(ours) == float(theirs))
