"""Some seconds of `scripts/monkey`, and that it sees what it looks for."""

from __future__ import annotations

import pytest

from tests.screen.conftest import needed
from tests.screen.doctor import Doctor, Left, told, words_of_the_demo
from tests.screen.monkey import FAULT, NAMED, Monkey

SECONDS, SEED = 8.0, 8


@needed
def test_any_keys_for_some_seconds_leave_nothing_behind(doctor: Doctor) -> None:
    monkey = Monkey(doctor, SEED)
    monkey.play(SECONDS)
    assert monkey.found == [] and monkey.done > SECONDS


@needed
def test_a_screen_that_dies_of_a_fault_is_found(doctor: Doctor) -> None:
    doctor.runs("sh", "-c", "echo kiskriv; read key; exit 70")
    monkey = Monkey(doctor, SEED)
    monkey.play(SECONDS)
    assert any("exit status 70" in one for one in monkey.found)


@pytest.mark.parametrize(
    "shown", ["Traceback (most recent call last):", "feil i programmet. Kode: Fault-app-12", "KeyError: 'x'"]
)
def test_faults_are_seen(shown: str) -> None:
    assert FAULT.search(shown)


def test_keys_are_read_from_the_screen() -> None:
    assert NAMED.findall(" E  Endre linje   /  Søk   Ctrl+Q  Avslutt") == ["E", "/", "Ctrl+Q"]


def test_words_that_stay_behind_are_found(doctor: Doctor) -> None:
    said = sorted(words_of_the_demo())[0]
    assert told(f"{said.title()}, sa hun") == [said]
    (doctor.home.folder / "left").write_text(said)
    assert "words in left" in Left(doctor.home).search()
