"""Errors on their way from one process to another: the class and the facts, which hold nothing that was said."""

from __future__ import annotations

from kiskriv.errors import KiskrivError, named
from kiskriv.wire.messages import Failed


def failed(error: KiskrivError) -> Failed:
    """The error as a message."""
    return Failed(type(error).__name__, tuple(sorted(error.facts.items())))


def raised(answer: Failed) -> KiskrivError:
    """The message as the error that it was."""
    return named(answer.error, dict(answer.facts))
