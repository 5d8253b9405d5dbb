"""The lines that stand above every table: which machine, when, which versions."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def heading() -> str:
    """Machine, date and versions, two lines."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = names[0].split(":")[1].strip() if names else platform.machine()
    versions = ", ".join(
        f"{name} {version(name)}" for name in ("kiskriv", "ctranslate2", "faster-whisper", "onnxruntime")
    )
    return f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores {processor}, Python {platform.python_version()}\n{versions}"
