"""What the few words of one claim tell of its drugs: an offer, an instruction, a count, how long. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from kiskriv.draft.fact import Action, Polarity, Quantity, Time
from kiskriv.draft.kinds import doses
from kiskriv.draft.kinds.deeds import Deed
from kiskriv.draft.kinds.drug_list import Drug
from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.kinds.regimen import PIECES, SPANS, Part, Regimen
from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.quantities import amounts
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claim import Claim
from kiskriv.transcript import Role

_NONE: Final = frozenset(("ingen", "inga", "ingenting", "ikke", "ikkje"))
_CURES: Final = frozenset(("day", "week"))
_SO_FAR: Final = frozenset(
    ("har", "hadde", "nå", "no", "allerede", "allereie", "siden", "sidan", "før", "tatt", "teke", "brukt", "fortsetter")
)
"""With one of these, how long is how long it has been."""


def not_tolerated(claim: Claim) -> bool:
    """Told by the patient of a drug that was to be taken, and not in the same breath denied."""
    return claim.role is not Role.PRACTITIONER and any(
        token.text in _NONE or "allerg" in token.text for token in claim.tokens
    )


def besides(claim: Claim, drug: Drug, how: Regimen) -> Regimen:
    """«Og ti til lunsj», where twenty in the morning is known: the other dose stays as it was said."""
    known = drug.fact
    other = bool(known.frequency and how.frequency) and not set(known.frequency.split()) & set(how.frequency.split())
    adds = claim.tokens[0].text in ("og", "pluss") and other and known.dose is not None
    return Regimen(note=claim.text.strip(" .,!")) if adds else how


def just_one(claim: Claim) -> tuple[Part, ...]:
    """«Hvor mange tar du?» «En.»"""
    counts = any(token.text == "mange" for token in claim.asked) and claim.tokens[0].text in ONE
    return (Part(0, 1, dose=Quantity(Decimal(1), "tablet")),) if counts else ()


def how_long(claim: Claim, lexicon: Lexicon) -> tuple[Part, ...]:
    """«Hvor lenge har du tatt dem?» «To måneder siden blodgivningen.»"""
    if not any(token.text == "lenge" for token in claim.asked):
        return ()
    spans = (amount for amount in amounts(claim.tokens, lexicon) if amount.quantity.unit in SPANS)
    return tuple(Part(amount.start, amount.end, duration=amount.quantity) for amount in spans)[:1]


def strength(number: Part, counted: Sequence[str]) -> bool:
    """«to tabletter, 400 står det på esken»: more than one takes of anything at a time."""
    return number.bare is not None and number.bare > doses.MANY and bool(counted) and set(counted) <= PIECES


def only_number(asked: Sequence[Token]) -> bool:
    words = [token for token in asked if token.text not in ("er", "det", "?", ",", "milligram", "mg")]
    return len(words) == 1 and words[0].value is not None


def prescribes(how: Regimen) -> bool:
    """Two of dose, how often and how long are more than is said of what is in use."""
    return sum(map(bool, (how.dose, how.frequency, how.duration))) > 1


def instructs(claim: Claim, deed: Deed, how: Regimen) -> bool:
    """«Du tar 660 mg x 4 i 10 dager»: a doctor's word in the present, with how long it shall last."""
    if claim.written or claim.role is not Role.PRACTITIONER or claim.answer is not None:
        return False
    uses = deed.action is Action.CONTINUED and deed.time is Time.PRESENT and deed.polarity is Polarity.AFFIRMED
    lasts = how.duration is not None and how.duration.unit in _CURES and bool(how.dose or how.frequency)
    return uses and lasts and not any(token.text in _SO_FAR for token in claim.tokens)


def offered(claim: Claim, names: Sequence[DrugName]) -> bool:
    """«Du kan få X eller Y»: a doctor's offer decides nothing."""
    return (
        claim.role is Role.PRACTITIONER
        and not claim.written
        and len(names) > 1
        and any(t.text == "eller" for t in claim.tokens)
    )


def without_kinds(claim: Claim, names: Sequence[DrugName]) -> list[DrugName]:
    """«øyedråpene, Xalatan», «jern, Niferex»: the kind is said only to tell which drug."""
    kept = []
    for at, name in enumerate(names):
        after = names[at + 1] if at + 1 < len(names) else None
        between = [token.text for token in claim.tokens[name.end : after.start]] if after else []
        if (
            after is None
            or after.group
            or not (name.group or name.name == "jern")
            or between not in ([","], [",", "den"], ["som", "heter"], [])
        ):
            kept.append(name)
    return kept
