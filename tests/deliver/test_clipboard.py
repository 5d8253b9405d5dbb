"""What is put on the clipboard is lent: gone after its time, whatever becomes of the screen, and never anything of anybody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from kiskriv.deliver import Clipboard, Place, Recalled
from kiskriv.deliver.boards import Board
from kiskriv.deliver.loan import Loan
from kiskriv.deliver.terminal import LONGEST
from kiskriv.errors import DeliveryError
from tests.deliver.desktops import FakeDesktop, enter, until

TEXT = "Anamnese\nVondt i øret.\n\nTiltak\nRo."
SOON, LATE = 0.2, 600.0

SCREEN = """
import sys
from kiskriv.deliver import Clipboard
clipboard = Clipboard(clear_after=float(sys.argv[1]))
clipboard.deliver(sys.stdin.read())
print(clipboard.place, flush=True)
import signal; signal.pause()
"""


def watchers() -> set[int]:
    """Numbers of the processes that watch a clipboard."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"kiskriv.assembly.clipboard" in command:
            found.add(int(folder.name))
    return found


def test_it_is_cleared_after_its_time(real: Board) -> None:
    Clipboard(clear_after=SOON).deliver(TEXT)
    until(lambda: real.held() == "")


def test_its_time_begins_when_it_lies_there(fake: FakeDesktop) -> None:
    fake.slow()
    Clipboard(clear_after=0.0).deliver(TEXT)
    until(lambda: fake.held == "")


def test_it_is_taken_back_at_once(real: Board) -> None:
    clipboard = Clipboard(clear_after=LATE)
    clipboard.deliver(TEXT)
    assert (clipboard.place, real.held()) == (Place.CLIPBOARD, TEXT)
    assert clipboard.recall() is Recalled.CLEARED
    assert real.held() == ""
    assert clipboard.recall() is Recalled.NOTHING


def test_nobody_watches_what_was_taken_back(fake: FakeDesktop) -> None:
    before = watchers()
    clipboard = Clipboard(clear_after=LATE)
    clipboard.deliver(TEXT)
    assert clipboard.recall() is Recalled.CLEARED
    until(lambda: watchers() <= before)


def test_what_was_copied_meanwhile_is_left_alone(real: Board) -> None:
    clipboard = Clipboard(clear_after=LATE)
    clipboard.deliver(TEXT)
    real.copy("et passord")
    assert clipboard.recall() is Recalled.OTHER
    assert real.held() == "et passord"


def test_a_watcher_leaves_alone_what_was_copied_meanwhile(fake: FakeDesktop) -> None:
    before = watchers()
    clipboard = Clipboard(clear_after=SOON)
    clipboard.deliver(TEXT)
    fake.copied("et passord")
    del clipboard
    until(lambda: watchers() <= before)
    assert fake.held == "et passord"


def test_the_end_of_a_line_does_not_make_it_another_text(fake: FakeDesktop) -> None:
    clipboard = Clipboard(clear_after=LATE)
    clipboard.deliver(TEXT)
    fake.copied(TEXT.replace("\n", "\r\n") + "\r\n")
    assert clipboard.recall() is Recalled.CLEARED


def test_a_second_section_has_a_time_of_its_own_and_the_same_watcher(fake: FakeDesktop) -> None:
    before = watchers()
    clipboard = Clipboard(clear_after=LATE)
    clipboard.deliver("Vondt i øret.")
    (watcher,) = watchers() - before
    clipboard.deliver("Ro.")
    assert watchers() - before == {watcher}
    assert fake.held == "Ro."
    assert clipboard.recall() is Recalled.CLEARED


def test_an_older_section_that_came_back_is_taken_back_too(fake: FakeDesktop) -> None:
    clipboard = Clipboard(clear_after=SOON)
    clipboard.deliver("Vondt i øret.")
    clipboard.deliver("Ro.")
    fake.copied("Vondt i øret.")
    until(lambda: fake.held == "")


def test_a_watcher_that_was_killed_is_replaced(fake: FakeDesktop) -> None:
    before = watchers()
    clipboard = Clipboard(clear_after=SOON)
    clipboard.deliver("en")
    (watcher,) = watchers() - before
    os.kill(watcher, signal.SIGKILL)
    until(lambda: watchers() <= before)
    clipboard.deliver("to")
    until(lambda: fake.held == "")


