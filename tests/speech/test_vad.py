"""Speech is found where faster-whisper finds it, frame for frame, whatever the size of the chunks, and each span as soon as it is final."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import faster_whisper.vad as reference
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.speech.vad import FRAME, Silero, Speech, VadSettings
from kiskriv.speech.windows import Span
from kiskriv.transcript import SAMPLE_RATE, Samples
from tests.speech.conftest import read

LONGEST_SECONDS = 3
SETTINGS = VadSettings(longest=LONGEST_SECONDS * SAMPLE_RATE)

talk = st.lists(
    st.tuples(st.sampled_from([0.01, 0.2, 0.4, 0.5, 0.9, 0.99]), st.integers(1, 40)).map(lambda run: [run[0]] * run[1]),
    max_size=25,
).map(lambda runs: [probability for run in runs for probability in run])
"""Probabilities as speech has them: stretches of yes, no and maybe."""


def found(probabilities: list[float], total: int, settings: VadSettings) -> list[Span]:
    speech = Speech(settings)
    spans = [span for probability in probabilities for span in speech.step(probability)]
    return spans + speech.finish(total)


def expected(probabilities: list[float] | None, samples: Samples, longest: float) -> list[Span]:
    """faster-whisper's spans; with `probabilities`, as if its model had said them."""
    options = reference.VadOptions(min_silence_duration_ms=160, max_speech_duration_s=longest)
    with pytest.MonkeyPatch.context() as patch:
        if probabilities is not None:
            patch.setattr(reference, "get_vad_model", lambda: lambda sound: np.array(probabilities))
        return [(span["start"], span["end"]) for span in reference.get_speech_timestamps(samples[0].copy(), options)]


@given(talk, st.integers(0, FRAME - 1))
def test_the_rules_find_what_faster_whisper_finds(probabilities: list[float], beyond: int) -> None:
    probabilities = [*probabilities, 0.01]  # faster-whisper fills the last frame up, or adds one of silence
    total = (len(probabilities) - 1) * FRAME + beyond
    samples = np.zeros((1, total), np.float32)
    assert found(probabilities, total, SETTINGS) == expected(probabilities, samples, LONGEST_SECONDS)


@pytest.mark.parametrize(
    "file", ["synth/synth.wav", "pyannote/sample.wav", "canvas-hyperscribe/vitals_02.mp3", "faster-whisper/jfk.flac"]
)
@pytest.mark.parametrize("longest", [5, 28])
def test_real_sound_has_the_spans_of_faster_whisper(file: str, longest: int, silero: Silero, speech_data: Path) -> None:
    samples = read(speech_data / file)[:1]
    stream = silero.stream()
    probabilities = [*stream.hear(samples[0]), stream.finish()]
    spans = found(probabilities, samples.shape[1], VadSettings(longest=longest * SAMPLE_RATE))
    assert spans
    assert spans == expected(None, samples, longest)


@given(talk)
def test_spans_do_not_overlap_and_fit_into_a_window(probabilities: list[float]) -> None:
    end = 0
    for start, beyond in found(probabilities, len(probabilities) * FRAME, SETTINGS):
        assert end <= start < beyond <= start + SETTINGS.longest
        end = beyond
    assert end <= len(probabilities) * FRAME


@given(talk)
def test_what_is_called_quiet_stays_without_speech(probabilities: list[float]) -> None:
    speech, quiet = Speech(SETTINGS), 0
    for probability in probabilities:
        assert all(start >= quiet for start, _ in speech.step(probability))
        quiet = max(quiet, speech.quiet_until)
    assert all(start >= quiet for start, _ in speech.finish(len(probabilities) * FRAME))


def test_a_span_is_final_once_its_padding_is() -> None:
    speech = Speech()
    assert [speech.step(0.9) for _ in range(10)] == [[]] * 10
    silence = 2 * VadSettings().pad // FRAME
    assert [speech.step(0.0) for _ in range(silence - 1)] == [[]] * (silence - 1)
    assert speech.step(0.0) == [(0, 10 * FRAME + VadSettings().pad)]


def test_a_span_is_final_when_speech_goes_on_before_that() -> None:
    speech = Speech()
    for probability in [0.9] * 10 + [0.0] * 10:
        assert speech.step(probability) == []
    assert speech.step(0.9) == [(0, 15 * FRAME)]


@given(cuts=st.lists(st.integers(1, 3_000), min_size=1, max_size=40))
def test_no_chunking_changes_a_bit(cuts: list[int], silero: Silero, consultation: Samples) -> None:
    sound = consultation[0, 16_000:48_000]
    whole, chunked = silero.stream(), silero.stream()
    probabilities = [*whole.hear(sound), whole.finish()]
    edges = [0, *(edge for edge in np.cumsum(cuts).tolist() if edge < sound.size), sound.size]
    pieces = [p for a, b in pairwise(edges) for p in chunked.hear(sound[a:b])]
    assert [*pieces, chunked.finish()] == probabilities
    assert max(probabilities) > 0.9


@pytest.mark.parametrize("module", ["windows", "words", "attribution", "vad", "live", "channels", "asr"])
def test_nothing_heavy_is_imported_before_it_is_needed(module: str) -> None:
    heavy = "('onnxruntime', 'ctranslate2', 'faster_whisper', 'av', 'sounddevice', 'tokenizers')"
    code = f"import sys, kiskriv.speech.{module}; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
