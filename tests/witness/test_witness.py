"""What a witness remembers, whatever is asked of it, in whatever order, and whenever it is killed."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import FrameType
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kiskriv.errors import WitnessUnusable
from kiskriv.ledger.checkpoint import Checkpoint, SigningKey, open_note, sign_checkpoint
from kiskriv.ledger.cosignature import Cosignature, WitnessKey, cosignatures
from kiskriv.witness.submission import request
from kiskriv.witness.witness import CHECKPOINTS, LOGS, Witness
from tests.ledger.material import ENVIRONMENT, signing_key

from .material import Log, trust

KEY = signing_key("kiskriv.internal/00112233445566ff")
LOG, FORKED = Log(KEY), Log(KEY, fork=7)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    trust(tmp_path / "witness", KEY)
    return tmp_path / "witness"


def granted(witness: Witness, text: str) -> Cosignature:
    """The cosignature in an answer that grants the request."""
    verdict = witness.add_checkpoint(text)
    assert verdict.status == 200
    _, body, _ = text.split("\n\n")
    (found,) = cosignatures(f"{body}\n\n{verdict.text}", witness.key)
    return found


def refused(witness: Witness, text: str) -> int:
    verdict = witness.add_checkpoint(text)
    assert verdict.status != 200
    return verdict.status


def unusable(folder: Path) -> dict[str, str | int | float]:
    """Why it cannot be opened."""
    with pytest.raises(WitnessUnusable) as caught:
        Witness.open(folder)
    assert caught.value.advice
    return caught.value.facts


def files(folder: Path) -> list[Path]:
    return list((folder / CHECKPOINTS).glob("*.checkpoint"))


# What it cosigns.


def test_a_growing_log_is_cosigned_at_every_step_and_across_restarts(folder: Path) -> None:
    old = 0
    for size in (0, 1, 2, 7, 7, 8, 31, 40):
        with Witness.open(folder, lambda: 1_769_940_000.9) as witness:
            assert granted(witness, LOG.request(old, size)).seconds == 1_769_940_000
        old = size


def test_what_it_remembers_is_a_checkpoint_for_the_auditor(folder: Path) -> None:
    day = SigningKey(KEY.name, signing_key().private)
    with Witness.open(folder) as witness:
        first = granted(witness, LOG.request(0, 5))
        stale = first.line  # of the witness's own, and not of this checkpoint
        note = sign_checkpoint(LOG.checkpoint(9), day, KEY) + stale
        given = granted(witness, request(5, LOG.tree.consistency(5, 9), note))
        (path,) = files(folder)
        kept = path.read_text()
        assert cosignatures(kept, witness.key) == (given,)
        assert open_note(kept, KEY.verifier) == open_note(kept, day.verifier) == LOG.checkpoint(9).body()
        assert granted(witness, LOG.request(9, 10))


def test_a_log_that_was_rolled_back_or_forked_gets_nothing(folder: Path) -> None:
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 20))
        assert refused(witness, LOG.request(0, 12)) == 409
        assert refused(witness, LOG.request(12, 19)) == 409
        assert refused(witness, FORKED.request(20, 20)) == 409
        assert refused(witness, FORKED.request(20, 21)) == 422
        assert witness.add_checkpoint(FORKED.request(0, 40)).text == "20\n"
        granted(witness, LOG.request(20, 21))


def test_each_log_has_its_own_place(folder: Path) -> None:
    other = Log(signing_key("kiskriv.internal/other"))
    trust(folder, KEY, other.key)
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 20))
        granted(witness, other.request(0, 3))
        granted(witness, LOG.request(20, 21))
        granted(witness, other.request(3, 4))
    assert len(files(folder)) == 2


def test_a_key_that_was_replaced_is_refused_at_once_and_the_log_goes_on_where_it_was(folder: Path) -> None:
    new = SigningKey(KEY.name, signing_key().private)
    after = Log(new)
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 20))
        assert refused(witness, after.request(20, 21)) == 403
        trust(folder, new)
        assert refused(witness, LOG.request(20, 21)) == 403
        assert refused(witness, Log(new, fork=7).request(20, 21)) == 422
        assert refused(witness, after.request(0, 21)) == 409
        granted(witness, after.request(20, 21))
        (folder / LOGS).unlink()
        assert refused(witness, after.request(21, 22)) == 404


def test_it_may_have_two_keys_while_one_replaces_the_other(folder: Path) -> None:
    new = SigningKey(KEY.name, signing_key().private)
    trust(folder, KEY, new)
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 20))
        granted(witness, Log(new).request(20, 21))


def test_two_at_once_are_one_after_the_other(folder: Path) -> None:
    for attempt in range(20):
        trust(folder, key := signing_key(f"kiskriv.internal/{attempt}"))
        log, start = Log(key), Barrier(4)

        def ask(size: int, log: Log = log, start: Barrier = start) -> int:
            text = log.request(5, size)
            start.wait()
            return witness.add_checkpoint(text).status

        with Witness.open(folder) as witness, ThreadPoolExecutor(4) as pool:
            granted(witness, log.request(0, 5))
            answers = dict(zip((6, 7, 8, 9), pool.map(ask, (6, 7, 8, 9)), strict=True))
            assert sorted(answers.values()) == [200, 409, 409, 409]
            (size,) = [size for size, status in answers.items() if status == 200]
            granted(witness, log.request(size, size))


# Whatever is asked, in whatever order: never two trees that do not belong to one log.


class Requests(RuleBasedStateMachine):
    """A log that lies, with a key that signs anything, against a witness that may be restarted at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        trust(self.folder, KEY)
        self.witness = Witness.open(self.folder)
        self.cosigned: list[Checkpoint] = []

    sizes = st.integers(0, 12)
    logs = st.sampled_from([Log(KEY, 12), Log(KEY, 12, fork=4), Log(KEY, 12, fork=9)])

    def ask(self, log: Log, text: str, size: int) -> None:
        if self.witness.add_checkpoint(text).status == 200:
            self.cosigned.append(log.checkpoint(size))

    @rule(log=logs, old=sizes, size=sizes, proof=st.lists(st.binary(min_size=32, max_size=32), max_size=3))
    def anything(self, log: Log, old: int, size: int, proof: list[bytes]) -> None:
        self.ask(log, log.request(old, size, proof), size)

    @rule(log=logs, other=logs, old=sizes, size=sizes)
    def a_proof_of_any_tree(self, log: Log, other: Log, old: int, size: int) -> None:
        old, size = sorted((old, size))
        self.ask(log, log.request(old, size, other.tree.consistency(old, size)), size)

    @precondition(lambda self: bool(self.cosigned))
    @rule(log=logs, more=st.integers(0, 2))
    def from_where_it_is(self, log: Log, more: int) -> None:
        old = self.cosigned[-1].size
        size = min(old + more, 12)
        self.ask(log, log.request(old, size), size)

    @rule()
    def restart(self) -> None:
        self.witness.__exit__(None, None, None)
        self.witness = Witness.open(self.folder)

    @invariant()
    def one_log_has_them_all(self) -> None:
        sizes = [checkpoint.size for checkpoint in self.cosigned]
        assert sizes == sorted(sizes)
        assert any(all(log.checkpoint(c.size) == c for c in self.cosigned) for log in FORKS)

    def teardown(self) -> None:
        self.witness.__exit__(None, None, None)
        shutil.rmtree(self.folder)


