"""No value that holds what was said or written speaks in a repr: it would stand in a log, or in an exception's report (R23)."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

import kiskriv.draft
import kiskriv.evaluation
import kiskriv.writer
from kiskriv.transcript import Transcript

CANARY = "kanarifugl"
PUBLIC = {
    "Abbreviations", "Address", "Clinic", "Code", "Composition", "Drafting", "Heading", "Journal", "Lexicon", "Line", "Made", "NearMisses",
    "Plain", "Prompt", "Service", "Table", "Template", "Term", "_Begun",
    "_Drawers",
}  # fmt: skip
"""What holds lists of words, files of a clinic, settings, digests or figures."""
OURS = ("role", "unit")
"""Fields for which there are a few words, all our own."""


def values() -> Iterator[type[Any]]:
    """Every dataclass and named tuple of the packages that read, draft, measure and write."""
    for package in (kiskriv.draft, kiskriv.evaluation, kiskriv.writer):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if kind.__module__ == module.name and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields")):
                    yield kind


def telling(hint: str) -> object:
    """What stands in a field of this type: the canary, wherever it takes text."""
    if hint == "Transcript":
        return Transcript("nb", ())
    if "str" not in hint:
        return ()
    if hint.startswith(("dict", "Mapping")):
        return {CANARY: CANARY}
    return CANARY if hint.startswith("str") else (CANARY,)


@pytest.mark.parametrize(
    "kind", [kind for kind in values() if kind.__name__ not in PUBLIC], ids=lambda kind: kind.__qualname__
)
def test_what_holds_a_patients_words_does_not_speak(kind: type[Any]) -> None:
    if dataclasses.is_dataclass(kind):
        value = object.__new__(kind)
        for field in dataclasses.fields(kind):
            object.__setattr__(value, field.name, () if field.name in OURS else telling(str(field.type)))
    else:
        value = kind(
            *(
                telling(hint if isinstance(hint, str) else hint.__forward_arg__)
                for hint in kind.__annotations__.values()
            )
        )
    assert CANARY not in repr(value)


def test_the_walk_finds_what_it_is_for() -> None:
    assert {"Detail", "Mention", "Span", "Occasion", "Subject", "_Said", "Fact", "Token", "Hit", "Score"} <= {
        kind.__name__ for kind in values()
    }
