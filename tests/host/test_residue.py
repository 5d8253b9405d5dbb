"""What a receipt may claim when a process that knew something did not end as it should."""

from __future__ import annotations

import pytest

from kiskriv.host.residue import completed, looked_again
from kiskriv.ledger import Ended, Fact, Level, Method, Place, Reason
from kiskriv.wire.messages import Present

ALL_BUT_ZEROED = tuple(fact.value for fact in Fact if fact is not Fact.FREED_PAGES_ZEROED)
ERASED = Ended(
    session="0" * 32,
    time="2026-01-01T00:00:00Z",
    reason=Reason.DISCARDED,
    commitment="0" * 64,
    artefacts=(),
    methods=(Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN),
    level=Level.C,
    facts=(),
    looked=(Place.OWN_MEMORY,),
    residue=0,
    took=0,
    verified=True,
)


def looked(facts: tuple[str, ...], *, killed: bool = False, orderly: bool = True) -> Ended:
    present = Present(ERASED.session, 1, True, False, 0.0, facts, "a5" * 16, "5b" * 16)
    return looked_again(completed(ERASED, killed=killed), present, (), orderly=orderly)


def test_in_good_order_the_level_is_what_the_machine_holds() -> None:
    assert looked(ALL_BUT_ZEROED).level is Level.B
    assert looked(tuple(Fact)).level is Level.A


@pytest.mark.parametrize(("killed", "orderly"), [(True, True), (False, False), (True, False)])
def test_after_a_kill_only_a_kernel_that_zeroes_holds_it(killed: bool, orderly: bool) -> None:
    assert looked(ALL_BUT_ZEROED, killed=killed, orderly=orderly).level is Level.C
    assert looked(tuple(Fact), killed=killed, orderly=orderly).level is Level.A
