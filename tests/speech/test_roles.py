"""Who is the doctor is guessed from what is said; a wrong guess is worse than none.

Two sets of small dialogues, all made up: the cues were fitted to the first, and not to the second.
"""

from __future__ import annotations

import random
import re
import time
import tomllib

import pytest

from kiskriv.speech.roles import _pattern, guess, swapped
from kiskriv.transcript import Doubt, Role, Utterance, Word
from synthetic.corpus import SENTENCES, Corpus, read_lines

D, P, R, T, U = Role.PRACTITIONER, Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER, Role.UNKNOWN
LETTERS = {"D": D, "P": P, "R": R, "T": T, "U": U}

Lines = list[tuple[str, str]]

FITTED = """
# a sore throat: A=D B=P
A: Hei, kom inn. Hva kan jeg hjelpe deg med?
B: Jeg har hatt så vondt i halsen siden søndag, og i går fikk jeg feber.
A: Hvor høy har feberen vært?
B: Rundt 39 på det meste. Jeg har tatt Paracet, men det hjelper bare litt.
A: Er det vanskelig å svelge?
B: Ja, det gjør vondt når jeg svelger.
A: Da vil jeg gjerne se i halsen. Gap opp. Mandlene er røde med belegg. Vi tar en strepprøve.
B: Ok, det er greit.
A: Den var positiv, så jeg skriver ut penicillin til deg. Ta kontakt hvis du ikke blir bedre.
B: Takk skal du ha.

# a doctor who says least: A=P B=D
A: Ja, det er den ryggen igjen. Jeg løftet en vaskemaskin på lørdag sammen med svogeren min, og da smalt det i korsryggen.
B: Mm. Stråler det ned i beinet?
A: Litt ned i låret, men ikke forbi kneet. Jeg får nesten ikke sove, og jeg klarer ikke å sitte på jobben. Jeg har vært hjemme siden mandag.
B: Har du nummenhet?
A: Nei, det har jeg ikke. Men jeg er redd for at det er en prolaps, for det hadde jeg for ti år siden, og da var jeg borte lenge.
B: Legg deg på benken.
A: Au, der gjør det vondt. Sist fikk jeg noe muskelavslappende, det ble jeg bare trøtt av.
B: Det er ingen tegn til prolaps. Du får sykmelding ut uka, og så må du holde deg i bevegelse.
A: Ja, jeg prøver jo å gå litt.

# a patient who asks more than the doctor: A=D B=P
A: Da har vi fått svar på prøvene dine. Langtidsblodsukkeret er 51, så du har fått diabetes.
B: Å nei. Er det farlig? Må jeg begynne med sprøyter nå?
A: Nei, vi starter med tabletter. Du får metformin 500 milligram til frokost og middag.
B: Hvor lenge må jeg ta dem? Kan jeg slutte hvis jeg går ned i vekt? Kan barna mine få det også?
A: Noen kan slutte. Det aller viktigste er at du kommer i gang med turer, og at du kutter ned på sukker.
B: Hva med øynene, blir jeg blind av det? Jeg har lest så mye på nettet. Kan jeg få noe mot kvalmen?
A: Jeg henviser deg til øyelege, det gjør vi med alle. Vi tar en ny prøve om tre måneder.
B: Må jeg faste før den? Og kan jeg drikke alkohol?

# a child with a parent: A=D B=R C=U
A: Hei, og hvem har vi her? Hva er det som plager ham?
B: Han har hatt feber i tre dager, og så drar han seg i øret. I natt sov han nesten ikke.
A: Drikker han som vanlig?
B: Han drikker litt saft, men han vil ikke spise. Vi har gitt ham stikkpille to ganger.
A: Har han vært plaget med ørene før?
C: Au.
B: Ja, han hadde ørebetennelse i fjor, og da fikk han penicillin.
A: Nå skal jeg se i ørene dine. Trommehinnen på høyre side er rød og buler. Jeg lytter på lungene også.
C: Kaldt.
B: Han er så flink.
A: Det er en ørebetennelse. Jeg skriver ut en mikstur, han skal ha fem milliliter tre ganger daglig i en uke.

# nynorsk: A=P B=D
A: Hei, eg har vore så svimmel i det siste, særleg når eg reiser meg.
B: Kor lenge har du hatt det slik?
A: Ein månads tid, trur eg. Eg held på å dette i trappa i går. Eg bruker jo desse blodtrykkstablettane.
B: Tek du dei om morgonen?
A: Ja, eg tek ein kvar morgon. Eg har ikkje vondt nokon stad, men eg kjenner at hjartet slår fort.
B: Då skal eg måle blodtrykket. Det er 104 over 60, så det er litt lågt. Eg lyttar på hjartet òg.
A: Er det farleg?
B: Nei, men vi reduserer dosen. Du skal ta ein halv tablett, og så kjem du til kontroll om to veker.
A: Det er bra, for eg vart uroleg.

# a child with a parent, nynorsk: A=R B=D
A: Ho har fått utslett på magen, og det klør fælt. Ho byrja i barnehagen for ei veke sidan.
B: Har ho hatt feber?
A: Ho hadde 38,5 i går, men ho er betre i dag. Ho et og drikk som ho plar.
B: Er det fleire i barnehagen som er sjuke?
A: Ja, dei seier at vasskoppar går. Storesyster hennar har ikkje hatt det.
B: Eg ser blemmer på ryggen òg. Dette er vasskoppar. De kan bruke kvitvask mot kløen, og ho må vere heime til det har tørka inn.
A: Kan ho få noko mot kløen om natta? Ho søv så dårleg.
B: Eg skriv ut ein mikstur. Ta kontakt dersom ho vert slapp.

# an interpreter who says who says: A=D B=U C=T
A: Hva er grunnen til at hun kommer i dag?
C: Legen spør hvorfor du er her.
B: (xx xxx xx xxxx xxx xx xxxxx xx xxx)
C: Hun sier at hun har vondt i magen og at det kommer etter maten.
A: Hvor lenge har hun hatt det?
B: (xx xxxx xxx)
C: Hun sier at det har vart i to måneder, og at hun har gått ned i vekt.
A: Har hun kastet opp blod?
B: (xx xx xxx xxxx)
C: Nei, sier hun, men hun spør om det kan være kreft.
A: Jeg skal undersøke magen først. Magen er myk. Vi tar blodprøver, og jeg henviser til gastroskopi.
C: Legen sier at han tar prøver av deg og sender deg videre.
B: (xx xxx xx)
C: Hun sier takk, og hun lurer på hvor lang ventetiden er.

# an interpreter who speaks as the patient: A=D B=U C=T
A: Hei, velkommen. Hva kan jeg hjelpe deg med i dag?
C: (xx xxxxx xxx xx xx xxxx)
B: (xxx xx xxxx xxxx xxx xx xx xxx xx)
C: Jeg har hatt vondt i skulderen i en måned, og jeg får ikke løftet armen.
A: Har du falt eller slått deg?
C: (xx xx xxxx xxx)
B: (xxx xx xxxxx xx xx)
C: Nei, men jeg jobber som renholder, og det ble verre på jobb.
A: Da vil jeg gjerne undersøke skulderen din. Løft armen så høyt du kan.
C: (xxx xx xxxx xx xxxxx xx)
B: (xx xxx xx xx xxxx)
C: Det gjør vondt akkurat der.
A: Det ser ut som en senebetennelse. Jeg henviser deg til fysioterapeut, og du får sykmelding i to uker.
C: (xxx xx xx xxxx xxxxx xx xxx xx)
B: (xx xxxx)

# a daughter along: A=D B=P C=R
A: Vær så god og sitt. Hvordan går det med deg, Astrid?
B: Jo takk, det går vel an. Jeg er litt tung i pusten, særlig når jeg legger meg. Jeg må ha tre puter.
C: Hun har hovnet opp i beina også, og hun sier det ikke selv, men hun har ikke spist ordentlig på en uke.
A: Har du vondt i brystet?
B: Nei, vondt har jeg ikke. Jeg blir bare så sliten av å gå i trappa.
C: Mamma glemmer medisinene sine. Hun tok ikke vanndrivende i går.
A: Da skal jeg lytte på hjerte og lunger. Pust dypt inn. Jeg hører litt surkling nederst på begge sider.
B: Er det hjertet igjen?
A: Ja, det tyder på hjertesvikt. Vi øker Furix til 40 milligram, og hjemmesykepleien kan gi deg medisinene.
C: Det blir bra. Hun klarer seg ikke så godt alene lenger.
B: Jeg klarer meg fint.

# no punctuation at all: A=P B=D
A: hei jeg ringte fordi jeg har fått sånn svie når jeg tisser og så må jeg på do hele tiden
B: ja har du hatt det før
A: jeg hadde det i vår da fikk jeg noe som het selexid og det virket
B: har du feber eller vondt i ryggen
A: nei jeg har ikke målt men jeg føler meg ikke syk
B: er du gravid eller ammer du
A: nei det er jeg ikke
B: da tar vi en urinprøve og så skriver jeg ut selexid til deg du tar to tabletter tre ganger daglig i tre dager ta kontakt hvis du får
   feber
A: ja det skal jeg gjøre takk

# what a recogniser gets wrong: A=D B=P
A: Ja va er det du har på hjerte i dag.
B: Ja, jei har sånn vånt i kne. Det har vart en stund nå. Jeg fikk en smell på fotbal.
A: Hører du er det hovent. Kan du strekke det helt ut.
B: Ikke helt, jeg får liksom ikke, det låser sei. Jeg merker det mest i trapper.
A: Leg dei på benken så kjenner jeg på det. Du er øm på insia. Ledbåndene er stabile.
B: Au. Ja der gjør det vont.
A: Det kan være menisken. Jeg hen viser deg til em er, og så får du ta ibux.
B: Kan jeg spille kamp på søndag.
A: Nei det bør du ikke. Du får en time om tre uker.

# short answers: A=D B=U
A: Har du vondt i brystet?
B: Nei.
A: Tung pust?
B: Litt.
A: Røyker du?
B: Ja.
A: Tar du fortsatt Metoprolol?
B: Ja.
A: Blodtrykket er 142 over 88. Da fortsetter vi med samme dose. Jeg fornyer resepten, og så ses vi om et halvt år.
B: Fint. Takk.

# short answers that are enough: A=D B=P
A: Hvordan har det gått med blodtrykket?
B: Jo, bra, tror jeg.
A: Har du målt hjemme?
B: Ja, noen ganger. 135 eller noe sånt.
A: Er du svimmel?
B: Nei, ikke nå lenger.
A: Da måler jeg det på nytt. 138 over 82. Du fortsetter med Ramipril som før, og jeg skriver resept for et år.
B: Så fint. Da er jeg fornøyd. Ha det.

# a nurse who takes the samples: A=D B=P C=U
A: Hei, hvordan er formen?
B: Jeg er så trøtt hele tiden, og jeg fryser. Jeg har gått opp fire kilo på to måneder.
A: Hvordan sover du?
B: Jeg sover ti timer, men jeg er like sliten når jeg våkner.
A: Har du noen i familien med lavt stoffskifte?
B: Ja, søsteren min har det. Jeg har lurt på om jeg også har fått det.
A: Da tar vi blodprøver av deg. Du får svar i løpet av uka, og da ringer jeg deg. Jeg kjenner på halsen din først.
C: Hei, da er det min tur. Hvilken arm vil du jeg skal stikke i?
B: Den venstre, jeg pleier å besvime litt.
C: Bare se en annen vei. Sånn, nå er det ferdig. Hold bomullen der litt.

# a student who asks first: B=P A=U C=U
A: Hei, jeg er medisinstudent og skal snakke litt med deg først. Hva er grunnen til at du kommer?
B: Jeg har hatt hodepine i tre uker, og den sitter over høyre øye. Jeg blir kvalm av lys.
A: Har du hatt migrene før? Bruker du noen medisiner?
B: Jeg hadde det da jeg var ung. Jeg tar bare p-piller.
A: Har du sett flimmer for øynene? Hvor ofte kommer det?
B: Ja, sånn sikksakk. To ganger i uka, og da må jeg legge meg.
C: Takk, det var fint. Hei, jeg er legen. Har du prøvd noe mot det? Følg fingeren min med øynene.
B: Bare Ibux, og den hjelper ikke.
C: Nevrologisk er alt normalt. Jeg tror dette er migrene. Jeg skriver ut en tablett som du tar når det begynner, og du bør slutte med
   p-pillene.

# sick leave and no examination: A=D B=P
A: Hvordan har du hatt det siden sist?
B: Nei, det er tungt. Jeg gråter for ingenting, og jeg orker ikke tanken på å gå tilbake på jobb. Sjefen ringer meg hver dag.
A: Det høres krevende ut. Hvordan sover du?
B: Jeg våkner klokka tre og så ligger jeg og grubler. Jeg har sluttet å trene.
A: Har du hatt tanker om at du ikke vil leve?
B: Nei, ikke sånn. Jeg har jo barna mine.
A: Det er bra. Jeg foreslår at vi forlenger sykmeldingen i fire uker, og at du får snakke med psykolog. Hva tenker du om det?
B: Jeg vet ikke. Kanskje jeg kunne jobbet litt, hvis jeg slapp å ha ansvar.
A: Da kan vi si femti prosent, så tar vi et dialogmøte med NAV.

# a doctor who has had it too: A=P B=D
A: Det er hælen. Jeg får så vondt når jeg står opp om morgenen, de første skrittene er verst.
B: Det har jeg hatt selv, det er noe ordentlig dritt. Jeg løp maraton i fjor og kjente det i et halvt år. Hvor lenge har du hatt det?
A: Siden påske. Jeg har kjøpt såler, men jeg merker ingen forskjell.
B: Ta av deg skoen, så kjenner jeg. Gjør det vondt her?
A: Ja, der ja.
B: Dette er plantar fasciitt. Du må tøye leggen tre ganger om dagen. Jeg brukte hælkopper, de var gode. Du kan ta Ibux i en uke.
A: Da prøver jeg det. Jeg må jo stå på jobb, jeg er kokk.

# a patient who is a nurse: A=D B=P
A: Ja, hei. Hva tenker du det er?
B: Jeg jobber jo på medisinsk post selv, så jeg tok CRP på vakt i natt, og den var 62. Saturasjonen var 95. Jeg tror det er en pneumoni.
A: Har du vært kortpustet?
B: Litt når jeg går i trapper. Jeg har hatt hoste i en uke og fikk frostrier i går kveld. Jeg er allergisk mot penicillin, så jeg må ha
   doksysyklin.
A: La meg lytte på deg. Trekk pusten. Det er knatrelyder basalt på venstre side.
B: Ja, det var der jeg hadde vondt også.
A: Da får du Doxylin, 200 milligram i dag og så 100 i sju dager. Jeg sykmelder deg ut uka. Kom tilbake hvis du ikke er bedre på fredag.
B: Jeg har egentlig helgevakt. Takk.

# a prescription by telephone: A=P B=D
A: Hei, det er Kari Moen. Jeg skulle bare ha fornyet resepten på Levaxin. Jeg har bare tre tabletter igjen.
B: Hei. Det er over et år siden du tok blodprøve, så du må innom laboratoriet. Hvordan er formen din?
A: Jo, den er bra, jeg merker ikke noe. Jeg tar 75 hver morgen.
B: Fint. Da fornyer jeg for tre måneder nå, og så ser vi på svaret når du har tatt prøven.
A: Kan jeg komme på onsdag? Jeg jobber ikke da.
B: Det går fint. Du trenger ikke å faste.

# results, and a patient who says little: A=D B=U
A: Jeg har fått svar fra sykehuset, og MR-bildet av kneet ditt viser en liten skade i menisken. Det er ikke noe som skal opereres. Du må
   regne med at det tar tre måneder. Jeg henviser deg til fysioterapeut, og så skal du trene opp låret.
B: Ja vel.
A: Du kan sykle og svømme, men ikke løpe. Kom tilbake hvis kneet låser seg. Hva jobber du med for tiden?
B: Snekker.
A: Da bør du slippe å ligge på knærne. Jeg skriver en erklæring til arbeidsgiveren din.
B: Takk.

# a patient who tells of her mother: A=P B=D
A: Moren min fikk brystkreft da hun var 45, og hun døde av det. Tanten min hadde det også. Nå har jeg kjent en kul, og jeg er så redd.
B: Det skjønner jeg godt. Når merket du den?
A: For to uker siden. Den er hard, og den gjør ikke vondt. Mormor hadde eggstokkreft, hun også.
B: Jeg skal undersøke deg. Legg hånden bak hodet. Her kjenner jeg den, den er en centimeter. Ingen hovne lymfeknuter.
A: Hun var jo bare førtifem, og hun hadde to små. Jeg tenker på det hele tiden.
B: Jeg henviser deg til brystdiagnostisk senter i dag, i pakkeforløp. Du får time innen en uke. Der tar de også gentest.

# hardly anything: A=U B=U
A: Hei. Har du det bra?
B: Ja da.
A: Fint.

# one voice: A=U
A: Hei, kom inn. Hva kan jeg hjelpe deg med? Jeg har vondt i halsen. Har du feber? Ja, jeg hadde 39 i går. Jeg skriver ut penicillin.

# two who talk of the weather: A=U B=U
A: For et vær vi har. Det regnet hele natta, og nå ligger det is på veien.
B: Ja, det er helt forferdelig. Bussen sto fast i bakken, og folk måtte gå av og dytte.
A: I fjor var det jo snø til langt ut i mai, og i år er det bare slaps.
B: Det blir nok en tidlig vår. Krokusen har begynt å komme opp ved husveggen allerede.

# a doctor who speaks of the patient to the relative: A=D B=R C=P
A: Hvordan synes du det går med ham hjemme?
B: Han roter mer, og i forrige uke fant ikke han veien hjem fra butikken. Han sover om dagen og er våken om natta.
C: Nå overdriver du. Jeg har det bra, jeg. Jeg har ikke vondt noe sted, og jeg går tur hver dag.
A: Husker han avtaler?
B: Nei, han glemmer alt. Han tar ikke tablettene hvis ikke jeg legger dem fram.
A: Arne, kan du tegne en klokke for meg? Hvilken dag er det i dag?
C: Det er vel tirsdag. Jeg har vært snekker, jeg kan tegne, men jeg ser så dårlig.
A: Jeg vil henvise til hukommelsesklinikken, og så tar vi blodprøver og CT av hodet. Du kan ikke kjøre bil før det er avklart.
C: Må jeg slutte å kjøre? Jeg har kjørt i femti år.
"""

