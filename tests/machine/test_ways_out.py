"""Nothing leaves a confined process by any way that is known; each way is first seen to be open without walls."""

from __future__ import annotations

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("built and measured on Linux", allow_module_level=True)

from tests.machine.ways_out import WAYS, try_all

ANY_LINUX_HAS = {
    "tcp-v4",
    "udp",
    "tcp-by-ctypes",
    "udp-by-ctypes",
    "tcp-fast-open",
    "abstract-unix",
    "path-unix",
    "temporary-file",
    "inherited-socket",
    "datagram-from-a-pair",
}
"""The rest is not to be had everywhere: curl, a second protocol, a kernel's option, a right. `try_all(False)` says what is."""


@pytest.fixture(scope="module")
def open_here() -> dict[str, bool]:
    return try_all(confined=False)


@pytest.fixture(scope="module")
def open_inside() -> dict[str, bool]:
    return try_all(confined=True)


def test_without_walls_what_is_sent_arrives(open_here: dict[str, bool]) -> None:
    assert {name for name in ANY_LINUX_HAS if not open_here[name]} == set()


@pytest.mark.parametrize("name", [way.name for way in WAYS])
def test_from_inside_the_walls_it_does_not(name: str, open_inside: dict[str, bool], open_here: dict[str, bool]) -> None:
    assert not open_inside[name]
    if not open_here[name]:
        pytest.skip("this machine has no such way, with walls or without")
