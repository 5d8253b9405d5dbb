"""Cobblestone-256: others' vectors, others' code, and every way of changing a message."""

from __future__ import annotations

import os
import zlib

import pytest
from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from kiskriv.machine import search_memory
from kiskriv.vault import chunked
from kiskriv.vault.chunked import CHUNK, HEAD, SALT, TAG

YELLOW = bytes.fromhex("59454c4c4f57205355424d4152494e452059454c4c4f57205355424d4152494e")
# C2SP/wycheproof, testvectors_v1/c2sp_chunked_encryption_aes_256_gcm_test.json at b61843a: tcId 1, 2, 6; zlib, as they stand there
VECTORS = {
    0: "78da004800b7ff43a2e39431cbae0389d3fc86adf46f7c3a24de88d9311617e53f3164cc1d5dc738a66b97f0bf786565c31799c2f463d50a"
    "7e10046011dc6fc3c939e3a5db7affb6191551669554fb010000ffff4bc124df",
    7: "78da004f00b0ffa1a1b56f6db58cd1ede0c5c9db62aef20d3f96a6c594bb9252bb38122de91236502b42a1d7fcab820ffa292940d2f86add"
    "212cfa42c38df19d3cc9139ee61a5990d3db57433514229beea49a8a72bd010000ffffdb4f2a44",
    16384: "78daecc0ad4a0301000060c560f019c49faca0ed821ea2588c62100541cc2746413841835a7c018b20076a325dd4032d8eb5856361db2d6d"
    "6c8b2b838ded3156beeff3fce3e4eb20e9fcf5aaedb07ffb589b1f657190fee7f16f763d3bdcf9ce8aabe5d74a145e5e1cdd6fad6c2c1ebead8d8b"
    "87c60c00000000000000000000000000000030759bfb7bc7ade6dcfa69ba5abf7bff79d92e3d07e585a7ddbcbb743648a29b49000000ffff4eef2f"
    "3b",
}
LENGTHS = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5]


@pytest.mark.parametrize("length", VECTORS)
def test_a_message_made_by_others_opens_and_is_made_alike(length: int) -> None:
    message = zlib.decompress(bytes.fromhex(VECTORS[length]))
    plaintext = chunked.decrypt(YELLOW, message, b"")
    assert len(plaintext) == length
    assert chunked.encrypt(YELLOW, plaintext, b"", salt=message[:SALT]) == message


@given(key=st.binary(min_size=32, max_size=32), context=st.binary(max_size=80), length=st.sampled_from(LENGTHS))
def test_cryptographys_own_implementation_and_this_one_read_each_other(key: bytes, context: bytes, length: int) -> None:
    plaintext = os.urandom(length)
    message = chunked.encrypt(key, plaintext, context)
    assert len(message) == chunked.sealed_length(length)
    theirs = Cobblestone256Decryptor(key, context)
    assert theirs.update(message) + theirs.finalize() == plaintext
    maker = Cobblestone256Encryptor(key, context)
    assert chunked.decrypt(key, maker.update(plaintext) + maker.finalize(), context) == plaintext


def test_no_message_looks_like_another() -> None:
    assert chunked.encrypt(YELLOW, b"same", b"") != chunked.encrypt(YELLOW, b"same", b"")


def test_another_key_or_context_is_refused_by_the_commitment_alone() -> None:
    message = chunked.encrypt(YELLOW, b"vondt i halsen", b"here")
    assert chunked.committed(YELLOW, message[:HEAD], b"here")
    for key, context in ((YELLOW, b"there"), (bytes(32), b"here")):
        assert not chunked.committed(key, message[:HEAD], context)
        with pytest.raises(InvalidTag):
            chunked.decrypt(key, message, context)


@pytest.mark.parametrize("length", [0, 5, CHUNK])
def test_a_change_of_any_octet_is_refused(length: int) -> None:
    message = chunked.encrypt(YELLOW, os.urandom(length), b"")
    places = range(len(message)) if length < CHUNK else [0, SALT, HEAD, HEAD + CHUNK, HEAD + CHUNK + TAG, -1]
    for place in places:
        changed = bytearray(message)
        changed[place] ^= 1
        with pytest.raises(InvalidTag):
            chunked.decrypt(YELLOW, changed, b"")


