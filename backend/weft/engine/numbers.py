"""Numbers as JavaScript writes them."""

from decimal import Decimal


def number_text(value: int | float) -> str:
    """`5.0` is "5", `1e21` is "1e+21", `-0.0` is "0"; integers stay exact, whatever their size."""
    if type(value) is int:
        return str(value)
    if value == 0:
        return "0"
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    sign, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    return ("-" if sign else "") + _layout(text, point)


def is_in_range(value: int | float) -> bool:
    """Whether an integer can be written as it is: no more than 64 bits, with a sign or without."""
    return -(2**63) <= value < 2**64


def written(value: int | float) -> int | float:
    """`value`; an integer of more than 64 bits becomes a float, as where JSON is read. OverflowError beyond floats."""
    return value if is_in_range(value) else float(value)


def _layout(digits: str, point: int) -> str:
    """`digits` with the decimal point after the first `point` of them, by ECMAScript's Number::toString."""
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
