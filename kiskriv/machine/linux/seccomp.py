"""Which system calls are refused: a seccomp filter in classic BPF (seccomp(2), include/uapi/linux/filter.h), assembled here.

It is a list of what is refused, not of what is allowed: the libraries that decode and draw call what they like of the rest, and a
refusal is EPERM, which they take for an old kernel. What it must close is every way for content to leave the process that Landlock
leaves open: sockets, other processes, other programs, memory that outlives the process, and the attributes of files.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Iterator
from typing import Final

from kiskriv.machine.linux import kernel
from kiskriv.machine.walls import Walls

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE = 0, 4  # offsets in struct seccomp_data; the arguments begin at 16, each low half first
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_X32: Final = 0x40000000
_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_A_THREAD: Final = 0x10000  # CLONE_THREAD
_NEW_NAMESPACES: Final = 0x7E020000  # CLONE_NEWNS, -CGROUP, -UTS, -IPC, -USER, -PID, -NET
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_AF_UNIX: Final = 1

_Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, operand

# x86-64, aarch64; 0 where the architecture has no such call. From arch/x86/entry/syscalls and include/uapi/asm-generic/unistd.h.
_NAMING_A_PEER: Final = {
    "socketpair": (53, 199),
    "connect": (42, 203),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
}
_BEING_A_PEER: Final = {"bind": (49, 200), "listen": (50, 201)}
_ACCEPTING: Final = {"accept": (43, 202), "accept4": (288, 242)}
_KEYRING: Final = {"add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219)}
_PROGRAMS: Final = {"execve": (59, 221), "execveat": (322, 281)}
_OTHER_PROCESSES: Final = {
    "ptrace": (101, 117),
    "process_vm_writev": (311, 271),
    "tkill": (200, 130),
    "kcmp": (312, 272),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
}
_OUTLIVING_MEMORY: Final = {
    "memfd_create": (319, 279),
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
}
_ATTRIBUTES_OF_FILES: Final = {  # Landlock leaves these open
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": (463, 463),
    "removexattrat": (466, 466),
    "chmod": (90, 0),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, 0),
    "lchown": (94, 0),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, 0),
    "utimes": (235, 0),
    "futimesat": (261, 0),
    "utimensat": (280, 88),
}
_MOUNTS_AND_NAMESPACES: Final = {
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
}
_KERNEL: Final = {
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "acct": (163, 89),
    "syslog": (103, 116),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "lookup_dcookie": (212, 18),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "personality": (135, 92),
    "fork": (57, 0),
    "vfork": (58, 0),
    "iopl": (172, 0),
    "ioperm": (173, 0),
    "modify_ldt": (154, 0),
}
_BY_ARGUMENT: Final = {
    "socket": (41, 198),
    "sendto": (44, 206),
    "process_vm_readv": (310, 270),
    "kill": (62, 129),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "prctl": (157, 167),
    "clone": (56, 220),
    "clone3": (435, 435),
    "ioctl": (16, 29),
}


def refuse(walls: Walls) -> bool:
    """Installs the filter on every thread, for good; False where this kernel or architecture has no seccomp that is known here.

    A call of a foreign architecture (32-bit, x32) ends the process, as no number of it is checked.
    """
    if kernel.MACHINE not in _AUDIT_ARCH:
        return False
    program = assemble(walls, kernel.MACHINE, os.getpid())
    octets = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(octets))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    try:
        answer = kernel.call(
            kernel.SECCOMP[kernel.MACHINE],
            _SET_MODE_FILTER,
            _ALL_THREADS,
            ctypes.cast(ctypes.create_string_buffer(header, len(header)), ctypes.c_void_p),
        )
    except OSError:
        return False
    return answer == 0


def assemble(walls: Walls, machine: str, pid: int) -> bytes:
    """The filter for a process with this number on this architecture: struct sock_filter[], eight octets each."""
    return b"".join(struct.pack("HBBI", *instruction) for instruction in _program(walls, machine, pid))


def _program(walls: Walls, machine: str, pid: int) -> Iterator[_Instruction]:
    column = tuple(_AUDIT_ARCH).index(machine)
    yield _LOAD, 0, 0, _ARCHITECTURE
    yield _EQUAL, 1, 0, _AUDIT_ARCH[machine]
    yield _RETURN, 0, 0, _KILL
    yield _LOAD, 0, 0, _NUMBER
    yield _AT_LEAST, 0, 1, _X32
    yield _RETURN, 0, 0, _KILL
    for name, numbers in _refused(walls).items():
        if number := numbers[column]:
            yield from _when(number, _answer(name, walls, pid))
    yield _RETURN, 0, 0, _ALLOW


def _refused(walls: Walls) -> dict[str, tuple[int, int]]:
    return {
        **_BY_ARGUMENT,
        **({} if walls.local_sockets else _NAMING_A_PEER),
        **_BEING_A_PEER,
        **({} if walls.listens else _ACCEPTING),
        **({} if walls.keyring else _KEYRING),
        **_PROGRAMS,
        **_OTHER_PROCESSES,
        **_OUTLIVING_MEMORY,
        **_ATTRIBUTES_OF_FILES,
        **_MOUNTS_AND_NAMESPACES,
        **_KERNEL,
    }


def _when(number: int, body: list[_Instruction]) -> Iterator[_Instruction]:
    yield _EQUAL, 0, len(body), number
    yield from body


def _answer(name: str, walls: Walls, pid: int) -> list[_Instruction]:
    allow, refusal = (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    unix_only = [_low(0), (_EQUAL, 0, 1, _AF_UNIX), allow, refusal]
    itself_only = [_low(0), (_EQUAL, 0, 1, pid), allow, refusal]
    return {
        "socket": unix_only if walls.local_sockets else [refusal],
        # to the connected peer only: without an address
        "sendto": [_low(4), (_EQUAL, 0, 3, 0), _high(4), (_EQUAL, 0, 1, 0), allow, refusal],
        "process_vm_readv": itself_only,
        "kill": itself_only,
        "tgkill": itself_only,
        "rt_sigqueueinfo": itself_only,
        "rt_tgsigqueueinfo": itself_only,
        # PR_SET_DUMPABLE is not taken back
        "prctl": [_low(0), (_EQUAL, 0, 3, kernel.PR_SET_DUMPABLE), _low(1), (_EQUAL, 1, 0, 0), refusal, allow],
        # threads, and no child: one that outlived this process would keep what it knew
        "clone": [_low(0), (_ANY_BIT, 2, 0, _NEW_NAMESPACES), (_ANY_BIT, 0, 1, _A_THREAD), allow, refusal],
        # its flags lie in memory, where no filter sees them: glibc goes back to clone
        "clone3": [(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)],
        # no keys pressed on a terminal that it holds
        "ioctl": [_low(1), (_EQUAL, 1, 0, _TIOCSTI), (_EQUAL, 0, 1, _TIOCLINUX), refusal, allow],
    }.get(name, [refusal])


def _low(argument: int) -> _Instruction:
    return _LOAD, 0, 0, 16 + 8 * argument


def _high(argument: int) -> _Instruction:
    return _LOAD, 0, 0, 20 + 8 * argument
