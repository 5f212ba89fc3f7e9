"""Undoing Content-Encoding in small pieces, so that a bomb is seen before it has gone off."""

import zlib
from collections.abc import Iterator
from typing import Final

PIECE: Final = 256 * 1024
ACCEPTED: Final = "gzip, deflate"


class UnreadableBody(Exception):
    """The body is not what its Content-Encoding says."""


class Decoder:
    """One layer of gzip or deflate. Gives pieces of at most `PIECE` bytes."""

    def __init__(self, encoding: str) -> None:
        self._gzip = encoding in ("gzip", "x-gzip")
        self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16 if self._gzip else zlib.MAX_WBITS)
        self._first = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded pieces of `data`. Raises UnreadableBody."""
        while data:
            try:
                piece = self._inflate.decompress(data, PIECE)
            except zlib.error:
                if self._gzip or not self._first:
                    raise UnreadableBody from None
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
                self._first = False
                continue
            self._first = False
            if piece:
                yield piece
            if self._inflate.eof:
                data = self._inflate.unused_data if self._gzip else b""
                if data:
                    self._inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
            else:
                data = self._inflate.unconsumed_tail

    def ended(self) -> bool:
        """Whether the encoded data came to its own end."""
        return self._inflate.eof or self._first


def decoder_for(content_encoding: str | None) -> Decoder | None:
    """The decoder for a Content-Encoding header; None for plain bodies. Raises UnreadableBody for the rest."""
    names = [name.strip().lower() for name in (content_encoding or "").split(",")]
    names = [name for name in names if name not in ("", "identity")]
    if not names:
        return None
    if len(names) > 1 or names[0] not in ("gzip", "x-gzip", "deflate"):
        raise UnreadableBody
    return Decoder(names[0])
