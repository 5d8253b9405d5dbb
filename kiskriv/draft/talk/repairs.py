"""What a speaker took back: «høyre, nei, venstre», «femti, jeg mener fem hundre», «sorry, 50, ikke 500». Pure.

Only words of one kind can replace each other: sides, numbers with the same unit, drugs, days of the week. What stands for what was taken
back keeps its own place in the text; the text of a sentence that was mended by a later one goes on with that one's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import UNITS, Polarity
from kiskriv.draft.language.quantities import amounts
from kiskriv.draft.language.reading import SUBJECTS, Sentence, Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claim import VERBS, Claim

_SIDES: Final = frozenset(("høyre", "høgre", "venstre", "begge"))
_DAYS: Final = frozenset(
    ("mandag", "måndag", "tirsdag", "tysdag", "onsdag", "torsdag", "fredag", "lørdag", "laurdag", "søndag", "sundag")
)
_TIMES: Final = frozenset(("ganger", "gonger", "gang", "gong"))
_DIMENSIONS: Final = (
    dict.fromkeys(("mg", "g", "µg"), "mass")
    | dict.fromkeys(("tablet", "capsule", "drop", "puff"), "piece")
    | dict.fromkeys(("minute", "hour", "day", "week", "month", "year"), "time")
)
_NUMBERS: Final = frozenset(("number", "times", *UNITS, *_DIMENSIONS.values()))
_DRUGS: Final = ("medication", "substance")
_IDLE: Final = (
    VERBS
    | SUBJECTS
    | {"det", "skal", "være", "vere", "der", "den", "på", "i", "så", "da", "ja", "nei", "mente", "sa", "si", "å"}
)
_NAMING: Final = frozenset(
    ("det", "den", "er", "var", "heter", "heiter", "jeg", "eg", "mener", "meiner", "mente", "meinte", "tror", "trur")
)
"""All that may stand beside a drug that is named instead of another: «nei, det er Eliquis»."""
_NOT: Final = frozenset(("ikke", "ikkje"))
_NONE: Final = frozenset(("ingen", "inga", "ingenting", "ikke", "ikkje"))
_RATHER: Final = frozenset(("si", "heller", "helst", "seie"))
"""Before what is meant instead: «nei, jeg er på ferie da, si tre»."""
_NEAR: Final = 4
"""Tokens between what was taken back and the word that takes it back, and from there to what is meant."""
_LATER: Final = 6
"""Sentences within which something said can be taken back by name."""


_OVER: Final = (["over"], ["/"])


@dataclass(frozen=True, slots=True, repr=False)
class _Part:
    """Tokens [start, end) of a kind; a number's unit belongs to it."""

    kind: str
    start: int
    end: int


def repaired(said: Sequence[Sentence], lexicon: Lexicon) -> tuple[Sentence, ...]:
    """The sentences as they were meant."""
    mended: list[Sentence] = []
    for sentence in said:
        mended.append(_within(sentence, lexicon))
        if any(token.text in _NOT for token in sentence.tokens):
            _contrasted(mended, sentence, lexicon)
        _earlier(mended, lexicon)
    return tuple(mended)


def exchanged(question: Claim, stated: Claim, rest: Sequence[Token], lexicon: Lexicon) -> Claim | None:
    """«På høyre side?» «Nei, venstre.»: the question with what the answer puts in its place; None where it names nothing of one kind."""
    if rest and rest[0].text in _RATHER:  # «helst om to, for jeg er i Bergen»
        rest = rest[: next((i for i, token in enumerate(rest) if token.text == ","), len(rest))]
    parts = list(_parts(rest, lexicon))
    if len(parts) != 1 or len(rest) > 6:
        return None
    old = next((part for part in reversed(list(_parts(question.tokens, lexicon))) if _alike(part, parts[0])), None)
    if parts[0].kind == "drug" and _besides(
        rest, parts[0]
    ):  # «nei, jeg tåler penicillin godt» puts nothing in another's place
        return None
    bare = old is not None and (old.kind == "number") != (parts[0].kind == "number")
    if old is None or (bare and rest[0].text not in _RATHER):
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
    """With one thing taken back; None: nothing is."""
    marks = lexicon.find(tokens, "correction")
    if not marks and not any(token.text in _NOT for token in tokens[1:]):
        return None
    parts = list(_parts(tokens, lexicon))
    for mark in marks:
        new = next((part for part in parts if mark.end <= part.start <= mark.end + _NEAR), None)
        old = next(
            (p for p in reversed(parts) if new and _alike(p, new) and p.end <= mark.start <= p.end + _NEAR), None
        )
        if new is None or old is None or any(token.text in _NOT for token in tokens[old.end : mark.start]):
            continue
        kept = tuple(token for token in tokens[old.end : mark.start] if token.text != ",")
        after = _without_echo(tokens[new.end :], kept)
        return (*_put(tokens[: old.end], old, tokens[new.start : new.end]), *kept, *after)
    for wrong, _ in _contrasts(tokens, parts):
        return (*tokens[: wrong.start - 1], *tokens[wrong.end :])
    return None


