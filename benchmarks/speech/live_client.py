"""Speaks to a live server as its own client does, at the pace of speech. Runs where the peers are installed, and needs nothing of ours.

`python live_client.py PROTOCOL ADDRESS FILE PID` prints as JSON: the seconds from the last sample to the last change of the text, the CPU
seconds of the server's process from the first sample until then, and the text. FILE is raw 16 kHz float32.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

RATE = 16_000
QUIET = 10.0
"""Seconds without another text after which WhisperLive, which does not say so, is taken to have finished. Its own client waits for 15."""


def expect(line: ClientConnection, key: str, value: str) -> None:
    """The server's greeting. Ends this program with what it says instead."""
    greeting = json.loads(line.recv())
    if greeting.get(key) != value:
        sys.exit(str(greeting))


class WhisperLive:
    """whisper_live/client.py: settings as JSON, float32 in packets of 4096, completed segments and one that is not."""

    packet = 4096
    says_when = False

    def __init__(self, line: ClientConnection) -> None:
        self._done: dict[float, str] = {}
        settings = {"language": "no", "task": "transcribe", "model": "", "use_vad": True, "send_last_n_segments": 10}
        line.send(json.dumps({"uid": "bench", **settings}))
        expect(line, "message", "SERVER_READY")

    def encoded(self, sound: Any) -> bytes:
        return bytes(sound.tobytes())

    def text(self, message: dict[str, Any]) -> str | None:
        """All that was said so far; None where the message says nothing."""
        if "segments" not in message:
            return None
        self._done.update((float(s["start"]), s["text"]) for s in message["segments"] if s["completed"])
        opened = [s["text"] for s in message["segments"] if not s["completed"]]
        return " ".join([text for _, text in sorted(self._done.items())] + opened)


class WhisperLiveKit:
    """whisperlivekit/basic_server.py with --pcm-input: int16, a tenth of a second each, an empty one to stop; lines and a buffer."""

    packet = RATE // 10
    says_when = True

    def __init__(self, line: ClientConnection) -> None:
        expect(line, "type", "config")

    def encoded(self, sound: Any) -> bytes:
        return bytes((sound * 32767).astype(np.int16).tobytes())

    def text(self, message: dict[str, Any]) -> str | None:
        """All that was said so far; None where the message says nothing."""
        if "lines" not in message:
            return None
        return " ".join([line["text"] or "" for line in message["lines"]] + [message["buffer_transcription"]])


def computed(pid: str) -> float:
    """CPU seconds of a process so far (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(protocol: str, address: str, file: str, pid: str) -> None:
    """Feeds, listens, stops."""
    sound = np.fromfile(file, np.float32)
    said, changed, cpu, finished = "", time.monotonic(), 0.0, threading.Event()

    def listen() -> None:
        nonlocal said, changed, cpu
        try:
            for octets in line:
                message = json.loads(octets)
                if message.get("type") == "ready_to_stop":
                    break
                text = peer.text(message)
                if text is not None and text != said:
                    said, changed, cpu = text, time.monotonic(), computed(pid)
        except ConnectionClosed:
            pass
        finished.set()

    with connect(address, max_size=None) as line:
        peer = WhisperLive(line) if protocol == "WhisperLive" else WhisperLiveKit(line)
        threading.Thread(target=listen, daemon=True).start()
        before, begun = computed(pid), time.monotonic()
        for start in range(0, len(sound), peer.packet):
            packet = sound[start : start + peer.packet]
            time.sleep(max(0.0, begun + (start + len(packet)) / RATE - time.monotonic()))
            line.send(peer.encoded(packet))
        stopped, cpu_at_stop = time.monotonic(), computed(pid)
        if peer.says_when:
            line.send(b"")
            finished.wait(120)
        else:
            while not finished.is_set() and time.monotonic() - max(stopped, changed) < QUIET:
                time.sleep(0.1)
    print(json.dumps({"tail": max(0.0, changed - stopped), "cpu": max(cpu, cpu_at_stop) - before, "text": said}))


if __name__ == "__main__":
    main(*sys.argv[1:])
