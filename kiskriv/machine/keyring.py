"""The kernel's keyring (keyrings(7)): memory that is never swapped, outlives a killed process, and forgets after a time of its own.

A key here is of type "user" and hangs in the user's own ring (user-keyring(7)), which belongs to no process and no login; a restart of the
machine empties it. Measured on Linux 6.18 as root and as an ordinary user: a process whose session ring does not lead to the user's ring (a
service with `KeyringMode=private`) reaches what hangs there by the rights of the key's user only, and may not give those rights
itself. So a key is made in the ring of the thread, given all it needs, and then hung where it stays.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import sys

_NUMBERS = {"x86_64": (248, 250), "aarch64": (217, 219)}
"""add_key(2) and keyctl(2): arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h."""
_REVOKE, _SET_RIGHTS, _LINK, _UNLINK, _SEARCH, _READ, _SET_TIMEOUT = 3, 5, 8, 9, 10, 11, 15
"""The operations of keyctl(2): include/uapi/linux/keyctl.h."""
_THREAD_RING, _USER_RING = -1, -4
_RIGHTS = 0x0F0F0000
"""Possessor and user may view, read, write (which is what revoking asks for) and search; nobody may change rights or timeout again."""
_GONE = {errno.ENOKEY, errno.EKEYREVOKED, errno.EKEYEXPIRED} if sys.platform == "linux" else set()
_TYPE = b"user"


def present() -> bool:
    """Whether keys can be held here: there is such a kernel, and nothing forbids its rings (container runtimes do by default)."""
    return -_search("kiskriv:none") in _GONE


def hold(name: str, key: memoryview, seconds: int) -> bool:
    """Keeps `key` (writable memory) under `name` for `seconds`, whatever becomes of this process; replaces an older one of that name.

    The kernel counts whole seconds of its clock, so it may forget up to one early. False where it cannot be kept; then nothing stays.
    ValueError for less than a second: zero would be for ever.
    """
    if seconds < 1:
        raise ValueError("a key is held for a second at least")
    add_key, _ = _numbers()
    held = _call(add_key, _TYPE, name.encode(), _address(key), len(key), _THREAD_RING)
    if held < 0:
        return False
    kept = (
        _keyctl(_SET_TIMEOUT, held, seconds) >= 0
        and _keyctl(_LINK, held, _USER_RING) >= 0
        and _keyctl(_SET_RIGHTS, held, _RIGHTS) >= 0  # the last right to be used up is the one to change them
    )
    if not kept:
        _keyctl(_REVOKE, held)
    _keyctl(_UNLINK, held, _THREAD_RING)
    return kept


def fetch(name: str, into: memoryview) -> bool:
    """Reads the key into `into`, which is as long as the key; False when it expired, was revoked, or cannot be reached."""
    held = _search(name)
    return held >= 0 and _keyctl(_READ, held, _address(into), len(into)) == len(into)


def revoke(name: str) -> bool:
    """Takes the key away from everybody, now: the kernel wipes it. True when it is known to be gone, also if it was so before."""
    held = _search(name)
    if held >= 0:
        _keyctl(_REVOKE, held)
        _keyctl(_UNLINK, held, _USER_RING)
    return -_search(name) in _GONE


def _search(name: str) -> int:
    return _keyctl(_SEARCH, _USER_RING, _TYPE, name.encode(), 0)


def _keyctl(*arguments: int | bytes | ctypes.c_void_p) -> int:
    return _call(_numbers()[1], *arguments)


def _numbers() -> tuple[int, int]:
    return _NUMBERS.get(platform.machine(), (-1, -1)) if sys.maxsize > 2**32 else (-1, -1)


def _call(number: int, *arguments: int | bytes | ctypes.c_void_p) -> int:
    """The system call's answer, or the negated errno."""
    if sys.platform != "linux" or number < 0:
        return -errno.ENOSYS
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    wide = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    answer = int(libc.syscall(ctypes.c_long(number), *wide))
    return answer if answer >= 0 else -ctypes.get_errno()


def _address(buffer: memoryview) -> ctypes.c_void_p:
    return ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(buffer)))
