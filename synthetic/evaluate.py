"""Measure a model folder the way the product uses it.

    python -m synthetic.evaluate --model models/demo-no --data FOLDER [--demo demo]

Each window is decoded alone, without timestamps and without previous text, words timed by alignment;
longer recordings are cut by Silero's VAD and packed into windows of at most 28 s. Word errors are
counted after folding case and punctuation; a decimal comma counts.
"""

import argparse
import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import ctranslate2
import jiwer
import numpy as np
import numpy.typing as npt
import soundfile
from faster_whisper import WhisperModel
from faster_whisper.audio import pad_or_trim
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.vad import VadOptions, get_speech_timestamps

from synthetic.corpus import folded
from synthetic.render import TEST_KNOWN, TEST_UNSEEN
from synthetic.speech import SAMPLE_RATE, SpeechSet, SpokenWord, Utterance

Sound = npt.NDArray[np.float32]

WINDOW: Final = 28 * SAMPLE_RATE
_SEED: Final = 3
_CONVERSATION_SECONDS: Final = 120.0
_VAD: Final = VadOptions(min_silence_duration_ms=300, speech_pad_ms=200)


@dataclass(frozen=True, slots=True)
class Sample:
    """A sound and what is said in it."""

    sound: Sound
    text: str
    words: tuple[SpokenWord, ...] = ()


@dataclass
class Tally:
    """References and hypotheses, and how far the word times were off (seconds)."""

    references: list[str] = field(default_factory=list)
    hypotheses: list[str] = field(default_factory=list)
    offsets: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        errors = jiwer.process_words(self.references, self.hypotheses)
        words = sum(len(reference.split()) for reference in self.references)
        line = (
            f"{100 * errors.wer:.1f} % word errors ({errors.substitutions} substituted,"
            f" {errors.deletions} lost, {errors.insertions} added of {words} words)"
        )
        if self.offsets:
            median, most = np.quantile(self.offsets, (0.5, 0.9)) * 1000
            line += f"; word times: median error {median:.0f} ms, 90 % within {most:.0f} ms"
        return line


class Recogniser:
    """A model folder, decoding windows."""

    def __init__(self, folder: Path, beam: int = 5) -> None:
        self._whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)
        self._tokenizer = Tokenizer(
            self._whisper.hf_tokenizer,
            self._whisper.model.is_multilingual,
            task="transcribe",
            language="no",
        )
        self._beam = beam

    def window(self, sound: Sound) -> tuple[str, list[tuple[str, float, float]]]:
        """The text of one window of at most 30 s, and its words with start and end in seconds."""
        encoded, tokens = self._decoded(sound)
        text = [token for token in tokens if token < self._tokenizer.eot]
        if not text:
            return "", []
        frames = len(sound) // 160
        aligned = self._whisper.find_alignment(self._tokenizer, [text], encoded, frames)[0]
        words: list[tuple[str, float, float]] = []
        for piece in aligned:
            if words and not piece["word"].startswith(" "):  # punctuation belongs to the word before it
                word, start, _ = words.pop()
                words.append((word + piece["word"], start, piece["end"]))
            else:
                words.append((piece["word"].strip(), piece["start"], piece["end"]))
        return self._tokenizer.decode(text).strip(), words

    def recording(self, sound: Sound) -> str:
        """The text of a recording of any length."""
        return " ".join(self._text(window) for window in packed(sound))

    def silence_probability(self, sound: Sound) -> float:
        """How sure the model is that nobody speaks."""
        result = self._whisper.model.generate(self._encoded(sound), [self._prompt()], return_no_speech_prob=True)
        return float(result[0].no_speech_prob)

    def _text(self, sound: Sound) -> str:
        tokens = [token for token in self._decoded(sound)[1] if token < self._tokenizer.eot]
        text: str = self._tokenizer.decode(tokens)
        return text.strip()

    def _prompt(self) -> list[int]:
        prompt: list[int] = self._whisper.get_prompt(self._tokenizer, [], without_timestamps=True)
        return prompt

    def _encoded(self, sound: Sound) -> ctranslate2.StorageView:
        features = pad_or_trim(self._whisper.feature_extractor(sound))
        return self._whisper.encode(features)

    def _decoded(self, sound: Sound) -> tuple[Any, list[int]]:
        encoded = self._encoded(sound)
        result = self._whisper.model.generate(encoded, [self._prompt()], beam_size=self._beam, max_length=448)
        return encoded, result[0].sequences_ids[0]


def packed(sound: Sound) -> Iterator[Sound]:
    """Stretches of speech joined into windows of at most 28 s."""
    window: list[Sound] = []
    for stretch in get_speech_timestamps(sound, _VAD):
        piece = sound[stretch["start"] : stretch["end"]]
        if window and sum(map(len, window)) + len(piece) > WINDOW:
            yield np.concatenate(window)
            window = []
        for start in range(0, len(piece), WINDOW):
            window.append(piece[start : start + WINDOW])
    if window:
        yield np.concatenate(window)


