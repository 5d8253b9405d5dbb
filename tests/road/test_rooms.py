"""`kiskriv` itself as a process that is killed: what it was about is accounted for, and the next one works."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from kiskriv.ledger import Ended, Opened, Reason, decode
from kiskriv.ledger.entry import OfSession
from tests.host.clinic import PATIENCE, Process, commands, until
from tests.road.conftest import SOUND, Home


def entries(home: Home) -> list[OfSession]:
    path = home.ledger / "entries.jsonl"
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [entry for entry in map(decode, lines) if isinstance(entry, OfSession)]


def begun(home: Home) -> tuple[subprocess.Popen[str], str]:
    """`kiskriv run` with a consultation under way: the process, and its session."""
    running = home.start("run", SOUND, "--approve", "--json")
    until(lambda: any(isinstance(entry, Opened) for entry in entries(home)))
    session = entries(home)[-1].session
    until(lambda: any(" 03 " in line for line in sockets(session)))  # connected: the screen has come to its room
    return running, session


def sockets(session: str) -> list[str]:
    """Those at a room's address (proc_net_unix: flags, type and state stand in the middle)."""
    return [line for line in Path("/proc/net/unix").read_text().splitlines() if session in line]


def hosts(home: Home) -> list[Process]:
    return [Process(pid) for pid, words in commands() if "kiskriv.assembly.host" in words and str(home.ledger) in words]


def all_gone(home: Home) -> None:
    for host in hosts(home):
        host.ends()
        host.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_script_that_is_killed_takes_its_consultation_with_it_and_the_end_is_proven(
    home: Home, number: signal.Signals
) -> None:
    running, session = begun(home)
    running.send_signal(number)
    running.communicate(timeout=PATIENCE)
    until(lambda: isinstance(entries(home)[-1], Ended))
    ended = entries(home)[-1]
    assert isinstance(ended, Ended)
    assert (ended.session, ended.verified) == (session, True)
    assert ended.reason in (Reason.INTERRUPTED, Reason.TRANSFERRED)
    all_gone(home)
    assert {Path(name).parts[:4] for name in home.files()} == {(".local", "share", "kiskriv", "ledger")}


def test_a_script_whose_host_is_killed_ends_as_if_nothing_had_happened(home: Home) -> None:
    running, session = begun(home)
    for host in hosts(home):
        host.kill()
        host.close()
    _, told = running.communicate(timeout=2 * PATIENCE)
    assert running.returncode == 0, told
    ended = entries(home)[-1]
    assert isinstance(ended, Ended)
    assert (ended.session, ended.reason, ended.verified) == (session, Reason.TRANSFERRED, True)
    all_gone(home)
