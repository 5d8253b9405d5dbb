"""`scripts/bench road`: the demo consultation at the pace it was spoken, word errors, one hour, the time of --help.

Everything runs as `kiskriv` in a process of its own, with a fresh home folder.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import av

from benchmarks.machine import heading
from kiskriv.demo import material
from kiskriv.evaluation.hearing import word_error_rate
from kiskriv.transcript import Transcript, Utterance, Word
from kiskriv.weights import bundled, demo_material

HOUR = 3600.0


def kiskriv(home: Path, *arguments: str | Path) -> tuple[str, float]:
    """Standard output and wall seconds."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "kiskriv", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "HOME": str(home)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout, time.monotonic() - began


def errors(printed: Any, reference: str) -> float:
    """Word error rate of a printed transcript, in percent."""
    words = tuple(Word(0, 0, w, 1) for u in printed["transcript"]["utterances"] for w in u["text"].split())
    utterance = Utterance(0, printed["transcript"]["utterances"][0]["role"], "0", words)
    return 100 * word_error_rate(reference, Transcript("nb", (utterance,)))


def repeated(sound: Path, seconds: float, target: Path) -> float:
    """Writes `sound` again and again, as FLAC, until `seconds` are reached; returns how many it became."""
    written = 0
    with av.open(str(target), "w") as out:
        stream = out.add_stream("flac", rate=16_000, layout="stereo")
        while written < seconds * 16_000:
            with av.open(str(sound)) as container:
                for frame in container.decode(audio=0):
                    frame.pts = written
                    written += frame.samples
                    out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return written / 16_000


def main() -> None:
    """Prints the table."""
    print(heading())
    size = sum(file.stat().st_size for file in bundled().iterdir())
    print(f"\ndemo model                          {size / 1e6:.1f} MB")
    demo = material()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, sound in (("stereo", demo.recording), ("mono", demo_material() / "consultation.flac")):
            printed = json.loads(kiskriv(home, "run", sound, "--approve", "--json")[0])
            print(f"word errors, demo, {name:<16} {errors(printed, demo.reference):.1f} %")
        live = json.loads(kiskriv(home, "demo", "--json", "--speed", "1")[0])["timings"]
        print(f"at real time: sound                 {live['audio']:.0f} s")
        print(f"              decoding, all windows {live['decode']:.1f} s")
        print(f"              stop to draft         {live['stop_to_draft']:.2f} s")
        print(f"              erasure and ledger    {live['erase']:.2f} s")
        _, seconds = kiskriv(home, "run", demo.recording)
        print(f"as fast as it goes, {live['audio']:.0f} s stereo    {seconds:.1f} s")
        hour = home / "hour.flac"
        length = repeated(demo.recording, HOUR, hour)
        _, seconds = kiskriv(home, "run", hour)
        print(f"as fast as it goes, {length:.0f} s stereo   {seconds:.1f} s")
        times = sorted(kiskriv(home, "--help")[1] for _ in range(9))
        print(f"kiskriv --help, median of 9         {times[4]:.2f} s")


if __name__ == "__main__":
    main()
