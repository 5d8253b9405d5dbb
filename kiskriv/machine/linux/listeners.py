"""Whose program answers at an address of this machine: the kernel tells of every socket which user made it.

Source: proc_net_tcp in the kernel's documentation.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_TABLES: Final = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_LISTENS: Final = "0A"
_SYSTEMS: Final = (range(1000), range(61184, 65520))
"""Users that are no person: of the system, and those that systemd makes for a program (systemd's page on users, UIDS-GIDS)."""


def strangers_at(host: str, port: int) -> bool:
    """Whether another person's program listens there, as far as the kernel tells. `host`: in digits, on this machine."""
    return any(user != os.getuid() and not any(user in users for users in _SYSTEMS) for user in _users(host, port))


def _users(host: str, port: int) -> Iterator[int]:
    meant = ipaddress.ip_address(host)
    for table in _TABLES:
        try:
            rows = table.read_text("ascii").splitlines()[1:]
        except OSError:  # no IPv6
            continue
        for row in rows:
            _, local, _, state, _, _, _, user, *_ = row.split()
            address, _, number = local.partition(":")
            if state == _LISTENS and int(number, 16) == port and _reaches(_address(address), meant):
                yield int(user)


def _address(digits: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Words of 32 bits in hex, each in the machine's own order."""
    words = bytes.fromhex(digits)
    octets = b"".join(
        int.from_bytes(words[at : at + 4], "big").to_bytes(4, sys.byteorder) for at in range(0, len(words), 4)
    )
    address = ipaddress.ip_address(octets)
    return getattr(address, "ipv4_mapped", None) or address


def _reaches(
    listening: ipaddress.IPv4Address | ipaddress.IPv6Address, meant: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> bool:
    """One that listens everywhere listens there too; with IPv6 everywhere, for IPv4 as well."""
    return listening == meant or (listening.is_unspecified and listening.version >= meant.version)
