"""Who speaks when, told by timbre and pitch: the `Diarization` that works out of the box, for two or three voices.

No neural net knows voices here. Of each window only sums over blocks of a quarter of a second are kept: they say how a voice sounded,
not what it said. With a frame's features x and y = (1, x), a block is the matrix of its sum of y yᵀ over voiced frames, and all that
follows is sums of these matrices:

1. speech (Silero's) is cut at its pauses and into pieces of at most two seconds; each is a voice at first;
2. the two voices that are most likely one are taken for one, again and again. A voice is a Gaussian whose mean and covariance are
   not known, before they are heard, beyond those of the whole recording (normal-inverse-Wishart): it is likelier to be two than one
   only if there is evidence enough, so the number of voices comes out by itself;
3. blocks are given to the voices anew by a hidden Markov model, that changes voice easily after a pause and seldom without;
   2 and 3 in turns, until no two voices are likely one.

In a long recording 1 to 3 look at a part of it, evenly chosen: that bounds the time, and the evidence, of which neighbouring frames
seem to give more than they do. Then 3 is done for all of it.

Source: Chen and Gopalakrishnan 1998 (merging by model evidence); Ajmera and Wooters 2003 (merging and resegmentation in turns);
Murphy 2007, "Conjugate Bayesian analysis of the Gaussian distribution" (the evidence of a Gaussian).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kiskriv.speech.diarization import WINDOW, Octets, count
from kiskriv.speech.timbre_features import FEATURES, HOP, features
from kiskriv.speech.vad import FRAME, Silero
from kiskriv.transcript import SAMPLE_RATE, Samples, Turn

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

SPEECH: Final = 0.5
"""Silero's probability from which on somebody speaks."""

PAUSE: Final = 30
"""Frames without speech that are a pause."""

SHORTEST: Final = 20
"""Frames of speech that are believed at least."""

BLOCK: Final = 25
"""Frames in a block, about."""

PIECE: Final = 8
"""Blocks that are taken to be of one voice at first."""

EVIDENCE: Final = 0.1
"""How much a frame counts: its neighbours say much of the same."""

CHANGE: Final = 15.0
"""What a change of voice costs within speech, in nats ..."""

CHANGE_AFTER_PAUSE: Final = 3.0
"""... and after a pause."""

LEARNED: Final = 120 * 100
"""Frames of speech that voices are found in at most."""

LONGEST_STRETCH: Final = 60 * 100
"""Frames of speech without a pause that are learned from, or not, as a whole."""

MOST_VOICES: Final = 5

SHORTEST_VOICE: Final = 2 * 100
"""Frames that a voice speaks at least, to be one ..."""

LEAST_SHARE: Final = 0.03
"""... and how much of all speech: what is heard less of is rather a cough, or a word said oddly."""

DOUBT: Final = 0.1
"""Nats per frame that two voices must be likelier than one: no voice is quite a Gaussian."""

LEAST: Final = 50
"""Voiced frames in which more than one voice can be told."""

_SIZE: Final = FEATURES + 1
_ROWS, _COLUMNS = np.tril_indices(_SIZE)
_SQUARE: Final = np.zeros((_SIZE, _SIZE), np.intp)
_SQUARE[_ROWS, _COLUMNS] = _SQUARE[_COLUMNS, _ROWS] = np.arange(_ROWS.size)
_TWICE: Final = np.where(_ROWS == _COLUMNS, 1.0, 2.0)

_BLOCK: Final = np.dtype([("start", "<u2"), ("end", "<u2"), ("moments", "<f4", (_ROWS.size,))])
_VERSION: Final = b"timbre1 "