NOT_FITTED = """
# rash: A=P B=D
A: Det er dette eksemet, det har blusset opp på hendene. Jeg vasker meg hundre ganger om dagen på kjøkkenet.
B: Skal vi se. Ja, her er det sprukket. Bruker du noen krem nå?
A: Jeg har en som heter Locoid, men jeg tør ikke smøre så mye. Det svir som bare det.
B: Du må smøre to ganger daglig i to uker og så trappe ned. Og fet krem i mellom. Hansker på jobb?
A: Ja, vi har latekshansker.
B: Bytt til nitril. Jeg gir deg en sterkere salve, og vi kan vurdere lappetest.

# pregnancy: A=D B=P
A: Gratulerer. Da er du i uke ti. Hvordan har du hatt det?
B: Jeg kaster opp hver morgen og orker bare knekkebrød. Er det normalt å være så dårlig?
A: Ja, det er vanlig. Tar du folat?
B: Ja, hver dag. Jeg har også hatt litt murring nederst i magen.
A: Noen blødninger?
B: Nei, ingenting.
A: Urinen er fin og blodtrykket 112 over 70. Jeg sender henvisning til ultralyd, og neste time er hos jordmor i uke 18.
B: Kan jeg fly til Spania i påsken?
A: Det kan du trygt.

# baby: A=R B=D
A: Hun er jo bare tre måneder, og i natt hostet hun så hun nesten ikke fikk puste. Jeg ble livredd.
B: Ammer du henne? Tar hun brystet?
A: Hun dier litt, men hun gir opp etter et par minutter. Broren hennes er forkjølet.
B: Har hun hatt våte bleier i dag?
A: To, tror jeg. Hun pleier å ha seks.
B: La oss kle av henne. Hun trekker litt inn mellom ribbeina, og metningen er 93. Hun må legges inn til observasjon, jeg ringer
   barneavdelingen nå.
A: Å nei, er det så alvorlig?

# driver's licence: A=D B=P
A: Du fyller 80, og da trenger du helseattest for førerkortet. Ser du godt?
B: Jeg har nettopp vært hos optiker, og han sa at det var greit. Jeg kjører bare på dagtid.
A: Les den nederste linjen på tavlen. Bra. Har du hatt noen bevissthetstap?
B: Aldri. Jeg har vært frisk hele livet, bortsett fra hofta som jeg opererte i 2015.
A: Tar du noe å sove på?
B: En Imovane hvis jeg ligger lenge våken, men det er sjelden.
A: Da bør du ikke kjøre dagen etter. Jeg fyller ut attesten for tre år.

# nynorsk knee: A=D B=P
A: Kva er det som plagar deg?
B: Det er kneet mitt. Eg datt på ski i vinterferien, og sidan har det vore hovent.
A: Kan du gå på det?
B: Ja, men eg haltar når eg har gått ei stund. Eg får ikkje sitje på huk.
A: Legg deg ned, så skal eg kjenne. Gjer det vondt her?
B: Ikkje der, men litt lenger inn.
A: Det er litt væske i leddet. Eg tilviser deg til MR, og så får du ei øvingsliste.
B: Kor lang tid tek det? Eg skulle gjerne gått Birken.

# unpunctuated gp talk: A=D B=P
A: ja da var det din tur hvordan går det
B: jo det går sånn opp og ned jeg har fortsatt den hosten og nå har jeg begynt å svette om natta
A: hvor mye røyker du
B: det er vel ti om dagen jeg har prøvd å slutte men det er ikke lett
A: har du gått ned i vekt
B: buksene er litt løse så kanskje noen kilo
A: jeg vil at du skal ta et røntgenbilde av lungene og så tar vi noen blodprøver kom tilbake neste uke så går vi gjennom svarene
B: tror du det kan være kreft
A: jeg tror ikke det men vi må sjekke

# husband along: A=D B=R C=P
A: Hva skjedde?
B: Hun ble helt borte i et par minutter, og så ristet hun i armen. Jeg fikk ikke kontakt med henne.
C: Jeg husker ingenting. Jeg satt og så på TV, og så lå jeg på gulvet.
A: Har du bitt deg i tungen?
C: Ja, jeg er sår på siden her. Jeg er helt utslitt og støl i dag.
B: Hun har ikke sovet på flere netter. Hun har hatt mye på jobben.
A: Jeg skal gjøre en nevrologisk undersøkelse. Klem hendene mine. Løft beinet. Alt er likt på begge sider.
C: Er det epilepsi?
A: Det kan være det. Jeg henviser deg til nevrolog som øyeblikkelig hjelp, og du kan ikke kjøre bil.

# interpreter held: A=T B=D C=U
B: God dag. Hva kan jeg hjelpe ham med?
A: (xxx xx xxxx xx xxxxx xx)
C: (xx xxxxx xxx xx xx xx xxxxxx xxx)
A: Han sier at han har hatt vondt i tennene og i kjeven, og han spør om det kommer fra hjertet.
B: Har han vondt når han går fort eller i bakker?
A: (xx xxx xxxxx xxx xx xx)
C: (xxx xx)
A: Ja, han sier det blir verre i bakken opp til huset, og at det går over når han hviler.
B: Da tar vi et EKG nå, og jeg legger ham inn hvis det viser noe.
A: (xx xxx xxxx xx xxx)
C: (xxxx xx xxx xx)
A: Han sier det er greit.

# chatty doctor: A=D B=P
A: Nei, så hyggelig å se deg, sitt ned. Jeg var på fisketur i helga og fikk en laks på seks kilo, du skulle sett. Men hva er det du
   kommer for?
B: Jo, jeg har fått en prikk på ryggen som kona mi sier har vokst.
A: Har den klødd eller blødd?
B: Den klør litt når jeg svetter.
A: Få se. Den er ujevn i kanten og to farger. Jeg liker den ikke helt, så den tar vi bort. Jeg har en ledig time på torsdag.
B: Er det føflekkreft?
A: Det vet vi ikke før den er undersøkt. Du må ikke være redd. Faren min hadde en slik, og det gikk bra.
B: Ok. Jeg må si fra på jobben da.

# patient demands: A=P B=D
A: Jeg vil ha henvisning til MR og sterkere smertestillende. Jeg har ringt hit tre ganger uten å få svar.
B: Det beklager jeg. Fortell hvor du har vondt.
A: I nakken og ut i armen. Jeg får ikke sove. Jeg har tatt Tramadol som jeg fikk av legevakten, den virker ikke.
B: Vri hodet mot høyre. Hvor kjenner du det?
A: Helt ned i tommelen. Har du tenkt å gjøre noe med det, eller skal jeg bare gå sånn? Kan du skrive ut noe annet? Har du lest epikrisen?
B: Ja, den har jeg lest. Det passer med en nerverot i klem. Du får Gabapentin, og jeg bestiller MR.
"""


