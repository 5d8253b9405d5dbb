"""The doctor's and the patient's own sentences: which of them belong in a note, and what is cut from them. Pure.

Nothing is put in anybody's mouth: words are cut, and a few fixed openings are said more shortly (`_SHORTER`). What the patient said stands
between quotation marks, with whose words they are before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kiskriv.draft.claims import Claim, about
from kiskriv.draft.fact import About
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.reading import Token
from kiskriv.draft.topics import Topic
from kiskriv.transcript import Role


@dataclass(frozen=True, slots=True, repr=False)
class Own:
    """A clause as it was said, cut: where it stands, and the utterance that it is from."""

    topic: Topic
    text: str
    evidence: int
    role: Role

    def __repr__(self) -> str:
        return f"<Own {self.topic}, evidence {self.evidence}>"


_LONGEST: Final = 22
"""Words of a patient's clause: a longer one is a story, not a line."""
_SHORTEST: Final = 2
_DOCTOR: Final = (
    ("own-advice", Topic.ADVICE),
    ("own-assessment", Topic.ASSESSMENT),
    ("own-finding", Topic.FINDINGS),
    ("own-impression", Topic.ASSESSMENT),
)
_PATIENT: Final = (("own-wish", Topic.WISH), ("own-work", Topic.WORK), ("own-story", Topic.STORY))

DOCTORS: Final = frozenset(topic for _, topic in _DOCTOR)
"""Topics of which the doctor's own sentences are written."""

_CLAUSE: Final = re.compile(
    r",?\s+(?:og|men|så)\s+(?=(?:jeg|eg|vi|me|du|han|hun|ho|det|dette|den|da|då)\s)"
    r"|,\s+(?:og|men|så|for)\s+(?=(?:tar|tek|skal|får|kan|må|kjem|kommer)\s)",
    re.IGNORECASE,
)
"""Where a new clause with a subject or verb of its own begins."""

_A: Final = r"(?: (?:en|et|ein|eit|ei))? (?=\w)(?!ikke|ikkje|ingen|inga|noe|noko|for|best|at|godt|fint|bra)"
"""An article, and then what is meant by itself."""
_SHORTER: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), short)
    for pattern, short in (
        (
            rf"^(?:jeg (?:tror|tenker)|eg (?:trur|tenkjer))(?: nok)?(?: (?:på )?at)? (?:dette|det|du|her|han|hun|ho) (?:er|har){_A}",
            "trolig ",
        ),
        (
            rf"^(?:dette|det) er (?:nok|trolig|truleg|sannsynligvis|sannsynlegvis|mest sannsynlig|mest sannsynleg){_A}",
            "trolig ",
        ),
        (
            r"^(?:jeg|eg) (?:hører|høyrer|ser|kjenner|finn|finner) (?=(?:ingen|inga|ikke|ikkje|ein?|ei|et|eit|noe|noko|litt)\b|knatre)",
            "",
        ),
        (r"^(?:det|her|dette) er (?=(?:ikke|ikkje|ingen|inga|ein?|ei|eit|et|litt|tydelig|lett|god|fin)\b)", ""),
        (r"^du er (?=(?:litt |veldig |tydelig |lett )?(?:øm|trykkøm|stiv|bankeøm|palpasjonsøm)\b)", ""),
        (
            r"^(?:jeg|eg) (?=(?:fornyer|fornyar|sender|bestiller|rekvirerer|henviser|tilviser|skriver|skriv|ringer|ringjer)\b)",
            "",
        ),
        (r"^(?:en|et|ein|eit|ei) (?=\w)", ""),
    )
)
"""Openings that are said more shortly, with the same meaning; tried in this order, each once."""


def own(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Own]:
    """What belongs in a note as it was said, in its order: no questions, no small talk, no instructions, no general explanation."""
    for claim in made:
        if claim.answer is None:
            for clause in _clauses(claim):
                tokens = _cut(clause, lexicon)
                topic = _topic(claim, tokens, lexicon)
                words = sum(token.text[0].isalnum() for token in tokens)
                if topic is not None and words >= _SHORTEST and (topic in DOCTORS or words <= _LONGEST):
                    yield Own(topic, _text(claim.text, tokens), claim.evidence[-1], claim.role)


def shorter(text: str, language: str = "nb") -> str:
    """The doctor's clause without its opening, as a journal has it."""
    for opening, short in _SHORTER:
        text = opening.sub("truleg " if short == "trolig " and language == "nn" else short, text, count=1)
    return text


def _told(claim: Claim) -> bool:
    return claim.role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)


def _clauses(claim: Claim) -> Iterator[tuple[Token, ...]]:
    """A sentence may be about several things; what a patient says of «det» stays with what came before it."""
    borders = [match.end() for match in _CLAUSE.finditer(claim.text)]
    start = 0
    for border in (*borders, len(claim.text) + 1):
        if border <= len(claim.text) and _told(claim) and claim.text[border:].lower().startswith(_ITS):
            continue
        tokens = tuple(token for token in claim.tokens if start <= token.start < border)
        if tokens:
            yield tokens
        start = border


_ITS: Final = ("det ", "den ", "dette ", "da ", "då ")


def _topic(claim: Claim, tokens: Sequence[Token], lexicon: Lexicon) -> Topic | None:
    instruction = lexicon.find(tokens[:4], "own-instruction")
    if lexicon.has(tokens, "unwritten") or (instruction and instruction[0].start == 0):
        return None
    if about(claim, 0, len(claim.tokens), lexicon) is About.OTHER:
        return None
    told = _told(claim)
    if not _content(tokens, lexicon) or (told and tokens[0].text == "det" and len(tokens) < _LONGEST // 4):
        return None
    for category, topic in _PATIENT if told else _DOCTOR:
        if lexicon.has(tokens, category):
            return topic
    ill = any(lexicon.has(tokens, category) for category in ("symptom", "condition", "complaint"))
    return Topic.ASSESSMENT if not told and ill and lexicon.has(tokens[:3], "own-verdict") else None


def _content(tokens: Sequence[Token], lexicon: Lexicon) -> int:
    """How many words say something by themselves."""
    idle = {at for hit in lexicon.find(tokens, "idle") for at in range(hit.start, hit.end)}
    return sum(token.text[0].isalnum() and at not in idle for at, token in enumerate(tokens))


def _cut(clause: Sequence[Token], lexicon: Lexicon) -> tuple[Token, ...]:
    """From the first word that says something to the last."""
    tokens = list(clause)
    while tokens and not tokens[-1].text[0].isalnum() and tokens[-1].text not in "»)%°":
        tokens.pop()
    while tokens and (tokens[-1].text in _LOOSE or not tokens[-1].text[0].isalnum()) and tokens[-1].text not in "»)%°":
        tokens.pop()
    while tokens:
        opening = next(
            (hit.end for hit in lexicon.find(tokens[:4], "opening") if hit.start == 0), not tokens[0].text[0].isalnum()
        )
        if not opening:
            break
        del tokens[: int(opening)]
    return tuple(tokens)


_LOOSE: Final = ("og", "men", "så", "for", "da", "då", "altså", "ja", "jo")
"""What a clause may end in without meaning anything."""


def _text(text: str, tokens: Sequence[Token]) -> str:
    """The words of these tokens as they stand in the text; where words were left out between two, a blank."""
    written = ""
    for token, following in pairwise((*tokens, None)):
        assert token is not None
        written += text[token.start : token.end]
        if following is not None:
            gap = text[token.end : following.start]
            written += " " if any(character.isalnum() for character in gap) else gap
    return " ".join(written.split())
