"""The rules of c2sp.org/tlog-witness, one by one, and any text at all."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.ledger.checkpoint import MAX_SIGNATURES, Checkpoint, SigningKey, VerifierKey, sign_checkpoint
from kiskriv.witness.submission import Logs, Submission, Verdict, admit, never, request, weigh
from tests.ledger.material import signing_key

from .material import Log

LOG = Log()
KNOWN: Logs = {LOG.key.name: (LOG.key.verifier,)}
GOOD = LOG.request(5, 9)

# Made by others: a log that a public monitor of witnesses signed for this purpose (geomys.org/witness/test-log).
MONITOR = VerifierKey.parse("geomys.org/witness/test-log+c0787ff4+AeMb5VOzy60PTGdGmLPxOKGAa0jNyDGsgv2rnprGju1t")
MONITOR_NOTE = """\
geomys.org/witness/test-log
1
BCml5C32yqMcl0gjTrcSOeNVx59oPnSdytBzDGBO5k0=

— geomys.org/witness/test-log wHh/9BPsoBNr2x0Ol3qPBYasIN0HI2ZiBg5ac0v3LQq/7F+YO7U4oWbDeJn1VaWVrlbSEM30Gr7WWYQjj2SBxRoJ/Ao=
"""


def admitted(text: str, logs: Logs = KNOWN) -> Submission:
    submission = admit(text, logs)
    assert isinstance(submission, Submission)
    return submission


def status(text: str, latest: Checkpoint, logs: Logs = KNOWN) -> int:
    """What the witness answers that cosigned `latest` last."""
    submission = admit(text, logs)
    against = submission if isinstance(submission, Verdict) else weigh(submission, latest)
    return 200 if against is None else against.status


def alone(text: str, logs: Logs = KNOWN) -> int:
    """What it answers whatever it has cosigned."""
    verdict = admit(text, logs)
    assert isinstance(verdict, Verdict)
    return verdict.status


def test_a_request_is_laid_out_as_in_the_specification() -> None:
    text = request(20852014, [bytes(32), bytes([255] * 32)], "the note\n")
    assert text == f"old 20852014\n{'A' * 43}=\n{'/' * 42}8=\n\nthe note\n"
    assert request(0, [], "the note\n") == "old 0\n\nthe note\n"


def test_a_public_monitors_request_is_granted() -> None:
    text = request(0, (), MONITOR_NOTE)
    logs = {MONITOR.name: (MONITOR,)}
    assert status(text, never(MONITOR.name), logs) == 200
    assert alone(text.replace("test-log wHh/9B", "test-log wHh/9C"), logs) == 403


def test_every_size_grows_into_every_larger_one() -> None:
    for old in range(12):
        for size in range(old, 13):
            assert status(LOG.request(old, size), LOG.checkpoint(old)) == 200


def test_an_unknown_origin_is_404() -> None:
    assert alone(GOOD, {}) == 404
    assert alone(GOOD, {LOG.key.name: ()}) == 404
    assert alone(Log(signing_key("kiskriv.internal/other")).request(0, 1)) == 404


def test_a_checkpoint_that_no_trusted_key_signed_is_403() -> None:
    stranger = SigningKey(LOG.key.name, signing_key().private)
    assert alone(Log(stranger).request(0, 5)) == 403
    spoiled = GOOD[:-5] + ("A" if GOOD[-5] != "A" else "B") + GOOD[-4:]
    assert alone(spoiled) in {400, 403}
    assert alone(GOOD.replace("\n9\n", "\n10\n")) == 403
    forged = sign_checkpoint(LOG.checkpoint(9), LOG.key, stranger).replace("\n9\n", "\n8\n")
    assert alone(request(5, (), forged)) == 403


def test_signatures_by_unknown_keys_are_ignored() -> None:
    day = SigningKey(LOG.key.name, signing_key().private)  # of the log's own, and unknown to the witness
    note = sign_checkpoint(LOG.checkpoint(9), day)
    line = LOG.note(9).splitlines(keepends=True)[-1]
    for signed in (note + line, LOG.note(9) + note.splitlines(keepends=True)[-1]):
        assert admitted(request(5, (), signed)).checkpoint == LOG.checkpoint(9)


def test_any_of_a_logs_trusted_keys_will_do() -> None:
    new = SigningKey(LOG.key.name, signing_key().private)
    logs = {LOG.key.name: (LOG.key.verifier, new.verifier)}
    assert admitted(GOOD, logs).old == admitted(Log(new).request(5, 9), logs).old == 5


def test_an_old_size_above_the_new_one_is_400() -> None:
    assert alone(LOG.request(10, 9, ())) == 400
    assert admitted(LOG.request(9, 9)).old == 9


@pytest.mark.parametrize("old", [0, 4, 6, 9])
def test_another_size_than_the_last_one_is_409_and_says_the_last_one(old: int) -> None:
    against = weigh(admitted(LOG.request(old, 9)), LOG.checkpoint(5))
    assert against is not None
    assert (against.status, against.text) == (409, "5\n")


def test_the_first_of_a_log_that_is_not_new_is_asked_for_with_zero() -> None:
    assert status(LOG.request(0, 9), never(LOG.key.name)) == 200
    assert status(LOG.request(3, 9), never(LOG.key.name)) == 409


def test_a_log_that_was_rolled_back_is_409() -> None:
    for old in range(6):
        assert status(LOG.request(old, 5), LOG.checkpoint(9)) == 409


def test_another_root_at_the_same_size_is_409() -> None:
    forked = Log(LOG.key, fork=3)
    assert status(forked.request(9, 9), LOG.checkpoint(9)) == 409
    assert status(LOG.request(9, 9), LOG.checkpoint(9)) == 200
    nothing = sign_checkpoint(Checkpoint(LOG.key.name, 0, bytes(32)), LOG.key)  # not the root of the empty tree
    assert status(request(0, (), nothing), never(LOG.key.name)) == 409


def test_a_proof_that_does_not_verify_is_422() -> None:
    forked = Log(LOG.key, fork=3)
    proof = LOG.tree.consistency(5, 9)
    wrong = [
        forked.request(5, 9),
        forked.request(5, 9, proof),
        LOG.request(5, 9, ()),
        LOG.request(5, 9, proof[:-1]),
        LOG.request(5, 9, (*proof, proof[0])),
        LOG.request(5, 9, proof[::-1]),
        LOG.request(5, 9, (bytes(32), *proof[1:])),
    ]
    assert [status(text, LOG.checkpoint(5)) for text in wrong] == [422] * len(wrong)
    assert status(LOG.request(9, 9, proof), LOG.checkpoint(9)) == 422


def test_a_proof_from_nothing_must_be_empty() -> None:
    assert status(LOG.request(0, 9, (bytes(32),)), never(LOG.key.name)) == 422


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "old 0\n",
        "old 0\n\n",
        GOOD.replace("old 5", "old 05"),
        GOOD.replace("old 5", "old +5"),
        GOOD.replace("old 5", "old  5"),
        GOOD.replace("old 5", "old 5 "),
        GOOD.replace("old 5", "Old 5"),
        GOOD.replace("old 5", "old \u0665"),
        GOOD.replace("old 5", "old -5"),
        GOOD.replace("old 5", "old 99999999999999999999"),
        GOOD.replace("old 5\n", ""),
        GOOD.replace("old 5\n", "old 5\r\n"),
        GOOD.replace("old 5\n", "old 5\n\n"),
        GOOD.replace("old 5\n", "old 5\nnot base64\n"),
        GOOD.replace("old 5\n", "old 5\nAAAA\n"),
        GOOD.replace("=\n", "\n", 1),
        GOOD.replace("\n\n", "\n", 1),
        GOOD.replace("\n\n", "\n\n\n", 1),
        GOOD[:-1],
        GOOD + "\n",
        GOOD + "more\n",
        GOOD.replace("\n9\n", "\n09\n"),
        LOG.request(5, 9, [bytes(32)] * 64),
        GOOD + GOOD.splitlines(keepends=True)[-1] * (MAX_SIGNATURES - 1),
    ],
    ids=count(),
)
def test_what_is_no_request_is_400(text: str) -> None:
    assert alone(text) == 400


def test_sixty_three_hashes_and_sixteen_signatures_are_read() -> None:
    assert len(admitted(LOG.request(5, 9, [bytes(32)] * 63)).proof) == 63
    admitted(GOOD + GOOD.splitlines(keepends=True)[-1] * 15)


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    assert alone(text) in {400, 403, 404}


@given(st.integers(0, len(GOOD) - 1), st.characters())
def test_a_changed_character_never_changes_what_is_cosigned(place: int, character: str) -> None:
    changed = GOOD[:place] + character + GOOD[place + 1 :]
    assert changed == GOOD or status(changed, LOG.checkpoint(5)) in {400, 403, 404, 409, 422}