def read(text: str) -> dict[str, tuple[dict[str, Role], Lines]]:
    """By name: who is who, and the lines (voice, words). Words in parentheses are in another language."""
    dialogues = {}
    for block in text.strip().split("\n\n"):
        title, *lines = block.replace("\n   ", " ").splitlines()
        name, expected = title.removeprefix("# ").split(": ")
        roles = {voice: LETTERS[letter] for voice, letter in (pair.split("=") for pair in expected.split())}
        dialogues[name] = roles, [(line[0], line[3:]) for line in lines]
    return dialogues


SAID = read(FITTED)
HELD_OUT = read(NOT_FITTED)


def said(lines: Lines, roles: dict[str, Role] | None = None) -> list[Utterance]:
    made, now = list[Utterance](), 0.0
    for voice, text in lines:
        doubt = Doubt.LANGUAGE if text.startswith("(") else None
        words = tuple(
            Word(now + n / 3, now + (n + 1) / 3, word, 1.0, doubt) for n, word in enumerate(text.strip("()").split())
        )
        made.append(Utterance(len(made), (roles or {}).get(voice, U), voice, words))
        now = words[-1].end + 0.5
    return made


def bare(lines: Lines) -> Lines:
    """As a recogniser writes that knows neither punctuation nor capitals."""
    return [(voice, text if text.startswith("(") else re.sub(r"[.,?!]", "", text).lower()) for voice, text in lines]


