"""What was agreed: what, when, on what condition; it is the doctor who decides."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import Fact, Kind, Polarity, Time
from kiskriv.draft.kinds import plans
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import claims
from kiskriv.draft.talk.claims import written as stated
from kiskriv.transcript import Role
from tests.draft.spoken import between

D, P, R = Role.PRACTITIONER, Role.PATIENT, Role.RELATED_PERSON


def said(*lines: tuple[Role, str]) -> list[Fact]:
    return list(plans.found(claims(sentences(between(*lines)), shipped()), shipped()))


def written(text: str) -> list[Fact]:
    return list(plans.found(stated(text, 0, shipped(), "Tiltak"), shipped()))


def short(told: list[Fact]) -> list[str]:
    """`name side value duration onset (detail)`."""
    return [
        " ".join(
            filter(
                None,
                (
                    "ikke" if fact.polarity is Polarity.DENIED else "",
                    {Time.PAST: "før:", Time.PLANNED: "kanskje:"}.get(fact.time, ""),
                    fact.name,
                    fact.side or "",
                    str(fact.value or ""),
                    str(fact.duration or ""),
                    fact.onset,
                    f"({fact.detail})" if fact.detail else "",
                ),
            )
        )
        for fact in told
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kontroll om to uker.", ["kontroll 2 week"]),
        ("Da setter vi opp en ny time i januar.", ["kontroll i januar"]),
        ("vi tar en kontroll om 3 måneder", ["kontroll 3 month"]),
        ("Om en måned tar vi en ny kontroll av blodtrykket.", ["kontroll 1 month (av blodtrykket)"]),
        ("Kom tilbake om en uke hvis du ikke er bedre.", ["kontroll 1 week (hvis du ikke er bedre)"]),
        ("Hvis du ikke er bedre om en uke, må du komme tilbake.", ["kontroll 1 week (hvis du ikke er bedre)"]),
        ("Ring hvis du blir verre.", ["kontakt (hvis du blir verre)"]),
        ("Ta kontakt ved forverring.", ["kontakt (ved forverring)"]),
        ("Får du feber, må du ta kontakt.", ["kontakt (hvis du får feber)"]),
        ("Blir det ikke bedre, kommer du tilbake om fire uker.", ["kontroll 4 week (hvis det ikke blir bedre)"]),
        ("Vi snakkes på fredag.", ["telefon på fredag"]),
        ("Jeg ringer deg med svar.", ["telefon (med svar)"]),
        ("Vi tar nye blodprøver om tre måneder.", ["blodprøver 3 month"]),
        ("Vi tar CRP og urinprøve.", ["CRP", "urinprøve"]),
        ("Jeg rekvirerer blodprøver, TSH og ferritin.", ["blodprøver (TSH og ferritin)"]),
        ("Vi tar et EKG.", ["EKG"]),
        ("Blodprøver og kontroll om to uker.", ["blodprøver 2 week", "kontroll 2 week"]),
        ("Kom tilbake om seks uker, så tar vi kreatinin.", ["kontroll 6 week", "kreatinin 6 week"]),
        ("Du kan bestille deg en ny time i resepsjonen om cirka fire uker.", ["kontroll 4 week"]),
        ("Da setter jeg deg opp til en ny time om en måned.", ["kontroll 1 month"]),
        ("Du kommer gjerne en tur innom om en uke.", ["kontroll 1 week"]),
        ("Vi tar det opp igjen når svaret på MR foreligger.", ["kontroll (når svaret på MR foreligger)"]),
        ("Ring meg på torsdag.", ["telefon på torsdag"]),
        ("Du hører fra meg når svarene kommer.", ["prøvesvar (når svarene kommer)"]),
        ("Bare ring om det er noe.", ["kontakt (om det er noe)"]),
        ("Skulle det bli verre, er det bare å ringe.", ["kontakt (hvis det skulle bli verre)"]),
        ("Da snakkes vi når jeg har fått svaret.", ["telefon (når jeg har fått svaret)"]),
        ("Vi gjentar prøven om tre måneder.", ["blodprøver 3 month"]),
        ("Så sjekker vi stoffskiftet igjen om åtte uker.", ["stoffskifteprøver 8 week"]),
        ("Stingene fjernes om ti dager.", ["stingfjerning 10 day"]),
        ("Vi måler blodtrykket på nytt om fire uker.", ["kontroll 4 week (av BT)"]),
        ("Jeg vil gjerne at du tar en avføringsprøve.", ["avføringsprøve"]),
        ("Kontroll om fire uker, da har vi svaret på MR.", ["kontroll 4 week"]),
    ],
)
def test_follow_up_in_bokmal(text: str, expected: list[str]) -> None:
    told = said((D, text))
    assert {fact.kind for fact in told} == {Kind.FOLLOW_UP}
    assert short(told) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kontroll om to veker.", ["kontroll 2 week"]),
        ("Kom att om ei veke viss du ikkje er betre.", ["kontroll 1 week (viss du ikkje er betre)"]),
        ("Då ser eg deg att om fire veker.", ["kontroll 4 week"]),
        ("Ring viss du vert verre.", ["kontakt (viss du vert verre)"]),
        ("Me tek nye blodprøvar om tre månader.", ["blodprøver 3 month"]),
        ("Eg ringjer deg på måndag.", ["telefon på måndag"]),
    ],
)
def test_follow_up_in_nynorsk(text: str, expected: list[str]) -> None:
    assert short(said((D, text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Du er her til kontroll av blodtrykket.",
        "Blodtrykket er under kontroll.",
        "Si fra hvis det gjør vondt.",
        "Jeg tar Paracet hver dag.",
        "Telefonen ringer stadig her i dag.",
        "Du tar kontakt så sjelden.",
        "Jeg legger inn en resept på Paracet.",
        "Er du sykmeldt?",
        "Vi får se om det hjelper, ring gjerne kona di.",
        "Du trenger ikke ringe.",
        "Sist kontroll var i mars.",
        "Kom inn du, og hold deg i dørkarmen om det er svimmelt.",
        "Da får du dose to i dag.",
        "Jeg er femti prosent ufør.",
    ],
)
def test_what_agrees_on_nothing(text: str) -> None:
    assert said((D, text)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg sykmelder deg femti prosent i to uker.", ["sykmelding 50 % 2 week"]),
        ("Da får du sykmelding i en uke.", ["sykmelding 100 % 1 week"]),
        ("Du får en gradert sykmelding, 40 prosent, ut måneden.", ["sykmelding 40 % ut måneden"]),
        ("Jeg sykmelder deg hundre prosent til fredag.", ["sykmelding 100 % til fredag"]),
        ("Vi gjør det gradert, 50 prosent i fire uker fra mandag.", ["sykmelding 50 % 4 week fra mandag"]),
        ("Jeg forlenger sykmeldingen i to uker.", ["sykmelding 100 % 2 week (forlenget)"]),
        ("Du kan bruke egenmelding i tre dager.", ["egenmelding 3 day"]),
        ("Du trenger ikke sykmelding.", ["ikke sykmelding"]),
        ("Sykmelding i to uker og kontroll om to uker.", ["sykmelding 100 % 2 week", "kontroll 2 week"]),
        (
            "Sykmelding hundre prosent i en uke og så femti prosent i to uker.",
            ["sykmelding 100 % 1 week", "sykmelding 50 % 2 week"],
        ),
        (
            "Hvis det ikke blir bedre, sykmelder jeg deg en uke.",
            ["kanskje: sykmelding 1 week (hvis det ikke blir bedre)"],
        ),
        ("Vi tar halv sykmelding i en måned.", ["sykmelding 50 % 1 month"]),
        ("Gradert førti, du jobber seksti prosent, ut måneden.", ["sykmelding 40 % ut måneden"]),
        ("Sykmelding 50 prosent i to uker, så 100 prosent tilbake.", ["sykmelding 50 % 2 week"]),
        ("Du er sykmeldt til og med fredag.", ["sykmelding 100 % til og med fredag"]),
        ("Vi sier en uke hundre prosent.", ["sykmelding 100 % 1 week"]),
        ("Vi forlenger med fire uker, femti prosent.", ["sykmelding 50 % 4 week (forlenget)"]),
        ("Sykmeldingen går ut fredag.", ["før: sykmelding ut fredag"]),
        ("Jeg friskmelder deg fra mandag.", ["friskmelding fra mandag"]),
    ],
)
def test_sick_leave_in_bokmal(text: str, expected: list[str]) -> None:
    assert short(said((D, text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Då sjukmelder eg deg femti prosent i to veker.", ["sykmelding 50 % 2 week"]),
        ("Eg skriv sjukmelding ut veka.", ["sykmelding 100 % ut veka"]),
        ("Du kan bruke eigenmelding i tre dagar.", ["egenmelding 3 day"]),
    ],
)
def test_sick_leave_in_nynorsk(text: str, expected: list[str]) -> None:
    assert short(said((D, text))) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jeg henviser deg til ortoped.", ["ortoped"]),
        ("Da henviser jeg deg til fysioterapeut og psykolog.", ["fysioterapeut", "psykolog"]),
        ("Jeg sender deg videre til hudlege.", ["hudlege"]),
        ("Jeg henviser deg til MR av venstre kne.", ["MR kne left"]),
        ("Vi bestiller røntgen av thorax.", ["røntgen thorax"]),
        ("Vi tar et røntgen av høyre hånd.", ["røntgen hånd right"]),
        ("Jeg henviser deg til koloskopi i pakkeforløp.", ["koloskopi (pakkeforløp)"]),
        ("Jeg legger deg inn på sykehuset som øyeblikkelig hjelp.", ["innleggelse (som øyeblikkelig hjelp)"]),
        ("Det trengs ingen henvisning til ortoped.", ["ikke ortoped"]),
        ("Jeg henviser deg ikke til ortoped nå.", ["ikke ortoped"]),
        ("Hvis det ikke blir bedre, henviser vi til ortoped.", ["kanskje: ortoped (hvis det ikke blir bedre)"]),
        ("Du ble henvist til nevrolog i fjor.", ["før: nevrolog"]),
        ("Jeg rekvirerer røntgen av lungene.", ["røntgen thorax"]),
        ("Jeg rekvirerer CT av lungene.", ["CT thorax"]),
        ("Jeg henviser deg til spirometri på sykehuset.", ["spirometri"]),
        ("Fysioterapi hjelper mer enn MR, så da henviser jeg til det.", ["fysioterapeut"]),
        ("Da må du til øyelegen.", ["øyelege"]),
        ("Vi bestiller time på røntgen.", ["røntgen"]),
        (
            "Jeg henviser deg til øyelege for fotografering av netthinnen.",
            ["øyelege (for fotografering av netthinnen)"],
        ),
    ],
)
def test_referral_in_bokmal(text: str, expected: list[str]) -> None:
    told = said((D, text))
    assert {fact.kind for fact in told} == {Kind.REFERRAL}
    assert short(told) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Eg tilviser deg til fysioterapeut.", ["fysioterapeut"]),
        ("Eg skriv ei tilvising til augelege.", ["øyelege"]),
        ("Eg viser deg til fysioterapeut.", ["fysioterapeut"]),
        ("Me tek MR av høgre kne.", ["MR kne right"]),
    ],
)
def test_referral_in_nynorsk(text: str, expected: list[str]) -> None:
    assert short(said((D, text))) == expected


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Vi venter med henvisning til ortoped.", Polarity.DENIED),
        ("Vi trenger ikke MR nå.", Polarity.DENIED),
        ("Vi kan eventuelt henvise deg til ortoped senere.", Polarity.UNCERTAIN),
    ],
)
def test_what_waits_or_is_only_considered_is_not_decided(text: str, polarity: Polarity) -> None:
    (fact,) = said((D, text))
    assert fact.polarity is polarity


def test_a_time_in_the_condition_is_when() -> None:
    (fact,) = said((D, "Ring meg dersom det ikke gir seg i løpet av en uke."))
    assert (str(fact.duration), fact.detail) == ("1 week", "dersom det ikke gir seg")


def test_a_wish_is_no_referral() -> None:
    assert said((P, "Jeg vil gjerne ha henvisning til MR."), (D, "Det hjelper ikke nå.")) == []


@pytest.mark.parametrize("assent", ["Ja, det ordner jeg.", "Det kan vi gjøre.", "Det ordnar eg."])
def test_a_wish_that_is_granted_is_one(assent: str) -> None:
    (fact,) = said((P, "Jeg vil gjerne ha henvisning til fysioterapeut."), (D, assent))
    assert (fact.name, fact.evidence) == ("fysioterapeut", (0, 1))


def test_what_the_doctor_offers_and_the_patient_takes_is_agreed() -> None:
    assert short(said((D, "Ønsker du henvisning til fysioterapeut?"), (P, "Ja, det vil jeg."))) == ["fysioterapeut"]


def test_a_number_alone_steps_the_sick_leave_down() -> None:
    told = said((P, "Jeg har vært 50 prosent sykmeldt siden jul."), (D, "Da går vi ned til tjue de neste fire ukene."))
    assert short(told) == ["før: sykmelding 50 %", "sykmelding 20 % 4 week"]


def test_another_percent_takes_the_place_of_the_first() -> None:
    told = said(
        (D, "Jeg sykmelder deg hundre prosent i to uker."), (P, "Heller halvt?"), (D, "Jo, da gjør vi femti prosent.")
    )
    assert short(told) == ["sykmelding 50 % 2 week"]


def test_another_number_of_weeks_takes_the_place_of_the_first() -> None:
    assert short(said((D, "Vi møtes om to uker."), (D, "Nei, jeg er på ferie da, si tre."))) == ["kontroll 3 week"]


def test_somebodys_own_words_in_a_note_decide_nothing() -> None:
    assert written("Pasienten: «Jeg trenger sykmelding».") == []


def test_a_sick_leave_told_of_was_before() -> None:
    assert short(said((P, "Jeg har vært hundre prosent sykmeldt i tre uker."))) == ["før: sykmelding 100 % 3 week"]


def test_no_need_of_sick_leave_is_told_by_the_answer() -> None:
    assert short(said((D, "Trenger du sykmelding?"), (P, "Nei."))) == ["ikke sykmelding"]


def test_to_whom_may_have_been_said_before() -> None:
    assert short(said((D, "Dette bør en ortoped se på."), (P, "Ja."), (D, "Da sender jeg en henvisning."))) == [
        "ortoped"
    ]


def test_percent_and_length_may_follow() -> None:
    assert short(said((D, "Da sykmelder jeg deg."), (P, "Hvor mye?"), (D, "Femti prosent."))) == ["sykmelding 50 %"]


def test_a_test_whose_value_follows_is_no_follow_up() -> None:
    assert said((D, "Vi tar en CRP."), (D, "CRP er 12.")) == []


def test_what_is_agreed_again_is_one_with_both_places() -> None:
    (fact,) = said(
        (D, "Jeg henviser deg til ortoped."), (P, "Fint."), (D, "Kontroll blir det ikke, men henvisning til ortoped.")
    )[:1]
    assert fact.evidence == (0, 2)


@pytest.mark.parametrize("correction", ["Nei, kontroll om tre uker.", "Nei, vi tar heller kontroll om tre uker."])
def test_a_correction_wins(correction: str) -> None:
    assert short(said((D, "Kontroll om to uker."), (P, "Ja."), (D, correction))) == ["kontroll 3 week"]


def test_two_controls_stay_two() -> None:
    assert short(said((D, "Kontroll om to uker."), (D, "Og så kontroll om tre måneder."))) == [
        "kontroll 2 week",
        "kontroll 3 month",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ktr. om 2 uker.", ["kontroll 2 week"]),
        ("Ktr. 2 uker.", ["kontroll 2 week"]),
        ("Blodprøver om 2 uker, nyrefunksjon og kalium.", ["blodprøver 2 week (nyrefunksjon og kalium)"]),
        ("Prøver: CRP, SR.", ["blodprøver (CRP, SR)"]),
        ("CRP og EKG.", ["CRP", "EKG"]),
        ("Henvises til spirometri.", ["spirometri"]),
        ("Legevakt ved feber.", ["kontakt (ved feber)"]),
        ("Sykmeldt 50 % i 2 uker.", ["sykmelding 50 % 2 week"]),
        ("Sykm. 100 % t.o.m. fredag.", ["sykmelding 100 % t.o.m. fredag"]),
        ("Henv. ortoped.", ["ortoped"]),
        ("Henvist fysioterapeut.", ["fysioterapeut"]),
        ("Rekv. MR ve. kne.", ["MR kne left"]),
        ("Røntgen hø. håndledd.", ["røntgen håndledd right"]),
        ("Kontakt ved forverring.", ["kontakt (ved forverring)"]),
        ("Sjukmelding 40 % i 4 veker.", ["sykmelding 40 % 4 week"]),
    ],
)
def test_the_journals_own_style(text: str, expected: list[str]) -> None:
    assert short(written(text)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (((D, "skal vi si kontroll om to uker"), (P, "kan det bli litt seinere"), (D, "tre uker da")), "kontroll 3 week"),
        (((D, "Du må kome att til kontroll. Kan du om ein månad?"), (P, "Då er det lamming."), (D, "Seks veker, då.")), "kontroll 6 week"),
        (((D, "Kjem du att om tre månader?"), (P, "Treng eg det?"), (D, "Ja, for trykket."), (P, "Ja vel.")), "kontroll 3 month"),
        (((D, "Skal vi si kontroll om to uker?"), (P, "Det passer fint.")), "kontroll 2 week"),
        (((D, "Du får ny time om et år."), (P, "Er ikke det lenge?"), (D, "Da blir det om seks måneder.")), "kontroll 6 month"),
        (((D, "Da ses vi."), (P, "Når er kontrollen?"), (D, "Om tre måneder.")), "kontroll 3 month"),
        (((D, "Skal vi si 70 prosent sykmeldt?"), (P, "Nei, det er for mye."), (D, "Femti da, i tre uker.")), "sykmelding 50 % 3 week"),
        (((P, "Jeg trenger sykmelding."), (D, "Vi starter med en uke, femti prosent.")), "sykmelding 50 % 1 week"),
        (((D, "Skal vi halde fram med femti prosent?"), (P, "Ja, to veker til.")), "sykmelding 50 % 2 week (forlenget)"),
    ],
)  # fmt: skip
def test_what_is_negotiated_is_as_it_ended(lines: tuple[tuple[Role, str], ...], expected: str) -> None:
    assert short(said(*lines)) == [expected]


@pytest.mark.parametrize(
    "lines",
    [
        ((D, "Jeg kan henvise deg til fysioterapeut."), (P, "Nei, det har jeg prøvd."), (D, "Ok, da lar vi det være.")),
        ((P, "Sjefen vil at jeg skal ta sykmelding."), (D, "Da slipper du det.")),
        ((D, "Eg tilviser deg til lungelege."), (P, "Må eg det?"), (D, "Nei, då ventar vi med lungelegen.")),
    ],
)
def test_what_was_dropped_is_not_agreed(lines: tuple[tuple[Role, str], ...]) -> None:
    assert not short(said(*lines))


def test_a_referral_that_is_not_needed_after_all_is_denied_alone() -> None:
    told = said(
        (D, "Da henviser jeg deg til øyelege."),
        (P, "Jeg har time der."),
        (D, "Å, da trenger du ikke noen henvisning til øyelege."),
    )
    assert short(told) == ["ikke øyelege"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (((D, "Eg sender deg til røntgen av venstre hofte."), (P, "Nei, høgre."), (D, "Orsak, høgre hofte.")), ["røntgen hofte right"]),
        (((D, "Jeg rekvirerer røntgen av bekken og venstre hofte."),), ["røntgen bekken", "røntgen hofte left"]),
        (((P, "Har du sendt henvisningen til hudlegen?"), (D, "Ja, den sendte jeg i går.")), ["hudlege"]),
        (((D, "Da ses vi om et halvt år."), (P, "Med blodprøver først?"), (D, "Ja, en uke før.")), ["kontroll 0.5 year", "blodprøver"]),
        (((D, "Blodprøver i dag, kreatinin og kalium."),), ["blodprøver i dag (kreatinin og kalium)"]),
        (((D, "Stinga tek vi ut om ti dagar."),), ["stingfjerning 10 day"]),
        (((D, "Ring meg om flekken ikkje er borte om fire veker."),), ["kontakt 4 week (om flekken ikkje er borte)"]),
        (((D, "Vi har en diabetessykepleier, og jeg setter deg opp hos henne om to uker."),), ["kontroll 2 week (hos diabetessykepleier)"]),
        (((D, "Og så vil jeg at du skal til fysioterapeut."),), ["fysioterapeut"]),
        (((D, "Jeg vil se ham igjen i morgen."),), ["kontroll i morgen"]),
    ],
)  # fmt: skip
def test_it_is_known_in_other_words(lines: tuple[tuple[Role, str], ...], expected: list[str]) -> None:
    assert short(said(*lines)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "De skal smøre med Hydrokortison krem, ein prosent, morgon og kveld i ti dagar.",
        "Du får Daktacort, to prosent, i fjorten dager.",
        "Ring tilbake om fem minutter.",
    ],
)
def test_the_percent_of_a_cream_is_no_sick_leave_and_minutes_are_no_appointment(text: str) -> None:
    assert said((D, text)) == []


def test_leave_that_the_patient_took_was_before() -> None:
    talk = said((D, "Har du vore borte frå jobb?"), (P, "Eigenmelding tre dagar førre veke."))
    assert short(talk) == ["før: egenmelding 3 day"]


def test_a_control_is_no_other_offer_than_the_sick_leave_that_was_declined() -> None:
    talk = said(
        (D, "Treng du sjukmelding no?"),
        (P, "Nei takk, eg vil heller vere på jobb."),
        (D, "Då tek me kontroll om åtte veker."),
    )
    assert short(talk) == ["ikke sykmelding", "kontroll 8 week"]


def test_a_control_grants_no_sick_leave_that_was_wished() -> None:
    talk = said((P, "Jeg vil gjerne ha sykmelding."), (D, "Da tar vi kontroll om to uker."))
    assert short(talk) == ["kontroll 2 week"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("blir du dårligere så ringer du legevakta", "kontakt (hvis du blir dårligere)"),
        ("Vert han tung i pusten, må de ringje.", "kontakt (viss han vert tung i pusten)"),
        ("Legg du på deg to kilo, må du ringe.", "kontakt (viss du legg på deg to kilo)"),
        ("Er du ikke bedre, tar vi MR av høyre skulder.", "kanskje: MR skulder right (hvis du ikke er bedre)"),
    ],
)
def test_a_condition_with_its_verb_first_is_no_question(text: str, expected: str) -> None:
    assert short(said((D, text))) == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("vi sender urinen til dyrkning", "dyrkning"),
        ("om ti dagar tek sjukepleiaren stinga", "stingfjerning 10 day"),
        ("Me set deg opp til tjuefire timars blodtrykk i neste månad.", "døgnblodtrykk i neste månad"),
    ],
)
def test_what_others_do_for_the_doctor_is_agreed_too(text: str, expected: str) -> None:
    assert short(said((D, text))) == [expected]


def test_a_perhaps_of_what_follows_leaves_the_referral_sure() -> None:
    (fact,) = said((D, "Og henvisning til fysioterapeut, så får du øvelser og kanskje trykkbølge."))
    assert (fact.name, fact.polarity) == ("fysioterapeut", Polarity.AFFIRMED)
