"""The sentences: templates filled from slots, word salads for an open vocabulary, and what is held out.

The material lies in `sentences/`. A template such as "Jeg har hatt {symptom} i {span}." is filled by a
random number generator that the caller owns, so every draw can be repeated. No file is written here.

Three promises, each with a test:
- a filled sentence whose hash falls under `HELD_OUT_SHARE` is never drawn for training; those are the
  sentences that evaluation draws (only templates with many fillings take part: a fixed sentence such as
  "Ja, det stemmer." cannot be both learned and held out);
- no sentence of the demo consultation of more than two words is ever drawn for training;
- a draw depends on nothing but the generator's seed.
"""

import hashlib
import random
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from synthetic.numerals import written_count

SENTENCES: Final = Path(__file__).parent / "sentences"
HELD_OUT_SHARE: Final = 0.1
FILLINGS_TO_HOLD_OUT: Final = 20
"""A template needs this many fillings before some of them are held out."""

_SLOT: Final = re.compile(r"\{([^{}]+)\}")
_NUMBER: Final = re.compile(r"^(count|digits|tenths) (\d+)-(\d+)(?:\*(\d+))?$")
_SENTENCE_END: Final = re.compile(r"(?<=[.?!])\s+")

_SALAD_SHARE: Final = 0.28
_SECOND_SENTENCE_SHARE: Final = 0.22
_SHORT_REPLY_SHARE: Final = 0.06
_SPLICED_SHARE: Final = 0.3
_SUBSTITUTED_SHARE: Final = 0.3
_SUBSTITUTION: Final = 0.25
_COMMONEST: Final = 420  # words.txt begins with pronouns, verbs and particles
_ABBREVIATIONS: Final = ("EKG", "CRP", "MR", "CT", "INR", "BMI", "LDL", "TSH", "NAV")


def sentences_of(text: str) -> list[str]:
    """Split at sentence ends: "Ja. Det stemmer." -> ["Ja.", "Det stemmer."]."""
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if sentence]


def folded(sentence: str) -> str:
    """The sentence without case and punctuation: what makes two sentences the same."""
    return " ".join(re.sub(r"[^\w\s,]|,(?!\d)", " ", sentence.lower()).split())


def is_held_out(sentence: str) -> bool:
    """Whether the hash of the folded sentence falls into the share kept for evaluation."""
    digest = hashlib.sha256(folded(sentence).encode()).digest()
    return int.from_bytes(digest[:4]) < HELD_OUT_SHARE * 2**32


def read_lines(name: str) -> list[str]:
    """The lines of a material file, without comments and blanks."""
    lines = (SENTENCES / name).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _read_slots() -> dict[str, list[str]]:
    with (SENTENCES / "slots.toml").open("rb") as file:
        written = tomllib.load(file)
    slots: dict[str, list[str]] = {}
    for slot, entries in written.items():
        if isinstance(entries, dict):
            lines = read_lines(entries["file"])
            slots[slot] = lines if slot != "word" else [word for line in lines for word in line.split()]
        else:
            slots[slot] = entries
    return slots


def _demo_sentences() -> frozenset[str]:
    with (SENTENCES / "consultation.toml").open("rb") as file:
        utterances = tomllib.load(file)["utterances"]
    spoken = (folded(part) for utterance in utterances for part in sentences_of(utterance["text"]))
    return frozenset(sentence for sentence in spoken if len(sentence.split()) > 2)


