"""The screen: it shows and asks, and holds no truth.

    app       which page is shown when                                    screens · review   the pages
    clerk     the one thread that takes the steps of the session          asking             the modals
    choices   what the doctor chooses (values)                            widgets            what the pages are made of
    happenings  what happens (values)                                     words              names of things (pure)
    desk      what the screen needs of the house (a protocol)             edits              a note as rows, and its changes (pure)
    renewal   a fresh process for each consultation                       caches · quiet     what Textual keeps, and would tell
    leaving   signals, lost terminals and faults of threads               overheard          when sound is on
    voices    which role and which voice come next (pure)

The doctor's choices go to the clerk through a queue, what happens comes back as messages: so a page cannot block the road, and the road
cannot be left by accident. A consultation in a room goes on when the screen goes, however it goes: only a choice ends it.
"""

from kiskriv.tui.quiet import quieten

quieten()  # before anything here imports Textual, which reads its switches then