def _contrasts(tokens: Sequence[Token], parts: Sequence[_Part]) -> Iterator[tuple[_Part, _Part]]:
    """What is not so, and what is: «50, ikke 500», «ikke høyre, men venstre»."""
    for wrong in parts:
        if wrong.kind in ("drug", "day") or wrong.start < 1 or tokens[wrong.start - 1].text not in _NOT:
            continue
        for right in parts:
            before = wrong.start - 1 - _NEAR <= right.end < wrong.start
            but = wrong.end <= right.start <= wrong.end + 2 and any(
                t.text == "men" for t in tokens[wrong.end : right.start]
            )
            if right is not wrong and _alike(right, wrong) and (before or but):
                yield wrong, right
                break


def _contrasted(mended: list[Sentence], said: Sentence, lexicon: Lexicon) -> None:
    """«i ti dager, ikke sju»: what was said a few sentences before is mended, where it named the wrong one."""
    for wrong, right in _contrasts(said.tokens, list(_parts(said.tokens, lexicon))):
        for place in range(len(mended) - 2, max(-1, len(mended) - 2 - _LATER), -1):
            first = mended[place]
            old = next(
                (p for p in _parts(first.tokens, lexicon) if _same(first.tokens[p.start], said.tokens[wrong.start])),
                None,
            )
            if old is not None and _alike(old, right) and not first.asks and not _more(said, first, right, ()):
                mended[place] = _joined(first, said, old, right)
                return


def _same(one: Token, other: Token) -> bool:
    return one.text == other.text or (one.value is not None and one.value == other.value)


def _earlier(mended: list[Sentence], lexicon: Lexicon) -> None:
    """Mends what was said before by the last sentence, if that takes something back."""
    last = mended[-1]
    marks = lexicon.find(last.tokens, "correction")
    asks = last.asks and lexicon.has(last.tokens, "meaning")
    if not asks and not (marks and marks[0].start <= 1):
        return
    parts = tuple(_parts(last.tokens, lexicon))
    proposed = next((p for p in parts if p.start and last.tokens[p.start - 1].text in _RATHER), None)
    new = proposed or next(iter(parts), None)
    if new is None or (len(mended) > 1 and mended[-2].asks and not asks and mended[-2].role is not last.role):
        return
    weak = not asks and proposed is None and all(mark.term.nb == "nei" for mark in marks)
    if not asks and proposed is None and new.start > marks[0].end + _NEAR:
        return
    for place in range(len(mended) - 2, max(-1, len(mended) - 2 - (1 if weak else _LATER)), -1):
        first = mended[place]
        if first.asks or (weak and (first.role is not last.role or _more(last, first, new, marks))):
            continue
        old = next((part for part in reversed(list(_parts(first.tokens, lexicon))) if _alike(part, new)), None)
        if old is None:
            continue
        if [t.text for t in first.tokens[old.start : old.end]] == [t.text for t in last.tokens[new.start : new.end]]:
            return
        mended[place] = _joined(first, last, old, new)
        if not asks and not _more(last, first, new, marks):
            mended.pop()
        return


def _besides(tokens: Sequence[Token], part: _Part) -> bool:
    """Whether these say anything but the part itself."""
    others = (token for at, token in enumerate(tokens) if not part.start <= at < part.end)
    return any(token.text.isalpha() and token.text not in _NAMING for token in others)


def _more(last: Sentence, first: Sentence, new: _Part, marks: Sequence[Hit]) -> bool:
    """Whether a sentence that mends another says anything besides."""
    known = {token.text for token in first.tokens}
    return any(
        token.value is None
        and token.text.isalpha()
        and token.text not in _IDLE
        and token.text not in _NOT
        and token.text not in known
        for i, token in enumerate(last.tokens)
        if not new.start <= i < new.end and not any(mark.start <= i < mark.end for mark in marks)
    )


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


def _alike(one: _Part, other: _Part) -> bool:
    """Whether one can stand for the other: two numbers only where their units measure the same, or one of them has none."""
    return one.kind == other.kind or (
        one.kind in _NUMBERS and other.kind in _NUMBERS and "number" in (one.kind, other.kind)
    )


def _number(tokens: Sequence[Token], at: int) -> bool:
    return at < len(tokens) and tokens[at].value is not None


def _parts(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[_Part]:
    """What could be exchanged, from the left."""
    measured = {amount.start: amount for amount in amounts(tokens, lexicon)}
    drugs = {hit.start: hit.end for hit in lexicon.find(tokens, *_DRUGS)}
    for at, token in enumerate(tokens):
        if token.value is not None and [t.text for t in tokens[at + 1 : at + 2]] in _OVER and _number(tokens, at + 2):
            yield _Part("pressure", at, at + 3)
        if at in measured:
            unit = measured[at].quantity.unit
            yield _Part(_DIMENSIONS.get(unit, unit), at, measured[at].end)
        elif token.value is not None:
            times = tokens[at + 1 : at + 2]
            yield _Part("times" if times and times[0].text in _TIMES else "number", at, at + 1)
        elif at in drugs and token.text not in _NONE:
            yield _Part("drug", at, drugs[at])
        elif token.text in _SIDES:
            yield _Part("side", at, at + 1)
        elif token.text in _DAYS:
            yield _Part("day", at, at + 1)
