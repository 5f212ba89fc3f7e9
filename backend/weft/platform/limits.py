"""Who may ask how often: moving windows, counted in this process."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import time
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from weft.kernel.errors import RateLimited, Unauthenticated

KEYS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Window:
    """Where a caller stands in its window."""

    allowed: bool
    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        """The RateLimit-* headers."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


class RateLimits:
    """Moving windows by key."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)

    def hit(self, item: RateLimitItem, key: str) -> Window:
        """Count one request of `key`, unless its window is full."""
        self._forget_idle()
        return self._window(item, key, allowed=self._limiter.hit(item, key))

    def look(self, item: RateLimitItem, key: str) -> Window:
        """Where `key` stands, counting nothing."""
        window = self._window(item, key, allowed=True)
        return Window(window.remaining > 0, window.limit, window.remaining, window.reset_s)

    def clear(self, item: RateLimitItem, key: str) -> None:
        """Forget what `key` has used."""
        self._limiter.clear(item, key)

    def _window(self, item: RateLimitItem, key: str, *, allowed: bool) -> Window:
        stats = self._limiter.get_window_stats(item, key)
        reset_s = max(1, round(stats.reset_time - time() + 0.5))
        return Window(allowed, item.amount, max(0, stats.remaining), min(reset_s, item.get_expiry()))

    def _forget_idle(self) -> None:
        """The storage keeps the empty windows of callers long gone."""
        if len(self._storage.events) > KEYS_KEPT:
            for key in [key for key, events in list(self._storage.events.items()) if not events]:
                self._storage.events.pop(key, None)


class LoginLimits:
    """Failed sign-ins: few for a pair of account and address, more for an address over all accounts.

    Never counted for an account alone, which would let anybody lock out its owner. What is being tried counts
    as failed until it is known, so that many tries at once pass no further than one after the other.
    """

    def __init__(self, pair: str, address: str) -> None:
        self._pair, self._address = parse(pair), parse(address)
        self._limits = RateLimits()
        self._pending: Counter[str] = Counter()

    @contextmanager
    def attempt(self, account: str, address: str) -> Iterator[None]:
        """Wraps one try: Unauthenticated raised inside counts as a failure. Raises RateLimited."""
        pair = f"{address} {account}"
        windows = ((self._pair, pair), (self._address, address))
        for item, key in windows:
            window = self._limits.look(item, key)
            if window.remaining - self._pending[key] <= 0:
                raise RateLimited("Too many failed attempts. Try again later.", window.reset_s)
        self._pending.update((pair, address))
        try:
            yield
            self._limits.clear(self._pair, pair)
        except Unauthenticated:
            for item, key in windows:
                self._limits.hit(item, key)
            raise
        finally:
            self._pending.subtract((pair, address))
            self._pending += Counter()


class ClientAddress:
    """Finds the address a request came from: the peer's, or what trusted proxies say, read from the right."""

    def __init__(self, trusted_proxies: tuple[str, ...]) -> None:
        self._trusted = [ip_network(part, strict=False) for part in trusted_proxies]

    def find(self, peer: str | None, forwarded_for: list[str]) -> str:
        """The right-most address that is no trusted proxy; an IPv6 one stands for its /64."""
        if peer is None:
            return "unknown"
        address = peer
        hops = [hop.strip() for line in forwarded_for for hop in line.split(",")]
        while hops and self._is_trusted(address):
            hop = _without_port(hops.pop())
            if hop is None:
                break
            address = hop
        return _grouped(address)

    def _is_trusted(self, address: str) -> bool:
        parsed = _parsed(address)
        return parsed is not None and any(_within(parsed, network) for network in self._trusted)


def _parsed(address: str) -> object:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found


def _within(address: object, network: IPv4Network | IPv6Network) -> bool:
    return getattr(address, "version", None) == network.version and address in network


def _without_port(hop: str) -> str | None:
    """The address in an X-Forwarded-For part (`1.2.3.4`, `1.2.3.4:80`, `[::1]:80`), or None."""
    text = hop.partition("]")[0].removeprefix("[") if hop.startswith("[") else hop
    if text.count(":") == 1:
        text = text.partition(":")[0]
    return text if _parsed(text) is not None else None


def _grouped(address: str) -> str:
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed) if parsed is not None else address[:64]
