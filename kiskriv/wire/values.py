"""Frozen values as JSON and back, strictly: every key known, every type as declared, every number finite. No I/O.

A dataclass becomes an object of its fields, a tuple an array, a StrEnum its string. Reading accepts nothing else: a key too many, a key
too few or a value of another type is a ValueError that quotes nothing of what it read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

LARGEST = 2**53 - 1
"""The largest integer that every JSON reader keeps whole (RFC 8785)."""

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def as_json(value: object) -> Json:
    """A dataclass, tuple, enum, string, number, boolean or None as what `json` writes."""
    if is_dataclass(value):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"no JSON for {type(value).__name__}")


def from_json(kind: Any, value: Json) -> Any:
    """A value of `kind` (a type as written in a dataclass) from what `json` read. Raises ValueError."""
    origin = get_origin(kind)
    if origin is UnionType:
        return _one_of(get_args(kind), value)
    if origin is tuple:
        return _tuple(get_args(kind), value)
    if is_dataclass(kind):
        return _object(kind, value)
    if type(value) is str and any("\ud800" <= sign <= "\udfff" for sign in value):
        _refuse()  # half a sign, which could not be written down
    if type(value) is str and kind is not str:
        return kind(value) if issubclass(kind, StrEnum) else _refuse()
    known = {int: _whole, float: _finite}.get(kind, lambda item: type(item) is kind)
    return value if known(value) else _refuse()


def _whole(value: Json) -> bool:
    return type(value) is int and abs(value) <= LARGEST


def _finite(value: Json) -> bool:
    return _whole(value) or (type(value) is float and math.isfinite(value))


def _refuse() -> NoReturn:
    raise ValueError("a value of another type")


def _one_of(kinds: Sequence[Any], value: Json) -> Any:
    for kind in kinds:
        try:
            return from_json(kind, value)
        except ValueError:
            continue
    _refuse()


def _tuple(kinds: Sequence[Any], value: Json) -> tuple[Any, ...]:
    if type(value) is not list:
        raise ValueError("not an array")
    if kinds[-1] is Ellipsis:
        return tuple(from_json(kinds[0], item) for item in value)
    return tuple(from_json(kind, item) for kind, item in zip(kinds, value, strict=True))


def _object(kind: Any, value: Json) -> Any:
    hints = _hints(kind)
    if type(value) is not dict or value.keys() != hints.keys():
        raise ValueError("not the keys of this object")
    return kind(**{name: from_json(hint, value[name]) for name, hint in hints.items()})


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}
