"""What the facts add up to: the levels of the ledger."""

from __future__ import annotations

from itertools import chain, combinations

import pytest

from kiskriv.machine import Fact, Level, Promise, kept, level, missing

ALL = frozenset(Fact)


def test_everything_is_level_a_and_nothing_is_level_c() -> None:
    assert (level(ALL), missing(ALL)) == (Level.A, ())
    assert (level(()), missing(())) == (Level.C, tuple(Fact))


@pytest.mark.parametrize(
    "lacking",
    [
        {"freed-pages-zeroed"},
        {"secret-memory"},
        {"memory-locked"},
        {"freed-pages-zeroed", "secret-memory"},
        {"freed-pages-zeroed", "memory-locked"},
    ],
)
def test_level_b_lacks_what_only_a_crash_or_one_of_two_locks_needs(lacking: set[str]) -> None:
    assert level(ALL - lacking) is Level.B
    assert set(missing(ALL - lacking)) == lacking


def test_every_other_gap_is_level_c() -> None:
    either = {Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED}
    for lacking in chain.from_iterable(combinations(Fact, n) for n in range(1, len(Fact) + 1)):
        allowed = set(lacking) <= either | {Fact.FREED_PAGES_ZEROED} and not either <= set(lacking)
        assert level(ALL - set(lacking)) is (Level.B if allowed else Level.C)


def test_codes_of_the_ledger_count_like_facts() -> None:
    assert level([fact.value for fact in Fact]) is Level.A


def test_what_is_not_known_is_not_kept_and_what_is_no_fact_does_not_count() -> None:
    found = [Promise("swap-safe", None, "?"), Promise("no-sockets", True, "+"), Promise("model", True, "+")]
    assert kept(found) == {Fact.NO_SOCKETS}
