"""Consultations as files: what was said and by whom, and, for an evaluation, what a right note holds (`docs/evaluation.md`).

    {"language": "nb",
     "utterances": [{"role": "practitioner", "text": "Har du hatt feber?"}, {"role": "patient", "text": "Nei."}],
     "facts": [{"kind": "symptom", "name": "feber", "polarity": "denied", "evidence": [0, 1], "words": ["feber"]}],
     "forbidden": ["influensa"]}

Acted, synthetic or consented: nothing here is erased, since it is no consultation of a patient's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from kiskriv.draft.fact import UNITS, About, Action, Fact, Kind, Polarity, Quantity, Side, Time
from kiskriv.errors import MaterialInvalid
from kiskriv.locale import mark
from kiskriv.transcript import Role, Transcript, Utterance, Word

SECONDS_A_WORD: Final = 0.4
"""Where a transcript says no times: about as fast as people speak."""

LARGEST: Final = 16 * 1024 * 1024
"""Octets of a file, at most: a consultation has a hundredth of it."""

_FACT: Final = {field.name for field in fields(Fact)}


@dataclass(frozen=True, repr=False)
class Gold:
    """A fact that a right note holds.

    `words`: each stands in one and the same statement of a right note; `|` parts alternatives. `critical`: a note may not leave it out.
    """

    fact: Fact
    words: tuple[str, ...]
    critical: bool

    def __repr__(self) -> str:
        return f"<Gold, {self.fact!r}>"


@dataclass(frozen=True, repr=False)
class Reference:
    """A consultation with what is known of it. `sound`: a recording of it lies beside."""

    name: str
    transcript: Transcript
    facts: tuple[Gold, ...]
    forbidden: tuple[str, ...]
    sound: Path | None = None

    def __repr__(self) -> str:
        return f"<Reference, {len(self.transcript.utterances)} utterances, {len(self.facts)} facts>"


def transcript(file: Path) -> Transcript:
    """What the file says was said; other keys than those of a transcript are passed over. Raises MaterialInvalid."""
    return _transcript(_Place(file.name), _read(file))


def reference(file: Path) -> Reference:
    """All that the file says. Raises MaterialInvalid."""
    value, place = _read(file), _Place(file.name)
    said = _transcript(place, value)
    facts = [
        _gold(place.at("facts", number), fact, len(said.utterances))
        for number, fact in enumerate(_list(place, value, "facts", dict))
    ]
    forbidden = _list(place, value, "forbidden", str)
    if not all(text.strip() for text in forbidden):
        raise place.at("forbidden").invalid(mark("a text is empty"))
    sound = next((path for path in (file.with_suffix(".wav"), file.with_suffix(".flac")) if path.is_file()), None)
    return Reference(file.stem, said, tuple(facts), tuple(forbidden), sound)


def references(folder: Path) -> tuple[tuple[Reference, ...], tuple[MaterialInvalid, ...]]:
    """Every consultation of a folder by its name, and what is wrong with those that cannot be used: all of it at once."""
    found, faults = [], []
    for file in sorted(folder.glob("*.json")):
        try:
            found.append(reference(file))
        except MaterialInvalid as fault:
            faults.append(fault)
    if not found and not faults:
        faults.append(MaterialInvalid(file=folder.name, problem=mark("there is no folder, or no consultation in it")))
    return tuple(found), tuple(faults)


class _Place:
    """Where in a file: told as `kne.json, facts[2].dose`, in every language."""

    def __init__(self, name: str) -> None:
        self._name = name

    def at(self, key: str, number: int | None = None) -> _Place:
        """Further in."""
        step = key if number is None else f"{key}[{number}]"
        return _Place(self._name + ("." if ", " in self._name else ", ") + step)

    def invalid(self, problem: str) -> MaterialInvalid:
        """`problem` is one of our own phrases."""
        return MaterialInvalid(file=self._name, problem=problem)


def _read(file: Path) -> Mapping[str, Any]:
    place = _Place(file.name)
    try:
        with file.open("rb") as stream:
            octets = stream.read(LARGEST + 1)
        if len(octets) > LARGEST:
            raise place.invalid(mark("the file is too large"))
        value = json.loads(octets.decode("utf-8-sig"))
        json.dumps(value, ensure_ascii=False).encode()
    except OSError:
        raise place.invalid(mark("the file cannot be read")) from None
    except UnicodeError:
        raise place.invalid(mark("the text is not UTF-8")) from None
    except json.JSONDecodeError as error:
        raise _Place(f"{file.name}:{error.lineno}").invalid(mark("it is not JSON")) from None
    except (ValueError, RecursionError):  # a number of thousands of digits; a thousand lists within each other
        raise place.invalid(mark("it is not JSON")) from None
    if not isinstance(value, dict):
        raise place.invalid(mark("it is not an object"))
    return value


def _transcript(place: _Place, value: Mapping[str, Any]) -> Transcript:
    language = value.get("language", "nb")
    if language not in ("nb", "nn"):
        raise place.at("language").invalid(mark("it is neither nb nor nn"))
    if "utterances" not in value:
        raise place.at("utterances").invalid(mark("it is missing"))
    said: list[Utterance] = []
    for number, one in enumerate(_list(place, value, "utterances", dict)):
        said.append(_utterance(place.at("utterances", number), number, one, said[-1].end if said else 0.0))
    return Transcript(language, tuple(said))


def _utterance(place: _Place, number: int, one: Mapping[str, Any], start: float) -> Utterance:
    role, text = one.get("role"), one.get("text")
    if role not in tuple(Role):
        raise place.at("role").invalid(
            mark("it is none of practitioner, patient, related-person, interpreter and unknown")
        )
    if not isinstance(text, str) or not text.split():
        raise place.at("text").invalid(mark("it is missing or empty"))
    words = text.split()
    begins = one.get("start", start)
    ends = one.get("end", begins + SECONDS_A_WORD * len(words) if type(begins) in (int, float) else None)
    if not all(type(time) in (int, float) and 0 <= time < 1e6 for time in (begins, ends)) or ends < begins:
        raise place.at("start").invalid(mark("it and `end` are not seconds in order"))
    speaker = one.get("speaker", role)
    if not isinstance(speaker, str):
        raise place.at("speaker").invalid(mark("it is not text"))
    each = (ends - begins) / len(words)
    return Utterance(
        number,
        Role(role),
        speaker,
        tuple(Word(begins + at * each, begins + (at + 1) * each, word, 1.0) for at, word in enumerate(words)),
    )


def _gold(place: _Place, fact: Mapping[str, Any], utterances: int) -> Gold:
    for key in ("kind", "name"):
        if key not in fact:
            raise place.at(key).invalid(mark("it is missing"))
    unknown = fact.keys() - _FACT - {"words", "critical"}
    if unknown:
        raise place.at(min(unknown)).invalid(mark("a fact has no such key"))
    evidence, words, critical = fact.get("evidence", []), fact.get("words", []), fact.get("critical", False)
    if not isinstance(evidence, list) or not all(type(at) is int and 0 <= at < utterances for at in evidence):
        raise place.at("evidence").invalid(mark("it is not a list of utterances' numbers"))
    if not isinstance(words, list) or not all(isinstance(word, str) and _no_gap(word.split("|")) for word in words):
        raise place.at("words").invalid(mark("it is not a list of texts, or one of them is empty"))
    if not isinstance(critical, bool):
        raise place.at("critical").invalid(mark("it is neither true nor false"))
    said: dict[str, Any] = {"evidence": tuple(evidence)}
    for key in sorted(fact.keys() & _FACT - {"evidence"}):
        try:
            said[key] = _FIELDS.get(key, _text)(fact[key])
        except (ValueError, TypeError):
            raise place.at(key).invalid(mark("it is not in its canonical form")) from None
    return Gold(Fact(**said), tuple(words), critical)


def _no_gap(texts: Iterable[str]) -> bool:
    return all(text.strip() for text in texts)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _quantity(value: str) -> Quantity:
    """What `Quantity.__str__` writes; a number alone has no unit."""
    match = _QUANTITY.fullmatch(value)
    if match is None or match["unit"] not in (None, *UNITS):
        raise ValueError
    return Quantity(Decimal(match["value"]), match["unit"] or "", Decimal(match["to"]) if match["to"] else None)


_QUANTITY: Final = re.compile(r"(?P<value>\d+(?:\.\d+)?)(?:[-/](?P<to>\d+(?:\.\d+)?))?(?: (?P<unit>\S+))?")

_FIELDS: Final[Mapping[str, Callable[[Any], object]]] = {
    "kind": Kind,
    "polarity": Polarity,
    "time": Time,
    "about": About,
    "side": Side,
    "action": Action,
    "value": _quantity,
    "dose": _quantity,
    "duration": _quantity,
}


def _list(place: _Place, value: Mapping[str, Any], key: str, kind: type) -> Sequence[Any]:
    found = value.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, kind) for item in found):
        raise place.at(key).invalid(_LISTS[kind])
    return found


_LISTS: Final[Mapping[type, str]] = {
    dict: mark("it is not a list of objects"),
    str: mark("it is not a list of texts"),
}
