"""What complaints, diseases, events and habits are named in a row of tokens, and where in the body. Pure.

Some have a name of their own («hodepine»). Others are a complaint and a place, in either order: «vondt i kneet», «kneet er hovent»,
«hovne ankler», «knesmerter»; one complaint can have several places, one place several complaints. Some words are a complaint only where
there is a place («stiv», «rød», «stikker»: category `ailing`), be it one that was spoken of before. What stands in a phrase that means
something else («vondt i viljen») is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Side
from kiskriv.draft.language.reading import Token
from kiskriv.draft.language.sides import Sided, only, side_of, sides
from kiskriv.draft.lexicon import Hit, Lexicon, Word

PLACED: Final = ("complaint", "ailing", "injury")
"""Categories of what can have a place; all but the first must have one, the last in the same breath."""
AT_A_PLACE: Final = ("ailing", "injury")
"""Those that must have one."""
NAMED: Final = ("symptom", "condition", "event", "habit")
BREAKS: Final = frozenset((";", ":", "!", "?", "men", "fordi"))
"""No complaint belongs to a place beyond these. A full stop within a sentence is an abbreviation's."""

_INTO: Final = frozenset((
    "i", "på", "over", "under", "bak", "rundt", "ved", "mot", "av", "fra", "frå", "nedi", "oppi", "inni", "langs",
    "til", "mellom", "omkring", "ut", "bakerst", "foran", "framme", "nederst", "øverst", "inne",
))  # fmt: skip
_LINKS: Final = frozenset(("og", "eller", "samt", ",", "både", "både", "også", "/", "+"))
_ARTICLES: Final = frozenset((
    ".",
    "det", "den", "de", "dei", "denne", "dette", "min", "mi", "mitt", "mine", "din", "di", "ditt", "dine", "hans",
    "hennes", "hele", "heile", "hela", "litt", "veldig", "ganske", "egentlig", "nesten", "høyre", "høgre", "venstre",
    "begge", "båe", "hø", "ve", "nedre", "øvre", "ytre", "indre", "fremre", "framre", "bakre", "samme", "same", "i",
    "på",
))  # fmt: skip
_ANEW: Final = frozenset(("det", "den", "de", "dei", "jeg", "eg", "han", "hun", "ho"))
"""After these it is another clause's."""
PARTING: Final = frozenset((
    "du", "han", "hun", "ho", "de", "dere", "dykk", "det", "jeg", "eg", "litt", "noe", "noko", "så", "veldig",
    "mye", "mykje", "nå", "no", "jo", "sånn", "helt",
))  # fmt: skip
"""Words that come between the words of a complaint."""
_NOT: Final = frozenset(("ikke", "ikkje", "aldri"))
_PERSONS: Final = frozenset(("du", "han", "hun", "ho", "æ", "e"))
_OBJECTS: Final = frozenset(("deg", "ham", "henne", "seg"))
_TAILS: Final = ("smerter", "smertene", "smerte", "smerten", "verk", "verken", "vondt", "hevelse", "hevelsen")
_INTENSE: Final = ("kjempe", "super", "drit", "døds", "skikkelig")
TISSUES: Final = frozenset(("ledd", "muskel", "sene", "hud", "kropp"))
"""Of which places are made: they take no place's place."""
_WHOLES: Final = frozenset(("fot", "hånd", "arm", "bein", "hode", "ansikt", "kropp", "rygg"))
"""After a part of them they only say where that is."""
_LEAST: Final = 3
_AFTER: Final = 6
_BEFORE: Final = 7
_NEXT: Final = 5
"""Tokens within which a place belongs to what stands before it, after it, or to the place before it."""


@dataclass(frozen=True, slots=True, repr=False)
class Mention:
    """A complaint named at tokens [start, end), with its place at [first, last). `body` and `side` where they were said.

    `evidence`: the utterances that these two rest on, where they were said earlier.
    """

    name: str
    category: str
    start: int
    end: int
    first: int
    last: int
    body: str = ""
    side: Side | None = None
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Words:
    """What stands in these tokens: looked up once."""

    named: tuple[Hit, ...]
    placed: tuple[Hit, ...]
    bodies: tuple[Hit, ...]
    sided: tuple[Sided, ...]


