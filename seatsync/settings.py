"""Settings from the environment, checked all at once; the README's table is compared with this module."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from seatsync.errors import SettingsError

PREFIX = "SEATSYNC_"
_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
_SQLITE = ("sqlite", "sqlite+pysqlite")


def known_zone(name: str) -> str:
    """Return the name of a time zone. Raises ValueError when the system does not know it."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f'"{name}" is not a time zone such as Europe/Berlin') from error
    return name


def web_address(url: str) -> str:
    """Return the address of a server. Raises ValueError unless it is https, or http on this machine."""
    if "@" in url:
        raise ValueError("an address must not carry a user name or a password")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'"{url}" is not an address such as https://api-na.myconnectwise.net')
    if parts.port == 0:
        raise ValueError("0 is not a port")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("plain http is taken for addresses of this machine alone; use https")
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Say whether a host name or address means this machine."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold() == "localhost" or host.casefold().endswith(".localhost")


def database_address(url: str) -> str:
    """Return the URL of a database. Raises ValueError, without the text: it may hold a password."""
    scheme, sign, rest = url.partition("://")
    if sign and scheme in _POSTGRES and rest:
        return url
    if sign and scheme in _SQLITE and rest.startswith("/") and "?" not in rest:
        return url
    raise ValueError("must be sqlite:///PATH without options, or postgresql://USER:PASSWORD@HOST/NAME")


def _certificates(path: str) -> str:
    if not Path(path).is_file():
        raise ValueError(f"{path} is not a file")
    return path


def _version(text: str) -> str:
    if not re.fullmatch(r"20[0-9]{2}\.[0-9]{1,2}", text):
        raise ValueError(f'"{text}" is not a version such as 2025.1')
    return text


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is not a date such as 2026-11-22') from error


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f'"{text}" is not a whole number from {least} to {most}')
        return int(text)

    return read


def _switch(text: str) -> bool:
    if text.casefold() not in _SWITCH:
        raise ValueError(f'"{text}" is neither 1 nor 0')
    return _SWITCH[text.casefold()]


_SWITCH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}
_READERS: Mapping[str, Callable[[str], Any]] = {
    "database_url": database_address,
    "connectwise_url": web_address,
    "allow_private_hosts": _switch,
    "connectwise_ca_file": _certificates,
    "connectwise_api_version": _version,
    "timezone": known_zone,
    "today": _day,
    "in_flight": _whole(1, 64),
    "export_limit_mb": _whole(1, 1024),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one installation; ``repr`` shows no secret. ``export_limit_mb`` is in mebibytes."""

    database_url: str = field(default="sqlite:///data/seatsync.db", repr=False)
    connectwise_url: str | None = None
    connectwise_company: str | None = None
    connectwise_public_key: str | None = field(default=None, repr=False)
    connectwise_private_key: str | None = field(default=None, repr=False)
    connectwise_client_id: str | None = field(default=None, repr=False)
    allow_private_hosts: bool = False
    connectwise_ca_file: str | None = None
    connectwise_api_version: str = "2025.1"
    secret_key: str | None = field(default=None, repr=False)
    timezone: str | None = None
    today: date | None = None
    in_flight: int = 6
    export_limit_mb: int = 50

    @classmethod
    def from_mapping(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings by name; blank counts as unset. Raises SettingsError naming every wrong one."""
        given: dict[str, Any] = {}
        problems: dict[str, str] = {}
        for name in (each.name for each in fields(cls)):
            text = environment.get(PREFIX + name.upper(), "").strip()
            try:
                if text:
                    given[name] = _READERS.get(name, str)(text)
            except ValueError as error:
                problems[PREFIX + name.upper()] = str(error).rstrip(".")
        wanted = [PREFIX + part for part in cls().connection_parts]
        missing = [name for name in wanted if not environment.get(name, "").strip()]
        if len(missing) < len(wanted):
            problems |= dict.fromkeys(missing, "is missing beside the others")
        if problems:
            raise SettingsError(problems)
        return cls(**given)

    @property
    def connection_parts(self) -> Mapping[str, str | None]:
        """Return the five parts of the ConnectWise connection by setting name."""
        return {
            "CONNECTWISE_URL": self.connectwise_url,
            "CONNECTWISE_COMPANY": self.connectwise_company,
            "CONNECTWISE_PUBLIC_KEY": self.connectwise_public_key,
            "CONNECTWISE_PRIVATE_KEY": self.connectwise_private_key,
            "CONNECTWISE_CLIENT_ID": self.connectwise_client_id,
        }


def load_settings() -> Settings:
    """Read the settings of the environment. Raises SettingsError naming every wrong one."""
    return Settings.from_mapping(os.environ)
