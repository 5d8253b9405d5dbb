"""What is said of nobody here: calls, and how it goes with people in general; and who else is not the patient."""

from __future__ import annotations

import pytest

from tests.draft.spoken import judged, talk


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Ved lungebetennelse pleier man å få høy feber, men det har ikke du.", "feber"),
        ("Kvalme er en vanlig bivirkning av Sertralin.", "kvalme"),
        ("Noen ganger ser vi at folk reagerer på Bactrim med utslett.", "utslett"),
        ("Blodpropp gir gjerne hevelse.", "blodpropp"),
        ("Ein pleier å få feber av influensa.", "feber"),
        ("Da ville man gitt Apocillin.", "apocillin"),
    ],
)
def test_what_is_usual_is_nobodys(text: str, word: str) -> None:
    assert judged(word, talk(f"L: {text}"))[0].endswith("other")


@pytest.mark.parametrize(
    "text",
    [
        "Du har feber, det er vanlig hos barn.",
        "Han har feber, det får de fleste får av det.",
        "Jeg hører at du har feber.",
    ],
)
def test_what_is_said_of_somebody_here_is_theirs(text: str) -> None:
    assert judged("feber", talk(f"L: {text}")) == ["so"]


def test_a_patient_may_speak_of_people() -> None:
    assert judged("feber", talk("P: Jeg har feber, og folk sier at det er influensa.")) == ["so"]


def test_a_call_that_began_unheard_ends_with_its_leave() -> None:
    made = talk(
        "P: Jeg har hoste.",
        "L: Ja, hei, legekontoret. Metoprolol skal du fortsette med. Ha det. Unnskyld, hvor var vi?",
    )
    assert [judged(word, made) for word in ("hoste", "metoprolol")] == [["so"], ["other"]]


@pytest.mark.parametrize(
    ("line", "word", "expected"),
    [
        ("P: Grannen har lungebetennelse.", "lunge", "other"),
        ("P: Romvenninna mi bruker Ibux.", "ibux", "other"),
        ("P: Gammeldoktoren fikk slag.", "slag", "other"),
        ("P: Samboeren min har omgangssyke.", "omgang", "relative"),
        ("P: Svigersønnen min har omgangssyke.", "omgang", "relative"),
        ("F: Jeg har selv migrene, så jeg vet hvordan det er.", "migrene", "relative"),
        ("F: Jeg så utslett på magen.", "utslett", "so"),
    ],
)
def test_who_else_it_is_about(line: str, word: str, expected: str) -> None:
    assert judged(word, talk(line)) == [expected]


def test_who_puts_her_head_in_speaks_of_another() -> None:
    made = talk(
        "P: Jeg har hoste.",
        "L: Da lytter jeg. Lungene er fine. Ingen knatring.",
        "?: Unnskyld. Prøvene på Bakken kom nå, og han spør om Dolcontin.",
        "L: Han skal ha metoprolol.",
        "?: Greit.",
        "L: Da fortsetter vi. Du får Ibux.",
    )
    assert [judged(word, made) for word in ("hoste", "dolcontin", "metoprolol")] == [
        ["so"],
        ["other"],
        ["planned other"],
    ]
    assert judged("ibux", made) == ["so"]


def test_a_voice_that_is_not_known_may_be_the_patients() -> None:
    assert judged("hoste", talk("L: Hei.", "L: Sett deg.", "L: Sånn.", "?: Unnskyld, jeg har hoste.")) == ["so"]