def mentions(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Mention, ...]:
    """In the order in which they stand."""
    if any(token.text.startswith(_INTENSE) for token in tokens):
        tokens = [_plain(token) for token in tokens]
    heads = _heads(tokens, lexicon)
    compounds = (*_compounds(tokens, lexicon), *_pregnancies(tokens))
    if not heads and not compounds and not lexicon.has(tokens, "function"):
        return ()
    placed = tuple(hit for hit in heads if hit.term.category in PLACED)
    named = tuple(hit for hit in heads if hit.term.category in NAMED)
    sided = sides(tokens, lexicon)
    wanted = (
        placed or sided or any(hit.term.category == "condition" or lexicon.named("sited", hit.term.nb) for hit in named)
    )
    bodies = tuple(hit for hit in places(tokens, lexicon) if not _within(hit, named)) if wanted else ()
    words = Words(named, placed, bodies, sided)
    found = [
        *_poor(tokens, words, lexicon),
        *_own(tokens, words, lexicon),
        *_composed(tokens, words, lexicon),
        *(_sided(m, words) for m in compounds),
    ]
    if len({hit.term.nb for hit in bodies}) == 1 and (side := only(words.sided)) is not None:
        found = [replace(mention, side=side) if mention.body == bodies[0].term.nb else mention for mention in found]
    return tuple(sorted(found, key=lambda mention: mention.first))


def places(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Hit, ...]:
    """The parts of the body that are named: of «stortåa på høyre fot» the toe, of «leddet på stortåa» the toe as well."""
    hits = lexicon.find(tokens, "body")
    if len(hits) < 2:
        return hits
    left_out = set[int]()
    for part, whole in pairwise(hits):
        between = [token.text for token in tokens[part.end : whole.start]]
        if between[:1] in (["på"], ["i"], ["av"]) and len(between) <= 2 and part.start not in left_out:
            if part.term.nb in TISSUES:
                left_out.add(part.start)
            elif whole.term.nb in _WHOLES and part.term.nb != whole.term.nb:
                left_out.add(whole.start)
    return tuple(hit for hit in hits if hit.start not in left_out)


def week(text: str) -> bool:
    """Whether it is how far a pregnancy is, as midwives write it: `28+2`."""
    weeks, plus, days = text.partition("+")
    return bool(plus) and weeks.isdigit() and len(days) == 1 and days in "0123456" and 5 <= int(weeks) <= 42


def _pregnancies(tokens: Sequence[Token]) -> Iterator[Mention]:
    for at, token in enumerate(tokens):
        if "+" in token.text and week(token.text):
            yield Mention("gravid", "condition", at, at + 1, at, at + 1)


def combined(name: str, body: str, lexicon: Lexicon) -> str:
    """The name that a complaint has at this place: smerter, hode: hodepine; its own where it has none."""
    words = [_Text(word) for word in (name, *body.split())]
    hit = next(iter(lexicon.find(words, "combined")), None)
    return hit.term.nb if hit is not None and hit.end == len(words) else name


def seat(name: str, lexicon: Lexicon, category: str = "seat") -> str:
    """Where what has this name sits; empty: nowhere, or that depends. `category`: of the words that tell it."""
    words = [_Text(word) for word in name.split()]
    hit = next(iter(lexicon.find(words, category)), None)
    return hit.term.nb if hit is not None and (hit.start, hit.end) == (0, len(words)) else ""


@dataclass(frozen=True, slots=True, repr=False)
class _Text:
    text: str


def _plain(token: Token) -> Token:
    """«kjempevond»: vond."""
    prefix = next((prefix for prefix in _INTENSE if token.text.startswith(prefix)), "")
    return replace(token, text=token.text.removeprefix(prefix)) if len(token.text) - len(prefix) > _LEAST else token


