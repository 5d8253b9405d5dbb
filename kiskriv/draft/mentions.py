"""What complaints, diseases, events and habits are named in a row of tokens, and where in the body. Pure.

Some have a name of their own («hodepine»). Others are a complaint and a place, in either order: «vondt i kneet», «kneet er hovent»,
«hovne ankler», «knesmerter»; one complaint can have several places, one place several complaints. Some words are a complaint only where
there is a place («stiv», «rød», «stikker»: category `ailing`), be it one that was spoken of before. What stands in a phrase that means something else («vondt i viljen») is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft.fact import Side
from kiskriv.draft.lexicon import Hit, Lexicon
from kiskriv.draft.reading import Token
from kiskriv.draft.sides import Sided, side_of, sides

PLACED: Final = ("complaint", "ailing")
"""Categories of what can have a place; the second, of what must have one."""
NAMED: Final = ("symptom", "condition", "event", "habit")
BREAKS: Final = frozenset((".", ";", ":", "!", "?", "men", "fordi"))
"""No complaint belongs to a place beyond these."""

_INTO: Final = frozenset((
    "i", "på", "over", "under", "bak", "rundt", "ved", "mot", "av", "fra", "frå", "nedi", "oppi", "inni", "langs",
    "til", "mellom", "omkring", "ut", "bakerst", "foran", "framme", "nederst", "øverst", "inne",
))  # fmt: skip
_LINKS: Final = frozenset(("og", "eller", "samt", ",", "både", "både", "også", "/", "+"))
_ARTICLES: Final = frozenset((
    "det", "den", "de", "dei", "denne", "dette", "min", "mi", "mitt", "mine", "din", "di", "ditt", "dine", "hans",
    "hennes", "hele", "heile", "hela", "litt", "veldig", "ganske", "egentlig", "nesten", "høyre", "høgre", "venstre",
    "begge", "båe", "hø", "ve", "nedre", "øvre", "ytre", "indre", "fremre", "framre", "bakre", "samme", "same", "i",
    "på",
))  # fmt: skip
_TAILS: Final = ("smerter", "smertene", "smerte", "smerten", "verk", "verken", "vondt", "hevelse", "hevelsen")
_AFTER: Final = 6
_BEFORE: Final = 7
_NEXT: Final = 5
"""Tokens within which a place belongs to what stands before it, after it, or to the place before it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A complaint named at tokens [start, end), with its place at [first, last). `body` and `side` where they were said."""

    name: str
    category: str
    start: int
    end: int
    first: int
    last: int
    body: str = ""
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What stands in these tokens: looked up once."""

    named: tuple[Hit, ...]
    placed: tuple[Hit, ...]
    bodies: tuple[Hit, ...]
    sided: tuple[Sided, ...]


def mentions(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Mention, ...]:
    """In the order in which they stand."""
    heads = _heads(tokens, lexicon)
    compounds = tuple(_compounds(tokens, lexicon))
    if not heads and not compounds:
        return ()
    placed = tuple(hit for hit in heads if hit.term.category in PLACED)
    named = tuple(hit for hit in heads if hit.term.category in NAMED)
    bodies = tuple(hit for hit in lexicon.find(tokens, "body") if not _within(hit, named)) if placed else ()
    words = Words(named, placed, bodies, sides(tokens, lexicon))
    found = [*_own(words, lexicon), *_composed(tokens, words, lexicon), *(_sided(m, words) for m in compounds)]
    return tuple(sorted(found, key=lambda mention: mention.first))


def combined(name: str, body: str, lexicon: Lexicon) -> str:
    """The name that a complaint has at this place: smerter, hode: hodepine; its own where it has none."""
    words = [_Text(word) for word in (name, *body.split())]
    hit = next(iter(lexicon.find(words, "combined")), None)
    return hit.term.nb if hit is not None and hit.end == len(words) else name


def seat(name: str, lexicon: Lexicon) -> str:
    """Where what has this name sits; empty: nowhere, or that depends."""
    words = [_Text(word) for word in name.split()]
    hit = next(iter(lexicon.find(words, "seat")), None)
    return hit.term.nb if hit is not None and (hit.start, hit.end) == (0, len(words)) else ""


@dataclass(frozen=True, slots=True)
class _Text:
    text: str


