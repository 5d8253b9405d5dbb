"""The request `add-checkpoint` (c2sp.org/tlog-witness): how it is written, how it is read, and what is wrong with it. No I/O.

    old 20852014                                          the last size that the witness cosigned, as the log believes
    PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=          the proof that the new tree begins with the old one
    jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=

    example.com/behind-the-sofa                           the checkpoint, signed by the log
    20852163
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=

A request is weighed in two steps: `admit` asks what can be asked of it alone, `weigh` holds it against the last checkpoint.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import (
    MAX_SIGNATURES,
    Checkpoint,
    VerifierKey,
    decode_base64,
    encode_base64,
    open_note,
    signed_lines,
)
from kiskriv.ledger.merkle import EMPTY_ROOT, HASH, verify_consistency

MAX_REQUEST = 64 * 1024
"""Octets in a request at most: 63 hashes are 3 kB, and the checkpoint of a kiskriv log is under 1 kB."""

MAX_PROOF = 63
"""Hashes in a proof at most: the client MUST NOT send more than 63 consistency proof lines."""

Logs: TypeAlias = Mapping[str, Sequence[VerifierKey]]
"""The keys that a witness trusts, by the origin of their log."""

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the witness answers: a status of HTTP and a short text that ends in a newline."""

    status: HTTPStatus
    text: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A checkpoint that its log signed, as the signed `note` and what that says, with the proof that it grew from `old` entries."""

    old: int
    proof: tuple[bytes, ...] = field(repr=False)
    checkpoint: Checkpoint
    note: str = field(repr=False)


def request(old: int, proof: Sequence[bytes], note: str) -> str:
    """The body of a request: the last size that the witness is thought to have, the proof from there, the signed checkpoint."""
    return "\n".join((f"old {old}", *map(encode_base64, proof), "", note))


def never(origin: str) -> Checkpoint:
    """What stands in the place of the last checkpoint where none was cosigned: every tree begins with the empty one."""
    return Checkpoint(origin, 0, EMPTY_ROOT)


def admit(text: str, logs: Logs) -> Submission | Verdict:
    """The submission, if it is one, signed by a log that is known; a verdict against it otherwise."""
    head, _, note = text.partition("\n\n")  # "an empty line, followed by a checkpoint"
    try:
        old, proof = _read(head)
        body, lines = signed_lines(note)
        checkpoint = Checkpoint.parse(body)
    except ProofInvalid:
        return _against(HTTPStatus.BAD_REQUEST)
    if len(lines) == MAX_SIGNATURES:  # no room for one more
        return _against(HTTPStatus.BAD_REQUEST)
    keys = logs.get(checkpoint.origin)
    if not keys:  # "If the checkpoint origin is unknown, the witness MUST respond with a 404"
        return _against(HTTPStatus.NOT_FOUND)
    try:
        open_note(note, *keys)  # ignores signatures by unknown keys: the log's key of the day is one
    except ProofInvalid:  # "If none of the signatures verify against a trusted public key, [...] 403"
        return _against(HTTPStatus.FORBIDDEN)
    if old > checkpoint.size:  # "The old size MUST be equal to or lower than the checkpoint size. Otherwise [...] 400"
        return _against(HTTPStatus.BAD_REQUEST)
    return Submission(old, proof, checkpoint, note)


def weigh(submission: Submission, latest: Checkpoint) -> Verdict | None:
    """The verdict against a submission, given the last checkpoint that was cosigned; None where it is to be cosigned now."""
    checkpoint = submission.checkpoint
    # "The response body MUST consist of the tree size of the latest cosigned checkpoint in decimal"
    conflict = Verdict(HTTPStatus.CONFLICT, f"{latest.size}\n")
    if submission.old != latest.size:  # "The witness MUST check that the old size matches [...] 409"
        return conflict
    # "If the old size matches the checkpoint size, the witness MUST check that the root hashes are also identical"
    if checkpoint.size == latest.size and checkpoint.root != latest.root:
        return conflict
    try:
        verify_consistency(latest.size, latest.root, checkpoint.size, checkpoint.root, submission.proof)
    except ProofInvalid:  # "If the Merkle Consistency Proof doesn't verify, [...] 422"
        return _against(HTTPStatus.UNPROCESSABLE_ENTITY)
    return None


def _read(head: str) -> tuple[int, tuple[bytes, ...]]:
    old, *lines = head.split("\n")
    match = _OLD.fullmatch(old)
    if match is None or len(lines) > MAX_PROOF:
        raise ProofInvalid(problem="this is not a request to a witness")
    try:
        proof = tuple(map(decode_base64, lines))
    except ValueError:
        proof = (b"",)
    if any(len(hash_) != HASH for hash_ in proof):  # "Each consistency proof line MUST encode a single hash in base64"
        raise ProofInvalid(problem="a line of the proof is not a hash")
    return int(match[1]), proof


def _against(status: HTTPStatus) -> Verdict:
    return Verdict(status, f"{status.phrase}\n")
