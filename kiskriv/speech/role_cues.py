"""What tells who speaks: words side by side, bokmål and nynorsk, small enough to be read by a doctor.

Instead of one word there may be several, "jeg/eg"; one that ends in a star stands for all that begin so. A cue after a ^ counts
at the beginning of a sentence only, a "ja" or "og" before it aside. Every cue that is met counts, each time, by the number
over its lines: in "kan du skrive" the "du" is the doctor's, and the whole is more the patient's.
"""

from __future__ import annotations

from typing import Final

from kiskriv.transcript import Role

CUES: Final[dict[Role, dict[int, tuple[str, ...]]]] = {
    Role.PRACTITIONER: {
        3: (
            # opens and ends
            "kan jeg/eg hjelpe/hjelpa", "grunnen til at", "hva/kva gjelder/gjeld det", "kom inn", "sett deg", "sitt ned",
            "kom tilbake/att", "ta kontakt", "kontroll om", "god bedring/betring",
            # asks about one who does not answer
            "^har/er/hadde/fikk/fekk/får/kan/tar/tek/bruker/går han/hun/ho/hen",
            "^sover/søv/spiser/et/drikker/drikk/hoster/husker/klarer han/hun/ho/hen",
            # examines
            "gap opp", "pust dypt/djupt/inn/ut/rolig", "trekk pusten", "legg deg", "ta av deg", "si fra/frå hvis/når/viss",
            "følg fingeren", "klem hendene", "^løft", "la meg lytte/se/sjå/kjenne", "skal vi se/sjå", "jeg/eg lytter/lyttar",
            "knatrelyd*", "trommehinne*",
            "jeg/eg skal/vil/må undersøke/lytte/lytta/se/sjå/kjenne/måle/sjekke/henvise/tilvise/gjerne",
            "skal/vil jeg/eg undersøke/lytte/lytta/se/sjå/kjenne/måle/sjekke/henvise/tilvise/gjerne", "uten/utan anmerkning",
            "normal*",
            # plans
            "jeg/eg skriver/skriv/henviser/tilviser/viser/sender/bestiller/rekvirerer/sykmelder/sjukmelder",
            "jeg/eg fornyer/foreslår/anbefaler/tilrår", "skriver/skriv jeg/eg",
            "jeg/eg setter/ringer/gir deg", "vi øker/aukar/reduserer/starter/startar/trapper",
        ),
        2: (
            # asks
            "har/hadde/er/får/fikk/fekk/tar/tek/tok/bruker/brukar/blir/vert/spiser/drikker/drikk/røyker/røykjer/snuser du",
            "sover/søv/trener/jobber/arbeider/bor/bur/tåler/toler/hoster/hostar/klarer/klarar/pleier/glemmer/husker/ammer du",
            "merker/merkar/merket/kjenner/kjenn/begynte/byrja/falt/datt/målte du", "stråler/strålar det", "^gjør/gjer det vondt",
            "^fortell",
            # examines
            "blodtrykket/pulsen/metningen/temperaturen/crp/magen/halsen/urinen/lungene/hjertet/vekten/ekg er/var/ditt/slår/viser",
            "jeg/eg hører/høyrer/ser/finner/finn", "tegn/teikn til/på", "øm når",
            # judges
            "prøvene/bildet/bildene viser/tyder/dine/ditt", "tyder på", "passer/passar med/best", "ligner/liknar på", "ser ut som",
            "jeg/eg tror/trur at/dette/det/ikke", "det kan være/vere",
            # plans
            "vi tar/tek/må/bør/kan/skal/ser/ses", "tar/tek/starter/begynner/fortsetter/må/øker vi", "henviser/tilviser",
            "resept på", "du får/skal/bør/må/fortsetter/trenger/treng", "får/skal/bør/må du", "ta/ring en/ein/to/meg/hvis/viss",
            "^fortsett/drikk/hvil/prøv/slutt/smør/unngå", "hvis/viss du/det",
        ),
        1: ("du/deg/din/ditt/dine/di", "kan du", "^hva/kva/hvor/kor/hvordan/korleis/når/hvilken/hvilke/hvilket", "?"),
    },
    Role.PATIENT: {
        3: (
            # complains
            "jeg/eg har vondt/hatt/fått/vært/vore/kjent/merket/merka/lurt/gått/tatt/teke/prøvd/falt/mistet/sluttet",
            "jeg/eg har ikke/ikkje/også/bare/så/litt",
            "jeg/eg er så/litt/helt/heilt/veldig/redd/bekymret/uroleg/sliten/trøtt/slapp/kvalm/svimmel",
            "jeg/eg er plaget/plaga/allergisk/tett/tung",
            "jeg/eg hadde/fikk/fekk/tok/ble/vart/kjente/falt/datt/slo/vred/målte/løftet/løfta",
            "jeg/eg våknet/vakna/sluttet/slutta/begynte/byrja",
            "jeg/eg får/blir/vert/kjenner/kjenn/merker/merkar/føler/hoster/fryser/gråter",
            "jeg/eg sover/søv/våkner/vaknar/orker/orkar/klarer/klarar/greier", "jeg/eg bruker/brukar/tåler/toler/trenger/treng",
            "jeg/eg røyker/røykjer/snuser/drikker/drikk/trener/trenar/jobber/bor/bur",
            # answers
            "det har/hadde/er/gjør/gjer/vet/veit/husker jeg/eg",
            # asks
            "tror/trur du", "kan/kunne du skrive/gi/fornye/sende/henvise/sjekke", "må/bør/trenger/treng/tåler jeg/eg",
            "skal/kan jeg/eg ta/få/gå/trene/gjøre/komme/jobbe/slutte/kjøre/drikke/spise/bare/reise/dusje", "takk skal du",
            "takk for hjelpen/hjelpa", "doktor",
        ),
        2: (
            "det gjør/gjer så/litt/veldig/vondt/mest",
            "jeg/eg må/har/tar/tek/prøver/prøvar/pleier/vet/veit/husker/håper/tenkte/kommer",
            "er det farlig/farleg/alvorlig/alvorleg/noe", "for at jeg/eg", "nei/ja jeg/eg", "^au",
            "moren/mora/faren/mormor/bestemor/broren/søsteren/systera/tanten min/mi/hadde/fikk/fekk/døde",
        ),
        1: ("jeg/eg", "meg/min/mitt/mine/mi"),
    },
    Role.RELATED_PERSON: {
        3: (
            "han/hun/ho har/hadde/er/var/får/fikk/fekk/ble/blir/vert/vart/vil/ville/tar/tek/tok/går/gikk/gjekk/sier/seier/sa",
            "han/hun/ho sover/søv/sov/spiser/spiste/et/åt/drikker/drikk/drakk/dier/hoster/hosta/hostet/svetter/skriker/gråter/fryser",
            "han/hun/ho våkner/vaknar/klager/glemmer/roter/husker/klarer/pleier/plar/trenger/tåler/drar/bor",
            "han/hun/ho falt/datt/kastet/ristet/begynte/byrja",
            "mamma/pappa/mor/far/sønnen/datteren/dattera/gutten/jenta har/er/hadde/var/fikk/sover/spiser/tar/glemmer/klarer/sier",
            "sønnen/datteren/dattera/gutten/guten/jenta min/mi/vår", "gitt/gav/ga/fått ham/henne/han",
        ),
        2: ("sov/kastet/falt/ble/vart/gråt/begynte/byrja/hadde/fikk/fekk han/hun/ho", "vi har gitt/målt/prøvd"),
    },
    Role.INTERPRETER: {
        1: (
            "han/hun/ho/legen/doktoren/pasienten/moren/mora/faren sier/seier/spør/forteller/fortel/svarer/svarar/lurer/mener",
            "sier/seier/spør/forteller/fortel/svarer/svarar han/hun/ho/legen/doktoren/pasienten",
        ),
    },
}  # fmt: skip
