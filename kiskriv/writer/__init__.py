"""The language models that may write a note: one in a process of ours, or one behind an address that the clinic names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kiskriv.fingerprint import fingerprint


def known_as(*known: object) -> str:
    """SHA-256, in hex, of what is known of a model, and of this program's own way to ask one (R24)."""
    parts = (fingerprint(Path(__file__).parent), *known)
    return hashlib.sha256(" ".join(map(str, parts)).encode()).hexdigest()
