"""Holds a note against what was said, whoever wrote it: what contradicts it, what was never said, what was left out. Pure (R27).

Each statement is read twice. As facts: each against the facts of what was said, first those of its own evidence, so that an edit which
turns one fact into another that was said elsewhere is still found. As words: numbers, sides, days, negations and what else says
something, against the words of its evidence, then against all others. It marks; it corrects nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from kiskriv.draft import claims
from kiskriv.draft.claims import Claim
from kiskriv.draft.comparison import comparable, daily, same
from kiskriv.draft.echoes import SHARP, Echo, echoes, kin, stem
from kiskriv.draft.fact import Fact, Polarity, Quantity
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.omissions import omitted
from kiskriv.draft.polarity import negated
from kiskriv.draft.reading import Token
from kiskriv.draft.said import KNOWN, Passage, Said, heard
from kiskriv.draft.verdicts import Reading
from kiskriv.note import Concern, Mark, Note, Statement
from kiskriv.transcript import Transcript

_WELL: Final = 0.7
"""The part of a statement's words that must have been said for it to stand unmarked."""
_HARDLY: Final = 0.34
"""A statement of which less was said is not supported at all."""
_ELSEWHERE: Final = 0.5
"""What a word counts that was said, but not where the statement says; or of which only a relative was said."""


def marks(note: Note, transcript: Transcript, lexicon: Lexicon, said: Sequence[Fact] | None = None) -> tuple[Mark, ...]:
    """Every concern about this note, in its order; what was left out comes last. `said`: `facts.said` of the transcript, if found already.

    For one note; where a note is marked again and again, `held_against(note, said.heard(transcript, lexicon))` reads the talk once.
    """
    return held_against(note, heard(transcript, lexicon, said))


def held_against(note: Note, said: Said) -> tuple[Mark, ...]:
    """Every concern about this note, in its order; what was left out comes last."""
    headed = ((section.heading, statement) for section in note.sections for statement in section.statements)
    read = [Reading(statement, place, heading, said) for place, (heading, statement) in enumerate(headed)]
    return (*(mark for reading in read for mark in _of(reading)), *omitted(read, said))


def support(statement: Statement, said: Said, heading: str = "") -> Concern | None:
    """How well one statement is supported: UNSUPPORTED, PARTLY, or None, where it was said. A contradiction is not supported."""
    concerns = {mark.concern for mark in _of(Reading(statement, 0, heading, said))}
    if concerns & {Concern.CONTRADICTION, Concern.UNSUPPORTED}:
        return Concern.UNSUPPORTED
    return Concern.PARTLY if Concern.PARTLY in concerns else None


def _of(reading: Reading) -> Iterator[Mark]:
    """The marks of one statement: its facts', then its words' where the facts gave none."""
    found = [*_facts(reading)]
    if not found:
        found = [*_sharp(reading), *_numbers(reading), *_reversals(reading)]
    if not found:
        found = [*_wording(reading)]
    yield from found
    yield from _checks(reading)


def _facts(reading: Reading) -> Iterator[Mark]:
    for verdict in reading.verdicts:
        fact, against = verdict.fact, verdict.against
        if against is not None:
            written = " ".join(dict.fromkeys(_written(fact, field, reading) for field in verdict.fields)) or fact.name
            said = reading.said.quote(against.evidence, against.name)
            yield reading.mark(Concern.CONTRADICTION, written, fact.kind, said, against.evidence)
        elif verdict.concern is not None:
            yield reading.mark(verdict.concern, fact.name, fact.kind)


def _written(fact: Fact, field: str, reading: Reading) -> str:
    """The words of the note that say this field of a fact; its name, where they are not found."""
    wanted = getattr(fact, field)
    if isinstance(wanted, Quantity):
        for amount in reading.amounts:
            if amount.quantity == wanted:
                return reading.slice(amount.start, amount.end)
    if field == "side":
        for hit in reading.said.lexicon.find(reading.tokens, "side"):
            return reading.slice(hit.start, hit.end)
    return fact.name


def _sharp(reading: Reading) -> Iterator[Mark]:
    """Sides, days and months that were not said there: where another was, a contradiction."""
    for category in SHARP:
        said = {name for kind, name in reading.ground.sharp if kind == category}
        for hit in reading.said.lexicon.find(reading.tokens, category):
            if hit.term.nb not in said and not (category == "side" and said >= {"left", "right"}):
                yield _against(reading, hit.start, hit.end, instead=bool(said), of=category)


def _numbers(reading: Reading) -> Iterator[Mark]:
    """Numbers, with their units where they have one, that were not said there, nor stand for what was said."""
    backing = [verdict.backing for verdict in reading.verdicts if verdict.backing]
    quantities = [q for fact in backing for q in (fact.value, fact.dose, fact.duration) if q]
    known = {Decimal(1), *reading.ground.numbers, *(n for fact in backing for n in daily(fact.frequency))}
    known |= {
        value for q in (*quantities, *reading.ground.quantities) for value in (q.value, q.to) if value is not None
    }
    seen: set[int] = set()
    for amount in reading.amounts:
        seen.update(range(amount.start, amount.end))
        spoken = (*quantities, *reading.ground.quantities)
        if not any(same(amount.quantity, other) for other in spoken) and not _bare(amount.quantity, reading.ground):
            instead = any(comparable(amount.quantity, other) for other in spoken) or amount.quantity.value in known
            yield _against(reading, amount.start, amount.end, instead=instead)
    for at, token in enumerate(reading.tokens):
        if token.value is not None and at not in seen and not {token.value, token.to or token.value} <= known:
            yield _against(reading, at, at + 1, instead=False)


