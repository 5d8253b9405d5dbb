"""What a confined process can still do, and what it cannot. Its ways out have a file of their own."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("built and measured on Linux", allow_module_level=True)

from kiskriv.machine import Walls, launch_environment
from kiskriv.machine.linux import seccomp

ROOT = Path(__file__).parents[2]
BEGIN = """
import ctypes, os, socket, sys, threading
from pathlib import Path
from kiskriv.machine import Walls, confine, harden, lock_memory
def refused(act, *arguments):
    try:
        act(*arguments)
    except PermissionError:
        return True
    except OSError as error:
        print(act, error, file=sys.stderr)
    return False
libc = ctypes.CDLL(None, use_errno=True)
def answer(call, *arguments):
    ctypes.set_errno(0)
    got = call(*arguments)
    return ctypes.get_errno() if got < 0 else 0
"""


def inside(program: str, *fds: int, walls: str = "Walls()", keep: str = "()") -> subprocess.Popen[str]:
    """A process that puts up walls, then runs the program, with the descriptors given to it."""
    start = f"{BEGIN}\nharden(); lock_memory(); reached = confine({walls}, {keep})\n{program}"
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-c", start],
        env=launch_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        pass_fds=fds,
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return out.split()


def test_walls_that_stand_are_named() -> None:
    assert said(inside("print(*sorted(reached))")) == ["files-walled", "no-sockets"]


def test_a_room_can_decode_answer_its_door_and_be_handed_a_line(tmp_path: Path) -> None:
    program = """
import numpy, onnxruntime, ctranslate2, faster_whisper
from faster_whisper.vad import get_vad_model
get_vad_model()
model = faster_whisper.WhisperModel(str(MODEL), compute_type="int8", cpu_threads=2, local_files_only=True)
heard = faster_whisper.audio.decode_audio(str(SOUND))[: 16000 * 8]
print(len(list(model.transcribe(heard, language="no", vad_filter=True)[0])) > 0)
line, _ = socket.socket(fileno=DOOR).accept()
print(line.recv(5).decode())
control = socket.socket(fileno=CONTROL)
_, given, _, _ = socket.recv_fds(control, 1, 1)
os.write(given[0], b"through")
control.sendall(b".")
thread = threading.Thread(target=lambda: print("thread")); thread.start(); thread.join()
"""
    ours, theirs = socket.socketpair()
    with socket.socket(socket.AF_UNIX) as door, ours, theirs:
        door.bind(str(tmp_path / "door"))
        door.listen()
        told = f"MODEL, SOUND, DOOR, CONTROL = {str(ROOT / 'models/demo-no')!r}, {str(ROOT / 'demo/consultation.flac')!r}, "
        room = inside(
            f"{told}{door.fileno()}, {theirs.fileno()}\n{program}",
            door.fileno(),
            theirs.fileno(),
            walls=f"Walls(readable=(Path({str(ROOT / 'models')!r}), Path({str(ROOT / 'demo')!r})), listens=True)",
            keep=f"({door.fileno()}, {theirs.fileno()})",
        )
        with socket.socket(socket.AF_UNIX) as guest:
            guest.connect(str(tmp_path / "door"))
            guest.sendall(b"knock")
            reading, writing = os.pipe()
            socket.send_fds(ours, [b"."], [writing])
            ours.settimeout(60)
            assert ours.recv(1) == b"."
            assert os.read(reading, 7) == b"through"
            os.close(reading)
            os.close(writing)
            assert said(room) == ["True", "knock", "thread"]


def test_nothing_that_was_inherited_is_left_but_what_is_kept() -> None:
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
        program = (
            "left = os.listdir('/proc/self/fd'); print(*(fd for fd in left if os.path.exists(f'/proc/self/fd/{fd}')))"
        )
        kept = said(inside(program, one.fileno(), other.fileno(), keep=f"({other.fileno()},)"))
        assert kept == ["0", "1", "2", str(other.fileno())]


def test_a_door_is_answered_only_by_one_who_listens(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door, socket.socket(socket.AF_UNIX) as guest:
        door.bind(str(tmp_path / "door"))
        door.listen()
        guest.connect(str(tmp_path / "door"))
        program = f"print(refused(socket.socket(fileno={door.fileno()}).accept))"
        assert said(inside(program, door.fileno(), keep=f"({door.fileno()},)")) == ["True"]


def test_files_are_read_and_written_only_where_it_was_said(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    for name in ("given", "hidden"):
        (tmp_path / name).write_text(name)
    folder = repr(str(tmp_path))
    program = f"""
