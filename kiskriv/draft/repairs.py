"""What a speaker took back: «høyre, nei, venstre», «femti, jeg mener fem hundre», «sorry, 50, ikke 500». Pure.

Only words of one kind can replace each other: sides, numbers with the same unit, drugs, days of the week. What stands for what was taken
back keeps its own place in the text; the text of a sentence that was mended by a later one goes on with that one's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.claim import VERBS, Claim
from kiskriv.draft.fact import Polarity
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.reading import SUBJECTS, Sentence, Token

_SIDES: Final = frozenset(("høyre", "høgre", "venstre", "begge"))
_DAYS: Final = frozenset(
    ("mandag", "måndag", "tirsdag", "tysdag", "onsdag", "torsdag", "fredag", "lørdag", "laurdag", "søndag", "sundag")
)
_DRUGS: Final = ("medication", "substance")
_IDLE: Final = (
    VERBS
    | SUBJECTS
    | {"det", "skal", "være", "vere", "der", "den", "på", "i", "så", "da", "ja", "nei", "mente", "sa", "si", "å"}
)
_NEAR: Final = 6
"""Tokens between what was taken back and the word that takes it back, and from there to what is meant."""
_LATER: Final = 6
"""Sentences within which something said can be taken back by name."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Tokens [start, end) of a kind; a number's unit belongs to it."""

    kind: str
    start: int
    end: int


