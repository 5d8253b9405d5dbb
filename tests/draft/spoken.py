"""Numbers as a person says them, and talk as the tests write it: `L: Har du feber?`."""

from __future__ import annotations

from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import shipped
from kiskriv.draft.talk import claims as claiming
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role, Transcript, Utterance, Word

ROLES = {
    "L": Role.PRACTITIONER,
    "P": Role.PATIENT,
    "F": Role.RELATED_PERSON,
    "T": Role.INTERPRETER,
    "?": Role.UNKNOWN,
}

_UNITS = ("null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv", "tretten")
_MORE = ("fjorten", "femten", "seksten", "sytten", "atten", "nitten")
_TENS = ("tjue", "tretti", "førti", "femti", "seksti", "sytti", "åtti", "nitti")
SMALL = (*_UNITS, *_MORE)


def speller(number: int, *, fused: bool = True, old: bool = False, nynorsk: bool = False) -> str:
    """0 to 9999 in words; `fused`: «førtifem», or «førti fem»; `old`: «femogførti»."""
    one = "eitt" if nynorsk else "ett"
    if number < 20:
        return SMALL[number]
    if number < 100:
        ten, unit = _TENS[number // 10 - 2], number % 10
        if not unit:
            return ten
        word = SMALL[unit] if unit > 1 else ("ein" if nynorsk else "en")
        if old:
            return f"{word}og{ten}"
        return f"{ten}{word}" if fused or unit == 1 else f"{ten} {word}"
    scale, name = (1000, "tusen") if number >= 1000 else (100, "hundre")
    many, rest = divmod(number, scale)
    head = f"{one if many == 1 else speller(many, fused=fused, old=old, nynorsk=nynorsk)} {name}"
    if not rest:
        return head
    tail = speller(rest, fused=fused, old=old, nynorsk=nynorsk)
    return f"{head} og {tail}" if rest < 100 else f"{head} {tail}"


def between(*lines: tuple[Role, str]) -> Transcript:
    """What these said, each role a speaker."""
    return Transcript(
        "nb",
        tuple(
            Utterance(place, role, str(role), tuple(Word(place, place + 0.5, word, 0.9) for word in text.split()))
            for place, (role, text) in enumerate(lines)
        ),
    )


def transcript(*lines: str, language: str = "nb") -> Transcript:
    """A line is a speaker's letter, a colon, and what was said."""
    said = [line.split(":", 1) for line in lines]
    return Transcript(
        language,
        tuple(
            Utterance(
                place,
                ROLES[who.strip()],
                "" if who.strip() == "?" else who.strip(),
                tuple(Word(0, 0, word, 1.0) for word in text.split()),
            )
            for place, (who, text) in enumerate(said)
        ),
    )


def talk(*lines: str) -> tuple[Claim, ...]:
    """What is claimed in it."""
    return claiming.claims(sentences(transcript(*lines)), shipped())


def judged(word: str, made: tuple[Claim, ...]) -> list[str]:
    """Of every token that begins with `word`: polarity, time and person as the claims say, without what is usual."""
    lexicon = shipped()
    found = []
    for claim in made:
        for at, token in enumerate(claim.tokens):
            if token.text.startswith(word):
                place = (claim, at, at + 1, lexicon)
                judged = (claiming.polarity(*place), claiming.time(*place), claiming.about(*place))
                usual = ("affirmed", "present", "patient")
                found.append(" ".join(said for said, plain in zip(judged, usual, strict=True) if said != plain) or "so")
    return found
