"""The critical facts of what was said, or of what is written: found kind by kind, then put together. Pure (R27)."""

from __future__ import annotations

from collections.abc import Sequence

from kiskriv.draft.fact import Fact
from kiskriv.draft.kinds import allergies, measures, medications, plans, symptoms
from kiskriv.draft.language.reading import sentences
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claims import Claim, claims, written
from kiskriv.transcript import Transcript


def said(transcript: Transcript, lexicon: Lexicon) -> tuple[Fact, ...]:
    """What was said, in its order; what was corrected later as it was corrected."""
    lexicon = lexicon.listening()
    return found(claims(sentences(transcript), lexicon), lexicon)


def stated(text: str, place: int, lexicon: Lexicon, heading: str = "") -> tuple[Fact, ...]:
    """What a statement of a note says, in journal style; evidence is its place."""
    lexicon = lexicon.listening()
    return found(written(text, place, lexicon, heading), lexicon)


def found(made: Sequence[Claim], lexicon: Lexicon) -> tuple[Fact, ...]:
    """The facts of these claims, in their order."""
    kinds = (medications, allergies, symptoms, measures, plans)
    return tuple(
        sorted((fact for kind in kinds for fact in kind.found(made, lexicon)), key=lambda fact: fact.evidence[-1])
    )
