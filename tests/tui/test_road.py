"""The whole road by keyboard, and the gates on it (R2, R4, R5, R9, R10, R23)."""

from __future__ import annotations

import gc

import pytest
from rich.segment import Segment

from kiskriv.deliver import Place
from kiskriv.errors import DeliveryError
from kiskriv.tui.approved import Approved
from kiskriv.tui.asking import Ask, Notice
from kiskriv.tui.home import Home, Informed
from kiskriv.tui.over import Receipt
from kiskriv.tui.page import Page
from kiskriv.tui.recording import Recording
from kiskriv.tui.review import Review
from tests.tui.conftest import consulting
from tests.tui.fakes import EMPTY, NOTE, Scene


async def test_the_whole_road_is_walked_by_keyboard() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.begins()
        await doctor.sees("Alt som blir sagt i rommet, blir tatt opp.")
        await doctor.sees("Pasient: Jeg har hatt vondt i halsen")
        await doctor.press("s")
        await doctor.at(Review)
        await doctor.sees("KI-UTKAST, IKKE GODKJENT")
        await doctor.press("a")
        await doctor.at(Ask)
        await doctor.sees("du svarer for")
        await doctor.press("j")
        await doctor.at(Approved)
        await doctor.sees("Åpne riktig pasient i journalsystemet først.")
        await doctor.press("l")
        await doctor.sees("Notatet ligger på utklippstavlen")
        await doctor.press("s", "j")
        await doctor.at(Receipt)
        await doctor.sees("SLETTET")
        await doctor.sees("Notatet er i journalen.")
        await doctor.sees("linje 42 i sletteloggen")
        await doctor.sees("lyden; teksten av det som ble sagt")
        await doctor.press("enter")
        await doctor.at(Home)
    assert doctor.scene.steps == [
        "opened", "record", "sound on", "sound off", "recorded", "draft", "approve", "deliver", "outlet",
        "ended transferred", "left", "recalled",
    ]  # fmt: skip
    assert doctor.scene.delivered == [NOTE.text]
    assert len(doctor.scene.threads) == 1, "the steps were taken by more than one thread"


async def test_nothing_is_recorded_before_the_doctor_has_confirmed() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.press("h", "a", "l", "j")  # no key of home begins a recording
        await doctor.press("enter")
        await doctor.at(Informed)
        await doctor.sees("Ingenting blir tatt opp før du har svart ja.")
        await doctor.press("enter", "space")  # whoever presses twice has not answered
        assert type(doctor.app.screen) is Informed and doctor.scene.steps == []
        await doctor.press("n")
        await doctor.at(Home)
        await doctor.sees("Ingenting er tatt opp.")
    assert doctor.scene.steps == []


async def test_the_screen_says_recording_only_while_sound_is_taken_in() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.begins()
        recording = doctor.app.screen
        assert recording.has_class("live")
        await doctor.press("s")
        await doctor.at(Review)
        assert "TAR OPP" not in doctor.shown()
        assert not recording.has_class("live")


async def test_a_key_pressed_twice_begins_one_recording_and_says_so() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.press("enter")
        await doctor.at(Informed)
        shown: list[object] = []
        go = doctor.app.go

        async def noted(page: Page) -> None:
            shown.append(page)
            await go(page)

        doctor.app.go = noted  # type: ignore[method-assign]
        doctor.app.screen.post_message(Informed.Confirmed())
        doctor.app.screen.post_message(Informed.Confirmed())
        await doctor.sees("Ta kontakt igjen ved forverring.")
        await doctor.sees("TAR OPP")
        assert len(shown) == 1
    assert doctor.scene.steps.count("opened") == 1


async def test_a_file_that_ends_leads_to_the_draft_by_itself() -> None:
    async with consulting(Scene(endless=False)) as doctor:
        await doctor.press("enter", "j")
        await doctor.at(Review)


async def test_nothing_is_delivered_before_it_is_approved() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        await doctor.press("l", "j")
        await doctor.press("a", "n", "l", "j")  # asked, and not given
        await doctor.at(Review)
        await doctor.press("a", "enter")  # Enter is no answer
        await doctor.at(Ask)
        await doctor.press("escape")
    assert doctor.scene.approved == [] and doctor.scene.delivered == []
    assert "deliver" not in doctor.scene.steps


async def test_a_failed_delivery_is_explained_and_leaves_the_note() -> None:
    scene = Scene(fails={"outlet": DeliveryError(problem="no clipboard on this machine")})
    async with consulting(scene) as doctor:
        await doctor.approves()
        await doctor.press("l")
        await doctor.at(Notice)
        await doctor.sees("ikke levert: ingen utklippstavle på denne maskinen")
        await doctor.sees("skriv det for hånd")
        await doctor.press("enter")
        await doctor.at(Approved)
        await doctor.sees("Vondt i halsen i fire dager.")
        await doctor.press("s")
        await doctor.at(Ask)
        assert scene.open
        await doctor.press("j")
        await doctor.at(Receipt)
    assert "ended transferred" in scene.steps


