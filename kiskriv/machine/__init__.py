"""What this machine can promise. The only place that asks which system this is.

`silence` switches off the telemetry of every dependency, `harden` keeps memory out of core files, `uninterrupted` lets an erasure finish,
`search_memory` looks for what should be gone, `promises` says all this to a person.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from kiskriv.machine.promise import Promise

if sys.platform == "linux":
    from kiskriv.machine.linux import harden, keep_out_of_swap, promises, search_memory
else:
    from kiskriv.machine.elsewhere import harden, keep_out_of_swap, promises, search_memory

__all__ = [
    "Promise",
    "config_file",
    "harden",
    "keep_out_of_swap",
    "ledger_folder",
    "promises",
    "search_memory",
    "silence",
    "uninterrupted",
]

SILENCED = {
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime >= 1.29 phones home on its first session
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_XET": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "PYANNOTE_METRICS_ENABLED": "0",
    "DO_NOT_TRACK": "1",
}


def silence() -> None:
    """Switches off telemetry and hub access of every dependency (R7, R26): to be called before any of them is imported."""
    os.environ.update(SILENCED)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Holds back ctrl-c, SIGTERM and SIGHUP until the block is done, then lets the first through, unless the block failed."""
    if threading.current_thread() is not threading.main_thread():  # signals reach the main thread only
        yield
        return
    arrived: list[int] = []
    wanted = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]
    before = {}
    try:
        for number in wanted:
            before[number] = signal.signal(number, lambda n, _: arrived.append(n))
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if arrived:  # not reached by an error of the block's own: that one is heard
        signal.raise_signal(arrived[0])


def config_file() -> Path:
    """Where the clinic's settings are looked for."""
    return Path(platformdirs.user_config_dir("kiskriv", appauthor=False)) / "kiskriv.toml"


def ledger_folder() -> Path:
    """Where the deletion log is kept unless the configuration says otherwise."""
    return Path(platformdirs.user_data_dir("kiskriv", appauthor=False)) / "ledger"
