"""What all tests share."""

from __future__ import annotations

LONG = 40
"""Characters from which on a parameter is no name for a test: some are made anew in each process."""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A long text is called by its argument, and numbered."""
    return argname if isinstance(val, str | bytes) and len(val) > LONG else None
