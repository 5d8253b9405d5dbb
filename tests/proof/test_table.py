"""A row says clean only where the search could have seen something."""

from __future__ import annotations

import json

import pytest

from proof.table import ENOUGH_OF_SWAP, Circumstances, Control, Outlived, Row, Verdict, as_json, as_text


def control(share: float | None, least: float | None = 0.99) -> Control:
    return Control("ext4", "unlinked file", 32 << 18, 320 << 20, share, least)


@pytest.mark.parametrize(
    ("share", "residue", "verdict"),
    [
        (1.0, 0, Verdict.CLEAN),
        (0.99, 0, Verdict.CLEAN),
        (0.989, 0, Verdict.BLIND),
        (0.0, 0, Verdict.BLIND),
        (1.0, 32, Verdict.FOUND),
        (0.5, 32, Verdict.FOUND),
        (1.0, None, Verdict.NOT_HERE),
        (None, 0, Verdict.NOT_HERE),
    ],
)
def test_a_verdict_goes_as_far_as_its_control(share: float | None, residue: int | None, verdict: Verdict) -> None:
    assert Row("ext4", "review", "SIGKILL", control(share), 320 << 20, residue).verdict is verdict


def test_of_swap_less_is_enough() -> None:
    assert control(0.677, ENOUGH_OF_SWAP).sees
    assert not control(0.677).sees


@pytest.mark.parametrize(("share", "sees"), [(0.0, True), (0.001, False), (None, False)])
def test_a_way_of_erasing_that_works_has_to_leave_nothing(share: float | None, sees: bool) -> None:
    assert control(share, None).sees is sees


CIRCUMSTANCES = Circumstances("2026-11-22", "a machine", "Linux 6.18", "00ff")
CONTROLS = [control(1.0), control(0.5), control(0.0, None), Control("swap", "-", note="no memory cgroup")]
ROWS = [Row("ext4", "review", "SIGKILL", CONTROLS[0], 320 << 20, 1234), Row("swap", "review", "exit", CONTROLS[3])]


def test_the_tables_say_all_of_it() -> None:
    printed = as_text(CIRCUMSTANCES, [*CONTROLS, *ROWS]).splitlines()
    assert printed[0] == "2026-11-22, a machine, Linux 6.18, start value 00ff"
    assert [line.split("  ")[-1].strip() for line in printed[4:8]] == [
        "sees",
        "blind",
        "0 expected",
        "not here: no memory cgroup",
    ]
    assert printed[-2].endswith("320.0 MiB  100.0 %  1 234 B  FOUND")
    assert printed[-1].endswith("not here")


def test_the_json_has_verdicts_and_round_numbers_of_nothing() -> None:
    read = json.loads(json.dumps(as_json(CIRCUMSTANCES, [*CONTROLS, *ROWS])))
    assert [control["sees"] for control in read["controls"]] == [True, False, True, False]
    assert [(row["verdict"], row["residue"]) for row in read["rows"]] == [("FOUND", 1234), ("not here", None)]
    assert read["circumstances"]["start"] == "00ff"


@pytest.mark.parametrize(
    ("outlived", "holds"),
    [
        (Outlived("review", "SIGKILL host", 3, 3, 0, True), True),
        (Outlived("review", "SIGKILL room", 3, 3, 0), True),
        (Outlived("review", "SIGKILL host", 3, 2, 0, True), False),
        (Outlived("review", "SIGKILL host", 3, 3, 1, True), False),
        (Outlived("review", "SIGKILL host", 3, 3, 0, False), False),
    ],
)
def test_a_session_that_was_disturbed_is_accounted_for_and_keeps_its_words(outlived: Outlived, holds: bool) -> None:
    assert outlived.holds is holds
    assert as_text(CIRCUMSTANCES, [outlived]).splitlines()[-1].endswith("holds" if holds else "DOES NOT HOLD")
