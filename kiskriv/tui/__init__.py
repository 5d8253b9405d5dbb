"""The screen: it shows and asks, and holds no truth.

    app · shell        which page is shown when · what Textual must not tell
    clerk · attending  the one thread that takes the steps · one consultation in it
    choices · happenings   what the doctor chooses, what happens (values)
    desk               what the screen needs of the house (a protocol)

    home · checking · recording · review (noteside, saidside) · approved · over    the pages, in their order
    page · asking · widgets · levels · side    what pages are made of, and the modals
    words · themes     names of things · how it looks
    edits · history · told · searching · voices · listening · deviation    what pages think (pure)

    renewal · leaving · caches · quiet · overheard    a fresh process for each consultation, and what else keeps words from staying behind

The doctor's choices go to the clerk through a queue, what happens comes back as messages: so a page cannot block the road, and the road
cannot be left by accident. A consultation in a room goes on when the screen goes, however it goes: only a choice ends it.
"""

from kiskriv.tui.quiet import quieten

quieten()  # before anything here imports Textual, which reads its switches then
