"""The names of things for people, and the silence of what carries what was said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiskriv import deliver
from kiskriv.ledger.terms import ArtefactName, Fact, Level, Method, Place, Reason
from kiskriv.locale import text
from kiskriv.session.events import Drafted, Recognised
from kiskriv.session.stages import State
from kiskriv.transcript import Doubt, Remark, Role
from kiskriv.tui import choices, happenings, words
from kiskriv.tui.app import Happened
from kiskriv.tui.page import Chosen
from kiskriv.tui.widgets import LineEditor
from tests.tui.fakes import NOTE, Scene, standing, utterances


@pytest.mark.parametrize(("seconds", "shown"), [(0, "0:00"), (9.99, "0:09"), (725, "12:05"), (3725, "1:02:05")])
def test_the_clock(seconds: float, shown: str) -> None:
    assert words.clock(seconds) == shown


def test_unknown_voices_are_numbered_from_one() -> None:
    assert words.role(Role.UNKNOWN, "0") == "Stemme 1"
    assert words.role(Role.UNKNOWN, "b") == "Stemme b"
    assert words.role(Role.PRACTITIONER, "0") == "Lege"


def test_what_nobody_is_known_to_have_said_has_no_name() -> None:
    first, *_ = utterances()
    assert words.voice(first) == "Lege"
    assert words.voice(replace(first, role=Role.UNKNOWN)) == "Stemme 1"
    assert words.voice(replace(first, role=Role.UNKNOWN, speaker="")) == ""


def test_a_remark_is_one_line_on_the_smallest_screen() -> None:
    assert len(words.remarks(tuple(Remark)).splitlines()) == len(Remark)
    assert max(map(len, words.remarks(tuple(Remark)).splitlines())) <= 80
    assert words.remarks(()) == ""


def test_all_that_a_receipt_can_say_has_words() -> None:
    for names, table in (
        (Role, words.ROLES),
        (Doubt, words.DOUBTS),
        (Doubt, words.DOUBTED),
        (Remark, words.REMARKS),
        (Remark, words.REMEDIES),
        (Reason, words.REASONS),
        (ArtefactName, words.ARTEFACTS),
        (Method, words.METHODS),
        (Level, words.LEVELS),
        (Place, words.PLACES),
        (Fact, words.FACTS),
    ):
        assert set(table) == set(names)
        assert all(text(msgid) != msgid for msgid in table.values())


def test_what_passes_between_screen_and_clerk_does_not_speak() -> None:
    carriers = [
        choices.Approve(NOTE),
        choices.Revise(NOTE),
        happenings.Approved(NOTE, deliver.Place.CLIPBOARD),
        happenings.Found(standing(Scene(), State.DRAFTED)),
        happenings.Heard(Drafted(NOTE)),
        happenings.Heard(Recognised(utterances(), 0.1)),
        Chosen(choices.Approve(NOTE)),
        Happened(happenings.Approved(NOTE, deliver.Place.CLIPBOARD)),
        LineEditor.Written("vondt i halsen"),
    ]
    assert not any("halsen" in repr(carrier) or "halsen" in str(carrier) for carrier in carriers)
