"""The folder of a log, and the few ways in which its files are touched.

    entries.jsonl    the entries, one canonical line each; only ever appended to
    entries.new      the same with old ones pruned, for the moment between its writing and its renaming
    checkpoint       the newest signed checkpoint; replaced as a whole
    checkpoint.new   the next one, for the moment between its writing and its renaming
    public-key       the one line that an auditor needs; written last when a log is made: from then on it exists
    key              the private keys, mode 0600, or word that they are in the system's keystore
    key.next         those that are to follow, while they change
    cosigned         the newest checkpoint that another machine signed for
    lock             held by the one writer; empty

Everything raises OSError; the log turns that into an error of ours. What a system lacks (fcntl, fsync of a folder,
owners) is asked for, not looked up by the system's name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO

from kiskriv.ledger.entry import MAX_ENTRY

ENTRIES = "entries.jsonl"
CHECKPOINT = "checkpoint"
NEXT_CHECKPOINT = "checkpoint.new"
PUBLIC_KEY = "public-key"
KEY = "key"
NEXT_KEY = "key.next"
COSIGNED = "cosigned"
NEXT_ENTRIES = "entries.new"
LOCK = "lock"

_NO_LINKS: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def read_text(path: Path, limit: int) -> str:
    """A whole small file as UTF-8, newlines untouched; ValueError when it is no UTF-8 or longer than `limit` octets."""
    with path.open("rb") as file:
        octets = file.read(limit + 1)
    if len(octets) > limit:
        raise ValueError("the file is too long")
    return octets.decode("utf-8")


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a log with their newlines; a longer one than any entry comes in pieces, none of which decodes."""
    with path.open("rb") as file:
        yield from lines_of(file)


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """The same of an open file, from where it stands."""
    while line := file.readline(MAX_ENTRY + 1):
        yield line


def write_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that does not exist yet, down to the disk; when that fails, a part of it may be left."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINKS, mode)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a file in place as a whole, by way of `<name>.new`: whoever reads sees the old one or the new one."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    write_new(new, content, mode)
    new.replace(path)


def open_appending(path: Path) -> int:
    """A descriptor that can only write at the end, and cut."""
    return os.open(path, os.O_RDWR | os.O_APPEND | _NO_LINKS)


def write_all(descriptor: int, content: bytes) -> None:
    """Write every octet, also where the system takes fewer at a time."""
    while content:
        content = content[os.write(descriptor, content) :]


def sync_folder(folder: Path) -> None:
    """Make the names in a folder as durable as the files (where the system can)."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def take_lock(path: Path) -> int:
    """A descriptor that holds the lock until it is closed or the process ends; BlockingIOError when it is held."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _NO_LINKS, 0o600)
    try:
        _lock(descriptor)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _lock(descriptor: int) -> None:
    if find_spec("fcntl"):
        fcntl: Any = import_module("fcntl")
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return
    msvcrt: Any = import_module("msvcrt")  # Windows: one octet of the file, refused at once when it is held
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except PermissionError as error:
        raise BlockingIOError from error
