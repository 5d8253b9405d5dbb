"""One consultation: the order of the steps, and the erasure that no exit escapes.

    with Session(stages, vault, register) as session:
        for event in session.record(source): ...     # capture -> vault -> ear -> transcriber, live
        for event in session.draft(): ...            # speakers -> note
        session.approve(note)
        session.deliver(outlet)
        session.transferred()
    session.receipt

`opened` is in the ledger before the first sample (`resumed`, where another room died and this one goes on), `ended` after the last trace.
Whatever leaves the block in between (a choice, an error, ctrl-c) erases first. Steps are taken by one thread at a time; only a source's
own `stop` may come from another.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np

from kiskriv.errors import (
    CaptureError,
    ErasureFailed,
    LoudspeakerMissing,
    NoSuchForm,
    NotApproved,
    NothingToApprove,
    StepOutOfOrder,
    WriterError,
    fault_code,
)
from kiskriv.ledger import Opened, Reason, Resumed, new_session_id
from kiskriv.machine import uninterrupted
from kiskriv.note import ANY, Concern, Form, Mark, Note, Phrase
from kiskriv.session import entries, playing, sealed
from kiskriv.session.events import (
    Attributing,
    Behind,
    Captured,
    Drafted,
    Event,
    Missed,
    Playing,
    Recognised,
    Tentative,
    Transcribed,
    Unwritten,
    Writing,
)
from kiskriv.session.hearing import Heard, Hearing
from kiskriv.session.notes import Notes, renewed, revised
from kiskriv.session.said import Said
from kiskriv.session.sealed import Kept
from kiskriv.session.stages import Outlet, Register, Source, Stages, State
from kiskriv.speech.windows import Window, on_the_clock
from kiskriv.transcript import SAMPLE_RATE, Change, Chunk, Findings, Role, Transcript, Word
from kiskriv.vault import Artefact, Erasure, SealedSound, Vault


class Session:
    """A consultation in this process (see `Consultation`). `resumes`: it was opened in another one, which died."""

    def __init__(
        self, stages: Stages, vault: Vault, register: Register, session: str = "", *, resumes: bool = False
    ) -> None:
        self.id = session or new_session_id()
        self.state = State.NEW
        self._stages = stages
        self._vault = vault
        self._register = register
        self._resumes = resumes
        self._sound = SealedSound(vault)
        self.said = Said(stages, vault)
        """What was said, as it is told by now."""
        self._at_work: Hearing | None = None
        self._undone: list[Window] = []
        """Windows that a step left behind when it paused, or was broken off."""
        self._missed: list[Window] = []
        """Windows in which recognition failed."""
        self._recording = self._pausing = False
        self.paused = False
        """The sound was stopped, and is not over."""
        self.drafted_from: Transcript | None = None
        """What was said, as it was told when there last was a draft: its utterances are what the note points to."""
        self.marks: tuple[Mark, ...] = ()
        """Where a doctor should look twice in the note as it stands."""
        self.form = stages.drafter.forms[0]
        """What the note is written in."""
        self._notes = Notes(vault)
        self.findings = Findings()
        """What recognition met on the way, so far."""
        self._behind = 0.0
        self._receipt: str | None = None

    def __repr__(self) -> str:
        return f"<Session {self.id}, {self.state}>"

    def __enter__(self) -> Self:
        self._expect("opening", State.NEW)
        try:
            self._register.opened(self._first_line())
        except BaseException:
            with uninterrupted():  # no session without its first line, and no key without a session
                if self._resumes:  # it is still there, for another room to try
                    self._vault.leave_copy()
                self._erase()
                self._register.never_opened(self.id)
            raise
        self.state = State.OPEN
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.state is not State.ENDED:
            self.end(Reason.FAILED if isinstance(error, Exception) else Reason.INTERRUPTED)

    # -- the steps, in their order ------------------------------------------------------------------------------------------------

    def record(self, source: Source) -> Iterator[Event]:
        """Captures and recognises until the source ends; a lost microphone ends it too, after all that was heard is decoded.

        The next draft says what comes now too, whatever was drafted and approved before.
        """
        self._expect("recording", State.OPEN, State.RECORDED, State.DRAFTED, State.APPROVED)
        if self.state is not State.OPEN:
            self.state = State.RECORDED
        stages, self._recording, self.paused = self._stages, True, False
        lost: CaptureError | None = None
        windows, self._undone = self._undone, []
        with self._hearing(windows) as hearing:
            try:
                for chunk in source.chunks():
                    heard = self._sound.append(chunk.samples)
                    stages.diarizer.listen(Chunk(self._sound.length - heard.shape[1], heard), self._sound)
                    mono = heard.mean(axis=0, keepdims=True, dtype=np.float32)
                    hearing.add(stages.ear.hear(mono))
                    mono.fill(0)
                    levels = tuple(float(max(channel.max(initial=0.0), -channel.min(initial=0.0))) for channel in heard)
                    heard.fill(0)
                    yield Captured(self.seconds, levels, backlog=len(hearing.undone))
                    yield from self._told(hearing.go_on(stages.ear.ahead))
                    yield from self._late(hearing)
            except CaptureError as error:
                lost = error
            finally:
                self._recording = False
            hearing.add(stages.ear.finish())
            self.paused, self._pausing = self._pausing, False
            self._vault.copy(Artefact.AUDIO, sealed.PAUSE if self.paused else sealed.STOP)
            self.state = State.RECORDED
            if self.paused:  # what waits is written down when it goes on, or is drafted: nobody is to wait for it now
                hearing.leave()
            else:
                yield from self._told(hearing.finish())
                yield from self._late(hearing)
        self._pausing = False  # what came too late for this pause is none of the next recording's
        if lost is not None:
            raise lost

    def bookmark(self) -> None:
        """The doctor wants to remember this moment; while no sound is taken in, there is none."""
        if self._recording:
            self.said.bookmark(self.seconds)

    def pausing(self) -> None:
        """The sound that is stopped next is not over. From any thread."""
        self._pausing = True

    def play(self, start: float, end: float) -> Iterator[Event]:
        """Lets the doctor hear a stretch of the recording, without what does not belong here: a piece of it is open at a time."""
        self._expect("playing", State.RECORDED, State.DRAFTED, State.APPROVED)
        if self._stages.loudspeaker is None:
            raise LoudspeakerMissing(problem="none is known here")
        pieces = playing.pieces(start, end, self._sound.length, self.said.cuts)
        opened = (self._sound.read([piece]) for piece in pieces)
        with closing(self._stages.loudspeaker.play(opened)) as heard:
            for _, (at, _) in zip(heard, pieces, strict=False):
                yield Playing(at / SAMPLE_RATE)

    def draft(self, form: Form = ANY, *, anew: bool = False) -> Iterator[Event]:
        """Windows that were missed, once more; speakers and roles for every word; then a note.

        One that the doctor has changed comes as it was left, or, where what was said is told otherwise now, with his changes in a fresh
        draft; unless it is to be made `anew`.
        """
        self._expect("drafting", State.RECORDED, State.DRAFTED, State.APPROVED)
        form = self.forms[0] if form == ANY else form
        if form not in self.forms and self._notes.of(form) is None:
            raise NoSuchForm
        yield from self._told_by_whom()
        left, own = (None, None) if anew else (self._notes.left(form), self._notes.own(form))
        if left is not None:
            self._keep(left)
        else:
            note, code = self._by_rules(form)
            self._keep(own if own is not None and code else renewed(own, note, form), code)
            yield from self._rewritten(form, note, own)
        yield self._drafted()

    def restore(self, kept: Sequence[Kept]) -> Iterator[Event]:
        """What another process of this session had drafted, the newest last, as it was left there: nothing is drafted anew."""
        self._expect("drafting", State.RECORDED, State.DRAFTED, State.APPROVED)
        yield from self._told_by_whom()
        for one in kept:
            self._keep(one)
        yield self._drafted()

    def _told_by_whom(self) -> Iterator[Event]:
        """All that was said, with who said it."""
        if windows := sorted([*self._missed, *self._undone], key=lambda window: window.spans[0]):
            self._missed, self._undone = [], []
            with self._hearing(windows) as hearing:
                yield from self._told(hearing.finish())
        yield from map(Attributing, self._stages.diarizer.settle(self._sound))
        self.paused = False
        before, self.drafted_from = self.drafted_from, self.transcript
        if before is not None and before.utterances != self.drafted_from.utterances:
            self._notes.retold(before, self.drafted_from)
        yield Transcribed(self.drafted_from, self.findings)

    def assign(self, speaker: str, role: Role) -> None:
        """The doctor says who a voice is; `draft` again to let the note follow."""
        self._expect("assigning a role", State.OPEN, State.RECORDED, State.DRAFTED, State.APPROVED)
        self.said.assign(speaker, role)

    def correct(self, change: Change) -> None:
        """The doctor says who spoke, or what, or that it does not belong here; `draft` again to let the note follow. Raises Malformed."""
        self._expect("correcting", State.OPEN, State.RECORDED, State.DRAFTED, State.APPROVED)
        self.said.change(change)

    def extend(self) -> None:
        """Nothing: it has no time limit of its own."""

    def revise(self, note: Note) -> tuple[Mark, ...]:
        """Keeps the draft as the doctor has it now; what was approved before is not approved any more."""
        self._expect("revising", State.DRAFTED, State.APPROVED)
        self._keep(revised(self._notes.of(self.form), note, self.form))
        return self.marks

    def approve(self, note: Note) -> None:
        """The doctor stands by this text: from here on it may leave (R2). A new draft takes the approval back."""
        self._expect("approving", State.DRAFTED, State.APPROVED)
        if note.empty:
            raise NothingToApprove
        self._keep(revised(self._notes.of(self.form), note, self.form))
        self.state = State.APPROVED

    def deliver(self, outlet: Outlet, section: int | None = None) -> None:
        """Hands over the note as it was approved, or one section of it."""
        if self.state is not State.APPROVED:
            raise NotApproved
        outlet.deliver(self.note.text if section is None else self.note.text_of(section))

    def transferred(self) -> None:
        """The doctor confirms that the note is in the journal (R4)."""
        if self.state is not State.APPROVED:
            raise NotApproved
        self.end(Reason.TRANSFERRED)

    def discard(self) -> None:
        """Ends without a note."""
        self.end(Reason.DISCARDED)

    def withdraw(self) -> None:
        """The patient says no (R9)."""
        self.end(Reason.WITHDRAWN)

    def idle(self) -> Iterator[Event]:
        """Nothing: it has no clock of its own."""
        return iter(())

    def detach(self) -> None:
        """Nobody else holds it: it ends."""
        self.end(Reason.INTERRUPTED)

    @property
    def receipt(self) -> str:
        """The proof, in C2SP tlog-proof form, that the end of this session stands in the ledger."""
        if self._receipt is None:
            raise StepOutOfOrder(step="a receipt", state=self.state)
        return self._receipt

    # -- where it stands ----------------------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        """Recorded so far."""
        return self._sound.length / SAMPLE_RATE

    @property
    def spooled(self) -> bool:
        """Whether another process could go on, if this one died now."""
        return self._vault.spooled

    @property
    def transcript(self) -> Transcript:
        """All that was recognised so far, as the doctor has changed it."""
        return self.said.transcript

    @property
    def note(self) -> Note:
        """The draft as it was last made, revised or approved; only after `draft`."""
        kept = self._notes.of(self.form)
        if kept is None:
            raise StepOutOfOrder(step="a note", state=self.state)
        return kept.note

    @property
    def own(self) -> bool:
        """Whether the doctor has changed the note."""
        return self._notes.own(self.form) is not None

    @property
    def forms(self) -> tuple[Form, ...]:
        """What can be drafted; the first is drafted where nothing else is asked for."""
        return self._stages.drafter.forms

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The clinic's own words, for the doctor to put into a note."""
        return self._stages.drafter.phrases

    # -- what the steps are made of -----------------------------------------------------------------------------------------------

    def _first_line(self) -> Opened | Resumed:
        if self._resumes:
            return entries.resumed(self.id, self._vault)
        return entries.opened(self.id, self._stages, self._vault)

    def _expect(self, step: str, *states: State) -> None:
        if self.state not in states:
            raise StepOutOfOrder(step=step, state=self.state)

    @contextmanager
    def _hearing(self, windows: Iterable[Window] = ()) -> Iterator[Hearing]:
        """Recognition for a step; what it leaves undone, because the step was broken off, is kept for the draft."""
        overlaps = self._stages.diarizer.overlaps
        with closing(Hearing(self._stages.transcriber, self._sound, windows, overlaps)) as hearing:
            self._at_work = hearing
            try:
                yield hearing
            finally:
                self._undone += hearing.undone

    def _told(self, results: Iterable[Heard]) -> Iterator[Event]:
        """What was heard, sealed here: the key stays with this thread (one that used it would leave a copy on its stack)."""
        for heard in results:
            start, end = heard.window.spans[0][0] / SAMPLE_RATE, heard.window.spans[-1][1] / SAMPLE_RATE
            if not heard.recognitions:  # its sound is sealed: nothing is lost yet
                self._missed.append(heard.window)
                yield Missed(start, end)
                continue
            words = self._words_of(heard)
            if heard.ahead:
                yield Tentative(self.said.utterances(words))
                continue
            self.findings += heard.recognitions[0].findings
            yield Recognised(self.said.hear(words), heard.seconds)

    def _words_of(self, heard: Heard) -> Sequence[Word]:
        """On the clock of the recording; where two spoke at once, what each said."""
        mixed, *alone = (on_the_clock(recognition.words, heard.window) for recognition in heard.recognitions)
        return self._stages.diarizer.untangled(mixed, alone, heard.window.spans) if alone else mixed

    def _late(self, hearing: Hearing) -> Iterator[Event]:
        """Whether recognition keeps up, where that has changed."""
        behind = hearing.seconds_behind
        if behind != self._behind:
            self._behind = behind
            yield Behind(behind)

    def _by_rules(self, form: Form) -> tuple[Note, str]:
        """The draft by rules; where a fault of ours keeps it from being made, headings alone, and the fault's code: a doctor can write."""
        assert self.drafted_from is not None
        try:
            return self._stages.drafter.draft(self.drafted_from, form), ""
        except Exception as error:
            nothing = Transcript(self.drafted_from.language, ())
            return self._stages.drafter.draft(nothing, form), fault_code(error)

    def _keep(self, kept: Kept, code: str = "") -> None:
        """The note as it stands now, not approved, with the marks that it deserves; `code`: of a fault that was met on the way to it."""
        self._notes.keep(kept)
        self.state, self.form = State.DRAFTED, kept.form
        marks: tuple[Mark, ...] = ()
        try:
            if self.drafted_from is not None:
                marks = self._stages.drafter.marks(kept.note, self.drafted_from)
        except Exception as error:  # a note that cannot be held against what was said is still the doctor's to approve
            code = code or fault_code(error)
        self.marks = (*marks, Mark(Concern.UNCHECKED, None, kind=code)) if code else marks

    def _drafted(self) -> Drafted:
        return Drafted(self.note, self.marks, self.form, self.own)

    def _rewritten(self, form: Form, draft: Note, own: Kept | None) -> Iterator[Event]:
        """The draft as a language model writes it, where there is one; where it fails, or is broken off, the one by rules stands."""
        writer, said = self._stages.writer, self.drafted_from
        if writer is None or said is None:
            return
        note = draft
        self._notes.unfinished(form)
        yield Writing(self.note)
        try:
            with closing(writer.write(said, form, draft)) as pieces:  # whoever breaks off hangs up
                for note in pieces:
                    yield Writing(renewed(own, note, form).note)
        except Exception as error:
            yield Unwritten(type(error if isinstance(error, WriterError) else WriterError()).__name__)
        else:
            self._keep(renewed(own, note, form))

    def end(self, reason: Reason) -> None:
        """Erases, looks again, writes `ended`: one road for every exit, and ctrl-c waits until it is done.

        Raises ErasureFailed before anything else: a log that could not be written either is the smaller trouble.
        """
        self._expect("ending", State.OPEN, State.RECORDED, State.DRAFTED, State.APPROVED)
        with uninterrupted():
            asked = time.monotonic()
            erasure = self._erase()
            self.state = State.ENDED
            try:
                self._receipt = self._register.ended(
                    entries.ended(self.id, self._vault, reason, erasure, time.monotonic() - asked)
                )
            finally:
                if not erasure.verified:
                    raise ErasureFailed(residue=erasure.residue)

    def _erase(self) -> Erasure:
        """Everything that holds material of this session; a holder that fails counts as residue, and stops nobody else.

        The key first: without it what was recorded is noise, whatever takes its time after that.
        """
        self._vault.destroy_key()
        self.drafted_from = None
        self.marks = ()
        self._stages.drafter.forget()
        self._stages.transcriber.abandon()
        if self._stages.writer is not None:
            self._stages.writer.abandon()
        if self._at_work is not None:
            self._at_work.close()
        speakers = failed = 0
        try:
            speakers = self._stages.diarizer.erase()
        except Exception:
            failed = 1
        erasure = self._vault.erase(others={Artefact.SPEAKERS: speakers})
        return replace(erasure, residue=erasure.residue + failed, verified=erasure.verified and not failed)
