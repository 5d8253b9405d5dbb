r"""The clipboard of the computer that shows the terminal, by OSC 52 (xterm, ctlseqs, "Manipulate Selection Data").

    terminal           ESC ] 52 ; c ; base64 BEL
    GNU screen         the same in pieces, each in ESC P ... ESC \, which screen hands on unread (its manual, "Control Sequences")
    tmux               `tmux load-buffer -w`, and the buffer is deleted in the same command

By itself tmux hands neither the plain nor a wrapped sequence on (`set-clipboard external` and `allow-passthrough off` are how it comes),
and with `set-clipboard on` it keeps what passes as a paste buffer: tried with tmux 3.3a, `tests/deliver/test_terminal.py`.
"""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
from collections.abc import Callable, Mapping
from typing import Final

from kiskriv.deliver.boards import PATIENCE
from kiskriv.errors import DeliveryError

LONGEST: Final = 74_994
"""Octets of text. Terminals cut a longer sequence off, or drop it: hterm takes 100 000 characters, and so do others after it."""

_PIECE: Final = 500
"""Characters in each piece for GNU screen, which takes 768 (MAXSTR)."""


def put_through(text: str, terminal: Callable[[str], object], environment: Mapping[str, str] = os.environ) -> None:
    """Hands the text to the terminal, which answers nothing. Raises DeliveryError where it is too long for one."""
    octets = text.encode()
    if len(octets) > LONGEST:
        raise DeliveryError(problem="it is too long for the terminal's clipboard: deliver it section by section")
    if environment.get("TMUX") and _through_tmux(octets):
        return
    sequence = f"\x1b]52;c;{base64.b64encode(octets).decode()}\x07"
    if environment.get("TMUX"):  # older than 3.2: it hands on what is wrapped
        sequence = "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    elif environment.get("STY"):
        pieces = (sequence[start : start + _PIECE] for start in range(0, len(sequence), _PIECE))
        sequence = "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    terminal(sequence)


def _through_tmux(octets: bytes) -> bool:
    """Whether tmux has sent it to its terminal; no buffer keeps it."""
    buffer = f"kiskriv-{secrets.token_hex(4)}"
    command = ("tmux", "load-buffer", "-w", "-b", buffer, "-", ";", "delete-buffer", "-b", buffer)
    try:
        done = subprocess.run(
            command, input=octets, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
