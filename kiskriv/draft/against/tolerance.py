"""An allergy by the words alone: whether they say that it is tolerated, whatever the fact that was made of them. Pure.

The one fact that kills where it is turned round: so it is read twice, by two readers that share no rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.against.said import Said
from kiskriv.draft.fact import Fact, Polarity
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim

_NAMES: Final = ("medication", "substance", "medication-group", "allergen")
_TOLERATED: Final = ("tål", "tol")
_NOT_TOLERATED: Final = ("allerg", "overføl", "reag", "cave")
_NO: Final = frozenset(("ikke", "ikkje", "ingen", "inga", "aldri"))
_TURNS: Final = frozenset(("men", ";", "."))
"""Here another thing is said."""


def inverted(written: Fact, said: Fact, talk: Said) -> bool:
    """Whether each place where the talk speaks of this allergen says the opposite of what is written; no, where none does."""
    heard = [tolerated for claim in talk.claims(said.evidence) for tolerated in _of(claim, said.name, talk.lexicon)]
    return bool(heard) and all(tolerated is (written.polarity is Polarity.AFFIRMED) for tolerated in heard)


def _of(claim: Claim, name: str, lexicon: Lexicon) -> Sequence[bool]:
    """What a claim says of this allergen: tolerated or not; nothing, where no word of it tells."""
    named = [
        hit.start
        for hit in lexicon.find(claim.tokens, *_NAMES)
        if name.lower() in (hit.term.nb.lower(), hit.term.nn.lower())
    ]
    verdicts = (_tolerated(_around(claim.tokens, at)) for at in dict.fromkeys(named))
    answer = claim.answer is Polarity.DENIED
    return [verdict is not answer for verdict in verdicts if verdict is not None]


def _around(tokens: Sequence[Token], at: int) -> Sequence[str]:
    begin = next((i + 1 for i in range(at - 1, -1, -1) if tokens[i].text in _TURNS), 0)
    end = next((i for i in range(at, len(tokens)) if tokens[i].text in _TURNS), len(tokens))
    return [token.text for token in tokens[begin:end]]


def _tolerated(words: Sequence[str]) -> bool | None:
    """By «tåler» and «allergisk», each turned by a «no»; None where neither is there, or both."""
    tolerates = any(word.startswith(_TOLERATED) for word in words)
    reacts = any(word.startswith(_NOT_TOLERATED) for word in words)
    if tolerates is reacts:
        return None
    return tolerates is _NO.isdisjoint(words)
