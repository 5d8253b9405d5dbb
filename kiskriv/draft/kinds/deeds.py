"""What is done with each medication of a claim: started, stopped, changed, taken, or not; and when. Pure.

Verbs are those of `lexicon/regimens.txt`. Each drug gets the verb before it, or the one behind it («Marevan slutter du med»); drugs
in a row share one. A doctor's verb in the present is a decision (`Time.PLANNED`); what a patient tells is use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import About, Action, Polarity, Time
from kiskriv.draft.kinds import asides
from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claim import Claim
from kiskriv.transcript import Role

_DOERS: Final = frozenset((
    "jeg", "eg", "du", "vi", "me", "han", "hun", "ho", "dere", "de", "deg", "meg", "ham", "henne", "oss", "nå",
    "no", "da", "då", "heller", "også", "òg", "jo",
))  # fmt: skip
"""Stand inside a verb's phrase: «skriver jeg deg ut»."""
_NOT: Final = frozenset(("ikke", "ikkje", "aldri"))
_NO_MORE: Final = frozenset(("lenger", "lengre", "lengjer", "mer", "meir"))
_BUT: Final = frozenset(("enn", "utenom", "utanom", "bortsett", "unntatt", "unnateke", "bare", "berre"))
_MODAL: Final = frozenset(("å", "skal", "vil", "kan", "må", "bør", "skulle", "ville", "kunne", "burde", "blir", "vert"))
_ORDERS: Final = frozenset(("ta", "bruk", "smør", "spray", "får", "få", "gi", "gje"))
_BIDS: Final = frozenset(
    ("kan", "skal", "bør", "må", "gjerne", "vi", "me", "ønsker", "ynskjer", "synes", "synest", "så", "da", "då")
)
_GOES_ON: Final = ("fortset", "held", "hald", "forny", "behold", "beheld", "uend", "fast")
_TOOK: Final = frozenset(("tok", "tatt", "teke", "fikk", "fekk", "fått", "spist", "smurt"))
_ONCE: Final = frozenset(
    ("før", "tidligere", "tidlegare", "fjor", "forrige", "førre", "barn", "gang", "gong", "sommer", "sommar", "ferdig")
)
_TELLS_USE: Final = frozenset((
    "skrevet", "skrive", "prøver", "prøvar", "gitt", "gjeve", "resept", "anbefalt", "satt", "begynt", "begynte",
    "byrja", "starta", "startet",
))  # fmt: skip
_NEXT_TO: Final = frozenset((
    "har", "hadde", "hatt", "får", "prøver", "prøvar", "gir", "gjev", "gi", "gje", "skriver", "skriv", "en",
    "ein", "kur", "setter", "sett", "set", "satt",
))  # fmt: skip
"""Verbs that are so many things that they must stand within `_NEAR` tokens before the name."""
_LEFT_ONLY: Final = _NEXT_TO | frozenset(("resept", "forsøk", "anbefalt", "medisiner", "medisinar"))
_NEAR: Final = 3
_AWAY: Final = {
    "bort": Action.STOPPED,
    "vekk": Action.STOPPED,
    "ut": Action.STOPPED,
    "ned": Action.CHANGED,
    "opp": Action.CHANGED,
}
_DONE: Final = re.compile(
    r"(?:oppstart|start|begyn|byrj|slutt|seponer|kutt|stopp|stans|øk|auk|reduser|trapp|dobl|halver|juster|senk|endr|bytt|skift|erstatt|dropp)"
    r"(?:et|te|t|a|ede|de)|gått|gikk|gjekk|satt|gitt"
)
_DANGER: Final = re.compile(r".*(?:fare|risiko|effekt|virkning|verknad|trykk)(?:e?n|a|et)?")
_WORKS: Final = re.compile(r"(?:hjelp|hjalp|virk|verk|fung|funk)[^\W\d_]*")
_WORKED: Final = re.compile(r"(?:hjalp|hjelpt|virk[ea]t?|verka|fungert?e|funket|funka)")


@dataclass(frozen=True, slots=True, repr=False)
class Deed:
    """With one medication. `note`: how it worked, as it was said; `explicit`: a verb says it.

    `aside`: the drug is only spoken of («sammen med Marevan»); `until`: the token where a later change begins («så trapper du ned»).
    """

    action: Action | None
    polarity: Polarity
    time: Time
    about: About
    note: str = ""
    explicit: bool = False
    aside: bool = False
    until: int = 10**6

    def __repr__(self) -> str:
        return f"<Deed {self.action}>"


def deeds(claim: Claim, names: Sequence[DrugName], lexicon: Lexicon) -> tuple[Deed, ...]:
    """One for each name, in their order. A name at [0, 0) stands for a pronoun: every verb is behind it."""
    verbs = _verbs(claim, lexicon)
    asked = bool(claim.asked) and lexicon.has(claim.asked, "takes-a-drug")
    found = []
    for at, (name, verb) in enumerate(zip(names, _chosen(claim, names, verbs), strict=True)):
        deed = _deed(claim, names, name, verb, lexicon)
        if deed.action is None and verb is None and asked and deed.polarity is Polarity.AFFIRMED and not deed.note:
            deed = replace(deed, action=Action.CONTINUED if deed.time is not Time.PAST else None)
        end = names[at + 1].start if at + 1 < len(names) else len(claim.tokens)
        later = [
            hit.start for hit in verbs if hit is not verb and hit.term.nb == "changed" and name.end <= hit.start < end
        ]
        started = verb is not None and verb.start < name.end and deed.action is Action.STARTED
        found.append(replace(deed, until=later[0]) if later and started else deed)
    return tuple(found)


