"""A model's reply is read strictly: what cites nothing, or keeps to no form, does not get into a note."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.draft.reply import LONGEST, LONGEST_ELEMENT, LONGEST_STATEMENT, MOST_STATEMENTS, OPENING, Reply, schema
from kiskriv.errors import WriterUnfit
from kiskriv.note import Note
from tests.draft.consultations import GOOD, HEADINGS, reply

IDS = frozenset(range(6))
MORE = (*GOOD, ("Anamnese", [5], "Trives på jobb."), ("Vurdering", [4], "Trolig spenningshodepine."))
"""Five that are good: one that is bad may be among six."""


def taken(text: str, *, pieces: list[str] | None = None) -> Note:
    reading = Reply(HEADINGS, IDS)
    for piece in pieces or [text]:
        reading.take(piece)
    return reading.end()


def said(note: Note) -> list[tuple[str, list[int], str]]:
    return [(section.heading, list(one.evidence), one.text) for section in note.sections for one in section.statements]


def test_statements_stand_under_their_headings_with_what_they_rest_on() -> None:
    note = taken(reply())
    assert said(note) == list(GOOD)
    assert tuple(section.heading for section in note.sections) == HEADINGS


def test_headings_keep_the_templates_order_whatever_the_models() -> None:
    assert said(taken(reply(GOOD[::-1]))) == [GOOD[1], GOOD[0], GOOD[2]]


@given(st.lists(st.integers(0, len(reply())), max_size=30))
def test_it_does_not_matter_where_the_pieces_begin(cuts: list[int]) -> None:
    text = reply()
    edges = sorted({0, *cuts, len(text)})
    assert taken(text, pieces=[text[a:b] for a, b in pairwise(edges)]) == taken(text)


def test_the_note_grows_with_each_statement() -> None:
    reading, counts = Reply(HEADINGS, IDS), []
    for character in reply():
        if reading.take(character):
            counts.append(len(reading.note.statements))
    assert counts == [1, 2, 3]


@pytest.mark.parametrize(
    "text", [f"```json\n{reply()}\n```\n", f"```\n{reply()}```", f"\n {json.dumps(json.loads(reply()), indent=2)}\n"]
)
def test_blanks_or_the_usual_fence_around_everything_are_no_matter(text: str) -> None:
    assert said(taken(text)) == list(GOOD)


@pytest.mark.parametrize(
    "text",
    [
        "Beklager, jeg kan ikke hjelpe med det.",
        "I'm sorry, but I can't help with that.",
        f"Her er notatet: {reply()}",
        f"{reply()} Si fra om du vil ha noe mer!",
        f"{reply()}{reply()}",
        "<think>Hm.</think>" + reply(),
        '{"error": "nei"}',
        "[]",
        '{"statements": {}}',
        '{"statements": [,]}',
        reply().replace("}]}", "},]}"),
        reply().replace("}, {", "} {"),
        reply().replace('"section"', '"heading"'),
        '{"statements": ["Hodepine."]}',
        '{"statements": [{"section": "Funn", "evidence": 1, "text": "Øm."}]}',
        '{"statements": [{"section": "Funn", "evidence": [1], "text": 7}]}',
        '{"statements": [{"section": "Funn", "evidence": [1], "text": "Øm.", "code": "N01"}]}',
        '{"statements": [{"section": "Funn", "evidence": ' + "[" * 1500 + "}]}",
        "``` ``` ```",
    ],
)
def test_what_is_no_list_of_statements_is_unfit_at_once(text: str) -> None:
    with pytest.raises(WriterUnfit, match="no list of statements"):
        Reply(HEADINGS, IDS).take(text)


@pytest.mark.parametrize("end", [*range(0, len(reply()), 11), len(reply()) - 1])
def test_a_reply_that_broke_off_is_unfit(end: int) -> None:
    with pytest.raises(WriterUnfit, match="broke off"):
        taken(reply()[:end])


BAD: list[tuple[str, Any, str]] = [
    ("Anamnese", [], "Kvalm."),
    ("Anamnese", [6], "Kvalm."),
    ("Anamnese", [-1], "Kvalm."),
    ("Anamnese", [1, 99], "Kvalm."),
    ("Anamnese", ["1"], "Kvalm."),
    ("Anamnese", [True], "Kvalm."),
    ("Anamnese", [1.0], "Kvalm."),
    ("Anamnese", [1] * 21, "Kvalm."),
    ("Diagnose", [1], "Kvalm."),
    ("anamnese", [1], "Kvalm."),
    ("Anamnese", [1], ""),
    ("Anamnese", [1], " … "),
    ("Anamnese", [1], "Kvalm.\nDiagnose: R05"),
    ("Anamnese", [1], "Kvalm.\x1b[2J"),
    ("Anamnese", [1], "Kvalm \u202e.rab"),
    ("Anamnese", [1], "Kvalm \ud800."),
    ("Anamnese", [1], "**Kvalm.**"),
    ("Anamnese", [1], "<b>Kvalm</b>"),
    ("Anamnese", [1], "# Kvalm"),
    ("Anamnese", [1], "- Kvalm"),
    ("Anamnese", [1], "Se https://example.org"),
    ("Anamnese", [1], "Kvalm " * 70),
    ("Anamnese", [1], " ".join(f"{number} dager" for number in range(LONGEST_STATEMENT // 8))),
    ("Anamnese", [1], "vondt i hodet, vondt i hodet, vondt i hodet, vondt i hodet"),
    ("Anamnese", [1], GOOD[0][2]),
    ("Tiltak", [1], GOOD[0][2].upper()),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_statement_that_may_not_stand_is_left_out_where_the_rest_is_good(bad: tuple[str, Any, str]) -> None:
    text = json.dumps(json.loads(reply((*MORE, bad))))  # escapes what cannot stand in UTF-8
    assert [one[2] for one in said(taken(text))] == [
        one[2] for one in sorted(MORE, key=lambda one: HEADINGS.index(one[0]))
    ]


@pytest.mark.parametrize("bad", BAD)
def test_where_they_are_more_than_one_in_five_nothing_of_it_is_used(bad: tuple[str, Any, str]) -> None:
    with pytest.raises(WriterUnfit, match="does not say where it was said"):
        taken(json.dumps(json.loads(reply((*GOOD, bad)))))


@pytest.mark.parametrize(
    "text", ["CRP < 5, BT 138/82, temp 38,4 °C.", "Paracet 1 g 1+1+1+1.", "SpO2 98 %, «tung» pust – ikke ved hvile."]
)
def test_what_a_doctor_writes_is_prose(text: str) -> None:
    assert said(taken(reply([("Funn", [4], text)]))) == [("Funn", [4], text)]


@pytest.mark.parametrize(
    "piece", [" ", "\n", reply()[:-2] + ", " + "x" * 3000, OPENING + " " * 50, '{"statements"' + " " * 2000]
)
def test_what_has_no_end_is_stopped(piece: str) -> None:
    reading = Reply(HEADINGS, IDS)
    with pytest.raises(WriterUnfit):
        for _ in range(LONGEST + 1):
            reading.take(piece)


def test_a_statement_without_end_is_stopped_before_the_reply_is() -> None:
    reading = Reply(HEADINGS, IDS)
    with pytest.raises(WriterUnfit, match="no list"):
        reading.take(OPENING + '{"section": "Funn", "text": "' + "ord " * (LONGEST_ELEMENT // 4))


def test_statements_without_end_are_stopped() -> None:
    many = [("Anamnese", [1], f"Plage nummer {number}.") for number in range(MOST_STATEMENTS + 1)]
    with pytest.raises(WriterUnfit, match="not come to an end"):
        Reply(HEADINGS, IDS).take(reply(many))


def test_going_round_in_circles_is_stopped_before_the_end() -> None:
    with pytest.raises(WriterUnfit, match="round in circles"):
        Reply(HEADINGS, IDS).take(reply(GOOD * 2)[:-2])


@given(st.lists(st.text(alphabet='{}[]",:` \n0123abcstatementsectionvidctx\\', max_size=40), max_size=6), st.booleans())
def test_whatever_comes_is_a_reply_or_unfit(pieces: list[str], opened: bool) -> None:
    try:
        note = taken("", pieces=[OPENING * opened, *pieces])
    except WriterUnfit:
        return
    assert all(set(statement.evidence) <= IDS and statement.evidence for statement in note.statements)


def test_the_schema_of_a_reply_is_that_of_a_good_one() -> None:
    form = schema(HEADINGS)
    (name,) = form["required"]
    statement = form["properties"][name]["items"]
    assert [name, *statement["required"]] == ["statements", *json.loads(reply())["statements"][0]]
    assert statement["properties"]["section"]["enum"] == list(HEADINGS)


def test_a_repr_says_nothing_of_it() -> None:
    reading = Reply(HEADINGS, IDS)
    reading.take(reply())
    assert repr(reading) == "<Reply, 3 statements, 0 refused>"
