"""Whom something is said of: the patient, a relative, or somebody else. Pure. Cues: `lexicon/cues.txt`.

A word for a relative makes what follows the relative's («mora mi hadde brystkreft»), until «jeg» or «du» leads back; «hun» goes on with
whom the talk was about. Where a relative speaks, «han» is the patient, and «jeg» is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Final

from kiskriv.draft.fact import About
from kiskriv.draft.language.reading import Sentence, Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claim import VERBS, Claim, clause
from kiskriv.transcript import Role

_FIRST: Final = frozenset(("jeg", "eg", "æ", "æg", "meg", "mæ"))
_SECOND: Final = frozenset(("du", "deg", "dere", "dykk", "dokker"))
_SUPPOSING: Final = frozenset(
    (
        "husker",
        "hugsar",
        "tror",
        "trur",
        "ser",
        "synes",
        "syns",
        "synest",
        "skjønner",
        "mener",
        "meiner",
        "hører",
        "høyrer",
    )
)
"""«…, tror jeg» leads back to nobody."""
_WE: Final = frozenset(("vi", "me"))
_THIRD: Final = frozenset(("han", "hun", "ho", "hu", "ham", "henne", "honom", "hon"))
_SHE: Final = frozenset(("hun", "ho"))
_HE: Final = frozenset(("han",))
_WOMEN: Final = ("mor", "søster", "tante", "niese", "kone", "kusine", "svigerinne", "datter")
_HEADLESS: Final = frozenset(("går", "bruker", "brukar", "tar", "tek", "har", "får", "gikk", "gjekk", "tok", "brukte"))
"""Begin what a doctor goes on to tell of herself: «Jeg har et kne, jeg. Går på Voltaren.»"""
_OBJECTS: Final = frozenset(("ham", "henne", "honom"))
_TELLING: Final = frozenset(
    (
        "sier", "seier", "sa", "mener", "meiner", "mente", "meinte", "syns", "synes", "synest", "forteller", "fortel", "fortalte",
        "tror", "trur", "lurer",
        "ringte", "kjørte", "køyrde", "fulgte", "spør", "ville", "oppgir", "opplyser", "observerer", "måtte", "maser", "bekymrer",
        "følger", "merker",
    )
)  # fmt: skip
"""After these a relative is not whom it is about: «mannen min sier at jeg snorker», «mor forteller»."""
_WITH: Final = frozenset(
    ("med", "til", "fra", "frå", "for", "etter", "av", "enn", "som", "ringe", "og", "uten", "utan", "mot", "både")
)
_MINE: Final = frozenset(
    ("min", "mi", "mitt", "mine", "din", "di", "ditt", "dine", "vår", "hans", "hennes", "hennar", "hannas")
)
_TENDING: Final = frozenset(
    (
        "målt",
        "målte",
        "gitt",
        "gav",
        "ga",
        "gjeve",
        "sett",
        "såg",
        "merket",
        "merka",
        "merker",
        "hørt",
        "høyrt",
        "smurt",
        "prøvd",
        "ringt",
        "lagt",
        "tror",
        "trur",
    )
)
_FEELING: Final = frozenset(
    ("sover", "søv", "er", "sliter", "slit", "orker", "orkar", "hoster", "hostar", "får", "fikk", "fekk", "våkner", "vaknar", "hadde",
     "røyker", "røykjer", "blir", "bruker", "brukar"),
)  # fmt: skip
"""What a relative says of herself with these, is hers."""
_BROKE: Final = frozenset(("rev", "brakk", "braut", "slet", "sleit"))
_HURT: Final = frozenset(
    ("saga", "sagde", "skar", "kutta", "kuttet", "brente", "brende", "slo", "stakk", "vred", "vrei", "forstua")
)
"""«Jeg skar meg»: hurt; «jeg skar bort» is what the doctor did."""
_FAR: Final = 4
_NEXT: Final = 3
_RECENT: Final = 6
"""Sentences for which «hun» goes on to mean the relative that was spoken of."""
_CHILD: Final = frozenset(("sønn", "datter", "barn"))


class Persons:
    """Follows whom the talk is about, sentence by sentence."""

    def __init__(self, said: Sequence[Sentence], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._accompanied = any(sentence.role in (Role.RELATED_PERSON, Role.INTERPRETER) for sentence in said)
        self._patient = _patient(said, lexicon)
        self._person = About.PATIENT
        self._other: About | None = None
        self._since = _RECENT
        self._id: int | None = None
        self._kin_named: frozenset[str] = frozenset()
        """What a relative's relative is called in what she says next: «ho»."""

    def begin(self, sentence: Sentence) -> tuple[About, About | None]:
        """Whom this sentence is about where it begins, and whom «han» and «hun» in it mean."""
        self._since += 1
        fragment = (
            sentence.id == self._id and not sentence.asks and not any(token.text in VERBS for token in sentence.tokens)
        )
        goes_on = sentence.id == self._id and sentence.role is Role.PRACTITIONER and not sentence.asks
        goes_on_relaying = sentence.id == self._id and sentence.role is Role.INTERPRETER
        if sentence.id != self._id:
            self._kin_named = frozenset()
        self._id = sentence.id
        if goes_on_relaying and self._person is About.OTHER:
            return self._person, About.PATIENT
        if self._accompanied and self._kin_named & {token.text for token in sentence.tokens[:1]}:
            return About.RELATIVE, About.RELATIVE  # «Storesøstera har mark. Hun fikk Vanquin.»
        if fragment or (goes_on and self._person is About.OTHER and sentence.tokens[0].text in _HEADLESS):
            return self._person, About.PATIENT if self._accompanied else None
        if self._accompanied or (sentence.role is Role.PRACTITIONER and not self._goes_on(sentence.tokens)):
            self._person = About.PATIENT
        if self._accompanied:
            return self._person, About.PATIENT
        return self._person, self._other if self._since <= _RECENT else None

    def end(self, made: Claim) -> None:
        """After what it claimed or asked."""
        self._person = _follow(made, len(made.tokens), self._lexicon, self._patient)
        if self._accompanied and self._person is About.RELATIVE:
            kin = self._lexicon.find(made.tokens, "kin")
            self._kin_named = _SHE if kin and kin[0].term.nb.endswith(_WOMEN) else _HE if kin else self._kin_named
        if self._person is not About.PATIENT:
            self._other, self._since = self._person, 0
        elif made.role is Role.PATIENT and self._since > _RECENT and self._lexicon.has(made.tokens, "kin"):
            self._other, self._since = About.RELATIVE, _RECENT - _NEXT  # «resept til mora mi. Hun har gikt»

    @property
    def patient(self) -> frozenset[str]:
        """The words for a relative that mean the patient here: a child whose mother tells."""
        return self._patient

    def _goes_on(self, tokens: Sequence[Token]) -> bool:
        return any(token.text in _THIRD for token in tokens) or self._lexicon.has(tokens, "kin")


