"""Phantoms are known by their words and their place; what a patient may say is not taken for one."""

from __future__ import annotations

import pytest

from kiskriv.speech import phantoms
from kiskriv.transcript import Doubt, Word


@pytest.mark.parametrize(
    ("text", "doubted"),
    [
        ("Teksting av Nicolai Winther", "Teksting av Nicolai Winther"),
        ("Undertekster av Ai-Media.", "Undertekster av Ai-Media."),
        ("takk for at du så på", "takk for at du så på"),
        ("Har du feber? Nei. Takk for at du så med!", "Takk for at du så med!"),
        ("Undertekstar av Ola Nordmann. Har du feber?", "Undertekstar av Ola Nordmann."),
        ("Teksting av Ola. Har du feber? Thanks for watching!", "Teksting av Ola. Thanks for watching!"),
        ("Thank you for watching! Thank you for watching!", "Thank you for watching! Thank you for watching!"),
        ("Takk for at du så på kneet.", ""),
        ("Har du feber? Takk for at du så på det. Nei.", ""),
        ("Jeg har lest teksting av filmer hele dagen i går.", ""),
        ("Takk for hjelpen. Ha det.", ""),
        ("Takk.", ""),
        ("", ""),
    ],
)
def test_phantoms_are_known_at_the_ends_only(text: str, doubted: str) -> None:
    words = [Word(number, number + 1, each, 0.9) for number, each in enumerate(text.split())]
    marked, count = phantoms.marked(words)
    assert " ".join(word.text for word in marked if word.doubt is Doubt.PHANTOM) == doubted
    assert " ".join(word.text for word in marked) == text
    assert bool(count) == bool(doubted)
