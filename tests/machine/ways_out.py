"""Every way that words could leave a process of ours, tried for real, with receivers that look whether they arrived.

    python -m tests.machine.ways_out            from inside the walls
    python -m tests.machine.ways_out --open     without walls: the control, which says what this machine would let through

Prints one line of JSON, the name of each way and whether it was open. Receivers and attempts live in a network namespace of their own
where that can be had, so that nothing leaves the machine, and a name server that listens there sees what is looked up.
"""

from __future__ import annotations

import ctypes
import dataclasses
import json
import os
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kiskriv.machine import Walls, confine, harden, launch_environment, lock_memory

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds for all ways together

_libc = ctypes.CDLL(None, use_errno=True)
_LOOPBACK4, _LOOPBACK6 = "127.0.0.1", "::1"
_NEW_MOUNTS, _NEW_USER, _NEW_NETWORK = 0x00020000, 0x10000000, 0x40000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_MSG_FASTOPEN, _MPTCP = 0x20000000, 262
_IO_URING_SETUP = 425
_IPC_PRIVATE, _IPC_RMID = 0, 0
_DNS = 53


@dataclass(frozen=True)
class Target:
    """Where the receivers are, and the tag that begins every word they wait for."""

    tag: str
    tcp4: int
    tcp6: int
    udp4: int
    abstract: str
    path: str
    datagrams: str
    folder: str
    shared: str
    attributed: str
    inherited: int
    parent: int


@dataclass(frozen=True)
class Way:
    """`open_it` sends the word it is given or raises; `sends` is False where the call alone is what counts."""

    name: str
    open_it: Callable[[Target, bytes], None]
    sends: bool = True


def attempt(way: Way, target: Target) -> bool:
    """Whether the way could be gone; whether anything arrived is the receiver's to say."""
    try:
        way.open_it(target, _word(target, way))
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def try_all(confined: bool) -> dict[str, bool]:
    """Every way's name, and whether it was open. Raises subprocess.CalledProcessError when that could not be tried."""
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-m", "tests.machine.ways_out", *([] if confined else ["--open"])],
        env={**launch_environment(), "PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", os.defpath)},
        stdout=subprocess.PIPE,
        check=True,
        timeout=2 * PATIENCE,
    )
    return dict(json.loads(done.stdout))


# The ways.


def _tcp4(target: Target, word: bytes) -> None:
    with socket.create_connection((_LOOPBACK4, target.tcp4), 3) as line:
        line.sendall(word)


def _tcp6(target: Target, word: bytes) -> None:
    with socket.create_connection((_LOOPBACK6, target.tcp6), 3) as line:
        line.sendall(word)


