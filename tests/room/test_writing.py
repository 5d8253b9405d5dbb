"""A language model that takes its time holds nobody up: what ends a consultation ends it, and its line with it."""

from __future__ import annotations

import select
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from kiskriv.draft import clinic
from kiskriv.draft.writer import LanguageModelWriter, Model
from kiskriv.engine import Author
from kiskriv.errors import Expired
from kiskriv.ledger import Ledger, Reason
from kiskriv.note import Form, Note
from kiskriv.session import Drafted, State, Writing
from kiskriv.transcript import Transcript
from kiskriv.wire import messages as say
from kiskriv.wire.remote import RemoteSession
from kiskriv.writer.address import connect
from kiskriv.writer.endpoint import Endpoint, Service
from tests.draft.model_server import Handler, serving
from tests.engine.test_writing import Housed, Reads
from tests.room.test_room import EDITED, last, stages
from tests.session.elsewhere import PATIENCE, Elsewhere
from tests.session.fakes import NOTE, Scribe, Tone

FILES = clinic.load()


class Templated(Scribe):
    """A drafter whose forms a language model knows too."""

    forms = tuple(template.form for template in FILES.templates)

    def draft(self, transcript: Transcript, form: Form) -> Note:
        return super().draft(transcript, NOTE)


class Silent:
    """A language model that has been asked, and says nothing; `hung_up` when it is left."""

    def __init__(self) -> None:
        self.asked, self.hung_up = threading.Event(), threading.Event()
        self._server = serving(self._wait)
        server = self._server.__enter__()
        self.model: Model = Endpoint(Service(server.address, "m", 8192), partial(connect, server.address))

    def _wait(self, handler: Handler) -> None:
        self.asked.set()
        if select.select([handler.connection], [], [], 2 * PATIENCE)[0]:
            self.hung_up.set()

    def close(self) -> None:
        self._server.__exit__(None, None, None)


class Reading:
    """One in an engine that reads what it was asked for a long time; nothing stops it."""

    def __init__(self) -> None:
        self._reads = Reads()
        self._reads.gate.clear()
        self._engine = Housed(Author(self._reads))
        self.asked = self._reads.at_work
        self.model: Model = self._engine.writer()

    def close(self) -> None:
        self._reads.gate.set()
        self._engine.close()


@pytest.fixture(params=[Silent, Reading])
def busy(request: pytest.FixtureRequest) -> Iterator[Silent | Reading]:
    made = request.param()
    yield made
    made.close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


Begun = Callable[..., tuple[Elsewhere, RemoteSession, Iterator[object]]]


@pytest.fixture
def writing(ledger: Ledger, busy: Silent | Reading) -> Iterator[Begun]:
    """A room whose note is being written, the screen that asked for it, and what that is told."""
    built: list[Elsewhere] = []
    screens: list[RemoteSession] = []

    def begin(**options: object) -> tuple[Elsewhere, RemoteSession, Iterator[object]]:
        writer = LanguageModelWriter(busy.model, FILES, 3600.0)
        built.append(Elsewhere(ledger, replace(stages(), drafter=Templated(), writer=writer), **options))  # type: ignore[arg-type]
        held = built[-1].consultation()
        screens.append(held.__enter__())
        list(held.record(Tone()))
        events = held.draft()
        assert any(isinstance(event, Writing) for event in events)
        assert busy.asked.wait(PATIENCE)
        return built[-1], held, events

    yield begin
    for screen in screens:
        screen.detach()
    for one in built:
        one.close()


def test_the_screen_is_told_what_there_is_so_far_again_and_again(writing: Begun) -> None:
    _, held, events = writing()
    said = [next(events) for _ in range(3)]
    assert all(isinstance(event, Writing) and not event.note.empty for event in said)
    held.discard()


@pytest.mark.parametrize("way", [say.Withdraw(), say.Discard(), say.End(False)])
def test_what_ends_the_consultation_ends_it_at_once(
    writing: Begun,
    busy: Silent | Reading,
    ledger: Ledger,
    way: say.Message,
) -> None:
    there, held, _ = writing()
    held._send(way)
    assert there.closed.wait(PATIENCE)
    assert last(ledger).verified
    assert isinstance(busy, Reading) or busy.hung_up.wait(PATIENCE)


def test_the_time_limit_does_not_wait_for_it(writing: Begun, ledger: Ledger) -> None:
    there, _, events = writing(seconds=1)
    with pytest.raises(Expired):
        list(events)
    assert there.closed.is_set()
    assert last(ledger).reason is Reason.EXPIRED


def test_a_screen_that_comes_is_greeted_at_once_and_finds_the_draft_by_rules(
    writing: Begun, busy: Silent | Reading
) -> None:
    there, _, _ = writing()
    with there.again() as other:
        assert other.standing.state is State.DRAFTED
        assert other.standing.note is not None
        assert not other.standing.note.empty
        assert isinstance(busy, Reading) or busy.hung_up.wait(PATIENCE)
        other.discard()


def test_who_halts_it_has_its_line_hung_up_and_the_draft_by_rules(writing: Begun, busy: Silent | Reading) -> None:
    _, held, events = writing()
    held._send(say.Halt())
    assert not any(isinstance(event, Drafted) for event in events)
    assert isinstance(busy, Reading) or busy.hung_up.wait(PATIENCE)
    held.revise(EDITED)
    held.approve(EDITED)
    held.discard()
