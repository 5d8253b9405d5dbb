"""What this machine promises, tried and not assumed."""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import subprocess
import sys

import pytest

from kiskriv.machine import promises, search_memory, silence, uninterrupted

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="built and measured on Linux")


def test_a_secret_in_memory_is_found_and_an_absent_one_is_not() -> None:
    mask, masked = os.urandom(32), os.urandom(32)
    assert search_memory(mask, masked) == 0
    secret = bytearray(a ^ b for a, b in zip(mask, masked, strict=True))
    found = search_memory(mask, masked)
    assert found is not None and found >= 1
    secret[:] = bytes(len(secret))


def test_the_search_goes_on_behind_a_page_that_cannot_be_read() -> None:
    guarded = mmap.mmap(-1, 3 * mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    page = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(guarded)))
    if ctypes.CDLL(None).madvise(page, ctypes.c_size_t(mmap.PAGESIZE), 102) != 0:
        pytest.skip("this kernel has no MADV_GUARD_INSTALL (Linux 6.13)")
    mask, masked = os.urandom(32), os.urandom(32)
    for place, (a, b) in enumerate(zip(mask, masked, strict=True), start=2 * mmap.PAGESIZE):
        guarded[place] = a ^ b
    assert search_memory(mask, masked) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_waits_until_the_erasure_is_done(number: signal.Signals) -> None:
    steps = []
    before = signal.signal(number, lambda *_: steps.append("signal"))
    try:
        with uninterrupted():
            signal.raise_signal(number)
            steps.append("erased")
        assert steps == ["erased", "signal"]
        signal.raise_signal(number)
        assert steps == ["erased", "signal", "signal"]
    finally:
        signal.signal(number, before)


def test_silence_overrules_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORT_DISABLE_TELEMETRY", "0")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    silence()
    assert os.environ["ORT_DISABLE_TELEMETRY"] == os.environ["HF_HUB_OFFLINE"] == "1"


def test_a_hardened_process_leaves_no_core_file_and_can_still_look_at_itself() -> None:
    program = (
        "from kiskriv.machine import harden, promises, search_memory; harden(); secret = bytearray(range(1, 33)); "
        "print({p.name: p.kept for p in promises()}['core-files'], search_memory(bytes(32), bytes(range(1, 33))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    kept, found = done.stdout.split()
    assert kept == "True"
    assert int(found) >= 1


def test_every_promise_says_what_was_read() -> None:
    assert {p.name for p in promises()} >= {"swap", "core-files", "locked-memory", "secret-memory"}
    assert all(p.detail for p in promises())
