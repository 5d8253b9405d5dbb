"""What the log's commands say, in bokmål for people and in English beside it. Words only.

They stand here and not in kiskriv/locale, because an auditor installs `ledger/` alone.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from kiskriv.ledger.entry import ArtefactName, Ended, Entry, Method, Opened, Reason
from kiskriv.ledger.replay import Fault, Problem

Language: TypeAlias = Literal["nb", "en"]

TEXTS: Final[dict[str, dict[Language, str]]] = {
    "receipt-valid": {
        "nb": "Kvitteringen er ekte: loggen med denne nøkkelen har signert den, og ingenting er endret.",
        "en": "The receipt is genuine: the log with this key signed it, and nothing was changed.",
    },
    "receipt-invalid": {
        "nb": "Kvitteringen er IKKE gyldig for denne nøkkelen ({problem}).",
        "en": "The receipt is NOT valid for this key ({problem}).",
    },
    "receipt-opening": {
        "nb": "Merk: dette er kvittering for at økten ble åpnet, ikke for at den er slettet.",
        "en": "Note: this is a receipt for the opening of the session, not for its erasure.",
    },
    "receipt-unverified": {
        "nb": "ADVARSEL: slettingen ble ikke bekreftet ved etterkontrollen.",
        "en": "WARNING: the search afterwards did not confirm the erasure.",
    },
    "place": {"nb": "Linje {line} i loggen {origin}", "en": "Line {line} of the log {origin}"},
    "log-valid": {
        "nb": "Sletteloggen er hel: hver linje er slik den ble signert.",
        "en": "The deletion log is whole: every line is as it was signed.",
    },
    "log-invalid": {
        "nb": "Sletteloggen er IKKE i orden:",
        "en": "The deletion log is NOT in order:",
    },
    "consistent": {
        "nb": "Den fortsetter sjekkpunktet som ble lagt frem: ingenting før det er endret eller fjernet.",
        "en": "It continues the checkpoint that was given: nothing before it was changed or removed.",
    },
    "no-earlier": {
        "nb": "Uten et tidligere sjekkpunkt kan det ikke utelukkes at en eldre kopi er lagt tilbake, "
        "eller at den som har den private nøkkelen, har skrevet loggen på nytt.",
        "en": "Without an earlier checkpoint it cannot be ruled out that an older copy was put back, "
        "or that the holder of the private key wrote the log anew.",
    },
    "counts": {
        "nb": "{entries} linjer: {opened} økter åpnet, {ended} avsluttet, {swept} ryddet etter avbrudd.",
        "en": "{entries} lines: {opened} sessions opened, {ended} ended, {swept} swept after a crash.",
    },
    "open": {
        "nb": "Merk: {count} åpnet, men hverken avsluttet eller ryddet: {sessions}",
        "en": "Note: {count} opened but neither ended nor swept: {sessions}",
    },
    "unverified": {
        "nb": "ADVARSEL: {count} slettet uten at slettingen ble bekreftet: {sessions}",
        "en": "WARNING: {count} erased without confirmation of the erasure: {sessions}",
    },
    "clock": {
        "nb": "Merk: klokken gikk bakover ved linje {lines}.",
        "en": "Note: the clock went backwards at line {lines}.",
    },
    "not-checked": {
        "nb": "Vist uten kontroll. Kontroller med: python -m kiskriv.ledger verify MAPPE --key NØKKEL",
        "en": "Shown unchecked. To check: python -m kiskriv.ledger verify FOLDER --key KEY",
    },
    "empty": {"nb": "Sletteloggen er tom.", "en": "The deletion log is empty."},
    "unreadable-line": {"nb": "(kan ikke leses)", "en": "(cannot be read)"},
    "unusable": {"nb": "Kan ikke lese {what}: {problem}", "en": "Cannot read {what}: {problem}"},
    "bad-key": {
        "nb": "Nøkkelen er hverken en fil eller en offentlig nøkkel på formen navn+id+base64.",
        "en": "The key is neither a file nor a public key of the form name+id+base64.",
    },
    "opened-entry": {
        "nb": "{time}  åpnet      {session}  informert {informed}, kiskriv {kiskriv}, modell {model}",
        "en": "{time}  opened     {session}  informed {informed}, kiskriv {kiskriv}, model {model}",
    },
    "ended-entry": {
        "nb": "{time}  avsluttet  {session}  {reason}; slettet: {artefacts}; måte: {methods}; {search}",
        "en": "{time}  ended      {session}  {reason}; erased: {artefacts}; how: {methods}; {search}",
    },
    "swept-entry": {
        "nb": "{time}  ryddet     {session}  etter et avbrudd: nøkkelen døde med prosessen",
        "en": "{time}  swept      {session}  after a crash: its key died with the process",
    },
    "search-clean": {"nb": "ettersøk: ingenting funnet", "en": "search afterwards: nothing found"},
    "search-failed": {
        "nb": "ettersøk: IKKE bekreftet ({residue} funn)",
        "en": "search afterwards: NOT confirmed ({residue} found)",
    },
    "nothing": {"nb": "ingenting", "en": "nothing"},
}

_FAULTS: Final[dict[Fault, dict[Language, str]]] = {
    Fault.UNREADABLE_ENTRY: {
        "nb": "linjen er ikke slik kiskriv skriver den",
        "en": "the line is not one that kiskriv writes",
    },
    Fault.OPENED_TWICE: {
        "nb": "økten er åpnet to ganger",
        "en": "the session was opened twice",
    },
    Fault.NEVER_OPENED: {
        "nb": "økten er avsluttet uten å være åpnet",
        "en": "the session was ended without being opened",
    },
    Fault.ENDED_TWICE: {
        "nb": "økten var allerede avsluttet",
        "en": "the session had ended already",
    },
    Fault.OTHER_KEY: {
        "nb": "økten er avsluttet under en annen nøkkel enn den ble åpnet med",
        "en": "the session ended under another key than it was opened with",
    },
    Fault.CUT_OFF: {
        "nb": "linjer mangler herfra: færre enn sjekkpunktet signerer for",
        "en": "lines are missing from here on: fewer than the checkpoint signs for",
    },
    Fault.ROOT_MISMATCH: {
        "nb": "linjene er ikke de som ble signert: noe er endret, fjernet eller flyttet",
        "en": "the lines are not those that were signed: something was changed, removed or moved",
    },
    Fault.UNSIGNED_TAIL: {
        "nb": "noe følger etter den siste signerte linjen",
        "en": "something follows the last signed line",
    },
    Fault.BAD_CHECKPOINT: {
        "nb": "sjekkpunktet mangler eller er ikke signert med denne nøkkelen",
        "en": "the checkpoint is missing, or not signed with this key",
    },
    Fault.BAD_EARLIER: {
        "nb": "det tidligere sjekkpunktet er ikke signert med denne nøkkelen",
        "en": "the earlier checkpoint is not signed with this key",
    },
    Fault.SHORTER_THAN_EARLIER: {
        "nb": "loggen er kortere enn ved det tidligere sjekkpunktet: linjer er fjernet",
        "en": "the log is shorter than at the earlier checkpoint: lines were removed",
    },
    Fault.DIFFERS_FROM_EARLIER: {
        "nb": "linjer fra før det tidligere sjekkpunktet er endret",
        "en": "lines from before the earlier checkpoint were changed",
    },
}

_NAMES: Final[dict[Reason | ArtefactName | Method, dict[Language, str]]] = {
    Reason.TRANSFERRED: {"nb": "overført til journalen", "en": "transferred to the journal"},
    Reason.DISCARDED: {"nb": "forkastet av legen", "en": "discarded by the doctor"},
    Reason.WITHDRAWN: {"nb": "pasienten trakk seg", "en": "the patient withdrew"},
    Reason.EXPIRED: {"nb": "tidsfristen gikk ut", "en": "the time limit passed"},
    Reason.INTERRUPTED: {"nb": "avbrutt", "en": "interrupted"},
    Reason.FAILED: {"nb": "feil underveis", "en": "an error on the way"},
    ArtefactName.AUDIO: {"nb": "lyd", "en": "audio"},
    ArtefactName.TRANSCRIPT: {"nb": "transkripsjon", "en": "transcript"},
    ArtefactName.DRAFT: {"nb": "utkast", "en": "draft"},
    ArtefactName.SPEAKERS: {"nb": "hvem som snakket", "en": "speakers"},
    Method.KEY_DESTROYED: {"nb": "nøkkelen ødelagt", "en": "key destroyed"},
    Method.BUFFERS_OVERWRITTEN: {"nb": "minnet overskrevet", "en": "buffers overwritten"},
    Method.PROCESS_ENDED: {"nb": "prosessen avsluttet", "en": "process ended"},
}


def say(text: str, language: Language, **facts: str | int) -> str:
    """One of TEXTS with its facts filled in."""
    return TEXTS[text][language].format(**facts)


def problem(found: Problem, language: Language) -> str:
    """A fault in words, with its line where there is one."""
    words = _FAULTS[found.fault][language]
    if found.line is None:
        return words
    return f"{'linje' if language == 'nb' else 'line'} {found.line}: {words}"


def entry(shown: Entry, language: Language) -> str:
    """An entry on one line."""
    facts = {"time": shown.time, "session": shown.session}
    if isinstance(shown, Opened):
        facts |= {
            "informed": shown.informed,
            "kiskriv": shown.kiskriv,
            "model": shown.model[:12],
        }
    elif isinstance(shown, Ended):
        search = "search-clean" if shown.verified else "search-failed"
        erased = [f"{_NAMES[a.name][language]} ({a.octets} B)" for a in shown.artefacts]
        methods = [_NAMES[method][language] for method in shown.methods]
        nothing = say("nothing", language)
        facts |= {
            "reason": _NAMES[shown.reason][language],
            "artefacts": ", ".join(erased) or nothing,
            "methods": ", ".join(methods) or nothing,
            "search": say(search, language, residue=shown.residue),
        }
    return say(f"{shown.kind}-entry", language, **facts)
