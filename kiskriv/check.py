"""What this machine can and cannot promise: each part is tried, not assumed, and none is left out because another failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kiskriv.config import Config
from kiskriv.errors import KiskrivError, LedgerBusy, fault_code
from kiskriv.ledger import Ledger, peek
from kiskriv.locale import explain
from kiskriv.locale import text as _
from kiskriv.machine import Promise, kept, level, missing, promises_of_a_room
from kiskriv.weights import verify

_MARK = {True: "+", False: "-", None: "?"}


def look(config: Config) -> list[Promise]:
    """All findings; `kept` is False where something must be mended and None where it cannot be known from here."""
    room = promises_of_a_room()
    return [
        _tried("model", lambda: _model(config)),
        _tried("deletion-log", lambda: _ledger(config)),
        _tried("microphone", _microphones),
        *room,
        _level(room),
    ]


def as_text(findings: list[Promise]) -> str:
    """One line a finding: `+` holds, `-` does not, `?` cannot be known from here."""
    return "\n".join(_lines(findings))


def _lines(findings: list[Promise]) -> Iterator[str]:
    for finding in findings:
        yield f"{_MARK[finding.kept]} {_(finding.name):<28} {finding.detail}"
    yield ""
    yield _("+ holds   - does not hold   ? cannot be known from here")


def _tried(name: str, attempt: Callable[[], str]) -> Promise:
    try:
        return Promise(name, True, attempt())
    except KiskrivError as error:
        message, hint = explain(error)
        return Promise(name, False, f"{message} → {hint}")
    except Exception as error:
        return Promise(name, False, fault_code(error))


def _model(config: Config) -> str:
    model = verify(config.model.folder)
    return f"{model.name}, SHA-256 {model.digest[:16]}…"


def _ledger(config: Config) -> str:
    try:
        with Ledger.open(config.ledger.folder) as ledger:
            return f"{ledger.size} · {ledger.public_key}"
    except LedgerBusy:
        standing = peek(config.ledger.folder)  # a host holds it
        if standing is None:
            raise
        return f"{standing.size} · {standing.public_key}"


def _level(room: list[Promise]) -> Promise:
    """What the facts of a room add up to: A, B or C, as the receipt will say it."""
    facts = kept(room)
    reached = level(facts)
    lacking = ", ".join(_(fact) for fact in missing(facts))
    return Promise("level", None if lacking else True, f"{reached} {f'({lacking})' if lacking else ''}".strip())


def _microphones() -> str:
    from kiskriv.capture import microphones

    return ", ".join(microphones())