def about(claim: Claim, start: int, end: int, lexicon: Lexicon) -> About:
    """Whom what stands at tokens [start, end) is about."""
    if claim.fixed is not None:
        return claim.fixed
    begin, stop = clause(claim.tokens, start)
    if lexicon.has(claim.tokens[begin : max(stop, end)], "family"):
        return About.RELATIVE
    after = claim.tokens[end:stop]
    if after[:1] and after[0].text == "hos" and lexicon.has(after[1:3], "kin"):
        return About.RELATIVE
    verb = next((at for at, token in enumerate(after[:_FAR]) if token.text in VERBS), len(after))
    turned = claim.role is Role.RELATED_PERSON and any(token.text in _FIRST for token in after[verb + 1 : verb + 2])
    if turned and not any(token.text in _FIRST or token.text in _THIRD for token in claim.tokens[begin:start]):
        # «vondt i hofta har jeg hatt i ti år»
        return _of_first(claim, end + 1, _follow(claim, start, lexicon, claim.patient))
    if len(after) > 2 and after[0].text in VERBS and lexicon.find(after[1:2], "kin"):  # «migrene har mora mi»
        return _follow(claim, min(end + 4, stop), lexicon, claim.patient)
    return _follow(claim, start, lexicon, claim.patient)


def _follow(claim: Claim, stop: int, lexicon: Lexicon, patient: frozenset[str]) -> About:
    """Whom it is about before token `stop`."""
    if claim.fixed is not None:
        return claim.fixed
    tokens = claim.tokens
    person, named = claim.person, False
    others = {hit.start for hit in lexicon.find(tokens[:stop], "other")}
    kin = {hit.start: hit for hit in lexicon.find(tokens[: stop + 1], "kin") if hit.start < stop}
    for at, token in enumerate(tokens[:stop]):
        if at in others:
            person, named = (About.OTHER if _subject(tokens, at, at + 1) else person), True
        elif at in kin:
            person, named = _of_kin(tokens, kin[at], person, patient), True
        elif token.text in _SECOND or (token.text in _WE and claim.role is Role.PRACTITIONER):
            person = About.PATIENT
        elif token.text in _FIRST and not (at and tokens[at - 1].text in _SUPPOSING):
            person = _of_first(claim, at, person)
        elif _neighbour(claim, at, lexicon):
            person, named = About.OTHER, True
        elif token.text in _THIRD and claim.third is not None and not named:
            person = claim.third
    return person


