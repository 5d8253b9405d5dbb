"""An export in memory, to be changed a hundred thousand times and audited each time by the code that auditors run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any, cast

from kiskriv.ledger import Findings, audit, copy_at, epochs, replay

_PURE = ((replay, "decode"), (replay, "verify"), (epochs, "signed"))
"""What is asked the same again and again while one line of many changes: the answer is remembered."""


@dataclass(frozen=True)
class Sheet:
    """A file that is not on a disk, as far as `copy_at` needs one."""

    octets: bytes

    def is_dir(self) -> bool:
        return False

    def open(self, _: str) -> BytesIO:
        return BytesIO(self.octets)


def findings(octets: bytes, vkey: str, earlier: Sequence[str] = (), receipts: Sequence[str] = ()) -> Findings | None:
    """What the audit says of a file with these octets; None where it is no export at all."""
    copy = copy_at(cast(Any, Sheet(octets)))
    return None if copy is None else audit(copy, vkey, earlier, receipts)


def passes(octets: bytes, vkey: str, earlier: Sequence[str] = (), receipts: Sequence[str] = ()) -> bool:
    """Whether an auditor would find nothing."""
    found = findings(octets, vkey, earlier, receipts)
    return found is not None and found.valid


@contextmanager
def remembering() -> Iterator[None]:
    """The pure computations of an audit are done once for each input. What is raised is not remembered."""
    before = [getattr(module, name) for module, name in _PURE]
    for (module, name), function in zip(_PURE, before, strict=True):
        setattr(module, name, lru_cache(10_000)(function))
    try:
        yield
    finally:
        for (module, name), function in zip(_PURE, before, strict=True):
            setattr(module, name, function)


def flips(octets: bytes, places: Iterator[int] | range, values: Sequence[int]) -> Iterator[bytes]:
    """The same with one octet changed, in each of these places, by exclusive or with each of these values."""
    for place in places:
        for value in values:
            yield octets[:place] + bytes([octets[place] ^ value]) + octets[place + 1 :]
