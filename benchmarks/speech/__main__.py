"""All tables of `scripts/bench speech`, or those that are named: each in a fresh process with its own home, printed when ready."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from benchmarks.machine import heading

TABLES = ("pauses", "tail", "overhead", "rooms", "peers", "memory")


def main(names: list[str]) -> None:
    """Exit status 2 for a name that is none, 1 where a table could not be made; the others are made all the same."""
    if set(names) - set(TABLES):
        print(f"scripts/bench speech [{' | '.join(TABLES)}]", file=sys.stderr)
        sys.exit(2)
    failed = 0
    print(heading())
    for name in names or TABLES:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as home:
            environment = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": os.getcwd()}  # noqa: PTH109
            sys.stdout.flush()
            done = subprocess.run([sys.executable, "-m", f"benchmarks.speech.{name}"], env=environment, check=False)
        failed |= done.returncode != 0
        print(f"\n({name}: {(time.monotonic() - began) / 60:.1f} minutes)")
    sys.exit(int(failed))


if __name__ == "__main__":
    main(sys.argv[1:])