@dataclass(frozen=True)
class Corpus:
    """The material, and every way of drawing a sentence from it."""

    templates: tuple[str, ...]
    slots: dict[str, list[str]]
    reserved: frozenset[str]
    """Folded sentences that training never sees: those of the demo consultation."""

    @classmethod
    def load(cls) -> "Corpus":
        templates = (*read_lines("practitioner.txt"), *read_lines("patient.txt"))
        return cls(templates, _read_slots(), _demo_sentences())

    def draw_training(self, rng: random.Random) -> str:
        """One utterance for training: a salad, a short reply, or one or two filled templates."""
        kind = rng.random()
        if kind < _SALAD_SHARE:
            return self._trainable(rng, self.salad)
        if kind < _SALAD_SHARE + _SHORT_REPLY_SHARE:
            return rng.choice(self._short_replies)
        utterance = self._trainable(rng, self._filled_template)
        if rng.random() < _SECOND_SENTENCE_SHARE:
            utterance += " " + self._trainable(rng, self._filled_template)
        return utterance

    def draw_open(self, rng: random.Random) -> str:
        """One utterance for the last part of training: half of it sentences whose end cannot be guessed."""
        kind = rng.random()
        if kind < _SPLICED_SHARE:
            return self._trainable(rng, self.spliced)
        if kind < _SPLICED_SHARE + _SUBSTITUTED_SHARE:
            return self._trainable(rng, self.substituted)
        return self.draw_training(rng)

    def draw_held_out(self, rng: random.Random) -> str:
        """One sentence that `draw_training` never gives."""
        while True:
            sentence = self.fill(rng.choice(self._wide_templates), rng)
            if is_held_out(sentence):
                return sentence

    def fill(self, template: str, rng: random.Random) -> str:
        """The template with every slot filled, and a capital at its beginning."""
        while _SLOT.search(template):
            template = _SLOT.sub(lambda slot: self._fill_slot(slot[1], rng), template)
        return template[0].upper() + template[1:]

    def salad(self, rng: random.Random) -> str:
        """Words in no order, with numbers, names and made-up words: hearing without guessing."""
        words = [self._salad_word(rng) for _ in range(rng.randint(2, 9))]
        if rng.random() < 0.2 and len(words) > 3:
            words[rng.randrange(1, len(words) - 1)] += ","
        text = " ".join(words) + rng.choice("...?")
        return text[0].upper() + text[1:]

    def spliced(self, rng: random.Random) -> str:
        """Pieces of filled templates joined at random: true word pairs, no sense, nothing to remember."""
        words: list[str] = []
        for _ in range(rng.randint(2, 4)):
            piece = self._uncapitalised(self._filled_template(rng))
            start = rng.randrange(len(piece))
            words += [word.rstrip(".,?!") for word in piece[start : start + rng.randint(1, 4)]]
        return self._not_held_out(rng, self.spliced, words)

    def substituted(self, rng: random.Random) -> str:
        """A filled template in which about every fourth word is another one."""
        words = []
        for word in self._uncapitalised(self._filled_template(rng)):
            bare = word.rstrip(".,?!")
            other = self._common_word(rng) if rng.random() < _SUBSTITUTION else bare
            words.append(other + word[len(bare) :])
        words[-1] = words[-1].rstrip(".?!")
        return self._not_held_out(rng, self.substituted, words)

    def fillings(self, template: str) -> int:
        """How many sentences the template can become (nested slots multiplied out)."""
        count = 1
        for slot in _SLOT.findall(template):
            if number := _NUMBER.match(slot):
                low, high = int(number[2]), int(number[3])
                count *= (high - low + 1) * (10 if number[1] == "tenths" else 1)
            else:
                count *= sum(self.fillings(entry) for entry in self.slots[slot])
        return count

    @cached_property
    def _wide_templates(self) -> list[str]:
        return [t for t in self.templates if self.fillings(t) >= FILLINGS_TO_HOLD_OUT]

    @cached_property
    def _wide(self) -> frozenset[str]:
        return frozenset(self._wide_templates)

    @cached_property
    def _short_replies(self) -> list[str]:
        fixed = [t for t in self.templates if "{" not in t and len(t.split()) <= 4]
        return [t for t in fixed if folded(t) not in self.reserved]

    @cached_property
    def _template_words(self) -> list[str]:
        texts = [_SLOT.sub(" ", t) for t in self.templates]
        texts += [_SLOT.sub(" ", entry) for slot, entries in self.slots.items() for entry in entries]
        words = {word.strip(".,?!") for text in texts for word in text.split()}
        plain = {w for w in words if w and not any(c.isdigit() for c in w)}
        return sorted({w if w.isupper() or w in self._names else w.lower() for w in plain})

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(w for s in ("name", "place", "drug") for e in self.slots[s] for w in e.split())

    def _filled_template(self, rng: random.Random) -> str:
        template = rng.choice(self.templates)
        while True:
            sentence = self.fill(template, rng)
            if template not in self._wide or not is_held_out(sentence):
                return sentence

    def _trainable(self, rng: random.Random, draw: Callable[[random.Random], str]) -> str:
        while folded(sentence := draw(rng)) in self.reserved:
            pass
        return sentence

    def _not_held_out(self, rng: random.Random, draw: Callable[[random.Random], str], words: list[str]) -> str:
        text = " ".join(words) + rng.choice("...?")
        sentence = text[0].upper() + text[1:]
        return draw(rng) if is_held_out(sentence) else sentence

    def _uncapitalised(self, sentence: str) -> list[str]:
        first, *others = sentence.split()
        bare = first.rstrip(".,?!")
        return [first if bare.isupper() or bare in self._names else first.lower(), *others]

    def _common_word(self, rng: random.Random) -> str:
        kind = rng.random()
        if kind < 0.45:
            return rng.choice(self.slots["word"][:_COMMONEST])
        return self._salad_word(rng) if kind < 0.7 else rng.choice(self._template_words)

    def _fill_slot(self, slot: str, rng: random.Random) -> str:
        number = _NUMBER.match(slot)
        if number is None:
            return rng.choice(self.slots[slot])
        kind, low, high, step = number[1], int(number[2]), int(number[3]), int(number[4] or 1)
        value = rng.randint(low, high) * step
        if kind == "count":
            return written_count(value)
        return f"{value},{rng.randint(0, 9)}" if kind == "tenths" else str(value)

    def _salad_word(self, rng: random.Random) -> str:
        kind = rng.random()
        return next(make(rng) for share, make in self._salad_makers if kind < share)

    @cached_property
    def _salad_makers(self) -> tuple[tuple[float, Callable[[random.Random], str]], ...]:
        """Ways of making a word of a salad, each up to its cumulative share."""
        word = self.slots["word"]
        return (
            (0.12, self._salad_number),
            (0.22, lambda rng: rng.choice(self.slots[rng.choice(("name", "place"))])),
            (0.34, lambda rng: rng.choice(self.slots["drug"])),
            (0.37, lambda rng: rng.choice(_ABBREVIATIONS)),
            (0.47, made_up_word),
            (0.53, lambda rng: rng.choice(word) + rng.choice(word)),
            (1.0, lambda rng: rng.choice(word if rng.random() < 0.6 else self._template_words)),
        )

    def _salad_number(self, rng: random.Random) -> str:
        kind = rng.random()
        if kind < 0.3:
            return written_count(rng.randint(0, 100))
        if kind < 0.5:
            return written_count(rng.randint(0, 1000))
        if kind < 0.6:
            return str(rng.randint(1950, 2026))
        if kind < 0.75:
            return f"{rng.randint(0, 60)},{rng.randint(0, 9)}"
        return self.fill(rng.choice(("{blood pressure}", "{unit_dose}", "{digits 13-100} prosent")), rng)


_ONSETS: Final = "b d f g h k l m n p r s t v bl br dr fl fr gr kl kr pl pr sk sl sm sn sp st str tr".split()
_VOWELS: Final = "a e i o u y ø å a e i o".split()
_CODAS: Final = ["", "", "", "n", "r", "l", "s", "t", "k", "m", "nt", "st", "rt", "ll", "ss", "kk"]
_DRUG_ENDINGS: Final = (
    "pril sartan statin mycin cillin prazol olol dipin zepam oksacin tidin formin gliptin parin vir mab on in"
).split()


def made_up_word(rng: random.Random) -> str:
    """A word that does not exist but can be spelt from its sound, at times like a drug's name."""

    def syllable() -> str:
        return rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS)

    stem = "".join(syllable() for _ in range(rng.randint(1, 2)))
    if rng.random() < 0.4:
        return stem + rng.choice("aeiou") + rng.choice(_DRUG_ENDINGS)
    return stem + rng.choice(("", "e", "en", "er", "et"))
