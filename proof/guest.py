"""A whole machine whose physical memory is a file: what memory keeps after a process has ended, that no process can see any more.

QEMU with a Linux kernel of its own, on an initramfs of Python and this package. The guest's memory is a file of the host's, and is searched
while the guest stands still, waiting for a line.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from sysconfig import get_path

from proof.places import MIB, NotHere, run, tool

MEMORY = 1024 * MIB
"""Octets of memory that a guest has which runs nothing but this package."""

MEMORY_FOR_ROOMS = 2048 * MIB
"""And one that holds a consultation: half of it is what the processes are made of."""

KERNEL_OPTIONS = "console=ttyS0 quiet panic=1"

_INIT = """\
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
stty raw -echo
echo GUEST
while read -r line; do
    eval "$line"
    sleep 1
    echo ENDED
done
poweroff -f
"""


class Guest:
    """A guest that runs one command after the other and answers on its serial line."""

    def __init__(self, process: subprocess.Popen[str], memory: Path) -> None:
        self._process = process
        self.memory = memory
        """Its physical memory, all of it, to be searched while the guest waits."""

    def say(self, line: str) -> None:
        """A line for what reads the serial line: a command, or input to the command that runs."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def hear(self, line: str, but: str = "") -> None:
        """Waits for a line that ends so. ENDED comes a second after a command has ended.

        Raises NotHere if the guest stops first, or says a line with `but` in it.
        """
        assert self._process.stdout is not None
        for heard in self._process.stdout:
            if heard.strip().endswith(line):
                return
            if but and but in heard:
                raise NotHere(f"the guest said {heard.strip()[:80]} before it said {line}")
        raise NotHere(f"the guest stopped before it said {line}")


@contextmanager
def guest(shop: Path, kernel: Path, initramfs: Path, options: str = "", octets: int = MEMORY) -> Iterator[Guest]:
    """A guest while the block lasts, started with `options` for its kernel, by emulation: that is slow and works everywhere."""
    memory = shop / "guest-memory"
    try:
        process = subprocess.Popen(
            [tool("setpriv"), "--pdeathsig", "KILL", tool("qemu-system-x86_64"),
             "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", f"{octets // MIB}M",
             "-object", f"memory-backend-file,id=ram,size={octets},mem-path={memory},share=on",
             "-machine", "pc,memory-backend=ram", "-nographic", "-nodefaults", "-no-reboot", "-serial", "stdio",
             "-kernel", kernel, "-initrd", initramfs, "-append", f"{KERNEL_OPTIONS} {options}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        try:
            started = Guest(process, memory)
            started.hear("GUEST")
            yield started
        finally:
            process.kill()
            process.communicate()
    finally:
        memory.unlink(missing_ok=True)


def python(arguments: str) -> str:
    """The guest's command line for a module of the repository's."""
    return f"cd /repository && {_interpreter()} {arguments}"


def packed(shop: Path, packages: Sequence[str] = ("numpy", "numpy.libs"), besides: Sequence[str] = ()) -> Path:
    """An initramfs with busybox, this Python, packages of its site-packages (patterns), this package and folders that lie beside it."""
    root = shop / "guest-root"
    for folder in ("bin", "proc", "sys", "dev", "tmp", "repository"):
        (root / folder).mkdir(parents=True)
    shutil.copy(tool("busybox"), root / "bin")
    (root / "init").write_text(_INIT)
    (root / "init").chmod(0o755)
    shutil.copytree(Path(__file__).parent, root / "repository/proof", ignore=_NOT_PACKED)
    library = Path(get_path("stdlib"))
    shutil.copytree(library, _under(root, library), ignore=_NOT_PACKED)
    for folder in besides:
        shutil.copytree(Path(__file__).parents[1] / folder, root / "repository" / folder, ignore=_NOT_PACKED)
        _given_time(root / "repository" / folder)
    site = _under(root, library) / "site-packages"  # where a process behind walls may read
    site.mkdir()
    for pattern in packages:
        for found in Path(get_path("purelib")).glob(pattern):
            if found.is_dir():
                shutil.copytree(found, site / found.name, ignore=_NOT_PACKED)
            else:
                shutil.copy(found, site)
    _copy(root, _interpreter())
    for needed in _needed(_interpreter(), *root.rglob("*.so"), *root.rglob("*.so.*")):
        _copy(root, needed)
    archive = shop / "guest-initramfs"
    _archive(root, archive)
    shutil.rmtree(root)
    return archive


_PATIENCE = re.compile(r"^(WARMING|LEAVING|ANSWERING|SEARCHING|LAST_WORDS) = ", re.MULTILINE)


def _given_time(folder: Path) -> None:
    """What is emulated takes its time: processes wait for each other twenty times as long as they would."""
    for module in folder.rglob("*.py"):
        module.write_text(_PATIENCE.sub(r"\1 = 20 * ", module.read_text()))


_NOT_PACKED = shutil.ignore_patterns(
    "__pycache__",
    "site-packages",
    "test",
    "tests",
    "idlelib",
    "tkinter",
    "ensurepip",
    "*.a",
    "config-3*",
    "consultation.json",  # what is said in the demo, in the clear
)


def _interpreter() -> Path:
    return Path(sys.executable).resolve()


def _under(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _copy(root: Path, path: Path) -> None:
    target = _under(root, path)
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)


def _needed(*files: Path) -> Iterator[Path]:
    """The shared libraries that some files are linked to, outside the archive."""
    for line in run("ldd", *files).splitlines():
        words = line.split()
        path = words[2] if "=>" in words and len(words) > 2 else words[0]
        if path.startswith("/") and not path.endswith(":") and "guest-root" not in path:
            yield Path(path)


def _archive(root: Path, archive: Path) -> None:
    """newc, the format that the kernel unpacks."""
    names = "\n".join(str(path.relative_to(root)) for path in sorted(root.rglob("*")))
    with archive.open("wb") as target:
        subprocess.run(
            [tool("cpio"), "--quiet", "-o", "-H", "newc", "-R", "0:0"],
            cwd=root, input=names.encode(), stdout=target, stderr=subprocess.DEVNULL, check=True,
        )  # fmt: skip