@dataclass(frozen=True, repr=False, eq=False)
class Blocks:
    """Speech in order. `start` and `end` in frames of the recording; `moments` are the lower triangles of sums of y yᵀ, shape (n, 153)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    moments: Floats

    def __len__(self) -> int:
        return self.start.size

    def __repr__(self) -> str:
        return f"<Blocks, {len(self)}>"

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Blocks:
        return Blocks(self.start[chosen], self.end[chosen], self.moments[chosen])

    @property
    def after_pause(self) -> NDArray[np.bool_]:
        """Whether a block is the first of its stretch of speech, shape (n,)."""
        return np.append(True, self.start[1:] - self.end[:-1] > PAUSE)


class Timbre:
    """Tells voices apart by how they sound (a `Diarization`). Raises ModelError where Silero cannot be loaded."""

    batch = 8

    def __init__(self) -> None:
        self._silero = Silero()

    def embed(self, sounds: Sequence[Samples]) -> list[bytes]:
        """The blocks of speech in each window; see `Diarization`."""
        return [self._embed(np.nan_to_num(sound[0]).clip(-1, 1)) for sound in sounds]

    def cluster(self, embedded: Sequence[Octets], step: int, length: int) -> tuple[Turn, ...]:
        """See `Diarization`. Raises ValueError for what `embed` did not make, or not of such a recording."""
        if len(embedded) != count(length, step):
            raise ValueError("a recording of another length")
        blocks = _gathered(embedded, step)
        if not len(blocks):
            return ()
        return _turns(blocks, _told_apart(blocks), length / SAMPLE_RATE)

    def _embed(self, sound: NDArray[np.float32]) -> bytes:
        stream = self._silero.stream()
        probability = np.array([*stream.hear(sound), stream.finish()])
        frames, voiced = features(sound)
        middles = (np.arange(len(frames)) * HOP + HOP // 2) // FRAME
        speech = probability[middles.clip(max=len(probability) - 1)] >= SPEECH
        edges = [edge for start, end in _stretches(speech) for edge in _edges(start, end)]
        blocks = np.zeros(len(edges), _BLOCK)
        for block, (start, end) in zip(blocks, edges, strict=True):
            heard = frames[start:end][voiced[start:end]]
            y = np.column_stack([np.ones(len(heard), np.float32), heard])
            block["start"], block["end"] = start, end
            block["moments"] = (y.T @ y)[_ROWS, _COLUMNS]
        return _VERSION + blocks.tobytes()


def _stretches(speech: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where there is speech without a pause."""
    at = np.flatnonzero(speech)
    runs = np.split(at, np.flatnonzero(np.diff(at) > PAUSE) + 1)
    return [(int(run[0]), int(run[-1]) + 1) for run in runs if run.size and run[-1] - run[0] >= SHORTEST - 1]


def _edges(start: int, end: int) -> list[tuple[int, int]]:
    """The blocks of a stretch."""
    edges = np.linspace(start, end, max(1, round((end - start) / BLOCK)) + 1).round().astype(int).tolist()
    return list(pairwise(edges))


def _gathered(embedded: Sequence[Octets], step: int) -> Blocks:
    """The blocks of all windows. Where windows overlap, each is heard until the next begins."""
    found: list[NDArray[np.void]] = []
    offsets: list[NDArray[np.int64]] = []
    for number, octets in enumerate(embedded):
        if not octets:
            continue
        if bytes(octets[: len(_VERSION)]) != _VERSION or (len(octets) - len(_VERSION)) % _BLOCK.itemsize:
            raise ValueError("octets that this version of Timbre did not make")
        blocks = np.frombuffer(octets, _BLOCK, offset=len(_VERSION))
        if not _are_of_a_window(blocks):
            raise ValueError("blocks that no version of Timbre made")
        if number + 1 < len(embedded):
            blocks = blocks[(blocks["start"].astype(np.int64) + blocks["end"]) * HOP < 2 * step]
        found.append(blocks)
        offsets.append(np.full(len(blocks), number * step // HOP))
    if not found:
        return Blocks(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, _ROWS.size)))
    every, offset = np.concatenate(found), np.concatenate(offsets)
    start, end = every["start"] + offset, every["end"] + offset
    end[:-1] = np.minimum(end[:-1], np.maximum(start[1:], start[:-1]))
    return Blocks(start, end, every["moments"].astype(np.float64))


def _are_of_a_window(blocks: NDArray[np.void]) -> bool:
    """Whether they are as long as blocks are, one after the other, and heard in frames: so they are no more than a window holds."""
    start, end = blocks["start"].astype(np.int64), blocks["end"].astype(np.int64)
    heard = blocks["moments"][:, _SQUARE.diagonal()]
    return bool(
        ((end - start >= SHORTEST - 1) & (end - start <= 2 * BLOCK) & (end * HOP <= WINDOW)).all()
        and (start[1:] >= end[:-1]).all()
        and np.isfinite(blocks["moments"]).all()
        and (heard >= 0).all()
        and (heard[:, 0] <= end - start).all()
    )


