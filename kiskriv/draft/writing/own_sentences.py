"""The doctor's and the patient's own sentences: which of them belong in a note, and what is cut from them. Pure.

Nothing is put in anybody's mouth: words are cut, and a few fixed openings are said more shortly (`_SHORTER`). What the patient said stands
between quotation marks, with whose words they are before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import About
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim, about
from kiskriv.draft.writing.topics import Topic
from kiskriv.transcript import Role


@dataclass(frozen=True, slots=True, repr=False)
class Own:
    """A clause as it was said, cut: where it stands, and the utterance that it is from."""

    topic: Topic
    text: str
    evidence: int
    role: Role

    def __repr__(self) -> str:
        return f"<Own {self.topic}, evidence {self.evidence}>"


_LONGEST: Final = 22
"""Words of a patient's clause: a longer one is a story, not a line."""
_SHORTEST: Final = 2
_VAGUE: Final = 6
"""Tokens of a clause about «det» or «den»: one that is no longer needs what was said before."""
_IT: Final = frozenset(("den", "de", "dei", "dem", "disse", "desse"))
_THEY: Final = frozenset(("de", "dei"))
_SOMEBODY: Final = ("han", "hun", "ho")
"""Of whom, or of what, a patient speaks who begins so."""
_DOCTOR: Final = (
    ("own-advice", Topic.ADVICE),
    ("own-assessment", Topic.ASSESSMENT),
    ("own-finding", Topic.FINDINGS),
    ("own-impression", Topic.ASSESSMENT),
)
_PATIENT: Final = (
    ("own-wish", Topic.WISH),
    ("own-work", Topic.WORK),
    ("own-story", Topic.STORY),
    ("own-exposure", Topic.STORY),
)

DOCTORS: Final = frozenset(topic for _, topic in _DOCTOR)
"""Topics of which the doctor's own sentences are written."""

_CLAUSE: Final = re.compile(
    r",?\s+(?:og|men|så)\s+(?=(?:jeg|eg|vi|me|du|han|hun|ho|det|dette|den|da|då)\s)"
    r"|,\s+(?:og|men|så|for)\s+(?=(?:tar|tek|skal|får|kan|må|kjem|kommer)\s)"
    r"|,\s+(?:for|fordi)\s+",
    re.IGNORECASE,
)
"""Where a new clause with a subject or verb of its own begins."""

_A: Final = r"(?: (?:en|et|ein|eit|ei))? (?=\w)(?!ikke|ikkje|ingen|inga|noe|noko|for|best|at|godt|fint|bra)"
"""An article, and then what is meant by itself."""
_SOME: Final = r"(?:ikke|ikkje|ingen|inga|litt|en|et|ein|eit|ei)\b"
_DOES: Final = (
    r"(?:fornyer|fornyar|sender|bestiller|bestillar|rekvirerer|henviser|tilviser|skriver|skriv|ringer|ringjer"
    r"|mistenker|mistenkjer|anbefaler|anbefalar|tilrår)"
)
_SHORTER: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), short)
    for pattern, short in (
        (
            rf"^(?:jeg (?:tror|tenker)|eg (?:trur|tenkjer))(?: nok)?(?: (?:på )?at)? (?:dette|det|du|her|han|hun|ho) (?:er|har){_A}",
            "trolig ",
        ),
        (
            rf"^(?:dette|det) er (?:nok|trolig|truleg|sannsynligvis|sannsynlegvis|mest sannsynlig|mest sannsynleg){_A}",
            "trolig ",
        ),
        (
            r"^(?:jeg|eg) (?:hører|høyrer|ser|kjenner|finn|finner) "
            r"(?!(?:at|ut|på|an|det|deg|du|til|om|etter|ikke|ikkje|så|meg|oss|noe|noko)\b)(?=\w)",
            "",
        ),
        (rf"^(?:du|han|hun|ho) har (?={_SOME}|(?:god|gode|fin|fine|normal\w*|nedsatt|nedsett|smerteb[ou]\w+)\b)", ""),
        (rf"^(?:det|her|dette) er (?={_SOME}|(?:ingenting|tydelig|tydeleg|lett|god|fin)\b)", ""),
        (r"^(?:det|her) er (?=(?:\w*(?:lyder?|lydar)|knatring|piping|rødhet|hevelse|ødem\w*|smerteb[ou]\w+)\b)", ""),
        (r"^her (?=(?:ingen|inga|ikke|ikkje)\b)", ""),
        (rf"^(?:dette er|er (?:dette|det)){_A}", ""),
        (r"^du er (?=(?:litt |veldig |tydelig |lett )?(?:øm|trykkøm|stiv|bankeøm|palpasjonsøm)\b)", ""),
        (
            rf"^(?:jeg|eg) (?={_DOES}\b)",
            "",
        ),
        (rf"^({_DOES}) (?:jeg|eg)\b", r"\1"),
        (r"^(?:en|et|ein|eit|ei) (?=\w)", ""),
    )
)
"""Openings that are said more shortly, with the same meaning; tried in this order, each once."""


def own(made: Sequence[Claim], lexicon: Lexicon) -> Iterator[Own]:
    """What belongs in a note as it was said, in its order: no questions, no small talk, no instructions, no general explanation."""
    for claim in made:
        if claim.answer is None:
            for clause in _clauses(claim):
                tokens = _cut(clause, lexicon)
                topic = _topic(claim, tokens, lexicon) if tokens else None
                words = sum(token.text[0].isalnum() for token in tokens)
                if topic is not None and (words >= _SHORTEST if topic in DOCTORS else _SHORTEST < words <= _LONGEST):
                    yield Own(topic, _text(claim.text, tokens), claim.evidence[-1], claim.role)


