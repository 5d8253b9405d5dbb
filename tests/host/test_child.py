"""A process of ours is known by how it ended; another user's is never taken for one."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from kiskriv.host.child import Child

PATIENCE = 30.0


@pytest.mark.parametrize(
    ("code", "orderly"),
    [("pass", True), ("raise SystemExit(1)", False), ("import os; os.kill(os.getpid(), 9)", False)],
)
def test_only_who_ends_by_itself_and_without_an_error_ends_in_good_order(code: str, orderly: bool) -> None:
    async def live() -> tuple[bool, bool]:
        child = Child.started([sys.executable, "-c", code], {}, ())
        return await child.end(PATIENCE), child.orderly

    assert asyncio.run(live()) == (True, orderly)


def test_who_has_to_be_killed_does_not() -> None:
    async def live() -> tuple[bool, bool]:
        child = Child.started([sys.executable, "-c", "import signal; signal.pause()"], {}, ())
        return await child.end(0), child.orderly

    assert asyncio.run(live()) == (False, False)


def taken_for_ours(user: int) -> bool:
    async def live(pid: int) -> bool:
        return Child.at(pid) is not None

    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=user) as process:  # it lasts as long as its input
        assert process.stdin is not None
        found = asyncio.run(live(process.pid))
        process.stdin.close()
    return found


def test_a_process_is_taken_by_its_number_if_it_is_this_users() -> None:
    assert taken_for_ours(os.getuid())
    assert asyncio.run(nobody()) is None


async def nobody() -> Child | None:
    return Child.at(2**22 + 1)  # the kernel gives no number above 2**22 (proc_pid_max(5))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_another_users_is_not() -> None:
    assert not taken_for_ours(65534)
