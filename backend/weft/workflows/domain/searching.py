"""Finding things by words: case, accents and the order of the words do not matter."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

_WORD: Final = re.compile(r"\w+")
WHOLE, BEGINNING, INSIDE = 4, 2, 1
"""What it is worth where a word is found: as a word, at the beginning of one, or within one."""


def plain(text: str) -> str:
    """`text` without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def words_of(text: str) -> list[str]:
    """The words of `text`, as a search compares them."""
    return plain(text).split()


class Searched:
    """Something that is searched: texts and how much each of them counts, made ready once."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        self._texts = [(weight, text, _WORD.findall(text)) for weight, raw in texts if (text := plain(raw))]

    def score(self, words: Sequence[str]) -> int:
        """How well it fits: 0 unless every one of `words` is found in some text."""
        found = [self._best(word) for word in words]
        return sum(found) if all(found) else 0

    def _best(self, word: str) -> int:
        return max((weight * _fit(word, text, parts) for weight, text, parts in self._texts), default=0)


def _fit(word: str, text: str, parts: list[str]) -> int:
    if word not in text:
        return 0
    if word in parts:
        return WHOLE
    return BEGINNING if any(part.startswith(word) for part in parts) else INSIDE
