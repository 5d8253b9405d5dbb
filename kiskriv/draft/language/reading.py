"""What was said, as sentences of tokens: numbers read, questions known, fillers left out. Pure.

A sentence keeps where each token stood in the text, so that anything found can be quoted as it was said. Its tokens leave out what says
nothing («eh», «liksom», «på en måte», «ikke sant», a word said twice), so that words that belong together stand together.
What a speaker took back is taken out later, by `repairs`, who knows the words that can be exchanged for each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Final

from kiskriv.draft.language.questions import INTERROGATIVES, SUBJECTS, conditional, indirect, inverted, questions
from kiskriv.draft.language.tokens import Token, tokens
from kiskriv.transcript import Role, Transcript, Utterance

__all__ = [
    "INTERROGATIVES",
    "SUBJECTS",
    "Sentence",
    "Token",
    "conditional",
    "inverted",
    "meant",
    "sentences",
    "split",
    "tokens",
]

_SENTENCE = re.compile(r"[.?!…]+(?=\s|$)|\n")
ABBREVIATIONS: Final = frozenset(
    (
        "abd", "adm", "ang", "beh", "bil", "bl", "ca", "cor", "dgl", "d", "dr", "dvs", "el", "ev", "evt", "avd", "leuk", "ukl",
        "fr", "f", "feks", "gr", "hb", "henv", "hø", "inj", "inkl", "jf", "kl", "kons", "kps", "ktr", "mnd", "obs", "pas",
        "pos", "neg", "pga", "pkt", "pulm", "reg", "rekv", "resp", "rgm", "rtg", "s", "sep", "sml", "stk", "sykm", "tab",
        "tabl", "tbl", "temp", "tidl", "tilv", "u", "us", "v", "ve", "vedr", "vesp", "m", "i", "b", "o", "h", "t",
    )
)  # fmt: skip
"""After these a full stop ends no sentence."""
LONGEST: Final = 60
"""Words and marks: nobody says more than this in one breath."""
_PIECE: Final = re.compile(r"\w+(?:[.,]\d+)?|[^\s\w]")
_BEGINNING: Final = frozenset(
    ("og", "men", "så", "for", "fordi", "da", "når", "hvis", "viss", "mens", "medan", "deretter", "ellers", "elles")
)
"""Words with which a clause may begin."""
_NEAR: Final = 40
"""Letters to each side of a full stop that are looked at."""
_FILLERS: Final = frozenset(
    (
        "eh",
        "eeh",
        "ehh",
        "øh",
        "øøh",
        "ehm",
        "øhm",
        "hm",
        "hmm",
        "altså",
        "liksom",
        "lissom",
        "æh",
        "eee",
        "øø",
        "ææ",
        "skjønner",
        "jo'",
    )
)
_PHRASES: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "på en måte", "på ein måte", "ikke sant", "ikkje sant", "hva skal jeg si", "kva skal eg seie", "for å si det sånn",
        "holdt jeg på å si", "vet du", "veit du", "skjønner du", "for å seie det slik", "om du skjønner", "hva heter det", "kva heiter det",
        "det som heter", "hva er det det heter",
    )
)  # fmt: skip
_FILLING: Final = {first: [p for p in _PHRASES if p[0] == first] for first in {p[0] for p in _PHRASES}}
"""Phrases that say nothing, by their first word."""
_TAGS: Final = re.compile(
    r"(?:,\s*|\s)(?:er|var|høres|passer|går|blir)?\s*(?:det)?\s*"
    r"(?P<tag>ikke sant|ikkje sant|sant|stemmer det|ikke det|ikkje det|ikke|ikkje|eller|vel|greit|ok|okei|enig|i orden)\s*\?$",
    re.IGNORECASE,
)
_AGREEING: Final = frozenset(("greit", "ok", "okei", "enig", "i orden"))


@dataclass(frozen=True, slots=True, repr=False)
class Sentence:
    """`id`: of the utterance (or the place in a note); `text` as it stands there; `asks`: it is a question.

    `ids`: all that it rests on, where a correction in another utterance has been worked into it.
    """

    id: int
    role: Role
    speaker: str
    text: str
    tokens: tuple[Token, ...]
    asks: bool = False
    rests: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """The utterances that it rests on."""
        return self.rests or (self.id,)

    @property
    def told(self) -> bool:
        """Said by someone who tells (patient, relative), not by the one who examines."""
        return self.role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)

    def __repr__(self) -> str:
        return f"<Sentence of {self.id}, {len(self.tokens)} tokens>"


def sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    """Of what was said for certain: nothing that is in doubt, nor anything in another language, is a ground for a note (R25, R27)."""
    return tuple(_sentences(said for said in transcript.utterances if said.doubt is None))


def split(text: str) -> Iterator[str]:
    """A text in sentences, by its marks. A full stop after an abbreviation, an ordinal or within a number ends none.

    What goes on without an end is cut where a clause begins, or at last anywhere: none has more than `LONGEST` words and marks.
    """
    start = 0
    for mark in _SENTENCE.finditer(text):
        begin, end = mark.span()
        if mark.group() == "." and _goes_on(text[max(start, begin - _NEAR) : begin], text[end : end + _NEAR]):
            continue
        yield from _pieces(text[start:end].strip())
        start = end
    yield from _pieces(text[start:].strip())


def _pieces(text: str) -> Iterator[str]:
    """The text, or what it is cut into: time goes by the square of a sentence's length."""
    words = [*_PIECE.finditer(text)] if len(text) > LONGEST else []
    start = first = 0
    while len(words) - first > LONGEST:
        window = range(first + LONGEST, first + LONGEST // 2, -1)
        said = {at: words[at].group().lower() for at in (window[0] + 1, *window) if at < len(words)}
        begin = [at for at in window if said[at] in _BEGINNING]
        subject = (at for at in begin if said.get(at + 1) in SUBJECTS)  # «og jeg har», rather than «feber og hoste»
        blank = (at for at in window if text[words[at].start() - 1].isspace())
        cut = next(chain(subject, begin, blank, window))
        yield text[start : words[cut].start()].strip()
        start, first = words[cut].start(), cut
    yield text[start:]


def _goes_on(before: str, after: str) -> bool:
    word = re.search(r"([^\W_]+)$", before)
    if word is None or not after.strip():
        return False
    last = word[1].lower()
    following = after.lstrip()[0]
    if last.isdigit():
        return len(last) <= 2 and re.match(r"\s(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)", after) is not None
    if last not in ABBREVIATIONS:
        return False
    return len(last) > 1 or not following.isupper()


def _sentences(utterances: Iterable[Utterance]) -> Iterator[Sentence]:
    for said in utterances:
        for text in split(said.text):
            yield from _parts(said, text)


def _parts(said: Utterance, text: str) -> Iterator[Sentence]:
    """One sentence, or several where a question begins after a comma: «Du har vondt i magen, har du feber?»"""
    marked = text.endswith("?")
    text, tagged = _without_tag(text)
    read = meant(tokens(text))
    if not any(token.text[0].isalnum() for token in read):
        return
    cuts = (0, *questions(read), len(read))
    for begin, end in pairwise(cuts):
        first = read[begin].start if begin else 0
        piece = text[first : read[end - 1].end if end < len(read) else len(text)]
        part = (
            tuple(Token(t.text, t.start - first, t.end - first, t.value, t.to) for t in read[begin:end])
            if first
            else read[begin:end]
        )
        last = end == len(read)
        if any(token.text[0].isalnum() for token in part):
            asks = (last and (marked or tagged) and tagged not in _AGREEING) or (
                (inverted(part) or indirect(part)) and not conditional(part)
            )
            yield Sentence(said.id, said.role, said.speaker, piece, part, asks)


def meant(read: Sequence[Token]) -> tuple[Token, ...]:
    """Without what says nothing: fillers, a word said twice, a word broken off."""
    kept: list[Token] = []
    at = 0
    while at < len(read):
        token = read[at]
        length = next((len(p) for p in _FILLING.get(token.text, ()) if _stands(p, read, at)), 0)
        if length and length < len(read):
            at += length
            continue
        at += 1
        if token.text in _FILLERS or (
            kept and token.text == kept[-1].text and token.value is None and token.text.isalpha()
        ):
            continue
        if token.text == "," and (not kept or kept[-1].text == ","):
            continue
        kept.append(token)
    return tuple(kept)


def _stands(phrase: Sequence[str], read: Sequence[Token], at: int) -> bool:
    return at + len(phrase) <= len(read) and all(read[at + i].text == word for i, word in enumerate(phrase))


def _without_tag(text: str) -> tuple[str, str]:
    """Without «ikke sant?», «greit?» at its end, and which it was."""
    met = _TAGS.search(text) if text.endswith("?") else None
    if met is None or not met.start():
        return text, ""
    return text[: met.start()], met["tag"].lower()
