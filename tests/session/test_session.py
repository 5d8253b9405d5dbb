"""The order of the steps in this process, and the erasure that no exit escapes; `test_contract.py` has what every consultation promises."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kiskriv.errors import ErasureFailed, LedgerError, LedgerUnwritable, RecogniserFailed, VaultErased
from kiskriv.ledger import Ended, Entry, Ledger, Opened, Reason
from kiskriv.note import Note
from kiskriv.session import Captured, Drafted, Missed, OwnLedger, Recognised, Stages, State, Transcribed
from kiskriv.session.session import Session
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Recognition, Role, Samples
from kiskriv.vault import Artefact, Vault
from tests.ledgers import of_sessions
from tests.session.fakes import CANARY, Broken, EverySecond, Novelist, OneSpeaker, Parrot, Scribe, Tone, Tray


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


def stages() -> Stages:
    return Stages(
        ear=EverySecond(),
        transcriber=Parrot(),
        diarizer=OneSpeaker(),
        drafter=Scribe(),
        roles={"0": Role.PATIENT},
        language="nb",
        model="0" * 64,
        informed="nb-1",
    )


def session(ledger: Ledger, vault: Vault | None = None, parts: Stages | None = None) -> Session:
    return Session(parts or stages(), vault or Vault(), OwnLedger(ledger))


def walk(held: Session) -> Note:
    """Records and drafts; the draft."""
    list(held.record(Tone()))
    *_, drafted = held.draft()
    assert isinstance(drafted, Drafted)
    return drafted.note


def last(ledger: Ledger) -> Ended:
    *_, entry = of_sessions(ledger)
    assert isinstance(entry, Ended)
    return entry


def test_the_opening_and_the_end_carry_the_same_commitment(ledger: Ledger) -> None:
    with session(ledger, vault := Vault()):
        pass
    opened, ended = of_sessions(ledger)
    assert isinstance(opened, Opened) and isinstance(ended, Ended)
    assert opened.commitment == ended.commitment == vault.commitment


def test_a_pause_that_comes_too_late_is_none_of_the_next_recordings(ledger: Ledger) -> None:
    with session(ledger) as held:
        for _ in held.record(Tone(seconds=1)):
            if held.state is State.RECORDED:  # the sound is over, its last words are being found
                held.pausing()
        assert not held.paused
        list(held.record(Tone(seconds=1)))
        assert not held.paused


@pytest.mark.parametrize(
    ("leave", "reason"),
    [
        (lambda held: held.discard(), Reason.DISCARDED),
        (lambda held: held.withdraw(), Reason.WITHDRAWN),
        (lambda held: None, Reason.INTERRUPTED),
    ],
)
def test_every_choice_erases_and_says_why(ledger: Ledger, leave: object, reason: Reason) -> None:
    diarizer, vault = OneSpeaker(), Vault()
    with session(ledger, vault, replace(stages(), diarizer=diarizer)) as held:
        walk(held)
        leave(held)  # type: ignore[operator]
    assert held.state is State.ENDED
    assert (last(ledger).reason, last(ledger).verified, diarizer.kept) == (reason, True, bytearray())
    with pytest.raises(VaultErased):
        vault.open(Artefact.TRANSCRIPT, 0)


@pytest.mark.parametrize("step", ["opened", "recording", "drafting", "approved"])
@pytest.mark.parametrize(
    ("error", "reason"),
    [(RuntimeError, Reason.FAILED), (KeyboardInterrupt, Reason.INTERRUPTED), (SystemExit, Reason.INTERRUPTED)],
)
def test_every_error_at_every_step_erases(
    ledger: Ledger, step: str, error: type[BaseException], reason: Reason
) -> None:
    vault = Vault()
    with pytest.raises(error), session(ledger, vault) as held:
        if step != "opened":
            for _ in held.record(Tone()):
                if step == "recording":
                    raise error
            drafting = held.draft()
            next(drafting)
            if step == "drafting":
                raise error
            drafted = next(drafting)
            assert isinstance(drafted, Drafted)
            held.approve(drafted.note)
        raise error
    assert (last(ledger).reason, last(ledger).verified) == (reason, True)
    assert ledger.unaccounted() == ()
    with pytest.raises(VaultErased):
        vault.open(Artefact.AUDIO, 0)


def test_whoever_wrote_the_note_forgets_what_was_said_and_lets_go_of_a_model(ledger: Ledger) -> None:
    scribe, novelist = Scribe(), Novelist()
    with session(ledger, parts=replace(stages(), drafter=scribe, writer=novelist)) as held:
        walk(held)
        assert not scribe.forgot and not novelist.abandoned
    assert scribe.forgot and novelist.abandoned and held.marks == () and held.drafted_from is None


def test_a_failing_recogniser_erases_too(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), session(ledger, parts=replace(stages(), transcriber=Broken())) as held:
        list(held.record(Tone()))
    assert last(ledger).reason is Reason.FAILED


def test_no_session_starts_without_its_first_line(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "ledger")
    ledger.close()
    vault, tone = Vault(), Tone()
    with pytest.raises(LedgerError), session(ledger, vault) as held:
        list(held.record(tone))
    assert not tone.asked
    with pytest.raises(VaultErased):
        vault.seal(Artefact.DRAFT, bytearray(b"x"))


def test_a_first_line_that_got_there_although_writing_failed_is_accounted_for(tmp_path: Path) -> None:
    class Late(Ledger):
        def append(self, entry: Entry) -> int:
            index = super().append(entry)
            if isinstance(entry, Opened):
                raise LedgerUnwritable(problem="the very last step")
            return index

    with Late.open(tmp_path / "ledger") as ledger:
        with pytest.raises(LedgerUnwritable), session(ledger):
            pass
        assert (len(of_sessions(ledger)), ledger.unaccounted()) == (2, ())


def test_events_come_as_it_happens(ledger: Ledger) -> None:
    with session(ledger) as held:
        events = list(held.record(Tone(seconds=3, channels=2)))
    captured = [e for e in events if isinstance(e, Captured)]
    recognised = [e for e in events if isinstance(e, Recognised)]
    assert [e.seconds for e in captured] == [1.0, 2.0, 3.0]
    assert all(len(e.levels) == 2 and 0.4 < max(e.levels) <= 0.5 for e in captured)
    assert [u.start for e in recognised for u in e.utterances] == [0.1, 1.1, 2.1]


def test_an_erasure_that_leaves_something_is_loud_and_logged(ledger: Ledger) -> None:
    class Leaky(Vault):
        def __init__(self) -> None:
            super().__init__()
            self.copy = bytes(self._key._page.octets[:32])

    with pytest.raises(ErasureFailed), session(ledger, vault := Leaky()) as held:
        held.discard()
    assert vault.copy
    assert not last(ledger).verified and last(ledger).residue > 0
    assert ledger.unverified() == (held.id,)


def test_a_holder_that_fails_stops_no_erasure_and_is_told(ledger: Ledger) -> None:
    class Stuck(OneSpeaker):
        def erase(self) -> int:
            raise RuntimeError(CANARY)

    with pytest.raises(ErasureFailed), session(ledger, vault := Vault(), replace(stages(), diarizer=Stuck())) as held:
        walk(held)
    assert (last(ledger).residue, last(ledger).verified) == (1, False)
    with pytest.raises(VaultErased):
        vault.open(Artefact.AUDIO, 0)


@pytest.mark.parametrize("trouble", ["ctrl-c", "a log that cannot be written"])
def test_a_failed_erasure_is_heard_above_other_trouble(ledger: Ledger, trouble: str) -> None:
    class Stuck(OneSpeaker):
        def erase(self) -> int:
            if trouble == "ctrl-c":
                signal.raise_signal(signal.SIGINT)
            else:
                ledger.close()
            raise RuntimeError

    with pytest.raises(ErasureFailed), session(ledger, parts=replace(stages(), diarizer=Stuck())):
        pass


def test_ctrl_c_twice_waits_until_the_window_at_work_is_wiped(ledger: Ledger) -> None:
    seen: list[Samples] = []
    ready, pressed = threading.Event(), threading.Event()

    class Slow(Parrot):
        def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
            seen.append(clip.samples)
            ready.set()
            pressed.wait(10)
            return super().transcribe(clip, urgency)

    main = threading.main_thread().ident
    assert main is not None

    def press_twice() -> None:
        ready.wait(10)
        signal.pthread_kill(main, signal.SIGINT)
        signal.pthread_kill(main, signal.SIGINT)
        pressed.set()

    presser = threading.Thread(target=press_twice)
    presser.start()
    with pytest.raises(KeyboardInterrupt), session(ledger, parts=replace(stages(), transcriber=Slow())) as held:
        list(held.record(Tone(seconds=1)))
    presser.join()
    assert seen and not any(samples.any() for samples in seen)
    assert last(ledger).verified


def test_ending_in_the_middle_of_recording_waits_for_the_window_at_work(ledger: Ledger) -> None:
    seen: list[Samples] = []
    ready, never = threading.Event(), threading.Event()

    class Slow(Parrot):
        def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
            seen.append(clip.samples)
            ready.set()
            never.wait(0.5)
            return super().transcribe(clip, urgency)

    with session(ledger, parts=replace(stages(), transcriber=Slow())) as held:
        events = held.record(Tone(seconds=3))
        next(events)
        next(events)  # held here: nobody closes it
        assert ready.wait(10)
        held.withdraw()
        assert seen and not any(samples.any() for samples in seen)


def test_a_delivered_note_is_not_kept_open(ledger: Ledger) -> None:
    opened: list[bytearray] = []

    class Watched(Vault):
        def open(self, artefact: Artefact, place: int) -> bytearray:
            opened.append(super().open(artefact, place))
            return opened[-1]

    with session(ledger, Watched()) as held:
        held.approve(walk(held))
        held.deliver(Tray())
        held.transferred()
    assert opened and all(octets.count(0) == len(octets) for octets in opened)


def test_nothing_of_a_session_speaks_in_a_repr(ledger: Ledger) -> None:
    seen: list[object] = []
    with session(ledger, vault := Vault()) as held:
        seen += [*held.record(Tone()), *held.draft(), held, vault]
        walked = repr(seen) + str(seen)
    assert CANARY not in walked
    assert os.fsencode(CANARY).hex() not in walked


def test_a_window_that_cannot_be_decoded_is_kept_and_tried_again_at_the_draft(ledger: Ledger) -> None:
    class Ill(Parrot):
        broken = True

        def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
            if self.broken:
                raise RecogniserFailed(attempts=3)
            return super().transcribe(clip, urgency)

    ill = Ill()
    with session(ledger, parts=replace(stages(), transcriber=ill)) as held:
        events = list(held.record(Tone(seconds=2)))
        assert [(e.start, e.end) for e in events if isinstance(e, Missed)] == [(0.0, 1.0), (1.0, 2.0)]
        again = list(held.draft())
        assert [type(e) for e in again] == [Missed, Missed, Transcribed, Drafted]
        ill.broken = False
        *recognised, transcribed, _ = held.draft()
    assert [type(e) for e in recognised] == [Recognised, Recognised]
    assert isinstance(transcribed, Transcribed)
    assert [u.start for u in transcribed.transcript.utterances] == [0.1, 1.1]


def test_windows_that_wait_when_recording_is_broken_off_are_decoded_for_the_draft(ledger: Ledger) -> None:
    with session(ledger) as held:
        events = held.record(Tone(seconds=3))
        while not isinstance(next(events), Recognised):
            pass
        events.close()
        list(held.record(Tone(seconds=1)))
        transcribed, _ = (e for e in held.draft() if isinstance(e, Transcribed | Drafted))
    assert isinstance(transcribed, Transcribed)
    starts = [u.start for u in transcribed.transcript.utterances]
    assert starts == [0.1 + second for second in range(len(starts))]
    assert len(starts) >= 2


def test_the_key_goes_before_anything_that_takes_its_time(ledger: Ledger) -> None:
    order: list[str] = []

    class Watched(Vault):
        def destroy_key(self) -> None:
            order.append("key")
            super().destroy_key()

    class Waiting(Parrot):
        def abandon(self) -> None:
            order.append("recogniser")

    with session(ledger, Watched(), replace(stages(), transcriber=Waiting())) as held:
        walk(held)
    assert order[:2] == ["key", "recogniser"]


class Slow(Parrot):
    """A transcriber that says nothing until it is left alone, or is told to be quick."""

    def __init__(self) -> None:
        self.quick = threading.Event()
        self.left = threading.Event()

    def transcribe(self, clip: Clip, urgency: Urgency) -> Recognition | None:
        while not (self.quick.is_set() or self.left.wait(0.01)):
            pass
        return super().transcribe(clip, urgency) if self.quick.is_set() else None

    def cease(self) -> None:
        self.left.set()


def test_a_pause_waits_for_nothing_that_is_still_to_be_written_down_and_loses_none_of_it(ledger: Ledger) -> None:
    slow = Slow()
    with session(ledger, parts=replace(stages(), transcriber=slow)) as held:
        held.pausing()
        assert not any(isinstance(event, Recognised) for event in held.record(Tone(seconds=3)))
        assert held.paused
        slow.quick.set()
        heard = [event for event in held.record(Tone(seconds=1)) if isinstance(event, Recognised)]
        assert [said.start for event in heard for said in event.utterances] == [0.1, 1.1, 2.1, 3.1]
