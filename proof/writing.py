"""Sessions that do nothing but write: into the ledger, and into a spool. What the power cuts fall on.

`python -m proof.writing FOLDER SEED` writes until it dies, and says what is on the disk as soon as it is told so: `opened ID`, `kept ID N`
(records of the spool), `swept ID`, `ended ID`; and before it begins to sweep: `sweeping ID`.
"""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from proof.canary import Cells

if TYPE_CHECKING:
    from kiskriv.ledger import Ended, Opened

CELLS = 1 << 10
"""Of 32 octets: a second of sound."""


def said(seed: str) -> Cells:
    """What every record holds."""
    return Cells(seed, CELLS)


def main(folder: str, seed: str) -> None:
    """Never ends by itself."""
    from kiskriv.ledger import Ledger, Opened, new_session_id, timestamp
    from kiskriv.vault import Artefact
    from kiskriv.vault.spool import Spool

    octets, lots = said(seed).octets, Random(seed)  # noqa: S311 - repeatable, not secret
    with Ledger.open(Path(folder) / "ledger") as ledger:
        for session in (new_session_id() for _ in count()):
            opened = Opened(
                session,
                timestamp(datetime.now(UTC)),
                secrets.token_hex(32),
                "nb-1",
                "0.1.0",
                "ab" * 32,
                "cd" * 32,
                spool=True,
            )
            ledger.append(opened)
            _say("opened", session)
            spool = Spool.create(Path(folder) / "spools", session, 600)
            for number in range(lots.randint(1, 12)):
                spool.write(Artefact.AUDIO, bytearray(octets))
                _say("kept", session, str(number + 1))
            _say("sweeping", session)
            if not spool.remove():
                sys.exit(1)
            _say("swept", session)
            ledger.append(_ended(opened))
            _say("ended", session)


def _ended(opened: Opened) -> Ended:
    from kiskriv.ledger import Ended, Level, Method, Place, Reason, timestamp

    return Ended(
        session=opened.session,
        time=timestamp(datetime.now(UTC)),
        commitment=opened.commitment,
        reason=Reason.TRANSFERRED,
        artefacts=(),
        methods=(Method.KEY_DESTROYED, Method.BUFFERS_OVERWRITTEN, Method.ROOM_ENDED),
        level=Level.C,
        facts=(),
        looked=(Place.OWN_MEMORY,),
        residue=0,
        took=0,
        verified=True,
    )


def _say(*words: str) -> None:
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
