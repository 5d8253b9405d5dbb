"""What is done with each medication of a claim: started, stopped, changed, taken, or not; and when. Pure.

Verbs are those of `lexicon/regimens.txt`. Each drug gets the verb before it, or the one behind it («Marevan slutter du med»); drugs in a row
share one. A doctor's verb in the present is a decision (`Time.PLANNED`); what a patient tells is use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft import claims
from kiskriv.draft.claims import Claim
from kiskriv.draft.drug_names import DrugName
from kiskriv.draft.fact import About, Action, Polarity, Time
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.transcript import Role

_NOT: Final = frozenset(
    ("ikke", "ikkje", "aldri", "ingen", "inga", "ingenting", "ikkeno", "verken", "korkje", "uten", "utan")
)
_ANY_MORE: Final = frozenset(("lenger", "lenge", "mer", "meir", "nå", "no"))
_BUT: Final = frozenset(("enn", "utenom", "utanom", "bortsett", "unntatt", "unnateke", "bare", "berre", "men"))
_FORMERLY: Final = frozenset(
    ("før", "tidligere", "tidlegare", "fjor", "forrige", "førre", "barn", "gang", "gong", "sommer", "sommar", "fordums")
)
_INFINITIVE: Final = frozenset(("å", "skal", "vil", "kan", "må", "bør", "skulle", "ville", "kunne", "burde"))
_DONE: Final = re.compile(
    r"(?:oppstart|start|begyn|byrj|slutt|seponer|kutt|stopp|stans|øk|auk|reduser|trapp|dobl|halver|juster|senk|endr|bytt|skift|erstatt|dropp)"
    r"(?:et|te|t|a|ede|de|ast)"
)
_WORKS: Final = re.compile(r"(?:hjelp|hjalp|virk|verk|fung|funk)[^\W\d_]*")
_AWAY: Final = {
    "bort": Action.STOPPED,
    "vekk": Action.STOPPED,
    "ut": Action.STOPPED,
    "ned": Action.CHANGED,
    "opp": Action.CHANGED,
}
_DANGER: Final = re.compile(
    r".*(?:fare|faren|risiko|risikoen|effekt|effekten|virkning|virkningen|verknad|blodtrykk|blodtrykket)"
)
_USED: Final = frozenset(("tok", "tatt", "teke", "fikk", "fekk", "fått", "spist"))
_ORDERS: Final = frozenset(("ta", "bruk", "smør", "spray"))
_TELLS_PRESCRIBED: Final = frozenset(
    ("skrevet", "skrive", "får", "prøver", "prøvar", "gir", "gjev", "gitt", "resept", "anbefalt", "sett")
)
_LEFT_ONLY: Final = frozenset(
    ("gir", "gjev", "får", "resept", "prøve", "forsøk", "kur", "en", "ein", "anbefalt", "medisiner", "medisinar")
)


@dataclass(frozen=True, slots=True, repr=False)
class Deed:
    """With one medication. `note`: how it worked, as it was said; `explicit`: a verb says it; `lasting`: not what was taken once.

    `aside`: the drug is only spoken of («sammen med Marevan»).
    """

    action: Action | None
    polarity: Polarity
    time: Time
    about: About
    note: str = ""
    explicit: bool = False
    aside: bool = False

    def __repr__(self) -> str:
        return f"<Deed {self.action}>"


def deeds(claim: Claim, names: Sequence[DrugName], lexicon: Lexicon) -> tuple[Deed, ...]:
    """One for each name, in their order. A name at [0, 0) stands for a pronoun: every verb is behind it."""
    verbs = _verbs(claim, lexicon)
    chosen = _chosen(claim, names, verbs)
    asked = lexicon.find(claim.asked, "medication-action")
    found: list[Deed] = []
    for name, verb in zip(names, chosen, strict=True):
        found.append(_deed(claim, names, name, verb, asked[-1] if asked and verb is None else None, lexicon))
    return tuple(found)


def _verbs(claim: Claim, lexicon: Lexicon) -> tuple[Hit, ...]:
    """Without «øker blødningsfaren»: a danger is no dose."""
    tokens = claim.tokens
    return tuple(
        hit
        for hit in lexicon.find(tokens, "medication-action")
        if not (
            hit.term.nb == "changed" and any(_DANGER.fullmatch(token.text) for token in tokens[hit.end : hit.end + 3])
        )
    )


def _chosen(claim: Claim, names: Sequence[DrugName], verbs: Sequence[Hit]) -> list[Hit | None]:
    gaps = _gaps(claim, names, verbs)
    chosen: list[Hit | None] = []
    for at in range(len(names)):
        before, behind = gaps[at], gaps[at + 1]
        last = at + 1 == len(names)
        own = before[-1] if before else None
        free = last or len(behind) >= 2 or bool(gaps[at + 2])
        usable = [hit for hit in behind if claim.tokens[hit.start].text not in _LEFT_ONLY]
        strong = next((hit for hit in usable if hit.term.nb != "continued"), None)
        if free and usable and (own is None or (own.term.nb == "continued" and strong is not None)):
            own = strong if own is not None and strong is not None else usable[0]
            if not last and own in gaps[at + 1]:
                gaps[at + 1].remove(own)
        if own is None and at:
            own = chosen[-1]
        chosen.append(own)
    return chosen


def _gaps(claim: Claim, names: Sequence[DrugName], verbs: Sequence[Hit]) -> list[list[Hit]]:
    """The verbs before the first name, between each two, and behind the last."""
    edges = [0, *(edge for name in names for edge in (name.start, name.end)), len(claim.tokens)]
    return [
        [hit for hit in verbs if edges[2 * at] <= hit.start < edges[2 * at + 1] and hit.end <= edges[2 * at + 1]]
        for at in range(len(names) + 1)
    ]


def _deed(
    claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None, asked: Hit | None, lexicon: Lexicon
) -> Deed:
    start, end = (name.start, name.end) if name.end else (0, 1)
    polarity = claims.polarity(claim, start, end, lexicon)
    time = claims.time(claim, start, end, lexicon)
    about = claims.about(claim, start, end, lexicon)
    note = _effect(claim)
    if _with_another(claim, name):
        return Deed(None, polarity, time, about, aside=True)
    if (note and polarity is Polarity.DENIED) or _all_but(claim, name):
        polarity = Polarity.AFFIRMED
    action = _action(claim, names, name, verb)
    if action is None and asked is not None and asked.term.nb == "continued":
        action = Action.CONTINUED
    if _no_longer(claim, verb) and action in (None, Action.CONTINUED):
        return Deed(Action.STOPPED, Polarity.AFFIRMED, Time.PAST, about, note, explicit=True)
    if action in (Action.STOPPED, Action.CHANGED) and polarity is Polarity.DENIED:
        undone = _negated(claim, verb) or claim.answer is Polarity.DENIED
        polarity = Polarity.AFFIRMED
        if undone:
            action, time = Action.CONTINUED, Time.PRESENT
    if polarity is Polarity.DENIED:
        ahead = claim.role is Role.PRACTITIONER and claim.answer is None and not claim.written
        return Deed(
            None, polarity, Time.PLANNED if ahead and verb is not None else _use(time), about, note, verb is not None
        )
    if action is not None:
        time = _when(claim, action, verb, time)
        if action is Action.CONTINUED and time is Time.PLANNED:
            action = Action.STARTED
        if time is Time.PAST and action is Action.CONTINUED:
            action = Action.STOPPED if "før" in _words(claim) and "brukte" in _words(claim) else None
    return Deed(action, polarity, time, about, note, verb is not None)


def _action(claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None) -> Action | None:
    after = claim.tokens[name.end].text if name.end and name.end < len(claim.tokens) else ""
    if after in _AWAY and (verb is None or verb.term.nb == "continued"):
        return _AWAY[after]
    if verb is None:
        return None
    word = claim.tokens[verb.start].text
    told = claim.role is not Role.PRACTITIONER or claim.answer is not None
    if _instead_of(claim, name):
        return Action.STOPPED
    if verb.term.nb == "switched":
        return _switched(claim, names, name)
    if verb.term.nb == "tried":
        return Action.CONTINUED
    if verb.term.nb == "started" and told and word in _TELLS_PRESCRIBED:
        return Action.CONTINUED
    return Action(verb.term.nb)


def _switched(claim: Claim, names: Sequence[DrugName], name: DrugName) -> Action:
    before = [token.text for token in claim.tokens[max(0, name.start - 2) : name.start]]
    if before[-1:] in (["fra"], ["frå"], ["ut"]) or before == ["ut", "av"]:
        return Action.STOPPED
    if before[-1:] in (["til"], ["med"], ["på"], ["mot"]):
        return Action.STARTED
    return Action.STOPPED if len(names) > 1 and name is names[0] else Action.STARTED


def _when(claim: Claim, action: Action, verb: Hit | None, time: Time) -> Time:
    if action is Action.CONTINUED:
        return _used_when(claim, verb, time)
    if time is Time.PAST or _done(claim, verb):
        return Time.PAST if action is Action.STOPPED or time is Time.PAST else Time.PRESENT
    vaccinated = verb is not None and claim.tokens[verb.start].text in ("satt", "vaksinert", "gitt", "gjeve")
    return Time.PRESENT if vaccinated else Time.PLANNED


def _used_when(claim: Claim, verb: Hit | None, time: Time) -> Time:
    """«tok en Paracet i går» is use; «ta Paracet» said by a doctor shall be."""
    word = "" if verb is None else claim.tokens[verb.start].text
    if verb is not None and verb.term.nb == "tried":
        return Time.PAST
    if time is Time.PAST:
        return Time.PRESENT if word in _USED and not _words(claim) & _FORMERLY else Time.PAST
    orders = claim.role is Role.PRACTITIONER and claim.answer is None and not claim.written
    goes_on = word.startswith(("fortset", "held", "hald", "forny", "behold", "beheld", "uend"))
    if orders and verb is not None and not goes_on and (word in _ORDERS or time is Time.PLANNED):
        return Time.PLANNED
    return Time.PRESENT


def _done(claim: Claim, verb: Hit | None) -> bool:
    """«sluttet», «har begynt»; but not «å slutta»."""
    if verb is None:
        return False
    before = claim.tokens[verb.start - 1].text if verb.start else ""
    return before not in _INFINITIVE and _DONE.fullmatch(claim.tokens[verb.start].text) is not None


def _negated(claim: Claim, verb: Hit | None) -> bool:
    if verb is None:
        return False
    near = claim.tokens[max(0, verb.start - 4) : verb.end + 3]
    return any(token.text in _NOT for token in near)


def _no_longer(claim: Claim, verb: Hit | None) -> bool:
    """«Den tar jeg ikke lenger»."""
    words = [token.text for token in claim.tokens]
    return any(
        a in _NOT and b in ("lenger", "lengre", "meir", "mer", "lengjer")
        for a, b in zip(words, words[1:], strict=False)
    )


def _all_but(claim: Claim, name: DrugName) -> bool:
    """«ikke noe annet enn Paracet», «ingenting, bare Paracet»."""
    words = [token.text for token in claim.tokens[: name.start]]
    last = max((at for at, word in enumerate(words) if word in _NOT), default=None)
    return last is not None and bool(_BUT & set(words[last:]))


def _with_another(claim: Claim, name: DrugName) -> bool:
    before = [token.text for token in claim.tokens[max(0, name.start - 2) : name.start]]
    return before in (["sammen", "med"], ["saman", "med"], ["grunn", "av"], ["stil", "med"]) or before[-1:] in (
        ["pga"],
        ["mens"],
    )


def _instead_of(claim: Claim, name: DrugName) -> bool:
    before = [token.text for token in claim.tokens[max(0, name.start - 2) : name.start]]
    return before in (["stedet", "for"], ["staden", "for"]) or before[-1:] in (["istedenfor"], ["istadenfor"], ["enn"])


def _effect(claim: Claim) -> str:
    """«hjelper ikke», as it was said."""
    for at, token in enumerate(claim.tokens):
        if _WORKS.fullmatch(token.text):
            end = next((n for n in range(at + 1, min(at + 4, len(claim.tokens))) if claim.tokens[n].text in _NOT), None)
            if end is not None:
                return claim.text[token.start : claim.tokens[end].end]
    return ""


def _use(time: Time) -> Time:
    return Time.PAST if time is Time.PAST else Time.PRESENT


def _words(claim: Claim) -> frozenset[str]:
    return frozenset(token.text for token in claim.tokens)
