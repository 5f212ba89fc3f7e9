"""JavaScript that is only looked at: syntax, and regular expressions of schemas. No workflow's code is ever run.

Syntax is checked by compiling the text with something behind it that no program can have: what compiles up to
there is right, and since the whole does not compile, nothing of it runs.
"""

import re
import threading
from typing import Any, Final

import quickjs

from weft.engine.code import LONGEST, CodeFault
from weft.engine.scanner import ExpressionSyntax, remember, scan

_MEMORY: Final = 32 * 2**20
_STACK: Final = 512 * 1024
_MATCH_S: Final = 0.25
_PLACE: Final = re.compile(r"<input>:(\d+):(\d+)")
_BREAK: Final = re.compile("\r\n|[\n\r\u2028\u2029]")
_MATCHER: Final = """(pattern, text) => {
    let regex;
    try { regex = new RegExp(pattern, "u"); } catch { regex = new RegExp(pattern); }
    return text === null || regex.test(text);
}"""

_local = threading.local()


class MatchTimeout(ValueError):
    """A pattern did not come to an end in its time."""


def _context(name: str) -> Any:
    """A context of this thread: one belongs to the thread that made it."""
    context = getattr(_local, name, None)
    if context is None:
        context = quickjs.Context()
        context.set_memory_limit(_MEMORY)
        context.set_max_stack_size(_STACK)
        setattr(_local, name, context)
    return context


@remember
def expression_fault(source: str) -> ExpressionSyntax | None:
    """What is wrong with `source` as one JavaScript expression, or None."""
    try:
        scan(source)
    except ExpressionSyntax as error:
        return error
    return _fault(source)


def _fault(source: str) -> ExpressionSyntax | None:
    lines = len(_BREAK.split(source))
    refused = _refused(f"(\n{source}\n)")
    if refused is None:
        return ExpressionSyntax("the expression is nested too deep", 0)
    message, line, column = refused
    if line >= lines + 2:
        return None
    return ExpressionSyntax(_told(message, line > lines), _offset(source, line, column))


def body_fault(code: str) -> CodeFault | None:
    """What is wrong with `code` as the body of an asynchronous function, or None."""
    if len(code) > LONGEST:
        return None
    lines = len(_BREAK.split(code))
    refused = _refused(f"(async function (inputs) {{\n{code}\n}})")
    if refused is None:
        return CodeFault("the code is nested too deep", 1, 1)
    message, line, column = refused
    if line >= lines + 2:
        return None
    if line > lines:
        return CodeFault("the code ends too early", lines, len(_BREAK.split(code)[-1]) + 1)
    return CodeFault(message, line, column)


def _refused(program: str) -> tuple[str, int, int] | None:
    """Why and where the compiler stops, lines counted from the second one; None where it runs out of stack."""
    try:
        _context("syntax").eval(f"{program}\n@")
    except quickjs.JSException as error:
        message = str(error).split("\n", 1)[0].removeprefix("SyntaxError: ")
        found = _PLACE.search(str(error))
    if found is None:
        _local.syntax = None
        return None
    return message, int(found.group(1)) - 1, int(found.group(2))


def _told(message: str, at_end: bool) -> str:
    """The engine's words, but not about what was put around the source."""
    return "the expression ends too early" if at_end else message


def _offset(source: str, line: int, column: int) -> int:
    at = 0
    for _ in range(line - 1):
        found = _BREAK.search(source, at)
        if found is None:
            return len(source)
        at = found.end()
    return min(at + column - 1, len(source))


def pattern_fault(pattern: str) -> str | None:
    """What is wrong with `pattern` as a regular expression of JavaScript (JSON Schema's dialect), or None."""
    try:
        matches(pattern, None)
    except ValueError as error:
        return str(error)
    return None


def matches(pattern: str, text: str | None, within_s: float = _MATCH_S) -> bool:
    """Whether `pattern` is found in `text`. Raises ValueError where it cannot be compiled, MatchTimeout where it
    takes more than `within_s` seconds of CPU."""
    context = _context("regex")
    matcher = getattr(_local, "matcher", None)
    if matcher is None:
        matcher = _local.matcher = context.eval(_MATCHER)
    context.set_time_limit(within_s)
    try:
        return bool(matcher(pattern, text))
    except quickjs.JSException as error:
        message = str(error).split("\n", 1)[0]
        if "interrupted" in message:
            raise MatchTimeout("takes too long") from None
        raise ValueError(message.removeprefix("SyntaxError: ")) from None
