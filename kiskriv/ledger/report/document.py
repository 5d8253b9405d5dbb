"""What people read, as plain text and as a page: sections of rows and sentences, the same for both. No I/O.

A page stands alone: HTML without scripts and without anything from elsewhere, for light and dark screens and for paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from textwrap import fill

WIDTH = 100
"""Characters in a line of plain text; a row whose value is longer goes beyond."""

_LABEL = 34

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fdfdfb; --faint: #6a6a66; --line: #c9c9c2; --alarm: #a40000 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e3; --paper: #17181a; --faint: #a2a29b; --line: #45464a; --alarm: #ff8a80 } }
@media print { :root { --ink: #000; --paper: #fff; --faint: #444; --line: #999; --alarm: #000 } }
html { background: var(--paper); color: var(--ink); font: 100%/1.5 system-ui, sans-serif }
body { max-width: 52rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; line-height: 1.2 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; break-after: avoid }
p { max-width: 46rem } .alarm { border: .2rem solid var(--alarm); padding: .6rem 1rem; font-weight: 700; color: var(--alarm) }
table { border-collapse: collapse; margin: .5rem 0 1rem; font-variant-numeric: tabular-nums }
caption { text-align: left; color: var(--faint) }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
thead th { vertical-align: bottom } td { overflow-wrap: anywhere } tbody th { white-space: nowrap }
th { font-weight: 600 } .part th { padding-left: 1.2rem; font-weight: 400 }
tr { break-inside: avoid }
pre { overflow-x: auto; padding: .8rem; border: 1px solid var(--line); font-size: .8rem } svg { max-width: 100%; height: auto }
@media print { body { margin: 0; max-width: none } pre { white-space: pre-wrap; overflow-wrap: anywhere } }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Content-Security-Policy: nothing runs and nothing is fetched, whatever should get into the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A label and what it says; a label that is indented belongs to the row before."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and rows and sentences under it, in their order."""

    heading: str
    content: tuple[Row | str, ...]

    def as_text(self) -> str:
        """With the heading underlined, rows in columns, sentences wrapped."""
        return "\n".join((underlined(self.heading, "-"), *map(_line, self.content)))

    def as_html(self) -> str:
        """With the heading at the second level, rows in tables, sentences in paragraphs."""
        return "\n".join((element("h2", self.heading), *_blocks(self.content)))


def underlined(heading: str, stroke: str) -> str:
    """A heading of plain text."""
    return f"{heading}\n{stroke * len(heading)}"


def wrapped(sentence: str) -> str:
    """A sentence on lines of WIDTH characters; nothing long, as a key, is broken."""
    return fill(sentence, WIDTH, break_long_words=False, break_on_hyphens=False)


def _line(content: Row | str) -> str:
    return f"{content.label:<{_LABEL}} {content.value}" if isinstance(content, Row) else wrapped(content)


def _blocks(content: tuple[Row | str, ...]) -> Iterator[str]:
    for is_row, several in groupby(content, lambda part: isinstance(part, Row)):
        if is_row:
            yield (
                "<table><tbody>\n"
                + "\n".join(_row(part) for part in several if isinstance(part, Row))
                + "\n</tbody></table>"
            )
        else:
            yield from (element("p", part) for part in several if isinstance(part, str))


def _row(row: Row) -> str:
    heading = element("th", row.label.strip(), 'scope="row"')
    belongs = ' class="part"' if row.label.startswith(" ") else ""
    return f"<tr{belongs}>{heading}{element('td', row.value)}</tr>"


def page(title: str, language: str, body: str, style: str = "") -> str:
    """A whole document. `title` and `language` are text; `body` is HTML and `style` CSS, both made by the caller."""
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n<body>\n"
        f"<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n"
    )


def element(name: str, text: str, attributes: str = "") -> str:
    """An element around text, which is escaped. `attributes` are HTML, made by the caller."""
    return f"<{name}{' ' if attributes else ''}{attributes}>{escape(text)}</{name}>"
