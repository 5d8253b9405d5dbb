"""The page for a patient: all that the entry says and no more, and the receipt itself, which still verifies."""

from __future__ import annotations

import dataclasses
import re
import string
from base64 import b64decode
from pathlib import Path

import pytest

from kiskriv.errors import NoErasure, ProofInvalid
from kiskriv.ledger import (
    Artefact,
    ArtefactName,
    Cause,
    Ended,
    Entry,
    Fact,
    Ledger,
    Level,
    Method,
    Opened,
    Reason,
    verify,
)
from kiskriv.ledger.checkpoint import Checkpoint
from kiskriv.ledger.entry import encode
from kiskriv.ledger.key import Signers
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.receipt import Receipt
from kiskriv.ledger.report import receipt_page, receipt_text, receipt_wording
from kiskriv.ledger.report.receipt_wording import moment, size

from .material import ended, opened, resumed, started, swept
from .pages import Page

KEYS = Signers.new()


def receipt(entry: Entry) -> str:
    """Of a log of one entry."""
    line = encode(entry)
    return str(Receipt(line, 0, (), KEYS.sign(Checkpoint(KEYS.log.name, 1, leaf_hash(line)))))


def flat(entry: Entry) -> str:
    """The text without its line ends."""
    return " ".join(receipt_text(receipt(entry)).split())


START: Opened = opened()
END: Ended = ended(START)


def test_a_page_says_what_was_erased_how_and_how_well() -> None:
    shown = Page(receipt_page(receipt(END)))
    rows = dict(zip(shown.texts["th"], shown.texts["td"], strict=True))
    assert rows["lyd"] == "inntil 135 MB"
    assert rows["transkripsjon"] == "inntil 17 kB"
    assert rows["utkast"] == "inntil 3 kB"
    assert rows["Når"].startswith("2. mars 2026, mellom kl. 12 og 13 (UTC")
    assert rows["Hvorfor økten sluttet"] == "overført til journalen"
    assert rows["Hva som ble gjort"].startswith("nøkkelen ødelagt, minnet overskrevet, ")
    assert rows["Fra slutt til slettet"] == "350 ms"
    assert rows["Vern som manglet"] == "frigitte minnesider nullet av kjernen"
    assert rows["Det ble lett i"].startswith("eget minne, ")
    assert rows["Øktens nummer"] == START.session
    sentences = " ".join(shown.texts["p"])
    assert "Nivå B, det midterste av tre" in sentences
    assert "Ingenting ble funnet." in sentences
    assert "sier ikke hvem du er" in sentences
    assert "python -m kiskriv.ledger verify kvittering.txt --key NØKKEL" in sentences
    assert "IKKE" not in sentences


def test_the_receipt_on_a_page_is_the_receipt(folder: Path) -> None:
    with Ledger.open(folder) as ledger:
        ledger.append(START)
        given = ledger.receipt(ledger.append(END))
        vkey = ledger.public_key
    shown = Page(receipt_page(given))
    assert shown.texts["pre"] == [given]
    link = shown.all("a")[0]
    assert link["download"] == "kvittering.txt"
    saved = b64decode((link["href"] or "").partition(",")[2]).decode()
    assert verify(saved, vkey) == verify(shown.texts["pre"][0], vkey) == verify(given, vkey)
    assert receipt_text(given).endswith(given)


@pytest.mark.parametrize("language", ["nb", "en"])
def test_page_and_text_say_the_same(language: str) -> None:
    given = receipt(END)
    words = " ".join(receipt_text(given, language).split())  # type: ignore[arg-type]
    shown = Page(receipt_page(given, language))  # type: ignore[arg-type]
    for said in (*shown.texts["th"], *shown.texts["td"], *shown.texts["p"], *shown.texts["h2"]):
        assert " ".join(said.split()) in words or said in ("Lagre den som fil", "Save it as a file")
    assert shown.all("html") == [{"lang": language}]


def test_what_is_not_confirmed_is_said_first_and_nothing_is_promised() -> None:
    found = ended(START, verified=False)
    shown = Page(receipt_page(receipt(found)))
    assert "IKKE BEKREFTET" in shown.texts["p"][0]
    assert shown.all("p")[0]["class"] == "alarm"
    words = flat(found)
    assert "Hva som er forsøkt slettet" in words
    assert "Funn: 2. Noe av materialet var igjen." in words
    assert "Fra slutt til slettet" not in words
    for promise in ("kan ikke åpnes igjen", "har ingenting", "Ingenting ble funnet."):
        assert promise not in words
    unsearched = dataclasses.replace(found, residue=0, looked=())
    assert "Det ble ikke lett noe sted." in flat(unsearched)
    killed = dataclasses.replace(found, residue=0, methods=(Method.KEY_DESTROYED, Method.ROOM_KILLED))
    assert "Ingenting ble funnet, men slettingen er likevel ikke bekreftet." in flat(killed)


