"""Ids are ECMAScript's identifiers: our rule is QuickJS's, on the fast path too."""

import json
import sys
import time
import unicodedata
from typing import Any

import pytest
import quickjs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cost import in_time
from tests.engine.quick import VALUES, javascript
from weft.engine.expressions import ExpressionSyntax, parse_expression, resolve
from weft.engine.graph import RESERVED
from weft.engine.references import references
from weft.engine.scanner import scan
from weft.engine.validation import parse_graph
from weft.kernel.errors import Invalid
from weft.kernel.identifiers import begins, continues, is_identifier, likeness

ODD = "aZ_$0 .äö\u0308ßключ大小\u200c\u200d\xa0\u1680\u3000\ufeff\x85×²٣·ª℮゛ⸯ\u0301𝒳😀ﬁ"
STARTS = st.characters(categories=["Lu", "Ll", "Lt", "Lm", "Lo", "Nl"], exclude_characters="\u2e2f") | st.just("$")
FOLLOWS = st.characters(categories=["L", "Nl", "Mn", "Mc", "Nd", "Pc"], exclude_characters="\u2e2f")
NAMES = st.builds(
    lambda first, rest: first + rest, STARTS, st.text(FOLLOWS | st.sampled_from("\u200c\u200d$"), max_size=5)
)


def test_every_character_is_what_quickjs_takes_it_for() -> None:
    known = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) not in ("Cn", "Cs")]
    context = quickjs.Context()
    ask = context.eval(
        "text => { const found = [0, 1].map(() => []); for (const c of JSON.parse(text)) {"
        "found[0].push(/^[\\p{ID_Start}$_]$/u.test(c)); found[1].push(/^[\\p{ID_Continue}$\\u200c\\u200d]$/u.test(c)) }"
        "return JSON.stringify(found) }"
    )
    start, follow = json.loads(ask(json.dumps(known)))
    assert [c for c, expected in zip(known, start, strict=True) if begins(c) != expected] == []
    assert [c for c, expected in zip(known, follow, strict=True) if continues(c) != expected] == []
    names = [f"{c}{c}" for c in known if begins(c)] + [f"a{c}" for c in known if continues(c)]
    for at in range(0, len(names), 5000):  # and its parser says so too
        context.eval(f"o => [{', '.join('o.' + name for name in names[at : at + 5000])}]")


@settings(max_examples=300, deadline=None)
@given(NAMES, st.lists(NAMES, max_size=2), VALUES)
def test_a_path_of_names_in_any_script_gives_what_quickjs_gives(root: str, members: list[str], value: Any) -> None:
    for member in reversed(members):
        value = {member: value}
    text = ".".join([root, *members])
    code = parse_expression(text)
    expected = javascript(text, {root: value}) if root not in RESERVED else None
    if code.path is not None:
        assert code.path == (root, *members)
        assert resolve(code.path, {root: value}) == expected
    assert code.path is not None or root in RESERVED or any(name.isascii() for name in members)


@settings(max_examples=500, deadline=None)
@given(st.text(ODD, min_size=1, max_size=6))
def test_whatever_is_taken_for_a_path_or_a_name_is_one(text: str) -> None:
    text = f"{text}.x"
    try:
        code = parse_expression(text)
    except ExpressionSyntax:
        return
    if code.path is not None:
        value: Any = 1
        for key in reversed(code.path):
            value = {key: value}
        assert javascript(text, value) == resolve(code.path, value) == 1
    for token in scan(text).tokens:
        assert is_identifier(token.text.removeprefix("#")) is (token.kind == "name")


def test_a_long_line_of_odd_spaces_is_read_at_once() -> None:
    began = time.process_time()
    assert parse_expression("ä\xa0\xa0\xa0.\xa0" * 3000 + "!").path is None
    in_time(time.process_time() - began, 2)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("größe.x + ключ", ["größe", "ключ"]),
        ("größe\u3000+ größe\xa0", ["größe", "größe"]),
        ("a×b", ["a", "b"]),
        ("می\u200cخواهم.a", ["می\u200cخواهم"]),
        ("gro\u0308ße", ["gro\u0308ße"]),
        ("\\u00e4x.y", ["äx"]),
    ],
)
def test_names_end_where_they_end_in_javascript(source: str, names: list[str]) -> None:
    assert [each.path[0] for each in references(source)] == names


@pytest.mark.parametrize(
    "name", ["größe", "ключ", "大小", "मूल्य", "می\u200cخواهم", "$_1", "ªb", "℮", "a·", "𝒳" * 64, "a_" + "é" * 62]
)
def test_ids_in_every_script(name: str) -> None:
    assert parse_graph({"nodes": [{"id": name, "type": "set"}]}).nodes[0].id == name


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("gro\u0308ße", "größe"), ("\u212b", "Å"), ("x²", None), ("٣", None), ("\u200da", None), ("a\xa0", None),
        ("😀", None), ("a×", None), ("\u2e2f", None), ("\\u0061", None), ("é" * 65, None), ("a\u0301" * 65, None),
    ],
)  # fmt: skip
def test_what_is_no_id_says_why(name: str, suggestion: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        parse_graph({"nodes": [{"id": name, "type": "set"}]})
    fault = refused.value.errors[0]
    assert (fault.code, fault.path, fault.node, fault.suggestion) == (
        "illegal_id",
        "/graph/nodes/0/id",
        name,
        suggestion,
    )
    assert ("normal form" in fault.message) is (suggestion is not None)


def test_ids_of_one_likeness() -> None:
    assert likeness("ﬁx") == likeness("fix") == likeness("f\u200dix") != likeness("Fix")