def _udp4(target: Target, word: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.sendto(word, (_LOOPBACK4, target.udp4))


def _by_ctypes(kind: int, port: int, word: bytes) -> None:
    address = struct.pack("=HH4s8x", socket.AF_INET, socket.htons(port), socket.inet_aton(_LOOPBACK4))
    descriptor = _answered(_libc.socket(socket.AF_INET, kind, 0))
    try:
        _answered(_libc.connect(descriptor, address, len(address)))
        _answered(_libc.send(descriptor, word, len(word), 0))
    finally:
        os.close(descriptor)


def _fast_open(target: Target, word: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
        line.sendto(word, _MSG_FASTOPEN, (_LOOPBACK4, target.tcp4))


def _mptcp(target: Target, word: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, _MPTCP) as line:
        line.connect((_LOOPBACK4, target.tcp4))
        line.sendall(word)


def _curl(target: Target, word: bytes) -> None:
    url = f"http://{_LOOPBACK4}:{target.tcp4}/{word.decode()}"
    subprocess.run(["curl", "-s", "--noproxy", "*", "--max-time", "3", url], check=False, stdout=subprocess.DEVNULL)


def _bash(target: Target, word: bytes) -> None:
    subprocess.run(["bash", "-c", f"echo {word.decode()} > /dev/udp/{_LOOPBACK4}/{target.udp4}"], check=True)


def _dns(target: Target, word: bytes) -> None:
    with suppress(socket.gaierror):  # that there is no such name is the answer
        socket.getaddrinfo(f"{word.decode()}.example", 80)


def _unix(address: str, word: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(address)
        line.sendall(word)


def _file(folder: str, word: bytes) -> None:
    Path(folder, word.decode()).write_bytes(word)


def _memory_of_the_parent(target: Target, word: bytes) -> None:
    Path(f"/proc/{target.parent}/mem").open("r+b", buffering=0).close()


def _io_uring(target: Target, word: bytes) -> None:
    os.close(_answered(_libc.syscall(_IO_URING_SETUP, 1, ctypes.create_string_buffer(120))))


def _made(family: int, kind: int, protocol: int = 0) -> None:
    socket.socket(family, kind, protocol).close()


def _inherited(target: Target, word: bytes) -> None:
    os.write(target.inherited, word)


def _attribute_of_a_file(target: Target, word: bytes) -> None:
    os.setxattr(target.attributed, "user.kiskriv", word)


def _shared_memory(target: Target, word: bytes) -> None:
    segment = _answered(_libc.shmget(_IPC_PRIVATE, 4096, 0o600))
    _libc.shmctl(segment, _IPC_RMID, None)


def _message_queue(target: Target, word: bytes) -> None:
    os.close(_answered(_libc.mq_open(b"/" + word, os.O_CREAT | os.O_RDWR, 0o600, None)))
    _libc.mq_unlink(b"/" + word)


def _datagram_from_a_pair(target: Target, word: bytes) -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.sendmsg([word], [], 0, target.datagrams)


WAYS: tuple[Way, ...] = (
    Way("tcp-v4", _tcp4),
    Way("tcp-v6", _tcp6),
    Way("udp", _udp4),
    Way("tcp-by-ctypes", lambda target, word: _by_ctypes(socket.SOCK_STREAM, target.tcp4, word)),
    Way("udp-by-ctypes", lambda target, word: _by_ctypes(socket.SOCK_DGRAM, target.udp4, word)),
    Way("tcp-fast-open", _fast_open),
    Way("mptcp", _mptcp),
    Way("curl", _curl),
    Way("bash-dev-udp", _bash),
    Way("dns", _dns),
    Way("abstract-unix", lambda target, word: _unix(f"\0{target.abstract}", word)),
    Way("path-unix", lambda target, word: _unix(target.path, word)),
    Way("temporary-file", lambda target, word: _file(target.folder, word)),
    Way("dev-shm", lambda target, word: _file(target.shared, word)),
    Way("memory-of-the-parent", _memory_of_the_parent, sends=False),
    Way("io-uring", _io_uring, sends=False),
    Way("raw", lambda *_: _made(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP), sends=False),
    Way("packet", lambda *_: _made(socket.AF_PACKET, socket.SOCK_RAW), sends=False),
    Way("vsock", lambda *_: _made(socket.AF_VSOCK, socket.SOCK_STREAM), sends=False),
    Way("inherited-socket", _inherited),
    # What Landlock and a filter of socket() alone would leave open.
    Way("attribute-of-a-file", _attribute_of_a_file),
    Way("system-v-shared-memory", _shared_memory, sends=False),
    Way("message-queue", _message_queue, sends=False),
    Way("datagram-from-a-pair", _datagram_from_a_pair),
)
"""The twenty routes of the security notes (T7), then four more."""


# The receivers.


class Receiver:
    """Listens on every door and keeps what comes; it answers no more than a client needs to go on."""

    def __init__(self, folder: Path, tag: str) -> None:
        self._heard = bytearray()
        self._doors = selectors.DefaultSelector()
        self._stop, self._stopping = socket.socketpair()
        self._doors.register(self._stop, selectors.EVENT_READ)
        tcp4 = self._listen(socket.AF_INET, socket.SOCK_STREAM, (_LOOPBACK4, 0))
        with_six = self._try(socket.AF_INET6, socket.SOCK_STREAM, (_LOOPBACK6, 0))
        udp4 = self._listen(socket.AF_INET, socket.SOCK_DGRAM, (_LOOPBACK4, 0))
        self._try(socket.AF_INET, socket.SOCK_DGRAM, (_LOOPBACK4, _DNS))
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{tag}")
        self._listen(socket.AF_UNIX, socket.SOCK_STREAM, str(folder / "door"))
        self._listen(socket.AF_UNIX, socket.SOCK_DGRAM, str(folder / "datagrams"))
        self.given = socket.create_connection(tcp4.getsockname())
        """A connected socket, for a child to inherit."""
        (folder / "attributed").touch()
        self.target = Target(
            tag=tag,
            tcp4=tcp4.getsockname()[1],
            tcp6=with_six.getsockname()[1] if with_six else 1,
            udp4=udp4.getsockname()[1],
            abstract=tag,
            path=str(folder / "door"),
            datagrams=str(folder / "datagrams"),
            folder=str(folder),
            shared="/dev/shm",
            attributed=str(folder / "attributed"),
            inherited=self.given.fileno(),
            parent=os.getpid(),
        )
        self._thread = threading.Thread(target=self._listen_on, daemon=True)
        self._thread.start()

    def arrived(self, way: Way) -> bool:
        """Whether the way's word came, by a door or in a file; to be asked after `close`."""
        word = _word(self.target, way)
        return any(word in heard for heard in (self._heard, *self._in_files(word.decode())))

    def close(self) -> None:
        """Takes what is still on its way, then stops."""
        self._stopping.send(b".")
        self._thread.join()
        for key in list(self._doors.get_map().values()):
            key.fileobj.close()
        for left in (self.given, self._stopping, self._doors):
            left.close()

    def _in_files(self, name: str) -> Iterator[bytes]:
        for folder in (self.target.folder, self.target.shared):
            with suppress(OSError):
                yield Path(folder, name).read_bytes()
                Path(folder, name).unlink()
        with suppress(OSError):
            yield os.getxattr(self.target.attributed, "user.kiskriv")

    def _listen(self, family: int, kind: int, address: object) -> socket.socket:
        door = socket.socket(family, kind)
        try:
            door.bind(address)
            if kind == socket.SOCK_STREAM:
                door.listen()
        except OSError:
            door.close()
            raise
        door.setblocking(False)
        self._doors.register(door, selectors.EVENT_READ)
        return door

    def _try(self, family: int, kind: int, address: object) -> socket.socket | None:
        try:
            return self._listen(family, kind, address)
        except OSError:  # no such family here, or the port is another's
            return None

    def _listen_on(self) -> None:
        stopping = False
        while ready := self._doors.select(0.2 if stopping else None):
            for key, _ in ready:
                if key.fileobj is self._stop:
                    stopping = True
                    self._doors.unregister(self._stop)
                    self._stop.close()
                else:
                    self._take(key.fileobj)

    def _take(self, door: socket.socket) -> None:
        if door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            line, _ = door.accept()
            line.setblocking(False)
            self._doors.register(line, selectors.EVENT_READ)
        elif door.type == socket.SOCK_DGRAM:
            octets, sender = door.recvfrom(4096)
            self._heard += octets
            if door.family == socket.AF_INET and door.getsockname()[1] == _DNS:
                door.sendto(octets[:2] + b"\x81\x83" + octets[4:], sender)  # no such name (RFC 1035, 4.1.1)
        else:
            with suppress(OSError):
                self._heard += door.recv(4096)
            self._doors.unregister(door)
            door.close()


@contextmanager
def _place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="ways-out-") as folder:
        yield Path(folder)


def receive(confined: bool) -> dict[str, bool]:
    """Listens, lets a child try every way, and says which were open."""
    with _place() as folder:
        network_of_our_own(folder)
        receiver = Receiver(folder, f"kiskriv-{os.urandom(6).hex()}")
        child = subprocess.run(
            [sys.executable, "-P", "-s", "-m", "tests.machine.ways_out", "--try", *([] if confined else ["--open"])],
            input=json.dumps(dataclasses.asdict(receiver.target)).encode(),
            stdout=subprocess.PIPE,
            pass_fds=[receiver.given.fileno()],
            timeout=PATIENCE,
            check=True,
        )
        gone = json.loads(child.stdout)
        receiver.close()
        return {way.name: receiver.arrived(way) if way.sends else gone[way.name] for way in WAYS}


def network_of_our_own(folder: Path) -> bool:
    """A namespace with nothing but loopback, whose name server is here; False where that cannot be had."""
    uid, gid = os.getuid(), os.getgid()
    if _libc.unshare(_NEW_USER | _NEW_NETWORK | _NEW_MOUNTS) != 0:
        return False
    for file, said in (("setgroups", "deny"), ("uid_map", f"0 {uid} 1"), ("gid_map", f"0 {gid} 1")):
        Path("/proc/self", file).write_text(said)
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(any_socket, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | _IFF_UP))
    resolver = folder / "resolv.conf"
    resolver.write_text(f"nameserver {_LOOPBACK4}\noptions attempts:1 timeout:2\n")
    _libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    _libc.mount(bytes(resolver), bytes(Path("/etc/resolv.conf").resolve()), None, _MS_BIND, None)
    return True


def try_from_here(confined: bool) -> dict[str, bool]:
    """In the child: up with the walls, as a room does it, then every way in turn."""
    target = Target(**json.load(sys.stdin))
    if confined:
        harden()
        lock_memory()
        confine(Walls(listens=True))
    return {way.name: attempt(way, target) for way in WAYS}


def _word(target: Target, way: Way) -> bytes:
    return f"{target.tag}-{WAYS.index(way):02}".encode()  # none begins with another


def _answered(answer: int) -> int:
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return answer


if __name__ == "__main__":
    confined = "--open" not in sys.argv
    json.dump((try_from_here if "--try" in sys.argv else receive)(confined), sys.stdout)
