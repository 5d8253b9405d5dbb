"""One consultation in this process: the order of the steps, and the erasure that no exit escapes.

    with Session(stages, vault, ledger) as session:
        for event in session.record(source): ...     # capture -> vault -> ear -> transcriber, live
        for event in session.draft(): ...            # speakers -> note
        session.approve(note)
        session.deliver(outlet)
        session.transferred()
    session.receipt

`opened` is in the ledger before the first sample, `ended` after the last trace. Whatever leaves the block in between (a choice, an error,
ctrl-c) erases first. Steps are taken by one thread at a time; only a source's own `stop` may come from another.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum, auto
from types import TracebackType
from typing import Self

import numpy as np

from kiskriv import __version__
from kiskriv.errors import CaptureError, ErasureFailed, LedgerError, NotApproved, NothingToApprove, StepOutOfOrder
from kiskriv.ledger import Artefact as LoggedArtefact
from kiskriv.ledger import ArtefactName, Ended, Ledger, Method, Opened, Reason, new_session_id, timestamp
from kiskriv.machine import uninterrupted
from kiskriv.note import Note
from kiskriv.session import sealed
from kiskriv.session.decoder import Decoder
from kiskriv.session.events import Captured, Drafted, Event, Recognised, Transcribed
from kiskriv.session.stages import Outlet, Source, Stages
from kiskriv.speech.attribution import utterances
from kiskriv.speech.windows import Window, on_the_clock
from kiskriv.transcript import SAMPLE_RATE, Role, Transcript, Utterance, Word
from kiskriv.vault import Artefact, Erasure, SealedSound, Vault


class State(StrEnum):
    """Where a session stands."""

    NEW = auto()
    OPEN = auto()
    RECORDED = auto()
    DRAFTED = auto()
    APPROVED = auto()
    ENDED = auto()


class Session:
    """A consultation in this process (see `Consultation`)."""

    def __init__(self, stages: Stages, vault: Vault, ledger: Ledger) -> None:
        self.id = new_session_id()
        self.state = State.NEW
        self._stages = stages
        self._vault = vault
        self._ledger = ledger
        self._sound = SealedSound(vault)
        self._roles = dict(stages.roles)
        self._decoder: Decoder | None = None
        self._receipt: str | None = None

    def __repr__(self) -> str:
        return f"<Session {self.id}, {self.state}>"

    def __enter__(self) -> Self:
        self._expect("opening", State.NEW)
        try:
            self._ledger.append(
                Opened(
                    session=self.id,
                    time=_now(),
                    commitment=self._vault.commitment,
                    informed=self._stages.informed,
                    kiskriv=__version__,
                    model=self._stages.model,
                )
            )
        except BaseException:
            self._never_opened()
            raise
        self.state = State.OPEN
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.state is not State.ENDED:
            failed = isinstance(error, Exception)
            self._end(Reason.FAILED if failed else Reason.INTERRUPTED)

    # -- the steps, in their order ------------------------------------------------------------------------------------------------

    def record(self, source: Source) -> Iterator[Event]:
        """Captures and recognises until the source ends; a lost microphone ends it too, after all that was heard is decoded."""
        self._expect("recording", State.OPEN, State.RECORDED)
        stages, windows = self._stages, deque[Window]()
        lost: CaptureError | None = None
        with closing(Decoder(stages.transcriber)) as decoder:
            self._decoder = decoder
            try:
                for chunk in source.chunks():
                    self._sound.append(chunk.samples)
                    stages.diarizer.listen(replace(chunk, start=self._sound.length - chunk.samples.shape[1]))
                    windows.extend(stages.ear.hear(chunk.samples.mean(axis=0, keepdims=True, dtype=np.float32)))
                    levels = tuple(float(peak) for peak in np.abs(chunk.samples).max(axis=1))
                    yield Captured(self._sound.length / SAMPLE_RATE, levels, backlog=len(windows) + decoder.busy)
                    yield from self._decode(windows, decoder, wait=False)
            except CaptureError as error:
                lost = error
            windows.extend(stages.ear.finish())
            yield from self._decode(windows, decoder, wait=True)
        self.state = State.RECORDED
        if lost is not None:
            raise lost

    def draft(self) -> Iterator[Event]:
        """Speakers and roles for every word, then a note by the drafter."""
        self._expect("drafting", State.RECORDED, State.DRAFTED, State.APPROVED)
        transcript = self._transcript()
        yield Transcribed(transcript)
        note = self._stages.drafter.draft(transcript)
        self._vault.seal(Artefact.DRAFT, sealed.pack_note(note))
        self.state = State.DRAFTED
        yield Drafted(note)

    def assign(self, speaker: str, role: Role) -> None:
        """The doctor says who a voice is; `draft` again to let the note follow."""
        self._expect("assigning a role", State.OPEN, State.RECORDED, State.DRAFTED, State.APPROVED)
        self._roles[speaker] = role

    def approve(self, note: Note) -> None:
        """The doctor stands by this text: from here on it may leave (R2). A new draft takes the approval back."""
        self._expect("approving", State.DRAFTED, State.APPROVED)
        if note.empty:
            raise NothingToApprove
        self._vault.seal(Artefact.DRAFT, sealed.pack_note(note))
        self.state = State.APPROVED

    def deliver(self, outlet: Outlet) -> None:
        """Hands over the note as it was approved."""
        if self.state is not State.APPROVED:
            raise NotApproved
        with self._vault.last(Artefact.DRAFT) as octets:
            note = sealed.unpack_note(octets)
        outlet.deliver(note)

    def transferred(self) -> None:
        """The doctor confirms that the note is in the journal (R4)."""
        if self.state is not State.APPROVED:
            raise NotApproved
        self._end(Reason.TRANSFERRED)

    def discard(self) -> None:
        """Ends without a note."""
        self._end(Reason.DISCARDED)

    def withdraw(self) -> None:
        """The patient says no (R9)."""
        self._end(Reason.WITHDRAWN)

    @property
    def receipt(self) -> str:
        """The proof, in C2SP tlog-proof form, that the end of this session stands in the ledger."""
        if self._receipt is None:
            raise StepOutOfOrder(step="a receipt", state=self.state)
        return self._receipt

    # -- what the steps are made of -----------------------------------------------------------------------------------------------

    def _expect(self, step: str, *states: State) -> None:
        if self.state not in states:
            raise StepOutOfOrder(step=step, state=self.state)

    def _decode(self, windows: deque[Window], decoder: Decoder, *, wait: bool) -> Iterator[Recognised]:
        """Keeps the decoder busy with one window at a time; with `wait` until none is left.

        A window is opened from the vault when its turn has come, and its words are sealed here: the key stays with this thread (a thread
        that used it would leave a copy on its stack), and of the sound no more than one window is plain.
        """
        while windows or decoder.busy:
            if decoder.busy:
                if not (wait or decoder.done):
                    return
                window, words, seconds = decoder.result()
                words = on_the_clock(words, window)
                self._vault.seal(Artefact.TRANSCRIPT, sealed.pack_words(words))
                yield Recognised(self._utterances(words), seconds)
            if windows and not decoder.busy:
                window = windows.popleft()
                decoder.start(window, self._sound.read_mono(window.spans))

    def _transcript(self) -> Transcript:
        words = [w for octets in self._vault.all(Artefact.TRANSCRIPT) for w in sealed.unpack_words(octets)]
        return Transcript(self._stages.language, self._utterances(words))

    def _utterances(self, words: list[Word]) -> tuple[Utterance, ...]:
        return utterances(words, self._stages.diarizer.attribute(words), self._roles)

    def _end(self, reason: Reason) -> None:
        """Erases, looks again, writes `ended`: one road for every exit, and ctrl-c waits until it is done.

        Raises ErasureFailed before anything else: a log that could not be written either is the smaller trouble.
        """
        self._expect("ending", State.OPEN, State.RECORDED, State.DRAFTED, State.APPROVED)
        with uninterrupted():
            erasure = self._erase()
            self.state = State.ENDED
            try:
                index = self._ledger.append(
                    Ended(
                        session=self.id,
                        time=_now(),
                        reason=reason,
                        commitment=self._vault.commitment,
                        artefacts=tuple(
                            LoggedArtefact(ArtefactName(a.artefact), a.count, a.octets) for a in erasure.artefacts
                        ),
                        methods=tuple(Method(method) for method in erasure.methods),
                        residue=erasure.residue,
                        verified=erasure.verified,
                    )
                )
                self._receipt = self._ledger.receipt(index)
            finally:
                if not erasure.verified:
                    raise ErasureFailed(residue=erasure.residue)

    def _erase(self) -> Erasure:
        """Everything that holds material of this session; a holder that fails counts as residue, and stops nobody else."""
        if self._decoder is not None:
            self._decoder.close()
        speakers = failed = 0
        try:
            speakers = self._stages.diarizer.erase()
        except Exception:
            failed = 1
        erasure = self._vault.erase(others={Artefact.SPEAKERS: speakers})
        return replace(erasure, residue=erasure.residue + failed, verified=erasure.verified and not failed)

    def _never_opened(self) -> None:
        """No session without its first line, and no key without a session."""
        with uninterrupted():
            self._vault.erase()
            with suppress(
                LedgerError
            ):  # where only the very last step of writing failed, the line is there all the same
                if self.id in self._ledger.unaccounted():
                    self._ledger.sweep((self.id,))


def _now() -> str:
    return timestamp(datetime.now(UTC))
