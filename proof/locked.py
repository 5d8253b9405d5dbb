"""A process like a room that plants its own key: what no proof could take from a real one.

`python -m proof.locked SOUND SECONDS`, started as a room is, seals a recording and says `sealed MASK MASKED` (the key is their XOR and is
said by nobody). Each line that it hears is the next step: `planted N` with a copy of the key in ordinary memory, `wiped N` without it,
`erased N` when all of it is over; N is what its own search met.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(sound: str, seconds: str) -> None:
    """Ends when it is not asked any more."""
    from kiskriv.assembly import parts
    from kiskriv.machine import harden, lock_memory, silence
    from kiskriv.transcript import SAMPLE_RATE
    from kiskriv.vault import SealedSound, Vault

    silence()
    harden()
    lock_memory()
    vault = Vault()
    sealed = SealedSound(vault)
    for chunk in parts.file(Path(sound)).chunks():
        if chunk.start >= int(seconds) * SAMPLE_RATE:
            break
        sealed.append(chunk.samples)
        chunk.samples.fill(0)
    window = sealed.read([(0, 20 * SAMPLE_RATE)])
    window.fill(0)
    key = vault._key
    mask, masked = key._trace
    _step(f"sealed {mask.hex()} {masked.hex()}")
    planted = bytearray(key._page.octets[: len(mask)])
    _step(f"planted {key.residue()}")
    planted[:] = bytes(len(planted))
    _step(f"wiped {key.residue()}")
    vault.destroy_key()
    _step(f"erased {vault.erase().residue}")


def _step(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    if not sys.stdin.readline():
        sys.exit()


if __name__ == "__main__":
    main(*sys.argv[1:])