new, given, hidden = Path({folder}, "here", "new"), Path({folder}, "given"), Path({folder}, "hidden")
new.write_text("new")
print(new.read_text(), given.read_text(), refused(hidden.read_text))
print(*(refused(file.write_text, "") for file in (given, hidden)), *(refused(file.unlink) for file in (given, hidden)))
print(refused(os.rename, new, Path({folder}, "moved")), refused(os.symlink, "words", Path({folder}, "link")))
print(refused(os.truncate, given, 0), refused(os.chmod, new, 0o777), refused(os.utime, new))
"""
    walls = f"Walls(readable=(Path({folder}, 'given'),), writable=(Path({folder}, 'here'),))"
    assert said(inside(program, walls=walls)) == ["new", "given", *["True"] * 10]
    assert [(tmp_path / name).read_text() for name in ("given", "hidden")] == ["given", "hidden"]


def test_a_sound_system_is_reached_by_local_sockets_and_by_nothing_else(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "door"))
        door.listen()
        program = f"""
line = socket.socket(socket.AF_UNIX); line.connect({str(tmp_path / "door")!r}); line.sendmsg([b"hello"])
print(refused(socket.socket, socket.AF_INET), refused(socket.socket, socket.AF_NETLINK), refused(line.bind, "\\0name"))
print(*reached)
"""
        assert said(inside(program, walls="Walls(local_sockets=True)")) == ["True", "True", "True", "files-walled"]


def test_the_keyring_is_for_one_who_asked() -> None:
    program = "print(answer(libc.syscall, {'x86_64': 250, 'aarch64': 219}[os.uname().machine], 0, -3, 0))"
    assert said(inside(program)) == ["1"]
    assert said(inside(program, walls="Walls(keyring=True)")) != ["1"]


def test_no_other_process_is_touched_and_none_started() -> None:
    program = """
print(refused(os.kill, os.getppid(), 0), refused(os.kill, 0, 0), refused(os.kill, -1, 0))
print(answer(libc.process_vm_readv, os.getppid(), None, 0, None, 0), answer(libc.process_vm_readv, os.getpid(), None, 0, None, 0) == 1)
print(answer(libc.ptrace, 16, os.getppid(), None, None), refused(os.pidfd_open, os.getppid()))
print(refused(os.execv, "/bin/true", ["true"]), refused(os.posix_spawn, "/bin/true", ["true"], {}))
print(refused(os.memfd_create, "x"), answer(libc.unshare, 0x10000000), answer(libc.mount, None, None, None, 0, None))
print(answer(libc.syscall, 435, None, 0))
"""
    yes = "True"
    assert said(inside(program)) == [yes, yes, yes, "1", "False", "1", yes, yes, yes, yes, "1", "1", "38"]


def test_what_was_switched_off_stays_off() -> None:
    program = "print(answer(libc.prctl, 4, 1, 0, 0, 0), answer(libc.prctl, 4, 0, 0, 0, 0), libc.prctl(3, 0, 0, 0, 0))"
    assert said(inside(program)) == ["1", "0", "0"]


def test_no_child_can_be_left_behind() -> None:
    program = """
import threading
thread = threading.Thread(target=print, args=("thread",))
thread.start()
thread.join()
print(refused(os.fork), refused(os.posix_spawn, sys.executable, [sys.executable], {}))
"""
    assert said(inside(program)) == ["thread", "True", "True"]


def test_a_process_can_still_end_itself() -> None:
    process = inside("os.abort()")
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGABRT


def test_a_second_thread_is_not_left_outside() -> None:
    program = f"""{BEGIN}
go = threading.Event(); threading.Thread(target=go.wait).start()
try:
    confine(Walls())
except RuntimeError:
    print("said")
