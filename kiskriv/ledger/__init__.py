"""The deletion log: what an auditor can check without trusting us.

    host ──append──> log ──> entries.jsonl     opened, resumed, ended, swept: closed schema, no content, no free text
                      │
                      ├────> checkpoint        origin, size, Merkle root, signed by the log's key
                      └────> receipt           one entry with the proof that the signed tree holds it

    auditor: entries + checkpoint + public key (+ an earlier checkpoint) ──audit──> findings
    patient: receipt + public key ──verify──> the entry

    pure      merkle (RFC 6962, RFC 9162) · checkpoint (C2SP signed-note, tlog-checkpoint) · entry (RFC 8785) ·
              receipt (C2SP tlog-proof) · replay (the rules that every reader shares) · wording
    touching  log (the writer) · key · files · audit (the reader) · peek (the reader while another writes) ·
              answers (the commands' texts)

This package imports nothing of kiskriv but its errors, and nothing from elsewhere but `cryptography`: it is all
that an auditor has to read. docs/deletion-log.md specifies the formats.
"""

from kiskriv.ledger.audit import Findings, audit
from kiskriv.ledger.entry import (
    Artefact,
    ArtefactName,
    Cause,
    Ended,
    Entry,
    Fact,
    Level,
    Method,
    Opened,
    Place,
    Reason,
    Resumed,
    Swept,
    decode,
    encode,
    new_session_id,
    timestamp,
)
from kiskriv.ledger.log import Ledger, Repair
from kiskriv.ledger.peek import Standing, peek
from kiskriv.ledger.receipt import verify
from kiskriv.ledger.replay import Fault, Problem

__all__ = [
    "Artefact",
    "ArtefactName",
    "Cause",
    "Ended",
    "Entry",
    "Fact",
    "Fault",
    "Findings",
    "Ledger",
    "Level",
    "Method",
    "Opened",
    "Place",
    "Problem",
    "Reason",
    "Repair",
    "Resumed",
    "Standing",
    "Swept",
    "audit",
    "decode",
    "encode",
    "new_session_id",
    "peek",
    "timestamp",
    "verify",
]