def _told_apart(blocks: Blocks) -> Labels:
    """A voice's number for each block."""
    heard = blocks.moments.sum(axis=0)
    if heard[0] < LEAST:
        return np.zeros(len(blocks), np.intp)
    prior = Prior(heard)
    blocks = Blocks(blocks.start, blocks.end, blocks.moments * EVIDENCE)
    sample = blocks[_evenly(blocks)]
    labels = _settled(sample, _merged(sample, prior), prior)
    while (count := labels.max() + 1) > 1:
        voices = _summed(sample.moments, labels, count)
        gains = _gains(voices, prior)
        one, other = divmod(int(gains.argmax()), count)
        spoken = np.bincount(labels, sample.end - sample.start)
        if count > MOST_VOICES or gains[one, other] >= -DOUBT * (voices[one, 0] + voices[other, 0]):
            voices[other] += voices[one]
        elif spoken.min() < max(SHORTEST_VOICE, LEAST_SHARE * spoken.sum()):
            one = int(spoken.argmin())
        else:
            break
        labels = _settled(sample, np.delete(voices, one, axis=0), prior)
    if len(sample) == len(blocks):
        return labels
    return _settled(blocks, _summed(sample.moments, labels, count), prior, passes=3)


def _evenly(blocks: Blocks) -> NDArray[np.bool_]:
    """Stretches of speech, as many as may be learned from; parts of those that do not end."""
    parts = np.diff(blocks.start // LONGEST_STRETCH, prepend=-1) > 0
    stretch = (blocks.after_pause | parts).cumsum() - 1
    spoken = blocks.end - blocks.start
    every = max(1.0, float(spoken.sum()) / LEARNED)
    while True:
        chosen = np.isin(stretch, np.arange(0, stretch[-1] + 1, every).astype(np.int64))
        if spoken[chosen].sum() <= 2 * LEARNED:
            return chosen
        every *= 2  # the long ones, by chance or by design


def _merged(blocks: Blocks, prior: Prior) -> Floats:
    """Voices that are not likely one, or few enough to go on with, shape (voices, 153)."""
    stretch = blocks.after_pause.cumsum()
    place = np.arange(len(blocks)) - np.flatnonzero(blocks.after_pause)[stretch - 1]
    size = np.bincount(stretch)[stretch]
    pieces = -(-size // PIECE)
    new = blocks.after_pause | (place * pieces // size != (place - 1) * pieces // size)
    voices = np.add.reduceat(blocks.moments, np.flatnonzero(new))
    count, gains = len(voices), _gains(voices, prior)
    left = np.ones(count, bool)
    while left.sum() > 1:
        one, other = divmod(int(gains.argmax()), count)
        if gains[one, other] < 0 and left.sum() <= 2 * MOST_VOICES:
            break
        voices[other] += voices[one]
        left[one] = False
        gains[one, :] = gains[:, one] = -np.inf
        rest = np.flatnonzero(left & (np.arange(count) != other))
        gains[np.maximum(rest, other), np.minimum(rest, other)] = prior.gain(voices[other], voices[rest])
    return voices[left]


def _gains(voices: Floats, prior: Prior) -> Floats:
    """How much likelier it is that two voices are one, below the diagonal."""
    gains = np.full((len(voices), len(voices)), -np.inf)
    for one in range(1, len(voices)):
        gains[one, :one] = prior.gain(voices[one], voices[:one])
    return gains


def _settled(blocks: Blocks, voices: Floats, prior: Prior, passes: int = 8) -> Labels:
    """The blocks given to the voices, and these heard anew from them, until nothing changes."""
    labels = np.full(len(blocks), -1)
    for _ in range(passes):
        path = _path(prior.likelihood(blocks.moments, voices), blocks.after_pause)
        present, path = np.unique(path, return_inverse=True)
        if np.array_equal(path, labels):
            break
        labels = path
        voices = _summed(blocks.moments, labels, len(present))
    return labels


def _path(likelihood: Floats, after_pause: NDArray[np.bool_]) -> Labels:
    """The likeliest voices, shape (blocks,), by Viterbi's algorithm."""
    blocks, voices = likelihood.shape
    came_from = np.zeros((blocks, voices), np.intp)
    same = np.arange(voices)
    best = likelihood[0]
    for block, cost in enumerate(np.where(after_pause, CHANGE_AFTER_PAUSE, CHANGE)[1:].tolist(), start=1):
        likeliest = best.argmax()
        changed = best[likeliest] - cost
        came_from[block] = np.where(best >= changed, same, likeliest)
        best = np.maximum(best, changed) + likelihood[block]
    path = np.zeros(blocks, np.intp)
    path[-1] = best.argmax()
    for block in range(blocks - 1, 0, -1):
        path[block - 1] = came_from[block, path[block]]
    return path


def _summed(moments: Floats, labels: Labels, count: int) -> Floats:
    sums: Floats = (labels == np.arange(count)[:, None]).astype(np.float64) @ moments
    return sums


class Prior:
    """What is known of a voice before it is heard: it is as the whole recording is, give or take."""

    HEARD_MEAN: Final = 3.0
    """How many frames the mean is worth, that is taken from the recording."""

    HEARD_SPREAD: Final = FEATURES + 21.0
    """How many its covariance is worth."""

    def __init__(self, heard: Floats) -> None:
        y = np.append(1.0, (mean := heard[_SQUARE[0, 1:]] / heard[0]))
        covariance = heard[_SQUARE][1:, 1:] / heard[0] - np.outer(mean, mean)
        self._start = self.HEARD_MEAN * np.outer(y, y)
        self._start[1:, 1:] += (self.HEARD_SPREAD - FEATURES - 1) * (covariance + 1e-3 * np.eye(FEATURES))
        self._nothing = self._unnormed(np.zeros(_ROWS.size))

    def gain(self, one: Floats, others: Floats) -> Floats:
        """How much likelier each of the `others` is to be the same voice as `one` than another, in nats."""
        return self.evidence(one + others) - self.evidence(one) - self.evidence(others)

    def evidence(self, moments: Floats) -> Floats:
        """How likely it is that one voice, whichever, sounds like this, in nats; less what is the same however frames are shared."""
        return self._unnormed(moments) - self._nothing

    def _unnormed(self, moments: Floats) -> Floats:
        # with A = prior + moments: |A| = k |Psi|
        mean_worth, spread_worth = self.HEARD_MEAN + moments[..., 0], self.HEARD_SPREAD + moments[..., 0]
        _, determinant = np.linalg.slogdet(self._start + moments[..., _SQUARE])
        gammas = _log_gamma((spread_worth[..., None] - np.arange(FEATURES)) / 2).sum(axis=-1)
        scale = determinant - np.log(mean_worth)
        unnormed: Floats = gammas - spread_worth / 2 * scale - FEATURES / 2 * np.log(mean_worth)
        if not np.isfinite(unnormed).all():
            raise ValueError("sums of no frames")
        return unnormed

    def likelihood(self, moments: Floats, voices: Floats) -> Floats:
        """How likely each block is said by each voice, in nats, shape (blocks, voices)."""
        known = self._start + voices[:, _SQUARE]
        mean_worth = known[:, 0, 0]
        spread_worth = self.HEARD_SPREAD + voices[:, 0] - FEATURES - 1
        _, determinant = np.linalg.slogdet(known)
        scale = determinant - np.log(mean_worth) - FEATURES * np.log(spread_worth)
        weights = spread_worth[:, None] * np.linalg.inv(known)[:, _ROWS, _COLUMNS] * _TWICE
        weights[:, 0] += scale - spread_worth / mean_worth
        likelihood: Floats = -0.5 * (moments @ weights.T)
        return likelihood


def _log_gamma(x: Floats) -> Floats:
    """Stirling's series: to 1e-9 from 10 on."""
    series: Floats = (x - 0.5) * np.log(x) - x + 1 / (12 * x) - 1 / (360 * x**3)
    return series


def _turns(blocks: Blocks, labels: Labels, length: float) -> tuple[Turn, ...]:
    """Blocks of one voice without a pause between them are its turn."""
    names: dict[int, str] = {}
    turns: list[Turn] = []
    new = blocks.after_pause | np.append(True, labels[1:] != labels[:-1])
    for first, last in zip(np.flatnonzero(new), np.append(np.flatnonzero(new)[1:], len(blocks)) - 1, strict=True):
        start, end = float(blocks.start[first] / 100), min(float(blocks.end[last] / 100), length)
        if start < end:
            turns.append(Turn(start, end, names.setdefault(int(labels[first]), str(len(names)))))
    return tuple(turns)
