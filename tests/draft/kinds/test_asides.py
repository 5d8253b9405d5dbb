"""What is only spoken of is neither taken nor decided; what is told besides stays as it was said."""

from __future__ import annotations

import pytest

from tests.draft.kinds.test_medications import said, short


@pytest.mark.parametrize(
    "line",
    [
        "P: Skulle ønske jeg kunne ta en Sobril på jobben.",
        "L: Vi kunne ha prøvd Imigran, men med hjertet ditt går ikke det.",
        "P: Jeg kunne ikke tenke meg å begynne på Cipralex.",
        "P: Jeg har noen Imovane liggende fra mamma.",
        "L: Sånne som Ibux og Voltaren kan gi magesår hos eldre.",
        "P: Jeg fikk en Voltaren av mannen min.",
        "P: Og så fikk jeg to Tramadol av svogeren min.",
        "L: Var det borrelia, ville man gitt Apocillin.",
        "L: Centyl kan gi urinsyregikt.",
        "L: Ofte blir man som ny på tre dager med Prednisolon.",
        "L: Når du er ferdig med Apocillin, er det ikke noe mer.",
        "L: Hvis du får utslett av Apocillin, må du slutte med det.",
    ],
)
def test_what_is_only_spoken_of_is_no_medication(line: str) -> None:
    assert said(line) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("L: Da tar du heller Zyrtec enn Aerius.", ["Zyrtec planned started"]),
        ("L: Styr unna Voltaren når du går på Marevan.", ["Voltaren denied planned", "Marevan continued"]),
        ("P: jeg har ikke tatt Atacanden på ei uke", ["Atacand continued (ikke tatt på ei uke)"]),
        (
            "P: Eg tek Metformin to gonger om dagen, men eg gløymer ofte kveldsdosen",
            ["metformin continued 2/day (gløymer ofte kveldsdosen)"],
        ),
        (
            "P: jeg har nesten sluttet med Sobril, tar bare en i uka",
            ["Sobril continued 1/week (nesten sluttet)"],
        ),
    ],
)
def test_what_is_told_besides_is_kept_and_turns_nothing(line: str, expected: list[str]) -> None:
    assert short(said(line)) == expected
