"""A consultation with a spool outlives its room: another one says the same, and nothing outlives the end."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kiskriv.engine import AloneSpeakers
from kiskriv.errors import KiskrivError, SpoolUnwritable, VaultErased, VaultTampered
from kiskriv.ledger import Ended, Entry, Ledger, Method, Opened, Place, Reason, Resumed
from kiskriv.machine import keyring
from kiskriv.note import Note, Section, Statement
from kiskriv.room import spooled
from kiskriv.room.porter import Origin
from kiskriv.session import Drafted, Stages, State, Transcribed, Unspooled, sealed
from kiskriv.session.microphones import Microphones
from kiskriv.session.voices import Voices
from kiskriv.speech.diarization import WINDOW
from kiskriv.speech.windows import Window
from kiskriv.transcript import SAMPLE_RATE, Chunk, Correction, Cut, Doubt, Rewording, Role, Samples, Transcript, Word
from kiskriv.vault import Artefact, Vault
from kiskriv.vault.spool import Spool
from kiskriv.wire import messages as say
from kiskriv.wire.remote import RemoteSession
from tests.ledgers import of_sessions
from tests.room.test_room import hear, stages, until
from tests.session.elsewhere import PATIENCE, Elsewhere
from tests.session.fakes import CANARY, EverySecond, EverySecondWord, Marked, Tone

pytestmark = pytest.mark.skipif(not keyring.present(), reason="no keyring in this kernel, or it is forbidden here")

EDITED = Note((Section("Funn", (Statement("Skrevet av legen.", (1,)),)),))
Built = Callable[..., Elsewhere]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger") as opened:
        yield opened


@pytest.fixture
def room(ledger: Ledger, folder: Path) -> Iterator[Built]:
    built: list[Elsewhere] = []

    def build(parts: Stages | None = None, **options: object) -> Elsewhere:
        built.append(Elsewhere(ledger, parts or stages(), spool=folder, **options))  # type: ignore[arg-type]
        return built[-1]

    yield build
    for one in built:
        one.close()
        keyring.revoke(f"kiskriv:{one.session}")


class Speech:
    """Sound that a window may begin and end anywhere in: chunks of odd lengths, two unlike channels, then it stops or breaks off."""

    channels = 2

    def __init__(self, seed: int, chunks: int = 7) -> None:
        self._random = np.random.default_rng(seed)
        self._left = chunks

    def chunks(self) -> Iterator[Chunk]:
        while self._left:
            self._left -= 1
            loud = np.array([[0.9], [0.001]])
            sound = self._random.uniform(-1, 1, (2, int(self._random.integers(3_000, 21_000)))) * loud
            yield Chunk(0, sound.astype(np.float32))

    def stop(self) -> None:
        self._left = 0


class Keen(EverySecond):
    """An ear that remembers all that it heard, to the last bit, and where it let go."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    def hear(self, samples: Samples) -> list[Window]:
        self.heard.append(samples.tobytes())
        return super().hear(samples)

    def finish(self) -> list[Window]:
        self.heard.append(b"finish")
        return super().finish()


def said(held: RemoteSession) -> Transcript:
    """What the room says was said."""
    *_, transcribed, _ = held.draft()
    assert isinstance(transcribed, Transcribed)
    return transcribed.transcript


def died(there: Elsewhere, held: RemoteSession) -> None:
    """The room is killed, and its screen sees that."""
    there.die()
    held.detach()


def left(folder: Path, session: str) -> tuple[bool, bool]:
    """Whether file and key are there."""
    return (folder / f"{session}.spool").exists(), keyring.fetch(f"kiskriv:{session}", memoryview(bytearray(32)))


def kinds(ledger: Ledger) -> list[type[Entry]]:
    return [type(entry) for entry in of_sessions(ledger)]


def last(ledger: Ledger) -> Ended:
    *_, entry = of_sessions(ledger)
    assert isinstance(entry, Ended)
    return entry


# -- the room dies --


def two_microphones() -> Microphones:
    return Microphones(Voices(AloneSpeakers(EverySecondWord()), WINDOW))


