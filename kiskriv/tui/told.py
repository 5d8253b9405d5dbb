"""What was said as the rows that the cursor walks: lines, and in its place what is not told. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from textual.content import Content

from kiskriv.locale import text
from kiskriv.session.events import Missed
from kiskriv.transcript import Cut, Transcript, Utterance
from kiskriv.tui import edits, words

UNSURE: Final = 0.5
"""Below this probability a word is marked: the recogniser itself held everything else together for likelier."""

Row = Utterance | Missed | Cut


def rows(transcript: Transcript, missed: Sequence[Missed] = ()) -> list[Row]:
    """In the order of their starts; a gap stands before what begins with it."""
    cuts = (Cut(start, end) for start, end in transcript.cuts)
    told: list[Row] = [*missed, *cuts, *transcript.utterances]
    return sorted(told, key=lambda row: row.start)


def bookmarked(transcript: Transcript) -> frozenset[int]:
    """Ids of the utterances during which, or else right after which, the doctor wanted to remember the moment."""
    moments = [at for at in transcript.bookmarks if not any(start <= at < end for start, end in transcript.cuts)]
    begun = ([said for said in transcript.utterances if said.start <= at] for at in moments)
    return frozenset(
        (before or transcript.utterances)[-1 if before else 0].id for before in begun if transcript.utterances
    )


def stretches(utterance: Utterance) -> list[tuple[bool, str]]:
    """Its words, told apart by whether they were heard uncertainly; where all of it is in doubt, no word is more so."""
    heard = groupby(utterance.words, lambda word: utterance.doubt is None and word.probability < UNSURE)
    return [(unsure, edits.tidy(" ".join(word.text for word in said))) for unsure, said in heard]


def content(row: Row, *, bookmarked: bool = False) -> Content:
    """The row as it is shown. What a style says, a sign says, too."""
    match row:
        case Utterance():
            voice = words.voice(row)
            spoken = [(f"~{said}", "underline") if unsure else (said, "") for unsure, said in stretches(row)]
            return Content.assemble(
                (f"{words.clock(row.start)} ", "dim"),
                ("★ " if bookmarked else "", "bold"),
                (f"{voice}: " if voice else "", "bold"),
                (words.doubt(row), "bold italic"),
                Content(" ").join(Content.styled(said, style) for said, style in spoken),
            )
        case Missed():
            gap = text("[… not written down: {start}–{end}]")
        case Cut():
            gap = text("[cut out {start}–{end}: does not belong here]")
    return Content.styled(gap.format(start=words.clock(row.start), end=words.clock(row.end)), "bold italic")


def why(row: Row, *, bookmarked: bool = False) -> list[str]:
    """Why the doctor should look twice here, or listen, in sentences; none where there is no reason."""
    match row:
        case Utterance():
            unsure = ", ".join(f"«{said}»" for unsure, said in stretches(row) if unsure)
            return [
                *([text("You marked this while you listened.")] if bookmarked else ()),
                *([text(words.DOUBTED[row.doubt])] if row.doubt else ()),
                *([text("Heard uncertainly: {words}. L lets you hear it.").format(words=unsure)] if unsure else ()),
            ]
        case Missed():
            return [text("Something was recorded here that could not be written down. L lets you hear it.")]
        case Cut():
            return []
