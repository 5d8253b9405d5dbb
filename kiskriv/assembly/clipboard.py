"""The process that clears the clipboard: `python -m kiskriv.assembly.clipboard`, with loans on its standard input.

It knows salted hashes, never a text. Forks first, so that whoever started it has no child to mind; says on its standard output that it
watches; outlives the screen.
"""

from __future__ import annotations

import os
import sys

from kiskriv.deliver.watch import READY, watch
from kiskriv.machine import harden, lock_memory, silence


def main() -> None:
    """Until there is nothing left to clear. Never returns."""
    silence()
    harden()
    if hasattr(os, "fork") and os.fork():
        os._exit(0)
    lock_memory()
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    watch(sys.stdin)
    os._exit(0)


if __name__ == "__main__":
    main()
