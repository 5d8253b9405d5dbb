"""A checkpoint taken out of the machine: on paper, as a QR code, as a mail to send by hand, into a folder.

Whoever holds an earlier checkpoint can tell a log that was rewritten from one that grew. Each way carries the signed note
verbatim, so that what is typed or scanned back in is what `kiskriv ledger verify LOG --key KEY --since FILE` takes.
Nothing is sent from here.
"""

from __future__ import annotations

from contextlib import suppress
from io import StringIO
from itertools import count
from pathlib import Path

import segno

from kiskriv.errors import NotTakenOut
from kiskriv.ledger import files
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.copies import read_note
from kiskriv.ledger.report.document import element, page, wrapped
from kiskriv.locale import language
from kiskriv.locale import text as _

_WHITE_ON_BLACK, _RESET = "\033[97;40m", "\033[0m"


def on_paper(note: str) -> str:
    """Plain text to print: the note, what it is, a line for the date. Raises ProofInvalid when it is no checkpoint."""
    return "\n".join((_title(note), "", note.rstrip("\n"), "", wrapped(_meaning(note)), "", _date_line()))


def qr_for_terminal(note: str) -> str:
    """A QR code whose text is the note, as lines of half blocks in ANSI colours: 77 columns for a note without cosignatures.

    Raises ProofInvalid when it is no checkpoint, NotTakenOut when a QR code cannot hold it.
    """
    drawn = StringIO()
    _qr(note, "l").terminal(drawn, compact=True)
    return "\n".join(f"{_WHITE_ON_BLACK}{line}{_RESET}" for line in drawn.getvalue().splitlines())


def qr_page(note: str) -> str:
    """An HTML page to print, with the QR code and all that `on_paper` says. Raises as `qr_for_terminal`."""
    drawn = _qr(note, "m").svg_inline(border=4, dark="#000", light="#fff", omitsize=True, title=_("QR code"))
    words = (element("p", _meaning(note)), f'<div class="code">{drawn}</div>', element("pre", note))
    style = ".code { max-width: 12cm }\npre { white-space: pre-wrap; overflow-wrap: anywhere }\n"
    return page(_title(note), language(), "\n".join((*words, element("p", _date_line()))), style)


def as_mail(note: str) -> str:
    """Subject and text of a mail, to be sent by hand to somebody outside. Raises ProofInvalid when it is no checkpoint."""
    subject = _("Subject: {title}").format(title=_title(note))
    return "\n".join((subject, "", wrapped(_meaning(note)), "", note.rstrip("\n")))


def to_folder(note: str, folder: Path) -> Path:
    """A new file for this checkpoint, named by size and root, whole and on the disk when this returns.

    Overwrites nothing: one that is there already, octet for octet, is the answer; another one of that name stays beside it.
    Raises ProofInvalid when it is no checkpoint, NotTakenOut when the folder is missing, full or not to be written to.
    """
    checkpoint = claimed(note)
    name = f"checkpoint-{checkpoint.size:08d}-{checkpoint.root.hex()[:16]}"
    part = folder / f"{name}.part"
    try:
        for number in count(1):
            path = folder / (f"{name}.txt" if number == 1 else f"{name}-{number}.txt")
            if not path.exists():
                break
            if read_note(path) == note:
                return path
        part.unlink(missing_ok=True)
        files.write_new(part, note.encode(), mode=0o644)
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise NotTakenOut(problem=error.strerror or type(error).__name__) from error
    with suppress(OSError):  # a share on another machine may not know how
        files.sync_folder(folder)
    return path


def _qr(note: str, error: str) -> segno.QRCode:
    claimed(note)
    try:
        # with an ECI, which says that the octets are UTF-8: of the dash in a signature line a reader would guess otherwise
        return segno.make_qr(note, error=error, boost_error=False, encoding="utf-8", eci=True)
    except segno.DataOverflowError:
        raise NotTakenOut(problem="a QR code has no room for so many signatures") from None


def _title(note: str) -> str:
    return _("Checkpoint of the deletion log, {size} lines").format(size=claimed(note).size)


def _meaning(note: str) -> str:
    return _(
        "It signs for the first {size} lines of the deletion log of kiskriv. Keep it outside this machine: whoever has it can tell "
        "whether those lines were changed or removed afterwards. It holds no personal data."
    ).format(size=claimed(note).size)


def _date_line() -> str:
    return _("Taken out on: ____________________   By: ______________________________")