def wrong(lines: Lines, expected: dict[str, Role]) -> dict[str, Role]:
    """What was guessed and is not so."""
    made = guess(said(lines), {}, "nb")
    return {voice: role for voice, role in made.items() if role not in (U, expected[voice])}


def drawn(sentences: int, seed: int) -> Lines:
    """A sentence by each in turn, from the templates of the synthetic speech."""
    rng, corpus = random.Random(seed), Corpus.load()
    voices = (("A", read_lines("practitioner.txt")), ("B", read_lines("patient.txt")))
    return [(voice, corpus.fill(rng.choice(templates), rng)) for _ in range(sentences) for voice, templates in voices]


@pytest.mark.parametrize("name", SAID)
def test_every_voice_of_a_consultation_gets_its_role(name: str) -> None:
    expected, lines = SAID[name]
    assert guess(said(lines), {}, "nb") == expected


@pytest.mark.parametrize("name", HELD_OUT)
def test_no_voice_that_the_cues_were_not_fitted_to_gets_another_role_than_its_own(name: str) -> None:
    expected, lines = HELD_OUT[name]
    assert wrong(lines, expected) == {}
    assert wrong(bare(lines), expected) == {}


def test_most_voices_that_the_cues_were_not_fitted_to_get_their_role() -> None:
    """18 of 22 when this was written, 17 without punctuation."""
    for form in (list, bare):
        found = [
            guess(said(form(lines)), {}, "nb")[voice] is role
            for e, lines in HELD_OUT.values()
            for voice, role in e.items()
        ]
        assert sum(found) >= 17


