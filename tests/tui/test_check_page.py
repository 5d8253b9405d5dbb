"""What the machine promises: one honest line, and a page that says what to do, the worst first (R20)."""

from __future__ import annotations

from kiskriv.machine import Fact, Promise
from kiskriv.tui.checking import Check, Need, by_need, summary
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene

ROOM = tuple(Promise(fact, fact is not Fact.FREED_PAGES_ZEROED, f"saw {fact}") for fact in Fact)
"""Of a machine on level B, as most are."""
LEVEL = Promise("level", None, "B (freed-pages-zeroed)")
DISK, HISTORY = Promise("disk-encryption", True, ""), Promise("clipboard-history", True, "")


def lacking(*facts: Fact) -> tuple[Promise, ...]:
    """The same machine without these."""
    return tuple(Promise(one.name, False, "") if one.name in facts else one for one in ROOM)


def test_a_machine_on_level_b_keeps_its_promises() -> None:
    assert summary((*ROOM, LEVEL, DISK, HISTORY)) == "✓ Maskinen holder det den lover (C viser alt)"


def test_what_should_be_mended_is_counted() -> None:
    plain, remembered = Promise("disk-encryption", False, ""), Promise("clipboard-history", False, "")
    assert summary((*ROOM, LEVEL, plain, HISTORY)) == "! 1 ting bør rettes: C"
    assert summary((*ROOM, LEVEL, plain, remembered)) == "! 2 ting bør rettes: C"


def test_a_machine_below_level_b_is_not_called_good() -> None:
    worse = (*lacking(Fact.SWAP_SAFE), Promise("level", None, "C"), DISK, HISTORY)
    assert summary(worse).startswith("! 3 ting")  # swap, freed pages, and the level that follows
    assert {one.name for need, one in by_need(worse) if need is Need.MENDING} == {
        Fact.SWAP_SAFE, Fact.FREED_PAGES_ZEROED, "level",
    }  # fmt: skip


def test_what_cannot_be_known_is_not_claimed() -> None:
    unknown = Promise("disk-encryption", None, "")
    assert summary((*ROOM, LEVEL, unknown, HISTORY)) == "✓ Ingenting å rette; 1 ting kan ikke avgjøres herfra: C"


async def test_the_page_says_in_words_what_holds_and_what_to_do_the_worst_first() -> None:
    findings = (
        *ROOM,
        LEVEL,
        Promise("disk-encryption", False, "/: not encrypted"),
        Promise("clipboard-history", None, ""),
    )
    async with consulting(Scene(), size=(80, 24), findings=findings) as doctor:
        await doctor.sees("1 ting bør rettes")
        await doctor.press("c")
        await doctor.at(Check)
        shown = doctor.shown()
        places = [
            shown.index(words)
            for words in (
                "! holder ikke: kryptert disk",
                "→ Krypter disken: LUKS, BitLocker eller FileVault.",
                "/: not encrypted",
                "? kan ikke avgjøres herfra: utklippstavle uten historikk",
                "→ Spør den som drifter maskinen.",
                "– mangler, men bare nivå A trenger det",
                "→ Start maskinen med init_on_free=1.",
                "✓ holder: hemmelig minne til nøkkelen",
            )
        ]
        assert places == sorted(places)
        await doctor.press("end")
        await doctor.sees("✓ holder: nivå")


async def test_findings_that_come_late_are_shown_when_they_come() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.app.push_screen(page := Check())
        await doctor.sees("… Ser etter om maskinen holder det den lover")
        page.found(ROOM)
        await doctor.sees("✓ holder: hemmelig minne")
        assert "Ser etter" not in doctor.shown()
