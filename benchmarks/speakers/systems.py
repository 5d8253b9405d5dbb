"""Who tells them apart: what a session has for it, at work on a material, and its answer as the screen would show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from benchmarks.speakers.materials import Material, speech_in
from kiskriv.speech.attribution import speakers, utterances
from kiskriv.speech.channels import Channels
from kiskriv.speech.diarization import Diarization, windows
from kiskriv.speech.vad import VadSettings
from kiskriv.transcript import SAMPLE_RATE, Chunk, Samples, Turn, Word

PIECE = SAMPLE_RATE // 4
"""Samples of speech that two microphones are asked about, where it is asked when somebody speaks: they know words, not turns."""


@dataclass(frozen=True)
class Told:
    """`turns` may overlap; `speakers` of the material's words, after the islands among them are smoothed."""

    turns: tuple[Turn, ...]
    speakers: tuple[str, ...]

    @property
    def voices(self) -> int:
        """How many were told apart."""
        return len({turn.speaker for turn in self.turns})


System = Callable[[Material], Told]


def two_microphones(material: Material) -> Told:
    """`Channels`: who is louder; and where it says that both speak, a session hears each microphone alone.

    So there a word's microphone is taken to be known. For turns, speech is cut to pieces; where both speak, both do.
    """
    channels = listened(material.sound)
    both = [
        (start / SAMPLE_RATE, end / SAMPLE_RATE)
        for start, end in channels.overlaps(speech_in(material.mono, VadSettings.pad))
    ]
    words = [
        replace(word, channel=int(speaker)) if _within((word.start + word.end) / 2, both) else word
        for word, speaker in zip(material.words, material.speakers, strict=True)
    ]
    return Told((*_turns(channels, material.mono, both),), shown(words, channels.attribute(words)))


def two_microphones_mixed(material: Material) -> Told:
    """The same, where no microphone is ever heard alone."""
    channels = listened(material.sound)
    return Told((*_turns(channels, material.mono, []),), shown(material.words, channels.attribute(material.words)))


def one_microphone(model: Diarization, step: int) -> System:
    """`model` on the mean of the microphones, `step` samples from one window to the next."""

    def tell(material: Material) -> Told:
        turns = model.cluster(embedded(model, material.mono, step), step, material.sound.shape[1])
        return Told(turns, shown(material.words, speakers(material.words, turns)))

    return tell


def one_voice(material: Material) -> Told:
    """Everything is said by the same: what it costs to know nothing."""
    spans = speech_in(material.mono)
    turns = tuple(Turn(start / SAMPLE_RATE, end / SAMPLE_RATE, "0") for start, end in spans)
    return Told(turns, ("0",) * len(material.words))


def listened(sound: Samples) -> Channels:
    """Two microphones' sound, heard a tenth of a second at a time."""
    channels = Channels()
    for start in range(0, sound.shape[1], SAMPLE_RATE // 10):
        channels.listen(Chunk(start, sound[:, start : start + SAMPLE_RATE // 10].copy()))
    return channels


def embedded(model: Diarization, mono: Samples, step: int) -> list[bytes]:
    """All windows, as many at a time as the model takes."""
    sounds = [mono[:, start:end] for start, end in windows(mono.shape[1], step)]
    batches = [sounds[at : at + model.batch] for at in range(0, len(sounds), model.batch)]
    return [octets for batch in batches for octets in model.embed(batch)]


def shown(words: Sequence[Word], labels: Sequence[str]) -> tuple[str, ...]:
    """Each word's speaker in the transcript."""
    told = {id(word): utterance.speaker for utterance in utterances(words, labels, {}) for word in utterance.words}
    return tuple(told[id(word)] for word in words)


def _turns(channels: Channels, mono: Samples, both: Sequence[tuple[float, float]]) -> Iterator[Turn]:
    pieces = [(at, min(at + PIECE, end)) for start, end in speech_in(mono) for at in range(start, end, PIECE)]
    asked = [Word(start / SAMPLE_RATE, end / SAMPLE_RATE, "", 1.0) for start, end in pieces]
    for piece, label in zip(asked, channels.attribute(asked), strict=True):
        yield Turn(piece.start, piece.end, label)
        for start, end in both:
            first, last = max(piece.start, start), min(piece.end, end)
            if first < last:
                yield Turn(first, last, "1" if label == "0" else "0")


def _within(at: float, stretches: Sequence[tuple[float, float]]) -> bool:
    return any(start <= at < end for start, end in stretches)
