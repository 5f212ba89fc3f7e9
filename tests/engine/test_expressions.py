"""What expressions refer to; and that answering plain ones in process is what QuickJS would have answered."""

import json
import re
from typing import Any

import pytest
import quickjs
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.quick import KEYS, SCALARS, VALUES, javascript, same_number
from weft.engine.errors import NodeError
from weft.engine.expressions import (
    INHERITED,
    ExpressionSyntax,
    parse_expression,
    plain_value,
    references,
    resolve,
    text_of,
    truthy,
)
from weft.engine.values import UNDEFINED


def paths(source: str) -> list[str]:
    return [".".join(map(str, reference.path)) for reference in references(source)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a.b[0]['c'].length", ["a.b.0.c.length"]),
        ("a?.b?.[0].c", ["a.b.0.c"]),
        ("a.list.map(x => x.y + b.z)", ["a.list", "b.z"]),
        ("xs.map(({id, n: m = fallback}, [p]) => id + m + p + k)", ["xs", "fallback", "k"]),
        ("({a, b: c.d, f(x) { return x + y }, get g() { return h }, [i]: 1})", ["a", "c.d", "y", "h", "i"]),
        ("{key: a ? b : c}", ["key", "a", "b", "c"][1:]),
        ("`one ${a.b} ${`two ${c}`} three`", ["a.b", "c"]),
        ("'a.b' + \"c\" + `d`", []),
        ("/a.b[/]/g.test(c) / d / e", ["c", "d", "e"]),
        ("a /* b */ + c // d", ["a", "c"]),
        ("typeof a === 'undefined' && Math.max(b) + JSON.stringify(c)", ["a", "b", "c"]),
        ("function f(x, ...rest) { let y = x, {z} = w; return f(y + z + rest) }", ["w"]),
        ("(() => { for (const x of xs) { if (x) break } try { g() } catch (e) { return e } })()", ["xs", "g"]),
        ("async x => await x.y", []),
        ("a.b(c)(d).e", ["a", "c", "d"]),
        ("a[b.c].d", ["a", "b.c"]),
        ("new Set(items).size + new Date().getTime()", ["items"]),
        ("\\u0061bc.d", ["abc.d"]),
        ("größe.x", ["größe.x"]),
        ("x => y => x + y + z", ["z"]),
        ("[...a, ...b.c]", ["a", "b.c"]),
        ("class { m(x) { return x + q } static s = t }", ["q", "t"]),
        ("a.get.set.of", ["a.get.set.of"]),
        ("a ? x => x : x", ["a", "x"]),
    ],
)
def test_free_names_and_their_paths(source: str, expected: list[str]) -> None:
    assert paths(source) == expected


@pytest.mark.parametrize(
    ("source", "guarded"),
    [
        ("a", True),
        ("a ?? 1", True),
        ("(a ?? b).c", True),
        ("a?.b.c", True),
        ("typeof a", True),
        ("a && a.b", True),
        ("a ? a.b : 0", True),
        ("a.b", False),
        ("a.b ?? 0", False),
        ("a[0]", False),
        ("a[i]", False),
        ("a.map(x => x)", False),
        ("a.b && a.c", False),
    ],
)
def test_who_asks_first_is_guarded(source: str, guarded: bool) -> None:
    assert all(reference.guarded for reference in references(source) if reference.root == "a") is guarded


@pytest.mark.parametrize(
    ("text", "source", "path", "literal"),
    [
        ("a.b", "a.b", ("a", "b"), None),
        (" {{ a . b [ 0 ] }} ", "a . b [ 0 ]", ("a", "b", 0), None),
        ("a['x y'].length", "a['x y'].length", ("a", "x y", "length"), None),
        ("{{ {a: 1} }}", "{a: 1}", None, None),
        ("{a: 1}", "{a: 1}", None, None),
        ("5", "5", None, (5,)),
        ("-9007199254740993", "-9007199254740993", None, (-9007199254740993,)),
        ("18446744073709551615", "18446744073709551615", None, (2**64 - 1,)),
        ("18446744073709551616", "18446744073709551616", None, None),
        ("-1.5e3", "-1.5e3", None, (-1500,)),
        ("'it'", "'it'", None, ("it",)),
        ("null", "null", None, (None,)),
        ("undefined", "undefined", None, (UNDEFINED,)),
        ("NaN", "NaN", None, None),
        ("1e999", "1e999", None, None),
        ("a.map", "a.map", None, None),
        ("a.constructor", "a.constructor", None, None),
        ("a?.b", "a?.b", None, None),
        ("Math.PI", "Math.PI", None, None),
        ("a + b", "a + b", None, None),
    ],
)
def test_what_an_expression_field_holds(text: str, source: str, path: Any, literal: Any) -> None:
    code = parse_expression(text)
    assert (code.source, code.path, code.literal) == (source, path, literal)


