"""What was said, as sentences of tokens: numbers read, questions known, what the speaker took back taken out. Pure.

A sentence keeps where each token stood in the text, so that anything found can be quoted as it was said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kiskriv.transcript import Role, Transcript, Utterance

_SENTENCE = re.compile(r"[^.?!]+(?:[.?!](?=\d)[^.?!]*)*[.?!]*")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+(?:-[^\W\d_]+)*|[^\s\w]")

INTERROGATIVES = (
    "hva", "hvor", "hvordan", "når", "hvem", "hvilken", "hvilket", "hvilke", "hvorfor", "kva", "kor", "korleis", "kven",
    "kvifor", "kva", "hvilka", "kvar",
)  # fmt: skip
"""What a question begins with, where the recogniser wrote no question mark; not before a pronoun: «Når du svelger»."""


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A word, a number or a mark. `text` in lower case; `start`, `end`: characters of the sentence's text.

    `value`: where it is a number, spoken («fire hundre», «halvannen») or written, of one or several words; `to`: the other end of a range.
    """

    text: str
    start: int
    end: int
    value: Decimal | None = None
    to: Decimal | None = None

    def __repr__(self) -> str:
        return f"<Token at {self.start}>"


@dataclass(frozen=True, slots=True, repr=False)
class Sentence:
    """`id`: of the utterance (or the place in a note); `text` as it stands there; `asks`: it is a question."""

    id: int
    role: Role
    speaker: str
    text: str
    tokens: tuple[Token, ...]
    asks: bool = False

    @property
    def told(self) -> bool:
        """Said by someone who tells (patient, relative), not by the one who examines."""
        return self.role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)

    def __repr__(self) -> str:
        return f"<Sentence of {self.id}, {len(self.tokens)} tokens>"


def sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    """Of what was said for certain: nothing that is in doubt, nor anything in another language, is a ground for a note (R25, R27)."""
    return tuple(_sentences(said for said in transcript.utterances if said.doubt is None))


def tokens(text: str) -> tuple[Token, ...]:
    """Words, numbers and marks of a text, spoken numbers as one token each."""
    return tuple(
        Token(
            m.group().lower(),
            m.start(),
            m.end(),
            Decimal(m.group().replace(",", ".")) if m.group()[0].isdigit() else None,
        )
        for m in _TOKEN.finditer(text)
    )


def _sentences(utterances: Iterable[Utterance]) -> Iterator[Sentence]:
    for said in utterances:
        for text in _SENTENCE.findall(said.text):
            if any(character.isalnum() for character in text):
                read = tokens(text.strip())
                yield Sentence(said.id, said.role, said.speaker, text.strip(), read, _asks(text.strip(), read))


def _asks(text: str, read: Sequence[Token]) -> bool:
    words = [token.text for token in read if token.text.isalpha()]
    return text.endswith("?") or (bool(words) and words[0] in INTERROGATIVES)
