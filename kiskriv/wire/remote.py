"""A consultation in another process: the same steps as `Session`, asked for over a line (a `Consultation`).

reception.ask(Open) ──> the host opens a session in a room          attach: the room of a session that is there already
record  draft  ...  ──> the room takes the steps, events come back
transferred  ...    ──> the room erases and ends; reception.ask(Await) ──> receipt
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import NoReturn, Self

from kiskriv.errors import (
    CaptureError,
    EndedElsewhere,
    ErasureFailed,
    Expired,
    KiskrivError,
    Malformed,
    NotApproved,
    PeerGone,
    ProcessError,
    RoomDied,
    StepOutOfOrder,
    TakenOver,
)
from kiskriv.ledger import Ended, Reason, decode
from kiskriv.ledger.receipt import parse
from kiskriv.machine import uninterrupted
from kiskriv.note import ANY, Form, Mark, Note, Phrase
from kiskriv.session import Event, Outlet, Source, State
from kiskriv.transcript import Change, Chunk, Role
from kiskriv.wire import messages as say
from kiskriv.wire.answers import raised
from kiskriv.wire.channel import Channel

Dial = Callable[[], tuple[Channel, say.Welcome]]
"""Calls the host, or starts one. Raises HostUnreachable and what kept it from starting."""

WATCH = 1.0
"""Seconds between two looks at whether there is still a host, while the room is waited for."""

GREETING = 60.0
"""Seconds that a room may take to greet: it may be waiting for a window that another screen's step ends with."""

AGAIN = 5.0
"""Seconds until a host is tried again that could not be started."""

_FINAL = (say.Done, say.Marked, say.Released, say.Failed)


class Reception:
    """The line to the host: calls again where it broke off, since the next host knows what the one before knew."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._line, self.welcome = dial()
        self._again = 0.0

    def close(self) -> None:
        """Hangs up."""
        self._line.close()

    def renew(self) -> None:
        """Sees to it that there is a host: between two questions it says nothing, so a line that can be heard has ended.

        Where none can be started that is tried again, but not at once: the consultation goes on in its room meanwhile.
        """
        if self._line.waiting() and monotonic() > self._again:
            self._line.close()
            try:
                self._line, self.welcome = self._dial()
            except KiskrivError:
                self._again = monotonic() + AGAIN

    def ask(self, question: say.Message) -> say.Message:
        """The host's answer. Raises what it refused with; PeerGone where a host died over an `Open`."""
        try:
            return self._asked(question)
        except PeerGone:
            self._line.close()
            self._line, self.welcome = self._dial()
            if isinstance(question, say.Open):
                raise
            return self._asked(question)

    def _asked(self, question: say.Message) -> say.Message:
        self._line.send(question)
        answer, _ = self._line.receive()
        if isinstance(answer, say.Failed):
            raise raised(answer)
        return answer


class HostMicrophone:
    """The microphone on the host's machine: its sound never comes by this process (a `Source` that a room opens itself).

    `device`: a part of its name; empty: the one of the settings.
    """

    def __init__(self, channels: int, device: str = "") -> None:
        self.channels = channels
        self.device = device
        self._stopped = False
        self._stop: Callable[[], object] | None = None

    def listen(self, stop: Callable[[], object]) -> None:
        """It is on; `stop` ends it."""
        self._stop = stop
        if self._stopped:
            stop()

    def chunks(self) -> Iterator[Chunk]:
        """None that could be had here."""
        raise CaptureError

    def stop(self) -> None:
        """Ends the sound; callable from any thread, any number of times."""
        first, self._stopped = not self._stopped, True
        if first and self._stop is not None:
            self._stop()


