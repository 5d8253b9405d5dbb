"""Logs by somebody who has every key and breaks one rule of docs/deletion-log.md at a time; and odd ones that it allows."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiskriv.ledger import (
    Change,
    Configured,
    Delivery,
    Entry,
    Fact,
    Heartbeat,
    Precision,
    Pruned,
    Spoken,
    Stopped,
    Witnessed,
    encode,
)
from kiskriv.ledger.checkpoint import Checkpoint, SigningKey, sign_checkpoint, sign_note
from kiskriv.ledger.cosignature import cosign, with_cosignature
from kiskriv.ledger.epochs import rotation
from kiskriv.ledger.key import Signers
from kiskriv.ledger.merkle import Tree, leaf_hash, node_hash
from kiskriv.ledger.receipt import Receipt

from .material import TIME, WITNESS, ended, opened, resumed, started, swept

HEADER = b"kiskriv deletion log v1\n"


@dataclass(frozen=True)
class Case:
    """What an auditor is given."""

    export: bytes
    key: str
    since: tuple[str, ...] = ()
    receipts: tuple[str, ...] = ()


def line(entry: Entry, **changed: object) -> bytes:
    """An entry as no value of kiskriv can be: with other fields, or without those that are None."""
    fields = {key: value for key, value in (json.loads(encode(entry)) | changed).items() if value is not None}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hashed(entry: bytes) -> bytes:
    return b'"%s"' % leaf_hash(entry).hex().encode()


def key_line(key: SigningKey) -> str:
    return str(key.verifier)


class Forger:
    """A log by somebody who has its keys: true signatures under whatever he likes."""

    def __init__(self, **changed: object) -> None:
        self.signers = Signers.new()
        self.before = self.signers  # of the epoch before
        self.lines = [line(self.signers.created(TIME), **changed)]

    def add(self, *entries: Entry | bytes) -> Forger:
        self.lines += [entry if isinstance(entry, bytes) else encode(entry) for entry in entries]
        return self

    def tree(self, size: int | None = None) -> Tree:
        tree = Tree()
        for entry in self.lines[:size]:
            tree.append(leaf_hash(entry))
        return tree

    def signed_for(self, size: int | None = None) -> Checkpoint:
        tree = self.tree(size)
        return Checkpoint(self.signers.log.name, tree.size, tree.root())

    def rotate(self, change: Change = Change.DAILY, after: Signers | None = None, /, **changed: object) -> Forger:
        after = after or self.signers.next(change)
        rotated = self.signers.rotated(after, change, TIME, self.signed_for())
        self.before, self.signers = self.signers, after
        return self.add(line(rotated, **changed))

    def witness(self, size: int | None = None, of: Checkpoint | None = None, **changed: object) -> Forger:
        of = of or self.signed_for(size)
        by = cosign(of.body(), WITNESS, "kiskriv.internal/witness", 1_772_452_800)
        entry = Witnessed(TIME, by.key.public.hex(), of.size, by.seconds, by.signature.hex())
        return self.add(line(entry, **changed))

    def session(self) -> Forger:
        return self.add(start := opened(), ended(start))

    def note(self, *by: SigningKey, size: int | None = None) -> str:
        return sign_checkpoint(self.signed_for(size), *(by or (self.signers.log, self.signers.epoch)))

    def export(self, note: str | None = None, *, pruned: Sequence[int] = (), lines: list[bytes] | None = None) -> bytes:
        shown = [hashed(entry) if at in pruned else entry for at, entry in enumerate(lines or self.lines)]
        return b"".join([HEADER, *(entry + b"\n" for entry in shown), b"\n", (note or self.note()).encode()])

    def case(self, note: str | None = None, *, pruned: Sequence[int] = ()) -> Case:
        return Case(self.export(note, pruned=pruned), key_line(self.signers.log))

    def receipt(self, index: int, note: str | None = None, /, **changed: object) -> str:
        receipt = Receipt(self.lines[index], index, self.tree().inclusion(index, len(self.lines)), note or self.note())
        return str(replace(receipt, **changed))  # type: ignore[arg-type]


SETTINGS = Configured(TIME, Spoken.BOKMAAL, 5, 1, 120, False, Delivery.CLIPBOARD, Precision.HOUR, True, weakened=())
SEVERAL = {"name": "audio", "count": 1, "octets": 1}
FACTS = [fact.value for fact in Fact]

FIELDS: list[tuple[Entry, dict[str, object]]] = [
    *(
        (Heartbeat(TIME), {"time": f"{time}"})
        for time in (
            "2026-02-29T12:00:00Z",
            "2026-04-31T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "2026-00-01T12:00:00Z",
            "2026-01-00T12:00:00Z",
            "2026-01-32T12:00:00Z",
            "1999-01-01T12:00:00Z",
            "2100-01-01T12:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T12:60:00Z",
            "2026-01-01T23:59:60Z",
            "2026-01-01T12:00:00",
            "2026-01-01T12:00:00.0Z",
            "2026-01-01T12:00:00+00:00",
            "2026-01-01t12:00:00Z",
        )
    ),
    (Heartbeat(TIME), {"kind": "beat"}),
    (Heartbeat(TIME), {"kind": ["heartbeat"]}),
    (Heartbeat(TIME), {"kind": None}),
    (Heartbeat(TIME), {"time": None}),
    (Heartbeat(TIME), {"v": None}),
    (Heartbeat(TIME), {"v": 2}),
    (Heartbeat(TIME), {"v": True}),
    (Heartbeat(TIME), {"v": 1.0}),
    (Heartbeat(TIME), {"note": "well"}),
    (Stopped(TIME), {"session": "0f" * 16}),
    (started(), {"heartbeat": 0}),
    (started(), {"heartbeat": 1441}),
    (started(), {"heartbeat": 60.0}),
    (started(), {"user": "1A" * 16}),
    (started(), {"workstation": "1a" * 15}),
    (started(), {"program": "ef" * 31}),
    (started(), {"precision": "day"}),
    (started(), {"precision": None}),
    *(
        (started(), {"kiskriv": release})
        for release in ("1.2", "1.2.3.4", "1.2.3c1", "1.2.3a", "1.2.3a123", "1.2.3.dev", "1.2.1000", "1.2.3dev1")
    ),
    (SETTINGS, {"beam_size": -1}),
    (SETTINGS, {"channels": 2**53}),
    (SETTINGS, {"channels": 10**20}),
    (SETTINGS, {"channels": True}),
    (SETTINGS, {"channels": "1"}),
    (SETTINGS, {"language": "en"}),
    (SETTINGS, {"delivery": "mail", "weakened": ["delivery"]}),
    (SETTINGS, {"witness": "ab" * 32}),
    (SETTINGS, {"delivery": "mail"}),
    (SETTINGS, {"spool": 0}),
    (SETTINGS, {"weakened": ["spool"]}),
    (SETTINGS, {"weakened": "delivery"}),
    (SETTINGS, {"spool": True}),
    (SETTINGS, {"limit": 181}),
    (SETTINGS, {"limit": 180, "weakened": ["limit"]}),
    (SETTINGS, {"precision": "minute"}),
    (SETTINGS, {"delivery": "folder"}),
    (SETTINGS, {"delivery": "folder", "spool": True, "weakened": ["spool", "delivery"]}),
]
OPENINGS: list[dict[str, object]] = [
    *({"informed": notice} for notice in ("nb-0", "nb-01", "nb-10000", "sv-1", "nb1", "nb-1 ")),
    {"commitment": "62" * 33},
    {"model": "g" * 64},
    {"drafter": None},
    {"drafter": "cd"},
    {"session": "0f" * 15},
    {"spool": "true"},
    {"session": "0" * 31 + "æ"},
]
ENDINGS: list[dict[str, object]] = [
    {"reason": "forgotten"},
    {"residue": 1},
    {"residue": -1, "verified": False},
    {"residue": False},
    {"took": 1.5},
    {"took": None},
    {"methods": []},
    {"methods": ["buffers-overwritten", "room-ended"]},
    {"methods": ["room-ended", "key-destroyed"]},
    {"methods": ["key-destroyed", "key-destroyed"]},
    {"methods": ["key-destroyed", "prayed"]},
    {"methods": {"key-destroyed": 1}},
    {"methods": ["key-destroyed", "room-killed"]},
    {"methods": ["key-destroyed", "room-ended", "room-killed"], "verified": False},
    {"looked": []},
    {"looked": ["living-memory", "own-memory"]},
    {"looked": ["moon"]},
    {"looked": [["own-memory"]]},
    {"level": "D"},
    {"level": "A"},
    {"facts": FACTS[::-1]},
    {"facts": FACTS[:3] + FACTS[:3], "level": "C"},
    {"facts": ["luck"], "level": "C"},
    {"level": "A", "facts": FACTS[1:]},
    {"level": "B", "facts": FACTS[2:]},
    {"level": "B", "facts": FACTS[:-1]},
    {"level": "B", "facts": []},
    {"artefacts": [SEVERAL | {"count": 3}]},
    {"artefacts": [SEVERAL | {"octets": 2**53}]},
    {"artefacts": [SEVERAL | {"octets": -1}]},
    {"artefacts": [SEVERAL | {"count": 1.0}]},
    {"artefacts": [SEVERAL | {"count": True}]},
    {"artefacts": [SEVERAL | {"name": "smell"}]},
    {"artefacts": [SEVERAL, SEVERAL]},
    {"artefacts": [SEVERAL | {"sex": "f"}]},
    {"artefacts": [{"name": "audio", "count": 1}]},
    {"artefacts": [SEVERAL | {"name": "draft"}, SEVERAL]},
    {"artefacts": SEVERAL},
    {"verified": "true"},
    {"verified": 1},
]
SPELLINGS: list[Callable[[bytes], bytes]] = [
    lambda text: text.replace(b":", b": ", 1),
    lambda text: text + b" ",
    lambda text: b" " + text,
    lambda text: text + b"\r",
    lambda text: text.replace(b"heartbeat", b"heart\\u0062eat"),
    lambda text: text.replace(b'"v":1', b'"v":1,"v":1'),
    lambda text: text.replace(b'"v":1', b'"v":01'),
    lambda text: text.replace(b'"v":1', b'"v":1e0'),
    lambda text: b'{"v":1,"kind":"heartbeat","time":"2026-03-02T12:00:00Z"}',
    lambda text: b"\xef\xbb\xbf" + text,
    lambda text: text.decode().encode("utf-16"),
    lambda text: text.replace(b"2026", "٢٠٢٦".encode()),
    lambda text: text.replace(b"2026", b"\xb22026"),
    lambda text: b"[" * 1000,
    lambda text: b"null",
    lambda text: b"[]",
    lambda text: b'"' + b"0" * 63 + b'"',
    lambda text: b'"' + b"A" * 64 + b'"',
    lambda text: text * 30,
]


def bad_entries() -> Iterator[tuple[str, bytes, Forger]]:
    """An entry that the document does not allow, at the end of a log that is otherwise as it should be."""
    for entry, changed in FIELDS:
        yield f"{entry.kind} with {changed}", line(entry, **changed), Forger()
    for changed in OPENINGS:
        yield f"opened with {changed}", line(opened(), **changed), Forger()
    for changed in ENDINGS:
        start = opened()
        yield f"ended with {changed}", line(ended(start), **changed), Forger().add(start)
    start = opened()
    yield "swept with another cause", line(swept(start), cause="bored"), Forger().add(start)
    for number, spelling in enumerate(SPELLINGS):
        yield f"spelling {number}", spelling(encode(Heartbeat(TIME))), Forger()


def bad_sessions() -> Iterator[tuple[str, Case]]:
    start, spooled = opened(), opened(spool=True)
    again, other = resumed(spooled), resumed(spooled)
    failed = ended(start, verified=False)
    orders: dict[str, list[Entry]] = {
        "ended and never opened": [ended(start)],
        "swept and never opened": [swept(start)],
        "resumed and never opened": [resumed(start)],
        "opened twice": [start, start],
        "opened again after its end": [start, ended(start), start],
        "opened again after it was swept": [start, swept(start), replace(start, spool=True)],
        "opened again after a failure": [start, failed, start],
        "ended twice": [start, ended(start), ended(start)],
        "swept after its end": [start, ended(start), swept(start)],
        "ended after it was swept": [start, swept(start), ended(start)],
        "failed after its end": [start, ended(start), failed],
        "swept twice": [start, swept(start), swept(start)],
        "resumed without a spool": [start, resumed(start, start.commitment)],
        "resumed after a failure": [spooled, ended(spooled, verified=False), again],
        "resumed after its end": [spooled, ended(spooled), again],
        "ended under another key": [start, replace(ended(start), commitment="62" * 32)],
        "failed under another key": [start, replace(failed, commitment="62" * 32)],
        "ended under another key than before": [start, failed, replace(ended(start), commitment="62" * 32)],
        "ended under the key before it was resumed": [spooled, again, ended(spooled)],
        "ended under the key but one": [spooled, again, other, replace(ended(spooled), commitment=again.commitment)],
    }
    for name, entries in orders.items():
        yield name, Forger().add(*entries).case()


def bad_keys() -> Iterator[tuple[str, Case]]:
    other = Signers.new()
    alien = SigningKey(other.log.name, other.log.private)
    log = Forger()
    yield "created twice", log.add(log.lines[0]).case()
    yield "the first epoch key does not give the origin", Forger(epoch_key=other.epoch.verifier.public.hex()).case()
    log = Forger()
    name = other.log.name
    log.signers = Signers(SigningKey(name, log.signers.log.private), SigningKey(name, log.signers.epoch.private))
    yield "the name is not that of the first epoch key", log.case()
    log = Forger()
    first = log.signers.rotated(log.signers, Change.DAILY, TIME, log.signed_for())
    log.lines = [encode(first)]
    yield "rotated in the place of created", log.case()
    yield "created is missing", without_created(Forger().session())
    yield "created is second", without_created(Forger().add(Heartbeat(TIME)))
    log = Forger()
    log.signers = Signers(SigningKey(log.signers.log.name, alien.private), log.signers.epoch)
    yield "another log key than in created", log.case()
    log = Forger().session()
    yield "the same epoch key again", log.rotate(Change.DAILY, log.signers).case()
    log = Forger()
    revoked = log.signers.next(Change.REVOKED)
    yield "another log key for a new day", log.rotate(Change.DAILY, revoked).case()
    log = Forger()
    yield "revoked, and the same log key", log.rotate(Change.REVOKED, log.signers.next(Change.DAILY)).case()
    for name in ("log", "old", "new"):
        yield f"{name} is nobody's signature", Forger().rotate(**{name: "00" * 64}).case()
        log, twin = Forger().session(), Forger()
        twin.signers, twin.lines = log.signers, log.lines[:2]
        after = log.signers.next(Change.DAILY)
        stale = log.signers.rotated(after, Change.DAILY, TIME, twin.signed_for())
        yield f"{name} is over an earlier tree", log.rotate(Change.DAILY, after, **{name: getattr(stale, name)}).case()
        log = Forger()
        after = log.signers.next(Change.DAILY)
        others = SigningKey(log.signers.log.name, Ed25519PrivateKey.generate())
        stolen = Signers(others if name == "log" else log.signers.log, log.signers.epoch if name == "log" else others)
        forged = (log.signers if name == "new" else stolen).rotated(
            stolen if name == "new" else after, Change.DAILY, TIME, log.signed_for()
        )
        yield f"{name} is by another key", log.rotate(Change.DAILY, after, **{name: getattr(forged, name)}).case()
    log = Forger()
    log = Forger()
    yield "an epoch key that is no point", log.rotate(epoch_key="02" + "00" * 31).case()


def bad_spelling_of_keys() -> Iterator[tuple[str, Case]]:
    for key in ("log_key", "epoch_key"):
        log = Forger()
        log.lines[0] = shouted(log.lines[0], key)
        yield f"created with {key} in capitals", log.case()
    for key in ("log", "old", "new"):
        log = Forger().rotate()
        log.lines[1] = shouted(log.lines[1], key)
        yield f"rotated with {key} in capitals", log.case()
    log = Forger()
    after = log.signers.next(Change.REVOKED)
    public = (after.log.verifier.public.hex(), after.epoch.verifier.public.hex())
    text = rotation(log.signed_for(), "yearly", *public)  # type: ignore[arg-type]
    signers = (log.signers.log, log.signers.epoch, after.epoch)
    signed = dict(zip(("log", "old", "new"), (key.private.sign(text).hex() for key in signers), strict=True))
    yield "rotated for another reason", log.rotate(Change.REVOKED, after, change="yearly", **signed).case()
    log = Forger().session()
    thief = Signers(SigningKey(log.signers.log.name, Ed25519PrivateKey.generate()), log.signers.epoch)
    after = thief.next(Change.REVOKED)
    yield (
        "revoked by who has the epoch key alone",
        log.rotate(Change.REVOKED, after, log=thief.rotated(after, Change.REVOKED, TIME, log.signed_for()).log).case(),
    )


def shouted(entry: bytes, key: str) -> bytes:
    fields = json.loads(entry)
    return json.dumps(fields | {key: fields[key].upper()}, sort_keys=True, separators=(",", ":")).encode()


def without_created(log: Forger) -> Case:
    log.lines = log.lines[1:] + log.lines[:1] * (len(log.lines) == 2)
    return log.case()


def bad_witnesses() -> Iterator[tuple[str, Case]]:
    everybody = {
        "witness": "ee" + "ff" * 30 + "7f",
        "signature": "01" + "00" * 63,
    }  # y = p + 1, of order 1: signs for all
    yield "a witness's key that is no point", Forger().session().witness(**everybody).case()
    negative = {"witness": "01" + "00" * 30 + "80", "signature": "01" + "00" * 63}  # the same, and x = -0
    yield "a witness's key that is none other", Forger().session().witness(**negative).case()
    log = Forger()
    yield "a witness of more than there was", log.witness(of=Checkpoint(log.signers.log.name, 2, bytes(32))).case()
    log = Forger()
    far = Checkpoint(log.signers.log.name, 2**20, Tree().root())
    yield "a witness of far more than there is", log.witness(of=far).case()
    log = Forger()
    late = log.witness().lines.pop()
    log.session().session()
    log.add(Heartbeat(TIME))
    of_all = replace(log.signed_for(), size=len(log.lines) + 1)
    yield "a witness of what comes after", log.witness(of=of_all).case()
    yield "a witness of an earlier tree", Forger().session().add(late).case()
    yield (
        "a witness of another tree",
        Forger().session().witness(of=Checkpoint("kiskriv.internal/" + "0" * 32, 2, bytes(32))).case(),
    )
    yield "a witness at another time", Forger().session().witness(seconds=1).case()
    yield "another witness", Forger().session().witness(witness=Signers.new().log.verifier.public.hex()).case()
    for key in ("witness", "signature"):
        log = Forger().witness()
        log.lines[1] = shouted(log.lines[1], key)
        yield f"witnessed with {key} in capitals", log.case()
    yield "a witness's bad signature", Forger().session().witness(signature="11" * 64).case()


def account(size: int, sessions: int, swept_: int = 0) -> Pruned:
    return Pruned(TIME, size, sessions, sessions - swept_, swept_)


def bad_prunings() -> Iterator[tuple[str, Case]]:
    start, end = (start := opened()), ended(start)

    def log() -> Forger:
        return Forger().session().session()

    for size, name in ((6, "more than there is"), (7, "itself and more")):
        yield f"pruned {name}", log().add(account(size, 2)).case()
    yield "pruned less than before", log().add(account(5, 2), account(3, 1)).case()
    yield "pruned as much as before", log().add(account(5, 2), account(5, 2)).case()
    yield "pruned less than before, and done", log().add(account(5, 2), account(3, 1)).case(pruned=range(1, 5))
    yield "pruned up to an opening", log().add(start, end, account(6, 3)).case()
    yield "pruned up to a heartbeat", log().add(Heartbeat(TIME), account(6, 2)).case()
    yield "pruned up to a failure", log().add(start, ended(start, verified=False), account(7, 2)).case()
    later = opened()
    yield "pruned while one is open", log().add(start, later, ended(later), account(8, 3)).case()
    yield "pruned while one is open, and counted", Forger().add(start, later, ended(later), account(4, 1)).case()
    yield "pruned, and one too many counted", log().add(account(5, 3)).case()
    yield "pruned, and one too few counted", log().add(account(3, 1), account(5, 1)).case()
    yield "pruned, and swept for ended", log().add(account(5, 2, 1)).case()
    yield "pruned, and the sum is wrong", log().add(line(account(5, 2), swept=1)).case(pruned=range(1, 5))
    yield (
        "pruned again, and not counted on",
        log().add(account(5, 2)).session().add(account(8, 1)).case(pruned=range(1, 5)),
    )
    yield "hashes that nobody accounts for", log().case(pruned=[1, 2])
    yield "more hashes than are accounted for", log().add(account(3, 1)).case(pruned=range(1, 5))
    yield "fewer hashes than are accounted for", log().add(account(5, 2)).case(pruned=[1, 2])
    yield "an entry left between the hashes", log().add(account(5, 2)).case(pruned=[1, 3, 4])
    yield "an entry left before the hashes", log().add(account(5, 2)).case(pruned=[2, 3, 4])
    yield "the first line is a hash", log().add(account(5, 2)).case(pruned=range(5))
    yield "a change of keys is a hash", log().rotate().session().add(account(8, 3)).case(pruned=range(1, 8))
    yield "pruned itself is a hash", log().add(account(5, 2), start, end).case(pruned=[*range(1, 6), 6, 7])
    yield "a session that is known from its end alone", log().add(start, account(5, 2), end).case(pruned=range(1, 6))
    yield (
        "an earlier pruning ends where nothing was closed",
        (log().rotate().add(account(6, 2)).session().add(account(9, 3)).case(pruned=[*range(1, 5), 7, 8])),
    )


def bad_exports() -> Iterator[tuple[str, Case]]:
    def log() -> Forger:
        return Forger().session().rotate().session()

    whole = log()
    octets, key = whole.export(), key_line(whole.signers.log)
    note = whole.note()
    text, first, last = note.partition("\n\n")[0] + "\n", *note.splitlines(keepends=True)[-2:]
    name, epoch, old = whole.signers.log.name, whole.signers.epoch, whole.before.epoch
    other = SigningKey(name, Ed25519PrivateKey.generate())
    longer = Checkpoint(name, 6, whole.tree().root())
    by_witness = cosign(text, WITNESS, "kiskriv.internal/witness", 1)

    def under(note: str) -> Case:
        return Case(whole.export(note), key)

    yield "another title", Case(octets.replace(b"log v1", b"log v2", 1), key)
    yield "no title", Case(octets.removeprefix(HEADER), key)
    yield "nothing", Case(b"", key)
    yield "a title alone", Case(HEADER, key)
    yield "no checkpoint", Case(octets.partition(b"\n\n")[0] + b"\n\n", key)
    yield "no empty line", Case(octets.replace(b"\n\n", b"\n", 1), key)
    yield "lines that end otherwise", Case(octets.replace(b"\n", b"\r\n"), key)
    yield "more after it", Case(octets + b"\n", key)
    yield "more lines than are signed for", Case(whole.export(whole.note(size=5)), key)
    yield "fewer lines than are signed for", Case(whole.export(lines=whole.lines[:-1]), key)
    yield (
        "no lines",
        Case(HEADER + b"\n" + sign_checkpoint(replace(longer, size=0), whole.signers.log, epoch).encode(), key),
    )
    yield "another root", under(sign_checkpoint(replace(longer, root=bytes(32)), whole.signers.log, epoch))
    yield "a root of 31 octets", under(sign_checkpoint(replace(longer, root=bytes(31)), whole.signers.log, epoch))
    yield "a size with a zero before it", under(sign_note(text.replace("\n6\n", "\n06\n"), whole.signers.log, epoch))
    yield "a size with a sign", under(sign_note(text.replace("\n6\n", "\n+6\n"), whole.signers.log, epoch))
    yield "a size in other digits", under(sign_note(text.replace("\n6\n", "\n٦\n"), whole.signers.log, epoch))
    yield "a size beyond all", under(sign_note(text.replace("\n6\n", f"\n{'6' * 5000}\n"), whole.signers.log, epoch))
    yield "an extension line", under(sign_note(text + "more\n", whole.signers.log, epoch))
    elsewhere = [SigningKey("kiskriv.internal/" + "0" * 32, key.private) for key in (whole.signers.log, epoch)]
    yield "another origin, by the same keys", under(sign_note(text.replace(name, elsewhere[0].name), *elsewhere))
    yield "unsigned", under(text + "\n")
    yield "signed by the log key alone", under(whole.note(whole.signers.log))
    yield "signed by the epoch key alone", under(whole.note(epoch))
    yield "signed by the log key twice", under(whole.note(whole.signers.log, whole.signers.log))
    yield "signed by the epoch before", under(whole.note(whole.signers.log, old))
    yield "signed by another log key", under(whole.note(other, epoch))
    yield "signed by another epoch key", under(whole.note(whole.signers.log, other))
    yield "signed by a third key too", under(whole.note(whole.signers.log, epoch, other))
    yield "signed by the epoch before too", under(whole.note(whole.signers.log, epoch, old))
    yield "cosigned", under(with_cosignature(note, by_witness))
    yield (
        "a bad signature by the log key",
        under(note.replace(first, last.replace(last[-92:], first[-92:-60] + last[-60:]))),
    )
    revoked = log()
    gone = revoked.signers.log
    revoked.rotate(Change.REVOKED)
    yield "signed by the log key that was revoked", revoked.case(revoked.note(gone, revoked.signers.epoch))


def bad_public_keys() -> Iterator[tuple[str, Case]]:
    whole, alien = Forger().session().rotate().session(), Forger()
    octets, log_key, epoch = whole.export(), whole.signers.log, whole.signers.epoch
    name, id_, encoded = key_line(log_key).split("+", 2)
    of_a_witness = b64encode(bytes([4]) + log_key.verifier.public).decode()
    lines = {
        "none": "",
        "of another log": key_line(alien.signers.log),
        "of another log under its name": key_line(SigningKey(name, alien.signers.log.private)),
        "its own under another log's name": key_line(SigningKey(alien.signers.log.name, log_key.private)),
        "the epoch key": key_line(epoch),
        "with another id": f"{name}+00000000+{encoded}",
        "of another type": f"{name}+{id_}+{of_a_witness}",
        "too short": f"{name}+{id_}+{encoded[:-4]}",
        "with two newlines": key_line(log_key) + "\n\n",
    }
    for title, line_ in lines.items():
        yield f"public key: {title}", Case(octets, line_)


def bad_kept() -> Iterator[tuple[str, Case]]:
    def log() -> Forger:
        return Forger().session().rotate().session()

    whole, alien = log(), log()
    case, note = whole.case(), whole.note()
    name, (log_key, epoch) = whole.signers.log.name, (whole.signers.log, whole.signers.epoch)
    other = SigningKey(name, Ed25519PrivateKey.generate())
    text, first, last = note.partition("\n\n")[0] + "\n", *note.splitlines(keepends=True)[-2:]
    forked = Checkpoint(name, 3, bytes(32))
    namesakes = [SigningKey(alien.signers.log.name, key.private) for key in (log_key, epoch)]

    kept = {
        "of another log": alien.note(),
        "malformed": "no checkpoint",
        "unsigned": text + "\n",
        "of no entries": sign_checkpoint(Checkpoint(name, 0, Tree().root()), log_key, whole.before.epoch),
        "larger": sign_checkpoint(Checkpoint(name, 7, bytes(32)), log_key, epoch),
        "of another tree": sign_checkpoint(forked, log_key, whole.before.epoch),
        "by a stolen log key alone": sign_checkpoint(forked, log_key),
        "of this tree, by the log key alone": whole.note(log_key),
        "by the epoch key alone": whole.note(epoch),
        "by the epoch before": whole.note(log_key, whole.before.epoch),
        "by the epoch after": whole.note(log_key, epoch, size=3),
        "by another log key": whole.note(other, epoch),
        "of another origin, by the same keys": sign_note(text.replace(name, alien.signers.log.name), *namesakes),
        "with an extension line": sign_note(text + "more\n", log_key, epoch),
        "with a bad signature by the epoch before too": note
        + sign_checkpoint(forked, whole.before.epoch).splitlines(keepends=True)[-1],
        "with a bad signature by the log key too": note + first[:-60] + last[-60:],
        "with a malformed signature too": note + "— somebody AAAA\n",
        "with a signature by a name with a plus": note + "— some+body AAAAAAAA\n",
        "with something after it": note + "\n",
    }
    for title, text_ in kept.items():
        yield f"kept: {title}", replace(case, since=(text_,))
        yield f"receipt under a checkpoint {title}", replace(case, receipts=(whole.receipt(1, text_),))


def bad_receipts() -> Iterator[tuple[str, Case]]:
    def log() -> Forger:
        return Forger().session().session().add(Heartbeat(TIME), Stopped(TIME))

    whole, alien = log(), log()
    good = whole.receipt(2)
    lines = good.splitlines(keepends=True)
    proof = whole.tree().inclusion(2, len(whole.lines))
    extra = lines[1]
    forged = log()
    forged.signers, forged.lines = whole.signers, [*whole.lines[:2], encode(Heartbeat(TIME)), *whole.lines[3:]]
    made_up = {
        "no receipt": "",
        "another version": good.replace("@v1", "@v2"),
        "without its entry": good.replace(extra, ""),
        "with an empty entry": good.replace(extra, "extra \n"),
        "with another entry": whole.receipt(2, entry=whole.lines[3]),
        "without a place": good.replace(lines[2], ""),
        "with a place that has a zero before it": good.replace("index 2", "index 02"),
        "with a place in other digits": good.replace("index 2", "index ٢"),
        "in another place": whole.receipt(2, index=3),
        "outside the tree": whole.receipt(2, index=7),
        "with a shorter proof": whole.receipt(2, proof=proof[:-1]),
        "with a longer proof": whole.receipt(2, proof=(*proof, bytes(32))),
        "with a hash that is too short": whole.receipt(2, proof=(proof[0][:-1], *proof[1:])),
        "with a root of another tree": whole.receipt(2, whole.note(size=6)),
        "in other base64": good.replace("=\n", "\n", 1),
        "in base64 with a stray bit": good.replace(lines[3], lines[3][:-3] + chr(ord(lines[3][-3]) + 1) + "=\n"),
        "with lines that end otherwise": good.replace("\n", "\r\n"),
        "of another log": alien.receipt(2),
    }
    for title, text in made_up.items():
        yield f"receipt {title}", replace(whole.case(), receipts=(text,))
    yield "receipt of an entry that the log has not", replace(whole.case(), receipts=(forged.receipt(2),))
    yield "receipt of a log that was cut", replace(whole.case(whole.note()), export=shorter(whole), receipts=(good,))


def bad_alone() -> Iterator[tuple[str, str, str]]:
    """Receipts that are wrong without the log beside them, each with the key."""
    for name, entry, log in bad_entries():
        yield name, log.add(entry).receipt(len(log.lines) - 1), key_line(log.signers.log)
    log = Forger()
    entry, key, alien = log.lines[0], log.signers.log, Forger().signers.log

    def under(size: int, root: bytes, index: int, *proof: bytes) -> str:
        return str(Receipt(entry, index, proof, sign_checkpoint(Checkpoint(key.name, size, root), key)))

    leaf, sibling = leaf_hash(entry), bytes(31)
    yield "outside the tree", under(1, leaf, 1), key_line(key)
    yield "a proof that is too short", under(2, leaf, 0), key_line(key)
    yield "a proof that is too long", under(1, node_hash(bytes(32), leaf), 0, bytes(32)), key_line(key)
    yield "a hash of 31 octets", under(2, node_hash(leaf, sibling), 0, sibling), key_line(key)
    yield "an empty tree", under(0, leaf, 0), key_line(key)
    yield "another log's key", log.receipt(0), key_line(alien)
    yield "its key under another log's name", log.receipt(0), key_line(SigningKey(alien.name, key.private))
    yield "another key under its name", log.receipt(0), key_line(SigningKey(key.name, alien.private))
    yield "signed by the epoch key alone", log.receipt(0, log.note(log.signers.epoch)), key_line(key)
    yield "no key", log.receipt(0), ""


def shorter(log: Forger) -> bytes:
    cut_off = Forger()
    cut_off.signers, cut_off.lines = log.signers, log.lines[:5]
    return cut_off.export()


def innocent() -> Iterator[tuple[str, Case]]:
    """What looks odd and breaks no rule: the cases above, but for the one thing that is wrong with them."""
    start, spooled = opened(), opened(spool=True)
    again = resumed(spooled)
    yield "a log of nothing", Forger().case()
    yield (
        "every kind",
        (
            Forger()
            .add(started(), SETTINGS, Heartbeat(TIME), Stopped(TIME), start, ended(start, verified=False), swept(start))
            .add(spooled, again, replace(ended(spooled, verified=False), commitment=again.commitment))
            .add(replace(ended(spooled), commitment=again.commitment))
            .rotate()
            .witness()
            .rotate(Change.REVOKED)
            .add(account(12, 2, 1))
            .case(pruned=range(1, 12))
        ),
    )
    yield "a session that is open", Forger().add(opened()).case()
    for changed in (
        {"facts": FACTS, "level": "A"},
        {"facts": FACTS, "level": "C"},
        {"facts": FACTS[1:6] + FACTS[7:], "level": "B"},
        {"facts": FACTS[:1] + FACTS[2:6] + FACTS[7:], "level": "B"},
        {"artefacts": [SEVERAL | {"octets": 2**52, "count": 0}]},
        {"artefacts": [], "took": 2**53 - 1},
        {"methods": ["room-killed"], "looked": [], "residue": 9, "verified": False},
    ):
        yield f"ended with {changed}", Forger().add(start, line(ended(start), **changed)).case()
    for changed in ({"informed": "en-9999"}, {"kiskriv": "999.0.10rc1.dev99"}, {"kiskriv": "1.2.3.dev0"}):
        yield f"opened with {changed}", Forger().add(line(opened(), **changed)).case()
    for time in ("2028-02-29T00:00:00Z", "2000-02-29T23:59:59Z", "2099-12-31T23:59:59Z", "2026-04-30T12:00:00Z"):
        yield f"at {time}", Forger().add(Heartbeat(time)).case()
    for minutes in (1, 999, 1000, 1399, 1440):
        yield f"a heartbeat of {minutes}", Forger().add(started(heartbeat=minutes)).case()
    yield (
        "settings of all weaknesses",
        Forger()
        .add(
            line(
                SETTINGS,
                delivery="folder",
                limit=181,
                precision="second",
                spool=True,
                weakened=["delivery", "limit", "precision", "spool"],
            )
        )
        .case(),
    )
    yield "a pruning not yet done", Forger().session().session().add(account(5, 2)).case()
    yield (
        "the second of two prunings not yet done",
        (Forger().session().add(account(3, 1)).session().add(account(6, 2)).case(pruned=[1, 2])),
    )
    yield (
        "two prunings done",
        Forger().session().add(account(3, 1)).session().add(account(6, 2)).case(pruned=[1, 2, 4, 5]),
    )
    log = Forger().session().rotate().session()
    yield "signed by the epoch key first", log.case(log.note(log.signers.epoch, log.signers.log))
    name = log.signers.log.name
    strangers = [SigningKey(f"stranger/{number}", Ed25519PrivateKey.generate()) for number in range(14)]
    known = log.signers.log, log.signers.epoch
    yield "kept with 14 signatures of strangers", replace(log.case(), since=(log.note(*strangers, *known),))
    namesake = SigningKey(name, Ed25519PrivateKey.generate())
    yield "kept with one of a namesake", replace(log.case(), since=(log.note(*known, namesake),))
    by_witness = cosign(log.signed_for().body(), WITNESS, "kiskriv.internal/witness", 1)
    yield "kept and cosigned", replace(log.case(), since=(with_cosignature(log.note(), by_witness),))
    before, first = log.before, log.note(log.before.log, log.before.epoch, size=3)
    yield "kept from the epoch before", replace(log.case(), since=(first,))
    sizes = [log.note(log.signers.log, (before if size < 4 else log.signers).epoch, size=size) for size in range(1, 7)]
    yield "kept at every size", replace(log.case(), since=tuple(sizes))
    yield "receipts of every entry", replace(log.case(), receipts=tuple(map(log.receipt, range(6))))
    old = key_line(log.signers.log)
    under_the_old_key = log.receipt(1), log.note()
    log.rotate(Change.REVOKED).session()
    yield "the key of before a revocation", replace(log.case(), key=old, receipts=(log.receipt(5),))
    yield (
        "a receipt from before a revocation",
        replace(log.case(), receipts=under_the_old_key[:1], since=under_the_old_key[1:]),
    )


CRIMES: dict[str, Case] = {
    **{name: log.add(entry).case() for name, entry, log in bad_entries()},
    **dict(
        [
            *bad_sessions(),
            *bad_keys(),
            *bad_spelling_of_keys(),
            *bad_witnesses(),
            *bad_prunings(),
            *bad_exports(),
            *bad_public_keys(),
            *bad_kept(),
            *bad_receipts(),
        ]
    ),
}


INNOCENT: dict[str, Case] = dict(innocent())