FORKS = [Log(KEY, 12), Log(KEY, 12, fork=4), Log(KEY, 12, fork=9)]
Requests.TestCase.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
test_whatever_the_order_two_inconsistent_trees_are_never_cosigned = Requests.TestCase


# Killed.


def test_killed_at_any_line_it_has_the_old_checkpoint_or_the_new_one(tmp_path: Path) -> None:
    made, seen, line, other = tmp_path / "made", set(), 0, Log(KEY, fork=3)
    trust(made, KEY)
    with Witness.open(made) as witness:
        granted(witness, LOG.request(0, 5))
    while True:
        folder = tmp_path / f"copy{line}"
        shutil.copytree(made, folder)
        out, into = os.pipe()
        if (child := os.fork()) == 0:
            try:
                killed_at(line)
                with Witness.open(folder) as witness:
                    verdict = witness.add_checkpoint(LOG.request(5, 9))
                    os.write(into, verdict.text.encode())
            finally:
                sys.settrace(None)
                os._exit(0)
        os.close(into)
        _, ended = os.waitpid(child, 0)
        with os.fdopen(out, "rb") as answer:
            said = answer.read()
        with Witness.open(folder) as witness:
            verdict = witness.add_checkpoint(other.request(0, 9))
            seen.add(verdict.text)
            assert verdict.text == "9\n" if said else verdict.text in {"5\n", "9\n"}
            assert refused(witness, other.request(int(verdict.text), 9)) in {409, 422}
            granted(witness, LOG.request(int(verdict.text), 9))
        if not os.WIFSIGNALED(ended):
            assert said
            break
        line += 1
    assert line > 50
    assert seen == {"5\n", "9\n"}


def killed_at(line: int) -> None:
    """SIGKILL where the nth line of what touches the disk would run."""
    left = line

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal left
        if not any(part in frame.f_code.co_filename for part in ("witness/witness.py", "ledger/files.py")):
            return None
        if event == "line":
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1
        return trace

    sys.settrace(trace)


def test_what_was_given_out_survives_kill_9(folder: Path, tmp_path: Path) -> None:
    script = tmp_path / "log.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from kiskriv.witness.witness import Witness\n"
        "from tests.witness.test_witness import BIG, MORE\n"
        "with Witness.open(Path(sys.argv[1])) as witness:\n"
        "    old = int(sys.argv[2])\n"
        "    for size in range(old + 1, MORE):\n"
        "        assert witness.add_checkpoint(BIG.request(old, size)).status == 200\n"
        "        print(size, flush=True)\n"
        "        old = size\n"
    )
    trust(folder, BIG.key)
    chance, latest = random.Random(4), 0
    for _ in range(4):
        with subprocess.Popen(
            [sys.executable, str(script), str(folder), str(latest)], stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
        ) as process:
            assert process.stdout is not None
            said = [int(process.stdout.readline()) for _ in range(chance.randrange(1, 12))]
            process.kill()
            said += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        with Witness.open(folder) as witness:
            latest = int(witness.add_checkpoint(BIG.request(MORE, MORE)).text)
            assert said[-1] <= latest <= said[-1] + 1
            assert refused(witness, Log(BIG.key, MORE, fork=0).request(latest, MORE)) == 422


