"""Ways out: each tried from inside the walls of a room, and without them; and a whole consultation watched by strace."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from proof import controls
from proof.house import REPOSITORY, House
from proof.places import NotHere, tool
from proof.table import Control, Row, Seen

CALLS = "socket,connect,bind,sendto,sendmsg,openat,open,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat"

_ABROAD = re.compile(r"\b(AF_INET6?|AF_PACKET|AF_VSOCK|AF_NETLINK|AF_BLUETOOTH)\b")
_WRITTEN = re.compile(
    r'(?:openat\([^"]*|open\(|creat\(|mkdirat?\([^"]*)"([^"]+)"(?=.*(?:O_WRONLY|O_RDWR|O_CREAT|O_TMPFILE|mkdir|creat\())'
)
_REFUSED = re.compile(r"= -1 E")


def see(bench: controls.Bench) -> Iterator[Seen]:
    """A row for each way; then what strace saw."""
    yield from _ways()
    if not bench.short:
        yield from _watched(bench)


def _ways() -> Iterator[Row]:
    from tests.machine.ways_out import try_all

    without, within = try_all(confined=False), try_all(confined=True)
    for name, arrives in without.items():
        control = (
            Control("ways out", name, 1, 1, 1.0)
            if arrives
            else Control("ways out", name, note="not open here even without walls")
        )
        yield Row(
            f"way out: {name}", "-", "behind walls", control, 1, int(within[name]), "" if arrives else control.note
        )


def _watched(bench: controls.Bench) -> Iterator[Row]:
    """The demo in a fresh home: sockets that lead out of the machine, and files written outside ledger and runtime folder."""
    folder = Path(tempfile.mkdtemp(prefix="watched-", dir=bench.shop))
    disk, memory = folder / "disk", folder / "memory"
    disk.mkdir()
    memory.mkdir()
    house = House.on([disk], memory)
    try:
        script = (
            "import socket, pathlib as p; socket.socket().close(); s = p.Path.home() / 'stray'; s.touch(); s.unlink()"
        )
        abroad, stray = _seen(house, folder / "control", sys.executable, "-c", script)
        control = Control("strace", "a socket and a stray file", 2, 2, ((abroad > 0) + ("stray" in str(stray))) / 2)
        abroad, stray = _seen(
            house, folder / "trace", sys.executable, "-m", "kiskriv", "demo", "--speed", "0", "--json"
        )
        yield Row("strace: lookups and sockets", "whole demo", "normal", control, 1, abroad)
        yield Row("strace: stray files", "whole demo", "normal", control, 1, len(stray), ", ".join(sorted(stray))[:200])
    finally:
        house.leave()


def _seen(house: House, trace: Path, *command: str) -> tuple[int, set[str]]:
    """Calls for a socket that leads out of the machine, and paths that were written to where nothing should be."""
    traced = [tool("strace"), "-f", "-qq", "-s", "256", "-e", f"trace={CALLS}", "-o", str(trace), *command]
    done = subprocess.run(
        house.command(*traced), env=house.environment, cwd=REPOSITORY,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NotHere("strace, or what it watched, failed")
    lines = trace.read_text(errors="replace").splitlines()
    done_lines = [line for line in lines if not _REFUSED.search(line)]  # a room tries its own walls
    abroad = sum(_ABROAD.search(line) is not None for line in done_lines)
    written = {found[1] for line in done_lines if (found := _WRITTEN.search(line))}
    expected = (str(house.data / "kiskriv"), str(house.runtime), "/dev/", "/proc/self/", "host", "room-")
    there = {
        str(path)
        for root in (house.home, house.temporary, house.cache, house.state, house.configuration, house.shared)
        for path in root.rglob("*")
    }
    return abroad, {path for path in written if not path.startswith(expected)} | there