def test_another_room_says_the_same_and_the_doctors_draft_stands(room: Built, ledger: Ledger) -> None:
    live, again = Keen(), Keen()
    parts = replace(stages(), ear=live, diarizer=two_microphones(), roles={"0": Role.PRACTITIONER, "1": Role.PATIENT})
    first = room(parts)
    with first.consultation(channels=2) as held:
        assert held.standing.spooled
        list(held.record(Speech(1)))
        list(held.record(Speech(2)))
        held.assign("0", Role.INTERPRETER)
        held.correct(Correction.of(said(held).utterances[0], "1"))
        before = said(held)
        assert before.utterances[0].speaker == "1"
        held.revise(EDITED)
        heard, length = first.room._session.transcript, first.room._session.seconds
        died(first, held)
    second = room(replace(parts, ear=again, diarizer=two_microphones()), session=first.session)
    assert second.resume()
    with second.again() as held:
        standing = held.standing
        assert (standing.state, standing.lost, standing.spooled) == (State.DRAFTED, False, True)
        assert (standing.note, standing.transcript, standing.seconds) == (EDITED, heard, length)
        assert said(held) == before == heard
        assert again.heard == live.heard and live.heard.count(b"finish") == 2
        held.approve(EDITED)
        held.transferred()
    opened, resumed, ended = of_sessions(ledger)
    assert isinstance(opened, Opened) and isinstance(resumed, Resumed) and isinstance(ended, Ended)
    assert opened.spool and opened.commitment != resumed.commitment == ended.commitment
    assert (ended.reason, ended.verified) == (Reason.TRANSFERRED, True)


def test_sound_that_was_still_coming_is_kept_and_told_as_broken_off(room: Built, ledger: Ledger) -> None:
    first = room()
    with first.consultation() as held:
        events = held.record(Tone(seconds=60))
        hear(events, say.Captured, 3)
        until(lambda: first.room._session.seconds >= 3)
        died(first, held)
        with suppress(KiskrivError):
            events.close()
    kept = first.room._session.seconds
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.state, held.standing.lost, held.standing.note) == (State.RECORDED, True, None)
        assert 3 <= held.standing.seconds <= kept
        list(held.record(Tone(seconds=2)))
        assert len(said(held).utterances) == held.standing.seconds + 2
        assert not second.room._lost


def test_a_session_in_which_nothing_was_recorded_yet_goes_on_as_new(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        held.assign("0", Role.RELATED_PERSON)
        died(first, held)
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.state, held.standing.seconds, held.standing.lost) == (State.OPEN, 0, False)
        list(held.record(Tone()))
        assert {u.role for u in said(held).utterances} == {Role.RELATED_PERSON}


def test_a_session_outlives_more_rooms_than_one(room: Built, ledger: Ledger) -> None:
    there = room()
    with there.consultation() as held:
        list(held.record(Tone()))
        died(there, held)
    for number in range(3):
        there = room(session=there.session)
        assert there.resume()
        with there.again() as held:
            assert held.standing.spooled and held.standing.seconds == 3 + number
            list(held.record(Tone(seconds=1)))
            if number < 2:
                died(there, held)
            else:
                assert len(said(held).utterances) == 6
                held.discard()
    assert kinds(ledger) == [Opened, Resumed, Resumed, Resumed, Ended]
    assert last(ledger).verified


def test_what_a_crash_left_torn_is_cut_off_and_written_over(room: Built, folder: Path, ledger: Ledger) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone()))
        died(first, held)
    path = folder / f"{first.session}.spool"
    path.write_bytes(path.read_bytes()[:-40])  # of the stop
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert held.standing.lost and held.standing.seconds == 3
        list(held.record(Tone(seconds=1)))
        died(second, held)
    third = room(session=first.session)
    assert third.resume()
    with third.again() as held:
        assert (held.standing.seconds, held.standing.lost) == (4, False)
        held.discard()
    assert last(ledger).verified


def test_a_screen_that_comes_before_the_room_may_go_on_is_greeted_when_it_has(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone()))
        died(first, held)
    second = room(session=first.session)
    early = second.dial("")
    early.send(say.Hello(say.VERSION, say.Caller.SCREEN, ""))
    until(lambda: second.porter._lines.get(Origin.SCREEN) is not None)
    assert second.resume()
    standing, _ = early.receive()
    assert isinstance(standing, say.Standing) and standing.seconds == 3
    early.send(say.Discard())
    assert second.closed.wait(PATIENCE)
    early.close()