def test_each_level_promises_what_it_holds() -> None:
    best = dataclasses.replace(END, level=Level.A, facts=tuple(Fact))
    assert "nullstilles av operativsystemet" in flat(best)
    assert "Vern som manglet" not in flat(best)
    assert "nullstilles" not in flat(END)
    worst = dataclasses.replace(END, level=Level.C, facts=())
    assert "noe av vernet manglet" in flat(worst)
    assert "har ingenting" not in flat(worst)
    for entry in (best, END):
        unseen = dataclasses.replace(entry, methods=(Method.KEY_DESTROYED,))
        assert "ble ikke sett avsluttet" in flat(unseen)
        assert "nullstilles" not in flat(unseen)
        assert "har ingenting" not in flat(unseen)


def test_a_swept_session_is_no_more_than_swept() -> None:
    for cause in Cause:
        words = flat(swept(START, cause))
        assert "ingen prosess som kunne åpne det, er igjen" in words
        assert "det er ikke lett etter rester" in words
        assert "Nivå" not in words
        assert "Ingenting ble funnet" not in words


def test_the_note_is_said_to_be_kept_only_where_it_is() -> None:
    assert "Det er ikke slettet." in flat(END)
    for reason in set(Reason) - {Reason.TRANSFERRED}:
        assert "overført til journalen" not in flat(ended(START, reason))


def test_nothing_recorded_is_said() -> None:
    assert "Ingenting var tatt opp." in flat(dataclasses.replace(END, artefacts=()))
    speakers = dataclasses.replace(END, artefacts=(Artefact(ArtefactName.SPEAKERS, 1, 512),))
    assert "hvem som snakket inntil 512 B" in flat(speakers)


@pytest.mark.parametrize("entry", [START, resumed(START), started()], ids=lambda entry: entry.kind)
def test_what_is_no_erasure_has_no_page(entry: Entry) -> None:
    for write in (receipt_page, receipt_text):
        with pytest.raises(NoErasure) as refused:
            write(receipt(entry))
        assert "kiskriv ledger show" in refused.value.advice


def test_what_is_no_receipt_has_no_page() -> None:
    good = receipt(END)
    for bad in ("", "<p>", good.replace("index 0", "index x"), good[: good.index("\n\n") + 2]):
        with pytest.raises(ProofInvalid):
            receipt_page(bad)
    with pytest.raises(ProofInvalid):
        receipt_page(str(Receipt(b'{"kind":"ended"}', 0, (), good.partition("\n\n")[2])))


def test_what_somebody_writes_into_a_receipt_is_shown_as_text() -> None:
    given = receipt(END) + "\u2014 <script>alert(1)</script> AAAAAAAA\n"
    assert Page(receipt_page(given)).texts["pre"] == [given]


@pytest.mark.parametrize(
    ("time", "nb", "en"),
    [
        ("2026-03-02T12:00:00Z", "2. mars 2026, mellom kl. 12 og 13 ", "2 March 2026, between 12:00 and 13:00 "),
        (
            "2026-12-31T23:00:00Z",
            "31. desember 2026, mellom kl. 23 og 24 ",
            "31 December 2026, between 23:00 and 24:00 ",
        ),
        ("2026-05-17T07:04:00Z", "17. mai 2026, kl. 07.04 ", "17 May 2026, at 07:04 "),
        ("2026-05-17T07:04:09Z", "17. mai 2026, kl. 07.04.09 ", "17 May 2026, at 07:04:09 "),
    ],
)
def test_a_time_is_no_finer_than_it_may_be(time: str, nb: str, en: str) -> None:
    assert moment(time, "nb").startswith(nb)
    assert moment(time, "en").startswith(en)


def test_an_upper_bound_stays_one() -> None:
    assert [size(1 << power) for power in (0, 9, 10, 16, 20, 27)] == ["1 B", "512 B", "2 kB", "66 kB", "2 MB", "135 MB"]


def test_both_languages_say_the_same_and_every_text_is_used() -> None:
    source = (Path(receipt_wording.__file__).parent / "receipt_page.py").read_text()
    source += Path(receipt_wording.__file__).read_text()
    for name, texts in receipt_wording.TEXTS.items():
        named = [{field for _, field, _, _ in string.Formatter().parse(text) if field} for text in texts.values()]
        if name not in {"hour", "minute", "second", "day"}:
            assert named[0] == named[1], name
        assert len(re.findall(rf'"{name}"', source)) > 1 or name.startswith("level-"), name
