"""What the practitioner finds and says aloud, or writes; not what is told, asked, or told to do."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import Kind
from tests.draft.telling import short, told, written


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Lungene høres fine ut, ingen knatrelyder.", ["lunger, fine", "-knatrelyder lunge"]),
        ("Lungene er reine, ingen framandlydar.", ["lunger, reine", "-fremmedlyder lunge"]),
        ("Hjertet er regelmessig uten bilyd.", ["hjerte, regelmessig", "-bilyd hjerte"]),
        ("Trommehinnen er rød på venstre side.", ["trommehinne left, rød"]),
        ("Trommehinna er raud på høgre side.", ["trommehinne right, raud"]),
        ("Venstre trommehinne er rød og buler, høyre er fin.", ["trommehinne left, rød, buler", "trommehinne right, fin"]),
        ("Magen er bløt og uøm.", ["mage, bløt, uøm"]),
        ("Magen er blaut, ikkje øm.", ["mage, blaut, ikkje øm"]),
        ("Du er øm her nede på høyre side.", ["ømhet right"]),
        ("Du er trykkøm over høgre kne, og det er litt hevelse.", ["ømhet kne right", "hevelse kne right"]),
        ("God bevegelighet.", ["bevegelighet, god"]),
        ("Negativ Lasègue.", ["-Lasègue"]),
        ("Lasègue er negativ på begge sider.", ["-Lasègue both"]),
        ("McMurray er positiv på venstre side.", ["McMurray left, positiv"]),
        ("Røde forstørrede mandler.", ["tonsiller, røde, forstørrede"]),
        ("Ingen hevelse.", ["-hevelse"]),
        ("Refleksane er sidelike, krafta er god.", ["reflekser, sidelike", "kraft, god"]),
        ("Ingen blemmer, slimhinnene er fine.", ["munn, fine", "-blemmer"]),
        ("Rygg: god bevegelse.", ["bevegelighet, god"]),
    ],
)  # fmt: skip
def test_a_structure_and_how_it_is_or_a_finding_with_a_name(line: str, expected: list[str]) -> None:
    assert short(told(f"D {line}"), Kind.FINDING) == expected


def test_what_hurts_where_the_practitioner_presses_is_tender() -> None:
    assert short(told("D Gjør det vondt i kneet når jeg trykker her?", "P Ja."), Kind.FINDING) == ["ømhet kne"]
    assert short(told("D Gjør det vondt her i magen?", "P Nei."), Kind.FINDING) == ["-ømhet mage"]


@pytest.mark.parametrize(
    "lines",
    [
        ("D Pust dypt. Si fra om det gjør vondt.",),
        ("D Bøy kneet. Gap opp.",),
        ("D Pust inn med magen bløt.",),
        ("D Legg deg opp med ryggen god og rett.",),
        ("D Er halsen rød?",),
        ("P Halsen er rød og mandlene er hovne.",),
        ("D Du sier at halsen er rød.",),
        ("D Du har reagert på Bactrim med utslett.",),
    ],
)
def test_instructions_questions_and_what_is_told_find_nothing(lines: tuple[str, ...]) -> None:
    assert short(told(*lines), Kind.FINDING) == []


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("", "Pulm: u.a.", ["lunger, u.a."]),
        ("", "Abd. bløt og uøm.", ["mage, bløt, uøm"]),
        ("Funn", "Cor/pulm u.a.", ["hjerte, u.a.", "lunger, u.a."]),
        ("Funn", "Hø. trommehinne rød og utbuktet.", ["trommehinne right, rød, utbuktet"]),
        ("Funn", "Hevelse ve. ankel.", ["hevelse ankel left"]),
        ("Funn", "Ikke øm over epigastriet.", ["-ømhet mellomgulv"]),
        ("Tiltak", "Hevelse følges.", []),
    ],
)
def test_journal_style_says_the_same(heading: str, text: str, expected: list[str]) -> None:
    assert short(written(text, heading), Kind.FINDING) == expected


def test_below_findings_nothing_is_a_symptom() -> None:
    assert short(written("Hevelse ve. ankel, smerter ved palpasjon.", "Funn")) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("D Trommehinna er rød og buler, på det høyre øret. Den venstre er fin.",),
            ["trommehinne right, rød, buler", "trommehinne left, fin"],
        ),
        (("P Jeg har en føflekk på ryggen.", "D Den måler elleve millimeter."), ["føflekk, elleve millimeter"]),
        (("D Magen er myk.", "D Det er bra."), ["mage, myk"]),
        (("P Jeg har hodepine.", "D Den er grei."), []),
    ],
)
def test_a_pronoun_means_what_was_looked_at(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines), Kind.FINDING) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Du er raud og hoven over ankelen på utsida.", ["rødhet ankel", "hevelse ankel"]),
        ("Du kommer til 60 grader i abduksjon.", ["bevegelighet, 60 grader"]),
        ("Aktiv abduksjon er nitti grader. Arret er fint.", ["bevegelighet, nitti grader", "arr, fint"]),
        ("Temperaturen er 38 grader og lungene er fine.", ["lunger, fine"]),
        ("Det er en bilyd over hjertet, den har du hatt før.", ["bilyd hjerte"]),
        ("Blodpropp i leggen gir gjerne hevelse på den ene siden.", []),
    ],
)
def test_places_sizes_and_what_is_true_of_people_at_large(line: str, expected: list[str]) -> None:
    assert short(told(f"D {line}"), Kind.FINDING) == expected


def test_what_hurts_is_asked_in_nynorsk_too() -> None:
    assert short(told("D Gjer det vondt når eg trykkjer her i magen?", "P Ja."), Kind.FINDING) == ["ømhet mage"]
    assert short(told("D Er du øm her over høgre kne?", "P Nei."), Kind.FINDING) == ["-ømhet kne right"]


def test_a_sore_throat_in_a_note_is_no_wound() -> None:
    assert (short(written("Sår hals i 4 dager.")), short(written("Sår hals i 4 dager."), Kind.FINDING)) == (
        ["sår hals, 4 day"],
        [],
    )


def test_a_heading_in_the_text_counts_before_the_one_above_it() -> None:
    assert short(written("Funn: Hevelse ve. ankel.", "Anamnese"), Kind.FINDING) == ["hevelse ankel left"]


def test_each_side_of_a_structure_has_its_own_state() -> None:
    facts = told("D Trommehinna er raud og bulande på høgre sida, venstre er fin.")
    assert short(facts, Kind.FINDING) == ["trommehinne right, raud, bulande", "trommehinne left, fin"]


def test_what_a_patient_is_warned_of_is_not_found() -> None:
    assert told("D Du kan få hovne ankler.") == []


def test_so_many_times_is_no_gait() -> None:
    assert [fact.name for fact in told("D Fire ganger fem millimeter.")] == []
