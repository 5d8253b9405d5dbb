"""The one form of every file that a clinic may write: lines, with `[sections]`, `#` for a remark, `name: value`.

    # a remark
    [symptom]
    feber: febril, høy temperatur
    hodepine | hovudverk: vondt i hodet

A line is read as it stands; what it means is its reader's. Each keeps its number, so that what is wrong with it can be told.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiskriv.errors import ClinicFileInvalid

LARGEST: Final = 1 << 20
"""Bytes of one file."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line with something on it: the section it stands in, what stands before the first colon, and after it (None: no colon)."""

    file: str
    number: int
    section: str
    name: str
    value: str | None

    def invalid(self, problem: str) -> ClinicFileInvalid:
        """The error for this line; `problem` in English, one of our own phrases."""
        return ClinicFileInvalid(file=self.file, line=self.number, problem=problem)


def lines(file: Path) -> Iterator[Line]:
    """What stands in the file, in order. Raises ClinicFileInvalid: no file with text in it, or more than `LARGEST`."""
    try:
        what = file.stat()
        if not stat.S_ISREG(what.st_mode):  # a pipe would be waited for, and a device never ends
            raise ClinicFileInvalid(file=file.name, line=0, problem="it is no ordinary file")
        if what.st_size > LARGEST:
            raise ClinicFileInvalid(file=file.name, line=0, problem="the file is larger than 1 MiB")
        content = file.read_text(encoding="utf-8-sig")
    except OSError:
        raise ClinicFileInvalid(file=file.name, line=0, problem="the file cannot be read") from None
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        raise ClinicFileInvalid(file=file.name, line=number, problem="the text is not UTF-8") from None
    yield from read(content, file.name)


def read(content: str, file: str) -> Iterator[Line]:
    """What stands in this text.

    Raises ClinicFileInvalid: a section that is not closed, a line that begins with a colon, a sign that nobody sees.
    """
    section = ""
    for number, raw in enumerate(content.split("\n"), 1):
        if not raw.strip().replace("\t", " ").isprintable():
            raise ClinicFileInvalid(file=file, line=number, problem="it holds a sign that cannot be seen")
        text = raw.split(" #")[0].strip()
        if not text or text.startswith("#"):
            continue
        if text.startswith("["):
            if not text.endswith("]") or not text[1:-1].strip():
                raise ClinicFileInvalid(file=file, line=number, problem="a section is written [name]")
            section = text[1:-1].strip()
            continue
        name, colon, value = text.partition(":")
        line = Line(file, number, section, name.strip(), value.strip() if colon else None)
        if not line.name:
            raise line.invalid("nothing stands before the colon")
        yield line
