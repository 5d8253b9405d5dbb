"""Holds a note against what was said, whoever wrote it: what contradicts it, what was never said, what was left out. Pure (R27).

Each statement is read twice. As facts: each against the facts of what was said, first those of its own evidence, so that an edit which
turns one fact into another that was said elsewhere is still found. As words: numbers, sides, days, negations and what else says
something, against the words of its evidence, then against all others. It marks; it corrects nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from kiskriv.draft.against.comparison import comparable, daily, same, times
from kiskriv.draft.against.echoes import Echo, echoes, kin, stem
from kiskriv.draft.against.omissions import omitted
from kiskriv.draft.against.said import Said, heard, sharp, terms
from kiskriv.draft.against.tolerance import inverted
from kiskriv.draft.against.verdicts import Reading, parentheses
from kiskriv.draft.fact import Fact, Kind, Polarity, Quantity
from kiskriv.draft.kinds.near_misses import misspelt
from kiskriv.draft.language.quantities import amounts
from kiskriv.draft.language.reading import Token, tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk import claims
from kiskriv.draft.talk.claims import Claim
from kiskriv.draft.talk.polarity import negated
from kiskriv.note import Concern, Mark, Note, Statement
from kiskriv.transcript import Transcript

_WELL: Final = 0.7
"""The part of a statement's words that must have been said for it to stand unmarked."""
_HARDLY: Final = 0.34
"""A statement of which less was said is not supported at all."""
_DIGITS: Final = "0123456789½¼¾"
_ROMAN: Final = re.compile(r"[VXLCDM]|[IVXLCDM]{2,}")
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
    """The marks of one statement: its facts', then its words' where the facts gave none; a quotation is wrong only about whom."""
    found = [*_facts(reading)]
    if not found and not reading.verbatim:
        turned = [*_denials(reading)] or [*_remarks(reading)] or [*_reversals(reading)]
        found = [*_sharp(reading), *_numbers(reading), *turned] or [*_wording(reading)]
    yield from found
    if not reading.verbatim:
        yield from _unread(reading)
    yield from _checks(reading)


def _facts(reading: Reading) -> Iterator[Mark]:
    for verdict in reading.verdicts:
        fact, against = verdict.fact, verdict.against
        if reading.verbatim and "about" not in verdict.fields:
            continue
        if against is not None:
            written = " ".join(dict.fromkeys(_written(fact, field, reading) for field in verdict.fields)) or fact.name
            said = reading.said.quote(against.evidence, against.name)
            yield reading.mark(Concern.CONTRADICTION, written, fact.kind, said, against.evidence)
        elif verdict.concern is not None:
            yield reading.mark(verdict.concern, fact.name, fact.kind)
        elif (
            verdict.backing is not None and fact.kind is Kind.ALLERGY and inverted(fact, verdict.backing, reading.said)
        ):
            said = reading.said.quote(verdict.backing.evidence, fact.name)
            yield reading.mark(Concern.CONTRADICTION, fact.name, fact.kind, said, verdict.backing.evidence)


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
    """Sides, days, months and times of day that were not said there: where another was, a contradiction."""
    said = reading.ground.sharp.union(_known_sharp(reading))
    both = {("side", "left"), ("side", "right")} <= said
    written = [*sharp(reading.tokens, reading.said.lexicon)]
    for hit, names in written:
        if not names <= said and not (both and ("side", "both") in names):
            yield _against(reading, hit.start, hit.end, instead=any(hit.term.category == kind for kind, _ in said))
    sides = [hit for hit, _ in written if hit.term.category == "side"]
    if both and len(sides) > 1 and len({hit.term.nb for hit in sides}) == 1 and sides[0].term.nb != "both":
        yield _against(reading, sides[0].start, sides[-1].end, instead=True)  # twice one side, where each was said