def effect(claim: Claim) -> str:
    """«hjelper ikke», as it was said."""
    for at, token in enumerate(claim.tokens):
        if _WORKS.fullmatch(token.text):
            end = next((n for n in range(at + 1, min(at + 4, len(claim.tokens))) if claim.tokens[n].text in _NOT), None)
            if end is not None:
                return claim.text[token.start : claim.tokens[end].end]
    return ""


def worked(note: str) -> bool:
    """Whether this effect is told of what is over: «hjalp ikke»."""
    return _WORKED.match(note) is not None


def _verbs(claim: Claim, lexicon: Lexicon) -> tuple[Hit, ...]:
    """As they are met without who does it in between; not «øker blødningsfaren», which is no dose."""
    places = [at for at, token in enumerate(claim.tokens) if token.text not in _DOERS]
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
    )


def _chosen(claim: Claim, names: Sequence[DrugName], verbs: Sequence[Hit]) -> list[Hit | None]:
    """For each name its verb. Between two names a verb is the second's, unless that has another."""
    gaps = _gaps(claim, names, verbs)
    chosen: list[Hit | None] = []
    for at in range(len(names)):
        before, behind = gaps[at], gaps[at + 1]
        last = at + 1 == len(names)
        lasting = [hit for hit in before if claim.tokens[hit.start].text.startswith(_GOES_ON)]
        own = (lasting or before)[-1] if before else None  # «fornyer resepten på»: no new one
        beside = [hit for hit in behind if hit.start - names[at].end <= 1]
        usable = beside or [hit for hit in behind if claim.tokens[hit.start].text not in _LEFT_ONLY]
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
        chosen.append(chosen[-1] if own is None and at else own)
    return chosen


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


def _deed(claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None, lexicon: Lexicon) -> Deed:
    start, end = (name.start, name.end) if name.end else (verb.start, verb.end) if verb else (0, 1)
    time = claims.time(claim, start, end, lexicon)
    if verb is not None and time is Time.PRESENT and claims.time(claim, verb.start, verb.end, lexicon) is Time.PAST:
        time = Time.PAST
    note = _seldom(claim) or effect(claim)
    affirmed = bool(note) or _all_but(claim, name)
    polarity = Polarity.AFFIRMED if affirmed else claims.polarity(claim, start, end, lexicon)
    about = claims.about(claim, start, end, lexicon)
    spoken_of = asides.aside(claim, names, name, verb)
    deed = Deed(_action(claim, names, name, verb), polarity, time, about, note, verb is not None, spoken_of)
    return (
        deed
        if deed.aside
        else _over(claim, name, verb, deed) or _undone(claim, verb, deed) or _dated(claim, verb, deed)
    )


def _over(claim: Claim, name: DrugName, verb: Hit | None, deed: Deed) -> Deed | None:
    """«hjalp ikke», «tar jeg ikke lenger», «influensavaksinen tok du i oktober»."""
    if deed.action in (None, Action.CONTINUED) and _no_longer(claim):
        return replace(deed, action=Action.STOPPED, polarity=Polarity.AFFIRMED, time=Time.PAST, explicit=True)
    given = name.vaccine and verb is not None and claim.tokens[verb.start].text in _TOOK
    if given or worked(deed.note):
        return replace(deed, action=None, time=Time.PAST)
    return None


def _undone(claim: Claim, verb: Hit | None, deed: Deed) -> Deed | None:
    """What is not done: not stopped goes on, not taken is denied, and by a doctor forbidden."""
    denied = deed.polarity is Polarity.DENIED
    if deed.action in (Action.STOPPED, Action.CHANGED):
        if _negated(claim, verb) or (denied and claim.answer is Polarity.DENIED):
            return replace(deed, action=Action.CONTINUED, polarity=Polarity.AFFIRMED, time=Time.PRESENT)
        return _dated(claim, verb, replace(deed, polarity=Polarity.AFFIRMED)) if denied else None
    if denied:
        forbids = _is_doctors(claim) and verb is not None
        return replace(deed, action=None, time=Time.PLANNED if forbids else deed.time)
    return None


def _action(claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None) -> Action | None:
    after = claim.tokens[name.end].text if name.end and name.end < len(claim.tokens) else ""
    if after in _AWAY and (verb is None or verb.term.nb == "continued"):
        return _AWAY[after]
    if verb is None:
        return None
    if _instead_of(claim, name):
        return Action.STOPPED
    if verb.term.nb == "switched":
        return _switched(claim, names, name)
    return Action.CONTINUED if verb.term.nb == "tried" or _tells_use(claim, verb) else Action(verb.term.nb)


