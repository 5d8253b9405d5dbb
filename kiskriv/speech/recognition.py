"""Clips to words, by any backend: Whisper's known failures, met at the window where they happen (pure policy).

    silence             not even decoded: there is no energy in it
    nobody spoke        the model says so itself: marked, since the voice detector heard otherwise and the doctor was there
    a phantom           one of the phrases in `phantoms`: marked
    a loop              decoded again, more strictly, a bounded number of times; marked where it still goes round
    skipped speech      a stretch without words is decoded again, alone, and what is found is put in at its place
    another language    marked, never translated (R25); looked for where a clip, or the words of a span, do not sound Norwegian

Nothing that the plain decode said is dropped, save for a loop that a stricter decode resolves. A second look at a stretch adds only
what it does not doubt itself, since the first look found nothing there either. Words of low probability carry their number and no mark.

What is said of a clip depends on that clip alone, never on the others in its batch.

Source: Radford et al. 2022, section 4.5 (the thresholds); `notes/speech.md` (gaps of 3 s).
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from statistics import fmean, median

import numpy as np

from kiskriv.speech import phantoms
from kiskriv.speech.backend import STRICTEST, Backend, Hypothesis, Listening
from kiskriv.speech.vad import VadSettings
from kiskriv.speech.windows import Clip, Span
from kiskriv.transcript import SAMPLE_RATE, Doubt, Findings, Recognition, Samples, Word

SILENCE = -70.0
"""dBFS: sound whose loudest frame is below this, ten steps of a 16-bit microphone, holds nothing to decode."""

FRAME = SAMPLE_RATE * 30 // 1000
"""Samples in which loudness is measured."""

NO_SPEECH = 0.6
"""With a higher probability that nobody spoke, and a mean log-probability under `UNLIKELY`, a text is doubted."""

UNLIKELY = -1.0

NOBODY = 0.8
"""With a higher probability that nobody spoke a text is doubted however likely it is: Whisper invents fluently.

A public project that measured it found what was invented at 0.84 to 0.94 (a few credits at 0.68 to 0.76), and nothing spoken above 0.61.
"""

REPETITIVE = 2.4
"""Text that zlib makes smaller than by this factor goes round in circles."""

PASSAGE = 200
"""Octets of text that are also judged alone, so that a loop in a part of it does not hide behind the rest."""

WORDLESS = 3 * SAMPLE_RATE
"""Samples of speech without a word that are looked at again."""

EDGE = SAMPLE_RATE * 3 // 10
"""Samples next to a word that a stretch leaves out: alignment ends a word up to this early, and half words are heard as other ones."""

PADDING = VadSettings.pad
"""Samples at each end of a span that the voice detector did not take for speech."""

LONGEST_WORD = 2 * SAMPLE_RATE
"""Samples: what alignment makes longer than this has something unsaid in it."""

SLOWEST = 0.5
"""Words in a second of speech: where a second look hears fewer, it heard something else."""

MOST = 3
"""Second looks at stretches, and at spans, that a clip gets at most of each: the longest."""

SCANDINAVIAN = ("no", "nb", "nn", "da", "sv")
"""What Whisper takes Norwegian for: only together do these speak for or against it."""

NORWEGIAN = 0.5
"""Sound in which the Scandinavian languages are together less likely than this is another language."""

CERTAIN = 0.9
"""A clip in which they are less likely than this has its spans asked one by one: most of it may be Norwegian."""

MUMBLED = 0.5
"""A mean probability of words below which a second look is not believed, and the language of a span is asked for."""

FALTERING = 0.75
"""As much of the probability of most of a clip's words: a span whose words have less is asked for its language, too."""

TELLING = SAMPLE_RATE
"""Samples of speech without which a span does not tell its language."""


@dataclass(frozen=True, repr=False)
class _Text:
    """How a stretch of sound was read: the words with what is to be doubted of them."""

    words: tuple[Word, ...]
    findings: Findings
    silent: bool
    """The model itself finds it likelier that nobody spoke."""

    def believed(self, seconds: float) -> tuple[Word, ...]:
        """What a second look at so much speech adds: the words without those in doubt; nothing if they are unlikely, or too few for it."""
        words = tuple(word for word in self.words if not word.doubt)
        enough = len(words) >= seconds * SLOWEST
        return words if words and enough and fmean(word.probability for word in words) >= MUMBLED else ()


def recognise(backend: Backend, clips: Sequence[Clip]) -> Generator[None, None, list[Recognition]]:
    """What was said in each clip. Yields after each step of the backend; to close it there ends the listening, too.

    The clips are not wiped. Raises what the backend raises: OutOfMemory, and ValueError for a clip that it cannot take.
    """
    voiced = [row for row, clip in enumerate(clips) if _loudness(clip.samples) >= SILENCE]
    texts = yield from _recognised(backend, [clips[row] for row in voiced])
    found = dict(zip(voiced, texts, strict=True))
    return [
        Recognition(found[row].words, found[row].findings) if row in found else Recognition((), Findings(windows=1))
        for row in range(len(clips))
    ]


