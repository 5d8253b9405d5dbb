"""Where a note is delivered for good: a folder of the clinic's, or the text stream of a script."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, TextIO

from kiskriv.deliver.outlet import Place, Recalled
from kiskriv.errors import DeliveryError


class Folder:
    """A folder that the clinic has set: one UTF-8 file a delivery, readable by its owner only, named at random."""

    place: Final = Place.FOLDER

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, text: str) -> None:
        """Raises DeliveryError; a file that could not be written whole is taken away again."""
        path = self._folder / f"note-{secrets.token_hex(8)}.txt"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(text + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise DeliveryError(problem=f"the folder cannot be written ({os.strerror(error.errno or 0)})") from None

    def recall(self) -> Recalled:
        """The file is the clinic's: it stays."""
        return Recalled.NOTHING


class Stream:
    """A text stream, such as a script's standard output."""

    place: Final = Place.STREAM

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def deliver(self, text: str) -> None:
        """Raises DeliveryError when nobody reads."""
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError as error:
            raise DeliveryError(problem=os.strerror(error.errno or 0)) from None
        except UnicodeError:
            raise DeliveryError(problem="the output cannot hold Norwegian letters: set it to UTF-8") from None

    def recall(self) -> Recalled:
        """What was written is with its reader."""
        return Recalled.NOTHING
