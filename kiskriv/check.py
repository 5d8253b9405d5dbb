"""What this machine can and cannot promise: each part is tried, not assumed, and none is left out because another failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeAlias

from kiskriv.config import Config
from kiskriv.errors import KiskrivError, LedgerBusy, LedgerError, fault_code
from kiskriv.host.cosigning import alarmed, witness_key
from kiskriv.host.run import configured, identities, open_ledger
from kiskriv.ledger import Ended, Folder, Precision, Swept, audit, decode, files, peek, timestamp, wording
from kiskriv.ledger.answers import read_key
from kiskriv.locale import explain, language, number
from kiskriv.locale import text as _
from kiskriv.machine import (
    Promise,
    disk_encryption,
    free_memory,
    kept,
    level,
    missing,
    promises_of_a_room,
)
from kiskriv.tui.words import AHEAD
from kiskriv.weights import DIARIZATION, WRITER, verify

PATIENCE = timedelta(hours=24)
"""How long an erasure may wait for a witness."""

Found: TypeAlias = tuple[bool | None, str]
"""What a `Promise` says under its name."""

_MARK = {True: "+", False: "-", None: "?"}


def look(config: Config) -> list[Promise]:
    """All findings; `kept` is False where something must be mended and None where it cannot be known from here."""
    return [
        _tried("model", lambda: _model(config)),
        _tried("voices", lambda: _voices(config)),
        _tried("notes", lambda: _notes(config)),
        _tried("language-model", lambda: _writer(config)),
        _tried("deletion-log", lambda: _ledger(config)),
        _tried("user-and-workstation", lambda: (True, " · ".join(identities(config)))),
        _tried("settings", lambda: _settings(config)),
        _tried("witness", lambda: _witness(config)),
        *([_tried("checkpoints", lambda: _checkpoints(config))] if config.ledger.checkpoints else []),
        _tried("microphone", _microphones),
        *_surroundings(),
    ]


def glance(config: Config) -> list[Promise]:
    """Those of `look` that are found at once, for the screen that a consultation starts from: nothing large is read, nobody is asked."""
    ahead = [Promise("witness", False, _(AHEAD))] if alarmed(config.ledger.folder) else []
    return [*ahead, *_surroundings()]


def speed(config: Config) -> Promise:
    """Whether recognition keeps up here, and which size would: some ten seconds of work, so only where it was asked for."""
    return _tried("speed", lambda: _speed(config))


def as_text(findings: list[Promise]) -> str:
    """One line a finding: `+` holds, `-` does not, `?` cannot be known from here."""
    return "\n".join(_lines(findings))


def _lines(findings: list[Promise]) -> Iterator[str]:
    for finding in findings:
        yield f"{_MARK[finding.kept]} {_(finding.name):<28} {finding.detail}"
    yield ""
    yield _("+ holds   - does not hold   ? cannot be known from here")


def _tried(name: str, attempt: Callable[[], Found]) -> Promise:
    try:
        return Promise(name, *attempt())
    except KiskrivError as error:
        message, hint = explain(error)
        return Promise(name, False, f"{message} → {hint}")
    except Exception as error:
        return Promise(name, False, fault_code(error))


def _model(config: Config) -> Found:
    model = verify(config.model.folder)
    return True, f"{model.name}, SHA-256 {model.digest[:16]}…"


def _voices(config: Config) -> Found:
    """What tells voices apart where there is one microphone, loaded as an engine does."""
    from kiskriv.assembly import parts

    folder = config.diarization.folder
    said = _(
        "one microphone: by timbre; pyannote.audio does it where the settings name its folder (extra `diarization`)"
    )
    if folder is not None:
        model = verify(folder, DIARIZATION)
        said = f"{model.name}, SHA-256 {model.digest[:16]}…"
    parts.diarization(config)
    return True, said


def _notes(config: Config) -> Found:
    """The templates that can be asked for, the clinic's own files read as a room reads them."""
    from kiskriv.assembly import parts

    drafter = parts.drafter(config)
    own = _("the clinic's own files are read") if config.note.folder else _("as kiskriv brings them")
    names = ", ".join(dict.fromkeys(form.template for form in drafter.forms))
    return True, f"{names} · {own} · SHA-256 {drafter.digest[:16]}…"


def _writer(config: Config) -> Found:
    """A folder is loaded as an engine does; a server is not asked: that would be the first word that leaves."""
    from kiskriv.assembly import writing

    if (where := writing.server(config)) is not None:
        writing.for_room(config)
        return None, _("{server} writes drafts anew: what it keeps of them is its own affair").format(server=where)
    if config.writer.folder is None:
        return True, _("none: drafts are written by rules")
    writing.author(config)
    model = verify(config.writer.folder, WRITER)
    return True, f"{model.name}, SHA-256 {model.digest[:16]}…"


