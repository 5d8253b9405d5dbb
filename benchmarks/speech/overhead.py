"""What the whole live road costs beside bare decoding: CPU seconds of all processes over those of CTranslate2 for the same windows.

Bare is encode, generate and align of each window alone, with kiskriv's prompt, beam and threads, in a process that overwrites nothing. As
fast as it goes nothing is ever decoded ahead; at the pace of speech it is, and what that costs is the difference between the two.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.speech import house
from benchmarks.speech.sound import Played, repeated
from benchmarks.speech.table import table
from kiskriv.config import Model
from kiskriv.speech.asr import Whisper
from kiskriv.speech.live import Listener
from kiskriv.speech.recognition import recognise
from kiskriv.speech.shapes import write
from kiskriv.speech.windows import Clip
from kiskriv.transcript import SAMPLE_RATE, Samples
from kiskriv.weights import bundled

SECONDS = 64


def clips_of(sound: Samples) -> list[Clip]:
    """The windows that kiskriv cuts it into."""
    listener = Listener()
    windows = [*listener.hear(sound), *listener.finish()]
    return [
        Clip(np.concatenate([sound[:, a:b] for a, b in w.spans], axis=1), tuple(b - a for a, b in w.spans))
        for w in windows
    ]


def bare(folder: Path, clips: Sequence[Clip]) -> tuple[float, float]:
    """CPU seconds of the three steps, and of the features before them. The first window is decoded once more, to warm up."""
    from ctranslate2 import StorageView
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

    beam = Model().beam_size
    whisper = WhisperModel(str(folder), device="cpu", compute_type=Model().compute_type, local_files_only=True)
    tokenizer = Tokenizer(whisper.hf_tokenizer, True, task="transcribe", language="no")
    prompt, silent = [*tokenizer.sot_sequence, tokenizer.no_timestamps], list(tokenizer.non_speech_tokens)

    def decode(features: NDArray[np.float32], frames: int) -> None:
        encoded = whisper.model.encode(StorageView.from_array(features))
        said = whisper.model.generate(encoded, [prompt], beam_size=beam, suppress_tokens=silent)
        text = [token for token in said[0].sequences_ids[0] if token < tokenizer.eot]
        whisper.model.align(encoded, tokenizer.sot_sequence, [text], [frames])

    decoding = listening = 0.0
    for number, clip in enumerate([clips[0], *clips]):
        began = time.process_time()
        mels = whisper.feature_extractor(clip.samples[0])[:, :-1]
        features = np.zeros((1, mels.shape[0], whisper.feature_extractor.nb_max_frames), np.float32)
        features[0, :, : mels.shape[1]] = mels
        ready = time.process_time()
        decode(features, mels.shape[1])
        if number:
            decoding, listening = decoding + time.process_time() - ready, listening + ready - began
    return decoding, listening


def recognised(folder: Path, clips: Sequence[Clip]) -> float:
    """CPU seconds of kiskriv's own recognition, with every second look, in this process."""
    backend = Whisper(folder)
    began = 0.0
    for number, clip in enumerate([clips[0], *clips]):
        began = time.process_time() if number == 1 else began
        with suppress(StopIteration):
            steps = recognise(backend, [clip])
            while True:
                next(steps)
    return time.process_time() - began


def road(folder: Path, sound: Samples, hurried: int) -> dict[str, float]:
    """CPU seconds by process, from the opening of a consultation to its last word; the engine has decoded before."""
    with house.house(folder) as desk, house.consultation(desk) as session:
        house.tail(session, Played(sound[:, : 10 * SAMPLE_RATE], 10 * SAMPLE_RATE))
        before = house.cpu_by_process()
        house.tail(session, Played(sound, hurried))
        return house.cpu_since(before)


def main() -> None:
    """Prints a table for each model."""
    sound = repeated(SECONDS)
    clips = clips_of(sound)
    with tempfile.TemporaryDirectory() as folder:
        base = write(Path(folder) / "base", "base")
        for name, model in (("the demo model", bundled()), ("the shape of Whisper base", base)):
            decoding, features = bare(model, clips)
            alone = recognised(model, clips)
            hurried, live = road(model, sound, sound.shape[1]), road(model, sound, 0)
            rows = [
                ("bare decoding", f"{decoding:.2f}", "", "", "", f"{decoding:.2f}", ""),
                (
                    "the same with features",
                    f"{decoding + features:.2f}",
                    "",
                    "",
                    "",
                    *_over(decoding + features, decoding),
                ),
                ("kiskriv's recognition in one process", f"{alone:.2f}", "", "", "", *_over(alone, decoding)),
                ("**the road** as fast as it goes", *_spent(hurried, decoding)),
                ("**the road** at the pace of speech", *_spent(live, decoding)),
                ("of that, decoded ahead", f"{live['engine'] - hurried['engine']:.2f}", "", "", "", "", ""),
            ]
            columns = (f"CPU seconds for {SECONDS} s", *hurried, "all", "over bare")
            table(f"What the live road costs, {len(clips)} windows: {name}", columns, rows)


def _spent(spent: dict[str, float], least: float) -> tuple[str, ...]:
    return (*(f"{cpu:.2f}" for cpu in spent.values()), *_over(sum(spent.values()), least))


def _over(cpu: float, least: float) -> tuple[str, str]:
    return f"{cpu:.2f}", f"{100 * (cpu / least - 1):+.0f} %"


if __name__ == "__main__":
    main()
