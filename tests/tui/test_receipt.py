"""The receipt is a page that a patient can read: gone, how, checked, where it stands (issue 8, point 6; R17, R22)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiskriv.deliver import Recalled
from kiskriv.ledger import Ended, Reason, decode, encode
from kiskriv.ledger.receipt import Receipt as Proof
from kiskriv.ledger.receipt import parse
from kiskriv.tui.over import Receipt
from tests.tui.conftest import Doctor, consulting
from tests.tui.fakes import Scene, ended


def unverified() -> str:
    """A receipt for an erasure after which something was found."""
    receipt = parse(ended(Reason.DISCARDED))
    entry = decode(receipt.entry)
    assert isinstance(entry, Ended)
    return str(Proof(encode(replace(entry, residue=2, verified=False)), receipt.index, (), receipt.checkpoint))


async def shown(doctor: Doctor, receipt: Receipt) -> None:
    """Puts this page there."""
    await doctor.sees("God dag")
    await doctor.app.go(receipt)
    await doctor.at(Receipt)


@pytest.mark.parametrize("size", [(60, 18), (80, 24)])
async def test_the_first_that_is_read_is_that_it_is_gone_in_plain_words(size: tuple[int, int]) -> None:
    async with consulting(Scene(), size=size) as doctor:
        await shown(doctor, Receipt(ended(Reason.TRANSFERRED), Recalled.NOTHING))
        await doctor.sees("✓ SLETTET Lyd, tekst og utkast fra denne konsultasjonen er slettet. Notatet er i journalen.")
        for _ in range(20):
            await doctor.press("down")
        await doctor.sees("linje 42 i sletteloggen, signert")
        await doctor.press("enter")
        await doctor.sees("God dag")


@pytest.mark.parametrize(
    ("recalled", "words"),
    [
        (Recalled.CLEARED, "notatet er"),
        (Recalled.OTHER, "der ligger det noe annet nå"),
        (Recalled.UNKNOWN, "! Notatet kan fortsatt ligge der: Kopier noe annet nå."),
    ],
)
async def test_what_became_of_the_note_on_the_clipboard_is_said(recalled: Recalled, words: str) -> None:
    async with consulting(Scene(), size=(100, 40)) as doctor:
        await shown(doctor, Receipt(ended(Reason.TRANSFERRED), recalled))
        await doctor.sees(f"Utklippstavle {words}")


@pytest.mark.parametrize("recalled", [Recalled.NOTHING, None])
async def test_a_clipboard_that_never_held_it_is_not_spoken_of(recalled: Recalled | None) -> None:
    async with consulting(Scene(), size=(100, 40)) as doctor:
        await shown(doctor, Receipt(ended(Reason.TRANSFERRED), recalled))
        await doctor.sees("Kvittering")
        assert "Utklippstavle" not in doctor.shown()


async def test_an_erasure_that_is_not_confirmed_is_never_called_erased() -> None:
    async with consulting(Scene(), size=(100, 40)) as doctor:
        await shown(doctor, Receipt(unverified(), None))
        await doctor.sees(
            "!! IKKE BEKREFTET Det kunne ikke bekreftes at lyd, tekst og utkast fra denne konsultasjonen er slettet."
        )
        assert "✓" not in doctor.shown() and "SLETTET" not in doctor.shown()
