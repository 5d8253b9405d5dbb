"""The spool: it outlives its process, opens for its key alone, and tells a crash from a change."""

from __future__ import annotations

import os
import secrets
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiskriv.errors import SpoolUnwritable, VaultErased, VaultTampered
from kiskriv.machine import keyring
from kiskriv.vault import Artefact
from kiskriv.vault.chunked import HEAD, sealed_length
from kiskriv.vault.spool import SECOND, Spool

pytestmark = pytest.mark.skipif(not keyring.present(), reason="no keyring in this kernel, or it is forbidden here")

CANARY = b"Pasienten opplyser at"
RECORDS = [
    (Artefact.AUDIO, bytes(range(256)) * 20),
    (Artefact.AUDIO, b""),
    (Artefact.TRANSCRIPT, CANARY),
    (Artefact.SPEAKERS, b"[0, 1]"),
    (Artefact.AUDIO, CANARY * 2000),
    (Artefact.DRAFT, CANARY),
]

WRITING = """
import resource, sys
from pathlib import Path
from kiskriv.errors import SpoolUnwritable
from kiskriv.vault import Artefact
from kiskriv.vault.spool import Spool
folder, session, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
if most:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
spool = Spool.create(folder, session, 60)
written = 0
try:
    while most or written < 40:
        spool.write(Artefact.AUDIO, bytearray(b"Pasienten opplyser at" * 150))
        written += 1
except SpoolUnwritable as error:
    print(written, error, flush=True)
else:
    print(written, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def session() -> Iterator[str]:
    session = secrets.token_hex(16)
    yield session
    keyring.revoke(f"kiskriv:{session}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "spool"


def filled(folder: Path, session: str) -> Spool:
    spool = Spool.create(folder, session, seconds=60)
    for artefact, plaintext in RECORDS:
        spool.write(artefact, bytearray(plaintext))
    return spool


def opened(folder: Path, session: str) -> list[tuple[Artefact, bytes]]:
    return [(artefact, bytes(plaintext)) for artefact, plaintext in Spool.read(folder, session)]


def path(folder: Path, session: str) -> Path:
    return folder / f"{session}.spool"


def pieces(folder: Path, session: str) -> list[bytes]:
    """The records of a filled spool's file, cut by the lengths that are known from what was written."""
    octets, at, cut = path(folder, session).read_bytes(), 0, []
    for _, plaintext in RECORDS:
        end = at + 4 + sealed_length(len(plaintext))
        cut.append(octets[at:end])
        at = end
    assert at == len(octets)
    return cut


def test_what_was_written_is_read_in_order_and_wiped_behind(folder: Path, session: str) -> None:
    with_key = filled(folder, session)
    given = bytearray(CANARY)
    with_key.write(Artefact.DRAFT, memoryview(given))
    assert given == CANARY, "what is written is not the spool's to wipe"
    assert opened(folder, session) == [*RECORDS, (Artefact.DRAFT, CANARY)]
    kept = [plaintext for _, plaintext in Spool.read(folder, session)]
    assert all(plaintext.count(0) == len(plaintext) for plaintext in kept)


def test_the_file_is_the_users_own_and_says_lengths_only(folder: Path, session: str) -> None:
    filled(folder, session)
    found = path(folder, session).stat()
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    octets = path(folder, session).read_bytes()
    assert not any(word in octets for word in (CANARY[:6], b"draft", b"audio", b"kiskriv", session.encode()))
    noise = b"".join(piece[4:] for piece in pieces(folder, session))
    expected = len(noise) / 256
    assert sum((noise.count(octet) - expected) ** 2 / expected for octet in range(256)) < 450, "chi square, 255 degrees"


