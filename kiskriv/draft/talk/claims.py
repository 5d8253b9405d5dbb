"""From sentences to claims: what is said to be so, by whom, of whom, when, or denied. Pure.

A question claims nothing by itself. With its answer it does: «Har du hatt feber?» «Nei.» is the claim of the question's words, denied,
resting on both utterances; an answer that only completes its question («Hvor lenge?» «I tre uker.») is a claim that knows what was asked.
What the patient asks, the doctor does not claim by answering, unless it is granted: «Kan jeg få henvisning?» «Ja.»
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import About, Polarity, Time
from kiskriv.draft.language.reading import Sentence, Token, split, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import answers, requests
from kiskriv.draft.talk.claim import Claim, clause
from kiskriv.draft.talk.overheard import general, overheard
from kiskriv.draft.talk.persons import Persons, about
from kiskriv.draft.talk.polarity import negated, polarity
from kiskriv.draft.talk.repairs import exchanged, repaired
from kiskriv.draft.talk.times import time
from kiskriv.transcript import Role

_ONCE: Final = re.compile(r"tid(?:ligere|legare|l)\b[^:,]{0,24}(?::|$)", re.IGNORECASE)
_FAMILY: Final = re.compile(r"(?:famil|arv|slekt)\w*(?:\s\w+)?\s*(?::|$)", re.IGNORECASE)
"""A heading, or a label before a colon: «Tidligere sykdommer: …», «Familie: …»."""

__all__ = ["Claim", "about", "claims", "clause", "polarity", "time", "written"]


def claims(said: Sequence[Sentence], lexicon: Lexicon) -> tuple[Claim, ...]:
    """In the order in which they were made."""
    return tuple(_Conversation(said, lexicon).claims())


def written(text: str, place: int, lexicon: Lexicon, heading: str = "") -> tuple[Claim, ...]:
    """The claims of a statement of a note, one for each of its sentences."""
    family = About.RELATIVE if _FAMILY.match(heading) or _FAMILY.match(text) else About.PATIENT
    once = Time.PAST if _ONCE.match(heading) or _ONCE.match(text) else None
    return tuple(
        Claim(tokens(part), part, Role.PRACTITIONER, (place,), written=True, heading=heading, person=family, when=once)
        for part in split(text)
        if any(character.isalnum() for character in part)
    )


_BIDDING: Final = frozenset(
    ("ta", "ring", "kom", "husk", "vent", "prøv", "bruk", "drikk", "slutt", "fortsett", "hald", "hold", "unngå", "pass", "sett",
     "smør", "gå",
     "bestill", "øk", "reduser", "start", "ikke", "ikkje", "la")
)  # fmt: skip
"""With these first it is an order, and no question."""

_FIRST_WORDS: Final = 6
_PROPOSED: Final = ("sick-leave", "follow-up", "refer", "specialty", "examination", "test")
"""What may be proposed, by its name."""
_COUNTERED: Final = 3
"""Utterances within which the doctor proposes something else instead."""
_COUNTER: Final = 9


_RAISED: Final = 3
"""Questions in a row that the next claim knows of."""


class _Conversation:
    """Questions that wait for an answer, and whom the talk is about."""

    def __init__(self, said: Sequence[Sentence], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._said = repaired(said, lexicon)
        self._overheard = overheard(self._said, lexicon)
        self._persons = Persons(self._said, lexicon)
        self._made: list[Claim] = []
        self._waiting: list[Claim] = []
        self._wish: Claim | None = None
        self._asked_back: Claim | None = None
        self._proposal: Claim | None = None
        self._before_answer: tuple[int, list[Claim]] = 0, []
        self._asker: Sentence | None = None
        self._asked: Claim | None = None
        self._answerer: Sentence | None = None
        self._raised: list[Claim] = []
        self._one_voice = len({sentence.speaker for sentence in self._said}) == 1

    def claims(self) -> Sequence[Claim]:
        for place, sentence in enumerate(self._said):
            aside = place in self._overheard or (not sentence.asks and general(sentence, self._lexicon))
            stated = self._stated(sentence, aside)
            if aside:
                self._made.append(stated)
                continue
            length = len(self._made)
            self._made += self._grant(sentence)
            if sentence.asks or self._asks_after_all(place):
                self._ask(sentence, stated)
            elif self._answers(sentence):
                self._amend(sentence)
                self._made += self._answered(sentence, stated)
            else:
                countered = tuple(self._proposed(sentence, stated))
                if sentence.role is Role.PRACTITIONER:
                    self._drop_questions(sentence)
                    stated = self._told_back(sentence, stated)
                self._made += countered or self._corrected(place, stated)
            self._persons.end(stated)
            self._raise(stated, sentence.asks, length)
        return self._made

    def _raise(self, stated: Claim, asks: bool, length: int) -> None:
        """What was made from place `length` on knows of the questions before it."""
        if asks:
            self._raised.append(stated)
        elif self._raised and len(self._made) > length:
            raised, self._raised = self._raised[-_RAISED:], []
            self._made[length] = replace(
                self._made[length],
                raised=tuple(token for each in raised for token in each.tokens),
                raised_in=tuple(dict.fromkeys(id for each in raised for id in each.evidence)),
            )

    def _drop_questions(self, sentence: Sentence) -> None:
        """The doctor goes on: what she asked is asked no more, unless she only explained what she proposed."""
        if self._asker is None or sentence.id == self._asker.id:
            return
        explains = self._asked_back is not None and self._asked_back.evidence[-1] == self._asker.id + 1
        if not (explains and self._waiting and requests.proposes(self._waiting[-1].tokens)):
            self._waiting, self._asked = [], None

    def _corrected(self, place: int, stated: Claim) -> Iterator[Claim]:
        """What is stated, unless the next says at once that it is wrong: «Du tåler ikke Apocillin.» «Nei, det er feil.»"""
        following = self._said[place + 1] if place + 1 < len(self._said) else None
        told = following is not None and following.told and stated.role is Role.PRACTITIONER
        if following is None or not (told and answers.wrong(following.tokens, self._lexicon)):
            yield stated
        elif answers.of_kin(following.tokens[answers.answer(following.tokens, self._lexicon).rest :], self._lexicon):
            yield replace(stated, evidence=(*stated.evidence, following.id), fixed=About.RELATIVE)
        elif not negated(stated.tokens, self._lexicon):
            yield replace(
                stated, evidence=(*stated.evidence, following.id), answer=Polarity.DENIED, role=following.role
            )

    def _grant(self, sentence: Sentence) -> Iterator[Claim]:
        """«Kan jeg få henvisning til ortoped?» «Ja, det kan du.», or no: the doctor's word."""
        if self._wish is None or sentence.id in self._wish.evidence:
            return
        wish, self._wish = self._wish, None
        said = answers.answer(sentence.tokens, self._lexicon)
        if (
            sentence.role is Role.PRACTITIONER
            and not sentence.asks
            and said.verdict in (Polarity.AFFIRMED, Polarity.DENIED)
        ):
            yield replace(
                wish,
                role=Role.PRACTITIONER,
                answer=said.verdict,
                when=Time.PLANNED if said.verdict is Polarity.DENIED else None,
                evidence=(*wish.evidence, *sentence.ids),
                asked=self._asked.tokens if self._asked else (),
                asked_in=self._asked.evidence if self._asked else (),
            )

    def _amend(self, sentence: Sentence) -> None:
        """«Nei. Jo forresten, under armen.»: as if it had been the first answer."""
        if self._answerer is not None and sentence.id == self._answerer.id and answers.amends(sentence.tokens):
            length, waiting = self._before_answer
            del self._made[length:]
            self._waiting = waiting

    def _stated(self, sentence: Sentence, aside: bool) -> Claim:
        person, third = (About.OTHER, None) if aside else self._persons.begin(sentence)
        return Claim(
            sentence.tokens, sentence.text, sentence.role, sentence.ids,
            person=person, third=third, fixed=About.OTHER if aside else None, patient=self._persons.patient,
        )  # fmt: skip

    def _ask(self, sentence: Sentence, stated: Claim) -> None:
        if sentence.role is Role.PATIENT:
            self._wish = stated if self._may_be_granted(sentence) else None
            self._asked_back = stated
            if self._waiting and requests.proposes(self._waiting[-1].tokens):
                self._proposal = self._waiting[-1]
            if known := requests.wondered_at(sentence.tokens):
                self._made.append(replace(stated, tokens=known))
            return
        if sentence.tokens[0].text == "om":  # «Om du har hatt feber.»
            stated = replace(stated, tokens=stated.tokens[1:])
        if self._asker is None or self._asker.id != sentence.id:
            self._waiting = []
        self._asker, self._asked, self._answerer = sentence, None, None
        self._waiting.append(stated)

    def _may_be_granted(self, sentence: Sentence) -> bool:
        """«Kan jeg få …?», «Har du sendt henvisningen?», «Med blodprøver først?»"""
        said = sentence.tokens
        test = len(said) <= _FIRST_WORDS and answers.elliptical(said) and self._lexicon.has(said, "test")
        return requests.granted(said) or requests.reminded(said) or test

    def _told_back(self, sentence: Sentence, stated: Claim) -> Claim:
        """The doctor's answer to what the patient asked: «Når er kontrollen?» «Om tre måneder.»"""
        question, self._asked_back = self._asked_back, None
        if question is None or sentence.id != question.evidence[-1] + 1 or not answers.open_question(question.tokens):
            return stated
        if not answers.elliptical(sentence.tokens):
            return stated
        return replace(stated, asked=question.tokens, asked_in=question.evidence)

    def _proposed(self, sentence: Sentence, stated: Claim) -> Iterator[Claim]:
        """«Kan du om to uker?» «Da er jeg på ferie.» «Tre uker da.»: what the doctor comes with instead, and what it is of."""
        proposal, self._proposal = self._proposal, None
        counters = (
            proposal is not None
            and sentence.role is Role.PRACTITIONER
            and sentence.id - proposal.evidence[-1] <= _COUNTERED
            and len(sentence.tokens) <= _COUNTER
            and any(token.value is not None for token in sentence.tokens)
            and not negated(sentence.tokens, self._lexicon)
            and not self._of_something_else(proposal, sentence)
        )
        if proposal is not None and counters:
            self._waiting = []
            evidence = tuple(dict.fromkeys((*proposal.evidence, *stated.evidence)))
            yield replace(proposal, answer=Polarity.AFFIRMED, evidence=evidence)
            yield replace(stated, asked=proposal.tokens, asked_in=proposal.evidence)

    def _of_something_else(self, proposal: Claim, sentence: Sentence) -> bool:
        """«Trenger du sykmelding?» «Nei takk.» «Da tar vi kontroll om åtte uker.»: each names what it is of, and not the same."""
        before, now = (
            {hit.term.nb for hit in self._lexicon.find(tokens, *_PROPOSED)}
            for tokens in (proposal.tokens, sentence.tokens)
        )
        return bool(before and now) and before.isdisjoint(now)

    def _asks_after_all(self, place: int) -> bool:
        """«noe hjertebank», to which another says no: a question without its mark, its verb and its order."""
        sentence = self._said[place]
        following = self._said[place + 1] if place + 1 < len(self._said) else sentence
        if (
            sentence.role is Role.PATIENT
            or sentence.tokens[0].text in _BIDDING
            or following.id == sentence.id
            or following.role is Role.PRACTITIONER
            or following.asks
        ):
            return False
        return answers.elliptical(sentence.tokens) and answers.answer(
            following.tokens[:_FIRST_WORDS], self._lexicon
        ).verdict in (Polarity.DENIED, Polarity.UNCERTAIN)

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
        if waiting:
            self._before_answer = len(self._made), waiting
        said = answers.answer(sentence.tokens, self._lexicon)
        rest = sentence.tokens[said.rest :]
        question = _asked_last(waiting, rest) if waiting else self._asked
        if question is None:
            return
        self._asked, self._answerer = question, sentence
        instead = said.verdict is Polarity.DENIED or answers.wants_instead(rest)
        if waiting and instead and (swapped := exchanged(question, stated, rest, self._lexicon)):
            self._asked = swapped
            yield swapped
            return
        verdict = said.verdict
        if verdict is None and waiting and (self._measured(question, rest) or self._agreed(question, sentence)):
            verdict = Polarity.AFFIRMED
        if verdict is not Polarity.AFFIRMED and waiting and requests.proposes(question.tokens):
            self._proposal = question
        for each in waiting if verdict is Polarity.DENIED else [question] if waiting else []:
            yield from self._with_verdict(each, verdict, sentence, stated, rest)
        if any(token.text[0].isalnum() for token in rest):
            yield _completing(question, stated, rest)

    def _measured(self, question: Claim, rest: Sequence[Token]) -> bool:
        return not answers.open_question(question.tokens) and answers.measure_only(rest, self._lexicon)

    def _agreed(self, question: Claim, sentence: Sentence) -> bool:
        """«Skal vi si om to uker?» «Det passer fint.»"""
        words = sentence.tokens[:_FIRST_WORDS]
        return (
            requests.proposes(question.tokens)
            and self._lexicon.has(words, "agreed")
            and not negated(sentence.tokens, self._lexicon)
        )

    def _with_verdict(
        self, question: Claim, verdict: Polarity | None, sentence: Sentence, stated: Claim, rest: Sequence[Token]
    ) -> Iterator[Claim]:
        """The question's words, as they are worth after this answer."""
        none = verdict is Polarity.DENIED and not any(token.text[0].isalnum() for token in rest)
        if answers.open_question(question.tokens) and not (none and answers.which(question.tokens)):
            return
        named = answers.mentioned(question.tokens, rest)
        denies = verdict is Polarity.DENIED
        if denies and named:
            named = answers.mentioned(question.tokens, answers.unsaid(rest, self._lexicon))
        if verdict is None and answers.only(rest) and named and answers.choice(question.tokens):
            verdict = Polarity.DENIED
        if verdict is None and self._over(question, stated):
            evidence = tuple(dict.fromkeys((*question.evidence, *stated.evidence)))
            yield replace(question, role=stated.role, evidence=evidence, answer=Polarity.AFFIRMED, when=Time.PAST)
            return
        if verdict is None or (
            verdict is not Polarity.AFFIRMED and answers.presupposes(question.tokens, self._lexicon)
        ):
            return
        worth = answers.confirmed(question.tokens, verdict, sentence.tokens[0].text, self._lexicon)
        if verdict is Polarity.DENIED and (known := answers.beside(question.tokens)):
            yield replace(question, tokens=known, role=stated.role, answer=Polarity.AFFIRMED)
        asked = answers.asked_of(question.tokens, verdict is Polarity.DENIED)
        if verdict is Polarity.AFFIRMED and answers.choice(question.tokens):
            if named:
                return
            worth = Polarity.UNCERTAIN
        elif verdict is not Polarity.AFFIRMED:
            gone = {question.tokens[i] for i in named}
            asked = tuple(token for token in asked if token not in gone)
        evidence = tuple(dict.fromkeys((*question.evidence, *stated.evidence)))
        judged = replace(question, tokens=asked, role=stated.role, evidence=evidence, answer=worth)
        if self._over(question, stated) and verdict is not Polarity.UNCERTAIN:  # «røyker du?» «nei, jeg sluttet»
            yield replace(judged, answer=Polarity.AFFIRMED, when=Time.PAST)
            return
        if not answers.elsewhere(question.tokens, sentence.tokens, rest, self._lexicon):
            yield judged
        if verdict is Polarity.DENIED and answers.of_kin(rest, self._lexicon):
            yield replace(judged, answer=Polarity.AFFIRMED, fixed=About.RELATIVE)

    def _over(self, question: Claim, stated: Claim) -> bool:
        """«Slutta for ti år siden», «Nei, jeg sluttet»: it was so."""
        lasts = self._lexicon.has(stated.tokens, "ended") and not negated(stated.tokens, self._lexicon)
        return lasts and not self._lexicon.has(question.tokens, "ended")


def _asked_last(waiting: Sequence[Claim], rest: Sequence[Token]) -> Claim:
    """The question that an answer is to: the last, unless it names another: «Er du tett i nesa? Hoster du?» «Ja, tett i nesa.»"""
    if not answers.mentioned(waiting[-1].tokens, rest):
        return next((each for each in reversed(waiting) if answers.mentioned(each.tokens, rest)), waiting[-1])
    return waiting[-1]


def _completing(question: Claim, stated: Claim, rest: tuple[Token, ...]) -> Claim:
    """What an answer says besides yes and no: an elliptical one rests on its question, too."""
    both = answers.elliptical(rest) and question.evidence != stated.evidence
    return replace(
        stated,
        tokens=rest,
        asked=question.tokens,
        asked_in=question.evidence,
        evidence=tuple(dict.fromkeys((*question.evidence, *stated.evidence))) if both else stated.evidence,
        person=question.person if both else stated.person,
    )
