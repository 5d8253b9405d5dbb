"""Signed notes and checkpoints against vectors made by others, and against forgers."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.checkpoint import (
    MAX_NOTE,
    MAX_SIGNATURES,
    Checkpoint,
    SigningKey,
    VerifierKey,
    claimed,
    decode_base64,
    open_checkpoint,
    open_note,
    read_note,
    sign_checkpoint,
    sign_note,
    signature_line,
    signed_lines,
)

from .material import signing_key

# Made by others: golang.org/x/mod sumdb/note note.go and note_test.go.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_PRIVATE = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER_SIGNED = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_SIGNED = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)

# Made by others: checkpoints of Go's checksum database, and cosignatures (transparency-dev/formats log/note_test.go).
SUMDB = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
SUMDB_2021 = (
    "go.sum database tree\n6476701\nmb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=\n\n"
    "— sum.golang.org Az3grsLX85Gz+s1SiTbgkuqxgItqFq7gsMUEyVnrsa9LM7Us9S+1xbFIGu95949rj4nPRYfvimWEPWL+o3GeoWwOoAw=\n"
)
SUMDB_2026 = (
    "go.sum database tree\n63096908\n8lHrQPRYe4KT4WQ9/Qk8/taKnD6IRHbFgfN7vQE2Y54=\n\n"
    "— sum.golang.org Az3gri/oVBN1jAhNZ/iS+W31psFAWRT20/GyrhpU6taFwulQGetBkH5S7wpGXdS935jiIGiUUAXBVHzT/P6fYhqAmAk=\n"
)
WITNESS = "witness+f13a86db+AdYV1Ztajd9BvyjP2HgpwrqYL6TjOwIjGMOq8Bu42xbN"
COSIGNED = (
    "— monkeys 202ffh9ve46Mqbhuyb4wnC2Pwdan5EsXQym/tF1ggXJqhjGosU4T5intH4iKMRgDLxrnXuIjRaU2NbvAnaepM6Y+8ww=\n"
    "— witness 8TqG25yWGFLdT7WPf/WoyeG3LwqtkXP+8S3yykOVm6EMh4hPgCke6eSVPU4BdtXNMPJBXKF+UpDbGgCdcpR8SVSoqAU=\n"
    "— random1 8TqG25yWGFLdT7WPf/WoyeG3LwqtkXP+8S3yykOVm6EMh4hPgCke6eSVPU4BdtXNMPJBXKF+UpDbGgCdcpR8SVSoqAU=\n"
)


def refuses(note: str, *keys: str) -> None:
    with pytest.raises(ProofInvalid):
        open_note(note, *map(VerifierKey.parse, keys or (PETER,)))


def test_a_signature_is_the_one_that_go_makes() -> None:
    private = Ed25519PrivateKey.from_private_bytes(base64.b64decode(PETER_PRIVATE)[1:])
    key = SigningKey("PeterNeumann", private)
    assert str(key.verifier) == PETER
    assert sign_note(TEXT, key) == f"{TEXT}\n{PETER_SIGNED}"


def test_notes_that_go_signed_open() -> None:
    peter, enoch = VerifierKey.parse(PETER), VerifierKey.parse(ENOCH)
    note = f"{TEXT}\n{PETER_SIGNED}{ENOCH_SIGNED}"
    assert open_note(note, peter) == open_note(note, enoch) == open_note(note, peter, enoch) == TEXT
    assert open_note(f"{TEXT}\n{PETER_SIGNED}{PETER_SIGNED}", peter) == TEXT


def test_checkpoints_of_the_go_checksum_database_open() -> None:
    key = VerifierKey.parse(SUMDB)
    for note, size in ((SUMDB_2021, 6476701), (SUMDB_2026, 63096908)):
        checkpoint = Checkpoint.parse(open_note(note, key))
        assert (checkpoint.origin, checkpoint.size) == ("go.sum database tree", size)
        assert note.startswith(checkpoint.body() + "\n")
        with pytest.raises(ProofInvalid):  # its origin is not the key's name: no log of ours
            open_checkpoint(note, key)
    refuses(SUMDB_2021.replace("6476701", "6476702"), SUMDB)


# The examples of the specifications themselves: c2sp.org/signed-note and c2sp.org/tlog-checkpoint, each page's first block.
QUASIMODO = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)


def test_the_examples_of_the_specifications_are_read_to_the_octet() -> None:
    for note in (QUASIMODO, SOFA):
        read = read_note(note)
        text, lines = signed_lines(note)
        assert (read.text, read.signatures, read.signers) == (text, 1, frozenset())
        assert note == f"{text}\n" + "".join(signature_line(*line) for line in lines)
        assert [len(octets) for _, octets in lines] == [4 + 64]
    assert read_note(QUASIMODO).text.endswith("sole:\n\ned è subito sera.\n")  # up to the last empty line
    assert claimed(SOFA).size == 20852163
    assert claimed(SOFA).body() == SOFA.partition("\n\n")[0] + "\n"


def test_cosignatures_that_are_unknown_are_ignored_and_known_ones_verified() -> None:
    note = SUMDB_2021 + COSIGNED
    assert open_note(note, VerifierKey.parse(SUMDB)) == open_note(note, VerifierKey.parse(WITNESS))
    refuses(note.replace("8TqG25yW", "8TqG25yX"), WITNESS)  # a known key's signature, changed
    assert open_note(note.replace("random1 8TqG", "random1 8TqH"), VerifierKey.parse(SUMDB))


def test_a_bad_signature_by_a_known_key_spoils_the_note() -> None:
    spoiled = PETER_SIGNED.replace("/ZJku", "/ZJkv")
    refuses(f"{TEXT}\n{PETER_SIGNED}{spoiled}")
    refuses(f"{TEXT}\n{PETER_SIGNED[:60]}ABCD{PETER_SIGNED[60:]}")
    refuses(f"{TEXT}\n{ENOCH_SIGNED}{spoiled}", PETER, ENOCH)


@pytest.mark.parametrize(
    "note",
    [
        "",
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}\n{PETER_SIGNED[:-1]}",
        f"\x01{TEXT}\n{PETER_SIGNED}",
        f"\udcff{TEXT}\n{PETER_SIGNED}",
        f"{TEXT}\n{PETER_SIGNED.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n{PETER_SIGNED}{PETER_SIGNED.replace('PeterNeumann', 'Bad+Name')}",
        f"{TEXT}\n{PETER_SIGNED}Unexpected line.\n",
        f"{TEXT}\n{PETER_SIGNED}\n",
        f"{TEXT}\n— PeterNeumann x08g\n",
        f"{TEXT}\n-{PETER_SIGNED[1:]}",
        f"{TEXT}\n{PETER_SIGNED.replace('—', '— ')}",
        f"{TEXT}\n{PETER_SIGNED}".replace("\n", "\r\n"),
        f"{TEXT}\n{PETER_SIGNED * (MAX_SIGNATURES + 1)}",
        f"{'a' * MAX_NOTE}\n\n{PETER_SIGNED}",
        f"{TEXT}\n{PETER_SIGNED.replace('Neumann', 'Neuman')}",
        f"{TEXT}\n{PETER_SIGNED.replace(' x08g', ' x08h')}",
        f"{TEXT}\n{PETER_SIGNED.replace('nAM=', 'nAN=')}",  # the same octets in another spelling
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    refuses(note)


def test_sixteen_signatures_are_accepted() -> None:
    assert open_note(f"{TEXT}\n{ENOCH_SIGNED * 15}{PETER_SIGNED}", VerifierKey.parse(PETER)) == TEXT


def test_a_note_signed_by_nobody_known_is_refused() -> None:
    refuses(f"{TEXT}\n{PETER_SIGNED}", ENOCH)
    with pytest.raises(ProofInvalid):
        open_note(f"{TEXT}\n{PETER_SIGNED}")


@pytest.mark.parametrize("text", ["no newline at the end", "a tab\t\n", "a return\r\n", "half a pair \ud800\n"])
def test_what_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        sign_note(text, signing_key())


def test_a_key_has_one_spelling() -> None:
    for key in (PETER, ENOCH, SUMDB, WITNESS):
        assert str(VerifierKey.parse(key)) == key
    mangled = [PETER[i:j] for i in range(len(PETER)) for j in range(i + 1, len(PETER) + 1)]
    mangled += [PETER[:i] + chr(ord(c) + 1) + PETER[i + 1 :] for i, c in enumerate(PETER)]
    mangled += [PETER + "\n", " " + PETER, PETER.replace("c74f20a3", "C74F20A3"), PETER.upper(), ""]
    mangled += [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long a key, its id adjusted
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # an unknown algorithm, its id adjusted
    ]
    for text in mangled:
        if text != PETER:
            with pytest.raises(ProofInvalid):
                VerifierKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\u2028b", "a\x00b"])
def test_a_key_name_keeps_to_the_note_format(name: str) -> None:
    with pytest.raises(ValueError, match="key name"):
        VerifierKey(name, bytes(32))


def test_a_private_key_is_in_no_repr() -> None:
    key = signing_key()
    assert "rivate" not in repr(key)
    assert key.private.private_bytes_raw().hex() not in repr(key)


def test_a_checkpoint_is_read_as_it_was_signed() -> None:
    key = signing_key()
    checkpoint = Checkpoint(key.name, 42, bytes(range(32)))
    note = sign_checkpoint(checkpoint, key)
    assert open_checkpoint(note, key.verifier) == checkpoint
    assert note.split("\n")[:4] == [key.name, "42", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", ""]


def test_lines_that_a_checkpoint_of_kiskriv_does_not_have_are_read_and_refused() -> None:
    key = signing_key()
    extended = Checkpoint(key.name, 0, bytes(32), ("an extension line",))  # tlog-checkpoint allows them
    assert Checkpoint.parse(extended.body()) == extended
    note = sign_checkpoint(extended, key)
    for read in (lambda: open_checkpoint(note, key.verifier), lambda: claimed(note)):
        with pytest.raises(ProofInvalid, match="lines that kiskriv does not write"):
            read()


def test_a_checkpoint_of_another_log_is_refused() -> None:
    key = signing_key()
    elsewhere = sign_checkpoint(Checkpoint("kiskriv.internal/other", 1, bytes(32)), key)
    with pytest.raises(ProofInvalid):
        open_checkpoint(elsewhere, key.verifier)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        "origin\n1\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        "\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n01\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n-1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n+1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n 1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n1_0\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n\u0661\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n99999999999999999999\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwd\n",
        "origin\n1\nnot base64\n",
        "origin\n1\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
    ],
)
def test_a_signed_text_that_is_no_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(ProofInvalid):
        Checkpoint.parse(body)


@given(st.binary(max_size=80))
def test_base64_has_one_spelling(octets: bytes) -> None:
    text = base64.b64encode(octets).decode()
    assert decode_base64(text) == octets
    for wrong in (text + "=", text.rstrip("=") + "\n", " " + text, text.replace("=", "") + "A==="):
        if wrong != text:
            with pytest.raises(ValueError, match="base64"):
                decode_base64(wrong)


SIGNER = signing_key()
SIGNED = sign_checkpoint(Checkpoint(SIGNER.name, 7, bytes(32)), SIGNER)


@given(st.integers(0, len(SIGNED) - 1), st.characters())
@example(0, "\n")
@example(len(SIGNED) - 1, "")
def test_no_changed_character_passes(place: int, character: str) -> None:
    changed = SIGNED[:place] + character + SIGNED[place + 1 :]
    if changed != SIGNED:
        refuses(changed, str(SIGNER.verifier))


@given(st.text())
def test_a_parser_meets_any_text_with_an_answer(text: str) -> None:
    for parse in (VerifierKey.parse, Checkpoint.parse, lambda note: open_note(note, SIGNER.verifier)):
        with pytest.raises(ProofInvalid):
            parse(text)
