"""Which addresses belong to the public internet, also when one address is wrapped in another."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, TypeAlias

IPAddress: TypeAlias = IPv4Address | IPv6Address

_CLOSED_V4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
        "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
)  # fmt: skip
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_CLOSED_V6: Final = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")
)
_MAPPED: Final = IPv6Network("::ffff:0:0/96")
_TRANSLATED: Final = IPv6Network("::ffff:0:0:0/96")
_COMPATIBLE: Final = IPv6Network("::/96")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_TEREDO: Final = IPv6Network("2001::/32")
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")
_ISATAP: Final = (0x0000_5EFE, 0x0200_5EFE)
_LAST_32: Final = 0xFFFF_FFFF


def is_public(address: IPAddress) -> bool:
    """Whether `address` is a global unicast address, and so is every IPv4 address it carries inside."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _CLOSED_V4)
    if address.scope_id is not None:
        return False
    carried = _carried(address)
    if not all(is_public(inner) for inner in carried):
        return False
    if any(address in network for network in (_MAPPED, _TRANSLATED, _COMPATIBLE, _NAT64, _TEREDO)):
        return True
    return address in _GLOBAL_UNICAST and not any(address in network for network in _CLOSED_V6)


def _carried(address: IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that a translator or tunnel would send packets for `address` to."""
    number = int(address)
    low = IPv4Address(number & _LAST_32)
    if any(address in network for network in (_MAPPED, _TRANSLATED, _COMPATIBLE, _NAT64)):
        return [low]
    if address in _SIX_TO_FOUR:
        return [IPv4Address((number >> 80) & _LAST_32)]
    if address in _TEREDO:
        return [IPv4Address((number >> 64) & _LAST_32), IPv4Address((number & _LAST_32) ^ _LAST_32)]
    if (number >> 32) & _LAST_32 in _ISATAP:
        return [low]
    return []


def spelled_ipv4(host: str) -> IPv4Address | None:
    """The IPv4 address that `host` spells in any form that C libraries and browsers read: `127.1`,
    `2130706433`, `0x7f000001`, `0177.0.0.1`. None: it is a name. Raises ValueError where the last label is a
    number and yet there is no such address (`256.1.1.1`, `1.2.3.4.5`)."""
    parts = host.split(".")
    if not _looks_numeric(parts[-1]):
        return None
    if len(parts) > 4:
        raise ValueError("an IPv4 address has at most four parts")
    numbers = [_number(part) for part in parts]
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        raise ValueError("a part of an IPv4 address is too large")
    value = numbers[-1]
    for index, number in enumerate(numbers[:-1]):
        value += number << (8 * (3 - index))
    return IPv4Address(value)


def _looks_numeric(label: str) -> bool:
    return label.isascii() and (label.isdigit() or label[:2].lower() == "0x")


def _number(part: str) -> int:
    if not part or not part.isascii() or not part.isalnum() or len(part) > 20:
        raise ValueError("not a number")
    if part[:2].lower() == "0x":
        return int(part[2:] or "0", 16)
    if len(part) > 1 and part[0] == "0":
        return int(part, 8)
    return int(part)
