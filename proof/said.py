"""What was really said in a consultation, as a canary: its own samples and its own words, in every form that they take on their way.

Nothing marks them but that no other memory has them: a stretch of sixteen loud samples, or of sixteen letters in a row.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from proof.canary import Canary, Form

STRETCH = 16
"""Samples, or letters, in a cell."""

EVERY = 32
"""Samples from one cell to the next: what is left of a buffer of 2 ms is met."""

LOUD = 256
"""Of 32,768: how far a cell's loudest sample reaches at least."""

LOUDNESSES = 8
"""How many different samples a cell has at least."""


def sound(samples: NDArray[np.int16]) -> Canary:
    """Two channels, shape (2, n), at 16 kHz: as capture, wire, vault, ear and engine hold them, each channel and their mean.

    Raises ValueError for silence.
    """
    cells = samples.shape[1] // EVERY
    both = samples[:, : cells * EVERY].reshape(2, cells, EVERY)[:, :, :STRETCH].astype(np.float32)
    left, right = both[:, _fit(both[0]) | _fit(both[1])]
    if not len(left):
        raise ValueError("nothing was said that could be looked for")
    mean = (left + right) / 2
    interleaved = np.stack((left, right), axis=2).reshape(len(left), -1)
    forms = [
        *(
            form
            for name, whole in (("left", left), ("right", right), ("stereo", interleaved), ("mean", mean))
            for form in (
                _loud(f"float32 / 32768 {name}", whole / np.float32(32768), whole, 4),
                _loud(f"float32 / 32767 {name}", whole / np.float32(32767), whole, 4),
                _loud(f"float32 whole {name}", whole, whole, 4),
            )
        ),
        *(
            _loud(f"int16 {name}", whole.astype("<i2"), whole, 2)
            for name, whole in (("left", left), ("right", right), ("stereo", interleaved))
        ),
    ]
    return Canary("sound", len(left), 2 * 2 * STRETCH, tuple(forms))


def noise(seed: str, seconds: float = 0.25) -> NDArray[np.int16]:
    """A recording of nothing, shape (2, n), that a control can leave where a session's sound is looked for."""
    made = np.random.default_rng(list(seed.encode()))
    return made.integers(-8000, 8000, (2, int(seconds * 16_000)), np.int16)


def words(texts: Iterable[str]) -> Canary:
    """Sentences, cut into cells of sixteen letters: as CPython, files, the wire and terminals keep text. Raises ValueError without any."""
    cells = list(dict.fromkeys(cell for text in texts for cell in _cut(text)))
    if not cells:
        raise ValueError("nothing was said that could be looked for")
    forms = (
        _spelt("utf-8", cells, str.encode, 1),
        _spelt("latin-1", cells, lambda cell: cell.encode("latin-1", "replace"), 1),
        _spelt("utf-16", cells, lambda cell: cell.encode("utf-16-le"), 2),
        _spelt("utf-32", cells, lambda cell: cell.encode("utf-32-le"), 4),
        _spelt("json", cells, lambda cell: json.dumps(cell)[1:-1].encode(), 1),
        _spelt("tmux", cells, lambda cell: bytes(of for sign in cell.encode() for of in (0, 8, 8, sign, 0))[:-1], 1),
    )
    return Canary("text", len(cells), STRETCH, forms)


def timed_words(said: Sequence[Sequence[tuple[float, float, str, float]]]) -> Canary | None:
    """Words with their times as the vault and the wire spell them, some next to each other in a cell; None without any."""
    cells = {}
    for utterance in said:
        for word in utterance:
            start, end, text, probability = word
            listed = json.dumps([start, end, text, probability], ensure_ascii=False, separators=(",", ":"))
            named = json.dumps(
                {"start": start, "end": end, "text": text, "probability": probability},
                ensure_ascii=False, separators=(",", ":"),
            )  # fmt: skip
            cells[listed] = named
    kept = [(listed.encode(), named.encode()) for listed, named in cells.items() if len(listed) >= _SPELT]
    if not kept:
        return None
    numbers = np.arange(len(kept))
    forms = (
        Form("sealed", _rows([listed[:_SPELT] for listed, _ in kept]), numbers, 1),
        Form("wire", _rows([named[_LEAD : _LEAD + _SPELT] for _, named in kept]), numbers, 1),
    )
    return Canary("timed words", len(kept), _SPELT, forms)


_SPELT = 24
_LEAD = len('{"start":')


def _cut(text: str) -> Iterable[str]:
    return (text[at : at + STRETCH] for at in range(0, len(text) - STRETCH + 1, STRETCH))


def _rows(octets: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.array([list(row) for row in octets], np.uint8)


def _spelt(name: str, cells: Sequence[str], encode: Callable[[str], bytes], step: int) -> Form:
    spelt = [encode(cell) for cell in cells]
    width = min(map(len, spelt))
    return _distinct(name, _rows([octets[:width] for octets in spelt]), np.ones(len(cells), bool), step)


def _loud(name: str, written: ArrayLike, whole: NDArray[np.float32], step: int) -> Form:
    written = np.ascontiguousarray(written)
    return _distinct(name, written.view(np.uint8).reshape(len(written), -1), _fit(whole), step)


def _fit(whole: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which cells, shape (n, width) in whole numbers, nothing else is likely to hold."""
    various = (np.diff(np.sort(whole, axis=1), axis=1) != 0).sum(axis=1) >= LOUDNESSES
    fit: NDArray[np.bool_] = various & (np.abs(whole).max(axis=1) >= LOUD)
    return fit


def _distinct(name: str, rows: NDArray[np.uint8], fit: NDArray[np.bool_], step: int) -> Form:
    """The rows that are fit, each once."""
    numbers = np.flatnonzero(fit)
    _, first = np.unique(rows[numbers], axis=0, return_index=True)
    numbers = numbers[np.sort(first)]
    return Form(name, rows[numbers], numbers, step)