def test_punctuation_is_not_needed() -> None:
    found = [
        guess(said(bare(lines)), {}, "nb")[voice] is role for e, lines in SAID.values() for voice, role in e.items()
    ]
    assert sum(found) >= len(found) - 1
    assert not any(wrong(bare(lines), expected) for expected, lines in SAID.values())


def test_sentences_drawn_at_random_are_told_apart_from_the_fifth_on() -> None:
    expected = {"A": D, "B": P}
    for sentences in (5, 10, 20, 40):
        guesses = [guess(said(drawn(sentences, seed)), {}, "nb") for seed in range(10)]
        assert sum(made == expected for made in guesses) >= 9
        assert all(made[voice] in (role, U) for made in guesses for voice, role in expected.items())


def test_the_demo_consultation_is_told() -> None:
    with (SENTENCES / "consultation.toml").open("rb") as file:
        lines = [
            ("A" if line["role"] == "practitioner" else "B", line["text"]) for line in tomllib.load(file)["utterances"]
        ]
    assert guess(said(lines), {}, "nb") == {"A": D, "B": P}


def test_what_the_doctor_said_of_a_voice_is_never_changed() -> None:
    _, lines = SAID["a sore throat"]
    for first in Role:
        for second in Role:
            assert guess(said(lines), {"A": first, "B": second}, "nb") == {"A": first, "B": second}


