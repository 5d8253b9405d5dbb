"""Whether what is named is said to be so by somebody who tells, examines or answers; and not only feared, explained or caused. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.fact import About, Polarity, Time
from kiskriv.draft.kinds.mentions import AT_A_PLACE, BREAKS, NAMED, Mention
from kiskriv.draft.kinds.stories import Story
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role

_PURPOSE: Final = frozenset(("ved", "mot", "for", "hvis", "viss", "om", "etter"))
_SELVES: Final = frozenset(("jeg", "eg", "æ", "meg", "mæ", "vi", "me", "vært"))
_THIRD: Final = frozenset(("han", "hun", "ho"))
_TAKEN: Final = ("tablett", "medisin", "pille", "spray", "kur")
_THEN: Final = ("så", "må", "ta", "ring", "kontakt", "kom")
_REACH: Final = 6
_TOLERANCE: Final = ("allerg", "reager", "tål", "tol")
_IT: Final = frozenset(("det", "den", "dei", "de", "dem"))
_FIRST: Final = 3
"""Tokens: «Apocillin, da hovna jeg opp», in answer to what somebody does not tolerate."""


def claimed(claim: Claim, mention: Mention, named: Sequence[Mention], lexicon: Lexicon) -> bool:
    """Whether somebody says that it is so, or that it is not."""
    examines = examiner(claim)
    planned = claims.time(claim, mention.start, mention.end, lexicon) is Time.PLANNED and mention.category != "event"
    listed = claim.answer is Polarity.AFFIRMED and len(named) > 1 and not _all(claim)
    death = mention.name == "dødsfall" and len(named) > 1
    if planned or listed or death or _unclaimed(claim, mention.start, lexicon):
        return False
    if reaction(claim, mention, lexicon) or _someone(claim, mention, lexicon):
        return False
    if (claim.answer is not None and _consequence(claim, lexicon)) or (
        mention.category == "condition" and _vaccinated(claim)
    ):
        return False
    dated = [token.text for token in claim.tokens[mention.end : mention.end + 1]] == ["i"] and any(
        token.value is not None for token in claim.tokens[mention.end + 1 : mention.end + 2]
    )  # «etter infarktet i 2018»
    purpose = mention.start > 0 and claim.tokens[mention.start - 1].text in _PURPOSE and not dated
    vague = mention.category in AT_A_PLACE or (mention.category == "complaint" and not mention.body)
    return not (examines and (purpose or vague))


def general(claim: Claim, lexicon: Lexicon) -> bool:
    """Whether who examines speaks of people at large: «ved lungebetennelse pleier man å få feber»."""
    return examiner(claim) and lexicon.has(claim.tokens, "general")


def examiner(claim: Claim) -> bool:
    """Whether it is who examines that says so, not who answers a question."""
    return claim.answer is None and claim.role in (Role.PRACTITIONER, Role.UNKNOWN) and not claim.written


def cued(claim: Claim, start: int, category: str, lexicon: Lexicon, names: Sequence[str] = ()) -> Hit | None:
    """A cue of this category (only these of it, where named) that stands before the token, in reach and in one breath."""
    for hit in lexicon.find(claim.tokens[:start], category):
        between = claim.tokens[hit.end : start]
        if (
            (not names or hit.term.nb in names)
            and len(between) <= _REACH
            and not any(t.text in BREAKS for t in between)
        ):
            return hit
    return None


def _someone(claim: Claim, mention: Mention, lexicon: Lexicon) -> bool:
    """«Han fikk jo slag», said by the patient: who he is, nobody knows; a part of the body can be «han» too."""
    if claim.role is not Role.PATIENT or claim.answer is not None or mention.category not in NAMED:
        return False
    words = {token.text for token in claim.tokens}
    unknown = bool(words & _THIRD) and not words & _SELVES
    return unknown and claims.about(claim, mention.start, mention.end, lexicon) is About.PATIENT


def _consequence(claim: Claim, lexicon: Lexicon) -> bool:
    """«Får du feber, så ringer du.» «Ja.»: no question."""
    conditional = any(hit.term.nb == "condition" and hit.start <= 1 for hit in lexicon.find(claim.tokens, "unclaimed"))
    return conditional and any(token.text.startswith(_THEN) for token in claim.tokens)


def of_relatives(claim: Claim, mention: Mention, story: Story) -> bool:
    """«Blodproppen», said by who examines, where it was only a relative who had one."""
    if not examiner(claim) or claim.tokens[mention.end - 1].text not in (
        mention.name + "en",
        mention.name + "n",
        mention.name + "et",
    ):
        return False
    known = {fact.about for fact in story.facts if fact.name == mention.name}
    return About.RELATIVE in known and About.PATIENT not in known


def _vaccinated(claim: Claim) -> bool:
    return any(token.text.startswith(("vaksin", "booster")) for token in (*claim.tokens, *claim.asked))


def _all(claim: Claim) -> bool:
    """Whether «ja» to a question that names several means all of them: «feber og hoste», not «feber eller hoste», «feber, hoste»."""
    words = {token.text for token in claim.tokens}
    return "og" in words and "eller" not in words


def _unclaimed(claim: Claim, start: int, lexicon: Lexicon) -> bool:
    """«Redd for», «bivirkninger kan være»; not what is only weighed: «det kan være en slimposebetennelse»."""
    cue = cued(claim, start, "unclaimed", lexicon, () if examiner(claim) else ("fear",))
    if cue is None:
        return False
    weighed = cued(claim, start, "judgement", lexicon) if examiner(claim) else None
    return weighed is None or not weighed.start <= cue.start < weighed.end


def reaction(claim: Claim, mention: Mention, lexicon: Lexicon) -> bool:
    """«Fikk utslett av Bactrim», «reagerte med utslett»: an allergy's or a medication's, not a complaint of its own."""
    intolerant = any(token.text.startswith(_TOLERANCE) for token in claim.asked)
    after = [token.text for token in claim.tokens[mention.last : mention.last + 2]]
    if intolerant and after[:1] == ["av"] and after[-1] in _IT:  # «Plaster. Jeg får utslett av det.»
        return True
    if mention.category == "condition":
        return False
    if any(token.text.startswith(("reager", "allerg", "tål", "tol")) for token in claim.tokens):
        return True
    then = any(token.text in ("da", "då") for token in claim.tokens[: mention.start][:_FIRST])
    if then and intolerant:
        return True
    cause = claim.tokens[mention.last : mention.last + _REACH]
    drugs = ("medication", "medication-group", "medicine")
    if after[:1] != ["av"]:
        return False
    return any(token.text.startswith(_TAKEN) for token in cause) or lexicon.has(cause, *drugs)
