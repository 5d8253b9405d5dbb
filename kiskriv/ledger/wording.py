"""What the log's commands say, in bokmål for people and in English beside it. Words only.

They stand here and not in kiskriv/locale, because an auditor installs `ledger/` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias

from kiskriv.ledger.entry import ArtefactName, Cause, Ended, Entry, Fact, Method, Opened, Place, Reason, Resumed
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
        "nb": "Merk: dette er kvittering for at økten ble åpnet eller fortsatt, ikke for at den er slettet.",
        "en": "Note: this is a receipt for the opening or resuming of the session, not for its erasure.",
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
    "spooled": {
        "nb": "{count} av øktene hadde en kryptert kopi på disken; {resumed} ganger fortsatte et nytt rom fra den.",
        "en": "{count} of the sessions had a sealed copy on the disk; {resumed} times another room went on from it.",
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
        "nb": "{time}  åpnet      {session}  informert {informed}, kiskriv {kiskriv}, modell {model}{spool}",
        "en": "{time}  opened     {session}  informed {informed}, kiskriv {kiskriv}, model {model}{spool}",
    },
    "with-spool": {"nb": ", med kryptert kopi på disken", "en": ", with a sealed copy on the disk"},
    "resumed-entry": {
        "nb": "{time}  fortsatt   {session}  hentet inn igjen etter et avbrudd: et nytt rom åpnet den krypterte kopien",
        "en": "{time}  resumed    {session}  recovered after a crash: another room opened the sealed copy",
    },
    "ended-entry": {
        "nb": "{time}  avsluttet  {session}  {reason}; slettet: {artefacts}; måte: {methods}; nivå {level}; {search}",
        "en": "{time}  ended      {session}  {reason}; erased: {artefacts}; how: {methods}; level {level}; {search}",
    },
    "swept-entry": {
        "nb": "{time}  ryddet     {session}  gjort opp etter et avbrudd: {cause}",
        "en": "{time}  swept      {session}  accounted for after a crash: {cause}",
    },
    "level-missing": {"nb": "{level} (mangler: {facts})", "en": "{level} (missing: {facts})"},
    "search-clean": {
        "nb": "ettersøk i {places}: ingenting funnet",
        "en": "search afterwards in {places}: nothing found",
    },
    "search-failed": {
        "nb": "ettersøk i {places}: IKKE bekreftet ({residue} funn)",
        "en": "search afterwards in {places}: NOT confirmed ({residue} found)",
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
        "nb": "økten er avsluttet under en annen nøkkel enn den ble åpnet eller fortsatt med",
        "en": "the session ended under another key than it was opened or resumed with",
    },
    Fault.NOT_SPOOLED: {
        "nb": "økten er fortsatt fra en kryptert kopi, men ble åpnet uten",
        "en": "the session was resumed from a sealed copy, but opened without one",
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

_NAMES: Final[dict[Reason | ArtefactName | Method | Fact | Place | Cause, dict[Language, str]]] = {
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
    Method.ROOM_ENDED: {"nb": "rommets prosess avsluttet", "en": "the room's process ended"},
    Method.ROOM_KILLED: {
        "nb": "rommets prosess drept, minnet ikke gjort rede for",
        "en": "the room's process killed, its memory not accounted for",
    },
    Method.ENGINE_RECYCLED: {"nb": "talegjenkjennerens prosess avsluttet", "en": "the recogniser's process ended"},
    Method.ENGINE_OVERWRITTEN: {
        "nb": "talegjenkjennerens minne overskrevet",
        "en": "the recogniser's buffers overwritten",
    },
    Method.SPOOL_REMOVED: {"nb": "kryptert kopi på disken fjernet", "en": "sealed copy on the disk removed"},
    Fact.SECRET_MEMORY: {"nb": "nøkkelen i hemmelig minne", "en": "key in secret memory"},
    Fact.MEMORY_LOCKED: {"nb": "låst minne", "en": "locked memory"},
    Fact.SWAP_SAFE: {"nb": "ingen swap, eller kryptert", "en": "no swap, or encrypted"},
    Fact.NO_CORE_FILES: {"nb": "ingen minnedump", "en": "no core files"},
    Fact.WIPED_ON_FREE: {"nb": "minne overskrevet når det frigis", "en": "memory overwritten when freed"},
    Fact.NO_HUGE_PAGES: {"nb": "ingen store minnesider", "en": "no huge pages"},
    Fact.FREED_PAGES_ZEROED: {"nb": "frigitte minnesider nullet av kjernen", "en": "freed pages zeroed by the kernel"},
    Fact.NO_SOCKETS: {"nb": "uten nettverk", "en": "no network"},
    Fact.FILES_WALLED: {"nb": "avskåret fra andre filer", "en": "walled off from other files"},
    Place.OWN_MEMORY: {"nb": "eget minne", "en": "own memory"},
    Place.LIVING_MEMORY: {"nb": "minnet til det som fortsatt kjører", "en": "the memory of what still runs"},
    Place.RUNTIME_FOLDER: {"nb": "kjøretidsmappen", "en": "the runtime folder"},
    Place.OPEN_FILES: {"nb": "åpne filer", "en": "open files"},
    Place.SPOOL_FOLDER: {"nb": "mappen for krypterte kopier", "en": "the folder of sealed copies"},
    Cause.FOUND_AT_START: {
        "nb": "funnet åpen ved neste start; nøkkelen døde med prosessen",
        "en": "found open at the next start; its key died with the process",
    },
    Cause.ROOM_DIED: {
        "nb": "rommets prosess døde før den hadde slettet; nøkkelen døde med den",
        "en": "the room's process died before it had erased; its key died with it",
    },
    Cause.RECOVER: {
        "nb": "avsluttet for hånd med kiskriv recover",
        "en": "finished by hand with kiskriv recover",
    },
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
            "spool": say("with-spool", language) if shown.spool else "",
        }
    elif isinstance(shown, Ended):
        search = "search-clean" if shown.verified else "search-failed"
        erased = [f"{_NAMES[a.name][language]} ({a.octets} B)" for a in shown.artefacts]
        facts |= {
            "reason": _NAMES[shown.reason][language],
            "artefacts": ", ".join(erased) or say("nothing", language),
            "methods": _listed(shown.methods, language),
            "level": _level(shown, language),
            "search": say(search, language, places=_listed(shown.looked, language), residue=shown.residue),
        }
    elif not isinstance(shown, Resumed):
        facts["cause"] = _NAMES[shown.cause][language]
    return say(f"{shown.kind}-entry", language, **facts)


def _level(shown: Ended, language: Language) -> str:
    """The level, and the facts that did not hold."""
    missing = tuple(fact for fact in Fact if fact not in shown.facts)
    if not missing:
        return shown.level
    return say("level-missing", language, level=shown.level, facts=_listed(missing, language))


def _listed(names: Sequence[Method | Fact | Place], language: Language) -> str:
    return ", ".join(_NAMES[name][language] for name in names) or say("nothing", language)