def test_a_corrected_voice_helps_to_guess_the_other() -> None:
    _, lines = SAID["hardly anything"]
    longer = [
        *lines,
        ("B", "Det var fint på hytta i helga, og vi fikk endelig satt opp den nye vedboden ved siden av låven."),
    ]
    assert guess(said(longer), {}, "nb")["B"] is U
    assert guess(said(longer), {"A": D}, "nb") == {"A": D, "B": P}


def test_there_is_one_practitioner_and_one_patient_at_most() -> None:
    _, lines = SAID["a sore throat"]
    twice = [*lines, *((voice.lower(), text) for voice, text in lines)]
    assert set(guess(said(twice), {}, "nb").values()) == {U}
    for known in (D, P):
        for _, others in (SAID | HELD_OUT).values():
            roles = list(guess(said(others), {"Z": known}, "nb").values())
            assert roles.count(known) == 1
            assert roles.count(D) <= 1
            assert roles.count(P) <= 1


def test_a_voice_that_said_little_is_not_guessed() -> None:
    lines = [("A", "Jeg skriver ut resept til deg, kom tilbake."), ("B", "Jeg har vondt i halsen, jeg.")]
    assert set(guess(said(lines), {}, "nb").values()) == {U}
    assert guess(said(lines * 2), {}, "nb") == {"A": D, "B": U}


