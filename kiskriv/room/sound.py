"""The sound of a consultation at the other end of a line: a microphone's or a screen's that is heard, a loudspeaker that plays it again.

One process of its own reaches the sound system, for both; every Listen and every Sound that it is told has one answer. While sound is
waited for, whatever ends the session is seen to.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import NoReturn, Protocol

import numpy as np

from kiskriv.errors import LoudspeakerMissing, MicrophoneLost, SourceGone, StepOutOfOrder
from kiskriv.room.porter import Arrival, Came, Heard, Left, Origin, Porter
from kiskriv.session import Continued, Interrupted
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed, raised

MICROPHONE_ENDS = 5.0
"""Seconds in which a microphone that was stopped hands over what it still has."""

MICROPHONE_COMES = 15.0
"""Seconds that a line to a microphone may take."""

PLAYED = 10.0
"""Seconds in which a piece must have been played: some loudspeakers want to be found by radio."""

AHEAD = 1
"""Pieces that are handed over while another one is heard, so that there is no gap between them."""

uptime = partial(time.clock_gettime, getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
"""Seconds that neither a suspended machine nor a changed clock can stop."""


class Halted(Exception):
    """The step that is under way is broken off, at the screen's wish."""


class MicrophoneLine:
    """To the process that reaches the sound system."""

    def __init__(self, porter: Porter) -> None:
        self._porter = porter
        self.there = False
        self.owed = 0
        """Answers that are still to come: one for an earlier Listen or Sound is none to the newest."""

    def meet(self, arrival: Arrival | None) -> None:
        """Takes notice of what comes from there."""
        match arrival:
            case Came(Origin.MICROPHONE):
                self.there, self.owed = True, 0
            case Left(Origin.MICROPHONE):
                self.there, self.owed = False, 0
            case Heard(Origin.MICROPHONE, say.Done() | say.Failed(), _):
                self.owed = max(0, self.owed - 1)

    def want(self) -> None:
        """Asks the host for one, unless there is one."""
        if not self.there:
            self._porter.report(say.Wants(say.Part.MICROPHONE))

    def forsake(self) -> None:
        """Nobody waits for it any more: another one shall take its place."""
        self.there = False

    def listen(self, device: str) -> None:
        """From here on sound comes."""
        self.owed += 1
        self._porter.ask(say.Listen(device))

    def play(self, samples: Samples) -> None:
        """A piece to be heard, shape (1, n), which is wiped."""
        self.owed += 1
        try:
            self._porter.ask(say.Sound(*samples.shape), samples.data.cast("B"))
        finally:
            samples.fill(0)

    def stop(self) -> None:
        """Neither heard nor played any more."""
        self._porter.ask(say.Stop())


class Steps(Protocol):
    """The room, as far as sound needs it. For the thread of the steps."""

    porter: Porter
    microphone: MicrophoneLine

    @property
    def seconds(self) -> float:
        """Recorded so far."""

    def take(self, seconds: float | None = None) -> Arrival | None:
        """The next arrival."""

    def ends(self, arrival: Arrival | None) -> bool:
        """Whether this ends the session."""

    def break_off(self, arrival: Arrival | None) -> NoReturn:
        """The session ends."""

    def greet(self) -> None:
        """A screen came: it is told where the consultation stands."""

    def put_off(self, arrival: Arrival) -> None:
        """It is seen to when the step is over."""

    def pausing(self) -> None:
        """The sound that is stopped now is not over."""


