"""Ten talks, each with a note as a doctor or a language model might write it: freely, with its evidence. Our own words."""

from __future__ import annotations

from typing import Final, NamedTuple

from kiskriv.note import Note, Section, Statement
from kiskriv.transcript import Role, Transcript, Utterance, Word

_ROLES: Final = {
    "L": Role.PRACTITIONER,
    "P": Role.PATIENT,
    "R": Role.RELATED_PERSON,
    "T": Role.INTERPRETER,
    "U": Role.UNKNOWN,
}


class Pair(NamedTuple):
    """`talk`: a line for each utterance, `P: …`; `note`: `# heading`, then `statement [evidence]`."""

    name: str
    talk: str
    note: str


def transcript(talk: str) -> Transcript:
    """Of lines `L: …` (the doctor), `P: …`, `R: …`, `T: …` or `U: …`, numbered from 0; a word with `~` before it was hardly heard."""
    spoken = []
    for id_, line in enumerate(line.strip() for line in talk.strip().splitlines()):
        role, _, text = line.partition(": ")
        words = tuple(
            Word(id_, id_ + 0.5, word.removeprefix("~"), 0.3 if word.startswith("~") else 0.95) for word in text.split()
        )
        spoken.append(Utterance(id_, _ROLES[role], role, words))
    return Transcript("nb", tuple(spoken))


def note(text: str) -> Note:
    """Of lines `# heading` and `statement [3, 4]`."""
    sections: list[Section] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("#"):
            sections.append(Section(line[1:].strip()))
            continue
        words, bracket, ids = line.rpartition(" [")
        evidence = tuple(int(id_) for id_ in ids.rstrip("]").split(",")) if bracket else ()
        statement = Statement(words if bracket else line, evidence)
        sections[-1] = Section(sections[-1].heading, (*sections[-1].statements, statement))
    return Note(tuple(sections))


