"""Everything that can be said is understood as it was said, and nothing else is."""

from __future__ import annotations

import json
import tracemalloc
from contextlib import suppress
from dataclasses import fields
from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiskriv.draft.prompt import Message
from kiskriv.errors import KiskrivError, Malformed, MicrophoneLost, NotApproved
from kiskriv.note import Concern, Form, Mark, Note, Phrase, Section, Statement
from kiskriv.session import State
from kiskriv.speech.diarization import LONGEST, MOST_EMBEDDED, WINDOW, count
from kiskriv.speech.windows import Urgency
from kiskriv.transcript import (
    SAMPLE_RATE,
    Change,
    Doubt,
    Findings,
    Recognition,
    Rewording,
    Role,
    Transcript,
    Turn,
    Utterance,
    Word,
)
from kiskriv.wire import messages as say
from kiskriv.wire.answers import failed, raised
from kiskriv.wire.frames import Reader, frame
from kiskriv.wire.values import as_json, from_json

WORD = Word(0.5, 0.75, "feber", 0.9, Doubt.LOOP)
UTTERANCE = Utterance(0, Role.PATIENT, "1", (WORD, WORD))
NOTE = Note((Section("Anamnese", (Statement("Feber i tre døgn.", (0, 1)),)), Section("Funn")))
FORM, PHRASE = Form("standard", "nn"), Phrase("Funn", "lunger", "Reine lungar.")
MARK = Mark(Concern.CONTRADICTION, 0, "medication", "500 mg", "50 mg", (3,))
TRANSCRIPT = Transcript("nb", (UTTERANCE,))
STANDING = say.Standing(
    "ab" * 16,
    7,
    "cd" * 16,
    State.DRAFTED,
    False,
    True,
    True,
    False,
    False,
    False,
    12.5,
    600.0,
    True,
    (UTTERANCE,),
    Findings(2, loops=1),
    TRANSCRIPT,
    FORM,
    NOTE,
    True,
    (MARK,),
    (FORM,),
    (PHRASE,),
    True,
)

SAMPLES: dict[Any, Any] = {
    tuple[Message, ...]: (Message("system", "Regler."), Message("user", "Feber.")),
    int: 3, float: 0.25, str: "x", bool: True, str | None: None, int | None: None, Note: NOTE, Transcript: TRANSCRIPT,
    tuple[Utterance, ...]: (UTTERANCE,), tuple[Word, ...]: (WORD,), tuple[float, ...]: (0.1, 0.2), tuple[Role, ...]: (Role.PATIENT,),
    tuple[int, ...]: (3, 4), tuple[Turn, ...]: (Turn(0.5, 1.25, "1"),),
    Form: FORM, tuple[Mark, ...]: (MARK, Mark(Concern.OMITTED, None)),
    Change: Rewording(0.5, 1.25, "Ja.", 0, "1"),
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
        say.decode(b'{"Expiring":{"seconds":%s,"extendable":true}}' % number.encode())


@pytest.mark.parametrize("digits", [16, 17, 400, 5_000])
def test_whole_numbers_are_no_larger_than_every_reader_keeps_them(digits: int) -> None:
    number = b"9" * digits
    for text in (
        b'{"Expiring":{"seconds":%s,"extendable":true}}' % number,
        b'{"Failed":{"error":"x","facts":[["a",-%s]]}}' % number,
        b'{"Turns":{"turns":[{"start":%s,"end":1.0,"speaker":"0"}]}}' % number,
    ):
        with pytest.raises(ValueError, match="not a message"):
            say.decode(text)
    assert say.decode(b'{"Expiring":{"seconds":%d,"extendable":true}}' % (2**53 - 1))


HOUR = 3600 * SAMPLE_RATE


@pytest.mark.parametrize(
    ("sizes", "step", "length"),
    [
        ((4,), SAMPLE_RATE, 2**53 - 1),
        ((4,), 1, 2**53 - 1),
        ((4,), WINDOW, WINDOW + 1),
        ((4, 4), WINDOW, WINDOW),
        ((4,), SAMPLE_RATE - 1, WINDOW),
        ((4,), WINDOW + 1, WINDOW),
        ((4,), WINDOW, 0),
        ((4,), WINDOW, -1),
        ((), WINDOW, 0),
        ((4, -4), WINDOW, 2 * WINDOW),
        ((4, MOST_EMBEDDED + 1), WINDOW, 2 * WINDOW),
        ((0,) * count(LONGEST + WINDOW, WINDOW), WINDOW, LONGEST + WINDOW),
        ((MOST_EMBEDDED,) * count(LONGEST, WINDOW), WINDOW, LONGEST),
    ],
)
def test_only_the_windows_of_a_recording_can_be_clustered(sizes: tuple[int, ...], step: int, length: int) -> None:
    with pytest.raises(ValueError):
        say.octets_of(say.Cluster(sizes, step, length))


@pytest.mark.parametrize("step", [SAMPLE_RATE, WINDOW])
def test_the_windows_of_the_longest_recording_can_be_clustered(step: int) -> None:
    sizes = (4_000,) * count(12 * HOUR, step)
    assert say.octets_of(say.Cluster(sizes, step, 12 * HOUR)) == sum(sizes) <= say.MAX_CLUSTERED


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


@pytest.mark.parametrize(
    ("message", "octets"), [(say.Log("x" * say.MAX_TEXT), b""), (say.Sound(1, 4), bytes(8)), (say.Done(), b"x")]
)
def test_what_nobody_would_take_cannot_be_said(message: say.Message, octets: bytes) -> None:
    with pytest.raises(ValueError):
        frame(message, octets)


@pytest.mark.parametrize(
    "message", [say.Done(), say.Cluster((4,), WINDOW, WINDOW), say.Cluster((MOST_EMBEDDED,) * 4, WINDOW, WINDOW)]
)
def test_no_room_is_made_for_octets_that_the_text_does_not_speak_of(message: say.Message) -> None:
    text = say.encode(message)
    header = OURS + len(text).to_bytes(4, "big") + say.MAX_CLUSTERED.to_bytes(4, "big") + bytes(16)
    reader = Reader(say.MAX_CLUSTERED)
    tracemalloc.start()
    try:
        assert taken(reader, header + text[:-1], 100) == []
        with pytest.raises(Malformed):
            taken(reader, text[-1:], 100)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 20


@pytest.mark.parametrize("short", ["text", "octets"])
def test_want_of_memory_ends_one_line_and_the_next_is_heard(short: str, monkeypatch: pytest.MonkeyPatch) -> None:
    framed = bytes(frame(say.Sound(1, 4), bytes(16)))
    lacking = 16 if short == "octets" else len(say.encode(say.Sound(1, 4)))

    def room(size: int) -> bytearray:
        if size == lacking:
            raise MemoryError
        return bytearray(size)

    reader = Reader()
    with monkeypatch.context() as patched:
        patched.setattr("kiskriv.wire.frames.bytearray", room, raising=False)
        with pytest.raises(Malformed):
            taken(reader, framed, 100)
    assert taken(reader, framed, 100) == [(say.Sound(1, 4), bytes(16))]


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
