"""The doctor's own notes point to the same words, however those are told."""

from __future__ import annotations

import pytest

from kiskriv.note import ANY, Note, Section, Statement
from kiskriv.session.notes import Notes, renewed, repointed, revised
from kiskriv.session.sealed import Kept
from kiskriv.transcript import Role, Transcript, Utterance, Word
from kiskriv.vault import Vault


def told(*spans: tuple[int, float, float]) -> Transcript:
    """Utterances by their ids, from and to so many seconds."""
    return Transcript(
        "nb", tuple(Utterance(id, Role.PATIENT, "0", (Word(start, end, "ord", 1.0),)) for id, start, end in spans)
    )


def pointing(*evidence: tuple[int, ...]) -> Note:
    return Note((Section("Anamnese", tuple(Statement("x", ids) for ids in evidence)), Section("Funn")))


def test_evidence_follows_the_words_into_other_utterances() -> None:
    before = told((0, 0.0, 2.0), (1, 2.0, 6.0), (2, 6.0, 8.0))
    now = told((0, 0.0, 1.0), (1, 1.0, 2.0), (2, 2.0, 3.0), (3, 3.0, 6.0), (4, 6.0, 8.0))  # two were parted
    assert repointed(pointing((1,), (0, 2), ()), before, now) == pointing((2, 3), (0, 1, 4), ())


def test_what_was_two_and_is_one_is_named_once() -> None:
    before, now = told((0, 0.0, 2.0), (1, 2.0, 6.0)), told((0, 0.0, 6.0))
    assert repointed(pointing((0, 1), (7,)), before, now) == pointing((0,), ())


def test_the_draft_that_the_doctor_changed_follows_the_words_with_his_own() -> None:
    notes = Notes(Vault())
    notes.keep(Kept(pointing((1,), ()), ANY, pointing((1,))))
    notes.retold(told((0, 0.0, 2.0), (1, 2.0, 6.0)), told((0, 2.0, 6.0)))  # the first is cut
    assert notes.left(ANY) is None
    own = notes.own(ANY)
    assert own is not None and (own.note, own.base) == (pointing((0,), ()), pointing((0,)))


def saying(*lines: str) -> Note:
    """Each rests on the utterance that its first figure numbers; without one, on none."""
    return Note(
        (Section("Anamnese", tuple(Statement(line, tuple(int(c) for c in line[:1] if c.isdigit())) for line in lines)),)
    )


@pytest.mark.parametrize("mine", [saying("2 feber"), saying("1 ikke vondt", "2 feber"), saying("vondt", "2 feber")])
def test_what_was_taken_out_or_changed_stays_so_over_a_cut_and_back(mine: Note) -> None:
    whole, cut = saying("1 vondt", "2 feber"), saying("2 feber")
    own = revised(Kept(whole, ANY), mine, ANY)
    for draft in (cut, cut, whole, cut, whole):
        own = renewed(own, draft, ANY)
        assert (own.note, own.base is None) == (mine, False)


def test_a_draft_that_nothing_was_changed_of_is_the_machines_alone() -> None:
    own = revised(Kept(saying("1 vondt"), ANY), saying("1 vondt"), ANY)
    assert renewed(own, saying("2 feber"), ANY) == Kept(saying("2 feber"), ANY)
