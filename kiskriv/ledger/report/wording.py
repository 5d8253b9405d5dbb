"""The report's words, in Norwegian bokmål and English. No I/O.

What entries, faults and findings are called stands in `wording`; here is only what the report says besides.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from kiskriv.ledger import wording
from kiskriv.ledger.report.reconciliation import Otherwise, Used
from kiskriv.ledger.wording import Language

TEXTS: Final[dict[str, dict[Language, str]]] = {
    "title": {"nb": "Kontrollrapport for sletteloggen", "en": "Report on the deletion log"},
    "invalid": {
        "nb": "SLETTELOGGEN ER IKKE I ORDEN. Ingenting i denne rapporten er til å stole på før det er forklart. Meld avvik.",
        "en": "THE DELETION LOG IS NOT IN ORDER. Nothing in this report can be relied on before that is explained. Report it.",
    },
    "bad-period": {
        "nb": "Perioden slutter før den begynner: {first} til {last}. Oppgi den første dagen først.",
        "en": "The period ends before it begins: {first} to {last}. Name the first day first.",
    },
    "scope": {"nb": "Hva rapporten gjelder", "en": "What this report is about"},
    "log": {"nb": "Logg", "en": "Log"},
    "key": {"nb": "Offentlig nøkkel", "en": "Public key"},
    "key-from-folder": {
        "nb": "Nøkkelen er hentet fra loggens egen mappe: den som kan skrive der, kan ha byttet ut både logg og nøkkel. "
        "Oppgi nøkkelen som ble skrevet ned et annet sted, med --key.",
        "en": "The key was taken from the log's own folder: whoever can write there could have replaced both log and key. "
        "Name the key that was written down elsewhere, with --key.",
    },
    "key-needed": {
        "nb": "En eksport har ikke nøkkelen med seg. Oppgi loggens offentlige nøkkel med --key.",
        "en": "An export does not bring the key. Name the log's public key with --key.",
    },
    "period": {"nb": "Periode", "en": "Period"},
    "period-days": {
        "nb": "{first} til og med {last}",
        "en": "{first} to {last}, both included",
    },
    "whole": {"nb": "hele loggen", "en": "the whole log"},
    "beginning": {"nb": "begynnelsen", "en": "the beginning"},
    "end": {"nb": "siste linje", "en": "the last line"},
    "lines": {"nb": "Linjer i loggen", "en": "Lines in the log"},
    "last-line": {"nb": "Siste linje", "en": "Last line"},
    "scope-note": {
        "nb": "En økt regnes til dagen da den ble åpnet. Dager og klokkeslett er UTC.",
        "en": "A session counts on the day on which it was opened. Days and times are UTC.",
    },
    "check": {"nb": "Kontroll av loggen", "en": "Check of the log"},
    "no-checkpoint": {
        "nb": "Loggen er ikke sammenlignet med noe tidligere sjekkpunkt.",
        "en": "The log was not compared with any earlier checkpoint.",
    },
    "sessions": {"nb": "Økter", "en": "Sessions"},
    "opened": {"nb": "Åpnet", "en": "Opened"},
    "sum": {
        "nb": "Åpnet {opened} = slettet {erased} + ryddet {swept} + ikke bekreftet {unverified} + åpen {open}.",
        "en": "Opened {opened} = erased {erased} + swept {swept} + not confirmed {unverified} + open {open}.",
    },
    "spooled": {"nb": "Med kryptert kopi på disken", "en": "With a sealed copy on the disk"},
    "resumed": {"nb": "Fortsatt fra den kopien", "en": "Resumed from that copy"},
    "erasures": {"nb": "Slettinger", "en": "Erasures"},
    "confirmed": {"nb": "Bekreftet", "en": "Confirmed"},
    "failed": {"nb": "Forsøk som ikke ble bekreftet", "en": "Tries that were not confirmed"},
    "retried": {"nb": "Bekreftet ved et senere forsøk", "en": "Confirmed at a later try"},
    "median": {"nb": "Fra slutt til slettet, median", "en": "From end to erased, median"},
    "longest": {"nb": "Fra slutt til slettet, lengst", "en": "From end to erased, longest"},
    "level": {"nb": "Nivå {level}", "en": "Level {level}"},
    "deviations": {"nb": "Avvik og merknader", "en": "Deviations and remarks"},
    "none": {"nb": "Ingen.", "en": "None."},
    "still-open": {
        "nb": "Økt {session} (linje {line}) ble åpnet {time} og er hverken avsluttet eller ryddet.",
        "en": "Session {session} (line {line}) was opened at {time} and neither ended nor swept.",
    },
    "not-confirmed": {
        "nb": "Økt {session} (linje {line}, {time}): slettingen er ikke bekreftet. Forsøk: {tries}.",
        "en": "Session {session} (line {line}, {time}): its erasure is not confirmed. Tries: {tries}.",
    },
    "made-good": {
        "nb": "Økt {session} (linje {line}, {time}): slettingen ble ikke bekreftet straks (mislykte forsøk: {failed}). Siden: {outcome}.",
        "en": "Session {session} (line {line}, {time}): its erasure was not confirmed at once (failed: {failed}). Since then: {outcome}.",
    },
    "was-swept": {
        "nb": "Økt {session} (linje {line}, {time}): ryddet etter avbrudd: {cause}.",
        "en": "Session {session} (line {line}, {time}): swept after a crash: {cause}.",
    },
    "degraded": {
        "nb": "Slettinger som bare nådde nivå C: {count}. Deler kan ha stått i klartekst i swap, minnedump eller frigitt minne.",
        "en": "Erasures that reached only level C: {count}. Pieces may have stood in the clear in swap, a dump or freed memory.",
    },
    "outside": {
        "nb": "Økter åpnet utenfor perioden som fortsatt er åpne eller ikke bekreftet slettet: {count}.",
        "en": "Sessions opened outside the period that are still open or not confirmed as erased: {count}.",
    },
    "broken-off": {
        "nb": "kiskriv stoppet ikke som det skulle før starten {time} (linje {line}): strømbrudd eller krasj.",
        "en": "kiskriv did not stop in good order before its start at {time} (line {line}): a power cut or a crash.",
    },
    "silence": {
        "nb": "Taushet fra {since} til {until} (linje {line}), mens kiskriv skulle gå: maskinen sov, eller klokken ble stilt.",
        "en": "Silence from {since} to {until} (line {line}) while kiskriv was to run: the machine slept, or its clock was set.",
    },
    "clock-step": {
        "nb": "Klokken gikk bakover ved linje {line} ({time}).",
        "en": "The clock went backwards at line {line} ({time}).",
    },
    "weakened": {
        "nb": "Svekket innstilling fra {time}: {weakened}.",
        "en": "Weakened setting from {time}: {weakened}.",
    },
    "revoked": {"nb": "Nøklene ble kalt tilbake {time}.", "en": "The keys were revoked at {time}."},
    "software": {"nb": "Programvare og modeller i bruk", "en": "Software and models in use"},
    "people": {"nb": "Brukere og arbeidsplasser", "en": "Users and workstations"},
    "people-note": {
        "nb": "Numrene er tilfeldige. Virksomheten har selv listen over hvem og hva de står for.",
        "en": "The numbers are random. The practice itself has the list of whom and what they stand for.",
    },
    "use": {
        "nb": "{value}, {first} til {last}, økter: {sessions}",
        "en": "{value}, {first} to {last}, sessions: {sessions}",
    },
    "settings": {"nb": "Innstillinger", "en": "Settings"},
    "no-settings": {
        "nb": "Loggen sier ikke hvilke innstillinger som gjaldt.",
        "en": "The log does not say which settings were in force.",
    },
    "setting": {
        "nb": "grense {limit} min, {precision}, levering: {delivery}; svekket: {weakened}",
        "en": "limit {limit} min, {precision}, delivery: {delivery}; weakened: {weakened}",
    },
    "running": {"nb": "Drift", "en": "Running"},
    "started": {"nb": "Starter", "en": "Starts"},
    "stopped": {"nb": "Stopp i god orden", "en": "Stops in good order"},
    "broken-runs": {"nb": "Brutt av", "en": "Broken off"},
    "silences": {"nb": "Tausheter", "en": "Silences"},
    "clock-steps": {"nb": "Klokken bakover", "en": "Clock backwards"},
    "keys": {"nb": "Nøkler", "en": "Keys"},
    "epochs": {"nb": "Nøkkelperioder i hele loggen", "en": "Key epochs in the whole log"},
    "changes": {"nb": "Bytter i perioden", "en": "Changes in the period"},
    "revocations": {"nb": "Av dem tilbakekalt", "en": "Of these, revoked"},
    "window": {"nb": "Hva som kan ha blitt skrevet på nytt", "en": "What could have been written anew"},
    "held": {
        "nb": "Til og med linje {held} av {entries} har noen andre et sjekkpunkt: de linjene er som de var da.",
        "en": "Up to line {held} of {entries} somebody else holds a checkpoint: those lines are as they were then.",
    },
    "held-by-witness": {
        "nb": "Vitnet {witness} signerte for {size} linjer.",
        "en": "The witness {witness} signed for {size} lines.",
    },
    "held-by-unknown": {
        "nb": "Loggen sier selv at vitnet {witness} signerte for {size} linjer. Det er ikke regnet med.",
        "en": "The log itself says that the witness {witness} signed for {size} lines. That is not counted.",
    },
    "held-by-nobody": {
        "nb": "Så vidt denne rapporten vet, har ingen andre et sjekkpunkt av loggen.",
        "en": "As far as this report knows, nobody else holds a checkpoint of the log.",
    },
    "window-empty": {"nb": "Ingen linjer er kommet til siden.", "en": "No lines were added since."},
    "since": {"nb": "Linjer kommet til siden", "en": "Lines added since"},
    "since-when": {"nb": "{entries}, den første {since}", "en": "{entries}, the first at {since}"},
    "present": {"nb": "  under dagens nøkler", "en": "  under the present keys"},
    "older": {"nb": "  under nøkler som er ødelagt", "en": "  under keys that are destroyed"},
    "window-meaning": {
        "nb": "Den som har dagens nøkler, kan ha skrevet linjene under dem på nytt eller fjernet dem, uten at det kan sees her. "
        "Linjer under eldre nøkler kunne bare den ha skrevet på nytt som også tok vare på de nøklene; kiskriv ødelegger dem ved "
        "hvert bytte. Hvem som helst kan ha lagt tilbake en eldre kopi av loggen, uten disse linjene.",
        "en": "Whoever has the present keys could have written the lines under them anew, or removed them, and it could not be "
        "seen here. Lines under older keys could have been written anew only by somebody who also kept those keys; kiskriv destroys "
        "them at every change. Anybody could have put back an older copy of the log, without these lines.",
    },
    "window-advice": {
        "nb": "Vinduet lukkes ved å ta ut et sjekkpunkt og oppbevare det et annet sted, eller ved et vitne på en annen maskin.",
        "en": "The window is closed by taking out a checkpoint and keeping it elsewhere, or by a witness on another machine.",
    },
    "about": {"nb": "Om tallene", "en": "About the figures"},
    "order": {
        "nb": "Rekkefølgen av øktene innen en dag kan sammen med timeboken vise hvem de gjaldt. Ta vare på rapporten og "
        "listene over økter deretter.",
        "en": "The order of the sessions within a day, together with the appointment book, can show whom they were about. "
        "Keep the report and the lists of sessions accordingly.",
    },
    "word-of-program": {
        "nb": "Rapporten viser hva kiskriv skrev og signerte. Nivå, måte og ettersøk er programmets eget ord; ingen andre har målt dem.",
        "en": "The report shows what kiskriv wrote and signed. Level, method and search are the program's own word: "
        "nobody else measured them.",
    },
    "pruned": {
        "nb": "Av de {entries} første linjene er bare kontrollsummer beholdt. Deres {opened} økter ({ended} avsluttet, {swept} "
        "ryddet) er ikke med i noe tall over, heller ikke de som hørte til perioden.",
        "en": "Of the first {entries} lines only hashes are kept. Their {opened} sessions ({ended} ended, {swept} swept) are in no "
        "figure above, not even those that belonged to the period.",
    },
    "signature": {
        "nb": "Sted og dato: __________________  Navn: _________________________  Underskrift: _______________________",
        "en": "Place and date: __________________  Name: _________________________  Signature: _______________________",
    },
    "per-day": {"nb": "Økter per dag", "en": "Sessions per day"},
    "per-month": {"nb": "Økter per måned", "en": "Sessions per month"},
    "per-day-described": {
        "nb": "Søyler: så mange økter ble åpnet, delt etter hva det ble av dem. De samme tallene står i tabellen under.",
        "en": "Bars: how many sessions were opened, divided by what became of them. The table below has the same figures.",
    },
    "times": {"nb": "Tid fra slutt til slettet", "en": "Time from end to erased"},
    "times-described": {
        "nb": "For hver søyle i figuren over: en strek fra korteste til lengste tid, og en prikk ved medianen. Skalaen er logaritmisk. "
        "De samme tallene står i tabellen under.",
        "en": "For each bar of the figure above: a line from the shortest to the longest time, and a dot at the median. The scale is "
        "logarithmic. The table below has the same figures.",
    },
    "table": {"nb": "Tallene i figurene", "en": "The figures in the plots"},
    "when": {"nb": "Når", "en": "When"},
    "band-transferred": {"nb": "overført", "en": "transferred"},
    "band-unwanted": {"nb": "forkastet eller trukket", "en": "discarded or withdrawn"},
    "band-otherwise": {"nb": "utløpt, avbrutt eller feil", "en": "expired, interrupted or failed"},
    "band-swept": {"nb": "ryddet", "en": "swept"},
    "band-unclosed": {"nb": "ikke bekreftet eller åpen", "en": "not confirmed or open"},
    "shortest-time": {"nb": "korteste tid", "en": "shortest time"},
    "median-time": {"nb": "median", "en": "median"},
    "longest-time": {"nb": "lengste tid", "en": "longest time"},
    "no-sessions": {"nb": "Ingen økter i perioden.", "en": "No sessions in the period."},
}

_OWN_NAMES: Final[dict[StrEnum, dict[Language, str]]] = {
    Otherwise.SWEPT: {"nb": "ryddet etter avbrudd", "en": "swept after a crash"},
    Otherwise.UNVERIFIED: {"nb": "sletting ikke bekreftet", "en": "erasure not confirmed"},
    Otherwise.OPEN: {"nb": "fortsatt åpen", "en": "still open"},
    Used.KISKRIV: {"nb": "kiskriv", "en": "kiskriv"},
    Used.PROGRAM: {"nb": "Programfiler (SHA-256)", "en": "Program files (SHA-256)"},
    Used.MODEL: {"nb": "Talemodell (SHA-256)", "en": "Speech model (SHA-256)"},
    Used.DRAFTER: {"nb": "Utkast (SHA-256)", "en": "Drafter (SHA-256)"},
    Used.USER: {"nb": "Bruker", "en": "User"},
    Used.WORKSTATION: {"nb": "Arbeidsplass", "en": "Workstation"},
}


def say(text: str, language: Language, **facts: str | int) -> str:
    """One of TEXTS with its facts filled in."""
    return TEXTS[text][language].format(**facts)


def name(word: StrEnum, language: Language) -> str:
    """A word out of a closed list, for people."""
    return _OWN_NAMES[word][language] if word in _OWN_NAMES else wording.name(word, language)


def listed(words: Iterable[StrEnum], language: Language) -> str:
    """Several of them."""
    return ", ".join(name(word, language) for word in words) or {"nb": "ingenting", "en": "nothing"}[language]


def duration(milliseconds: float, language: Language) -> str:
    """A length of time as people say it: ms below a second, seconds below two minutes, else minutes and seconds."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds >= 120:
        return f"{int(seconds) // 60} min {int(seconds) % 60} s"
    return f"{seconds:.1f} s".replace(".", "," if language == "nb" else ".")