def test_a_screen_that_was_killed_leaves_nothing_on_the_clipboard(real: Board) -> None:
    before = watchers()
    screen = subprocess.Popen(
        (sys.executable, "-c", SCREEN, str(SOON)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path.cwd()
    )
    assert screen.stdin is not None
    assert screen.stdout is not None
    with screen.stdin as line:
        line.write(TEXT.encode())
    with screen.stdout as told:
        assert told.readline() == b"clipboard\n"
    screen.kill()
    screen.wait()
    until(lambda: real.held() == "")
    until(lambda: watchers() <= before)


def test_a_desktop_that_is_locked_is_asked_again(fake: FakeDesktop) -> None:
    clipboard = Clipboard(clear_after=SOON)
    clipboard.deliver(TEXT)
    fake.locked(True)
    assert clipboard.recall() is Recalled.UNKNOWN
    fake.locked(False)
    until(lambda: fake.held == "")


def test_a_loan_does_not_tell_the_text() -> None:
    loan = Loan.of(TEXT, "wl-copy --sensitive", 60.0)
    assert Loan.parsed(f"{loan}\n") == loan
    assert loan.is_of(TEXT)
    assert not loan.is_of("Ro.")
    assert Loan.of(TEXT, "wl-copy --sensitive", 60.0).digest != loan.digest
    assert "Vondt" not in f"{loan} {loan!r}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may read the memory of a process that is hardened")
def test_the_watcher_never_knows_the_text(fake: FakeDesktop) -> None:
    before = watchers()
    clipboard = Clipboard(clear_after=LATE)
    clipboard.deliver(TEXT)
    (watcher,) = watchers() - before
    seen = memory(watcher)
    assert clipboard._loans[-1].salt.encode() in seen
    assert "Vondt i øret".encode() not in seen
    assert clipboard.recall() is Recalled.CLEARED


def memory(process: int) -> bytes:
    """All that it has written to, and what it was started with."""
    folder, found = Path("/proc", str(process)), b""
    with (folder / "mem").open("rb", buffering=0) as octets:
        for line in (folder / "maps").read_text().splitlines():
            span, rights, *_, name = (line + " -").split(maxsplit=5)
            if rights.startswith("rw") and "[v" not in name:
                start, end = (int(bound, 16) for bound in span.split("-"))
                octets.seek(start)
                found += octets.read(end - start) or b""
    return found + (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()


def test_without_a_desktop_it_goes_through_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, {"SSH_TTY": "/dev/pts/0"})
    written: list[str] = []
    clipboard = Clipboard(written.append, LATE)
    assert clipboard.place is Place.TERMINAL
    assert clipboard.recall() is Recalled.NOTHING
    clipboard.deliver("Ro.")
    assert written == ["\x1b]52;c;Um8u\x07"]
    assert clipboard.recall() is Recalled.UNKNOWN


def test_a_desktop_that_does_not_answer_leaves_the_terminal(fake: FakeDesktop) -> None:
    fake.locked(True)
    written: list[str] = []
    clipboard = Clipboard(written.append, SOON)
    before = clipboard.place
    clipboard.deliver("Ro.")
    assert (before, clipboard.place) == (Place.CLIPBOARD, Place.TERMINAL)
    assert written
    assert clipboard.recall() is Recalled.UNKNOWN
    fake.locked(False)  # and the watcher finds that nothing lies there


def test_no_clipboard_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    enter(monkeypatch, {"PATH": str(tmp_path)})
    clipboard = Clipboard()
    with pytest.raises(DeliveryError) as error:
        clipboard.deliver(TEXT)
    assert "Vondt" not in str(error.value)


def test_a_text_too_long_for_a_terminal_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    enter(monkeypatch, {"SSH_TTY": "/dev/pts/0"})
    written: list[str] = []
    clipboard = Clipboard(written.append, LATE)
    clipboard.deliver("a" * LONGEST)
    with pytest.raises(DeliveryError):
        clipboard.deliver("a" * (LONGEST + 1))
    assert len(written) == 1


def test_nothing_is_put_where_nobody_would_clear_it(monkeypatch: pytest.MonkeyPatch, fake: FakeDesktop) -> None:
    monkeypatch.setattr("kiskriv.deliver.watch.launch_command", lambda *_: [sys.executable, "-c", ""])
    clipboard = Clipboard(clear_after=LATE)
    with pytest.raises(DeliveryError):
        clipboard.deliver(TEXT)
    assert fake.held == ""
