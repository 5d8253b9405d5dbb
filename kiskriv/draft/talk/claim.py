"""A claim, and the clause that a word of it stands in. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.fact import About, Polarity, Time
from kiskriv.draft.language.reading import SUBJECTS, Token
from kiskriv.transcript import Role


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """`tokens` of what is claimed; `text`: the sentence they stand in, which their places count through.

    `role`: whose word it is (an answered question is its answerer's). `answer`: where the tokens are a question's, what was answered.
    `asked`: the tokens of the question that these complete, and `asked_in` its utterances.
    `written`: it stands in a note, in journal style, and `heading` is above it.
    `person`: whom it is about where it begins; `third`: whom «han», «hun», «ho» in it mean (None: whom it was about before).
    `fixed`: whom all of it is about, whatever its words: overheard, or another than was asked for.
    `when`: of all of it, where the answer told («nei, jeg sluttet»), or what stands above it.
    `patient`: words for kin that mean the patient here.
    `raised`: the tokens of questions straight before that claim nothing themselves, of anybody's («Og Ventoline?» «Den kan du slutte med»),
    and `raised_in` their utterances.
    """

    tokens: tuple[Token, ...]
    text: str
    role: Role
    evidence: tuple[int, ...]
    answer: Polarity | None = None
    asked: tuple[Token, ...] = ()
    asked_in: tuple[int, ...] = ()
    written: bool = False
    heading: str = ""
    person: About = About.PATIENT
    third: About | None = None
    fixed: About | None = None
    when: Time | None = None
    patient: frozenset[str] = frozenset()
    raised: tuple[Token, ...] = ()
    raised_in: tuple[int, ...] = ()

    @property
    def overheard(self) -> bool:
        """It was said to, or of, somebody who has no business here."""
        return self.fixed is About.OTHER

    def __repr__(self) -> str:
        return f"<Claim of {len(self.tokens)} tokens, evidence {list(self.evidence)}>"


VERBS: Final = frozenset(
    (
        "har", "hadde", "er", "var", "får", "fikk", "fekk", "blir", "vert", "ble", "blei", "vart", "kan", "kunne", "vil", "ville",
        "skal", "skulle",
        "må", "måtte", "bør", "tar", "tek", "tok", "bruker", "brukar", "brukte", "gjør", "gjer", "gjorde", "kjenner", "kjenner",
        "føler", "kjem",
        "kommer", "kom", "går", "gjekk", "gikk", "tror", "trur", "vet", "veit", "synes", "syns", "synest", "merker", "merkar",
        "hoster", "hostar",
        "sover", "søv", "spiser", "et", "drikker", "drikk", "røyker", "røykjer", "jobber", "jobbar", "trener", "trenar", "ser",
        "høyrer", "hører",
        "heter", "heiter", "tåler", "toler", "reagerer", "reagerte", "klarer", "klarar", "begynte", "begynner", "byrja", "startet",
        "starta", "trenger",
    )
)  # fmt: skip
"""Finite verbs that a clause of speech has most often."""

_BREAKS: Final = frozenset(
    (
        "men",
        "derimot",
        "unntatt",
        "unnateke",
        "utenom",
        "utanom",
        "foruten",
        "bortsett",
        "fordi",
        "pga",
        ";",
        ":",
        ".",
        "så",
        "mens",
        "enn",
        "derfor",
    )
)
"""Here another clause begins, whatever follows."""
_JOINTS: Final = frozenset(("og", "eller", "samt", "siden", "sidan", "for", "da", "då", "når", "at"))
"""Here it does where a subject or a verb follows: «og har vondt», «siden jeg fikk»."""
_ANEW: Final = frozenset(
    (
        "litt", "noe", "noko", "bare", "berre", "kun", "mye", "mykje", "veldig", "ganske", "en", "ein", "fortsatt", "framleis",
        "fremdeles", "god", "godt",
        "fin", "fint", "normal", "normalt", "normale", "fine", "gode", "ellers", "elles", "nå", "no", "ja", "jo", "derimot", "sterk",
        "sterke", "lett",
        "moderat", "uttalt", "økende", "aukande", "lette", "tydelig", "tydeleg",
    )
)  # fmt: skip
"""After a comma or «og» they say that something is so."""


def clause(tokens: Sequence[Token], at: int) -> tuple[int, int]:
    """The bounds [begin, end) of the clause that token `at` stands in. What commas and «og» string together is one: «ikke feber, hoste»."""
    begin = next((i + 1 for i in range(at - 1, -1, -1) if breaks(tokens, i)), 0)
    end = next((i for i in range(at + 1, len(tokens)) if breaks(tokens, i)), len(tokens))
    return begin, end


def breaks(tokens: Sequence[Token], at: int) -> bool:
    """Whether a clause ends before this token and the next begins with or after it."""
    word = tokens[at].text
    if word in _BREAKS:
        return True
    if word in ("siden", "sidan") and any(
        token.text == "for" for token in tokens[max(0, at - 4) : at]
    ):  # «for to år siden»
        return False
    following = tokens[at + 1].text if at + 1 < len(tokens) else ""
    if word == "," and following in ("da", "då") and at + 2 < len(tokens):  # «INR er to, da fortsetter vi»
        return tokens[at + 2].text in VERBS or (at + 3 < len(tokens) and tokens[at + 3].text in SUBJECTS)
    if word == "," or word in _JOINTS:
        if following in SUBJECTS or following in VERBS or following in _BREAKS:
            return not (word in ("at", "eller") and following in SUBJECTS)
        return word in (",", "og") and following in _ANEW
    return word == "på" and following == "grunn"