def _known_sharp(reading: Reading) -> Iterator[tuple[str, str]]:
    """Of what is backed: when a drug is taken; the side, where the talk names it with the part of the body, if not where it is cited."""
    for fact in (verdict.backing for verdict in reading.verdicts if verdict.backing):
        yield from (("frequency-when", time) for time in times(fact.frequency))
        if fact.side and ("side", fact.side.value) in reading.said.passage(reading.said.where(stem(fact.body))).sharp:
            yield "side", fact.side.value


def _numbers(reading: Reading) -> Iterator[Mark]:
    """Numbers, with their units where they have one, that were not said there, nor stand for what was said."""
    backing = [verdict.backing for verdict in reading.verdicts if verdict.backing]
    quantities = [q for fact in backing for q in (fact.value, fact.dose, fact.duration) if q]
    details = [tokens(fact.detail) for fact in backing if fact.detail]
    quantities += [amount.quantity for detail in details for amount in amounts(detail, reading.said.lexicon)]
    known = {
        Decimal(1),
        *reading.ground.numbers,
        *_values(details),
        *(n for fact in backing for n in daily(fact.frequency)),
    }
    known |= {
        value for q in (*quantities, *reading.ground.quantities) for value in (q.value, q.to) if value is not None
    }
    seen: set[int] = set()
    for amount in reading.amounts:
        seen.update(range(amount.start, amount.end))
        spoken = (*quantities, *reading.ground.quantities)
        if not any(same(amount.quantity, other) for other in spoken) and not _bare(amount.quantity, reading):
            instead = any(comparable(amount.quantity, other) for other in spoken) or amount.quantity.value in known
            yield _against(reading, amount.start, amount.end, instead=instead)
    for at, token in enumerate(reading.tokens):
        if token.value is not None and at not in seen and not {token.value, token.to or token.value} <= known:
            yield _against(reading, at, at + 1, instead=False)


def _values(texts: Iterable[Iterable[Token]]) -> Iterator[Decimal]:
    for token in (token for text in texts for token in text):
        yield from (value for value in (token.value, token.to) if value is not None)


def _bare(quantity: Quantity, reading: Reading) -> bool:
    """Whether this size was said without any unit: «femti», of a dose of 50 mg; and is of no value that has another unit."""
    ids = {*reading.ids}
    meant = {
        fact.value.unit
        for fact in reading.said.facts
        if fact.value is not None and fact.value.value == quantity.value and not ids.isdisjoint(fact.evidence)
    }
    with_units = {other.value for other in reading.ground.quantities}
    return quantity.value in reading.ground.numbers - with_units and (not meant or quantity.unit in meant)


def _against(reading: Reading, start: int, end: int, *, instead: bool) -> Mark:
    """A mark on tokens of the note that its evidence does not have; `instead`: it has another of their sort."""
    concern = Concern.CONTRADICTION if instead else Concern.UNSUPPORTED
    said = reading.said.quote(reading.ids, reading.statement.text) if instead else ""
    return reading.mark(concern, reading.slice(start, end), "", said, reading.ids if instead else ())


def _unread(reading: Reading) -> Iterator[Mark]:
    """Numbers in signs that nobody speaks of a dose with, and that are not compared: «XX mg», «Ⅹ», «٦٦٠»; not «10⁹», «m²»."""
    units = {hit.start for hit in reading.said.lexicon.find(reading.tokens, "unit")}
    for at, token in enumerate(reading.tokens):
        text = reading.slice(at, at + 1)
        strange = any(sign.isnumeric() and sign not in _DIGITS for sign in text)
        raised = strange and (text[0].isascii() or (at and reading.tokens[at - 1].end == token.start))
        if (strange and not raised) or (at + 1 in units and _ROMAN.fullmatch(text)):
            yield reading.mark(Concern.UNSUPPORTED, text)


def _denials(reading: Reading) -> Iterator[Mark]:
    """Words that were said so, but for a word that says no: one more, or one less of several."""
    denials = reading.said.denials(reading.ids, reading.tokens)
    if denials is not None and denials[0] != denials[1]:
        yield _against(reading, 0, len(reading.tokens), instead=True)


