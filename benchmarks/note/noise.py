"""How facts suffer where words are heard wrong: errors put into what was said, and what becomes of the names of drugs.

The errors are made, not a recogniser's: each word alike in danger, as often another word as no word at all, and every one heard as if it
were certain. A recogniser errs more on names, less on short words, and knows where it is unsure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from benchmarks.speech.table import table
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.draft.fact import Kind
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.evaluation.drafting import chosen, drafted
from kiskriv.evaluation.hearing import Heard, heard
from kiskriv.evaluation.material import Reference
from kiskriv.evaluation.measures import score
from kiskriv.evaluation.trials import Origin, Trial, figures, middle, total
from kiskriv.note import Concern
from kiskriv.transcript import Transcript, Utterance, Word

RATES = (0.0, 0.05, 0.10, 0.20)
SEEDS = (1, 2, 3)
KINDS = ("substituted", "deleted", "inserted")
SHARES = (0.60, 0.25, 0.15)
"""Of all errors, about as Whisper's are on conversation."""
FREQUENT = 40
"""So many words are put in where nobody said any: the most frequent ones."""

FATES = {
    "marked": "marked to be checked",
    "told": "another mark points there",
    "right": "written right",
    "absent": "neither written nor marked",
    "another": "another drug",
}
"""What may become of a drug that the reference has a fact of and whose name was heard wrong."""

_SOUNDS = {"c": "k", "k": "g", "g": "k", "b": "p", "p": "b", "d": "t", "t": "d", "v": "f", "f": "v", "z": "s", "x": "ks",
           "a": "e", "e": "a", "i": "y", "y": "i", "o": "å", "å": "o", "u": "o", "æ": "e", "ø": "o", "m": "n", "n": "m"}  # fmt: skip
"""What a letter may be taken for."""


class Garbled(NamedTuple):
    """What was heard; and of the names of drugs that became other words, in which utterance, and which drug."""

    transcript: Transcript
    drugs: tuple[tuple[int, str], ...]


class Ears:
    """Hears wrongly: a word becomes a near word of those that are spoken here, or loses its shape."""

    def __init__(self, references: Sequence[Reference], lexicon: Lexicon, seed: int) -> None:
        self._references, self._lexicon = references, lexicon
        self._dice = np.random.default_rng(seed)

    @cached_property
    def _spoken(self) -> list[str]:
        """Each once, the most frequent first."""
        texts = (utterance.text for one in self._references for utterance in one.transcript.utterances)
        counts = Counter(token.text for text in texts for token in tokens(text) if token.text.isalpha())
        return [word for word, _ in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]

    def garbled(self, transcript: Transcript, rate: float) -> Garbled:
        """This part of the words heard wrong; an utterance of which nothing is left is gone, and the others keep their numbers."""
        made, drugs = [], []
        for utterance in transcript.utterances:
            names = self._names(utterance)
            words: list[Word] = []
            for word in utterance.words:
                kind = self._dice.choice(KINDS, p=SHARES) if self._dice.random() < rate else ""
                name = names.get(_bare(word.text))
                if kind == "substituted":
                    words.append(replace(word, text=self._other(word.text, named=name is not None)))
                    drugs += [(utterance.id, name)] if name else []
                elif kind != "deleted":
                    words.append(word)
                if kind == "inserted":
                    words.append(replace(word, text=str(self._dice.choice(self._spoken[:FREQUENT]))))
            if words:
                made.append(replace(utterance, words=tuple(words)))
        return Garbled(Transcript(transcript.language, tuple(made)), tuple(drugs))

    def _names(self, utterance: Utterance) -> dict[str, str]:
        read = tokens(utterance.text)
        hits = self._lexicon.find(read, "medication")
        return {read[hit.start].text: hit.term.nb for hit in hits if hit.end == hit.start + 1}

    def _other(self, text: str, *, named: bool) -> str:
        """A name loses its shape: that it becomes another name is seldom, and then nobody could tell."""
        near = process.extract(_bare(text), self._spoken, scorer=Levenshtein.distance, limit=4, score_cutoff=2)
        others = [word for word, distance, _ in near if distance]
        if others and not named and self._dice.random() < 0.5:
            return str(self._dice.choice(others))
        return self._misheard(text)

    def _misheard(self, text: str) -> str:
        """One letter taken for another, lost or doubled; in a long word two."""
        for _ in range(1 if len(text) < 7 else int(self._dice.integers(1, 3))):
            at = int(self._dice.integers(0, len(text)))
            letter = text[at]
            instead = self._dice.choice([_SOUNDS.get(letter.lower(), ""), "", 2 * letter])
            text = (text[:at] + str(instead) + text[at + 1 :]) or text
        return text


