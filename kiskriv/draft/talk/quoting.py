"""Words of a claim as they were said. Pure."""

from __future__ import annotations

from kiskriv.draft.talk.claims import Claim


def quoted(claim: Claim, start: int, end: int) -> str:
    """Tokens [start, end) as they stand in the text, without what the speaker took back between them."""
    text = ""
    last = -1
    for token in claim.tokens[start:end]:
        text += (" " if text and token.start > last else "") + claim.text[token.start : token.end]
        last = token.end
    return text
