"""Amounts are met in every form in which they are said or written, and nothing else is."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import UNITS
from kiskriv.draft.language.quantities import amounts, durations
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import shipped


def met(text: str) -> list[str]:
    return [str(amount.quantity) for amount in amounts(tokens(text), shipped())]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("fire hundre milligram", ["400 mg"]), ("400mg", ["400 mg"]), ("400 mg.", ["400 mg"]), ("50 mikrogram", ["50 µg"]),
        ("50 µg og 75 mcg", ["50 µg", "75 µg"]), ("5 mg/ml", ["5 mg/ml"]), ("1,5 mill IE", ["1500000 IE"]),
        ("en tablett", ["1 tablet"]), ("ein halv tablett", ["0.5 tablet"]), ("halv tablett", ["0.5 tablet"]), ("to tbl", ["2 tablet"]),
        ("to puff", ["2 puff"]), ("en til to tablettar", ["1-2 tablet"]), ("5 ml", ["5 ml"]), ("to dropar", ["2 drop"]),
        ("femti prosent", ["50 %"]), ("50%", ["50 %"]), ("80 kilo", ["80 kg"]), ("180 centimeter", ["180 cm"]),
        ("38,4°", ["38.4 °C"]), ("trettiåtte komma fire grader", ["38.4 °C"]), ("72 slag i minuttet", ["72 /min"]),
        ("48 mmol/mol", ["48 mmol/mol"]), ("nullkommatjuefem milligram", ["0.25 mg"]), ("tokommafem gram", ["2.5 g"]),
        ("to års", ["2 year"]),
        ("5,6 millimol per liter", ["5.6 mmol/l"]), ("12 mg/l", ["12 mg/l"]),
        ("i tre uker", ["3 week"]), ("i tre veker", ["3 week"]), ("halvannen uke", ["1.5 week"]), ("eit par dagar", ["2 day"]),
        ("14 dager", ["14 day"]), ("to-tre uker", ["2-3 week"]), ("et halvt år", ["0.5 year"]), ("tre kvarter", ["45 minute"]),
        ("i 7 d.", ["7 day"]), ("2 u", ["2 week"]), ("3 mnd", ["3 month"]), ("i to døgn", ["2 day"]), ("en ukes tid", ["1 week"]),
        ("en tidagers kur", ["10 day"]), ("ein tidagars kur", ["10 day"]), ("10-dagers kur", ["10 day"]), ("to ukers", ["2 week"]),
        ("de siste to ukene", ["2 week"]), ("en hel uke", ["1 week"]),
        ("138/82", ["138/82 mmHg"]), ("138 over 82", ["138/82 mmHg"]), ("hundre og trettiåtte over åttito", ["138/82 mmHg"]),
        ("BT 138 / 82 mmHg", ["138/82 mmHg"]),
    ],
)  # fmt: skip
def test_each_form_of_an_amount(said: str, expected: list[str]) -> None:
    assert met(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "12. mars",
        "klokka åtte",
        "12/3",
        "80 over 120",
        "120/10",
        "den femte dagen",
        "om dagen",
        "hver dag",
        "noen dager",
        "x 4",
        "tre ganger",
        "i 2019",
        "1+0+1",
        "to årer",
    ],
)
def test_what_is_no_amount(said: str) -> None:
    assert met(said) == []


@pytest.mark.parametrize(
    "said", ["en pluss null pluss en", "ein pluss null pluss ein", "1+0+1", "1-0-1", "en pluss ingen pluss en"]
)
def test_a_scheme_of_doses_is_one_token(said: str) -> None:
    assert [token.text for token in tokens(said)] == ["1+0+1"]


def test_an_amount_knows_its_tokens() -> None:
    (amount,) = amounts(tokens("ta fire hundre milligram om dagen"), shipped())
    assert (amount.start, amount.end) == (1, 3)


def test_only_stretches_of_time_are_durations() -> None:
    assert [str(a.quantity) for a in durations(tokens("400 mg i ti dager"), shipped())] == ["10 day"]


def test_every_unit_of_the_word_list_is_canonical() -> None:
    assert {term.nb for term in shipped().terms("unit")} <= set(UNITS)
