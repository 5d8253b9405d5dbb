"""What a complaint is like, in the words in which it was said: «stikkende», «verre ved gange», «7 av 10», «stråler ned i beinet». Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kiskriv.draft.language.quantities import durations
from kiskriv.draft.language.reading import Token
from kiskriv.draft.lexicon import Hit, Lexicon

_OPEN: Final = frozenset(("verre", "bedre", "utløses"))
"""Terms of the category `quality` whose sense goes on in the words after them."""
_SILENT: Final = frozenset(("lett",))
_OCCASIONS: Final = ("utløses", "anledning")
_STOPS: Final = frozenset((
    ".", ",", ";", ":", "!", "?", "men", "og", "fordi", "så", "jeg", "eg", "har",
))  # fmt: skip
_FOLLOWED: Final = frozenset(("når", "at", "hvis", "viss"))
"""After these «jeg» ends nothing: «verre når jeg går»."""
_NOT: Final = frozenset(("ikke", "ikkje", "aldri", "ingen", "verken", "korkje"))
_REACH: Final = 3
_LONGEST: Final = 7
_SCALE: Final = 10


@dataclass(frozen=True, slots=True, repr=False)
class Detail:
    """Said at tokens [start, end). `when`: it says only on what occasion («når jeg går»), so that it must stand beside what it is of."""

    start: int
    end: int
    text: str
    when: bool = False


def details(tokens: Sequence[Token], text: str, lexicon: Lexicon) -> tuple[Detail, ...]:
    """From the left, none overlapping another."""
    found: list[Detail] = []
    for start, end, when in sorted((*_qualities(tokens, lexicon), *_intensities(tokens), *_lasting(tokens, lexicon))):
        if not found or start >= found[-1].end:
            found.append(Detail(start, end, text[tokens[start].start : tokens[end - 1].end].lower(), when))
    return tuple(found)


def _qualities(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[int, int, bool]]:
    for hit in lexicon.find(tokens, "quality"):
        before = [token.text for token in tokens[max(0, hit.start - _REACH) : hit.start]]
        negated = any(word in _NOT for word in before)
        if negated and (hit.term.nb in _OCCASIONS or before[-1] not in _NOT):
            continue
        if hit.term.nb in _OPEN:
            end = _goes_on(tokens, hit)
            if hit.term.nb != "utløses" or end > hit.end:
                yield hit.start - (before[-1:] != [] and before[-1] in _NOT), end, hit.term.nb == "utløses"
        elif hit.term.nb not in _SILENT:
            yield hit.start - (before[-1:] != [] and before[-1] in _NOT), hit.end, hit.term.nb in _OCCASIONS


def _intensities(tokens: Sequence[Token]) -> Iterator[tuple[int, int, bool]]:
    """«7 av 10», «sju til åtte av ti»."""
    for at in range(len(tokens) - 2):
        if tokens[at].value is not None and tokens[at + 1].text == "av" and tokens[at + 2].value == _SCALE:
            yield at, at + 3, False


def _lasting(tokens: Sequence[Token], lexicon: Lexicon) -> Iterator[tuple[int, int, bool]]:
    """«varer et halvt minutt»: how long each time."""
    verb = next((at for at, token in enumerate(tokens) if token.text in ("varer", "varar")), None)
    amount = next((a for a in durations(tokens, lexicon) if a.start > verb), None) if verb is not None else None
    if verb is not None and amount is not None and amount.start - verb <= _REACH:
        yield verb, amount.end, False


def _goes_on(tokens: Sequence[Token], hit: Hit) -> int:
    end = hit.end
    while end < min(len(tokens), hit.end + _LONGEST):
        before = tokens[end - 1].text
        if tokens[end].text in _STOPS and before not in _FOLLOWED:
            break
        end += 1
    return end
