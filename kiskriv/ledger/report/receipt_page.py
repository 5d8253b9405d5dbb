"""A receipt as a patient can read it: what was erased, when, how and how well, and the receipt itself beneath. No I/O.

It says no more than the entry in the receipt says, and nothing of law. Whether a receipt is genuine no page can say of
itself: it says how anybody can find out.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from kiskriv.errors import NoErasure, ProofInvalid
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.entry import Ended, Swept, decode
from kiskriv.ledger.receipt import parse
from kiskriv.ledger.report.document import Row, Section, element, page, underlined, wrapped
from kiskriv.ledger.report.receipt_wording import moment, say, size
from kiskriv.ledger.report.wording import duration, listed, name
from kiskriv.ledger.terms import Fact, Level, Method, Reason
from kiskriv.ledger.wording import Language


def receipt_page(receipt: str, language: Language = "nb") -> str:
    """An HTML document that needs nothing else. Raises ProofInvalid for what is no receipt, NoErasure for one of another entry."""
    shown = _Shown.of(receipt)
    file = b64encode(receipt.encode()).decode("ascii")
    words = [element("p", say("intro", language))]
    if shown.doubtful:
        words = [element("p", say("unverified", language), 'class="alarm" role="alert"')]
    words += [section.as_html() for section in _sections(shown, language)]
    words += [
        f"<p><code>{escape(say('command', language))}</code></p>",
        element("h2", say("itself", language)),
        element("a", say("save", language), f'download="{say("file", language)}" href="data:text/plain;base64,{file}"'),
        element("pre", receipt),
    ]
    return page(say("title", language), language, "\n".join(words))


def receipt_text(receipt: str, language: Language = "nb") -> str:
    """The same as plain text. Raises the same."""
    shown = _Shown.of(receipt)
    blocks = [underlined(say("title", language), "="), wrapped(say("intro", language))]
    if shown.doubtful:
        blocks.append(wrapped(say("unverified", language)))
    blocks += [section.as_text() for section in _sections(shown, language)]
    return "\n\n".join([*blocks, say("command", language), underlined(say("itself", language), "-"), receipt])


@dataclass(frozen=True, slots=True)
class _Shown:
    """The entry of a receipt, and where the receipt says that it stands. Nothing is verified."""

    entry: Ended | Swept
    line: int
    origin: str

    @classmethod
    def of(cls, receipt: str) -> _Shown:
        parts = parse(receipt)
        try:
            entry = decode(parts.entry)
        except ValueError:
            raise ProofInvalid(problem="the entry is not one that kiskriv writes") from None
        if not isinstance(entry, Ended | Swept):
            raise NoErasure
        return cls(entry, parts.index + 1, claimed(parts.checkpoint).origin)

    @property
    def doubtful(self) -> bool:
        return isinstance(self.entry, Ended) and not self.entry.verified


def _sections(shown: _Shown, language: Language) -> Iterator[Section]:
    entry = shown.entry
    if isinstance(entry, Ended):
        yield Section(say("what" if entry.verified else "what-was-tried", language), tuple(_what(entry, language)))
        yield Section(say("how", language), tuple(_how(entry, language)))
        yield Section(say("search", language), tuple(_search(entry, language)))
    else:
        yield Section(say("what", language), tuple(_swept(entry, language)))
    yield Section(say("about", language), tuple(_about(shown, language)))


def _what(entry: Ended, language: Language) -> Iterator[Row | str]:
    for artefact in entry.artefacts:
        yield Row(name(artefact.name, language), say("up-to", language, size=size(artefact.octets)))
    if not entry.artefacts:
        yield say("nothing", language)
    yield Row(say("when", language), moment(entry.time, language))
    yield Row(say("why", language), name(entry.reason, language))
    if entry.reason is Reason.TRANSFERRED:
        yield say("note-is-kept", language)


def _how(entry: Ended, language: Language) -> Iterator[Row | str]:
    yield Row(say("done", language), listed(entry.methods, language))
    if entry.verified:
        yield Row(say("took", language), duration(entry.took, language))
    yield _level(entry, language)
    if lacking := [fact for fact in Fact if fact not in entry.facts]:
        yield Row(say("missing", language), listed(lacking, language))


def _level(entry: Ended, language: Language) -> str:
    """What the level means; A and B promise something of memory only where the room's process ended (docs/deletion-log.md)."""
    if not entry.verified:
        return say("level-unverified", language, level=entry.level)
    if entry.level is not Level.C and Method.ROOM_ENDED not in entry.methods:
        return say("level-unsure", language, level=entry.level)
    return say(f"level-{entry.level}", language)


def _search(entry: Ended, language: Language) -> Iterator[Row | str]:
    if not entry.looked:
        yield say("not-looked", language)
        return
    yield Row(say("looked", language), listed(entry.looked, language))
    if entry.residue:
        yield say("found", language, residue=entry.residue)
    else:
        yield say("found-nothing" if entry.verified else "found-nothing-yet", language)


def _swept(entry: Swept, language: Language) -> Iterator[Row | str]:
    yield Row(say("when", language), moment(entry.time, language))
    yield Row(say("why", language), name(entry.cause, language))
    yield say("swept", language)
    yield say("swept-memory", language)


def _about(shown: _Shown, language: Language) -> Iterator[Row | str]:
    yield Row(say("session", language), shown.entry.session)
    yield Row(say("log", language), say("line", language, line=shown.line, origin=shown.origin))
    yield say("no-person", language)
    yield say("own-word", language)
    yield say("check", language)
