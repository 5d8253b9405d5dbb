"""What was really said is met in every form that it takes, wherever it stands, and nothing else is taken for it."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from numpy.typing import NDArray

from proof import said, scan
from proof.canary import Canary
from proof.scan import Scanner

SENTENCES = ("Jeg har hatt vondt i øret i tre dager, og nå hører jeg dårlig.", "Hva er grunnen til at du kommer i dag?")


@pytest.fixture(scope="module")
def samples() -> NDArray[np.int16]:
    """Two channels of a second."""
    return np.random.default_rng(1).integers(-9000, 9000, (2, 16_000)).astype(np.int16)


def share(canary: Canary, octets: bytes) -> float:
    return Scanner(canary).search(scan.text(octets)).share


@pytest.mark.parametrize("before", [0, 4, 8, 12])
@pytest.mark.parametrize("channel", ["left", "right", "stereo", "mean"])
@pytest.mark.parametrize("divisor", [1, 32767, 32768])
def test_sound_is_met_as_float(samples: NDArray[np.int16], before: int, channel: str, divisor: int) -> None:
    left, right = samples.astype(np.float32)
    written = {"left": left, "right": right, "stereo": np.stack((left, right), axis=1), "mean": (left + right) / 2}
    octets = (written[channel] / np.float32(divisor)).tobytes()
    assert share(said.sound(samples), bytes(before) + octets) == 1.0


@pytest.mark.parametrize("before", [0, 2, 4, 6])
def test_sound_is_met_as_sixteen_bits(samples: NDArray[np.int16], before: int) -> None:
    assert share(said.sound(samples), bytes(before) + samples[1].tobytes()) == 1.0
    assert share(said.sound(samples), bytes(before) + samples.T.tobytes()) == 1.0


def test_two_milliseconds_are_enough(samples: NDArray[np.int16]) -> None:
    canary = said.sound(samples)
    kept = samples[0, 3200:3232].astype(np.float32) / np.float32(32768)
    assert Scanner(canary).search(scan.text(kept.tobytes())).residue == canary.octets


@pytest.mark.parametrize("read", [scan.BLOCK, 8191])
def test_far_into_a_file_everything_is_still_met(samples: NDArray[np.int16], read: int) -> None:
    """Where a search goes on after a block, addresses have to count as they did before."""

    class Stretch(io.BytesIO):
        def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
            return super().readinto(buffer[:read])

    octets = samples[0].tobytes() + "".join(SENTENCES).encode("utf-32-le")
    before = bytes(8 * (2 * read // 8 + 3))
    finding = Scanner(said.sound(samples), said.words(SENTENCES)).search([Stretch(before + octets)])
    assert (
        finding.kinds["sound"].cells
        == Scanner(said.sound(samples)).search(scan.text(octets)).kinds["sound"].cells
        > 400
    )
    assert (
        finding.kinds["text"].cells >= said.words(SENTENCES).cells - 2
    )  # one cell begins in the middle of the joined text


def test_silence_is_no_canary() -> None:
    with pytest.raises(ValueError, match="nothing was said"):
        said.sound(np.zeros((2, 16_000), np.int16))


WIDTHS = {"utf-8": 1, "latin-1": 1, "utf-16-le": 2, "utf-32-le": 4}


@pytest.mark.parametrize(
    ("encoding", "before"), [(encoding, at) for encoding, width in WIDTHS.items() for at in range(0, 8, width)]
)
def test_words_are_met_as_text_is_kept(encoding: str, before: int) -> None:
    octets = " ".join(SENTENCES).encode(encoding)
    assert share(said.words(SENTENCES), bytes(before) + octets) == 1.0


def test_words_are_met_as_json_escapes_them() -> None:
    assert share(said.words(SENTENCES), json.dumps(SENTENCES).encode()) == 1.0


def test_words_with_their_times_are_met_as_vault_and_wire_spell_them() -> None:
    from kiskriv.session.sealed import pack_told
    from kiskriv.transcript import Findings, Recognition, Word
    from kiskriv.wire import messages

    words = [Word(12.34, 12.56, "vondt", 0.98765), Word(12.56, 12.9, "øret", 0.87654)]
    canary = said.timed_words([[(w.start, w.end, w.text, w.probability) for w in words]])
    assert canary is not None
    assert share(canary, bytes(pack_told(list(words)))) == 1.0
    assert share(canary, messages.encode(messages.Words(Recognition(tuple(words), Findings())))) == 1.0


def test_other_words_and_noise_are_not_taken_for_it(samples: NDArray[np.int16]) -> None:
    noise = np.random.default_rng(2).bytes(1 << 22)
    others = "Han har vondt i halsen og hoster, men hører godt om dagen."
    assert Scanner(said.sound(samples), said.words(SENTENCES)).search(scan.text(noise + others.encode())).residue == 0


def test_where_nothing_was_said_nothing_can_be_looked_for() -> None:
    with pytest.raises(ValueError, match="nothing was said"):
        said.words(("Ja.", "Nei."))
