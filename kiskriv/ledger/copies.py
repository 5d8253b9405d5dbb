"""A copy of a log, as an auditor gets it: the folder itself, or an export, which is one file.

kiskriv deletion log v1
{"epoch_key":"9d…","kind":"created",…}        the entries, a line each
{"commitment":"62…","kind":"opened",…}
                                              an empty line
kiskriv.internal/3f0c…                        the checkpoint, verbatim
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import Protocol

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import files
from kiskriv.ledger.checkpoint import MAX_NOTE, VerifierKey, claimed

HEADER = b"kiskriv deletion log v1\n"
"""The first line of an export."""

_CONVERSIONS = ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be")
"""What editors, mails and shells make of a file; all but an export itself."""


class Copy(Protocol):
    """What an audit reads. Each call starts from the beginning and raises OSError; nothing is verified here."""

    def checkpoint(self) -> str:
        """The signed checkpoint; empty where there is none."""

    def lines(self) -> Iterator[bytes]:
        """The entries' lines with their newlines."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A log's own folder, which a writer may be at work in."""

    path: Path

    def checkpoint(self) -> str:
        """From the file of that name."""
        return read_note(self.path / files.CHECKPOINT)

    def lines(self) -> Iterator[bytes]:
        """From the file of entries."""
        return files.read_lines(self.path / files.ENTRIES)


@dataclass(frozen=True, slots=True)
class Export:
    """One file."""

    path: Path

    def checkpoint(self) -> str:
        """What follows the empty line."""
        with self.path.open("rb") as file:
            for line in files.lines_of(file):
                if line == b"\n":
                    return _text(file.read(MAX_NOTE + 1))
        return ""

    def lines(self) -> Iterator[bytes]:
        """What stands between the header and the empty line."""
        return takewhile(lambda line: line != b"\n", islice(files.read_lines(self.path), 1, None))


def own_key(folder: Path) -> VerifierKey:
    """The public key in a log's own folder: an auditor has it from elsewhere. Raises OSError, ProofInvalid, ValueError."""
    return VerifierKey.parse(files.read_text(folder / files.PUBLIC_KEY, MAX_NOTE).removesuffix("\n"))


def copy_at(path: Path) -> Copy | None:
    """The copy in a folder, or in a file that starts as an export does; None for any other file. Raises OSError."""
    if path.is_dir():
        return Folder(path)
    with path.open("rb") as file:
        return Export(path) if file.read(len(HEADER)) == HEADER else None


def converted(path: Path) -> bool:
    """Whether a file is an export in another encoding or with other line ends than it was written in. Raises OSError."""
    if path.is_dir():
        return False
    with path.open("rb") as file:
        head = file.read(4 * len(HEADER))
    texts = (head.decode(encoding, errors="replace") for encoding in _CONVERSIONS)
    return any(text.replace("\r\n", "\n").startswith(HEADER.decode()) for text in texts) and not head.startswith(HEADER)


def export(folder: Path) -> Iterator[bytes]:
    """The octets of an export of a log's folder, as it stands at this moment. Raises OSError, ProofInvalid."""
    log = Folder(folder)
    note = log.checkpoint()  # before the entries: a writer may add some meanwhile, and never changes those before
    if not note:
        raise ProofInvalid(problem="there is no checkpoint")
    return chain((HEADER,), islice(log.lines(), claimed(note).size), (b"\n", note.encode()))


def read_note(path: Path) -> str:
    """A note in a file; empty where there is none, or what is there is no text. Raises OSError."""
    try:
        return files.read_text(path, MAX_NOTE)
    except (FileNotFoundError, ValueError):
        return ""  # no note at all: not signed by anybody


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except ValueError:
        return ""
