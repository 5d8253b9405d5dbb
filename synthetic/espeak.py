"""libespeak-ng through ctypes: text to samples, with the exact time of every word and phoneme.

Follows espeak-ng's `speak_lib.h` (API revision 12). The library keeps one global state, so it is one
synthesiser per process; `espeak_TextToSpeech`'s callback collects what a single call produced.
"""

import ctypes
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS
_PHONEME_EVENTS: Final = 1  # espeakINITIALIZE_PHONEME_EVENTS
_UTF8: Final = 1  # espeakCHARS_UTF8
_POSITION_CHARACTER: Final = 1  # POS_CHARACTER
_LIST_TERMINATED, _WORD, _PHONEME = 0, 1, 7  # espeak_EVENT_TYPE
_RATE, _PITCH, _RANGE, _WORD_GAP = 1, 3, 4, 7  # espeak_PARAMETER


class EspeakError(RuntimeError):
    """The synthesiser is not installed, or refuses the voice."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An espeak voice such as "nb+f2", and how it speaks: `rate` in words a minute, `word_gap` in 10 ms."""

    name: str = "nb"
    rate: int = 160
    pitch: int = 50
    pitch_range: int = 50
    word_gap: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a word begins: `character` counts from 1 in the text, `sample` from 0 in the sound."""

    character: int
    sample: int


@dataclass(frozen=True, slots=True)
class Phoneme:
    """A phoneme's name ("_:" and its like are pauses) and the sample where it begins."""

    name: str
    sample: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One text read aloud: samples at `sample_rate`, and the marks espeak set."""

    samples: Samples
    sample_rate: int
    words: tuple[Mark, ...]
    phonemes: tuple[Phoneme, ...]


class _Identifier(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Identifier),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class _Library:
    """The loaded library and the buffers that its callback fills."""

    def __init__(self) -> None:
        name = find_library("espeak-ng") or "libespeak-ng.so.1"
        try:
            self._espeak: Any = ctypes.CDLL(name)
        except OSError as error:
            raise EspeakError("libespeak-ng not found: apt-get install libespeak-ng1") from error
        self.sample_rate = int(self._espeak.espeak_Initialize(_SYNCHRONOUS, 0, None, _PHONEME_EVENTS))
        if self.sample_rate <= 0:
            raise EspeakError("espeak-ng found no voices: apt-get install espeak-ng-data")
        self._pieces: list[Samples] = []
        self._words: list[Mark] = []
        self._phonemes: list[Phoneme] = []
        self._callback = _Callback(self._collect)  # kept here: ctypes does not hold it for the library
        self._espeak.espeak_SetSynthCallback(self._callback)

    def read(self, text: str, voice: Voice) -> Reading:
        self._pieces, self._words, self._phonemes = [], [], []
        if self._espeak.espeak_SetVoiceByName(voice.name.encode()) != 0:
            raise EspeakError(f"espeak-ng has no voice {voice.name!r}")
        settings = (
            (_RATE, voice.rate),
            (_PITCH, voice.pitch),
            (_RANGE, voice.pitch_range),
            (_WORD_GAP, voice.word_gap),
        )
        for parameter, value in settings:
            self._espeak.espeak_SetParameter(parameter, value, 0)
        encoded = text.encode()
        self._espeak.espeak_Synth(encoded, len(encoded) + 1, 0, _POSITION_CHARACTER, 0, _UTF8, None, None)
        self._espeak.espeak_Synchronize()
        samples = np.concatenate(self._pieces) if self._pieces else np.zeros(0, np.int16)
        return Reading(samples, self.sample_rate, tuple(self._words), tuple(self._phonemes))

    def _collect(self, wave: Any, count: int, events: Any) -> int:
        if wave and count > 0:
            self._pieces.append(np.ctypeslib.as_array(wave, shape=(count,)).copy())
        index = 0
        while events[index].type != _LIST_TERMINATED:
            event = events[index]
            if event.type == _WORD:
                self._words.append(Mark(event.text_position, event.sample))
            elif event.type == _PHONEME:
                name = event.id.string.decode("utf-8", "replace")
                self._phonemes.append(Phoneme(name, event.sample))
            index += 1
        return 0  # zero: go on


@cache
def _library() -> _Library:
    return _Library()


def read_aloud(text: str, voice: Voice) -> Reading:
    """Read `text`, in which numbers are already words."""
    return _library().read(text, voice)
