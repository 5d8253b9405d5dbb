"""One dangerous edit at a time, made in a note that was right: which of them does the grounding mark, and what does it mark without any?

    python -m benchmarks.note_mutations tests/consultations/*.json

drafts a note of each consultation (`kiskriv draft`'s form), edits it in every way that a class knows, and prints for each class how many
edits are marked at the edited statement, and by which mark; then the marks on the notes as they were. `Mutation`s are plain values, made
by pure functions: tests use them, too.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, NamedTuple

from kiskriv.draft import clinic, grounding
from kiskriv.draft.against.said import heard
from kiskriv.draft.drafter import GroundedDrafter
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon, shipped
from kiskriv.note import Concern, Form, Mark, Note
from kiskriv.transcript import Role, Transcript, Utterance, Word

_DOSE = r"mg|g|µg|ml|IE|milligram|mikrogram|gram|milliliter"
_SPAN = r"dager|dagar|dag|d|uker|uke|veker|veke|måneder|månader|måned|månad|mnd|år|timer|timar"
_WORDS: Final = {
    "to": "seks", "tre": "sju", "fire": "åtte", "fem": "ni", "seks": "to", "sju": "tre", "syv": "tre", "åtte": "fire", "ni": "fem",
    "ti": "tjue", "tolv": "fjorten", "fjorten": "seks", "femti": "åtti", "hundre": "femti", "halvannen": "fire", "en": "fire", "ei": "fire",
    "ein": "fire", "et": "fire", "eit": "fire",
}  # fmt: skip
_TENFOLD: Final = {
    "en": "ti", "ett": "ti", "eit": "ti", "et": "ti", "to": "tjue", "fem": "femti", "ti": "hundre", "tjue": "to hundre",
    "femti": "fem hundre", "hundre": "tusen", "fire hundre": "fire tusen", "fem hundre": "fem tusen",
}  # fmt: skip
_OTHERS: Final = ("Lamictal", "Kolkisin", "Sertralin", "Furix", "Digoxin", "Marevan", "Paralgin forte", "Ramipril")


class Mutation(NamedTuple):
    """What kind of edit, the note after it, and the statement that it stands in (counting through `Note.statements`)."""

    kind: str
    note: Note
    statement: int


def mutations(note: Note, lexicon: Lexicon) -> Iterator[Mutation]:
    """Every edit of every class that this note has words for."""
    unsaid = tuple(drug for drug in _OTHERS if drug.lower() not in note.text.lower())
    for at, statement in enumerate(note.statements):
        exchanged = {"drug exchanged": _drug_exchanged(statement.text, unsaid, lexicon)}
        for kind, texts in ({kind: edits(statement.text) for kind, edits in EDITS.items()} | exchanged).items():
            for text in dict.fromkeys(texts):
                if text != statement.text:
                    yield Mutation(kind, edited(note, at, text), at)


def edited(note: Note, at: int, text: str) -> Note:
    """The note with another text in one statement, its evidence kept."""
    before = 0
    sections = []
    for section in note.sections:
        statements = list(section.statements)
        if before <= at < before + len(statements):
            statements[at - before] = replace(statements[at - before], text=text)
        before += len(section.statements)
        sections.append(replace(section, statements=tuple(statements)))
    return Note(tuple(sections))


def _each(pattern: str, text: str, put: Callable[[re.Match[str]], str]) -> Iterator[str]:
    """The text with each of the places that a pattern meets changed alone, its capital kept."""
    for met in re.finditer(pattern, text, re.IGNORECASE):
        new = put(met)
        new = new[:1].upper() + new[1:] if met.group()[:1].isupper() else new
        yield text[: met.start()] + new + text[met.end() :]


def _dose_tenfold(text: str) -> Iterator[str]:
    yield from _each(rf"\b(\d+(?:,\d+)?)(?= ?(?:{_DOSE})\b)", text, lambda m: _times_ten(m.group()))
    words = "|".join(sorted(_TENFOLD, key=len, reverse=True))
    yield from _each(rf"\b({words})(?= (?:{_DOSE})\b)", text, lambda m: _TENFOLD[m.group().lower()])


def _times_ten(number: str) -> str:
    return f"{float(number.replace(',', '.')) * 10:g}".replace(".", ",")


_SIDES: Final = {"venstre": "høyre", "høyre": "venstre", "høgre": "venstre", "ve.": "hø.", "hø.": "ve."}


def _side_swapped(text: str) -> Iterator[str]:
    yield from _each(r"\b(?:venstre\b|høyre\b|høgre\b|ve\.|hø\.)", text, lambda m: _SIDES[m.group().lower()])


_DROPPED: Final = {"ikke": "", "ikkje": "", "ingen": "", "inga": "", "aldri": "", "uten": "med", "utan": "med"}


_NO: Final = r"\b(?:ikke|ikkje|ingen|inga|aldri|uten|utan)\b"


def _negation_dropped(text: str) -> Iterator[str]:
    """Every one of the statement: what it denied, it says."""
    if "allergi" not in text.lower():
        without = re.sub(_NO, lambda m: _DROPPED[m.group().lower()], text, flags=re.IGNORECASE)
        if without != text:
            yield _tidy(without)


def _one_of_several_dropped(text: str) -> Iterator[str]:
    """One negation of several: may say the same still («ikke rød, ikke hoven» and «ikke rød, hoven»)."""
    if len(re.findall(_NO, text, re.IGNORECASE)) > 1:
        yield from map(_tidy, _each(_NO, text, lambda m: _DROPPED[m.group().lower()]))


def _tidy(text: str) -> str:
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def _negation_added(text: str) -> Iterator[str]:
    if not re.search(
        r"\b(?:ikke|ikkje|ingen|inga|aldri|uten|utan|slutter|sluttar|sluttet|negativ|usikkert|trolig|truleg|kutt)\b|:",
        text,
        re.IGNORECASE,
    ):
        cue = "Ikkje" if re.search(r"\b(?:ikkje|veker?|eg|dagar|høgre)\b", text) else "Ikke"
        yield f"{cue} {text[0].lower() if text[1:2].islower() else text[0]}{text[1:]}"


def _duration_changed(text: str) -> Iterator[str]:
    yield from _each(rf"\b(\d+)(?= ?(?:{_SPAN})\b)", text, lambda m: str(int(m.group()) + 4))
    yield from _each(rf"\b({'|'.join(_WORDS)})(?= (?:{_SPAN})\b)", text, lambda m: _WORDS[m.group().lower()])
    spans = {"dager": "uker", "dagar": "veker", "uker": "måneder", "veker": "månader", "uke": "måned", "veke": "månad"}
    yield from _each(rf"(?<=\d )({'|'.join(spans)})\b", text, lambda m: spans[m.group().lower()])


def _drug_exchanged(text: str, others: Sequence[str], lexicon: Lexicon) -> Iterator[str]:
    """For one that the note does not name."""
    read = tokens(text)
    for hit in lexicon.find(read, "medication"):
        start, end = read[hit.start].start, read[hit.end - 1].end
        other = next(drug for drug in others if drug.lower() != hit.term.nb.lower())
        yield text[:start] + other + text[end:]


def _allergy_inverted(text: str) -> Iterator[str]:
    yield from _each(r"^ingen kj\w+ allergi\w*", text, lambda m: "Allergi: penicillin")
    yield from _each(r"^(?:allergi\w*|cave): (?!ingen).*", text, lambda m: "Ingen kjente allergier.")
    yield from _each(r"^(?:allergi\w*|cave): (?!ingen)(\w+).*", text, lambda m: f"Tåler {m.group(1)}.")
    yield from _each(r"(?<!ikke )\ballergisk\b", text, lambda m: "ikke allergisk")
    yield from _each(r"\bt(?:åler|oler)\b(?! ikk)", text, lambda m: f"{m.group()} ikke")


def _number_changed(text: str) -> Iterator[str]:
    """A vital sign's, a laboratory's, a percent: digits that are no dose, span or rhythm."""
    plain = rf"(?<!x )(?<![\d,])\b(\d{{2,}}|\d+,\d+)\b(?! ?(?:{_DOSE}|{_SPAN})\b)"
    yield from _each(plain, text, lambda m: _other_number(m.group()))


def _other_number(number: str) -> str:
    first, *rest = number
    return str((int(first) + 3) % 9 + 1) + "".join(rest)


_OTHER_UNITS: Final = {
    "mg": "µg",
    "µg": "mg",
    "g": "mg",
    "ml": "dl",
    "milligram": "mikrogram",
    "mikrogram": "milligram",
    "gram": "milligram",
}


def _unit_changed(text: str) -> Iterator[str]:
    yield from _each(rf"(?<=\d )({'|'.join(_OTHER_UNITS)})\b", text, lambda m: _OTHER_UNITS[m.group().lower()])
    yield from _each(r"(?<= )(milligram|mikrogram|gram)\b", text, lambda m: _OTHER_UNITS[m.group().lower()])


def _frequency_changed(text: str) -> Iterator[str]:
    yield from _each(r"(?<=\bx )(\d)\b(?! ?\d)", text, lambda m: str(int(m.group()) + 1))
    yield from _each(r"\b(\d)(?= (?:ganger|gonger))", text, lambda m: str(int(m.group()) + 1))
    yield from _each(r"\b(to|tre|fire)(?= (?:ganger|gonger))", text, lambda m: _WORDS[m.group().lower()])
    times = {
        "om morgenen": "om kvelden",
        "om kvelden": "om morgenen",
        "om morgonen": "om kvelden",
        "daglig": "ukentlig",
        "dagleg": "kvar veke",
    }
    yield from _each(rf"\b({'|'.join(times)})\b", text, lambda m: times[m.group().lower()])


EDITS: Final[Mapping[str, Callable[[str], Iterator[str]]]] = {
    "dose x 10": _dose_tenfold,
    "side swapped": _side_swapped,
    "negation dropped": _negation_dropped,
    "one of several": _one_of_several_dropped,
    "negation added": _negation_added,
    "duration changed": _duration_changed,
    "allergy inverted": _allergy_inverted,
    "number changed": _number_changed,
    "unit changed": _unit_changed,
    "frequency changed": _frequency_changed,
}

FLAGS: Final = (Concern.CONTRADICTION, Concern.UNSUPPORTED, Concern.PARTLY)
RED: Final = (Concern.CONTRADICTION, Concern.UNSUPPORTED)


@dataclass(frozen=True, repr=False)
class Trial:
    """A talk and a note of it that is taken to be right."""

    name: str
    transcript: Transcript
    note: Note


class Outcome(NamedTuple):
    """Of one class: how many edits, how many by their gravest mark, and those that were not marked (class, note, text)."""

    counts: Mapping[str, Counter[str]]
    missed: list[tuple[str, str, str]]
    false: list[tuple[str, str, Mark]]
    statements: int
    seconds: list[float]


def tried(trials: Iterable[Trial], lexicon: Lexicon) -> Outcome:
    """Every edit of every trial, marked."""
    outcome = Outcome(defaultdict(Counter), [], [], 0, [])
    statements = 0
    for trial in trials:
        start = time.perf_counter()
        said = heard(trial.transcript, lexicon)
        before = grounding.held_against(trial.note, said)
        outcome.seconds.append(time.perf_counter() - start)
        statements += len(trial.note.statements)
        for mark in before:
            if mark.statement is not None and mark.concern in FLAGS:
                outcome.false.append((trial.name, trial.note.statements[mark.statement].text, mark))
        for mutation in mutations(trial.note, lexicon):
            statement = mutation.note.statements[mutation.statement]
            gravest = _gravest(grounding.held_against(_alone(mutation), said))
            outcome.counts[mutation.kind][gravest] += 1
            if not gravest:
                outcome.missed.append((mutation.kind, trial.name, statement.text))
    return outcome._replace(statements=statements)


def _alone(mutation: Mutation) -> Note:
    """The edited statement under its heading: marks do not depend on the other statements."""
    left = mutation.statement
    for section in mutation.note.sections:
        if left < len(section.statements):
            return Note((replace(section, statements=(section.statements[left],)),))
        left -= len(section.statements)
    raise IndexError(mutation.statement)


def _gravest(marks: Iterable[Mark]) -> str:
    concerns = {mark.concern for mark in marks if mark.statement is not None}
    return next((concern.value for concern in FLAGS if concern in concerns), "")


def consultation(file: Path) -> Transcript:
    """A talk in the form of `kiskriv draft --transcript`."""
    content = json.loads(file.read_text(encoding="utf-8"))
    spoken = []
    for id_, said in enumerate(content["utterances"]):
        role = Role(said["role"])
        words = tuple(Word(float(id_), id_ + 0.5, word, 1.0) for word in said["text"].split())
        spoken.append(Utterance(id_, role, role.value, words))
    return Transcript(content["language"], tuple(spoken))


def drafted(files: Iterable[Path]) -> Iterator[Trial]:
    """Each consultation with the grounded drafter's note, in its language."""
    shop = clinic.load()
    for file in files:
        transcript = consultation(file)
        drafter = GroundedDrafter(shop, Form("", transcript.language))
        yield Trial(file.stem, transcript, drafter.draft(transcript, Form()))


