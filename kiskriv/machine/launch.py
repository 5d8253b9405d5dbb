"""How a process of ours is started: nothing of the user's environment but what it needs, and every switch set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Final

import kiskriv
from kiskriv.machine.promise import Fact, Promise

SILENCED: Final = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime >= 1.29 phones home on its first session
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_XET": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}
WIPING: Final = {
    "PYTHONMALLOC": "malloc",  # -I and -E would ignore it
    "GLIBC_TUNABLES": "glibc.malloc.perturb=165:glibc.malloc.tcache_count=0:glibc.malloc.mmap_max=0",
}
"""Every freed block is overwritten (glibc manual, memory allocation tunables); a demo run takes 40 % longer for it."""

_KEPT: Final = ("HOME", "LANG", "LANGUAGE", "TZ", "OPENBLAS_CORETYPE", "SYSTEMROOT", "LC_*", "XDG_*")
_KEPT_FOR_SOUND: Final = ("DISPLAY", "WAYLAND_DISPLAY", "PULSE_*", "PIPEWIRE_*", "ALSA_*")
_KEPT_FOR_THE_KEYSTORE: Final = ("DBUS_SESSION_BUS_ADDRESS",)
_PATIENCE: Final = 30.0  # seconds


def silence() -> None:
    """Switches off telemetry and hub access of every dependency (R7, R26): to be called before any of them is imported."""
    os.environ.update(SILENCED)


def launch_environment(*, sound: bool = False, keystore: bool = False) -> dict[str, str]:
    """The whole environment of a process of ours. `sound`: with what leads to the sound system; `keystore`: to the user's keystore."""
    kept = (*_KEPT, *(_KEPT_FOR_SOUND if sound else ()), *(_KEPT_FOR_THE_KEYSTORE if keystore else ()))
    return {
        **{name: value for name, value in os.environ.items() if name in kept or _begins(name, kept)},
        **SILENCED,
        **WIPING,
        **_source_checkout(),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }


def launch_command(module: str, *arguments: str) -> list[str]:
    """The command that runs a module of ours, with neither the working folder nor the user's own packages on its path."""
    return [sys.executable, "-P", "-s", "-m", module, *arguments]


def promises_of_a_room() -> list[Promise]:
    """What a room would hold if it were started now: one is, with nothing in it, and asked."""
    try:
        answer = subprocess.run(
            launch_command("kiskriv.machine"),
            env=launch_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return [Promise(fact, None, "a room could not be started to be asked") for fact in Fact]
    return [Promise(**found) for found in json.loads(answer)]


def _begins(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(pattern[:-1]) for pattern in patterns if pattern.endswith("*"))


def _source_checkout() -> dict[str, str]:
    """Where the package lies, unless it is installed."""
    folder = Path(kiskriv.__file__).parents[1]
    installed = {Path(path) for path in sysconfig.get_paths().values()}
    return {} if folder in installed else {"PYTHONPATH": str(folder)}
