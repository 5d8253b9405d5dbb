"""The commands of the deletion log, and the witness for it. What is heavy is imported inside the command that needs it."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiskriv.errors import LedgerError
from kiskriv.locale import language
from kiskriv.locale import text as _

if TYPE_CHECKING:
    from kiskriv.config import Config
    from kiskriv.ledger import Ledger
    from kiskriv.ledger.answers import Answer
    from kiskriv.ledger.wording import Language


def add_ledger(ledger: argparse.ArgumentParser) -> None:
    """`kiskriv ledger`, with its own commands."""
    actions = ledger.add_subparsers(title=_("commands"), metavar="", required=True)

    verify = actions.add_parser("verify", help=_("check a receipt, or a whole log, with nothing but a public key"))
    verify.add_argument("path", type=Path, metavar="RECEIPT|LOG")
    verify.add_argument("--key", required=True, metavar="KEY|FILE", help=_("the log's public key"))
    _kept(verify)
    verify.add_argument(
        "--receipt",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=_("a receipt that must belong to the log"),
    )
    _form(verify, "text", "json")
    verify.set_defaults(command=_verify)

    show = actions.add_parser("show", help=_("what stands in the log"))
    _folder(show, "LOG")
    _form(show, "text", "json")
    show.set_defaults(command=_show)

    export = actions.add_parser("export", help=_("the whole log as one file, for an auditor"))
    _folder(export, "FOLDER")
    export.add_argument("--into", type=Path, metavar="FILE", help=_("write it to this new file"))
    export.set_defaults(command=_export)

    report = actions.add_parser("report", help=_("what the log says of a period, for the internal control file"))
    _folder(report, "LOG")
    report.add_argument("--from", dest="first", type=_date, metavar="DATE", help=_("its first day, as 2026-01-31"))
    report.add_argument("--to", dest="last", type=_date, metavar="DATE", help=_("its last day"))
    report.add_argument("--key", metavar="KEY|FILE", help=_("the log's public key; otherwise the one in its folder"))
    _kept(report)
    _form(report, "text", "csv", "json", "html")
    report.set_defaults(command=_report)

    receipt = actions.add_parser("receipt", help=_("print the receipt for a line of the log, to be handed out"))
    receipt.add_argument("line", type=int, metavar="LINE")
    _folder(receipt, "FOLDER")
    _form(receipt, "proof", "text", "html")
    receipt.add_argument("--english", action="store_true", help=_("a page in English"))
    receipt.set_defaults(command=_receipt)

    checkpoint = actions.add_parser("checkpoint", help=_("print the newest checkpoint, to be kept somewhere else"))
    _folder(checkpoint, "FOLDER")
    _form(checkpoint, "note", "text", "qr", "html", "mail")
    checkpoint.add_argument("--into", type=Path, metavar="FOLDER", help=_("write it to a new file in this folder"))
    checkpoint.set_defaults(command=_checkpoint)

    cosign = actions.add_parser("cosign", help=_("ask the witness of the settings to sign for the log now"))
    cosign.set_defaults(command=_cosign)

    revoke = actions.add_parser("revoke-keys", help=_("take the log's keys back, and go on under new ones"))
    revoke.set_defaults(command=_revoke)

    prune = actions.add_parser("prune", help=_("keep only the hashes of what is older than a given day"))
    prune.add_argument("--before", required=True, type=_past, metavar="DATE", help=_("the first day to be kept"))
    prune.set_defaults(command=_prune)


def add_witness(witness: argparse.ArgumentParser) -> None:
    """`kiskriv witness`."""
    witness.add_argument("folder", type=Path, metavar="FOLDER")
    witness.add_argument(
        "--listen", default="127.0.0.1:8472", metavar="HOST:PORT", help=_("where (default: %(default)s)")
    )
    witness.add_argument("--key", action="store_true", help=_("only print its public key"))
    witness.add_argument(
        "--latest", action="store_true", help=_("only print the checkpoints that it signed for last, for an auditor")
    )
    witness.set_defaults(command=_witness)


def _folder(parser: argparse.ArgumentParser, name: str) -> None:
    parser.add_argument("path", type=Path, nargs="?", metavar=name, help=_("otherwise the log of the settings"))


def _kept(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help=_("a checkpoint kept earlier: nothing before it may have changed"),
    )
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="KEY|FILE",
        help=_("the public key of a witness that you know, which must have signed"),
    )


def _form(parser: argparse.ArgumentParser, *forms: str) -> None:
    parser.add_argument("--format", choices=forms, default=forms[0], help=_("in which form (default: %(default)s)"))


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("a day, as 2026-01-31")) from None


def _past(text: str) -> date:
    """What is pruned cannot be had back: no day that is still to come, and none of a slip of the pen."""
    day = _date(text)
    if not date(2000, 1, 1) <= day <= datetime.now(UTC).date():
        raise argparse.ArgumentTypeError(_("a day that has been, as 2026-01-31"))
    return day


def _verify(options: argparse.Namespace) -> int:
    from kiskriv.ledger import answers, json_answers

    given = (options.path, options.key, answers.Kept(options.since, options.receipt, options.witness))
    if options.format == "json":
        return _answered(json_answers.verify_json(*given))
    return _answered(answers.verify(*given, _language()))


def _show(options: argparse.Namespace) -> int:
    from kiskriv.ledger import answers, copy_at, json_answers

    path = _path(options)
    try:
        copy = copy_at(path) if options.format == "json" else None
        if copy is not None:
            return _printed("\n".join(json_answers.show_json(copy)))
    except OSError as error:
        return _answered(answers.unusable(error, _language()))
    return _answered(answers.show(path, _language()))


def _export(options: argparse.Namespace) -> int:
    from kiskriv.ledger.exporting import write_export

    return write_export(_path(options), options.into, _language())


def _report(options: argparse.Namespace) -> int:
    from kiskriv.ledger.answers import Kept
    from kiskriv.ledger.report import Period, report

    path = _path(options)
    period = Period(options.first, options.last)
    key = options.key or str(path / "public-key")
    return _answered(
        report(
            path,
            key,
            period=period,
            kept=Kept(options.since, witnesses=options.witness),
            language=_language(),
            form=options.format,
        )
    )


def _receipt(options: argparse.Namespace) -> int:
    from kiskriv.ledger.handed_out import receipt_of
    from kiskriv.ledger.report import receipt_page, receipt_text

    receipt = receipt_of(_made(_path(options)), options.line)
    tongue = "en" if options.english else _language()
    forms = {
        "proof": lambda: receipt,
        "text": lambda: receipt_text(receipt, tongue),
        "html": lambda: receipt_page(receipt, tongue),
    }
    return _printed(forms[options.format]())


def _checkpoint(options: argparse.Namespace) -> int:
    from kiskriv import takeout
    from kiskriv.ledger.handed_out import newest_checkpoint

    note = newest_checkpoint(_made(_path(options)))
    if options.into is not None:
        return _printed(str(takeout.to_folder(note, options.into)))
    forms = {
        "note": lambda note: note,
        "text": takeout.on_paper,
        "qr": takeout.qr_for_terminal,
        "html": takeout.qr_page,
        "mail": takeout.as_mail,
    }
    return _printed(forms[options.format](note))


def _cosign(options: argparse.Namespace) -> int:
    import asyncio

    from kiskriv.host.cosigning import Cosigning, Outcome
    from kiskriv.tui.words import AHEAD

    config = _config(options)
    settings = config.ledger
    with _opened(config) as ledger:
        cosigning = Cosigning(ledger, settings.witness, settings.witness_key, settings.checkpoints)
        outcome = asyncio.run(cosigning.once())
    print(
        {
            Outcome.NONE: _("There is no witness in the settings ([ledger] witness)."),
            Outcome.SIGNED: _("The witness has signed for the whole log."),
            Outcome.AWAY: _("The witness did not answer. It is asked again after the next consultation."),
            Outcome.REFUSED: _("The witness refuses. Does it know this log's public key?"),
            Outcome.AHEAD: _(AHEAD),
            Outcome.UNWRITTEN: _("The deletion log could not be written."),
        }[outcome]
    )
    return 0 if outcome is Outcome.SIGNED else 1


def _revoke(options: argparse.Namespace) -> int:
    with _opened(_config(options)) as ledger:
        key = ledger.revoke()
    print(
        _(
            "The keys are revoked. Write down the new public key, and give it to whoever has the old one; "
            "at the witness it takes the place of the old line in the file logs:"
        )
    )
    return _printed(key)


def _prune(options: argparse.Namespace) -> int:
    day = options.before
    with _opened(_config(options)) as ledger:
        size = ledger.prune(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return _printed(_("Of the first {size} lines only hashes are kept.").format(size=size))


def _witness(options: argparse.Namespace) -> int:
    from kiskriv.witness.server import serve, show_key, show_latest

    if options.key or options.latest:
        return _answered((show_key if options.key else show_latest)(options.folder, _language()))
    return serve(options.folder, options.listen, _language())


def _config(options: argparse.Namespace) -> Config:
    from kiskriv.config import load

    return load(options.config)


def _path(options: argparse.Namespace) -> Path:
    path: Path | None = options.path
    return _config(options).ledger.folder if path is None else path


def _opened(config: Config) -> Ledger:
    """The log of the settings, which is there already."""
    from kiskriv.host.run import open_ledger

    _made(config.ledger.folder)
    return open_ledger(config)


def _made(folder: Path) -> Path:
    """The folder of a log that is there already: none is made by looking for it."""
    if not (folder / "public-key").is_file():
        raise LedgerError(problem="there is none in this folder")
    return folder


def _language() -> Language:
    return "en" if language() == "en" else "nb"


def _answered(answer: Answer) -> int:
    _printed(answer.text)
    return answer.status


def _printed(text: str) -> int:
    print(text, end="" if text.endswith("\n") else "\n")
    return 0
