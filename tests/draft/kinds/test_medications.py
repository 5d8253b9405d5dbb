"""Which medication, how it is taken, and what is done with it: spoken and written, bokmål and nynorsk."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kiskriv.draft.fact import Action, Fact, Kind, Polarity, Quantity, Time
from kiskriv.draft.kinds import medications
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import claims
from kiskriv.draft.talk.claims import written as stated
from kiskriv.draft.writing.wording import Journal, sentence
from tests.draft.spoken import transcript


def said(*lines: str) -> list[Fact]:
    return list(medications.found(claims(sentences(transcript(*lines)), shipped()), shipped()))


def written(text: str, heading: str = "") -> list[Fact]:
    return list(medications.found(stated(text, 0, shipped(), heading), shipped()))


def short(facts: list[Fact]) -> list[str]:
    """What differs from a plain fact of the patient's, in canonical words."""
    return [
        " ".join(
            filter(
                None,
                (
                    fact.name, "" if fact.polarity is Polarity.AFFIRMED else fact.polarity,
                    "" if fact.time is Time.PRESENT else fact.time, str(fact.action or ""), str(fact.dose or ""), fact.frequency,
                    str(fact.duration or ""), f"({fact.detail})" if fact.detail else "", f"~{fact.spelling}" if fact.spelling else "",
                ),
            )
        )
        for fact in facts
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "P: Jeg bruker Metoprolol 50 og Eliquis 5 milligram to ganger.",
            ["metoprolol continued 50 mg", "Eliquis continued 5 mg 2/day"],
        ),
        ("P: eg brukar levaxin 50 kvar morgon", ["Levaxin continued 50 µg morning"]),
        ("P: Eg tek to Paracet ved behov.", ["Paracet continued 2 tablet as-needed"]),
        ("P: jeg tok en paracet i går", ["Paracet continued 1 tablet"]),
        ("P: Eg har teke ibuks kvar sjette time.", ["Ibux continued 4/day"]),
        ("P: Jeg tar metformin, en om morgenen og to om kvelden.", ["metformin continued 1+0+2"]),
        ("P: Jeg brukte Marevan før.", ["Marevan past stopped"]),
        ("P: Den Simvastatin tar jeg ikke lenger.", ["simvastatin past stopped"]),
        ("P: Nei, jeg tar ikke Ibux.", ["Ibux denied"]),
        ("P: Eg har ingen faste medisinar.", ["faste medisiner denied"]),
        ("P: Jeg tar ikke noe annet enn Zyrtec.", ["Zyrtec continued"]),
        ("P: Jeg tok Ibux, men det hjalp ikke.", ["Ibux past (hjalp ikke)"]),
    ],
)
def test_what_a_patient_tells_is_use(line: str, expected: list[str]) -> None:
    assert short(said(line)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "L: Da skriver jeg ut Apocillin seks hundre og seksti milligram fire ganger daglig i sju dager.",
            ["Apocillin planned started 660 mg 4/day 7 day"],
        ),
        (
            "L: Eg skriv ut Selexid 400 milligram tre gonger dagleg i tre dagar.",
            ["Selexid planned started 400 mg 3/day 3 day"],
        ),
        (
            "L: Da får du en tidagers kur med Doxylin, 100 milligram en gang daglig.",
            ["Doxylin planned started 100 mg 1/day 10 day"],
        ),
        ("L: Vi setter deg på lamotrigin 25 milligram annenhver dag.", ["lamotrigin planned started 25 mg 0.5/day"]),
        (
            "L: Du kan ta Paracet ett gram inntil fire ganger om dagen ved behov.",
            ["Paracet planned started 1 g 4/day as-needed"],
        ),
        ("L: Vi øker Metoprolol fra 50 til 100 milligram.", ["metoprolol planned changed 100 mg (fra 50)"]),
        ("L: Me aukar Furix til 40 milligram om morgonen.", ["Furix planned changed 40 mg morning"]),
        ("L: Vi bytter fra Marevan til Eliquis.", ["Marevan planned stopped", "Eliquis planned started"]),
        ("L: Vi bytter Cipralex med Zoloft.", ["Cipralex planned stopped", "Zoloft planned started"]),
        ("L: Du kan få Imovane eller Circadin.", []),
        ("L: Kikhostevaksine får du i dag, Boostrix.", ["Boostrix started"]),
        (
            "L: Vi bytter ut Cipralex med Zoloft 50 milligram.",
            ["Cipralex planned stopped", "Zoloft planned started 50 mg"],
        ),
        (
            "L: Marevan slutter du med, og så starter du Eliquis.",
            ["Marevan planned stopped", "Eliquis planned started"],
        ),
        ("L: Ikke slutt med Marevan.", ["Marevan continued"]),
        ("L: Ta ikke Ibux ved siden av.", ["Ibux denied planned"]),
        (
            "L: Jeg skriver ut Kåvepenin ett gram ganger fire i ti dager.",
            ["Kåvepenin planned started 1 g 4/day 10 day"],
        ),
        ("L: Jeg fornyer resepten på Imovane.", ["Imovane continued"]),
        ("L: Eg fornyar Microgynon.", ["Microgynon continued"]),
        ("L: Du får influensavaksine i dag.", ["influensavaksine started"]),
        (
            "L: Jeg skriver ut Locoid to ganger daglig i to uker, og så trapper du ned til to ganger i uka.",
            ["Locoid planned started 2/day 2 week (så trapper du ned til to ganger i uka)"],
        ),
    ],
)
def test_what_a_doctor_says_is_a_decision(line: str, expected: list[str]) -> None:
    assert short(said(line)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("L: Hvilke medisiner bruker du?", "P: Metoprolol.", "L: Hvor mye tar du?", "P: 50 milligram."),
            ["metoprolol continued 50 mg"],
        ),
        (
            ("L: Kva medisinar tek du?", "P: Atacand.", "L: Kor ofte tek du den?", "P: Morgon og kveld."),
            ["Atacand continued morning evening"],
        ),
        (("L: Bruker du Ibux?", "P: Nei."), ["Ibux denied"]),
        (("L: Og så amlodipin?", "P: Nei, den sluttet jeg med i sommer."), ["amlodipin past stopped"]),
        (("L: Tar du Ibux eller Voltaren?", "P: Ja, jeg tar Ibux."), ["Ibux continued"]),
        (("L: Bruker du noen faste medisiner?", "P: Bare p-piller. Loette heter de."), ["Loette continued"]),
        (
            (
                "L: Da skriver jeg ut Apocillin til deg.",
                "L: Ta en tablett fire ganger om dagen.",
                "P: Ja.",
                "L: I sju dager.",
            ),
            ["Apocillin planned started 1 tablet 4/day 7 day"],
        ),
        (
            ("P: Jeg bruker Metoprolol 50.", "L: Da øker vi den til 100 milligram."),
            ["metoprolol continued 50 mg", "metoprolol planned changed 100 mg (fra 50 mg)"],
        ),
        (("L: Tar du noen tabletter? Ibux, Voltaren?", "P: Ja, jeg tar Ibux for hodet."), ["Ibux continued"]),
        (("P: Jeg tar Sarotex.", "L: Den bytter vi."), ["Sarotex continued", "Sarotex planned stopped"]),
        (("P: Jeg tar Sobril.", "L: Den vil jeg at du slutter med."), ["Sobril continued", "Sobril planned stopped"]),
    ],
)
def test_what_is_told_without_a_name_is_of_the_drug_that_the_talk_is_of(
    lines: tuple[str, ...], expected: list[str]
) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("P: jeg går på den der Albyl-E-en, syttifem milligram", ["Albyl-E continued 75 mg"]),
        ("P: Jeg setter B12-sprøyte her hver tredje måned.", ["B12 continued (hver tredje måned)"]),
        ("P: Jeg tok den siste Selexid-tabletten i går.", ["Selexid past"]),
        ("P: eg tek berre ein halv Imovane om kvelden, ikkje meir", ["Imovane continued 0.5 tablet evening"]),
        (
            "P: jeg tar en halv Zopiklon før jeg legger meg, ikke hver kveld",
            ["zopiklon continued 0.5 tablet night (ikke hver kveld)"],
        ),
        ("P: fikk Tramadol etter operasjonen", ["tramadol past"]),
        ("P: jeg har sluttet å ta Atacand fordi jeg ble svimmel", ["Atacand past stopped"]),
        ("P: tidligere brukte jeg Atacand men nå er det Cozaar 50", ["Atacand past", "Cozaar continued 50 mg"]),
        ("P: eg tek ei Zyrtec når pollenet er ille", ["Zyrtec continued 1 tablet as-needed"]),
        ("P: de satte meg på Eliquis på sykehuset", ["Eliquis continued"]),
        ("P: Jeg er tom for Levaxin.", ["Levaxin continued"]),
        ("P: Jeg tar Metotreksat 15 milligram på mandager.", ["metotreksat continued 15 mg 1/week"]),
    ],
)
def test_how_patients_put_it(line: str, expected: list[str]) -> None:
    assert short(said(line)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("L: Du tar 660 mg x 4 i 10 dager, det er Apocillin.", ["Apocillin planned started 660 mg 4/day 10 day"]),
        ("L: Du smører med Fucidin tre ganger om dagen i en uke.", ["Fucidin planned started 3/day 1 week"]),
        ("L: Hydrokortison, tynt lag to ganger daglig i to uker.", ["hydrokortison planned started 2/day 2 week"]),
        ("L: Fra nå av tar du Lasix bare hver annen dag.", ["Lasix planned changed 0.5/day"]),
        ("L: Ibux får du ikke lov til å bruke mer.", ["Ibux planned stopped"]),
        ("L: Du skal ikkje ta Voltaren meir.", ["Voltaren planned stopped"]),
        (
            "L: Me sluttar med Simvastatin og byter til Lipitor førti.",
            ["simvastatin planned stopped", "Lipitor planned started 40 mg"],
        ),
        ("L: Resepten på Nexium går ut, jeg fornyer den.", ["Nexium continued"]),
        ("L: Vi øker Lantus med to enheter, så da blir det tretti.", ["Lantus planned changed 30 IE (med to enheter)"]),
        ("L: En tablett på fire hundre Ibux til natten.", ["Ibux planned started 400 mg night"]),
        ("L: Paracet kan du ta inntil fire gram i døgnet.", ["Paracet planned started (inntil fire gram i døgnet)"]),
        ("L: Og en booster mot stivkrampe, Boostrix Polio.", ["Boostrix Polio started"]),
    ],
)
def test_how_doctors_put_it(line: str, expected: list[str]) -> None:
    assert short(said(line)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "L: Prednisolon da, du tar tjue milligram i en uke, så ti i en uke, og så slutter du.",
            ["prednisolon planned started 20 mg 1 week (så ti i en uke, og så slutter du)"],
        ),
        (
            "L: Vagifem, en tablett daglig i to uker, deretter to ganger i uken.",
            ["Vagifem planned started 1 tablet 1/day 2 week (deretter to ganger i uken)"],
        ),
        (
            "L: Du får Doxylin, 200 milligram fyrste dagen og så 100 milligram dagleg i seks dagar.",
            ["Doxylin planned started 100 mg 1/day 6 day (200 milligram fyrste dagen)"],
        ),
        (
            "L: Da øker vi Levaxin til hundre annenhver dag og syttifem de andre dagene.",
            ["Levaxin planned changed (hundre annenhver dag og syttifem de andre dagene)"],
        ),
        ("L: Metformin 500, to ganger om dagen de to første ukene.", ["metformin planned started 500 mg 2/day 2 week"]),
    ],
)
def test_what_comes_later_stays_as_it_was_said(line: str, expected: list[str]) -> None:
    assert short(said(line)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("L: Bruker du fortsatt Somac?", "P: Ja, en om dagen.", "L: Er det førti?", "P: Nei, tjue."),
            ["Somac continued 20 mg 1/day"],
        ),
        (("L: Tar du Levaxin fortsatt?", "P: Ja, hundre."), ["Levaxin continued 100 µg"]),
        (("L: hvor lenge har du tatt jerntabletter", "P: to måneder siden blodgivninga"), ["jern continued 2 month"]),
        (
            ("L: Det er Ritalin, tjue milligram, om morgenen?", "P: Ja. Og ti milligram til lunsj."),
            ["Ritalin continued 20 mg morning (Og ti milligram til lunsj)"],
        ),
        (("L: Imovane, hvor mange tar du?", "P: En."), ["Imovane continued 1 tablet"]),
        (
            ("L: Kor mykje Furix tek du?", "P: Førti om morgonen og tjue midt på dagen."),
            ["Furix continued 40 mg morning (tjue midt på dagen)"],
        ),
        (
            ("P: Jeg bruker Atacand og Lipitor.", "L: Hvor sterk er den?", "P: Førti."),
            ["Atacand continued", "Lipitor continued 40 mg"],
        ),
        (
            ("P: Jeg fikk Furadantin i fjor.", "L: Da tar du femti milligram tre ganger daglig i tre dager."),
            ["Furadantin past", "Furadantin planned started 50 mg 3/day 3 day"],
        ),
        (
            ("L: Hva slags p-piller?", "P: Jeg bruker p-piller.", "L: Hvilke?", "P: Microgynon."),
            ["Microgynon continued"],
        ),
        (("L: Det står Atacand, men du bruker ikke den?", "P: Nei."), ["Atacand denied"]),
    ],
)
def test_an_answer_completes_the_drug_that_was_asked_of(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(said(*lines)) == expected


def test_what_stands_in_brackets_in_a_note_is_no_dose() -> None:
    (fact,) = written("Locoid x 2 i 2 uker (så trapper du ned til to ganger i uka).", "Tiltak")
    assert (fact.frequency, fact.detail) == ("2/day", "så trapper du ned til to ganger i uka")


def test_nothing_said_is_no_fact() -> None:
    assert said("L: Hei?") == []


def test_what_shall_be_taken_only_if_keeps_its_condition() -> None:
    (fact,) = said("L: Hvis smertene blir verre kan du ta Tramadol 50 milligram.")
    assert (fact.time, fact.detail) == (Time.PLANNED, "Hvis smertene blir verre")


def test_what_a_drug_may_do_is_no_use_of_it() -> None:
    assert said("L: Det kan hende du får hoste av Ramipril.") == []


def test_a_doctor_who_goes_on_listing_goes_on_starting() -> None:
    facts = said(
        "L: Du får Naproxen 500 milligram to ganger daglig.",
        "L: Og Somac 20 milligram om morgenen.",
        "L: Lariam er noe annet.",
    )
    assert short(facts) == ["naproksen planned started 500 mg 2/day", "Somac planned started 20 mg morning"]


def test_how_often_it_hurts_is_no_regimen() -> None:
    facts = said(
        "P: Jeg tar Metoprolol 50 milligram.", "L: Hvor ofte har du vondt i brystet?", "P: To ganger om dagen."
    )
    assert short(facts) == ["metoprolol continued 50 mg"]


def test_brand_and_substance_are_one_drug_with_the_evidence_of_both() -> None:
    (fact,) = said("L: Metoprololen fortsetter du med?", "P: Ja.", "P: Jeg tar Selo-Zok 50 milligram om morgenen.")
    assert (str(fact.dose), fact.frequency, fact.evidence[-1]) == ("50 mg", "morning", 2)


def test_a_regimen_that_is_denied_denies_no_drug() -> None:
    facts = said("L: Flutide 125, to puff to ganger daglig?", "P: Nei, jeg har gått ned til ett puff to ganger daglig.")
    assert [(fact.name, fact.polarity, fact.frequency) for fact in facts] == [("Flutide", Polarity.AFFIRMED, "2/day")]


@pytest.mark.parametrize(
    "line", ["L: Kalium er 4,2.", "L: Vi tar jern og kalium i blodprøven.", "P: Jeg husker ikke.", "P: Det er sol ute."]
)
def test_an_ordinary_word_is_no_medication(line: str) -> None:
    assert said(line) == []


def test_an_ordinary_word_is_one_where_a_medication_stands() -> None:
    assert short(said("P: Jeg tar jern.")) == ["jern continued"]
    assert short(said("P: Jeg bruker Yasmin.")) == ["Yasmin continued"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Apocillin 660 mg x 4 i 7 d.", ["Apocillin 660 mg 4/day 7 day"]),
        ("Metoprolol depot 50 mg x 1", ["Metoprolol depot 50 mg 1/day"]),
        ("Paracet 1 g v.b. inntil x 4", ["Paracet 1 g 4/day as-needed"]),
        ("Sep. Marevan.", ["Marevan planned stopped"]),
        ("Seponerer Sobril.", ["Sobril planned stopped"]),
        ("Xarelto 20 mg x 1 vesp", ["Xarelto 20 mg 1/day evening"]),
        ("Metformin 500 mg 1+0+1", ["metformin 500 mg 1+0+1"]),
        ("Ingen faste medisiner.", ["faste medisiner denied"]),
    ],
)
def test_journal_style(text: str, expected: list[str]) -> None:
    assert short(written(text)) == expected