def test_one_voice_is_nobody_and_none_is_nothing() -> None:
    assert guess(said([("A", text) for _, text in SAID["a sore throat"][1]]), {}, "nb") == {"A": U}
    assert guess(said([line for line in SAID["a sore throat"][1] if line[0] == "A"]), {}, "nb") == {"A": U}
    assert guess([], {}, "nb") == {}


def test_words_of_nobody_have_no_role() -> None:
    lines = [(voice.replace("A", ""), text) for voice, text in SAID["a sore throat"][1]]
    assert guess(said(lines), {}, "nb") == {"B": U}


def test_what_is_in_doubt_says_nothing() -> None:
    _, lines = SAID["a sore throat"]
    doubted = [
        Utterance(u.id, u.role, u.speaker, tuple(Word(w.start, w.end, w.text, 1.0, Doubt.LOOP) for w in u.words))
        for u in said(lines)
    ]
    assert guess(doubted, {}, "nb") == {"A": U, "B": U}
    certain = said([(voice, text) for voice, text in SAID["two who talk of the weather"][1]])
    assert guess([*doubted, *certain], {}, "nb") == {"A": U, "B": U}


COMPLAINS = "Jeg har vondt i ryggen, og jeg sover dårlig. Jeg er så sliten, og jeg orker ikke å gå på jobb. "
ASKS = "Har du hatt feber? Tar du noen medisiner? Legg deg på benken. Jeg skal kjenne på magen. Jeg skriver ut en resept til deg. "
CHATS = "Det regnet hele natta, og nå ligger det is på veien til byen, men bussen gikk som den skulle. "


def test_who_sounds_like_both_is_neither() -> None:
    both = [("A", ASKS * 5 + COMPLAINS * 5 + ASKS), ("B", CHATS * 3)]
    assert guess(said(both), {}, "nb") == {"A": U, "B": U}


