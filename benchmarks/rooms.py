"""`scripts/bench rooms`: what the walls between processes cost. Each figure beside the same in one process, in one run, in turns.

Start-up is from the first import of a fresh process until a consultation can begin; the file systems' caches are warm.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.machine import heading
from benchmarks.road import HOUR, repeated
from kiskriv.weights import demo_material

ROUNDS = 7
KINDS = ("one process", "rooms")


def measured(home: Path, *arguments: str | Path) -> Any:
    """What `child` printed, in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rooms", *map(str, arguments)],
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": os.getcwd()},  # noqa: PTH109
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def child(kind: str, sound: str, speed: str) -> None:
    """One desk of this kind; with a sound also one consultation. Prints seconds and MiB as JSON."""
    began = time.monotonic()
    from kiskriv.assembly.alone import LoneDesk
    from kiskriv.assembly.desk import Desk
    from kiskriv.config import load

    desk = (LoneDesk if kind == "one process" else Desk)(load())
    desk.load()
    figures: dict[str, Any] = {"start": time.monotonic() - began}
    if sound:
        source = desk.file(Path(sound), speed=float(speed) or None)
        with desk.consultation(source, informed=True, tethered=True) as held:
            captured = time.monotonic()
            for event in held.record(source):
                if type(event).__name__ == "Captured":
                    captured = time.monotonic()
            list(held.draft())
            figures["stop_to_draft"] = time.monotonic() - captured
            figures["peak"] = peaks()
            ending = time.monotonic()
            held.discard()
            figures["receipt"] = time.monotonic() - ending
    desk.close()
    print(json.dumps(figures))


def peaks() -> dict[str, float]:
    """The peak memory (VmHWM) of each process of ours of this home, in MiB."""
    found: dict[str, float] = {"this": _peak("self")}
    for process in Path("/proc").iterdir():
        if not process.name.isdigit():
            continue
        with suppress(OSError, ValueError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            home = b"HOME=" + os.environ["HOME"].encode() in (process / "environ").read_bytes().split(b"\0")
            name = next(
                (w.decode().removeprefix("kiskriv.assembly.") for w in words if w.startswith(b"kiskriv.assembly.")), ""
            )
            if home and name:
                found[name] = max(found.get(name, 0.0), _peak(process.name))
    return found


def _peak(process: str) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    """Prints the table."""
    print(heading())
    sound = demo_material() / "consultation-stereo.flac"
    with tempfile.TemporaryDirectory() as folder:
        homes = {kind: Path(folder) / kind for kind in KINDS}
        for home in homes.values():
            home.mkdir()
        starts: dict[str, list[float]] = {kind: [] for kind in KINDS}
        ends: dict[str, list[dict[str, Any]]] = {kind: [] for kind in KINDS}
        for _ in range(ROUNDS):
            for kind in KINDS:
                starts[kind].append(measured(homes[kind], kind, "", "0")["start"])
        for _ in range(3):
            for kind in KINDS:
                ends[kind].append(measured(homes[kind], kind, sound, "8"))
        hour = Path(folder) / "hour.flac"
        length = repeated(sound, HOUR, hour)
        long = {kind: measured(homes[kind], kind, hour, "0") for kind in KINDS}
    print(f"\n{'':<44}{KINDS[0]:>14}{KINDS[1]:>14}")
    row("start until a consultation can begin, s", {k: statistics.median(starts[k]) for k in KINDS})
    for name, said in (("stop_to_draft", "stop to draft at 8 times real time, s"), ("receipt", "end to receipt, s")):
        row(said, {k: statistics.median(one[name] for one in ends[k]) for k in KINDS})
    row(f"end to receipt after {length:.0f} s of stereo, s", {k: long[k]["receipt"] for k in KINDS})
    row("peak memory then, all processes, MiB", {k: sum(long[k]["peak"].values()) for k in KINDS})
    print("  of that: " + ", ".join(f"{name} {peak:.0f}" for name, peak in long["rooms"]["peak"].items()))


def row(said: str, figures: dict[str, float]) -> None:
    """One line of the table."""
    print(f"{said:<44}" + "".join(f"{figures[kind]:>14.2f}" for kind in KINDS))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(*sys.argv[1:])
    else:
        main()
