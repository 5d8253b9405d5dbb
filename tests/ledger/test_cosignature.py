"""Cosignatures against what public witnesses signed, and against forgers."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import MAX_SIGNATURES, Checkpoint, VerifierKey, decode_base64, open_note, sign_checkpoint
from kiskriv.ledger.cosignature import (
    Cosignature,
    WitnessKey,
    cosign,
    cosignatures,
    cosigned_text,
    signed_lines,
    verify,
    with_cosignature,
)

from .material import signing_key

# Made by others: the keys of public witnesses, as their operators publish them (transparency.dev/witnesses, geomys.org/witness/navigli).
PUBLIC_WITNESSES = (
    "witness.navigli.sunlight.geomys.org+a3e00fe2+BNy/co4C1Hn1p+INwJrfUlgz7W55dSZReusH/GhUhJ/G",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "rgdd.se/poc-witness+db03732e+BCjJKlo6BU0xfIb8LutqerIFTWIXEA0L5n3tW3QyPFgG",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
)
NAVIGLI = WitnessKey.parse(PUBLIC_WITNESSES[0])

# Made by others: a checkpoint of a public CT log, as the first of these witnesses cosigned it.
CT_LOG = """\
coachandhorses2026h1.staging.certificate.transparency.goog
185550722
YXAM0VmnrfvLaBCOOYSJhCaE5F10oGBOo+hkbDa1kng=

