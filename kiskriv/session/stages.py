"""The doors of the road: what a session asks of its parts, one small protocol each.

Two things stand behind every door already, or will: a microphone or a file, a channel per speaker or one microphone, rules or a
language model, a clipboard or a folder, a session in this process or in another (`Consultation`).
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from kiskriv.deliver.outlet import Place, Recalled
from kiskriv.ledger import Ended, Opened, Resumed
from kiskriv.note import ANY, Form, Mark, Note, Phrase
from kiskriv.session.events import Event
from kiskriv.speech.windows import Clip, Span, Urgency, Window
from kiskriv.transcript import Change, Chunk, Recognition, Remark, Role, Samples, Transcript, Turn, Word

if TYPE_CHECKING:  # it brings numpy along, which a host and a screen start sooner without
    from kiskriv.vault import SealedSound


class State(StrEnum):
    """Where a session stands."""

    NEW = auto()
    OPEN = auto()
    RECORDED = auto()
    DRAFTED = auto()
    APPROVED = auto()
    ENDED = auto()


class Source(Protocol):
    """Where sound comes from."""

    @property
    def channels(self) -> int:
        """1 or 2."""

    def chunks(self) -> Iterator[Chunk]:
        """Sound as it comes, gapless, until it ends or `stop` is called. Raises CaptureError; what was yielded before stands."""

    def stop(self) -> None:
        """Ends `chunks` after the sound captured so far. Callable from any thread, any number of times."""


class Ear(Protocol):
    """Finds speech and packs it into windows, live; the same whatever the sizes of the chunks."""

    def hear(self, samples: Samples) -> list[Window]:
        """Takes the next samples, shape (1, n); returns the windows that they closed."""

    @property
    def ahead(self) -> Window | None:
        """The window that `finish` would return if the sound stopped here; None while that would still change, or there is none."""

    def finish(self) -> list[Window]:
        """Returns the windows that the end of the sound closes, and forgets."""


class Transcriber(Protocol):
    """Turns the windows of one session into words, one at a time. All but `transcribe` may be called from any thread."""

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        """Decodes the clip alone: what it says depends on its sound only. None where `cease` was called meanwhile.

        Raises RecogniserFailed where it cannot be done, now or ever.
        """

    def urge(self, urgency: Urgency) -> None:
        """The clip at work is wanted sooner than was said."""

    def cease(self) -> None:
        """The words of the clip at work are not wanted any more: `transcribe` returns soon."""

    def abandon(self) -> None:
        """Nobody wants any words any more: a `transcribe` that waits for another process raises, for good."""


class Diarizer(Protocol):
    """Knows who speaks: listens while recording, answers per word. Voices are numbered labels; no voiceprint outlives it (R28)."""

    def listen(self, chunk: Chunk, recording: SealedSound) -> None:
        """Takes the next chunk, which is sealed already. Never waits."""

    def settle(self, recording: SealedSound) -> Iterator[int]:
        """The sound has stopped: waits for what is still to be found out, but not for ever.

        While it waits it says, several times a second, how many windows are left. May be called again; never raises.
        """

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        """A speaker's label for each word, as far as it is known by now; "" where it is not."""

    def overlaps(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """Stretches of these spans in which both microphones have a speaker of their own: depends on no later sound."""

    def untangled(
        self, mixed: Sequence[Word], alone: Sequence[Sequence[Word]], spans: Sequence[Span]
    ) -> Sequence[Word]:
        """What was said in these spans, as recognised in both microphones mixed and in each alone: depends on no later sound."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Why it may be uncertain who said what, by now."""

    def erase(self) -> int:
        """Overwrites all that was kept; returns how many octets that was."""


class Speakers(Protocol):
    """Tells voices apart for one session, a window at a time (see `speech.diarization`). All but `cluster` and `embed` from any thread."""

    def embed(self, clip: Clip, urgency: Urgency) -> bytearray:
        """What is heard of voices in the clip. Raises RecogniserFailed where it cannot be done."""

    def cluster(self, embedded: Sequence[bytearray], step: int, length: int) -> tuple[Turn, ...]:
        """Who spoke when. Raises RecogniserFailed."""

    def urge(self, urgency: Urgency) -> None:
        """The clip at work is wanted sooner than was said."""

    def abandon(self) -> None:
        """Nobody wants to know any more: whoever waits is let go, for good."""


class Drafter(Protocol):
    """Proposes a note: only from what was said, each statement with its evidence."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what it works by: the ledger names it, so that a clinic knows when to validate again (R24)."""

    @property
    def forms(self) -> tuple[Form, ...]:
        """What it can write, by the names of the templates; the first is the one that it chooses itself."""

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The clinic's own words, for a doctor to put into a note."""

    def draft(self, transcript: Transcript, form: Form) -> Note:
        """Proposes a note in one of `forms`. Nothing said, nothing written."""

    def marks(self, note: Note, transcript: Transcript) -> tuple[Mark, ...]:
        """Where this note, whoever wrote it, says what was not said, or leaves out what matters."""

    def forget(self) -> None:
        """Drops what it keeps of the transcript that it read last."""


class Writer(Protocol):
    """A language model that writes the note anew: what it says is held against what was said, like everybody's words."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of its prompt and its model."""

    def write(self, transcript: Transcript, form: Form, draft: Note) -> Generator[Note]:
        """What it has written so far, again and again; the last is complete. Raises WriterError: the draft by rules stands."""

    def abandon(self) -> None:
        """Nobody wants it any more: who waits is let go, for good. From any thread."""


class Outlet(Protocol):
    """Where an approved note goes."""

    @property
    def place(self) -> Place:
        """What that is, as far as it is known by now."""

    def deliver(self, text: str) -> None:
        """Raises DeliveryError; the note is then still with the session."""

    def recall(self) -> Recalled:
        """Takes back what still lies where it was delivered, and is only lent to that place."""


class Loudspeaker(Protocol):
    """Where a stretch of the recording is heard again."""

    def play(self, pieces: Iterable[Samples]) -> Generator[None]:
        """Plays one piece after the other, shape (1, n), asks for each when it is needed, and wipes it.

        Yields when one begins to be heard, and ends when all were; stops at once when it is closed. Raises LoudspeakerMissing.
        """


class Register(Protocol):
    """Where it is written down that a session began and ended: a ledger in this process, or one behind a line."""

    def opened(self, entry: Opened | Resumed) -> None:
        """Returns when the entry is on the disk. Raises LedgerError; nothing may be recorded then."""

    def never_opened(self, session: str) -> None:
        """`opened` failed, or was interrupted: accounts for the session if the entry is there all the same."""

    def ended(self, entry: Ended) -> str | None:
        """Adds what it knows of machine and processes. The receipt, where the entry stands already. Raises LedgerError."""


@dataclass(frozen=True)
class Stages:
    """The parts of one session, fresh for each. `roles` says which role a speaker's label is first taken for."""

    ear: Ear
    transcriber: Transcriber
    diarizer: Diarizer
    drafter: Drafter
    roles: Mapping[str, Role]
    language: str
    model: str
    """SHA-256 of the model's manifest entry: goes into the ledger (R24)."""
    informed: str
    """Version of the notice that the doctor confirmed the patient has had (R9)."""
    writer: Writer | None = None
    loudspeaker: Loudspeaker | None = None


class Consultation(Protocol):
    """The steps of one consultation, in this process or elsewhere. Leaving the block ends it, and ending is erasing."""

    @property
    def forms(self) -> tuple[Form, ...]:
        """What can be drafted; the first is drafted where nothing else is asked for. Only after entering."""

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """The clinic's own words for a doctor to put into a note. Only after entering."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def record(self, source: Source) -> Iterator[Event]:
        """Captures and recognises until the source ends. May be called again to go on, with the same number of channels."""

    def bookmark(self) -> None:
        """The doctor wants to remember this moment; while it records."""

    def pausing(self) -> None:
        """The sound that is stopped next is not over: it pauses, and a screen that comes is told so."""

    def play(self, start: float, end: float) -> Iterator[Event]:
        """Lets the doctor hear what was recorded from `start` to `end`, in seconds, until it is over or closed; not what was cut.

        No sound comes by the screen.

        Raises LoudspeakerMissing.
        """

    def draft(self, form: Form = ANY, *, anew: bool = False) -> Iterator[Event]:
        """Speakers, then a draft note. May be called again after `assign`, `correct` or more sound, or for another form.

        What the doctor has changed in it stays, in a fresh draft where what was said is told otherwise by now; `anew`: it goes.
        """

    def assign(self, speaker: str, role: Role) -> None:
        """The doctor says who a voice is (R28)."""

    def correct(self, change: Change) -> None:
        """The doctor says who spoke there, or what (R28, R29). `draft` again to let the note follow."""

    def extend(self) -> None:
        """Puts the time limit off, as far as the clinic lets it (R15); in the middle of any step. `Expiring` alone says how far."""

    def revise(self, note: Note) -> tuple[Mark, ...]:
        """Keeps the draft as the doctor has it now; returns where to look twice. It is a draft again, if it was approved."""

    def approve(self, note: Note) -> None:
        """The doctor stands by this text, edited or not (R2)."""

    def deliver(self, outlet: Outlet, section: int | None = None) -> None:
        """Hands the approved note over, or one section of it, by its place. May be called again, until the session ends."""

    def transferred(self) -> None:
        """The doctor confirms that the note is in the journal: ends the session."""

    def discard(self) -> None:
        """Ends the session without a note."""

    def withdraw(self) -> None:
        """The patient does not want this after all: ends the session (R9)."""

    def idle(self) -> Iterator[Event]:
        """What happened while no step was taken: the time limit comes near. Raises Expired and the like where the session is over."""

    def detach(self) -> None:
        """The screen goes away. A session elsewhere goes on without it, and leaving the block does not end it; one in this process ends."""

    @property
    def receipt(self) -> str:
        """The proof that the end stands in the ledger. Raises StepOutOfOrder before the end."""