def test_what_was_approved_is_a_draft_in_the_next_room(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone()))
        list(held.draft())
        held.approve(EDITED)
        died(first, held)
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.state, held.standing.note) == (State.DRAFTED, EDITED)


def test_what_the_doctor_said_of_the_talk_is_known_in_the_next_room(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Marked(held, seconds=3)))
        one, two, three = said(held).utterances
        held.correct(Rewording.of(one, "Ingen feber."))
        held.correct(Cut(two.start, two.end))
        held.correct(Cut(three.start, three.end))
        held.correct(Cut(three.start, three.end, undone=True))
        before = said(held)
        assert (before.bookmarks, before.cuts) == ((2.0,), ((two.start, two.end),))
        died(first, held)
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert held.standing.transcript == before == said(held)
        assert [u.text for u in before.utterances] == ["Ingen feber.", three.text]
        held.discard()


def test_what_was_drafted_after_a_pause_is_not_paused_in_the_next_room(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        held.pausing()
        list(held.record(Tone(seconds=1)))
        list(held.draft())
        died(first, held)
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.state, held.standing.paused) == (State.DRAFTED, False)
        held.discard()


@pytest.mark.parametrize("pause", [True, False])
def test_what_was_paused_is_paused_in_the_next_room_and_what_was_stopped_is_not(room: Built, pause: bool) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone(seconds=1)))
        if pause:
            held.pausing()
        list(held.record(Tone(seconds=1)))
        died(first, held)
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.paused, held.standing.lost, held.standing.seconds) == (pause, False, 2.0)
        held.discard()


def test_sound_after_a_draft_is_not_in_it_in_the_next_room_either_and_the_doctors_changes_stay(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone(seconds=2)))
        *_, event = held.draft()
        assert isinstance(event, Drafted)
        history, findings = event.note.sections
        held.revise(
            Note((replace(history, statements=history.statements[1:]), replace(findings, statements=EDITED.statements)))
        )
        held.pausing()
        list(held.record(Tone(seconds=1)))
        died(first, held)
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        assert (held.standing.state, held.standing.paused, held.standing.note) == (State.RECORDED, True, None)
        *_, event = held.draft()
        assert isinstance(event, Drafted) and event.own
        assert [[s.evidence for s in section.statements] for section in event.note.sections] == [[(1,), (2,)], [(1,)]]
        held.discard()


def test_a_cut_after_the_draft_leaves_its_lines_where_they_were_said(room: Built) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone(seconds=3)))
        *_, event = held.draft()
        assert isinstance(event, Drafted)
        held.revise(event.note)
        cut = said(held).utterances[0]
        held.correct(Cut(cut.start, cut.end))
        died(first, held)  # before it was drafted again
    second = room(session=first.session)
    assert second.resume()
    with second.again() as held:
        standing = held.standing
        assert standing.note == event.note and standing.transcript is not None
        assert len(standing.transcript.utterances) == 3  # what the note was drafted from
        *_, event = held.draft()
        assert isinstance(event, Drafted)
        assert [s.evidence for s in event.note.statements] == [(0,), (1,)]
        held.discard()


@pytest.mark.parametrize(("extensions", "left"), [(0, 2600.0), (1, 4400.0), (5, 5600.0)])
def test_a_limit_that_was_put_off_is_so_in_the_next_room(room: Built, extensions: int, left: float) -> None:
    first = room(seconds=3600, longest=6600)
    with first.consultation() as held:
        for _ in range(extensions):
            held.extend()
        list(held.record(Tone()))
        died(first, held)
    second = room(session=first.session)
    assert second.resume(seconds=5600)  # a thousand are gone
    with second.again() as held:
        assert left - 60 < held.standing.seconds_left <= left
        assert held.standing.extendable == (extensions < 2)
        held.discard()


def test_the_key_lasts_as_long_as_the_limit_can_be_put_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []
    hold = keyring.hold
    monkeypatch.setattr(keyring, "hold", lambda name, key, seconds: held.append(seconds) or hold(name, key, seconds))
    vault, session = Vault(), secrets.token_hex(16)
    spooled.begin(vault, folder, session, say.Begin(1, (), WINDOW, "nb", "m", "nb-1", 600, 900, False, False))
    vault.destroy_key()
    assert held == [900]


