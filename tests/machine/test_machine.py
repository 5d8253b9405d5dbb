"""What holds on every system: a signal waits for an erasure."""

from __future__ import annotations

import signal
import sys

import pytest

from kiskriv.machine import uninterrupted

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="built and measured on Linux")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_waits_until_the_erasure_is_done(number: signal.Signals) -> None:
    steps = []
    before = signal.signal(number, lambda *_: steps.append("signal"))
    try:
        with uninterrupted():
            signal.raise_signal(number)
            steps.append("erased")
        assert steps == ["erased", "signal"]
        signal.raise_signal(number)
        assert steps == ["erased", "signal", "signal"]
    finally:
        signal.signal(number, before)
