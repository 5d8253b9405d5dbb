"""The commands that a clinic validates with: they hold no consultation, and write nothing. What is heavy is imported inside."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kiskriv.errors import MaterialInvalid
from kiskriv.locale import explain, mark
from kiskriv.locale import text as _

if TYPE_CHECKING:
    from kiskriv.assembly.unlogged import Recogniser
    from kiskriv.draft.drafter import GroundedDrafter
    from kiskriv.evaluation.material import Reference
    from kiskriv.evaluation.trials import Trial
    from kiskriv.session.stages import Writer


def add_draft(draft: argparse.ArgumentParser) -> None:
    """`kiskriv draft`."""
    draft.add_argument("--transcript", type=Path, required=True, metavar="FILE", help=_("what was said, as JSON"))
    draft.add_argument("--template", default="", metavar="NAME", help=_("its title; otherwise the one of the settings"))
    draft.add_argument("--language", default="", choices=("nb", "nn"), help=_("what the note is written in"))
    draft.add_argument(
        "--note", type=Path, metavar="FILE", help=_("hold this note against what was said, instead of drafting one")
    )
    _rules(draft)
    draft.add_argument("--json", action="store_true", help=_("print one JSON object"))
    draft.set_defaults(command=_draft)


def add_evaluate(evaluate: argparse.ArgumentParser) -> None:
    """`kiskriv evaluate`."""
    evaluate.add_argument(
        "folder", type=Path, metavar="FOLDER", help=_("consultations as JSON, sound of the same name beside")
    )
    evaluate.add_argument(
        "--page", type=Path, metavar="FILE", help=_("write a page for the clinic's validation file, too")
    )
    _rules(evaluate)
    evaluate.add_argument("--json", action="store_true", help=_("print one JSON object"))
    evaluate.set_defaults(command=_evaluate)


def _rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--rules", action="store_true", help=_("by the rules alone, though the settings name a language model")
    )


def _draft(options: argparse.Namespace) -> int:
    from kiskriv.assembly import parts, writing
    from kiskriv.config import load
    from kiskriv.evaluation import drafting, material

    transcript = material.transcript(options.transcript)
    config = load(options.config)
    drafter = parts.drafter(config)
    form = drafting.chosen(
        drafter, options.template, options.language or ("" if options.template else transcript.language)
    )
    given = writer = None
    if options.note is None:
        writer = None if options.rules else writing.alone(config)
    else:
        headings = [section.heading for section in drafter.draft(transcript, form).sections]
        given = drafting.note_of(_text(options.note), headings)
    made = drafting.drafted(drafter, transcript, form, given, writer)
    print(drafting.as_json(made) if options.json else drafting.as_text(made))
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from kiskriv.assembly import parts, writing
    from kiskriv.config import load
    from kiskriv.evaluation import material, results
    from kiskriv.evaluation.page import as_page

    references, faults = material.references(options.folder)
    if faults:  # all are told at once, and nothing is begun that would end halfway
        for fault in faults[:-1]:
            print("{}\n  → {}".format(*explain(fault)), file=sys.stderr)
        raise faults[-1]
    config = load(options.config)
    drafter, recogniser = parts.drafter(config), None
    writer = None if options.rules else writing.alone(config)
    if any(reference.sound for reference in references):
        from kiskriv.assembly.unlogged import Recogniser

        recogniser = Recogniser(config)
    trials = [*_tried(references, drafter, recogniser, writer)]
    made = results.made(
        config,
        drafter.digest,
        model=recogniser.model if recogniser else None,
        writer=writer.digest if writer else "",
    )
    print(results.as_json(made, trials) if options.json else results.as_text(trials), flush=True)
    if options.page is not None:
        _write(options.page, as_page(made, trials, options.folder.resolve().name))
    return 0


def _tried(
    references: tuple[Reference, ...], drafter: GroundedDrafter, recogniser: Recogniser | None, writer: Writer | None
) -> Iterator[Trial]:
    from kiskriv.evaluation import trials

    for reference in references:
        yield trials.of_transcript(reference, drafter, writer)
        if reference.sound and recogniser is not None:
            if sys.stderr.isatty():
                print(_("Listening to {file} …").format(file=reference.sound.name), file=sys.stderr)
            yield trials.of_sound(reference, recogniser.recording(reference.sound), drafter, writer)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError:
        raise MaterialInvalid(file=file.name, problem=mark("the file cannot be written")) from None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        raise MaterialInvalid(file=file.name, problem=mark("the file cannot be read")) from None
    except UnicodeDecodeError:
        raise MaterialInvalid(file=file.name, problem=mark("the text is not UTF-8")) from None