# -- it cannot go on --


@pytest.mark.parametrize("trouble", ["expired", "no file", "another session's"])
def test_without_its_key_or_file_no_room_goes_on(room: Built, folder: Path, ledger: Ledger, trouble: str) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone()))
        died(first, held)
    if trouble == "expired":
        keyring.revoke(f"kiskriv:{first.session}")
    elif trouble == "no file":
        (folder / f"{first.session}.spool").unlink()
    else:
        Spool.create(folder, other := secrets.token_hex(16), 60)
        (folder / f"{other}.spool").replace(folder / f"{first.session}.spool")
        keyring.revoke(f"kiskriv:{other}")
    second = room(session=first.session)
    assert not second.resume()
    assert kinds(ledger) == [Opened]
    assert Spool.sweep(folder, first.session)


def test_a_record_that_was_changed_ends_it_erased_and_logged(room: Built, folder: Path, ledger: Ledger) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone()))
        died(first, held)
    path = folder / f"{first.session}.spool"
    octets = bytearray(path.read_bytes())
    octets[-40_000] ^= 1
    path.write_bytes(octets)
    second = room(session=first.session)
    second.resume()
    assert second.closed.wait(PATIENCE)
    assert (last(ledger).reason, last(ledger).verified) == (Reason.FAILED, True)
    assert left(folder, first.session) == (False, False)


def test_the_time_limit_that_is_left_is_the_hosts_to_say(room: Built, folder: Path, ledger: Ledger) -> None:
    first = room()
    with first.consultation() as held:
        list(held.record(Tone()))
        died(first, held)
    second = room(session=first.session)
    second.resume(seconds=0)
    assert second.closed.wait(PATIENCE)
    assert (last(ledger).reason, last(ledger).verified) == (Reason.EXPIRED, True)
    assert left(folder, first.session) == (False, False)


# -- it ends --


@pytest.mark.parametrize("step", ["opened", "recording", "recorded", "drafted", "approved"])
@pytest.mark.parametrize("leave", ["transferred", "discard", "withdraw", "nothing", "error"])
def test_every_exit_takes_file_and_key_along(room: Built, folder: Path, ledger: Ledger, step: str, leave: str) -> None:
    there = room()
    with suppress(KiskrivError, ZeroDivisionError), there.consultation() as held:
        assert left(folder, there.session) == (True, True)
        events = held.record(Tone(seconds=3))
        if step == "recording":
            hear(events, say.Captured)
        elif step != "opened":
            list(events)
        if step in ("drafted", "approved"):
            list(held.draft())
        if step == "approved":
            held.approve(EDITED)
        if leave == "error":
            raise ZeroDivisionError
        if leave != "nothing":
            getattr(held, leave)()
    assert there.closed.wait(PATIENCE)
    assert left(folder, there.session) == (False, False)
    ended = last(ledger)
    assert ended.verified and ended.residue == 0
    assert Method.SPOOL_REMOVED in ended.methods and Place.SPOOL_FOLDER in ended.looked


def test_a_copy_that_cannot_be_removed_is_residue(room: Built, folder: Path, ledger: Ledger) -> None:
    there = room()
    with suppress(KiskrivError), there.consultation() as held:
        path = folder / f"{there.session}.spool"
        path.unlink()
        path.mkdir()
        held.discard()
    assert (last(ledger).verified, last(ledger).residue) == (False, 1)
    assert Method.SPOOL_REMOVED not in last(ledger).methods and Place.SPOOL_FOLDER in last(ledger).looked
    assert not left(folder, there.session)[1]
    path.rmdir()


def test_a_disk_that_fills_up_ends_the_spool_and_not_the_consultation(
    room: Built, folder: Path, ledger: Ledger
) -> None:
    class Full(Vault):
        written = 0

        def copy(self, artefact: Artefact, plaintext: bytearray) -> None:
            self.written += 1
            if self.written == 3 and self._copy is not None:
                self._copy.write = self.refuse  # type: ignore[method-assign]
            super().copy(artefact, plaintext)

        def refuse(self, artefact: Artefact, plaintext: bytearray) -> None:
            raise SpoolUnwritable(problem="No space left on device")

    there = room(vault=Full())
    with there.consultation() as held:
        events = list(held.record(Tone()))
        assert [type(event) for event in events].count(Unspooled) == 1
        assert left(folder, there.session) == (False, False)
        assert len(said(held).utterances) == 3
        held.detach()
    with there.again() as held:
        assert not held.standing.spooled
        held.discard()
    assert last(ledger).verified and Method.SPOOL_REMOVED in last(ledger).methods


