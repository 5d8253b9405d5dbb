"""Which verb is each medication's, where what comes later begins. Pure. The verbs: `lexicon/regimens.txt`.

Each drug gets the verb before it, or the one behind it («Marevan slutter du med»); drugs in a row share one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk.claim import Claim

_DOERS: Final = frozenset((
    "jeg", "eg", "du", "vi", "me", "han", "hun", "ho", "dere", "de", "deg", "meg", "ham", "henne", "oss", "nå",
    "no", "da", "då", "heller", "også", "òg", "jo",
))  # fmt: skip
"""Stand inside a verb's phrase: «skriver jeg deg ut»."""
_IT: Final = frozenset(("den", "dei", "dem"))
_HELPING: Final = frozenset(("har", "hadde", "fikk", "fekk", "får"))
_IF: Final = frozenset(("om", "hvis", "viss", "når", "dersom"))
_HAS: Final = frozenset(("har", "får", "hadde"))
_DOCTOR: Final = ("legen", "doktoren", "sykehuset", "sjukehuset", "legevakta", "poliklinikken")
GOES_ON: Final = ("fortset", "held", "hald", "forny", "behold", "beheld", "uend", "fast", "fyll")
_NEXT_TO: Final = frozenset((
    "har", "hadde", "hatt", "får", "prøver", "prøvar", "gir", "gjev", "gi", "gje", "skriver", "skriv", "en",
    "ein", "kur", "setter", "sett", "set", "satt",
))  # fmt: skip
"""Verbs that are so many things that they must stand within `_NEAR` tokens before the name."""
_LEFT_ONLY: Final = _NEXT_TO | frozenset(("resept", "forsøk", "anbefalt", "medisiner", "medisinar"))
_NEAR: Final = 3
_ANEW: Final = frozenset(("men", "nå", "no", ";", "mens", "derimot"))
"""Here the verb before is not the next drug's."""
_AFTERWARDS: Final = frozenset(("deretter", "dernest", "etterpå", "derpå"))
_SOON: Final = 5
"""Tokens from «så» to the verb of what comes after."""
_TO_TAKE: Final = frozenset(
    ("ta", "bruke", "bruka", "smøre", "smørje", "sette", "setje", "trappe", "øke", "auke", "gi", "gje")
)
_ACTS: Final = frozenset(("den", "denne", "medisinen", "som"))
_DANGER: Final = re.compile(r".*(?:fare|risiko|effekt|virkning|verknad|trykk)(?:e?n|a|et)?")
NOWHERE: Final = 10**6
"""Behind all tokens."""


def met(claim: Claim, lexicon: Lexicon) -> tuple[Hit, ...]:
    """As they are met without who does it in between; not «øker blødningsfaren», which is no dose."""
    places = [at for at, token in enumerate(claim.tokens) if not _inside(token.text)]
    bare: list[Token] = [claim.tokens[at] for at in places]
    hits = [
        Hit(hit.term, places[hit.start], places[hit.end - 1] + 1) for hit in lexicon.find(bare, "medication-action")
    ]
    return tuple(
        hit
        for hit in hits
        if not (
            hit.term.nb == "changed"
            and any(_DANGER.fullmatch(token.text) for token in claim.tokens[hit.end : hit.end + 3])
        )
        and not _if_needed(claim, hit)
        and not _of_something_else(claim, hit)
        and not (claim.tokens[hit.start].text.startswith("kast") and "opp" in (t.text for t in claim.tokens[hit.end :]))
    )


def _if_needed(claim: Claim, verb: Hit) -> bool:
    """«… om du har vondt», «… når du får feber»: nothing that is done with a drug."""
    before = [token.text for token in claim.tokens[max(0, verb.start - 2) : verb.start]]
    return before[:1] != [] and before[0] in _IF and claim.tokens[verb.start].text in _HAS


def _of_something_else(claim: Claim, verb: Hit) -> bool:
    """«når du slutter å puste», «begynte å klø»; «den senker urinsyren», which is what it does."""
    after = [token.text for token in claim.tokens[verb.end : verb.end + 2]]
    if verb.term.nb in ("started", "stopped") and after[:1] == ["å"]:
        return after[1:] != [] and after[1] not in _TO_TAKE
    does = claim.tokens[verb.start].text.endswith(("er", "ar")) and verb.start > 0
    acts = does and claim.tokens[verb.start - 1].text in _ACTS and not claim.written
    return verb.term.nb == "changed" and acts and after != [] and not _inside(after[0]) and after[0].isalpha()


