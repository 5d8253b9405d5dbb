"""Who speaks, told from one microphone: windows go out while it records, and are clustered when the sound has stopped.

    listen   the next whole window, if none is at work        settle   the rest of the sound ──> all windows clustered ──> turns
                                                                        │ too late, or it failed: words have no speaker, and a remark
                                                                        └ asked again, it goes on where it was

One window's sound is open at a time, in the thread that waits for the answer; what comes back is kept here, and ends here (R28).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from time import monotonic
from typing import Final

import numpy as np

from kiskriv.machine import uninterrupted
from kiskriv.session.stages import Speakers
from kiskriv.speech.attribution import relabelled, speakers
from kiskriv.speech.diarization import WINDOW, windows
from kiskriv.speech.windows import Clip, Span, Urgency
from kiskriv.transcript import SAMPLE_RATE, Chunk, Remark, Turn, Word
from kiskriv.vault import SealedSound

PATIENCE: Final = 10.0
"""Seconds that are waited for speakers at most, once the sound has stopped."""

GLANCE: Final = 0.2
"""Seconds between two looks at whether an answer is there."""

MANY: Final = 4
"""Voices that a consultation has at most, as a rule: doctor, patient, relative, interpreter."""

FULL_SCALE: Final = 0.999
"""Samples beyond this are cut off."""

CLIPPED: Final = 0.001
"""This share of the samples is too many of them."""

Told = bytearray | tuple[int, tuple[Turn, ...]]
"""What became of a window; or of all of them, up to which length."""


class Voices:
    """A `Diarizer` for one microphone. `step`: samples from one window to the next. `clock` tells seconds."""

    def __init__(self, speakers: Speakers, step: int, clock: Callable[[], float] = monotonic) -> None:
        self._speakers = speakers
        self._step = step
        self._clock = clock
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="speakers")
        self._work: Future[Told] | None = None
        self._window: Span | None = None
        """The one at work; None for all together."""
        self._embedded: dict[Span, bytearray] = {}
        """By window; empty where it could not be looked at."""
        self._whole = 0
        """Windows begun with while the sound went on."""
        self._turns: tuple[Turn, ...] | None = None
        self._known: tuple[Turn, ...] = ()
        """The last that there were, by which a voice keeps its label."""
        self._length = -1
        """Samples of the recording that the turns are told from, or are to be."""
        self._failed = False
        self._heard = self._cut = 0

    def __repr__(self) -> str:
        return f"<Voices, {len(self._embedded)} windows>"

    def listen(self, chunk: Chunk, recording: SealedSound) -> None:
        """See `Diarizer`."""
        self._heard += chunk.samples.size
        self._cut += int(np.count_nonzero(np.abs(chunk.samples) > FULL_SCALE))
        self.follow(recording)

    def follow(self, recording: SealedSound) -> None:
        """Takes what is done, and begins with the next whole window that is recorded. Never waits."""
        self._take()
        while (span := (start := self._whole * self._step, start + WINDOW)) in self._embedded:
            self._whole += 1
        if self._work is None and start + WINDOW <= recording.length:
            self._embed(span, recording, Urgency.CLOSED)
            self._whole += 1

    def settle(self, recording: SealedSound) -> Iterator[int]:
        """See `Diarizer`."""
        until = self._clock() + PATIENCE
        spans = windows(recording.length, self._step)
        self._take()
        known = self._turns if self._length == recording.length else None
        if known is None or self._deaf:
            self._turns, self._length = None if spans else (), recording.length
        self._embedded = {span: octets for span, octets in self._embedded.items() if octets}  # what failed, once more
        self._failed = False
        if self._work is not None:
            self._speakers.urge(Urgency.TAIL)
        while self._turns is None and not self._failed and self._clock() < until:
            left = [span for span in spans if span not in self._embedded]
            if self._work is not None:
                wait([self._work], timeout=GLANCE)
                self._take()
            elif left:
                self._embed(left[0], recording, Urgency.TAIL)
            elif any(self._embedded[span] for span in spans):
                self._cluster([self._embedded[span] for span in spans])
            else:
                self._failed = True
            yield len(left)
        if self._turns is None:
            self._turns = known

    def attribute(self, words: Sequence[Word]) -> tuple[str, ...]:
        """See `Diarizer`. Words of which nothing could be listened to have no speaker."""
        labels = speakers(words, self._turns or ())
        deaf = self._deaf
        if not deaf:
            return labels
        return tuple("" if _within(word, deaf) else label for word, label in zip(words, labels, strict=True))

    def overlaps(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        """There is one microphone."""
        return ()

    def untangled(
        self, mixed: Sequence[Word], alone: Sequence[Sequence[Word]], spans: Sequence[Span]
    ) -> Sequence[Word]:
        """There is one microphone."""
        return mixed

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """See `Diarizer`."""
        clipped = (Remark.CLIPPED,) if self._cut > CLIPPED * self._heard else ()
        if not self._turns:
            return (Remark.UNATTRIBUTED, *clipped) if self._length else clipped
        voices = len({turn.speaker for turn in self._turns})
        found = (
            (Remark.PARTLY, bool(self._deaf)),
            (Remark.ONE_VOICE, voices == 1),
            (Remark.MANY_VOICES, voices > MANY),
        )
        return (*(remark for remark, true in found if true), *clipped)

    def erase(self) -> int:
        """See `Diarizer`. Waits for the window at work, whose sound is then wiped."""
        with uninterrupted():
            self._speakers.abandon()
            self._thread.shutdown(wait=True)
            self._take()
            octets = sum(map(len, self._embedded.values()))
            for embedded in self._embedded.values():
                embedded[:] = bytes(len(embedded))
            self._embedded, self._turns, self._known = {}, None, ()
            return octets

    @property
    def _deaf(self) -> list[Span]:
        """What no window was listened to that could be, where it is known who spoke otherwise."""
        if self._turns is None:
            return []
        heard = [span for span in windows(self._length, self._step) if self._embedded.get(span)]
        edges = [0, *(edge for span in heard for edge in span), self._length]
        return [(end, start) for end, start in zip(edges[::2], edges[1::2], strict=True) if end < start]

    def _embed(self, span: Span, recording: SealedSound, urgency: Urgency) -> None:
        clip = Clip(recording.read([span]), (span[1] - span[0],))

        def embed() -> Told:
            try:
                return self._speakers.embed(clip, urgency)
            finally:
                clip.wipe()

        try:
            self._window, self._work = span, self._thread.submit(embed)
        except BaseException:
            clip.wipe()
            raise

    def _cluster(self, embedded: Sequence[bytearray]) -> None:
        length = self._length
        self._window = None
        self._work = self._thread.submit(lambda: (length, self._speakers.cluster(embedded, self._step, length)))

    def _take(self) -> None:
        """What was at work, once it is done. A window that failed is as good as silence; what the error says is not for anyone."""
        if self._work is None or not self._work.done():
            return
        work, self._work = self._work, None
        failed = work.cancelled() or work.exception() is not None
        if self._window is not None:
            self._embedded[self._window] = bytearray()
        match None if failed else work.result():
            case bytearray() as embedded if self._window is not None:
                self._embedded[self._window] = embedded
            case (length, turns):
                if length == self._length:
                    self._turns = self._known = relabelled(turns, self._known)
            case _:
                self._failed = self._window is None


def _within(word: Word, spans: Sequence[Span]) -> bool:
    middle = (word.start + word.end) / 2 * SAMPLE_RATE
    return any(start <= middle < end for start, end in spans)
