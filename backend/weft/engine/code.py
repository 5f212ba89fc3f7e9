"""Python code that is only looked at: where its syntax is wrong. Nothing of it is ever run."""

import ast
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 50_000
"""Characters of code whose syntax is checked beforehand; what is longer shows its faults when it runs."""


@dataclass(frozen=True, slots=True)
class CodeFault:
    """What is wrong, at which line and column of the code, from 1."""

    message: str
    line: int
    column: int


def python_fault(code: str) -> CodeFault | None:
    """What is wrong with `code` as the body of a function in Python, or None."""
    if len(code) > LONGEST:
        return None
    try:
        ast.parse(code)
    except SyntaxError as error:
        if error.msg.startswith("f-string"):
            return None  # later versions of the language allow more in them
        return CodeFault(error.msg, error.lineno or 1, max(error.offset or 1, 1))
    except (ValueError, RecursionError, MemoryError) as error:
        return CodeFault(str(error) or "the code is nested too deep", 1, 1)
    return None