def test_the_heading_of_a_plan_says_that_it_is_started() -> None:
    assert short(written("Apocillin 660 mg x 4.", "Tiltak")) == ["Apocillin planned started 660 mg 4/day"]


def _mg(value: str) -> Quantity:
    return Quantity(Decimal(value), "mg")


@pytest.mark.parametrize("language", ["nb", "nn"])
@pytest.mark.parametrize(
    "fact",
    [
        Fact(
            Kind.MEDICATION, "Apocillin", (0,), dose=_mg("660"), frequency="4/day", duration=Quantity(Decimal(7), "day")
        ),
        Fact(Kind.MEDICATION, "Eliquis", (0,), dose=_mg("2.5"), frequency="2/day"),
        Fact(Kind.MEDICATION, "Paracet", (0,), dose=Quantity(Decimal(1), "g"), frequency="4/day as-needed"),
        Fact(Kind.MEDICATION, "Levaxin", (0,), dose=Quantity(Decimal(50), "µg"), frequency="morning"),
        Fact(Kind.MEDICATION, "metformin", (0,), dose=_mg("500"), frequency="1+0+1"),
        Fact(
            Kind.MEDICATION,
            "Somac",
            (0,),
            dose=_mg("20"),
            frequency="1/day evening",
            duration=Quantity(Decimal(4), "week"),
        ),
        Fact(Kind.MEDICATION, "lamotrigin", (0,), dose=_mg("25"), frequency="0.5/day"),
        Fact(Kind.MEDICATION, "Sobril", (0,), time=Time.PLANNED, action=Action.STOPPED),
        Fact(
            Kind.MEDICATION, "Furix", (0,), time=Time.PLANNED, action=Action.CHANGED, dose=_mg("40"), detail="fra 20 mg"
        ),
        Fact(Kind.MEDICATION, "Ibux", (0,), polarity=Polarity.DENIED),
        Fact(Kind.MEDICATION, "faste medisiner", (0,), polarity=Polarity.DENIED),
        Fact(Kind.MEDICATION, "Marevan", (0,), time=Time.PAST),
    ],
    ids=lambda fact: fact.name,
)
def test_what_the_note_says_of_a_fact_is_that_fact(fact: Fact, language: str) -> None:
    assert written(sentence(Journal(language).phrase(fact))) == [fact]


@pytest.mark.parametrize(
    ("line", "lasting"),
    [
        ("P: Jeg har hatt feber i tre dager og tar Paracet.", ""),
        ("P: Feber i tre dager tar Paracet", ""),
        ("P: Jeg tar Paracet og har hatt feber i tre dager.", ""),
        ("P: Eg har hatt hovudverk i to veker, brukar Ibux 400 mg.", ""),
        ("P: Jeg har brukt Paracet i tre dager og har feber.", "3 day"),
        ("L: Du får Apocillin mot halsbetennelsen i sju dager.", "7 day"),
        ("L: Du får Apocillin, og det skal du ta mot halsbetennelsen i sju dager.", "7 day"),
    ],
)
def test_how_long_an_ailment_has_lasted_is_no_drugs(line: str, lasting: str) -> None:
    (fact,) = said(line)
    assert str(fact.duration or "") == lasting
