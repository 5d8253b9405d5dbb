"""The text for the deviation report says what is known, what is to be done, and nothing about a patient."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kiskriv import __version__
from kiskriv.ledger import Ended, Reason, decode, encode
from kiskriv.ledger.receipt import Receipt, parse
from kiskriv.locale import Language, set_language
from kiskriv.machine import Level
from kiskriv.tui.deviation import failure, report
from tests.tui.fakes import ended

NOTICED = datetime(2026, 3, 3, 13, 7, tzinfo=UTC)


def unverified(residue: int) -> str:
    """A receipt for an erasure after which so much was found."""
    receipt = parse(ended(Reason.DISCARDED))
    entry = decode(receipt.entry)
    assert isinstance(entry, Ended)
    return str(Receipt(encode(replace(entry, residue=residue, verified=False)), receipt.index, (), receipt.checkpoint))


def test_all_that_the_log_says_is_in_it() -> None:
    said = report(failure(NOTICED, receipt=unverified(2)))
    for words in (
        f"AVVIK: en sletting er ikke bekreftet (kiskriv {__version__})",
        f"Oppdaget: {NOTICED.astimezone():%d.%m.%Y %H:%M}",
        "1 konsultasjon skulle vært slettet",
        "ab" * 16,
        "Sletteloggen: linje 42, 03.03.2026",
        "Steder der noe ble funnet eller kan ligge: 2",
        "Gjort: nøkkelen som kunne åpne det, er ødelagt; minnet er overskrevet",
        "Søkt etterpå i: minnet som holdt det",
        "Lovet: Nivå B",
        "1. Ikke hold flere konsultasjoner",
        "«kiskriv recover»",
        "72 timer",
        "artikkel 33",
        "Det står ingenting om noen pasient i denne teksten.",
    ):
        assert words in said


def test_what_is_not_known_is_not_claimed() -> None:
    said = report(failure(NOTICED, count=2))
    assert "2 konsultasjoner skulle vært slettet" in said and "Anbefalt:" in said
    for words in ("Sletteloggen: linje", "slik sletteloggen kaller", "Steder der", "Gjort:", "Søkt", "Lovet", "None"):
        assert words not in said
    said = report(failure(NOTICED, session="cd" * 16, residue=1, level=Level.C))
    assert "cd" * 16 in said and "kan ligge: 1" in said and "Lovet: Nivå C" in said


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_it_is_told_in_the_language_of_the_screen(language: Language) -> None:
    set_language(language)
    said = report(failure(NOTICED, receipt=unverified(1)))
    set_language("nb")
    assert {"nb": "AVVIK: en", "nn": "AVVIK: ei", "en": "DEVIATION: an"}[language] in said
    assert "{" not in said
