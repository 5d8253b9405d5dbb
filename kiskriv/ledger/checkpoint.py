"""Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), Ed25519 only. No I/O.

    kiskriv.internal/3f0c9b1e5a7d2468                      origin: which log
    42                                                     size: how many entries
    mb8QLQIs0Z0yP5Cstq6guj87oXWeC9gEM8oVikmm9Wk=           root of the Merkle tree over them

    — kiskriv.internal/3f0c9b1e5a7d2468 Az3grsLX85Gz...    signature by the log's key
    — kiskriv.internal/3f0c9b1e5a7d2468 nN9k2hQyD0f1...    and by the key of its present epoch; witnesses may add theirs

A key is written as `name+key id+base64` (the form of Go's sumdb/note): the one line that an auditor must hold.
Everything that comes from outside is parsed strictly, one spelling for each value, and raises ProofInvalid.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiskriv.errors import ProofInvalid
from kiskriv.ledger.merkle import HASH
from kiskriv.ledger.signatures import signed

MAX_NOTE = 256 * 1024
"""Characters in a note at most: room for the 16 post-quantum signatures that signed-note asks a reader to accept."""

MAX_SIGNATURES = 64

_DASH = "\u2014 "
_UNCLEAN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_KEY = re.compile(r"([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign: a name and a public key of 32 octets. `str()` gives the one-line form."""

    signature_type: ClassVar[bytes] = b"\x01"  # an ordinary note signature (signed-note, "Signature types")

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name) or len(self.public) != 32:
            raise ValueError("not a key name and an Ed25519 public key")

    @property
    def id(self) -> bytes:
        """Which key, in 4 octets; a label, not a proof."""
        # key ID = SHA-256(key name || 0x0A || signature type || public key)[:4]   (signed-note, "Signatures")
        return sha256(self.name.encode() + b"\n" + self.signature_type + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encode_base64(self.signature_type + self.public)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the one-line form; ProofInvalid when it is not exactly that."""
        match = _KEY.fullmatch(text)
        try:
            encoded = decode_base64(match[3]) if match else b""
            key = cls(match[1] if match else "", encoded[1:])
        except ValueError:
            raise ProofInvalid(problem="this is not a public key") from None
        if str(key) != text:  # another signature type, another key id, another spelling
            raise ProofInvalid(problem="this is not a public key of the right kind")
        return key


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Who signs: a name and a private key, which no repr shows."""

    name: str
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.private.public_key().public_bytes_raw())


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its origin, how many entries it holds, and the root hash over them (32 octets)."""

    origin: str
    size: int
    root: bytes = field(repr=False)
    extension: tuple[str, ...] = ()

    def body(self) -> str:
        """The note text (tlog-checkpoint, "Note text")."""
        return "\n".join((self.origin, str(self.size), encode_base64(self.root), *self.extension, ""))

    @classmethod
    def parse(cls, body: str) -> Checkpoint:
        """Read a note text that was verified before; ProofInvalid when it is no checkpoint."""
        lines = body.split("\n")
        if len(lines) < 4 or lines.pop() != "" or "" in lines:
            raise ProofInvalid(problem="this is not a checkpoint")
        origin, size, root, *extension = lines
        if not _DECIMAL.fullmatch(size):
            raise ProofInvalid(problem="the size of the checkpoint is not a number")
        try:
            hash_ = decode_base64(root)
        except ValueError:
            hash_ = b""
        if len(hash_) != HASH:
            raise ProofInvalid(problem="the root of the checkpoint is not a hash")
        return cls(origin, int(size), hash_, tuple(extension))


def sign_note(text: str, *keys: SigningKey) -> str:
    """The text, an empty line, and a signature line for each key (signed-note, "Format"). The text ends in a newline."""
    if not text.endswith("\n") or not _is_clean(text):
        raise ValueError("a note ends in a newline and holds no control characters")
    signatures = [key.verifier.id + key.private.sign(text.encode()) for key in keys]
    lines = [signature_line(key.name, signature) for key, signature in zip(keys, signatures, strict=True)]
    return f"{text}\n{''.join(lines)}"


def signature_line(name: str, octets: bytes) -> str:
    """One signature, with its newline: to be put under a note."""
    return f"{_DASH}{name} {encode_base64(octets)}\n"


def signed_lines(note: str) -> tuple[str, tuple[tuple[str, bytes], ...]]:
    """The text of a note, and of each signature line the name and the octets; nothing is verified. Raises ProofInvalid."""
    text, separator, signatures = note.rpartition("\n\n")  # the last empty line of the note
    if len(note) > MAX_NOTE or not separator or not _is_clean(note):
        raise ProofInvalid(problem="this is not a signed note")
    return f"{text}\n", tuple(_signatures(signatures))


@dataclass(frozen=True, slots=True)
class Note:
    """A text, and who signed it as far as that was asked."""

    text: str = field(repr=False)
    signers: frozenset[VerifierKey]
    signatures: int  # lines, whoever made them


def read_note(note: str, *keys: VerifierKey) -> Note:
    """The text of a note, and which of these keys signed it; ProofInvalid when it is no note.

    Signatures by unknown keys are ignored, a bad one by a known key spoils the note (signed-note, "Signatures").
    """
    text, lines = signed_lines(note)
    known = {(key.name, key.id): key for key in keys}
    signers: set[VerifierKey] = set()
    for name, signature in lines:
        key = known.get((name, signature[:4]))
        if key is None:
            continue
        if not signed(key.public, signature[4:], text.encode()):
            raise ProofInvalid(problem="the signature does not fit the text")
        signers.add(key)
    return Note(text, frozenset(signers), len(lines))


def open_note(note: str, *keys: VerifierKey) -> str:
    """The text of a note that at least one of the keys signed; ProofInvalid otherwise."""
    read = read_note(note, *keys)
    if not read.signers:
        raise ProofInvalid(problem="it is not signed by this key")
    return read.text


def sign_checkpoint(checkpoint: Checkpoint, *keys: SigningKey) -> str:
    """A signed checkpoint, ready to be kept, printed or handed out."""
    return sign_note(checkpoint.body(), *keys)


def open_checkpoint(note: str, key: VerifierKey) -> Checkpoint:
    """The checkpoint of the log that `key` belongs to; ProofInvalid otherwise.

    The origin must equal the key's name, which tlog-checkpoint recommends and every log of kiskriv does.
    """
    checkpoint = _plain(Checkpoint.parse(open_note(note, key)))
    if checkpoint.origin != key.name:
        raise ProofInvalid(problem="the checkpoint belongs to another log")
    return checkpoint


def claimed(note: str) -> Checkpoint:
    """What a checkpoint says, whoever signed it; ProofInvalid when it is no checkpoint. Not to be believed yet."""
    return _plain(Checkpoint.parse(read_note(note).text))


def _plain(checkpoint: Checkpoint) -> Checkpoint:
    if checkpoint.extension:
        raise ProofInvalid(problem="the checkpoint has lines that kiskriv does not write")
    return checkpoint


def encode_base64(octets: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return base64.b64encode(octets).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Strict base64 (RFC 4648 section 3.5): ValueError for what `encode_base64` would have written otherwise."""
    try:
        octets = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    if encode_base64(octets) != text:
        raise ValueError("not canonical base64")
    return octets


def _signatures(block: str) -> Iterator[tuple[str, bytes]]:
    lines = block.split("\n")
    if lines.pop() != "" or not 1 <= len(lines) <= MAX_SIGNATURES:
        raise ProofInvalid(problem="the note is unsigned, cut off or signed too often")
    for line in lines:
        dash, name, encoded = line[:2], *line[2:].rpartition(" ")[::2]
        try:
            signature = decode_base64(encoded)
        except ValueError:
            signature = b""
        if dash != _DASH or not _is_name(name) or len(signature) < 5:
            raise ProofInvalid(problem="a signature line is malformed")
        yield name, signature


def _is_name(name: str) -> bool:
    # signed-note, "Format": key names are not empty and hold neither Unicode spaces nor a plus sign
    return bool(name) and "+" not in name and not any(c.isspace() for c in name) and _is_clean(name)


def _is_clean(text: str) -> bool:
    # signed-note, "Format": valid UTF-8, without ASCII control characters other than newline
    return not _UNCLEAN.search(text)
