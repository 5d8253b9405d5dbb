"""The command of the witness alone, for a second machine that has nothing but this package and `cryptography`.

python -m kiskriv.witness FOLDER [--listen HOST:PORT]
python -m kiskriv.witness FOLDER --key
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kiskriv.witness.server import LISTEN, serve, show_key


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the witness until ctrl-c, or print its key; the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m kiskriv.witness",
        description="Vitne for sletteloggen til kiskriv. A witness for the deletion log of kiskriv.",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="vitnets mappe / its folder")
    parser.add_argument("--listen", default=LISTEN, metavar="HOST:PORT", help=LISTEN)
    parser.add_argument("--key", action="store_true", help="vis nøkkelen / print the key")
    parser.add_argument("--language", choices=("nb", "en"), default="nb", help="bokmål / English")
    options = parser.parse_args(arguments)
    if not options.key:
        return serve(options.folder, options.listen, options.language)
    answer = show_key(options.folder, options.language)
    sys.stdout.write(f"{answer.text}\n")
    return answer.status


if __name__ == "__main__":
    sys.exit(main())
