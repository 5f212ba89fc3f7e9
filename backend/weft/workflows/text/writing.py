"""Plain values as YAML that reads well in a git diff, and that git can merge.

Written here, not by the YAML library, since the layout is the point: a block for each node with an empty line
between two (git joins changes that touch), an edge on one line, strings of several lines as blocks, nothing folded.
What it writes is read back as equal by any reader of YAML 1.1 or 1.2; a law in the tests says so.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ .,/()+-]+[A-Za-z0-9_]+)*[.)]?")
_WORDS: Final = frozenset("true false yes no on off null nan inf".split())
_LONGEST_KEY: Final = 900
_SPECIAL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def scalar(value: Any) -> str:
    """A value that is no mapping or list, on one line."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, float):
        text = repr(value)
        return text.replace("e", ".0e") if "e" in text and "." not in text else text
    return json.dumps(value)


def flow(mapping: dict[str, Any]) -> str:
    """A mapping of scalars on one line."""
    return "{" + ", ".join(f"{_flow_text(key)}: {_flow_text(value)}" for key, value in mapping.items()) + "}"


def block(value: Any, indent: int) -> Iterator[str]:
    """The lines of a mapping or list that is not empty, `indent` spaces in."""
    pad = " " * indent
    if isinstance(value, dict):
        for key, item in value.items():
            written = _quoted(key)
            if len(written) > _LONGEST_KEY:
                yield f"{pad}? {written}"
                yield from entry(f"{pad}:", item, indent)
            else:
                yield from entry(f"{pad}{written}:", item, indent)
    else:
        for item in value:
            yield from _list_item(item, indent)


def entry(head: str, value: Any, indent: int) -> Iterator[str]:
    """The lines of `head` (`key:` or `-`) with its value, whose block stands two spaces in from `indent`."""
    if isinstance(value, dict | list):
        if not value:
            yield f"{head} {'{}' if isinstance(value, dict) else '[]'}"
            return
        yield head
        yield from block(value, indent + 2)
    elif isinstance(value, str) and _is_block(value):
        yield from _literal(head, value, indent + 2)
    else:
        yield f"{head} {scalar(value)}"


def _list_item(item: Any, indent: int) -> Iterator[str]:
    """`- ` before the first line of a mapping or list, `-` before a scalar."""
    if isinstance(item, dict | list) and item:
        lines = block(item, indent + 2)
        yield " " * indent + "- " + next(lines)[indent + 2 :]
        yield from lines
    else:
        yield from entry(" " * indent + "-", item, indent)


def _literal(head: str, text: str, indent: int) -> Iterator[str]:
    indicator = "2" if text[0] in " \t\n" else ""
    yield f"{head} |{indicator}{'' if text.endswith(chr(10)) else '-'}"
    for line in text.removesuffix("\n").split("\n"):
        yield " " * indent + line if line else ""


def _is_block(text: str) -> bool:
    """Whether `text` can be a literal block that a reader gives back unchanged, whatever stands after it."""
    if "\n" not in text or _SPECIAL.search(text):
        return False
    body = text.removesuffix("\n")
    return bool(body.strip()) and body.rsplit("\n", 1)[-1].strip(" \t") != ""


def _quoted(text: str) -> str:
    if len(text) < 120 and _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    if '"' in text and "\n" not in text and not _SPECIAL.search(text) and "\t" not in text:
        return "'" + text.replace("'", "''") + "'"
    return _SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def _flow_text(value: Any) -> str:
    text = scalar(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and "," in text and text[0] != '"' else text
