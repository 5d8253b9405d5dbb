"""A consulting room in memory: a desk, a consultation, a sound and an outlet that work, and that write down what was done to them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from types import TracebackType
from typing import Self

import numpy as np

from kiskriv import deliver, machine
from kiskriv.config import Config, Delivery
from kiskriv.errors import CaptureError, KiskrivError, NotApproved, NotInformed, PeerGone, StepOutOfOrder
from kiskriv.ledger import Artefact, ArtefactName, Ended, Fact, Level, Method, Place, Reason, encode
from kiskriv.ledger.receipt import Receipt
from kiskriv.note import ANY, Form, Mark, Note, Phrase, Section, Statement
from kiskriv.preferences import UNCHOSEN, Preferences
from kiskriv.session.events import (
    Attributing,
    Captured,
    Drafted,
    Event,
    Expiring,
    Missed,
    Playing,
    Recognised,
    Transcribed,
)
from kiskriv.session.stages import Outlet, Source, State
from kiskriv.transcript import (
    Change,
    Chunk,
    Correction,
    Cut,
    Findings,
    Remark,
    Rewording,
    Role,
    Transcript,
    Utterance,
    Word,
)
from kiskriv.wire.messages import Closed, Standing
from kiskriv.wire.remote import HostMicrophone

SAID = (
    ("0", "Hva kan jeg hjelpe deg med i dag?"),
    ("1", "Jeg har hatt vondt i halsen i fire dager."),
    ("0", "Har du hatt feber?"),
    ("1", "Nei, ikke feber."),
    ("0", "Tonsillene er røde, uten belegg."),
    ("0", "Dette er trolig en virusinfeksjon. Ta kontakt igjen ved forverring."),
)
ROLES = {"0": Role.PRACTITIONER, "1": Role.PATIENT}
NOTE = Note(
    (
        Section("Anamnese", (Statement("Vondt i halsen i fire dager.", (1,)), Statement("Ikke feber.", (2, 3)))),
        Section("Funn", (Statement("Tonsillene er røde, uten belegg.", (4,)),)),
        Section("Vurdering", ()),
        Section("Tiltak", (Statement("Ta kontakt igjen ved forverring.", (5,)),)),
    )
)
EMPTY = Note(tuple(Section(section.heading) for section in NOTE.sections))


def utterances(said: tuple[tuple[str, str], ...] = SAID) -> tuple[Utterance, ...]:
    """Each four seconds after the one before."""
    return tuple(
        Utterance(
            number,
            ROLES[speaker],
            speaker,
            tuple(
                Word(4 * number + n / 10, 4 * number + (n + 1) / 10, word, 0.9) for n, word in enumerate(text.split())
            ),
        )
        for number, (speaker, text) in enumerate(said)
    )


@dataclass
class Scene:
    """How the consultation goes, and what was done in it."""

    said: tuple[Utterance, ...] = field(default_factory=utterances)
    note: Note = NOTE
    endless: bool = True
    """The sound goes on until it is stopped, as from a microphone; else it ends after a second."""
    fails: dict[str, BaseException] = field(default_factory=dict)
    """Step -> what it raises, each time."""
    steps: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    delivered: list[str] = field(default_factory=list)
    approved: list[Note] = field(default_factory=list)
    sections: list[int | None] = field(default_factory=list)
    """Which of the note's sections were delivered, by place; None: all of it."""
    recalled: deliver.Recalled = deliver.Recalled.CLEARED
    """What becomes of what was delivered, when the consultation ends."""
    place: deliver.Place = deliver.Place.CLIPBOARD
    extendable: bool = True
    """The time limit can be put off, by half an hour."""
    changes: list[Change] = field(default_factory=list)
    """What the doctor corrected."""
    bookmarks: list[float] = field(default_factory=list)
    heard_again: list[tuple[float, float]] = field(default_factory=list)
    """Stretches that were played."""
    enough: threading.Event | None = None
    """What is played goes on until this is set, or it is broken off."""
    test: tuple[float, ...] = (0.02, 0.2, 0.3)
    """Peaks, when the microphone is tested."""
    microphones_there: tuple[str, ...] = ("Bordmikrofon", "Headset")
    kept: list[Preferences] = field(default_factory=list)
    """What the doctor chose on the screen."""
    keeps: bool = True
    opened_from: list[tuple[float, str]] = field(default_factory=list)
    """From which second on, and by which microphone, sound was asked for."""
    revised: list[Note] = field(default_factory=list)
    asked: list[Form] = field(default_factory=list)
    """Forms that were to be drafted."""
    rooms: bool = False
    """The consultation lives elsewhere, and goes on when the screen goes."""
    microphone: bool = False
    """So does the microphone."""
    left: Standing | None = None
    """Where a consultation stands that a screen before this one left."""
    heard: tuple[Event, ...] = ()
    """Told while it records, after what was said."""
    findings: Findings = field(default_factory=Findings)
    missed: tuple[Missed, ...] = ()
    """Told before each draft."""
    microphones: int = 2
    """With one it is not known before the draft who says what."""
    remarks: tuple[Remark, ...] = ()
    """About who said what."""
    marks: tuple[Mark, ...] = ()
    """About the note as it is drafted, and after each change that has marks of its own in `remarked`."""
    remarked: dict[Note, tuple[Mark, ...]] = field(default_factory=dict)
    forms: tuple[Form, ...] = (Form("Journalnotat", "nb"), Form("Journalnotat", "nn"), Form("Henvisning", "nb"))
    phrases: tuple[Phrase, ...] = ()
    own: bool = False
    """What is drafted comes as the doctor left it."""
    writing: tuple[Event, ...] = ()
    """Told while a language model writes."""
    attributed: threading.Event | None = None
    """Who said what is being found out until this is set."""
    busy: int = 0
    """Drafts that get the answer of a step that was under way before."""
    meanwhile: SimpleQueue[Event | KiskrivError] = field(default_factory=SimpleQueue)
    """What happens while no step is taken."""

    def take(self, step: str) -> None:
        """Writes the step down, then fails if it should."""
        self.steps.append(step)
        self.threads.add(threading.get_ident())
        if (error := self.fails.get(step)) is not None:
            raise error

    @property
    def open(self) -> bool:
        """Opened and not ended."""
        return "opened" in self.steps and not any(step.startswith("ended") for step in self.steps)


