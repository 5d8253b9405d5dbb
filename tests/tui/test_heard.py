"""What is heard, as it is heard: what may change looks so, what is doubted says why, and a machine that is too slow is told of at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiskriv.session import Behind, Recognised, State, Tentative
from kiskriv.transcript import Doubt, Findings, Remark, Role, Utterance, Word
from kiskriv.tui import words
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import Scene, standing, utterances


def said(text: str, doubt: Doubt | None = None) -> Utterance:
    parts = tuple(Word(9.0 + n, 9.5 + n, word, 0.9, doubt) for n, word in enumerate(text.split()))
    return Utterance(0, Role.PATIENT, "1", parts)


async def test_what_may_still_change_is_marked_and_makes_way_for_what_stands() -> None:
    scene = Scene(heard=(Tentative((said("Det gjør vont"),)),))
    async with consulting(scene) as doctor:
        await doctor.begins()
        await doctor.sees("… 0:09 Pasient: Det gjør vont")
        await doctor.sees("ord merket … kan ennå bli endret")
    scene = Scene(heard=(Tentative((said("Det gjør vont"),)), Recognised((said("Det gjør vondt her."),), 0.1)))
    async with consulting(scene) as doctor:
        await doctor.begins()
        await doctor.sees("0:09 Pasient: Det gjør vondt her.")
        assert "vont" not in doctor.shown()
        assert "… 0:09" not in doctor.shown()


async def test_a_later_guess_takes_the_place_of_an_earlier_one() -> None:
    scene = Scene(heard=(Tentative((said("Det gjør"), said("vont"))), Tentative((said("Det gjør vondt"),))))
    async with consulting(scene) as doctor:
        await doctor.begins()
        await doctor.sees("… 0:09 Pasient: Det gjør vondt")
        assert doctor.shown().count("… 0:09") == 1


async def test_a_machine_that_does_not_keep_up_is_told_of_and_told_of_no_more_when_it_does() -> None:
    async with consulting(Scene(heard=(Behind(75.0),))) as doctor:
        await doctor.begins()
        await doctor.sees("Denne maskinen holder ikke følge: Ordene ligger 1:15 etter.")
    async with consulting(Scene(heard=(Behind(75.0), Behind(0.0), Tentative((said("Slutt"),))))) as doctor:
        await doctor.begins()
        await doctor.sees("Slutt")
        assert "holder ikke følge" not in doctor.shown()


async def test_what_is_doubted_says_why_where_it_stands_and_is_counted_beside_the_note() -> None:
    first, *rest = utterances()
    foreign = replace(first, words=tuple(replace(word, doubt=Doubt.LANGUAGE) for word in first.words))
    scene = Scene(said=(foreign, *rest), findings=Findings(4, phantoms=1, foreign=1, skipped=2, recovered=1))
    async with consulting(scene) as doctor:
        await doctor.begins()
        await doctor.sees("[annet språk: ikke oversatt]")
        await doctor.press("s")
        await doctor.at(Review)
        await doctor.sees("[annet språk: ikke oversatt]")
        await doctor.sees("1 talestykke på et annet språk")


async def test_what_was_met_is_known_to_the_next_screen_too() -> None:
    scene = Scene(findings=Findings(4, foreign=2))
    scene.rooms, scene.left = True, standing(scene, State.DRAFTED)
    async with consulting(scene) as doctor:
        await doctor.at(Review)
        await doctor.sees("2 talestykker på et annet språk")


@pytest.mark.parametrize("size", [(80, 24), (100, 30)])
async def test_all_that_was_met_is_seen_from_the_note(size: tuple[int, int]) -> None:
    met = Findings(9, foreign=1, phantoms=2, skipped=3, reduced=4)
    async with consulting(Scene(findings=met, remarks=(Remark.SWAPPED,)), size=size) as doctor:
        await doctor.reviews()
        await doctor.sees(f"! {words.findings(met)}")


async def test_on_a_low_screen_another_language_is_told_before_all_else() -> None:
    async with consulting(Scene(findings=Findings(9, foreign=1), remarks=tuple(Remark)), size=(60, 18)) as doctor:
        await doctor.reviews()
        await doctor.sees("! 1 talestykke på et annet språk")
