"""Medications that are only spoken of: nobody takes or shall take them by what is said here. Pure.

«Sammen med Marevan», «får hoste av Ramipril», «Centyl kan gi gikt», «folk reagerer på Bactrim», «har noen Imovane liggende», «skulle ønske
jeg kunne ta en Sobril». Words are those of `lexicon/regimens.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claim import Claim

_BESIDE: Final = frozenset(
    (("sammen", "med"), ("saman", "med"), ("grunn", "av"), ("i", "motsetning"), ("som", "heiter"))
)
_GOT: Final = frozenset(
    ("får", "få", "fikk", "fekk", "fått", "har", "hadde", "hatt", "blir", "ble", "blei", "vert", "vart")
)
_MAY: Final = frozenset(("kan", "kunne", "vil", "ofte", "også", "òg", "jo"))
_GIVES: Final = frozenset(("gi", "gir", "gje", "gjev", "gav", "ga", "inneholder", "inneheld", "øker", "aukar"))
_GIVERS: Final = frozenset(("jeg", "eg", "vi", "me"))
_PATIENT: Final = frozenset(("du", "deg", "dere", "dykk", "jeg", "eg", "meg"))
_LIES: Final = frozenset(("liggende", "liggande", "hjemme", "heime", "igjen", "skapet", "overs", "skuffen", "skuffa"))
_LISTING: Final = frozenset((",", "og", "eller", "samt"))


def general(claim: Claim, lexicon: Lexicon) -> bool:
    """Said of people, not of this one: «folk får utslett av Bactrim», «det blir man kvalm av»."""
    hits = lexicon.find(claim.tokens, "in-general")
    if not hits or claim.written:
        return False
    return not any(token.text in _PATIENT for token in claim.tokens[: hits[0].start])


def wished(claim: Claim, lexicon: Lexicon) -> bool:
    """«Skulle ønske jeg kunne ta en Sobril»: it is not so."""
    return not claim.written and lexicon.has(claim.tokens, "wished")


def aside(claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None) -> bool:
    """Whether this name is only spoken of."""
    return (
        _beside(claim.tokens, name)
        or _cause(claim.tokens, name, verb)
        or _gives(claim, names, name)
        or _lies(claim, verb)
    )


def _beside(tokens: Sequence[Token], name: DrugName) -> bool:
    """«sammen med X», «på grunn av X», «heller Y enn X»."""
    before = tuple(token.text for token in tokens[max(0, name.start - 2) : name.start])
    if before[-1:] == ("enn",):
        return any(token.text == "heller" for token in tokens[: name.start])
    return before in _BESIDE or before[-1:] == ("pga",)


def _cause(tokens: Sequence[Token], name: DrugName, verb: Hit | None) -> bool:
    """«får hoste av Ramipril»."""
    got = verb is not None and tokens[verb.start].text in _GOT
    return got and name.start > 0 and tokens[name.start - 1].text == "av"


def _gives(claim: Claim, names: Sequence[DrugName], name: DrugName) -> bool:
    """«Ibux og Voltaren kan gi magesår»; not «Marevan gir jeg deg»."""
    named = {at for other in names for at in range(other.start, other.end)}
    at = name.end
    while name.end and at < len(claim.tokens) and (at in named or claim.tokens[at].text in _LISTING | _MAY):
        at += 1
    words = [token.text for token in claim.tokens[at : at + 2]]
    return (
        bool(name.end) and not claim.written and words[:1] != [] and words[0] in _GIVES and not _GIVERS & set(words[1:])
    )


def _lies(claim: Claim, verb: Hit | None) -> bool:
    """«Jeg har noen Imovane liggende»: it is there, and not taken."""
    has = verb is not None and claim.tokens[verb.start].text in ("har", "hadde")
    return has and not claim.written and any(token.text in _LIES for token in claim.tokens[verb.end :] if verb)
