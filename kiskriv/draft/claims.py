"""From sentences to claims: what is said to be so, by whom, of whom, when, or denied. Pure.

A question claims nothing by itself. With its answer it does: «Har du hatt feber?» «Nei.» is the claim of the question's words, denied,
resting on both utterances; an answer that only completes its question («Hvor lenge?» «I tre uker.») is a claim that knows what was asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kiskriv.draft.fact import About, Polarity, Time
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.reading import Sentence, Token
from kiskriv.transcript import Role


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """`tokens` of what is claimed; `text`: the sentence they stand in, which their places count through.

    `role`: whose word it is (an answered question is its answerer's). `answer`: where the tokens are a question's, what was answered.
    `asked`: the tokens of the question that these complete. `written`: it stands in a note, in journal style, and `heading` is above it.
    """

    tokens: tuple[Token, ...]
    text: str
    role: Role
    evidence: tuple[int, ...]
    answer: Polarity | None = None
    asked: tuple[Token, ...] = ()
    written: bool = False
    heading: str = ""

    def __repr__(self) -> str:
        return f"<Claim of {len(self.tokens)} tokens, evidence {list(self.evidence)}>"


def claims(said: Sequence[Sentence], lexicon: Lexicon) -> tuple[Claim, ...]:
    """In the order in which they were made."""
    return tuple(_claims(said))


def written(text: str, place: int, lexicon: Lexicon, heading: str = "") -> tuple[Claim, ...]:
    """The claims of a statement of a note."""
    from kiskriv.draft.reading import tokens

    return (Claim(tokens(text), text, Role.PRACTITIONER, (place,), written=True, heading=heading),)


def polarity(claim: Claim, start: int, end: int, lexicon: Lexicon) -> Polarity:
    """Of what stands at tokens [start, end): denied by a cue before or after it, by the answer, or uncertain."""
    denied = any(
        token.text in ("ikke", "ikkje", "ingen", "inga", "aldri") for token in claim.tokens[max(0, start - 5) : start]
    )
    if claim.answer is not None:
        return claim.answer
    return Polarity.DENIED if denied else Polarity.AFFIRMED


def time(claim: Claim, start: int, end: int, lexicon: Lexicon) -> Time:
    """When what stands at tokens [start, end) is so."""
    return Time.PRESENT


def about(claim: Claim, start: int, end: int, lexicon: Lexicon) -> About:
    """Whom what stands at tokens [start, end) is about."""
    return About.PATIENT


def _claims(said: Sequence[Sentence]) -> Iterator[Claim]:
    question: Sentence | None = None
    for sentence in said:
        if sentence.asks:
            question = sentence
            continue
        if question is not None:
            first = sentence.tokens[0].text
            if first in ("ja", "jo", "jau", "nei"):
                answer = Polarity.DENIED if first == "nei" else Polarity.AFFIRMED
                yield Claim(question.tokens, question.text, sentence.role, (question.id, sentence.id), answer=answer)
            asked = question.tokens
            question = None
            yield Claim(sentence.tokens, sentence.text, sentence.role, (sentence.id,), asked=asked)
        else:
            yield Claim(sentence.tokens, sentence.text, sentence.role, (sentence.id,))
