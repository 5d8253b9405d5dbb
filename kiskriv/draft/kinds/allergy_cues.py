"""How a claim comes to speak of allergy, and of which of its names. Pure. Words: `lexicon/allergens.txt`.

«Allergisk mot X», «reagerer på X» and «tåler (ikke) X» do; a reaction does only where it is told to come of the name: «utslett av X»,
«X klør jeg av», «kløe når jeg bruker X». What «folk» reacts on, what somebody should do if, and what «nyrene ikke tåler» is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Time
from kiskriv.draft.kinds import asides
from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.language.reading import SUBJECTS, Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claim import Claim
from kiskriv.transcript import Role

ONE_WORD: Final = re.compile(r"[^\W\d_]+-?allergi(?:en|er|ar|ane|ene|ker|kar|sk|ske)?|høysnue")
"""«pollenallergi»: what it is to, in one word."""

_BEGINNINGS: Final = (
    "cave", "overføl", "tål", "tol", "reag", "reak", "utslett", "elvebl", "neslef", "klø", "hov", "blås", "bles", "blæs", "hevels",
    "angioø", "anafyl", "eksem", "rød", "raud", "prikk", "vabl", "blemm", "renn", "nys", "tung", "tjukk", "puste", "høysnue", "gikk",
    "gjekk", "uten", "utan", "går", "greit", "anfall", "astmaan",
)  # fmt: skip
"""How the words of `allergens.txt` begin."""
_SOURCE: Final = frozenset(("av", "etter", "fra", "frå"))
_WHEN: Final = frozenset(("når", "da", "då", "hvis", "viss"))
_TAKES: Final = frozenset((
    "tar", "tek", "tok", "bruker", "brukar", "brukte", "får", "fikk", "fekk", "spiser", "et", "spiste", "begynte", "byrja", "drikker",
    "drikk", "er", "kommer", "kjem",
))  # fmt: skip
_ANYTHING: Final = frozenset((("noe", "du"), ("noko", "du"), ("noen", "du"), ("nokon", "du")))
_GOT: Final = frozenset(
    ("fikk", "fekk", "fått", "tok", "tatt", "teke", "brukte", "brukt", "begynte", "byrja", "spiste", "åt")
)
_RELIEF: Final = frozenset((
    ",", "ikke", "ikkje", "bra", "bedre", "betre", "mindre", "borte", "vekk", "ned", "over", "hjalp", "sluttet", "slutta", "uten",
    "utan",
))  # fmt: skip
"""With one of these in between, it does not come of it."""
_LOW: Final = frozenset((
    "bein", "beina", "beinet", "beinene", "anklene", "anklane", "ankler", "føttene", "føtene", "leggene", "leggane", "magen",
))  # fmt: skip
"""What swells there does so of the drug, and is no allergy."""
_ORGANS: Final = frozenset((
    "nyrene", "nyrane", "nyra", "magen", "leveren", "levra", "hjertet", "hjartet", "kroppen", "tarmen", "huden", "huda", "smerten",
    "smertene", "smerta", "lyd", "lys", "stress", "kulden", "varmen", "belastning", "trening", "jobben", "synet",
))  # fmt: skip
"""Said of, or by, these «tåler» is of no allergy."""
_BREAKS: Final = frozenset(("men", ";", "bruker", "brukar", "tar", "tek", "ellers", "elles"))
_APART: Final = frozenset(("men", ";", "så", "derfor"))
_IT: Final = frozenset(("det", "den", "dei", "dem"))
_IS: Final = frozenset(("var", "er", "stemte", "stemmer", "viste"))
_GROWN: Final = frozenset(("vokst", "vakse", "vaks", "vokste"))
_TESTS: Final = ("test", "prikktest", "utred", "utgrei", "sjekk", "undersøk")
_BRIEF: Final = 6
"""Tokens of «Penicillin går bra?», of which what is taken for nothing else."""
_FAR: Final = 7
"""Tokens between a reaction and what it comes of, at most."""


@dataclass(frozen=True, slots=True, repr=False)
class Cue:
    """At tokens [start, end); `inverted`: «tåler», of which the denial is the allergy.

    `reaction`: only what it comes of is the allergen.
    """

    start: int
    end: int
    inverted: bool = False
    reaction: bool = False

    def __repr__(self) -> str:
        return f"<Cue at {self.start}>"


def cues(claim: Claim, lexicon: Lexicon) -> tuple[Cue, ...]:
    """From the left; one at [0, 0) where the question, or all of the claim, speaks of it."""
    if not _speaks(claim) or asides.general(claim, lexicon) or _asks(claim):
        return ()
    found = [cue for cue in _said(claim, lexicon) if claim.written or not _only_if(claim, cue, lexicon)]
    if not found and not claim.written and lexicon.has(claim.tokens, "conditional"):
        return ()
    return tuple(sorted(found, key=lambda cue: cue.start)) or tuple(_implied(claim, lexicon))


def pairs(
    claim: Claim, names: Sequence[DrugName], met: Sequence[Cue], lexicon: Lexicon
) -> Iterator[tuple[DrugName, Cue]]:
    """Each name that is an allergen here, with its cue."""
    in_one_word = [name for name in names if ONE_WORD.fullmatch(claim.tokens[name.start].text)]
    if in_one_word:
        yield from ((name, Cue(name.start, name.end)) for name in in_one_word)
        return
    names = [
        name
        for name in names
        if not (lexicon.has(claim.tokens[name.start : name.end], "relieves-allergy") and _idle(met))
    ]
    taken: set[int] = set()
    for cue in met:
        end = next((other.start for other in met if other.start > cue.start and not other.reaction), len(claim.tokens))
        for name in _of_reaction(claim, cue, names) if cue.reaction else _of(claim, cue, end, names):
            if name.start not in taken:
                taken.add(name.start)
                yield name, _own(claim, name, names, lexicon) or cue
    if names and not taken and claim.asked:  # «Er det noe du ikke tåler?» «Penicillin, da blir jeg rød.»
        yield from ((name, cue) for cue in _asked(claim, lexicon) for name in names)
    for name in names:
        if name.start not in taken and (own := _own(claim, name, names, lexicon)):
            taken.add(name.start)
            yield name, own
    for name in names:  # «ikke mot medisiner, men …»
        near = {token.text for token in claim.tokens[max(0, name.start - 2) : name.start]}
        if name.generic and name.start not in taken and near & {"mot", "for", "på"}:
            yield name, met[0]


def _asks(claim: Claim) -> bool:
    """«og antibiotika noko du reagerer på», whose mark the recogniser left out."""
    words = [token.text for token in claim.tokens]
    anything = any(pair in _ANYTHING for pair in pairwise(words))
    return anything and claim.role is Role.PRACTITIONER and claim.answer is None and not claim.written


def _idle(met: Sequence[Cue]) -> bool:
    """What a question left open: «Er du allergisk?» «Jeg har EpiPen.»"""
    return all(cue.end == 0 for cue in met)


def _speaks(claim: Claim) -> bool:
    """Quickly: most claims do not."""
    return any(
        token.text.startswith(_BEGINNINGS) or "allerg" in token.text
        for tokens in (claim.tokens, claim.asked)
        for token in tokens
    )


def _said(claim: Claim, lexicon: Lexicon) -> Iterator[Cue]:
    for category in ("allergy", "reaction-to"):
        for hit in lexicon.find(claim.tokens, category):
            against = hit.start and claim.tokens[hit.start - 1].text in ("mot", "for")  # «tabletter mot allergien»
            if not against:
                yield Cue(hit.start, hit.end)
    for hit in lexicon.find(claim.tokens, "tolerance"):
        if not any(token.text in _ORGANS for token in claim.tokens[max(0, hit.start - 2) : hit.end + 3]):
            yield Cue(hit.start, hit.end, inverted=True)
    for hit in lexicon.find(claim.tokens, "reaction"):
        if not any(token.text in _LOW for token in claim.tokens[hit.end : hit.end + 3]):
            yield Cue(hit.start, hit.end, reaction=True)


def _only_if(claim: Claim, cue: Cue, lexicon: Lexicon) -> bool:
    """«Hvis du får utslett av Apocillin, …»"""
    return claims.time(claim, cue.start, cue.end, lexicon) is Time.PLANNED


def _implied(claim: Claim, lexicon: Lexicon) -> Iterator[Cue]:
    """By what was asked, or that it was taken before and went well."""
    if lexicon.has(claim.tokens, "went-well") and (
        any(token.text == "fått" for token in claim.tokens)
        or (claim.answer is not None and len(claim.tokens) <= _BRIEF)
    ):
        yield Cue(0, 0, inverted=True)
    elif any(ONE_WORD.fullmatch(token.text) for token in (*claim.tokens, *claim.asked)):
        yield Cue(0, 0)
    elif claim.asked and not lexicon.has(claim.tokens, "takes-a-drug"):
        yield from _asked(claim, lexicon)


def _asked(claim: Claim, lexicon: Lexicon) -> Iterator[Cue]:
    """«Har du fått utslett av noe?» «Av Bactrim.»; «Hva tåler du ikke?» «Egg»; «Tåler du penicillin?» «Ja, men ikke Bactrim.»"""
    asked = [token for token in claim.asked if token.text not in SUBJECTS]  # «reagerer du på noe»
    if lexicon.has(asked, "allergy", "reaction-to", "reaction"):
        yield Cue(0, 0)
    elif lexicon.has(claim.asked, "tolerance"):
        yield Cue(0, 0, inverted=not any(token.text in ("ikke", "ikkje") for token in claim.asked))


def _of(claim: Claim, cue: Cue, end: int, names: Sequence[DrugName]) -> list[DrugName]:
    """Behind the cue as far as the next one, or before it in the same clause; before «tåler det» wherever it was named."""
    broken = next((at for at in range(cue.end, end) if claim.tokens[at].text in _BREAKS), end)
    behind = [name for name in names if cue.end <= name.start < end]
    if behind:
        return [name for name in behind if name.start < broken]
    began = max((at + 1 for at, token in enumerate(claim.tokens[: cue.start]) if token.text in _APART), default=0)
    return [name for name in names if began <= name.start < cue.start]


def _of_reaction(claim: Claim, cue: Cue, names: Sequence[DrugName]) -> Iterator[DrugName]:
    """What it is told to come of; several in a row are all."""
    last = None
    for name in names:
        if name.start >= cue.end:
            listed = last is not None and all(t.text in (",", "og", "eller") for t in claim.tokens[last : name.start])
            if listed or _comes_of(claim.tokens[cue.end : name.start]):
                last = name.end
                yield name
        elif _then(claim.tokens[: cue.start], name) or (
            _ends_in_of(claim.tokens[cue.end :])
            and not any(t.text in _APART for t in claim.tokens[name.end : cue.start])
        ):
            yield name


def _then(before: Sequence[Token], name: DrugName) -> bool:
    """«fikk Zinacef, og da kom utslettet»: first the one, then the other."""
    taken = any(token.text in _GOT for token in before[: name.start])
    return taken and any(token.text in ("da", "då") for token in before[name.end :])


def _comes_of(between: Sequence[Token]) -> bool:
    words = [token.text for token in between]
    if len(words) > _FAR or _RELIEF & set(words):
        return False
    when = next((at for at, word in enumerate(words) if word in _WHEN), None)
    takes = (
        when is not None
        and words[when + 1 : when + 2] != []
        and words[when + 1] in SUBJECTS
        and bool(_TAKES & set(words))
    )
    return bool(_SOURCE & set(words)) or takes


def _ends_in_of(after: Sequence[Token]) -> bool:
    """«lateks klør jeg av»"""
    words = [token.text for token in after[:5]]
    return any(
        word == "av" and (words[at + 1 :] == [] or not words[at + 1].isalpha() or words[at + 1] == "det")
        for at, word in enumerate(words)
    )


def _own(claim: Claim, name: DrugName, names: Sequence[DrugName], lexicon: Lexicon) -> Cue | None:
    """«Plaster går fint, men lateks klør jeg av»: of several each has its own."""
    if len(names) < 2:
        return None
    end = next((other.start for other in names if other.start >= name.end), len(claim.tokens))
    return Cue(name.end, end, inverted=True) if lexicon.has(claim.tokens[name.end : end], "went-well") else None


def tolerated(claim: Claim, lexicon: Lexicon) -> Hit | None:
    """«… eg toler det»: of what was named before."""
    hits = lexicon.find(claim.tokens, "tolerance")
    last = hits[-1] if hits else None
    behind = claim.tokens[last.end : last.end + 2] if last else ()
    return last if last and any(token.text in _IT for token in behind[:1]) else None


def taken_back(claim: Claim, name: DrugName) -> bool:
    """«… men det var jeg ikke», «… men det var negativt», «… men det har jeg vokst av meg»."""
    words = [token.text for token in claim.tokens[name.end :]]
    if "men" not in words:
        return False
    after = words[words.index("men") + 1 :]
    denied = bool(set(after[:1]) & _IT) and bool({"ikke", "ikkje"} & set(after[1:6])) and bool(_IS & set(after[1:3]))
    return denied or any(word.startswith("negativ") for word in after) or bool(_GROWN & set(after))


def tested(claim: Claim, name: DrugName) -> bool:
    """«testet for penicillinallergi», which tells nothing, unless it was found."""
    words = [token.text for token in claim.tokens]
    looked = any(word.startswith(_TESTS) for word in words[max(0, name.start - 4) : name.start])
    return looked and not any(word.startswith(("positiv", "slo", "negativ", "fant", "påvis")) for word in words)
