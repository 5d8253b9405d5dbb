"""When something is so: now, once, or only planned or possible. Pure. Cues: `lexicon/cues.txt`.

«Har hatt feber i tre dager» is now. What was, and a word says that it is over or long ago, is past; a bare «hadde» is not enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.fact import Time
from kiskriv.draft.language.reading import Token, conditional
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claim import Claim, clause

_YEARS: Final = (1900, 2100)
_CONSEQUENCE: Final = frozenset(("så", "da", "då", "ta", "ring", "kom", "må", "kan", "bør", "skal", "kontakt"))
_HAD: Final = frozenset(
    (
        "hadde",
        "var",
        "fikk",
        "fekk",
        "brukte",
        "brukt",
        "hatt",
        "gikk",
        "gjekk",
        "ble",
        "vart",
        "tok",
        "operert",
        "opererte",
    )
)
_ACTING: Final = frozenset(("du", "dere", "dykk", "vi", "me", "jeg", "eg"))
_NOW: Final = frozenset(("nå", "no", "lenger", "lengre", "lengjer"))


def time(claim: Claim, start: int, end: int, lexicon: Lexicon) -> Time:
    """When what stands at tokens [start, end) is so."""
    if claim.when is not None:
        return claim.when
    tokens = claim.tokens
    if _conditional(tokens, start, lexicon):
        return Time.PLANNED
    begin, stop = clause(tokens, start)
    stop = max(stop, end)
    if stop < len(tokens) and tokens[stop].text in ("da", "då"):  # «hadde astma da jeg var liten»
        stop = clause(tokens, min(stop + 1, len(tokens) - 1))[1]
    own = tokens[begin:stop]
    if _over(tokens, begin, stop, lexicon):
        return Time.PAST
    return (
        Time.PLANNED if lexicon.has(tokens[begin:start], "planned") and not lexicon.has(own, "recent") else Time.PRESENT
    )


def _conditional(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> bool:
    """After «hvis», as far as to what follows from it: «hvis du får feber, så ring»; «blir du verre, ring»."""
    if start < conditional(tokens):
        return True
    for hit in lexicon.find(tokens[:start], "conditional"):
        if (
            tokens[hit.start].text == "kan" and hit.start and tokens[hit.start - 1].text in _ACTING
        ):  # «du kan gi ham Paracet»
            continue
        between = tokens[hit.end : start]
        done = any(
            token.text == "," and i + 1 < len(between) and between[i + 1].text in _CONSEQUENCE
            for i, token in enumerate(between)
        ) or (bool(between) and any(token.text == "så" for token in between[2:]))
        if not done:
            return True
    return False


def _over(tokens: Sequence[Token], begin: int, stop: int, lexicon: Lexicon) -> bool:
    own = tokens[begin:stop]
    if lexicon.has(own, "no-longer"):
        return True
    before = lexicon.find(own, "before")
    if any(
        not any(b.start <= hit.start < b.end for b in before) for hit in lexicon.find(own, "past")
    ) and not lexicon.has(own, "recent"):
        return True
    return any(token.text in _HAD for token in own) and (_long_ago(own) or _ended(tokens, stop))


def _long_ago(own: Sequence[Token]) -> bool:
    """«for to år siden», «i 2015»."""
    for i, token in enumerate(own):
        if token.text in ("siden", "sidan") and i >= 3 and any(t.text.startswith("år") for t in own[i - 2 : i]):
            return True
        if (
            token.text == "i"
            and i + 1 < len(own)
            and (year := own[i + 1].value) is not None
            and _YEARS[0] <= year <= _YEARS[1]
        ):
            return True
    return False


def _ended(tokens: Sequence[Token], stop: int) -> bool:
    """«hadde feber, men ikke nå»."""
    rest = [token.text for token in tokens[stop : stop + 7] if token.text != ","]
    return (
        rest[:1] == ["men"] and any(word in ("ikke", "ikkje") for word in rest) and any(word in _NOW for word in rest)
    )
