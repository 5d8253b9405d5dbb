"""An evaluation's figures in tables: one wording for the terminal and for the page. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.fact import Kind
from kiskriv.evaluation.hearing import Heard
from kiskriv.evaluation.measures import Stated, Tally
from kiskriv.evaluation.trials import Figures, Origin, Trial, figures, middle, p90, total
from kiskriv.locale import mark, number
from kiskriv.locale import text as _
from kiskriv.transcript import Role

ORIGINS: Final = {Origin.TRANSCRIPT: mark("Drafted from the transcript"), Origin.SOUND: mark("Drafted from the sound")}

KINDS: Final = {
    Kind.MEDICATION: mark("Medication"),
    Kind.ALLERGY: mark("Allergy"),
    Kind.SYMPTOM: mark("Symptom or disease"),
    Kind.FINDING: mark("Finding"),
    Kind.VITAL: mark("Vital sign"),
    Kind.LAB: mark("Laboratory value"),
    Kind.FOLLOW_UP: mark("Follow-up"),
    Kind.SICK_LEAVE: mark("Sick leave"),
    Kind.REFERRAL: mark("Referral"),
}

_ROLES: Final = {
    Role.PRACTITIONER: mark("Doctor"),
    Role.PATIENT: mark("Patient"),
    Role.RELATED_PERSON: mark("Relative"),
    Role.INTERPRETER: mark("Interpreter"),
    Role.UNKNOWN: mark("Unknown"),
}

_NOTHING: Final = "–"


@dataclass(frozen=True)
class Table:
    """A title, columns, and rows as long as these."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_text(self) -> str:
        """For a terminal: the first column to the left, the others to the right."""
        lines = [*([self.columns] if any(self.columns) else []), *self.rows]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join([self.title, *(_line(line, widths) for line in lines)])


def tables(trials: Sequence[Trial]) -> Iterator[Table]:
    """All of them: the sums, then a row for each consultation."""
    yield from sums(trials)
    yield _each(trials)


def sums(trials: Sequence[Trial]) -> Iterator[Table]:
    """Over all consultations, for each origin."""
    for origin, title in ORIGINS.items():
        of = [trial for trial in trials if trial.origin is origin]
        if of:
            yield from _of(figures(of), _(title))


def _of(made: Figures, title: str) -> Iterator[Table]:
    if made.heard:
        yield _recognition(made)
    if made.critical:
        yield _found(_("{origin}: critical facts").format(origin=title), made.critical)
    if made.other:
        yield _found(_("{origin}: other facts").format(origin=title), made.other)
    if made.critical or made.other:
        yield _stated(_("{origin}: what the notes state").format(origin=title), made.stated)
    yield _notes(_("{origin}: the notes").format(origin=title), made)


def _recognition(made: Figures) -> Table:
    words = _("words"), _("wrong, %"), _("other word"), _("lost"), _("put in")
    columns = "", *words, _("other voice, %"), _("other role, %")
    rows = [(_(_ROLES[role]), made.heard[role]) for role in Role if role in made.heard]
    everybody = sum((heard for _role, heard in rows), Heard())
    return Table(
        _("Recognition: {audio} minutes of sound, decoded in {decode}").format(
            audio=number(made.audio / 60, 1), decode=number(made.decode / 60, 2)
        ),
        columns,
        tuple(
            (
                name,
                str(heard.words),
                _percent(heard.error_rate),
                *map(str, (heard.substituted, heard.deleted, heard.inserted)),
                _percent(heard.speaker_error),
                _percent(heard.role_error),
            )
            for name, heard in [*rows, (_("All"), everybody)]
        ),
    )


def _found(title: str, by: Mapping[Kind, Tally]) -> Table:
    rows = [(_(KINDS[kind]), by[kind]) for kind in Kind if kind in by]
    return Table(
        title,
        ("", _("facts"), _("found by words, %"), _("found as facts, %"), _("contradicted")),
        tuple(
            (
                name,
                str(tally.facts),
                _percent(tally.by_words / tally.facts),
                _percent(tally.typed / tally.facts),
                str(tally.contradicted),
            )
            for name, tally in [*rows, (_("All"), total(by))]
        ),
    )


def _stated(title: str, by: Mapping[Kind, Stated]) -> Table:
    rows = [(_(KINDS[kind]), by[kind]) for kind in Kind if kind in by]
    return Table(
        title,
        ("", _("agree"), _("contradict"), _("precision, %"), _("not in the reference")),
        tuple(
            (name, str(stated.right), str(stated.wrong), _precision(stated), str(stated.beyond))
            for name, stated in [*rows, (_("All"), sum((stated for _kind, stated in rows), Stated()))]
        ),
    )


def _notes(title: str, made: Figures) -> Table:
    rows: list[tuple[str, object]] = [
        (_("consultations"), made.trials),
        (_("statements"), made.statements),
        (_("of these not said, or against what was said"), made.unsupported),
        (_("of these partly said"), made.partly),
        (_("what may not stand in a note, and does"), made.forbidden),
        (_("critical facts that kiskriv itself finds left out"), made.omitted),
        (_("drafts by rules, since the language model failed"), made.unwritten),
        (_("words of a note, median"), number(middle(made.words))),
        (_("words of a note, nine of ten at most"), number(p90(made.words))),
        (_("seconds for a draft with its marks, median"), number(middle(made.seconds), 3)),
        (_("seconds for a draft with its marks, longest"), number(max(made.seconds), 3)),
    ]
    return Table(title, ("", ""), tuple((name, str(value)) for name, value in rows))


def _each(trials: Iterable[Trial]) -> Table:
    counts = _("critical found"), _("contradicted"), _("not said"), _("forbidden"), _("words"), _("heard wrong, %")
    return Table(_("Each consultation"), ("", _("from"), *counts), tuple(_row(trial) for trial in trials))


def _row(trial: Trial) -> tuple[str, ...]:
    score, made = trial.score, figures([trial])
    critical = total(score.critical)
    heard = sum(trial.heard.values(), Heard())
    return (
        trial.reference.name,
        _("sound") if trial.origin is Origin.SOUND else _("transcript"),
        f"{critical.by_words} / {critical.facts}",
        str(len(score.contradictions)),
        str(made.unsupported),
        str(len(score.forbidden)),
        str(score.words),
        _percent(heard.error_rate) if trial.origin is Origin.SOUND else _NOTHING,
    )


def _percent(part: float) -> str:
    return number(100 * part, 1)


def _precision(stated: Stated) -> str:
    judged = stated.right + stated.wrong
    return _percent(stated.right / judged) if judged else _NOTHING


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = zip(cells, widths, strict=True)
    return "  ".join([f"  {first[0]:<{first[1]}}", *(f"{cell:>{width}}" for cell, width in others)]).rstrip()
