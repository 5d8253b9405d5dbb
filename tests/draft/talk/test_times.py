"""When it is so: what has gone, what was before, what is only thought of, and what is said in general."""

from __future__ import annotations

import pytest

from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import written
from tests.draft.spoken import judged, talk

SO, PAST, PLANNED = "so", "past", "planned"


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Feberen har gitt seg, men hosten henger i.", "feber", PAST),
        ("Feberen har gitt seg, men hosten henger i.", "hoste", SO),
        ("Feberen har ikke gitt seg.", "feber", SO),
        ("Hosten gjekk over.", "hoste", PAST),
        ("Sist uke var jeg kvalm, men det er borte nå.", "kvalm", PAST),
        ("Jeg har hatt astma fra før.", "astma", SO),
        ("Jeg fortsetter med Paracet som før.", "paracet", SO),
        ("Ta vaksinen to uker før avreise.", "vaksine", SO),
        ("Før hadde jeg astma.", "astma", PAST),
        ("Før hadde eg astma.", "astma", PAST),
        ("Om du skulle få feber, så ringer du.", "feber", PLANNED),
        ("Om du får feber, så ringjer du.", "feber", PLANNED),
        ("Tenk om du hadde hatt blodpropp.", "blodpropp", PLANNED),
        ("Jeg lurer på om jeg har feber.", "feber", "uncertain"),
        ("Skulle ønske jeg kunne ta en Sobril.", "sobril", PLANNED),
    ],
)
def test_when_it_is_so(text: str, word: str, expected: str) -> None:
    assert judged(word, talk(f"P: {text}")) == [expected]


def test_a_clause_that_follows_from_another_has_its_own_time() -> None:
    made = talk("L: INR er to komma fem, da slutta vi med Marevan.")
    assert [judged(word, made) for word in ("inr", "marevan")] == [[SO], [PAST]]


@pytest.mark.parametrize(
    "text",
    [
        "Det går ikke en dag uten hodepine.",
        "Det går ikkje ein dag utan hodepine.",
        "Jeg kan ikke huske sist jeg ikke hadde hodepine.",
    ],
)
def test_not_without_is_with(text: str) -> None:
    assert judged("hodepine", talk(f"P: {text}")) == [SO]


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("Tidligere: astma, brokk.", "", PAST),
        ("Tidl. astma.", "", PAST),
        ("Tidlegare sjukdommar: astma.", "", PAST),
        ("Astma.", "Tidligere sykdommer", PAST),
        ("Familie: astma.", "", "relative"),
        ("Arvelig: astma.", "", "relative"),
        ("Astma, tidligere frisk i lungene.", "", PAST),
        ("Astma: tidlig debut.", "", SO),
    ],
)
def test_a_label_stands_for_what_follows(text: str, heading: str, expected: str) -> None:
    assert judged("astma", written(text, 0, shipped(), heading)) == [expected]
