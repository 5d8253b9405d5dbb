"""A line between two processes: whole messages, descriptors, and an end that is noticed."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator

import pytest

from kiskriv.errors import Malformed, PeerGone
from kiskriv.speech.windows import Urgency
from kiskriv.wire import messages as say
from kiskriv.wire.channel import Channel


@pytest.fixture
def line() -> Iterator[tuple[Channel, Channel]]:
    ours, theirs = socket.socketpair()
    with Channel(ours) as one, Channel(theirs) as other:
        yield one, other


def test_what_would_have_to_wait_is_not_sent_at_once(line: tuple[Channel, Channel]) -> None:
    assert line[0].send_at_once(say.Cease())
    assert line[1].receive()[0] == say.Cease()
    with line[0]._sending:
        assert not line[0].send_at_once(say.Cease())
    sent = 0
    while line[0].send_at_once(say.Cease()):
        sent += 1
    for _ in range(sent):
        assert line[1].receive()[0] == say.Cease()
    assert line[0].send_at_once(say.Cease())
    line[1].close()
    with pytest.raises(PeerGone):
        line[0].send_at_once(say.Cease())


def test_a_message_and_its_sound_arrive(line: tuple[Channel, Channel]) -> None:
    line[0].send(say.Window((1, 1), Urgency.CLOSED, False), b"12345678")
    assert line[1].receive() == (say.Window((1, 1), Urgency.CLOSED, False), bytearray(b"12345678"))


def test_a_descriptor_comes_with_its_message(line: tuple[Channel, Channel]) -> None:
    read, write = os.pipe()
    line[0].send(say.Supply(say.Part.ENGINE), descriptors=(write,))
    os.close(write)
    line[1].receive()
    with os.fdopen(line[1].descriptor(), "wb") as passed:
        passed.write(b"through")
    assert os.read(read, 10) == b"through"
    os.close(read)
    with pytest.raises(Malformed):
        line[1].descriptor()


def test_the_end_is_noticed_at_both_ends(line: tuple[Channel, Channel]) -> None:
    line[0].close()
    line[0].close()
    with pytest.raises(PeerGone):
        line[1].receive()
    with pytest.raises(PeerGone):
        line[0].send(say.Done())
    assert line[0].waiting() and line[1].waiting()


def test_closing_wakes_who_waits(line: tuple[Channel, Channel]) -> None:
    woken = threading.Event()

    def wait() -> None:
        with pytest.raises(PeerGone):
            line[0].receive()
        woken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    line[0].close()
    assert woken.wait(10)
    thread.join()


def test_noise_ends_the_line(line: tuple[Channel, Channel]) -> None:
    os.write(line[0].fileno(), b"GET / HTTP/1.1\r\nHost: nobody.invalid\r\n\r\n")
    with pytest.raises(Malformed):
        line[1].receive()
    with pytest.raises(PeerGone):
        line[1].receive()


def test_something_to_hear_is_seen_without_waiting(line: tuple[Channel, Channel]) -> None:
    assert not line[1].waiting()
    line[0].send(say.Done())
    assert line[1].waiting()


def test_ctrl_c_in_the_midst_of_a_message_ends_the_line(line: tuple[Channel, Channel]) -> None:
    main = threading.main_thread().ident
    assert main is not None
    presser = threading.Thread(target=lambda: (line[1].waiting(10), signal.pthread_kill(main, signal.SIGINT)))
    presser.start()
    with pytest.raises(KeyboardInterrupt):  # nobody takes it: the socket is full long before the end
        line[0].send(say.Sound(1, say.MAX_OCTETS // 4), bytes(say.MAX_OCTETS))
    presser.join()
    with pytest.raises((PeerGone, Malformed)):
        line[1].receive()
