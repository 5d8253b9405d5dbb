"""Two facts are compared with sense: units, brands, rhythms and spans of time, not letters."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from kiskriv.draft.against.comparison import Subject, comparable, daily, differences, same, subject
from kiskriv.draft.fact import About, Action, Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.draft.lexicon import Lexicon, shipped
from kiskriv.draft.lines import read


def amount(text: str) -> Quantity:
    """`400 mg`, `2-3 week`, `138/82 mmHg`."""
    number, unit = text.split()
    value, _, to = number.replace("/", "-").partition("-")
    return Quantity(Decimal(value), unit, Decimal(to) if to else None)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    made = Lexicon()
    for line in read("[substance]\nparacetamol: Paracet, Pinex\nibuprofen: Ibux\n", "drugs.txt"):
        made.add(line)
    return made


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1 g", "1000 mg"),
        ("50 µg", "0.05 mg"),
        ("7 day", "1 week"),
        ("14 day", "2 week"),
        ("1 month", "4 week"),
        ("3 month", "12 week"),
        ("6 month", "0.5 year"),
        ("2-3 week", "2-3 week"),
        ("138/82 mmHg", "138/82 mmHg"),
        ("1.80 m", "180 cm"),
    ],
)
def test_one_size_in_two_ways_is_the_same(a: str, b: str) -> None:
    assert same(amount(a), amount(b))
    assert same(amount(b), amount(a))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("50 mg", "500 mg"),
        ("50 mg", "50 µg"),
        ("400 mg", "400 ml"),
        ("7 day", "7 week"),
        ("10 day", "1 week"),
        ("2 week", "3 week"),
        ("4 week", "2-3 week"),
        ("12 week", "13 week"),
        ("138/82 mmHg", "138/92 mmHg"),
        ("138/82 mmHg", "183/82 mmHg"),
        ("7.2 %", "7.2 mmol/mol"),
    ],
)
def test_another_size_is_another(a: str, b: str) -> None:
    assert not same(amount(a), amount(b))
    assert not same(amount(b), amount(a))


def test_a_size_within_the_range_that_was_said_is_the_same_but_no_range_is_made_of_a_size() -> None:
    assert same(amount("2 week"), amount("2-3 week"))
    assert same(amount("14 day"), amount("2-3 week"))
    assert not same(amount("2-3 week"), amount("2 week"))
    assert not same(amount("40-120 °C"), amount("120 °C"))


def test_strengths_are_compared_with_strengths_and_counts_with_counts() -> None:
    assert comparable(amount("1 g"), amount("400 mg"))
    assert comparable(amount("1 tablet"), amount("2 capsule"))
    assert not comparable(amount("1 tablet"), amount("400 mg"))


@pytest.mark.parametrize(
    ("frequency", "times"),
    [
        ("3/day", {3}),
        ("1+0+1", {2}),
        ("2+0+2", {2, 4}),
        ("1+1+1+1", {4}),
        ("morning evening", {2}),
        ("2/day morning evening", {2}),
        ("as-needed", set()),
        ("3-4/day", {3, 4}),
        ("", set()),
    ],
)
def test_a_rhythm_is_so_many_times_a_day(frequency: str, times: set[int]) -> None:
    assert daily(frequency) == times


def test_once_a_week_is_not_once_a_day() -> None:
    assert daily("1/week") == {Decimal(1) / 7}


DRUG = Fact(Kind.MEDICATION, "Paracet", (0,), dose=amount("1000 mg"), frequency="3/day", action=Action.STARTED)
PAIN = Fact(Kind.SYMPTOM, "smerter", (0,), side=Side.LEFT, body="kne", duration=amount("2 week"))


@pytest.mark.parametrize(
    ("said", "written", "fields"),
    [
        (DRUG, replace(DRUG, dose=amount("100 mg")), ("dose",)),
        (DRUG, replace(DRUG, dose=amount("1000 µg")), ("dose",)),
        (DRUG, replace(DRUG, dose=amount("1 g")), ()),
        (DRUG, replace(DRUG, dose=amount("1 tablet")), ()),
        (DRUG, replace(DRUG, dose=None), ()),
        (DRUG, replace(DRUG, frequency="4/day"), ("frequency",)),
        (DRUG, replace(DRUG, frequency="1+1+1"), ()),
        (DRUG, replace(DRUG, frequency="3/week"), ("frequency",)),
        (replace(DRUG, frequency="morning"), replace(DRUG, frequency="evening"), ("frequency",)),
        (replace(DRUG, frequency="night"), replace(DRUG, frequency="1/day evening"), ()),
        (DRUG, replace(DRUG, action=Action.STOPPED), ("action",)),
        (DRUG, replace(DRUG, action=None), ()),
        (DRUG, replace(DRUG, polarity=Polarity.DENIED), ("polarity",)),
        (DRUG, replace(DRUG, time=Time.PLANNED), ()),
        (PAIN, replace(PAIN, side=Side.RIGHT), ("side",)),
        (PAIN, replace(PAIN, side=Side.BOTH), ("side",)),
        (PAIN, replace(PAIN, side=None), ()),
        (PAIN, replace(PAIN, duration=amount("14 day")), ()),
        (PAIN, replace(PAIN, duration=amount("2 month")), ("duration",)),
        (PAIN, replace(PAIN, polarity=Polarity.DENIED, side=Side.RIGHT), ("polarity", "side")),
        (PAIN, replace(PAIN, time=Time.PAST), ("time",)),
        (PAIN, replace(PAIN, about=About.RELATIVE), ("about",)),
    ],
)
def test_what_contradicts_is_named(said: Fact, written: Fact, fields: tuple[str, ...]) -> None:
    assert differences(written, said) == fields


def test_a_brand_is_its_substance(lexicon: Lexicon) -> None:
    assert subject(DRUG, lexicon) == Subject(Kind.MEDICATION, "paracetamol")
    assert subject(DRUG, lexicon) == subject(replace(DRUG, name="Pinex"), lexicon)
    assert subject(DRUG, lexicon) != subject(replace(DRUG, name="Ibux"), lexicon)


def test_an_allergy_to_a_drug_is_no_use_of_it(lexicon: Lexicon) -> None:
    assert subject(DRUG, lexicon) != subject(replace(DRUG, kind=Kind.ALLERGY), lexicon)


def test_a_symptom_and_a_finding_of_one_name_are_of_one_thing(lexicon: Lexicon) -> None:
    assert subject(PAIN, lexicon) == subject(replace(PAIN, kind=Kind.FINDING), lexicon)


def test_no_known_allergies_stands_for_all_of_them(lexicon: Lexicon) -> None:
    assert subject(Fact(Kind.ALLERGY, "allergier", (0,), Polarity.DENIED), lexicon).every
    assert not subject(Fact(Kind.ALLERGY, "penicillin", (0,)), lexicon).every
    assert not subject(Fact(Kind.SYMPTOM, "allergi", (0,)), lexicon).every


@pytest.mark.parametrize(
    ("kind", "name", "other"),
    [
        (Kind.VITAL, "blodtrykk", "BT"),
        (Kind.VITAL, "temperatur", "temp"),
        (Kind.SYMPTOM, "øresus", "tinnitus"),
        (Kind.FOLLOW_UP, "ny time", "kontroll"),
        (Kind.ALLERGY, "bjørk", "bjørkepollen"),
    ],
)
def test_another_form_of_a_name_is_the_same_subject_and_a_longer_name_is_not(kind: Kind, name: str, other: str) -> None:
    known = shipped()
    assert subject(Fact(kind, name, (0,)), known) == subject(Fact(kind, other, (0,)), known)
    assert subject(Fact(kind, f"{name} hos naboen", (0,)), known) != subject(Fact(kind, other, (0,)), known)


def test_a_relatives_disease_is_the_same_whether_it_is_over_or_not() -> None:
    now = Fact(Kind.SYMPTOM, "migrene", (1,), about=About.RELATIVE)
    assert list(differences(now, replace(now, time=Time.PAST))) == []
    patients = replace(now, about=About.PATIENT)
    assert list(differences(patients, replace(patients, time=Time.PAST))) == ["time"]
