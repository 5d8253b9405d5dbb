"""Small true parts for the road: they keep the protocols of `session/stages.py`, and need no model."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from kiskriv.engine.scheduler import Task
from kiskriv.errors import DeliveryError, LoudspeakerMissing, MicrophoneLost, PeerGone
from kiskriv.note import Concern, Form, Mark, Note, Phrase, Section, Statement
from kiskriv.session import Consultation, Transcriber
from kiskriv.speech.diarization import Octets
from kiskriv.speech.windows import Clip, Span, Urgency, Window
from kiskriv.transcript import SAMPLE_RATE, Chunk, Findings, Recognition, Remark, Role, Samples, Transcript, Turn, Word
from kiskriv.vault import SealedSound
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed
from kiskriv.wire.channel import Channel

CANARY = "kanarifugl"
"""The word that every fake speaks: where it turns up outside, something leaked."""


@dataclass
class Tone:
    """A source of so many seconds of sound; `lost` makes it break off at its end like a microphone that is pulled out."""

    seconds: int = 3
    channels: int = 1
    lost: bool = False
    asked: bool = False

    def chunks(self) -> Iterator[Chunk]:
        self.asked = True
        rng = np.random.default_rng(1)
        for second in range(self.seconds):
            samples = rng.uniform(-0.5, 0.5, (self.channels, SAMPLE_RATE)).astype(np.float32)
            yield Chunk(second * SAMPLE_RATE, samples)
        if self.lost:
            raise MicrophoneLost(seconds=self.seconds)

    def stop(self) -> None:
        self.seconds = 0


class Marked(Tone):
    """The doctor wants to remember its third second."""

    def __init__(self, held: Consultation, seconds: int) -> None:
        super().__init__(seconds)
        self._held = held

    def chunks(self) -> Iterator[Chunk]:
        for second, chunk in enumerate(super().chunks()):
            if second == 2:
                self._held.bookmark()
            yield chunk


class EverySecond:
    """An ear that closes a window for each second."""

    def __init__(self) -> None:
        self._heard = 0

    def hear(self, samples: Samples) -> list[Window]:
        start, self._heard = self._heard, self._heard + samples.shape[1]
        return [Window(((start, self._heard),))]

    @property
    def ahead(self) -> Window | None:
        return None

    def finish(self) -> list[Window]:
        return []


class Parrot:
    """A transcriber that hears one sentence with the canary in each window."""

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        return Recognition((Word(0.1, 0.4, CANARY, 0.9), Word(0.4, 0.6, "feber.", 0.8)), Findings(windows=1))

    def urge(self, urgency: Urgency) -> None:
        pass

    def cease(self) -> None:
        pass

    def abandon(self) -> None:
        pass


class Broken(Parrot):
    """A transcriber that fails, quoting what it heard as careless libraries do."""

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        raise RuntimeError(CANARY)


class AsModel:
    """A transcriber in the place of an engine's model."""

    batch = 1

    def __init__(self, transcriber: Transcriber) -> None:
        self._transcriber = transcriber

    def work(self, tasks: Sequence[Task]) -> Generator[None, None, list[Recognition]]:
        yield
        heard = [self._transcriber.transcribe(task, Urgency.CLOSED) for task in tasks if isinstance(task, Clip)]
        return [recognition for recognition in heard if recognition is not None]

    def reduce(self) -> bool:
        return False


