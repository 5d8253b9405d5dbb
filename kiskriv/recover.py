"""What keeps the next consultation from starting, and the end of it: for when something went wrong (R22)."""

from __future__ import annotations

from collections.abc import Iterator

from kiskriv.locale import text as _
from kiskriv.wire.messages import Found


def as_text(found: Found) -> str:
    """A line for each thing that is not accounted for, and what can be done about it."""
    return "\n".join(_lines(found))


def nothing_left(found: Found) -> bool:
    """The next consultation may start."""
    return not (found.unfinished or found.unverified or found.spools)


def _lines(found: Found) -> Iterator[str]:
    if nothing_left(found):
        yield _("Everything is accounted for: the next consultation can start.")
        return
    for one in found.unfinished:
        if not one.alive:
            said = _("{session}  does not answer: its process hangs")
        elif one.tethered:
            said = _("{session}  is under way in a script, and ends with it")
        else:
            said = _("{session}  is under way: run `kiskriv` to go on with it")
        yield said.format(session=one.session)
    for session in found.unverified:
        yield _(
            "{session}  its erasure was not confirmed, or not written down: write a deviation report (avvik)"
        ).format(session=session)
    for session in found.spools:
        yield _("{session}  its sealed copy lies on the disk still").format(session=session)
    yield ""
    yield _("`kiskriv recover --finish` ends every process that is left, erases what they knew, and writes it down.")
