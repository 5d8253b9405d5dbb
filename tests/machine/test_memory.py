"""Memory: a key's page, a search that finds, a process that leaves no core file."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from kiskriv.machine import PageKind, launch_environment, promises, search_memory, secret_page

if sys.platform != "linux":
    pytest.skip("built and measured on Linux", allow_module_level=True)

from kiskriv.machine.linux import kernel
from kiskriv.machine.linux.memory import reachable

MASK, MASKED = bytes(range(1, 33)), bytes(range(101, 133))
SECRET = bytes(a ^ b for a, b in zip(MASK, MASKED, strict=True))


def halves() -> tuple[bytes, bytes]:
    return os.urandom(32), os.urandom(32)


def put(place: bytearray | mmap.mmap | memoryview, at: int, mask: bytes, masked: bytes) -> None:
    for offset, (a, b) in enumerate(zip(mask, masked, strict=True)):
        place[at + offset] = a ^ b


def in_a_process(program: str, **changed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env={**launch_environment(), **changed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_secret_in_memory_is_found_and_an_absent_one_is_not() -> None:
    mask, masked = halves()
    assert search_memory(mask, masked) == 0
    secret = bytearray(32)
    put(secret, 0, mask, masked)
    found = search_memory(mask, masked)
    assert found is not None and found >= 1
    secret[:] = bytes(len(secret))


def test_the_search_goes_on_behind_a_page_that_cannot_be_read() -> None:
    guarded = mmap.mmap(-1, 3 * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    page = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(guarded)))
    if ctypes.CDLL(None).madvise(page, ctypes.c_size_t(mmap.PAGESIZE), 102) != 0:
        pytest.skip("this kernel has no MADV_GUARD_INSTALL (Linux 6.13)")
    mask, masked = halves()
    put(guarded, 2 * mmap.PAGESIZE, mask, masked)
    assert search_memory(mask, masked) == 1


def test_a_page_keeps_what_is_written_until_it_is_wiped() -> None:
    page = secret_page()
    assert page.blank and len(page.octets) == mmap.PAGESIZE
    page.octets[:4] = b"kept"
    assert bytes(page.octets[:4]) == b"kept" and not page.blank
    page.wipe()
    assert page.blank
    assert str(page.kind) in repr(page)


def test_a_page_goes_into_no_child_and_no_core_file() -> None:
    page = secret_page()
    start = f"{ctypes.addressof(ctypes.c_char.from_buffer(page.octets)):x}-"
    areas = Path("/proc/self/smaps").read_text().split("VmFlags:")
    flags = next(after for before, after in pairwise(areas) if f"\n{start}" in before)
    assert {"dc", "dd"} <= set(flags.splitlines()[0].split())


def test_secret_memory_is_taken_where_there_is_any() -> None:
    try:
        descriptor = kernel.call(kernel.MEMFD_SECRET, os.O_CLOEXEC)
    except OSError:
        pytest.skip("this kernel gives no secret memory")
    os.ftruncate(descriptor, mmap.PAGESIZE)
    with mmap.mmap(descriptor, mmap.PAGESIZE) as page:
        assert (secret_page().kind is PageKind.MEMFD_SECRET) is reachable(page)
    os.close(descriptor)


def test_no_search_meets_a_secret_in_secret_memory() -> None:
    page = secret_page()
    if page.kind is not PageKind.MEMFD_SECRET:
        pytest.skip("this kernel gives no secret memory")
    mask, masked = halves()
    put(page.octets, 0, mask, masked)
    assert search_memory(mask, masked) == 0
    page.wipe()


def test_pages_are_to_be_had_on_any_thread_and_given_back() -> None:
    before, kinds = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, []
    threads = [threading.Thread(target=lambda: kinds.extend(secret_page().kind for _ in range(1500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(kinds) == {secret_page().kind}  # 6,000 pages at once would pass the usual limit of 8 MiB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 << 10


def test_without_the_right_to_lock_the_page_is_plain_and_works() -> None:
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_MEMLOCK, (0, 0))\n"
        "import ctypes; ctypes.CDLL(None).prctl(24, 14, 0, 0, 0)\n"  # PR_CAPBSET_DROP, CAP_IPC_LOCK: as an ordinary user
        "import os; os.getuid() or (os.setgroups([]), os.setresuid(65534, 65534, 65534))\n"
        "from kiskriv.machine import lock_memory, secret_page; page = secret_page(); page.octets[0] = 7\n"
        "print(page.kind, page.octets[0], lock_memory())"
    )
    assert in_a_process("import kiskriv.machine\n" + program).split() == ["plain", "7", "False"]


def test_a_page_that_would_end_the_process_at_first_touch_is_known_before() -> None:
    behind = os.memfd_create("gone")
    os.ftruncate(behind, mmap.PAGESIZE)
    with mmap.mmap(behind, mmap.PAGESIZE) as page:
        assert reachable(page)
        os.ftruncate(behind, 0)  # from here on a touch is SIGBUS
        assert not reachable(page)
    os.close(behind)


def test_memory_that_is_locked_once_leaves_room_for_more() -> None:
    program = (
        "from kiskriv.machine import Fact, kept, lock_memory, promises; locked = lock_memory(); more = bytearray(64 << 20)\n"
        "print(len(more) >> 20, locked <= (Fact.MEMORY_LOCKED in kept(promises())))"
    )
    assert in_a_process(program).split() == ["64", "True"]


def test_a_limit_is_as_it_was_when_memory_could_not_be_locked() -> None:
    program = (
        "import os, resource; from kiskriv.machine import lock_memory; before = resource.getrlimit(resource.RLIMIT_MEMLOCK)\n"
        "os.getuid() or os.setresuid(65534, 65534, 65534)\n"
        "print(before[1] == -1 or (lock_memory(), resource.getrlimit(resource.RLIMIT_MEMLOCK)) == (False, before))"
    )
    assert in_a_process(program).split() == ["True"]


def test_a_hardened_process_leaves_no_core_file_and_can_still_look_at_itself() -> None:
    program = (
        "from kiskriv.machine import harden, kept, promises, search_memory; harden(); secret = bytearray(range(1, 33)); "
        "print(*sorted(kept(promises()) & {'no-core-files', 'no-huge-pages'}), search_memory(bytes(32), bytes(range(1, 33))))"
    )
    cores, pages, found = in_a_process(program).split()
    assert (cores, pages) == ("no-core-files", "no-huge-pages")
    assert int(found) >= 1


def test_a_hardened_process_can_gain_no_rights() -> None:
    program = "from kiskriv.machine import harden; harden(); print(*open('/proc/self/status').read().split())"
    said = in_a_process(program).split()
    assert said[said.index("NoNewPrivs:") + 1] == "1"


def test_every_promise_says_what_was_read() -> None:
    assert all(promise.detail for promise in promises())
