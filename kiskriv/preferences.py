"""What a doctor chose on the screen: a small JSON file of the user's own, beside the clinic's settings. Nothing about patients is in it."""

from __future__ import annotations

import json
import os
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import platformdirs

from kiskriv.locale import LANGUAGES, Language

_LARGEST: Final = 16384
_LONGEST: Final = 200


@dataclass(frozen=True)
class Preferences:
    """`screen`: its language. `note`: `nb`, `nn`, or empty: as the clinic has set. `microphone`: its name; empty: as the clinic has set.

    `contrast`: the theme of high contrast. `still`: nothing blinks or moves.
    """

    screen: Language = "nb"
    note: str = ""
    microphone: str = ""
    contrast: bool = False
    still: bool = False


UNCHOSEN: Final = Preferences()


def load(clinic: Preferences = UNCHOSEN, path: Path | None = None) -> Preferences:
    """What this user chose, each on its own; `clinic`'s where nothing is chosen, or the file or a value cannot be used. Never an error."""
    written = _written(path or _file())
    return replace(
        clinic, **{name: written[name] for name, fits in _FITS.items() if name in written and fits(written[name])}
    )


def save(chosen: Preferences, clinic: Preferences = UNCHOSEN, path: Path | None = None) -> bool:
    """Keeps what differs from the clinic's, whole or not at all, for this user alone (0600). False: it holds for this time only."""
    file = path or _file()
    own = dict(asdict(chosen).items() - asdict(clinic).items())
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, new = tempfile.mkstemp(prefix=f"{file.stem}-", dir=file.parent)
    except OSError:
        return False
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(own, stream, indent=1, sort_keys=True)
            stream.flush()
            os.fsync(stream.fileno())
        Path(new).replace(file)
    except OSError:
        with suppress(OSError):
            Path(new).unlink()
        return False
    return True


def _file() -> Path:
    return Path(platformdirs.user_state_dir("kiskriv", appauthor=False)) / "preferences.json"


def _written(path: Path) -> Mapping[str, Any]:
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as stream:
            table = json.loads(stream.read(_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return table if isinstance(table, dict) else {}


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and not any(map(_cannot_be_seen, value))


def _cannot_be_seen(sign: str) -> bool:
    return unicodedata.category(sign).startswith("C")


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


_FITS: Final[Mapping[str, Callable[[object], bool]]] = {
    "screen": LANGUAGES.__contains__,
    "note": ("", "nb", "nn").__contains__,
    "microphone": _is_name,
    "contrast": _is_switch,
    "still": _is_switch,
}
