"""The command of the log alone, for an auditor who installs nothing but this package and `cryptography`.

    python -m kiskriv.ledger verify RECEIPT --key KEY
    python -m kiskriv.ledger verify LOG --key KEY [--since CHECKPOINT] [--receipt RECEIPT] [--witness KEY]
    python -m kiskriv.ledger show LOG
    python -m kiskriv.ledger export FOLDER --into FILE

LOG is the folder of a log or an export of it.

KEY is the file `public-key` or the line in it. Exit status 0: valid, 1: not valid, 2: wrong usage, or not readable.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kiskriv.ledger.answers import VALID, Answer, Kept, show, verify
from kiskriv.ledger.exporting import write_export


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, print its answer, return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "export":
            return write_export(options.path, options.into, options.language)
        answer = _answer(options)
        sys.stdout.write(answer.text + ("\n" if answer.text and answer.text[-1] != "\n" else ""))
        sys.stdout.flush()
    except BrokenPipeError:  # `show | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return VALID
    return answer.status


def _answer(options: argparse.Namespace) -> Answer:
    if options.command == "show":
        return show(options.path, options.language)
    return verify(options.path, options.key, Kept(options.since, options.receipt, options.witness), options.language)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kiskriv.ledger",
        description="Kontrollerer sletteloggen til kiskriv og kvitteringer fra den. "
        "Checks the deletion log of kiskriv and receipts from it.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--language", choices=("nb", "en"), default="nb", help="bokmål / English")
    commands = parser.add_subparsers(dest="command", required=True)
    verified = commands.add_parser("verify", parents=[common], help="kontroller / check")
    verified.add_argument("path", type=Path, metavar="PATH", help="en kvittering, en loggmappe eller en eksport")
    verified.add_argument("--key", required=True, help="filen public-key, eller linjen i den")
    for name, what in (("since", "et sjekkpunkt som ble tatt vare på før"), ("receipt", "en kvittering")):
        verified.add_argument(f"--{name}", type=Path, action="append", default=[], metavar="FILE", help=what)
    verified.add_argument(
        "--witness", action="append", default=[], metavar="KEY", help="nøkkelen til et vitne du kjenner"
    )
    shown = commands.add_parser("show", parents=[common], help="vis / show")
    shown.add_argument("path", type=Path, metavar="LOG", help="en loggmappe eller en eksport")
    written = commands.add_parser("export", parents=[common], help="skriv som én fil / write as one file")
    written.add_argument("path", type=Path, metavar="FOLDER", help="en loggmappe")
    written.add_argument("--into", type=Path, metavar="FILE", help="en ny fil; ellers til standard ut")
    return parser


if __name__ == "__main__":
    sys.exit(main())
