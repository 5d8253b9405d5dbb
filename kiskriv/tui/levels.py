"""How loud each microphone is, and what is wrong with it: a bar of dBFS, and words for what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.content import Content
from textual.widgets import Static

from kiskriv.locale import mark, text
from kiskriv.transcript import Role
from kiskriv.tui import words
from kiskriv.tui.listening import CLIPS, FLOOR, SPEECH, Ailment, Symptom, Verdict, decibels

VERDICTS: Final = {
    Verdict.WELL: mark("✓ {microphone}: hears you well."),
    Verdict.FAINT: mark("! {microphone}: hears you faintly. Move it closer, or turn it up."),
    Verdict.LOUD: mark("! {microphone}: too loud. Turn it down, or move it away."),
    Verdict.NOTHING: mark("! {microphone}: hears nothing. Is it switched on, and the right one? M chooses another."),
}

AILMENTS: Final = {
    Ailment.SILENT: mark("! NOTHING IS HEARD. Is the microphone switched on? If nobody speaks, all is well."),
    Ailment.DEAD: mark("! {microphone}: this microphone hears nothing. Is it switched on, and plugged in?"),
    Ailment.CLIPPED: mark("! {microphone}: too loud, words may be lost. Turn it down, or move it away."),
}


class Levels(Static):
    """A line for each channel. `roles`: whose microphone is which, as far as that is known."""

    WIDTH: ClassVar = 24

    def __init__(self, roles: Sequence[Role] = ()) -> None:
        super().__init__(id="levels")
        self._roles = roles

    def show(self, peaks: Sequence[float]) -> None:
        """The peak of each channel, in [0, 1]."""
        names = called(self._roles, len(peaks))
        widest = max(map(len, names), default=0)
        self.update(
            Content("\n").join(Content(f"{n:<{widest}} {self._bar(p)}") for n, p in zip(names, peaks, strict=True))
        )

    def _bar(self, peak: float) -> str:
        loud = decibels(peak)
        full = round(self.WIDTH * (1 - loud / FLOOR))
        word = text("too loud") if peak >= CLIPS else text("sound") if loud >= SPEECH else text("silent")
        return f"{'█' * full}{'·' * (self.WIDTH - full)} {word}"


def called(roles: Sequence[Role], channels: int) -> list[str]:
    """The microphones by whom they belong to, or by number; a single one is just that."""
    if channels == 1:
        return [text("Microphone")]
    return [
        words.role(roles[channel], str(channel))
        if channel < len(roles)
        else text("Microphone {number}").format(number=channel + 1)
        for channel in range(channels)
    ]


def judged(roles: Sequence[Role], verdicts: Sequence[Verdict]) -> str:
    """How each microphone heard, and what to do about it: a line each."""
    names = called(roles, len(verdicts))
    return "\n".join(text(VERDICTS[of]).format(microphone=name) for name, of in zip(names, verdicts, strict=True))


def complaints(roles: Sequence[Role], channels: int, symptoms: Sequence[Symptom]) -> str:
    """What is wrong, and what to do about it: a line each; empty where nothing is."""
    names = called(roles, channels)
    return "\n".join(text(AILMENTS[of.ailment]).format(microphone=names[of.channel or 0]) for of in symptoms)
