"""What was told, as facts of symptoms and findings, short enough for a test to say what it expects."""

from __future__ import annotations

from kiskriv.draft.fact import About, Fact, Kind, Polarity, Time
from kiskriv.draft.kinds import symptoms
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk.claims import claims
from kiskriv.draft.talk.claims import written as stated
from kiskriv.transcript import Role, Transcript, Utterance, Word

ROLES = {"D": Role.PRACTITIONER, "P": Role.PATIENT, "R": Role.RELATED_PERSON, "U": Role.UNKNOWN}
_DEFAULTS = (Polarity.AFFIRMED, Time.PRESENT, About.PATIENT)


def told(*lines: str) -> list[Fact]:
    """The facts of a talk whose lines begin with who speaks: `P Jeg har feber.`"""
    talk = Transcript(
        "nb",
        tuple(
            Utterance(i, ROLES[line[0]], line[0], tuple(Word(i, i + 0.5, word, 0.9) for word in line[2:].split()))
            for i, line in enumerate(lines)
        ),
    )
    return list(symptoms.found(claims(sentences(talk), shipped()), shipped()))


def written(text: str, heading: str = "") -> list[Fact]:
    """The facts of a statement of a note."""
    return list(symptoms.found(stated(text, 0, shipped(), heading), shipped()))


def short(facts: list[Fact], kind: Kind = Kind.SYMPTOM) -> list[str]:
    """`smerter kne right, 2 week, verre ved gange`, `-feber` (denied), `?gravid`; what is not so, now, of the patient says so after it."""
    return [_short(fact) for fact in facts if fact.kind is kind]


def _short(fact: Fact) -> str:
    sign = {Polarity.AFFIRMED: "", Polarity.DENIED: "-", Polarity.UNCERTAIN: "?"}[fact.polarity]
    where = " ".join(
        filter(None, (sign + fact.name, "" if fact.body in fact.name else fact.body, str(fact.side or "")))
    )
    more = [str(fact.duration or ""), fact.onset, fact.detail]
    marks = [str(mark) for mark in (fact.time, fact.about) if mark not in _DEFAULTS]
    return ", ".join(filter(None, (where, *more, *marks)))
