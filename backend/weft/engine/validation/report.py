"""What validation found."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from weft.kernel.errors import FieldError
from weft.kernel.identifiers import normal

MOST: Final = 500
"""So many errors, and so many warnings, are told."""


@dataclass(frozen=True, slots=True)
class Report:
    """`errors` keep a graph from being published and run; `warnings` keep it from nothing."""

    errors: list[FieldError]
    warnings: list[FieldError]

    @property
    def valid(self) -> bool:
        """Whether there are no errors."""
        return not self.errors


class Findings:
    """Collects what the rules find."""

    def __init__(self) -> None:
        self.errors: list[FieldError] = []
        self.warnings: list[FieldError] = []

    def error(self, path: str, code: str, message: str, node: str | None = None, suggestion: str | None = None) -> None:
        """Something is wrong at `path`, a JSON pointer."""
        if len(self.errors) < MOST:
            self.errors.append(FieldError(path, code, message, node, suggestion))

    def warn(self, path: str, code: str, message: str, node: str | None = None, suggestion: str | None = None) -> None:
        """Something is odd at `path`."""
        if len(self.warnings) < MOST:
            self.warnings.append(FieldError(path, code, message, node, suggestion))

    def report(self) -> Report:
        """All of it."""
        return Report(self.errors, self.warnings)


def closest(name: str, names: Iterable[str]) -> str | None:
    """The one of `names` that was probably meant."""
    known = list(names)
    if not name.isascii() and (spelled := normal(name)) != name and spelled in known:
        return spelled
    if len(known) > 2000:
        known = [each for each in known if abs(len(each) - len(name)) <= 2 and each[:1] == name[:1]][:2000]
    found = get_close_matches(name, known, n=1, cutoff=0.6)
    return found[0] if found else None


def pointer(*parts: str | int) -> str:
    """A JSON pointer below `/graph`."""
    return "/graph" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
