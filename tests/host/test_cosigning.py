"""A witness signs after each erasure, and whatever it does instead, nothing waits for it and nothing false is written."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

if sys.platform != "linux":
    pytest.skip("the host's processes are built for Linux", allow_module_level=True)

from kiskriv.config import load
from kiskriv.errors import ConfigError, RoomDied
from kiskriv.host import cosigning
from kiskriv.host.cosigning import ALARM, Ask, Cosigning, Outcome, alarmed
from kiskriv.host.courier import Answer
from kiskriv.ledger import Ended, Entry, Ledger, Opened, Precision, Swept, Witnessed, audit, decode, verify
from kiskriv.ledger.checkpoint import claimed
from kiskriv.ledger.copies import Folder
from kiskriv.ledger.cosignature import WitnessKey, cosign, cosignatures
from kiskriv.ledger.handed_out import receipt_of
from kiskriv.ledger.receipt import parse
from kiskriv.witness.server import Server
from kiskriv.witness.witness import LOGS, Witness
from tests.host.clinic import PATIENCE, Clinic, Clip, commands, parent_of, until
from tests.host.test_courier import couriers, saying
from tests.ledger.material import ENVIRONMENT, NOON, Clock, contents, ended, opened, restore

PRIVATE = Ed25519PrivateKey.generate()
KEY = WitnessKey("witness", PRIVATE.public_key().public_bytes_raw())
MAX_HANDED = 4096
"""Octets of a receipt at most, with a cosignature in it."""


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str]]:
    """A witness that knows no log yet: its address and its key. `trust` makes one known."""
    with Witness.open(folder) as witness, Server(witness, ("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.url, str(witness.key)
        finally:
            server.shutdown()
        thread.join(PATIENCE)


def trust(folder: Path, *keys: str) -> None:
    (folder / LOGS).write_text("".join(f"{key}\n" for key in keys))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """With one session that was erased."""
    with Ledger.open(tmp_path / "ledger", now=lambda: NOON) as one:
        erase(one)
        yield one


def erase(ledger: Ledger) -> int:
    """The place of the end of a session."""
    start = opened()
    ledger.append(start)
    return ledger.append(ended(start))


def cosigned(ledger: Ledger, ask: Ask, folder: Path | None = None) -> Outcome:
    return asyncio.run(Cosigning(ledger, "http://witness", str(KEY), folder, ask).once())


def always(*answers: Answer) -> Ask:
    """One that says one thing after another, and then the last one again and again."""
    left = list(answers)

    async def ask(url: str, body: str) -> Answer:
        return left.pop(0) if len(left) > 1 else left[0]

    return ask


async def sign(url: str, body: str) -> Answer:
    """What a witness would say that believes everything."""
    return Answer(200, line_for(body.split("\n\n", 1)[1]))


def line_for(note: str) -> str:
    return cosign(claimed(note).body(), PRIVATE, KEY.name, int(time.time())).line


# -- a real witness, and real couriers -----------------------------------------------------------------------------------------------------


def test_what_a_witness_signed_stands_in_the_ledger_and_in_receipts_from_then_on(
    ledger: Ledger, tmp_path: Path
) -> None:
    with serving(tmp_path / "witness") as (url, key):
        trust(tmp_path / "witness", ledger.public_key)
        before, known = ledger.size, Cosigning(ledger, url, key, None)
        assert asyncio.run(known.once()) is Outcome.SIGNED
        (seen,) = ledger.witnessed
        assert (seen.size, ledger.size) == (before, before + 1)
        assert abs(seen.seconds - time.time()) < PATIENCE
        receipt = ledger.receipt(before - 1)
        assert len(cosignatures(parse(receipt).checkpoint, WitnessKey.parse(key))) == 1
        assert isinstance(verify(receipt, ledger.public_key), Ended)
        for _ in range(3):  # each from where the last one was
            erase(ledger)
            assert asyncio.run(known.once()) is Outcome.SIGNED
        erase(ledger)
        assert asyncio.run(Cosigning(ledger, url, key, None).once()) is Outcome.SIGNED  # a new host, from the ledger
        findings = audit(Folder(tmp_path / "ledger"), ledger.public_key, witnesses=[key])
        assert findings.valid, findings.problems
        assert findings.trusted
    assert couriers() == []


def test_a_witness_that_does_not_know_the_log_refuses_and_signs_once_it_does(ledger: Ledger, tmp_path: Path) -> None:
    with serving(tmp_path / "witness") as (url, key):
        known, before = Cosigning(ledger, url, key, None), ledger.size
        assert asyncio.run(known.once()) is Outcome.REFUSED
        assert ledger.size == before
        trust(tmp_path / "witness", ledger.public_key)
        assert asyncio.run(known.once()) is Outcome.SIGNED


def test_a_witness_that_signed_without_being_heard_is_asked_from_where_it_is(ledger: Ledger, tmp_path: Path) -> None:
    with serving(tmp_path / "witness") as (url, key):
        trust(tmp_path / "witness", ledger.public_key)
        assert asyncio.run(Cosigning(ledger, url, key, None, deaf(url)).once()) is Outcome.AWAY
        erase(ledger)
        assert asyncio.run(Cosigning(ledger, url, key, None).once()) is Outcome.SIGNED


def deaf(url: str) -> Ask:
    """The witness is asked, and its answer is lost."""

    async def ask(_: str, body: str) -> Answer:
        assert (await cosigning.courier.ask(url, body)).granted
        return Answer(0, "too-slow")

    return ask


def test_an_older_copy_in_the_place_of_the_ledger_is_found_out(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    with serving(tmp_path / "witness") as (url, key):
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            trust(tmp_path / "witness", ledger.public_key)
            erase(ledger)
        copy = contents(folder)
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            for _ in range(3):
                erase(ledger)
            assert asyncio.run(Cosigning(ledger, url, key, None).once()) is Outcome.SIGNED
        restore(folder, copy)
        with Ledger.open(folder, now=lambda: NOON) as ledger:
            before = ledger.size
            older = Cosigning(ledger, url, key, None)
            assert asyncio.run(older.once()) is Outcome.AHEAD
            assert asyncio.run(older.once()) is Outcome.AHEAD  # and does not forget
            assert ledger.size == before
            while ledger.size < before + 6:
                erase(ledger)
            assert asyncio.run(older.once()) is Outcome.AHEAD  # at the same size, with another root
            for _ in range(5):
                erase(ledger)
            assert asyncio.run(older.once()) is Outcome.AHEAD  # and when it has grown beyond that
            assert ledger.witnessed == ()


# -- one that lies -------------------------------------------------------------------------------------------------------------------------


def lies(ledger: Ledger) -> dict[str, tuple[Ask, Outcome]]:
    stranger, note = Ed25519PrivateKey.generate(), ledger.checkpoint
    body = claimed(note).body()
    other_root = replace(claimed(note), root=bytes(32)).body()
    shorter = replace(claimed(note), size=1).body()

    def signed(text: str, private: Ed25519PrivateKey = PRIVATE) -> Ask:
        return always(Answer(200, cosign(text, private, KEY.name, 1_769_940_000).line))

    return {
        "another root": (signed(other_root), Outcome.AWAY),
        "another size": (signed(shorter), Outcome.AWAY),
        "another key": (signed(body, stranger), Outcome.AWAY),
        "nothing": (always(Answer(200, "")), Outcome.AWAY),
        "nonsense": (always(Answer(200, "\x00\n\n\u2014 witness AAAA\n")), Outcome.AWAY),
        "no status": (always(Answer(0, "nonsense")), Outcome.AWAY),
        "elsewhere": (always(Answer(307, "")), Outcome.AWAY),
        "broken": (always(Answer(500, "")), Outcome.AWAY),
        "unknown": (always(Answer(404, "")), Outcome.REFUSED),
        "unsigned": (always(Answer(403, "")), Outcome.REFUSED),
        "no size": (always(Answer(409, "many\n")), Outcome.AWAY),
        "one size and another": (always(Answer(409, "2\n"), Answer(409, "1\n")), Outcome.AWAY),
        "the size that was sent": (always(Answer(409, "0\n")), Outcome.AHEAD),
        "the largest size": (always(Answer(409, f"{10**18}\n")), Outcome.AHEAD),
        "no such proof": (always(Answer(422, "")), Outcome.AHEAD),
    }


@pytest.mark.parametrize(
    "lie",
    [
        *("another root", "another size", "another key", "nothing", "nonsense", "no status", "elsewhere", "broken"),
        *("unknown", "unsigned", "no size", "one size and another", "the size that was sent", "the largest size"),
        "no such proof",
    ],
)
def test_nothing_false_is_written(ledger: Ledger, lie: str, tmp_path: Path) -> None:
    ask, outcome = lies(ledger)[lie]
    before = contents(tmp_path / "ledger")
    assert cosigned(ledger, ask) is outcome
    after = contents(tmp_path / "ledger")
    assert (after.pop(ALARM, None) is not None) is (outcome is Outcome.AHEAD)
    assert after == before


def test_an_alarm_lasts_until_the_witness_signs_again_and_is_asked_about_at_once(ledger: Ledger) -> None:
    assert cosigned(ledger, always(Answer(409, f"{10**18}\n"))) is Outcome.AHEAD
    assert cosigned(ledger, always(Answer(0, "no-connection"))) is Outcome.AWAY
    assert alarmed(ledger.folder)
    assert cosigned(ledger, sign) is Outcome.SIGNED
    assert not alarmed(ledger.folder)


def test_a_time_that_the_ledger_has_no_room_for_is_no_cosignature(ledger: Ledger) -> None:
    body = claimed(ledger.checkpoint).body()
    late = always(Answer(200, cosign(body, PRIVATE, KEY.name, 2**53).line))
    assert cosigned(ledger, late) is Outcome.AWAY
    assert ledger.witnessed == ()


def test_no_descriptor_to_ask_with_is_no_answer(ledger: Ledger) -> None:
    async def ask(url: str, body: str) -> Answer:
        raise OSError(24, "Too many open files")

    assert cosigned(ledger, ask) is Outcome.AWAY


def test_a_ledger_that_grows_while_it_is_signed_for_is_signed_for_as_it_was(ledger: Ledger) -> None:
    async def ask(url: str, body: str) -> Answer:
        erase(ledger)
        return await sign(url, body)

    before = ledger.size
    assert cosigned(ledger, ask) is Outcome.SIGNED
    assert [seen.size for seen in ledger.witnessed] == [before]


def test_a_ledger_that_grows_while_the_witness_names_its_size_is_proven_as_it_is_then(
    ledger: Ledger, tmp_path: Path
) -> None:
    with serving(tmp_path / "witness") as (url, key):
        trust(tmp_path / "witness", ledger.public_key)
        assert asyncio.run(Cosigning(ledger, url, key, None, deaf(url)).once()) is Outcome.AWAY

        async def ask(_: str, body: str) -> Answer:
            erase(ledger)
            return await cosigning.courier.ask(url, body)

        assert asyncio.run(Cosigning(ledger, url, key, None, ask).once()) is Outcome.SIGNED


def test_what_cannot_be_written_down_is_asked_for_again(ledger: Ledger, tmp_path: Path) -> None:
    in_the_way = tmp_path / "ledger" / "checkpoint.new"
    one = Cosigning(ledger, "http://witness", str(KEY), None, sign)
    in_the_way.mkdir()
    (in_the_way / "file").touch()
    assert asyncio.run(one.once()) is Outcome.UNWRITTEN
    (in_the_way / "file").unlink()
    in_the_way.rmdir()
    assert asyncio.run(one.once()) is Outcome.SIGNED


def test_times_of_what_a_witness_signed_are_coarse_like_all_others(tmp_path: Path) -> None:
    clock = Clock()
    clock.go(minutes=17)
    with Ledger.open(tmp_path / "ledger", precision=Precision.HOUR, now=clock) as ledger:
        assert cosigned(ledger, sign) is Outcome.SIGNED
        assert ledger.witnessed[0].time == "2026-03-02T12:00:00Z"


# -- when it is asked ----------------------------------------------------------------------------------------------------------------------


class Scripted:
    """A witness whose answers a test gives; `asked` counts."""

    def __init__(self) -> None:
        self.asked = 0
        self.away = False
        self.hangs = False

    async def __call__(self, url: str, body: str) -> Answer:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        return Answer(0, "no-connection") if self.away else await sign(url, body)


async def when(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0)


async def test_it_is_asked_when_it_is_requested_and_not_before(ledger: Ledger) -> None:
    witness = Scripted()
    one = Cosigning(ledger, "http://witness", str(KEY), None, witness)
    attending = asyncio.create_task(one.attend())
    for _ in range(10):
        await asyncio.sleep(0)
    assert witness.asked == 0
    for time_ in (1, 2):
        erase(ledger)
        one.request()
        await when(lambda: witness.asked == time_ and ledger.witnessed[0].size == ledger.size - 1)  # noqa: B023
    attending.cancel()
    await one.settle(PATIENCE)
    assert witness.asked == 2  # all is signed for


async def test_one_that_was_away_is_asked_at_the_next_erasure_and_at_last(ledger: Ledger) -> None:
    witness = Scripted()
    witness.away = True
    one = Cosigning(ledger, "http://witness", str(KEY), None, witness)
    attending = asyncio.create_task(one.attend())
    for time_ in (1, 2):
        erase(ledger)
        one.request()
        await when(lambda: witness.asked == time_)  # noqa: B023
    attending.cancel()
    assert ledger.witnessed == ()
    witness.away = False
    await one.settle(PATIENCE)
    assert (witness.asked, len(ledger.witnessed)) == (3, 1)


async def test_one_that_is_slow_is_asked_once_more_at_last_and_then_left(ledger: Ledger) -> None:
    witness = Scripted()
    witness.hangs = True
    one = Cosigning(ledger, "http://witness", str(KEY), None, witness)
    attending = asyncio.create_task(one.attend())
    one.request()
    await when(lambda: witness.asked == 1)
    attending.cancel()
    before = ledger.size
    await one.settle(0.05)
    assert (witness.asked, ledger.size) == (2, before)
    witness.hangs = False
    await one.settle(PATIENCE)
    assert len(ledger.witnessed) == 1


async def test_an_erasure_while_it_signs_is_signed_for_too(ledger: Ledger) -> None:
    async def ask(url: str, body: str) -> Answer:
        if not ledger.witnessed:
            erase(ledger)
            one.request()
        return await sign(url, body)

    one = Cosigning(ledger, "http://witness", str(KEY), None, ask)
    one.request()
    await one.once()
    await one.settle(PATIENCE)
    assert [seen.size for seen in ledger.entries() if isinstance(seen, Witnessed)] == [3, 6]


# -- the settings --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "nonsense", f"{KEY} ", "kiskriv.internal/x+d7f1a337+AYUu"])
def test_an_address_without_the_key_of_a_witness_is_an_error_that_says_so(ledger: Ledger, key: str) -> None:
    with pytest.raises(ConfigError, match="witness_key"):
        Cosigning(ledger, "http://witness", key, None)
    assert asyncio.run(Cosigning(ledger, "", key, None).once()) is Outcome.NONE


def test_a_log_key_is_no_key_of_a_witness(ledger: Ledger) -> None:
    with pytest.raises(ConfigError):
        Cosigning(ledger, "http://witness", ledger.public_key, None)


# -- a folder elsewhere --------------------------------------------------------------------------------------------------------------------


def aside(ledger: Ledger, folder: Path) -> Outcome:
    return asyncio.run(Cosigning(ledger, "", "", folder).once())


def test_each_checkpoint_gets_a_file_of_its_own(ledger: Ledger, tmp_path: Path) -> None:
    folder, notes = tmp_path / "elsewhere", []
    folder.mkdir()
    for count in range(1, 4):
        erase(ledger)
        assert aside(ledger, folder) is Outcome.NONE
        notes.append(ledger.checkpoint)
        assert sorted(path.read_text() for path in folder.iterdir()) == sorted(notes)
        assert len(contents(folder)) == count
    before = contents(folder)
    aside(ledger, folder)  # nothing has grown
    assert contents(folder) == before


def test_a_checkpoint_is_put_aside_whatever_the_witness_says(ledger: Ledger, tmp_path: Path) -> None:
    assert cosigned(ledger, always(Answer(0, "no-connection")), tmp_path) is Outcome.AWAY
    assert [path.read_text() for path in tmp_path.glob("checkpoint-*")] == [ledger.checkpoint]


def test_a_folder_that_is_missing_or_no_folder_is_nobodys_business(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "missing", tmp_path / "file"):
        assert aside(ledger, folder) is Outcome.NONE
        assert cosigned(ledger, sign, folder) is Outcome.SIGNED
    assert not (tmp_path / "missing").exists()


def blocked(folder: Path, ledger: Ledger) -> Path:
    """A pipe in the place of the file that is next: whoever looks what is in it waits for somebody who writes."""
    checkpoint = claimed(ledger.checkpoint)
    pipe = folder / f"checkpoint-{checkpoint.size:08d}-{checkpoint.root.hex()[:16]}.txt"
    os.mkfifo(pipe)
    return pipe


async def test_a_folder_that_never_answers_is_left_after_a_while_and_waited_for_by_one_alone(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cosigning, "SHARE", 0.1)
    pipe, threads = blocked(tmp_path, ledger), threading.active_count()
    one = Cosigning(ledger, "http://witness", str(KEY), tmp_path, sign)
    try:
        async with asyncio.timeout(3.0):
            for _ in range(3):
                assert await one.once() is Outcome.SIGNED
        waiting = one._putting
        assert waiting is not None
        assert (waiting.is_alive(), waiting.daemon) == (True, True)
        assert threading.active_count() <= threads + 2  # it, and the one of the loop that waited for it
    finally:
        os.close(os.open(pipe, os.O_RDWR))
    waiting.join(PATIENCE)
    assert await one.once() is Outcome.SIGNED
    until(lambda: len(list(tmp_path.glob("checkpoint-*.txt"))) >= 2)


def test_a_process_ends_though_its_folder_never_answers(ledger: Ledger, tmp_path: Path) -> None:
    blocked(tmp_path, ledger)
    ledger.close()
    program = (
        "import asyncio, sys; from pathlib import Path; from kiskriv.host import cosigning; from kiskriv.ledger import Ledger\n"
        "cosigning.SHARE = 0.1\n"
        "with Ledger.open(Path(sys.argv[1])) as ledger:\n"
        "    one = cosigning.Cosigning(ledger, '', '', Path(sys.argv[2]))\n"
        "    print(asyncio.run(one.once()), one._putting.is_alive())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "ledger", tmp_path],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
        env=ENVIRONMENT,
    )
    assert done.stdout == "none True\n"


# -- the host ------------------------------------------------------------------------------------------------------------------------------


def settled(clinic: Clinic, text: str) -> None:
    """The user's own file of settings, for this clinic and its host."""
    home = clinic.config.ledger.folder.parent
    path = home / ".config" / "kiskriv" / "kiskriv.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    config = load()
    clinic.config = replace(config, ledger=replace(config.ledger, folder=clinic.config.ledger.folder))


