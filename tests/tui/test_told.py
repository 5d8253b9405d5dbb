"""What was said as rows: everything in its place, what is uncertain told apart, moments at their lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from kiskriv.session.events import Missed
from kiskriv.transcript import Cut, Doubt, Transcript
from kiskriv.tui import told
from kiskriv.tui.widgets import TranscriptList
from tests.tui.fakes import utterances

SAID = utterances()
WHOLE = Transcript("nb", SAID)


def starred(*bookmarks: float, cuts: tuple[tuple[float, float], ...] = ()) -> list[int]:
    return sorted(told.bookmarked(Transcript("nb", SAID, (), cuts, bookmarks)))


def test_what_is_not_told_stands_in_its_place_in_time() -> None:
    shown = told.rows(replace(WHOLE, cuts=((13.0, 14.0),)), (Missed(8.0, 9.0), Missed(50.0, 60.0)))
    kinds = [type(row).__name__ for row in shown]
    assert kinds == [*2 * ["Utterance"], "Missed", *2 * ["Utterance"], "Cut", *2 * ["Utterance"], "Missed"]


def test_a_moment_belongs_to_what_was_said_then_or_last_before() -> None:
    assert starred(4.1) == [1] and starred(4.0) == [1]
    assert starred(7.9) == [1], "right after it was said"
    assert starred(0.0, 8.0, 9.0, 100.0) == [0, 2, 5]
    assert sorted(told.bookmarked(replace(WHOLE, utterances=SAID[1:], bookmarks=(0.5,)))) == [1], (
        "before the first words"
    )
    assert told.bookmarked(Transcript("nb", (), bookmarks=(1.0,))) == frozenset()


def test_a_moment_in_what_was_cut_is_gone_with_it() -> None:
    assert starred(4.1, 9.0, cuts=((8.0, 10.0),)) == [1]


def test_uncertain_words_are_told_apart_in_stretches() -> None:
    words = tuple(replace(word, probability=0.49 if word.text in ("halsen", "i") else 0.5) for word in SAID[1].words)
    heard = replace(SAID[1], words=words)
    assert told.stretches(heard) == [
        (False, "Jeg har hatt vondt"), (True, "i halsen i"), (False, "fire dager."),
    ]  # fmt: skip
    assert told.content(heard).plain == "0:04 Pasient: Jeg har hatt vondt ~i halsen i fire dager."
    assert told.why(heard) == ["Usikkert hørt: «i halsen i». Lytt med L."]


@pytest.mark.parametrize("doubt", Doubt)
def test_where_all_of_it_is_in_doubt_no_word_is_more_so(doubt: Doubt) -> None:
    words = tuple(replace(word, probability=0.1, doubt=doubt) for word in SAID[3].words)
    heard = replace(SAID[3], words=words)
    assert "~" not in told.content(heard).plain and "[" in told.content(heard).plain
    assert len(told.why(heard)) == 1 and len(told.why(heard, bookmarked=True)) == 2


def test_what_is_certain_and_what_is_cut_asks_for_no_second_look() -> None:
    assert told.why(SAID[0]) == [] and told.why(Cut(1.0, 2.0)) == []


def test_what_does_not_print_is_not_shown() -> None:
    words = (replace(SAID[0].words[0], text="a\x1b[31mb\x07"),)
    assert told.content(replace(SAID[0], words=words)).plain == "0:00 Lege: a[31mb"


class Heard(App[None]):
    """Two lists, one below the other."""

    CSS = "TranscriptList { height: 1fr; }"

    def compose(self) -> ComposeResult:
        yield TranscriptList(id="said")
        yield TranscriptList(id="fresh")


async def test_words_that_were_only_heard_so_far_make_way_without_a_trace() -> None:
    async with Heard().run_test(size=(30, 40)) as pilot:
        said, fresh = pilot.app.query(TranscriptList)
        said.add(SAID[:2])
        for tentative in (SAID[5:], SAID[2:5], (), SAID[5:]):
            said.foresee(tentative)
            said.highlighted = len(said.options) - 1
            assert "…" in str(said.options[-1].prompt) or not tentative
        said.miss(Missed(7.0, 8.0))
        said.add(SAID[2:])
        fresh.show(WHOLE, (Missed(7.0, 8.0),))
        assert [str(row.prompt) for row in said.options] == [str(row.prompt) for row in fresh.options]
        assert said._lines == fresh._lines and said._heights == fresh._heights and said.rows == fresh.rows
        assert said.highlighted == 1, "no further than what stood when the last of it went"
        assert said._option_to_index == {option: at for at, option in enumerate(said.options)}
