"""The command of the witness alone, for a second machine that has nothing but this package and `cryptography`.

python -m kiskriv.witness FOLDER [--listen HOST:PORT]
python -m kiskriv.witness FOLDER --key
python -m kiskriv.witness FOLDER --latest > FILE
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kiskriv.witness.server import LISTEN, serve, show_key, show_latest


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the witness until ctrl-c, or print its key or its checkpoints; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m kiskriv.witness",
        description="Vitne for sletteloggen til kiskriv. A witness for the deletion log of kiskriv.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="vitnets mappe / its folder")
    parser.add_argument("--listen", default=LISTEN, metavar="HOST:PORT", help=LISTEN)
    parser.add_argument("--key", action="store_true", help="vis nøkkelen / print the key")
    parser.add_argument(
        "--latest", action="store_true", help="vis sist signerte sjekkpunkt / print what it signed last"
    )
    parser.add_argument("--language", choices=("nb", "en"), default="nb", help="bokmål / English")
    options = parser.parse_args(arguments)
    if not (options.key or options.latest):
        return serve(options.folder, options.listen, options.language)
    answer = (show_key if options.key else show_latest)(options.folder, options.language)
    sys.stdout.write(answer.text if answer.text.endswith("\n") else f"{answer.text}\n")
    return answer.status


if __name__ == "__main__":
    sys.exit(main())