def _remarks(reading: Reading) -> Iterator[Mark]:
    """What stands in parentheses of one of several, «(hjelper ikke)», and was said to be the other way round of each."""
    lexicon = reading.said.lexicon
    details = [tokens(verdict.backing.detail) for verdict in reading.verdicts if verdict.backing]
    for start, end in parentheses(reading.tokens):
        written = reading.tokens[start:end]
        words = {word.stem for word in echoes(written, lexicon)}
        said = [detail for detail in details if words & {word.stem for word in echoes(detail, lexicon)}]
        if said and all(negated(detail, lexicon) is not negated(written, lexicon) for detail in said):
            yield _against(reading, start, end, instead=True)


def _reversals(reading: Reading) -> Iterator[Mark]:
    """What the note denies and the talk does not, or the other way round, in words that no fact backs; one is enough to look."""
    lexicon = reading.said.lexicon
    denied = any(verdict.backing and verdict.fact.polarity is not Polarity.AFFIRMED for verdict in reading.verdicts)
    denies = negated(reading.tokens, lexicon)
    cues = {hit.end for hit in lexicon.find(reading.tokens, "negation")}
    if not (denies or cues or reading.ground.reverses):
        return
    denied_alone = not denied and (bool(cues & reading.backed) or (denies and not reading.ground.reverses))
    idle = bool(reading.tokens) and not (reading.words or reading.facts or reading.amounts)
    bare = idle and not denies and reading.ground.reverses  # «Faste medisiner.» of «Ingen faste medisiner.»
    if denied_alone or bare:
        yield _against(reading, 0, len(reading.tokens), instead=True)
        return
    written = _turns(_turn(claim, lexicon) for claim in reading.claims)
    spoken = _turns(reading.said.once(_turn, claim) for claim in reading.said.claims(reading.ids))
    unbacked = ((at, some) for at, some in _unbacked(reading).items() if at not in reading.quoted)
    free = {at: some & spoken.all for at, some in unbacked if some & spoken.all}
    turned = written.turned & (spoken.affirmed - spoken.beside)
    straight = (written.affirmed - written.beside) & spoken.turned
    wrong = [at for at, some in free.items() if some & (turned | straight)]
    if not wrong and not written.beside and all(some & spoken.denied for some in free.values()):
        wrong = [*free]
    if wrong:
        yield _against(reading, min(wrong), max(wrong) + 1, instead=True)


def _unbacked(reading: Reading) -> dict[int, frozenset[str]]:
    """The senses of the words that no fact backs; of one that a fact backs by another name («blemmer», a rash), its own."""
    senses = _senses(reading.tokens, reading.said.lexicon)
    own = {word.at: frozenset((word.stem,)) - reading.names for word in reading.words if word.at in reading.backed}
    return {at: own.get(at, frozenset()) if at in reading.backed else some for at, some in senses.items()}


def _senses(tokens: Sequence[Token], lexicon: Lexicon) -> dict[int, frozenset[str]]:
    """What each word that says something says: its stem, and its term's name."""
    known = terms(tokens, lexicon)
    return {word.at: frozenset((word.stem, known.get(word.at, word.stem))) for word in echoes(tokens, lexicon)}


class _Turns(NamedTuple):
    """Senses of what is claimed: beside a word that says no, and meant so; beside any; never denied; always; and all of them."""

    turned: frozenset[str]
    beside: frozenset[str]
    affirmed: frozenset[str]
    denied: frozenset[str]
    all: frozenset[str]

    def __repr__(self) -> str:
        return f"<Turns of {len(self.all)} senses>"


class _Turn(NamedTuple):
    """Of one claim: senses affirmed and denied; of each word that says no what is nearest, its verb, and whether it is meant so."""

    affirmed: frozenset[str]
    denied: frozenset[str]
    cues: tuple[tuple[frozenset[str], frozenset[str], bool], ...]

    def __repr__(self) -> str:
        return f"<_Turn of {len(self.cues)} cues>"