def entries(clinic: Clinic) -> list[Entry]:
    return [decode(line) for line in (clinic.config.ledger.folder / "entries.jsonl").read_bytes().splitlines()]


def witnessed(clinic: Clinic) -> list[Witnessed]:
    return [entry for entry in entries(clinic) if isinstance(entry, Witnessed)]


def with_witness(url: str, key: str) -> str:
    return f'[ledger]\nwitness = "{url}"\nwitness_key = "{key}"\n'


def test_a_host_has_its_witness_sign_after_each_erasure_and_hands_out_receipts_that_say_so(
    clinic: Clinic, tmp_path: Path
) -> None:
    with serving(tmp_path / "witness") as (url, key):
        settled(clinic, with_witness(url, key))
        desk, folder = clinic.prepared(), clinic.config.ledger.folder
        trust(tmp_path / "witness", desk.public_key)
        for count in (1, 2):
            with desk.consultation(Clip(1), informed=True) as session:
                session.discard()
            until(lambda: len(witnessed(clinic)) == count)  # noqa: B023
        until(
            lambda: claimed((folder / "cosigned").read_text()).size == witnessed(clinic)[-1].size
        )  # kept after it is told
        for number, entry in enumerate(entries(clinic)[: witnessed(clinic)[-1].size], start=1):
            receipt = receipt_of(folder, number)
            assert len(cosignatures(parse(receipt).checkpoint, WitnessKey.parse(key))) == 1
            assert verify(receipt, desk.public_key) == entry
            assert len(receipt.encode()) <= MAX_HANDED
        with pytest.raises(RoomDied), desk.consultation(Clip(1), informed=True) as session:
            clinic.room(session.id).kill()
            session.discard()
        until(lambda: len(witnessed(clinic)) == 3)
        assert isinstance(clinic.last, Swept)  # one that was swept matters as much