def test_a_killed_writers_spool_is_read_by_another_process(folder: Path, session: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITING, folder, session, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"40\n"
        writer.kill()
    assert Spool.found(folder) == (session,)
    assert opened(folder, session) == [(Artefact.AUDIO, CANARY * 150)] * 40


def test_a_torn_end_is_passed_over_wherever_it_is_torn(folder: Path, session: str) -> None:
    filled(folder, session)
    *whole, last = pieces(folder, session)
    for left in range(len(last)):
        path(folder, session).write_bytes(b"".join(whole) + last[:left])
        assert opened(folder, session) == RECORDS[:-1]


@pytest.mark.parametrize("record", [0, 3, len(RECORDS) - 1])
def test_a_change_of_any_octet_is_tampering_and_not_a_torn_end(folder: Path, session: str, record: int) -> None:
    filled(folder, session)
    cut = pieces(folder, session)
    for place in [*range(min(len(cut[record]), 4 + HEAD + 40)), -1]:
        changed = bytearray(cut[record])
        changed[place] ^= 0x40
        path(folder, session).write_bytes(b"".join([*cut[:record], changed, *cut[record + 1 :]]))
        before: list[tuple[Artefact, bytes]] = []
        with pytest.raises(VaultTampered):
            before.extend((kind, bytes(plaintext)) for kind, plaintext in Spool.read(folder, session))
        assert before == RECORDS[:record]


def test_records_swapped_doubled_or_left_out_are_tampering(folder: Path, session: str) -> None:
    filled(folder, session)
    first, second, third, *rest = pieces(folder, session)
    for order in (
        (second, first, third),
        (first, first, second),
        (first, third),
        (third,),
        (first, second, third, third),
    ):
        path(folder, session).write_bytes(b"".join([*order, *rest]))
        with pytest.raises(VaultTampered):
            opened(folder, session)


def test_a_record_of_another_session_does_not_pass(folder: Path, session: str) -> None:
    other = secrets.token_hex(16)
    filled(folder, session)
    filled(folder, other).remove()
    held = bytearray(32)
    assert keyring.fetch(f"kiskriv:{session}", memoryview(held))
    assert keyring.hold(f"kiskriv:{other}", memoryview(held), 60), "even under the same key"
    path(folder, session).rename(path(folder, other))
    with pytest.raises(VaultTampered):
        opened(folder, other)
    assert Spool.sweep(folder, other)


def test_without_its_key_a_spool_is_erased_material(folder: Path, session: str) -> None:
    filled(folder, session)
    keyring.revoke(f"kiskriv:{session}")
    with pytest.raises(VaultErased):
        opened(folder, session)
    assert Spool.found(folder) == (session,), "killed between the steps of removing: still to be swept"
    assert Spool.sweep(folder, session)
    assert Spool.found(folder) == ()


def test_the_key_is_held_for_the_clinics_limit(folder: Path, session: str) -> None:
    Spool.create(folder, session, seconds=50)
    line = next(line for line in Path("/proc/keys").read_text().splitlines() if f"kiskriv:{session}:" in line)
    assert 40 <= int(line.split()[3].removesuffix("s")) <= 50


def test_removing_leaves_neither_file_nor_key_nor_a_trace_of_it_in_memory(folder: Path, session: str) -> None:
    spool = filled(folder, session)
    commitment = spool.commitment
    if spool.residue() is not None:
        assert (spool.residue() or 0) >= 1
    assert spool.remove()
    assert spool.residue() in (0, None)
    assert list(folder.iterdir()) == []
    assert not keyring.fetch(f"kiskriv:{session}", memoryview(bytearray(32)))
    assert spool.remove(), "and once more"
    assert spool.commitment == commitment
    with pytest.raises(VaultErased):
        spool.write(Artefact.DRAFT, bytearray(CANARY))
    with pytest.raises(VaultErased):
        opened(folder, session)


def test_a_revoked_spool_is_noise_while_its_file_is_still_there(folder: Path, session: str) -> None:
    spool = filled(folder, session)
    spool.revoke()
    assert path(folder, session).exists()
    assert spool.residue() in (0, None)
    with pytest.raises(VaultErased):
        opened(folder, session)
    assert spool.remove()


def test_a_spool_that_cannot_be_opened_just_now_is_not_called_erased(folder: Path, session: str) -> None:
    filled(folder, session)
    trying = (
        "import resource, sys; from pathlib import Path; from kiskriv.machine import secret_page; from kiskriv.vault.spool import Spool\n"
        "secret_page()\n"
        "import kiskriv.vault.spool as spool\n"
        "page = secret_page()\n"
        "spool.secret_page = lambda: page\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
        "try: Spool.left(Path(sys.argv[1]), sys.argv[2])\n"
        "except Exception as error: print(type(error).__name__)\n"
    )
    done = subprocess.run([sys.executable, "-c", trying, folder, session], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "SpoolUnwritable"
    assert opened(folder, session) == RECORDS


def test_what_cannot_be_unlinked_is_not_called_gone(folder: Path, session: str) -> None:
    spool = filled(folder, session)
    path(folder, session).unlink()
    path(folder, session).mkdir()
    assert not spool.remove()
    with pytest.raises(VaultErased):
        opened(folder, session)


def test_a_file_that_may_not_grow_ends_the_spool_and_not_the_session(folder: Path, session: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITING, folder, session, "20000"], capture_output=True, text=True, check=True
    )
    written, _, words = done.stdout.partition(" ")
    assert int(written) == 20_000 // (4 + sealed_length(len(CANARY) * 150))
    assert "cannot be kept: File too large" in words
    assert opened(folder, session) == [(Artefact.AUDIO, CANARY * 150)] * int(written)


def test_a_full_disk_ends_the_spool_and_not_the_session(folder: Path, session: str) -> None:
    folder.mkdir(parents=True)
    mounted = 'mount -t tmpfs -o size=64k,mode=700 none "$1" || exit 77; exec "$0" -c "$2" "$1" "$3" 1000000000'
    done = subprocess.run(
        [
            "unshare",
            "--user",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            mounted,
            sys.executable,
            folder,
            WRITING,
            session,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("no mount of one's own here (user namespaces)")
    assert done.stdout.split(" ", 1)[1].strip() == (
        "the sealed copy on the disk cannot be kept: No space left on device"
    )


def test_after_a_failure_nothing_more_is_taken_and_the_key_is_wiped(folder: Path, session: str) -> None:
    spool = filled(folder, session)
    assert spool._descriptor is not None
    os.close(spool._descriptor)
    spool._descriptor = os.open(path(folder, session), os.O_RDONLY)
    with pytest.raises(SpoolUnwritable):
        spool.write(Artefact.DRAFT, bytearray(CANARY))
    with pytest.raises(VaultErased):
        spool.write(Artefact.DRAFT, bytearray(CANARY))
    assert spool.residue() in (0, None)
    assert opened(folder, session) == RECORDS


def test_sound_is_flushed_by_the_second_and_all_else_at_once(folder: Path, session: str) -> None:
    spool = Spool.create(folder, session, seconds=60)
    tenth = bytearray(SECOND // 10)
    waiting = []
    for _ in range(11):
        spool.write(Artefact.AUDIO, tenth)
        waiting.append(spool._unflushed)
    assert waiting == [len(tenth) * n for n in range(1, 10)] + [0, len(tenth)]
    spool.write(Artefact.DRAFT, bytearray(CANARY))
    assert spool._unflushed == 0


def test_a_link_planted_at_the_path_is_not_followed(folder: Path, session: str, tmp_path: Path) -> None:
    folder.mkdir(parents=True, mode=0o700)
    target = tmp_path / "elsewhere"
    path(folder, session).symlink_to(target)
    with pytest.raises(SpoolUnwritable):
        Spool.create(folder, session, seconds=60)
    assert not target.exists()
    assert Spool.sweep(folder, session)
    filled(folder, session)
    path(folder, session).rename(target)
    path(folder, session).symlink_to(target)
    with pytest.raises(VaultErased):
        opened(folder, session)


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o777])
def test_a_folder_that_others_can_enter_is_refused(folder: Path, session: str, mode: int) -> None:
    folder.mkdir(parents=True)
    folder.chmod(mode)
    with pytest.raises(SpoolUnwritable):
        Spool.create(folder, session, seconds=60)
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_a_link_is_refused(folder: Path, session: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SpoolUnwritable):
        Spool.create(folder, session, seconds=60)


def test_a_session_has_one_spool_and_a_second_one_does_not_harm_it(folder: Path, session: str) -> None:
    filled(folder, session)
    with pytest.raises(SpoolUnwritable):
        Spool.create(folder, session, seconds=60)
    assert opened(folder, session) == RECORDS


def test_where_no_keyring_forgets_no_spool_begins(folder: Path, session: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "_NUMBERS", {})
    with pytest.raises(SpoolUnwritable):
        Spool.create(folder, session, seconds=60)
    assert not folder.exists()


def test_a_spool_for_no_time_leaves_nothing(folder: Path, session: str) -> None:
    with pytest.raises(ValueError):
        Spool.create(folder, session, seconds=0)
    assert list(folder.iterdir()) == []


def test_a_closed_spool_is_left_for_another_to_read_and_sweep(folder: Path, session: str) -> None:
    spool = filled(folder, session)
    spool.close()
    assert spool.residue() in (0, None)
    assert opened(folder, session) == RECORDS
    assert Spool.sweep(folder, session)
    assert Spool.found(folder) == ()


@pytest.mark.parametrize("name", ["", "../escape", "A" * 32, "0" * 31, "0" * 32 + "\n", "0" * 33])
def test_only_a_sessions_name_is_a_name(folder: Path, name: str) -> None:
    for ask in (
        lambda: Spool.create(folder, name, 60),
        lambda: opened(folder, name),
        lambda: Spool.sweep(folder, name),
    ):
        with pytest.raises(ValueError):
            ask()


def test_what_was_left_is_read_to_its_end_and_then_written_on(folder: Path, session: str) -> None:
    filled(folder, session).close()
    whole = path(folder, session).read_bytes()
    path(folder, session).write_bytes(whole + b"\0\0torn")
    again = Spool.left(folder, session)
    with pytest.raises(ValueError):
        again.write(Artefact.DRAFT, bytearray(CANARY))
    assert [(kind, bytes(plaintext)) for kind, plaintext in again.records()] == RECORDS
    again.write(Artefact.DRAFT, bytearray(b"and on"))
    again.write(Artefact.DRAFT, bytearray(b"and on"))
    assert path(folder, session).read_bytes().startswith(whole)
    assert opened(folder, session) == [*RECORDS, *[(Artefact.DRAFT, b"and on")] * 2]
    if again.residue() is not None:
        assert (again.residue() or 0) >= 1, "it would be met"
    assert again.remove()
    assert again.residue() in (0, None)


def test_other_files_in_the_folder_are_not_spools(folder: Path, session: str) -> None:
    assert Spool.found(folder) == ()
    filled(folder, session)
    (folder / "notes.spool").touch()
    (folder / session).touch()
    assert Spool.found(folder) == (session,)


def test_nothing_speaks_by_accident(folder: Path, session: str) -> None:
    spool = filled(folder, session)
    assert repr(spool) == f"<Spool, {len(RECORDS)} records>"
    spool.remove()
    assert repr(spool) == f"<Spool, {len(RECORDS)} records, closed>"