MORE = 2000
BIG = Log(SigningKey("kiskriv.internal/big", Ed25519PrivateKey.from_private_bytes(bytes(range(32)))), MORE)


def test_a_disk_that_takes_nothing_gives_nothing_out(folder: Path) -> None:
    import resource

    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 5))
        whole = files(folder)[0].read_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            with pytest.raises(OSError):
                witness.add_checkpoint(LOG.request(5, 9))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert files(folder)[0].read_bytes() == whole
        granted(witness, LOG.request(5, 9))


# Its folder.


def test_its_key_is_made_once_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Witness.open(tmp_path / "new" / "witness") as witness:
        key = witness.key
    folder = tmp_path / "new" / "witness"
    assert {path.name: path.stat().st_mode & 0o777 for path in (folder, folder / "key")} == {
        "witness": 0o700,
        "key": 0o600,
    }
    assert WitnessKey.parse((folder / "public-key").read_text().removesuffix("\n")) == key
    with Witness.open(folder) as again:
        assert again.key == key
    assert "rivate" not in repr(again)


def test_one_witness_alone_has_a_folder(folder: Path) -> None:
    with Witness.open(folder):
        assert unusable(folder) == {"problem": "busy"}
    Witness.open(folder).__exit__(None, None, None)


def test_a_witness_half_made_is_made_again(tmp_path: Path) -> None:
    for name, made in {
        "lock": {"lock": b""},
        "torn": {"key": b"-----BEGIN"},
        "key": {"key": b"x", "public-key.new": b"y"},
    }.items():
        folder = tmp_path / name
        folder.mkdir()
        for file, octets in made.items():
            (folder / file).write_bytes(octets)
            (folder / file).chmod(0o600)
        Witness.open(folder).__exit__(None, None, None)
        Witness.open(folder).__exit__(None, None, None)


def test_one_that_has_cosigned_never_becomes_another(folder: Path, tmp_path: Path) -> None:
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 5))
    with Witness.open(tmp_path / "other"):
        pass
    cases = {
        "no public key": (folder / "public-key").unlink,
        "no key": (folder / "key").unlink,
        "a torn key": lambda: (folder / "key").write_bytes(b"-----BEGIN"),
        "another's key": lambda: (folder / "key").write_bytes((tmp_path / "other" / "key").read_bytes()),
        "a key that others read": lambda: (folder / "key").chmod(0o644),
        "no words": lambda: (folder / "public-key").write_bytes(b"\xff\xfe"),
    }
    for name, change in cases.items():
        before = contents_of(folder)
        change()
        assert unusable(folder) == {"problem": "key"}, name
        restore(folder, before)
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(5, 6))


def test_a_checkpoint_that_was_changed_is_not_believed(folder: Path) -> None:
    other = Log(signing_key("kiskriv.internal/other"))
    trust(folder, KEY, other.key)
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 20))
        granted(witness, other.request(0, 3))
        paths = {path.read_text().split("\n")[0]: path for path in files(folder)}
        path, whole = paths[KEY.name], paths[KEY.name].read_text()
        for changed in (
            "",
            whole[:-1],
            whole.replace("\n20\n", "\n19\n"),
            LOG.note(12),
            paths[other.key.name].read_text(),
            f"{LOG.note(12)}{whole.splitlines()[-1]}\n",
        ):
            path.write_text(changed)
            with pytest.raises(WitnessUnusable, match="damaged"):
                witness.add_checkpoint(LOG.request(12, 13))
            assert path.read_text() == changed
        granted(witness, other.request(3, 4))
    assert unusable(folder) == {"problem": "damaged"}


def test_a_line_that_is_no_key_is_named(folder: Path) -> None:
    (folder / LOGS).write_text(f"\ufeff# the practice\r\n\r\n  {KEY.verifier}  \r\n", "utf-8")
    with Witness.open(folder) as witness:
        granted(witness, LOG.request(0, 5))
        (folder / LOGS).write_text(f"{KEY.verifier}\n\nkiskriv.internal/half+0011")
        with pytest.raises(WitnessUnusable) as caught:
            witness.add_checkpoint(LOG.request(5, 6))
        assert caught.value.facts == {"problem": "logs", "line": 3}
    assert unusable(folder) == {"problem": "logs", "line": 3}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "witness"):
        assert unusable(folder)["problem"] == "folder"


def contents_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def restore(folder: Path, before: dict[str, bytes]) -> None:
    for name, octets in before.items():
        (folder / name).write_bytes(octets)
        (folder / name).chmod(0o600)
