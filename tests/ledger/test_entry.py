"""The closed schema: what goes in comes out, and nothing else goes in."""

from __future__ import annotations

import dataclasses
import json
import re
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiskriv.ledger import (
    Artefact,
    ArtefactName,
    Cause,
    Change,
    Configured,
    Created,
    Delivery,
    Ended,
    Entry,
    Fact,
    Heartbeat,
    Level,
    Method,
    Opened,
    Place,
    Precision,
    Pruned,
    Reason,
    Resumed,
    Rotated,
    Spoken,
    Started,
    Stopped,
    Swept,
    Weakness,
    Witnessed,
    new_session_id,
    rounded,
    timestamp,
)
from kiskriv.ledger.entry import _KINDS, MAX_ENTRY, SAFEST_LIMIT, best_level, coarse, decode, encode
from kiskriv.ledger.fields import MAX_INTEGER

from .material import NOON, TIME, configured, ended, opened, resumed, started, swept


def hexadecimal(digits: int) -> st.SearchStrategy[str]:
    return st.text("0123456789abcdef", min_size=digits, max_size=digits)


times = st.datetimes(datetime(2020, 1, 1), datetime(2099, 12, 31)).map(lambda t: t.strftime("%Y-%m-%dT%H:%M:%SZ"))
counts = st.integers(0, MAX_INTEGER)
notices = st.builds("{}-{}".format, st.sampled_from(["nb", "nn", "en"]), st.integers(1, 9999))
amounts = st.just(0) | st.integers(0, 52).map(lambda exponent: 1 << exponent)
releases = st.builds("{}.{}.{}{}".format, *[st.integers(0, 99)] * 3, st.sampled_from(["", "a1", "rc2", ".dev3"]))
ids, hashes, signatures = hexadecimal(32), hexadecimal(64), hexadecimal(128)
openings = st.builds(Opened, ids, times, hashes, notices, releases, hashes, hashes, st.booleans())
resumptions = st.builds(Resumed, ids, times, hashes)
sweeps = st.builds(Swept, ids, times, st.sampled_from(Cause))
starts = st.builds(Started, times, ids, ids, releases, hashes, st.sampled_from(Precision), st.integers(1, 1440))
beats = st.builds(Heartbeat, times)
stops = st.builds(Stopped, times)
creations = st.builds(Created, times, hashes, hashes)
rotations = st.builds(Rotated, times, st.sampled_from(Change), hashes, hashes, signatures, signatures, signatures)
sizes = st.integers(1, MAX_INTEGER)
sightings = st.builds(Witnessed, times, hashes, sizes, counts, signatures)


