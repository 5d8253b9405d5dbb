"""Where an approved note goes: the clipboard, a folder, or the text stream of a script."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import TextIO

from kiskriv.errors import DeliveryError
from kiskriv.note import Note

_CLIPBOARDS = (
    ("wl-copy", "--sensitive"),  # kept out of clipboard histories that honour the hint (R32)
    ("wl-copy",),
    ("xclip", "-selection", "clipboard"),
    ("xsel", "--clipboard", "--input"),
    ("pbcopy",),
    ("clip.exe",),
)
_PATIENCE = 5.0


class Clipboard:
    """The desktop's clipboard, through the program that the desktop has for it; the note goes in on its standard input only."""

    def __init__(self, commands: tuple[tuple[str, ...], ...] = _CLIPBOARDS) -> None:
        self._commands = [command for command in commands if shutil.which(command[0])]

    def deliver(self, note: Note) -> None:
        """Raises DeliveryError where no such program is installed, or none of them could reach a desktop."""
        for command in self._commands:
            try:
                done = subprocess.run(
                    command,
                    input=note.text.encode(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=_PATIENCE,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                continue
            if done.returncode == 0:
                return
        raise DeliveryError(problem="no clipboard on this machine")


class Folder:
    """A folder that the clinic has set: one UTF-8 file a note, readable by its owner only, named at random."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, note: Note) -> None:
        """Raises DeliveryError; a file that could not be written whole is taken away again."""
        path = self._folder / f"note-{secrets.token_hex(8)}.txt"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                    file.write(note.text + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            except OSError:
                path.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise DeliveryError(problem=f"the folder cannot be written ({os.strerror(error.errno or 0)})") from None


class Stream:
    """A text stream, such as a script's standard output."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def deliver(self, note: Note) -> None:
        """Raises DeliveryError when nobody reads."""
        try:
            self._stream.write(note.text + "\n")
            self._stream.flush()
        except OSError as error:
            raise DeliveryError(problem=os.strerror(error.errno or 0)) from None
        except UnicodeError:
            raise DeliveryError(problem="the output cannot hold Norwegian letters: set it to UTF-8") from None