go.set()
"""
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], env=launch_environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "said\n"


# The filter itself, on both architectures: run by a small interpreter of classic BPF.

ALLOWED, KILLED, NO_PERMISSION, NO_SUCH_CALL = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
X86, ARM = ("x86_64", 0xC000003E), ("aarch64", 0xC00000B7)


def verdict(
    walls: Walls, machine: tuple[str, int], number: int, *arguments: int, architecture: int = 0, pid: int = 77
) -> int:
    name, its_own = machine
    filled = (*arguments, *[0] * (6 - len(arguments)))
    facts = struct.pack("<IIQ6Q", number, architecture or its_own, 0, *(value & (1 << 64) - 1 for value in filled))
    program = list(struct.iter_unpack("HBBI", seccomp.assemble(walls, name, pid)))
    at = register = 0
    while True:
        code, yes, no, operand = program[at]
        at += 1
        if code == 0x20:
            register = struct.unpack_from("<I", facts, operand)[0]
        elif code == 0x06:
            return operand
        else:
            holds = {0x15: register == operand, 0x35: register >= operand, 0x45: bool(register & operand)}[code]
            at += yes if holds else no


@pytest.mark.parametrize(
    ("machine", "numbers"),
    [(X86, (0, 59, 41, 44, 56, 62, 157)), (ARM, (63, 221, 198, 206, 220, 129, 167))],
    ids=["x86_64", "aarch64"],
)
def test_the_filter_looks_at_arguments_where_the_number_does_not_decide(
    machine: tuple[str, int], numbers: tuple[int, ...]
) -> None:
    read, execve, socket_, sendto, clone, kill, prctl = numbers
    walls, local = Walls(), Walls(local_sockets=True)
    assert verdict(walls, machine, read, 3, 0x1000, 10) == ALLOWED
    assert verdict(walls, machine, execve, 0x1000) == NO_PERMISSION
    assert [verdict(walls, machine, socket_, family) for family in (1, 2, 10)] == [NO_PERMISSION] * 3
    assert [verdict(local, machine, socket_, family) for family in (1, 2, 10)] == [
        ALLOWED,
        NO_PERMISSION,
        NO_PERMISSION,
    ]
    addresses = (0, 0x1000, 0x7F0000000000)  # the last has an empty low half
    assert [verdict(walls, machine, sendto, 3, 0, 0, 0, a) for a in addresses] == [
        ALLOWED,
        NO_PERMISSION,
        NO_PERMISSION,
    ]
    assert verdict(walls, machine, clone, 0x3D0F00) == ALLOWED  # a thread, as glibc starts it
    assert verdict(walls, machine, clone, 17) == NO_PERMISSION  # a child
    assert verdict(walls, machine, clone, 0x10000000 | 0x10000) == NO_PERMISSION  # a thread in another namespace
    assert verdict(walls, machine, 435) == NO_SUCH_CALL
    assert [verdict(walls, machine, kill, pid) for pid in (77, 78, 0, -1)] == [ALLOWED, *[NO_PERMISSION] * 3]
    assert [verdict(walls, machine, prctl, *a) for a in ((4, 0), (4, 1), (38, 1))] == [ALLOWED, NO_PERMISSION, ALLOWED]


@pytest.mark.parametrize("machine", [X86, ARM], ids=["x86_64", "aarch64"])
def test_another_architecture_ends_the_process(machine: tuple[str, int]) -> None:
    assert verdict(Walls(), machine, 1, architecture=0x40000003) == KILLED  # i386
    assert verdict(Walls(), machine, 0x40000000 | 41) == KILLED  # x32


def _numbers(header: Path, prefixes: Sequence[str]) -> dict[str, int]:
    words = (line.split() for line in header.read_text().splitlines())
    return {
        line[1].removeprefix(prefix): int(line[2])
        for line in words
        for prefix in prefixes
        if len(line) > 2 and line[0] == "#define" and line[1].startswith(prefix) and line[2].isdecimal()
    }


@pytest.mark.parametrize(
    ("header", "column"),
    [("x86_64-linux-gnu/asm/unistd_64.h", 0), ("asm-generic/unistd.h", 1)],
    ids=["x86_64", "aarch64"],
)
def test_the_numbers_are_those_of_the_kernels_headers(header: str, column: int) -> None:
    path = Path("/usr/include", header)
    if not path.exists():
        pytest.skip("the kernel's headers are not installed")
    numbers = _numbers(path, ("__NR_", "__NR3264_"))
    ours = {name: number[column] for name, number in seccomp._refused(Walls()).items() if number[column]}
    assert {name: number for name, number in ours.items() if numbers.get(name, number) != number} == {}
    assert len(ours.keys() & numbers.keys()) > 80
