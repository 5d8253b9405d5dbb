"""A second verifier of the deletion log, written from docs/deletion-log.md alone; it shares no code with kiskriv.

It needs the standard library only. Its Ed25519, in plain integers, is for verifying and for nothing else.

    python second_verifier.py EXPORT KEYLINE [--since CHECKPOINT] [--receipt RECEIPT]
"""

import argparse
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

Entry = dict[str, Any]
Levels = list[list[bytes]]


class Wrong(ValueError):
    """Something is not as the document says; like what int, base64 and UTF-8 raise, a ValueError."""


def need(holds: object, otherwise: str) -> None:
    if not holds:
        raise Wrong(otherwise)


def parts(pattern: str, text: str, otherwise: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text, re.DOTALL)
    if found is None:
        raise Wrong(otherwise)
    return found.groups()


# Ed25519: RFC 8032 sections 5.1.3, 5.1.4 and 5.1.7, the last without the cofactor

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def plus(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


@lru_cache(4096)
def point(octets: bytes) -> Point:
    y, sign = int.from_bytes(octets, "little") % 2**255, octets[31] >> 7
    u, v = y * y - 1, D * y * y + 1
    x = u * v**3 * pow(u * v**7, (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    need(y < P and (v * x * x - u) % P == 0 and (x or not sign), "a key that is no point")
    x = x if x % 2 == sign else P - x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


@lru_cache(64)
def doubles(p: Point) -> list[Point]:
    """A point, its double, the double of that, for each bit of a number under L."""
    found = [p]
    while len(found) < L.bit_length():
        found.append(plus(found[-1], found[-1]))
    return found


@lru_cache(65536)
def signed(key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether [S]B - [k]A is R, octet for octet."""
    x, y, z, t = point(key)
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(sha512(signature[:32] + key + text).digest(), "little") % L
    if len(signature) != 64 or s >= L:
        return False
    total = 0, 1, 1, 0
    for factor, of in (s, BASE), (k, (P - x, y, z, P - t)):
        for bit, addend in enumerate(doubles(of)):
            if factor >> bit & 1:
                total = plus(total, addend)
    inverse = pow(total[2], -1, P)
    x, y = total[0] * inverse % P, total[1] * inverse % P
    return (y + (x % 2 << 255)).to_bytes(32, "little") == signature[:32]


# The tree: RFC 6962 section 2.1, RFC 9162 section 2.1.3.2


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree(leaves: list[bytes]) -> Levels:
    """The roots of the complete subtrees, those of one height together."""
    levels = [leaves]
    while len(levels[-1]) > 1:
        levels.append([node(*pair) for pair in zip(levels[-1][::2], levels[-1][1::2], strict=False)])
    return levels


def root(levels: Levels, size: int) -> bytes:
    """The root over the first `size` leaves, from the complete subtrees that they are made of."""
    complete = [level[(size >> height) - 1] for height, level in enumerate(levels) if size >> height & 1]
    top = complete[0] if complete else sha256().digest()
    for left in complete[1:]:
        top = node(left, top)
    return top


def proven_root(top: bytes, index: int, size: int, proof: list[bytes]) -> bytes:
    need(index < size, "the entry is not in the tree")
    fn, sn = index, size - 1
    for sibling in proof:
        need(sn, "the proof is too long")
        right = fn % 2 or fn == sn
        while fn == sn and fn and fn % 2 == 0:
            fn, sn = fn >> 1, sn >> 1
        top = node(sibling, top) if right else node(top, sibling)
        fn, sn = fn >> 1, sn >> 1
    need(sn == 0, "the proof is too short")
    return top


# Entries: the canonical form of each kind is a regular expression


def digits(count: int) -> str:
    return f'"[0-9a-f]{{{count}}}"'


def one_of(words: str) -> str:
    return f'"(?:{words.replace(" ", "|")})"'


def some_of(*values: str) -> str:
    """An array of some of these, each at most once, in this order."""
    return r"\[" + "".join(rf"(?:(?:(?<=\[)|(?<!\[),){value})?" for value in values) + r"\]"


METHODS = "key-destroyed buffers-overwritten room-ended room-killed engine-recycled engine-overwritten spool-removed"
PLACES = "own-memory living-memory runtime-folder open-files spool-folder"
EITHER = "secret-memory memory-locked"
FACTS = f"{EITHER} swap-safe no-core-files wiped-on-free no-huge-pages freed-pages-zeroed no-sockets files-walled"
DAY = (
    "(?:20[0-9]{2}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))|20(?:[02468][048]|[13579][26])-02-29)"
)
ROUNDED = f"(?:0|{'|'.join(str(2**power) for power in range(53))})"
FORMS = {
    "v": "1",
    "time": rf'"{DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"',
    "informed": '"(?:nb|nn|en)-[1-9][0-9]{0,3}"',
    "kiskriv": r'"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(?:(?:a|b|rc)[0-9]{1,2})?(?:\.dev[0-9]{1,2})?"',
    "precision": one_of("second minute hour"),
    "heartbeat": "(?:[1-9][0-9]{0,2}|1[0-3][0-9]{2}|14[0-3][0-9]|1440)",
    "language": one_of("nb nn"),
    "delivery": one_of("clipboard folder"),
    "reason": one_of("transferred discarded withdrawn expired interrupted failed"),
    "artefacts": some_of(
        *(
            rf'{{"count":{ROUNDED},"name":"{name}","octets":{ROUNDED}}}'
            for name in ("audio", "transcript", "draft", "speakers")
        )
    ),
    "methods": some_of(*map(one_of, METHODS.split())),
    "level": one_of("A B C"),
    "facts": some_of(*map(one_of, FACTS.split())),
    "looked": some_of(*map(one_of, PLACES.split())),
    "cause": one_of("found-at-start room-died recover"),
    "weakened": some_of('"delivery"', '"limit"', '"precision"', '"spool"'),
    "change": one_of("daily revoked"),
    "witness of witnessed": digits(64),
    **dict.fromkeys(("session", "user", "workstation"), digits(32)),
    **dict.fromkeys(("commitment", "program", "drafter", "model", "log_key", "epoch_key"), digits(64)),
    **dict.fromkeys(("log", "old", "new", "signature"), digits(128)),
    **dict.fromkeys(("spool", "witness", "verified"), "(?:true|false)"),
}
KINDS = {
    "created": "log_key epoch_key",
    "started": "user workstation kiskriv program precision heartbeat",
    "configured": "language beam_size channels limit spool delivery precision witness weakened",
    "heartbeat": "",
    "stopped": "",
    "opened": "session commitment informed kiskriv model drafter spool",
    "resumed": "session commitment",
    "ended": "session commitment reason artefacts methods level facts looked residue took verified",
    "swept": "session cause",
    "rotated": "change log_key epoch_key log old new",
    "witnessed": "witness size seconds signature",
    "pruned": "size opened ended swept",
}


def canonical(kind: str, keys: str) -> str:
    forms = {key: FORMS.get(f"{key} of {kind}") or FORMS.get(key, "(?:0|[1-9][0-9]{0,15})") for key in keys.split()}
    forms |= {"v": FORMS["v"], "time": FORMS["time"], "kind": one_of(kind)}
    return "{" + ",".join(f'"{key}":{form}' for key, form in sorted(forms.items())) + "}"


ENTRY = re.compile("|".join(canonical(*of) for of in KINDS.items()))


def level(facts: list[str]) -> str:
    missing, either = {*FACTS.split()} - {*facts}, {*EITHER.split()}
    enough = missing <= {*either, "freed-pages-zeroed"} and not missing >= either
    return "B" if missing and enough else "C" if missing else "A"


@lru_cache(65536)
def entry(line: bytes) -> Entry:
    """The entry that a line is, as far as that can be said of it alone."""
    need(len(line) <= 1024 and ENTRY.fullmatch(line.decode("ascii")), "a line is no entry of the document")
    read: Entry = json.loads(line)
    need(all(value < 2**53 for value in read.values() if isinstance(value, int)), "an integer is over 2^53 - 1")
    if read["kind"] == "configured":
        weak = {"delivery": read["delivery"] == "folder", "limit": read["limit"] > 180}
        weak |= {"precision": read["precision"] != "hour", "spool": read["spool"]}
        need(read["weakened"] == [key for key in weak if weak[key]], "weakened is not what is weak")
    if read["kind"] == "ended":
        methods = {*read["methods"]}
        erased = read["residue"] == 0 and "key-destroyed" in methods and "room-killed" not in methods and read["looked"]
        need(erased or not read["verified"], "verified cannot be true")
        need(not methods >= {"room-ended", "room-killed"}, "the room both ended and was killed")
        need(read["level"] >= level(read["facts"]), "the level is better than the facts allow")
    if read["kind"] == "pruned":
        need(read["opened"] == read["ended"] + read["swept"], "pruned leaves a session open")
    return read


# Keys, checkpoints and receipts

ORIGIN = r"(kiskriv\.internal/[0-9a-f]{32})"
DECIMAL = "(0|[1-9][0-9]*)"
SIGNATURE = r"— ([^\s+\x00-\x1f\ud800-\udfff]+) (\S+)\n"


def octets_of(base64: str, length: int | None = None) -> bytes:
    octets = b64decode(base64, validate=True)
    need(b64encode(octets).decode() == base64, "base64 that is not canonical")
    need(length in (None, len(octets)), "base64 of a wrong length")
    return octets


@cache
def key_id(name: str, key: bytes) -> bytes:
    return sha256(name.encode() + b"\n\x01" + key).digest()[:4]


def public_key(line: str) -> tuple[str, bytes]:
    """The name and the key that a public key's line holds."""
    name, id_, base64 = parts(ORIGIN + r"\+([0-9a-f]{8})\+(\S+)\n?", line, "the public key is malformed")
    key = octets_of(base64, 33)
    need(key[0] == 1 and key_id(name, key[1:]).hex() == id_, "the public key does not have its id")
    return name, key[1:]


class Checkpoint(NamedTuple):
    text: str
    origin: str
    size: int
    root: bytes
    signatures: list[tuple[str, bytes]]  # name, and key id ‖ signature


def checkpoint(note: str) -> Checkpoint:
    pattern = rf"({ORIGIN}\n{DECIMAL}\n(\S+)\n)\n((?:{re.sub('[()]', '', SIGNATURE)})+)"
    text, origin, size, top, lines = parts(pattern, note, "the checkpoint is malformed")
    signatures = [(name, octets_of(base64)) for name, base64 in re.findall(SIGNATURE, lines)]
    need(all(len(octets) > 4 for _, octets in signatures), "a signature is too short")
    return Checkpoint(text, origin, int(size), octets_of(top, 32), signatures)


def signers(note: Checkpoint, known: Iterable[bytes]) -> set[bytes]:
    """The known keys that signed. A bad signature by one of them is refused, one by anybody else is ignored."""
    by = [
        (key, octets[4:])
        for name, octets in note.signatures
        for key in known
        if name == note.origin and octets[:4] == key_id(name, key)
    ]
    need(
        all(signed(key, note.text.encode(), signature) for key, signature in by), "a signature of the checkpoint is bad"
    )
    return {key for key, _ in by}


class Receipt(NamedTuple):
    entry: bytes
    place: int
    note: str


def receipt(text: str) -> Receipt:
    """A receipt whose proof holds: step 2 of Receipt."""
    pattern = rf"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex {DECIMAL}\n((?:\S+\n)*)\n(.*)"
    extra, place, lines, note = parts(pattern, text, "the receipt is malformed")
    kept, seal = Receipt(octets_of(extra), int(place), note), checkpoint(note)
    top = proven_root(leaf(kept.entry), kept.place, seal.size, [octets_of(line, 32) for line in lines.split()])
    need(top == seal.root, "the proof does not lead to the root")
    return kept


# The log


class Log(NamedTuple):
    origin: str
    levels: Levels
    epochs: list[tuple[int, bytes, bytes]]  # the size from which they are in force, the log key, the epoch key

    @property
    def log_keys(self) -> set[bytes]:
        return {log_key for _, log_key, _ in self.epochs}

    @property
    def keys(self) -> set[bytes]:
        return self.log_keys | {epoch_key for *_, epoch_key in self.epochs}

    def in_force(self, size: int) -> tuple[bytes, bytes]:
        need(size, "no key is in force before the first entry")
        return next((log_key, epoch_key) for since, log_key, epoch_key in reversed(self.epochs) if since <= size)


def of_kind(entries: list[Entry | None], *kinds: str) -> list[tuple[int, Entry]]:
    return [(index, read) for index, read in enumerate(entries) if read and read["kind"] in kinds]


def base64_root(levels: Levels, size: int) -> str:
    return b64encode(root(levels, size)).decode()


def epochs(entries: list[Entry | None], levels: Levels, origin: str) -> list[tuple[int, bytes, bytes]]:
    (first, created), *rotated = of_kind(entries, "created", "rotated") or [(-1, {})]
    need(first == 0 and created["kind"] == "created", "the first entry is not created")
    need(all(read["kind"] == "rotated" for _, read in rotated), "created is there twice")
    log_key, epoch_key = bytes.fromhex(created["log_key"]), bytes.fromhex(created["epoch_key"])
    name = sha256(b"kiskriv first epoch key v1\n" + epoch_key).hexdigest()[:32]
    need(origin == f"kiskriv.internal/{name}", "the first epoch key does not give the origin")
    found = [(1, log_key, epoch_key)]
    for n, read in rotated:
        before, after = f"{n}\n{base64_root(levels, n)}", f"{read['log_key']}\n{read['epoch_key']}"
        text = f"kiskriv rotation v1\n{origin}\n{before}\n{read['change']}\n{after}\n".encode()
        _, log_before, epoch_before = found[-1]
        log_key, epoch_key = bytes.fromhex(read["log_key"]), bytes.fromhex(read["epoch_key"])
        need(epoch_key != epoch_before, f"line {n}: the epoch key is the one before")
        need((log_key == log_before) == (read["change"] == "daily"), f"line {n}: the log key is not as change says")
        need(signed(log_before, text, bytes.fromhex(read["log"])), f"line {n}: log is a bad signature")
        need(signed(epoch_before, text, bytes.fromhex(read["old"])), f"line {n}: old is a bad signature")
        need(signed(epoch_key, text, bytes.fromhex(read["new"])), f"line {n}: new is a bad signature")
        found.append((n + 1, log_key, epoch_key))
    return found


def verify_witnessed(entries: list[Entry | None], levels: Levels, origin: str) -> None:
    for n, read in of_kind(entries, "witnessed"):
        size, seconds = read["size"], read["seconds"]
        need(0 < size <= n, f"line {n}: witnessed is nothing, or more than there was")
        text = f"cosignature/v1\ntime {seconds}\n{origin}\n{size}\n{base64_root(levels, size)}\n".encode()
        key, signature = bytes.fromhex(read["witness"]), bytes.fromhex(read["signature"])
        need(signed(key, text, signature), f"line {n}: the witness's signature is bad")


class Tally(NamedTuple):
    opened: int = 0
    ended: int = 0
    swept: int = 0


def told(pruned: Entry) -> Tally:
    return Tally(pruned["opened"], pruned["ended"], pruned["swept"])


# of a session the first letter of one entry, O where there is a spool and f where an erasure failed; and of the next
NEXT = {"": "oO", "o": "fes", "O": "rfes", "r": "rfes", "f": "fes", "e": "", "s": ""}


def letter(read: Entry) -> str:
    if "session" not in read:
        return ""
    return "O" if read.get("spool") else "f" if read.get("verified") is False else str(read["kind"][0])


def sessions(entries: list[Entry | None], hashed: int, before: Tally) -> list[Tally | None]:
    """How many sessions there were at each size, unknown under `hashed`, while their entries come in order."""
    last: dict[str, str] = {}
    commitments: dict[str, str] = {}
    opened, ended, swept = before
    tallies: list[Tally | None] = [*[None] * hashed, before]
    for index, read in enumerate(entries[hashed:], hashed):
        if read and (step := letter(read)):
            session = read["session"]
            need(step in NEXT[last.get(session, "")], f"line {index}: {read['kind']} cannot come here")
            if read["kind"] == "ended":
                need(read["commitment"] == commitments[session], f"line {index}: the commitment is another")
            last[session], commitments[session] = step, read.get("commitment", "")
            opened, ended, swept = opened + (step in "oO"), ended + (step == "e"), swept + (step == "s")
        tallies.append(Tally(opened, ended, swept))
    return tallies


def verify_pruned(entries: list[Entry | None], tallies: list[Tally | None]) -> None:
    before = 0
    for n, read in of_kind(entries, "pruned"):
        size = read["size"]
        need(before < size <= n, f"line {n}: pruned has a wrong size")
        last = entries[size - 1]
        need(last is None or letter(last) in ("e", "s"), f"line {n}: pruned does not stop where a session is closed")
        need(tallies[size] in (None, told(read)), f"line {n}: pruned counts otherwise")
        before = size


def verify_log(export: bytes, name: str, given: bytes) -> Log:
    """The log that an export holds: steps 1 to 4 of Auditing."""
    head, _, tail = export.partition(b"\n\n")
    title, *lines = head.split(b"\n")
    need(title == b"kiskriv deletion log v1", "this is no export of a deletion log")
    note = checkpoint(tail.decode())
    need(note.origin == name, "the checkpoint is of another log than the public key")  # 1
    need(note.size == len(lines), "there are not as many lines as the checkpoint says")

    entries = [None if re.fullmatch(rb'"[0-9a-f]{64}"', line) else entry(line) for line in lines]  # 2
    leaves = [
        leaf(line) if read else bytes.fromhex(line[1:-1].decode()) for line, read in zip(lines, entries, strict=True)
    ]
    levels = tree(leaves)
    log = Log(name, levels, epochs(entries, levels, name))
    hashed = max((index + 1 for index, read in enumerate(entries) if read is None), default=0)
    left = of_kind(entries[:hashed], "created", "rotated", "pruned")
    need(len(left) == hashed - entries[:hashed].count(None), "an entry before a hash should have been pruned")
    pruned = [told(read) for _, read in of_kind(entries, "pruned") if read["size"] == hashed]
    need(pruned or not hashed, "no pruned says that these entries may be hashes")
    verify_pruned(entries, sessions(entries, hashed, pruned[0] if pruned else Tally()))
    verify_witnessed(entries, levels, name)

    need(root(levels, note.size) == note.root, "the lines do not give the root of the checkpoint")  # 3
    need(given in log.log_keys, "the public key is none of the log's")  # 4
    need(len(note.signatures) == 2, "the checkpoint has not exactly two signatures")
    need(signers(note, log.keys) == {*log.in_force(note.size)}, "the checkpoint is not signed by the keys in force")
    return log


def wrong(check: Callable[..., object], *given: object) -> list[str]:
    try:
        check(*given)
    except ValueError as error:
        return [str(error)]
    return []


def verify_kept(log: Log, kept: str) -> None:
    """Step 5: a checkpoint that was kept earlier belongs to the log."""
    note = checkpoint(kept)
    need(note.origin == log.origin, "it is of another log")
    by = signers(note, log.keys)
    need(by & log.log_keys, "no log key of this log signed it")
    need(note.size <= len(log.levels[0]), "the log has fewer entries than it had")
    need(
        log.in_force(note.size)[1] in by,
        "only the epoch key's signature is missing: forged, or the log was written anew",
    )
    need(root(log.levels, note.size) == note.root, "the log is not what it was")


def verify_kept_receipt(log: Log, text: str) -> None:
    """Step 6: a receipt belongs to the log."""
    kept = receipt(text)
    verify_kept(log, kept.note)
    need(leaf(kept.entry) == log.levels[0][kept.place], "its entry is not in the log")


def verify_alone(text: str, key_line: str) -> None:
    """Steps 1 to 3 of Receipt."""
    kept, (name, key) = receipt(text), public_key(key_line)
    note = checkpoint(kept.note)
    need(note.origin == name, "the checkpoint is of another log than the public key")
    need(key in signers(note, {key}), "the public key did not sign the checkpoint")
    entry(kept.entry)


def verify_export(export: bytes, key_line: str, since: Iterable[str] = (), receipts: Iterable[str] = ()) -> list[str]:
    """What is wrong with an export, or does not go together with what was kept; empty if nothing is."""
    try:
        log = verify_log(export, *public_key(key_line))
    except ValueError as error:
        return [str(error)]
    return [
        *(f"kept checkpoint: {fault}" for note in since for fault in wrong(verify_kept, log, note)),
        *(f"receipt: {fault}" for text in receipts for fault in wrong(verify_kept_receipt, log, text)),
    ]


def verify_receipt(text: str, key_line: str) -> list[str]:
    """What is wrong with a receipt, as far as the public key alone can tell; empty if nothing is."""
    return wrong(verify_alone, text, key_line)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("export", type=Path)
    arguments.add_argument("key_line")
    arguments.add_argument("--since", type=Path, action="append", default=[])
    arguments.add_argument("--receipt", type=Path, action="append", default=[])
    given = arguments.parse_args()
    kept = ([path.read_bytes().decode(errors="surrogateescape") for path in of] for of in (given.since, given.receipt))
    raise SystemExit("\n".join(verify_export(given.export.read_bytes(), given.key_line, *kept)) or 0)
