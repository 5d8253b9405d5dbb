"""Where a medication is named in what is said, or stands in its place: known names, groups («blodfortynnende»), near misses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kiskriv.draft.kinds.near_misses import NearMisses
from kiskriv.draft.kinds.regimen import PIECES, STRENGTHS
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.reading import tokens as read
from kiskriv.draft.lexicon import Hit, Lexicon, Term
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role

_NEAR: Final = 4
"""Tokens between a verb and the word that it may make a medication."""
_FORMS: Final = frozenset((
    "tablett", "tabletter", "tablettar", "kapsler", "kapslar", "mikstur", "krem", "salve", "spray", "depot",
    "retard", "dråper", "dropar",
))  # fmt: skip
_COMPOUND: Final = re.compile(
    r"(?P<head>[^\W\d_][^\W_]*(?:-[^\W_]+)*?)"
    r"(?:-(?:en|et|a|n|ene|ane|er|ar)|-?s?(?:kur|dose|stikkpille|mikstur|salve|pulver|gel|tablett|kapsel|spray|sprøyt|resept|krem|plast|dråp|drop|behandling|bruk)[a-zæøå]{0,4})"
)
_LAST_LETTERS: Final = (
    "kur",
    "kuren",
    "kura",
    "dose",
    "dosen",
    "tabletten",
    "tabletter",
    "tablettene",
    "sprayen",
    "spray",
    "sprøyta",
    "sprøyte",
    "sprøyten",
    "resepten",
    "kremen",
    "behandling",
    "behandlinga",
    "behandlingen",
    "tablettane",
    "tablettar",
)
"""How a compound ends that can begin with a medication."""
_OTHERWISE: Final = (
    "medication",
    "lab",
    "vital",
    "symptom",
    "condition",
    "event",
    "body",
    "site",
    "structure",
    "test",
    "examination",
)
"""Categories of words that are no near misses, since they are known for what they are."""
_ORDERED: Final = frozenset(("tar", "tek", "ta", "tas", "tatt", "teke"))
"""What a doctor also says of a blood sample."""


@dataclass(frozen=True, slots=True, repr=False)
class DrugName:
    """At tokens [start, end). `group`: «antibiotika»; `generic`: «faste medisiner»; `vaccine`: it is one.

    `spelling`: as it was heard, where it is a near miss.
    """

    name: str
    start: int
    end: int
    group: bool = False
    generic: bool = False
    vaccine: bool = False
    spelling: str = ""

    def __repr__(self) -> str:
        return f"<DrugName at {self.start}>"


def _sorts(lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Names that are ordinary words, too; kinds of drugs; words for any drug."""
    in_context, groups, generic = (
        frozenset(term.nb for term in lexicon.terms(category))
        for category in ("medication-in-context", "medication-group", "medicine")
    )
    return in_context, groups, generic


