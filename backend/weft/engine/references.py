"""Which names of an expression come from outside it, and the static path that follows each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from weft.engine.graph import RESERVED
from weft.engine.scanner import Scan, Token, remember, scan

SCOPE_NAMES: Final = frozenset({"input", "vars", "env", "execution", "item", "index", "key", "state", "error", "now"})
"""What expressions see beside nodes."""

_NOT_FREE: Final = ((RESERVED - SCOPE_NAMES) | {"let", "static"}) - {"__proto__", "prototype", "constructor"}
_BLOCK_AFTER: Final = frozenset({")", "=>", ";", "}", "else", "do", "try", "finally"})
_MODIFIERS: Final = frozenset({"get", "set", "async", "static"})
_INTEGER: Final = re.compile(r"0|[1-9][0-9]{0,14}")
_NO_TOKEN: Final = Token("none", "", 0, 0)


@dataclass(frozen=True, slots=True)
class Reference:
    """A free name and the members read from it, as far as they are known without running.

    `deep`: something is read from the root (`a.b`, `a[x]`, `a.map()`), so that an undefined root would throw.
    `guarded`: it would not, for the expression asks first (`a?.b`, `a && a.b`, `typeof a`).
    `lenient`: the expression allows for a missing value further on (`a.b?.c`, `a.b ?? 0`, `a.b || 0`).
    `called`: the member behind `path` that is called (`c` in `a.b.c()`).
    `offset` counts characters from the start of the expression.
    """

    path: tuple[str | int, ...]
    offset: int
    deep: bool = False
    guarded: bool = True
    lenient: bool = False
    called: str | None = None

    @property
    def root(self) -> str:
        """The name itself."""
        return str(self.path[0])


@remember
def references(source: str) -> tuple[Reference, ...]:
    """The free names of the JavaScript expression `source`, in order, but JavaScript's own globals.

    Raises ExpressionSyntax where brackets, strings or comments are not closed.
    """
    return tuple(_Reader(scan(source)).run())


class _Reader:
    def __init__(self, scanned: Scan) -> None:
        self.tokens = scanned.tokens
        self.partner = scanned.partner
        self.inside = scanned.inside
        self.braces = self._brace_kinds()
        self.locals: dict[str, list[tuple[int, int]]] = {}

    def run(self) -> Iterator[Reference]:
        for index in range(len(self.tokens)):
            self._declare_at(index)
        asked: set[str] = set()
        for index, token in enumerate(self.tokens):
            if token.kind == "name" and self._is_free(index):
                reference = self._follow(index, asked)
                if reference.guarded:
                    asked.add(token.text)
                yield reference

    def _text(self, index: int) -> str:
        if 0 <= index < len(self.tokens) and self.tokens[index].kind in ("name", "punctuation"):
            return self.tokens[index].text
        return ""

    def _brace_kinds(self) -> dict[int, str]:
        """For each `{`: object, block or class."""
        kinds: dict[int, str] = {}
        for index, token in enumerate(self.tokens):
            if token.kind != "punctuation" or token.text != "{":
                continue
            before = self.tokens[index - 1] if index else _NO_TOKEN
            opening = self.inside[index]
            if self._after_class(index):
                kinds[index] = "class"
            elif before.text == "{":
                kinds[index] = "block" if kinds.get(opening) == "block" else "object"
            else:
                kinds[index] = "block" if before.text in _BLOCK_AFTER else "object"
        return kinds

    def _after_class(self, index: int) -> bool:
        """Whether this `{` opens the body of `class [name] [extends …]`."""
        at = index - 1
        while at >= 0 and self.tokens[at].kind == "name":
            if self.tokens[at].text == "class":
                return True
            at -= 1
        return False

    # what is declared, and where

    def _declare_at(self, index: int) -> None:
        text = self._text(index)
        if text == "=>":
            self._declare_arrow(index)
        elif text == "function":
            self._declare_function(index)
        elif text in ("let", "const", "var") and self._starts_pattern(index + 1):
            self._declare(self._declarators(index + 1), *self._block_around(index))
        elif text == "catch" and self._text(index + 1) == "(":
            close = self.partner[index + 1]
            end = self.partner.get(close + 1, close)
            self._declare(self._bindings(index + 2, close), index + 1, end)
        elif text == "class" and index + 1 < len(self.tokens) and self.tokens[index + 1].kind == "name":
            self._declare(iter([self.tokens[index + 1].text]), *self._block_around(index))
        elif self.tokens[index].kind == "name" and self._is_method(index):
            self._declare_parameters(index + 1, index)

    def _starts_pattern(self, index: int) -> bool:
        return index < len(self.tokens) and (self.tokens[index].kind == "name" or self.tokens[index].text in ("[", "{"))

    def _declare(self, names: Iterator[str], start: int, end: int) -> None:
        for name in names:
            self.locals.setdefault(name, []).append((start, end))

    def _declare_arrow(self, index: int) -> None:
        end = self.partner[index + 1] if self._text(index + 1) == "{" else self._expression_end(index + 1)
        if self._text(index - 1) == ")":
            opening = self.partner[index - 1]
            self._declare(self._bindings(opening + 1, index - 1), opening, end)
        elif index and self.tokens[index - 1].kind == "name":
            self._declare(iter([self.tokens[index - 1].text]), index - 1, end)

    def _declare_function(self, index: int) -> None:
        at = index + 1
        if self._text(at) == "*":
            at += 1
        if at < len(self.tokens) and self.tokens[at].kind == "name":
            self._declare(iter([self.tokens[at].text]), *self._block_around(index))
            at += 1
        if self._text(at) == "(":
            self._declare_parameters(at, index)

    def _declare_parameters(self, opening: int, start: int) -> None:
        close = self.partner[opening]
        end = self.partner.get(close + 1, close) if self._text(close + 1) == "{" else close
        self._declare(self._bindings(opening + 1, close), start, end)
        self._declare(iter(["arguments"]), start, end)

    def _block_around(self, index: int) -> tuple[int, int]:
        opening = self.inside[index]
        while opening >= 0 and self.tokens[opening].text != "{":
            opening = self.inside[opening]
        return (opening, self.partner[opening]) if opening >= 0 else (0, len(self.tokens))

    def _expression_end(self, index: int) -> int:
        """The last token of the assignment expression that begins at `index`."""
        questions = 0
        while index < len(self.tokens):
            text = self._text(index)
            if text in ("(", "[", "{", "${"):
                index = self.partner[index]
            elif text == "?":
                questions += 1
            elif text == ":" and questions:
                questions -= 1
            elif text in (",", ";", ")", "]", "}", ":"):
                break
            index += 1
        return index - 1

    def _declarators(self, index: int) -> Iterator[str]:
        """The names of `let a = 1, {b} = c`."""
        end = index
        while end < len(self.tokens) and self._text(end) not in (";", ")", "}", "of", "in"):
            end = self.partner[end] + 1 if self._text(end) in ("(", "[", "{", "${") else end + 1
        return self._bindings(index, end)

    def _bindings(self, index: int, end: int) -> Iterator[str]:
        """The names that a pattern, or a list of them, binds."""
        while index < end:
            text = self._text(index)
            if text == "[":
                yield from self._bindings(index + 1, self.partner[index])
                index = self.partner[index]
            elif text == "{":
                yield from self._object_bindings(index + 1, self.partner[index])
                index = self.partner[index]
            elif self.tokens[index].kind == "name":
                yield self.tokens[index].text
            if text in (",", "..."):
                index += 1
            else:
                index = self._next_element(index + 1, end)

    def _object_bindings(self, index: int, end: int) -> Iterator[str]:
        while index < end:
            if self._text(index) == "[":
                index = self.partner[index]
            if self._text(index + 1) == ":":
                element = self._next_element(index + 2, end)
                yield from self._bindings(index + 2, element)
                index = element
            elif self._text(index) in (",", "..."):
                index += 1
            else:
                if self.tokens[index].kind == "name":
                    yield self.tokens[index].text
                index = self._next_element(index + 1, end)

    def _next_element(self, index: int, end: int) -> int:
        while index < end and self._text(index) != ",":
            index = self.partner[index] + 1 if self._text(index) in ("(", "[", "{", "${") else index + 1
        return index

    # what is free

    def _is_free(self, index: int) -> bool:
        token = self.tokens[index]
        before, after = self._text(index - 1), self._text(index + 1)
        if before in (".", "?.", "break", "continue") or token.text in _NOT_FREE or token.text.startswith("#"):
            return False
        if self._is_key(index) or self._is_label(index, before, after):
            return False
        if token.text == "async" and (after == "function" or self._arrow_follows(index)):
            return False
        if token.text == "of" and index and before not in ("(", ",", "") and before[-1:] in ("}", "]"):
            return False
        if token.text == "of" and index and self.tokens[index - 1].kind == "name":
            return False
        return not any(start <= index <= end for start, end in self.locals.get(token.text, ()))

    def _arrow_follows(self, index: int) -> bool:
        after = self._text(index + 1)
        close = self.partner[index + 1] if after == "(" else index + 1
        return self._text(close + 1) == "=>"

    def _is_label(self, index: int, before: str, after: str) -> bool:
        return after == ":" and before in ("{", "}", ";", ")") and self.braces.get(self.inside[index]) == "block"

    def _at_key(self, index: int) -> bool:
        """Whether a member of an object literal or class may begin at this token."""
        kind = self.braces.get(self.inside[index])
        before = self._text(index - 1)
        if kind == "object":
            return index - 1 == self.inside[index] or before == ","
        return kind == "class" and (before in ("{", "}", ";") or before in _MODIFIERS or before == "*")

    def _is_key(self, index: int) -> bool:
        after = self._text(index + 1)
        if self._at_key(index):
            if after in (":", "("):
                return True
            if self.braces.get(self.inside[index]) == "class":
                return True
            follows = self.tokens[index + 1] if index + 1 < len(self.tokens) else _NO_TOKEN
            return self.tokens[index].text in _MODIFIERS and (follows.kind != "punctuation" or after in ("[", "*"))
        return self._is_method(index)

    def _is_method(self, index: int) -> bool:
        """`name(…) {` as a member, after `get`, `async`, `*` too."""
        kind = self.braces.get(self.inside[index])
        if kind not in ("object", "class") or self._text(index + 1) != "(":
            return False
        first = index
        while first > 0 and (self._text(first - 1) in _MODIFIERS or self._text(first - 1) == "*"):
            first -= 1
        return self._at_key(first) and self._text(self.partner[index + 1] + 1) == "{"

    # what is read from it

    def _follow(self, index: int, asked: set[str]) -> Reference:
        root = self.tokens[index]
        path: list[str | int] = [root.text]
        at, optional_root, optional = index + 1, self._text(index + 1) == "?.", False
        deep = self._text(at) in (".", "?.", "[", "(", "`")
        called: str | None = None
        while True:
            member, following = self._member(at)
            if member is None:
                break
            if self._text(following) in ("(", "`") or (
                self._text(following) == "?." and self._text(following + 1) == "("
            ):
                called = str(member)
                break
            optional = optional or (self._text(at) == "?." and at > index + 1)
            path.append(member)
            at = following
        optional = optional or self._text(at) == "?."
        guarded = not deep or optional_root or root.text in asked
        lenient = optional or optional_root or self._text(at) in ("??", "||")
        return Reference(tuple(path), root.start, deep, guarded, lenient, called)

    def _member(self, at: int) -> tuple[str | int | None, int]:
        """The static member read at token `at`, and the token after it."""
        text = self._text(at)
        if text in (".", "?.") and at + 1 < len(self.tokens) and self.tokens[at + 1].kind == "name":
            return self.tokens[at + 1].text, at + 2
        if text == "?.":
            at += 1
        if self._text(at) == "[" and self.partner[at] == at + 2:
            key = self.tokens[at + 1]
            if key.kind == "number" and _INTEGER.fullmatch(key.text):
                return int(key.text), at + 3
            if key.kind == "string" and "\\" not in key.text:
                return key.text[1:-1], at + 3
        return None, at
