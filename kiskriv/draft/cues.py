"""What tells where a sentence belongs: beginnings of words, bokmål and nynorsk, small enough to be read by a doctor.

A cue of several words must be met in this order, side by side. Each word of a cue matches any word that begins with it,
so that `blodtrykk` meets `blodtrykket`; a word of a cue that ends in a full stop matches that word only.
"""

from __future__ import annotations

INTERROGATIVES = (
    "hva", "hvor", "hvordan", "når", "hvem", "hvilken", "hvilket", "hvilke", "hvorfor", "kva", "kor", "korleis", "kven",
    "kvifor",
)  # fmt: skip
"""What a question begins with, where the recogniser wrote no question mark; not before `PRONOUNS`: «Når du svelger»."""

PRONOUNS = ("du", "jeg", "eg", "vi", "me")

NO_VERBS = ("da", "så", "nå", "no", "og", "men", "for", "hvis", "viss", "at", "som", "når")
"""Before `du` at the beginning of a sentence they ask nothing; a verb there does: «Røyker du»."""

PLAN = (
    "skriver ut", "skriver en", "skriv ut", "resept", "du skal ta.", "du får.", "du kan ta.", "ta en", "ta ein",
    "tar du", "starter", "startar", "begynner med", "begynn med", "vi øker", "vi aukar", "vi reduserer", "halver", "fortsett", "hald fram",
    "slutte med", "henvis", "tilvis", "rekvirer", "bestill", "tar vi", "vi tar", "vi tek", "sykmeld", "sjukmeld",
    "egenmelding", "eigenmelding", "kontroll", "kom tilbake", "kom att", "ta kontakt", "ring.", "jeg ringer", "eg ringer",
    "legevakt", "drikk",
    "hvil", "kvil", "ro og", "ny time", "ny prøve", "nye prøver", "unngå", "avlast", "vaksine",
)  # fmt: skip
"""Tiltak, when the doctor says it."""

FINDINGS = (
    "blodtrykk", "puls", "temperatur", "tempen", "oksygen", "metning", "metting", "crp", "senkning", "hemoglobin",
    "blodprosent", "blodsukker", "langtidsblodsukker", "kolesterol", "lungene", "hjertet", "hjarta", "hjertelyd",
    "pustelyd", "knatrelyd", "trommehinne", "øret", "øyra", "halsen er", "mandlene", "svelget", "magen er", "buken",
    "øm", "rød", "raud", "hoven", "hevelse", "hevelsen", "hevet", "lymfeknut", "bevegelig", "rørsle", "refleks",
    "kraft", "hudfarge", "vekten", "vekta", "kilo", "høyden", "ekg", "urinen", "stiks", "røntgen", "uten anmerkning",
    "utan merknad", "ser fin", "normal",
)  # fmt: skip
"""Funn, when the doctor says it."""

ASSESSMENT = (
    "jeg tror", "eg trur", "trolig", "truleg", "sannsynlig", "sannsynleg", "tyder på", "passer med", "passar med",
    "ligner på", "liknar på", "tegn til", "teikn til", "tegn på", "mistenk", "dette er.", "det er en.",
    "dette kan være", "dette kan vere", "virker som", "ser ut som", "utelukke", "diagnose", "infeksjon", "ufarlig",
    "ikke farlig", "ikkje farleg", "ikke alvorlig", "skyldes", "skuldast",
)  # fmt: skip
"""Vurdering, when the doctor says it."""

HISTORY = (
    "vondt", "smert", "verk", "stikk", "svir", "brenn", "trykk", "klø", "feber", "host", "slim", "snue", "tett",
    "pust", "kvalm", "kast opp", "oppkast", "diaré", "mage", "avføring", "urin", "late vatnet", "svimmel", "besvim",
    "hodepine", "hovudverk", "synet", "nummen", "prikk", "kramp", "hjerte", "hjarte", "bryst", "svett", "frys",
    "sliten", "trøtt", "sov", "søvn", "matlyst", "vekt", "kilo", "utslett", "hoven", "hevelse", "blø", "falt", "datt",
    "slo", "vred", "skade", "allerg", "tåler", "toler", "reager", "medisin", "tablett", "milligram", "bruker fast",
    "røyk", "snus", "alkohol", "drikk", "tren", "jobb", "hjemme", "operer", "sykehus", "sjukehus", "gravid", "mensen",
    "mor.", "moren", "mora.", "far.", "faren", "søster", "søsken", "bror", "bestemor", "bestefar", "familien",
    "siden", "sidan", "dager", "dagar",
    "uke", "veke", "måned", "månad", "i går", "i natt", "i morges", "verre.", "temperatur", "målt", "bedre", "betre", "startet", "starta",
    "begynte", "byrja", "redd for", "bekymr", "uroleg", "engst",
)  # fmt: skip
"""Anamnese: what a patient or relative tells, and what the doctor asks for."""