def samples_of(speech: SpeechSet, noise_db: float | None = None) -> Iterator[Sample]:
    """The sentences of a set, at times with white noise `noise_db` below the speech."""
    generator = np.random.default_rng(_SEED)
    for utterance in speech:
        sound = speech.sound(utterance)
        if noise_db is not None:
            level = np.sqrt(np.mean(sound**2)) * 10 ** (-noise_db / 20)
            sound = sound + (generator.standard_normal(len(sound)) * level).astype(np.float32)
        yield Sample(sound, utterance.text, utterance.words)


def conversations_of(speech: SpeechSet, count: int) -> Iterator[Sample]:
    """Two-minute conversations of two voices, pauses of 0.15 to 1.2 s, a low noise floor."""
    rng, generator = random.Random(_SEED), np.random.default_rng(_SEED)
    by_voice = speech.by_voice()
    for _ in range(count):
        pair = rng.sample(sorted(by_voice), 2)
        pieces: list[Sound] = [np.zeros(SAMPLE_RATE // 2, np.float32)]
        said: list[Utterance] = []
        while sum(map(len, pieces)) < _CONVERSATION_SECONDS * SAMPLE_RATE:
            said.append(rng.choice(by_voice[pair[len(said) % 2]]))
            pause = np.zeros(round(rng.uniform(0.15, 1.2) * SAMPLE_RATE), np.float32)
            pieces += [speech.sound(said[-1]), pause]
        sound = np.concatenate(pieces)
        sound = sound + (generator.standard_normal(len(sound)) * 1e-3).astype(np.float32)
        yield Sample(sound, " ".join(utterance.text for utterance in said))


def tally_sentences(recogniser: Recogniser, samples: Iterable[Sample]) -> Tally:
    """Each sample as one window, with word times wherever the words were all heard right."""
    tally = Tally()
    for sample in samples:
        text, words = recogniser.window(sample.sound)
        tally.references.append(folded(sample.text))
        tally.hypotheses.append(folded(text))
        if len(words) == len(sample.words) and folded(text) == folded(sample.text):
            for (_, start, end), true in zip(words, sample.words, strict=True):
                tally.offsets += [abs(start - true.start), abs(end - true.end)]
    return tally


def tally_recordings(recogniser: Recogniser, samples: Iterable[Sample]) -> Tally:
    """Each sample as a recording, through VAD and packer."""
    tally = Tally()
    for sample in samples:
        tally.references.append(folded(sample.text))
        tally.hypotheses.append(folded(recogniser.recording(sample.sound)))
    return tally


def demo_samples(folder: Path) -> Iterator[tuple[str, Sample]]:
    """The demo consultation: its mono file, and the mean of the stereo file's channels."""
    described = json.loads((folder / "consultation.json").read_text(encoding="utf-8"))
    text = " ".join(utterance["text"] for utterance in described["utterances"])
    for name in ("consultation", "consultation-stereo"):
        sound, _ = soundfile.read(folder / f"{name}.flac", dtype="float32", always_2d=True)
        yield name, Sample(sound.mean(1).astype(np.float32), text)


def evaluate(recogniser: Recogniser, data: Path, conversations: int) -> None:
    """Print every measure on the test sets, a line each."""
    known, unseen = SpeechSet.open(data, TEST_KNOWN), SpeechSet.open(data, TEST_UNSEEN)
    say("held-out sentences, known voices", tally_sentences(recogniser, samples_of(known)))
    say("held-out sentences, unseen voices", tally_sentences(recogniser, samples_of(unseen)))
    for noise in (20.0, 10.0):
        spoilt = samples_of(unseen, noise)
        say(f"unseen voices, noise at {noise:.0f} dB", tally_sentences(recogniser, spoilt))
    say("conversations, known voices", tally_recordings(recogniser, conversations_of(known, conversations)))
    say("conversations, unseen voices", tally_recordings(recogniser, conversations_of(unseen, conversations)))
    hush = np.zeros(10 * SAMPLE_RATE, np.float32)
    hiss = (np.random.default_rng(_SEED).standard_normal(len(hush)) * 0.02).astype(np.float32)
    say("no speech, silence", f"{recogniser.silence_probability(hush):.2f}")
    say("no speech, noise", f"{recogniser.silence_probability(hiss):.2f}")


def evaluate_demo(recogniser: Recogniser, folder: Path) -> None:
    """Print the word errors of the demo consultation, a line for each file."""
    for name, sample in demo_samples(folder):
        say(f"demo, {name}", tally_recordings(recogniser, [sample]))


def say(measure: str, value: object) -> None:
    """One line of the result, at once."""
    print(f"{measure}: {value}", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--demo", type=Path)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--conversations", type=int, default=8, help="how many of each sort")
    chosen = parser.parse_args()
    recogniser = Recogniser(chosen.model, chosen.beam)
    evaluate(recogniser, chosen.data, chosen.conversations)
    if chosen.demo is not None:
        evaluate_demo(recogniser, chosen.demo)


if __name__ == "__main__":
    main()
