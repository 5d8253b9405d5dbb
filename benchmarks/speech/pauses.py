"""How long people pause: what is decoded ahead at each pause, and then thrown away, depends on how long one waits for it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.speech.table import table
from kiskriv.capture import LIVE_CHUNK, AudioFile
from kiskriv.speech.live import Listener
from kiskriv.speech.vad import VadSettings
from kiskriv.transcript import SAMPLE_RATE
from kiskriv.weights import demo_material

WAITED = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Seconds of pause after which the open window is decoded ahead."""

SPEECH = Path(__file__).parents[3] / "shared" / "data" / "speech"
SOUNDS = {
    "the demo consultation": demo_material() / "consultation.flac",
    "doctor and patient, English (canvas-hyperscribe)": SPEECH / "canvas-hyperscribe" / "lab-order-hypertension.mp3",
    "a meeting, English (AMI dev00)": SPEECH / "pyannote" / "dev00.wav",
}


def counted(sound: Path, waited: float) -> tuple[int, int, float]:
    """Windows that are decoded ahead, windows that are closed, and seconds of sound."""
    listener = Listener(settings=VadSettings(pad=int(waited / 2 * SAMPLE_RATE)))
    closed, ahead, samples = 0, set(), 0
    for chunk in AudioFile(sound).chunks():
        mono = chunk.samples.mean(axis=0, keepdims=True)
        for at in range(0, mono.shape[1], LIVE_CHUNK):
            closed += len(listener.hear(mono[:, at : at + LIVE_CHUNK]))
            ahead.add(listener.ahead)
        samples += mono.shape[1]
    return len(ahead - {None}), closed + len(listener.finish()), samples / SAMPLE_RATE


def main() -> None:
    """Prints the table."""
    columns = ("", "sound, s", "windows", *(f"ahead after {waited} s" for waited in WAITED))
    rows = []
    for name, sound in SOUNDS.items():
        if sound.is_file():
            found = [counted(sound, waited) for waited in WAITED]
            _, windows, seconds = found[WAITED.index(0.8)]
            rows.append((name, f"{seconds:.0f}", windows, *(ahead for ahead, _, _ in found)))
    table("Windows decoded ahead, by how long a pause must last", columns, rows)


if __name__ == "__main__":
    main()
