"""The words of the page that a patient gets, in Norwegian bokmål and English: plain, and no more than an entry says. No I/O."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Final

from kiskriv.ledger.wording import Language

TEXTS: Final[dict[str, dict[Language, str]]] = {
    "title": {"nb": "Kvittering for sletting", "en": "Receipt for an erasure"},
    "intro": {
        "nb": "Konsultasjonen ble tatt opp med kiskriv, et program som foreslår journalnotat. Her står hva som er slettet etterpå.",
        "en": "The consultation was recorded with kiskriv, a program that proposes a journal note. This says what was erased afterwards.",
    },
    "unverified": {
        "nb": "Slettingen er forsøkt, men IKKE BEKREFTET. Legekontoret skal rette på det og kan gi deg en ny kvittering.",
        "en": "The erasure was tried, but NOT CONFIRMED. The practice is to make it good and can give you another receipt.",
    },
    "what": {"nb": "Hva som er slettet", "en": "What was erased"},
    "what-was-tried": {"nb": "Hva som er forsøkt slettet", "en": "What was tried to be erased"},
    "up-to": {"nb": "inntil {size}", "en": "up to {size}"},
    "nothing": {"nb": "Ingenting var tatt opp.", "en": "Nothing had been recorded."},
    "when": {"nb": "Når", "en": "When"},
    "why": {"nb": "Hvorfor økten sluttet", "en": "Why the session ended"},
    "took": {"nb": "Fra slutt til slettet", "en": "From end to erased"},
    "session": {"nb": "Øktens nummer", "en": "Number of the session"},
    "note-is-kept": {
        "nb": "Notatet som legen godkjente, er overført til journalen. Det er ikke slettet.",
        "en": "The note that the doctor approved is in the journal. It is not erased.",
    },
    "swept": {
        "nb": "Økten ble avbrutt og kunne ikke slettes på vanlig måte. Alt som ble lagret av den, var kryptert, og ingen prosess som kunne "
        "åpne det, er igjen. Hvor mye det var, er ikke målt, og det er ikke lett etter rester.",
        "en": "The session was broken off and could not be erased in the ordinary way. All that was stored of it was encrypted, and no "
        "process is left that could open it. How much it was is not measured, and nothing was searched for.",
    },
    "swept-memory": {
        "nb": "I minne som ble frigitt, kan nøkkelen og biter i klartekst ligge til det brukes igjen.",
        "en": "In memory that was freed, the key and plain pieces can lie until it is used again.",
    },
    "how": {"nb": "Hvordan", "en": "How"},
    "done": {"nb": "Hva som ble gjort", "en": "What was done"},
    "missing": {"nb": "Vern som manglet", "en": "Protection that was missing"},
    "level-A": {
        "nb": "Nivå A, det høyeste av tre: Alt som ble lagret, var kryptert, og nøkkelen er ødelagt, så det kan ikke åpnes igjen. "
        "Minne som frigis, nullstilles av operativsystemet, så heller ikke der ligger noe i klartekst.",
        "en": "Level A, the highest of three: all that was stored was encrypted, and the key is destroyed, so it cannot be opened again. "
        "Memory that is freed is zeroed by the operating system, so nothing lies there in the clear either.",
    },
    "level-B": {
        "nb": "Nivå B, det midterste av tre: Alt som ble lagret, var kryptert, og nøkkelen er ødelagt, så det kan ikke åpnes igjen. "
        "Disker og programmer som kjører, har ingenting av det. Minne som ingen har brukt siden, kan ha spor til det brukes igjen.",
        "en": "Level B, the middle of three: all that was stored was encrypted, and the key is destroyed, so it cannot be opened again. "
        "Disks and running programs hold nothing of it. Memory that nobody has used since can hold traces until it is used again.",
    },
    "level-C": {
        "nb": "Nivå C, det laveste av tre: Det som ble lagret, var kryptert, og nøkkelen er ødelagt, så det kan ikke åpnes igjen. Men "
        "noe av vernet manglet på maskinen, så biter kan ha havnet i klartekst i minnet eller på disken.",
        "en": "Level C, the lowest of three: what was stored was encrypted, and the key is destroyed, so it cannot be opened again. But "
        "some of the protection was missing on the machine, so pieces may have got into memory or onto the disk in the clear.",
    },
    "level-unsure": {
        "nb": "Det som ble lagret, var kryptert, og nøkkelen er ødelagt, så det kan ikke åpnes igjen. Prosessen som hadde det, ble ikke "
        "sett avsluttet, så om minnet sier nivå {level} ingenting sikkert.",
        "en": "What was stored was encrypted, and the key is destroyed, so it cannot be opened again. The process that had it was not "
        "seen to end, so of memory level {level} says nothing for certain.",
    },
    "level-unverified": {
        "nb": "Maskinen holdt nivå {level}, men så lenge slettingen ikke er bekreftet, sier nivået ingenting om hva som er igjen.",
        "en": "The machine kept to level {level}, but as long as the erasure is not confirmed, that says nothing about what is left.",
    },
    "search": {"nb": "Hva som ble funnet etterpå", "en": "What was found afterwards"},
    "looked": {"nb": "Det ble lett i", "en": "What was searched"},
    "found-nothing": {"nb": "Ingenting ble funnet.", "en": "Nothing was found."},
    "found": {
        "nb": "Funn: {residue}. Noe av materialet var igjen.",
        "en": "Finds: {residue}. Some of the material was left.",
    },
    "not-looked": {"nb": "Det ble ikke lett noe sted.", "en": "Nothing was searched."},
    "found-nothing-yet": {
        "nb": "Ingenting ble funnet, men slettingen er likevel ikke bekreftet.",
        "en": "Nothing was found, but the erasure is not confirmed all the same.",
    },
    "about": {"nb": "Om kvitteringen", "en": "About this receipt"},
    "no-person": {
        "nb": "Kvitteringen sier ikke hvem du er eller hva som ble sagt. Øktens nummer er tilfeldig, og tidspunktet er ikke mer nøyaktig "
        "enn legekontoret har valgt.",
        "en": "The receipt does not say who you are or what was said. The number of the session is random, and the time is no more exact "
        "than the practice has chosen.",
    },
    "own-word": {
        "nb": "Opplysningene er programmets egne. De er signert, så de kan ikke endres etterpå uten at det vises.",
        "en": "What it says is the program's own word. It is signed, so it cannot be changed afterwards without that being seen.",
    },
    "check": {
        "nb": "Hvem som helst kan kontrollere den, uten nett: Lagre linjene under som filen kvittering.txt, få den offentlige nøkkelen av "
        "legekontoret på en annen måte enn denne siden, og kjør",
        "en": "Anybody can check it, offline: save the lines below as the file receipt.txt, get the public key from the practice by "
        "another way than this page, and run",
    },
    "command": {
        "nb": "python -m kiskriv.ledger verify kvittering.txt --key NØKKEL",
        "en": "python -m kiskriv.ledger verify receipt.txt --key KEY --language en",
    },
    "log": {"nb": "Fra loggen", "en": "From the log"},
    "line": {"nb": "linje {line} i {origin}", "en": "line {line} of {origin}"},
    "itself": {"nb": "Selve kvitteringen", "en": "The receipt itself"},
    "save": {"nb": "Lagre den som fil", "en": "Save it as a file"},
    "file": {"nb": "kvittering.txt", "en": "receipt.txt"},
    "utc": {
        "nb": "{moment} (UTC; i Norge en time mer, om sommeren to)",
        "en": "{moment} (UTC; one hour later in Norway, two in summer)",
    },
    "hour": {"nb": "{day}, mellom kl. {hour} og {next}", "en": "{day}, between {hour}:00 and {next}:00"},
    "minute": {"nb": "{day}, kl. {hour}.{minute}", "en": "{day}, at {hour}:{minute}"},
    "second": {"nb": "{day}, kl. {hour}.{minute}.{second}", "en": "{day}, at {hour}:{minute}:{second}"},
    "day": {"nb": "{day}. {month} {year}", "en": "{day} {month} {year}"},
}

_MONTHS: Final[dict[Language, list[str]]] = {
    "nb": [
        "januar",
        "februar",
        "mars",
        "april",
        "mai",
        "juni",
        "juli",
        "august",
        "september",
        "oktober",
        "november",
        "desember",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


def say(text: str, language: Language, **facts: str | int) -> str:
    """One of TEXTS with its facts filled in."""
    return TEXTS[text][language].format(**facts)


def moment(time: str, language: Language) -> str:
    """A time of the log as people say it, no finer than it may be: one with zeros can stand for the whole hour, or minute."""
    at = datetime.fromisoformat(time)
    day = say("day", language, day=at.day, month=_MONTHS[language][at.month - 1], year=at.year)
    fineness = "second" if at.second else "minute" if at.minute else "hour"
    clock = {"hour": f"{at.hour:02d}", "minute": f"{at.minute:02d}", "second": f"{at.second:02d}"}
    return say("utc", language, moment=say(fineness, language, day=day, next=f"{at.hour + 1:02d}", **clock))


def size(octets: int) -> str:
    """An upper bound as people say it: rounded up, so that it stays one."""
    for unit, length in (("MB", 1_000_000), ("kB", 1_000)):
        if octets >= length:
            return f"{ceil(octets / length)} {unit}"
    return f"{octets} B"
