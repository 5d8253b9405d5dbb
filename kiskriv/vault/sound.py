"""The recording: sealed chunk by chunk as 16-bit samples, opened by the stretch."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from kiskriv.transcript import Samples
from kiskriv.vault.vault import Artefact, Vault

_FULL_SCALE = 32767.0


def samples_of(octets: bytearray, channels: int) -> Samples:
    """The chunk, shape (channels, n), that was sealed as these octets; the caller wipes both."""
    scaled = np.frombuffer(octets, "<i2").reshape(-1, channels).astype(np.float32)
    np.divide(scaled, np.float32(_FULL_SCALE), out=scaled)
    return scaled.T


class SealedSound:
    """Positions and lengths are in samples of one channel. An hour is 115 MB a channel."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._starts: list[int] = []
        self._channels = 0
        self.length = 0
        """Samples sealed so far."""

    def append(self, samples: Samples) -> Samples:
        """Seals a chunk, shape (channels, n); returns it as it was sealed, in steps of 16 bits, for the caller to wipe.

        Who hears that hears the same when it is opened again. The number of channels may not change on the way.
        """
        channels, n = samples.shape
        if self._starts and channels != self._channels:
            raise ValueError(f"{channels} channels after {self._channels}")
        if n == 0:
            return samples
        self._channels = channels
        scaled = np.empty((n, channels), np.float32)  # every step writes where the last one wrote: no copy stays behind
        np.clip(samples.T, -1, 1, out=scaled)
        np.multiply(scaled, np.float32(_FULL_SCALE), out=scaled)
        np.rint(scaled, out=scaled)
        octets = bytearray(2 * n * channels)
        np.copyto(np.frombuffer(octets, "<i2").reshape(n, channels), scaled, casting="unsafe")
        np.divide(scaled, np.float32(_FULL_SCALE), out=scaled)
        self._vault.seal(Artefact.AUDIO, octets)
        self._starts.append(self.length)
        self.length += n
        return scaled.T

    def read(self, spans: Sequence[tuple[int, int]], channel: int | None = None) -> Samples:
        """The stretches [start, end) one after the other, one channel or all averaged, shape (1, n); the caller wipes it."""
        joined = np.zeros((1, sum(end - start for start, end in spans)), np.float32)
        at = 0
        for start, end in spans:
            self._read_into(joined[0, at : at + end - start], start, end, channel)
            at += end - start
        return joined

    def _read_into(self, target: Samples, start: int, end: int, channel: int | None) -> None:
        place = max(0, bisect_right(self._starts, start) - 1)
        while place < len(self._starts) and self._starts[place] < end:
            octets = self._vault.open(Artefact.AUDIO, place)
            chunk = np.frombuffer(octets, "<i2").reshape(-1, self._channels)
            offset = self._starts[place]
            lower, upper = max(start, offset), min(end, offset + len(chunk))
            wanted = target[lower - start : upper - start]
            if channel is None:
                np.mean(chunk[lower - offset : upper - offset], axis=1, dtype=np.float32, out=wanted)
            else:
                np.copyto(wanted, chunk[lower - offset : upper - offset, channel])
            np.divide(wanted, np.float32(_FULL_SCALE), out=wanted)
            del chunk
            octets[:] = bytes(len(octets))
            place += 1
