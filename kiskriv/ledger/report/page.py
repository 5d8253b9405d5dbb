"""The report as a page: the sections of the text, two figures, and their table. No I/O."""

from __future__ import annotations

from collections.abc import Iterator

from kiskriv.ledger.report.document import element, page
from kiskriv.ledger.report.plot import STYLE, bins, counts_plot, counts_title, table, times_plot
from kiskriv.ledger.report.reconciliation import Reconciliation
from kiskriv.ledger.report.sections import sections
from kiskriv.ledger.report.wording import say
from kiskriv.ledger.wording import Language

_BEFORE_FIGURES = 4  # sections: what it is about, the check, sessions, erasures


def as_page(made: Reconciliation, language: Language) -> str:
    """A whole HTML document that needs nothing else."""
    return page(say("title", language), language, "\n".join(_body(made, language)), STYLE)


def _body(made: Reconciliation, language: Language) -> Iterator[str]:
    if not made.findings.valid:
        yield element("p", say("invalid", language), 'class="alarm" role="alert"')
    told = [section.as_html() for section in sections(made, language)]
    yield from told[:_BEFORE_FIGURES]
    yield from _figures(made, language)
    yield from told[_BEFORE_FIGURES:]
    yield element("p", say("signature", language))


def _figures(made: Reconciliation, language: Language) -> Iterator[str]:
    shown = bins(made.sessions)
    if not shown:
        yield element("p", say("no-sessions", language))
        return
    yield element("h2", counts_title(shown, language))
    yield counts_plot(shown, language)
    yield element("h2", say("times", language))
    yield times_plot(shown, language)
    yield table(shown, language)
