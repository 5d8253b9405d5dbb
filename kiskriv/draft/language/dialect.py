"""Words of the dialects, as a recogniser that hears well writes them, in the form that the rules know. Pure."""

from __future__ import annotations

from typing import Final

_FORMS: Final = {
    form: word
    for word, forms in {
        "ikke": "itte itj itje ittj ikkj ikkji ikj inte ente itjnå ittno ikkjno",
        "jeg": "je jæ ej æ æg",
        "meg": "mæ",
        "deg": "dæ",
        "seg": "sæ",
        "hun": "hu",
        "de": "dom",
        "dem": "dæm",
        "dere": "dokker dokk dåkk",
        "hva": "ka",
        "hvem": "kem kæm",
        "hvorfor": "koffer koffor koffør",
        "hvordan": "korsn korsen koss kossen",
        "noe": "nokke nokka nåkka nåkke noge någe",
        "noen": "nån nokken nåkken nåen",
        "var": "va",
        "vært": "vørri vorri vørte",
        "når": "katti",
        "skal": "ska",
        "skulle": "sku",
        "også": "åsså",
        "til": "tel",
        "siden": "sia sea",
        "kommer": "kjæm",
        "morgen": "mårån mårran morran morra mårrån",
        "kveld": "kvell",
        "kvelden": "kvelln",
        "dager": "daga",
        "ganger": "ganga gonga gonge",
    }.items()
    for form in forms.split()
}
_BEING: Final = frozenset(
    ("det", "jeg", "eg", "han", "hun", "ho", "du", "vi", "de", "dei", "den", "som", "her", "der", "dette", "hva")
)
"""Beside one of these «e» is a verb, and no letter."""
_NOTHING: Final = frozenset((("itte", "no"), ("itte", "nå"), ("itj", "nå"), ("itje", "nå"), ("ittj", "nå")))
"""«itte no vondt»: with what follows, none of it."""


def known(words: list[str]) -> list[str]:
    """The same words, one for one, each in the form that the rules know."""
    forms = [_FORMS.get(word, word) for word in words]
    for at, word in enumerate(words):
        beside = forms[max(0, at - 1) : at] + forms[at + 1 : at + 2]
        if word == "e" and not _BEING.isdisjoint(beside):
            forms[at] = "er"
        elif at and at + 1 < len(words) and (words[at - 1], word) in _NOTHING and words[at + 1].isalpha():
            forms[at] = "noe"
    return forms