async def test_a_note_can_be_changed_after_approval_and_must_be_approved_again() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        await doctor.press("l")
        await doctor.sees("Notatet ligger på utklippstavlen")
        await doctor.press("escape")
        await doctor.at(Review)
        await doctor.sees("IKKE GODKJENT")
        await doctor.press("l", "j")
        assert doctor.scene.open and len(doctor.scene.delivered) == 1
        await doctor.press("e", "x", "enter", "a", "j")
        await doctor.at(Approved)
        assert "ligger på utklippstavlen" not in doctor.shown()
    assert doctor.scene.approved[-1].sections[0].statements[0].text == "Vondt i halsen i fire dager.x"


async def test_a_folder_as_outlet_is_called_a_folder() -> None:
    async with consulting(Scene(place=Place.FOLDER)) as doctor:
        await doctor.approves()
        await doctor.sees("L legger notatet i klinikkens mappe.")


@pytest.mark.parametrize(
    ("key", "ending", "words"), [("t", "withdrawn", "Pasienten trakk seg"), ("f", "discarded", "Legen forkastet")]
)
@pytest.mark.parametrize("where", ["recording", "review", "approved"])
async def test_patient_and_doctor_can_say_no_at_every_step(key: str, ending: str, words: str, where: str) -> None:
    async with consulting(Scene()) as doctor:
        await {"recording": doctor.begins, "review": doctor.reviews, "approved": doctor.approves}[where]()
        await doctor.press(key)
        await doctor.at(Ask)
        await doctor.press("enter", "n")  # Enter is no answer, N goes back
        assert doctor.scene.open
        await doctor.press(key, "j")
        await doctor.at(Receipt)
        await doctor.sees(words)
    steps = doctor.scene.steps
    assert f"ended {ending}" in steps and "left" in steps and doctor.scene.delivered == []
    assert steps.index("recorded") < steps.index(f"ended {ending}"), "something still worked on what was being erased"


async def test_no_speech_is_said_plainly_and_can_be_discarded() -> None:
    async with consulting(Scene(said=(), note=EMPTY)) as doctor:
        await doctor.reviews()
        await doctor.sees("FANT INGEN TALE")
        await doctor.press("f", "j")
        await doctor.at(Receipt)
    assert "ended discarded" in doctor.scene.steps


async def test_a_rehearsal_and_a_demo_model_and_a_crash_before_are_told_at_once() -> None:
    async with consulting(Scene(), rehearsal=True, model="kiskriv-demo-no", swept=1) as doctor:
        await doctor.sees("ØVELSE: lyden kommer fra en fil, ikke fra mikrofonen")
        await doctor.sees("DEMOMODELL")
        await doctor.sees("1 konsultasjon ble stående åpen")
        shown = doctor.shown()
        assert shown.index("stående åpen") < shown.index("God dag") < shown.index("DEMOMODELL")
        await doctor.begins()
        await doctor.sees("ØVELSE")
    async with consulting(Scene()) as doctor:
        await doctor.sees("Talemodell: nb-whisper-small – klar")
        assert not any(word in doctor.shown() for word in ("ØVELSE", "DEMOMODELL", "stående"))


def painted(words: str) -> int:
    """Pieces of painted text with these words that something in this process still refers to."""
    gc.collect()
    return sum(words in kept.text for kept in gc.get_objects() if isinstance(kept, Segment))


async def test_nothing_that_was_painted_outlives_its_session() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.approves()
        assert painted("halsen") > 0
        await doctor.press("l", "s", "j")
        await doctor.at(Receipt)
        await doctor.until(lambda: painted("halsen") == 0)


async def test_one_consultation_follows_another_with_nothing_of_the_first() -> None:
    async with consulting(Scene()) as doctor:
        await doctor.reviews()
        note, said = doctor.app.screen.query_one("#note"), doctor.app.screen.query_one("#said")
        assert note.options and said.options
        await doctor.press("f", "j")
        await doctor.at(Receipt)
        assert not note.options and not said.options
        await doctor.press("enter")
        await doctor.at(Home)
        doctor.scene.steps.clear()
        await doctor.begins()
        await doctor.at(Recording)
        await doctor.press("t", "j")
        await doctor.at(Receipt)
    assert doctor.scene.steps[0] == "opened" and doctor.scene.steps[-2:] == ["ended withdrawn", "left"]


async def test_the_public_key_of_a_new_log_is_shown_to_be_written_down_and_never_again() -> None:
    async with consulting(Scene(), fresh=True) as doctor:
        await doctor.sees("Skriv ned den offentlige nøkkelen")
        await doctor.sees("kiskriv.internal/0123+89abcdef+AQIDBA==")
    async with consulting(Scene()) as doctor:
        await doctor.sees("God dag")
        assert "offentlige" not in doctor.shown()


async def test_lines_that_only_the_witness_has_are_cried_out_before_anything_else() -> None:
    async with consulting(Scene(), alarmed=True) as doctor:
        await doctor.sees("ALARM: Vitnet har sett linjer som denne sletteloggen ikke har.")
        assert doctor.shown().index("ALARM") < doctor.shown().index("God dag")
