"""What is planted, and every form in which it may be met again.

A canary is a row of numbered cells: a cell begins with octets that all cells share and that no other run has, goes on with its number, and
ends with a check. A search that knows all the rows therefore reports which cells it met, hence octets recovered, not hits.

Not covered, because nothing verbatim is left of them: log-mel features (a window is scaled by its loudest frame), embeddings, the
activations of a model, compressed or lossy sound.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

Rows = NDArray[np.uint8]
"""Octets, shape (cells, width)."""


@dataclass(frozen=True, repr=False, eq=False)
class Form:
    """One way in which cells may be written: `rows[i]` is cell number `numbers[i]` in octets, shape (n, width).

    Rows have a run of octets in common that gives them away (`step` 0), or nothing, and then stand only where `step` divides the address.
    """

    name: str
    rows: Rows
    numbers: NDArray[np.int64]
    step: int = 0

    def __repr__(self) -> str:
        return f"<Form {self.name}, {self.rows.shape[0]} cells of {self.rows.shape[1]} octets>"


@dataclass(frozen=True, repr=False, eq=False)
class Canary:
    """`cells` cells of `octets` octets each, as they were planted, and all `forms` of them that are looked for."""

    kind: str
    cells: int
    octets: int
    forms: tuple[Form, ...]

    def __repr__(self) -> str:
        return f"<Canary {self.kind}, {self.cells} cells of {self.octets} octets, {len(self.forms)} forms>"


@dataclass(frozen=True)
class Cells:
    """Numbered cells of 32 octets for a file or a piece of memory.

    16 octets of tag, `KSKR`, the number as uint32 big-endian, the first 8 octets of SHA-256(tag, number).
    """

    seed: str
    count: int

    @cached_property
    def octets(self) -> bytes:
        """All cells one after the other."""
        tag = _tag(self.seed, "cells")[:16]
        numbers = (number.to_bytes(4, "big") for number in range(self.count))
        return b"".join(tag + b"KSKR" + number + sha256(tag + number).digest()[:8] for number in numbers)

    @property
    def canary(self) -> Canary:
        """Looked for as they are."""
        rows = np.frombuffer(self.octets, np.uint8).reshape(self.count, 32)
        return Canary("cells", self.count, 32, (_form("octets", rows),))

    def renamed(self, kind: str) -> Canary:
        """The same under another name."""
        return Canary(kind, self.count, 32, self.canary.forms)


@dataclass(frozen=True)
class Voice:
    """Sound whose every 16 samples, a millisecond at 16 kHz, are one numbered cell.

    8 samples of tag, 2 of number, 6 of check. Samples stay within a quarter of full scale: there int16 survives the way that kiskriv takes
    it, `rint(x / 32768 * 32767)` after FFmpeg and `rint(x / 32767 * 32767)` after the vault, bit by bit. It sounds like noise.
    """

    seed: str
    count: int

    @cached_property
    def samples(self) -> NDArray[np.int16]:
        """int16 at 16 kHz, shape (16 * count,)."""
        tag = _tag(self.seed, "voice")
        made = b"".join(
            tag[:16] + (number >> 14).to_bytes(2, "little") + (number & 0x3FFF).to_bytes(2, "little")
            + sha256(tag + number.to_bytes(4, "big")).digest()[:12]
            for number in range(self.count)
        )  # fmt: skip
        return ((np.frombuffer(made, "<u2") & 0x3FFF).astype(np.int16) - 0x2000).astype("<i2")

    @cached_property
    def canary(self) -> Canary:
        """int16, alone and as two equal channels interleaved; what capture, vault and ear make of it in float; base64 and hex of int16."""
        samples = self.samples.reshape(self.count, 16)
        whole = samples.astype("<f8")
        stereo = samples.repeat(2, axis=1)
        forms = [
            _form("int16", samples),
            _form("int16 stereo", stereo),
            _form("float32 / 32768", (whole / 32768).astype("<f4")),
            _form("float32 / 32768 stereo", (stereo / 32768).astype("<f4")),
            _form("float32 / 32767", (whole / 32767).astype("<f4")),
            _form("float32 whole", whole.astype("<f4")),
            _form("float32 whole stereo", stereo.astype("<f4")),
            _form("float32 scaled", (whole / 32768).astype("<f4") * np.float32(32767)),
            _form("float32 scaled stereo", (stereo / 32768).astype("<f4") * np.float32(32767)),
            _form("float64 whole", whole),
            _form("float64 / 32767", whole / 32767),
            *_armoured("int16", _octets(samples)),
        ]
        return Canary("voice", self.count, 32, tuple(forms))


_CONSONANTS, _VOWELS = "bdfghjklmnprstvk", "aeiou"
_PAIRS = tuple(map("".join, product("bdfghjklmnprstvz", _VOWELS)))


@dataclass(frozen=True)
class Words:
    """Distinct words that nobody has said, 28 letters each: `håvæmøludisokabirevofadagube`.

    18 letters that all share, with å, æ and ø among them, 6 of number, 4 of check; syllables of two letters, so that lower case and a
    capital at the beginning are the same word. Up to 512,000.
    """

    seed: str
    count: int

    @cached_property
    def words(self) -> tuple[str, ...]:
        """In the order of their numbers, lower case."""
        tag = _tag(self.seed, "words")
        letters = [_CONSONANTS[octet % len(_CONSONANTS)] + _VOWELS[octet // 16 % 5] for octet in tag[:9]]
        for place, letter in ((0, "å"), (1, "æ"), (2, "ø")):
            letters[place] = letters[place][0] + letter
        stem = "".join(letters)
        made = []
        for number in range(self.count):
            check = sha256(tag + number.to_bytes(4, "big")).digest()
            parts = (number // 6400 % 80, number // 80 % 80, number % 80, check[0] % 80, check[1] % 80)
            made.append(stem + "".join(_PAIRS[part] for part in parts))
        return tuple(made)

    def text(self, sign: str = "") -> str:
        """All of them with spaces between, ended by `sign`: CPython keeps it in 1, 2 or 4 octets a letter with "", "–" or "😷"."""
        return " ".join(self.words) + sign

    @cached_property
    def canary(self) -> Canary:
        """As CPython and files keep text, as JSON escapes it, base64 and hex of UTF-8, and as tmux keeps a screen."""
        utf8 = _spelt(self.words, lambda word: word.encode())
        forms = [
            _form("utf-8", utf8),
            _form("latin-1", _spelt(self.words, lambda word: word.encode("latin-1"))),
            _form("utf-16", _spelt(self.words, lambda word: word.encode("utf-16-le"))),
            _form("utf-32", _spelt(self.words, lambda word: word.encode("utf-32-le"))),
            _form("json", _spelt(self.words, lambda word: json.dumps(word)[1:-1].encode())),
            _form("ascii()", _spelt(self.words, lambda word: ascii(word)[1:-1].encode())),
            _form(
                "repr of utf-8", _spelt(self.words, lambda word: repr(word.encode())[2:-1].encode())
            ),  # the kernel's log too
            *_armoured("utf-8", utf8),
            _form(
                "tmux",
                np.array(
                    [[of for sign in word[6:] for of in (0, 8, 8, ord(sign), 0)][:-1] for word in self.words], np.uint8
                ),
            ),
        ]
        return Canary("words", self.count, len(self.words[0].encode()), tuple(forms))

    def tokens(self, encode: Callable[[str], Sequence[int]]) -> Canary:
        """The words as a tokenizer writes them, int32 and int64. Raises ValueError where a tokenizer gives them nothing in common."""
        lengths = defaultdict[int, dict[int, Sequence[int]]](dict)
        for number, word in enumerate(self.words):
            ids = encode(word)
            lengths[len(ids)][number] = ids
        return Canary("tokens", self.count, len(self.words[0].encode()), tuple(_token_forms(lengths)))


@dataclass(frozen=True, repr=False)
class Key:
    """A session's key of 32 octets. Its halves are the cells, so that a torn key is met too."""

    octets: bytes

    def __repr__(self) -> str:
        return f"<Key, {len(self.octets)} octets>"

    @property
    def canary(self) -> Canary:
        """As it is, base64 and hex."""
        halves = np.frombuffer(self.octets, np.uint8).reshape(-1, 1, 16)
        forms = (
            Form(form.name, form.rows, np.array([number]))
            for number, half in enumerate(halves)
            for form in (_form("octets", half), *_armoured("octets", half))
        )
        return Canary("key", len(halves), 16, tuple(forms))


