"""What Whisper writes where nobody speaks: the credits and farewells of the subtitles that it learned from (pure).

A phrase counts at the start or the end of what a stretch of sound is said to hold, or alone, and only where a sentence ends with it:
"Takk for at du så på kneet" is a patient. What people do say in a consultation ("Takk.", "Ha det.") is not in the list.

Sources: openai/whisper discussions 679 and 928, and the lists that grew from them (JSchmie/ScrAIbe, scraibe/hallucinations.py). For
Norwegian: what public projects filter out of Whisper's and NB-Whisper's output, found by searching GitHub for "Nicolai Winther",
"Ai-Media", "Takk for ating med" and "Takk for at du sa i fra"; `notes/speech.md`. The nynorsk lines are the bokmål ones, turned: none
is documented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kiskriv.speech.words import SENTENCE_END
from kiskriv.transcript import Doubt, Word

PHRASES = """
    teksting av …
    tekstet av …
    tekst av …
    norsk tekst av …
    norske tekster av …
    tekst og undertekster av …
    undertekst av …
    undertekster av …
    takk for at du så på
    takk for at du så med
    takk for at dere så på
    takk for at dere så med
    tusen takk for at du så på
    tusen takk for at du så med
    takk for ating med
    takk for at du sa i fra

    teksta av …
    norsk tekst ved …
    undertekstar av …
    takk for at du såg på
    takk for at de såg på

    danske tekster af …
    undertekster af …
    undertexter av …
    tak fordi du så med

    subtitles by …
    thank you for watching
    thanks for watching
    please subscribe
    like and subscribe
"""
"""One a line: bokmål, nynorsk, what Norwegian is mistaken for, English. "…" stands for a name: one to `LONGEST_NAME` words."""

LONGEST_NAME = 4


def marked(words: Sequence[Word]) -> tuple[tuple[Word, ...], int]:
    """The words, those of phantoms doubted; and how many phantoms there are."""
    low, high, found = 0, len(words), 0
    while low < high:
        if length := _at_start(words[low:high]):
            low += length
        elif length := _at_end(words[low:high]):
            high -= length
        else:
            break
        found += 1
    doubted = (replace(word, doubt=Doubt.PHANTOM) for word in words)
    return tuple(
        word if low <= at < high else doubt for at, (word, doubt) in enumerate(zip(words, doubted, strict=True))
    ), found


def _at_start(words: Sequence[Word]) -> int:
    return max(_length(words, phrase) for phrase in _PHRASES)


def _at_end(words: Sequence[Word]) -> int:
    lengths = range(min(_LONGEST, len(words)), 0, -1)
    return next((length for length in lengths if _at_start(words[-length:]) == length), 0)


def _length(words: Sequence[Word], phrase: tuple[str, ...]) -> int:
    """How many of the words, from the first on, are this phrase and end a sentence or are all there are; else 0."""
    *said, last = phrase
    named = last == "…"
    fixed = said if named else list(phrase)
    if [_folded(word.text) for word in words[: len(fixed)]] != fixed:
        return 0
    names = range(1, LONGEST_NAME + 1) if named else range(1)
    lengths = (len(fixed) + name for name in names)
    return next((n for n in lengths if n <= len(words) and _ends(words, n)), 0)


def _ends(words: Sequence[Word], length: int) -> bool:
    return length == len(words) or words[length - 1].text.endswith(SENTENCE_END)


def _folded(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_PHRASES = [tuple(line.split()) for line in PHRASES.splitlines() if line.strip()]

_LONGEST = max(len(phrase) for phrase in _PHRASES) + LONGEST_NAME
