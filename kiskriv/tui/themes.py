"""How the screen looks: as shipped, or in high contrast; with what moves, or still."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from textual import constants
from textual.theme import Theme

if TYPE_CHECKING:
    from textual.app import App

    from kiskriv.preferences import Preferences

SHIPPED: Final = "textual-dark"

CONTRAST: Final = Theme(
    name="kiskriv-contrast",
    primary="#ffff00",
    secondary="#ffff00",
    accent="#ffff00",
    warning="#ffff00",
    error="#ffff00",
    success="#ffff00",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    boost="#000000",
    dark=True,
    variables={"text-muted": "#ffffff", "text-disabled": "#ffffff", "scrollbar": "#ffff00"},
)
"""Black, white and yellow: 19.6:1 at the least, where WCAG 2.2 (1.4.6) asks for 7:1."""


def follow(app: App[Any], preferences: Preferences) -> None:
    """Shows everything so from now on."""
    app.register_theme(CONTRAST)
    app.theme = CONTRAST.name if preferences.contrast else SHIPPED
    app.set_class(preferences.contrast, "contrast")
    app.animation_level = "none" if preferences.still else constants.TEXTUAL_ANIMATIONS