def test_where_no_spool_can_begin_the_consultation_does_and_the_ledger_says_so(
    room: Built, folder: Path, ledger: Ledger
) -> None:
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    there = room()
    with there.consultation() as held:
        assert not held.standing.spooled
        list(held.record(Tone()))
        held.discard()
    opened, ended = of_sessions(ledger)
    assert isinstance(opened, Opened) and not opened.spool
    assert isinstance(ended, Ended) and Method.SPOOL_REMOVED not in ended.methods
    assert Place.SPOOL_FOLDER not in ended.looked


def test_a_tethered_session_keeps_no_spool(room: Built, folder: Path, ledger: Ledger) -> None:
    there = room(tethered=True)
    with there.consultation() as held:
        assert not held.standing.spooled
        assert left(folder, there.session) == (False, False)
    opened, _ = of_sessions(ledger)
    assert isinstance(opened, Opened) and not opened.spool


def test_nothing_on_the_disk_can_be_read(room: Built, folder: Path) -> None:
    there = room()
    with there.consultation() as held:
        list(held.record(Tone()))
        list(held.draft())
        held.revise(EDITED)
        octets = (folder / f"{there.session}.spool").read_bytes()
        assert len(octets) > 6 * SAMPLE_RATE
        sound = [bytes(piece[:200]) for piece in there.vault.all(Artefact.AUDIO)]
        for trace in (*sound, CANARY.encode(), b"Skrevet av legen", b"statements", b"channels", there.session.encode()):
            assert trace not in octets
        held.discard()


# -- the vault's part --


def test_the_vault_copies_sound_and_drafts_and_makes_the_rest_again(folder: Path) -> None:
    vault, session = Vault(), secrets.token_hex(16)
    vault.adopt(Spool.create(folder, session, 60), current=True)
    for artefact in (Artefact.AUDIO, Artefact.TRANSCRIPT, Artefact.DRAFT, Artefact.SPEAKERS):
        vault.seal(artefact, given := bytearray(b"Pasienten"))
        assert not any(given)
    assert [kind for kind, _ in Spool.read(folder, session)] == [Artefact.AUDIO, Artefact.DRAFT]
    vault.destroy_key()
    assert left(folder, session) == (False, False)
    assert vault.erase().verified and vault.erase().verified, "and once more"
    with pytest.raises(VaultErased):
        vault.seal(Artefact.AUDIO, bytearray(b"x"))


def test_the_doctors_word_comes_back_as_it_was_packed() -> None:
    assert sealed.unpack_role(sealed.pack_role("1", Role.RELATED_PERSON)) == ("1", Role.RELATED_PERSON)
    words = [Word(0.5, 1.25, "feber", 0.5, Doubt.LOOP, 1)]
    for told in (
        words,
        [],
        12.0,
        Correction(1.5, 2.0, "1"),
        Rewording(1.0, 2.0, "Ja.", 0, "1"),
        Cut(0.0, 9.5, undone=True),
    ):
        assert sealed.unpack_told(sealed.pack_told(told)) == told


@pytest.mark.parametrize("kind", ["of another version", "another message", "no message", "half a sign"])
def test_a_record_that_begins_with_no_order_of_ours_does_not_open(folder: Path, kind: str) -> None:
    order = say.encode(say.Begin(1, (), WINDOW, "nb", "m", "nb-1", 600, 600, False, False))
    spooled_order = {
        "of another version": order.replace(b'"step":160000,', b""),
        "another message": say.encode(say.Done()),
        "no message": b"feber",
        "half a sign": b"\xff",
    }[kind]
    vault, session = Vault(), secrets.token_hex(16)
    vault.adopt(Spool.create(folder, session, 60), current=True)
    vault.copy(Artefact.ORDER, bytearray(spooled_order))
    try:
        with pytest.raises(VaultTampered):
            spooled.resume(Vault(), folder, session, 60)
    finally:
        vault.destroy_key()
