"""The opt-in copy on the disk: what the vault holds, sealed a second time, so that a consultation outlives the death of its process.

The key stands in the kernel's keyring (`machine.keyring`) and goes there by itself after the clinic's limit, at the latest when the machine
is started anew; it is never in a file. What a disk keeps of an erased or expired spool is noise and lengths.

    file    <session>.spool, mode 0600, in a folder of the user's own, mode 0700: records, one after the other
    record  length of the message (4 octets, big-endian) || a message of C2SP chunked-encryption (`vault.chunked`)
    bound   label, session, the record's number, its length and its kind are the message's context, and stand nowhere in the file

So the head of a message answers for its length and its place: a record that was cut off by a crash is told from one that was changed.

A process that keeps a spool has walls with a door to the keyring and to the spool's folder (`machine.confine`). Another one that goes on
where it died opens the spool with `left`, reads all of it, and then writes on.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag

from kiskriv.errors import SpoolUnwritable, VaultErased, VaultTampered
from kiskriv.machine import SecretPage, keyring, search_memory, secret_page
from kiskriv.vault import chunked
from kiskriv.vault.vault import Artefact

KEY = 32
SECOND = 32_000
"""Octets of sound between two flushes: a second of one channel, 16,000 samples of 16 bits."""

_LABEL = "kiskriv spool v1"
_COMMITMENT = b"kiskriv spool key v1\n"
_SUFFIX = ".spool"
_SESSION = re.compile(r"[0-9a-f]{32}")
_LENGTH = 4
_NO_SPOOL = {errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP}
"""What open(2) says where no spool is, but nothing, a folder or a link."""
_NO_LINKS: int = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Spool:
    """Writes one session's records, for one thread (`docs/decisions/0002-the-key-stays-with-one-thread.md`)."""

    def __init__(self, folder: Path, session: str, descriptor: int | None, page: SecretPage) -> None:
        self._folder = folder
        self._session = session
        self._descriptor = descriptor
        self._page = page
        mask = os.urandom(KEY)
        masked = bytes(a ^ b for a, b in zip(mask, self._key, strict=True))
        self._trace = mask, masked  # the key is their XOR: whole in its page, and nowhere else
        digest = hashlib.sha256(_COMMITMENT)
        digest.update(self._key)
        self.commitment = digest.hexdigest()
        """SHA-256 over a label and the key, which is not the session's: says nothing of the consultation."""
        self._records = self._unflushed = 0
        self._unread = False
        self._torn_at: int | None = None
        """Where the file is cut off before anything is added to it."""

    def __repr__(self) -> str:
        return f"<Spool, {self._records} records{', closed' if self._descriptor is None else ''}>"

    @classmethod
    def create(cls, folder: Path, session: str, seconds: int) -> Spool:
        """A new, empty spool whose key is held for `seconds`. Raises SpoolUnwritable; then nothing is left."""
        path = _path(folder, session)
        if not keyring.present():
            raise SpoolUnwritable(problem="this machine has no keyring that would forget the key")
        try:
            _own(folder)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _NO_LINKS, 0o600)
        except OSError as error:
            raise _unwritable(error) from None
        page = secret_page()
        for place, (a, b) in enumerate(zip(os.urandom(KEY), os.urandom(KEY), strict=True)):
            page.octets[place] = a ^ b
        spool, held = cls(folder, session, descriptor, page), False
        try:
            held = keyring.hold(_name(session), spool._key, seconds)
        finally:
            if not held:
                spool.remove()
        if not held:
            raise SpoolUnwritable(problem="the kernel's keyring did not take the key")
        return spool

    @classmethod
    def left(cls, folder: Path, session: str) -> Spool:
        """The spool that a process left that died: to be read to its end (`records`), then to be written on.

        Raises VaultErased when the key has expired or was revoked, or there is no such file; SpoolUnwritable where the file is there and
        cannot be opened now: that may be tried again.
        """
        path, page = _path(folder, session), secret_page()
        try:
            descriptor = _opened(path) if keyring.fetch(_name(session), page.octets[:KEY]) else None
            spool = cls(folder, session, descriptor, page)
        except BaseException:
            page.wipe()
            raise
        if descriptor is None:
            spool.close()
            raise VaultErased
        spool._unread = True
        return spool

    def write(self, artefact: Artefact, plaintext: bytearray | memoryview) -> None:
        """Adds a record; `plaintext` stays as it is, the caller wipes it. On the disk at the latest after a `SECOND` of sound.

        Raises SpoolUnwritable where the disk is full or gone; the spool then takes nothing more, and what it took until then can
        still be read. Raises VaultErased after `remove`, or after it failed.
        """
        if self._descriptor is None:
            raise VaultErased
        if self._unread:
            raise ValueError("what was left is read to its end first")
        octets = memoryview(plaintext).nbytes
        length = chunked.sealed_length(octets)
        context = _context(self._session, self._records, length, artefact)
        message = chunked.encrypt(self._key, plaintext, context)
        try:
            if self._torn_at is not None:
                os.ftruncate(self._descriptor, self._torn_at)
                self._torn_at = None
            _write_all(self._descriptor, length.to_bytes(_LENGTH, "big"))
            _write_all(self._descriptor, message)
            self._unflushed += octets
            if artefact is not Artefact.AUDIO or self._unflushed >= SECOND:
                os.fsync(self._descriptor)
                self._unflushed = 0
        except BaseException as fault:  # a record may stand there in part: nothing may follow it
            self.close()
            if isinstance(fault, OSError):
                raise _unwritable(fault) from None
            raise
        self._records += 1

    def close(self) -> None:
        """Wipes the key here and takes nothing more; file and keyring stay as they are, for `sweep` (by a process without walls)."""
        self._page.wipe()
        if self._descriptor is not None:
            with suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def revoke(self) -> None:
        """Takes the key away from everybody, here and in the kernel: what is in the file is noise. May be done again."""
        keyring.revoke(_name(self._session))
        self._page.wipe()

    def remove(self) -> bool:
        """Ends the spool: its key wiped here and in the kernel, its file gone. True when it was looked for and not found (`sweep`)."""
        self.close()
        return self.sweep(self._folder, self._session)

    def residue(self) -> int | None:
        """How often the key is met in this process's memory; 0 is what is wanted after `remove`; None where that cannot be known."""
        elsewhere = search_memory(*self._trace)
        return None if elsewhere is None else elsewhere + (not self._page.blank)

    def records(self) -> Iterator[tuple[Artefact, bytearray]]:
        """Every whole record in the order of writing, each wiped when the next is asked for; the end may be torn.

        Raises VaultTampered at a record that was changed, moved, doubled or left out. A file cut off behind a whole record looks like
        a crash.
        """
        if self._descriptor is None:
            raise VaultErased
        read = end = 0
        with os.fdopen(self._descriptor, "rb", closefd=False) as file:
            file.seek(0)
            for length, artefact, plaintext in _records(file, self._key, self._session):
                read, end = read + 1, end + _LENGTH + length
                yield artefact, plaintext
        self._records, self._torn_at, self._unread = read, end, False

    @property
    def _key(self) -> memoryview:
        return self._page.octets[:KEY]

    @staticmethod
    def found(folder: Path) -> tuple[str, ...]:
        """The sessions that have a spool here, whether or not it can still be read; none where there is no such folder."""
        return tuple(sorted(path.stem for path in folder.glob(f"*{_SUFFIX}") if _SESSION.fullmatch(path.stem)))

    @staticmethod
    def read(folder: Path, session: str) -> Iterator[tuple[Artefact, bytearray]]:
        """See `records`, and for its first step `left`."""
        spool = Spool.left(folder, session)
        try:
            yield from spool.records()
        finally:
            spool.close()

    @staticmethod
    def sweep(folder: Path, session: str) -> bool:
        """Revokes the key, then unlinks the file, then looks for both: True when neither is there, nor can come back. May be done again.

        Killed between two steps, it leaves a file that nobody can read, and that `found` still names.
        """
        path = _path(folder, session)
        revoked = keyring.revoke(_name(session))
        try:
            path.unlink(missing_ok=True)
            _flush_folder(folder)
        except FileNotFoundError:  # there is no folder
            return revoked
        except OSError:  # an unlinking that a failing disk did not keep would be undone by the next power cut
            return False
        return revoked and not path.is_symlink() and not path.exists()


