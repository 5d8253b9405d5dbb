"""The desk: who may begin, and what must be accounted for first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.assembly import Desk
from kiskriv.config import Config, LedgerSettings
from kiskriv.errors import ErasureFailed, LedgerBusy, NotInformed
from kiskriv.ledger import Swept
from tests.ledger.material import ended, sessions


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(ledger=LedgerSettings(folder=tmp_path / "ledger"))


@pytest.fixture
def desk(config: Config) -> Iterator[Desk]:
    opened = Desk(config)
    yield opened
    opened.close()


def test_nothing_begins_before_the_patient_is_informed(desk: Desk) -> None:
    with pytest.raises(NotInformed):
        desk.consultation(1, informed=False)
    assert desk.ledger.size == 0


@pytest.mark.parametrize("left", ["open", "unverified"])
def test_a_session_that_is_not_accounted_for_blocks_the_next_until_a_new_start(
    desk: Desk, config: Config, left: str
) -> None:
    start = sessions(1)[0]
    desk.ledger.append(start)
    if left == "unverified":
        desk.ledger.append(ended(start, verified=False))
    with pytest.raises(ErasureFailed):
        desk.consultation(1, informed=True)
    desk.close()
    again = Desk(config)
    try:
        *_, last = again.ledger.entries()
        assert last == Swept(start.session, last.time)
        with again.consultation(1, informed=True) as held:
            held.discard()
    finally:
        again.close()


def test_a_second_desk_at_the_same_log_is_refused(desk: Desk, config: Config) -> None:
    with pytest.raises(LedgerBusy):
        Desk(config)
