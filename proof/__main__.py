"""`scripts/prove-erasure`: the flags, and the order of things."""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import signal
import sys
from itertools import chain
from pathlib import Path
from types import FrameType

from proof import controls, places, roads
from proof.table import Circumstances, Control, Outlived, Row, Seen, Verdict, as_json, as_text

CELLS, CELLS_SHORT = 1 << 18, 1 << 16
"""Cells that a control leaves: 8 MiB, 2 MiB."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/prove-erasure", description="Searches everywhere for what should be erased."
    )
    parser.add_argument("--short", action="store_true", help="what takes half a minute")
    parser.add_argument("--kills", type=int, default=500, metavar="N", help="at random moments (%(default)s)")
    parser.add_argument(
        "--cuts", type=int, default=150, metavar="N", help="of the power, at random moments (%(default)s)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table to FILE as well")
    parts = (*controls.PLACES, *roads.ROADS)
    parser.add_argument("--only", action="append", choices=parts, metavar="PART", help=", ".join(parts))
    own = Path(f"/boot/vmlinuz-{platform.release()}")
    parser.add_argument(
        "--kernel",
        type=Path,
        default=own,
        metavar="FILE",
        help="for the guest whose physical memory is searched (%(default)s)",
    )
    return parser.parse_args()


_ASKED_TO_LEAVE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _leave(number: int, frame: FrameType | None) -> None:
    """Once, and nothing may disturb what is put back on the way out."""
    for asked in _ASKED_TO_LEAVE:
        signal.signal(asked, signal.SIG_IGN)
    sys.exit(128 + number)


def main() -> int:
    """0 where every control that could be had saw what it had to and nothing was found, 1 otherwise, 2 without the rights."""
    wanted = _arguments()
    if os.geteuid():
        sys.stderr.write("This needs root, for loop devices, swap and core patterns.\n")
        return 2
    for asked in _ASKED_TO_LEAVE:
        signal.signal(asked, _leave)
    names = wanted.only or [
        *(controls.SHORT if wanted.short else controls.PLACES),
        *(roads.SHORT if wanted.short else roads.ROADS),
    ]
    circumstances = Circumstances.now(secrets.token_hex(8))
    seen: list[Seen] = []
    with places.workshop() as shop:
        cells = CELLS_SHORT if wanted.short else CELLS
        bench = controls.Bench(shop, circumstances.start, cells, wanted.short, wanted.kernel, wanted.kills, wanted.cuts)
        try:
            for one in chain(controls.all_of(bench, names), roads.all_of(bench, names)):
                seen.append(one)
        finally:
            sys.stdout.write(as_text(circumstances, seen))
            if wanted.json:
                wanted.json.write_text(json.dumps(as_json(circumstances, seen), indent=1) + "\n")
    return int(any(map(_bad, seen)))


def _bad(one: Seen) -> bool:
    """What was found, what could not be seen, and what was lost; not what is not here."""
    match one:
        case Control():
            return one.share is not None and not one.sees
        case Row():
            return one.verdict in (Verdict.FOUND, Verdict.BLIND)
        case Outlived():
            return not one.holds


if __name__ == "__main__":
    sys.exit(main())