def _records(file: BinaryIO, key: memoryview, session: str) -> Iterator[tuple[int, Artefact, bytearray]]:
    """Length of the message, kind and plaintext of each."""
    for number in count():
        start = file.read(_LENGTH + chunked.HEAD)
        if len(start) < _LENGTH + chunked.HEAD:
            return
        length, head = int.from_bytes(start[:_LENGTH], "big"), start[_LENGTH:]
        contexts = {artefact: _context(session, number, length, artefact) for artefact in Artefact}
        artefact = next((kind for kind in Artefact if chunked.committed(key, head, contexts[kind])), None)
        if artefact is None:
            raise VaultTampered(artefact="record")
        message = head + file.read(length - chunked.HEAD)  # the head has vouched for the length
        if len(message) < length:
            return
        try:
            plaintext = chunked.decrypt(key, message, contexts[artefact])
        except InvalidTag:
            raise VaultTampered(artefact=artefact) from None
        try:
            yield length, artefact, plaintext
        finally:
            plaintext[:] = bytes(len(plaintext))


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_APPEND | _NO_LINKS)
    except OSError as error:
        if error.errno in _NO_SPOOL:
            raise VaultErased from None
        raise _unwritable(error) from None


def _own(folder: Path) -> None:
    """Makes the folder, or sees that it is this user's own, no link, and closed to everybody else. Raises SpoolUnwritable, OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise SpoolUnwritable(problem="its folder is not the user's own and closed to others (mode 0700)")


def _path(folder: Path, session: str) -> Path:
    if not _SESSION.fullmatch(session):
        raise ValueError("a session is named by 32 hexadecimal digits")
    return folder / f"{session}{_SUFFIX}"


def _name(session: str) -> str:
    return f"kiskriv:{session}"


def _context(session: str, number: int, length: int, artefact: Artefact) -> bytes:
    return "\n".join((_LABEL, session, str(number), str(length), artefact)).encode()


def _write_all(descriptor: int, octets: bytes | bytearray) -> None:
    left = memoryview(octets)
    while left:
        left = left[os.write(descriptor, left) :]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(error: OSError) -> SpoolUnwritable:
    return SpoolUnwritable(problem=error.strerror or type(error).__name__)
