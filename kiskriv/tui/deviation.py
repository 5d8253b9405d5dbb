"""The text for the deviation report (avvik) where an erasure is not confirmed (R22): what happened, what was done, what to do. Pure.

Nothing in it is about a patient: it can be copied, printed and sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from kiskriv import __version__
from kiskriv.ledger.entry import Ended, decode
from kiskriv.ledger.receipt import parse
from kiskriv.locale import moment, plural, text
from kiskriv.machine import Level
from kiskriv.tui import words


@dataclass(frozen=True)
class Failure:
    """Erasures that are not confirmed, as far as is known here.

    `noticed`: when, with a time zone; `count`: of how many consultations; `session`: its name in the deletion log, empty where that is not
    known; `residue`: places where something was found or may be; `ended`: what stands in the log about it, on `line`, from 1.
    """

    noticed: datetime
    count: int = 1
    session: str = ""
    residue: int | None = None
    level: Level | None = None
    ended: Ended | None = None
    line: int | None = None


def failure(  # noqa: PLR0913  (what may be known, one each)
    noticed: datetime,
    *,
    count: int = 1,
    session: str = "",
    residue: int | None = None,
    level: Level | None = None,
    receipt: str | None = None,
) -> Failure:
    """What is known by the receipt, where there is one, stands above what is known otherwise. Raises ProofInvalid."""
    if receipt is None:
        return Failure(noticed, count, session, residue, level)
    read = parse(receipt)
    entry = decode(read.entry)
    assert isinstance(entry, Ended)
    return Failure(noticed, count, entry.session, entry.residue, Level(entry.level), entry, read.index + 1)


def report(of: Failure) -> str:
    """The whole text, in the language of the screen."""
    return "\n".join(_lines(of))


def _lines(of: Failure) -> Iterator[str]:
    yield text("DEVIATION: an erasure is not confirmed (kiskriv {version})").format(version=__version__)
    yield text("Noticed: {time}").format(time=moment(of.noticed.isoformat()))
    yield plural(
        "What: sound, text and draft of {count} consultation should have been erased. It could not be confirmed that they are.",
        "What: sound, text and draft of {count} consultations should have been erased. It could not be confirmed that they are.",
        of.count,
    ).format(count=of.count)
    if of.session:
        yield text("Consultation (as the deletion log names it): {session}").format(session=of.session)
    if of.line is not None and of.ended is not None:
        where = text("Deletion log: line {line}, {time}")
        yield where.format(line=of.line, time=moment(of.ended.time))
    if of.residue is not None:
        yield text("Places where something was found or may be: {count}").format(count=of.residue)
    if of.ended is not None:
        yield from _done(of.ended)
    if of.level is not None:
        yield text("Promised: {level}").format(level=text(words.LEVELS[of.level]))
    yield text("Who could read it: only somebody with this machine in hand, or with rights over it.")
    yield ""
    yield text("Recommended:")
    yield text("1. Hold no further consultation with kiskriv on this machine.")
    yield text("2. Run `kiskriv recover` (IT), and write down what it says.")
    yield text("3. Switch the machine off, wait a minute, and start it again: that empties its memory.")
    yield text(
        "4. Tell the one who answers for data protection, who decides within 72 hours whether Datatilsynet is to be told "
        "(GDPR article 33)."
    )
    yield text("There is nothing about a patient in this text.")


def _done(ended: Ended) -> Iterator[str]:
    none = text("none")
    methods = "; ".join(text(words.METHODS[method]) for method in ended.methods)
    places = ", ".join(text(words.PLACES[place]) for place in ended.looked)
    yield text("Done: {methods}").format(methods=methods or none)
    yield text("Searched afterwards: {places}").format(places=places or none)
