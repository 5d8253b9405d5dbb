"""When something is so: now, once, or only planned or possible. Pure. Cues: `lexicon/cues.txt`.

«Har hatt feber i tre dager» is now. What was, and a word says that it is over or long ago, is past; a bare «hadde» is not enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kiskriv.draft.fact import Time
from kiskriv.draft.language.reading import SUBJECTS, Token, conditional
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claim import VERBS, Claim, clause

_YEARS: Final = (1900, 2100)
_WONDERING: Final = frozenset(
    ("på", "ikke", "ikkje", "spør", "spurte", "usikker", "vite", "se", "sjå", "sjekke", "høre", "høyre", "vet", "veit")
)
"""Before «om du» they say that somebody would know."""
_NOUN_FOLLOWS_NOT: Final = VERBS | {
    ",",
    ".",
    "!",
    "?",
    ":",
    "og",
    "men",
    "også",
    "òg",
    "så",
    "hatt",
    "brukt",
    "i",
    "her",
    "altså",
    "da",
    "enn",
}
"""After «før» as an adverb; before a noun it is «ahead of»."""
_NOT_THEN: Final = frozenset(("fra", "frå", "som", "enn"))
"""Before «før» they say that it goes on: «fra før», «som før»."""
_STILL: Final = frozenset(
    ("ikke", "ikkje", "aldri", "nesten", "delvis", "litt", "ingen", "skal", "bør", "vil", "kan", "hvis", "når", "må")
)
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
    if _over(tokens, begin, stop, range(start, end), lexicon):
        return Time.PAST
    return (
        Time.PLANNED if lexicon.has(tokens[begin:start], "planned") and not lexicon.has(own, "recent") else Time.PRESENT
    )


def _conditional(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> bool:
    """After «hvis», as far as to what follows from it: «hvis du får feber, så ring»; «blir du verre, ring»."""
    if start < conditional(tokens):
        return True
    for begin, end in _conditions(tokens, start, lexicon):
        if tokens[begin].text == "kan" and begin and tokens[begin - 1].text in _ACTING:  # «du kan gi ham Paracet»
            continue
        between = tokens[end:start]
        done = any(
            token.text == "," and i + 1 < len(between) and between[i + 1].text in _CONSEQUENCE
            for i, token in enumerate(between)
        ) or (bool(between) and any(token.text == "så" for token in between[2:]))
        if not done:
            return True
    return False


def _conditions(tokens: Sequence[Token], start: int, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Where a condition begins before token `start`: by its word, or «om du», where nobody wonders."""
    for hit in lexicon.find(tokens[:start], "conditional"):
        yield hit.start, hit.end
    for at in range(start - 1):
        wonders = at and tokens[at - 1].text in _WONDERING
        if tokens[at].text == "om" and tokens[at + 1].text in SUBJECTS and not wonders:
            yield at, at + 2


def _over(tokens: Sequence[Token], begin: int, stop: int, named: range, lexicon: Lexicon) -> bool:
    own = tokens[begin:stop]
    if lexicon.has(own, "no-longer"):
        return True
    if _gone(own, range(named.start - begin, named.stop - begin), lexicon) or _ended(tokens, stop, lexicon):
        return True
    then = any(own[hit.start].text != "før" or _then(own, hit.start) for hit in lexicon.find(own, "past"))
    if then and not lexicon.has(own, "recent"):
        return True
    return any(token.text in _HAD for token in own) and (_long_ago(own) or _not_now(tokens, stop))


def _then(own: Sequence[Token], at: int) -> bool:
    """Whether «før» is an adverb: «hadde det før», not «før avreise», «som før»."""
    if at and own[at - 1].text in _NOT_THEN:
        return False
    return at + 1 == len(own) or own[at + 1].text in _NOUN_FOLLOWS_NOT


def _gone(own: Sequence[Token], named: range, lexicon: Lexicon) -> bool:
    """«feberen har gitt seg»; not «har ikke gitt seg», nor where it is itself what is named: an appetite that «er borte»."""
    return any(
        not (hit.start < named.stop and named.start < hit.end)
        and not any(token.text in _STILL for token in own[max(0, hit.start - 3) : hit.start])
        and not any(token.text in _STILL for token in own[hit.end : hit.end + 1])
        for hit in lexicon.find(own, "gone")
    )


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


def _ended(tokens: Sequence[Token], stop: int, lexicon: Lexicon) -> bool:
    """«var kvalm, men det er borte nå»: «it» has gone."""
    rest = tokens[stop : stop + 8]
    words = [token.text for token in rest if token.text != ","]
    return words[:1] == ["men"] and words[1:2] in (["det"], ["den"], ["nå"], ["no"]) and _gone(rest, range(0), lexicon)


def _not_now(tokens: Sequence[Token], stop: int) -> bool:
    """«hadde feber, men ikke nå»."""
    rest = [token.text for token in tokens[stop : stop + 7] if token.text != ","]
    return (
        rest[:1] == ["men"] and any(word in ("ikke", "ikkje") for word in rest) and any(word in _NOW for word in rest)
    )
