"""The commands that a clinic validates with: they hold no consultation, and write nothing. What is heavy is imported inside."""

from __future__ import annotations

import argparse
from pathlib import Path

from kiskriv.errors import MaterialInvalid
from kiskriv.locale import text as _


def add_draft(draft: argparse.ArgumentParser) -> None:
    """`kiskriv draft`."""
    draft.add_argument("--transcript", type=Path, required=True, metavar="FILE", help=_("what was said, as JSON"))
    draft.add_argument("--template", default="", metavar="NAME", help=_("its title; otherwise the one of the settings"))
    draft.add_argument("--language", default="", choices=("nb", "nn"), help=_("what the note is written in"))
    draft.add_argument(
        "--note", type=Path, metavar="FILE", help=_("hold this note against what was said, instead of drafting one")
    )
    draft.add_argument("--json", action="store_true", help=_("print one JSON object"))
    draft.set_defaults(command=_draft)


def _draft(options: argparse.Namespace) -> int:
    from kiskriv.assembly import parts
    from kiskriv.config import load
    from kiskriv.evaluation import drafting, material

    transcript = material.transcript(options.transcript)
    drafter = parts.drafter(load(options.config))
    form = drafting.chosen(
        drafter, options.template, options.language or ("" if options.template else transcript.language)
    )
    given = None
    if options.note is not None:
        headings = [section.heading for section in drafter.draft(transcript, form).sections]
        given = drafting.note_of(_text(options.note), headings)
    made = drafting.drafted(drafter, transcript, form, given)
    print(drafting.as_json(made) if options.json else drafting.as_text(made))
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        raise MaterialInvalid(file=file.name, problem="the file cannot be read") from None
    except UnicodeDecodeError:
        raise MaterialInvalid(file=file.name, problem="the text is not UTF-8") from None
