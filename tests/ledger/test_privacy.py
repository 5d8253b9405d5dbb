"""Nothing of a consultation is in a log: no word, no sound, no digest of either, no octet of the key (P1, P5)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import md5, sha1, sha256, sha512
from pathlib import Path

import numpy as np
import pytest

from kiskriv.ledger import Ended, Ledger, export, verify
from kiskriv.note import Note, Section, Statement
from kiskriv.speech.windows import Clip, Urgency
from kiskriv.transcript import Samples, Word
from kiskriv.vault import Vault
from tests.session.fakes import CANARY, Broken, Parrot, Tone, Tray
from tests.session.test_session import session, stages, walk

EDITED = "Kanariøya, fødselsnummer 01017012345"
"""What the doctor wrote into the note."""


@dataclass
class Overheard:
    """What a consultation was made of, taken down by the test."""

    things: list[bytes]

    @classmethod
    def of(cls, *texts: str, sound: list[Samples]) -> Overheard:
        things = [text.encode() for text in texts]
        for samples in sound:
            things += [samples.tobytes(), (samples * 32767).astype("<i2").tobytes()]
        return cls(things)

    def traces(self) -> Iterator[bytes]:
        """How they could show up in a file: as they are, encoded, or as a digest."""
        for thing in self.things:
            pieces = [thing] if len(thing) < 64 else [thing[:32], thing[len(thing) // 2 :][:32], thing[-32:]]
            for piece in pieces:
                yield from (piece, piece.hex().encode(), base64.b64encode(piece).rstrip(b"=")[:-1])
            for digest in (md5, sha1, sha256, sha512):
                drawn = digest(thing, usedforsecurity=False)
                yield from (drawn.digest(), drawn.hexdigest().encode(), base64.b64encode(drawn.digest()).rstrip(b"="))


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def overheard() -> Overheard:
    sound = [chunk.samples for chunk in Tone().chunks()]
    words = f"{CANARY} feber."
    return Overheard.of(
        CANARY, CANARY.upper(), words, f"{words} {words}", EDITED, EDITED[:9], "01017012345", sound=sound
    )


def test_the_log_of_consultations_holds_nothing_of_them(tmp_path: Path, overheard: Overheard) -> None:
    folder, receipts = tmp_path / "log", []
    with Ledger.open(folder) as ledger:
        vkey = ledger.public_key
        with session(ledger) as held:  # to its end, with a text of the doctor's own
            note = walk(held)
            edited = Note((*note.sections[:1], Section("Funn", (Statement(EDITED, ()),))))
            held.approve(edited)
            held.deliver(Tray())
            held.transferred()
        receipts.append(held.receipt)
        for leave in ("discard", "withdraw"):
            with session(ledger) as held:
                walk(held)
                getattr(held, leave)()
            receipts.append(held.receipt)
        with suppress(Exception), session(ledger, parts=replace(stages(), transcriber=Broken())) as held:
            walk(held)  # a recogniser that quotes what it heard in its error
        assert len([entry for entry in ledger.entries() if isinstance(entry, Ended)]) == 4
        (tmp_path / "eksport").write_bytes(b"".join(export(folder)))
        for number, receipt in enumerate(receipts):
            assert receipt is not None
            assert isinstance(verify(receipt, vkey), Ended)
            (tmp_path / f"kvittering{number}").write_text(receipt)
            (tmp_path / f"linje{number}").write_bytes(base64.b64decode(receipt.split("\n")[1].removeprefix("extra ")))
        found = files_of(tmp_path)
    assert len(found) > 10
    for trace in overheard.traces():
        for name, octets in found.items():
            assert trace not in octets, name


def test_the_search_finds_what_is_there(tmp_path: Path, overheard: Overheard) -> None:
    for trace in overheard.traces():
        (tmp_path / "log").write_bytes(b'{"kind":"' + trace + b'"}')
        assert any(one in octets for one in overheard.traces() for octets in files_of(tmp_path).values())
    assert len(list(overheard.traces())) > 200


def test_the_key_of_a_session_is_in_no_file_and_its_commitment_is_to_the_key_alone(tmp_path: Path) -> None:
    commitments = set()
    with Ledger.open(tmp_path / "log") as ledger:
        for _ in range(3):  # the same sound and words each time
            with session(ledger, vault := Vault()) as held:
                walk(held)
                held.discard()
            commitments.add(vault.commitment)
        text = (tmp_path / "log" / "entries.jsonl").read_text()
    assert len(commitments) == 3
    assert all(text.count(commitment) == 2 for commitment in commitments)


def test_what_the_fakes_say_is_what_is_searched_for(overheard: Overheard) -> None:
    heard = Parrot().transcribe(Clip(np.zeros((1, 1), np.float32), (1,)), Urgency.CLOSED)
    assert heard is not None and [type(word) for word in heard.words] == [Word, Word]
    assert " ".join(word.text for word in heard.words).encode() in overheard.things
