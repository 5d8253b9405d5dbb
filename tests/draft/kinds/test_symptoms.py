"""What is told: complaints with place, side, time and kind; diseases, events, habits; what is denied; whose it is; and what is none."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import Kind
from tests.draft.telling import short, told, written


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Jeg har vondt i høyre kne.", ["smerter kne right"]),
        ("Eg har vondt i høgre kne.", ["smerter kne right"]),
        ("Jeg har vondt i høyre kne og venstre skulder.", ["smerter kne right", "smerter skulder left"]),
        ("Eg har knesmerter og hovne anklar.", ["smerter kne", "hevelse ankel"]),
        ("kneet mitt verker og er hovent på venstre side", ["smerter kne left", "hevelse kne left"]),
        ("Høyre hånd og venstre fot er hovne.", ["hevelse hånd right", "hevelse fot left"]),
        ("Jeg har vondt bak høyre øre og i nakken.", ["øresmerter right", "nakkesmerter"]),
        ("Eg er hoven i venstre ankel og øm i høgre kne.", ["hevelse ankel left", "smerter kne right"]),
        ("Vondt i magen, klør på armene.", ["magesmerter", "kløe arm"]),
        ("Det svir når jeg tisser og jeg må ofte på do.", ["svie ved vannlating", "hyppig vannlating"]),
        ("svir når eg tissar, må på do heile tida", ["svie ved vannlating", "hyppig vannlating"]),
        ("Kneet mitt låser seg og svikter i trappa.", ["låsning kne", "svikt kne"]),
        ("jeg er så sliten og sover dårlig har ikke matlyst", ["trøtthet", "søvnvansker", "nedsatt matlyst"]),
        ("Matlysta er dårleg og eg søv elendig.", ["nedsatt matlyst", "søvnvansker"]),
        ("Jeg har gått ned fire kilo.", ["vekttap, fire kilo"]),
        ("Smertene stråler ned i venstre bein.", ["smerter bein left", "utstråling bein left"]),
    ],
)
def test_a_complaint_has_its_name_and_its_place(line: str, expected: list[str]) -> None:
    assert short(told(f"P {line}")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Jeg har hatt hodepine i fire dager.", ["hodepine, 4 day"]),
        ("Eg har hatt vondt i ryggen i to veker.", ["ryggsmerter, 2 week"]),
        ("Jeg har hatt hodepine siden i går, stikkende, 7 av 10.", ["hodepine, siden i går, stikkende, 7 av 10"]),
        ("hosten har vart i to uker og feberen i tre dager", ["hoste, 2 week", "feber, 3 day"]),
        ("Jeg har vondt i ryggen. Det kom plutselig på mandag.", ["ryggsmerter, plutselig på mandag"]),
        ("Eg har vondt i ryggen. Det byrja gradvis i haust.", ["ryggsmerter, gradvis i haust"]),
        ("Jeg har vondt i ryggen. Det er blitt verre de siste to dagene.", ["ryggsmerter, verre de siste to dagene"]),
        ("Eg datt på isen og slo høgre albue for to dagar sidan.", ["fall, 2 day", "skade albue right, 2 day"]),
    ],
)
def test_a_time_and_a_quality_belong_to_what_they_were_said_of(line: str, expected: list[str]) -> None:
    assert short(told(f"P {line}")) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Ingen feber, hoste eller tungpust.", ["-feber", "-hoste", "-tungpust"]),
        ("Eg har vondt i magen og er kvalm, men ikkje feber.", ["magesmerter", "kvalme", "-feber"]),
        ("jeg har ikke vondt i halsen men litt hes", ["-sår hals", "heshet"]),
        ("Jeg hadde lungebetennelse i fjor.", ["lungebetennelse, past"]),
        ("Eg hadde astma som barn.", ["astma, past"]),
        ("Mannen min har hatt hjerteinfarkt og jeg har angina.", ["hjerteinfarkt, mann, relative", "angina"]),
        ("Mora mi hadde brystkreft da ho var 50.", ["brystkreft, mor, 50 år, relative"]),
        ("Naboen min har lungebetennelse.", ["lungebetennelse, other"]),
        ("Jeg røyker ti om dagen og drikker to glass vin i uka.", ["røyking, ti om dagen", "alkohol, to glass vin i uka"]),
    ],
)  # fmt: skip
def test_whether_it_is_so_and_whose_it_is(line: str, expected: list[str]) -> None:
    assert short(told(f"P {line}")) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("D Har du hatt feber, hoste eller tung pust?", "P Nei, ikke noe sånt."), ["-feber", "-hoste", "-tungpust"]),
        (("D Kaster du opp?", "P Ja, flere ganger."), ["oppkast"]),
        (("D Har du kasta opp?", "P Nei."), ["-oppkast"]),
        (("D Hvor lenge har du hatt vondt i kneet?", "P En ukes tid."), ["smerter kne, 1 week"]),
        (("P Eg har hosta.", "D Kor lenge har du hosta?", "P Ei vekes tid."), ["hoste, 1 week"]),
        (("P Eg har feber.", "D Kor lenge?", "P Sidan måndag."), ["feber, sidan måndag"]),
        (("P Jeg har vondt i kneet.", "D Hvilken side?", "P Venstre."), ["smerter kne left"]),
        (("P Jeg har vondt i kneet.", "D På høyre?", "P Nei, venstre."), ["smerter kne left"]),
        (("D Hvor har du vondt?", "P I venstre kne og i høyre hofte."), ["smerter kne left", "smerter hofte right"]),
        (("P Det er kneet mitt.", "D Hvor lenge har du hatt vondt?", "P I tre uker."), ["smerter kne, 3 week"]),
        (("D Stråler det?", "P Ja, ned i høyre legg."), ["utstråling legg right"]),
        (("D Har du vondt i kneet?", "P Nei, ikke vondt, men det er hovent."), ["-smerter kne", "hevelse kne"]),
        (("D Sover du?", "P Dårlig."), ["søvnvansker"]),
        (("D Korleis er det med matlysta?", "P Ho er dårleg."), ["nedsatt matlyst"]),
        (("D Røyker du?", "P Ja, ti om dagen."), ["røyking, ti om dagen"]),
        (("D Drikker du alkohol?", "P Et par glass vin i helga."), ["alkohol, et par glass vin i helga"]),
        (("D Har noen i familien hatt kreft?", "P Ja, mora mi hadde tarmkreft."), ["kreft, relative", "tarmkreft, mor, relative"]),
        (("R Han har hatt feber i tre dager.", "D Kaster han opp?", "R Nei."), ["feber, 3 day", "-oppkast"]),
    ],
)  # fmt: skip
def test_a_question_and_its_answer_are_one(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ("P Det er hjertelig til overs, det gjør ingenting, han hoster opp penger og har vondt i viljen.",),
        ("P Det var trist å høre. Jeg slapp å vente, og falt i søvn på bussen.",),
        ("P legg fra deg den tunge bagen, Magne lever godt, jeg er tretti og har ikke krefter til mer",),
        ("D Blodtrykket er fint. Ring hvis du får feber.",),
        ("D Bivirkninger kan være kvalme og hodepine. Tablettene kan gi diaré.",),
        ("D Vi må utelukke lungebetennelse.",),
        ("D Ta Paracet mot smertene og ved feber.",),
        ("D Får du feber eller utslett, så ringer du oss.", "P Ja."),
        ("D Har du feber?",),
        ("P Jeg er redd for kreft.",),
        ("P Jeg fikk utslett av Apocillin.",),
        ("P Eg er allergisk mot nøtter, eg får elveblest.",),
        ("P Jeg fikk vaksine mot hepatitt og influensa.",),
        ("P Han fikk jo slag, gamle Hansen.",),
        ("D Pust dypt. Si fra om det gjør vondt.",),
    ],
)
def test_what_nobody_says_is_so_is_no_symptom(lines: tuple[str, ...]) -> None:
    assert [text for text in short(told(*lines)) if not text.startswith("?")] == []


def test_ja_to_one_thing_or_another_affirms_none() -> None:
    assert not [text for text in short(told("D Har du feber eller frysninger?", "P Ja.")) if text[0] != "?"]


def test_said_again_it_is_one_fact_with_all_its_evidence() -> None:
    fact, *more = told("P Jeg har vondt i kneet.", "D Ja.", "P Det høyre kneet gjør vondt, i to uker nå.")
    assert (short([fact]), fact.evidence, more) == (["smerter kne right, 2 week"], (0, 2), [])


def test_another_side_is_another_fact() -> None:
    assert short(told("P Jeg har vondt i høyre kne.", "P Og i går fikk jeg vondt i venstre kne.")) == [
        "smerter kne right",
        "smerter kne left, i går",
    ]


def test_the_last_word_holds_and_rests_on_both() -> None:
    (fact,) = told("D Har du hatt feber?", "P Nei.", "P Jo, forresten, jeg hadde feber i går.")
    assert (short([fact])[0][:5], fact.evidence) == ("feber", (0, 1, 2))


def test_a_place_said_before_is_part_of_the_evidence() -> None:
    fact = told("P Det er det venstre kneet.", "D Er det hovent?", "P Ja.")[-1]
    assert (short([fact]), fact.evidence) == (["hevelse kne left"], (0, 1, 2))


def test_denied_somewhere_it_stays_affirmed_where_it_was() -> None:
    assert short(told("P Jeg har vondt i høyre kne.", "D Har du smerter ellers?", "P Nei.")) == ["smerter kne right"]


def test_an_answer_to_another_question_says_nothing_of_the_complaint() -> None:
    assert short(told("P Jeg har hodepine.", "D Når hadde du siste mens?", "P For ni dager siden.")) == ["hodepine"]


def test_a_relatives_disease_stays_the_relatives_when_it_is_spoken_of_again() -> None:
    assert short(told("P Mamma hadde blodpropp.", "D Blodproppen taler mot p-piller.")) == ["blodpropp, mor, relative"]


def test_what_the_practitioner_only_thinks_is_uncertain() -> None:
    assert short(told("D Det ligner en bihulebetennelse.")) == ["?bihulebetennelse"]
    assert short(told("D Dette er truleg ein virusinfeksjon.")) == ["?virusinfeksjon"]
    assert short(told("D Ingen tegn til lungebetennelse.")) == ["-lungebetennelse"]


@pytest.mark.parametrize(
    ("heading", "text", "expected"),
    [
        ("", "Smerter hø. kne i 2 uker, verre ved gange.", ["smerter kne right, 2 week, verre ved gange"]),
        ("", "Smerter i venstre kne i 2 uker.", ["smerter kne left, 2 week"]),
        ("", "Hovudverk i 3 dagar. Ikkje kvalm.", ["hodepine, 3 day", "-kvalme"]),
        ("", "Ikke feber, hoste.", ["-feber", "-hoste"]),
        ("", "Mor: brystkreft.", ["brystkreft, mor, relative"]),
        ("", "Tidligere: hjerteinfarkt.", ["hjerteinfarkt, past"]),
        ("Tidligere sykdommer", "Astma, hypertensjon.", ["astma, past", "høyt blodtrykk, past"]),
        ("Familie", "Far: hjerteinfarkt, 52 år.", ["hjerteinfarkt, far, 52 år, relative"]),
        ("Tiltak", "Paracet mot smerter.", []),
        ("Vurdering", "Trolig pneumoni.", ["?lungebetennelse"]),
    ],
)
def test_journal_style_says_the_same(heading: str, text: str, expected: list[str]) -> None:
    assert short(written(text, heading)) == expected


def test_nothing_told_is_a_finding() -> None:
    assert short(told("P Kneet er hovent og halsen er rød."), Kind.FINDING) == []