— coachandhorses2026h1.staging.certificate.transparency.goog MpXgsHy8ZwxXnO+WjtVrPxAzL49Rs1gWTkNVNeEa//5peAzaocRCB3qt3EaibjzY5GILLtGgBP7dBhgcSHy+JQh0OAc=
— witness.navigli.sunlight.geomys.org o+AP4gAAAABqb7DzNrGFRJnQ9vrJ8xpnwZytnr/ZYczDIsvwvouiSjwOjn7a72ccxBk+lKnZ7dKqkYKER1s/KxLTaVwQD7lJZTC/CQ==
"""  # noqa: E501

# The example of the specification (tlog-cosignature, the page's head and "Ed25519 signed message").
EXAMPLE_BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
EXAMPLE_TEXT = f"cosignature/v1\ntime 1679315147\n{EXAMPLE_BODY}"
EXAMPLE_LINE = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"  # noqa: E501

LOG = signing_key()
BODY = Checkpoint(LOG.name, 7, bytes(32)).body()
NOTE = sign_checkpoint(Checkpoint(LOG.name, 7, bytes(32)), LOG)
PRIVATE = Ed25519PrivateKey.generate()
NAME = "kiskriv.internal/witness/0123456789abcdef"
GIVEN = cosign(BODY, PRIVATE, NAME, 1_769_940_000)
KEY = GIVEN.key


def refuses(note: str, *keys: WitnessKey) -> None:
    with pytest.raises(ProofInvalid):
        cosignatures(note, *(keys or (KEY,)))


def test_what_a_public_witness_cosigned_verifies() -> None:
    (found,) = cosignatures(CT_LOG, NAVIGLI)
    assert found.seconds == 1785704691
    assert CT_LOG.endswith(found.line)
    refuses(CT_LOG.replace("185550722", "185550723"), NAVIGLI)
    assert cosignatures(CT_LOG, *map(WitnessKey.parse, PUBLIC_WITNESSES[1:])) == ()


def test_the_signed_text_and_the_line_are_laid_out_as_in_the_specification() -> None:
    assert cosigned_text(EXAMPLE_BODY, 1679315147) == EXAMPLE_TEXT.encode()
    ((name, octets),) = signed_lines(f"{EXAMPLE_BODY}\n{EXAMPLE_LINE}")[1]
    ours = Cosignature(WitnessKey(name, bytes(32)), 1679315147, octets[12:])
    assert decode_base64(ours.line.split()[-1])[4:] == octets[4:]


def test_a_key_has_one_spelling() -> None:
    for text in PUBLIC_WITNESSES:
        assert str(WitnessKey.parse(text)) == text
    one = PUBLIC_WITNESSES[0]
    mangled = [one[:i] + chr(ord(c) + 1) + one[i + 1 :] for i, c in enumerate(one)]
    mangled += [one[:i] for i in range(len(one))] + [one + "\n", " " + one, one.upper(), one.replace("a3e0", "A3E0")]
    for text in mangled:
        with pytest.raises(ProofInvalid):
            WitnessKey.parse(text)


def test_a_log_is_no_witness_and_a_witness_no_log() -> None:
    with pytest.raises(ProofInvalid):
        WitnessKey.parse(str(LOG.verifier))
    with pytest.raises(ProofInvalid):
        VerifierKey.parse(str(KEY))
    both = WitnessKey(LOG.name, LOG.verifier.public)  # the same key under the same name has another id
    assert cosignatures(NOTE, both) == ()
    with pytest.raises(ProofInvalid):
        open_note(f"{BODY}\n{GIVEN.line}", VerifierKey(NAME, KEY.public))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb"])
def test_a_key_name_keeps_to_the_note_format(name: str) -> None:
    with pytest.raises(ValueError, match="key name"):
        WitnessKey(name, bytes(32))


def test_a_cosignature_is_read_as_it_was_given() -> None:
    assert cosignatures(f"{NOTE}{GIVEN.line}", KEY) == (GIVEN,)
    assert cosignatures(f"{BODY}\n{GIVEN.line}", NAVIGLI, KEY) == (GIVEN,)
    verify(BODY, GIVEN.seconds, KEY.public, GIVEN.signature)
    assert open_note(f"{NOTE}{GIVEN.line}", LOG.verifier) == BODY


def test_unknown_witnesses_are_ignored_and_a_bad_cosignature_by_a_known_one_spoils_the_note() -> None:
    other = cosign(BODY, Ed25519PrivateKey.generate(), NAME, 5)
    bad = Cosignature(KEY, GIVEN.seconds + 1, GIVEN.signature)
    assert cosignatures(f"{NOTE}{other.line}{GIVEN.line}", KEY) == (GIVEN,)
    assert cosignatures(f"{NOTE}{bad.line}", other.key) == ()
    refuses(f"{NOTE}{bad.line}")
    refuses(f"{NOTE}{GIVEN.line}{bad.line}")


def test_a_cosignature_of_another_length_or_beyond_the_last_second_is_refused() -> None:
    for octets in (KEY.id + bytes(71), KEY.id + bytes(73), KEY.id + bytes(64)):
        refuses(f"{NOTE}— {NAME} {base64.b64encode(octets).decode()}\n")
    last, after = 2**63 - 1, 2**63
    assert cosignatures(f"{NOTE}{cosign(BODY, PRIVATE, NAME, last).line}", KEY)[0].seconds == last
    refuses(f"{NOTE}{Cosignature(KEY, after, PRIVATE.sign(cosigned_text(BODY, after))).line}")
    for seconds in (-1, after):
        with pytest.raises(ValueError, match="time"):
            cosign(BODY, PRIVATE, NAME, seconds)
        with pytest.raises(ProofInvalid):
            verify(BODY, seconds, KEY.public, PRIVATE.sign(cosigned_text(BODY, seconds)))


def test_a_newer_cosignature_takes_the_place_of_an_older_one() -> None:
    newer = cosign(BODY, PRIVATE, NAME, GIVEN.seconds + 60)
    other = cosign(BODY, Ed25519PrivateKey.generate(), NAME, 5)
    note = with_cosignature(with_cosignature(with_cosignature(NOTE, GIVEN), other), newer)
    assert cosignatures(note, KEY, other.key) == (other, newer)
    assert open_note(note, LOG.verifier) == BODY
    bad = Cosignature(KEY, 1, GIVEN.signature)
    assert with_cosignature(f"{NOTE}{bad.line}", newer) == f"{NOTE}{newer.line}"  # also of one that is not true


def test_a_note_takes_no_more_signatures_than_a_reader_accepts() -> None:
    line = NOTE.splitlines(keepends=True)[-1]
    full = NOTE + line * (MAX_SIGNATURES - 2)
    assert cosignatures(with_cosignature(full, GIVEN), KEY) == (GIVEN,)
    with pytest.raises(ProofInvalid):
        with_cosignature(full + line, GIVEN)


def test_a_signature_is_in_no_repr() -> None:
    assert "signature" not in repr(GIVEN).replace("Cosignature", "")


COSIGNED = f"{BODY}\n{GIVEN.line}"


@given(st.integers(0, len(COSIGNED) - 1), st.characters())
def test_no_changed_character_passes(place: int, character: str) -> None:
    changed = COSIGNED[:place] + character + COSIGNED[place + 1 :]
    with suppress(ProofInvalid):
        assert changed == COSIGNED or cosignatures(changed, KEY) == ()  # it is another witness's then


@given(st.text())
def test_a_parser_meets_any_text_with_an_answer(text: str) -> None:
    for parse in (WitnessKey.parse, signed_lines, lambda note: cosignatures(note, KEY)):
        with pytest.raises(ProofInvalid):
            parse(text)
