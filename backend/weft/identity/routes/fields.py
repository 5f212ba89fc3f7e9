"""Fields that several bodies have."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError


def _email(value: str) -> str:
    try:
        validate_email(value, check_deliverability=False, test_environment=True, globally_deliverable=False)
    except EmailNotValidError:
        raise PydanticCustomError("email", "This is not an email address.") from None
    return value.lower()


def _one_line(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("control_character", "A name is one line of printable characters.")
    return value


Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=254),
    AfterValidator(_email),
    WithJsonSchema({"type": "string", "format": "email", "minLength": 3, "maxLength": 254}),
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(_one_line)]
NewPassword = Annotated[str, StringConstraints(min_length=8, max_length=1024)]
"""A password that is set; one that is tried may be shorter, and is wrong then."""
TriedPassword = Annotated[str, StringConstraints(min_length=1, max_length=1024)]