def _bare(quantity: Quantity, ground: Passage) -> bool:
    """Whether this size was said without any unit: «femti», of a dose of 50 mg."""
    with_units = {other.value for other in ground.quantities}
    return quantity.value in ground.numbers - with_units


def _against(reading: Reading, start: int, end: int, *, instead: bool, of: str = "") -> Mark:
    """A mark on tokens of the note that its evidence does not have; `instead`: it has another of their sort."""
    concern = Concern.CONTRADICTION if instead else Concern.UNSUPPORTED
    said = reading.said.quote(reading.ids, reading.statement.text) if instead else ""
    return reading.mark(concern, reading.slice(start, end), of, said, reading.ids if instead else ())


def _reversals(reading: Reading) -> Iterator[Mark]:
    """What the note denies and the talk does not, or the other way round, in words that no fact backs; one is enough to look."""
    lexicon = reading.said.lexicon
    if negated(reading.tokens, lexicon) and not reading.ground.reverses:
        yield _against(reading, 0, len(reading.tokens), instead=True)
        return
    backed = {word for verdict in reading.verdicts if verdict.backing for word in fact_stems(verdict.fact)}
    written, spoken = _turns(reading.claims, lexicon), _turns(reading.said.claims(reading.ids), lexicon)
    shared = [word for word in reading.words if word.stem in spoken.all and word.stem not in backed]
    wrong = [w for w in shared if w.stem in written.turned & spoken.plain or w.stem in written.plain & spoken.turned]
    if not wrong and not written.turned and all(word.stem in spoken.denied for word in shared):
        wrong = shared
    if wrong:
        yield _against(reading, wrong[0].at, wrong[-1].at + 1, instead=True)


class _Turns(NamedTuple):
    """Stems of what is claimed: next to a word that says no, only where nothing says no, only denied, and all of them."""

    turned: frozenset[str]
    plain: frozenset[str]
    denied: frozenset[str]
    all: frozenset[str]


def _turns(made: Iterable[Claim], lexicon: Lexicon) -> _Turns:
    turned: set[str] = set()
    plain: set[str] = set()
    beside: set[str] = set()
    denied: set[str] = set()
    affirmed: set[str] = set()
    for claim in made:
        words = list(echoes(claim.tokens, lexicon))
        cues = [hit.end for hit in lexicon.find(claim.tokens, "negation")]
        for word in words:
            no = claims.polarity(claim, word.at, word.at + 1, lexicon) is Polarity.DENIED
            (denied if no else affirmed).add(word.stem)
            (beside if cues or no else plain).add(word.stem)
        for cue in cues:
            after = next((word for word in words if word.at >= cue), None)
            if after is not None and after.stem in denied:
                turned.add(after.stem)
    return _Turns(*map(frozenset, (turned, plain - beside, denied - affirmed, denied | affirmed)))


def _wording(reading: Reading) -> Iterator[Mark]:
    """One mark, where too few of the statement's words were said, naming those that were not."""
    if not reading.words:
        return
    terms = {
        at
        for category in KNOWN
        for hit in reading.said.lexicon.find(reading.tokens, category)
        if hit.term.nb in reading.ground.terms
        for at in range(hit.start, hit.end)
    }
    backed = {word for verdict in reading.verdicts if verdict.backing for word in fact_stems(verdict.fact)}
    counts = [
        (word, 1.0 if word.at in terms or word.stem in backed else _counts(word, reading)) for word in reading.words
    ]
    part = sum(count for _, count in counts) / len(counts)
    if part < _WELL:
        missing = " ".join(reading.slice(word.at, word.at + 1) for word, count in counts if count < 1)
        yield reading.mark(Concern.PARTLY if part >= _HARDLY or backed else Concern.UNSUPPORTED, missing)


def _counts(word: Echo, reading: Reading) -> float:
    if word.stem in reading.ground.stems:
        return 1.0
    related = any(kin(word.stem, other) for other in reading.ground.stems)
    return _ELSEWHERE if related or reading.said.anywhere(word.stem) else 0.0


def fact_stems(fact: Fact) -> Iterator[str]:
    """Of the words of a fact's name and of what it has in words."""
    for text in (fact.name, fact.body, fact.detail, fact.onset):
        yield from (stem(word) for word in text.lower().split())


def _checks(reading: Reading) -> Iterator[Mark]:
    """Names that were heard as almost that, and numbers, sides and names that rest on a word of low probability."""
    for verdict in reading.verdicts:
        fact = verdict.backing
        if fact is None:
            continue
        if fact.spelling:
            yield reading.mark(Concern.CHECK, verdict.fact.name, fact.kind, fact.spelling, fact.evidence)
        name = set(fact_stems(fact))
        for id_ in fact.evidence:
            for token in reading.said.unsure(id_):
                if _in_fact(token, fact, name):
                    yield reading.mark(Concern.CHECK, verdict.fact.name, fact.kind, token.text, (id_,))


def _in_fact(token: Token, fact: Fact, name: set[str]) -> bool:
    if token.value is not None:
        sizes = [size for q in (fact.value, fact.dose, fact.duration) if q for size in (q.value, q.to)]
        return token.value in sizes or token.value in daily(fact.frequency)
    return stem(token.text) in name
