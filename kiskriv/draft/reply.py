"""What a language model may answer: statements as JSON, each with the numbers of what it rests on, read while they come. Pure.

    {"statements": [{"section": "Anamnese", "evidence": [3, 4], "text": "Hodepine i 2 uker."}, …]}

Nothing stands around it but blanks, or the fence that some models put around everything. A statement is refused that cites nothing, or
what was not asked about; that stands under a heading of its own making; that says again what was said; that is too long, or holds markup
or signs that do not show. Refused statements are left out; where they are more than one in five, or the form is broken, the whole reply
is unfit. Whether what it says was said is not asked here, but by `grounding`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from kiskriv.errors import WriterUnfit
from kiskriv.note import Note, Section, Statement

OPENING: Final = '{"statements": ['
"""How it begins: a model that can be given its first words is given these."""

MOST_STATEMENTS: Final = 60
LONGEST_STATEMENT: Final = 400
"""Characters of a text."""
LONGEST_ELEMENT: Final = 2_000
"""Characters of a statement with all that belongs to it."""
LONGEST: Final = 32_000
"""Characters of a whole reply."""
MOST_EVIDENCE: Final = 20
MOST_REPEATS: Final = 3
"""Statements that say again what was said: so many, and it goes round in circles."""

_START = re.compile(r'(?:```(?:json)?\s*)?\{\s*"statements"\s*:\s*\[\s*')
_STARTS = tuple(fence + OPENING.replace(" ", "") for fence in ("", "```", "```json"))
_CLOSING = re.compile(r"\s*(?:\}\s*`{0,3}\s*)?")
_DECODER = json.JSONDecoder()
_MARKUP = re.compile(r"</?[A-Za-z!]|[*`{}|\\]|__|\w+://|^(?:#|[-•–]\s)")
_CIRCLES = re.compile(r"(\b\w.{1,60}?)(?:\W*\1){3}", re.IGNORECASE)
_UNSHOWN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Categories of Unicode that do not show, or not as what they are: controls, directions, private signs."""


class Reply:
    """Takes a reply piece by piece. `headings` of the template; `ids` that may be cited."""

    def __init__(self, headings: Sequence[str], ids: Collection[int]) -> None:
        self._found: dict[str, list[Statement]] = {heading: [] for heading in headings}
        self._ids = ids
        self._texts: set[str] = set()
        self._buffer = ""
        self._length = self._made = self._refused = self._repeats = 0
        self._state: Callable[[], bool] = self._before

    def __repr__(self) -> str:
        return f"<Reply, {self._made} statements, {self._refused} refused>"

    @property
    def note(self) -> Note:
        """What it has said so far, under all headings in their order."""
        return Note(tuple(Section(heading, tuple(said)) for heading, said in self._found.items()))

    def take(self, piece: str) -> bool:
        """The next of it. Whether the note has grown. Raises WriterUnfit as soon as it cannot become a reply any more."""
        self._length += len(piece)
        if self._length > LONGEST:
            raise WriterUnfit(problem="it does not come to an end")
        self._buffer += piece
        before = len(self._texts)
        while self._state():
            pass
        return len(self._texts) > before

    def end(self) -> Note:
        """It is complete. Raises WriterUnfit where it is not, or too much of it was refused."""
        if self._state != self._after or "}" not in self._buffer:
            raise WriterUnfit(problem="it broke off")
        if self._refused * 5 > self._made:
            raise WriterUnfit(problem="too much of it does not say where it was said")
        return self.note

    # -- the states: each takes from the buffer what it can, and tells whether another has come ------------------------------------

    def _before(self) -> bool:
        self._buffer = self._buffer.lstrip()
        if (start := _START.match(self._buffer)) is not None:
            return self._go(start.end(), self._first)
        shown = "".join(self._buffer.split())
        if not any(start.startswith(shown) for start in _STARTS) or len(self._buffer) > LONGEST_ELEMENT:
            raise WriterUnfit(problem="it is no list of statements")
        return False

    def _first(self) -> bool:
        return (self._sees("]") and self._go(1, self._after)) or self._next()

    def _next(self) -> bool:
        return self._sees("") and self._go(0, self._element)

    def _between(self) -> bool:
        if not self._sees(""):
            return False
        follows = {",": self._next, "]": self._after}.get(self._buffer[0])
        if follows is None:
            raise WriterUnfit(problem="it is no list of statements")
        return self._go(1, follows)

    def _element(self) -> bool:
        end = 0
        value: Any = None
        if "}" in self._buffer:
            try:
                value, end = _DECODER.raw_decode(self._buffer)
            except RecursionError:
                raise WriterUnfit(problem="it is no list of statements") from None
            except ValueError:
                pass  # not whole yet, or never
        if not self._buffer.startswith("{") or (end or len(self._buffer)) > LONGEST_ELEMENT:
            raise WriterUnfit(problem="it is no list of statements")
        if not end:
            return False
        self._judge(value)
        return self._go(end, self._between)

    def _after(self) -> bool:
        if _CLOSING.fullmatch(self._buffer) is None:
            raise WriterUnfit(problem="it is no list of statements")
        return False

    def _sees(self, sign: str) -> bool:
        """Whether the next that shows is this sign; with "", whether there is any."""
        self._buffer = self._buffer.lstrip()
        return bool(self._buffer) and self._buffer.startswith(sign)

    def _go(self, at: int, state: Callable[[], bool]) -> bool:
        self._buffer, self._state = self._buffer[at:], state
        return True

    # -- one statement ------------------------------------------------------------------------------------------------------------

    def _judge(self, value: object) -> None:
        self._made += 1
        if self._made > MOST_STATEMENTS:
            raise WriterUnfit(problem="it does not come to an end")
        match value:
            case {"section": str(heading), "evidence": list(evidence), "text": str(text), **more} if not more:
                if not (self._points(evidence) and heading in self._found and _is_prose(text)):
                    self._refused += 1
                elif self._is_new(text):
                    self._found[heading].append(Statement(text.strip(), tuple(sorted(set(evidence)))))
            case _:
                raise WriterUnfit(problem="it is no list of statements")

    def _points(self, evidence: list[object]) -> bool:
        """At utterances that it was shown, each of them."""
        return 0 < len(evidence) <= MOST_EVIDENCE and all(type(id) is int and id in self._ids for id in evidence)

    def _is_new(self, text: str) -> bool:
        folded = " ".join(text.casefold().split()).rstrip(".")
        if folded not in self._texts:
            self._texts.add(folded)
            return True
        self._refused += 1
        self._repeats += 1
        if self._repeats >= MOST_REPEATS:
            raise WriterUnfit(problem="it goes round in circles")
        return False


def schema(headings: Sequence[str]) -> dict[str, object]:
    """The form of a reply as a JSON Schema, for a server that can hold its model to one."""
    statement = {
        "section": {"type": "string", "enum": list(headings)},
        "evidence": {"type": "array", "items": {"type": "integer"}, "minItems": 1},
        "text": {"type": "string"},
    }
    return _object(statements={"type": "array", "items": _object(**statement)})


def _object(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _is_prose(text: str) -> bool:
    return (
        0 < len(text.strip()) <= LONGEST_STATEMENT
        and any(character.isalnum() for character in text)
        and not any(unicodedata.category(character) in _UNSHOWN for character in text)
        and _MARKUP.search(text.strip()) is None
        and _CIRCLES.search(text) is None
    )