def _neighbour(claim: Claim, at: int, lexicon: Lexicon) -> bool:
    """«Han Odd fikk …», «ho Berit»: the patient's own people are told of otherwise."""
    here = claim.role is Role.RELATED_PERSON or claim.third is About.PATIENT  # he sits in the room
    if claim.tokens[at].text not in _THIRD - _OBJECTS or here or at + 1 >= len(claim.tokens):
        return False
    name = claim.tokens[at + 1]
    if lexicon.has((name,), "medication"):  # «gi han Paracet»
        return False
    return name.text.isalpha() and name.text not in _FIRST and claim.text[name.start : name.start + 1].isupper()


def _of_kin(tokens: Sequence[Token], hit: Hit, person: About, patient: frozenset[str]) -> About:
    if not _subject(tokens, hit.start, hit.end):
        return person
    theirs = _of_theirs(tokens, hit.end)
    return About.PATIENT if hit.term.nb in patient and not theirs else About.RELATIVE


def _of_theirs(tokens: Sequence[Token], end: int) -> bool:
    """«faren hans», «faren til han»"""
    words = [token.text for token in tokens[end : end + 2]]
    return words[:1] in (["hans"], ["hennes"], ["hennar"]) or (words[:1] == ["til"] and words[-1] in _THIRD)


def _subject(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether it is these people that something is said of: not «sammen med mannen», «mor forteller at», «kona sier jeg»."""
    while end < len(tokens) and tokens[end].text in _MINE:
        end += 1
    if start and tokens[start - 1].text in _WITH and not (tokens[start - 1].text in ("og", "både") and start > 1):
        because = tokens[start - 1].text == "for" and end < len(tokens) and tokens[end].text in VERBS
        return because and tokens[end].text not in _TELLING
    return end >= len(tokens) or tokens[end].text not in _TELLING


def _of_first(claim: Claim, at: int, person: About) -> About:
    """«jeg»: the speaker; a relative's own only where it is not what she did for the patient."""
    if claim.role is Role.PRACTITIONER and not claim.written and _of_herself(claim, at):
        return About.OTHER
    if claim.role is Role.INTERPRETER and (claim.person is About.OTHER or _in_own_name(claim)):
        return About.OTHER
    if claim.role is not Role.RELATED_PERSON:
        return About.PATIENT
    words = [token.text for token in claim.tokens]
    treated = tuple(words[at : at + 2]) in (("meg", "på"), ("meg", "tabletter"))
    saw = any(pair in (("jeg", "så"), ("eg", "så")) for pair in pairwise(words))
    around = {*words[at + 1 : at + 2], *words[max(0, at - 1) : at]}
    own = bool(around & _FEELING) and not any(word in _TENDING for word in words)
    tends = saw or any(word in _TENDING or (word in _THIRD and not own) for word in words)
    return person if (tends and not treated) or not claim.tokens[at + 1 : at + 2] else About.RELATIVE


def _in_own_name(claim: Claim) -> bool:
    """«Unnskyld, doktor, jeg har hatt det samme selv»: the interpreter, of herself."""
    words = {token.text for token in claim.tokens}
    return bool(words & {"samme", "same"}) and bool(words & {"selv", "sjøl", "sjølv"})


def _of_herself(claim: Claim, at: int) -> bool:
    """«Jeg har så vondt i kneet selv», «jeg rev menisken i fjor»: the doctor, of herself."""
    words = [token.text for token in takewhile(lambda token: token.text not in _SECOND, claim.tokens)]
    near = {*words[max(0, at - 1) : at], *words[at + 1 : at + 2]}
    alone = near & {"har", "hadde", "tar", "tek", "bruker", "brukar", "er", "går", "gjorde", "sliter", "fikk", "fekk"}
    hurt = any(one in _HURT and other in ("meg", "mæ") for one, other in pairwise(words))
    tag = words[at - 1 : at] == [","] and words[at + 1 : at + 2] in ([","], ["."], [])  # «Jeg har et kne, jeg»
    return (
        hurt or tag or bool(near & _BROKE) or (bool(alone) and any(word in ("selv", "sjøl", "sjølv") for word in words))
    )


def _patient(said: Sequence[Sentence], lexicon: Lexicon) -> frozenset[str]:
    """Whom the relative came with: the first that she speaks of by a word for kin, unless she began with «han» or «hun»; any child."""
    if not any(sentence.role is Role.RELATED_PERSON for sentence in said):
        return frozenset()
    for sentence in said:
        if sentence.role is not Role.RELATED_PERSON:
            continue
        kin = {hit.start: hit for hit in lexicon.find(sentence.tokens, "kin")}
        for at, token in enumerate(sentence.tokens):
            if at in kin and _subject(sentence.tokens, at, kin[at].end):
                theirs = _of_theirs(sentence.tokens, kin[at].end)
                return _CHILD if theirs else _CHILD | {kin[at].term.nb}
            if token.text in _THIRD:
                return _CHILD
    return _CHILD
