"""Everything that can be said is understood as it was said, and nothing else is."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiskriv.errors import KiskrivError, Malformed, MicrophoneLost, NotApproved
from kiskriv.note import Note, Section, Statement
from kiskriv.session import State
from kiskriv.speech.windows import Urgency
from kiskriv.transcript import Doubt, Findings, Recognition, Role, Transcript, Turn, Utterance, Word
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed, raised
from kiskriv.wire.frames import Reader, frame
from kiskriv.wire.values import as_json, from_json

WORD = Word(0.5, 0.75, "feber", 0.9, Doubt.LOOP)
UTTERANCE = Utterance(0, Role.PATIENT, "1", (WORD, WORD))
NOTE = Note((Section("Anamnese", (Statement("Feber i tre døgn.", (0, 1)),)), Section("Funn")))
TRANSCRIPT = Transcript("nb", (UTTERANCE,))
STANDING = say.Standing(
    "ab" * 16,
    7,
    "cd" * 16,
    State.DRAFTED,
    False,
    True,
    False,
    False,
    12.5,
    600.0,
    (UTTERANCE,),
    Findings(2, loops=1),
    TRANSCRIPT,
    NOTE,
)

SAMPLES: dict[Any, Any] = {
    int: 3, float: 0.25, str: "x", bool: True, str | None: None, int | None: None, Note: NOTE, Transcript: TRANSCRIPT,
    tuple[Utterance, ...]: (UTTERANCE,), tuple[Word, ...]: (WORD,), tuple[float, ...]: (0.1, 0.2), tuple[Role, ...]: (Role.PATIENT,),
    tuple[int, ...]: (3, 4), tuple[Turn, ...]: (Turn(0.5, 1.25, "1"),),
    Urgency: Urgency.AHEAD, Findings: Findings(3, loops=1), Recognition: Recognition((WORD,), Findings(1)),
    tuple[str, ...]: ("a", "b"), tuple[say.Unfinished, ...]: (say.Unfinished("ab" * 16, True, False),), Role: Role.INTERPRETER,
    say.Part: say.Part.ENGINE, say.Caller: say.Caller.HOST, tuple[tuple[str, str | int | float], ...]: (("seconds", 3),),
}  # fmt: skip


def example(kind: Any) -> say.Message:
    if kind is say.Standing:
        return STANDING
    hints = get_type_hints(kind)
    message: say.Message = kind(**{field.name: SAMPLES[hints[field.name]] for field in fields(kind)})
    return message


@pytest.mark.parametrize("kind", say.KINDS.values(), ids=say.KINDS)
def test_every_message_is_understood_as_it_was_said(kind: Any) -> None:
    message = example(kind)
    assert say.decode(say.encode(message)) == message


@pytest.mark.parametrize("kind", say.KINDS.values(), ids=say.KINDS)
def test_a_key_too_many_too_few_or_of_another_type_is_refused(kind: Any) -> None:
    value = json.loads(say.encode(example(kind)))
    ((name, said),) = value.items()
    changed = [{name: {**said, "another": 1}}, {name: [said]}, {name: said, "Hello": {}}, {f"{name}x": said}]
    for key in said:
        changed += [{name: {k: v for k, v in said.items() if k != key}}, {name: {**said, key: {"wrong": "type"}}}]
    for wrong in changed:
        with pytest.raises(ValueError, match="not a message"):
            say.decode(json.dumps(wrong).encode())


@pytest.mark.parametrize("text", [b"", b"{}", b"[]", b"null", b"{", b"\xff\xfe", b'{"Done":{}} ', b"[" * 100_000])
def test_what_is_no_message_is_refused(text: bytes) -> None:
    if text == b'{"Done":{}} ':
        assert say.decode(text) == say.Done()
        return
    with pytest.raises(ValueError, match="not a message"):
        say.decode(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_are_finite(number: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        say.decode(b'{"Expiring":{"seconds":%s}}' % number.encode())


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda value: st.lists(value) | st.dictionaries(st.text(), value),
)


@given(ANYTHING)
def test_no_value_breaks_the_reading(value: Any) -> None:
    for kind in say.KINDS.values():
        try:
            from_json(kind, value)
        except ValueError as error:
            assert len(str(error)) < 40


def test_what_has_no_json_is_refused() -> None:
    with pytest.raises(TypeError):
        as_json(object())


def test_an_error_arrives_as_it_was() -> None:
    error = raised(say.decode(say.encode(failed(MicrophoneLost(seconds=3)))))  # type: ignore[arg-type]
    assert isinstance(error, MicrophoneLost) and error.facts == {"seconds": 3}
    assert isinstance(raised(failed(NotApproved())), NotApproved)
    for unknown in (
        say.Failed("SystemExit", ()),
        say.Failed("MicrophoneLost", ()),
        say.Failed("KiskrivError", (("x", 1),)),
    ):
        assert type(raised(unknown)) is KiskrivError


def test_nothing_that_was_said_shows_in_a_repr() -> None:
    for kind in say.KINDS.values():
        assert "feber" not in repr(example(kind)).lower()


# -- frames --------------------------------------------------------------------------------------------------------------------------------


def taken(reader: Reader, octets: bytes, step: int) -> list[tuple[say.Message, bytearray]]:
    """What the reader makes of a stream that comes in pieces."""
    heard, at = [], 0
    while at < len(octets):
        with reader.wanted as wanted:
            count = min(step, len(wanted), len(octets) - at)
            wanted[:count] = octets[at : at + count]
        at += count
        if (message := reader.filled(count)) is not None:
            heard.append(message)
    return heard


@given(st.integers(1, 100))
@settings(max_examples=30)
def test_messages_are_heard_whole_however_they_come(step: int) -> None:
    sound = bytes(range(8)) * 4
    stream = frame(say.Done()) + frame(say.Sound(2, 4), sound, b"t" * 16) + frame(say.Revise(NOTE))
    heard = taken(Reader(), bytes(stream), step)
    assert heard == [(say.Done(), b""), (say.Sound(2, 4), bytearray(sound)), (say.Revise(NOTE), b"")]


@given(st.binary(max_size=200), st.integers(1, 50))
def test_noise_is_malformed_or_not_yet_a_message(noise: bytes, step: int) -> None:
    with suppress(Malformed):
        assert taken(Reader(), noise, step) == []


@given(st.integers(0, 60), st.integers(0, 255))
def test_a_changed_octet_is_malformed_or_another_message(place: int, octet: int) -> None:
    framed = frame(say.Sound(1, 4), bytes(16))
    if place >= len(framed):
        return
    framed[place] = octet
    try:
        heard = taken(Reader(), bytes(framed), 7)
    except Malformed:
        return
    assert len(heard) <= 1


OURS = b"kw" + bytes([say.VERSION])


@pytest.mark.parametrize(
    "lengths", [(2**32 - 1, 0), (say.MAX_TEXT + 1, 0), (20, say.MAX_OCTETS + 1), (20, 2**32 - 1), (0, 0)]
)
def test_no_room_is_made_for_what_is_too_large(lengths: tuple[int, int]) -> None:
    header = OURS + b"".join(n.to_bytes(4, "big") for n in lengths) + bytes(16)
    with pytest.raises(Malformed):
        taken(Reader(), header, 100)


def test_a_header_of_ours_is_no_fault() -> None:
    assert taken(Reader(), OURS + (20).to_bytes(4, "big") + say.MAX_OCTETS.to_bytes(4, "big") + bytes(16), 100) == []


def test_who_may_be_sent_more_says_so() -> None:
    header = OURS + (20).to_bytes(4, "big") + (say.MAX_OCTETS + 1).to_bytes(4, "big") + bytes(16)
    assert taken(Reader(say.MAX_CLUSTERED), header, 100) == []


@pytest.mark.parametrize("header", [b"xx" + OURS[2:], OURS[:2] + bytes([say.VERSION + 1])])
def test_another_protocol_or_version_is_refused(header: bytes) -> None:
    with pytest.raises(Malformed):
        taken(Reader(), header + bytes(24), 100)


def test_sound_of_another_size_than_announced_is_refused() -> None:
    text = say.encode(say.Sound(1, 4))
    header = OURS + len(text).to_bytes(4, "big") + (8).to_bytes(4, "big") + bytes(16)
    with pytest.raises(Malformed):
        taken(Reader(), header + text + bytes(8), 100)


def test_what_was_read_is_wiped() -> None:
    reader, framed = Reader(), bytes(frame(say.Revise(NOTE)))
    buffers: list[bytearray] = []
    at = 0
    while at < len(framed):
        with reader.wanted as wanted:
            if isinstance(wanted.obj, bytearray):
                buffers.append(wanted.obj)
            wanted[:] = framed[at : at + len(wanted)]
            count = len(wanted)
        reader.filled(count)
        at += count
    assert b"eber" in framed
    assert not any(b"eber" in buffer for buffer in buffers)
