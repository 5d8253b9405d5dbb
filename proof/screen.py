"""A screen without a picture: it holds one consultation and stops at every moment until it is told how to go on.

`python -m proof.screen hold SOUND SECONDS SEED [silent]` walks the whole road, `find` enters the consultation that another screen left and
discards it; without one it only keeps the house warm. It says HERE and waits for a line before it does anything. Each moment is then one
line of JSON, without the words where it is silent; an answer is `on`, `raise` (a fault in this process, with words in it) or `discard`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

EDITED = 300
"""Words that the doctor writes into the note."""

HELD_BACK = 12.0
"""Seconds of sound that are kept for the time after `recording`, so that words can be waited for."""


class Discarded(Exception):
    """The consultation was ended at this moment, as it was wished."""


class Moments:
    """Says where the consultation stands and hears how it goes on."""

    def __init__(self, *, silent: bool = False) -> None:
        self._silent = silent
        self.heard: dict[str, list[Any]] = {}
        self.noted: list[str] = []

    def take(self, utterances: Any) -> None:
        """Words that came."""
        for utterance in utterances:
            self.heard[utterance.text] = [[w.start, w.end, w.text, w.probability] for w in utterance.words]

    def at(self, moment: str, **facts: Any) -> None:
        """Waits there. Raises Discarded, RuntimeError."""
        line: dict[str, Any] = {"at": moment}
        if not self._silent:
            line |= {"heard": list(self.heard), "words": list(self.heard.values()), "noted": self.noted, **facts}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        match sys.stdin.readline().strip():
            case "on":
                return
            case "discard":
                raise Discarded
            case "raise":
                raise RuntimeError(" ".join((*self.heard, *self.noted)))
            case _:
                os._exit(0)


class Sound:
    """A recording that is given out until shortly before its end, then held until it may go on (a `Source`)."""

    def __init__(self, source: Any, seconds: float, moments: Moments) -> None:
        self._source, self._seconds, self._moments = source, seconds, moments
        self.channels = source.channels

    def chunks(self) -> Iterator[Any]:
        """Up to `seconds`, gapless."""
        from kiskriv.transcript import SAMPLE_RATE, Chunk

        asked = False
        for chunk in self._source.chunks():
            for at in range(0, chunk.samples.shape[1], SAMPLE_RATE // 10):
                begun = (chunk.start + at) / SAMPLE_RATE
                if begun >= self._seconds:
                    return
                yield Chunk(chunk.start + at, chunk.samples[:, at : at + SAMPLE_RATE // 10])
                if not asked and begun > self._seconds - HELD_BACK:
                    if self._moments.heard or begun > self._seconds - 1:
                        asked = True
                        self._moments.at("recording")
                    else:
                        time.sleep(0.03)

    def stop(self) -> None:
        """It ends by itself."""


class Held:
    """Where the approved note goes: it is held there (an `Outlet`)."""

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def deliver(self, note: Any) -> None:
        """Stops with the note in hand."""
        self._moments.at("delivering", octets=len(note.text))


def _hold(desk: Any, moments: Moments, sound: str, seconds: str, seed: str) -> None:
    from kiskriv.note import Statement
    from kiskriv.session import Drafted, Recognised, Transcribed
    from proof.canary import Words

    source = Sound(desk.file(Path(sound)), float(seconds), moments)
    consultation = desk.consultation(source, informed=True)
    with suppress(Discarded), consultation as session:
        try:
            for event in session.record(source):
                if isinstance(event, Recognised):
                    moments.take(event.utterances)
            for event in session.draft():
                if isinstance(event, Transcribed):
                    moments.heard.clear()
                    moments.take(event.transcript.utterances)
                elif isinstance(event, Drafted):
                    note = event.note
            written = Statement(Words(seed, EDITED).text(), ())
            first, *others = note.sections
            note = replace(note, sections=(replace(first, statements=(*first.statements, written)), *others))
            moments.noted = [statement.text for section in note.sections for statement in section.statements]
            session.revise(note)
            moments.at("review")
            session.approve(note)
            session.deliver(Held(moments))
            session.transferred()
        except Discarded:
            session.discard()
    moments.at("ended", receipt=consultation.receipt)


def _find(desk: Any, moments: Moments) -> None:
    from kiskriv.session import State

    found = desk.unfinished()
    if found is not None:
        found.attach()
        standing = found.standing
        moments.take(standing.heard)
        if standing.state is State.RECORDED:
            for event in found.draft():
                if hasattr(event, "transcript"):
                    moments.heard.clear()
                    moments.take(event.transcript.utterances)
        if standing.note is not None:
            moments.noted = [s.text for section in standing.note.sections for s in section.statements]
        moments.at("found", state=standing.state, lost=standing.lost)
        with suppress(Discarded):
            found.discard()
        moments.at("ended", receipt=found.receipt)
    else:
        moments.at("nothing")


def main(way: str, *arguments: str) -> None:
    """0 where it came to an end by itself; a line `{"at": "failed"}` otherwise, with the fault's class."""
    sys.stdout.write("HERE\n")
    sys.stdout.flush()
    sys.stdin.readline()
    from kiskriv.assembly.desk import Desk
    from kiskriv.config import Config, Microphone
    from kiskriv.machine import lock_memory

    lock_memory()
    moments = Moments(silent="silent" in arguments)
    try:
        desk = Desk(replace(Config(), microphone=Microphone(channels=2)))
        desk.load()
        level = {"level": desk.level.value, "swept": desk.swept}
        if way == "hold":
            _hold(desk, moments, *arguments[:3])
        else:
            _find(desk, moments)
        found = desk.look()
        moments.at("left", **level, unfinished=len(found.unfinished), unverified=len(found.unverified))
        desk.close()
    except Exception as fault:
        sys.stdout.write(json.dumps({"at": "failed", "fault": type(fault).__name__}) + "\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])
