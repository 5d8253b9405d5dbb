"""One page of memory for a key."""

from __future__ import annotations

import mmap

from kiskriv.machine.promise import PageKind


class SecretPage:
    """Out of reach of all others as far as `kind` says, and in one place: it is read and written where it stands.

    memfd-secret: not even root reads it from outside, and the kernel zeroes it when it is freed (memfd_secret(2)).
    locked: never in swap. plain: neither was to be had.
    """

    def __init__(self, page: mmap.mmap, kind: PageKind) -> None:
        self._page = page
        self.kind = kind

    def __repr__(self) -> str:
        return f"<SecretPage, {self.kind}>"

    @property
    def octets(self) -> memoryview:
        """The whole page."""
        return memoryview(self._page)

    @property
    def blank(self) -> bool:
        """Whether every octet is zero."""
        return self._page.find(bytes(len(self._page))) == 0

    def wipe(self) -> None:
        """Overwrites every octet with zero."""
        self._page[:] = bytes(len(self._page))