def some(kind: type[StrEnum]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.sets(st.sampled_from(kind)).map(lambda drawn: tuple(member for member in kind if member in drawn))


@st.composite
def ends(draw: st.DrawFn) -> Ended:
    methods, facts, looked, residue = draw(some(Method)), draw(some(Fact)), draw(some(Place)), draw(counts)
    if Method.ROOM_KILLED in methods:
        methods = tuple(method for method in methods if method is not Method.ROOM_ENDED)
    erased = Method.KEY_DESTROYED in methods and Method.ROOM_KILLED not in methods
    return Ended(
        draw(hexadecimal(32)),
        draw(times),
        draw(hexadecimal(64)),
        draw(st.sampled_from(Reason)),
        tuple(Artefact(name, draw(amounts), draw(amounts)) for name in draw(some(ArtefactName))),
        methods,
        draw(st.sampled_from([level for level in Level if level >= best_level(facts)])),
        facts,
        looked,
        residue,
        draw(counts),
        draw(st.booleans()) and erased and looked != () and residue == 0,
    )


@st.composite
def settings(draw: st.DrawFn) -> Configured:
    limit, spool, delivery, precision = (
        draw(counts),
        draw(st.booleans()),
        draw(st.sampled_from(Delivery)),
        draw(st.sampled_from(Precision)),
    )
    weak = {
        Weakness.DELIVERY: delivery is Delivery.FOLDER,
        Weakness.LIMIT: limit > SAFEST_LIMIT,
        Weakness.PRECISION: precision is not Precision.HOUR,
        Weakness.SPOOL: spool,
    }
    return Configured(
        draw(times),
        draw(st.sampled_from(Spoken)),
        draw(counts),
        draw(counts),
        limit,
        spool,
        delivery,
        precision,
        draw(st.booleans()),
        tuple(weakness for weakness in Weakness if weak[weakness]),
    )


@st.composite
def prunings(draw: st.DrawFn) -> Pruned:
    ends_, sweeps_ = draw(st.integers(0, 2**52)), draw(st.integers(0, 2**51))
    return Pruned(draw(times), draw(sizes), ends_ + sweeps_, ends_, sweeps_)


STRATEGIES: dict[type[Entry], st.SearchStrategy[Entry]] = {
    Opened: openings,
    Resumed: resumptions,
    Ended: ends(),
    Swept: sweeps,
    Started: starts,
    Configured: settings(),
    Heartbeat: beats,
    Stopped: stops,
    Created: creations,
    Rotated: rotations,
    Witnessed: sightings,
    Pruned: prunings(),
}
entries: st.SearchStrategy[Entry] = st.one_of(*STRATEGIES.values())
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def refuses(line: bytes) -> None:
    with pytest.raises(ValueError, match="entry") as caught:
        decode(line)
    assert caught.value.__cause__ is None
    assert repr(line)[2:-1] not in str(caught.value) or len(line) < 8


def canonical(fields: Any) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


@given(entries)
def test_an_entry_comes_back_as_it_was_written(entry: Entry) -> None:
    line = encode(entry)
    assert decode(line) == entry
    assert len(line) <= MAX_ENTRY
    assert b"\n" not in line
    assert line.isascii()


def largest() -> list[Entry]:
    """Of each kind one that nothing can make longer."""
    most = 1 << 52  # the longest amount
    everything = tuple(Artefact(name, most, most) for name in ArtefactName)
    end = dataclasses.replace(
        ended(opened()),
        reason=max(Reason, key=len),
        artefacts=everything,
        methods=tuple(method for method in Method if method is not Method.ROOM_KILLED),
        level=Level.A,
        facts=tuple(Fact),
        looked=tuple(Place),
        residue=MAX_INTEGER,
        took=MAX_INTEGER,
        verified=False,
    )
    killed = (Method.KEY_DESTROYED, *(m for m in Method if m not in (Method.KEY_DESTROYED, Method.ROOM_ENDED)))
    release = "999.999.999rc99.dev99"
    opening = dataclasses.replace(opened(), informed="nb-9999", kiskriv=release)
    settings_ = Configured(
        TIME,
        Spoken.NYNORSK,
        MAX_INTEGER,
        MAX_INTEGER,
        MAX_INTEGER,
        True,
        Delivery.FOLDER,
        Precision.SECOND,
        False,
        tuple(Weakness),
    )
    return [
        opening,
        resumed(opening),
        end,
        dataclasses.replace(end, methods=killed),
        swept(opening, max(Cause, key=len)),
        dataclasses.replace(started(), kiskriv=release, heartbeat=1440),
        settings_,
        Heartbeat(TIME),
        Stopped(TIME),
        Created(TIME, "ab" * 32, "cd" * 32),
        Rotated(TIME, max(Change, key=len), "ab" * 32, "cd" * 32, "ef" * 64, "01" * 64, "23" * 64),
        Witnessed(TIME, "ab" * 32, MAX_INTEGER, MAX_INTEGER, "ef" * 64),
        Pruned(TIME, MAX_INTEGER, MAX_INTEGER, MAX_INTEGER // 2, MAX_INTEGER - MAX_INTEGER // 2),
    ]


def test_the_largest_entry_of_each_kind_keeps_within_the_limit() -> None:
    assert {type(entry) for entry in largest()} == set(_KINDS.values())
    assert all(len(encode(entry)) <= MAX_ENTRY for entry in largest())
    assert max(len(encode(entry)) for entry in largest()) > 800


@given(entries)
def test_no_entry_is_larger_than_the_largest_of_its_kind(entry: Entry) -> None:
    assert len(encode(entry)) <= max(len(encode(other)) for other in largest() if type(other) is type(entry))


def test_the_canonical_form_is_the_one_in_the_specification() -> None:
    end = Ended(
        "0f" * 16,
        TIME,
        "c0" * 32,
        Reason.WITHDRAWN,
        (Artefact(ArtefactName.AUDIO, 2, 64),),
        (Method.KEY_DESTROYED, Method.ROOM_ENDED),
        Level.C,
        (Fact.MEMORY_LOCKED, Fact.SWAP_SAFE),
        (Place.OWN_MEMORY, Place.OPEN_FILES),
        0,
        350,
        True,
    )
    assert encode(end).decode() == (
        '{"artefacts":[{"count":2,"name":"audio","octets":64}],"commitment":"'
        + "c0" * 32
        + '","facts":["memory-locked","swap-safe"],'
        '"kind":"ended","level":"C","looked":["own-memory","open-files"],'
        '"methods":["key-destroyed","room-ended"],"reason":"withdrawn","residue":0,"session":"' + "0f" * 16 + '",'
        '"time":"2026-03-02T12:00:00Z","took":350,"v":1,"verified":true}'
    )
    assert encode(Swept("0f" * 16, TIME, Cause.ROOM_DIED)).decode() == (
        '{"cause":"room-died","kind":"swept","session":"' + "0f" * 16 + '","time":"2026-03-02T12:00:00Z","v":1}'
    )
    assert encode(Resumed("0f" * 16, TIME, "c0" * 32)).decode() == (
        '{"commitment":"' + "c0" * 32 + '","kind":"resumed","session":"' + "0f" * 16 + '",'
        '"time":"2026-03-02T12:00:00Z","v":1}'
    )


CANONICAL: list[tuple[Entry, str]] = [
    (
        Opened("0f" * 16, TIME, "c0" * 32, "nn-12", "1.2.3rc1", "ab" * 32, "cd" * 32, True),
        f'{{"commitment":"{"c0" * 32}","drafter":"{"cd" * 32}","informed":"nn-12","kind":"opened","kiskriv":"1.2.3rc1",'
        f'"model":"{"ab" * 32}","session":"{"0f" * 16}","spool":true,"time":"{TIME}","v":1}}',
    ),
    (
        Started(TIME, "1a" * 16, "2b" * 16, "0.1.0", "ef" * 32, Precision.HOUR, 60),
        f'{{"heartbeat":60,"kind":"started","kiskriv":"0.1.0","precision":"hour","program":"{"ef" * 32}",'
        f'"time":"{TIME}","user":"{"1a" * 16}","v":1,"workstation":"{"2b" * 16}"}}',
    ),
    (
        configured(),
        '{"beam_size":5,"channels":1,"delivery":"clipboard","kind":"configured","language":"nb","limit":120,'
        f'"precision":"second","spool":true,"time":"{TIME}","v":1,"weakened":["precision","spool"],"witness":true}}',
    ),
    (Heartbeat(TIME), f'{{"kind":"heartbeat","time":"{TIME}","v":1}}'),
    (Stopped(TIME), f'{{"kind":"stopped","time":"{TIME}","v":1}}'),
    (
        Created(TIME, "ab" * 32, "cd" * 32),
        f'{{"epoch_key":"{"cd" * 32}","kind":"created","log_key":"{"ab" * 32}","time":"{TIME}","v":1}}',
    ),
    (
        Rotated(TIME, Change.DAILY, "ab" * 32, "cd" * 32, "23" * 64, "ef" * 64, "01" * 64),
        f'{{"change":"daily","epoch_key":"{"cd" * 32}","kind":"rotated","log":"{"23" * 64}","log_key":"{"ab" * 32}","new":"{"01" * 64}",'
        f'"old":"{"ef" * 64}","time":"{TIME}","v":1}}',
    ),
    (
        Witnessed(TIME, "ab" * 32, 41, 1772452800, "ef" * 64),
        f'{{"kind":"witnessed","seconds":1772452800,"signature":"{"ef" * 64}","size":41,"time":"{TIME}","v":1,'
        f'"witness":"{"ab" * 32}"}}',
    ),
    (
        Pruned(TIME, 40, 7, 5, 2),
        f'{{"ended":5,"kind":"pruned","opened":7,"size":40,"swept":2,"time":"{TIME}","v":1}}',
    ),
]


@pytest.mark.parametrize(("entry", "line"), CANONICAL, ids=lambda given: getattr(given, "kind", ""))
def test_each_other_kind_is_written_like_this(entry: Entry, line: str) -> None:
    assert encode(entry).decode() == line
    assert decode(line.encode()) == entry


@given(entries, st.text(), anything)
@example(swept(opened()), "note", "pasienten har vondt i magen")
def test_an_unknown_key_is_refused(entry: Entry, key: str, value: Any) -> None:
    fields = json.loads(encode(entry))
    if key not in fields:
        refuses(canonical(fields | {key: value}))


@given(entries, st.data())
def test_a_missing_key_is_refused(entry: Entry, data: st.DataObject) -> None:
    fields = json.loads(encode(entry))
    del fields[data.draw(st.sampled_from(sorted(fields)))]
    refuses(canonical(fields))


@given(entries, st.data(), anything)
def test_a_value_of_another_kind_is_refused(entry: Entry, data: st.DataObject, value: Any) -> None:
    fields = json.loads(encode(entry))
    key = data.draw(st.sampled_from(sorted(fields)))
    line = canonical(fields | {key: value})
    try:
        decoded = decode(line)
    except ValueError:
        return
    assert encode(decoded) == line  # a lucky draw: a whole number for a count, hex digits for hex digits
    if isinstance(value, str):
        assert MACHINE_MADE.fullmatch(value) or value in WORDS


@given(entries, st.text())
@example(opened(), "Kari Nordmann, 01017012345")
@example(ended(opened()), "vondt i magen")
def test_no_field_takes_free_text(entry: Entry, text: str) -> None:
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        for other in (text, f"{value}{text}", f"{text}{value}", f"{value} {text}", (text,), [text]):
            try:
                dataclasses.replace(entry, **{field.name: other})
            except (ValueError, TypeError):
                continue
            assert MACHINE_MADE.fullmatch(other), "a field took what only a person would write"


WORDS = {*Reason, *Level, *Cause, *Precision, *Spoken, *Delivery, *Change, *_KINDS}
MACHINE_MADE = re.compile(
    r"[0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128}|[-:TZ0-9]{20}|(nb|nn|en)-[0-9]{1,4}|[0-9.]{5,11}((a|b|rc|\.dev)[0-9]{1,2})*"
)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("session", "0F" * 16),
        ("session", "0f" * 16 + "\n"),
        ("session", "0f" * 15),
        ("session", "\u0660" * 32),
        ("time", "2026-03-02T12:00:00+00:00"),
        ("time", "2026-03-02T12:00:00.5Z"),
        ("time", "2026-03-02 12:00:00Z"),
        ("time", "2026-02-30T12:00:00Z"),
        ("time", "2026-03-02T24:00:00Z"),
        ("time", "2026-03-02T12:00:60Z"),
        ("commitment", "ab" * 31),
        ("informed", "nb-0"),
        ("informed", "nb-1 Kari Nordmann"),
        ("informed", "sv-1"),
        ("kiskriv", "0.1"),
        ("kiskriv", "0.1.0+kari"),
        ("kiskriv", "1.2.3.4"),
        ("model", "AB" * 32),
    ],
)
def test_a_value_outside_the_schema_is_refused(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"schema|range|day"):
        dataclasses.replace(opened(), **{field: value})


