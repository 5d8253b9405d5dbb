"""What is told: complaints with place, side, time and kind; diseases, events, habits; what is denied; whose it is; and what is none."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import About, Kind
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
        ("Kneet mitt låser seg og svikter i trappa.", ["låsning kne", "svikt kne, i trappa"]),
        ("jeg er så sliten og sover dårlig har ikke matlyst", ["slapphet", "søvnvansker", "nedsatt matlyst"]),
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
        ("Eg hadde astma som barn.", ["astma, som barn, past"]),
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


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            ("P Jeg har hostet i ti dager.", "D Har du hostet opp blod?", "P Nei."),
            ["hoste, 10 day", "-blodig oppspytt"],
        ),
        (("P Eg har hosta i ti dagar.", "D Hostar du opp noko?", "P Nei."), ["hoste, 10 day", "-slim"]),
        (("P Eg har hosta i ti dagar, og slimet er grønt.",), ["hoste, 10 day, grønt slim"]),
        (("P Jeg hoster.", "D Får du opp noe slim?", "P Ja, gult."), ["hoste, slim, gult"]),
    ],
)
def test_what_is_coughed_up_is_not_the_cough(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("P Feberen har gitt seg, men hosten henger i.",), ["feber, past", "hoste"]),
        (("P Sist uke var jeg kvalm, men det er borte nå.",), ["kvalme, past"]),
        (("P Kneet er hovent.", "P Det har gått ned igjen nå."), ["hevelse kne, past"]),
        (("P Vondt i kneet.", "D Er det bedre nå?", "P Ja, det er borte."), ["smerter kne, past"]),
        (("P Smertene er nesten borte.",), ["smerter"]),
        (("P Eg har hovudverk.", "D Har det gitt seg?", "P Nei."), ["hodepine"]),
        (("D Hvordan er matlysten?", "P Den er borte."), ["nedsatt matlyst"]),
        (("P Jeg ble operert i høyre skulder for åtte uker siden.",), ["operasjon skulder right, 8 week, past"]),
        (("P Jeg hadde magesår i 2011.",), ["magesår, i 2011, past"]),
    ],
)
def test_what_has_passed_was(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("P Jeg har feber og hoste.", "D Hvor lenge?", "P Tre dager."), ["feber, 3 day", "hoste, 3 day"]),
        (("P Jeg har vondt i øret. Siden onsdag.",), ["øresmerter, siden onsdag"]),
        (("P Det er tredje dagen med feber nå.",), ["feber, 3 day"]),
        (("P Vondt i ryggen.", "D Kor lenge har det vart?", "P Fjerde dagen."), ["ryggsmerter, 4 day"]),
        (("P Eg søv ikkje.", "D Når begynte det?", "P Eit år sidan. Siste mens var i august."), ["søvnvansker, 1 year"]),
        (("P Det svir når jeg tisser.", "D Når hadde du det sist?", "P Det var i fjor."), ["svie ved vannlating"]),
        (("D Har han falt?", "R Ja, en gang, på badet, for ti dager siden."), ["fall, 10 day"]),
        (("D Er det vondt å puste?", "P Ja, det stikker på venstre side."), ["pustesmerter left"]),
        (("D Blir du tungpusten?", "P Ja, i trappa."), ["tungpust, i trappa"]),
        (("P Eg er svimmel.", "P Det varer eit halvt minutt."), ["svimmelhet, varer eit halvt minutt"]),
        (("P Det har vart i to uker.", "P Jeg er svimmel.", "P Det har vart i to uker."), ["svimmelhet, 2 week"]),
        (("P Litt svimmel av og til når jeg reiser meg.",), ["svimmelhet, av og til, når jeg reiser meg"]),
        (("D Har du gått ned i vekt?", "P Ja. Kanskje fire kilo."), ["vekttap, fire kilo"]),
        (("P Føflekk på ryggen.", "P På høyre skulderblad."), ["føflekk skulderblad right"]),
        (("D Hvor er det vondt?", "P I skuldrene. Og hoftene. Begge sider."), ["smerter skulder both", "smerter hofte both"]),
    ],
)  # fmt: skip
def test_what_is_said_after_a_complaint_belongs_to_it(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Eg er så trøytt, og eg frys heile tida.", ["slapphet", "frysninger"]),
        ("Ryggen er kjempevond, og det stråler ned i låret.", ["ryggsmerter", "utstråling lår"]),
        ("nasa e tett og jeg er tett i brystet", ["tett nese", "tungpust"]),
        ("Jeg har tennisalbue på høyre arm.", ["tennisalbue arm right"]),
        ("Mora mi hadde beinskøyrheit.", ["beinskjørhet, mor, relative"]),
        ("Eg er stiv i nakken.", ["stivhet nakke"]),
        ("Så er jeg stiv.", ["stivhet"]),
        ("Ja, tjueåtte pluss to i dag.", ["gravid, 28+2"]),
        ("Jeg røykte tjue om dagen i tretti år.", ["røyking, 30 year, tjue om dagen i tretti år, past"]),
    ],
)
def test_words_of_speech_and_dialect_have_the_same_name(line: str, expected: list[str]) -> None:
    assert short(told(f"P {line}")) == expected


def test_a_habit_and_its_past_are_one() -> None:
    assert short(told("D Røyker du?", "P Ja, fem om dagen. Jeg røykte tjue før.")) == [
        "røyking, fem om dagen, tjue før"
    ]
    assert short(told("D Røyker du?", "P Nei, jeg sluttet for fem år siden.")) == [
        "røyking, sluttet for fem år siden, past"
    ]


def test_eczema_and_its_finer_name_are_one() -> None:
    lines = ("D Har du hatt eksem før, som barn?", "P Ja, jeg hadde atopisk eksem da jeg var liten.")
    assert [text.split(",")[0] for text in short(told(*lines))] == ["atopisk eksem"]


def test_a_side_that_is_well_is_not_the_side() -> None:
    assert short(told("P Øret verker, det høyre altså. Det venstre er fint.")) == ["øresmerter right"]


def test_who_was_named_right_before_is_whose_it_is() -> None:
    assert short(told("D Noen i familien med føflekkreft?", "P Tanta mi. Hun hadde malignt melanom.")) == [
        "føflekkreft, tante, relative"
    ]
    assert short(told("D Kor gamal var far din då han fekk hjarteinfarkt?", "P Han var 48.")) == [
        "hjerteinfarkt, far, 48 år, relative"
    ]


def test_as_before_denies_what_was_asked() -> None:
    assert short(told("D Tørr hud?", "P Huden er som før.")) == ["-tørr hud"]


@pytest.mark.parametrize(
    "lines",
    [
        ("D Kvalme er en vanlig bivirkning av Sertralin, og noen får diaré.",),
        ("D Ved lungebetennelse pleier man å få høy feber og hoste, men det har ikke du.",),
        ("D Tenk om du hadde hatt blodpropp.",),
        ("D Om du skulle få feber, så ringjer du.",),
        ("P Jeg får helt hodepine av NAV.",),
        ("P Det koster ti tusen, jeg får hjerteinfarkt.",),
        ("P Googlet litt og kom fram til at jeg har hjernesvulst.",),
        ("P Jeg har vondt for å huske navn.",),
        ("P Jeg vil gjerne ned i vekt.",),
        ("P Jeg fryser på beina.",),
    ],
)
def test_people_at_large_and_figures_of_speech_are_no_symptom(lines: tuple[str, ...]) -> None:
    assert short(told(*lines)) == []


def test_what_can_be_is_uncertain_not_unsaid() -> None:
    assert short(told("D Det kan være en slimposebetennelse.")) == ["?slimposebetennelse"]
    assert short(told("D Bivirkninger kan være kvalme.")) == []


def test_a_heading_in_the_text_counts_below_any_heading() -> None:
    assert short(written("Tidligere: magesår.", "Anamnese")) == ["magesår, past"]
    assert short(written("Hevelse i begge beina.", "Anamnese")) == ["hevelse bein both"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("D Noen i familien med leddgikt?", "P Mormor hadde det."), ["leddgikt, mormor, relative"]),
        (("P Jeg har astma. Mora mi hadde det også.",), ["astma", "astma, mor, relative"]),
        (("D Har far din hatt prostatakreft?", "P Broren min."), ["prostatakreft, bror, relative"]),
        (("P Jeg har hodepine. Mannen min har det travelt.",), ["hodepine"]),
        (("P Jeg har astma. Mora mi har det ikke.",), ["astma"]),
        (("D Er det nokon av dine eigne med astma?", "P Nei, ingen astma."), ["-astma, relative"]),
        (("P Onkelen min døde av magekreft.",), ["magekreft, onkel, relative"]),
        (("D Har du hatt migrene?", "P Nei, det er det søstera mi som har."), ["-migrene", "migrene, søster, relative"]),
    ],
)  # fmt: skip
def test_a_relative_who_has_it_has_what_was_spoken_of(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("D Løs mage?", "P Ja.", "D Slim eller blod?", "P Litt slim. Ikke blod."), "-blod i avføringen"),
        (("D Hostar du?", "P Ja.", "D Blod?", "P Nei, ikkje blod."), "-blodig oppspytt"),
        (("P Det svir når jeg tisser.", "D Blod?", "P Nei."), "-blod i urinen"),
    ],
)  # fmt: skip
def test_blood_is_where_what_was_spoken_of_is(lines: tuple[str, ...], expected: str) -> None:
    assert expected in short(told(*lines))


def test_blood_alone_is_nowhere() -> None:
    assert short(told("P Jeg ga blod i går.")) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("P Det er stortåa på høyre fot, den ble rød og hoven.",), ["rødhet stortå right", "hevelse stortå right"]),
        (("P Eg har vondt i ryggen.", "D Kvar hen?", "P Heilt nede, i korsryggen."), ["korsryggsmerter"]),
        (("D Hvor har du utslett?", "P På magen."), ["utslett mage"]),
        (("P Det er kneet mitt igjen. Det høyre.", "D Gjør det vondt nå?", "P Ja."), ["smerter kne right"]),
        (("P Eg har vondt i kneet.", "D Høyrer du dårlegare?", "P Nei."), ["smerter kne", "-nedsatt hørsel"]),
        (("P Eg har vondt i øyret og kan høyre lite.",), ["øresmerter"]),
    ],
)  # fmt: skip
def test_the_place_is_the_part_that_is_meant(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("P Jeg kaster ikke opp.",), ["-oppkast"]),
        (("P Eg kastar ikkje opp.",), ["-oppkast"]),
        (("P Jeg får ikke puste.",), ["tungpust"]),
        (("P Og så søv eg ikkje.",), ["søvnvansker"]),
        (("P Jeg hadde infarkt i 2018.",), ["hjerteinfarkt, i 2018, past"]),
        (("D Du bruker Albyl-E etter infarktet i 2018, ja.",), ["hjerteinfarkt, i 2018, past"]),
        (("P Eg er stiv i fingrane om morgonen.",), ["morgenstivhet finger, om morgonen"]),
        (("D Skade?", "P Nei, ingen skade."), ["-skade"]),
        (("D Svart avføring?", "P Nei, ikke svart."), ["-svart avføring"]),
        (("D Hovne bein?", "P Litt om kvelden."), ["hevelse bein, om kvelden"]),
        (("D Har han gått ned i vekt?", "R Herregud, nei."), ["-vekttap"]),
        (("D feber eller frysninger", "P ikke noe av det"), ["-feber", "-frysninger"]),
    ],
)  # fmt: skip
def test_what_is_denied_over_or_has_a_name(lines: tuple[str, ...], expected: list[str]) -> None:
    assert short(told(*lines)) == expected


@pytest.mark.parametrize(
    "line",
    [
        "D Jeg har så vondt i kneet selv i dag.",
        "D Jeg rev menisken i høyre kne i fjor.",
        "P Katta har fått diabetes.",
        "P Jeg holdt på å få hjerteinfarkt av strømregninga.",
        "P Svigermor påstår at jeg har diabetes.",
        "P Hjertet hopper over et slag, det er ikke noe.",
        "D typisk eg skar meg i foten i fjor",
        "P Bikkja går på noe sånt, gammel og stiv i hofta.",
        "P Her bryt folk lårhalsen.",
        "P Hun spør om det gjør avføringen svart.",
        "D Noen hovner opp i beina av den.",
        "D Nå bør du kutte litt ned.",
    ],
)
def test_what_is_the_doctors_own_an_animals_or_a_joke_is_not_the_patients(line: str) -> None:
    own = [fact for fact in told(line) if fact.about is not About.OTHER]
    assert [name for name in short(own) if "hjertebank" not in name] == []


def test_a_relatives_own_is_hers_though_she_speaks_of_him() -> None:
    assert short(told("R Jeg sover ikke, for han snorker sånn.")) == ["søvnvansker, relative", "snorking"]
    assert short(told("R Vondt i hofta har jeg hatt i ti år.")) == ["smerter hofte, relative"]
    assert short(told("P Jeg er redd, for kollegaen min fikk hjernesvulst."))[-1:] == ["hjernesvulst, other"]


def test_where_it_hurts_is_said_by_the_answer() -> None:
    assert short(told("D Har du vondt noe sted?", "P Bare i korsryggen.")) == ["korsryggsmerter"]


def test_a_no_stays_a_no() -> None:
    assert short(told("D Ser du tåkete?", "P Nei, klart.")) == ["-synsforstyrrelser"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("D Vert han tung i pusten, må de ringje med ein gong.", "R Ja."), []),
        (("D vert det meir raudt eller du får feber må du kome att", "P ja"), []),
        (("D Blir han tungpustet når han leker?", "R Ja."), ["tungpust, når han leker"]),
        (("D reagerer du på noen medisiner", "P ja apocillin da hovna jeg opp i ansiktet"), []),
        (("D Allergier?", "P Plaster. Jeg får utslett av det."), []),
        (("P Jeg er kvalm.", "D Når var det?", "P For tjue år siden."), ["kvalme"]),
        (("P Jeg er kvalm.", "D Når begynte det?", "P Siden påske. Sju mil på fem dager."), ["kvalme, siden påske"]),
        (("P Jeg får eksem.", "D Prevensjon?", "P Mirena, i to år."), ["eksem"]),
        (("P Imigran. Det verkar ikkje lenger.",), []),
        (("P Det er hælen. Jeg har så vondt, de første skritta er grusomme.",), ["smerter hæl"]),
    ],
)
def test_what_is_only_foreseen_a_reaction_or_of_something_else_is_no_complaint(
    lines: tuple[str, ...], expected: list[str]
) -> None:
    assert short(told(*lines)) == expected


def test_a_part_of_the_body_that_is_well_is_not_where_it_hurts() -> None:
    assert "nakke" not in " ".join(short(told("P Jeg har vondt.", "D Nakken?", "P Nakken er grei.")))


def test_a_relative_who_had_it_until_then_had_it() -> None:
    asked = "D Har andre i familien migrene?"
    assert short(told(asked, "P Mor mi hadde det til ho var femti.")) == ["migrene, mor, past, relative"]
    assert short(told("R Faren har astma.", "R Eg hadde eksem som lita."))[-1] == "eksem, past, relative"


def test_what_the_doctor_opens_with_is_where_it_hurts() -> None:
    lines = ("D Da er det skuldra i dag. Venstre, står det her.", "P Nei, det er høyre jeg har vondt i.")
    assert short(told(*lines)) == ["smerter skulder right"]
