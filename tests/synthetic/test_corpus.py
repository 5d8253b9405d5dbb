"""What is held out stays out: training, evaluation and the demo share no sentence."""

import random
import re
import tomllib
from itertools import pairwise

import pytest

from synthetic.corpus import SENTENCES, Corpus, folded, is_held_out, made_up_word, sentences_of

DRAWS = 20_000


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return Corpus.load()


@pytest.fixture(scope="module")
def trained_on(corpus: Corpus) -> frozenset[str]:
    """The folded sentences of many training draws, each alone and each pair as drawn."""
    rng = random.Random(1)
    drawn = [draw(rng) for draw in (corpus.draw_training, corpus.draw_open) for _ in range(DRAWS)]
    alone = {folded(sentence) for utterance in drawn for sentence in sentences_of(utterance)}
    return frozenset(alone | {folded(utterance) for utterance in drawn})


def demo_sentences() -> list[str]:
    with (SENTENCES / "consultation.toml").open("rb") as file:
        utterances = tomllib.load(file)["utterances"]
    return [folded(s) for utterance in utterances for s in sentences_of(utterance["text"])]


def test_held_out_sentences_are_never_drawn_for_training(corpus: Corpus, trained_on: frozenset[str]) -> None:
    rng = random.Random(2)
    held_out = {folded(corpus.draw_held_out(rng)) for _ in range(2_000)}
    assert len(held_out) > 1_000
    assert all(is_held_out(sentence) for sentence in held_out)
    assert not held_out & trained_on


def test_demo_sentences_are_never_drawn_for_training(trained_on: frozenset[str]) -> None:
    unheard = [sentence for sentence in demo_sentences() if len(sentence.split()) > 2]
    assert len(unheard) > 30
    assert not set(unheard) & trained_on


def test_a_template_that_says_a_demo_sentence_is_skipped(corpus: Corpus) -> None:
    said = "Jeg har hatt hoste i ti dager."
    tempted = Corpus((said, "Ja, det stemmer.", "Det {count 2-90} går."), corpus.slots, frozenset({folded(said)}))
    rng = random.Random(3)
    drawn = {sentence for _ in range(500) for sentence in sentences_of(tempted.draw_training(rng))}
    assert "Ja, det stemmer." in drawn
    assert said not in drawn


def test_the_hash_holds_out_a_tenth(corpus: Corpus) -> None:
    rng = random.Random(4)
    salads = [corpus.salad(rng) for _ in range(5_000)]
    assert 0.08 < sum(map(is_held_out, salads)) / len(salads) < 0.12


def test_case_and_punctuation_do_not_make_another_sentence() -> None:
    assert folded("Ja, 38,5 grader!") == folded("ja 38,5 grader") == "ja 38,5 grader"
    assert folded("38,5") != folded("385")


def test_a_draw_depends_on_the_seed_alone(corpus: Corpus) -> None:
    draws = [[corpus.draw_training(random.Random(seed)) for _ in range(3)] for seed in (5, 5, 6)]
    assert draws[0] == draws[1] != draws[2]


def test_every_template_can_be_filled(corpus: Corpus) -> None:
    rng = random.Random(7)
    for template in corpus.templates:
        sentence = corpus.fill(template, rng)
        assert not re.search(r"[{}]", sentence)
        assert sentence[0].isupper() or sentence[0].isdigit()
        assert sentence[-1] in ".?"


def test_no_template_is_written_twice(corpus: Corpus) -> None:
    assert [a for a, b in pairwise(sorted(corpus.templates)) if a == b] == []


def test_fillings_multiply_through_nested_slots() -> None:
    corpus = Corpus((), {"a": ["x", "{b} y"], "b": ["1", "2", "{digits 5-9}"]}, frozenset())
    assert corpus.fillings("{a}") == 1 + (2 + 5)
    assert corpus.fillings("{tenths 36-37} {b}") == 20 * 7


def test_open_sentences_differ_from_their_templates(corpus: Corpus) -> None:
    narrow = Corpus(("Jeg har vondt i magen i dag.",), corpus.slots, frozenset())
    rng = random.Random(9)
    substituted = [folded(narrow.substituted(rng)).split() for _ in range(400)]
    kept = sum("magen" in sentence for sentence in substituted)
    assert 0.6 < kept / len(substituted) < 0.9
    spliced = {folded(corpus.spliced(rng)) for _ in range(400)}
    filled = {folded(corpus.fill(template, rng)) for template in corpus.templates for _ in range(5)}
    assert len(spliced - filled) > 350


def test_made_up_words_are_words() -> None:
    rng = random.Random(8)
    assert all(re.fullmatch(r"[a-zøå]{2,}", made_up_word(rng)) for _ in range(500))