@pytest.mark.parametrize(
    "change",
    [
        {"residue": -1},
        {"residue": True},
        {"residue": 0.0},
        {"residue": MAX_INTEGER + 1},
        {"residue": 1},  # verified, and yet something was found
        {"methods": ()},  # verified, and yet nothing was done
        {"methods": (Method.BUFFERS_OVERWRITTEN, Method.ROOM_ENDED)},  # ... and yet the key is whole
        {"methods": (Method.KEY_DESTROYED, Method.ROOM_KILLED)},  # ... and yet its memory is not accounted for
        {"looked": ()},  # ... and yet nobody looked
        {"verified": 1},
        {"methods": (Method.KEY_DESTROYED, Method.ROOM_ENDED, Method.ROOM_KILLED), "verified": False},
        {"reason": "transferred"},
        {"methods": ("key-destroyed",)},
        {"methods": [Method.KEY_DESTROYED]},
        {"methods": (Method.BUFFERS_OVERWRITTEN, Method.KEY_DESTROYED)},
        {"methods": (Method.KEY_DESTROYED, Method.KEY_DESTROYED)},
        {"artefacts": (Artefact(ArtefactName.DRAFT, 1, 1), Artefact(ArtefactName.AUDIO, 1, 1))},
        {"artefacts": (Artefact(ArtefactName.AUDIO, 1, 1), Artefact(ArtefactName.AUDIO, 1, 1))},
        {"level": "B"},
        {"level": Level.A},  # without the kernel that zeroes freed pages
        {"facts": ("swap-safe",)},
        {"facts": [Fact.SWAP_SAFE]},
        {"facts": (Fact.SWAP_SAFE, Fact.MEMORY_LOCKED)},
        {"facts": (Fact.SWAP_SAFE, Fact.SWAP_SAFE)},
        {"facts": (Place.OWN_MEMORY,)},
        {"looked": ("own-memory",)},
        {"looked": [Place.OWN_MEMORY]},
        {"looked": (Place.OPEN_FILES, Place.OWN_MEMORY)},
        {"looked": (Place.OWN_MEMORY, Place.OWN_MEMORY)},
        {"artefacts": ({"name": "audio", "count": 1, "octets": 1},)},
    ],
)
def test_an_end_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="schema"):
        dataclasses.replace(ended(opened()), **change)