class RemoteSession:
    """A consultation that the host opens on entering, or that `attach` found. For one thread, as `Session` is."""

    def __init__(
        self, reception: Reception, dial_room: Callable[[str], Channel], order: say.Open | None, session: str = ""
    ) -> None:
        self._reception = reception
        self._dial_room = dial_room
        self._order = order
        self.id = session
        self._line: Channel | None = None
        self._early: deque[Event] = deque()
        self._closed: say.Closed | None = None
        self._detached = self._pausing = self._looks_on = False

    def __repr__(self) -> str:
        return f"<RemoteSession {self.id or 'new'}>"

    def __enter__(self) -> Self:
        if self._line is not None or self._closed is not None:
            raise StepOutOfOrder(step="opening", state=State.OPEN)
        if self._order is not None:
            answer = self._reception.ask(self._order)
            if not isinstance(answer, say.Opened):
                raise Malformed
            self.id = answer.session
        self.attach()
        return self

    def attach(self) -> None:
        """A line to the room; whoever held it before is let go. Raises PeerGone."""
        self._line = line = self._dial_room(self.id)
        line.send(say.Hello(say.VERSION, say.Caller.SCREEN, ""))
        standing: say.Message | None = None
        while not isinstance(standing, say.Standing):  # first, perhaps, the end of a step that another screen asked for
            if not line.waiting(GREETING):
                line.close()
                raise ProcessError
            standing, _ = line.receive()
        line.trace = bytes.fromhex(standing.trace)
        self.standing = standing
        """Where the consultation stood when this screen came."""
        self._looks_on = standing.recording

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._closed is None and not self._detached:
            self._end(say.End(isinstance(error, Exception)))
        if self._line is not None:
            self._line.close()

    # -- the steps ----------------------------------------------------------------------------------------------------------------------

    def record(self, source: Source) -> Iterator[Event]:
        """See `Consultation`. With a `HostMicrophone` that recorded already when this screen came, the first looks on."""
        here = isinstance(source, HostMicrophone)
        looks_on, self._looks_on = here and self._looks_on, False
        if not looks_on:
            self._send(say.Record(here, source.channels, source.device if isinstance(source, HostMicrophone) else ""))
        try:
            yield from self._halting(self._follow(source) if isinstance(source, HostMicrophone) else self._feed(source))
        finally:
            self._pausing = False

    def bookmark(self) -> None:
        """See `Consultation`."""
        self._send(say.Bookmark())

    def pausing(self) -> None:
        """See `Consultation`. From any thread."""
        self._pausing = True

    def play(self, start: float, end: float) -> Iterator[Event]:
        """See `Consultation`."""
        self._send(say.Play(start, end))
        yield from self._halting(self._events())

    def extend(self) -> None:
        """See `Consultation`."""
        self._send(say.Extend())

    @property
    def forms(self) -> tuple[Form, ...]:
        """See `Consultation`."""
        return self.standing.forms

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """See `Consultation`."""
        return self.standing.phrases

    def draft(self, form: Form = ANY, *, anew: bool = False) -> Iterator[Event]:
        """See `Consultation`."""
        self._send(say.Draft(form, anew))
        yield from self._events()

    def assign(self, speaker: str, role: Role) -> None:
        """See `Consultation`."""
        self._step(say.Assign(speaker, role))

    def correct(self, change: Change) -> None:
        """See `Consultation`."""
        self._step(say.Correct(change))

    def revise(self, note: Note) -> tuple[Mark, ...]:
        """See `Consultation`."""
        marked = self._step(say.Revise(note))
        return marked.marks if isinstance(marked, say.Marked) else ()

    def approve(self, note: Note) -> None:
        """See `Consultation`."""
        self._step(say.Approve(note))

    def deliver(self, outlet: Outlet, section: int | None = None) -> None:
        """The room hands out what was approved, and nothing else; it goes to the outlet from here."""
        released = self._step(say.Release())
        if not isinstance(released, say.Released):
            raise NotApproved
        outlet.deliver(released.note.text if section is None else released.note.text_of(section))

    def transferred(self) -> None:
        """See `Consultation`."""
        self._end(say.Transferred())

    def discard(self) -> None:
        """See `Consultation`."""
        self._end(say.Discard())

    def withdraw(self) -> None:
        """See `Consultation`."""
        self._end(say.Withdraw())

    def idle(self) -> Iterator[Event]:
        """See `Consultation`."""
        while self._early:
            yield self._early.popleft()
        while self._line is not None and self._line.waiting():
            if (event := self._event()) is not None:
                yield event

    def detach(self) -> None:
        """This screen goes; the consultation stays where it is, and records on if its microphone does."""
        self._detached = True
        if self._line is not None:
            self._line.close()

    @property
    def receipt(self) -> str:
        """See `Consultation`."""
        if self._closed is None or self._closed.receipt is None:
            raise StepOutOfOrder(step="a receipt", state=State.OPEN if self._closed is None else State.ENDED)
        return self._closed.receipt

    # -- what they are made of -----------------------------------------------------------------------------------------------------------

    def _feed(self, source: Source) -> Iterator[Event]:
        """Sound from here; what happens there is told between two chunks."""
        chunks, lost = source.chunks(), list[CaptureError]()
        while (chunk := _next(chunks, lost)) is not None:
            channels, length = chunk.samples.shape
            rows = chunk.samples.copy(order="C")
            self._send(say.Sound(channels, length), rows.data.cast("B"))
            rows.fill(0)
            self._reception.renew()
            while self._waiting():
                event = self._event()
                if event is None:
                    return
                yield event
        self._stop()
        yield from self._events()
        if lost:
            raise lost[0]

    def _follow(self, source: HostMicrophone) -> Iterator[Event]:
        source.listen(self._stop)
        yield from self._events()

    def _stop(self) -> None:
        """No more sound; for now, where it pauses."""
        pause, self._pausing = self._pausing, False
        self._send(say.Stop(pause))

    def _halting(self, step: Iterator[Event]) -> Iterator[Event]:
        """The events of a step that is broken off in the room too, where it is left here."""
        finished = False
        try:
            yield from step
            finished = True
        except (GeneratorExit, KeyboardInterrupt, SystemExit):
            raise
        except BaseException:
            finished = True
            raise
        finally:
            if not finished and not self._detached and self._closed is None:
                self._halt()

    def _halt(self) -> None:
        with suppress(KiskrivError):  # there may be nothing left to halt
            self._send(say.Halt())
            while not isinstance(self._receive(), _FINAL):
                pass

    def _events(self) -> Iterator[Event]:
        """Until the step's last answer. Raises what it failed with."""
        while (event := self._event()) is not None:
            yield event

    def _event(self) -> Event | None:
        """The next event; None where the step is done."""
        message = self._receive()
        if isinstance(message, say.Failed):
            raise raised(message)
        if isinstance(message, say.Done | say.Marked | say.Released):
            return None
        if isinstance(message, Event):
            return message
        raise Malformed

    def _step(self, message: say.Message) -> say.Message:
        """A step without events of its own; its last answer. Raises what it failed with."""
        self._send(message)
        while not isinstance(answer := self._receive(), _FINAL):
            if isinstance(answer, Event):
                self._early.append(answer)
        if isinstance(answer, say.Failed):
            raise raised(answer)
        return answer

    def _send(self, message: say.Message, octets: memoryview | bytes = b"") -> None:
        with uninterrupted(), suppress(PeerGone):  # why, is found out where the answer is waited for
            self._open_line().send(message, octets)

    def _receive(self) -> say.Message:
        try:
            message, _ = self._heard(self._open_line())
        except PeerGone:
            self._over()
        if isinstance(message, say.Failed) and message.error == TakenOver.__name__:
            self._detached = True
        return message

    def _heard(self, line: Channel) -> tuple[say.Message, bytearray]:
        """What the room says next. It may be waiting itself, for an engine or for the ledger: so there must be a host."""
        while not line.waiting(WATCH):
            self._reception.renew()
        with uninterrupted():  # half a message, here or in sending, and the two ends would wait for each other for ever
            return line.receive()

    def _waiting(self) -> bool:
        return self._open_line().waiting()

    def _open_line(self) -> Channel:
        if self._line is None or self._closed is not None:
            raise StepOutOfOrder(step="a step", state=State.NEW if self._line is None else State.ENDED)
        return self._line

    def _over(self) -> NoReturn:
        """The line broke off: the room is gone, or it let this screen go. Raises why."""
        try:
            self._dial_room(self.id).close()
        except PeerGone:
            self._settle()
            raise self._why() from None
        self._detached = True
        raise PeerGone

    def _why(self) -> KiskrivError:
        if self._closed is None or self._closed.receipt is None:
            return RoomDied()
        entry = decode(parse(self._closed.receipt).entry)
        return Expired() if isinstance(entry, Ended) and entry.reason is Reason.EXPIRED else EndedElsewhere()

    def _end(self, message: say.Message) -> None:
        """The room erases and ends, and the host writes it down; ctrl-c waits for that."""
        line, answer = self._open_line(), None
        with uninterrupted():
            with suppress(PeerGone):
                line.send(message)
                while not isinstance(answer, _FINAL):
                    answer, _ = self._heard(line)
            if isinstance(answer, say.Failed):
                self._detached = answer.error == TakenOver.__name__
                raise raised(answer)
            self._settle()
        if answer is None and not isinstance(message, say.End):
            raise self._why()

    def _settle(self) -> None:
        """Waits until the host has seen to the end. Raises ErasureFailed, RoomDied, PeerGone where it is not the end."""
        closed = self._reception.ask(say.Await(self.id, self.standing.room))
        if isinstance(closed, say.Opened):  # its room died, and another one goes on: there it can be found
            self._detached = True
            raise PeerGone
        if not isinstance(closed, say.Closed):
            raise Malformed
        self._closed = closed
        if not closed.verified:
            raise ErasureFailed(residue=closed.residue)
        if closed.receipt is None:
            raise RoomDied


def _next(chunks: Iterator[Chunk], lost: list[CaptureError]) -> Chunk | None:
    """None where there are no more; what broke the sound off is laid into `lost`."""
    try:
        return next(chunks, None)
    except CaptureError as error:
        lost.append(error)
        return None