def _speed(config: Config) -> Found:
    """The model of the settings by its own weights, the others by random ones."""
    from kiskriv.speech.calibration import ROOM, WINDOW, Kind, Trial, calibrate, kinds, proposed

    trial = Trial(beam_size=config.model.beam_size, threads=config.model.threads)
    own = trial.folder(config.model.folder, Kind(config.model.device, config.model.compute_type))
    best = proposed(calibrate(trial.shape, kinds()), free_memory())
    said = _("your model takes {seconds} s for {window} s of speech").format(
        seconds=number(own, 1), window=number(WINDOW)
    )
    if best is None:
        said += " · " + _("no size of Whisper keeps up here")
    else:
        said += " · " + _("{size} with {compute_type} would take {seconds} s and {memory} GB").format(
            size=best.size,
            compute_type=best.kind.compute_type,
            seconds=number(best.seconds, 1),
            memory=number(best.octets / 1e9, 1),
        )
    return False if own > WINDOW else None if own > ROOM * WINDOW else True, said


def _ledger(config: Config) -> Found:
    try:
        with open_ledger(config) as ledger:
            return True, f"{ledger.size} · {ledger.public_key}"
    except LedgerBusy:
        standing = peek(config.ledger.folder)  # a host holds it
        if standing is None:
            raise
        return True, f"{standing.size} · {standing.public_key}"


def _settings(config: Config) -> Found:
    """What the clinic chose to be weaker than it was shipped is no fault: it is said."""
    weakened = [
        wording.name(weakness, "en" if language() == "en" else "nb") for weakness in configured(config).weakened
    ]
    if not weakened:
        return True, _("none is weaker than as shipped")
    return None, _("weaker than as shipped: {settings}").format(settings=", ".join(weakened))


def _witness(config: Config) -> Found:
    settings = config.ledger
    if not settings.witness:
        return None, _(
            "none in the settings: whoever has the keys of this machine can write the log anew, back to the last checkpoint kept elsewhere"
        )
    key, own = witness_key(settings.witness_key), read_key(str(settings.folder / files.PUBLIC_KEY))
    if own is None:
        raise LedgerError(problem="there is none in this folder")
    if alarmed(settings.folder):
        return False, _(AHEAD)
    log = Folder(settings.folder)
    findings = audit(log, str(own), witnesses=[str(key)])
    held = max((seen.size for seen in findings.witnessed), default=0)
    alone = list(islice(log.lines(), held, findings.entries))
    late = timestamp(datetime.now(UTC) - PATIENCE, Precision(settings.precision))
    if any(_is_erasure(line, late) for line in alone):
        return False, _(
            "has not signed for erasures older than a day: {count} lines that nobody else holds → run `kiskriv ledger cosign`"
        ).format(count=len(alone))
    return True, _("has signed for every erasure older than a day; {count} lines that nobody else holds yet").format(
        count=len(alone)
    )


def _checkpoints(config: Config) -> Found:
    """Whether the folder elsewhere has the newest that it should have."""
    folder = config.ledger.checkpoints
    assert folder is not None
    if not folder.is_dir():
        return False, _("the folder cannot be found: {folder}").format(folder=folder)
    sizes = [int(path.name.split("-")[1]) for path in folder.glob("checkpoint-[0-9]*-*.txt")]
    lines = list(Folder(config.ledger.folder).lines())
    ends = [size for size, line in enumerate(lines, start=1) if _is_erasure(line, "9")]
    missing = sum(size > max(sizes, default=0) for size in ends)
    return missing == 0, _("{count} erasures since the newest one there").format(count=missing)


def _is_erasure(line: bytes, before: str) -> bool:
    """Whether a line of the log is, or was before it was pruned, of the end of a session before this time."""
    try:
        entry = decode(line.removesuffix(b"\n"))
    except ValueError:
        return True
    return isinstance(entry, Ended | Swept) and entry.time < before


def _surroundings() -> list[Promise]:
    """What the machine holds, whatever the settings say."""
    room = promises_of_a_room()
    return [_tried("disk-encryption", disk_encryption), _tried("clipboard-history", _history), *room, _level(room)]


def _history() -> Found:
    """Whether this desktop remembers what is copied, and cannot be told not to."""
    from kiskriv.deliver import history

    keeps = history()
    said = {True: _("keeps what is copied"), False: _("keeps nothing that a note leaves"), None: ""}[keeps]
    return None if keeps is None else not keeps, said


def _level(room: list[Promise]) -> Promise:
    """What the facts of a room add up to: A, B or C, as the receipt will say it."""
    facts = kept(room)
    reached = level(facts)
    lacking = ", ".join(_(fact) for fact in missing(facts))
    return Promise("level", None if lacking else True, f"{reached} {f'({lacking})' if lacking else ''}".strip())


def _microphones() -> Found:
    from kiskriv.capture import microphones

    return True, ", ".join(microphones())
