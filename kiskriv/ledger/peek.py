"""A look at a log while another process holds it: pure reading, no lock, no repair, no private key.

For a second process at the same desk, which trusts the folder: the public key that it reads is the folder's own. An
auditor takes the key from elsewhere and calls `audit`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiskriv.errors import LedgerCorrupt, LedgerError, ProofInvalid
from kiskriv.ledger import files, wording
from kiskriv.ledger.audit import Findings, audit
from kiskriv.ledger.copies import Folder, own_key
from kiskriv.ledger.faults import Fault, Problem


@dataclass(frozen=True, slots=True)
class Standing:
    """What the acknowledged entries of a log add up to; the same words as in `Ledger`."""

    size: int  # entries
    public_key: str
    unaccounted: tuple[str, ...]  # sessions opened and neither ended nor swept, oldest first
    unverified: tuple[str, ...]  # sessions whose erasure was not verified and not made good since, oldest first


def peek(folder: Path) -> Standing | None:
    """Where the log in a folder stands, or None where none was made yet.

    An entry that is being written, or that a crash left unsigned, does not count: it is not acknowledged. Raises
    LedgerCorrupt when the acknowledged ones are not as they were signed, LedgerError when they cannot be read.
    """
    try:
        if not (folder / files.PUBLIC_KEY).exists() and _is_empty(folder / files.ENTRIES):
            return None
        vkey = str(own_key(folder))
        findings = audit(Folder(folder), vkey)
    except FileNotFoundError as error:
        raise LedgerCorrupt(problem=f"the file {Path(str(error.filename)).name} is missing") from error
    except OSError as error:
        raise LedgerError(problem=error.strerror or type(error).__name__) from error
    except (ProofInvalid, ValueError):
        raise LedgerCorrupt(problem="the file public-key does not hold a key") from None
    _refuse_damage(findings)
    return Standing(findings.entries, vkey, findings.open_sessions, findings.unverified)


def _is_empty(path: Path) -> bool:
    return not path.exists() or path.stat().st_size == 0


def _refuse_damage(findings: Findings) -> None:
    unsigned = Problem(Fault.UNSIGNED_TAIL, findings.entries + 1)  # one line, whole or torn: the writer's business
    for problem in findings.problems:
        if problem != unsigned:
            raise LedgerCorrupt(problem=wording.problem(problem, "en"), fault=problem.fault.value)
