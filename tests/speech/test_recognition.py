"""Whisper's failures are met at the window: marked, mended where that can be, counted, and no word of the plain text is dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from statistics import fmean
from types import TracebackType
from typing import Self

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.errors import OutOfMemory
from kiskriv.speech.asr import Whisper
from kiskriv.speech.backend import Backend, Hypothesis, Listening
from kiskriv.speech.recognition import MOST, recognise, wordless
from kiskriv.speech.windows import Clip
from kiskriv.transcript import SAMPLE_RATE, Doubt, Findings, Recognition, Samples, Word
from tests.speech.conftest import clip_of, heard_in, read, spans_of

SECOND = SAMPLE_RATE


def recognised(backend: Backend, clips: Sequence[Clip]) -> list[Recognition]:
    steps = recognise(backend, clips)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: list[Recognition] = done.value
            return found


def text_of(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def plain(whisper: Whisper, clip: Clip) -> str:
    """What one decode says, with no policy at all."""
    with whisper.listen([clip.samples]) as heard:
        return heard.decode([0], 0)[0].text


def pause(seconds: float) -> Samples:
    return np.zeros((1, round(seconds * SECOND)), np.float32)


def noise(seconds: float, level: float) -> Clip:
    made = np.random.default_rng(0).normal(0, level, (1, round(seconds * SECOND)))
    return clip_of(made.astype(np.float32))


def muffled(clip: Clip, above: float = 200) -> Clip:
    """As through a wall: nothing above so many hertz."""
    spectrum = np.fft.rfft(clip.samples[0])
    spectrum[np.fft.rfftfreq(clip.samples.shape[1], 1 / SECOND) > above] = 0
    return Clip(np.fft.irfft(spectrum, clip.samples.shape[1])[None].astype(np.float32), clip.lengths)


@pytest.fixture(scope="module")
def troubled(consultation_clips: list[Clip]) -> dict[str, Clip]:
    """Sound in which the demo model fails, each in a way of its own, and some in which it does not."""
    fine, other = consultation_clips[3], consultation_clips[1]
    spans, others = spans_of(fine), spans_of(other)
    return {
        "fine": clip_of(*spans[:3]),
        "silence": clip_of(pause(4)),
        "hiss": noise(5, 1e-4),
        "noise": noise(8, 0.1),
        "skipped": clip_of(*spans[:2], pause(3), *others[3:6]),
        "looping": muffled(consultation_clips[4]),
        "said often": clip_of(*[consultation_clips[2].samples[:, 12 * SECOND : 15 * SECOND]] * 9),
    }


@pytest.fixture(scope="module")
def found(whisper: Whisper, troubled: dict[str, Clip]) -> dict[str, Recognition]:
    return dict(zip(troubled, recognised(whisper, list(troubled.values())), strict=True))


class TestSound:
    """With the demo model, and sound that provokes it."""

    def test_an_ordinary_clip_is_what_the_model_says_and_nothing_is_doubted(
        self, whisper: Whisper, consultation_clips: list[Clip]
    ) -> None:
        recognitions = recognised(whisper, consultation_clips)
        for clip, recognition in zip(consultation_clips, recognitions, strict=True):
            assert text_of(recognition.words) == plain(whisper, clip)
            assert recognition.findings == Findings(windows=1)
            assert not any(word.doubt for word in recognition.words)

    def test_numbers_units_and_drugs_are_left_as_recognised(
        self, whisper: Whisper, consultation_clips: list[Clip]
    ) -> None:
        said = " ".join(text_of(recognition.words) for recognition in recognised(whisper, consultation_clips))
        for verbatim in ("38,7", "5 milligram", "37,9.", "96 prosent.", "fire ganger daglig i sju dager", "Apocillin"):
            assert verbatim in said

    def test_what_is_silent_is_not_decoded(self, whisper: Whisper, troubled: dict[str, Clip]) -> None:
        steps = recognise(whisper, [troubled["silence"], troubled["hiss"]])
        with pytest.raises(StopIteration) as done:
            next(steps)
        assert done.value.value == [Recognition((), Findings(windows=1))] * 2

    def test_what_is_written_for_noise_is_marked(self, found: dict[str, Recognition]) -> None:
        words = found["noise"].words
        assert words
        assert {word.doubt for word in words} == {Doubt.NO_SPEECH}
        assert found["noise"].findings == Findings(windows=1, no_speech=1)

    def test_what_was_skipped_is_found_in_its_place(
        self, whisper: Whisper, troubled: dict[str, Clip], found: dict[str, Recognition]
    ) -> None:
        clip, recognition = troubled["skipped"], found["skipped"]
        before = plain(whisper, clip)
        after = text_of(recognition.words)
        assert after.startswith(before)
        assert after.endswith("Har du hostet opp blod. Nei.")
        assert recognition.findings == Findings(windows=1, skipped=1, recovered=1)
        resumed = sum(clip.lengths[:3]) / SECOND
        (blood,) = (word for word in recognition.words if word.text == "blod.")
        alone = clip_of(clip.samples[:, sum(clip.lengths[:3]) :])
        (word,) = (word for word in recognised(whisper, [alone])[0].words if word.text == "blod.")
        assert blood.start - resumed == pytest.approx(word.start, abs=0.5)

    def test_a_loop_is_decoded_again_and_marked_where_it_stays_one(
        self, whisper: Whisper, troubled: dict[str, Clip], found: dict[str, Recognition]
    ) -> None:
        recognition = found["looping"]
        assert max(Counter(word.text for word in recognition.words).values()) >= 10
        assert {word.doubt for word in recognition.words} == {Doubt.LOOP}
        assert recognition.findings == Findings(windows=1, loops=1, loops_left=1)
        assert text_of(recognition.words) == plain(whisper, troubled["looping"])

    def test_a_loop_that_a_stricter_decode_resolves_is_not_marked(self, found: dict[str, Recognition]) -> None:
        recognition = found["said often"]
        assert recognition.findings == Findings(windows=1, loops=1)
        assert recognition.words
        assert not any(word.doubt for word in recognition.words)

    def test_a_clip_says_the_same_in_any_company(
        self, whisper: Whisper, troubled: dict[str, Clip], found: dict[str, Recognition]
    ) -> None:
        backwards = dict(zip(reversed(troubled), recognised(whisper, list(reversed(troubled.values()))), strict=True))
        for name, clip in troubled.items():
            (alone,) = recognised(whisper, [clip])
            for other in (alone, backwards[name]):
                assert other.findings == found[name].findings
                assert other.words == found[name].words

    def test_words_are_in_order_and_inside_their_clip(
        self, troubled: dict[str, Clip], found: dict[str, Recognition]
    ) -> None:
        for name, recognition in found.items():
            words = recognition.words
            assert all(0 <= w.start <= w.end <= troubled[name].samples.shape[1] / SECOND for w in words)
            assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(words))

    def test_findings_are_numbers_and_not_truths(self, found: dict[str, Recognition]) -> None:
        for recognition in found.values():
            assert all(type(getattr(recognition.findings, field.name)) is int for field in fields(Findings))

    def test_the_sound_is_left_as_it_was(self, whisper: Whisper, troubled: dict[str, Clip]) -> None:
        clip = troubled["skipped"]
        before = clip.samples.copy()
        recognised(whisper, [clip])
        assert (clip.samples == before).all()

    @pytest.mark.parametrize("name", ["silence_01", "silence_03", "silence_05", "vitals_02"])
    def test_strange_sound_loses_no_word_either(self, whisper: Whisper, speech_data: Path, name: str) -> None:
        clips = heard_in(read(speech_data / "canvas-hyperscribe" / f"{name}.mp3"))
        assert clips
        for clip, recognition in zip(clips, recognised(whisper, clips), strict=True):
            assert text_of(recognition.words) == plain(whisper, clip)


class TestLanguages:
    """With the demo model that was taught English."""

    def test_norwegian_is_not_marked(self, linguist: Whisper, consultation_clips: list[Clip]) -> None:
        for recognition in recognised(linguist, [consultation_clips[3]]):
            assert recognition.findings == Findings(windows=1)
            assert not any(word.doubt for word in recognition.words)

    def test_english_is_marked_and_left_as_recognised(
        self, linguist: Whisper, whisper: Whisper, speech_data: Path
    ) -> None:
        (clip,) = heard_in(read(speech_data / "faster-whisper" / "jfk.flac"))
        (recognition,) = recognised(linguist, [clip])
        assert {word.doubt for word in recognition.words} == {Doubt.LANGUAGE}
        assert recognition.findings.foreign == len(clip.lengths)
        assert text_of(recognition.words) == plain(whisper, clip)

    @pytest.mark.parametrize("before", [0, 2, 4, 6])
    def test_english_in_the_middle_is_marked_alone(
        self, linguist: Whisper, consultation_clips: list[Clip], speech_data: Path, before: int
    ) -> None:
        (english,) = heard_in(read(speech_data / "faster-whisper" / "jfk.flac"))
        norwegian = spans_of(consultation_clips[3])[before:]
        clip = clip_of(*norwegian[:2], english.samples, *norwegian[2:4])
        (recognition,) = recognised(linguist, [clip])
        begin = sum(clip.lengths[:2]) / SECOND
        end = sum(clip.lengths[:3]) / SECOND
        for word in recognition.words:
            inside = begin <= (word.start + word.end) / 2 < end
            assert word.doubt == (Doubt.LANGUAGE if inside else None)
        assert recognition.findings.foreign == 1


SPOKEN = [
    "Ja.",
    "Nei,",
    "hode",
    "mage",
    "kne.",
    "takk",
    "for",
    "at",
    "du",
    "så",
    "på.",
    "Teksting",
    "av",
    "Ola",
    "Nordmann.",
    "hello",
    "there",
    "how",
    "are",
    "things",
    "today",
    "okei",
]
"""What `Tones` can hear: the sound of a word is its number here."""

ENGLISH = {"hello", "there", "how", "are", "things", "today"}
WORD = 0.5
"""Seconds that each word lasts."""


def tones(*words: str | float) -> Samples:
    """Sound in which these words are said; a number is a pause of so many seconds."""
    levels = [
        np.full(
            round((each if isinstance(each, float) else WORD) * SECOND),
            0.0 if isinstance(each, float) else (SPOKEN.index(each) + 1) / 100,
        )
        for each in words
    ]
    return np.concatenate(levels)[None].astype(np.float32)


class Heard:
    """Clips of `Tones`, and what was asked about them."""

    def __init__(self, tones: Tones, clips: Sequence[Samples]) -> None:
        self.tones, self.clips = tones, clips
        self.open = True
        self.asked: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.open = False

    def _words(self, row: int) -> list[Word]:
        """Level for level, but that what is overheard is heard only where nothing else is said."""
        levels = np.round(self.clips[row][0] * 100).astype(int)
        edges = [0, *(np.flatnonzero(np.diff(levels)) + 1).tolist(), levels.size]
        words = [
            Word(start / SECOND, end / SECOND, said, 0.3 if said in ENGLISH else 0.9)
            for start, end in pairwise(edges)
            for said in SPOKEN[levels[start] - 1 : levels[start]]
        ]
        attentive = all(word.text in self.tones.overheard for word in words)
        return [word for word in words if attentive or word.text not in self.tones.overheard]

    def decode(self, rows: Sequence[int], strictness: int) -> list[Hypothesis]:
        self.asked["decode"] += 1
        if self.tones.memory < len(self.clips):
            raise OutOfMemory
        return [
            Hypothesis(text_of(self._words(row)), tuple(range(len(self._words(row)))), -0.1, self.tones.no_speech)
            for row in rows
        ]

    def words(self, rows: Sequence[int], hypotheses: Sequence[Hypothesis]) -> list[list[Word]]:
        self.asked["words"] += 1
        return [self._words(row) for row in rows]

    def languages(self, rows: Sequence[int]) -> list[Mapping[str, float]]:
        self.asked["languages"] += 1
        if not self.tones.polyglot:
            return [{} for _ in rows]
        foreign = [fmean([word.text in ENGLISH for word in self._words(row)] or [0]) for row in rows]
        return [{"no": (1 - share) / 2, "da": (1 - share) / 2, "en": share} for share in foreign]


class Tones:
    """A backend that hears `tones`, and fails as it is told to."""

    def __init__(
        self, *, overheard: Sequence[str] = (), polyglot: bool = False, no_speech: float = 0.0, memory: int = 99
    ) -> None:
        self.overheard, self.polyglot, self.no_speech, self.memory = overheard, polyglot, no_speech, memory
        self.heard: list[Heard] = []

    def listen(self, clips: Sequence[Samples]) -> Listening:
        self.heard.append(Heard(self, clips))
        return self.heard[-1]


class TestPolicy:
    """With a backend that fails on command."""

    def test_no_clips_no_words(self) -> None:
        backend = Tones()
        assert recognised(backend, []) == []
        assert backend.heard == []

    def test_a_phantom_is_marked_at_the_end_and_nothing_else_is(self) -> None:
        clip = clip_of(tones("hode", "mage", "takk", "for", "at", "du", "så", "på."))
        (recognition,) = recognised(Tones(), [clip])
        assert [word.doubt for word in recognition.words] == [None] * 2 + [Doubt.PHANTOM] * 6
        assert recognition.findings == Findings(windows=1, phantoms=1)

    def test_what_nobody_said_is_marked_where_the_model_says_so(self) -> None:
        (recognition,) = recognised(Tones(no_speech=0.9), [clip_of(tones("hode", 5.0, "mage"))])
        assert [word.doubt for word in recognition.words] == [Doubt.NO_SPEECH] * 2
        assert recognition.findings == Findings(windows=1, no_speech=1)

    def test_skipped_words_come_to_their_place(self) -> None:
        backend = Tones(overheard=["hode", "mage", "kne."])
        sound = tones("Ja.", "Nei,", 0.5, *["hode", 0.1, "mage", 0.1, "kne.", 0.1] * 3, 0.5, "okei")
        (recognition,) = recognised(backend, [clip_of(sound)])
        assert text_of(recognition.words) == "Ja. Nei, " + "hode mage kne. " * 3 + "okei"
        assert recognition.findings == Findings(windows=1, skipped=1, recovered=1)
        (head, *_) = (word for word in recognition.words if word.text == "hode")
        assert (head.start, head.end) == pytest.approx((1.5, 2.0), abs=0.01)

    def test_second_looks_are_bounded_and_all_taken_at_once(self) -> None:
        backend = Tones(overheard=["hode", "mage"])
        sound = tones(*["Ja.", *["hode", 0.1, "mage", 0.1] * 4] * (MOST + 2), "Ja.")
        clips = [clip_of(sound), clip_of(sound)]
        recognitions = recognised(backend, clips)
        assert [each.findings.skipped for each in recognitions] == [MOST, MOST]
        assert [len(heard.clips) for heard in backend.heard] == [2, 2 * MOST]

    def test_a_second_look_that_hears_too_little_adds_nothing(self) -> None:
        (recognition,) = recognised(Tones(overheard=["hode"]), [clip_of(tones("Ja.", 4.0, "hode", 4.0, "Nei,"))])
        assert text_of(recognition.words) == "Ja. Nei,"
        assert recognition.findings == Findings(windows=1, skipped=1)

    def test_a_phantom_in_a_second_look_is_no_find(self) -> None:
        backend = Tones(overheard=["Teksting", "av", "Ola", "Nordmann."])
        sound = tones("Ja.", 1.0, "Teksting", "av", "Ola", "Nordmann.", 1.0, "Nei,")
        (recognition,) = recognised(backend, [clip_of(sound)])
        assert text_of(recognition.words) == "Ja. Nei,"
        assert (recognition.findings.skipped, recognition.findings.recovered) == (1, 0)

    def test_a_backend_without_languages_is_asked_once(self) -> None:
        backend = Tones()
        sure, unsure = (
            tones("Ja.", "hode", "mage", "kne.", "takk", "for"),
            tones("hello", "there", "how", "are", "things"),
        )
        (recognition,) = recognised(backend, [clip_of(sure, unsure)])
        assert not any(word.doubt for word in recognition.words)
        assert sum(heard.asked["languages"] for heard in backend.heard) == 1

    def test_ordinary_norwegian_is_listened_to_once(self) -> None:
        backend = Tones(polyglot=True)
        recognised(backend, [clip_of(tones("Ja.", "hode"), tones("Nei,", "mage"))])
        assert [dict(heard.asked) for heard in backend.heard] == [{"decode": 1, "words": 1, "languages": 1}]

    def test_each_span_is_judged_by_its_own_language(self) -> None:
        norwegian = tones("Nei,", "hode", "mage", "kne.", "okei", "takk")
        english = tones("hello", "there", "how", "are", "things", "today")
        (recognition,) = recognised(Tones(polyglot=True), [clip_of(norwegian, english, norwegian)])
        assert [word.doubt for word in recognition.words] == [None] * 6 + [Doubt.LANGUAGE] * 6 + [None] * 6
        assert recognition.findings == Findings(windows=1, foreign=1)

    def test_where_nobody_spoke_no_language_was_spoken(self) -> None:
        backend = Tones(polyglot=True, no_speech=0.9)
        (recognition,) = recognised(backend, [clip_of(tones("hello", "there"))])
        assert [word.doubt for word in recognition.words] == [Doubt.NO_SPEECH] * 2
        assert recognition.findings == Findings(windows=1, no_speech=1)

    def test_it_can_be_left_after_each_step_and_leaves_no_listening_open(self) -> None:
        clips = [
            clip_of(tones(*["Ja.", *["hode", 0.1] * 8] * 2, "Ja."), tones(*["hello", "there"] * 3)),
            clip_of(tones("Ja.")),
        ]
        step = 0
        while True:
            backend = Tones(overheard=["hode"], polyglot=True)
            steps = recognise(backend, clips)
            if len([None for _ in zip(range(step), steps, strict=False)]) < step:
                break
            steps.close()
            assert not any(heard.open for heard in backend.heard)
            step += 1
        assert len(backend.heard) == 3
        assert step > 8

    def test_memory_that_runs_out_is_the_callers_business_and_nothing_stays_open(self) -> None:
        backend = Tones(memory=1)
        with pytest.raises(OutOfMemory):
            recognised(backend, [clip_of(tones("Ja.")), clip_of(tones("Nei,"))])
        assert not any(heard.open for heard in backend.heard)
        assert len(recognised(backend, [clip_of(tones("Ja."))])) == 1

    @given(
        st.lists(
            st.lists(st.sampled_from(SPOKEN) | st.sampled_from([0.1, 1.0, 2.5]), min_size=1, max_size=8),
            min_size=1,
            max_size=4,
        ),
        st.sets(st.sampled_from(SPOKEN)),
        st.booleans(),
    )
    def test_whatever_is_said_no_plain_word_is_lost_and_all_are_in_order(
        self, spans: list[list[str | float]], overheard: set[str], polyglot: bool
    ) -> None:
        clip = clip_of(*(tones(*span) for span in spans))
        backend = Tones(overheard=sorted(overheard), polyglot=polyglot)
        (recognition,) = recognised(backend, [clip])
        words = recognition.words
        assert all(0 <= w.start <= w.end <= clip.samples.shape[1] / SECOND for w in words)
        assert all(a.start <= b.start and a.end <= b.end for a, b in pairwise(words))
        left = iter(word.text for word in words)
        assert all(word.text in left for word in Heard(backend, [clip.samples])._words(0))


def at(*times: tuple[float, float]) -> list[Word]:
    return [Word(start, end, "ord", 1.0) for start, end in times]


@pytest.mark.parametrize(
    ("words", "lengths", "stretches"),
    [
        (at((0, 1), (1, 2)), [5.6], []),  # 2.9 s of speech
        (at((0, 1), (6, 7)), [7], [(1.3, 5.7)]),
        (at((0, 1)), [7], [(1.3, 7)]),
        (at((6, 7)), [7], [(0, 5.7)]),
        (at((0, 1), (5, 6)), [3, 3], []),  # the spans' padding is no speech
        (at((0, 1), (6, 7)), [3.5, 3.5], [(1.3, 5.7)]),
        (at((0, 1), (1, 9)), [9], [(1.3, 6.7)]),  # no word takes eight seconds
        ([], [10, 4], [(0, 10), (10, 14)]),
        ([], [10], [(0, 5), (5, 10)]),
        ([], [3], []),
        (at((4, 5), (10, 11), (17, 18), (25, 26)), [32], [(11.3, 16.7), (18.3, 24.7), (26.3, 32)]),  # the longest
    ],
)
def test_what_is_looked_at_again(words: list[Word], lengths: list[float], stretches: list[tuple[float, float]]) -> None:
    found = wordless(words, [round(length * SECOND) for length in lengths])
    assert [(start / SECOND, end / SECOND) for start, end in found] == [pytest.approx(each) for each in stretches]
