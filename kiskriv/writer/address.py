"""Where a language model may answer: on this machine, or at an address of the clinic's that its settings list. No name is ever looked up.

http://127.0.0.1:8080     http://localhost:11434     https://10.20.30.40:8443/notat
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiskriv.errors import ConfigError, WriterUnreachable
from kiskriv.machine import strangers_at

_FORM: Final = re.compile(
    r"(https?)://(localhost|[0-9.]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?((?:/[\w.~-]+)*)/?", re.ASCII
)

CONNECTING: Final = 5.0
"""Seconds: it stands on this machine, or in the clinic."""


@dataclass(frozen=True)
class Address:
    """`host` in digits; `path` is what stands before `/v1`."""

    host: str
    port: int
    path: str = ""
    tls: bool = False

    @property
    def authority(self) -> str:
        """As HTTP's `Host` has it (RFC 9110, 7.2)."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __str__(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.authority}{self.path}"


def address(text: str, listed: Collection[str] = ()) -> Address:
    """Raises ConfigError for one that is neither on this machine nor `listed` (in digits); what goes over a net goes by https."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise ConfigError(
            problem="the writer's address is written http://127.0.0.1:8080: digits or localhost, no other name"
        )
    scheme, name, port, path = form.groups()
    tls = scheme == "https"
    try:
        host = ipaddress.ip_address("127.0.0.1" if name == "localhost" else name.strip("[]"))
        known = {ipaddress.ip_address(one) for one in listed}
    except ValueError:
        raise ConfigError(problem="the writer's address, or one of its servers, is no address in digits") from None
    number = int(port) if port else (443 if tls else 80)
    if not 0 < number < 1 << 16:
        raise ConfigError(problem="the writer's address has a port that does not exist")
    if not host.is_loopback and (host not in known or host.is_unspecified or host.is_multicast):
        raise ConfigError(problem="the writer's address is neither on this machine nor listed among its servers")
    if not (host.is_loopback or tls):
        raise ConfigError(problem="the writer's address is on another machine, where only https may go")
    return Address(str(host), number, path.removesuffix("/v1"), tls)


def connect(where: Address) -> socket.socket:
    """A line to it. Raises WriterUnreachable. For a process that has a way out: a room is handed what this returns.

    In the clear only to a program of this user's, or of the system's: whoever else has the port is told nothing.
    """
    family = socket.AF_INET6 if ":" in where.host else socket.AF_INET
    line = socket.socket(family, socket.SOCK_STREAM)
    try:
        line.settimeout(CONNECTING)
        line.connect((where.host, where.port))
        told = where.tls or not strangers_at(where.host, where.port)
    except OSError:
        told = False
    if not told:
        line.close()
        raise WriterUnreachable
    return line


def trust(ca: Path) -> ssl.SSLContext:
    """TLS as a client who believes this file's certificates only. Raises ConfigError.

    Made before the walls go up, and by hand: the library's own default would write a session's keys wherever SSLKEYLOGFILE says.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(ca)
    except (OSError, ssl.SSLError):
        raise ConfigError(problem="the writer's file of certificates cannot be read, or holds none") from None
    return context
