"""The screen: it shows and asks, and holds no truth.

    app      which page is shown when; no exit without erasure          screens · review   the pages
    clerk    the one thread that takes the steps of the session          asking             the modals
    desk     what the screen needs of the house (a protocol)             widgets            what the pages are made of
    edits    a note as rows, and its changes (pure)                      words              names of things (pure)
    leaving  signals, lost terminals and faults of threads               caches · quiet     what Textual keeps, and would tell

The doctor's choices go to the clerk through a queue, what happens comes back as messages: so a page cannot block the road, and the road
cannot be left by accident.
"""

from kiskriv.tui.quiet import quieten

quieten()

from kiskriv.tui.app import KiskrivApp  # noqa: E402  (Textual reads its switches when it is imported)

__all__ = ["KiskrivApp"]