def _turn(claim: Claim, lexicon: Lexicon) -> _Turn:
    senses = _senses(claim.tokens, lexicon)
    denied = {at for at in senses if claims.polarity(claim, at, at + 1, lexicon) is Polarity.DENIED}
    cues: list[tuple[frozenset[str], frozenset[str], bool]] = []
    for cue in lexicon.find(claim.tokens, "negation"):
        rest = range(cue.end, len(claim.tokens))
        end = next((at for at in rest if claim.tokens[at].text in ",;.)"), len(claim.tokens))
        after = [some for at, some in senses.items() if cue.end <= at < end]
        before = [some for at, some in senses.items() if at < cue.start]
        nearest = (after[:1] or before[-1:] or [frozenset[str]()])[0]
        verb = senses.get(cue.start - 1, frozenset())  # the verb before its «ikke»
        cues.append((nearest, verb, negated(claim.tokens[cue.start : cue.end + 2], lexicon)))
    return _Turn(
        frozenset().union(*(some for at, some in senses.items() if at not in denied)),
        frozenset().union(*(senses[at] for at in denied)),
        tuple(cues),
    )


def _turns(made: Iterable[_Turn]) -> _Turns:
    turned: set[str] = set()
    beside: set[str] = set()
    denied: set[str] = set()
    affirmed: set[str] = set()
    for turn in made:
        affirmed |= turn.affirmed
        denied |= turn.denied
        for nearest, verb, meant in turn.cues:
            beside |= nearest | verb
            if meant or nearest & denied:
                turned |= nearest
    return _Turns(*map(frozenset, (turned, beside, affirmed - denied, denied - affirmed, denied | affirmed)))


def _wording(reading: Reading) -> Iterator[Mark]:
    """One mark, where too few of the statement's words were said, naming those that were not."""
    if not reading.words:
        return
    unsaid = [word for word in reading.words if word.stem not in reading.ground.stems and word.at not in reading.backed]
    if unsaid:
        known, said = terms(reading.tokens, reading.said.lexicon), reading.said.terms(reading.grounds)
        unsaid = [word for word in unsaid if known.get(word.at) not in said]
    counts = [(word, _counts(word, reading) if word in unsaid else 1.0) for word in reading.words]
    part = sum(count for _, count in counts) / len(counts)
    if part < _WELL:
        missing = " ".join(reading.slice(word.at, word.at + 1) for word, count in counts if count < 1)
        yield reading.mark(Concern.PARTLY if part >= _HARDLY or reading.backed else Concern.UNSUPPORTED, missing)


def _counts(word: Echo, reading: Reading) -> float:
    """Of a word that was not said there: something, where a relative of it was, or where it was said elsewhere."""
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
        yield from _misspelt(verdict.fact, reading)
        if fact.spelling:
            yield reading.mark(Concern.CHECK, fact.spelling, fact.kind, fact.name, fact.evidence)
        name = set(fact_stems(fact))
        for id_ in fact.evidence:
            for token in reading.said.unsure(id_):
                if _in_fact(token, fact, name):
                    yield reading.mark(Concern.CHECK, token.text, fact.kind, "", (id_,))


def _misspelt(fact: Fact, reading: Reading) -> Iterator[Mark]:
    """A drug of the note whose name is almost that of the one that was said: another's, or a slip."""
    if fact.kind is not Kind.MEDICATION or reading.verbatim:
        return
    named = (hit for hit in reading.said.lexicon.find(reading.tokens, "medication") if hit.term.nb == fact.name)
    written = fact.spelling or next((reading.slice(hit.start, hit.end) for hit in named), fact.name)
    if misspelt(written, fact.name):
        yield reading.mark(Concern.PARTLY, written, fact.kind)


def _in_fact(token: Token, fact: Fact, name: set[str]) -> bool:
    if token.value is not None:
        sizes = [size for q in (fact.value, fact.dose, fact.duration) if q for size in (q.value, q.to)]
        return token.value in sizes or token.value in daily(fact.frequency)
    return stem(token.text) in name
