"""The export as it is handed over: octets, on the standard output or in a new file. What went wrong is told on the standard error."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import files
from kiskriv.ledger.answers import UNREADABLE, VALID, unusable
from kiskriv.ledger.copies import export
from kiskriv.ledger.wording import Language, say


def write_export(folder: Path, into: Path | None = None, language: Language = "nb") -> int:
    """Write a log as one file, to be handed to an auditor; the exit status, as in `answers`.

    `into`: a file that is not there yet, for its owner alone; a part of one is never left. Otherwise the standard output, octet for octet,
    whatever its encoding and line ends. Raises BrokenPipeError where its reader left.
    """
    try:
        octets = b"".join(export(folder))
    except OSError as error:
        return _told(unusable(error, language).text)
    except ProofInvalid:
        return _told(say("no-log", language, what=str(folder)))
    if into is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(octets)
        sys.stdout.buffer.flush()
        return VALID
    try:
        files.write_new(into, octets)
    except FileExistsError:
        return _told(say("there-already", language, what=str(into)))
    except OSError as error:
        with suppress(OSError):
            into.unlink()
        return _told(say("unwritten", language, what=str(into), problem=error.strerror or type(error).__name__))
    return VALID


def _told(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return UNREADABLE
