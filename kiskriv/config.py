"""The settings: one frozen value read from a TOML file. Every default is the safest (R20); a key that does not exist is an error."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

from kiskriv.errors import ConfigError
from kiskriv.machine import config_file, ledger_folder
from kiskriv.transcript import Role
from kiskriv.weights import bundled


class _Matching(Container[object]):
    """All text of this form."""

    def __init__(self, pattern: str) -> None:
        self._pattern = re.compile(pattern)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and self._pattern.fullmatch(value) is not None


_ALLOWED: Mapping[str, Container[object]] = {
    "model.language": ("nb", "nn"),
    "model.beam_size": range(1, 17),
    "model.threads": range(257),
    "model.device": ("cpu", "cuda"),
    "model.batch": range(257),
    "microphone.channels": (1, 2),
    "diarization.step": range(11),
    "note.language": ("", "nb", "nn"),
    "writer.context": range(4096, 1 << 20),
    "writer.seconds": range(10, 3601),
    "session.limit": range(1, 12 * 60 + 1),
    "session.longest": range(1, 12 * 60 + 1),
    "delivery.clear": range(5, 3601),
    "screen.language": ("nb", "nn", "en"),
    "ledger.precision": ("second", "minute", "hour"),
    "ledger.keys": ("auto", "file"),
    "ledger.user": _Matching("([0-9a-f]{32})?"),
    "ledger.workstation": _Matching("([0-9a-f]{32})?"),
    "ledger.witness": _Matching(r"(https?://\S+)?"),
}


@dataclass(frozen=True)
class Model:
    """Which Whisper, and how it decodes. `language` is `nb` (bokmål) or `nn` (nynorsk); `threads` 0 means all cores.

    `device`: `cpu`, or `cuda` for every GPU that there is. `batch`: windows decoded together at most; 0: what suits the device.
    """

    folder: Path = field(default_factory=bundled)
    language: str = "nb"
    compute_type: str = "int8"
    beam_size: int = 5
    threads: int = 0
    device: str = "cpu"
    batch: int = 0


@dataclass(frozen=True)
class Microphone:
    """Which one (a part of its name; empty: the system's own), how many channels, and who sits at each."""

    device: str = ""
    channels: int = 1
    roles: tuple[Role, ...] = (Role.PRACTITIONER, Role.PATIENT)


@dataclass(frozen=True)
class Diarization:
    """How voices are told apart where there is one microphone: by timbre, or by pyannote.audio from the `folder` named.

    `step`: seconds from one window that it looks at to the next; 0: what suits the device.
    """

    folder: Path | None = None
    step: int = 0


@dataclass(frozen=True)
class NoteSettings:
    """How notes are written: the clinic's own templates, phrases, abbreviations and words are in `folder`.

    `template`: the title of the one that is used where no other is asked for; empty: the first. `language`: `nb` or `nn`; empty: the
    model's.
    """

    folder: Path | None = None
    template: str = ""
    language: str = ""


@dataclass(frozen=True)
class WriterSettings:
    """A language model that writes the note anew after the rules have; off, unless `folder` or `address` names one.

    `folder`: a model of CTranslate2's, in the engine, with its `compute_type`. `address`: a server's, on this machine or, by https and with
    the certificates in `ca`, one of `servers`, in digits; `model`: the name that it knows its model by. `context`: tokens that the model
    reads and writes at most; `seconds`: how long an answer may take.
    """

    folder: Path | None = None
    compute_type: str = "int8"
    address: str = ""
    servers: tuple[str, ...] = ()
    ca: Path | None = None
    model: str = ""
    context: int = 8192
    seconds: int = 120


@dataclass(frozen=True)
class SessionSettings:
    """`limit`: minutes after its start at which a consultation is erased, whatever its state (R15). `longest`: as far as a doctor can put
    that off; what is less than `limit` is as much, and so is what a file leaves out that sets a `limit`.

    `spool`: whether a sealed copy on the disk lets it outlive the death of its process until then. Weaker, so the ledger says so (R20).
    """

    limit: int = 120
    longest: int = 180
    spool: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "longest", max(self.limit, self.longest))


