"""What the kernel says, and what is made of it."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("built and measured on Linux", allow_module_level=True)

from kiskriv.machine.linux import disk, facts, kernel

Said = Callable[[dict[str, str]], None]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    """Lets files of the kernel's say something else, and all others nothing."""

    def say(files: dict[str, str]) -> None:
        monkeypatch.setattr(kernel, "lines", lambda path: files.get(str(path), "").splitlines())

    return say


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("quiet init_on_free=1", True),
        ("init_on_free=on ro", True),
        ("init_on_free=0", False),
        ("init_on_free=1 init_on_free=0", False),
        ("not_init_on_free=1", None),
        ("", None),
    ],
)
def test_the_boot_line_decides_over_freed_pages(
    words: str, kept: bool | None, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "KERNEL_CONFIGURATIONS", ())
    said({"/proc/cmdline": words})
    assert facts._freed_pages_zeroed()[0] is kept


@pytest.mark.parametrize(
    ("configuration", "kept"),
    [
        ("CONFIG_A=y\nCONFIG_INIT_ON_FREE_DEFAULT_ON=y\n", True),
        ("# CONFIG_INIT_ON_FREE_DEFAULT_ON is not set\n", False),
    ],
)
def test_where_the_boot_line_is_silent_the_kernels_configuration_decides(
    configuration: str, kept: bool, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text(configuration)
    (tmp_path / "config.gz").write_bytes(gzip.compress(configuration.encode()))
    for name in ("config", "config.gz"):
        monkeypatch.setattr(facts, "KERNEL_CONFIGURATIONS", (tmp_path / "missing", tmp_path / name))
        said({})
        assert facts._freed_pages_zeroed()[0] is kept
        said({"/proc/cmdline": "init_on_free=0"})
        assert facts._freed_pages_zeroed()[0] is False


def test_swap_that_is_not_known_to_be_safe_is_not(said: Said, tmp_path: Path) -> None:
    header = "Filename Type Size Used Priority\n"
    said({"/proc/swaps": header})
    assert facts._swap_safe()[0] is True
    said({"/proc/swaps": f"{header}{tmp_path} file 1 0 -2\n/dev/nothing partition 1 0 -3\n"})
    assert facts._swap_safe()[0] is False
    said({})
    assert facts._swap_safe()[0] is None


@pytest.mark.parametrize(
    ("files", "safe"),
    [
        ({"dm/uuid": "CRYPT-PLAIN-swap"}, True),
        ({"dm/uuid": "LVM-x", "slaves/dm-0/dm/uuid": "CRYPT-LUKS2-x"}, True),
        ({"dm/uuid": "LVM-x", "slaves/dm-0/dm/uuid": "CRYPT-LUKS2-x", "slaves/sda1/size": "9"}, False),
        ({"size": "9"}, False),
        ({"disksize": "9", "backing_dev": "none"}, True),
        ({"disksize": "9"}, True),
        ({"disksize": "9", "backing_dev": "/dev/sda2"}, False),
    ],
)
def test_a_swap_device_is_safe_when_all_below_it_is_encrypted_or_memory(
    files: dict[str, str], safe: bool, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert disk.device_is_safe(tmp_path) is safe


def test_a_control_group_without_swap_keeps_all_below_it_out_of_swap(said: Said) -> None:
    limits = {"/sys/fs/cgroup/clinic/memory.swap.max": "0", "/sys/fs/cgroup/clinic/room/memory.swap.max": "max"}
    said({"/proc/self/cgroup": "4:memory:/x\n0::/clinic/room\n", **limits})
    assert facts._memory_locked()[0] is True
    said({"/proc/self/cgroup": "0::/elsewhere\n", **limits})
    assert facts._memory_locked()[0] is False
    said({"/proc/self/cgroup": "4:memory:/x\n"})
    assert facts._memory_locked()[0] is False


@pytest.mark.parametrize(
    ("flags", "kept"),
    [(["rd wr lo", "rd ex"], True), (["rd wr lo", "rd wr"], False), (["rd wr lo", "rd wr io pf"], True), ([], False)],
)
def test_memory_is_locked_when_every_writable_area_is(flags: list[str], kept: bool, said: Said) -> None:
    said({"/proc/self/smaps": "\n".join(f"VmFlags: {words}" for words in flags)})
    assert facts._memory_locked()[0] is kept
