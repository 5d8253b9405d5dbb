"""What is handed out of a log: its newest checkpoint, and the receipt for a line. Pure reading: no lock, no repair, no private key.

So both can be had while a writer is at work. Nothing is handed out of a log that is not as it was signed. Its public key is read from its
own folder: whoever is handed a receipt has that from elsewhere.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path

from kiskriv.errors import LedgerCorrupt, LedgerError, NoSuchLine, ProofInvalid
from kiskriv.ledger import files
from kiskriv.ledger.audit import under
from kiskriv.ledger.checkpoint import VerifierKey, open_checkpoint
from kiskriv.ledger.copies import Folder, own_key, read_note
from kiskriv.ledger.disk import corrupt
from kiskriv.ledger.merkle import leaf_hash
from kiskriv.ledger.receipt import Receipt
from kiskriv.ledger.replay import HASHED, Entries


def newest_checkpoint(folder: Path) -> str:
    """The checkpoint of a log. Raises LedgerCorrupt where the log is not as it was signed, LedgerError where it cannot be read."""
    return _whole(folder)[0]


def receipt_of(folder: Path, number: int) -> str:
    """The proof, as text, that the line of this number, from 1, is in a log: the same that `Ledger.receipt` gives.

    Raises NoSuchLine, LedgerError where only the hash of it is left, and as `newest_checkpoint`.
    """
    note, entries, own = _whole(folder)
    line = b"".join(islice(Folder(folder).lines(), number - 1, number) if 0 < number <= entries.size else ())[:-1]
    if HASHED.fullmatch(line):
        raise LedgerError(problem="the line is pruned: only its hash is kept, and a receipt needs the line itself")
    if not line or leaf_hash(line) != entries.tree.leaf(number - 1):
        raise NoSuchLine(line=number, size=entries.size)
    note, size = known_elsewhere(folder, number, entries, own) or (note, entries.size)
    return str(Receipt(line, number - 1, entries.tree.inclusion(number - 1, size), note))


def known_elsewhere(folder: Path, number: int, entries: Entries, own: VerifierKey) -> tuple[str, int] | None:
    """The checkpoint that another machine signed for, and its size, where there is one that knows the line of this number."""
    with suppress(ProofInvalid, OSError):  # not ours, signed by a key that was revoked since, or not to be read
        known = open_checkpoint(note := read_note(folder / files.COSIGNED), own)
        if number <= known.size <= entries.size and known == entries.signed_for(known.size):
            return note, known.size
    return None


def _whole(folder: Path) -> tuple[str, Entries, VerifierKey]:
    """The checkpoint, the entries that it signs for, and the log's public key. Raises LedgerError."""
    try:
        own = own_key(folder)
        while True:
            note = read_note(folder / files.CHECKPOINT)
            read, problems = under(note, Folder(folder).lines(), own)
            if not problems:
                return note, read.entries, own
            if note == read_note(folder / files.CHECKPOINT):  # no writer pruned meanwhile
                raise corrupt(problems[0])
    except FileNotFoundError as error:
        raise LedgerError(problem=f"the file {Path(str(error.filename)).name} is missing") from error
    except OSError as error:
        raise LedgerError(problem=error.strerror or type(error).__name__) from error
    except (ProofInvalid, ValueError):
        raise LedgerCorrupt(problem="the file public-key does not hold a key") from None