class Sound:
    """A second of sound, a tenth at a time; then it ends, or waits to be stopped."""

    def __init__(self, scene: Scene, gone: threading.Event | None = None) -> None:
        self._scene = scene
        self._stopped = threading.Event()
        self._gone = gone
        """Nobody hears any more: the sound goes on without this screen."""
        self.channels = scene.microphones

    def chunks(self) -> Iterator[Chunk]:
        self._scene.steps.append("sound on")
        try:
            for start in range(0, 16_000, 1_600):
                yield Chunk(start, np.full((self.channels, 1_600), 0.2, dtype=np.float32))
            patience = time.monotonic() + 30
            while self._scene.endless and not self._stopped.wait(0.01):
                if self._gone is not None and self._gone.is_set():
                    break
                assert time.monotonic() < patience, "nobody stopped the sound"
            if (error := self._scene.fails.get("sound")) is not None:
                raise error
        finally:
            self._scene.steps.append("sound off")

    def stop(self) -> None:
        self._stopped.set()


class Drawer:
    """An outlet that keeps what it is given."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def deliver(self, text: str) -> None:
        self._scene.take("outlet")
        self._scene.delivered.append(text)

    @property
    def place(self) -> deliver.Place:
        return self._scene.place

    def recall(self) -> deliver.Recalled:
        self._scene.steps.append("recalled")
        return self._scene.recalled


def ended(reason: Reason) -> str:
    """A receipt for a session that ended so."""
    artefacts = (Artefact(ArtefactName.AUDIO, 16, 4_194_304), Artefact(ArtefactName.TRANSCRIPT, 8, 1024))
    methods = (Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN, Method.ROOM_ENDED, Method.ENGINE_RECYCLED)
    places = (Place.OWN_MEMORY, Place.LIVING_MEMORY, Place.RUNTIME_FOLDER)
    facts = tuple(fact for fact in Fact if fact is not Fact.FREED_PAGES_ZEROED)
    entry = Ended(
        "ab" * 16, "2026-03-03T13:05:00Z", "cd" * 32, reason, artefacts, methods, Level.B, facts, places, 0, 412, True
    )
    return str(Receipt(encode(entry), 41, (), "a signed checkpoint\n"))


def standing(scene: Scene, state: State = State.NEW, **where: object) -> Standing:
    """Where a consultation of this scene stands."""
    drafted = state in (State.DRAFTED, State.APPROVED)
    whole = Standing(
        session="ab" * 16,
        room=1,
        trace="",
        state=state,
        recording=False,
        here=scene.microphone,
        interrupted=False,
        paused=False,
        lost=False,
        spooled=False,
        seconds=24.0,
        seconds_left=7200.0,
        extendable=scene.extendable,
        heard=scene.said,
        findings=scene.findings,
        transcript=Transcript("no", scene.said, scene.remarks) if drafted else None,
        form=scene.forms[0],
        note=scene.note if drafted else None,
        own=drafted,
        marks=scene.marks if drafted else (),
        forms=scene.forms,
        phrases=scene.phrases,
    )
    return replace(whole, **where)  # type: ignore[arg-type]


class Visit:
    """A consultation in memory, with the order of steps of a real one."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._gone = threading.Event()
        self._paused = False
        self._seconds = 0.0
        if scene.rooms:
            self.standing = scene.left or standing(scene)
        self._roles = dict(ROLES)
        self._speakers: dict[float, str] = {}
        """By the start of the utterance."""
        self._approved: Note | None = None
        self._reason: Reason | None = None

    def __enter__(self) -> Self:
        self._scene.take("opened")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._reason is None and not self._gone.is_set():
            self._end(Reason.FAILED if isinstance(error, Exception) else Reason.INTERRUPTED)
        self._scene.steps.append("left")

    def record(self, source: Source) -> Iterator[Event]:
        self._scene.take("record")
        lost: CaptureError | None = None
        wired = Sound(self._scene, self._gone) if isinstance(source, HostMicrophone) else source
        if isinstance(source, HostMicrophone):
            source.listen(wired.stop)
        try:
            try:
                for number, chunk in enumerate(wired.chunks()):
                    self._seconds = (chunk.start + 1_600) / 16_000
                    yield Captured((chunk.start + 1_600) / 16_000, (0.2, 0.05)[: self._scene.microphones], backlog=0)
                    if number < len(self._scene.said):
                        yield Recognised((self._as_heard(self._scene.said[number]),), 0.1)
                    if number == len(self._scene.said):
                        yield from self._scene.heard
            except CaptureError as error:
                lost = error
        finally:
            self._scene.steps.append("recorded")
        if self._gone.is_set():
            raise PeerGone
        if lost is not None:
            raise lost

    def pausing(self) -> None:
        self._scene.steps.append("pausing")

    def bookmark(self) -> None:
        self._scene.steps.append("bookmark")
        self._scene.bookmarks.append(self._seconds)

    def play(self, start: float, end: float) -> Iterator[Event]:
        self._scene.take("play")
        self._scene.heard_again.append((start, end))
        try:
            yield Playing(start)
            patience = time.monotonic() + 30
            while self._scene.enough is not None and not self._scene.enough.wait(0.01):
                assert time.monotonic() < patience, "nobody broke it off"
                yield Playing(start)
        finally:
            self._scene.steps.append("played")

    def extend(self) -> None:
        self._scene.take("extend")
        self._scene.meanwhile.put(Expiring(2400.0, self._scene.extendable))

    @property
    def forms(self) -> tuple[Form, ...]:
        return self._scene.forms

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        return self._scene.phrases

    def draft(self, form: Form = ANY, *, anew: bool = False) -> Iterator[Event]:
        self._scene.take("draft")
        self._scene.asked.append(form)
        self._paused = False
        if self._scene.busy:
            self._scene.busy -= 1
            return
        yield from self._scene.missed
        if self._scene.attributed is not None:
            yield Attributing(3)
            assert self._scene.attributed.wait(30), "nobody looked at who said what"
        said = tuple(self._corrected(utterance) for utterance in self._scene.said)
        yield Transcribed(self._told(said), self._scene.findings)
        yield from self._scene.writing
        yield Drafted(
            self._scene.note, self._scene.marks, self._scene.forms[0] if form == ANY else form, self._scene.own
        )

    def _told(self, said: tuple[Utterance, ...]) -> Transcript:
        """With the doctor's words, and without what was cut."""
        cuts = list[tuple[float, float]]()
        for change in self._scene.changes:
            match change:
                case Cut(start, end, undone):
                    cuts = [cut for cut in cuts if cut != (start, end)] + ([] if undone else [(start, end)])
                case Rewording(start, end, text):
                    words = tuple(Word(start, end, word, 1.0) for word in text.split())
                    said = tuple(replace(one, words=words) if one.start == start else one for one in said)
        said = tuple(one for one in said if not any(start <= one.start < end for start, end in cuts))
        return Transcript("no", said, self._scene.remarks, tuple(sorted(cuts)), tuple(self._scene.bookmarks))

    def _as_heard(self, utterance: Utterance) -> Utterance:
        return utterance if self._scene.microphones == 2 else replace(utterance, speaker="", role=Role.UNKNOWN)

    def _corrected(self, utterance: Utterance) -> Utterance:
        speaker = self._speakers.get(utterance.start, utterance.speaker)
        return replace(utterance, speaker=speaker, role=self._roles.get(speaker, Role.UNKNOWN))

    def assign(self, speaker: str, role: Role) -> None:
        self._scene.take(f"assign {speaker} {role}")
        self._roles[speaker] = role

    def correct(self, change: Change) -> None:
        (number,) = [said.id for said in self._scene.said if said.start == change.start]
        self._scene.changes.append(change)
        if isinstance(change, Correction):
            self._scene.take(f"correct {number} {change.speaker}")
            self._speakers[change.start] = change.speaker
        else:
            self._scene.take(f"{type(change).__name__.lower()} {number}")

    def revise(self, note: Note) -> tuple[Mark, ...]:
        self._scene.take("revise")
        self._scene.revised.append(note)
        return self._scene.remarked.get(note, ())

    def idle(self) -> Iterator[Event]:
        while not self._scene.meanwhile.empty():
            happened = self._scene.meanwhile.get()
            if isinstance(happened, KiskrivError):
                raise happened
            yield happened

    def detach(self) -> None:
        if not self._scene.rooms:
            if self._reason is not None:
                raise StepOutOfOrder(step="ending", state="ended")
            return self._end(Reason.INTERRUPTED)
        if not self._gone.is_set():
            self._gone.set()
            self._scene.steps.append("detached")

    def approve(self, note: Note) -> None:
        self._scene.take("approve")
        self._approved = note
        self._scene.approved.append(note)

    def deliver(self, outlet: Outlet, section: int | None = None) -> None:
        self._scene.take("deliver")
        if self._approved is None:
            raise NotApproved
        self._scene.sections.append(section)
        outlet.deliver(self._approved.text if section is None else self._approved.text_of(section))

    def transferred(self) -> None:
        if self._approved is None:
            raise NotApproved
        self._end(Reason.TRANSFERRED)

    def discard(self) -> None:
        self._end(Reason.DISCARDED)

    def withdraw(self) -> None:
        self._end(Reason.WITHDRAWN)

    @property
    def receipt(self) -> str:
        if self._reason is None:
            raise StepOutOfOrder(step="a receipt", state="open")
        return ended(self._reason)

    def _end(self, reason: Reason) -> None:
        self._reason = reason
        self._scene.take(f"ended {reason}")


