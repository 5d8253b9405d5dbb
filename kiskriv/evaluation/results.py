"""What came of an evaluation, with what it was made by (R24): for a terminal, and as JSON.

JSON: {"made": {...}, "origins": {"transcript" | "sound": figures}, "consultations": [...]}, where figures are
    {"consultations", "critical" and "other": {kind: {"facts", "typed", "by_words", "contradicted"}},
     "stated": {kind: {"right", "wrong", "beyond"}}, "statements", "marked": {concern: statements}, "omitted", "forbidden", "unwritten",
     "words" and "seconds": {"median", "p90"}, "recognition": {role: {"words", ..., "error_rate"}}, "audio", "decode"}
and each consultation names what is missing, contradicted, or may not stand there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiskriv import __version__
from kiskriv.config import Config, settings_digest
from kiskriv.draft import prompt
from kiskriv.draft.writing import templates
from kiskriv.evaluation.drafting import fact_as_json
from kiskriv.evaluation.hearing import Heard
from kiskriv.evaluation.measures import Score
from kiskriv.evaluation.tables import KINDS, tables
from kiskriv.evaluation.trials import Figures, Origin, Trial, figures, middle, p90
from kiskriv.fingerprint import fingerprint
from kiskriv.locale import text as _
from kiskriv.note import Concern
from kiskriv.weights import Model


@dataclass(frozen=True)
class Made:
    """What the figures rest on: versions, and SHA-256 in hex of the program, the model, the rules, the clinic's files, the settings."""

    date: str
    kiskriv: str
    program: str
    drafter: str
    templates: str
    prompt: str
    """Of the files from which a language model is asked."""
    writer: str
    """Of these and the language model; empty: the rules alone wrote."""
    clinic: str
    """Empty: it has no files of its own."""
    settings: str
    model: str = ""
    model_digest: str = ""
    """Empty: nothing was recognised."""


def made(config: Config, drafter: str, *, model: Model | None = None, writer: str = "") -> Made:
    """Today, by this program. `model`: what recognised, if anything did; `writer`: the language model, if one wrote. Raises OSError."""
    return Made(
        date.today().isoformat(),
        __version__,
        fingerprint(Path(__file__).parents[1]),
        drafter,
        fingerprint(templates.FOLDER),
        fingerprint(prompt.FOLDER),
        writer,
        fingerprint(config.note.folder) if config.note.folder is not None else "",
        settings_digest(config),
        model.name if model else "",
        model.digest if model else "",
    )


def as_text(trials: Sequence[Trial]) -> str:
    """The tables, and then what to look at: what is missing, wrong, or should not be there, by consultation."""
    return "\n\n".join([*(table.as_text() for table in tables(trials)), "\n".join(_to_look_at(trials))]).rstrip()


def as_json(made: Made, trials: Sequence[Trial]) -> str:
    """One object, as the module says."""
    origins = {origin: [trial for trial in trials if trial.origin is origin] for origin in Origin}
    value = {
        "made": asdict(made),
        "origins": {origin.value: _figures(figures(of)) for origin, of in origins.items() if of},
        "consultations": [_trial(trial) for trial in trials],
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def _to_look_at(trials: Sequence[Trial]) -> Iterator[str]:
    for trial in trials:
        lines = [*_faults(trial)]
        if lines:
            origin = _("sound") if trial.origin is Origin.SOUND else _("transcript")
            yield f"{trial.reference.name} ({origin})"
            yield from (f"  {line}" for line in lines)


def _faults(trial: Trial) -> Iterator[str]:
    score, statements = trial.score, trial.drafting.note.statements
    for gold in score.missed:
        if gold.critical:
            yield _("not found: {kind}: {name}, said in {places}").format(
                kind=_(KINDS[gold.fact.kind]), name=gold.fact.name, places=_places(gold.fact.evidence)
            )
    for gold, fact in score.contradictions:
        yield _("contradicted: {kind}: {name}, said in {places}: «{statement}»").format(
            kind=_(KINDS[gold.fact.kind]),
            name=gold.fact.name,
            places=_places(gold.fact.evidence),
            statement=statements[fact.evidence[0]].text,
        )
    yield from (_("may not stand there: «{text}»").format(text=text) for text in score.forbidden)
    grave = (Concern.CONTRADICTION, Concern.UNSUPPORTED)
    for place in sorted(
        {mark.statement for mark in trial.drafting.marks if mark.concern in grave and mark.statement is not None}
    ):
        yield _("not said so: «{statement}»").format(statement=statements[place].text)


def _places(evidence: Sequence[int]) -> str:
    return ", ".join(map(str, evidence)) or "–"


def _figures(of: Figures) -> Mapping[str, Any]:
    return {
        "consultations": of.trials,
        "critical": {kind.value: asdict(tally) for kind, tally in of.critical.items()},
        "other": {kind.value: asdict(tally) for kind, tally in of.other.items()},
        "stated": {kind.value: asdict(stated) for kind, stated in of.stated.items()},
        "statements": of.statements,
        "marked": {concern.value: count for concern, count in of.marked.items() if count},
        "omitted": of.omitted,
        "forbidden": of.forbidden,
        "unwritten": of.unwritten,
        "words": {"median": middle(of.words), "p90": p90(of.words)},
        "seconds": {"median": round(middle(of.seconds), 4), "p90": round(p90(of.seconds), 4)},
        "recognition": {role.value: _heard(heard) for role, heard in of.heard.items()},
        "audio": round(of.audio, 3),
        "decode": round(of.decode, 3),
    }


def _heard(heard: Heard) -> Mapping[str, Any]:
    rates = ("error_rate", "speaker_error", "role_error")
    return {**asdict(heard), **{rate: round(getattr(heard, rate), 4) for rate in rates}}


def _trial(trial: Trial) -> Mapping[str, Any]:
    score = trial.score
    return {
        "name": trial.reference.name,
        "origin": trial.origin.value,
        "words": score.words,
        "seconds": round(trial.drafting.seconds, 4),
        "statements": score.statements,
        "marked": {concern.value: count for concern, count in score.marked.items()},
        "omitted": score.omitted,
        "unwritten": trial.drafting.unwritten,
        "forbidden": list(score.forbidden),
        "missed": [{**fact_as_json(gold.fact), "critical": gold.critical} for gold in score.missed],
        "contradictions": _contradictions(trial, score),
        "recognition": {role.value: _heard(heard) for role, heard in trial.heard.items()},
    }


def _contradictions(trial: Trial, score: Score) -> Sequence[Mapping[str, Any]]:
    statements = trial.drafting.note.statements
    return [
        {"fact": fact_as_json(gold.fact), "statement": statements[fact.evidence[0]].text}
        for gold, fact in score.contradictions
    ]
