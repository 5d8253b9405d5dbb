"""A control, a call, a test to come, or when to get in touch. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiskriv.draft.fact import Fact, Polarity
from kiskriv.draft.kinds.matters import BLOOD, Matter
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.occasions import Occasion
from kiskriv.draft.talk.quoting import quoted

_ERRAND: Final = "errand"
_TESTS: Final = ("test", "lab", _ERRAND, "vital")
_CONTROL: Final = "kontroll"
_TODAY: Final = ("i dag", "fra i dag", "frå i dag")
_CALLS: Final = "kontakt"
_CALL: Final = "telefon"
_RINGS: Final = frozenset(("ring", "ringe", "ringer", "ringje", "ringjer"))
"""«ring meg på torsdag»: with a day, a call is agreed on."""
_WAS: Final = frozenset({"sist", "siste", "forrige", "førre", "var"})
_PURPOSES: Final = frozenset({"med", "av", "for", "på", "hos"})
_ENDS: Final = frozenset({",", ".", ";", "og", "om", "i", "så", "da", "då", "innen", "til", "men", "hvis", "viss"})
_SOMEBODY: Final = frozenset({"henne", "ham", "han", "ho", "dem", "dei"})
_EMPTY: Final = frozenset(
    (
        "meg", "oss", "deg", "det", "å", "den", "at", "sikkerhets", "ny", "nytt", "dagen", "dagtid", "laben", "laboratoriet", "kontoret",
        "legekontoret",
    )
)  # fmt: skip
"""What tells nothing of what it is for."""


def follow_up(matter: Matter, base: Fact, lexicon: Lexicon) -> Fact | None:
    """None where nothing was agreed: «her til kontroll», «du trenger ikke ringe»."""
    test = matter.category in _TESTS and matter.category != _ERRAND
    awaited = [one for one in matter.occasions if _awaited(one, matter) and (test or one.onset not in _TODAY)]
    duration = next((one.duration for one in awaited if one.duration is not None), None)
    onset = next((one.onset for one in awaited if one.onset), "")
    if not (test or awaited or matter.proviso or _arranged(matter, lexicon)):
        return None
    if lexicon.has(tokens(matter.proviso), "examined-for") or _was(matter) or _at_once(matter):
        return None
    if matter.name == _CALLS and not (matter.proviso or onset or duration):
        return None
    if matter.name == _CALLS and not matter.proviso and matter.claim.tokens[matter.start].text in _RINGS:
        base = replace(base, name=_CALL)
    if base.polarity is Polarity.DENIED and matter.name in (_CALLS, _CALL):
        return None
    if matter.category == "vital":
        return replace(base, name=_CONTROL, duration=duration, onset=onset, detail=f"av {matter.name}")
    details = (_tests(matter, lexicon) if test else _purpose(matter, lexicon), matter.proviso)
    return replace(base, duration=duration, onset=onset, detail=", ".join(filter(None, details)))


def _was(matter: Matter) -> bool:
    """«Sist kontroll var i mars.»"""
    return not _WAS.isdisjoint(token.text for token in matter.claim.tokens[matter.first : matter.last])


def _at_once(matter: Matter) -> bool:
    """«Ring tilbake om fem minutter.»"""
    return any(one.duration is not None and one.duration.unit == "minute" for one in matter.occasions)


def _awaited(one: Occasion, matter: Matter) -> bool:
    """Whether it is then. In a note also without «om»: «Ktr. 2 uker.»"""
    if one.ahead or one.onset or not matter.claim.written:
        return one.ahead or bool(one.onset)
    return matter.claim.tokens[max(0, one.start - 1)].text not in ("i", "på")


def _arranged(matter: Matter, lexicon: Lexicon) -> bool:
    return (
        matter.name != _CALLS
        and matter.category != _ERRAND
        and lexicon.has(matter.claim.tokens[matter.first : matter.last], "agreeing")
    )


def _purpose(matter: Matter, lexicon: Lexicon) -> str:
    """«av blodtrykket», «med svar»; «hos henne» by what she is."""
    words = matter.claim.tokens
    reach = range(matter.end, min(matter.last, matter.end + 9))
    turn = next((at for at in reach if words[at].text in (",", ".")), reach.stop)
    start = next((at for at in reach if words[at].text in _PURPOSES and at <= turn + 1), None)
    if start is None or matter.name == _CALLS or any(one.start <= start + 1 < one.end for one in matter.occasions):
        return ""
    end = start + 1
    while (
        end < matter.last
        and words[end].text not in _ENDS
        and not any(one.start <= end < one.end for one in matter.occasions)
    ):
        end += 1
    if words[start].text == "hos" and words[start + 1].text in _SOMEBODY:
        return next((f"hos {hit.term.nb}" for hit in lexicon.find(words[:start], "specialty")), "")
    return "" if end == start + 1 or words[start + 1].text in _EMPTY else quoted(matter.claim, start, end)


def _tests(matter: Matter, lexicon: Lexicon) -> str:
    """«på Helicobacter»; «troponin, kolesterol og langtidsblodsukker», where blood is tested for them."""
    words = matter.claim.tokens
    if matter.name != BLOOD:
        return _purpose(matter, lexicon)
    comma = next((at for at in range(matter.end, matter.last) if words[at].text in (",", ":")), matter.last)
    values = lexicon.find(words[comma + 1 : matter.last], "lab")
    return quoted(matter.claim, comma + 1, comma + 1 + values[-1].end) if values else ""
