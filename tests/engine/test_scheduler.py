"""Who is next: tails first, then closed windows as they came, then what is done ahead; and a window that killed an engine goes alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.engine.scheduler import Job, Scheduler
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.wire.messages import Message

TAIL, CLOSED, AHEAD = Urgency


def job(urgency: Urgency = CLOSED, *, alone: bool = False) -> Job:
    told: list[Message] = []
    return Job(Clip(np.zeros((1, 1), np.float32), (1,)), urgency, alone, told.append)


def queued(*jobs: Job) -> Scheduler:
    scheduler = Scheduler()
    for each in jobs:
        scheduler.add(each)
    return scheduler


def taken(scheduler: Scheduler, most: int = 1) -> list[list[Job]]:
    batches = []
    while batch := scheduler.take(most, wait=False):
        batches.append(batch)
    return batches


def test_tails_go_first_then_closed_windows_then_what_is_ahead_each_as_they_came() -> None:
    jobs = [job(u) for u in (AHEAD, CLOSED, TAIL, AHEAD, CLOSED, TAIL)]
    assert taken(queued(*jobs)) == [[jobs[i]] for i in (2, 5, 1, 4, 0, 3)]


def test_a_batch_is_of_one_urgency_and_what_is_ahead_goes_alone() -> None:
    jobs = [job(u) for u in (AHEAD, CLOSED, TAIL, AHEAD, CLOSED, TAIL)]
    assert taken(queued(*jobs), 8) == [[jobs[2], jobs[5]], [jobs[1], jobs[4]], [jobs[0]], [jobs[3]]]


def test_a_window_over_which_an_engine_died_is_in_no_batch_with_others() -> None:
    jobs = [job(), job(alone=True), job(), job(alone=True)]
    assert taken(queued(*jobs), 8) == [[jobs[0], jobs[2]], [jobs[1]], [jobs[3]]]


@given(st.lists(st.tuples(st.sampled_from(Urgency), st.booleans()), max_size=12), st.integers(1, 5))
def test_every_window_is_taken_once_and_no_batch_is_too_large(asked: Sequence[tuple[Urgency, bool]], most: int) -> None:
    jobs = [job(urgency, alone=alone) for urgency, alone in asked]
    batches = taken(queued(*jobs), most)
    assert sorted(j.arrival for batch in batches for j in batch) == [j.arrival for j in jobs]
    assert all(len(batch) <= most for batch in batches)
    urgencies = [list(Urgency).index(batch[0].urgency) for batch in batches]
    assert urgencies == sorted(urgencies)


def test_what_is_wanted_sooner_moves_up() -> None:
    first, second = job(AHEAD), job(AHEAD)
    scheduler = queued(first, second)
    scheduler.urge(second, TAIL)
    assert taken(scheduler) == [[second], [first]]


def test_what_was_withdrawn_is_not_taken() -> None:
    first, second = job(), job()
    scheduler = queued(first, second)
    assert scheduler.withdraw(first)
    assert taken(scheduler) == [[second]]
    assert not scheduler.withdraw(second)
    assert second.unwanted


def test_a_speculation_makes_way_for_a_closed_window_and_nothing_else_makes_way() -> None:
    ahead, closed = job(AHEAD), job()
    scheduler = queued(ahead)
    batch = scheduler.take(1)
    assert not scheduler.presses(batch)
    scheduler.add(job(AHEAD))
    assert not scheduler.presses(batch)
    scheduler.add(closed)
    assert scheduler.presses(batch)
    assert not scheduler.presses([closed])


def test_what_was_left_and_is_not_wanted_meanwhile_does_not_wait_again() -> None:
    left = job(AHEAD)
    scheduler = queued(left)
    scheduler.take(1)
    assert not scheduler.withdraw(left)
    assert not scheduler.add(left)
    assert taken(scheduler) == []


def test_a_batch_that_nobody_wants_is_left() -> None:
    jobs = [job(), job()]
    scheduler = queued(*jobs)
    batch = scheduler.take(2)
    scheduler.withdraw(jobs[0])
    assert not scheduler.presses(batch)
    scheduler.withdraw(jobs[1])
    assert scheduler.presses(batch)


def test_settling_waits_for_what_nobody_wants_any_more() -> None:
    jobs = [job(), job()]
    scheduler = queued(*jobs)
    batch = scheduler.take(2)
    assert scheduler.settle(0)
    scheduler.withdraw(jobs[0])
    assert not scheduler.settle(0.01)
    worker = threading.Thread(target=scheduler.done, args=(batch,))
    worker.start()
    assert scheduler.settle(10)
    worker.join()


def test_closing_wakes_who_waits_and_hands_back_what_waited() -> None:
    scheduler = Scheduler()
    empty: list[list[Job]] = []
    worker = threading.Thread(target=lambda: empty.append(scheduler.take(1)))
    worker.start()
    scheduler.close()
    worker.join(10)
    assert empty == [[]]
    late = job()
    scheduler.add(late)
    assert scheduler.take(1, wait=False) == []
    assert scheduler.close() == [late]
