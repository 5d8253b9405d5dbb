"""The report for people, section by section: one wording for the text and for the page. No I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from statistics import median

from kiskriv.ledger import wording
from kiskriv.ledger.faults import Problem
from kiskriv.ledger.report.document import Row, Section, underlined, wrapped
from kiskriv.ledger.report.reconciliation import OUTCOMES, Otherwise, Period, Reconciliation, Session, Use, Used
from kiskriv.ledger.report.wording import duration, listed, name, say
from kiskriv.ledger.terms import Change, Level, Reason
from kiskriv.ledger.wording import Language


def as_text(made: Reconciliation, language: Language) -> str:
    """The whole report as plain text, ready for the practice's file: with a line to sign."""
    blocks = [underlined(say("title", language), "=")]
    if not made.findings.valid:
        blocks.append(wrapped(say("invalid", language)))
    blocks += [section.as_text() for section in sections(made, language)]
    return "\n\n".join([*blocks, say("signature", language)])


def sections(made: Reconciliation, language: Language) -> tuple[Section, ...]:
    """What the report says, in its order."""
    return tuple(Section(say(heading, language), tuple(write(made, language))) for heading, write in _SECTIONS.items())


def _scope(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    yield Row(say("log", language), made.findings.origin)
    yield Row(say("key", language), made.vkey)
    if made.key_from_folder:
        yield say("key-from-folder", language)
    yield Row(say("period", language), _days(made.period, language))
    yield Row(say("lines", language), str(made.findings.entries))
    yield Row(say("last-line", language), made.findings.latest)
    yield say("scope-note", language)


def _days(period: Period, language: Language) -> str:
    if period == Period():
        return say("whole", language)
    first, last = period.first or say("beginning", language), period.last or say("end", language)
    return say("period-days", language, first=str(first), last=str(last))


def _check(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    yield wording.say("log-valid" if made.findings.valid else "log-invalid", language)
    yield from (wording.problem(problem, language) for problem in made.findings.problems)
    for one in made.kept:
        found = wording.problem(Problem(one.fault), language) if one.fault else wording.say("goes-together", language)
        yield Row(one.name, found)
    if not made.kept:
        yield say("no-checkpoint", language)


def _sessions(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    outcomes = made.outcomes
    yield Row(say("opened", language), str(len(made.sessions)))
    yield from (Row(f"  {name(outcome, language)}", str(outcomes[outcome])) for outcome in OUTCOMES)
    yield say(
        "sum",
        language,
        opened=len(made.sessions),
        erased=sum(outcomes[reason] for reason in Reason),
        swept=outcomes[Otherwise.SWEPT],
        unverified=outcomes[Otherwise.UNVERIFIED],
        open=outcomes[Otherwise.OPEN],
    )
    if spooled := sum(session.opened.spool for session in made.sessions):
        yield Row(say("spooled", language), str(spooled))
        yield Row(say("resumed", language), str(sum(session.resumed for session in made.sessions)))


def _erasures(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    erasures = made.erasures
    levels = Counter(erasure.level for erasure in erasures)
    yield Row(say("confirmed", language), str(len(erasures)))
    yield Row(say("failed", language), str(sum(session.failed for session in made.sessions)))
    yield Row(say("retried", language), str(sum(bool(s.failed and s.erasure) for s in made.sessions)))
    yield from (Row(say("level", language, level=level), str(levels[level])) for level in Level)
    if took := [erasure.took for erasure in erasures]:
        yield Row(say("median", language), duration(median(took), language))
        yield Row(say("longest", language), duration(max(took), language))


def _deviations(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    return iter(list(_found(made, language)) or [say("none", language)])


def _found(made: Reconciliation, language: Language) -> Iterator[str]:
    yield from (sentence for session in made.sessions if (sentence := _remark(session, language)))
    if made.outside:
        yield say("outside", language, count=made.outside)
    if degraded := sum(erasure.level is Level.C for erasure in made.erasures):
        yield say("degraded", language, count=degraded)
    for broken in made.broken_off:
        yield say("broken-off", language, line=broken.line, time=broken.time)
    for silence in made.silences:
        yield say("silence", language, line=silence.line, since=silence.since, until=silence.until)
    for step in made.clock_steps:
        yield say("clock-step", language, line=step.line, time=step.time)
    for setting in made.configured:
        if setting.weakened:
            yield say("weakened", language, time=setting.time, weakened=listed(setting.weakened, language))
    for rotated in made.rotations:
        if rotated.change is Change.REVOKED:
            yield say("revoked", language, time=rotated.time)


def _remark(session: Session, language: Language) -> str:
    """What there is to say of a session beyond its count; empty where that is nothing."""
    facts: dict[str, str | int] = {
        "session": session.opened.session,
        "line": session.line,
        "time": session.opened.time,
        "tries": len(session.tries),
        "failed": session.failed,
        "outcome": name(session.outcome, language),
        "cause": name(session.swept.cause, language) if session.swept else "",
    }
    if session.outcome is Otherwise.OPEN:
        return say("still-open", language, **facts)
    if session.outcome is Otherwise.UNVERIFIED:
        return say("not-confirmed", language, **facts)
    if session.failed:
        return say("made-good", language, **facts)
    return say("was-swept", language, **facts) if session.swept else ""


def _software(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    named = (Used.KISKRIV, Used.PROGRAM, Used.MODEL, Used.DRAFTER)
    return _uses([use for use in made.uses if use.what in named], language)


def _people(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    yield from _uses([use for use in made.uses if use.what in (Used.USER, Used.WORKSTATION)], language)
    yield say("people-note", language)


def _uses(uses: list[Use], language: Language) -> Iterator[Row | str]:
    for use in uses:
        days = {"first": use.first[:10], "last": use.last[:10]}
        yield Row(name(use.what, language), say("use", language, value=use.value, sessions=use.sessions, **days))
    if not uses:
        yield say("none", language)


def _settings(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    for setting in made.configured:
        facts = {"precision": name(setting.precision, language), "delivery": name(setting.delivery, language)}
        weakened = listed(setting.weakened, language)
        yield Row(setting.time, say("setting", language, limit=setting.limit, weakened=weakened, **facts))
    if not made.configured:
        yield say("no-settings", language)


def _running(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    yield Row(say("started", language), str(made.started))
    yield Row(say("stopped", language), str(made.stopped))
    yield Row(say("broken-runs", language), str(len(made.broken_off)))
    yield Row(say("silences", language), str(len(made.silences)))
    yield Row(say("clock-steps", language), str(len(made.clock_steps)))


def _keys(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    revoked = [rotated for rotated in made.rotations if rotated.change is Change.REVOKED]
    yield Row(say("epochs", language), str(made.findings.epochs))
    yield Row(say("changes", language), str(len(made.rotations)))
    yield Row(say("revocations", language), str(len(revoked)))


def _window(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    window = made.window
    if window.held:
        yield say("held", language, held=window.held, entries=made.findings.entries)
    else:
        yield say("held-by-nobody", language)
    for seen in made.findings.witnessed:
        by_whom = "held-by-witness" if made.findings.trusted else "held-by-unknown"
        yield say(by_whom, language, witness=seen.witness, size=seen.size)
    if made.findings.witnessed and not made.findings.trusted:
        yield wording.say("made-up", language)
    if not window.entries:
        yield say("window-empty", language)
        return
    yield Row(say("since", language), say("since-when", language, entries=window.entries, since=window.since))
    yield Row(say("present", language), str(window.present))
    yield Row(say("older", language), str(window.entries - window.present))
    yield say("window-meaning", language)
    yield say("window-advice", language)


def _about(made: Reconciliation, language: Language) -> Iterator[Row | str]:
    yield say("order", language)
    yield say("word-of-program", language)
    if gone := made.findings.pruned:
        yield say("pruned", language, entries=gone.size, opened=gone.opened, ended=gone.ended, swept=gone.swept)


_SECTIONS: dict[str, Callable[[Reconciliation, Language], Iterator[Row | str]]] = {
    "scope": _scope,
    "check": _check,
    "sessions": _sessions,
    "erasures": _erasures,
    "deviations": _deviations,
    "software": _software,
    "people": _people,
    "settings": _settings,
    "running": _running,
    "keys": _keys,
    "window": _window,
    "about": _about,
}