@dataclass
class OneSpeaker:
    """A diarizer that knows one voice, as soon as it has settled, and keeps some octets to erase."""

    kept: bytearray = field(default_factory=lambda: bytearray(b"x" * 10))
    remarks: tuple[Remark, ...] = (Remark.ONE_VOICE,)

    def listen(self, chunk: Chunk, recording: SealedSound) -> None:
        self.kept += b"x"

    def settle(self, recording: SealedSound) -> Iterator[int]:
        return iter(())

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        return ("0",) * len(words)

    def overlaps(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        return ()

    def untangled(
        self, mixed: Sequence[Word], alone: Sequence[Sequence[Word]], spans: Sequence[Span]
    ) -> Sequence[Word]:
        return mixed

    def erase(self) -> int:
        octets = len(self.kept)
        self.kept.clear()
        return octets


NOTE, LETTER = Form("note", "nb"), Form("letter", "nn")
PHRASE = Phrase("Funn", "lunger", "Ingen fremmedlyder.")


@dataclass
class Scribe:
    """A drafter that writes down every utterance, and has its doubts about every statement that rests on none.

    `faulty` in "draft" or "marks": that fails, quoting what was said as careless code does.
    """

    faulty: str = ""
    forgot: bool = False
    digest = "ef" * 32
    forms = (NOTE, LETTER)
    phrases = (PHRASE,)

    def draft(self, transcript: Transcript, form: Form) -> Note:
        if self.faulty == "draft" and transcript.utterances:
            raise RuntimeError(transcript.text)
        first = "Anamnese" if form == NOTE else "Brev"
        patient = [u for u in transcript.utterances if u.role is Role.PATIENT]
        return Note((Section(first, tuple(Statement(u.text, (u.id,)) for u in patient)), Section("Funn")))

    def marks(self, note: Note, transcript: Transcript) -> tuple[Mark, ...]:
        if self.faulty == "marks":
            raise RuntimeError(transcript.text)
        own = [place for place, statement in enumerate(note.statements) if not statement.evidence]
        return tuple(Mark(Concern.UNSUPPORTED, place, written=note.statements[place].text) for place in own)

    def forget(self) -> None:
        self.forgot = True


@dataclass
class Novelist:
    """A writer that adds a section at a time; `trouble` breaks it off after the first."""

    trouble: Exception | None = None
    digest: str = "ab" * 32
    abandoned: bool = False
    asked: int = 0

    def write(self, transcript: Transcript, form: Form, draft: Note) -> Generator[Note]:
        self.asked += 1
        for length in range(1, len(draft.sections) + 1):
            yield Note(tuple(Section(f"{s.heading} 2", s.statements) for s in draft.sections[:length]))
            if self.trouble is not None:
                raise self.trouble

    def abandon(self) -> None:
        self.abandoned = True


@dataclass
class Tray:
    """An outlet that keeps what it was given; `jammed` takes nothing."""

    jammed: bool = False
    texts: list[str] = field(default_factory=list)

    def deliver(self, text: str) -> None:
        if self.jammed:
            raise DeliveryError(problem="jammed")
        self.texts.append(text)


@dataclass
class Loud:
    """A loudspeaker that keeps what it played; in this process, or at the end of a room's line. `missing`: there is none."""

    missing: bool = False
    played: list[Samples] = field(default_factory=list)

    def play(self, pieces: Iterable[Samples]) -> Generator[None]:
        if self.missing:
            raise LoudspeakerMissing(problem="none is connected")
        for piece in pieces:
            self.played.append(piece.copy())
            piece.fill(0)
            yield

    def serve(self, line: Channel) -> None:
        """As the microphone's process does."""
        with line, suppress(PeerGone):
            while True:
                message, octets = line.receive()
                match message:
                    case say.Sound() if self.missing:
                        line.send(failed(LoudspeakerMissing(problem="none is connected")))
                    case say.Sound(channels, length):
                        self.played.append(np.frombuffer(octets, np.float32).reshape(channels, length))
                        line.send(say.Done())


class EverySecondWord:
    """A diarization of two voices that take turns of a second. What it embeds is how many samples there were, a canary and nothing else."""

    batch = 4

    def __init__(self) -> None:
        self.embedded: list[int] = []
        self.clustered: list[tuple[int, int, int]] = []
        self.broken = False

    def embed(self, sounds: Sequence[Samples]) -> list[bytes]:
        if self.broken:
            raise RuntimeError(CANARY)
        self.embedded += [sound.shape[1] for sound in sounds]
        return [f"{CANARY} {sound.shape[1]}".encode() for sound in sounds]

    def cluster(self, embedded: Sequence[Octets], step: int, length: int) -> tuple[Turn, ...]:
        assert all(bytes(octets).startswith(CANARY.encode()) for octets in embedded if len(octets))
        self.clustered.append((len(embedded), step, length))
        return tuple(Turn(s, s + 1.0, str(s % 2)) for s in range(-(-length // SAMPLE_RATE)))