def test_a_witness_that_never_answers_holds_up_neither_a_consultation_nor_the_end_of_the_host(clinic: Clinic) -> None:
    done = threading.Event()
    with saying(lambda line: done.wait(PATIENCE)) as (url, heard):
        settled(clinic, with_witness(url, str(KEY)))
        desk = clinic.prepared()
        host = clinic.host
        with desk.consultation(Clip(1), informed=True) as session:
            session.discard()
        until(lambda: heard)
        before = entries(clinic)
        began = time.monotonic()
        for _ in range(2):
            with desk.consultation(Clip(1), informed=True) as session:
                session.discard()
        assert time.monotonic() - began < 15.0
        assert [type(entry) for entry in entries(clinic)[len(before) :]] == [Opened, Ended] * 2
        desk.close()
        host.ends(15.0)
        done.set()
    assert witnessed(clinic) == []
    assert entries(clinic)[-1].kind == "stopped"
    until(lambda: not [pid for pid, words in commands() if url in words])  # its courier


def test_a_host_asks_once_more_before_it_leaves(clinic: Clinic) -> None:
    def talk(line: socket.socket) -> None:
        note = heard[-1].decode().split("\n\n", 1)[1]
        signed = f"HTTP/1.1 200 OK\r\n\r\n{line_for(note)}"
        line.sendall(signed.encode() if len(heard) > 1 else b"HTTP/1.1 404 Not Found\r\n\r\n")

    with saying(talk) as (url, heard):
        settled(clinic, with_witness(url, str(KEY)))
        desk = clinic.prepared()
        host = clinic.host
        with desk.consultation(Clip(1), informed=True) as session:
            session.discard()
        until(lambda: heard)
        assert witnessed(clinic) == []
        desk.close()
        host.ends()
    assert [entry.kind for entry in entries(clinic)][-3:] == ["ended", "witnessed", "stopped"]