@dataclass(frozen=True)
class LedgerSettings:
    """Where the deletion log is kept, how exact its times are, where its keys are, and who else holds its checkpoints.

    `keys`: `auto`, the keystore of the system where there is one, or `file`. `witness`: the address of another machine that is asked to
    sign; `witness_key`, its public key. `checkpoints`: a folder elsewhere, into which each checkpoint is written. `user`, `workstation`:
    random ids (32 hex digits) that the clinic gave; empty: made on first use.
    """

    folder: Path = field(default_factory=ledger_folder)
    precision: str = "hour"
    keys: str = "auto"
    witness: str = ""
    witness_key: str = ""
    checkpoints: Path | None = None
    user: str = ""
    workstation: str = ""


@dataclass(frozen=True)
class Delivery:
    """Where an approved note goes: the clipboard, or the `folder` named. `clear`: seconds after which the clipboard is emptied, if the
    note still lies there.
    """

    folder: Path | None = None
    clear: int = 60


@dataclass(frozen=True)
class Screen:
    """The `language` that a doctor is spoken to in, who has chosen none on the screen: `nb`, `nn` or `en`."""

    language: str = "nb"


@dataclass(frozen=True)
class Config:
    """All settings, by section of the file."""

    model: Model = field(default_factory=Model)
    microphone: Microphone = field(default_factory=Microphone)
    diarization: Diarization = field(default_factory=Diarization)
    note: NoteSettings = field(default_factory=NoteSettings)
    writer: WriterSettings = field(default_factory=WriterSettings)
    session: SessionSettings = field(default_factory=SessionSettings)
    ledger: LedgerSettings = field(default_factory=LedgerSettings)
    delivery: Delivery = field(default_factory=Delivery)
    screen: Screen = field(default_factory=Screen)


def settings_digest(config: Config) -> str:
    """SHA-256 of all settings: tells one configuration from another."""
    return hashlib.sha256(repr(config).encode()).hexdigest()


def load(path: Path | None = None) -> Config:
    """Reads `path`, or the user's own file if there is one. Raises ConfigError, which names the key and the nearest known one."""
    chosen = path or config_file()
    if path is None and not chosen.is_file():
        return Config()
    try:
        with chosen.open("rb") as file:
            table = tomllib.load(file)
    except OSError as error:
        raise ConfigError(problem=f"the file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise ConfigError(problem="the file is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(problem=f"the file is not TOML ({error})") from None
    config: Config = _section(Config, table, "")
    session = table.get("session", {})
    if "limit" in session and "longest" not in session:  # who sets the one knows of no other: it is not put off
        config = replace(config, session=replace(config.session, longest=config.session.limit))
    if session.get("longest", config.session.longest) < config.session.limit:
        raise ConfigError(problem=f"session.longest cannot be less than session.limit, which is {config.session.limit}")
    return config


def _section(kind: type[Any], table: object, name: str) -> Any:
    """A frozen value of `kind` from a TOML table, each key checked against the fields."""
    if not isinstance(table, Mapping):
        raise ConfigError(problem=f"[{name}] is not a table")
    hints = get_type_hints(kind)
    values = {}
    for key, value in table.items():
        where = f"{name}.{key}" if name else key
        if key not in hints:
            near = get_close_matches(key, hints, n=1, cutoff=0.0)
            raise ConfigError(problem=f"there is no key {where!r}; the nearest is {near[0]!r}")
        values[key] = _value(hints[key], value, where)
    return kind(**values)


def _value(hint: Any, value: object, where: str) -> Any:
    if hasattr(hint, "__dataclass_fields__"):
        return _section(hint, value, where)
    if hint in (Path, Path | None) and isinstance(value, str) and value and "\0" not in value:
        try:
            return Path(value).expanduser()
        except RuntimeError:
            raise ConfigError(problem=f"{where} names the home folder of nobody") from None
    if hint == tuple[Role, ...] and isinstance(value, list):
        try:
            return tuple(Role(role) for role in value)
        except ValueError:
            raise ConfigError(problem=f"{where} takes roles out of {', '.join(Role)}") from None
    if hint == tuple[str, ...] and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(hint, type) and type(value) is hint and value in _ALLOWED.get(where, (value,)):
        return value
    raise ConfigError(problem=f"{where} cannot be {value!r}")