class DrugNames:
    """The names of a lexicon, looked for."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._in_context, self._groups, self._generic = lexicon.once(_sorts)

    def substance(self, name: str) -> str:
        """What brands of one substance have in common; the name itself where none is known."""
        hits = self._lexicon.find(read(name), "substance")
        return hits[0].term.nb.lower() if hits else name.lower()

    def is_generic(self, name: str) -> bool:
        """«medisiner», «faste medisiner»: not one drug."""
        return name in self._generic

    def is_group(self, name: str) -> bool:
        """«antibiotika», «influensavaksine»: a kind of drug."""
        return name in self._groups

    def among(self, tokens: Sequence[Token]) -> tuple[Hit, ...]:
        """Every form of every name, whether or not it is a medication here; also as the head of a longer word: «Selexid-kuren»."""
        hits = self._lexicon.find(tokens, "medication")
        inside = [(at, head) for at, token in enumerate(tokens) if (head := self._head(token.text))]
        if not inside:
            return hits
        taken = {at for hit in hits for at in range(hit.start, hit.end)}
        more = [Hit(term, at, at + 1) for at, term in inside if at not in taken]
        return tuple(sorted((*hits, *more), key=lambda hit: hit.start))

    def _head(self, word: str) -> Term | None:
        """The medication that a compound begins with, «Metformindosen», or that has its ending after a stroke, «Imigran-en»."""
        if "-" not in word and not word.endswith(_LAST_LETTERS):
            return None
        met = _COMPOUND.fullmatch(word)
        hits = self._lexicon.find(read(met["head"]), "medication") if met else ()
        return hits[0].term if len(hits) == 1 and hits[0].term.nb not in self._groups else None

    def named(self, claim: Claim) -> tuple[DrugName, ...]:
        """The medications of a claim, from the left: ordinary words and near misses only where a medication would stand."""
        known = [self._named(hit) for hit in self.among(claim.tokens) if self._is_drug(claim, hit)]
        taken = {at for name in known for at in range(name.start, name.end)}
        return tuple(sorted([*known, *self._near_misses(claim, taken)], key=lambda name: name.start))

    def _named(self, hit: Hit) -> DrugName:
        name = hit.term.nb
        vaccine = self.substance(name).endswith("vaksine")
        return DrugName(name, hit.start, hit.end, name in self._groups, name in self._generic, vaccine)

    def _is_drug(self, claim: Claim, hit: Hit) -> bool:
        if hit.term.nb not in self._in_context or claim.written:
            return True
        if claim.tokens[hit.end - 1].text.endswith(_LAST_LETTERS):
            return True
        return self._takes(claim, hit.start, sample=claim.role is Role.PRACTITIONER) or self._dosed(
            claim.tokens, hit.end
        )

    def _near_misses(self, claim: Claim, taken: set[int]) -> Iterator[DrugName]:
        """What a recogniser made of a name: where one would stand, and of a long one anywhere."""
        if claim.written:
            return
        tokens, end = claim.tokens, 0
        places = frozenset(self._places(tokens))
        for at, token in enumerate(tokens):
            if at < end or at in taken or token.value is not None or not token.text.isalpha():
                continue
            end = at + 1
            name = self._nearest.name(token.text) if at in places else self._nearest.anywhere(token.text)
            if name is None and at in places and end < len(tokens) and end not in taken:
                name = self._nearest.parted(token.text, tokens[end].text)
                end += name is not None
            if name is not None and not self._lexicon.has(tokens[at:end], *_OTHERWISE):
                yield DrugName(name, at, end, spelling=claim.text[token.start : tokens[end - 1].end])

    def _places(self, tokens: Sequence[Token]) -> Iterator[int]:
        """Where a medication would stand: before a dose, after a verb of taking, after «resept på» and «allergisk mot»."""
        for at, token in enumerate(tokens):
            if len(token.text) >= 5 and token.value is None and self._dosed(tokens, at + 1):
                yield at
        for hit in self._lexicon.find(tokens, "takes-a-drug"):
            yield from range(hit.end, min(hit.end + 3, len(tokens)))

    def _takes(self, claim: Claim, at: int, sample: bool) -> bool:
        tokens = claim.tokens[max(0, at - _NEAR) : at]
        verbs = self._lexicon.find(tokens, "takes-a-drug")
        if any(not (sample and tokens[hit.start].text in _ORDERED) for hit in verbs):
            return True
        return not sample and self._lexicon.has(claim.asked, "takes-a-drug")

    def _dosed(self, tokens: Sequence[Token], at: int) -> bool:
        """A dose or a form comes next: «… 50 milligram», «… depot»."""
        if at < len(tokens) and tokens[at].text in _FORMS:
            return True
        at += at < len(tokens) and tokens[at].text == ","
        if at + 1 >= len(tokens) or tokens[at].value is None:
            return False
        unit = self._lexicon.find(tokens[at + 1 : at + 3], "unit")
        return bool(unit) and unit[0].start == 0 and unit[0].term.nb in STRENGTHS | PIECES

    @cached_property
    def _nearest(self) -> NearMisses:
        return self._lexicon.once(NearMisses.of)