@pytest.mark.parametrize("cause", ["recover", None, Reason.FAILED, (Cause.RECOVER,)])
def test_a_sweep_without_a_cause_is_refused(cause: Any) -> None:
    with pytest.raises(ValueError, match="schema"):
        Swept("0f" * 16, TIME, cause)


@pytest.mark.parametrize(
    "change", [{"session": "0f"}, {"time": "noon"}, {"commitment": "ab" * 31}, {"commitment": None}]
)
def test_a_resumption_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        dataclasses.replace(resumed(opened(spool=True)), **change)


@pytest.mark.parametrize(
    "change",
    [
        {"weakened": ()},
        {"weakened": (Weakness.SPOOL,)},
        {"weakened": (Weakness.SPOOL, Weakness.PRECISION)},
        {"weakened": tuple(Weakness)},
        {"limit": SAFEST_LIMIT + 1},  # and not said to be weaker
        {"delivery": Delivery.FOLDER},
        {"precision": Precision.HOUR},  # and said to be weaker all the same
        {"spool": False},
        {"language": "nb"},
        {"channels": -1},
        {"witness": 1},
        {"delivery": "/srv/notater"},
    ],
)
def test_settings_say_themselves_what_is_weaker_and_nothing_else(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="schema"):
        dataclasses.replace(configured(), **change)


