"""The one form of every file that a clinic may write: lines, with `[sections]`, `#` for a remark, `name: value`.

    # a remark
    [symptom]
    feber: febril, høy temperatur
    hodepine | hovudverk: vondt i hodet

A line is read as it stands; what it means is its reader's. Each keeps its number, so that what is wrong with it can be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiskriv.errors import ClinicFileInvalid


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
    """What stands in the file, in order. Raises ClinicFileInvalid where it cannot be read as text."""
    try:
        content = file.read_text(encoding="utf-8-sig")
    except OSError:
        raise ClinicFileInvalid(file=file.name, line=0, problem="the file cannot be read") from None
    except UnicodeDecodeError as error:
        number = error.object[: error.start].count(b"\n") + 1
        raise ClinicFileInvalid(file=file.name, line=number, problem="the text is not UTF-8") from None
    yield from read(content, file.name)


def read(content: str, file: str) -> Iterator[Line]:
    """What stands in this text. Raises ClinicFileInvalid for a section that is not closed, or a line that begins with a colon."""
    section = ""
    for number, raw in enumerate(content.splitlines(), 1):
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
