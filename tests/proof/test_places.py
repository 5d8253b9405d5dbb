"""Places are put back on every way out, and one that cannot be had says why. (The places themselves need root: `scripts/prove-erasure`.)"""

from __future__ import annotations

from pathlib import Path

import pytest

from proof import places
from proof.controls import PLACES, SHORT, Bench, all_of
from proof.places import NotHere


def test_a_missing_tool_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotHere, match=r"mkfs\.btrfs is missing .*apt-get install btrfs-progs"):
        places.run("mkfs.btrfs")


def test_a_tool_that_fails_says_why() -> None:
    with pytest.raises(NotHere, match="mount: "):
        places.run("mount", "-t", "nothing", "/nowhere", "/nowhere")


def test_a_place_that_cannot_be_had_is_a_row(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    rows = list(all_of(Bench(tmp_path, "a", 10, True, tmp_path / "none"), ("ext4", "terminal", "physical")))
    assert [(row.place, row.share) for row in rows] == [("ext4", None), ("terminal", None), ("physical", None)]
    assert ["is missing" in row.note for row in rows] == [True, True, False]
    assert "--kernel" in rows[2].note


class Escape(BaseException):
    """As Ctrl-C is."""


def test_a_kernel_setting_is_put_back_on_every_way_out(tmp_path: Path) -> None:
    knob = tmp_path / "core_pattern"
    knob.write_text("core\n")
    with pytest.raises(Escape), places.setting(knob, "|catcher"):
        assert knob.read_text() == "|catcher"
        raise Escape
    assert knob.read_text() == "core\n"


def test_waiting_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PATIENCE", 0)
    with pytest.raises(NotHere, match="a core"):
        places.until(lambda: False, "a core")


def test_the_short_form_is_a_part_of_the_whole() -> None:
    assert set(SHORT) < set(PLACES)
