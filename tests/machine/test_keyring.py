"""The kernel's keyring: what is held there outlives its process, and nothing else."""

from __future__ import annotations

import errno
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.machine import keyring

pytestmark = pytest.mark.skipif(not keyring.present(), reason="no keyring in this kernel, or it is forbidden here")

SOMEBODY = 12345
"""A user with no process, no login and no name."""

IN_A_PROCESS = """
import os, sys
from kiskriv.machine import keyring
step, name, ring, user = sys.argv[1:]
if int(user) != os.getuid():
    os.setgid(int(user)), os.setuid(int(user))
if ring == "alone":
    assert keyring._keyctl(1, 0) > 0  # KEYCTL_JOIN_SESSION_KEYRING: a new one, which does not lead to the user's
key = bytearray(b"octets of a key!" if step == "hold" else 16)
if step == "hold":
    print(keyring.hold(name, memoryview(key), 60))
elif step == "fetch":
    print(keyring.fetch(name, memoryview(key)) and key.decode())
else:
    print(keyring.revoke(name))
"""


@pytest.fixture
def name() -> Iterator[str]:
    name = f"kiskriv-test:{secrets.token_hex(8)}"
    yield name
    keyring.revoke(name)


def key(octets: bytes = b"octets of a key!") -> memoryview:
    return memoryview(bytearray(octets))


def listed(name: str) -> list[str]:
    """The kernel's own words on a key: id, flags, uses, time left, rights, uid, gid, type, name (proc_keys(5))."""
    lines = Path("/proc/keys").read_text(encoding="ascii", errors="replace").splitlines()
    return next((line.split() for line in lines if f"{name}:" in line), [])


def test_what_is_held_comes_back_until_it_is_revoked(name: str) -> None:
    assert keyring.hold(name, key(), 60)
    into = bytearray(16)
    assert keyring.fetch(name, memoryview(into)) and into == b"octets of a key!"
    assert keyring.revoke(name)
    assert not keyring.fetch(name, memoryview(into))
    assert keyring.revoke(name), "gone is gone, the second time too"


def test_the_newest_of_a_name_is_the_one(name: str) -> None:
    assert keyring.hold(name, key(), 60)
    assert keyring.hold(name, key(b"another of 16 o."), 60)
    into = bytearray(16)
    assert keyring.fetch(name, memoryview(into)) and into == b"another of 16 o."
    assert keyring.revoke(name)
    assert not keyring.fetch(name, memoryview(into)), "no older one comes to light"


def test_the_kernel_forgets_it_after_the_time_and_nobody_can_prolong_it(name: str) -> None:
    assert keyring.hold(name, key(), 50)
    _id, _flags, _uses, left, rights, *_ = listed(name)
    assert left.endswith("s") and 40 <= int(left[:-1]) <= 50
    assert rights == "0f0f0000"
    held = keyring._search(name)
    assert keyring._keyctl(keyring._SET_TIMEOUT, held, 3600) == -errno.EACCES
    assert keyring._keyctl(keyring._SET_RIGHTS, held, 0x3F3F0000) == -errno.EACCES


def test_a_key_for_no_time_is_refused_since_zero_means_for_ever(name: str) -> None:
    with pytest.raises(ValueError):
        keyring.hold(name, key(), 0)
    assert listed(name) == []


def test_a_key_of_another_length_is_no_key(name: str) -> None:
    assert keyring.hold(name, key(), 60)
    assert not keyring.fetch(name, memoryview(bytearray(32)))


@pytest.mark.parametrize("user", [None, SOMEBODY])
@pytest.mark.parametrize("holder", ["alone", "together"])
@pytest.mark.parametrize("reader", ["alone", "together"])
def test_it_outlives_its_process_for_its_user_whatever_ring_the_login_gave(
    name: str, user: int | None, holder: str, reader: str
) -> None:
    if user is not None and os.geteuid() != 0:
        pytest.skip("only root can become somebody else")

    def run(step: str, ring: str) -> str:
        call = [sys.executable, "-c", IN_A_PROCESS, step, name, ring, str(os.getuid() if user is None else user)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        return done.stdout.strip() or done.stderr

    assert run("hold", holder) == "True"
    assert run("fetch", reader) == "octets of a key!"
    if user is not None:
        assert not keyring.fetch(name, memoryview(bytearray(16))), "another user's ring"
    assert run("revoke", reader) == "True"
    assert run("fetch", holder) == "False"


def test_where_there_is_no_keyring_nothing_is_claimed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "_NUMBERS", {})
    assert not keyring.present()
    assert not keyring.hold(name, key(), 60)
    assert not keyring.fetch(name, memoryview(bytearray(16)))
    assert not keyring.revoke(name)
