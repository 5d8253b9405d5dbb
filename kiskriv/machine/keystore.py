"""The system's keystore: secrets kept under the user's login, which a copy of the disk alone does not give away.

Secret Service on Linux, Keychain on macOS, Credential Manager on Windows, through `keyring` (the extra `keystore`); only the first was run.
Which of them follows from the system: what keyring would choose by (its file, its variables, its plugins) is not asked. On Linux nobody is
asked for a password either: a keystore that is locked is an error that says so.

What a removal leaves, measured with gnome-keyring 42.1: a new file of all secrets is put in the place of the old one, whose blocks nobody
overwrites. They hold the removed secret under the user's password, or in the clear where the user gave the keyring an empty one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Final, Self, TypeVar

from kiskriv.errors import LedgerKeyUnusable

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend
    from secretstorage import Collection

PATIENCE: Final = 10.0
"""Seconds for an answer of Secret Service: its library would wait for ever, and the host with it."""

_Answer = TypeVar("_Answer")


class SystemKeystore:
    """Secrets of ASCII octets under short ASCII names; fulfils the ledger's `KeyStore`. `found` makes one.

    Every method raises LedgerKeyUnusable where it is locked or cannot be reached. A write takes the place of what was there in one
    step, on macOS in two.
    """

    def __init__(self, ring: KeyringBackend) -> None:
        self._ring = ring

    @classmethod
    def found(cls) -> Self | None:
        """The keystore of this user on this system, locked or not; None where there is none that keeps anything, or none that answers.

        So None does not say that nothing was ever kept: who has kept something must remember that.
        """
        try:
            return cls(_ring())
        except Exception:  # no package, no bus, no service, no keyring in it: each has errors of its own
            return None

    def read(self, name: str) -> bytes | None:
        """What is kept under this name; None: nothing."""
        kept = self._asked(lambda: self._ring.get_password(_service(name), name))
        return None if kept is None else kept.encode()

    def write(self, name: str, secret: bytes) -> None:
        """Keeps the secret under this name; ValueError for one that is not ASCII."""
        if not secret.isascii():
            raise ValueError("a keystore holds text: the secret must be ASCII")
        self._asked(lambda: self._ring.set_password(_service(name), name, secret.decode("ascii")))

    def remove(self, name: str) -> None:
        """Removes what is kept under this name, if anything is, and sees that it is gone."""
        self._asked(lambda: self._delete(name))
        if self.read(name) is not None:
            raise LedgerKeyUnusable(
                problem="the system's keystore did not remove a key: remove what is named kiskriv there by hand"
            )

    def _delete(self, name: str) -> None:
        from keyring.errors import PasswordDeleteError

        with suppress(PasswordDeleteError):  # there was nothing, or it stays: the look afterwards tells
            self._ring.delete_password(_service(name), name)

    def _asked(self, question: Callable[[], _Answer]) -> _Answer:
        from keyring.errors import KeyringLocked

        try:
            return question()
        except KeyringLocked:
            locked = True
        except Exception:  # of keyring, of the libraries below it, or of the system
            locked = False
        # out here, so that the other error is let go of: the frames that it holds have the secret in them
        raise LedgerKeyUnusable(
            problem="the system's keystore is locked: unlock it, or log out of this machine and in again"
            if locked
            else "the system's keystore cannot be reached: start kiskriv on the desktop of the user who set it up"
        )


def _service(name: str) -> str:
    """Under which service keyring keeps a name: one for each on Windows, where it leaves the old secret of a shared one lying."""
    return f"kiskriv/{name}" if sys.platform == "win32" else "kiskriv"


def _ring() -> KeyringBackend:
    """The one backend for this system. Raises what there is to raise where it cannot be used."""
    if sys.platform == "darwin":
        from keyring.backends.macOS import Keyring as Backend
    elif sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring as Backend
    else:
        from keyring.backends.SecretService import Keyring as Backend
    Backend.priority  # noqa: B018 -- it raises where there is no such keystore
    ring = Backend.__new__(Backend)  # its __init__ lets KEYRING_PROPERTY_* overwrite any attribute
    if sys.platform in {"darwin", "win32"}:
        return ring
    _see_that_it_lasts()
    return ring.with_properties(get_preferred_collection=_unlocked_collection)


def _see_that_it_lasts() -> None:
    from secretstorage.collection import SESSION_COLLECTION

    with closing((collection := _default_collection()).connection):
        if collection.collection_path == SESSION_COLLECTION:
            raise LookupError("what is kept here is gone at the next login")


def _unlocked_collection() -> Collection:
    """The default collection. Raises KeyringLocked, where keyring's own would ask the user and wait."""
    from keyring.errors import KeyringLocked

    with ExitStack() as unless_kept:
        collection = _default_collection()
        unless_kept.callback(collection.connection.close)
        if collection.is_locked():
            raise KeyringLocked
        unless_kept.pop_all()
    return collection


def _default_collection() -> Collection:
    """Where new secrets go (Secret Service API, alias "default"), on a connection of its own; none is made, as that would ask the user."""
    import secretstorage

    with ExitStack() as unless_kept:
        connection = secretstorage.dbus_init()
        unless_kept.callback(connection.close)
        receive = connection.receive
        connection.receive = lambda **_: receive(timeout=PATIENCE)
        collection = secretstorage.get_collection_by_alias(connection, "default")
        unless_kept.pop_all()
    return collection
