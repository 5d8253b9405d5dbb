"""What a reply to a question about a complaint is: where it is, what changes it, or of something else. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kiskriv.draft.kinds.details import Detail
from kiskriv.draft.kinds.retellings import IT
from kiskriv.draft.language.reading import Token
from kiskriv.draft.talk.claims import Claim

_CHANGES: Final = ("verre", "verst", "bedre", "betre", "best")
_AMOUNTS: Final = frozenset(
    ("lenge", "lengje", "mye", "mykje", "mange", "ofte", "langt", "vondt", "sterkt", "gammel", "gamal", "stor", "stort", "store",
     "fort", "høyt", "snart", "slags")
)  # fmt: skip
_BEING: Final = frozenset(("er", "var", "ble", "blei", "vart", "hadde", "fikk", "fekk"))
_SELVES: Final = frozenset(
    ("jeg", "eg", "æ", "vi", "me", "han", "hun", "ho", "siden", "sidan", "når", "da", "då", "i", "for")
)


def led(like: Sequence[Detail], asked: frozenset[str]) -> tuple[Detail, ...]:
    """An answer to what makes it worse says so: «verre når jeg går i trapp»."""
    change = next((word for word in _CHANGES if word in asked), "")
    if not change or any(change in detail.text for detail in like):
        return tuple(like)
    return tuple(
        replace(detail, text=f"{change} {detail.text}") if at == 0 else detail for at, detail in enumerate(like)
    )


def asks_where(asked: Sequence[Token]) -> bool:
    """«Hvor i foten?», «Kvar hen?»; not «hvor lenge»."""
    words = [token.text for token in asked if token.text.isalpha() and token.text not in ("og", "ja", "men")]
    where = words[:1] in (["hvor"], ["kor"], ["kvar"], ["hvorhen"]) or words[:2] in (["hva", "slags"],)
    return where and not (len(words) > 1 and words[1] in _AMOUNTS)


def of_its_own(claim: Claim) -> bool:
    """«Siste mens var i august»: of something else than what was asked about."""
    words = [token.text for token in claim.tokens]
    verb = next((at for at, word in enumerate(words) if word in _BEING), 0)
    return (
        verb > 1
        and not set(words[:verb]) & (IT | _SELVES)
        and not any(t.value is not None for t in claim.tokens[:verb])
    )
