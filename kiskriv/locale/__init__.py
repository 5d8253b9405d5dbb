"""What people read, in their language: gettext, with English in the code, bokmål (`nb`) on the screen by default, and nynorsk (`nn`).

The catalogues are `<language>/LC_MESSAGES/kiskriv.po` (written by people) and `.mo` (compiled from it by `scripts/locale`, and committed).
The errors' templates, and the short phrases that they carry as facts, are looked up in the same catalogue.
"""

from __future__ import annotations

import gettext
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, Literal

from kiskriv.errors import KiskrivError

Language = Literal["nb", "nn", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("nb", "nn", "en")
DOMAIN: Final = "kiskriv"

_FOLDER = Path(__file__).parent
_chosen: Language = "nb"


def set_language(language: Language) -> None:
    """From now on `text` answers in this language. ValueError for one that is not in LANGUAGES."""
    global _chosen  # noqa: PLW0603  (gettext's own shape: one language for the process)
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}")
    _chosen = language


def language() -> Language:
    """The language in which `text` answers now."""
    return _chosen


def mark(msgid: str) -> str:
    """The same words: says only that they are to be translated, later, by `text`."""
    return msgid


def text(msgid: str) -> str:
    """The words for `msgid`, or `msgid` itself where the catalogue has none."""
    return _catalogue(_chosen).gettext(msgid) if msgid else ""


def plural(one: str, many: str, count: int) -> str:
    """The words for so many."""
    return _catalogue(_chosen).ngettext(one, many, count)


def number(value: float, decimals: int = 0) -> str:
    """A number as it is written here: in Norwegian 1 234,5 (with no-break spaces), in English 1,234.5."""
    written = f"{value:,.{decimals}f}"
    return written if _chosen == "en" else written.translate({ord(","): "\u00a0", ord("."): ","})


def moment(time: str) -> str:
    """An RFC 3339 time as the clock on the wall shows it: in Norwegian 03.03.2026 14:05, in English 2026-03-03 14:05."""
    here = datetime.fromisoformat(time).astimezone()
    return here.strftime("%Y-%m-%d %H:%M" if _chosen == "en" else "%d.%m.%Y %H:%M")


def explain(error: KiskrivError) -> tuple[str, str]:
    """What happened and what to do next: the templates of the error's class with its facts filled in.

    A fact that is one of our own phrases is translated too; a number, a code or the name of a file stays as it is.
    """
    facts = {name: text(fact) if isinstance(fact, str) else fact for name, fact in error.facts.items()}
    return text(error.message).format(**facts), text(error.hint).format(**facts)


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, _FOLDER, languages=[language])


_FACTS = (  # what errors carry as `state` (session.State), and as `artefact` (vault.Artefact)
    mark("new"),
    mark("open"),
    mark("recorded"),
    mark("drafted"),
    mark("approved"),
    mark("ended"),
    mark("audio"),
    mark("transcript"),
    mark("draft"),
    mark("speakers"),
    mark("order"),
)
