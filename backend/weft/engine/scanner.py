"""A light reader of JavaScript: tokens with their brackets matched, enough to find where an expression ends
and which names in it are free. It does not judge syntax; `validation.javascript` does."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Final, TypeVar

from weft.kernel.identifiers import begins, continues

T = TypeVar("T")

MAX_EXPRESSION: Final = 20_000
"""Characters of one expression."""
_SHORT: Final = 1000

SPACES: Final = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""JavaScript's white space and line ends."""
_SPACE: Final = re.compile(rf"[{SPACES}]+")
_NAME: Final = re.compile(
    r"#?(?:[A-Za-z_$\u0080-\U0010ffff]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\})"
    r"(?:[A-Za-z0-9_$\u0080-\U0010ffff]|\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{1,6}\})*"
)
"""What is not ASCII is looked at one by one: `_name_end`."""
_ESCAPE: Final = re.compile(r"\\u(?:\{([0-9a-fA-F]+)\}|([0-9a-fA-F]{4}))")
_NUMBER: Final = re.compile(
    r"0[xX][\da-fA-F_]+n?|0[bB][01_]+n?|0[oO][0-7_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?"
)
_PUNCTUATION: Final = re.compile(
    r"\.\.\.|=>|\?\.(?!\d)|\?\?=?|&&=?|\|\|=?|===|!==|\*\*=?|<<=?|>>>?=?|[=!<>+\-*/%&|^]=|\+\+|--|."
)
_WORDS_BEFORE_VALUES: Final = "return typeof case in of delete void instanceof new throw do else yield await extends"
_REGEX_AFTER: Final = frozenset(_WORDS_BEFORE_VALUES.split())
_CLOSES: Final = {"(": ")", "[": "]", "{": "}", "${": "}"}


class ExpressionSyntax(Exception):
    """An expression or template that cannot be read. `offset` counts characters from the start of its text;
    `code` is the fault's in validation."""

    def __init__(self, message: str, offset: int, code: str = "expression_syntax") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.code = code