@pytest.mark.parametrize(
    "change",
    [
        {"user": "kari"},
        {"user": "1a" * 15},
        {"workstation": "legekontor-2"},
        {"program": "ef" * 31},
        {"heartbeat": 0},
        {"heartbeat": 1441},
        {"heartbeat": True},
        {"precision": "hour"},
    ],
)
def test_a_start_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="schema"):
        dataclasses.replace(started(), **change)


@pytest.mark.parametrize("counts_", [(7, 5, 1), (7, 7, 1), (0, 0, 1), (-1, 0, 0)])
def test_what_was_pruned_was_closed(counts_: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="schema"):
        Pruned(TIME, 40, *counts_)


@pytest.mark.parametrize("amount", [-1, 3, 5, 1800, 115_200_000, (1 << 52) + 1, 1 << 53, True, 1.0])
def test_an_amount_is_nothing_or_a_power_of_two(amount: Any) -> None:
    for count, octets in ((amount, 1), (1, amount)):
        with pytest.raises(ValueError, match="schema"):
            Artefact(ArtefactName.AUDIO, count, octets)


@pytest.mark.parametrize(
    ("missing", "best"),
    [
        ((), Level.A),
        ((Fact.FREED_PAGES_ZEROED,), Level.B),
        ((Fact.FREED_PAGES_ZEROED, Fact.SECRET_MEMORY), Level.B),
        ((Fact.MEMORY_LOCKED,), Level.B),
        ((Fact.SECRET_MEMORY, Fact.MEMORY_LOCKED), Level.C),
        *(((fact,), Level.C) for fact in (Fact.SWAP_SAFE, Fact.NO_CORE_FILES, Fact.WIPED_ON_FREE, Fact.NO_HUGE_PAGES)),
        *(((fact,), Level.C) for fact in (Fact.NO_SOCKETS, Fact.FILES_WALLED)),
        (tuple(Fact), Level.C),
    ],
)
def test_no_level_is_better_than_its_facts_allow(missing: tuple[Fact, ...], best: Level) -> None:
    facts = tuple(fact for fact in Fact if fact not in missing)
    assert best_level(facts) is best
    for level in Level:
        if level >= best:
            assert dataclasses.replace(ended(opened()), level=level, facts=facts)
        else:
            with pytest.raises(ValueError, match="level"):
                dataclasses.replace(ended(opened()), level=level, facts=facts)


