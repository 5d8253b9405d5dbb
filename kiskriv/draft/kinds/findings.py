"""What the practitioner finds on examination, told aloud or written: a structure and how it is, or a finding with its own name. Pure.

«Lungene høres fine ut»: lunger, fine. «Ingen knatrelyder»: knatrelyder, denied. «Du er øm på høyre side»: ømhet, right. «Gjør det vondt
når jeg trykker her?» «Ja»: ømhet. Instructions («pust dypt»), and what is asked, find nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import Fact, Kind, Polarity, Side, Time
from kiskriv.draft.kinds.mentions import BREAKS, Mention
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.reading import tokens as read
from kiskriv.draft.language.sides import Sided, only, side_of, sides
from kiskriv.draft.lexicon import Hit, Lexicon, Term
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.transcript import Role

TENDERNESS: Final = "ømhet"
_SORE: Final = frozenset(("øm", "uøm"))
_CALLED: Final = {
    "øm": TENDERNESS, "uøm": TENDERNESS, "hoven": "hevelse", "rød": "rødhet", "varm": "varmeøkning",
}  # fmt: skip
"""The findings that states are, where no structure is."""
_APART: Final = frozenset(("og", "eller", "men", "over", "rundt", "omkring", "framom", "foran", "bak"))
"""A state before one of these is not of the structure after it: «rød over ankelen»."""
_PRONOUNS: Final = frozenset(("den", "de", "dei", "han", "ho"))
_MEASURES: Final = ("millimeter", "centimeter", "mm", "cm", "grader")
_SIZE: Final = Term("state", "mål", "mål")
_AT: Final = frozenset(("på", "i", "over", "under", "ved", "av", "langs"))
_COPULAS: Final = frozenset(
    (
        "er",
        "var",
        "e",
        "va",
        "virker",
        "verkar",
        "ser",
        "høres",
        "kjennes",
        "helt",
        "heilt",
        "litt",
        "og",
        "ikke",
        "ikkje",
    )
)
_IS: Final = (["er"], ["var"], ["e"], ["va"])
_WITHIN: Final = 3
_NEAR: Final = 8
_LISTED: Final = 12
_TOLD: Final = ("sier", "seier", "fortal", "fortel", "nevnte", "nemnde", "hatt", "reagert", "allerg", "tåler", "toler")
"""Beginnings of words that who examines does not say: it was told, or is an allergy."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings of a claim, and the mentions that are part of them."""

    facts: tuple[Fact, ...] = ()
    used: tuple[Mention, ...] = ()


def found(claim: Claim, named: Sequence[Mention], under: str, lexicon: Lexicon, before: str = "") -> Examined:
    """The findings of a claim. `under`: what the heading above it is for; `before`: the structure that «den» means."""
    if claim.answer is not None:
        return _answered(claim, named, lexicon)
    if under not in ("", "findings") or not (claim.written or claim.role in (Role.PRACTITIONER, Role.UNKNOWN)):
        return Examined()
    if lexicon.has(claim.tokens, "instruction") or _retold(claim) or _warned(claim, lexicon):
        return Examined()
    said = sides(claim.tokens, lexicon)
    facts = (*_states(claim, said, before, lexicon), *_signs(claim, named, said, under, lexicon))
    used = tuple(m for m in named if any(s <= m.start < e for fact in facts for s, e in (fact.span,)))
    return Examined(tuple(fact.fact for fact in facts), used)


def _retold(claim: Claim) -> bool:
    """«Du sier at halsen er rød»; not «en bilyd, den har du hatt før»."""
    words = [token.text for token in claim.tokens]
    first = words[: words.index(",")] if "," in words else words
    return any(word.startswith(_TOLD) for word in first)


def _warned(claim: Claim, lexicon: Lexicon) -> bool:
    """«Du kan få hovne ankler»: nobody has found it."""
    warned = ("explanation", "condition")
    return not claim.written and any(
        hit.term.nb in warned and hit.start <= 1 for hit in lexicon.find(claim.tokens, "unclaimed")
    )


def heading(text: str, lexicon: Lexicon) -> str:
    """What a heading is for: `findings`, `plan`, `judgement`, `family`, `past`; empty: what was told."""
    hit = next(iter(lexicon.find(read(text), "heading")), None)
    return hit.term.nb if hit is not None and hit.start == 0 else ""


@dataclass(frozen=True, slots=True)
class _Found:
    fact: Fact
    span: tuple[int, int]


def _answered(claim: Claim, named: Sequence[Mention], lexicon: Lexicon) -> Examined:
    """«Gjør det vondt når jeg trykker her?» «Ja.»"""
    sore = [m for m in named if m.name.endswith("smerter") or m.name == TENDERNESS]
    if not lexicon.has(claim.tokens, "examining"):
        return Examined()
    body = next((m.body for m in sore if m.body), "")
    side = next((m.side for m in sore if m.side), None)
    place = body or next((hit.term.nb for hit in lexicon.find(claim.tokens, "body")), "")
    if not place:
        return Examined()
    polarity = claim.answer or Polarity.AFFIRMED
    side = side or next((said.side for said in sides(claim.tokens, lexicon)), None)
    return Examined((Fact(Kind.FINDING, TENDERNESS, claim.evidence, polarity, side=side, body=place),), tuple(sore))