@dataclass(frozen=True, slots=True)
class Token:
    """`kind`: name, number, string, regex, template (a piece of text in backquotes) or punctuation."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(slots=True)
class Scan:
    """The tokens of one expression, where it ended, and for each bracket its partner, for each token the
    bracket it stands in (-1: none)."""

    tokens: list[Token] = field(default_factory=list)
    partner: dict[int, int] = field(default_factory=dict)
    inside: list[int] = field(default_factory=list)
    end: int = 0


class _Scanner:
    def __init__(self, text: str, start: int, braces: bool) -> None:
        self.text = text
        self.at = start
        self.start = start
        self.stop = min(len(text), start + MAX_EXPRESSION + 3)
        self.braces = braces
        self.scan = Scan()
        self.open: list[int] = []

    def run(self) -> Scan:
        try:
            scan = self._run()
        except ExpressionSyntax:
            if self.stop < len(self.text) and self.at >= self.stop:
                raise self._too_long() from None
            raise
        if scan.end - self.start > MAX_EXPRESSION:
            raise self._too_long()
        return scan

    def _too_long(self) -> ExpressionSyntax:
        told = f"an expression has at most {MAX_EXPRESSION:,} characters"
        return ExpressionSyntax(told, self.start, "expression_too_long")

    def _run(self) -> Scan:
        while self.at < self.stop:
            if self._blank():
                continue
            if self.braces and not self.open and self.text.startswith("}}", self.at):
                self.scan.end = self.at
                return self.scan
            self._token()
        if self.open:
            raise self._unclosed(self.open[-1])
        if self.braces:
            raise ExpressionSyntax("'{{' has no '}}'", self.start - 2)
        self.scan.end = self.at
        return self.scan

    def _unclosed(self, index: int) -> ExpressionSyntax:
        token = self.scan.tokens[index]
        return ExpressionSyntax(f"'{token.text}' is not closed", token.start)

    def _unended(self, message: str, at: int) -> ExpressionSyntax:
        """What begins here was looked for until `at`, and has no end."""
        begins, self.at = self.at, at
        return ExpressionSyntax(message, begins)

    def _blank(self) -> bool:
        space = _SPACE.match(self.text, self.at, self.stop)
        if space:
            self.at = space.end()
        elif self.text.startswith("//", self.at):
            self._line_comment()
        elif self.text.startswith("/*", self.at):
            end = self.text.find("*/", self.at + 2, self.stop)
            if end < 0:
                raise self._unended("a comment is not closed", self.stop)
            self.at = end + 2
        else:
            return False
        return True

    def _line_comment(self) -> None:
        """To the end of the line; in a template the `}}` that ends the expression ends its comment too."""
        end = re.compile(r"[\n\r\u2028\u2029]|\}\}" if self.braces and not self.open else r"[\n\r\u2028\u2029]")
        found = end.search(self.text, self.at, self.stop)
        self.at = found.start() if found else self.stop

    def _add(self, kind: str, end: int, text: str | None = None) -> None:
        self.scan.tokens.append(Token(kind, self.text[self.at : end] if text is None else text, self.at, end))
        self.scan.inside.append(self.open[-1] if self.open else -1)
        self.at = end

    def _token(self) -> None:
        character = self.text[self.at]
        if character in "'\"":
            self._string(character)
        elif character == "`":
            self._add("punctuation", self.at + 1)
            self._template()
        elif (found := _NAME.match(self.text, self.at, self.stop)) and (end := _name_end(found)) > self.at:
            name = self.text[self.at : end]
            self._add("name", end, _ESCAPE.sub(_unescape, name) if "\\" in name else name)
        elif found := _NUMBER.match(self.text, self.at, self.stop):
            self._add("number", found.end())
        elif character == "/" and self._regex_allowed():
            self._regex()
        else:
            self._punctuation()

    def _string(self, quote: str) -> None:
        at = self.at + 1
        while at < self.stop and self.text[at] not in "\n\r":
            if self.text[at] == quote:
                self._add("string", at + 1)
                return
            at += 2 if self.text[at] == "\\" else 1
        raise self._unended("a string is not closed", at)

    def _template(self) -> None:
        """The text of a backquoted literal up to its end or the next `${`."""
        at = self.at
        while at < self.stop:
            if self.text[at] == "`":
                self._add("template", at)
                self._add("punctuation", at + 1)
                return
            if self.text.startswith("${", at):
                self._add("template", at)
                self._add("punctuation", at + 2)
                self.open.append(len(self.scan.tokens) - 1)
                return
            at += 2 if self.text[at] == "\\" else 1
        raise self._unended("a template literal is not closed", at)

    def _regex_allowed(self) -> bool:
        if not self.scan.tokens:
            return True
        last = self.scan.tokens[-1]
        if last.kind == "name":
            return last.text in _REGEX_AFTER
        return last.kind == "punctuation" and last.text not in (")", "]", "}", "`", "++", "--")

    def _regex(self) -> None:
        at, in_class = self.at + 1, False
        while at < self.stop and self.text[at] not in "\n\r":
            character = self.text[at]
            if character == "/" and not in_class:
                flags = re.compile(r"[A-Za-z]*").match(self.text, at + 1)
                self._add("regex", flags.end() if flags else at + 1)
                return
            in_class = character == "[" or (in_class and character != "]")
            at += 2 if character == "\\" else 1
        raise self._unended("a regular expression is not closed", at)

    def _punctuation(self) -> None:
        found = _PUNCTUATION.match(self.text, self.at, self.stop)
        text = found.group() if found else self.text[self.at]
        if text in ("(", "[", "{"):
            self._add("punctuation", self.at + 1)
            self.open.append(len(self.scan.tokens) - 1)
        elif text in (")", "]", "}"):
            self._close(text)
        else:
            self._add("punctuation", self.at + len(text))

    def _close(self, text: str) -> None:
        if not self.open:
            raise ExpressionSyntax(f"'{text}' closes nothing", self.at)
        opening = self.open[-1]
        opened = self.scan.tokens[opening].text
        if _CLOSES[opened] != text:
            raise self._unclosed(opening)
        self.open.pop()
        self.scan.partner[opening] = len(self.scan.tokens)
        self.scan.partner[len(self.scan.tokens)] = opening
        self._add("punctuation", self.at + 1)
        if opened == "${":
            self._template()


def _name_end(found: "re.Match[str]") -> int:
    """Where the identifier ends that begins with the match of `_NAME`; its start where none does."""
    text, start = found.group(), found.start()
    if text.isascii():
        return found.end()
    first = 1 if text[0] == "#" else 0
    if not (text[first].isascii() or begins(text[first])):
        return start
    for at in range(first + 1, len(text)):
        if not (text[at].isascii() or continues(text[at])):
            return start + at
    return found.end()


def _unescape(found: "re.Match[str]") -> str:
    code = int(found.group(1) or found.group(2), 16)
    return chr(code) if code <= 0x10FFFF else found.group()


def remember(function: Callable[[str], T]) -> Callable[[str], T]:
    """Keep what `function` gives for short texts, which come again and again; long ones are read each time."""
    kept = lru_cache(maxsize=4096)(function)

    @wraps(function)
    def asked(text: str) -> T:
        return kept(text) if len(text) <= _SHORT else function(text)

    return asked


@remember
def scan(source: str) -> Scan:
    """Read a whole expression. Raises ExpressionSyntax for what is not closed."""
    return _Scanner(source, 0, braces=False).run()


def scan_braced(text: str, start: int) -> Scan:
    """Read the expression that begins after the `{{` at `start - 2`; `end` is where its `}}` stands."""
    return _Scanner(text, start, braces=True).run()
