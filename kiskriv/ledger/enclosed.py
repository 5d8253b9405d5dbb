"""A checkpoint or a receipt inside what it was printed, mailed or saved in: words around it, a page, another encoding. No I/O.

    Subject: …                              words around it: left out
    <pre>kiskriv.internal/3f0c…             a page: what its <pre> shows
    UTF-16, CRLF, blanks at line ends       the way of a file through mails, editors and shells: undone

Only the way is forgiven: what is found here is read as strictly as ever, and the signatures decide.
"""

from __future__ import annotations

import codecs
import re
from html import unescape

from kiskriv.ledger.receipt import HEADER

# origin, size, root, an empty line, and signature lines (tlog-checkpoint, "Note text"; signed-note, "Format")
_CHECKPOINT = re.compile("^.+\n[0-9]+\n.+\n\n(?:\u2014 .+\n)+", re.MULTILINE)
_SIGNATURE = "\n\u2014 "
_LINE_END = re.compile("\r\n?|\n")


def plain(octets: bytes) -> str:
    """The lines that a file shows, without blanks around them, each with its newline; of a page what its `<pre>` shows."""
    text = _decoded(octets)
    shown = [part.partition(">")[2].partition("</pre>")[0] for part in text.split("<pre")[1:]]
    lines = _LINE_END.split(unescape("\n\n".join(shown)) if shown else text)
    return "\n".join(line.strip(" \t") for line in lines).strip("\n") + "\n"


def checkpoint_in(text: str, origin: str) -> str:
    """The one checkpoint of this log in plain lines, or else the one of any log; empty where there is none, or more than one."""
    found = set(_CHECKPOINT.findall(text))
    notes = {note for note in found if note.startswith(f"{origin}\n")} or found
    return notes.pop() if len(notes) == 1 else ""


def receipt_in(text: str) -> str:
    """The receipt in plain lines, from its first line to the last signature; empty where there is none."""
    _, header, rest = f"\n{text}".partition(f"\n{HEADER}\n")
    proof, dash, signature = rest.rpartition(_SIGNATURE)
    return "".join((header[1:], proof, dash, signature.partition("\n")[0], "\n")) if header and dash else ""


def _decoded(octets: bytes) -> str:
    if octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return octets.decode("utf-16", errors="replace")
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError:  # what Windows has beside it; only the dash of a signature line is not ASCII
        return octets.decode("cp1252", errors="replace")