@dataclass(frozen=True)
class NamedModel:
    name: str = "nb-whisper-small"
    digest: str = "ef" * 32


class RoomDesk:
    """A desk for one scene after another (the same, unless the test changes it)."""

    def __init__(
        self,
        scene: Scene,
        *,
        model: str = "nb-whisper-small",
        swept: int = 0,
        fresh: bool = False,
        alarmed: bool = False,
        level: machine.Level = machine.Level.B,
        delivery: Delivery | None = None,
        preferences: Preferences = UNCHOSEN,
        unverified: int = 0,
    ) -> None:
        self.scene = scene
        self.preferences, self.unverified, self.notice = preferences, unverified, "1"
        self.config = Config(delivery=delivery or Delivery())
        self.model = NamedModel(model)
        self.swept = swept
        self.public_key, self.fresh = "kiskriv.internal/0123+89abcdef+AQIDBA==", fresh
        self.alarmed = alarmed
        self.level = level

    def load(self) -> None:
        if (error := self.scene.fails.get("load")) is not None:
            raise error

    def keep(self, preferences: Preferences) -> bool:
        self.scene.kept.append(preferences)
        return self.scene.keeps

    def microphones(self) -> tuple[str, ...]:
        if isinstance(error := self.scene.fails.get("microphones"), KiskrivError):
            raise error
        return self.scene.microphones_there

    def test(self, device: str) -> Generator[tuple[float, ...]]:
        self.scene.take(f"test {device}".strip())
        for peak in self.scene.test:
            yield (peak,) * self.scene.microphones

    def source(self, start: float, device: str) -> Source:
        self.scene.opened_from.append((start, device))
        if isinstance(error := self.scene.fails.get("source"), KiskrivError):
            raise error
        return HostMicrophone(2, device) if self.scene.microphone else Sound(self.scene)

    def unfinished(self) -> Visit | None:
        return Visit(self.scene) if self.scene.left is not None else None

    def receipt(self, session: str) -> Closed:
        if (error := self.scene.fails.get("receipt")) is not None:
            raise error
        return Closed(session, ended(Reason.TRANSFERRED), True, 0, "")

    def clipboard(self, terminal: Callable[[str], object]) -> Outlet:
        return Drawer(self.scene)

    def outlet(self, terminal: Callable[[str], object]) -> Outlet:
        return Drawer(self.scene)

    def consultation(self, source: Source, *, informed: bool) -> Visit:
        assert source.channels == self.scene.microphones
        if not informed:
            raise NotInformed
        return Visit(self.scene)
