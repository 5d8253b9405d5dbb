"""Which side: the nearest one, of the place that it was said with; none where two are meant, or where it was denied."""

from __future__ import annotations

import pytest

from kiskriv.draft.fact import Side
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.language.sides import only, sides
from kiskriv.draft.lexicon import shipped
from tests.draft.telling import short, told

L, R, B = Side.LEFT, Side.RIGHT, Side.BOTH


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("høyre kne", [R]),
        ("høgre kne", [R]),
        ("ve. kne og hø. hofte", [L, R]),
        ("venstresidige smerter", [L]),
        ("høgresidig", [R]),
        ("begge knærne", [B]),
        ("båe to", [B]),
        ("på begge sider", [B]),
        ("bilateralt", [B]),
        ("høyre og venstre", [B]),
        ("både høgre og venstre", [B]),
        ("høyre eller venstre", [R, L]),
        ("ikke venstre, høyre", [R]),
        ("ikkje den høgre", [R]),
        ("ingen av dem", []),
    ],
)
def test_every_way_to_say_a_side(text: str, expected: list[Side]) -> None:
    assert [said.side for said in sides(tokens(text), shipped())] == expected


def test_two_sides_are_not_one() -> None:
    assert only(sides(tokens("høyre eller venstre"), shipped())) is None
    assert only(sides(tokens("venstre, ja venstre"), shipped())) is L


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Det verker i begge hoftene.", ["smerter hofte both"]),
        ("Det er høyresidig hodepine.", ["hodepine right"]),
        ("Skulderen er stiv, den venstre.", ["stivhet skulder left"]),
        ("Eg har vondt i skuldra, den høgre.", ["smerter skulder right"]),
        ("Jeg er nummen i to fingre på høyre hånd.", ["nummenhet finger right"]),
        ("Jeg har vondt i venstre øre og klør i øynene.", ["øresmerter left", "øyekløe"]),
        ("Eg har vondt i ryggen og ned i venstre legg.", ["ryggsmerter"]),
    ],
)
def test_a_side_belongs_to_the_place_it_was_said_with(line: str, expected: list[str]) -> None:
    assert short(told(f"P {line}")) == expected
