"""The commands but those of the ledger. What is heavy is imported inside the command that needs it."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kiskriv import __version__
from kiskriv.cli.ledger import add_ledger, add_witness
from kiskriv.cli.validation import add_draft, add_evaluate
from kiskriv.errors import (
    KiskrivError,
    NotApproved,
    NothingHeard,
    NothingToApprove,
    fault_code,
)
from kiskriv.locale import explain
from kiskriv.locale import text as _

if TYPE_CHECKING:
    from kiskriv.assembly.alone import LoneDesk
    from kiskriv.assembly.desk import Desk
    from kiskriv.config import Config
    from kiskriv.machine import Promise
    from kiskriv.session import Source
    from kiskriv.unattended import Outcome

CANNOT = 1
INTERRUPTED = 130
CRASHED = 70


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; returns its exit status. No exception leaves with a traceback: it could hold what was said."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser().parse_args(given)
    options.given = given
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        signal.signal(number, _leave)
    try:
        status: int = options.command(options)
    except KiskrivError as error:
        message, hint = explain(error)
        _say(f"{message}\n  → {hint}")
        return error.exit_status
    except KeyboardInterrupt:
        _say(_("Interrupted. What was under way is erased."))
        return INTERRUPTED
    except OSError as error:  # standard output is full or gone, most likely: the interpreter shall not try it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _say(_("It could not be written: {problem}. Run the command again.").format(problem=error.strerror))
        return CANNOT
    except Exception as error:  # the last wall: a code instead of words
        _say(
            _(
                "kiskriv stopped because of a fault in itself. A consultation on the screen goes on: start kiskriv again to find it. "
                "One that a script had under way is erased. Code: {code}"
            ).format(code=fault_code(error))
        )
        return CRASHED
    return status


def _leave(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


class _Parser(argparse.ArgumentParser):
    """argparse's own words in our language, as far as it lets itself be told."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, add_help=False)
        self._positionals.title, self._optionals.title = _("arguments"), _("options")
        self.add_argument("-h", "--help", action="help", help=_("show this, and do nothing else"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="kiskriv",
        description=_(
            "Records a consultation, proposes a journal note for the doctor to approve, and then erases the rest."
        ),
        epilog=_(
            "Documentation only, not a medical device: the doctor answers for the note. Nothing leaves this machine."
        ),
    )
    parser.add_argument("--version", action="version", version=f"kiskriv {__version__}", help=_("show the version"))
    parser.add_argument("--config", type=Path, metavar="FILE", help=_("settings, instead of the user's own file"))
    parser.set_defaults(command=_screen, file=None)
    commands = parser.add_subparsers(title=_("commands"), metavar="")

    rehearse = commands.add_parser("rehearse", help=_("the screen, with a sound file instead of the microphone"))
    rehearse.add_argument("file", type=Path, metavar="FILE")
    rehearse.set_defaults(command=_screen)

    run = commands.add_parser(
        "run", help=_("a sound file without the screen, for scripts; starting it confirms that the patient is informed")
    )
    run.add_argument("file", type=Path, metavar="FILE")
    run.add_argument(
        "--approve",
        action="store_true",
        help=_("the note is approved as drafted, and printed; without this no text leaves"),
    )
    run.add_argument("--json", action="store_true", help=_("print one JSON object"))
    run.set_defaults(command=_run)

    demo = commands.add_parser("demo", help=_("a whole consultation on a synthetic recording"))
    demo.add_argument("--json", action="store_true", help=_("print one JSON object"))
    demo.add_argument(
        "--mono",
        dest="microphones",
        action="store_const",
        const=1,
        default=2,
        help=_("as one microphone between the two heard it"),
    )
    demo.add_argument(
        "--speed",
        type=_speed,
        default=8.0,
        metavar="N",
        help=_("times real time; 0: as fast as it goes (default: %(default)s)"),
    )
    demo.set_defaults(command=_demo)

    add_ledger(commands.add_parser("ledger", help=_("the deletion log")))
    add_witness(
        commands.add_parser(
            "witness",
            help=_("on a second machine: sign for the deletion logs of others, so that none can be rewritten"),
        )
    )

    add_draft(
        commands.add_parser("draft", help=_("a note from a transcript, with all that it rests on: no consultation"))
    )

    add_evaluate(
        commands.add_parser(
            "evaluate", help=_("figures from the clinic's own acted or consented consultations: how good the notes are")
        )
    )

    pin = commands.add_parser(
        "pin", help=_("write the manifest of a model folder that you trust, so that a change is found out")
    )
    pin.add_argument("folder", type=Path, metavar="FOLDER")
    for name in ("name", "licence", "source"):
        pin.add_argument(f"--{name}", required=True)
    pin.set_defaults(command=_pin)

    recover = commands.add_parser(
        "recover", help=_("what keeps the next consultation from starting, and the end of it")
    )
    recover.add_argument(
        "--finish", action="store_true", help=_("end and erase what is left, a consultation under way too")
    )
    recover.set_defaults(command=_recover)

    check = commands.add_parser("check", help=_("what this machine can and cannot promise, and which model keeps up"))
    check.add_argument("--quick", action="store_true", help=_("without measuring how fast it is"))
    check.set_defaults(command=_check)
    return parser


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1
    if not 0 <= speed <= 1000:
        raise argparse.ArgumentTypeError(_("a number from 0 to 1000"))
    return speed


def _desk(options: argparse.Namespace, *, ledger: str = "") -> Desk | LoneDesk:
    from kiskriv.machine import silence

    silence()
    from dataclasses import replace

    from kiskriv.assembly.desk import open_desk

    config = _config(options)
    if ledger:
        config = replace(config, ledger=replace(config.ledger, folder=config.ledger.folder.with_name(ledger)))
    return open_desk(config, options.config)


def _config(options: argparse.Namespace) -> Config:
    """The settings; from here on the doctor is spoken to in the language that he has chosen, or the clinic."""
    from kiskriv.assembly.parts import preferences
    from kiskriv.config import load
    from kiskriv.locale import set_language

    config = load(options.config)
    set_language(preferences(config).screen)
    return config


def _glance(config: Config) -> list[Promise]:
    """What this machine promises; imported where it is asked for, since home is to be seen first."""
    from kiskriv import check

    return check.glance(config)


def _screen(options: argparse.Namespace) -> int:
    """The process that shows a consultation is a fresh one (`kiskriv.tui.renewal`): at the start, and again after each."""
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import closing
    from importlib import import_module

    from kiskriv.machine import lock_memory, rooms_possible, silence

    silence()
    from kiskriv.tui import renewal

    path = options.file
    arguments = [] if options.config is None else ["--config", str(options.config)]
    arguments += [] if path is None else ["rehearse", "--", str(path)]
    if rooms_possible() and renewal.due():
        renewal.renew(arguments)
    last = renewal.last()
    lock_memory()
    with renewal.terminal_of(last), ThreadPoolExecutor(1) as meanwhile:
        screen = meanwhile.submit(import_module, "kiskriv.tui.app")  # while the host starts
        desk = _desk(options)
    with closing(desk):

        def source(start: float, device: str) -> Source:
            return desk.microphone(device) if path is None else desk.file(path, speed=1.0, start=start)

        with renewal.terminal_of(last):
            ended = None if last is None else renewal.recalled(last, desk.receipt)
            if path is not None and ended is None and desk.unfinished() is None:
                source(0.0, "")  # a bad file is said before the screen opens
            examine = partial(_glance, desk.config)
            app = screen.result().KiskrivApp(desk, source, rehearsal=path is not None, ended=ended, examine=examine)
        status: int = app.run()
        ended_now = app.last
    if ended_now is not None:
        del app, desk, source  # what they showed is let go, and so overwritten, before this memory is
        renewal.renew(arguments, ended_now)
    return status


def _renewed(options: argparse.Namespace) -> None:
    """A script's process is a fresh one too: what it frees is overwritten."""
    from kiskriv.machine import rooms_possible
    from kiskriv.tui import renewal

    if rooms_possible() and renewal.due():
        renewal.renew(options.given)
    renewal.last()


def _run(options: argparse.Namespace) -> int:
    _renewed(options)
    from kiskriv import report, unattended
    from kiskriv.deliver import Stream

    desk = _desk(options)
    try:
        source = desk.file(options.file)
        outlet = Stream(StringIO() if options.json else sys.stdout) if options.approve else None
        outcome = unattended.hold(desk.consultation(source, informed=True, tethered=True), source, outlet)
        if options.json:
            print(report.as_json(outcome, desk))
        else:
            sys.stderr.writelines(report.remarks(outcome))
    finally:
        desk.close()
    return _judged(outcome, approved=options.approve)


def _judged(outcome: Outcome, *, approved: bool) -> int:
    """0 where an approved note went out; why not, otherwise."""
    if outcome.words == 0:
        raise NothingHeard(seconds=round(outcome.timings.audio))
    if not approved:
        raise NotApproved
    if outcome.note is None:
        raise NothingToApprove
    return 0


def _demo(options: argparse.Namespace) -> int:
    _renewed(options)
    from kiskriv import demo, report, unattended
    from kiskriv.deliver import Stream

    material = demo.material(options.microphones)
    desk = _desk(options, ledger="demo-ledger")
    try:
        desk.load()
        source = desk.file(material.recording, speed=options.speed or None)
        consultation = desk.consultation(source, informed=True, tethered=True)
        show = (lambda event: None) if options.json else report.show
        outcome = unattended.hold(consultation, source, Stream(StringIO()), show)
        (desk.config.ledger.folder / "receipt").write_text(outcome.receipt, encoding="utf-8")
        print(report.as_json(outcome, desk, material) if options.json else report.summary(outcome, desk, material))
        genuine = report.verified(outcome, desk)
    finally:
        desk.close()
    return _judged(outcome, approved=True) if genuine else CANNOT


def _pin(options: argparse.Namespace) -> int:
    from kiskriv.weights import pin

    print(pin(options.folder, name=options.name, licence=options.licence, source=options.source))
    return 0


def _recover(options: argparse.Namespace) -> int:
    from kiskriv import recover
    from kiskriv.errors import ErasureFailed

    desk = _desk(options)
    try:
        found = desk.finish() if options.finish else desk.look()
    finally:
        desk.close()
    print(recover.as_text(found))
    return 0 if recover.nothing_left(found) else ErasureFailed.exit_status


def _check(options: argparse.Namespace) -> int:
    from kiskriv.machine import silence

    silence()
    from kiskriv import check

    config = _config(options)
    findings = check.look(config)
    if not options.quick:
        if sys.stderr.isatty():
            print(_("Measuring how fast this machine is: about ten seconds …"), file=sys.stderr)
        findings.append(check.speed(config))
    print(check.as_text(findings))
    return 0 if all(finding.kept is not False for finding in findings) else 1
