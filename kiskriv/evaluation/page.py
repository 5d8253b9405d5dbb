"""An evaluation as a page for the clinic's validation file (R24): what was tried, by which versions, the figures, and what they do not say.

It holds figures and names of files, nothing of what was said, and a place to sign. No I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kiskriv.evaluation.results import Made
from kiskriv.evaluation.tables import Table, tables
from kiskriv.evaluation.trials import Trial
from kiskriv.ledger.report.document import Row, Section, element, page
from kiskriv.locale import language, mark
from kiskriv.locale import text as _

_STYLE: Final = """
table.figures td, table.figures thead th + th { text-align: right } .sign { margin-top: 3rem; line-height: 3 }
"""

UNSAID: Final = (
    mark(
        "They are of these consultations alone. A set that the rules were improved on says little of the next patient; "
        "take consultations that nobody has looked at while kiskriv was made or set up."
    ),
    mark(
        "Acted consultations are clearer than real ones: fewer interruptions, less noise, fewer matters at once. "
        "Expect real ones to give worse figures."
    ),
    mark(
        "The reference is what somebody wrote down as right. What stands there wrongly, or does not stand there, is counted against the "
        "note or not at all. Let a second doctor go through it."
    ),
    mark(
        "A fact is found where its words stand in one statement of the note, or where kiskriv's own reading of the note gives the same "
        "fact. Neither says that a colleague would understand the note, or that it is well put."
    ),
    mark(
        "«Not said» is what kiskriv's own rules say of the note. They can overlook an invention. "
        "Go through some notes by hand, with the transcript beside."
    ),
    mark("No figure says that the doctor sees an error before approving. The doctor answers for the note."),
)
"""What an evaluation does not show."""


def as_page(made: Made, trials: Sequence[Trial], name: str) -> str:
    """A whole HTML document that needs nothing else. `name`: of the folder."""
    return page(_("Evaluation of kiskriv"), language(), "\n".join(_body(made, trials, name)), _STYLE)


def _body(made: Made, trials: Sequence[Trial], name: str) -> Iterator[str]:
    yield Section(_("What was tried"), tuple(_tried(made, trials, name))).as_html()
    yield element("h2", _("Figures"))
    yield from map(_table, tables(trials))
    yield Section(_("What the figures do not show"), tuple(map(_, UNSAID))).as_html()
    yield element("h2", _("Judged by"))
    for line in (_("Judgement, and what is to be done"), _("Date and place"), _("Name and signature")):
        yield element("p", f"{line}: {'_' * 40}", 'class="sign"')


def _tried(made: Made, trials: Sequence[Trial], name: str) -> Iterator[Row | str]:
    consultations = {trial.reference.name for trial in trials}
    yield Row(_("Date"), made.date)
    yield Row(_("Folder"), name)
    yield Row(_("Consultations"), str(len(consultations)))
    yield Row(_("With sound"), str(sum(bool(trial.audio) for trial in trials)))
    yield Row("kiskriv", made.kiskriv)
    yield Row(_("Program (SHA-256)"), made.program)
    if made.model:
        yield Row(_("Speech model"), made.model)
        yield Row(_("Its manifest (SHA-256)"), made.model_digest)
    else:
        yield Row(_("Speech model"), _("none: nothing was recognised"))
    yield Row(_("Rules, words and the clinic's files (SHA-256)"), made.drafter)
    yield Row(_("Templates (SHA-256)"), made.templates)
    yield Row(_("Prompt (SHA-256)"), made.prompt)
    yield Row(_("Language model and prompt (SHA-256)"), made.writer or _("none: the rules alone wrote"))
    yield Row(_("The clinic's own files (SHA-256)"), made.clinic or _("none"))
    yield Row(_("Settings (SHA-256)"), made.settings)


def _table(table: Table) -> str:
    head = "".join(element("th", column, 'scope="col"') for column in table.columns)
    rows = []
    for name, *cells in table.rows:
        heading, values = element("th", name, 'scope="row"'), "".join(element("td", cell) for cell in cells)
        rows.append(f"<tr>{heading}{values}</tr>")
    shown = f"<thead><tr>{head}</tr></thead>" if any(table.columns) else ""
    caption = element("caption", table.title)
    return f'<table class="figures">{caption}{shown}<tbody>\n' + "\n".join(rows) + "\n</tbody></table>"
