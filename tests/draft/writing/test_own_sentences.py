"""Which sentences stand in a note as they were said."""

from __future__ import annotations

import pytest

from kiskriv.draft.lexicon import shipped
from kiskriv.draft.writing.own_sentences import own
from tests.draft.spoken import talk


def written(*lines: str) -> list[str]:
    return [each.text for each in own(talk(*lines), shipped())]


@pytest.mark.parametrize(
    "lines",
    [
        ("L: typisk eg saga meg i foten med motorsag i fjor eg køyrde sjølv til legevakta",),
        ("L: Og du har ikke falt eller tråkka over?", "P: Nei da."),
    ],
)
def test_the_doctors_own_mishap_and_her_question_are_in_nobodys_mouth(lines: tuple[str, ...]) -> None:
    assert written(*lines) == []


def test_what_the_doctor_did_stands_as_she_said_it() -> None:
    assert written("L: såret er sydd og forbinding er lagt på") == ["såret er sydd og forbinding er lagt på"]
