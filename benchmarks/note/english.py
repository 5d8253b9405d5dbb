"""Real consultations, in English: what of the machinery does not depend on the language. The rules and words are Norwegian: no recall here.

Data: primock57 (CC BY 4.0), ACI-Bench (CC BY 4.0), MTS-Dialog (CC BY 4.0), as laid in beside the project; what is absent is left out.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.speech.table import p50, table
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.evaluation.drafting import chosen, drafted
from kiskriv.evaluation.material import SECONDS_A_WORD, Reference
from kiskriv.note import Concern
from kiskriv.transcript import Role, Transcript, Utterance, Word

DATA = Path(__file__).parents[3] / "shared" / "data"

_ROLES = {"doctor": Role.PRACTITIONER, "patient": Role.PATIENT}
_INTERVAL = re.compile(r'xmin = ([\d.]+)\s+xmax = [\d.]+\s+text = "((?:[^"]|"")*)"')
_TURN = re.compile(r"^\s*\[?(doctor|patient|guest_\w+)\]?:?\s+(.*)", re.IGNORECASE)


class Talk(NamedTuple):
    """What was said, and how many words the note has that a person wrote of it; 0: there is none."""

    transcript: Transcript
    note: int


def tables(references: tuple[Reference, ...], drafter: GroundedDrafter) -> None:
    """Prints the table, if there is anything to print."""
    sets = {"primock57": _primock, "ACI-Bench, test 1": _aci, "MTS-Dialog, test 1": _mts}
    columns = (
        *("", "talks", "words, median", "words of a person's note", "words of the draft", "empty drafts"),
        *("statements", "with evidence, %", "not said, %", "s for 1,000 words"),
    )
    table(
        "English consultations: evidence, length and speed; nothing else carries over",
        columns,
        (_row(name, [*read(DATA)], drafter) for name, read in sets.items()),
    )


def _row(name: str, talks: list[Talk], drafter: GroundedDrafter) -> tuple[object, ...]:
    if not talks:
        return name, 0, *("not here" for _ in range(8))
    form, lengths, seconds = chosen(drafter, "", "nb"), list[int](), 0.0
    statements = cited = unsaid = 0
    for talk in talks:
        began = time.perf_counter()
        made = drafted(drafter, talk.transcript, form)
        seconds += time.perf_counter() - began
        ids = {utterance.id for utterance in talk.transcript.utterances}
        lengths.append(len(made.note.text.split()))
        statements += len(made.note.statements)
        cited += sum(bool(one.evidence) and ids.issuperset(one.evidence) for one in made.note.statements)
        grave = (Concern.CONTRADICTION, Concern.UNSUPPORTED)
        unsaid += len({mark.statement for mark in made.marks if mark.concern in grave})
    words = [len(talk.transcript.text.split()) for talk in talks]
    written = [talk.note for talk in talks if talk.note]
    return (
        *(name, len(talks), f"{p50(words):.0f}", f"{p50(written):.0f}" if written else "-", f"{p50(lengths):.0f}"),
        *(lengths.count(0), statements),
        *(f"{100 * part / max(1, statements):.1f}" for part in (cited, unsaid)),
        f"{1000 * seconds / sum(words):.3f}",
    )


def _primock(data: Path) -> Iterator[Talk]:
    """Two TextGrids a talk, one for each speaker, with times."""
    for note in sorted((data / "primock57" / "notes").glob("*.json")):
        grids = {role: data / "primock57" / "transcripts" / f"{note.stem}_{role}.TextGrid" for role in _ROLES}
        if all(grid.is_file() for grid in grids.values()):
            turns = [
                (float(start), _ROLES[role], re.sub(r"<[^>]*>", " ", text))
                for role, grid in grids.items()
                for start, text in _INTERVAL.findall(grid.read_text(encoding="utf-8"))
            ]
            said = ((role, text) for _start, role, text in sorted(turns, key=lambda turn: turn[0]))
            written = json.loads(note.read_text(encoding="utf-8"))["note"]
            yield Talk(_transcript(said), len(written.split()))


def _aci(data: Path) -> Iterator[Talk]:
    for row in _rows(data / "aci-bench" / "data" / "challenge_data" / "clinicalnlp_taskB_test1.csv"):
        yield Talk(_transcript(_turns(row["dialogue"])), len(row["note"].split()))


def _mts(data: Path) -> Iterator[Talk]:
    for row in _rows(data / "MTS-Dialog" / "Main-Dataset" / "MTS-Dialog-TestSet-1-MEDIQA-Chat-2023.csv"):
        yield Talk(_transcript(_turns(row["dialogue"])), len(row["section_text"].split()))


def _rows(file: Path) -> Iterator[dict[str, str]]:
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as table_:
            yield from csv.DictReader(table_)


def _turns(dialogue: str) -> Iterator[tuple[Role, str]]:
    for line in dialogue.splitlines():
        if match := _TURN.match(line):
            yield _ROLES.get(match[1].lower(), Role.RELATED_PERSON), match[2]


def _transcript(turns: Iterable[tuple[Role, str]]) -> Transcript:
    made: list[Utterance] = []
    start = 0.0
    for role, text in turns:
        words = []
        for word in text.split():
            words.append(Word(start, start + SECONDS_A_WORD, word, 1.0))
            start += SECONDS_A_WORD
        if words:
            made.append(Utterance(len(made), role, role.value, tuple(words)))
    return Transcript("nb", tuple(made))
