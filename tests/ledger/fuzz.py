"""`scripts/fuzz-ledger`: every parser of the log against mutated input, every octet of an export, every proof of 300 trees.

    scripts/fuzz-ledger [--minutes N]     the parsers, N minutes in all (10): coverage-guided where atheris is installed
    scripts/fuzz-ledger --flips           an export of 200 entries with every octet replaced by every other value
    scripts/fuzz-ledger --proofs          every inclusion and consistency proof of 1 to 300 leaves against every size

A parser passes when it answers with a value or the error that its docstring names, and takes one spelling only: what it
accepts, written again, is what it was given.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

try:
    import atheris
except ImportError:  # then mutation without the guidance of coverage
    atheris = None

TARGETS = ("entry", "note", "key", "witness-key", "receipt", "export", "cosignature", "submission")

TOKENS = (b"\n", b"\n\n", b"0", b" ", b"+", b"=", b'"', b"\xe2\x80\x94 ", b"\xff", b"{", b"[")
"""What the formats are made of."""


@dataclass(frozen=True)
class Target:
    """A parser: what it is fed with at first, and what must hold of any octets."""

    seeds: list[bytes]
    check: Callable[[bytes], bool]
    """Whether it accepted them; AssertionError, or anything that is not documented, is a finding."""


def target(name: str) -> Target:
    """Imported here, so that atheris can watch what is imported."""
    if atheris:
        with atheris.instrument_imports(include=["kiskriv.ledger", "kiskriv.witness"]):
            from tests.ledger import fuzz_targets
    else:
        from tests.ledger import fuzz_targets
    with tempfile.TemporaryDirectory() as folder:
        return fuzz_targets.build(name, Path(folder) / "log")


def mutate(draw: random.Random, seeds: list[bytes]) -> bytes:
    """A seed with a few pieces changed, moved, doubled, or taken from another."""
    octets = bytearray(draw.choice(seeds))
    for _ in range(draw.randint(1, 4)):
        place, length = draw.randrange(len(octets) + 1), draw.randint(1, 40)
        other = draw.choice(seeds)
        start = draw.randrange(len(other) + 1)
        match draw.randrange(6):
            case 0 if place < len(octets):
                octets[place] ^= 1 << draw.randrange(8)
            case 1:
                octets[place : place + length] = b""
            case 2:
                octets[place:place] = octets[place : place + length]
            case 3:
                octets[place : place + length] = other[start : start + length]
            case 4:
                octets[place:place] = draw.randbytes(draw.randint(1, 4))
            case 5:
                octets[place : place + 1] = draw.choice(TOKENS)
    return bytes(octets)


def one_parser(name: str, seconds: float) -> None:
    """Runs until the time is over, in a process of its own; prints a line, or the finding."""
    tried = target(name)
    counts = {"inputs": 0, "accepted": 0}

    def check(octets: bytes) -> None:
        counts["inputs"] += 1
        counts["accepted"] += tried.check(octets)

    for seed in tried.seeds:
        assert tried.check(seed), "a seed is not accepted"
    began = time.monotonic()

    def tell() -> None:
        took = time.monotonic() - began
        print(f"{name:<12}{counts['inputs']:>12,}{counts['accepted']:>12,}{took:>8.0f} s", flush=True)

    draw = random.Random(name)
    if atheris is None:
        while time.monotonic() - began < seconds:
            check(mutate(draw, tried.seeds))
        tell()
        return
    corpus = Path(tempfile.mkdtemp())
    for number, seed in enumerate(tried.seeds):
        (corpus / f"{number}").write_bytes(seed)

    def guided(octets: bytes) -> None:
        check(octets)
        for _ in range(4):  # libFuzzer alone seldom keeps base64 and order intact
            check(mutate(draw, [octets, *tried.seeds[:4]]))
        if time.monotonic() - began >= seconds:
            tell()
            os._exit(0)

    atheris.Setup([name, str(corpus), "-verbosity=0", "-print_final_stats=0", "-max_len=65536"], guided)
    atheris.Fuzz()


def all_parsers(minutes: float) -> int:
    """Each in a process of its own; the number that found something."""
    found = 0
    how = f"atheris {version('atheris')}" if atheris else "plain mutation"
    print(f"{datetime.now(UTC):%Y-%m-%d}, {how}, {minutes:g} minutes")
    print(f"{'parser':<12}{'inputs':>12}{'accepted':>12}{'time':>10}", flush=True)
    for name in TARGETS:
        command = [
            sys.executable,
            "-m",
            "tests.ledger.fuzz",
            "--target",
            name,
            "--minutes",
            str(minutes / len(TARGETS)),
        ]
        done = subprocess.run(command, check=False, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            found += 1
            print(f"{name}: FOUND\n{done.stderr[-4000:]}", flush=True)
    return found


def main() -> int:
    """The exit status says whether anything was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--flips", action="store_true")
    parser.add_argument("--proofs", action="store_true")
    parser.add_argument("--target", choices=TARGETS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.target:
        one_parser(options.target, options.minutes * 60)
        return 0
    if options.flips or options.proofs:
        from tests.ledger import exhaustive

        return (exhaustive.flips() if options.flips else 0) + (exhaustive.proofs() if options.proofs else 0)
    return 1 if all_parsers(options.minutes) else 0


if __name__ == "__main__":
    sys.exit(main())