def test_who_speaks_of_oneself_as_of_another_is_no_relative() -> None:
    spoken_of = "Han har feber. Han sover dårlig. Han spiser ikke. Han hoster. Han gråter. "
    assert guess(said([("A", ASKS * 2), ("B", spoken_of * 4 + CHATS)]), {}, "nb")["B"] is R
    assert guess(said([("A", ASKS * 2), ("B", spoken_of * 4 + COMPLAINS * 2 + CHATS)]), {}, "nb")["B"] is U


def test_who_tells_now_and_then_what_others_say_does_not_interpret() -> None:
    told = "Legen sier at det er ryggen."
    assert guess(said([("A", ASKS), *[("B", told), ("A", ASKS)] * 2, ("B", COMPLAINS)]), {}, "nb")["B"] is P
    assert guess(said([("A", ASKS), *[("B", told), *[("B", COMPLAINS)] * 3] * 4]), {}, "nb")["B"] is P


def test_two_who_both_sound_like_the_doctor_are_not_doctor_and_patient() -> None:
    both = said([("A", ASKS * 2), ("B", ASKS * 2)])
    assert guess(both, {}, "nb") == {"A": U, "B": U}
    assert guess(both, {"A": D}, "nb") == {"A": D, "B": U}


def test_a_cue_is_words_side_by_side() -> None:
    assert _pattern("jeg/eg har").findall("jeg har og eg har men jeg nå har og meg har") == ["jeg har", "eg har"]
    assert _pattern("knatrelyd*").search("noen knatrelyder basalt")
    assert not _pattern("løft").search("løfter")
    assert _pattern("^løft").search("bra . ja løft armen")
    assert not _pattern("^løft").search("det var et løft for meg")


def test_another_language_than_norwegian_is_not_guessed() -> None:
    _, lines = SAID["a sore throat"]
    assert guess(said(lines), {}, "en") == {"A": U, "B": U}
    assert guess(said(lines), {}, "nn") == {"A": D, "B": P}


def test_who_says_again_what_each_of_the_others_said_is_the_interpreter() -> None:
    """As it looks when the recogniser writes the other language as Norwegian."""
    lines = [
        ("A", "Hvor lenge har du hatt smerter i magen?"), ("C", "Hvor lenge har du hatt smerter i magen?"),
        ("B", "Smerter i magen to måneder."), ("C", "Jeg har hatt smerter i magen i to måneder."),
        ("A", "Har du prøvd syrehemmende tabletter?"), ("C", "Har du prøvd syrehemmende tabletter?"),
        ("B", "Syrehemmende tabletter, ingen virkning."), ("C", "Jeg prøvde syrehemmende tabletter uten virkning."),
        ("A", "Da skal jeg kjenne på magen, og så henviser jeg deg til gastroskopi. Du får svar om to uker."),
    ]  # fmt: skip
    assert guess(said(lines), {}, "nb") == {"A": D, "B": U, "C": T}


def test_who_repeats_one_only_does_not_interpret() -> None:
    lines = [("A", "Hvor lenge har du hatt smerter i magen?"), ("B", "Jeg har hatt smerter i magen lenge.")] * 5
    assert guess(said(lines), {}, "nb") == {"A": D, "B": P}


def test_swapped_microphones_are_noticed_when_much_was_said() -> None:
    for seed in range(10):
        lines = drawn(20, seed)
        assert swapped(said(lines, {"A": P, "B": D}), "nb")
        assert not swapped(said(lines, {"A": D, "B": P}), "nb")
        assert not swapped(said(lines[:6], {"A": P, "B": D}), "nb")


def test_microphones_are_called_swapped_only_if_both_speak_as_the_other_should() -> None:
    roles = {"A": P, "B": D}
    assert swapped(said([("A", ASKS * 3), ("B", COMPLAINS * 3)], roles), "nb")
    assert not swapped(said([("A", ASKS * 3), ("B", CHATS * 3)], roles), "nb")
    assert not swapped(said([("A", CHATS * 3), ("B", COMPLAINS * 3)], roles), "nb")
    assert not swapped(said([("A", ASKS * 6 + COMPLAINS * 3), ("B", COMPLAINS * 3)], roles), "nb")


def test_no_consultation_is_called_swapped_that_is_not() -> None:
    for expected, lines in (SAID | HELD_OUT).values():
        assert not swapped(said(lines, expected), "nb")
        assert not swapped(said(lines, {"A": P, "B": P}), "nb")
        assert not swapped(said(lines, {"A": D}), "nb")
    assert not swapped(said(drawn(20, 1), {"A": P, "B": D}), "en")
    assert not swapped([], "nb")


def test_a_long_consultation_is_guessed_at_once() -> None:
    utterances = said(drawn(300, 1))
    began = time.process_time()
    assert guess(utterances, {}, "nb") == {"A": D, "B": P}
    assert time.process_time() - began < 0.5  # 0.03 on the machine that this was written on
