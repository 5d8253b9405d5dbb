"""What one would use after stop: faster-whisper, sequential or batched, in a process of its own.

`python -m benchmarks.speech.offline sequential|batched MODEL FILE` prints seconds, CPU seconds and text as JSON; loading is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"


def main(kind: str, model: str, file: str) -> None:
    """Beam 5, Norwegian, no timestamps, speech found by Silero; threads as faster-whisper has them."""
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    whisper = WhisperModel(model, device="cpu", compute_type="int8", local_files_only=True)
    transcriber = BatchedInferencePipeline(whisper) if kind == "batched" else whisper
    began, computed = time.monotonic(), time.process_time()
    segments, _ = transcriber.transcribe(
        file,
        language="no",
        beam_size=5,
        without_timestamps=True,
        vad_filter=True,
        condition_on_previous_text=False,  # the demo model was never taught to: with it seven words in ten are wrong
    )
    text = " ".join(segment.text.strip() for segment in segments)
    figures = {"seconds": time.monotonic() - began, "cpu": time.process_time() - computed, "text": text}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
