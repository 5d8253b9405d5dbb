"""The fields of an entry: what each type of field accepts, how it is read from JSON and written to it. No I/O.

A kind of entry is a frozen dataclass whose annotations are the schema:

    session: Identifier        a string of this form
    level: Level               a word out of a closed list
    facts: tuple[Fact, ...]    such words, each once at most, in the order of the list
    residue: Count             an integer, 0 to 2**53 - 1
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeAlias, get_args, get_origin, get_type_hints

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps whole (RFC 8785, RFC 7493)."""


@dataclass(frozen=True)
class _Form:
    """What a value of an annotated type must fulfil."""

    holds: Callable[[Any], bool]


def _matching(pattern: str) -> _Form:
    fullmatch = re.compile(pattern).fullmatch
    return _Form(lambda value: type(value) is str and fullmatch(value) is not None)


def _is_time(value: object) -> bool:
    if type(value) is not str or not _TIME(value):
        return False
    try:
        datetime.fromisoformat(value[:-1])  # ValueError for the 30th of February
    except ValueError:
        return False
    return True


def _is_amount(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER and value & (value - 1) == 0


_TIME = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z").fullmatch

Identifier: TypeAlias = Annotated[str, _matching(r"[0-9a-f]{32}")]
Hash: TypeAlias = Annotated[str, _matching(r"[0-9a-f]{64}")]  # SHA-256, or a public key of Ed25519
Signature: TypeAlias = Annotated[str, _matching(r"[0-9a-f]{128}")]  # of Ed25519
Time: TypeAlias = Annotated[str, _Form(_is_time)]  # RFC 3339, UTC, whole seconds
Notice: TypeAlias = Annotated[str, _matching(r"(nb|nn|en)-[1-9][0-9]{0,3}")]
Release: TypeAlias = Annotated[str, _matching(r"[0-9]{1,3}(\.[0-9]{1,3}){2}((a|b|rc)[0-9]{1,2})?(\.dev[0-9]{1,2})?")]
Count: TypeAlias = Annotated[int, _Form(lambda value: type(value) is int and 0 <= value <= MAX_INTEGER)]
Size: TypeAlias = Annotated[int, _Form(lambda value: type(value) is int and 1 <= value <= MAX_INTEGER)]
Minutes: TypeAlias = Annotated[int, _Form(lambda value: type(value) is int and 1 <= value <= 24 * 60)]
Amount: TypeAlias = Annotated[int, _Form(_is_amount)]  # 0 or a power of two


class Checked:
    """A value that cannot exist with a field that its schema refuses: ValueError names the field, never the value."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, field in _schema(type(self)):
            expect(field.holds(getattr(self, name)), name)
        self.check()

    def check(self) -> None:
        """Rules between fields, where there are any."""


def expect(holds: bool, name: str) -> None:
    """ValueError where a rule of this field does not hold."""
    if not holds:
        raise ValueError(f"the field {name} does not keep to the schema")


def read(kind: type[Any], given: dict[str, Any]) -> Any:
    """A value of this kind from a JSON object; ValueError, TypeError or KeyError where it is none."""
    schema = _schema(kind)
    if len(given) != len(schema):
        raise ValueError("a field too many or too few")
    return kind(**{name: field.read(given[name]) for name, field in schema})


def written(value: Any) -> dict[str, Any]:
    """What JSON holds of a value."""
    return {name: field.write(getattr(value, name)) for name, field in _schema(type(value))}


@dataclass(frozen=True)
class _Field:
    holds: Callable[[Any], bool]
    read: Callable[[Any], Any] = lambda value: value
    write: Callable[[Any], Any] = lambda value: value


def _schema(kind: type[Any]) -> tuple[tuple[str, _Field], ...]:
    if kind not in _SCHEMAS:
        hints = get_type_hints(kind, include_extras=True)
        _SCHEMAS[kind] = tuple((field.name, _field(hints[field.name])) for field in fields(kind))
    return _SCHEMAS[kind]


_SCHEMAS: dict[type[Any], tuple[tuple[str, _Field], ...]] = {}


def _field(hint: Any) -> _Field:
    if get_origin(hint) is Annotated:
        return _Field(get_args(hint)[1].holds)
    if get_origin(hint) is tuple:
        return _several(get_args(hint)[0])
    if isinstance(hint, type) and issubclass(hint, Checked):
        return _Field(lambda value: type(value) is hint, lambda given: read(hint, given), written)
    if issubclass(hint, StrEnum):
        return _Field(lambda value: type(value) is hint, hint)
    return _Field(lambda value: type(value) is hint)


def _several(hint: Any) -> _Field:
    one = _field(hint)

    def holds(values: object) -> bool:
        if type(values) is not tuple or not all(map(one.holds, values)):
            return False
        return issubclass(hint, Checked) or list(values) == [word for word in hint if word in values]

    def taken(given: object) -> tuple[Any, ...]:
        if type(given) is not list:  # an object would iterate, too
            raise ValueError("no array")
        return tuple(map(one.read, given))

    return _Field(holds, taken, lambda values: list(map(one.write, values)))
