"""The witness: a small program for the clinic's second machine, which remembers how large the deletion log was (c2sp.org/tlog-witness).

    log ──old size, proof, checkpoint──> witness       it knows the log's key, and the last checkpoint that it cosigned
        <──────── cosignature ─────────                only for a tree that begins with that one

Whoever later cuts the log, puts back an older copy or writes it anew, with the log's own key in his hand, has no cosignature for it. The
witness learns an origin, a number and a hash, and nothing of any patient.

    pure      submission (the request, and what is wrong with it) · wording
    touching  witness (folder, key and the last checkpoints; check and set) · server (HTTP)

This package imports nothing of kiskriv but `kiskriv.ledger` and the errors, and nothing from elsewhere but `cryptography`.
"""