def shorter(text: str, language: str = "nb") -> str:
    """The doctor's clause without its opening, as a journal has it."""
    for opening, short in _SHORTER:
        text = opening.sub("truleg " if short == "trolig " and language == "nn" else short, text, count=1)
    return text


def _told(claim: Claim) -> bool:
    return claim.role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)


def _clauses(claim: Claim) -> Iterator[tuple[Token, ...]]:
    """A sentence may be about several things; what a patient says of «det» stays with what came before it."""
    borders = [match.end() for match in _CLAUSE.finditer(claim.text)]
    start = 0
    for border in (*borders, len(claim.text) + 1):
        if border <= len(claim.text) and _told(claim) and claim.text[border:].lower().startswith(_ITS):
            continue
        tokens = tuple(token for token in claim.tokens if start <= token.start < border)
        if tokens:
            yield tokens
        start = border


_ITS: Final = ("det ", "den ", "dette ", "da ", "då ")


def _topic(claim: Claim, tokens: Sequence[Token], lexicon: Lexicon) -> Topic | None:
    """By its words; none where it is about somebody else, says nothing by itself, or only tells the patient what to do or what is usual."""
    topic = _by_words(claim, tokens, lexicon)
    if topic is None or not telling(tokens, lexicon) or lexicon.has(tokens, "unwritten"):
        return None
    first = lexicon.find(tokens[:4], "unwritten-first")
    of_others = _told(claim) and lexicon.has(tokens, "kin", "other")
    of_others |= claim.role is Role.PATIENT and tokens[0].text in (*_SOMEBODY, "du")
    if (first and not first[0].start) or _refers(tokens, lexicon, told=_told(claim)) or of_others:
        return None
    if _told(claim) and not lexicon.has(tokens, "own-exposure") and _names_somebody(claim, tokens, lexicon):
        return None
    end = len(claim.tokens)
    return None if About.OTHER in (about(claim, 0, end, lexicon), about(claim, end - 1, end, lexicon)) else topic


def _names_somebody(claim: Claim, tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Whether a word within is written as a name, and is none that a journal knows: somebody's, or a place's, which is small talk."""
    known = {at for hit in lexicon.find(tokens, *_NAMES) for at in range(hit.start, hit.end)}
    return any(
        at
        and at not in known
        and claim.text[token.start].isupper()
        and not claim.text[token.start : token.end].isupper()
        for at, token in enumerate(tokens)
        if claim.text[: token.start].rstrip()[-1:] not in '.!?:«"'
    )


_NAMES: Final = (
    "medication",
    "medication-group",
    "vaccine",
    "vital",
    "lab",
    "test",
    "examination",
    "specialty",
    "condition",
    "refer",
)
"""Categories of the lexicon with names that are written with a capital."""


def _refers(tokens: Sequence[Token], lexicon: Lexicon, *, told: bool) -> bool:
    """Whether a clause says nothing without what «det» or «den» means: a short one, «det anbefaler jeg», «det utelukker det ikke»."""
    words = [token.text for token in tokens]
    if not told and words[0] == "det":
        fronted = len(words) > 2 and words[2] in ("jeg", "eg", "vi", "me", "du")
        said = [token for token in telling(tokens, lexicon) if token.text not in ("ikke", "ikkje")]
        return fronted or (len(said) < 2 and not _ill(tokens, lexicon))
    begins = told and (words[0] in ("det", *_IT) or not _THEY.isdisjoint(words[:3]))
    measured = not told and any(token.value is not None for token in tokens)
    return (
        len(words) <= _VAGUE
        and not measured
        and (begins or words[-1] == "det" or (not told and not _IT.isdisjoint(words)))
    )


def _ill(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    return lexicon.has(tokens, "symptom", "condition", "complaint")


def _by_words(claim: Claim, tokens: Sequence[Token], lexicon: Lexicon) -> Topic | None:
    told = _told(claim)
    for category, topic in _PATIENT if told else _DOCTOR:
        if lexicon.has(tokens, category):
            return topic
    verdict = not told and lexicon.has(tokens[:3], "own-verdict")
    return Topic.ASSESSMENT if verdict and _ill(tokens, lexicon) else None


def telling(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """The words that say something by themselves."""
    idle = {at for hit in lexicon.find(tokens, "idle") for at in range(hit.start, hit.end)}
    return [token for at, token in enumerate(tokens) if token.text[0].isalnum() and at not in idle]


def _cut(clause: Sequence[Token], lexicon: Lexicon) -> tuple[Token, ...]:
    """From the first word that says something to the last."""
    tokens = list(clause)
    while tokens and (tokens[-1].text in _LOOSE or not tokens[-1].text[0].isalnum()) and tokens[-1].text not in "»)%°":
        tokens.pop()
    while tokens:
        opening = next(
            (hit.end for hit in lexicon.find(tokens[:4], "opening") if hit.start == 0), not tokens[0].text[0].isalnum()
        )
        if not opening:
            break
        del tokens[: int(opening)]
    return tuple(tokens)


_LOOSE: Final = (
    "og",
    "men",
    "så",
    "for",
    "da",
    "då",
    "altså",
    "ja",
    "jo",
    "liksom",
    "vel",
    "haha",
    "hehe",
    "heh",
    "eh",
)
"""What a clause may end in without meaning anything."""


def _text(text: str, tokens: Sequence[Token]) -> str:
    """The words of these tokens as they stand in the text; where words were left out between two, a blank."""
    written = ""
    for token, following in pairwise((*tokens, None)):
        assert token is not None
        written += text[token.start : token.end]
        if following is not None:
            gap = text[token.end : following.start]
            written += " " if any(character.isalnum() for character in gap) else gap
    return " ".join(written.split())
