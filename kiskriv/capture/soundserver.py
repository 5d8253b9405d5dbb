"""Which microphone a sound server (PulseAudio, or PipeWire in its place) lets this process hear.

It moves a stream to another microphone when the first is unplugged; PortAudio neither notices nor knows the name of either. Source:
pactl(1).
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Final

PATIENCE: Final = 1.0
"""Seconds that an answer may take."""


def microphone() -> str:
    """What its user calls the microphone that this process hears now; "" where that is not known."""
    try:
        streams = {stream["properties"].get("application.process.id"): stream for stream in _listed("source-outputs")}
        heard = streams[str(os.getpid())]["source"]
        return str({source["index"]: source["description"] for source in _listed("sources")}[heard])
    except (OSError, subprocess.SubprocessError, ValueError, LookupError, TypeError, AttributeError):
        return ""


def _listed(what: str) -> Any:
    """What the server says there is. A server that is named is not started where there is none."""
    line = Path(os.environ["XDG_RUNTIME_DIR"], "pulse", "native")
    command = ["pactl", f"--server=unix:{line}", "--format=json", "list", what]
    plain = {**os.environ, "LC_ALL": "C.UTF-8"}  # numbers with a decimal comma are no JSON
    answer = subprocess.run(
        command, env=plain, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=True
    )
    return json.loads(answer.stdout)
