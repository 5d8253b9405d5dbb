"""A process that shows a consultation is a fresh one, and nothing but how the last one ended goes from one to the next."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiskriv.deliver import Recalled
from kiskriv.errors import EndedElsewhere, ErasureFailed, RoomDied
from kiskriv.machine import launch_environment
from kiskriv.tui import renewal
from kiskriv.tui.renewal import Last
from kiskriv.wire.messages import Closed
from tests.tui.terminals import ROOT

SESSION = "ab" * 16
STAND_IN = """
import json, os, sys
from pathlib import Path
import kiskriv.tui.renewal as renewal
os.environ.update(json.loads(Path(__file__).with_name("wrapper").read_text()))
due = renewal.due()
with Path(sys.argv[1]).open("a") as diary:
    seen = {"due": due, "arguments": sys.argv[2:], "environment": dict(os.environ), "safe": sys.flags.safe_path, "pid": os.getpid()}
    diary.write(json.dumps(seen) + "\\n")
if due:
    renewal.launch_command = lambda module, *rest: [sys.executable, "-P", "-s", __file__, *rest]
    renewal.renew(sys.argv[1:])
"""
"""A program that is renewed as kiskriv is, and writes down how it was started."""


def renewed(tmp_path: Path, wrapper: dict[str, str] | None = None, **environment: str) -> list[dict[str, Any]]:
    """How the stand-in was started, each time. `wrapper` is what something around Python sets each time."""
    (tmp_path / "wrapper").write_text(json.dumps(wrapper or {}))
    (tmp_path / "program.py").write_text(STAND_IN)
    command = [sys.executable, str(tmp_path / "program.py"), str(tmp_path / "diary"), "rehearse", "--", "a file"]
    plain = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run(command, env=plain | {"PYTHONPATH": str(ROOT)} | environment, check=True, timeout=30)
    return [json.loads(line) for line in (tmp_path / "diary").read_text().splitlines()]


def test_the_first_process_is_renewed_once_into_one_that_wipes_what_it_frees(tmp_path: Path) -> None:
    first, second = renewed(tmp_path)
    assert (first["due"], second["due"]) == (True, False)
    assert second["arguments"] == ["rehearse", "--", "a file"]
    assert second["pid"] == first["pid"], "whoever started kiskriv waits for the same process"
    wiping = {name: launch_environment()[name] for name in ("PYTHONMALLOC", "GLIBC_TUNABLES")}
    assert second["safe"] and wiping.items() <= second["environment"].items()


def test_what_cannot_be_brought_into_force_is_not_tried_for_ever(tmp_path: Path) -> None:
    assert len(renewed(tmp_path, wrapper={"PYTHONMALLOC": "pymalloc"})) == 2


def test_a_terminal_and_a_clipboard_find_what_they_need_and_nothing_else_goes_along(tmp_path: Path) -> None:
    needed = {
        "TERM": "tmux",
        "TMUX": "/tmp/x",
        "SSH_TTY": "/dev/pts/1",
        "WAYLAND_DISPLAY": "w",
        "XDG_RUNTIME_DIR": "/run/x",
    }
    _, second = renewed(tmp_path, **needed, LD_PRELOAD="", PYTHONSTARTUP="x", A_SECRET="y", TEXTUAL_LOG="z")
    assert needed.items() <= second["environment"].items() and "PATH" in second["environment"]
    assert not {"LD_PRELOAD", "PYTHONSTARTUP", "A_SECRET", "TEXTUAL_LOG"} & set(second["environment"])


@pytest.mark.parametrize("last", [Last(SESSION), Last(SESSION, "RoomDied"), Last(SESSION, "Expired", Recalled.UNKNOWN)])
def test_how_a_consultation_ended_is_handed_on_and_taken_out(last: Last, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(renewal.LAST, renewal.environment(last)[renewal.LAST])
    assert renewal.last() == last
    assert renewal.LAST not in os.environ and renewal.last() is None


@pytest.mark.parametrize(
    "written", ["", "x", SESSION, f"{SESSION}::x", f"{SESSION}:a b:", f"{SESSION[1:]}g::clipboard"]
)
def test_anything_else_is_passed_over(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(renewal.LAST, written)
    assert renewal.last() is None


def test_the_host_knows_how_it_ended() -> None:
    clean = renewal.recalled(Last(SESSION), lambda session: Closed(session, "a receipt", True, 0, ""))
    assert (clean.opened, clean.session, clean.receipt, clean.error) == (True, SESSION, "a receipt", None)
    taken = renewal.recalled(Last(SESSION, "EndedElsewhere"), lambda session: Closed(session, "a receipt", True, 0, ""))
    assert isinstance(taken.error, EndedElsewhere)
    failed = renewal.recalled(Last(SESSION), lambda session: Closed(session, None, False, 2, "ledger"))
    assert isinstance(failed.error, ErasureFailed) and failed.error.facts == {"residue": 2}

    def swept(session: str) -> Closed:
        raise RoomDied

    assert isinstance(renewal.recalled(Last(SESSION), swept).error, RoomDied)