def test_a_message_cut_anywhere_is_refused() -> None:
    message = chunked.encrypt(YELLOW, os.urandom(CHUNK + 3), b"")
    cuts = [*range(HEAD + TAG + 2), *range(HEAD + CHUNK, len(message))]
    for cut in cuts:
        with pytest.raises(InvalidTag):
            chunked.decrypt(YELLOW, message[:cut], b"")


def test_chunks_in_another_order_doubled_or_added_are_refused() -> None:
    message = bytes(chunked.encrypt(YELLOW, os.urandom(2 * CHUNK + 3), b""))
    step = CHUNK + TAG
    head, first, second, last = (
        message[:HEAD],
        message[HEAD:][:step],
        message[HEAD + step :][:step],
        message[HEAD + 2 * step :],
    )
    assert head + first + second + last == message
    for order in (
        (second, first, last),
        (first, first, last),
        (first, last),
        (first, second),
        (first, second, last, last),
    ):
        with pytest.raises(InvalidTag):
            chunked.decrypt(YELLOW, head + b"".join(order), b"")


def test_nothing_of_the_plaintext_stays_behind() -> None:
    mask, masked = os.urandom(32), os.urandom(32)
    plaintext = bytearray(2 * CHUNK)
    for start in range(0, len(plaintext), 4096):
        for place, (a, b) in enumerate(zip(mask, masked, strict=True), start=start):
            plaintext[place] = a ^ b
    message = chunked.encrypt(YELLOW, plaintext, b"")
    if search_memory(mask, masked) is None:
        pytest.skip("memory cannot be searched here")
    assert (search_memory(mask, masked) or 0) >= 8, "what is there is found"
    plaintext[:] = bytes(len(plaintext))
    assert search_memory(mask, masked) == 0
    opened = chunked.decrypt(YELLOW, message, b"")
    opened[:] = bytes(len(opened))
    assert search_memory(mask, masked) == 0
    message[-1] ^= 1
    with pytest.raises(InvalidTag) as caught:
        chunked.decrypt(YELLOW, message, b"")
    assert caught.value.__traceback__, "which keeps all that stood in the frames"
    assert search_memory(mask, masked) == 0, "the whole chunks before the changed one are wiped"


@pytest.mark.parametrize("changed", [False, True])
def test_the_key_of_a_message_does_not_stay_behind(changed: bool) -> None:
    half = "029b21a9599852fb9b9f644e23b86ae8"  # of tcId 1's aeadKey: its last 16 octets, put together nowhere
    mask = os.urandom(16)
    masked = bytes(int(half[2 * place : 2 * place + 2], 16) ^ octet for place, octet in enumerate(mask))
    message = bytearray(zlib.decompress(bytes.fromhex(VECTORS[0])))
    if changed:
        message[-1] ^= 1
        with pytest.raises(InvalidTag) as caught:
            chunked.decrypt(YELLOW, message, b"")
        assert caught.value.__traceback__, "which keeps all that stood in the frames"
    else:
        assert chunked.decrypt(YELLOW, message, b"") == b""
    assert search_memory(mask, masked) in (0, None)
    there = bytearray(a ^ b for a, b in zip(mask, masked, strict=True))
    assert search_memory(mask, masked) != 0, "it would have been found"
    there[:] = bytes(len(there))


def test_what_was_derived_is_wiped_when_the_message_is_done() -> None:
    with chunked._derived(YELLOW, bytes(SALT), b"") as (_, nonce, commitment):
        assert any(nonce) and any(commitment)
    assert not any(nonce) and not any(commitment)


def test_octets_are_counted_whatever_the_buffers_items_are() -> None:
    samples = memoryview(bytearray(range(200))).cast("h")
    assert chunked.decrypt(YELLOW, chunked.encrypt(YELLOW, samples, b""), b"") == bytes(range(200))
