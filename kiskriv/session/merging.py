"""What a doctor has changed in a note, put into a fresh draft, line by line under its heading (pure).

base ──doctor──> mine        a line of his own, or that he changed   stays, in the place of the one that says the same by now
 │                           a line that he took out                 stays out, where the fresh draft says it in the same words
 └──told otherwise──> theirs a line that he left alone               is what the fresh draft says of it: perhaps nothing
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from kiskriv.note import Note, Section, Statement


def merged(base: Note, mine: Note, theirs: Note) -> Note:
    """The fresh draft `theirs` with what the doctor changed on the way from `base` to `mine`. Every line that he wrote is in it."""
    before, own, fresh = _by_heading(base), _by_heading(mine), _by_heading(theirs)
    return Note(
        tuple(
            Section(heading, tuple(_lines(before.get(heading, []), own.get(heading, []), fresh.get(heading, []))))
            for heading in _headings(mine, theirs)
        )
    )


def remembering(base: Note, mine: Note, theirs: Note) -> Note:
    """The fresh draft as the base of the doctor's next changes, with the lines that he took out or changed and that it does not say.

    What brings them back later (a cut that is undone, say) brings back what he thought of them as well.
    """
    before, own, fresh = _by_heading(base), _by_heading(mine), _by_heading(theirs)
    sections = list(theirs.sections)
    for heading, lines in before.items():
        said = {line.text for line in fresh.get(heading, [])}
        gone = [lines[place] for place in _beyond(lines, own.get(heading, [])) if lines[place].text not in said]
        if gone:
            sections.append(Section(heading, tuple(gone)))
    return Note(tuple(sections))


def _by_heading(note: Note) -> dict[str, list[Statement]]:
    lines: dict[str, list[Statement]] = {}
    for section in note.sections:
        lines.setdefault(section.heading, []).extend(section.statements)
    return lines


def _headings(mine: Note, theirs: Note) -> list[str]:
    """Those of the fresh draft in its order, each that is the doctor's alone behind the one that it followed."""
    headings = list(dict.fromkeys(section.heading for section in theirs.sections))
    behind = 0
    for section in mine.sections:
        if section.heading not in headings:
            headings.insert(behind, section.heading)
        behind = headings.index(section.heading) + 1
    return headings


def _lines(base: Sequence[Statement], mine: Sequence[Statement], theirs: Sequence[Statement]) -> list[Statement]:
    """Of one section."""
    gone = [base[place] for place in _beyond(base, mine)]
    unwanted = {line.text for line in gone} - {line.text for line in mine}
    lines, own, changed = list(theirs), set[int](), list(gone)
    for place in _beyond(mine, base):
        line = mine[place]
        own.add(id(line))
        twin = next((there for there in lines if there.text == line.text), None)
        if twin is not None:  # said again, in the same words, which are the doctor's now
            own.add(id(twin))
            continue
        was = next((before for before in changed if line.evidence and before.evidence == line.evidence), None)
        at = None
        if was is not None:
            changed.remove(was)
            at = _told_again([None if id(there) in own else there for there in lines], was, base)
        if at is None:
            lines.insert(_beside(lines, mine, place), line)
        else:
            lines[at] = line
    return [line for line in lines if id(line) in own or (line not in gone and line.text not in unwanted)]


def _beyond(lines: Sequence[Statement], others: Sequence[Statement]) -> list[int]:
    """The places of those that are not in `others`, each of which accounts for one."""
    left = Counter(others)
    places = []
    for place, line in enumerate(lines):
        if left[line]:
            left[line] -= 1
        else:
            places.append(place)
    return places


def _told_again(lines: Sequence[Statement | None], was: Statement, base: Sequence[Statement]) -> int | None:
    """Where the fresh draft says this: in the same words, or in new ones of what was said there. None stands where the doctor speaks."""
    if was in lines:
        return lines.index(was)
    known = {line.text for line in base}
    for place, line in enumerate(lines):
        if line and (line.text == was.text or (line.evidence == was.evidence and line.text not in known)):
            return place
    return None


def _beside(lines: Sequence[Statement], mine: Sequence[Statement], place: int) -> int:
    """Where the line at this place of the doctor's belongs: behind the nearest before it that is there, or before the nearest after it."""
    texts = [line.text for line in lines]
    for before in reversed(mine[:place]):
        if before.text in texts:
            return texts.index(before.text) + 1
    for after in mine[place + 1 :]:
        if after.text in texts:
            return texts.index(after.text)
    return len(lines)
