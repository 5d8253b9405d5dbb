"""The key of a session: looked for in the memory of a process that was started as a room is, from outside and by its own search."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

from proof import scan
from proof.canary import Key
from proof.house import REPOSITORY
from proof.places import NotHere
from proof.scan import Finding, Scanner
from proof.sessions import SECONDS, Consultation
from proof.table import Control, Row, Seen

STEPS = ("sealed", "planted", "wiped", "erased")


def see(consultation: Consultation) -> Iterator[Seen]:
    """While it lives, with a copy planted, without, and erased."""
    from kiskriv.machine import launch_command, launch_environment

    process = subprocess.Popen(
        launch_command("proof.locked", str(consultation.file), str(SECONDS)),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=launch_environment() | {"PYTHONPATH": str(REPOSITORY)}, cwd=REPOSITORY,
    )  # fmt: skip
    findings: dict[str, Finding] = {}
    own: dict[str, str] = {}
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        scanner: Scanner | None = None
        for step in STEPS:
            said, *facts = process.stdout.readline().split() or [""]
            if said != step:
                raise NotHere(f"the process with the key ended before it had {step}")
            if step == "sealed":
                mask, masked = map(bytes.fromhex, facts)
                key = Key(bytes(a ^ b for a, b in zip(mask, masked, strict=True)))
                scanner = Scanner(key.canary, consultation.sound)
            else:
                own[step] = facts[0]
            assert scanner is not None
            findings[step] = scanner.search(scan.memory(process.pid))
            process.stdin.write("on\n")
            process.stdin.flush()
    finally:
        process.kill()
        process.communicate()
    share = findings["planted"].kinds["key"].share
    control = Control(
        "memory", f"a copy of the key; its own search met {own['planted']}", 32, findings["planted"].scanned, share
    )
    yield control
    for step in ("sealed", "wiped", "erased"):
        finding = findings[step]
        note = f"its own search met {own[step]}" if step in own else "the key is in use"
        yield Row("memory: key and sound", "recording", step, control, finding.scanned, finding.residue, note)
