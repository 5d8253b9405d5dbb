"""From sentences to claims: what is said to be so, by whom, of whom, when, or denied. Pure.

A question claims nothing by itself. With its answer it does: «Har du hatt feber?» «Nei.» is the claim of the question's words, denied,
resting on both utterances; an answer that only completes its question («Hvor lenge?» «I tre uker.») is a claim that knows what was asked.
What the patient asks, the doctor does not claim by answering.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kiskriv.draft.fact import About, Polarity, Time
from kiskriv.draft.language.reading import Sentence, Token, split, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import answers
from kiskriv.draft.talk.claim import Claim, clause
from kiskriv.draft.talk.overheard import overheard
from kiskriv.draft.talk.persons import Persons, about
from kiskriv.draft.talk.polarity import polarity
from kiskriv.draft.talk.repairs import exchanged, repaired
from kiskriv.draft.talk.times import time
from kiskriv.transcript import Role

__all__ = ["Claim", "about", "claims", "clause", "polarity", "time", "written"]


def claims(said: Sequence[Sentence], lexicon: Lexicon) -> tuple[Claim, ...]:
    """In the order in which they were made."""
    return tuple(_Conversation(said, lexicon).claims())


def written(text: str, place: int, lexicon: Lexicon, heading: str = "") -> tuple[Claim, ...]:
    """The claims of a statement of a note, one for each of its sentences."""
    family = About.RELATIVE if heading.lower().startswith(("famil", "arv", "slekt")) else About.PATIENT
    return tuple(
        Claim(tokens(part), part, Role.PRACTITIONER, (place,), written=True, heading=heading, person=family)
        for part in split(text)
        if any(character.isalnum() for character in part)
    )


class _Conversation:
    """Questions that wait for an answer, and whom the talk is about."""

    def __init__(self, said: Sequence[Sentence], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._said = repaired(said, lexicon)
        self._overheard = overheard(self._said, lexicon)
        self._persons = Persons(self._said, lexicon)
        self._waiting: list[Claim] = []
        self._asker: Sentence | None = None
        self._asked: Claim | None = None
        self._answerer: Sentence | None = None
        self._one_voice = len({sentence.speaker for sentence in self._said}) == 1

    def claims(self) -> Iterator[Claim]:
        for place, sentence in enumerate(self._said):
            stated = self._stated(sentence, place in self._overheard)
            if stated.fixed is not None:
                yield stated
                continue
            if sentence.asks or self._asks_after_all(place):
                self._ask(sentence, stated)
            elif self._answers(sentence):
                yield from self._answered(sentence, stated)
            else:
                if sentence.role is Role.PRACTITIONER and self._asker is not None and sentence.id != self._asker.id:
                    self._waiting, self._asked = [], None
                yield stated
            self._persons.end(stated)

    def _stated(self, sentence: Sentence, aside: bool) -> Claim:
        person, third = (About.OTHER, None) if aside else self._persons.begin(sentence)
        return Claim(
            sentence.tokens, sentence.text, sentence.role, sentence.ids,
            person=person, third=third, fixed=About.OTHER if aside else None, patient=self._persons.patient,
        )  # fmt: skip

    def _ask(self, sentence: Sentence, stated: Claim) -> None:
        if sentence.role is Role.PATIENT:
            return
        if self._asker is None or self._asker.id != sentence.id:
            self._waiting = []
        self._asker, self._asked, self._answerer = sentence, None, None
        self._waiting.append(stated)

    def _asks_after_all(self, place: int) -> bool:
        """«noe hjertebank», to which another says no: a question without its mark, its verb and its order."""
        sentence = self._said[place]
        following = self._said[place + 1] if place + 1 < len(self._said) else sentence
        if (
            sentence.role is Role.PATIENT
            or following.id == sentence.id
            or following.role is Role.PRACTITIONER
            or following.asks
        ):
            return False
        return (
            answers.elliptical(sentence.tokens)
            and answers.answer(following.tokens[:3], self._lexicon).verdict is Polarity.DENIED
        )

    def _answers(self, sentence: Sentence) -> bool:
        """Said by another than who asked, and not by the doctor; where nobody knows who speaks, in another utterance."""
        asker = self._asker
        if asker is None or not (self._waiting or self._asked) or sentence.role is Role.PRACTITIONER:
            return False
        if sentence.role is Role.UNKNOWN or asker.role is Role.UNKNOWN:
            first = self._answerer is None or self._answerer.id == sentence.id
            return first and sentence.id != asker.id and (self._one_voice or sentence.speaker != asker.speaker)
        return sentence.role is not asker.role or sentence.speaker != asker.speaker

    def _answered(self, sentence: Sentence, stated: Claim) -> Iterator[Claim]:
        waiting, self._waiting = self._waiting, []
        question = waiting[-1] if waiting else self._asked
        if question is None:
            return
        self._asked, self._answerer = question, sentence
        said = answers.answer(sentence.tokens, self._lexicon)
        rest = sentence.tokens[said.rest :]
        verdict = said.verdict
        if (
            verdict is None
            and waiting
            and not answers.open_question(question.tokens)
            and answers.measure_only(rest, self._lexicon)
        ):
            verdict = Polarity.AFFIRMED
        if waiting and verdict is Polarity.DENIED and (swapped := exchanged(question, stated, rest, self._lexicon)):
            yield swapped
            return
        if waiting:
            for each in waiting if verdict is Polarity.DENIED else waiting[-1:]:
                yield from self._with_verdict(each, verdict, sentence, stated, rest)
        if any(token.text[0].isalnum() for token in rest):
            both = answers.elliptical(rest) and question.evidence != stated.evidence
            evidence = tuple(dict.fromkeys((*question.evidence, *stated.evidence))) if both else stated.evidence
            yield replace(
                stated,
                tokens=rest,
                asked=question.tokens,
                evidence=evidence,
                person=question.person if both else stated.person,
            )

    def _with_verdict(
        self, question: Claim, verdict: Polarity | None, sentence: Sentence, stated: Claim, rest: Sequence[Token]
    ) -> Iterator[Claim]:
        """The question's words, as they are worth after this answer."""
        none = verdict is Polarity.DENIED and not any(token.text[0].isalnum() for token in rest)
        if answers.open_question(question.tokens) and not (none and answers.which(question.tokens)):
            return
        named = answers.mentioned(question.tokens, rest)
        if verdict is None:
            only = any(token.text in ("bare", "berre", "kun") for token in rest)
            if not (only and named and answers.choice(question.tokens)):
                return
            verdict = Polarity.DENIED
        if verdict is not Polarity.AFFIRMED and answers.presupposes(question.tokens, self._lexicon):
            return
        worth = answers.confirmed(question.tokens, verdict, sentence.tokens[0].text, self._lexicon)
        asked = answers.asked_of(question.tokens, verdict is Polarity.DENIED)
        if verdict is Polarity.AFFIRMED and answers.choice(question.tokens):
            if named:
                return
            worth = Polarity.UNCERTAIN
        elif verdict is not Polarity.AFFIRMED:
            gone = {question.tokens[i] for i in named}
            asked = tuple(token for token in asked if token not in gone)
        evidence = tuple(dict.fromkeys((*question.evidence, *stated.evidence)))
        if worth is Polarity.DENIED and self._lexicon.has(
            sentence.tokens, "ended"
        ):  # «røyker du?» «nei, jeg sluttet i fjor»
            yield replace(
                question, tokens=asked, role=stated.role, evidence=evidence, answer=Polarity.AFFIRMED, when=Time.PAST
            )
            return
        yield replace(question, tokens=asked, role=stated.role, evidence=evidence, answer=worth)
        if verdict is Polarity.DENIED and answers.of_kin(rest, self._lexicon):
            yield replace(
                question,
                tokens=asked,
                role=stated.role,
                evidence=evidence,
                answer=Polarity.AFFIRMED,
                fixed=About.RELATIVE,
            )
