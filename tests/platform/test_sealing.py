"""Sealing: what is sealed opens with its key and no other, and secrets can be replaced."""

import pytest

from weft.platform.sealing import SealBroken, Sealer, derive

FIRST, SECOND, THIRD = "a" * 32, "b" * 32, "c" * 32


def test_what_was_sealed_opens_and_shows_nothing() -> None:
    sealer = Sealer([FIRST], "credentials")
    sealed = sealer.seal(b"SEKRET")
    assert sealer.open(sealed) == b"SEKRET"
    assert b"SEKRET" not in sealed
    assert sealer.seal(b"SEKRET") != sealed


def test_a_secret_can_be_replaced() -> None:
    before = Sealer([FIRST], "credentials").seal(b"x")
    both = Sealer([SECOND, FIRST], "credentials")
    assert both.open(before) == b"x"
    with pytest.raises(SealBroken):
        Sealer([FIRST], "credentials").open(both.seal(b"y"))
    after = both.reseal(before)
    assert Sealer([SECOND], "credentials").open(after) == b"x"


@pytest.mark.parametrize(
    "change", [lambda s: s[:-1], lambda s: s[:20] + bytes([s[20] ^ 1]) + s[21:], lambda s: b"", lambda s: b"\xff"]
)
def test_what_was_changed_does_not_open(change) -> None:  # type: ignore[no-untyped-def]
    sealer = Sealer([FIRST], "credentials")
    with pytest.raises(SealBroken):
        sealer.open(change(sealer.seal(b"SEKRET")))
    with pytest.raises(SealBroken):
        sealer.reseal(change(sealer.seal(b"SEKRET")))


def test_labels_and_secrets_have_keys_of_their_own() -> None:
    keys = derive([FIRST, SECOND], "credentials") + derive([FIRST, SECOND], "resume")
    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {32}
    assert derive([FIRST], "credentials") == keys[:1]
    with pytest.raises(SealBroken):
        Sealer([FIRST], "resume").open(Sealer([FIRST], "credentials").seal(b"x"))
    with pytest.raises(SealBroken):
        Sealer([THIRD], "credentials").open(Sealer([FIRST], "credentials").seal(b"x"))
