"""Who said what, and how often it is wrong: two microphones, one microphone, and what it costs to know nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks.speakers import materials
from benchmarks.speakers.clips import CLIPS, real, real_pair
from benchmarks.speakers.materials import Material, demo
from benchmarks.speakers.measures import at_once, error_rate, wrong_words
from benchmarks.speakers.shapes import torchaudio_without_cuda
from benchmarks.speakers.systems import System, Told, one_microphone, one_voice, two_microphones, two_microphones_mixed
from benchmarks.speech.table import table
from kiskriv.speech.diarization import WINDOW
from kiskriv.speech.timbre import Timbre
from kiskriv.transcript import SAMPLE_RATE

PUBLISHED = {"AMI-IHM": 17.0, "AMI-SDM": 19.9, "CALLHOME": 26.7, "DIHARD3": 20.2, "VoxConverse": 11.2}
"""Diarization error rates, %: as the model card of pyannote/speaker-diarization-community-1 gives them, without a collar."""

ABSENT = "not measured"


def rows(found: Iterable[Material], systems: Mapping[str, System | None]) -> Iterator[tuple[object, ...]]:
    """A material each: what it is, then what each system makes of it."""
    for material in found:
        told = [_figures(material, system(material)) if system else ABSENT for system in systems.values()]
        together = f"{at_once(material.turns):.0f}"
        yield material.name, f"{material.seconds:.0f}", material.voices, together, len(material.words) or "-", *told


def _figures(material: Material, told: Told) -> str:
    """Words with the wrong speaker and the diarization error rate, in percent; and the voices told apart."""
    wrong = f"{wrong_words(material.speakers, told.speakers):.1f}" if material.words else "-"
    return f"{wrong} / {error_rate(material, told.turns):.1f} ({told.voices})"


def columns(systems: Iterable[str]) -> tuple[str, ...]:
    """The heads of these."""
    return "wrong words / DER, % (voices told apart)", "s", "voices", "at once, %", "words", *systems


def pyannote(folder: Path, step: float) -> System:
    """pyannote.audio with a clinic's own weights."""
    torchaudio_without_cuda()
    from kiskriv.speech.pyannote_diarization import Pyannote

    return one_microphone(Pyannote(folder), round(step * SAMPLE_RATE))


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clips", type=Path, default=CLIPS, help="where the real clips lie")
    parser.add_argument(
        "--pyannote", type=Path, help="a folder of speaker-diarization-community-1 with its real weights"
    )
    parser.add_argument("--step", type=float, default=1.0, help="seconds from one window of pyannote's to the next")
    chosen = parser.parse_args()
    told_by_timbre = one_microphone(Timbre(), WINDOW)
    mono: dict[str, System | None] = {"timbre": told_by_timbre, "pyannote.audio": None, "one voice": one_voice}
    if chosen.pyannote:
        mono["pyannote.audio"] = pyannote(chosen.pyannote, chosen.step)
    stereo: dict[str, System | None] = {
        "two microphones": two_microphones,
        "neither heard alone": two_microphones_mixed,
        **mono,
    }
    shipped, mixed = demo()
    table(
        "Two microphones; timbre and pyannote.audio hear both mixed",
        columns(stereo),
        rows([shipped, *materials.of_two_microphones(), *real_pair(chosen.clips)], stereo),
    )
    table(
        "One microphone, espeak-ng's voices",
        columns(mono),
        rows([mixed, *materials.of_one_microphone(), materials.many_voices()], mono),
    )
    table("One microphone, real clips", columns(mono), rows(real(chosen.clips), mono))
    if not chosen.clips.is_dir():
        print(f"\nNo real clips: there is no folder {chosen.clips} (--clips FOLDER).")
    if not chosen.pyannote:
        print(
            "\npyannote.audio: not measured, the weights are behind a form (--pyannote FOLDER: a clinic's own folder)."
        )
    published = [(name, f"{rate:.1f}") for name, rate in PUBLISHED.items()]
    table("As the model card of community-1 publishes it, on other data: not measured here", ("", "DER, %"), published)


if __name__ == "__main__":
    main()