def _inside(word: str) -> bool:
    """«tok hjertelegen bort», «la den vekk»: the verb is what is left."""
    return word in _DOERS or word in _IT or word.endswith(_DOCTOR)


def chosen(claim: Claim, names: Sequence[DrugName], verbs: Sequence[Hit]) -> list[Hit | None]:
    """For each name its verb. Between two names a verb is the second's, unless that has another."""
    gaps = _gaps(claim, names, verbs)
    own_verbs: list[Hit | None] = []
    for at in range(len(names)):
        before, behind = gaps[at], gaps[at + 1]
        last = at + 1 == len(names)
        lasting = [hit for hit in before if claim.tokens[hit.start].text.startswith(GOES_ON)]
        own = (lasting or before)[-1] if before else None  # «fornyer resepten på»: no new one
        renewed = [hit for hit in behind if claim.tokens[hit.start].text.startswith("forny")]
        if own is not None and renewed and claim.tokens[own.start].text.startswith("resept"):
            own = renewed[0]
        behind = gaps[at + 1] = _main_verbs(claim, behind)
        beside = [hit for hit in behind if hit.start - names[at].end <= (3 if len(behind) == 1 else 1)]
        usable = (
            beside
            if beside and names[at].end
            else [hit for hit in behind if claim.tokens[hit.start].text not in _LEFT_ONLY or hit.end - hit.start > 1]
        )
        free = (
            last
            or len(behind) >= 2
            or bool(gaps[at + 2])
            or any(claim.tokens[hit.start].text in _NEXT_TO for hit in beside)
        )
        strong = next((hit for hit in usable if hit.term.nb not in ("continued", "tried")), None)
        if free and usable and (own is None or (own.term.nb == "continued" and strong is not None)):
            own = strong or usable[0]
            if not last:
                behind.remove(own)
        shared = at and not any(t.text in _ANEW for t in claim.tokens[names[at - 1].end : names[at].start])
        own_verbs.append(own_verbs[-1] if own is None and shared else own)
    return own_verbs


def _main_verbs(claim: Claim, verbs: list[Hit]) -> list[Hit]:
    """Without what only helps: «har jeg prøvd», «fikk jeg slutte med»."""
    return [
        hit
        for hit, after in zip_longest(verbs, verbs[1:])
        if hit is not None
        and (
            after is None
            or after.start - hit.end > 2
            or claim.tokens[hit.start].text not in _HELPING
            or hit.end - hit.start > 1
        )
    ]


def _gaps(claim: Claim, names: Sequence[DrugName], verbs: Sequence[Hit]) -> list[list[Hit]]:
    """The verbs before the first name, between each two, and behind the last."""
    edges = [0, *(edge for name in names for edge in (name.start, name.end)), len(claim.tokens)]
    gaps = []
    for at in range(len(names) + 1):
        start, end = edges[2 * at], edges[2 * at + 1]
        inside = [hit for hit in verbs if start <= hit.start and hit.end <= end]
        near = end - _NEAR if at < len(names) else 0
        gaps.append(
            [hit for hit in inside if hit.end > near or hit.start - start <= 1 or not _needs_its_name(claim, hit)]
        )
    return gaps


def _needs_its_name(claim: Claim, verb: Hit) -> bool:
    """«gir», «har»: so many things that it is of a drug only beside one."""
    return claim.tokens[verb.start].text in _NEXT_TO and verb.end - verb.start == 1


def next_step(claim: Claim, begin: int, end: int, verbs: Sequence[Hit]) -> int:
    """Where it is told what comes after: «i en uke, så ti i en uke», «deretter to ganger i uka», «og så slutter du»; `NOWHERE` else."""
    tokens = claim.tokens
    for at in range(begin + 1, end - 1):
        so = tokens[at].text == "så" and tokens[at - 1].text in (",", "og")
        if not (so or tokens[at].text in _AFTERWARDS) or not any(_counts(token) for token in tokens[begin:at]):
            continue
        following = next((token for token in tokens[at + 1 : end] if token.text not in _DOERS), tokens[at])
        turns = any(verb.term.nb in ("changed", "stopped") and at < verb.start <= at + _SOON for verb in verbs)
        if turns or _counts(following):
            return at
    return NOWHERE


def _counts(token: Token) -> bool:
    return token.value is not None or token.text in ONE