@pytest.mark.parametrize(
    ("text", "offset"),
    [("", 0), ("{{ }}", 0), ("{{ a }} > 1", 7), ("{{ a", 0), ("f(a", 1), ("a)", 1), ("'a", 0), ("`${a", 1), ("/*", 0)],
)
def test_what_cannot_be_read_says_where(text: str, offset: int) -> None:
    with pytest.raises(ExpressionSyntax) as refused:
        parse_expression(text)
    assert refused.value.offset == offset


STEPS = st.lists(KEYS | st.integers(0, 3), max_size=4)


def written(path: list[str | int]) -> str:
    return "root" + "".join(f"[{json.dumps(key, ensure_ascii=False)}]" for key in path)


@settings(max_examples=300, deadline=None)
@given(VALUES | st.just(UNDEFINED), STEPS)
def test_a_plain_path_gives_what_quickjs_gives(value: Any, path: list[str | int]) -> None:
    scope = {"root": value}
    code = parse_expression(written(path))
    assert code.path == ("root", *path)
    failure, expected = None, None
    try:
        expected = javascript(written(path), scope)
    except quickjs.JSException as error:
        failure = str(error).split("\n", 1)[0]
    if failure is not None:
        with pytest.raises(NodeError) as failed:
            resolve(code.path, scope)
        assert (failed.value.type, failed.value.message) == ("expression", failure)
        return
    found = resolve(code.path, scope)
    half_a_pair = isinstance(expected, str) and len(expected) == 1 and "\ud800" <= expected <= "\udfff"
    assert found == ("\ufffd" if half_a_pair else expected)
    assert isinstance(found, bool) is isinstance(expected, bool)


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(SCALARS, lambda inner: st.dictionaries(st.sampled_from(["at", "link", "a"]), inner), max_leaves=6),
    st.lists(st.sampled_from(["at", "link", "a"]), min_size=1, max_size=3),
)
def test_a_key_that_values_inherit_is_plain_where_it_is_their_own(value: Any, path: list[str | int]) -> None:
    scope = {"root": value}
    try:
        plain = plain_value(parse_expression(written(path)), scope)
    except NodeError as failed:
        with pytest.raises(quickjs.JSException, match=re.escape(failed.message)):
            javascript(written(path), scope)
        return
    assert plain is None or plain[0] == javascript(written(path), scope)


@pytest.mark.parametrize(("value", "plain"), [({"at": 2**53 + 1}, (2**53 + 1,)), ({}, None), ([], None), (None, None)])
def test_what_is_inherited_is_left_to_javascript(value: Any, plain: Any) -> None:
    assert plain_value(parse_expression("root.at"), {"root": value}) == plain


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_text_is_written_as_javascript_writes_it(value: Any) -> None:
    script = "root === null ? '' : typeof root === 'object' ? JSON.stringify(root) : String(root)"
    ours, theirs = text_of(value), javascript(script, {"root": value})
    numbers = re.compile(r"-?\d[\d.e+-]*")
    assert numbers.sub("#", ours) == numbers.sub("#", theirs)
    assert all(map(same_number, numbers.findall(ours), numbers.findall(theirs)))


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_as_javascript_writes_them(value: float) -> None:
    assert same_number(text_of(value), javascript("String(root)", {"root": value}))


@settings(max_examples=100, deadline=None)
@given(VALUES)
def test_what_holds_is_what_holds_in_javascript(value: Any) -> None:
    assert truthy(value) is javascript("!!root", {"root": value})


def test_integers_stay_exact_whatever_their_size() -> None:
    value = {"id": 12345678901234567890}
    assert resolve(("root", "id"), {"root": value}) == 12345678901234567890
    assert text_of(value["id"]) == "12345678901234567890"
    assert text_of(value) == '{"id":12345678901234567890}'


def test_an_unknown_root_fails_as_in_javascript() -> None:
    with pytest.raises(NodeError, match="ReferenceError: a is not defined"):
        resolve(("a", "b"), {})


def test_every_inherited_member_is_left_to_javascript() -> None:
    script = "[Object, Array, String, Number, Boolean].flatMap(t => Object.getOwnPropertyNames(t.prototype))"
    assert set(javascript(script, {})) - {"length"} <= INHERITED
