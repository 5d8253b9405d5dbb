"""All tables of `scripts/bench speakers`, or one group of them: each in a fresh process with its own home, printed when ready."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

from benchmarks.machine import heading

GROUPS = ("quality", "road", "cost", "robust")


def main(arguments: list[str]) -> None:
    """What follows the names goes to `quality`. Exit status 1 where a group could not be made; the others are made all the same."""
    named = [argument for argument in arguments if argument in GROUPS]
    options = arguments[len(named) :]
    if any(not option.startswith("--") for option in options[:1]):
        print(f"scripts/bench speakers [{' | '.join(GROUPS)}] [options of quality: --help]", file=sys.stderr)
        sys.exit(2)
    failed = False
    versions = ", ".join(f"{name} {version(name)}" for name in ("pyannote.audio", "pyannote.metrics", "torch"))
    print(f"{heading()}\n{versions}", flush=True)
    for name in named or GROUPS:
        began = time.monotonic()
        command = [sys.executable, "-m", f"benchmarks.speakers.{name}", *(options if name == "quality" else ())]
        with tempfile.TemporaryDirectory() as home:
            environment = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": os.getcwd()}  # noqa: PTH109
            done = subprocess.run(command, env=environment, check=False)
        failed |= done.returncode != 0
        print(f"\n({name}: {(time.monotonic() - began) / 60:.1f} minutes)", flush=True)
    sys.exit(int(failed))


if __name__ == "__main__":
    main(sys.argv[1:])