def _states(claim: Claim, said: Sequence[Sided], before: str, lexicon: Lexicon) -> Iterator[_Found]:
    """Each structure with the states said of it; «øm», «hoven» without a structure is a finding of whatever is named."""
    signs = lexicon.find(claim.tokens, "sign")
    states = [
        hit
        for hit in lexicon.find(claim.tokens, "state")
        if not any(sign.start <= hit.start < sign.end for sign in signs)
    ]
    states = sorted((*states, *_sizes(claim.tokens)), key=lambda hit: hit.start)
    if not states:
        return
    structures = _heads(claim, lexicon.find(claim.tokens, "structure")) or _meant(claim, before, lexicon)
    spoken_of: set[int] = set()
    for at, structure in enumerate(structures):
        own = [hit for hit in states if _of(claim, hit, structure, structures, at)]
        spoken_of.update(hit.start for hit in own)
        body, placed = _under(claim, structure, said, lexicon)
        body = "" if body in structure.term.nb or structure.term.nb in body else body
        side = side_of(structure.start, structure.end, said, structures, ()) or (placed if body else None)
        if side is None and len(structures) == 1 and not body:
            side = only(said)
        for other, some in _by_side(claim, structure, own, said):
            for polarity, same in _by_polarity(claim, structure, some, lexicon):
                detail = ", ".join(_quoted(claim, hit) for hit in same)
                fact = Fact(
                    Kind.FINDING,
                    structure.term.nb,
                    claim.evidence,
                    polarity,
                    side=other or side,
                    body=body,
                    detail=detail,
                )
                yield _Found(fact, (min(structure.start, same[0].start), max(structure.end, same[-1].end)))
    for hit in states:
        if hit.start in spoken_of or hit.term.nb not in _CALLED:
            continue
        found = _called(claim, hit, said, lexicon)
        if hit.term.nb in _SORE or found.fact.body:
            yield found


def _sizes(tokens: Sequence[Token]) -> Iterator[Hit]:
    """«elleve millimeter», «nitti grader»."""
    for at, token in enumerate(tokens[:-1]):
        if token.value is not None and tokens[at + 1].text.startswith(_MEASURES):
            yield Hit(_SIZE, at, at + 2)


def _meant(claim: Claim, before: str, lexicon: Lexicon) -> tuple[Hit, ...]:
    """«Den måler elleve millimeter», «den venstre er fin»: the structure that was spoken of, where its pronoun stands."""
    term = lexicon.named("structure", before) if before else None
    at = 1 if claim.tokens[0].text in ("og", "ja", "men") else 0
    words = [token.text for token in claim.tokens[at : at + 3]]
    verb = next((place for place, word in enumerate(words) if [word] in _IS or word.startswith("mål")), 0)
    sided = verb > 1 and lexicon.has(claim.tokens[at : at + verb], "side")
    pronoun = bool(words) and (words[0] in _PRONOUNS or (sided and words[0] == "det"))
    return (Hit(term, at, at + 1),) if term is not None and verb and pronoun else ()


def _heads(claim: Claim, structures: Sequence[Hit]) -> tuple[Hit, ...]:
    """Without those that only say where another one is: «føflekken på høyre legg»."""
    kept: list[Hit] = []
    for hit in structures:
        between = [token.text for token in claim.tokens[kept[-1].end : hit.start]] if kept else []
        at_it = 0 < len(between) <= _WITHIN and between[0] in _AT
        if not at_it and not (kept and "," in between and between[-_WITHIN:][:1] in (["på"], ["i"])):
            kept.append(hit)
    return tuple(kept)


def _by_side(
    claim: Claim, structure: Hit, own: Sequence[Hit], said: Sequence[Sided]
) -> Iterator[tuple[Side | None, list[Hit]]]:
    """«Venstre trommehinne er rød, høyre er fin»: what follows a side that is a subject is of that side."""
    turns = [
        sided
        for sided in said
        if structure.end <= sided.start and [t.text for t in claim.tokens[sided.end : sided.end + 1]] in _IS
    ]
    before = [sided for sided in said if turns and structure.start <= sided.start < turns[0].start]
    edges = [structure.start, *(turn.start for turn in turns), len(claim.tokens)]
    for side, start, end in zip((only(before), *(turn.side for turn in turns)), edges, edges[1:], strict=False):
        some = [hit for hit in own if (start <= hit.start or start == structure.start) and hit.start < end]
        if some:
            yield side, some


def _called(claim: Claim, hit: Hit, said: Sequence[Sided], lexicon: Lexicon) -> _Found:
    """«Du er raud og hoven over ankelen»: a state that has a name, at its place."""
    body, side = _place(claim, hit, said, lexicon)
    polarity = claims.polarity(claim, hit.start, hit.end, lexicon)
    if hit.term.nb == "uøm":
        polarity = Polarity.DENIED
    return _Found(
        Fact(Kind.FINDING, _CALLED[hit.term.nb], claim.evidence, polarity, side=side, body=body), (hit.start, hit.end)
    )


