"""When something shall be, and on what condition: «om to uker», «fra mandag», «hvis du blir verre», «får du feber, …». Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import Quantity
from kiskriv.draft.language.quantities import durations
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.quoting import quoted

_AHEAD: Final = frozenset({"om", "innen", "innan"})
_ABOUT: Final = frozenset(
    ("ca", ".", "cirka", "omtrent", "rundt", "en", "ei", "ein", "kanskje", "sånn", "tre-fire", "minst", "godt")
)
_WHETHER: Final = frozenset(
    (
        "se", "ser", "sjå", "spør", "spurte", "høre", "høyre", "på", "vet", "veit", "sjekke", "sjekker", "usikker",
        "å", "å se", "finne", "ut",
    )
)  # fmt: skip
"""«se om det virker»: what follows is no condition."""
_LEAVING: Final = frozenset(("går", "drar", "dreg", "reiser", "gjelder", "gjeld"))
_ABBREVIATED: Final = frozenset(("el", "evt", "ev", "eks", "f"))
_BEFORE_A_DAY: Final = frozenset(
    (
        "på", "i", "til", "fra", "frå", "innen", "innan", "før", "over", "etter", "ut", "neste", "førstkommende",
        "med", "og", "tom",
    )
)  # fmt: skip
_UNTIL: Final = ["t", ".", "o", ".", "m", "."]
_MAIN: Final = frozenset(
    (
        "så", "da", "då", "må", "skal", "kan", "bør", "ta", "tar", "tek", "ring", "ringer", "ringe", "ringjer", "kom", "kommer", "kjem",
        "kontakt", "henviser", "tilviser", "sykmelder", "sjukmelder", "sender", "drar", "dreg", "oppsøk", "vil", "blir", "vi", "jeg", "eg",
        "me",
    )
)  # fmt: skip
"""What a main clause begins with, after a condition that no comma ends."""
_DOERS: Final = frozenset({"jeg", "eg", "vi", "me", "da", "då"})
_SUBJECTS: Final = frozenset(("du", "det", "han", "hun", "ho", "de", "dei", "dere", "den", "dykk"))
_WHO: Final = _DOERS | {"du", "dere", "de", "dykk"}
_INFINITIVE: Final = frozenset({"å", "kan", "må", "skal", "vil", "får", "og"})
_AUXILIARIES: Final = frozenset(
    ("skal", "må", "kan", "bør", "har", "er", "vil", "blir", "vert", "får", "ønsker", "trenger")
)
_LEADING: Final = _SUBJECTS | frozenset(
    (
        "når", "hvis", "viss", "dersom", "om", "ved", "så", "og", "men", "ja", "da", "nå", "no", "i", "på", "til",
        "med", "for", "etter",
    )
)  # fmt: skip
"""What a clause begins with that has no verb first."""
_DEFINITE: Final = ("en", "et", "a", "ene", "ane")
_NEGATIONS: Final = frozenset({"ikke", "ikkje"})
_NYNORSK: Final = frozenset(
    (
        "ikkje", "eg", "me", "vert", "kjem", "ringjer", "ringje", "då", "noko", "nokon", "frå", "sjå", "tek", "dreg",
        "dykk", "legg", "meir", "att", "same",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Occasion:
    """When, as said at tokens [start, end): how long (`ahead`: until then, else it lasts so long), or a day."""

    start: int
    end: int
    duration: Quantity | None = None
    ahead: bool = False
    onset: str = ""


def occasions(claim: Claim, lexicon: Lexicon) -> list[Occasion]:
    """Every one in the claim, from the left. «for to uker siden» is none."""
    words = [token.text for token in claim.tokens]
    found = []
    for amount in durations(claim.tokens, lexicon):
        if words[amount.end : amount.end + 1] not in (["siden"], ["sidan"], ["gammel"], ["gamal"]):
            found.append(Occasion(amount.start, amount.end, amount.quantity, _lead(words, amount.start) is not None))
    for hit in lexicon.find(claim.tokens, "when"):
        start = hit.start
        if start and words[start - 1][:1].isdigit():
            start -= 1
        while (
            start
            and words[start - 1] in _BEFORE_A_DAY
            and words[start - 1 : start + 1] != ["på", "i"]
            and hit.start - start < 3
        ):
            start -= 1
        if words[max(0, start - len(_UNTIL)) : start] == _UNTIL:
            start -= len(_UNTIL)
        while words[start] in ("og", "med"):
            start += 1
        found.append(Occasion(start, hit.end, onset=quoted(claim, start, hit.end)))
    return sorted(found, key=lambda occasion: occasion.start)


def parted(claim: Claim, lexicon: Lexicon) -> tuple[Claim, Claim | None]:
    """The claim without its condition, and the condition, if it has one."""
    span = _condition(claim, lexicon)
    if span is None:
        return claim, None
    start, end = span
    return (
        replace(claim, tokens=claim.tokens[:start] + claim.tokens[end:]),
        replace(claim, tokens=claim.tokens[start:end]),
    )


def condition(clause: Claim | None, lexicon: Lexicon) -> tuple[str, tuple[Occasion, ...]]:
    """A condition in words, without the time that it names, and that time: «hvis du ikke er bedre», «om tre dager»."""
    if clause is None:
        return "", ()
    words = [token.text for token in clause.tokens]
    named = tuple(one for one in occasions(clause, lexicon) if one.ahead)
    out = {at for one in named for at in range(_lead(words, one.start) or 0, one.end)}
    tokens = tuple(token for at, token in enumerate(clause.tokens) if at not in out)
    while tokens and tokens[-1].text in (",", ".", "så", "da", "då"):
        tokens = tokens[:-1]
    kept = replace(clause, tokens=tokens)
    return _conjoined(quoted(kept, 0, len(tokens)), kept), named


def _lead(words: list[str], start: int) -> int | None:
    """Where the preposition begins that makes a length of time one until then: «om», «innen», «i løpet av»."""
    if words[max(0, start - 3) : start] == ["i", "løpet", "av"]:
        return start - 3
    while start and words[start - 1] in _ABOUT:
        start -= 1
    return start - 1 if start and words[start - 1] in _AHEAD else None


def _conjoined(text: str, clause: Claim) -> str:
    """«får du feber» is «hvis du får feber»; anything else stands as it was said."""
    tokens = clause.tokens
    if len(tokens) < 2 or not _inverted(clause):
        return text[:1].lower() + text[1:]
    word = "viss" if not _NYNORSK.isdisjoint(token.text for token in tokens) else "hvis"
    negated = len(tokens) > 2 and tokens[2].text in _NEGATIONS
    order = (1, 2, 0) if negated else (1, 0)
    first = " ".join(quoted(clause, at, at + 1).lower() for at in order)
    return f"{word} {first} {quoted(clause, len(order), len(tokens))}".strip()


def _inverted(clause: Claim) -> bool:
    """A verb first: it stands before its subject, or before a definite noun."""
    first, second = clause.tokens[0].text, clause.tokens[1].text
    return first not in _LEADING and (second in _SUBJECTS or second.endswith(("en", "et", "ene", "ane")))


def _condition(claim: Claim, lexicon: Lexicon) -> tuple[int, int] | None:
    """Where it stands in the claim."""
    words = [token.text for token in claim.tokens]
    hits = lexicon.find(claim.tokens, "proviso")
    start = min((*(hit.start for hit in hits[:1]), *_ifs(words)), default=None)
    if start is not None:
        if words[start] == "ved":
            return start, _phrase_end(words, start)
        return start, _clause_end(words, start, leads=start < 3)
    first = 1 if words[:1] in (["men"], ["og"], ["så"]) else 0
    if claim.answer is None and len(words) > 4 and _verb_first(words[first:]):
        return first, _clause_end(words, first, leads=True)
    return None


def _ifs(words: list[str]) -> list[int]:
    """«om det er noe», where «om» means «hvis»; «når du har vært der», not «når du går» from here."""
    return [
        at
        for at in range(len(words) - 2)
        if (words[at + 1] in _SUBJECTS | _DOERS or _fails(words, at))
        and (
            (words[at] == "om" and (not at or words[at - 1] not in _WHETHER))
            or (words[at] == "når" and words[at + 2] not in _LEAVING)
        )
    ][:1]


def _fails(words: list[str], at: int) -> bool:
    """«om flekken ikkje er borte», «om såret blør»; not «om morgenen»."""
    after = words[at + 2 : at + 3]
    return words[at] == "om" and words[at + 1].endswith(_DEFINITE) and (after[0] in _NEGATIONS | _AUXILIARIES)


def _verb_first(words: list[str]) -> bool:
    """«Får du feber, så …»: a verb, its subject, and after a comma the main clause."""
    if len(words) < 5:
        return False
    turn = next((at for at in range(2, len(words) - 1) if _turns(words, at)), 0)
    return (
        turn > 2
        and words[0] not in _LEADING | _DOERS
        and (words[1] in _SUBJECTS or words[1].endswith(("en", "et", "ene", "ane")))
    )


def _asserts(words: list[str], at: int) -> bool:
    """«er det bare å ringe», «må du ringe»."""
    return words[at] in _AUXILIARIES and at + 1 < len(words) and words[at + 1] in _WHO | {"det"}


def _turns(words: list[str], at: int) -> bool:
    """Whether a main clause begins here, after a condition: «, så ring», «så kommer du», «må du»."""
    if words[at] in (",", "så"):
        return words[at + 1] in _MAIN
    return words[at] in _AUXILIARIES and words[at + 1] in _WHO and words[at - 1] not in _INFINITIVE


def _clause_end(words: list[str], start: int, *, leads: bool) -> int:
    """At the comma before the main clause, or «så»; where it leads the sentence, also where the main clause begins without one."""
    for at in range(start + 2, len(words) - 1):
        if words[at] == "," and (words[at + 1] in _MAIN or _asserts(words, at + 1)):
            return at + 1
        if words[at] == "så" and words[at + 1] in _MAIN:
            return at
    for at in range(start + 3, len(words) if leads else 0):
        bare = words[at] in _MAIN and words[at] not in _AUXILIARIES | _DOERS and words[at - 1] not in _INFINITIVE
        if bare or (words[at] in _AUXILIARIES and words[at + 1 : at + 2] and words[at + 1] in _WHO):
            return at
    return len(words)


def _phrase_end(words: list[str], start: int) -> int:
    """Of «ved forverring eller feber»."""
    for at in range(start + 1, len(words)):
        if (
            words[at] in _MAIN
            or words[at] in (";", "men")
            or (words[at] == "." and words[at - 1] not in _ABBREVIATED)
            or (words[at] in ("om", "på") and at > start + 1)
        ):
            return at
    return len(words)
