"""The demo consultation: a hand-written script read by two voices, recorded by two microphones.

    python -m synthetic.consultation --out demo

Writes `consultation-stereo.flac` (16 kHz; channel 0 the practitioner's microphone, channel 1 the
patient's), `consultation.flac` (the mono mix) and `consultation.json` (who said what and when, and the
facts that a note must hold). The same script gives the same samples.
"""

import argparse
import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import soundfile

from synthetic.corpus import SENTENCES
from synthetic.espeak import Voice
from synthetic.speech import SAMPLE_RATE, render

Sound = npt.NDArray[np.float32]

ROLES: Final = ("practitioner", "patient")
"""In the order of the channels."""

_SEED: Final = 20
_NEAR: Final = (0.50, 0.36)  # how loud each microphone hears its own speaker
_CROSSTALK_DB: Final = (-13.0, -15.0)  # how much weaker it hears the other one
_CROSSTALK_DELAY: Final = 0.004  # seconds: about 1.4 m between the microphones
_NOISE_DB: Final = (-62.0, -60.0)
_ENDING: Final = 1.2  # seconds of quiet after the last word


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of the script, where it lies in the recording, in seconds."""

    role: str
    text: str
    start: float
    end: float


def read_script() -> dict[str, Any]:
    """The script as written by hand in `sentences/consultation.toml`."""
    with (SENTENCES / "consultation.toml").open("rb") as file:
        return tomllib.load(file)


def perform(script: dict[str, Any]) -> tuple[list[Turn], Sound]:
    """Read the script aloud: the turns, and the dry speech of each role (2, samples)."""
    turns: list[Turn] = []
    placed: list[tuple[int, int, Sound]] = []
    position = 0
    for line in script["utterances"]:
        voice = script["voices"][line["role"]]
        rendered = render(line["text"], Voice(voice["espeak"], voice["rate"], voice["pitch"]))
        if rendered is None:
            raise ValueError(f"espeak lost count of the words in {line['text']!r}")
        utterance, samples = rendered
        start = position + round(line["pause"] * SAMPLE_RATE)
        position = start + utterance.length
        placed.append((ROLES.index(line["role"]), start, samples.astype(np.float32) / np.float32(32768)))
        first = round(start / SAMPLE_RATE + utterance.words[0].start, 2)
        last = round(start / SAMPLE_RATE + utterance.words[-1].end, 2)
        turns.append(Turn(line["role"], utterance.text, first, last))
    speech = np.zeros((len(ROLES), position + round(_ENDING * SAMPLE_RATE)), np.float32)
    for channel, start, sound in placed:
        speech[channel, start : start + len(sound)] = sound
    return turns, speech


def record(speech: Sound) -> Sound:
    """Both microphones (2, samples): the own speaker, the other one weaker and later, a noise floor."""
    generator = np.random.default_rng(_SEED)
    delay = round(_CROSSTALK_DELAY * SAMPLE_RATE)
    microphones = np.zeros_like(speech)
    for channel, near in enumerate(_NEAR):
        other = np.zeros_like(speech[0])
        other[delay:] = speech[1 - channel, :-delay]
        leak = near * 10 ** (_CROSSTALK_DB[channel] / 20)
        floor = generator.standard_normal(speech.shape[1]) * 10 ** (_NOISE_DB[channel] / 20)
        microphones[channel] = near * speech[channel] + leak * other + floor
    return microphones


def mixed(microphones: Sound) -> Sound:
    """One microphone between both speakers: the mean of the two, louder."""
    mono: Sound = np.clip(microphones.mean(0) * np.float32(1.6), -1.0, 1.0)
    return mono


def described(script: dict[str, Any], turns: list[Turn], samples: int) -> dict[str, Any]:
    """What `consultation.json` says."""
    return {
        "language": script["language"],
        "sample_rate": SAMPLE_RATE,
        "duration": round(samples / SAMPLE_RATE, 3),
        "synthetic": True,
        "voices": {role: f"espeak-ng {script['voices'][role]['espeak']}" for role in ROLES},
        "channels": list(ROLES),
        "utterances": [
            {"id": i, "role": t.role, "start": t.start, "end": t.end, "text": t.text} for i, t in enumerate(turns)
        ],
        "facts": script["facts"],
    }


def write(folder: Path) -> None:
    """Make the three files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    script = read_script()
    turns, speech = perform(script)
    microphones = record(speech)
    text = json.dumps(described(script, turns, speech.shape[1]), ensure_ascii=False, indent=1)
    (folder / "consultation.json").write_text(text + "\n", encoding="utf-8")
    for name, sound in (("consultation-stereo", microphones.T), ("consultation", mixed(microphones))):
        path = folder / f"{name}.flac"
        soundfile.write(path, sound, SAMPLE_RATE, subtype="PCM_16", format="FLAC")
        print(f"{path}: {speech.shape[1] / SAMPLE_RATE:.1f} s, {path.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    write(parser.parse_args().out)


if __name__ == "__main__":
    main()