def _tells_use(claim: Claim, verb: Hit) -> bool:
    """«fikk skrevet ut», «har begynt på», «har gått ned til», told by who takes it."""
    if claim.role is Role.PRACTITIONER and claim.answer is None:
        return False
    begun = verb.term.nb == "started" and claim.tokens[verb.start].text in _TELLS_USE and not _infinitive(claim, verb)
    return begun or (verb.term.nb == "changed" and _done(claim, verb))


def _is_doctors(claim: Claim) -> bool:
    """A doctor's own word, spoken."""
    return claim.role is Role.PRACTITIONER and claim.answer is None and not claim.written


def _switched(claim: Claim, names: Sequence[DrugName], name: DrugName) -> Action:
    """«fra X til Y», «ut X med Y», «X mot Y»."""
    before = claim.tokens[name.start - 1].text if name.start else ""
    if before in ("fra", "frå", "ut") or not name.end:
        return Action.STOPPED
    if before in ("til", "med", "på", "mot"):
        return Action.STARTED
    return Action.STOPPED if len(names) > 1 and name is names[0] else Action.STARTED


def _dated(claim: Claim, verb: Hit | None, deed: Deed) -> Deed:
    """What is done, with the time that it is done."""
    if deed.action is None:
        return deed
    if deed.action is not Action.CONTINUED:
        over = deed.action is Action.STOPPED or deed.time is Time.PAST
        return replace(deed, time=Time.PLANNED if not _done(claim, verb) else Time.PAST if over else Time.PRESENT)
    time = deed.time if verb is None else _used(claim, verb, deed.time)
    if time is Time.PLANNED:
        return replace(deed, time=time, action=Action.STARTED)
    if time is Time.PAST:
        words = {token.text for token in claim.tokens}
        return replace(deed, time=time, action=Action.STOPPED if {"brukte", "før"} <= words else None)
    return replace(deed, time=time)


def _used(claim: Claim, verb: Hit, time: Time) -> Time:
    """«tok en Paracet i går» is use; «ta Paracet» said by a doctor shall be; what is taken «som før» goes on."""
    words = [token.text for token in claim.tokens]
    word = words[verb.start]
    if verb.term.nb == "tried":
        return Time.PAST
    if word.startswith(_GOES_ON) or {("som", "før"), ("fra", "før"), ("frå", "før")} & set(pairwise(words)):
        return Time.PRESENT
    if word in _TOOK:
        then = word in ("fikk", "fekk") and words[max(0, verb.start - 1)] in ("da", "då")
        return Time.PAST if then or _ONCE & set(words) else Time.PRESENT
    bids = word in _ORDERS or time is Time.PLANNED or bool(_BIDS & set(words[max(0, verb.start - 4) : verb.end + 2]))
    return (
        Time.PLANNED
        if time is not Time.PAST and bids and _is_doctors(claim)
        else Time.PRESENT
        if time is Time.PLANNED
        else time
    )


def _done(claim: Claim, verb: Hit | None) -> bool:
    """«sluttet», «har begynt»; but not «å slutta»."""
    return (
        verb is not None and _DONE.fullmatch(claim.tokens[verb.start].text) is not None and not _infinitive(claim, verb)
    )


def _infinitive(claim: Claim, verb: Hit) -> bool:
    return any(token.text in _MODAL for token in claim.tokens[max(0, verb.start - 2) : verb.start])


def _negated(claim: Claim, verb: Hit | None) -> bool:
    """«ikke slutt», «slutter ikke», «må du ikke slutte»."""
    near = (
        ()
        if verb is None
        else (*claim.tokens[max(0, verb.start - 2) : verb.start], *claim.tokens[verb.end : verb.end + 2])
    )
    return any(token.text in _NOT for token in near)


def _no_longer(claim: Claim) -> bool:
    """«Den tar jeg ikke lenger»."""
    return any(a.text in _NOT and b.text in _NO_MORE for a, b in pairwise(claim.tokens))


def _seldom(claim: Claim) -> str:
    """«nesten aldri», «sjelden»: it is used."""
    for at, token in enumerate(claim.tokens):
        if token.text in ("sjelden", "sjeldan") or (
            token.text == "aldri" and at and claim.tokens[at - 1].text in ("nesten", "omtrent")
        ):
            return claim.text[claim.tokens[at - (token.text == "aldri")].start : token.end]
    return ""


def _all_but(claim: Claim, name: DrugName) -> bool:
    """«ikke noe annet enn Paracet», «ingenting, bare Paracet»."""
    words = [token.text for token in claim.tokens[: name.start]]
    last = max((at for at, word in enumerate(words) if word in _NOT or word.startswith("ingen")), default=None)
    return last is not None and bool(_BUT & set(words[last:]))


def _instead_of(claim: Claim, name: DrugName) -> bool:
    before = tuple(token.text for token in claim.tokens[max(0, name.start - 2) : name.start])
    return before in (("stedet", "for"), ("staden", "for")) or before[-1:] in (
        ("istedenfor",),
        ("istadenfor",),
        ("framfor",),
    )