def tables(references: tuple[Reference, ...], drafter: GroundedDrafter) -> None:
    """Prints both tables."""
    facts: list[tuple[object, ...]] = []
    drugs: list[tuple[object, ...]] = []
    for rate in RATES:
        fact, drug = _at(rate, references, drafter)
        facts.append(fact)
        drugs.append(drug)
    critical = ("critical found by words, %", "as facts, %")
    against = ("facts contradicted", "of these at a marked statement", "not said, of what was heard", "forbidden")
    measured = ("errors put in", "word errors, %", *critical, *against, "words, median")
    table(f"Words heard wrong: means of {len(SEEDS)} times over all consultations", measured, facts)
    table("Names of drugs that lost their shape", ("errors put in", "names", *FATES.values()), drugs[1:])


def _at(
    rate: float, references: tuple[Reference, ...], drafter: GroundedDrafter
) -> tuple[tuple[object, ...], tuple[object, ...]]:
    trials, fates, marked = list[Trial](), Counter[str](), 0
    for seed in SEEDS if rate else SEEDS[:1]:
        ears = Ears(references, drafter.lexicon, seed)
        for reference in references:
            transcript, drugs = ears.garbled(reference.transcript, rate)
            trial = _trial(reference, transcript, drafter)
            trials.append(trial)
            fates.update(_fates(trial, drugs, drafter.lexicon))
            places = {mark.statement for mark in trial.drafting.marks}
            marked += sum(fact.evidence[0] in places for _, fact in trial.score.contradictions)
    made = figures(trials)
    critical = total(made.critical)
    contradicted = critical.contradicted + total(made.other).contradicted
    found = (100 * n / max(1, critical.facts) for n in (critical.by_words, critical.typed))
    wrong = 100 * sum(made.heard.values(), Heard()).error_rate
    times = made.trials / len(references)
    counts = (count / times for count in (contradicted, marked, made.unsupported, made.forbidden))
    fact = (
        f"{100 * rate:.0f} %",
        *(f"{figure:.1f}" for figure in (wrong, *found, *counts)),
        f"{middle(made.words):.0f}",
    )
    return fact, (f"{100 * rate:.0f} %", fates.total(), *(fates[fate] for fate in FATES))


def _trial(reference: Reference, transcript: Transcript, drafter: GroundedDrafter) -> Trial:
    drafting = drafted(drafter, transcript, chosen(drafter, "", transcript.language))
    scored = score(reference, drafting.note, drafting.marks, drafter.lexicon)
    return Trial(reference, Origin.SOUND, drafting, scored, heard(reference.transcript, transcript))


def _fates(trial: Trial, drugs: Sequence[tuple[int, str]], lexicon: Lexicon) -> Iterator[str]:
    """What became of each."""
    said = {hit.term.nb for hit in lexicon.find(tokens(trial.reference.transcript.text), "medication")}
    of_drugs = (gold.fact for gold in trial.reference.facts if gold.fact.kind in (Kind.MEDICATION, Kind.ALLERGY))
    places = {id_ for fact in of_drugs for id_ in fact.evidence}
    for id_, name in drugs:
        if id_ not in places:
            continue
        statements = [one for one in trial.drafting.note.statements if id_ in one.evidence]
        written = {hit.term.nb for one in statements for hit in lexicon.find(tokens(one.text), "medication")}
        told = {mark.concern for mark in trial.drafting.marks if id_ in mark.evidence}
        if Concern.CHECK in told:
            yield "marked"
        elif written - said:
            yield "another"
        elif told:
            yield "told"
        else:
            yield "right" if name in written else "absent"


def _bare(text: str) -> str:
    return text.lower().strip('.,!?…:;»«"')
