"""Templates: text with `{{ }}`, the pieces it is made of, and the names that it refers to."""

from typing import Final, TypeAlias

from weft.engine.expressions import Code, parse_expression, read_code, references
from weft.engine.fields import ANYWHERE, Field, field_of
from weft.engine.scanner import ExpressionSyntax, remember, scan_braced
from weft.engine.values import JSON

Part: TypeAlias = str | Code

MAX_EXPRESSIONS: Final = 2_000
"""Expressions of one text, and of one node."""


def is_template(text: str) -> bool:
    """Whether there is anything to evaluate in `text`."""
    return "{{" in text


@remember
def parse_template(text: str) -> tuple[Part, ...]:
    """The pieces of `text`: plain text and expressions, in order.

    Raises ExpressionSyntax for a `{{` without its `}}`, for an empty one, and for too many.
    """
    parts: list[Part] = []
    at = count = 0
    while (start := text.find("{{", at)) >= 0:
        if start > at:
            parts.append(text[at:start])
        count += 1
        if count > MAX_EXPRESSIONS:
            raise ExpressionSyntax(f"a text has at most {MAX_EXPRESSIONS:,} expressions", start, "too_many_expressions")
        found = scan_braced(text, start + 2)
        source = text[start + 2 : found.end]
        if not found.tokens:
            raise ExpressionSyntax("the expression in '{{ }}' is empty", start)
        parts.append(read_code(source))
        at = found.end + 2
    if at < len(text):
        parts.append(text[at:])
    return tuple(parts)


def whole(parts: tuple[Part, ...]) -> Code | None:
    """The one expression that the template is, white space aside; else None."""
    codes = [part for part in parts if isinstance(part, Code)]
    if len(codes) == 1 and all(isinstance(part, Code) or not part.strip() for part in parts):
        return codes[0]
    return None


def template_roots(value: JSON, field: Field = ANYWHERE) -> set[str]:
    """The names that the templates in `value` refer to. Raises ExpressionSyntax."""
    if field.literal or field.expression:
        return set()
    if isinstance(value, str) and is_template(value):
        codes = [part for part in parse_template(value) if isinstance(part, Code)]
        return {reference.root for code in codes for reference in references(code.source)}
    if isinstance(value, dict):
        return set().union(*(template_roots(item, field_of(field, key)) for key, item in value.items()))
    if isinstance(value, list):
        return set().union(*(template_roots(item, field_of(field, i)) for i, item in enumerate(value)))
    return set()


def expression_roots(value: JSON, field: Field) -> set[str]:
    """The names that the expression fields in `value` refer to. Raises ExpressionSyntax."""
    if field.literal:
        return set()
    if field.expression:
        if not isinstance(value, str):
            return set()
        return {reference.root for reference in references(parse_expression(value).source)}
    if isinstance(value, dict):
        return set().union(*(expression_roots(item, field_of(field, key)) for key, item in value.items()))
    if isinstance(value, list):
        return set().union(*(expression_roots(item, field_of(field, i)) for i, item in enumerate(value)))
    return set()
