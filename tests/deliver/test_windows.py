"""Windows' clipboard, against a stand-in for its two libraries: what is set, in which order, and what is freed."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import pytest

from kiskriv.deliver.windows import Windows

CF_UNICODETEXT = 13
TEXT = "Vondt i øret.\nRo."


class Libraries:
    """user32 and kernel32 in one: a clipboard, and memory that is asked for and freed."""

    def __init__(self) -> None:
        self.formats: dict[str, bytes] = {}
        self.names = {CF_UNICODETEXT: "text"}
        self.memory: dict[int, ctypes.Array[ctypes.c_char]] = {}
        self.opened = self.windows = 0
        self.owned = False
        self.busy = 0
        self.refused = ""
        for name in dir(type(self)):
            if name[0].isupper():
                setattr(self, name, self._function(getattr(self, name)))

    def _function(self, does: Callable[..., Any]) -> Callable[..., Any]:
        def function(*arguments: Any) -> Any:
            assert len(arguments) == len(function.argtypes), does.__name__  # type: ignore[attr-defined]
            return does(*arguments)

        return function

    def CreateWindowExW(self, *arguments: Any) -> int:  # noqa: N802
        self.windows += 1
        return 77

    def DestroyWindow(self, window: int) -> int:  # noqa: N802
        self.windows -= 1
        return 1

    def OpenClipboard(self, window: int) -> int:  # noqa: N802
        assert window == 77
        if self.busy:
            self.busy -= 1
            return 0
        self.opened += 1
        return 1

    def CloseClipboard(self) -> int:  # noqa: N802
        self.opened -= 1
        return 1

    def EmptyClipboard(self) -> int:  # noqa: N802
        assert self.opened
        self.formats.clear()
        return 1

    def RegisterClipboardFormatW(self, name: str) -> int:  # noqa: N802
        number = 0xC000 + len(self.names)
        self.names[number] = name
        return number

    def GetClipboardData(self, form: int) -> int | None:  # noqa: N802
        contents = self.formats.get(self.names[form])
        if contents is None:
            return None
        handle = self.GlobalAlloc(2, len(contents))
        ctypes.memmove(self.GlobalLock(handle), contents, len(contents))
        return handle

    def SetClipboardData(self, form: int, handle: int) -> int | None:  # noqa: N802
        assert self.opened
        if self.names[form] == self.refused:
            return None
        self.formats[self.names[form]] = bytes(self.memory.pop(handle).raw)
        return handle

    def GlobalAlloc(self, flags: int, size: int) -> int:  # noqa: N802
        assert flags == 2
        block = ctypes.create_string_buffer(size)
        self.memory[ctypes.addressof(block)] = block
        return ctypes.addressof(block)

    def GlobalFree(self, handle: int) -> None:  # noqa: N802
        del self.memory[handle]

    def GlobalLock(self, handle: int) -> int:  # noqa: N802
        return handle

    def GlobalUnlock(self, handle: int) -> int:  # noqa: N802
        return 1

    def GlobalSize(self, handle: int) -> int:  # noqa: N802
        return len(self.memory[handle])


@pytest.fixture
def libraries() -> Libraries:
    return Libraries()


@pytest.fixture
def windows(libraries: Libraries) -> Windows:
    return Windows(libraries, libraries)


def test_the_text_lies_beside_what_keeps_it_out_of_history_and_cloud(libraries: Libraries, windows: Windows) -> None:
    assert windows.copy(TEXT)
    assert list(libraries.formats)[-1] == "text"
    assert libraries.formats["text"] == "Vondt i øret.\r\nRo.\0".encode("utf-16-le")
    assert libraries.formats["CanIncludeInClipboardHistory"] == bytes(4)
    assert libraries.formats["CanUploadToCloudClipboard"] == bytes(4)
    assert "ExcludeClipboardContentFromMonitorProcessing" in libraries.formats
    assert (libraries.opened, libraries.windows, libraries.memory) == (0, 0, {})


def test_what_is_held_can_be_read_and_cleared(libraries: Libraries, windows: Windows) -> None:
    assert windows.held() == ""
    windows.copy(TEXT)
    assert windows.held() == TEXT.replace("\n", "\r\n")
    windows.clear()
    assert libraries.formats == {}
    assert windows.held() == ""


@pytest.mark.parametrize("refused", ["CanIncludeInClipboardHistory", "text"])
def test_it_is_all_there_or_nothing(libraries: Libraries, windows: Windows, refused: str) -> None:
    libraries.refused = refused
    assert not windows.copy(TEXT)
    assert not libraries.formats
    assert not libraries.memory


def test_another_program_may_have_it_open_for_a_moment(libraries: Libraries, windows: Windows) -> None:
    libraries.busy = 1
    assert windows.copy(TEXT)
    libraries.busy = 1_000_000
    assert windows.held() is None
    assert not windows.copy(TEXT)
    assert libraries.windows == 0
