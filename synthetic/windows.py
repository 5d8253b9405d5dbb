"""Training windows: utterances of two voices joined as the product's windows are, spoilt, and measured.

The product decodes windows of up to 28 s, packed from stretches of speech with short pauses between
them, padded to 30 s. A window here is made the same way: two voices in turn, pauses cut short, now and
then an overlap; then room echo, noise and level. Everything random comes from one seed.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from tokenizers import Tokenizer
from torch import Tensor

from synthetic import vocabulary
from synthetic.speech import SAMPLE_RATE, SpeechSet, Utterance
from synthetic.whisper import FRAMES

Sound = npt.NDArray[np.float32]

FRAME: Final = 0.02
IGNORED: Final = -100
_HOP, _FFT = 160, 400
_NOISE_SECONDS: Final = 600
_TIMESTAMPS_SHARE: Final = 0.1
_NYNORSK_SHARE: Final = 0.1
_GUIDE_MARGIN: Final = 2  # frames


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of window: its longest length in seconds, how many make a batch."""

    seconds: float
    batch: int
    utterances: int
    silent_share: float
    full: bool = False
    """Always padded to the full length, as the product does."""


SHORT: Final = Kind(seconds=6, batch=24, utterances=3, silent_share=0.03)
MIDDLE: Final = Kind(seconds=14, batch=12, utterances=8, silent_share=0.03)
FULL: Final = Kind(seconds=30, batch=6, utterances=40, silent_share=0.05, full=True)


Curriculum = Callable[[float, random.Random], Kind]
"""The sort of window for a moment of the training, 0 to 1."""


def growing(progress: float, rng: random.Random) -> Kind:
    """From short windows to full ones."""
    choice = rng.random()
    if progress < 0.26:
        return SHORT
    if progress < 0.50:
        return MIDDLE if choice < 0.8 else SHORT
    return FULL if choice < 0.85 else MIDDLE


