"""A control, a call, a test to come, or when to get in touch. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import Fact
from kiskriv.draft.kinds.matters import BLOOD, Matter
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.quoting import quoted

_TESTS: Final = ("test", "lab")
_TODAY: Final = ("i dag", "fra i dag", "frå i dag")
_CALLS: Final = "kontakt"
_PURPOSES: Final = frozenset({"med", "av", "for", "på"})
_ENDS: Final = frozenset(
    {",", ".", ";", "og", "om", "i", "så", "da", "då", "hos", "innen", "til", "men", "hvis", "viss"}
)
_EMPTY: Final = frozenset(
    (
        "meg", "oss", "deg", "det", "å", "den", "at", "sikkerhets", "ny", "nytt", "dagen", "dagtid", "laben", "laboratoriet", "kontoret",
        "legekontoret",
    )
)  # fmt: skip
"""What tells nothing of what it is for."""


def follow_up(matter: Matter, base: Fact, lexicon: Lexicon) -> Fact | None:
    """None where nothing was agreed: «her til kontroll»."""
    test = matter.category in _TESTS
    awaited = [one for one in matter.occasions if one.ahead or (one.onset and (test or one.onset not in _TODAY))]
    duration = next((one.duration for one in awaited if one.duration is not None), None)
    onset = next((one.onset for one in awaited if one.onset), "")
    if not (test or awaited or matter.proviso or _arranged(matter, lexicon)):
        return None
    if lexicon.has(tokens(matter.proviso), "examined-for"):
        return None
    if matter.name == _CALLS and not (matter.proviso or onset):
        return None
    details = (_tests(matter, lexicon) if test else _purpose(matter), matter.proviso)
    return replace(base, duration=duration, onset=onset, detail=", ".join(filter(None, details)))


def _arranged(matter: Matter, lexicon: Lexicon) -> bool:
    return matter.name != _CALLS and lexicon.has(matter.claim.tokens[matter.first : matter.last], "agreeing")


def _purpose(matter: Matter) -> str:
    """«av blodtrykket», «med svar»."""
    words = matter.claim.tokens
    start = next(
        (at for at in range(matter.end, min(matter.last, matter.end + 9)) if words[at].text in _PURPOSES), None
    )
    if start is None or matter.name == _CALLS or any(one.start <= start + 1 < one.end for one in matter.occasions):
        return ""
    end = start + 1
    while (
        end < matter.last
        and words[end].text not in _ENDS
        and not any(one.start <= end < one.end for one in matter.occasions)
    ):
        end += 1
    return "" if end == start + 1 or words[start + 1].text in _EMPTY else quoted(matter.claim, start, end)


def _tests(matter: Matter, lexicon: Lexicon) -> str:
    """«på Helicobacter»; «troponin, kolesterol og langtidsblodsukker», where blood is tested for them."""
    words = matter.claim.tokens
    if matter.name != BLOOD:
        return _purpose(matter)
    comma = next((at for at in range(matter.end, matter.last) if words[at].text in (",", ":")), matter.last)
    values = lexicon.find(words[comma + 1 : matter.last], "lab")
    return quoted(matter.claim, comma + 1, comma + 1 + values[-1].end) if values else ""
