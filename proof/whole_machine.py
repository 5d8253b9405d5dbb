"""A consultation in a machine of its own, whose physical memory is searched when it is over: the only place where freed pages are seen."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

from kiskriv.machine.launch import WIPING
from proof import controls, guest, places, scan
from proof.guest import Guest
from proof.house import House, screen
from proof.places import NotHere
from proof.scan import Finding, Scanner
from proof.sessions import SECONDS, Consultation
from proof.table import ENOUGH, Control, Row, Seen

PACKAGES = (
    *(
        "numpy",
        "numpy.libs",
        "av",
        "av.libs",
        "cryptography",
        "_cffi_backend*",
        "ctranslate2",
        "ctranslate2.libs",
        "onnxruntime",
    ),
    *(
        "faster_whisper",
        "huggingface_hub",
        "tokenizers",
        "tqdm",
        "platformdirs",
        "yaml",
        "filelock",
        "packaging",
        "typing_extensions*",
    ),
    *(
        "fsspec",
        "httpx",
        "httpcore",
        "h11",
        "anyio",
        "idna",
        "certifi",
        "sniffio",
        "flatbuffers",
        "google",
        "requests",
        "urllib3",
    ),
)
"""What kiskriv's processes import, and what that imports."""

_GONE = "while grep -q python /proc/[0-9]*/comm; do sleep 1; done"
_KILL = "for told in $(grep -l python /proc/[0-9]*/comm); do told=${told%/comm}; kill -9 ${told#/proc/}; done"

AFTER = 3.0
"""Seconds that the guest is left alone when its processes have ended."""

ENDS = ("normal", "SIGKILL all")
OPTIONS = ("", "init_on_free=1")


def see(bench: controls.Bench, consultation: Consultation) -> Iterator[Seen]:
    """Both ends, with and without pages cleared when they are freed."""
    if not bench.kernel.exists():
        raise NotHere(f"there is no kernel for a guest at {bench.kernel}: --kernel FILE")
    scanner = _looked_for(bench, consultation)
    initramfs = guest.packed(bench.shop, PACKAGES, ("kiskriv", "models", "demo"))
    for options in OPTIONS:
        for end in ENDS:
            with guest.guest(bench.shop, bench.kernel, initramfs, options, guest.MEMORY_FOR_ROOMS) as machine:
                yield from _ended(machine, scanner, consultation, end, options)
    initramfs.unlink()


def _looked_for(bench: controls.Bench, consultation: Consultation) -> Scanner:
    """The words of the same consultation, held outside."""
    with places.tmpfs(bench.shop) as memory:
        disk = memory / "disk"
        disk.mkdir()
        house = House.on([disk], memory)
        try:
            with screen(house, *consultation.arguments) as held:
                held.say("")
                held.hear()
                held.until("review")
                return Scanner(*consultation.canaries((*held.at["heard"], *held.at["noted"]), held.at["words"]))
        finally:
            house.leave()


def _ended(machine: Guest, scanner: Scanner, consultation: Consultation, end: str, options: str) -> Iterator[Seen]:
    recording = Path("/repository/demo") / consultation.file.name
    command = guest.python(
        shlex.join(("-m", "proof.screen", "hold", str(recording), str(SECONDS), consultation.start, "silent"))
    )
    environment = {"HOME": "/tmp/home", "XDG_RUNTIME_DIR": "/tmp/run", "PYTHONPATH": "/repository", **WIPING}  # noqa: S108
    for line in (
        "mkdir -m 700 /tmp/home /tmp/run; mkfifo /tmp/answers",
        "export " + shlex.join(f"{name}={value}" for name, value in environment.items()),
    ):
        machine.say(line)
        machine.hear("ENDED")
    machine.say(f"({command}) </tmp/answers & exec 3>/tmp/answers")
    machine.hear("HERE")
    for moment in ("recording", "review"):
        machine.say("echo on >&3")
        machine.hear(json.dumps({"at": moment}), but="failed")
    during = scanner.search(scan.file(machine.memory))
    way = f"{end}, {options or 'as the kernel is'}"
    words = during.kinds["words"]
    control = Control(
        "physical",
        f"in review, before {way}",
        words.planted * words.octets // max(1, words.cells),
        during.scanned,
        words.share,
        ENOUGH,
    )
    yield control
    if end == "normal":
        machine.say("echo discard >&3")
        machine.hear(json.dumps({"at": "ended"}), but="failed")
        machine.say("echo on >&3")
        machine.hear(json.dumps({"at": "left"}), but="failed")
        machine.say(f"echo on >&3; {_GONE}; echo OVER")
    else:
        machine.say(f"{_KILL}; {_GONE}; echo OVER")
    machine.hear("OVER")
    time.sleep(AFTER)
    after = scanner.search(scan.file(machine.memory))
    yield Row("physical memory", "review", way, control, after.scanned, after.residue, _met(after))


def _met(finding: Finding) -> str:
    return "; ".join(
        f"{kind} {found.octets} B as {', '.join(sorted(found.forms))}"
        for kind, found in finding.kinds.items()
        if found.cells
    )
