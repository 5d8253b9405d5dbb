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
from statistics import fmean

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

REPETITIVE = 2.4
"""Text that zlib makes smaller than by this factor goes round in circles."""

PASSAGE = 200
"""Octets of text that are also judged alone, so that a loop in a part of it does not hide behind the rest."""

WORDLESS = 3 * SAMPLE_RATE
"""Samples of speech without a word that are looked at again."""

PADDING = VadSettings.pad
"""Samples at each end of a span that the voice detector did not take for speech."""

LONGEST_WORD = 2 * SAMPLE_RATE
"""Samples: what alignment makes longer than this has something unsaid in it."""

MOST = 3
"""Second looks at stretches, and at spans, that a clip gets at most of each: the longest."""

SCANDINAVIAN = ("no", "nb", "nn", "da", "sv")
"""What Whisper takes Norwegian for: only together do these speak for or against it."""

NORWEGIAN = 0.5
"""Sound in which the Scandinavian languages are together less likely than this is another language."""

MUMBLED = 0.5
"""A mean probability of the words of a span below which its language is asked for."""

TELLING = SAMPLE_RATE
"""Samples of speech without which a span does not tell its language."""


@dataclass(frozen=True, repr=False)
class _Look:
    """What one look at one stretch of sound gave."""

    words: tuple[Word, ...]
    phantoms: int
    hypothesis: Hypothesis
    decodes: int

    @property
    def silent(self) -> bool:
        return _silent(self.hypothesis)

    @property
    def looping(self) -> bool:
        return _compression(self.hypothesis) > REPETITIVE


def recognise(backend: Backend, clips: Sequence[Clip]) -> Generator[None, None, list[Recognition]]:
    """What was said in each clip. Yields after each step of the backend; whoever closes it there leaves nothing behind in the backend.

    The clips are not wiped. Raises what the backend raises: OutOfMemory, and ValueError for a clip that it cannot take.
    """
    audible = [clip for clip in clips if _loudness(clip.samples) >= SILENCE]
    recognised = iter((yield from _recognise(backend, audible)) if audible else [])
    return [
        next(recognised) if any(clip is one for one in audible) else Recognition((), Findings(windows=1))
        for clip in clips
    ]


def _recognise(backend: Backend, clips: Sequence[Clip]) -> Generator[None, None, list[Recognition]]:
    with backend.listen([clip.samples for clip in clips]) as heard:
        yield
        looks = yield from _look(heard, len(clips))
        languages = heard.languages(range(len(clips)))
        yield
    words = [look.words for look in looks]
    findings = [_first_findings(look) for look in looks]
    yield from _fill_in(backend, clips, looks, words, findings)
    yield from _mark_languages(backend, clips, looks, languages, words, findings)
    return [Recognition(*each) for each in zip(words, findings, strict=True)]
