"""The tokens of public links."""

import secrets
from typing import Final

from weft.platform.sealing import SealBroken, Sealer
from weft.workflows.domain import share_hash

LABEL: Final = "shares"
_RANDOM_BYTES: Final = 32


class SealedShareTokens:
    """The port `ShareTokens`."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def make(self) -> tuple[str, str, bytes]:
        token = secrets.token_urlsafe(_RANDOM_BYTES)
        return token, share_hash(token), self._sealer.seal(token.encode())

    def open(self, sealed: bytes) -> str | None:
        try:
            return self._sealer.open(bytes(sealed)).decode()
        except SealBroken:
            return None
