"""Sealing secrets at rest, and keys derived for other purposes, all from `WEFT_SECRET_KEY`.

Several secrets may be given: the first seals and signs, all open and verify, so that a secret can be
replaced without losing what the one before it sealed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class SealBroken(Exception):
    """What was to be opened was sealed with another key, or changed since."""


def derive(secret_keys: Sequence[str], label: str) -> list[bytes]:
    """One key of 32 bytes for each secret, by HKDF-SHA256. Each `label` gives keys of its own."""
    return [
        HKDF(algorithm=SHA256(), length=32, salt=None, info=f"weft:{label}".encode()).derive(secret.encode())
        for secret in secret_keys
    ]


class Sealer:
    """Authenticated encryption (Fernet) with the keys of one label."""

    def __init__(self, secret_keys: Sequence[str], label: str) -> None:
        self._fernet = MultiFernet([Fernet(urlsafe_b64encode(key)) for key in derive(secret_keys, label)])

    def seal(self, plain: bytes) -> bytes:
        """`plain`, sealed with the first key."""
        return self._fernet.encrypt(plain)

    def open(self, sealed: bytes) -> bytes:
        """What was sealed, with whichever key. Raises SealBroken."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise SealBroken("This was sealed with another WEFT_SECRET_KEY, or changed.") from None

    def reseal(self, sealed: bytes) -> bytes:
        """The same content, sealed with the first key. Raises SealBroken."""
        try:
            return self._fernet.rotate(sealed)
        except InvalidToken:
            raise SealBroken("This was sealed with another WEFT_SECRET_KEY, or changed.") from None