def test_what_a_crash_or_a_person_left_to_be_swept_is_signed_for_too(clinic: Clinic, tmp_path: Path) -> None:
    with serving(tmp_path / "witness") as (url, key):
        settled(clinic, with_witness(url, key))
        desk = clinic.prepared()
        trust(tmp_path / "witness", desk.public_key)
        with desk.consultation(Clip(1), informed=True) as session:
            room = clinic.room(session.id)
            clinic.host.kill()
            room.kill()
            session.detach()
        again = clinic.desk()
        assert again.swept == 1
        until(lambda: len(witnessed(clinic)) == 1)
        with again.consultation(Clip(1), informed=True) as session:
            session.detach()
        clinic.room(session.id).stop()
        clinic.host.kill()
        clinic.desk().finish()
        until(lambda: len(witnessed(clinic)) == 2)
        assert isinstance(clinic.last, Swept)


def test_without_the_key_of_its_witness_no_host_starts_and_the_screen_is_told_why(clinic: Clinic) -> None:
    settled(clinic, '[ledger]\nwitness = "http://127.0.0.1:1"\nwitness_key = "nonsense"\n')
    with pytest.raises(ConfigError, match="witness_key"):
        clinic.desk()


def test_a_folder_elsewhere_has_a_checkpoint_of_each_erasure(clinic: Clinic, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    settled(clinic, f'[ledger]\ncheckpoints = "{folder}"\n')
    desk = clinic.prepared()
    for count in (1, 2):
        with desk.consultation(Clip(1), informed=True) as session:
            session.discard()
        until(lambda: len(list(folder.glob("*.txt"))) == count)  # noqa: B023
    findings = audit(
        Folder(clinic.config.ledger.folder), desk.public_key, [path.read_text() for path in folder.glob("*.txt")]
    )
    assert findings.earlier == (None, None)


# -- who talks to a network (R26) ----------------------------------------------------------------------------------------------------------


def internet(pid: int) -> set[str]:
    """The sockets of a process that are not local ones: those that /proc/net has in its tables of IPv4 and IPv6."""
    tables = [Path(f"/proc/{pid}/net/{name}") for name in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")]
    inodes = {line.split()[9] for table in tables if table.exists() for line in table.read_text().splitlines()[1:]}
    held = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = str(descriptor.readlink()) if descriptor.is_symlink() else ""
        if target.startswith("socket:[") and target[8:-1] in inodes:
            held.add(target)
    return held


@pytest.mark.skipif(os.geteuid() != 0, reason="what a hardened process holds open only root may see")
@pytest.mark.parametrize("witness", [False, True])
def test_a_host_has_no_socket_to_a_network_and_only_its_courier_has(clinic: Clinic, *, witness: bool) -> None:
    done = threading.Event()
    with saying(lambda line: done.wait(PATIENCE)) as (url, heard):
        settled(clinic, with_witness(url, str(KEY)) if witness else "")
        desk = clinic.prepared()
        host = clinic.host
        with desk.consultation(Clip(1), informed=True) as session:
            assert not internet(host.pid)
            session.discard()
        if witness:
            until(lambda: heard)
        children = {pid: words for pid, words in commands() if parent_of(pid) == host.pid}
        reaching = {words[4] for pid, words in children.items() if internet(pid)}
        assert reaching == ({"kiskriv.assembly.courier"} if witness else set())
        assert not internet(host.pid)
        assert bool(heard) is witness
        done.set()
        desk.close()
        host.ends()
