"""What a session has written down in the ledger: its first line and its last."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from kiskriv import __version__
from kiskriv.ledger import Artefact as LoggedArtefact
from kiskriv.ledger import ArtefactName, Ended, Level, Method, Opened, Place, Reason, Resumed, rounded, timestamp
from kiskriv.session.stages import Stages
from kiskriv.vault import Erasure, Vault


def opened(session: str, stages: Stages, vault: Vault) -> Opened:
    """Before the first sample."""
    return Opened(
        session=session,
        time=_now(),
        commitment=vault.commitment,
        informed=stages.informed,
        kiskriv=__version__,
        model=stages.model,
        drafter=_drafter(stages),
        spool=vault.spooled,
    )


def resumed(session: str, vault: Vault) -> Resumed:
    """Another process of this session died, and this one goes on."""
    return Resumed(session, _now(), vault.commitment)


def ended(session: str, vault: Vault, reason: Reason, erasure: Erasure, seconds: float) -> Ended:
    """After the last trace. What the machine and the processes did is added by who holds the ledger."""
    return Ended(
        session=session,
        time=_now(),
        reason=reason,
        commitment=vault.commitment,
        artefacts=tuple(
            LoggedArtefact(ArtefactName(a.artefact), rounded(a.count), rounded(a.octets)) for a in erasure.artefacts
        ),
        methods=tuple(Method(method) for method in erasure.methods),
        level=Level.C,  # until the register says better
        facts=(),
        looked=tuple(Place(place) for place in erasure.looked),
        residue=erasure.residue,
        took=round(seconds * 1000),
        verified=erasure.verified,
    )


def _drafter(stages: Stages) -> str:
    """Of the rules alone, or of them and what else writes (R24)."""
    if stages.writer is None:
        return stages.drafter.digest
    return hashlib.sha256(f"{stages.drafter.digest} {stages.writer.digest}".encode()).hexdigest()


def _now() -> str:
    return timestamp(datetime.now(UTC))
