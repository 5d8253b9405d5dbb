"""What is done with each medication of a claim: started, stopped, changed, taken, or not; and when. Pure.

Which verb is whose: `drug_verbs`; what is only spoken of: `asides`; what is told besides: `remarks`. A doctor's verb in the present is a
decision (`Time.PLANNED`); what a patient tells is use.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import About, Action, Polarity, Time
from kiskriv.draft.kinds import asides, drug_verbs, remarks
from kiskriv.draft.kinds.drug_names import DrugName
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claim import Claim
from kiskriv.transcript import Role

_NOT: Final = frozenset(("ikke", "ikkje", "aldri"))
_LONGER: Final = frozenset(("lenger", "lengre", "lengjer"))
_NO_MORE: Final = frozenset(("mer", "meir"))
_ENDS: Final = frozenset((",", ".", "!", ";", "men", "og", "enn", "for", "fordi", "så"))
_FORBIDS: Final = frozenset(("skal", "får", "må", "bør", "kan", "ta", "bruk", "lov"))
_BUT: Final = frozenset(("enn", "utenom", "utanom", "bortsett", "unntatt", "unnateke", "bare", "berre"))
_MODAL: Final = frozenset(("å", "skal", "vil", "kan", "må", "bør", "skulle", "ville", "kunne", "burde", "blir", "vert"))
_ORDERS: Final = frozenset(("ta", "bruk", "smør", "spray", "får", "få", "gi", "gje"))
_BIDS: Final = frozenset(
    (
        "vil",
        "at",
        "kan",
        "skal",
        "bør",
        "må",
        "gjerne",
        "vi",
        "me",
        "ønsker",
        "ynskjer",
        "synes",
        "synest",
        "så",
        "da",
        "då",
    )
)
_ONLY: Final = frozenset(("bare", "berre", "kun", "heller", "isteden", "istaden"))
_TOOK: Final = frozenset(("tok", "tatt", "teke", "fikk", "fekk", "fått", "spist", "smurt"))
_ONCE: Final = frozenset(
    (
        "før",
        "tidligere",
        "tidlegare",
        "fjor",
        "forrige",
        "førre",
        "barn",
        "gang",
        "gong",
        "sommer",
        "sommar",
        "ferdig",
        "sist",
    )
)
_TELLS_USE: Final = frozenset((
    "setter", "set", "ga", "gav", "satte", "satte på", "satt på", "gir", "gjev", "drypper",
    "skrevet", "skrive", "prøver", "prøvar", "gitt", "gjeve", "resept", "anbefalt", "satt", "begynt", "begynte",
    "byrja", "starta", "startet",
))  # fmt: skip
_IT: Final = frozenset(("den", "dem", "dei", "de", "det"))
_BEGUN: Final = re.compile(r"hent(?:et|a)|begynt|byrja|starta|startet|tur[td]e?|tor[td]e?|løyst|løst|kjøpt[e]?|kom")
"""With «aldri» or «ikke» before it, it was never taken."""
_TRIED: Final = frozenset(("prøvd", "forsøkt", "prøvde"))
_SELDOM: Final = frozenset(
    ("så", "ofte", "hver", "kvar", "alltid", "mer", "meir", "mye", "mykje", "fast", "hele", "før")
)
_AWAY: Final = {
    "bort": Action.STOPPED,
    "vekk": Action.STOPPED,
    "ut": Action.STOPPED,
    "ned": Action.CHANGED,
    "opp": Action.CHANGED,
}
_DONE: Final = re.compile(
    r"(?:oppstart|start|begyn|byrj|slutt|seponer|kutt|stopp|stans|øk|auk|reduser|trapp|dobl|halver|juster|senk|endr|bytt|skift|erstatt|dropp)"
    r"(?:et|te|t|a|ede|de)|gått|gikk|gjekk|satte?|gitt|ferdig|hivde|heiv|kastet|kasta|hev|tok|tatt|teke|la|lagt|fjernet|fjerna"
)


@dataclass(frozen=True, slots=True, repr=False)
class Deed:
    """With one medication. `note`: how it worked, as it was said; `explicit`: a verb says it.

    `aside`: the drug is only spoken of («sammen med Marevan»); `skipped`: the token from which on
    it is told of doses not taken («glemmer den ofte»), -1: nowhere;
    `until`: the token where a later change begins («så trapper du ned»).
    """

    action: Action | None
    polarity: Polarity
    time: Time
    about: About
    note: str = ""
    explicit: bool = False
    aside: bool = False
    skipped: int = -1
    until: int = drug_verbs.NOWHERE

    def __repr__(self) -> str:
        return f"<Deed {self.action}>"


def deeds(claim: Claim, names: Sequence[DrugName], lexicon: Lexicon) -> tuple[Deed, ...]:
    """One for each name, in their order. A name at [0, 0) stands for a pronoun: every verb is behind it."""
    verbs = drug_verbs.met(claim, lexicon)
    edges = [*(name.start for name in names[1:]), len(claim.tokens)]
    steps = [drug_verbs.next_step(claim, name.end, end, verbs) for name, end in zip(names, edges, strict=True)]
    first = [verb for verb in verbs if not any(a <= verb.start < b for a, b in zip(steps, edges, strict=True))]
    asked = bool(claim.asked) and (
        lexicon.has(claim.asked, "takes-a-drug") or any(token.text in _TRIED for token in claim.asked)
    )
    found = []
    for name, verb, step, end in zip(names, drug_verbs.chosen(claim, names, first), steps, edges, strict=True):
        deed = _deed(claim, names, name, verb, lexicon)
        if deed.action is None and verb is None and asked and deed.polarity is Polarity.AFFIRMED and not deed.note:
            once = any(token.text in _TRIED for token in claim.asked)
            deed = replace(deed, action=None, time=Time.PAST) if once else deed
            deed = replace(deed, action=Action.CONTINUED if deed.time is not Time.PAST else None)
        begun = verb.end if verb is not None and deed.action is Action.STARTED else end
        turn = next((v.start for v in verbs if v.term.nb == "changed" and max(begun, name.end) <= v.start < end), step)
        found.append(replace(deed, until=min(step, turn)))
    return tuple(found)


def _deed(claim: Claim, names: Sequence[DrugName], name: DrugName, verb: Hit | None, lexicon: Lexicon) -> Deed:
    start, end = (name.start, name.end) if name.end else (verb.start, verb.end) if verb else (0, 1)
    time = claims.time(claim, start, end, lexicon)
    if verb is not None and time is Time.PRESENT and claims.time(claim, verb.start, verb.end, lexicon) is Time.PAST:
        time = Time.PAST
    missed, skipped = remarks.missed(claim, name.start)
    tried = verb is not None and verb.term.nb == "tried"
    note = (
        missed
        or remarks.seldom(claim)
        or remarks.effect(claim)
        or (remarks.aftermath(claim, name.end) if tried else "")
    )
    affirmed = bool(note) or _all_but(claim, name)
    polarity = Polarity.AFFIRMED if affirmed else claims.polarity(claim, start, end, lexicon)
    about = claims.about(claim, start, end, lexicon)
    spoken_of = asides.aside(claim, names, name, verb, lexicon)
    deed = Deed(_action(claim, names, name, verb), polarity, time, about, note, verb is not None, spoken_of, skipped)
    return (
        deed
        if deed.aside
        else _over(claim, name, verb, deed, lexicon) or _undone(claim, verb, deed) or _dated(claim, verb, deed)
    )


def _over(claim: Claim, name: DrugName, verb: Hit | None, deed: Deed, lexicon: Lexicon) -> Deed | None:
    """«hjalp ikke», «tar jeg ikke lenger», «fikk jeg aldri henta», «influensavaksinen tok du i oktober»."""
    if _never_begun(claim):
        return replace(deed, action=None, polarity=Polarity.DENIED, time=Time.PRESENT, explicit=True)
    if deed.action in (None, Action.CONTINUED) and _no_longer(claim):
        words = {token.text for token in claim.tokens}
        decided = _is_doctors(claim) and (verb is None or bool(_FORBIDS & words))
        time = Time.PLANNED if decided else Time.PAST
        return replace(deed, action=Action.STOPPED, polarity=Polarity.AFFIRMED, time=time, explicit=True)
    if deed.action is Action.STOPPED and _almost(claim, verb):
        return replace(
            deed, action=Action.CONTINUED, polarity=Polarity.AFFIRMED, time=Time.PRESENT, note="nesten sluttet"
        )
    if deed.action is Action.CONTINUED and not deed.note and _but_not(claim, name, lexicon):
        return replace(deed, action=None, polarity=Polarity.DENIED)
    last = name.start > 0 and claim.tokens[name.start - 1].text == "siste"
    given = (name.vaccine or last) and verb is not None and claim.tokens[verb.start].text in _TOOK
    if given or remarks.worked(deed.note):
        return replace(deed, action=None, time=Time.PAST)
    return None


def _never_begun(claim: Claim) -> bool:
    """«den fikk jeg aldri henta ut», «har ikke begynt på den», told by who should have taken it."""
    if claim.written or _is_doctors(claim):
        return False
    words = [token.text for token in claim.tokens]
    return any(
        word in _NOT and any(_BEGUN.fullmatch(later) for later in words[at + 1 : at + 4])
        for at, word in enumerate(words)
    )


def _almost(claim: Claim, verb: Hit | None) -> bool:
    """«har nesten sluttet med»"""
    return verb is not None and verb.start > 0 and claim.tokens[verb.start - 1].text in ("nesten", "omtrent")


def _but_not(claim: Claim, name: DrugName, lexicon: Lexicon) -> bool:
    """«… men du bruker ikke den», «… men den tar jeg ikke»; not «… men bruker den ikke så ofte»."""
    words = [token.text for token in claim.tokens[name.end :]]
    if "men" not in words:
        return False
    begin = name.end + words.index("men") + 1
    rest = claim.tokens[begin : begin + 8]
    at = next((i for i, token in enumerate(rest) if token.text in _NOT), None)
    if at is None or not any(token.text in _IT for token in rest) or not lexicon.has(rest, "takes-a-drug"):
        return False
    return not any(token.text in _SELDOM for token in rest[at + 1 :])


def _undone(claim: Claim, verb: Hit | None, deed: Deed) -> Deed | None:
    """What is not done: not stopped goes on, not taken is denied, and by a doctor forbidden."""
    if verb is not None and verb.term.nb == "avoided":
        return replace(deed, polarity=Polarity.DENIED, time=Time.PLANNED if _is_doctors(claim) else deed.time)
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
    if verb.term.nb == "avoided":
        return None
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
        words_now = {token.text for token in claim.tokens}
        changed = _anew([token.text for token in claim.tokens]) and bool(_ONLY & words_now)
        return replace(deed, time=time, action=Action.CHANGED if changed else Action.STARTED)
    if time is Time.PAST:
        words = {token.text for token in claim.tokens}
        return replace(deed, time=time, action=Action.STOPPED if {"brukte", "før"} <= words else None)
    return replace(deed, time=time)


def _used(claim: Claim, verb: Hit, time: Time) -> Time:
    """«tok en Paracet i går» is use; «ta Paracet» said by a doctor shall be; what is taken «som før» goes on."""
    words = [token.text for token in claim.tokens]
    word = words[verb.start]
    if verb.term.nb == "tried" or _long_since(word, words) or _used_then(verb, words):
        return Time.PAST
    if word.startswith(drug_verbs.GOES_ON) or _goes_on(word, words):
        return Time.PRESENT
    if word in _TOOK:
        then = word in ("fikk", "fekk") and bool(
            {"da", "då", "etter"} & {words[max(0, verb.start - 1)], *words[verb.end + 1 : verb.end + 3]}
        )
        return Time.PAST if then or _ONCE & set(words) else Time.PRESENT
    granted = word in ("få", "får") and claim.role is Role.PRACTITIONER and claim.answer is Polarity.AFFIRMED
    if granted or (_is_doctors(claim) and _anew(words)):
        return Time.PLANNED
    bids = word in _ORDERS or time is Time.PLANNED or bool(_BIDS & set(words[max(0, verb.start - 4) : verb.end + 2]))
    return (
        Time.PLANNED
        if time is not Time.PAST and bids and _is_doctors(claim)
        else Time.PRESENT
        if time is Time.PLANNED
        else time
    )


def _long_since(word: str, words: Sequence[str]) -> bool:
    """«det er lenge siden jeg brukte den»"""
    return bool({("lenge", "siden"), ("lenge", "sidan")} & set(pairwise(words))) and word in ("brukte", *_TOOK)


def _used_then(verb: Hit, words: Sequence[str]) -> bool:
    """«da brukt æ», «då brukte eg»: at that time."""
    then = words[max(0, verb.start - 1) : verb.start] in (["da"], ["då"]) and words[verb.start] == "brukte"
    told = then or words[verb.start] == "brukt"  # «brukt æ», «brukt eg»: of the dialects
    return told and words[verb.end : verb.end + 1] in (["jeg"], ["eg"])


def _goes_on(word: str, words: Sequence[str]) -> bool:
    """«som før»; «den fikk hun sist i august»"""
    before = {("som", "før"), ("fra", "før"), ("frå", "før")} & set(pairwise(words))
    return bool(before) or (word in ("fikk", "fekk") and "sist" in words and bool(_IT & set(words)))


def _anew(words: Sequence[str]) -> bool:
    """«Fra nå av», «heretter»."""
    return "heretter" in words or any(
        a in ("fra", "frå") and b in ("nå", "no", "i") and c in ("av", "dag")
        for a, b, c in zip(words, words[1:], words[2:], strict=False)
    )


def _done(claim: Claim, verb: Hit | None) -> bool:
    """«sluttet», «har begynt»; but not «å slutta»."""
    return (
        verb is not None
        and any(_DONE.fullmatch(token.text) for token in claim.tokens[verb.start : verb.end])
        and not _infinitive(claim, verb)
    ) or (
        verb is not None
        and any(token.text in ("fikk", "fekk") for token in claim.tokens[max(0, verb.start - 2) : verb.start])
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
    """«Den tar jeg ikke lenger», «du skal ikke ta Voltaren mer»; not «en halv, ikke mer»."""
    words = [token.text for token in claim.tokens]
    for at, word in enumerate(words):
        if word not in _NOT:
            continue
        end = next((n for n in range(at + 1, len(words)) if words[n] in _ENDS), len(words))
        if set(words[at + 1 : end]) & _LONGER:
            return True
        while end > at + 1 and words[end - 1] in ("nå", "no"):
            end -= 1
        said_before = bool(at) and words[at - 1] == ","
        if end > at + 1 and words[end - 1] in _NO_MORE and not said_before and words[end : end + 1] != ["enn"]:
            return True
    return False


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
