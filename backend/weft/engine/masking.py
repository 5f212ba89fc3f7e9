"""Secrets that a run opened never leave it: they become dots in events, outputs, errors and logs."""

import base64
import html
import json
import re
from urllib.parse import quote, quote_plus

from weft.engine.values import JSON

MASK = "•••"
SHORTEST = 8
_HEX = re.compile("%[0-9A-F]{2}")


class Masks:
    """The secret values of one run, in every spelling in which they could come back."""

    def __init__(self) -> None:
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._longest = 0

    def __bool__(self) -> bool:
        return self._pattern is not None

    def add(self, *secrets: str) -> None:
        """Mask these from now on; what is shorter than 8 characters is too common to be masked."""
        for secret in secrets:
            if len(secret) >= SHORTEST:
                self._spellings.update(_spellings(secret))
        if self._spellings:
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
            self._longest = len(longest_first[0])

    def text(self, text: str) -> str:
        """`text` with every secret replaced."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def value(self, value: JSON) -> JSON:
        """`value` with every secret replaced, in keys too."""
        if self._pattern is None:
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(item) for item in value]
        return value

    def held_back(self, text: str) -> int:
        """How many characters at the end of a stream's `text` could be the beginning of a secret. What is cut there
        is cut in front of a whole secret, never through it."""
        for length in range(min(len(text), self._longest), 0, -1):
            tail = text[-length:]
            if any(spelling.startswith(tail) for spelling in self._spellings):
                cut = len(text) - length
                whole = self._pattern.finditer(text) if self._pattern else ()
                return len(text) - next((m.start() for m in whole if m.start() < cut < m.end()), cut)
        return 0


def _spellings(secret: str) -> set[str]:
    raw = secret.encode()
    # The text that stands wherever the secret begins within a group of three bytes, and the whole by itself.
    encoded = {base64.b64encode(raw[offset : len(raw) - (len(raw) - offset) % 3]).decode() for offset in range(3)}
    whole = base64.b64encode(raw).decode()
    encoded |= {whole, whole.rstrip("=")}
    urlsafe = {text.replace("+", "-").replace("/", "_") for text in encoded}
    quoted = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    quoted |= {_HEX.sub(lambda found: found[0].lower(), text) for text in quoted}
    in_json = {json.dumps(secret, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False)}
    in_json |= {text.replace("/", "\\/") for text in in_json}
    others = {secret[::-1], html.escape(secret), html.escape(secret, quote=False), raw.hex(), raw.hex().upper()}
    return {text for text in {secret} | encoded | urlsafe | quoted | in_json | others if len(text) >= SHORTEST}