LEAST_SHARED = 15
"""Octets that all rows of a form have to share: wherever they begin, eight of them stand on an address that eight divides."""


def shared(rows: Rows) -> tuple[int, int]:
    """Where the longest run of columns begins that are alike in all rows, and its length in octets."""
    alike = np.concatenate(([False], (rows == rows[0]).all(axis=0), [False]))
    edges = np.flatnonzero(alike[1:] != alike[:-1]).reshape(-1, 2)
    if not len(edges):
        return 0, 0
    begin, end = edges[np.argmax(edges[:, 1] - edges[:, 0])]
    return int(begin), int(end - begin)


def _tag(seed: str, kind: str) -> bytes:
    return sha256(f"kiskriv proof, {kind}, {seed}".encode()).digest()


def _octets(rows: ArrayLike) -> Rows:
    rows = np.ascontiguousarray(rows)
    return rows.view(np.uint8).reshape(len(rows), -1)


def _form(name: str, rows: ArrayLike, numbers: Iterable[int] | None = None) -> Form:
    octets = _octets(rows)
    if len(octets) > 1 and shared(octets)[1] < LEAST_SHARED:
        raise ValueError(f"{name}: the cells share too little to be looked for")
    return Form(name, octets, np.arange(len(octets)) if numbers is None else np.fromiter(numbers, np.int64))


def _spelt(words: Iterable[str], encode: Callable[[str], bytes]) -> Rows:
    """The words without their first letter, which may be a capital."""
    return np.array([list(encode(word[1:])) for word in words], np.uint8)


def _armoured(name: str, rows: Rows) -> Iterator[Form]:
    """hex, and base64 at its three alignments: only the signs that no neighbouring octet has a part in."""
    _, width = rows.shape
    yield _form(f"hex of {name}", np.array([list(bytes(row).hex().encode()) for row in rows], np.uint8))
    for before in range(3):
        first, last = -(-before * 8 // 6), (before + width) * 8 // 6
        signs = [list(b64encode(bytes(before) + bytes(row))[first:last]) for row in rows]
        yield _form(f"base64 of {name}", np.array(signs, np.uint8))


def _token_forms(lengths: Mapping[int, Mapping[int, Sequence[int]]]) -> Iterator[Form]:
    for same_length in lengths.values():
        for width in ("<i4", "<i8"):
            yield _form(f"int{8 * int(width[2])}", np.array(list(same_length.values()), width), same_length)
