"""Errors: every one explains itself, and a fault is told by a code."""

from __future__ import annotations

from string import Formatter

from kiskriv.errors import KiskrivError, fault_code
from kiskriv.tui import words


def test_a_code_names_the_place_and_nothing_else() -> None:
    try:
        words.clock("vondt i halsen")  # type: ignore[arg-type]
    except ValueError as error:
        assert fault_code(error).startswith("ValueError-words-")
    assert fault_code(KeyError("halsen")) == "KeyError"


def tree(kind: type[KiskrivError] = KiskrivError) -> list[type[KiskrivError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in tree(child))]


def test_every_error_says_what_to_do_and_a_raise_fills_in_what_it_names() -> None:
    for kind in tree():
        named = {field for text in (kind.message, kind.hint) for _, field, _, _ in Formatter().parse(text) if field}
        error = kind(**dict.fromkeys(named, 7))
        assert "{" not in str(error) + error.advice
        assert error.advice
        assert 1 <= error.exit_status <= 4
