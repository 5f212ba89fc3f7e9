"""Which hosts may be reached: every address that a name resolves to is public, or opened by the operator."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, TypeAlias

from weft.engine.errors import NodeError
from weft.platform.http.addresses import IPAddress, is_public
from weft.platform.http.urls import parse_host, split_port

Resolver: TypeAlias = Callable[[str], Awaitable[Sequence[str]]]
"""The addresses of a host name, as text. Raises OSError where there are none."""

_LOOPBACK: Final[tuple[IPAddress, ...]] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))


async def system_resolver(host: str) -> Sequence[str]:
    """Ask the machine's resolver, in a thread."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class PrivateHosts:
    """What `WEFT_ALLOW_PRIVATE_HOSTS` opens: names and networks, each for one port or (None) for all."""

    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[tuple[IPv4Network | IPv6Network, int | None], ...] = ()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "PrivateHosts":
        """Read `host`, `host:port`, an address, or a CIDR. Raises ValueError that names the entry."""
        names: set[tuple[str, int | None]] = set()
        networks: list[tuple[IPv4Network | IPv6Network, int | None]] = []
        for entry in entries:
            try:
                if "/" in entry:
                    networks.append((ip_network(entry, strict=False), None))
                    continue
                text, port = split_port(entry)
                name, address = parse_host(text)
            except ValueError:
                raise ValueError(f"'{entry}' is not a host, host:port, address or CIDR") from None
            if address is None:
                names.add((name, port))
            else:
                networks.append((ip_network(str(address)), port))
        return cls(frozenset(names), tuple(networks))

    def opens(self, host: str, address: IPAddress, port: int) -> bool:
        """Whether `address`, reached as `host` on `port`, was opened."""
        if (host, None) in self.names or (host, port) in self.names:
            return True
        return any(address in network and only in (None, port) for network, only in self.networks)


class Guard:
    """Decides where outgoing calls may connect. `public` tells which addresses belong to the internet."""

    def __init__(
        self,
        *,
        private_hosts: PrivateHosts | None = None,
        resolver: Resolver = system_resolver,
        public: Callable[[IPAddress], bool] = is_public,
    ) -> None:
        self._private_hosts = private_hosts or PrivateHosts()
        self._resolver = resolver
        self._public = public

    async def addresses(self, host: str, port: int) -> list[IPAddress]:
        """The addresses of `host` to connect to, all of them checked.

        NodeError `blocked_host` if any of them is closed, `network` if the name is unknown.
        """
        try:
            name, address = parse_host(host)
        except ValueError:
            raise NodeError("blocked_host", "The host is not a name or an address.") from None
        found = [address] if address is not None else await self._resolve(name)
        for each in found:
            if not self._public(each) and not self._private_hosts.opens(name, each, port):
                raise NodeError(
                    "blocked_host",
                    f"{name} is not on the public internet. An operator may open it with WEFT_ALLOW_PRIVATE_HOSTS.",
                )
        return found

    async def _resolve(self, name: str) -> list[IPAddress]:
        if name == "localhost" or name.endswith(".localhost"):
            return list(_LOOPBACK)
        try:
            found = [ip_address(text) for text in await self._resolver(name)]
        except (OSError, UnicodeError):
            found = []
        if not found:
            raise NodeError("network", f"The name {name} cannot be resolved.")
        return found
