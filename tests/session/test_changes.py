"""What the doctor says was said, or does not belong here, is told instead of what was heard."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.errors import Malformed
from kiskriv.session.changes import MOST_WORDS, checked, cuts, told
from kiskriv.speech.attribution import utterances
from kiskriv.transcript import Change, Correction, Cut, Rewording, Word

HEARD = [Word(float(at), at + 0.5, text, 0.5) for at, text in enumerate(["en", "to", "tre", "fire", "fem"])]
SPEAKERS = ("0", "0", "1", "1", "0")


def texts(*changes: Change) -> str:
    return " ".join(word.text for word in told(HEARD, SPEAKERS, changes)[0])


def test_other_words_stand_in_the_place_of_what_was_heard() -> None:
    words, speakers = told(HEARD, SPEAKERS, [Rewording(2.0, 3.5, "tretten og fjorten")])
    assert [word.text for word in words] == ["en", "to", "tretten", "og", "fjorten", "fem"]
    assert speakers == ["0", "0", "1", "1", "1", "0"]
    new = words[2:5]
    assert (new[0].start, new[-1].end) == (2.0, 3.5)
    assert all(word.probability == 1.0 and word.doubt is None for word in new)
    assert new[1].end - new[1].start < new[0].end - new[0].start == new[2].end - new[2].start


def test_the_last_of_several_rewordings_holds_and_no_words_are_none() -> None:
    first = Rewording(1.0, 2.5, "først")
    assert texts(first, Rewording(1.0, 2.5, "sist")) == "en sist fire fem"
    assert texts(first, Rewording(0.0, 4.5, "alt")) == "alt"
    assert texts(first, Rewording(1.0, 2.5, "")) == "en fire fem"
    assert texts(first, Rewording(1.0, 2.5, ""), Rewording(1.0, 2.5, "to tre")) == "en to tre fire fem"


def test_words_given_back_are_said_by_whom_they_were_heard_from() -> None:
    span = (2.0, 3.5)
    _, speakers = told(HEARD, SPEAKERS, [Rewording(*span, ""), Rewording(*span, "tre fire")])
    assert speakers == list(SPEAKERS)


def test_a_rewording_of_one_microphone_leaves_what_the_other_heard() -> None:
    both = [Word(0.0, 0.5, "ja", 0.5, channel=0), Word(0.1, 0.4, "nei", 0.5, channel=1)]
    words, speakers = told(both, ("0", "1"), [Rewording(0.0, 0.5, "jo", 1)])
    assert [(word.text, word.channel) for word in words] == [("ja", 0), ("jo", 1)]
    assert speakers == ["0", "1"]


OVERLAPPING = [
    Word(at, end, text, 0.5)
    for at, end, text in [
        (0.0, 0.5, "vondt"),
        (0.45, 0.75, "ja"),
        (0.7, 1.1, "fikk"),
        (0.75, 1.3, "i"),
        (1.3, 2.0, "halsen"),
    ]
]


def test_a_rewording_of_one_voice_leaves_what_another_said_at_the_same_time() -> None:
    said, other = utterances(OVERLAPPING, "10011", {})
    assert (said.text, other.text) == ("vondt i halsen", "ja fikk")
    first = Rewording.of(said, "ikke vondt")
    for changes, now in (([first], first.text), ([first, Rewording.of(said, "nei")], "nei")):
        words, speakers = told(OVERLAPPING, "10011", changes)
        assert [(u.speaker, u.text) for u in utterances(words, speakers, {}, changes)] == [("1", now), ("0", "ja fikk")]
    words, speakers = told(OVERLAPPING, "10011", [Rewording.of(other, "javel")])
    assert [word.text for word in words] == ["vondt", "javel", "i", "halsen"]


def test_what_was_replaced_does_not_come_back_when_it_is_told_to_be_anothers() -> None:
    change = Rewording(1.0, 3.5, "noe annet", speaker="0")
    for labels in ("00000", "01010", "01110", "12121"):
        assert [word.text for word in told(HEARD, labels, [change])[0]] == ["en", "noe", "annet", "fem"]


def test_what_is_cut_is_not_told_until_it_is_given_back() -> None:
    cut = Cut(1.0, 2.5)
    assert texts(cut) == "en fire fem"
    assert texts(cut, Rewording(1.0, 2.5, "noe annet")) == "en fire fem"
    assert texts(Rewording(1.0, 2.5, "noe annet"), cut, Cut(1.0, 2.5, undone=True)) == "en noe annet fire fem"


def test_cuts_are_told_in_order_and_joined() -> None:
    made = [Cut(5.0, 6.0), Cut(1.0, 2.0), Cut(1.5, 3.0)]
    assert cuts(made) == ((1.0, 3.0), (5.0, 6.0))
    assert cuts([*made, Cut(1.5, 3.0, undone=True)]) == ((1.0, 2.0), (5.0, 6.0))
    assert cuts([*made, Cut(1.0, 3.0, undone=True)]) == ((5.0, 6.0),)  # as it was shown


def test_what_does_not_print_and_line_ends_are_no_words() -> None:
    assert checked(Rewording(0.0, 1.0, "Ja\x1b[2J,\n\tdet\u0000 stemmer ")) == Rewording(
        0.0, 1.0, "Ja [2J, det stemmer"
    )


@pytest.mark.parametrize(
    "change",
    [
        Cut(2.0, 1.0),
        Cut(-1.0, 1.0),
        Cut(0.0, math.inf),
        Correction(math.nan, 1.0, "0"),
        Cut(0.0, 1e308),
        Correction(0.0, 1.0, "y" * 1_000),
        Rewording(0.0, 1.0, "x" * (MOST_WORDS + 1)),
        Rewording(0.0, 1.0, "ja", speaker="x" * 1_000),
    ],
)
def test_what_no_doctor_means_is_refused(change: Change) -> None:
    with pytest.raises(Malformed):
        checked(change)
    assert "xxx" not in repr(change)


TIMES = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(lambda pair: tuple(sorted(place / 2 for place in pair)))
CHANGES = st.lists(
    st.one_of(
        st.builds(lambda span, text: Rewording(*span, text), TIMES, st.sampled_from(["", "ja", "ja nei kanskje"])),
        st.builds(lambda span, undone: Cut(*span, undone), TIMES, st.booleans()),
        st.builds(lambda span: Correction(*span, "7"), TIMES),
    ),
    max_size=6,
)


@given(CHANGES)
def test_words_are_in_order_inside_no_cut_and_each_has_a_speaker(changes: list[Change]) -> None:
    words, speakers = told(HEARD, SPEAKERS, changes)
    assert len(words) == len(speakers)
    assert [word.start for word in words] == sorted(word.start for word in words)
    assert not any(start <= (word.start + word.end) / 2 <= end for start, end in cuts(changes) for word in words)
    assert all(before[1] < after[0] for before, after in zip(cuts(changes), cuts(changes)[1:], strict=False))
    assert set(speakers) <= {*SPEAKERS, ""}


@given(CHANGES)
def test_what_nobody_changed_is_told_as_it_was_heard(changes: list[Change]) -> None:
    touched = [change for change in changes if not isinstance(change, Correction)]
    for word in HEARD:
        middle = (word.start + word.end) / 2
        if not any(change.start <= middle <= change.end for change in touched):
            assert word in told(HEARD, SPEAKERS, changes)[0]