def repaired(said: Sequence[Sentence], lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The sentences as they were meant."""
    mended: list[Sentence] = []
    for sentence in said:
        own = _within(sentence, lexicon)
        mended.append(own if own.tokens else sentence)
        _earlier(mended, lexicon)
    return tuple(mended)


def exchanged(question: Claim, stated: Claim, rest: Sequence[Token], lexicon: Lexicon) -> Claim | None:
    """«På høyre side?» «Nei, venstre.»: the question with what the answer puts in its place; None where it names nothing of one kind."""
    parts = list(_parts(rest, lexicon))
    if len(parts) != 1 or len(rest) > _NEAR:
        return None
    old = next((part for part in reversed(list(_parts(question.tokens, lexicon))) if part.kind == parts[0].kind), None)
    if old is None:
        return None
    text = f"{question.text} {stated.text}"
    shifted = _shifted(rest[parts[0].start : parts[0].end], len(question.text) + 1)
    evidence = tuple(dict.fromkeys((*question.evidence, *stated.evidence)))
    merged = _put(question.tokens, old, shifted)
    return replace(question, tokens=merged, text=text, role=stated.role, evidence=evidence, answer=Polarity.AFFIRMED)


def _within(sentence: Sentence, lexicon: Lexicon) -> Sentence:
    tokens = sentence.tokens
    for _ in range(3):
        mended = _once(tokens, lexicon)
        if mended is None:
            break
        tokens = mended
    return sentence if tokens is sentence.tokens else replace(sentence, tokens=tokens)


def _once(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Token, ...] | None:
    marks = lexicon.find(tokens, "correction")
    contrast = [i for i, token in enumerate(tokens[:-1]) if token.text in ("ikke", "ikkje") and i]
    if not marks and not contrast:
        return None
    parts = list(_parts(tokens, lexicon))
    for mark in marks:
        new = next((part for part in parts if mark.end <= part.start <= mark.end + _NEAR), None)
        old = next(
            (p for p in reversed(parts) if new and p.kind == new.kind and p.end <= mark.start <= p.end + _NEAR), None
        )
        if new is None or old is None or any(t.text in ("ikke", "ikkje", "?") for t in tokens[old.end : mark.start]):
            continue
        after = _without_echo(tokens[new.end :], tokens[old.end : mark.start])
        kept = tuple(token for token in tokens[old.end : mark.start] if token.text != ",")
        return (*tokens[: old.start], *tokens[new.start : new.end], *kept, *after)
    for at in contrast:
        wrong = next((part for part in parts if part.start == at + 1), None)
        right = next(
            (p for p in parts if wrong and p.kind == wrong.kind and p is not wrong and at - 3 <= p.end <= at), None
        )
        if wrong is not None and right is not None:
            return (*tokens[:at], *tokens[wrong.end :])
    return None


def _earlier(mended: list[Sentence], lexicon: Lexicon) -> None:
    """Mends what was said before by the last sentence, if that takes something back."""
    last = mended[-1]
    marks = lexicon.find(last.tokens, "correction")
    asks = last.asks and lexicon.has(last.tokens, "meaning")
    if not asks and not (marks and marks[0].start <= 1):
        return
    parts = list(_parts(last.tokens, lexicon))
    if not parts or (len(mended) > 1 and mended[-2].asks and not asks and mended[-2].role is not last.role):
        return
    new = parts[0]
    weak = not asks and all(mark.term.nb == "nei" for mark in marks)
    for place in range(len(mended) - 2, max(-1, len(mended) - 2 - (1 if weak else _LATER)), -1):
        first = mended[place]
        if first.asks or (weak and first.role is not last.role):
            continue
        old = next((part for part in reversed(list(_parts(first.tokens, lexicon))) if part.kind == new.kind), None)
        if old is None:
            continue
        if [t.text for t in first.tokens[old.start : old.end]] == [t.text for t in last.tokens[new.start : new.end]]:
            return
        mended[place] = _joined(first, last, old, new)
        if not asks:
            _take_in(mended, new, marks)
        return


def _take_in(mended: list[Sentence], new: _Part, marks: Sequence[Hit]) -> None:
    """Of the sentence that mended an earlier one, what else it says; nothing, nothing of it."""
    last = mended.pop()
    said = [i for i in range(len(last.tokens)) if not any(mark.start <= i < mark.end for mark in marks)]
    if any(
        last.tokens[i].text.isalpha() and last.tokens[i].text not in _IDLE for i in said if not new.start <= i < new.end
    ):
        mended.append(replace(last, tokens=tuple(last.tokens[i] for i in said)))


def _joined(first: Sentence, last: Sentence, old: _Part, new: _Part) -> Sentence:
    shifted = _shifted(last.tokens[new.start : new.end], len(first.text) + 1)
    ids = tuple(dict.fromkeys((*first.ids, *last.ids)))
    return replace(first, tokens=_put(first.tokens, old, shifted), text=f"{first.text} {last.text}", rests=ids)


def _put(tokens: Sequence[Token], old: _Part, new: Sequence[Token]) -> tuple[Token, ...]:
    """The new in the old one's place; a number without a unit leaves the old unit."""
    end = old.start + 1 if len(new) == 1 and new[0].value is not None else old.end
    return (*tokens[: old.start], *new, *tokens[end:])


def _shifted(tokens: Sequence[Token], by: int) -> tuple[Token, ...]:
    return tuple(replace(token, start=token.start + by, end=token.end + by) for token in tokens)


def _without_echo(after: Sequence[Token], between: Sequence[Token]) -> tuple[Token, ...]:
    """Without what was said again: «høyre kne, nei, venstre kne»."""
    said = [token.text for token in between if token.text != ","]
    return tuple(after[len(said) :]) if said and [token.text for token in after[: len(said)]] == said else tuple(after)


def _parts(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[_Part]:
    """What could be exchanged, from the left."""
    units = {hit.start: hit for hit in lexicon.find(tokens, "unit")} if any(t.value is not None for t in tokens) else {}
    drugs = {hit.start: hit.end for category in _DRUGS for hit in lexicon.find(tokens, category)}
    for at, token in enumerate(tokens):
        if token.value is not None:
            yield _Part("number", at, units[at + 1].end if at + 1 in units else at + 1)
        elif at in drugs:
            yield _Part("drug", at, drugs[at])
        elif token.text in _SIDES:
            yield _Part("side", at, at + 1)
        elif token.text in _DAYS:
            yield _Part("day", at, at + 1)
