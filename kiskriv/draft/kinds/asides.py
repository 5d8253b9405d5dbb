"""Medications that are only spoken of: nobody takes or shall take them by what is said here. Pure.

«Sammen med Marevan», «får hoste av Ramipril», «Centyl kan gi gikt», «folk reagerer på Bactrim», «har noen Imovane liggende», «skulle ønske
jeg kunne ta en Sobril». Words are those of `lexicon/regimens.txt`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.language.reading import SUBJECTS, Token, conditional
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claim import VERBS, Claim, clause
from kiskriv.transcript import Role

_SUCH: Final = frozenset((("slik", "som"), ("sånn", "som"), ("sånne", "som"), ("slike", "som"), ("for", "eksempel")))
_ALIKE: Final = frozenset(("slikt", "sånt", "sånn", "lignende", "liknende", "liknande", "slike", "sånne"))
_BESIDE: Final = frozenset((("sammen", "med"), ("saman", "med"), ("grunn", "av"), ("i", "motsetning")))
_GOT: Final = frozenset(
    ("får", "få", "fikk", "fekk", "fått", "har", "hadde", "hatt", "blir", "ble", "blei", "vert", "vart")
)
_MAY: Final = frozenset(("kan", "kunne", "vil", "ofte", "også", "òg", "jo"))
_GIVES: Final = frozenset(("gi", "gir", "gje", "gjev", "gav", "ga", "inneholder", "inneheld", "øker", "aukar"))
_GIVERS: Final = frozenset(("jeg", "eg", "vi", "me"))
_PATIENT: Final = frozenset(("du", "deg", "dere", "dykk", "jeg", "eg", "meg"))
_LIES: Final = frozenset(("liggende", "liggande", "hjemme", "heime", "igjen", "skapet", "overs", "skuffen", "skuffa"))
_MY: Final = frozenset(("min", "mi", "mitt", "mine"))
_WANTS: Final = frozenset(
    ("vil", "ville", "ønsker", "ynskjer", "tenke", "tenkte", "vurderer", "lurer", "lyst", "håper", "håpar")
)
_MAY_I: Final = frozenset(
    ("om", who, may, take)
    for who in SUBJECTS
    for may in ("kan", "kunne", "får", "skal", "bør")
    for take in ("ta", "få", "bruke", "bruka", "prøve", "ha")
)
"""«… om jeg kan ta»"""
_TAKES: Final = frozenset(("tar", "tek", "tok", "bruker", "brukar", "brukte", "spiser", "går på", "drikker"))
_IF: Final = frozenset(("hvis", "viss", "dersom"))
_WHEN: Final = frozenset(("når", "før", "etter", "hvis", "viss", "dersom"))
_OF_IT: Final = frozenset((("av", "den"), ("av", "det"), ("av", "dei"), ("av", "dem")))
_LISTING: Final = frozenset((",", "og", "eller", "samt"))


def general(claim: Claim, lexicon: Lexicon) -> bool:
    """Said of people, not of this one: «folk får utslett av Bactrim», «det blir man kvalm av»."""
    hits = lexicon.find(claim.tokens, "in-general")
    if not hits or claim.written:
        return False
    return not any(token.text in _PATIENT for token in claim.tokens[: hits[0].start])


def _unreal(claim: Claim, name: DrugName, lexicon: Lexicon) -> bool:
    """«Skulle ønske jeg kunne ta en Sobril», «vi kunne ha prøvd Imigran», «folk får kvalme av Metformin»."""
    if claim.written or not name.end:
        return False
    begin, _ = clause(claim.tokens, name.start)
    before = claim.tokens[begin : name.end]
    return lexicon.has(before, "wished") or (general(claim, lexicon) and lexicon.has(before, "in-general"))


def _wanted(claim: Claim, name: DrugName, verb: Hit | None) -> bool:
    """«Jeg kunne tenke meg å begynne på Cipralex»: a patient's wish decides nothing."""
    tells = claim.role is not Role.PRACTITIONER and claim.answer is None
    words = [token.text for token in claim.tokens[: name.start]]
    if tells and not claim.written and _MAY_I & set(zip(words, words[1:], words[2:], words[3:], strict=False)):
        return True  # «han spør om han kan ta Dolcontin»
    begins = verb is not None and verb.term.nb in ("started", "changed") and verb.start < name.start
    return tells and begins and any(token.text in _WANTS for token in claim.tokens[: verb.start if verb else 0])


