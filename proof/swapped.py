"""A consultation under forced pressure: what the processes of a house leave on the swap device, beside a process that locks nothing."""

from __future__ import annotations

from collections.abc import Iterator

from proof import controls, places, scan
from proof.canary import Cells
from proof.house import House, screen
from proof.scan import Scanner
from proof.sessions import Consultation
from proof.subject import Holder
from proof.table import ENOUGH_OF_SWAP, Control, Row, Seen

HELD = 1 << 18
"""Cells that the unlocked process holds: 8 MiB."""

MOMENTS = ("recording", "review", "delivering")


def see(bench: controls.Bench, consultation: Consultation) -> Iterator[Seen]:
    """Pressed at every moment, then ended as it should be."""
    for moment in MOMENTS:
        yield _pressed(bench, consultation, moment)


def _pressed(bench: controls.Bench, consultation: Consultation, moment: str) -> Row:
    planted = Cells(f"{bench.start} swapped {moment}", HELD)
    with places.tmpfs(bench.shop) as memory:
        disk = memory / "disk"
        disk.mkdir()
        house = House.on([disk], memory)
        with places.swap(bench.shop) as pressed:
            try:
                with Holder(planted.seed, HELD) as holder, screen(house, *consultation.arguments) as held:
                    for process in (holder.pid, held.pid):
                        pressed.take_in(process)
                    holder.hold()
                    held.say("")
                    held.hear()
                    held.until(moment)
                    at = held.at
                    used = pressed.squeeze()
                    pressed.ease()
                    held.until("left")
            finally:
                house.leave()
        canaries = consultation.canaries((*at["heard"], *at["noted"]), at["words"])
        finding = Scanner(*canaries, planted.canary).search(scan.file(pressed.raw))
    pressed.raw.unlink()
    share = finding.kinds["cells"].share
    control = Control("swap", "in this very cell", HELD * 32, finding.scanned, share, ENOUGH_OF_SWAP)
    met = [(kind, found) for kind, found in finding.kinds.items() if kind != "cells" and found.cells]
    note = "; ".join(
        (f"{used >> 20} MiB swapped", *(f"{kind} as {', '.join(sorted(found.forms))}" for kind, found in met))
    )
    return Row("swap", moment, "normal", control, finding.scanned, sum(found.octets for _, found in met), note)