def _heads(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Hit, ...]:
    """Everything that names something, the longest first where two overlap."""
    met = [hit for category in (*NAMED, *PLACED) for hit in lexicon.find(tokens, category)]
    if not met:
        return ()
    met += lexicon.find(tokens, "no-symptom")
    kept: list[Hit] = []
    for hit in sorted(met, key=lambda hit: (hit.start - hit.end, hit.start)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return tuple(sorted((hit for hit in kept if hit.term.category != "no-symptom"), key=lambda hit: hit.start))


def _own(words: Words, lexicon: Lexicon) -> Iterator[Mention]:
    for hit in words.named:
        mention = Mention(
            hit.term.nb, hit.term.category, hit.start, hit.end, hit.start, hit.end, seat(hit.term.nb, lexicon)
        )
        yield _sided(mention, words) if hit.term.category in ("symptom", "condition", "event") else mention


def _sided(mention: Mention, words: Words) -> Mention:
    others = [hit for hit in (*words.named, *words.placed) if hit.start != mention.start]
    return replace(mention, side=side_of(mention.start, mention.end, words.sided, words.bodies, others))


def _compounds(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Mention]:
    for at, token in enumerate(tokens):
        if not token.text.endswith(_TAILS):
            continue
        tail = max((tail for tail in _TAILS if token.text.endswith(tail)), key=len)
        stem = token.text.removesuffix(tail)
        bodies = lexicon.find((_Text(stem),), "body") if len(stem) > 1 else ()
        complaint = next(iter(lexicon.find((_Text(tail.removesuffix("en")),), "complaint")), None)
        if bodies and complaint is not None and not lexicon.find((token,), "symptom"):
            body, name = bodies[0].term.nb, complaint.term.nb
            yield Mention(combined(name, body, lexicon), "complaint", at, at + 1, at, at + 1, body)


def _composed(tokens: Sequence[Token], words: Words, lexicon: Lexicon) -> Iterator[Mention]:
    """Each complaint with the places after it; else those of the next complaint that it is one list with; else those before it."""
    places: list[list[Hit]] = [_after(tokens, words, at) for at in range(len(words.placed))]
    for at in range(len(places) - 2, -1, -1):
        if not places[at] and _listed(tokens, words.placed[at], words.placed[at + 1]):
            places[at] = places[at + 1]
    taken = {hit.start for found in places for hit in found}
    for at, hit in enumerate(words.placed):
        if not places[at]:
            places[at] = _before(tokens, words, hit, taken)
        if not places[at] and at and _listed(tokens, words.placed[at - 1], hit) and hit.term.category == "ailing":
            places[at] = places[at - 1]
        if not places[at] and at and _listed(tokens, words.placed[at - 1], hit):
            places[at] = [body for body in places[at - 1] if body.end <= words.placed[at - 1].start]
    for hit, bodies in zip(words.placed, places, strict=True):
        for body in bodies:
            side = side_of(body.start, body.end, words.sided, words.bodies, words.placed)
            name = combined(hit.term.nb, body.term.nb, lexicon)
            first, last = min(hit.start, body.start), max(hit.end, body.end)
            yield Mention(name, hit.term.category, hit.start, hit.end, first, last, body.term.nb, side)
        if not bodies:
            alone = Mention(hit.term.nb, hit.term.category, hit.start, hit.end, hit.start, hit.end)
            yield _sided(alone, words)


def _after(tokens: Sequence[Token], words: Words, at: int) -> list[Hit]:
    hit = words.placed[at]
    stop = min((other.start for other in (*words.named, *words.placed) if other.start >= hit.end), default=len(tokens))
    found: list[Hit] = []
    for body in words.bodies:
        if not hit.end <= body.start < stop:
            continue
        edge = found[-1].end if found else hit.end
        between = [token.text for token in tokens[edge : body.start]]
        if any(word in BREAKS for word in between):
            break
        if found:
            linked = any(word in _LINKS for word in between)
            if not linked or len(between) > _NEXT or not all(word in _LINKS or word in _ARTICLES for word in between):
                break
        elif len(between) > _AFTER or not (_INTO & set(between) or all(word in _ARTICLES for word in between)):
            break
        found.append(body)
    return found


def _before(tokens: Sequence[Token], words: Words, hit: Hit, taken: set[int]) -> list[Hit]:
    found: list[Hit] = []
    for body in reversed(words.bodies):
        if body.end > hit.start or body.start in taken:
            continue
        edge = found[-1].start if found else hit.start
        between = [token.text for token in tokens[body.end : edge]]
        if any(word in BREAKS or (word == "," and not found) for word in between) or _crossed(words, body.end, edge):
            break
        if found and not (
            any(word in _LINKS for word in between) and all(word in _LINKS or word in _ARTICLES for word in between)
        ):
            break
        if len(between) > _BEFORE or (not found and "og" in between):
            break
        found.append(body)
    return found[::-1]


def _crossed(words: Words, start: int, end: int) -> bool:
    return any(start <= hit.start < end for hit in (*words.named, *words.placed))


def _listed(tokens: Sequence[Token], one: Hit, other: Hit) -> bool:
    """Side by side in a list: «vondt og hovent», «vondt, hovent»."""
    between = [token.text for token in tokens[one.end : other.start]]
    return (
        0 < len(between) <= 4
        and any(word in _LINKS for word in between)
        and not any(word in BREAKS or word in _INTO for word in between)
    )


def _within(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(other.start <= hit.start < other.end for other in others)
