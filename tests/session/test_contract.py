"""What every `Consultation` promises: the same suite on a session in this process and on one in a room."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiskriv.engine import AloneSpeakers
from kiskriv.errors import (
    DeliveryError,
    LedgerError,
    LoudspeakerMissing,
    Malformed,
    MicrophoneLost,
    NoSuchForm,
    NotApproved,
    NothingToApprove,
    StepOutOfOrder,
    WriterSlow,
)
from kiskriv.ledger import Ended, Ledger, Opened, Reason, verify
from kiskriv.note import Concern, Form, Note, Section, Statement
from kiskriv.session import (
    Attributing,
    Captured,
    Consultation,
    Diarizer,
    Drafted,
    OwnLedger,
    Playing,
    Recognised,
    Stages,
    Transcribed,
    Unwritten,
    Writer,
    Writing,
)
from kiskriv.session.session import Session
from kiskriv.session.voices import Voices
from kiskriv.speech.diarization import WINDOW
from kiskriv.transcript import SAMPLE_RATE, Chunk, Correction, Cut, Remark, Rewording, Role, Transcript
from kiskriv.vault import Vault
from tests.ledgers import of_sessions
from tests.session.elsewhere import Elsewhere
from tests.session.fakes import (
    CANARY,
    LETTER,
    NOTE,
    PHRASE,
    EverySecond,
    EverySecondWord,
    Loud,
    Marked,
    Novelist,
    OneSpeaker,
    Parrot,
    Scribe,
    Tone,
    Tray,
)

EDITED = Note((Section("Funn", (Statement("Skrevet av legen.", ()),)),))
Opens = Callable[[], Consultation]
ONE_MICROPHONE = pytest.mark.parametrize("diarizer", ["one microphone"], indirect=True)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def diarization() -> EverySecondWord:
    return EverySecondWord()


@pytest.fixture
def diarizer(request: pytest.FixtureRequest, diarization: EverySecondWord) -> Diarizer:
    """Knows one voice; or, where the test is about one microphone, asks a model (in a room: one that is elsewhere)."""
    return Voices(AloneSpeakers(diarization), WINDOW) if hasattr(request, "param") else OneSpeaker()


@pytest.fixture
def scribe() -> Scribe:
    """Without a fault, where the test does not say otherwise."""
    return Scribe()


@pytest.fixture
def writer() -> Writer | None:
    """None, where the test does not say otherwise."""
    return None


@pytest.fixture
def loud() -> Loud:
    """There, where the test does not say otherwise."""
    return Loud()


@pytest.fixture(params=["in this process", "in a room"])
def consultation(
    request: pytest.FixtureRequest,
    ledger: Ledger,
    diarizer: Diarizer,
    diarization: EverySecondWord,
    writer: Writer | None,
    scribe: Scribe,
    loud: Loud,
) -> Iterator[Opens]:
    stages = Stages(
        ear=EverySecond(),
        transcriber=Parrot(),
        diarizer=diarizer,
        drafter=scribe,
        roles={"0": Role.PATIENT},
        language="nb",
        model="0" * 64,
        informed="nb-1",
        writer=writer,
        loudspeaker=loud,
    )
    if request.param == "in this process":
        yield lambda: Session(stages, Vault(), OwnLedger(ledger))
        return
    rooms: list[Elsewhere] = []

    def opens() -> Consultation:
        rooms.append(Elsewhere(ledger, stages, diarization=diarization))
        return rooms[-1].consultation()

    yield opens
    for room in rooms:
        room.close()


def walk(held: Consultation) -> Note:
    """Records and drafts; the draft."""
    list(held.record(Tone()))
    *_, drafted = held.draft()
    assert isinstance(drafted, Drafted)
    return drafted.note


def last(ledger: Ledger) -> Ended:
    *_, entry = of_sessions(ledger)
    assert isinstance(entry, Ended)
    return entry


def test_the_whole_road_ends_transferred_with_a_receipt_that_verifies(consultation: Opens, ledger: Ledger) -> None:
    tray = Tray()
    with consultation() as held:
        note = walk(held)
        held.approve(note)
        held.deliver(tray)
        held.transferred()
    assert tray.texts == [note.text]
    entry = verify(held.receipt, ledger.public_key)
    assert isinstance(entry, Ended)
    assert (entry.reason, entry.verified) == (Reason.TRANSFERRED, True)
    assert {a.name for a in entry.artefacts} == {"audio", "transcript", "draft", "speakers"}


def test_opened_is_in_the_ledger_before_the_first_sample(consultation: Opens, ledger: Ledger) -> None:
    class Witness(Tone):
        def chunks(self) -> Iterator[Chunk]:
            assert [type(e) for e in of_sessions(ledger)] == [Opened]
            return super().chunks()

    with consultation() as held:
        list(held.record(source := Witness()))
    assert source.asked


@pytest.mark.parametrize(
    ("leave", "reason"),
    [
        (lambda held: held.discard(), Reason.DISCARDED),
        (lambda held: held.withdraw(), Reason.WITHDRAWN),
        (lambda held: None, Reason.INTERRUPTED),
    ],
)
def test_every_choice_erases_and_says_why(
    consultation: Opens, ledger: Ledger, leave: Callable[[Consultation], None], reason: Reason
) -> None:
    with consultation() as held:
        walk(held)
        leave(held)
    assert (last(ledger).reason, last(ledger).verified) == (reason, True)


@pytest.mark.parametrize("step", ["opened", "recording", "drafting", "approved"])
@pytest.mark.parametrize(
    ("error", "reason"),
    [(RuntimeError, Reason.FAILED), (KeyboardInterrupt, Reason.INTERRUPTED), (SystemExit, Reason.INTERRUPTED)],
)
def test_every_error_at_every_step_erases(
    consultation: Opens, ledger: Ledger, step: str, error: type[BaseException], reason: Reason
) -> None:
    with pytest.raises(error), consultation() as held:
        if step != "opened":
            for _ in held.record(Tone()):
                if step == "recording":
                    raise error
            drafting = held.draft()
            next(drafting)
            if step == "drafting":
                raise error
            drafted = next(drafting)
            assert isinstance(drafted, Drafted)
            list(drafting)
            held.approve(drafted.note)
        raise error
    assert (last(ledger).reason, last(ledger).verified) == (reason, True)
    assert ledger.unaccounted() == ()


def test_no_session_starts_without_its_first_line(consultation: Opens, ledger: Ledger) -> None:
    ledger.close()
    tone = Tone()
    with pytest.raises(LedgerError), consultation() as held:
        list(held.record(tone))
    assert not tone.asked


def test_nothing_leaves_before_the_doctor_approves(consultation: Opens) -> None:
    tray = Tray()
    with consultation() as held:
        note = walk(held)
        with pytest.raises(NotApproved):
            held.deliver(tray)
        with pytest.raises(NotApproved):
            held.transferred()
        held.approve(note)
        list(held.draft())  # a new draft takes the approval back
        with pytest.raises(NotApproved):
            held.deliver(tray)
        held.approve(note)
        held.revise(EDITED)  # and so does a change
        with pytest.raises(NotApproved):
            held.deliver(tray)
    assert tray.texts == []


def test_what_is_delivered_is_what_was_approved(consultation: Opens) -> None:
    tray = Tray()
    with consultation() as held:
        walk(held)
        held.approve(EDITED)
        held.deliver(tray)
    assert tray.texts == [EDITED.text]


def test_an_outlet_that_fails_leaves_the_note_with_the_session(consultation: Opens) -> None:
    tray = Tray()
    with consultation() as held:
        held.approve(note := walk(held))
        with pytest.raises(DeliveryError):
            held.deliver(Tray(jammed=True))
        held.deliver(tray)
    assert tray.texts == [note.text]


def test_an_empty_note_cannot_be_approved(consultation: Opens) -> None:
    with consultation() as held:
        walk(held)
        with pytest.raises(NothingToApprove):
            held.approve(Note((Section("Funn"),)))


def test_a_lost_microphone_loses_nothing_and_recording_goes_on(consultation: Opens) -> None:
    with consultation() as held:
        with pytest.raises(MicrophoneLost):
            list(held.record(Tone(seconds=2, lost=True)))
        events = list(held.record(Tone(seconds=1)))
        transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    assert [e.seconds for e in events if isinstance(e, Captured)][-1] == 3.0
    assert [u.start for u in transcribed.transcript.utterances] == [0.1, 1.1, 2.1]


def test_events_come_as_it_happens(consultation: Opens) -> None:
    with consultation() as held:
        events = list(held.record(Tone(seconds=3)))
    captured = [e for e in events if isinstance(e, Captured)]
    recognised = [e for e in events if isinstance(e, Recognised)]
    assert [e.seconds for e in captured] == sorted(e.seconds for e in captured)
    assert all(len(e.levels) == 1 and 0.4 < max(e.levels) <= 0.5 for e in captured)
    assert [u.start for e in recognised for u in e.utterances] == [0.1, 1.1, 2.1]


def test_a_role_that_the_doctor_sets_is_in_the_next_draft(consultation: Opens) -> None:
    with consultation() as held:
        walk(held)
        held.assign("0", Role.RELATED_PERSON)
        transcribed, drafted = held.draft()
    assert isinstance(transcribed, Transcribed) and isinstance(drafted, Drafted)
    assert {u.role for u in transcribed.transcript.utterances} == {Role.RELATED_PERSON}
    assert drafted.note.empty


def test_other_documents_come_from_the_same_consultation_and_none_is_lost_over_another(consultation: Opens) -> None:
    tray = Tray()
    with consultation() as held:
        assert (held.forms, held.phrases) == ((NOTE, LETTER), (PHRASE,))
        walk(held)
        held.revise(EDITED)
        held.approve(EDITED)
        held.deliver(tray)
        letter = drafted(held, LETTER)
        assert [section.heading for section in letter.sections] == ["Brev", "Funn"]
        with pytest.raises(NotApproved):  # each document is approved for itself
            held.deliver(tray)
        held.approve(letter)
        held.deliver(tray)
        assert drafted(held, NOTE) == EDITED  # as the doctor left it
        held.assign("0", Role.RELATED_PERSON)
        assert (
            drafted(held, NOTE).text == EDITED.text
        )  # who said it is told otherwise: what the doctor wrote stands all the same
        assert drafted(held, NOTE, anew=True).empty  # until he wants it anew
        assert drafted(held, LETTER).empty  # in this one he had changed nothing
        with pytest.raises(NoSuchForm):
            list(held.draft(Form("dikt", "nb")))
    assert tray.texts == [EDITED.text, letter.text]


def test_where_to_look_twice_comes_with_a_draft_and_with_every_change(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        *_, draft = held.draft()
        assert isinstance(draft, Drafted) and draft.marks == ()
        (mark,) = held.revise(EDITED)
        assert (mark.concern, mark.statement, mark.written) == (Concern.UNSUPPORTED, 0, "Skrevet av legen.")
        assert held.revise(draft.note) == ()


@pytest.mark.parametrize("writer", [Novelist()])
def test_a_language_model_writes_the_draft_anew_before_the_doctors_eyes(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        _, *writing, draft = held.draft()
    assert isinstance(draft, Drafted)
    headings = [
        [s.heading for s in event.note.sections] for event in (*writing, draft) if isinstance(event, Writing | Drafted)
    ]
    assert headings == [["Anamnese", "Funn"], ["Anamnese 2"], *[["Anamnese 2", "Funn 2"]] * 2]


@pytest.mark.parametrize("writer", [Novelist()])
def test_a_model_is_not_asked_again_for_what_it_has_written(consultation: Opens, writer: Novelist) -> None:
    before = writer.asked
    with consultation() as held:
        list(held.record(Tone()))
        written = [drafted(held, form) for form in (NOTE, LETTER, NOTE)]
    assert written[0] == written[2] != written[1]
    assert writer.asked == before + 2


@pytest.mark.parametrize("writer", [Novelist(WriterSlow(seconds=1))])
def test_where_a_language_model_fails_the_draft_by_rules_stands(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        *_, why, draft = held.draft()
        assert isinstance(draft, Drafted) and why == Unwritten("WriterSlow")
        assert [section.heading for section in draft.note.sections] == ["Anamnese", "Funn"]
        assert Unwritten("WriterSlow") in held.draft()  # asked again, it is tried again


def drafted(held: Consultation, form: Form, *, anew: bool = False) -> Note:
    *_, event = held.draft(form, anew=anew)
    assert isinstance(event, Drafted)
    return event.note


def test_a_draft_says_whether_the_doctor_has_changed_it(consultation: Opens) -> None:
    def own(form: Form) -> bool:
        *_, event = held.draft(form)
        assert isinstance(event, Drafted)
        return event.own

    with consultation() as held:
        list(held.record(Tone()))
        assert not own(NOTE)
        held.revise(EDITED)
        assert (own(LETTER), own(NOTE)) == (False, True)


def test_what_the_doctor_wrote_points_to_the_same_words_when_they_are_told_otherwise(consultation: Opens) -> None:
    with consultation() as held:
        note = walk(held)
        kept = Note((replace(note.sections[0], statements=note.sections[0].statements[1:]),))
        held.revise(kept)
        held.correct(Correction(0.0, 0.5, "1"))  # another voice: the utterances may be numbered anew
        *_, transcribed, event = held.draft()
        assert isinstance(event, Drafted) and isinstance(transcribed, Transcribed)
        texts = {said.id: said.text for said in transcribed.transcript.utterances}
        for statement in event.note.statements:
            assert any(statement.text in texts[place] or texts[place] in statement.text for place in statement.evidence)


@pytest.mark.parametrize("scribe", [Scribe(faulty="marks")])
def test_a_note_that_cannot_be_checked_is_still_the_doctors_to_approve(consultation: Opens) -> None:
    tray = Tray()
    with consultation() as held:
        note = walk(held)
        (mark,) = held.revise(EDITED)
        assert mark.concern is Concern.UNCHECKED and mark.kind.startswith("RuntimeError") and CANARY not in mark.kind
        held.approve(note)
        held.deliver(tray)
    assert tray.texts == [note.text]


@pytest.mark.parametrize("scribe", [Scribe(faulty="draft")])
def test_where_no_draft_can_be_made_the_doctor_writes_the_note(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        *_, event = held.draft()
        assert isinstance(event, Drafted) and event.note.empty and event.note.sections
        assert [mark.concern for mark in event.marks] == [Concern.UNCHECKED]
        held.revise(EDITED)
        held.approve(EDITED)


@pytest.mark.parametrize("writer", [Novelist(RuntimeError("kanarifugl"))])
def test_a_fault_of_the_writers_leaves_the_draft_by_rules(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        *_, why, event = held.draft()
        assert why == Unwritten("WriterError")
        assert isinstance(event, Drafted) and [s.heading for s in event.note.sections] == ["Anamnese", "Funn"]


def transcript(held: Consultation) -> Transcript:
    *_, transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    return transcribed.transcript


@ONE_MICROPHONE
def test_one_microphone_tells_voices_apart_once_the_sound_has_stopped(
    consultation: Opens, diarization: EverySecondWord
) -> None:
    with consultation() as held:
        events = list(held.record(Tone(seconds=12)))
        live = [u.speaker for e in events if isinstance(e, Recognised) for u in e.utterances]
        *waiting, transcribed, _ = held.draft()
    assert set(live) == {""}
    assert isinstance(transcribed, Transcribed)
    assert [u.speaker for u in transcribed.transcript.utterances] == ["0", "1"] * 6
    assert waiting and all(isinstance(event, Attributing) for event in waiting)
    assert diarization.embedded == [WINDOW, 2 * SAMPLE_RATE]
    assert diarization.clustered == [(2, WINDOW, 12 * SAMPLE_RATE)]


@ONE_MICROPHONE
def test_no_word_is_lost_where_voices_cannot_be_told_apart(consultation: Opens, diarization: EverySecondWord) -> None:
    diarization.broken = True
    with consultation() as held:
        list(held.record(Tone(seconds=3)))
        heard = transcript(held)
        assert [(u.speaker, u.role) for u in heard.utterances] == [("", Role.UNKNOWN)] * 3
        assert heard.remarks == (Remark.UNATTRIBUTED,)
        diarization.broken = False
        assert [u.speaker for u in transcript(held).utterances] == ["0", "1", "0"]


def test_an_utterance_that_the_doctor_gives_to_another_voice_is_so_in_the_next_draft(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        second = transcript(held).utterances[1]
        held.correct(Correction.of(second, "7"))
        held.assign("7", Role.INTERPRETER)
        assert [(u.speaker, u.role) for u in transcript(held).utterances] == [
            ("0", Role.PATIENT),
            ("7", Role.INTERPRETER),
            ("0", Role.PATIENT),
        ]
        held.correct(Correction.of(second, "0"))
        assert {u.speaker for u in transcript(held).utterances} == {"0"}


def test_other_words_and_what_does_not_belong_here_are_told_in_the_next_draft(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone(seconds=4)))
        first, second, *_ = transcript(held).utterances
        held.correct(Rewording.of(first, "ingen\nfeber "))
        held.correct(Cut(second.start, second.end))
        told = transcript(held)
        assert [(u.text, u.start) for u in told.utterances][:2] == [("ingen feber", 0.1), (first.text, 2.1)]
        assert told.cuts == ((second.start, second.end),)
        held.correct(Cut(second.start, second.end, undone=True))
        assert [u.start for u in transcript(held).utterances] == [0.1, 1.1, 2.1, 3.1]


def test_a_change_that_no_doctor_means_is_refused_and_nothing_is_lost(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        for change in (Cut(2.0, 1.0), Rewording(0.0, 1.0, "x" * 10_000)):
            with pytest.raises(Malformed):
                held.correct(change)
        assert len(transcript(held).utterances) == 3


def test_a_moment_is_remembered_while_it_records_and_at_no_other_time(consultation: Opens) -> None:
    with consultation() as held:
        held.bookmark()
        list(held.record(Marked(held, seconds=4)))
        held.bookmark()
        list(held.record(Marked(held, seconds=3)))
        assert transcript(held).bookmarks == (2.0, 6.0)


def test_a_pause_drafts_nothing_and_recording_goes_on_after_it(consultation: Opens) -> None:
    with consultation() as held:
        held.pausing()
        assert not any(isinstance(event, Drafted) for event in held.record(Tone(seconds=1)))
        list(held.record(Tone(seconds=2)))
        assert [u.start for u in transcript(held).utterances] == [0.1, 1.1, 2.1]


def test_more_sound_after_a_note_is_in_the_next_draft_with_what_the_doctor_changed(consultation: Opens) -> None:
    with consultation() as held:
        note = walk(held)
        history, findings = note.sections
        changed = replace(history.statements[1], text="Endret av legen.")
        own = Statement("Skrevet av legen.", ())
        held.approve(
            Note((replace(history, statements=(changed, history.statements[2])), replace(findings, statements=(own,))))
        )
        list(held.record(Tone(seconds=2)))
        with pytest.raises(NotApproved):  # what is said now may matter
            held.deliver(Tray())
        *_, event = held.draft()
        assert isinstance(event, Drafted) and event.own
        texts = [[s.text for s in section.statements] for section in event.note.sections]
        heard = history.statements[0].text
        assert texts == [["Endret av legen.", heard, heard, heard], ["Skrevet av legen."]]
        assert [s.evidence for s in event.note.sections[0].statements] == [(1,), (2,), (3,), (4,)]


def test_what_was_approved_is_not_any_more_from_the_first_sound_that_comes_after_it(consultation: Opens) -> None:
    with consultation() as held:
        held.approve(walk(held))
        events = held.record(Tone(seconds=30))
        next(events)
        assert isinstance(events, Generator)
        events.close()  # broken off
        with pytest.raises(NotApproved):
            held.deliver(Tray())


@pytest.mark.parametrize("writer", [Novelist()])
def test_what_the_doctor_changed_is_never_out_of_sight_while_a_language_model_writes(consultation: Opens) -> None:
    with consultation() as held:
        note = walk(held)
        first = note.sections[0]
        held.revise(Note((replace(first, statements=(*first.statements, Statement("Eget.", ()))), *note.sections[1:])))
        list(held.record(Tone(seconds=1)))
        events = [event for event in held.draft() if isinstance(event, Writing | Drafted)]
        assert len(events) == 4
        assert all("Eget." in event.note.text for event in events)


@pytest.mark.parametrize("scribe", [Scribe()])
def test_where_no_fresh_draft_can_be_made_the_doctors_note_stands_as_it_was(
    consultation: Opens, scribe: Scribe
) -> None:
    with consultation() as held:
        note = walk(held)
        held.revise(mine := Note((*note.sections, Section("Eget", (Statement("Eget.", ()),)))))
        scribe.faulty = "draft"
        try:
            list(held.record(Tone(seconds=1)))
            *_, event = held.draft()
        finally:
            scribe.faulty = ""
        assert isinstance(event, Drafted) and event.note.text == mine.text


def test_one_section_is_delivered_without_its_heading(consultation: Opens) -> None:
    tray = Tray()
    with consultation() as held:
        walk(held)
        held.approve(Note((Section("Anamnese", (Statement("En.", ()), Statement("To.", ()))), Section("Funn"))))
        held.deliver(tray, 0)
        held.deliver(tray)
    assert tray.texts == ["En.\nTo.", "Anamnese\nEn.\nTo."]


def test_a_stretch_is_heard_again_as_it_was_recorded_and_not_what_was_cut(consultation: Opens, loud: Loud) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        assert list(held.play(0.5, 1.6)) == [Playing(at) for at in (0.5, 0.75, 1.0, 1.25, 1.5)]
        recorded = np.concatenate([chunk.samples for chunk in Tone().chunks()], axis=1)
        played = np.concatenate(loud.played, axis=1)
        assert played.shape == (1, int(1.1 * SAMPLE_RATE))
        assert np.allclose(played, recorded[:, SAMPLE_RATE // 2 : int(1.6 * SAMPLE_RATE)], atol=1e-4)
        assert max(piece.shape[1] for piece in loud.played) <= SAMPLE_RATE // 4
        loud.played.clear()
        held.correct(Cut(1.0, 2.5))
        assert [event.seconds for event in held.play(0.75, 2.75) if isinstance(event, Playing)] == [0.75, 2.5]
        assert list(held.play(1.2, 2.0)) == list(held.play(90.0, 99.0)) == []


def test_what_is_played_is_broken_off_where_it_is_left(consultation: Opens, loud: Loud) -> None:
    with consultation() as held:
        list(held.record(Tone(seconds=30)))
        playing = held.play(0.0, 30.0)
        next(playing)
        assert isinstance(playing, Generator)
        playing.close()
        assert len(loud.played) < 120
        assert len(list(held.record(Tone(seconds=1)))) > 0


@pytest.mark.parametrize("loud", [Loud(missing=True)])
def test_without_a_loudspeaker_nothing_is_played_and_nothing_is_lost(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        with pytest.raises(LoudspeakerMissing):
            list(held.play(0.0, 2.0))
        assert len(transcript(held).utterances) == 3


def test_what_makes_it_uncertain_who_spoke_is_said(consultation: Opens) -> None:
    with consultation() as held:
        list(held.record(Tone()))
        assert transcript(held).remarks == (Remark.ONE_VOICE,)


def test_steps_out_of_order_are_refused(consultation: Opens) -> None:
    with consultation() as held:
        for step in (
            lambda: list(held.draft()),
            lambda: list(held.play(0.0, 1.0)),
            lambda: held.receipt,
            lambda: held.revise(EDITED),
            lambda: held.approve(EDITED),
        ):
            with pytest.raises(StepOutOfOrder):
                step()
        note = walk(held)
        held.discard()
        for step in (held.discard, held.withdraw, lambda: held.approve(note), lambda: list(held.record(Tone()))):
            with pytest.raises(StepOutOfOrder):
                step()


def test_nothing_happens_while_no_step_is_taken(consultation: Opens) -> None:
    with consultation() as held:
        walk(held)
        assert list(held.idle()) == []