def _recognised(backend: Backend, clips: Sequence[Clip]) -> Generator[None, None, list[_Text]]:
    if not clips:
        return []
    with backend.listen([clip.samples for clip in clips]) as heard:
        yield
        texts = yield from _read(heard, len(clips))
        languages = heard.languages(range(len(clips)))
        yield
    texts = [replace(text, findings=text.findings + Findings(windows=1)) for text in texts]
    texts = yield from _filled_in(backend, clips, texts)
    if any(languages):
        texts = yield from _told_apart(backend, clips, texts, languages)
    return texts


def _read(heard: Listening, clips: int) -> Generator[None, None, list[_Text]]:
    """The text of each clip, decoded again while it goes round in circles."""
    best = heard.decode(range(clips), 0)
    yield
    looped = looping = [row for row, hypothesis in enumerate(best) if _compression(hypothesis) > REPETITIVE]
    for strictness in range(1, STRICTEST + 1):
        if not looping:
            break
        for row, hypothesis in zip(looping, heard.decode(looping, strictness), strict=True):
            if _straight(hypothesis):
                best[row] = hypothesis
        yield
        looping = [row for row in looping if _compression(best[row]) > REPETITIVE]
    words = heard.words(range(clips), best)
    yield
    return [_judged(best[row], words[row], row in looped, row in looping) for row in range(clips)]


def _judged(hypothesis: Hypothesis, words: Sequence[Word], looped: bool, looping: bool) -> _Text:
    marked, phrases = phantoms.marked(words)
    silent = hypothesis.no_speech > NOBODY or (
        hypothesis.no_speech > NO_SPEECH and hypothesis.log_probability < UNLIKELY
    )
    doubt = Doubt.NO_SPEECH if silent else Doubt.LOOP if looping else None
    findings = Findings(no_speech=silent and bool(words), phantoms=phrases, loops=looped, loops_left=looping)
    return _Text(tuple(replace(word, doubt=word.doubt or doubt) for word in marked), findings, silent)


def _filled_in(backend: Backend, clips: Sequence[Clip], texts: list[_Text]) -> Generator[None, None, list[_Text]]:
    """The texts with what a second look finds where the first found no words."""
    stretches = [
        (row, stretch)
        for row, (clip, text) in enumerate(zip(clips, texts, strict=True))
        if not text.silent
        for stretch in wordless(text.words, clip.lengths)
    ]
    if not stretches:
        return texts
    with backend.listen([clips[row].samples[:, start:end] for row, (start, end) in stretches]) as heard:
        yield
        again = yield from _read(heard, len(stretches))
    for (row, stretch), look in zip(stretches, again, strict=True):
        seconds = _speech(stretch, [0, *accumulate(clips[row].lengths)]) / SAMPLE_RATE
        found = tuple(_moved(word, stretch) for word in look.believed(seconds))
        texts[row] = replace(
            texts[row],
            words=_in_order([*texts[row].words, *found]),
            findings=texts[row].findings + Findings(skipped=1, recovered=bool(found)),
        )
    return texts