def grown(_progress: float, rng: random.Random) -> Kind:
    """Full and middle windows in turn, for a model that has seen short ones."""
    return FULL if rng.random() < 0.65 else MIDDLE


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors for one step. Frames are encoder frames of 20 ms; `IGNORED` targets do not count."""

    mel: Tensor
    shifts: Tensor
    tokens: Tensor
    targets: Tensor
    guide: Tensor
    """(B, U, 2): first and last frame of the word that each target belongs to, or -1."""
    phonemes: Tensor
    seconds: float


@dataclass(slots=True)
class _Window:
    sound: Sound
    tokens: list[int]
    targets: list[int]
    guide: list[tuple[int, int]]
    phonemes: list[tuple[float, str]]
    shift: int


@dataclass(frozen=True, slots=True)
class _Placed:
    utterance: Utterance
    start: float


@dataclass
class Windows:
    """Draws batches from a set of utterances."""

    speech: SpeechSet
    tokenizer: Tokenizer
    phoneme_ids: dict[str, int]
    seed: int
    _cache: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._rng = random.Random(self.seed)
        self._generator = np.random.default_rng(self.seed)
        self._by_voice = self.speech.by_voice()
        self._voices = sorted(self._by_voice)
        self._noises = [_coloured_noise(self._generator, slope) for slope in (0.0, 0.5, 1.0)]
        filters = FeatureExtractor(80).get_mel_filters(SAMPLE_RATE, _FFT, 80)
        self._filters = torch.from_numpy(filters.astype(np.float32))
        self._hann = torch.hann_window(_FFT)

    def batches(self, curriculum: Curriculum, schedule: int) -> Iterator[Batch]:
        """The batches of a training of `schedule` steps."""
        for step in range(schedule):
            yield self.batch(curriculum(step / schedule, self._rng))

    def batch(self, kind: Kind) -> Batch:
        """One batch of windows of a kind."""
        windows = [self._window(kind) for _ in range(kind.batch)]
        longest = max(len(window.sound) for window in windows)
        samples = int(kind.seconds * SAMPLE_RATE) if kind.full else -(-longest // 3200) * 3200
        mel = self._log_mel(windows, samples)
        frames, length = mel.shape[-1] // 2, max(len(window.tokens) for window in windows)
        end = self._id(vocabulary.END)
        tokens = torch.full((kind.batch, length), end)
        targets = torch.full((kind.batch, length), IGNORED)
        guide = torch.full((kind.batch, length, 2), -1)
        phonemes = torch.full((kind.batch, frames), IGNORED)
        for i, window in enumerate(windows):
            count = len(window.tokens)
            tokens[i, :count] = torch.tensor(window.tokens)
            targets[i, :count] = torch.tensor(window.targets)
            guide[i, :count] = torch.tensor(window.guide)
            self._mark_phonemes(phonemes[i], window)
        shifts = torch.tensor([min(window.shift, FRAMES - frames) for window in windows])
        seconds = sum(len(window.sound) for window in windows) / SAMPLE_RATE
        return Batch(mel, shifts, tokens, targets, guide, phonemes, seconds)

    def _id(self, token: str) -> int:
        return vocabulary.token_id(self.tokenizer, token)

    def _pieces(self, word: str) -> list[int]:
        if word not in self._cache:
            self._cache[word] = self.tokenizer.encode(" " + word, add_special_tokens=False).ids
        return self._cache[word]

    def _window(self, kind: Kind) -> _Window:
        if self._rng.random() < kind.silent_share:
            return self._silent_window(kind)
        placed, sound = self._conversation(kind)
        timestamps = self._rng.random() < _TIMESTAMPS_SHARE
        tokens, spans = self._transcript(placed, timestamps)
        targets = tokens[1:]
        targets[0] = self._id(vocabulary.BOKMAL)  # whatever language the prompt claims
        targets[1] = IGNORED  # the task is never predicted, always given
        if not timestamps:
            targets[2] = IGNORED
        last = int(kind.seconds / FRAME) - 1
        guide = [
            (-1, -1)
            if span is None
            else (
                max(0, int(span[0] / FRAME) - _GUIDE_MARGIN),
                min(last, int(span[1] / FRAME) + _GUIDE_MARGIN),
            )
            for span in spans[1:]
        ]
        phonemes = sorted((one.start + at, name) for one in placed for name, at in one.utterance.phonemes)
        shifted = not timestamps and not kind.full and self._rng.random() < 0.5
        shift = self._rng.randrange(FRAMES) if shifted else 0
        return _Window(self._spoil(sound), tokens[:-1], targets, guide, phonemes, shift)

    def _silent_window(self, kind: Kind) -> _Window:
        rng = self._rng
        length = int(rng.uniform(0.5, kind.seconds) * SAMPLE_RATE)
        sound = self._noise(length) * np.float32(10 ** rng.uniform(-5, -1.3))
        if rng.random() < 0.15:
            sound = np.zeros(length, np.float32)
        tokens = [self._id(t) for t in (vocabulary.START, vocabulary.BOKMAL, vocabulary.TRANSCRIBE)]
        tokens.append(self._id(vocabulary.NO_TIMESTAMPS))
        targets = [self._id(vocabulary.NO_SPEECH), IGNORED, IGNORED, self._id(vocabulary.END)]
        return _Window(sound, tokens, targets, [(-1, -1)] * 4, [], 0)

    def _conversation(self, kind: Kind) -> tuple[list[_Placed], Sound]:
        """Utterances of two voices placed in a window, and the sound of them."""
        rng = self._rng
        limit = kind.seconds - (1.5 if kind.full else 0.0)
        wanted = rng.uniform(0.55, 1.0) * limit if rng.random() < 0.75 else rng.uniform(0.05, 0.6) * limit
        most = rng.randint(1, kind.utterances) if not kind.full else kind.utterances
        voices = [rng.choice(self._voices) for _ in range(2)]
        levels = [rng.uniform(-9, 3) for _ in range(2)]
        sound = np.zeros(int(kind.seconds * SAMPLE_RATE), np.float32)
        placed: list[_Placed] = []
        position, end, turn = rng.choice((0.0, rng.uniform(0.0, 0.6))), 0.0, 0
        while len(placed) < most:
            fitting = self._fitting(voices[turn], limit - position)
            if fitting is None:
                break
            start = round(position * SAMPLE_RATE)
            level = np.float32(10 ** ((levels[turn] + rng.uniform(-2, 2)) / 20))
            sound[start : start + fitting.length] += self.speech.sound(fitting) * level
            placed.append(_Placed(fitting, position))
            end = position + fitting.length / SAMPLE_RATE
            if end >= wanted:
                break
            position = max(0.0, end + _pause(rng))
            if rng.random() < 0.7:
                turn = 1 - turn
        if not placed:
            return self._conversation(kind)
        tail = rng.uniform(0.0, 0.3) if rng.random() < 0.6 else rng.uniform(0.3, 1.5)
        return placed, sound[: round((end + tail) * SAMPLE_RATE)]

    def _fitting(self, voice: str, room: float) -> Utterance | None:
        for _ in range(8):
            utterance = self._rng.choice(self._by_voice[voice])
            if utterance.length <= room * SAMPLE_RATE:
                return utterance
        return None

    def _transcript(
        self, placed: list[_Placed], timestamps: bool
    ) -> tuple[list[int], list[tuple[float, float] | None]]:
        """The tokens from start to end, and for those of a word the time they are heard."""
        language = vocabulary.NYNORSK if self._rng.random() < _NYNORSK_SHARE else vocabulary.BOKMAL
        prompt = [vocabulary.START, language, vocabulary.TRANSCRIBE]
        if not timestamps:
            prompt.append(vocabulary.NO_TIMESTAMPS)
        tokens = [self._id(token) for token in prompt]
        spans: list[tuple[float, float] | None] = [None] * len(tokens)
        zero = self._id("<|0.00|>")

        def stamp(seconds: float) -> None:
            if timestamps:
                tokens.append(zero + min(1500, max(0, round(seconds / vocabulary.TIMESTAMP_STEP))))
                spans.append(None)

        for one in placed:
            stamp(one.start)
            for word in one.utterance.words:
                pieces = self._pieces(word.text)
                each = (word.end - word.start) / len(pieces)
                for i, piece in enumerate(pieces):
                    tokens.append(piece)
                    start = one.start + word.start + i * each
                    spans.append((start, start + each))
            stamp(one.start + one.utterance.length / SAMPLE_RATE)
        return [*tokens, self._id(vocabulary.END)], [*spans, None]

    def _spoil(self, sound: Sound) -> Sound:
        rng = self._rng
        if rng.random() < 0.25:
            sound = _echoed(sound, rng.uniform(0.08, 0.35), rng.uniform(0.01, 0.06), self._generator)
        if rng.random() < 0.75:
            level = np.sqrt(np.mean(sound**2)) + 1e-6
            sound = sound + self._noise(len(sound)) * np.float32(level * 10 ** (-rng.uniform(8, 50) / 20))
        spoilt: Sound = np.clip(sound * np.float32(10 ** (rng.uniform(-18, 6) / 20)), -1.0, 1.0)
        return spoilt

    def _noise(self, length: int) -> Sound:
        noise = self._rng.choice(self._noises)
        start = self._rng.randrange(len(noise) - length)
        return noise[start : start + length]

    def _log_mel(self, windows: list[_Window], samples: int) -> Tensor:
        """Whisper's log-mel as faster-whisper computes it, with a tilt and a mask at times."""
        rng = self._rng
        padded = np.zeros((len(windows), samples), np.float32)
        for i, window in enumerate(windows):
            padded[i, : len(window.sound)] = window.sound[:samples]
        spectrum = torch.stft(torch.from_numpy(padded), _FFT, _HOP, window=self._hann, return_complex=True)[..., :-1]
        mel = (self._filters @ spectrum.abs().square()).clamp(min=1e-10).log10()
        for i, window in enumerate(windows):
            heard = min(mel.shape[-1], len(window.sound) // _HOP + 1)
            part = mel[i, :, :heard]
            if rng.random() < 0.5:
                part = part + torch.linspace(-1, 1, 80)[:, None] * rng.uniform(-0.4, 0.4)
            part = (torch.maximum(part, part.max() - 8.0) + 4.0) / 4.0
            floor = float(part.min())
            if rng.random() < 0.4:
                low = rng.randint(0, 70)
                part[low : low + rng.randint(1, 10)] = part.mean()
            mel[i, :, :heard] = part
            # faster-whisper pads the features with zeros; a recording that ends in silence has the floor
            mel[i, :, heard:] = 0.0 if rng.random() < 0.8 else floor
        return mel

    def _mark_phonemes(self, row: Tensor, window: _Window) -> None:
        frames = min(len(row), len(window.sound) // (2 * _HOP) + 1)
        row[:frames] = 0
        following = [at for at, _ in window.phonemes[1:]]
        if window.phonemes:
            following.append(window.phonemes[-1][0] + 0.1)
        for (at, name), end in zip(window.phonemes, following, strict=True):
            first = int(at / FRAME)
            row[first : min(frames, max(first, int(end / FRAME)))] = self.phoneme_ids.get(name, 0)


def _pause(rng: random.Random) -> float:
    """Seconds between two utterances as the packer leaves them; a negative one is an overlap."""
    kind = rng.random()
    if kind < 0.08:
        return rng.uniform(-0.12, 0.0)
    if kind < 0.45:
        return rng.uniform(0.0, 0.3)
    return rng.uniform(0.2, 0.9) if kind < 0.92 else rng.uniform(0.9, 2.5)


def _coloured_noise(generator: np.random.Generator, slope: float) -> Sound:
    """Ten minutes of noise with unit level whose amplitude falls as frequency to the power -slope."""
    length = _NOISE_SECONDS * SAMPLE_RATE
    spectrum = np.fft.rfft(generator.standard_normal(length))
    spectrum *= (np.arange(len(spectrum)) / _NOISE_SECONDS + 50.0) ** -slope
    noise = np.fft.irfft(spectrum, length)
    coloured: Sound = (noise / np.sqrt(np.mean(noise**2))).astype(np.float32)
    return coloured


def _echoed(sound: Sound, decay: float, level: float, generator: np.random.Generator) -> Sound:
    """The sound in a room: convolved with noise that decays by 60 dB in `decay` seconds."""
    length = int(decay * SAMPLE_RATE)
    fall = np.exp(-6.9 * np.arange(length) / length)
    response = (generator.standard_normal(length) * fall * level).astype(np.float32)
    response[0] = 1.0
    size = 1 << (len(sound) + length - 1).bit_length()
    echoed = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)
    return echoed[: len(sound)].astype(np.float32)
