"""Reading a URL strictly: one reading of which host is meant, or a refusal."""

import re
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import quote, unquote, urljoin

from weft.engine.errors import NodeError
from weft.platform.http.addresses import IPAddress, spelled_ipv4

_SHAPE: Final = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?",
    re.DOTALL,
)
_SCHEMES: Final = {"http": 80, "https": 443}
_NAME: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\]")
_KEPT: Final = "!#$%&'()*+,/:;=?@[]~"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` is lower case, ASCII, without brackets or a final dot; `address` is there
    where the host is spelled as one. `url` carries neither user information nor a fragment."""

    scheme: str
    host: str
    port: int
    url: str
    address: IPAddress | None = None
    userinfo: bool = False

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what must not change for a secret to be sent again."""
        return self.scheme, self.host, self.port


def bad_url(message: str) -> NodeError:
    """The error for a URL that cannot be read."""
    return NodeError("validation", f"url: {message}", details={"errors": [{"path": "/url", "message": message}]})


def parse_url(text: str) -> Target:
    """Read `text`. NodeError `validation` (not a URL), `blocked_scheme`, `blocked_host` (two readings of the host)."""
    text = text.strip(" \t\r\n")
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise bad_url("must be absolute, beginning with http:// or https://")
    scheme = match["scheme"].lower()
    if scheme not in _SCHEMES:
        raise NodeError("blocked_scheme", f"The scheme '{scheme[:40]}' is not allowed; only http and https are.")
    if _UNSAFE.search(text.replace(" ", "%20")):
        raise bad_url("must not contain control characters or backslashes")
    if "@" in (match["fragment"] or "").split("/", 1)[0] and not match["path"]:
        raise NodeError("blocked_host", "The URL can be read as naming two hosts.")
    userinfo, at, place = (match["authority"] or "").rpartition("@")
    if "@" in userinfo:
        raise NodeError("blocked_host", "The URL can be read as naming two hosts.")
    host, address, port = _host_and_port(place, _SCHEMES[scheme])
    shown = f"[{host}]" if isinstance(address, IPv6Address) else host
    suffix = "" if port == _SCHEMES[scheme] else f":{port}"
    path = quote(match["path"] or "/", safe=_KEPT)
    query = "" if match["query"] is None else "?" + quote(match["query"], safe=_KEPT)
    return Target(scheme, host, port, f"{scheme}://{shown}{suffix}{path}{query}", address, bool(at))


def follow(base: Target, location: str) -> Target:
    """The target of a redirect from `base`; errors as `parse_url`."""
    if _UNSAFE.search(location.strip(" ").replace(" ", "%20")):
        raise bad_url("the redirect's Location has control characters or backslashes")
    try:
        joined = urljoin(base.url, location.strip(" "))
    except ValueError:  # a bracket without its other, or a host that Unicode reads in two ways
        raise bad_url("the redirect's Location is not a URL") from None
    return parse_url(joined)


def parse_host(text: str) -> tuple[str, IPAddress | None]:
    """`text` (a name, an IPv4 address in any spelling, an IPv6 address with or without brackets) as one
    comparable spelling, and the address if it is one. Raises ValueError."""
    inner = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if ":" in inner:
        address = IPv6Address(inner)
        if address.scope_id is not None:
            raise ValueError("an address with a zone")
        return str(address), address
    name = _ascii_name(unquote(text))
    if name.endswith("."):
        name = name[:-1]
    if not _NAME.fullmatch(name) or ".." in name or len(name) > 253:
        raise ValueError("not a host name")
    spelled = spelled_ipv4(name)
    return (str(spelled), spelled) if spelled is not None else (name, None)


def split_port(text: str) -> tuple[str, int | None]:
    """`host`, `host:port`, `[v6]:port` or a bare IPv6 address as host and port. Raises ValueError."""
    match = re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(?::(\d{0,5}))?", text)
    if match is None:
        return text, None
    if not match[2]:
        return match[1], None
    port = int(match[2])
    if not 0 < port < 65536:
        raise ValueError("a port is 1 to 65535")
    return match[1], port


def _host_and_port(place: str, default: int) -> tuple[str, IPAddress | None, int]:
    try:
        text, port = split_port(place)
        if not text:
            raise bad_url("names no host")
        if ":" in text and not text.startswith("["):
            raise ValueError("an IPv6 address needs brackets")
        host, address = parse_host(text)
    except ValueError:
        raise bad_url("the host or port is not one") from None
    return host, address, port or default


def _ascii_name(name: str) -> str:
    if name.isascii():
        return name.lower()
    import idna

    try:
        mapped = idna.uts46_remap(name, std3_rules=False, transitional=False)
        return mapped if mapped.isascii() else idna.encode(mapped).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise ValueError("not an international name") from error
