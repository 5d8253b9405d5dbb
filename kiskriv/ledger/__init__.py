"""The deletion log: what an auditor can check without trusting us.

    host ──append──> log ──> entries.jsonl     sessions, runs of kiskriv, keys: closed schema, no content, no free text
                      │
                      ├────> checkpoint        origin, size, Merkle root, signed by the log's key and by that of the day
                      └────> receipt           one entry with the proof that the signed tree holds it

    auditor: export + public key (+ earlier checkpoints, receipts) ──audit──> findings
    patient: receipt + public key ──verify──> the entry

    pure      terms, fields, entry (RFC 8785) · merkle (RFC 6962, RFC 9162) · checkpoint (C2SP signed-note,
              tlog-checkpoint) · cosignature · receipt (C2SP tlog-proof) · sessions, epochs, runs, pruning and replay
              (the rules that every reader shares) · faults, wording
    touching  log (the writer) over disk, key and files · copies and audit (the reader) · peek and handed_out (readers while
              another writes) · enclosed (a note inside what was printed) · answers, json_answers, exporting, report (what
              the commands say)

This package imports nothing of kiskriv but its errors, and nothing from elsewhere but `cryptography`: it is all
that an auditor has to read. docs/deletion-log.md specifies the formats.
"""

from kiskriv.ledger.audit import (
    Findings,
    audit,
)
from kiskriv.ledger.copies import (
    Export,
    Folder,
    copy_at,
    export,
)
from kiskriv.ledger.entry import (
    Artefact,
    Configured,
    Created,
    Ended,
    Entry,
    Heartbeat,
    Opened,
    Pruned,
    Resumed,
    Rotated,
    Started,
    Stopped,
    Swept,
    Witnessed,
    decode,
    encode,
    new_session_id,
    rounded,
    timestamp,
    weakened,
)
from kiskriv.ledger.faults import (
    Fault,
    Problem,
)
from kiskriv.ledger.key import (
    KeyStore,
)
from kiskriv.ledger.log import (
    Ledger,
    Repair,
)
from kiskriv.ledger.peek import (
    Standing,
    peek,
)
from kiskriv.ledger.receipt import (
    verify,
)
from kiskriv.ledger.terms import (
    ArtefactName,
    Cause,
    Change,
    Delivery,
    Fact,
    Level,
    Method,
    Place,
    Precision,
    Reason,
    Spoken,
    Weakness,
)

__all__ = [
    "Artefact",
    "ArtefactName",
    "Cause",
    "Change",
    "Configured",
    "Created",
    "Delivery",
    "Ended",
    "Entry",
    "Export",
    "Fact",
    "Fault",
    "Findings",
    "Folder",
    "Heartbeat",
    "KeyStore",
    "Ledger",
    "Level",
    "Method",
    "Opened",
    "Place",
    "Precision",
    "Problem",
    "Pruned",
    "Reason",
    "Repair",
    "Resumed",
    "Rotated",
    "Spoken",
    "Standing",
    "Started",
    "Stopped",
    "Swept",
    "Weakness",
    "Witnessed",
    "audit",
    "copy_at",
    "decode",
    "encode",
    "export",
    "new_session_id",
    "peek",
    "rounded",
    "timestamp",
    "verify",
    "weakened",
]
