"""Masks: a secret that a stream brings in pieces is never shown, however it is cut."""

import base64
import html
import json
from urllib.parse import quote

import pytest

from weft.engine.capabilities import OpenedCredential
from weft.engine.masking import MASK, Masks

SECRET = "SEKRET-8c1f/+d2?k&3=x4"
SPELLINGS = [SECRET, SECRET[::-1], quote(SECRET, safe=""), base64.b64encode(SECRET.encode()).decode(),
             base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="),
             SECRET.replace("/", "\\/"), html.escape(SECRET), SECRET.encode().hex()]  # fmt: skip


def streamed(masks: Masks, pieces: list[str]) -> list[str]:
    """What is shown, as the engine shows it: what is held back waits for the next piece."""
    shown, kept = [], ""
    for piece in pieces:
        text = kept + piece
        held = masks.held_back(text)
        kept = text[len(text) - held :] if held else ""
        shown.append(masks.text(text[: len(text) - held]))
    return [*shown, masks.text(kept)]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("after", ["", "4", "4x", " end"])
def test_no_cut_lets_a_secret_through(spelling: str, after: str) -> None:
    """Its last character begins the reversed spelling: what is held back must not cut through the whole one."""
    masks = Masks()
    masks.add(SECRET)
    for first in range(len(spelling) + 1):
        for second in (first, len(spelling)):
            pieces = ["key ", spelling[:first], spelling[first:second], spelling[second:], *after, "."]
            assert "".join(streamed(masks, pieces)) == f"key {MASK}{after}."
    assert "".join(streamed(masks, ["key ", *spelling, *after, "."])) == f"key {MASK}{after}."


def test_what_is_no_secret_is_not_kept_for_long() -> None:
    masks = Masks()
    masks.add(SECRET)
    assert streamed(masks, ["a SEKRE", "T word", "."]) == ["a ", "SEKRET word", ".", ""]


def test_what_json_writes_otherwise_is_found_too() -> None:
    secret = 'gr\u00fc\u00df "dich" \\ 8c1f/x'
    masks = Masks()
    masks.add(secret)
    for text in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), json.dumps(secret).replace("/", "\\/")):
        assert masks.text(f"echo {text}!") == f'echo "{MASK}"!'


@pytest.mark.parametrize("name", ["u", "us", "user", "someone-long"])
@pytest.mark.parametrize("password", ["short", "longer-password", "grüß dich/+8"])
def test_nothing_of_a_password_stays_in_the_header_that_carries_it(name: str, password: str) -> None:
    opened = OpenedCredential("c", "basic", {"username": name, "password": password}, ("x.test",))
    authorization = opened.authorization()
    assert authorization is not None
    masks = Masks()
    masks.add(*opened.secrets())
    value = authorization.headers["Authorization"]
    assert base64.b64decode(value.removeprefix("Basic ")).decode() == f"{name}:{password}"
    assert masks.text(value) == (f"Basic {MASK}" if len(name + password) >= 7 else value)
