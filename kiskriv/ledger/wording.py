"""What the log's commands say, in bokmål for people and in English beside it. Words only.

They stand here and not in kiskriv/locale, because an auditor installs `ledger/` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Literal, TypeAlias

from kiskriv.ledger.entry import Artefact, Ended, Entry, Opened
from kiskriv.ledger.faults import Fault, Problem
from kiskriv.ledger.terms import (
    ArtefactName,
    Cause,
    Change,
    Delivery,
    Fact,
    Method,
    Place,
    Precision,
    Reason,
    Weakness,
)

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
    "receipt-alone": {
        "nb": "Om den står i loggen på sin plass, viser loggen: verify LOGG --key NØKKEL --receipt KVITTERING",
        "en": "Whether it stands in the log in its place, the log shows: verify LOG --key KEY --receipt RECEIPT",
    },
    "receipt-no-erasure": {
        "nb": "Merk: dette er ikke en kvittering for at en økt er slettet.",
        "en": "Note: this is not a receipt for the erasure of a session.",
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
    "goes-together": {"nb": "stemmer med loggen", "en": "goes together with the log"},
    "no-log": {
        "nb": "{what} er hverken en loggmappe eller en eksport av en logg.",
        "en": "{what} is neither the folder of a log nor an export of one.",
    },
    "converted": {
        "nb": "{what}: filen er omgjort på veien (linjeslutt eller tegnsett). Kopier eksporten som den er, eller ta den ut med --into.",
        "en": "{what}: the file was converted on the way (line ends or encoding). Copy the export as it is, or take it out with --into.",
    },
    "no-checkpoint": {
        "nb": "{what} inneholder ikke noe sjekkpunkt, eller flere enn ett.",
        "en": "{what} holds no checkpoint, or more than one.",
    },
    "no-receipt": {"nb": "{what} inneholder ingen kvittering.", "en": "{what} holds no receipt."},
    "there-already": {
        "nb": "{what} finnes allerede, og ingenting er skrevet. Oppgi en ny fil.",
        "en": "{what} is there already, and nothing was written. Name a new file.",
    },
    "unwritten": {"nb": "Kan ikke skrive {what}: {problem}", "en": "Cannot write {what}: {problem}"},
    "pruned-counts": {
        "nb": "Av de {entries} første linjene er bare kontrollsummer beholdt: {opened} økter åpnet, {ended} avsluttet, {swept} ryddet.",
        "en": "Of the first {entries} lines only hashes are kept: {opened} sessions opened, {ended} ended, {swept} swept.",
    },
    "pruned-line": {"nb": "(utløpt; bare kontrollsummen er beholdt)", "en": "(pruned; only its hash is kept)"},
    "epochs": {
        "nb": "{count} nøkkelperioder, {revocations} ganger med tilbakekalte nøkler.",
        "en": "{count} key epochs, {revocations} times with keys revoked.",
    },
    "key-now": {
        "nb": "Loggens nøkkel er nå {key}. Kontroller at den er gitt deg av virksomheten.",
        "en": "The key of the log is now {key}. See that the practice gave it to you.",
    },
    "seen": {
        "nb": "Vitnet {witness} signerte for {size} linjer {time}.",
        "en": "The witness {witness} signed for {size} lines at {time}.",
    },
    "made-up": {
        "nb": "Oppgi nøklene til vitner du kjenner med --witness: den som har loggens nøkler, kan dikte opp et vitne.",
        "en": "Name the keys of witnesses that you know with --witness: whoever has the log's keys can make a witness up.",
    },
    "bad-witness-key": {
        "nb": "Nøkkelen til et vitne er hverken en fil eller en linje på formen navn+id+base64.",
        "en": "The key of a witness is neither a file nor a line of the form name+id+base64.",
    },
    "silence": {
        "nb": "Merk: taushet fra {since} til {until} (linje {line}), mens kiskriv skulle gå.",
        "en": "Note: silence from {since} to {until} (line {line}) while kiskriv was to run.",
    },
    "broken-off": {
        "nb": "Merk: kiskriv startet uten å ha stoppet før linje {lines}.",
        "en": "Note: kiskriv started without having stopped before line {lines}.",
    },
    "latest": {"nb": "Siste linje er fra {time}.", "en": "The last line is from {time}."},
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
        "nb": "Vist uten kontroll. Kontroller med: python -m kiskriv.ledger verify LOGG --key NØKKEL",
        "en": "Shown unchecked. To check: python -m kiskriv.ledger verify LOG --key KEY",
    },
    "empty": {"nb": "Sletteloggen er tom.", "en": "The deletion log is empty."},
    "unreadable-line": {"nb": "{line}  (kan ikke leses)", "en": "{line}  (cannot be read)"},
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
    "started-entry": {
        "nb": "{time}  startet    kiskriv {kiskriv}, bruker {user}, arbeidsplass {workstation}",
        "en": "{time}  started    kiskriv {kiskriv}, user {user}, workstation {workstation}",
    },
    "configured-entry": {
        "nb": "{time}  innstilt   grense {limit} min, {precision}, levering: {delivery}; svekket: {weakened}",
        "en": "{time}  configured limit {limit} min, {precision}, delivery: {delivery}; weakened: {weakened}",
    },
    "heartbeat-entry": {"nb": "{time}  i gang", "en": "{time}  running"},
    "stopped-entry": {"nb": "{time}  stoppet", "en": "{time}  stopped"},
    "created-entry": {
        "nb": "{time}  opprettet  loggens nøkkel {log_key}",
        "en": "{time}  created    log key {log_key}",
    },
    "rotated-entry": {"nb": "{time}  nye nøkler {change}", "en": "{time}  new keys   {change}"},
    "witnessed-entry": {
        "nb": "{time}  bevitnet   {size} linjer, av {witness}",
        "en": "{time}  witnessed  {size} lines, by {witness}",
    },
    "pruned-entry": {
        "nb": "{time}  utløpt     linje 1 til {size}: {opened} økter åpnet, {ended} avsluttet, {swept} ryddet",
        "en": "{time}  pruned     lines 1 to {size}: {opened} sessions opened, {ended} ended, {swept} swept",
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
    "erased": {"nb": "{name} (inntil {octets} B)", "en": "{name} (up to {octets} B)"},
    "nothing": {"nb": "ingenting", "en": "nothing"},
}

_FAULTS: Final[dict[Fault, dict[Language, str]]] = {
    Fault.UNREADABLE_ENTRY: {
        "nb": "linjen er ikke slik kiskriv skriver den",
        "en": "the line is not one that kiskriv writes",
    },
    Fault.NO_KEYS: {
        "nb": "loggen begynner ikke med nøklene som navnet på den er laget av",
        "en": "the log does not begin with the keys that its name is made from",
    },
    Fault.BAD_ROTATION: {
        "nb": "nye nøkler som ikke er signert av de gamle og den nye",
        "en": "new keys that are not signed for by the old ones and the new one",
    },
    Fault.BAD_WITNESS: {
        "nb": "et vitnes signatur som ikke passer til linjene før den",
        "en": "the signature of a witness that does not fit the lines before it",
    },
    Fault.BAD_PRUNING: {
        "nb": "kontrollsummer i stedet for linjer, som ingenting gjør rede for",
        "en": "hashes in the place of entries, which nothing accounts for",
    },
    Fault.NOT_WITNESSED: {
        "nb": "et vitne som ble oppgitt, har ikke signert for noe i denne loggen",
        "en": "a witness that was named has signed for nothing in this log",
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
    Fault.OTHER_EPOCH: {
        "nb": "sjekkpunktet er ikke signert med nøkkelen for sin periode",
        "en": "the checkpoint is not signed with the key of its epoch",
    },
    Fault.BAD_EARLIER: {
        "nb": "det tidligere sjekkpunktet er ikke signert med denne loggens nøkkel",
        "en": "the earlier checkpoint is not signed with the key of this log",
    },
    Fault.EARLIER_OTHER_EPOCH: {
        "nb": "det er ikke signert med nøkkelen som loggen oppgir for den perioden: enten er det forfalsket, "
        "eller loggen er skrevet på nytt eller kuttet siden",
        "en": "it is not signed with the key that the log names for its epoch: either it is forged, "
        "or the log was written anew or cut off since",
    },
    Fault.BAD_RECEIPT: {
        "nb": "kvitteringen er ikke gyldig for denne loggens nøkkel",
        "en": "the receipt is not valid for the key of this log",
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

_NAMES: Final[dict[StrEnum, dict[Language, str]]] = {
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
    Change.DAILY: {"nb": "ny dag", "en": "a new day"},
    Change.REVOKED: {"nb": "de gamle er kalt tilbake", "en": "the old ones are revoked"},
    Delivery.CLIPBOARD: {"nb": "utklippstavle", "en": "clipboard"},
    Delivery.FOLDER: {"nb": "mappe", "en": "folder"},
    Precision.SECOND: {"nb": "tid på sekundet", "en": "times to the second"},
    Precision.MINUTE: {"nb": "tid på minuttet", "en": "times to the minute"},
    Precision.HOUR: {"nb": "tid på timen", "en": "times to the hour"},
    Weakness.DELIVERY: {"nb": "notater legges i en mappe", "en": "notes go to a folder"},
    Weakness.LIMIT: {"nb": "lengre tidsfrist", "en": "a longer time limit"},
    Weakness.PRECISION: {"nb": "mer nøyaktige tidspunkter", "en": "more exact times"},
    Weakness.SPOOL: {"nb": "kryptert kopi på disken", "en": "a sealed copy on the disk"},
}


def say(text: str, language: Language, /, **facts: str | int) -> str:
    """One of TEXTS with its facts filled in."""
    return TEXTS[text][language].format(**facts)


def problem(found: Problem, language: Language) -> str:
    """A fault in words, with its line where there is one."""
    words = _FAULTS[found.fault][language]
    if found.line is None:
        return words
    return f"{'linje' if language == 'nb' else 'line'} {found.line}: {words}"


def name(word: StrEnum, language: Language) -> str:
    """A word of the log, as people say it; itself, where it needs no other."""
    return _NAMES[word][language] if word in _NAMES else word


def entry(shown: Entry, language: Language) -> str:
    """An entry on one line."""
    return say(f"{shown.kind}-entry", language, **_facts(shown, language))


def _facts(shown: Entry, language: Language) -> dict[str, str | int]:
    """The fields of an entry as they are shown: as they are, but for words out of a list, lists, and what is too long."""
    facts: dict[str, str | int] = {}
    for field in shown.__match_args__:
        value = getattr(shown, field)
        if isinstance(value, StrEnum):
            facts[field] = name(value, language)
        elif isinstance(value, tuple):
            facts[field] = _listed(value, language)
        else:
            facts[field] = value
    match shown:
        case Opened():
            facts |= {"model": shown.model[:12], "spool": say("with-spool", language) if shown.spool else ""}
        case Ended():
            search = "search-clean" if shown.verified else "search-failed"
            places = _listed(shown.looked, language)
            facts |= {
                "level": _level(shown, language),
                "search": say(search, language, places=places, residue=shown.residue),
            }
    return facts


def _level(shown: Ended, language: Language) -> str:
    """The level, and the facts that did not hold."""
    missing = tuple(fact for fact in Fact if fact not in shown.facts)
    if not missing:
        return shown.level
    return say("level-missing", language, level=shown.level, facts=_listed(missing, language))


def _listed(values: Sequence[StrEnum | Artefact], language: Language) -> str:
    words = [
        say("erased", language, name=name(value.name, language), octets=value.octets)
        if isinstance(value, Artefact)
        else name(value, language)
        for value in values
    ]
    return ", ".join(words) or say("nothing", language)