def aside(claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None, lexicon: Lexicon) -> bool:
    """Whether this name is only spoken of."""
    return (
        _beside(claim.tokens, name)
        or _example(claim, name)
        or _cause(claim.tokens, name)
        or (not name.end and not claim.written and _of_it(claim.tokens))
        or _gives(claim, names, name)
        or _lies(claim, verb)
        or _some_day(claim, verb)
        or _doctors_own(claim, verb)
        or _unreal(claim, name, lexicon)
        or _wanted(claim, name, verb)
        or _from_another(claim, name, verb, lexicon)
    )


def _beside(tokens: Sequence[Token], name: DrugName) -> bool:
    """«sammen med X», «på grunn av X», «heller Y enn X»."""
    before = tuple(token.text for token in tokens[max(0, name.start - 2) : name.start])
    if before[-1:] == ("enn",):
        return any(token.text == "heller" for token in tokens[: name.start])
    return before in _BESIDE or before[-1:] == ("pga",)


def _example(claim: Claim, name: DrugName) -> bool:
    """A doctor's «slik som Ozempic», «Betnovat og slikt»."""
    before = tuple(token.text for token in claim.tokens[max(0, name.start - 2) : name.start])
    after = tuple(token.text for token in claim.tokens[name.end : name.end + 2]) if name.end else ()
    such = before in _SUCH or (after[:1] == ("og",) and after[1:] != () and after[1] in _ALIKE)
    return claim.role is Role.PRACTITIONER and not claim.written and such


def _cause(tokens: Sequence[Token], name: DrugName) -> bool:
    """«får hoste av Ramipril»."""
    of = name.start > 0 and tokens[name.start - 1].text == "av"
    return of and any(token.text in _GOT for token in tokens[: name.start])


def _of_it(tokens: Sequence[Token]) -> bool:
    """«fikk hoste av den»"""
    words = [token.text for token in tokens]
    return any(pair in _OF_IT for pair in pairwise(words)) and any(word in _GOT for word in words)


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
    if verb is None or claim.written or claim.tokens[verb.start].text not in ("har", "hadde"):
        return False
    after = [token.text for token in claim.tokens[verb.end :]]
    spare = any(
        word in ("fra", "frå") and later in ("da", "då", "sist", "før", "operasjonen")
        for word, later in pairwise(after)
    )
    return spare or any(word in _LIES for word in after)


def _some_day(claim: Claim, verb: Hit | None) -> bool:
    """«Når du er ferdig med Apocillin, …», «blir du syk, stopper du med Metformin», «… ringer du, så skriver jeg ut»: not yet."""
    if verb is None or claim.written or claim.answer is not None:
        return False
    before = [token.text for token in claim.tokens[: verb.start]]
    if before[-1:] == ["så"] and bool({"ringer", "ring", "kontakt"} & set(before)):
        return True
    if verb.term.nb not in ("stopped", "changed") or not before:
        return False
    if "," not in before:
        return before[0] in _WHEN
    supposes = before[1] in SUBJECTS and (
        before[0] in VERBS or before[0].endswith("r")
    )  # «Blir du svimmel, kutter du den ut»
    return before[0] in _IF or supposes or conditional(claim.tokens) > 0


def _doctors_own(claim: Claim, verb: Hit | None) -> bool:
    """«Jeg tar en Vimovo etter skituren»: who prescribes does not take."""
    if verb is None or claim.role is not Role.PRACTITIONER or claim.answer is not None or claim.written:
        return False
    beside = claim.tokens[max(0, verb.start - 1) : verb.start] + claim.tokens[verb.end : verb.end + 1]
    return claim.tokens[verb.start].text in _TAKES and any(token.text in ("jeg", "eg") for token in beside)


def _from_another(claim: Claim, name: DrugName, verb: Hit | None, lexicon: Lexicon) -> bool:
    """«fikk en Voltaren av mannen min»: it is somebody else's."""
    after = [token.text for token in claim.tokens[name.end : name.end + 4]]
    got = verb is not None and claim.tokens[verb.start].text in _GOT and after[:1] in (["av"], ["fra"], ["frå"])
    return got and (bool(_MY & set(after)) or lexicon.has(claim.tokens[name.end : name.end + 3], "kin", "other"))