def report(outcome: Outcome) -> Iterator[str]:
    """A table of the classes, then what was missed, then what was marked in notes that were not edited."""
    yield f"{'edit':18} {'n':>5} {'flagged':>8} {'contradiction':>14} {'unsupported':>12} {'partly':>7} {'missed':>7}"
    for kind in (*EDITS, "drug exchanged"):
        counts = outcome.counts.get(kind, Counter())
        n = sum(counts.values())
        part = f"{100 * (n - counts['']) / n:.1f} %" if n else "-"
        row = (counts[concern.value] for concern in FLAGS)
        yield "{:18} {:>5} {:>8} {:>14} {:>12} {:>7} {:>7}".format(kind, n, part, *row, counts[""])
    red = {(name, text) for name, text, mark in outcome.false if mark.concern in RED}
    partly = {(name, text) for name, text, mark in outcome.false} - red
    share = 100 * len(red) / max(1, outcome.statements)
    yield f"unedited: {outcome.statements} statements, {len(red)} with a red or unsupported mark ({share:.1f} %), {len(partly)} partly"
    yield f"marking a note, its talk read anew: at most {1000 * max(outcome.seconds, default=0):.1f} ms"


if __name__ == "__main__":
    result = tried(drafted(Path(name) for name in sys.argv[1:] if not name.startswith("-")), shipped())
    print("\n".join(report(result)))
    if "--each" in sys.argv:
        print("\n".join(f"missed, {kind}: {name}: {text}" for kind, name, text in result.missed))
        print(
            "\n".join(
                f"false, {m.concern} {m.kind}: {n}: {t} | {m.written} | {m.said} {m.evidence}"
                for n, t, m in result.false
            )
        )
