"""Windows' clipboard, by its own calls, with the formats beside the text that keep it out of history and cloud.

Written from the documents and run against a stand-in for the two libraries only. Sources: learn.microsoft.com, under the name of each
function, and Clipboard Formats, "Cloud Clipboard and Clipboard History Formats".
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int, c_size_t, c_uint32, c_void_p, c_wchar_p
from typing import Any, Final, Self

from kiskriv.machine.windows import CLIPBOARD_SECRECY

_CF_UNICODETEXT: Final = 13
_GMEM_MOVEABLE: Final = 0x0002
_HWND_MESSAGE: Final = c_void_p(-3)
_TRIES, _BETWEEN = 20, 0.05  # while another program has the clipboard open; seconds

_SIGNATURES: Final = {
    "CreateWindowExW": (c_void_p, (c_uint32, c_wchar_p, c_wchar_p, c_uint32, *(c_int,) * 4, *(c_void_p,) * 4)),
    "DestroyWindow": (c_int, (c_void_p,)),
    "OpenClipboard": (c_int, (c_void_p,)),
    "CloseClipboard": (c_int, ()),
    "EmptyClipboard": (c_int, ()),
    "RegisterClipboardFormatW": (c_uint32, (c_wchar_p,)),
    "GetClipboardData": (c_void_p, (c_uint32,)),
    "SetClipboardData": (c_void_p, (c_uint32, c_void_p)),
    "GlobalAlloc": (c_void_p, (c_uint32, c_size_t)),
    "GlobalFree": (c_void_p, (c_void_p,)),
    "GlobalLock": (c_void_p, (c_void_p,)),
    "GlobalUnlock": (c_int, (c_void_p,)),
    "GlobalSize": (c_size_t, (c_void_p,)),
}


class Windows:
    """A `Board`. `user32` and `kernel32` as ctypes loads them."""

    name: Final = "windows"
    hinted: Final = True

    def __init__(self, user32: Any, kernel32: Any) -> None:
        self._user32, self._kernel32 = user32, kernel32
        for name, (answer, arguments) in _SIGNATURES.items():
            function = getattr(kernel32 if name.startswith("Global") else user32, name)
            function.restype, function.argtypes = answer, arguments

    @classmethod
    def here(cls) -> Self | None:
        """None on any other system."""
        load = getattr(ctypes, "WinDLL", None)
        return None if load is None else cls(load("user32"), load("kernel32"))

    def copy(self, text: str) -> bool:
        """See `Board`. The text goes in last: only where the formats that protect it are in."""
        contents = text.replace("\n", "\r\n").encode("utf-16-le") + b"\0\0"
        with self._open() as opened:
            if not (opened and self._user32.EmptyClipboard()):
                return False
            secrecy = {
                self._user32.RegisterClipboardFormatW(name): octets for name, octets in CLIPBOARD_SECRECY.items()
            }
            if all(self._put(*one) for one in (*secrecy.items(), (_CF_UNICODETEXT, contents))):
                return True
            self._user32.EmptyClipboard()
            return False

    def held(self) -> str | None:
        """See `Board`."""
        with self._open() as opened:
            if not opened:
                return None
            handle = self._user32.GetClipboardData(_CF_UNICODETEXT)
            address = self._kernel32.GlobalLock(handle) if handle else None
            if not address:
                return ""
            try:
                octets = ctypes.string_at(address, self._kernel32.GlobalSize(handle))
            finally:
                self._kernel32.GlobalUnlock(handle)
        return octets.decode("utf-16-le", "replace").partition("\0")[0]

    def clear(self) -> None:
        """See `Board`."""
        with self._open() as opened:
            if opened:
                self._user32.EmptyClipboard()

    def _put(self, form: int, contents: bytes) -> bool:
        """One format. Memory that the clipboard has taken is the system's to free (SetClipboardData)."""
        size = max(1, len(contents))
        handle = self._kernel32.GlobalAlloc(_GMEM_MOVEABLE, size)
        address = self._kernel32.GlobalLock(handle) if handle else None
        if not address:
            return False
        ctypes.memmove(address, contents.ljust(size, b"\0"), size)
        self._kernel32.GlobalUnlock(handle)
        if form and self._user32.SetClipboardData(form, handle):
            return True
        self._kernel32.GlobalFree(handle)
        return False

    @contextmanager
    def _open(self) -> Iterator[bool]:
        """Whether it could be opened: for a window of ours, since EmptyClipboard makes that one its owner, and nobody cannot set it."""
        window = self._user32.CreateWindowExW(0, "STATIC", None, 0, 0, 0, 0, 0, _HWND_MESSAGE, None, None, None)
        opened = self._opened(window)
        try:
            yield opened
        finally:
            if opened:
                self._user32.CloseClipboard()
            self._user32.DestroyWindow(window)

    def _opened(self, window: int | None) -> bool:
        for _ in range(_TRIES):
            if self._user32.OpenClipboard(window):
                return True
            time.sleep(_BETWEEN)
        return False
