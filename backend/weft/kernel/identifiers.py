"""Identifiers as ECMAScript has them: names that a JavaScript expression can read as they stand.

ID_Start, `$` or `_`, then ID_Continue, `$`, U+200C or U+200D; letters of every script, no escapes. Python's own
`isidentifier` is another set (XID, and it folds by NFKC), so the categories are asked.
"""

import re
import unicodedata
from typing import Final

_ASCII: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_START: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"})
_CONTINUE: Final = _START | {"Mn", "Mc", "Nd", "Pc"}
_OTHER_START: Final = frozenset("\u1885\u1886\u2118\u212e\u309b\u309c")
_OTHER_CONTINUE: Final = frozenset(
    "\xb7\u0387\u1369\u136a\u136b\u136c\u136d\u136e\u136f\u1370\u1371\u19da\u200c\u200d\u30fb\uff65"
)
_PATTERN_SYNTAX: Final = "\u2e2f"
"""The one letter that Unicode keeps for the syntax of patterns."""
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200c\u200d\u3164\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def begins(character: str) -> bool:
    """Whether an identifier may begin with `character`."""
    if character.isascii():
        return _ASCII.match(character) is not None
    known = unicodedata.category(character) in _START and character != _PATTERN_SYNTAX
    return known or character in _OTHER_START


def continues(character: str) -> bool:
    """Whether `character` may stand inside an identifier."""
    if character.isascii():
        return character == "$" or character == "_" or character.isalnum()
    known = unicodedata.category(character) in _CONTINUE and character != _PATTERN_SYNTAX
    return known or character in _OTHER_START or character in _OTHER_CONTINUE


def is_identifier(text: str) -> bool:
    """Whether `text` is an identifier, in whatever normal form; reserved words are not asked for."""
    if text.isascii():
        return _ASCII.fullmatch(text) is not None
    return begins(text[0]) and all(map(continues, text))


def normal(text: str) -> str:
    """`text` in Unicode's normal form C, in which one letter has one spelling."""
    return unicodedata.normalize("NFC", text)


def likeness(text: str) -> str:
    """What is left of `text` where compatible letters are one and what nobody sees is left out: two names of one
    likeness are easily taken for each other."""
    return text if text.isascii() else _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
