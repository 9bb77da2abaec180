"""Which server a connection may point at: https, no private address unless allowed, a plain codebase."""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from seatsync.errors import ConnectWiseError, SettingsError

SETTING = "SEATSYNC_CONNECTWISE_URL"
ROUTED_CODEBASE = "v4_6_release"

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]
"""Called with a host name and a port; returns its IP addresses. Raises OSError."""

_API_PATH = re.compile(r"(/v[0-9][A-Za-z0-9_.]*(/apis(/3\.0)?)?)?/?")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\.?")
_CODEBASE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_CLOUD = ".myconnectwise.net"
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Access:
    """Which addresses beyond the public ones are allowed; ``loopback`` covers plain http there as well."""

    private: bool
    loopback: bool


@dataclass(frozen=True, slots=True)
class Server:
    """A server that may be spoken to; ``origin`` has no trailing slash."""

    origin: str
    host: str
    port: int
    access: Access

    @property
    def hint(self) -> str:
        """Say how a cloud server is named when ``host`` is its address for browsers; else empty."""
        if self.host.endswith(_CLOUD) and not self.host.startswith("api-"):
            region = self.host.removesuffix(_CLOUD).rpartition(".")[2]
            return f" On the cloud the address begins with api-, as in https://api-{region}{_CLOUD}."
        return ""

    @property
    def loopback(self) -> bool:
        """Whether ``host`` names this machine beyond doubt."""
        address = _literal(self.host)
        return address.is_loopback if address is not None else self.host in ("localhost", "localhost.")

    def require_allowed(self, resolve: Resolve) -> None:
        """Look the name up and check every address it has.

        Raises ConnectWiseError when one is not allowed, OSError when the name can't be found.
        """
        for text in resolve(self.host, self.port):
            reason = _refusal(ipaddress.ip_address(text.partition("%")[0]), self.access)
            if reason:
                raise ConnectWiseError(f'{SETTING}: "{self.host}" is at {text}, {reason}.')


def parse_server(url: str, access: Access) -> Server:
    """Read the server from an address as people write it, an API path at its end included.

    Raises SettingsError.
    """
    text = url.strip()
    if not text:
        raise _wrong("is missing")
    # Never echo the text: it may carry a password before an @.
    if any(character.isspace() or character in '\\<>"' for character in text):
        raise _wrong("holds characters that no address has")
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise _wrong("is not an address of a server") from error
    _require_bare(parts)
    server = Server(_origin(parts.scheme, host, port), host, port or 443, access)
    address = _literal(host)
    if address is not None and (reason := _refusal(address, access)):
        raise _wrong(f"{host} is {reason}")
    if parts.scheme == "http" and not (server.loopback and access.loopback):
        raise _wrong("must begin with https://; http:// is taken for this machine alone")
    return server


def api_root(server: Server, codebase: str) -> str:
    """Return the address under which the API's resources lie, with a slash at its end.

    ``codebase`` comes from the server. Raises ConnectWiseError unless it is one plain path segment.
    """
    segment = codebase.removeprefix("/").removesuffix("/")
    if not _CODEBASE.fullmatch(segment) or ".." in segment:
        raise ConnectWiseError(
            f"ConnectWise at {server.host} names a codebase that is not a plain path. Check {SETTING}."
        )
    return f"{server.origin}/{segment}/apis/3.0/"


def system_resolve(host: str, port: int) -> tuple[str, ...]:
    """Look a host name up as the system does. Raises OSError."""
    return tuple(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _require_bare(parts: SplitResult) -> None:
    if parts.scheme not in ("https", "http"):
        raise _wrong("must begin with https://")
    if "@" in parts.netloc:
        raise _wrong("must not hold a user name or password")
    if parts.query or parts.fragment or not _API_PATH.fullmatch(parts.path):
        raise _wrong("must be the server's address alone, such as https://api-na.myconnectwise.net")


def _ascii_host(host: str) -> str:
    if _literal(host) is not None and "%" not in host:
        return host
    name = host.encode("idna").decode("ascii")
    if not _HOST.fullmatch(name):
        raise ValueError("not a host name")
    return name


def _origin(scheme: str, host: str, port: int | None) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" if port is None else f"{scheme}://{name}:{port}"


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refusal(address: IpAddress, access: Access) -> str:
    """Say why an address is not allowed; empty when it is."""
    real = _unwrapped(address)
    if access.private or (real.is_global and not real.is_multicast) or (real.is_loopback and access.loopback):
        return ""
    kind = "this machine itself" if real.is_loopback else "a private address"
    return f"{kind}; only SEATSYNC_ALLOW_PRIVATE_HOSTS=1 allows that"


def _unwrapped(address: IpAddress) -> IpAddress:
    """Return the IPv4 address inside an IPv6 one that leads to it."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _wrong(why: str) -> SettingsError:
    return SettingsError({SETTING: why})