@pytest.mark.parametrize("size", [0, -1, True, MAX_INTEGER + 1])
def test_a_tree_that_was_seen_or_pruned_has_an_entry(size: int) -> None:
    with pytest.raises(ValueError, match="size"):
        Pruned(TIME, size, 0, 0, 0)
    with pytest.raises(ValueError, match="size"):
        Witnessed(TIME, "ab" * 32, size, 1, "ef" * 64)


@given(st.integers(0, 1 << 52))
def test_an_amount_is_rounded_up_to_less_than_twice(amount: int) -> None:
    assert amount <= rounded(amount) < max(2 * amount, 1)
    assert rounded(rounded(amount)) == rounded(amount)
    assert Artefact(ArtefactName.AUDIO, rounded(amount), 0)


def test_a_time_is_rounded_down() -> None:
    time = "2026-12-31T23:59:58Z"
    assert [coarse(time, precision) for precision in Precision] == [
        time,
        "2026-12-31T23:59:00Z",
        "2026-12-31T23:00:00Z",
    ]
    assert timestamp(NOON + timedelta(minutes=61, seconds=7), Precision.HOUR) == "2026-03-02T13:00:00Z"


@pytest.mark.parametrize("spool", [None, 0, 1, "true"])
def test_whether_there_is_a_spool_is_yes_or_no(spool: Any) -> None:
    with pytest.raises(ValueError, match="spool"):
        dataclasses.replace(opened(), spool=spool)


def test_an_erasure_that_was_not_verified_can_always_be_written() -> None:
    start = opened()
    for methods in ((), (Method.ROOM_KILLED,), tuple(m for m in Method if m is not Method.ROOM_KILLED)):
        bare = dataclasses.replace(
            ended(start, verified=False), artefacts=(), methods=methods, level=Level.C, facts=(), looked=(), residue=0
        )
        assert decode(encode(bare)) == bare


