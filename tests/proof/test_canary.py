"""What is planted is met again in every form that it takes on the way."""

from __future__ import annotations

import base64
import ctypes
import io
import json
import sys
from collections.abc import Callable
from itertools import count

import numpy as np
import pytest

from kiskriv.vault import SealedSound, Vault
from proof.canary import Canary, Cells, Form, Key, Voice, Words
from proof.scan import Finding, Scanner

START = "a start value"


def met(canary: Canary, octets: bytes) -> Finding:
    return Scanner(canary).search([io.BytesIO(octets)])


def tokens(word: str) -> list[int]:
    """Two letters a token, a long word's last token standing apart as tokenizers do."""
    return [ord(first) * 256 + ord(second) for first, second in zip(word[::2], word[1::2], strict=True)]


CANARIES = {
    "cells": Cells(START, 40).canary,
    "voice": Voice(START, 40).canary,
    "words": Words(START, 40).canary,
    "tokens": Words(START, 40).tokens(tokens),
    "key": Key(bytes(range(7, 39))).canary,
}
FORMS = [
    pytest.param(canary, form, id=f"{kind}, {form.name}") for kind, canary in CANARIES.items() for form in canary.forms
]


@pytest.mark.parametrize(("canary", "form"), FORMS)
def test_every_form_is_met_wherever_it_begins(canary: Canary, form: Form) -> None:
    for before in range(16):
        found = met(canary, bytes(before) + form.rows.tobytes() + b"\xff" * 9).kinds[canary.kind]
        assert found.forms[form.name] == len(form.rows)


@pytest.mark.parametrize("kind", ["cells", "voice", "words", "tokens"])
def test_cells_are_told_apart_and_runs_too(kind: str) -> None:
    others = {
        "cells": Cells("another", 40).canary,
        "voice": Voice("another", 40).canary,
        "words": Words("another", 40).canary,
    }
    for form in CANARIES[kind].forms:
        assert len({bytes(row) for row in form.rows}) == len(form.rows)
    if kind in others:
        for form in others[kind].forms:
            assert met(CANARIES[kind], form.rows.tobytes()).residue == 0


@pytest.mark.parametrize("channels", [1, 2])
def test_the_voice_goes_through_capture_and_vault_bit_by_bit(channels: int) -> None:
    voice = Voice(START, 1000)
    captured = np.tile((voice.samples / 32768).astype(np.float32), (channels, 1))
    assert met(voice.canary, captured.tobytes()).kinds["voice"].forms["float32 / 32768"] == 1000
    sound = SealedSound(Vault())
    sound.append(captured)
    opened = sound.read([(0, sound.length)])
    assert met(voice.canary, opened.tobytes()).kinds["voice"].forms["float32 / 32767"] == 1000
    again = np.rint(opened * 32767).astype("<i2")
    np.testing.assert_array_equal(again[0], voice.samples)


@pytest.mark.parametrize(("sign", "form"), [("", "latin-1"), ("–", "utf-16"), ("😷", "utf-32")])
def test_words_are_met_in_what_cpython_keeps(sign: str, form: str) -> None:
    words = Words(START, 100)
    text = words.text(sign)
    found = met(words.canary, ctypes.string_at(id(text), sys.getsizeof(text)))
    assert found.kinds["words"].forms == {form: 100}


WAYS: dict[str, Callable[[str], bytes]] = {
    "utf-8": str.encode,
    "json": lambda text: json.dumps({"note": text}).encode(),
    "ascii()": lambda text: ascii(text).encode(),
    "repr of utf-8": lambda text: repr(text.encode()).encode(),
    "hex of utf-8": lambda text: text.encode().hex().encode(),
    "base64 of utf-8": lambda text: base64.b64encode(text.encode()),
}


@pytest.mark.parametrize("form", WAYS)
def test_words_are_met_as_programs_write_them(form: str) -> None:
    words = Words(START, 100)
    assert met(words.canary, WAYS[form](words.text())).kinds["words"].forms[form] == 100


def test_a_capital_at_the_beginning_hides_nothing() -> None:
    words = Words(START, 100)
    assert met(words.canary, words.text().title().encode()).share == 1


def test_a_word_has_the_letters_that_tell_encodings_apart() -> None:
    assert all(set("æøå") < set(word) and len(word) == 28 and word.isalpha() for word in Words(START, 100).words)


def test_half_a_key_is_met() -> None:
    key = Key(bytes(range(32)))
    found = met(key.canary, b"...." + key.octets[16:])
    assert (found.residue, found.share) == (16, 0.5)


def test_words_of_any_number_of_tokens_are_met() -> None:
    words, long = Words(START, 40), count()

    def uneven(word: str) -> list[int]:
        return tokens(word) + [7] * (next(long) % 3)

    ids = [tokens(word) + [7] * (number % 3) for number, word in enumerate(words.words)]
    written = b"".join(np.array(some, "<i8").tobytes() for some in ids)
    assert met(words.tokens(uneven), written).kinds["tokens"].forms == {"int64": 40}


def test_a_tokenizer_that_words_have_nothing_in_common_under_is_refused() -> None:
    with pytest.raises(ValueError, match="share too little"):
        Words(START, 10).tokens(lambda word: [number for number, letter in enumerate(word, 1) if letter > "f"][-2:])


@pytest.mark.parametrize(
    "value", [*CANARIES.values(), *(form for canary in CANARIES.values() for form in canary.forms), Key(bytes(32))]
)
def test_a_repr_gives_sizes(value: object) -> None:
    assert len(repr(value)) < 80