def _heads(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[Hit, ...]:
    """Everything that names something, the longest first where two overlap."""
    met = [*lexicon.find(tokens, *NAMED, *PLACED)]
    met += _parted(tokens, lexicon)
    if not met:
        return ()
    met += lexicon.find(tokens, "no-symptom")
    kept: list[Hit] = []
    for hit in sorted(met, key=lambda hit: (hit.start - hit.end, hit.start)):
        if not any(hit.start < other.end and other.start < hit.end for other in kept):
            kept.append(hit)
    return tuple(sorted((hit for hit in kept if hit.term.category != "no-symptom"), key=lambda hit: hit.start))


def _parted(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[Hit]:
    """What is named by words that others part, or of another person: «kaster han opp», «vondt litt i magen», «svir det når du tisser»."""
    for categories, places, words in _views(tokens):
        for category in categories:
            for hit in lexicon.find(words, category):
                start, end = places[hit.start], places[hit.end - 1] + 1
                if end - start > 1:
                    yield Hit(hit.term, start, end)


def _views(tokens: Sequence[Token]) -> Iterator[tuple[Sequence[str], Sequence[int], Sequence[Word]]]:
    """What is looked for, where these tokens stand, and as what: without those that part others; every person as the one who speaks."""
    places = [at for at, token in enumerate(tokens) if token.text not in PARTING and token.value is None]
    if 2 <= len(places) < len(tokens):
        yield ("symptom", "event", "complaint"), places, [tokens[at] for at in places]
    so = [at for at in places if tokens[at].text not in _NOT]
    if 2 <= len(so) < len(places):
        yield ("symptom", "event", "complaint"), so, [tokens[at] for at in so]
    words = {token.text for token in tokens}
    if words & _PERSONS and ("når" in words or words & _OBJECTS):
        for speaker in ("jeg", "eg"):
            said = {**dict.fromkeys(_PERSONS, _Text(speaker)), **dict.fromkeys(_OBJECTS, _Text("meg"))}
            yield ("symptom",), range(len(tokens)), [said.get(token.text, token) for token in tokens]


def _poor(tokens: Sequence[Token], words: Words, lexicon: Lexicon) -> Iterator[Mention]:
    """«Matlysten er borte», «sover dårlig»."""
    functions = [hit for hit in lexicon.find(tokens, "function") if not _within(hit, (*words.named, *words.placed))]
    poor = lexicon.find(tokens, "poor") if functions else ()
    for hit in functions:
        for word in poor:
            if 0 <= word.start - hit.end <= _NEXT and not any(
                token.text in BREAKS for token in tokens[hit.end : word.start]
            ):
                yield Mention(hit.term.nb, "symptom", hit.start, word.end, hit.start, word.end)
                break


def _site(tokens: Sequence[Token], hit: Hit, words: Words) -> Hit | None:
    """Where a disease is, said right after it: «tennisalbue på høyre arm»."""
    for body in words.bodies:
        between = [token.text for token in tokens[hit.end : body.start]]
        if body.start >= hit.end and between[:1] and between[0] in ("i", "på") and len(between) <= 2:
            return body if all(word in _ARTICLES for word in between[1:]) else None
    return None


def _own(tokens: Sequence[Token], words: Words, lexicon: Lexicon) -> Iterator[Mention]:
    for hit in words.named:
        mention = Mention(
            hit.term.nb, hit.term.category, hit.start, hit.end, hit.start, hit.end, seat(hit.term.nb, lexicon)
        )
        if lexicon.named("sited", mention.name) is not None and words.bodies:
            body = min(words.bodies, key=lambda body: abs(body.start - hit.start))
            yield replace(mention, body=body.term.nb, side=side_of(body.start, body.end, words.sided, words.bodies, ()))
        elif mention.category == "condition" and (place := _site(tokens, hit, words)) is not None:
            side = side_of(place.start, place.end, words.sided, words.bodies, ())
            yield replace(mention, body=place.term.nb, side=side)
        else:
            yield _sided(mention, words) if mention.category != "habit" else mention


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
            side = side_of(body.start, body.end, words.sided, words.bodies, words.placed) or _whole(tokens, body, words)
            name = combined(hit.term.nb, body.term.nb, lexicon)
            first, last = min(hit.start, body.start), max(hit.end, body.end)
            yield Mention(name, hit.term.category, hit.start, hit.end, first, last, body.term.nb, side)
        if not bodies and (occasion := _occasion(tokens, hit, lexicon)):
            name = combined(hit.term.nb, occasion.term.nb, lexicon)
            yield Mention(name, "symptom", hit.start, hit.end, hit.start, hit.end)
        elif not bodies:
            alone = Mention(hit.term.nb, hit.term.category, hit.start, hit.end, hit.start, hit.end)
            yield _sided(alone, words)


def _whole(tokens: Sequence[Token], part: Hit, words: Words) -> Side | None:
    """The side of what a part belongs to: «tommelen på høyre hånd»."""
    for body in words.bodies:
        between = [token.text for token in tokens[part.end : body.start]]
        if body.start > part.start and len(between) <= 2 and between[:1] in (["på"], ["i"], ["av"]):
            return side_of(body.start, body.end, words.sided, words.bodies, words.placed)
    return None


def _occasion(tokens: Sequence[Token], complaint: Hit, lexicon: Lexicon) -> Hit | None:
    """«Det svir når jeg tisser»: where the two have a name of their own."""
    hits = (hit for hit in lexicon.find(tokens, "occasion") if hit.start >= complaint.end)
    return next((hit for hit in hits if combined(complaint.term.nb, hit.term.nb, lexicon) != complaint.term.nb), None)


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
        and not any(word in BREAKS or word in _INTO or word in _ANEW for word in between)
    )


def _within(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(other.start <= hit.start < other.end for other in others)
