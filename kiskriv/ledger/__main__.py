"""The command of the log alone, for an auditor who installs nothing but this package and `cryptography`.

    python -m kiskriv.ledger verify RECEIPT --key KEY
    python -m kiskriv.ledger verify FOLDER --key KEY [--checkpoint FILE]
    python -m kiskriv.ledger show FOLDER

KEY is the file `public-key` or the line in it. Exit status 0: valid, 1: not valid, 2: wrong usage, or not readable.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from kiskriv.ledger.answers import Answer, show, verify_log, verify_receipt


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, print its answer, return its exit status."""
    answer = _answer(_parser().parse_args(arguments))
    try:
        sys.stdout.write(f"{answer.text}\n")
        sys.stdout.flush()
    except BrokenPipeError:  # `show | head`: the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return answer.status


def _answer(options: argparse.Namespace) -> Answer:
    path: Path = options.path
    if options.command == "show":
        return show(path, options.language)
    if path.is_dir():
        return verify_log(path, options.key, options.checkpoint, options.language)
    return verify_receipt(path, options.key, options.language)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m kiskriv.ledger",
        description="Kontrollerer sletteloggen til kiskriv og kvitteringer fra den. "
        "Checks the deletion log of kiskriv and receipts from it.",
    )
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--language", choices=("nb", "en"), default="nb", help="bokmål / English")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", parents=[common], help="kontroller / check")
    verify.add_argument("path", type=Path, metavar="PATH", help="en kvittering eller en loggmappe")
    verify.add_argument("--key", required=True, help="filen public-key, eller linjen i den")
    verify.add_argument("--checkpoint", type=Path, help="et sjekkpunkt som ble tatt vare på før")
    shown = commands.add_parser("show", parents=[common], help="vis / show")
    shown.add_argument("path", type=Path, metavar="FOLDER", help="en loggmappe")
    return parser


if __name__ == "__main__":
    sys.exit(main())
