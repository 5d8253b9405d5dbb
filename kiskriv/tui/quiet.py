"""Textual's switches, taken out of the environment before Textual is imported: none of them may write what is on the screen elsewhere."""

from __future__ import annotations

import os

KEPT = frozenset({"TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_FPS"})
"""Switches that change how things look, and nothing else."""


def quieten() -> None:
    """Removes TEXTUAL (devtools, debug), TEXTUAL_LOG, TEXTUAL_SCREENSHOT*, TEXTUAL_DRIVER, TEXTUAL_PRESS and their kin."""
    for name in [name for name in os.environ if name == "TEXTUAL" or name.startswith("TEXTUAL_")]:
        if name not in KEPT:
            del os.environ[name]
