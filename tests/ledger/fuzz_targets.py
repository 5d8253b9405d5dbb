"""What `scripts/fuzz-ledger` feeds: each parser with valid seeds, and what must hold of whatever it is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from kiskriv.errors import ProofInvalid
from kiskriv.ledger import decode, encode, export, verify
from kiskriv.ledger.checkpoint import (
    VerifierKey,
    claimed,
    encode_base64,
    open_checkpoint,
    read_note,
    signed_lines,
)
from kiskriv.ledger.cosignature import WitnessKey, cosignatures, with_cosignature
from kiskriv.ledger.receipt import parse
from kiskriv.witness.submission import Submission, Verdict, admit, request

from .fuzz import Target
from .material import Lived, cosigned_note, lived
from .tampering import findings, remembering
from .test_entry import largest

Check = Callable[[bytes], bool]


def build(name: str, folder: Path) -> Target:
    """The target of this name, around a log that is made in this folder."""
    kept = lived(folder, days=2, each=2, prune=1)
    whole = b"".join(export(folder))
    cosigned, witness = cosigned_note(kept)
    notes = kept.checkpoints
    submitted = [request(0, (), notes[0]), request(3, (bytes(32),) * 3, notes[1])]
    seeds_and_check: dict[str, tuple[list[bytes], Check]] = {
        "entry": ([encode(entry) for entry in largest()], an_entry),
        "note": ([note.encode() for note in notes], a_note(kept)),
        "key": ([kept.vkey.encode()], a_key(VerifierKey)),
        "witness-key": ([str(witness).encode()], a_key(WitnessKey)),
        "receipt": ([receipt.encode() for receipt in kept.receipts.values()], a_receipt(kept)),
        "export": ([whole], an_export(kept, whole)),
        "cosignature": ([cosigned.encode()], a_cosigned_note(cosigned, witness)),
        "submission": ([text.encode() for text in submitted], a_submission(kept)),
    }
    return Target(*seeds_and_check[name])


def an_entry(line: bytes) -> bool:
    try:
        entry = decode(line)
    except ValueError:
        return False
    assert encode(entry) == line
    return True


def as_text(octets: bytes) -> str:
    """Any octets as some text, lone surrogates too."""
    return octets.decode("utf-8", "surrogateescape")


def a_note(kept: Lived) -> Check:
    vkey = VerifierKey.parse(kept.vkey)
    signed = {open_checkpoint(note, vkey) for note in kept.checkpoints}

    def check(octets: bytes) -> bool:
        note = as_text(octets)
        try:
            body, lines = signed_lines(note)
        except ProofInvalid:
            return False
        written = "".join(f"\u2014 {name} {encode_base64(signature)}\n" for name, signature in lines)
        assert f"{body}\n{written}" == note
        with suppress(ProofInvalid):
            checkpoint = claimed(note)
            assert checkpoint.body() == body
            if vkey in read_note(note, vkey).signers:
                assert checkpoint in signed
        return True

    return check


def a_key(kind: type[VerifierKey | WitnessKey]) -> Check:
    def check(octets: bytes) -> bool:
        try:
            key = kind.parse(as_text(octets))
        except ProofInvalid:
            return False
        assert str(key) == as_text(octets)
        return True

    return check


def a_receipt(kept: Lived) -> Check:
    there = {verify(receipt, kept.vkey) for receipt in kept.receipts.values()}

    def check(octets: bytes) -> bool:
        text = as_text(octets)
        try:
            receipt = parse(text)
        except ProofInvalid:
            return False
        assert str(receipt) == text
        with suppress(ProofInvalid):
            assert verify(text, kept.vkey) in there
        return True

    return check


def an_export(kept: Lived, whole: bytes) -> Check:
    receipts = list(kept.receipts.values())
    body = whole[: whole.index(b"\n\n")]
    remembering().__enter__()  # for as long as this process fuzzes; `entry` has the parser that is remembered here

    def check(octets: bytes) -> bool:
        found = findings(octets, kept.vkey, kept.checkpoints, receipts)
        if found is None or not found.valid:
            return False
        assert octets.startswith(body)  # nothing but the order of the two signatures
        assert sorted(octets.splitlines()) == sorted(whole.splitlines())
        return True

    return check


def a_cosigned_note(whole: str, key: WitnessKey) -> Check:
    body = signed_lines(whole)[0]

    def check(octets: bytes) -> bool:
        note = as_text(octets)
        try:
            seen = cosignatures(note, key)
        except ProofInvalid:
            return False
        for cosignature in seen:
            assert signed_lines(note)[0] == body
            assert cosignature.line in note
            with suppress(ProofInvalid):
                assert cosignatures(with_cosignature(note, cosignature), key) == (cosignature,)
        return True

    return check


def a_submission(kept: Lived) -> Check:
    vkey = VerifierKey.parse(kept.vkey)
    logs = {vkey.name: (vkey,)}

    def check(octets: bytes) -> bool:
        text = as_text(octets)
        answer = admit(text, logs)
        assert isinstance(answer, Submission | Verdict)
        if isinstance(answer, Verdict):
            return False
        assert request(answer.old, answer.proof, answer.note) == text
        assert answer.checkpoint == open_checkpoint(answer.note, vkey)
        return True

    return check