def _signs(
    claim: Claim, named: Sequence[Mention], said: Sequence[Sided], under: str, lexicon: Lexicon
) -> Iterator[_Found]:
    """Findings that have a name; what can be both told and found («hevelse») is found where the practitioner says it."""
    for hit in lexicon.find(claim.tokens, "sign"):
        if any(m.start <= hit.start and hit.end <= m.end and m.end - m.start > hit.end - hit.start for m in named):
            continue  # «sår hals»
        body, side = _place(claim, hit, said, lexicon)
        polarity = claims.polarity(claim, hit.start, hit.end, lexicon)
        negative = any(t.text.startswith("negativ") for t in claim.tokens[max(0, hit.start - 2) : hit.end + 3])
        if negative and polarity is Polarity.AFFIRMED:
            polarity = Polarity.DENIED
        if polarity is not Polarity.UNCERTAIN and claims.time(claim, hit.start, hit.end, lexicon) is Time.PRESENT:
            positive = any(t.text.startswith("positiv") for t in claim.tokens[max(0, hit.start - 2) : hit.end + 3])
            fact = Fact(
                Kind.FINDING,
                hit.term.nb,
                claim.evidence,
                polarity,
                side=side,
                body=body,
                detail="positiv" if positive else "",
            )
            yield _Found(fact, (hit.start, hit.end))


def _place(claim: Claim, hit: Hit, said: Sequence[Sided], lexicon: Lexicon) -> tuple[str, Side | None]:
    bodies = lexicon.find(claim.tokens, "body")
    near = [body for body in bodies if abs(body.start - hit.start) <= _NEAR and not _broken(claim, hit, body)]
    after = [body for body in near if body.start >= hit.end]
    body = next(iter(after or near), None)
    if body is None:
        return "", side_of(hit.start, hit.end, said, (), ())
    return body.term.nb, side_of(body.start, body.end, said, bodies, ()) or side_of(hit.start, hit.end, said, (), ())


def _under(claim: Claim, structure: Hit, said: Sequence[Sided], lexicon: Lexicon) -> tuple[str, Side | None]:
    """The place right after a structure: «leddspalten på innsiden av venstre kne»."""
    bodies = lexicon.find(claim.tokens, "body")
    for body in bodies:
        between = [token.text for token in claim.tokens[structure.end : body.start]]
        if (
            body.start >= structure.end
            and len(between) <= _NEAR
            and between[:1]
            and between[0] in _AT
            and "," not in between
        ):
            return body.term.nb, side_of(body.start, body.end, said, bodies, ())
    return "", None


def _of(claim: Claim, state: Hit, structure: Hit, structures: Sequence[Hit], at: int) -> bool:
    """A state belongs to the structure right after it («røde mandler»), else to the last one before it."""
    if state.end <= structure.start:
        gap = claim.tokens[state.end : structure.start]
        if not gap and state.start and claim.tokens[state.start - 1].text not in _COPULAS:
            return True
        if gap and gap[0].text in _APART:
            return False
        return (not gap or (len(gap) == 1 and gap[0].text.isalpha())) and not any(
            other.end <= state.start and _reaches(claim, other, state) for other in structures
        )
    if any(other.start == state.end for other in structures) and claim.tokens[state.start - 1].text not in _COPULAS:
        return False
    following = structures[at + 1] if at + 1 < len(structures) else None
    if following is not None and following.start < state.start:
        return following.start - structure.end <= 1 and claim.tokens[structure.end].text in ("og", "/", ",")
    return _reaches(claim, structure, state)


def _reaches(claim: Claim, structure: Hit, state: Hit) -> bool:
    between = claim.tokens[structure.end : state.start]
    return len(between) <= _LISTED and not any(token.text in BREAKS and token.text != ":" for token in between)


def _broken(claim: Claim, hit: Hit, body: Hit) -> bool:
    low, high = sorted((hit, body), key=lambda one: one.start)
    return any(token.text in BREAKS for token in claim.tokens[low.end : high.start])


def _by_polarity(
    claim: Claim, structure: Hit, own: Sequence[Hit], lexicon: Lexicon
) -> Iterator[tuple[Polarity, list[Hit]]]:
    """What is denied of what stood before the structure is not denied of it: «ingen blemmer, slimhinner er fine»."""
    commas = [at + 1 for at in range(structure.start) if claim.tokens[at].text == ","]
    begin = commas[-1] if commas and own and own[0].start > structure.start else 0
    part = replace(claim, tokens=claim.tokens[begin:]) if begin else claim
    judged = [(claims.polarity(part, hit.start - begin, hit.end - begin, lexicon), hit) for hit in own]
    for polarity in (Polarity.AFFIRMED, Polarity.DENIED):
        some = [hit for found, hit in judged if found is polarity]
        if some:
            yield polarity, some


def _quoted(claim: Claim, hit: Hit) -> str:
    return claim.text[claim.tokens[hit.start].start : claim.tokens[hit.end - 1].end].lower()