class Wired:
    """The sound of one recording (a `Source`)."""

    def __init__(self, steps: Steps, order: say.Record) -> None:
        self._steps = steps
        self.here, self.channels = order.here, order.channels
        self._device = order.device
        self.recording = False
        """Sound is being taken in."""
        self.interrupted = False
        """The microphone is gone, and waited for."""
        self.over = False
        """No more sound comes."""
        self._stopped: float | None = None
        """When the doctor stopped it, by `uptime`; the microphone may have some sound left."""
        self._heard = 0

    def chunks(self) -> Iterator[Chunk]:
        """What comes until it is stopped. Raises CaptureError."""
        self.recording = True  # also while the microphone is waited for: no screen that comes is told that it is off
        try:
            if not self.here or self._open():
                yield from self._sound()
        finally:
            self.recording = self.interrupted = False
            self.over = True
            if self.here:
                self._steps.microphone.stop()

    def stop(self) -> None:
        """It is stopped by a message."""

    def _sound(self) -> Iterator[Chunk]:
        while True:
            arrival = self._steps.take(None if self._stopped is None else MICROPHONE_ENDS)
            match arrival:
                case Heard(_, say.Sound(channels, length), octets) if self._is_meant(arrival):
                    if self.interrupted:  # its process died, and the next one knows of no loss
                        self._tell(Continued(""))
                    samples = np.frombuffer(octets, np.float32).reshape(channels, length)
                    try:
                        yield Chunk(self._heard, samples)
                    finally:
                        samples.fill(0)
                    self._heard += length
                case Heard(_, say.Sound(), octets):
                    octets[:] = bytes(len(octets))
                case Heard(Origin.SCREEN, message, _) if not self._steps.ends(arrival):
                    if self._is_last(message):
                        return
                case _ if self._is_over(arrival):
                    return

    def _is_meant(self, heard: Heard) -> bool:
        wanted = Origin.MICROPHONE if self.here else Origin.SCREEN
        return (
            heard.origin is wanted and isinstance(heard.message, say.Sound) and heard.message.channels == self.channels
        )

    def _is_last(self, message: say.Message) -> bool:
        """What a screen may say while it records; whether that was the last of the sound."""
        match message:
            case say.Stop(pause):
                if pause:
                    self._steps.pausing()
                if not self.here:
                    return True
                self._stopped = uptime()
                self._steps.microphone.stop()
            case say.Halt():
                raise Halted
            case say.Bookmark() | say.Extend():
                pass
            case _:
                self._steps.porter.say(failed(StepOutOfOrder(step=type(message).__name__, state="recording")))
        return False

    def _is_over(self, arrival: Arrival | None) -> bool:
        """What else can happen while it records; whether that was the last of the sound. Raises CaptureError where it broke off."""
        match arrival:
            case _ if self._steps.ends(arrival):
                self._steps.break_off(arrival)
            case Came(Origin.SCREEN) if self.here:
                self._steps.greet()
            case Came(Origin.SCREEN):
                self._steps.put_off(arrival)
                raise self._gone()
            case Left(Origin.SCREEN) if not self.here:
                raise self._gone()
            case Heard(Origin.MICROPHONE, say.Done(), _) if self.here and not self._steps.microphone.owed:
                return True
            case None | Left(Origin.MICROPHONE) if self._stopped is not None:  # what it still had is all there is
                return arrival is not None or uptime() > self._stopped + MICROPHONE_ENDS
            case Heard(Origin.MICROPHONE, Interrupted() | Continued() as event, _) if self.here:
                self._tell(event)
            case Heard(Origin.MICROPHONE, say.Failed(LoudspeakerMissing.__name__), _):
                pass  # of a piece that was played before
            case Heard(Origin.MICROPHONE, say.Failed() as answer, _) if self.here:
                raise raised(answer)
            case Left(Origin.MICROPHONE) if self.here:  # its process died: another one goes on
                self._tell(Interrupted(0.0))
                return not self._open()
            case Came(Origin.MICROPHONE) if self.here and self._stopped is None:
                self._steps.microphone.listen(self._device)  # in the place of one that did
        return False

    def _gone(self) -> SourceGone:
        return SourceGone(seconds=self._heard // SAMPLE_RATE)

    def _tell(self, event: Interrupted | Continued) -> None:
        """That it is gone, or there again, by the seconds of the whole recording."""
        self.interrupted = isinstance(event, Interrupted)
        told = replace(event, seconds=self._steps.seconds) if isinstance(event, Interrupted) else event
        self._steps.porter.say(told)

    def _open(self) -> bool:
        """Waits for a line to the microphone, then has it listen. False where the doctor stopped meanwhile. Raises MicrophoneLost."""
        steps, until = self._steps, uptime() + MICROPHONE_COMES
        steps.microphone.want()
        while not steps.microphone.there:
            arrival = steps.take(max(0.0, until - uptime()))
            match arrival:
                case _ if steps.ends(arrival):
                    steps.break_off(arrival)
                case Came(Origin.SCREEN):
                    steps.greet()
                case Heard(Origin.SCREEN, message, octets):
                    octets[:] = bytes(len(octets))
                    self._is_last(message)
            if self._stopped is not None:
                return False
            if uptime() > until:
                raise MicrophoneLost(seconds=self._heard // SAMPLE_RATE)
        steps.microphone.listen(self._device)
        return True


class Speaker:
    """Plays in the process that reaches the sound system (a `Loudspeaker`). Whoever comes or goes meanwhile silences it."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    def play(self, pieces: Iterable[Samples]) -> Generator[None]:
        """See `Loudspeaker`."""
        line = self._steps.microphone
        line.want()
        self._wait(lambda: line.there and not line.owed, MICROPHONE_COMES)  # what is still owed is of a recording
        try:
            for piece in pieces:
                line.play(piece)
                self._wait(lambda: line.owed <= AHEAD, PLAYED)
                yield
            self._wait(lambda: not line.owed, PLAYED)
        finally:
            if line.owed:
                line.stop()

    def _wait(self, enough: Callable[[], bool], seconds: float) -> None:
        """Raises LoudspeakerMissing where it takes too long."""
        steps, until = self._steps, uptime() + seconds
        while not enough():
            arrival = steps.take(max(0.0, until - uptime()))
            match arrival:
                case _ if steps.ends(arrival):
                    steps.break_off(arrival)
                case Came(Origin.SCREEN):
                    steps.put_off(arrival)
                    raise Halted
                case Left(Origin.SCREEN) | Heard(Origin.SCREEN, say.Halt(), _):
                    raise Halted
                case Heard(Origin.MICROPHONE, say.Failed(error) as failure, _) if error == LoudspeakerMissing.__name__:
                    raise raised(failure)
                case Left(Origin.MICROPHONE):
                    raise LoudspeakerMissing(problem="the process that plays it has ended")
                case Heard(_, _, octets):
                    octets[:] = bytes(len(octets))
            if uptime() > until:
                steps.microphone.forsake()
                raise LoudspeakerMissing(problem="the sound system does not answer")