@pytest.mark.parametrize(
    ("name", "count", "octets"),
    [
        ("audio", 1, 1),
        (ArtefactName.AUDIO, -1, 1),
        (ArtefactName.AUDIO, 1, 1.0),
        (ArtefactName.AUDIO, True, 1),
        (Reason.FAILED, 1, 1),
    ],
)
def test_an_artefact_that_makes_no_sense_is_refused(name: Any, count: Any, octets: Any) -> None:
    with pytest.raises(ValueError, match="schema"):
        Artefact(name, count, octets)


GOOD = encode(ended(opened()))
OPENED = encode(opened(spool=True))
SWEPT = encode(swept(opened()))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"opened"',
        b"[" * MAX_ENTRY,
        b'{"kind":' * 100,
        GOOD + b"\n",
        b" " + GOOD,
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        GOOD.replace(b":", b": "),
        GOOD.replace(b'"audio"', b'"\\u0061udio"'),
        GOOD.replace(b'"residue":0', b'"residue":0.0'),
        GOOD.replace(b'"residue":0', b'"residue":0e0'),
        GOOD.replace(b'"residue":0', b'"residue":-0'),
        GOOD.replace(b'"residue":0', b'"residue":NaN'),
        GOOD.replace(b'"residue":0', b'"residue":false'),
        GOOD.replace(b'"residue":0', b'"residue":null'),
        GOOD.replace(b'"v":1', b'"v":2'),
        GOOD.replace(b'"v":1', b'"v":true'),
        GOOD.replace(b'"v":1', b'"v":1,"v":1'),
        GOOD.replace(b'"level":"B"', b'"level":"D"'),
        GOOD.replace(b'"level":"B"', b'"level":"A"'),
        GOOD.replace(b'"level":"B",', b""),
        GOOD.replace(b'"looked":[', b'"looked":["disk",'),
        GOOD.replace(b'"facts":[', b'"facts":["safe",'),
        GOOD.replace(b'"room-ended"', b'"process-ended"'),
        OPENED.replace(b'"spool":true', b'"spool":1'),
        OPENED.replace(b'"spool":true,', b""),
        OPENED.replace(b'"kind":"opened"', b'"kind":"resumed"'),
        SWEPT.replace(b"found-at-start", b"kari"),
        SWEPT.replace(b'"cause":"found-at-start",', b""),
        SWEPT.replace(b'"found-at-start"', b'["found-at-start"]'),
        GOOD.replace(b'"kind":"ended"', b'"kind":"opened"'),
        GOOD.replace(b'"kind":"ended"', b'"kind":["ended"]'),
        GOOD.replace(b'"kind":"ended"', b'"kind":"ended","kind":"ended"'),
        GOOD.replace(b'"count":', b'"note":"x","count":'),
        b'{"v":1,' + GOOD[1:].replace(b',"v":1', b""),
        GOOD[:-1] + b',"x":"' + b"a" * MAX_ENTRY + b'"}',
    ],
)
def test_what_kiskriv_does_not_write_it_does_not_read(line: bytes) -> None:
    refuses(line)


def test_a_line_longer_than_any_entry_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="too long"):
        decode(b"[" * (MAX_ENTRY + 1))


@given(st.binary(max_size=200))
def test_any_octets_get_an_answer(line: bytes) -> None:
    refuses(line)


@given(entries, st.data())
def test_no_changed_octet_leaves_the_same_entry(entry: Entry, data: st.DataObject) -> None:
    line = bytearray(encode(entry))
    line[data.draw(st.integers(0, len(line) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(ValueError):
        assert decode(bytes(line)) != entry


def test_session_ids_are_random() -> None:
    drawn = {new_session_id() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(Swept(session, TIME, Cause.RECOVER) for session in drawn)


def test_a_moment_is_written_in_utc_and_whole_seconds() -> None:
    oslo = timezone(timedelta(hours=2))
    assert timestamp(NOON) == TIME
    assert timestamp(datetime(2026, 3, 2, 14, 0, 0, 999_999, tzinfo=oslo)) == TIME
    with pytest.raises(ValueError, match="time zone"):
        timestamp(datetime(2026, 3, 2))


def test_entries_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        opened().session = "0" * 32  # type: ignore[misc]