def wordless(words: Sequence[Word], lengths: Sequence[int]) -> list[Span]:
    """Stretches of a clip, in samples, that hold at least `WORDLESS` of speech and no word: the longest `MOST`, in order.

    `lengths` are those of the clip's spans. A clip without any word is cut in two, where spans meet if it can be, since the same question
    would have the same answer.
    """
    edges = [0, *accumulate(lengths)]
    ends = [0.0, *(word.end * SAMPLE_RATE + EDGE for word in words)]
    starts = [
        *(max(word.start * SAMPLE_RATE, word.end * SAMPLE_RATE - LONGEST_WORD) - EDGE for word in words),
        edges[-1],
    ]
    gaps = [(round(end), round(start)) for end, start in zip(ends, starts, strict=True)]
    most_first = sorted(gaps, key=lambda gap: -_speech(gap, edges))
    longest = [gap for gap in most_first[:MOST] if _speech(gap, edges) >= WORDLESS]
    if words or not longest:
        return sorted(longest)
    middle = min(edges[1:-1] or [edges[-1] // 2], key=lambda edge: abs(2 * edge - edges[-1]))
    return [(0, middle), (middle, edges[-1])]


def _speech(stretch: Span, edges: Sequence[int]) -> int:
    """Samples of a stretch without the padding at the ends of its spans, which meet at `edges`."""
    start, end = stretch
    return sum(max(0, min(end, high - PADDING) - max(start, low + PADDING)) for low, high in pairwise(edges))


def _moved(word: Word, stretch: Span) -> Word:
    """The word in the time of the clip that the stretch was cut from, and inside the stretch."""
    start, end = (sample / SAMPLE_RATE for sample in stretch)
    return replace(word, start=min(start + word.start, end), end=min(start + word.end, end))


def _in_order(words: Sequence[Word]) -> tuple[Word, ...]:
    """By their ends, neither starts nor ends running backwards: a word that hid a stretch comes after what was found in it."""
    ordered = sorted(words, key=lambda word: word.end)
    starts = accumulate((word.start for word in ordered), max)
    return tuple(replace(word, start=start) for word, start in zip(ordered, starts, strict=True))


def _told_apart(
    backend: Backend, clips: Sequence[Clip], texts: list[_Text], languages: Sequence[Mapping[str, float]]
) -> Generator[None, None, list[_Text]]:
    """The texts with the words of those spans marked that are in another language."""
    norwegian = [1.0 if text.silent else _norwegian(one) for one, text in zip(languages, texts, strict=True)]
    asked = [
        (row, span)
        for row, (clip, text) in enumerate(zip(clips, texts, strict=True))
        if not text.silent
        for span in _suspects(text.words, clip.lengths, norwegian[row] < CERTAIN)
    ]
    alone: dict[tuple[int, int], float] = {}
    if asked:
        cuts = [_cut(clips[row], span) for row, span in asked]
        with backend.listen(cuts) as heard:
            yield
            alone = dict(zip(asked, map(_norwegian, heard.languages(range(len(cuts)))), strict=True))
            yield
    return [
        _marked(text, clip.lengths, [alone.get((row, span), norwegian[row]) for span in range(len(clip.lengths))])
        for row, (clip, text) in enumerate(zip(clips, texts, strict=True))
    ]


def _suspects(words: Sequence[Word], lengths: Sequence[int], all_of_them: bool) -> list[int]:
    """Spans whose language is to be asked for: the longest `MOST` that can tell it. One that is a whole clip has been asked."""
    homes = _homes(words, lengths)
    shaky = max(MUMBLED, FALTERING * median([word.probability for word in words] or [0.0]))
    likely: list[list[float]] = [[] for _ in lengths]
    for word, home in zip(words, homes, strict=True):
        likely[home].append(word.probability)
    suspects = [
        span
        for span, (length, each) in enumerate(zip(lengths, likely, strict=True))
        if length - 2 * PADDING >= TELLING and each and (all_of_them or fmean(each) < shaky)
    ]
    longest = sorted(suspects, key=lambda span: -lengths[span])[:MOST]
    return sorted(longest) if len(lengths) > 1 else []


def _homes(words: Sequence[Word], lengths: Sequence[int]) -> list[int]:
    """For each word the span in which its middle lies."""
    edges = np.cumsum(lengths[:-1]) / SAMPLE_RATE
    return [int(np.searchsorted(edges, (word.start + word.end) / 2, side="right")) for word in words]


def _cut(clip: Clip, span: int) -> Samples:
    start = sum(clip.lengths[:span])
    return clip.samples[:, start : start + clip.lengths[span]]


def _marked(text: _Text, lengths: Sequence[int], norwegian: Sequence[float]) -> _Text:
    """The text with the words doubted in those spans that are `norwegian` with too low a probability."""
    homes = _homes(text.words, lengths)
    foreign = {home for home in homes if norwegian[home] < NORWEGIAN}
    words = tuple(
        replace(word, doubt=word.doubt or Doubt.LANGUAGE) if home in foreign else word
        for word, home in zip(text.words, homes, strict=True)
    )
    return replace(text, words=words, findings=text.findings + Findings(foreign=len(foreign)))


def _norwegian(language: Mapping[str, float]) -> float:
    """The probability of Norwegian or what it is mistaken for; 1 where nothing is known."""
    return sum(language.get(name, 0.0) for name in SCANDINAVIAN) if language else 1.0


def _loudness(samples: Samples) -> float:
    """dBFS of the loudest frame (root mean square); minus infinity for digital silence."""
    whole = samples[0, : samples.shape[1] // FRAME * FRAME].reshape(-1, FRAME)
    frames = whole if whole.size else samples
    loudest = float(np.sqrt(np.square(frames, dtype=np.float64).mean(axis=1).max()))
    return 20 * float(np.log10(loudest)) if loudest else -np.inf


def _straight(hypothesis: Hypothesis) -> bool:
    """Whether a stricter text is better than one that goes round: it says something, and the model finds it likely."""
    says = any(map(str.isalnum, hypothesis.text))
    return says and hypothesis.log_probability >= UNLIKELY and _compression(hypothesis) <= REPETITIVE


def _compression(hypothesis: Hypothesis) -> float:
    """How many times smaller zlib makes the text, or that `PASSAGE` of it that it makes smallest."""
    text = hypothesis.text.encode()
    passages = [text, *(text[at : at + PASSAGE] for at in range(0, len(text) - PASSAGE, PASSAGE // 4))]
    return max(len(passage) / len(zlib.compress(passage)) for passage in passages)
