"""The auditor's report (R34): a log verified first, then reconciled for a period, then told. Reads files, writes none, prints nothing.

    audit ──> reconcile ──> text        for the practice's internal control file, to be signed
                       ├──> html        the same with figures, one file, for screen and paper
                       ├──> csv         a row for each session
                       └──> json        everything, for systems

Status as in `answers`: 0 valid, 1 not valid, which the report also says at its top, 2 could not be read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import wording
from kiskriv.ledger.answers import INVALID, UNREADABLE, VALID, Answer, _read_key, _unusable, read_text
from kiskriv.ledger.audit import audit
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.copies import Copy, copy_at
from kiskriv.ledger.reconciliation import Kept, Period, Reconciliation, reconcile
from kiskriv.ledger.report_page import as_page
from kiskriv.ledger.report_sections import as_text
from kiskriv.ledger.report_tables import as_csv, as_json
from kiskriv.ledger.report_wording import say
from kiskriv.ledger.wording import Language

Form: TypeAlias = Literal["text", "html", "csv", "json"]

FORMS: Final[dict[Form, Callable[[Reconciliation, Language], str]]] = {
    "text": as_text,
    "html": as_page,
    "csv": lambda made, language: as_csv(made),
    "json": lambda made, language: as_json(made),
}

ALWAYS: Final = Period()


def report(  # noqa: PLR0913  (the flags of the command, one each)
    path: Path,
    key: str,
    *,
    period: Period = ALWAYS,
    since: Sequence[Path] = (),
    language: Language = "nb",
    form: Form = "text",
) -> Answer:
    """What a log (its folder or an export of it) says of a period, for this key: a file, or the line itself.

    `since`: checkpoints kept earlier, which the log must continue.
    """
    vkey = _read_key(key)
    if vkey is None:
        return Answer(wording.say("bad-key", language), UNREADABLE)
    if period.start > period.end:
        return Answer(say("bad-period", language, first=period.start, last=period.end), UNREADABLE)
    try:
        copy = copy_at(path)
        if copy is None:
            return Answer(wording.say("no-log", language, what=str(path)), UNREADABLE)
        made = reconciled(copy, str(vkey), period, [(kept.name, read_text(kept)) for kept in since])
    except OSError as error:
        return _unusable(error, language)
    return Answer(FORMS[form](made, language), VALID if made.findings.valid else INVALID)


def reconciled(copy: Copy, vkey: str, period: Period = ALWAYS, since: Sequence[tuple[str, str]] = ()) -> Reconciliation:
    """A copy audited and counted; `since`: name and text of each checkpoint kept earlier. Raises ProofInvalid, OSError."""
    while True:
        note = copy.checkpoint()
        findings = audit(copy, vkey, [text for _, text in since])
        kept = [Kept(name, _size(text), fault) for (name, text), fault in zip(since, findings.earlier, strict=True)]
        made = reconcile(copy.lines(), findings, vkey, period, kept)
        if note == copy.checkpoint():  # no writer came between the audit and the counting
            return made


def _size(note: str) -> int:
    try:
        return claimed(note).size
    except ProofInvalid:
        return 0