PAIRS: Final = (
    Pair(
        "sår hals",
        """
        L: Hei, kom inn og sett deg. Hva kan jeg hjelpe med?
        P: Jo, jeg har hatt så vondt i halsen i fire dager nå, og det er verst når jeg svelger.
        L: Har du hatt feber?
        P: Ja, jeg målte trettini to i går.
        L: Hoster du noe?
        P: Nei, ikke noe hoste.
        L: Er du allergisk mot noen medisiner?
        P: Nei, ikke som jeg vet om.
        L: Da skal jeg se. Du har røde mandler med belegg. Vi tok en CRP, den var 84.
        L: Dette ser ut som en halsbetennelse med streptokokker.
        L: Jeg skriver ut Apocillin 660 milligram, en tablett fire ganger daglig i sju dager.
        P: Skal jeg ta hele kuren?
        L: Ja. Og ta kontakt hvis du ikke er bedre om tre dager.
        """,
        """
        # Anamnese
        Vondt i halsen i 4 dager, verst ved svelging. [1]
        Målt feber 39,2 i går. [2, 3]
        Ikke hoste. [4, 5]
        Ingen kjente allergier. [6, 7]
        # Funn
        Røde mandler med belegg. [8]
        CRP 84. [8]
        # Vurdering
        Halsbetennelse, streptokokker. [9]
        # Tiltak
        Apocillin 660 mg, 1 tablett x 4 i 7 dager. [10]
        Tar kontakt hvis ikke bedre om 3 dager. [12]
        """,
    ),
    Pair(
        "kne etter fall",
        """
        L: Ja, hva har skjedd med deg?
        P: Nei, jeg falt på ski for to uker siden, og nå har jeg vondt i høyre kne.
        L: På utsiden eller innsiden?
        P: Innsiden. Det er verst når jeg går i trapper.
        L: Har kneet låst seg?
        P: Nei.
        L: Er det hovent?
        P: Det var litt hovent de første dagene, men ikke nå lenger.
        L: Jeg kjenner at du er øm over leddlinjen på innsiden. Kneet er stabilt.
        L: Jeg henviser deg til MR av høyre kne.
        L: Så kan du ta Ibux 400 milligram tre ganger daglig i en uke.
        P: Jeg jobber som tømrer, så jeg klarer ikke jobben.
        L: Da sykmelder jeg deg femti prosent i to uker.
        L: Vi tar en kontroll om tre uker.
        """,
        """
        # Anamnese
        Falt på ski for 2 uker siden. Smerter i høyre kne, innsiden, verst i trapper. [1, 3]
        Kneet har ikke låst seg. [4, 5]
        Tømrer, klarer ikke jobben. [11]
        # Funn
        Øm over leddlinjen på innsiden. Stabilt kne. [8]
        # Tiltak
        Henvises MR høyre kne. [9]
        Ibux 400 mg x 3 i 1 uke. [10]
        Sykmelding 50 % i 2 uker. [12]
        Kontroll om 3 uker. [13]
        """,
    ),
    Pair(
        "blodtrykk",
        """
        L: Da var det kontroll av blodtrykket.
        P: Ja, jeg har målt hjemme, og det har ligget litt høyt.
        L: Du bruker metoprolol 50 milligram en gang om dagen?
        P: Ja, hver morgen.
        L: Har du vært svimmel eller hatt brystsmerter?
        P: Nei, ingenting sånt.
        L: I dag måler jeg 158 over 94, og pulsen er 78 og regelmessig.
        L: Da øker vi metoprolol fra 50 til 100 milligram en gang daglig.
        P: Jeg brukte Ramipril før, men sluttet fordi jeg hostet så mye av den.
        L: Nei, den skal du ikke ha igjen. Ny kontroll om fire uker med blodprøver.
        """,
        """
        # Anamnese
        Blodtrykket har ligget litt høyt hjemme. [1]
        Bruker metoprolol 50 mg x 1 om morgenen. [2, 3]
        Ikke svimmel eller brystsmerter. [4, 5]
        Brukte tidligere ramipril, sluttet pga. hoste. [8]
        # Funn
        BT 158/94, puls 78 regelmessig. [6]
        # Tiltak
        Metoprolol økes fra 50 til 100 mg x 1. [7]
        Kontroll om 4 uker med blodprøver. [9]
        """,
    ),
    Pair(
        "barn med øreverk",
        """
        L: Hva er det med lille Jonas i dag?
        R: Han har hatt vondt i venstre øre siden i går kveld, og han har hatt feber.
        L: Hvor høy feber?
        R: Den var trettini på det meste. Han fikk Paracet i natt.
        L: Har han vært forkjølet?
        R: Ja, en ukes tid med snørr og hoste.
        L: Spiser og drikker han?
        R: Han drikker bra, men han spiser lite.
        L: Trommehinnen på venstre side er rød og bulende. Høyre er fin.
        L: Lungene er fine.
        L: Vi kan vente litt med antibiotika. Gi ham Paracet 250 milligram inntil fire ganger i døgnet.
        L: Kom tilbake hvis han ikke er bedre om to dager.
        """,
        """
        # Anamnese
        Smerter i venstre øre siden i går kveld. Feber, inntil 39. [1, 3]
        Forkjølet i 1 uke med snørr og hoste. [4, 5]
        Drikker bra, spiser lite. [7]
        Fikk Paracet i natt. [3]
        # Funn
        Venstre trommehinne rød og bulende, høyre fin. [8]
        Lungene fine. [9]
        # Tiltak
        Venter med antibiotika. Paracet 250 mg inntil x 4. [10]
        Kommer tilbake hvis ikke bedre om 2 dager. [11]
        """,
    ),
    Pair(
        "ryggvondt, nynorsk",
        """
        L: Kva kan eg hjelpe deg med?
        P: Eg har hatt så vondt i korsryggen i tre veker no.
        L: Strålar det ned i beina?
        P: Ja, ned i venstre bein.
        L: Er du nummen nokon stad?
        P: Nei, ikkje nummen.
        L: Har du problem med vatnlatinga?
        P: Nei.
        L: Har du prøvd noko mot smertene?
        P: Eg har teke Paracet eit gram tre gonger dagleg, men det hjelper lite.
        L: Lasègue er positiv på venstre side. Reflekset er fint på begge sider.
        L: Då prøver vi naproksen 500 milligram to gonger dagleg i ti dagar.
        L: Eg tilviser deg til fysioterapeut, og så sjukmelder eg deg hundre prosent i ei veke.
        P: Takk skal du ha.
        L: Ny time om ei veke.
        """,
        """
        # Anamnese
        Vondt i korsryggen i 3 veker, strålar ned i venstre bein. [1, 3]
        Ikkje nummen. [4, 5]
        Har teke Paracet 1 g x 3 med liten verknad. [9]
        # Funn
        Lasègue positiv på venstre side. [10]
        # Tiltak
        Naproksen 500 mg x 2 i 10 dagar. [11]
        Tilvising til fysioterapeut. [12]
        Sjukmelding 100 % i 1 veke. [12]
        Ny time om 1 veke. [14]
        """,
    ),
    Pair(
        "urinvegsinfeksjon, nynorsk",
        """
        L: Hei, kva gjeld det?
        P: Det svir når eg tissar, og eg må på do heile tida. Det byrja for to dagar sidan.
        L: Har du feber eller vondt i ryggen?
        P: Nei, ikkje feber.
        L: Er du gravid?
        P: Nei.
        L: Toler du alle medisinar?
        P: Eg er allergisk mot penicillin, eg fekk utslett som barn.
        L: Urinstiksen er positiv på leukocyttar og nitritt.
        L: Då får du Selexid 400 milligram tre gonger dagleg i fem dagar. Nei, vent, du er allergisk.
        L: Du får trimetoprim 160 milligram to gonger dagleg i tre dagar.
        L: Kjem du ikkje over det, så ring oss.
        """,
        """
        # Anamnese
        Svie ved vasslating og hyppig vasslating i 2 dagar. [1]
        Ikkje feber. [2, 3]
        Ikkje gravid. [4, 5]
        Allergi: penicillin (utslett som barn). [6, 7]
        # Funn
        Urinstiks positiv på leukocyttar og nitritt. [8]
        # Tiltak
        Trimetoprim 160 mg x 2 i 3 dagar. [10]
        Ring ved manglande betring. [11]
        """,
    ),
    Pair(
        "stoffskifte, nynorsk",
        """
        L: Eg har fått svar på blodprøvane dine. TSH var 8,2.
        P: Å ja. Eg har vore så trøytt i det siste.
        L: Du tek Levaxin 75 mikrogram kvar morgon?
        P: Ja, det gjer eg.
        L: Har du gått opp i vekt?
        P: Ja, fire kilo på eit halvt år.
        L: Då aukar vi Levaxin til 100 mikrogram dagleg.
        L: Vi tek nye blodprøver om åtte veker.
        P: Mor mi hadde òg lågt stoffskifte.
        """,
        """
        # Anamnese
        Trøytt i det siste, gått opp 4 kilo på eit halvt år. [1, 5]
        Brukar Levaxin 75 µg x 1 om morgonen. [2, 3]
        Mor: lågt stoffskifte. [8]
        # Funn
        TSH 8,2. [0]
        # Tiltak
        Levaxin aukast til 100 µg x 1. [6]
        Nye blodprøver om 8 veker. [7]
        """,
    ),
    Pair(
        "nedstemt",
        """
        L: Hvordan går det med deg?
        P: Det er tungt, jeg sover nesten ikke, og jeg har vært så nedfor i to måneder.
        L: Har du tanker om å ta livet ditt?
        P: Nei, det har jeg ikke.
        L: Hvordan er det på jobben?
        P: Jeg orker ikke jobben, det er mye konflikter.
        L: Drikker du alkohol?
        P: Et glass vin i helgene.
        L: Jeg tror du har en depresjon. Vi kan starte med escitalopram 10 milligram om morgenen.
        P: Jeg vil helst ikke ha sovetabletter.
        L: Nei, det skal du slippe. Jeg henviser deg til psykolog.
        L: Jeg sykmelder deg femti prosent i fire uker, og så tar vi en telefontime på fredag om to uker.
        """,
        """
        # Anamnese
        Nedstemt i 2 måneder, sover nesten ikke. [1]
        Ingen selvmordstanker. [2, 3]
        Mye konflikter på jobben, orker ikke jobben. [5]
        Alkohol: et glass vin i helgene. [6, 7]
        Ønsker ikke sovetabletter. [9]
        # Vurdering
        Depresjon. [8]
        # Tiltak
        Starter escitalopram 10 mg om morgenen. [8]
        Henvises psykolog. [10]
        Sykmelding 50 % i 4 uker. [11]
        Telefontime fredag om 2 uker. [11]
        """,
    ),
    Pair(
        "kols, dårlig recogniser-tegnsetting",
        """
        L: ja hvordan er pusten
        P: den er verre jeg er tungpusten når jeg går i bakker og jeg hoster gult slim
        L: hvor lenge har det vært sånn
        P: en ukes tid
        L: røyker du fortsatt
        P: nei jeg sluttet i fjor
        L: metningen er nittito prosent og det er pipelyder over begge lunger
        L: du får prednisolon tjue milligram en gang daglig i fem dager
        L: og så fortsetter du med Spiriva som før
        P: ja
        """,
        """
        # Anamnese
        Tungpusten i bakker i 1 uke, hoster gult slim. [1, 3]
        Sluttet å røyke i fjor. [4, 5]
        # Funn
        SpO2 92 %. Pipelyder over begge lunger. [6]
        # Tiltak
        Prednisolon 20 mg x 1 i 5 dager. [7]
        Fortsetter med Spiriva. [8]
        """,
    ),
    Pair(
        "svimmel, nynorsk med dotter",
        """
        L: Kva er det som plagar deg?
        P: Eg vert så svimmel når eg snur meg i senga.
        R: Ho datt i går, og slo høgre skulder.
        L: Har du vondt i skuldra?
        P: Ja, litt, i høgre skulder.
        L: Besvimte du?
        P: Nei.
        R: Eg har sjølv migrene, så eg veit korleis det er.
        L: Blodtrykket er 142 over 78.
        L: Du brukar Eliquis 5 milligram to gonger dagleg?
        P: Ja.
        L: Eg trur dette er krystallsjuke. Vi gjer Epleys manøver no.
        L: Kom attende om to veker.
        """,
        """
        # Anamnese
        Svimmel når ho snur seg i senga. [1]
        Datt i går og slo høgre skulder. [2]
        Ikkje besvimt. [5, 6]
        Brukar Eliquis 5 mg x 2. [9, 10]
        # Funn
        BT 142/78. [8]
        # Vurdering
        Krystallsjuke. [11]
        # Tiltak
        Epleys manøver. [11]
        Kjem attende om 2 veker. [12]
        """,
    ),
)
