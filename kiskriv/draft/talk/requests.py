"""Questions that ask for more than to know: what a patient would have, and what a doctor would agree on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kiskriv.draft.language.questions import OPENERS
from kiskriv.draft.language.reading import SUBJECTS, Token

_MARKS: Final = frozenset((",", ".", "!", "-", "–", ":", ";"))
_ASKING: Final = frozenset(("kan", "kunne", "skal", "vil"))
_BEING: Final = frozenset(("være", "vere", "ha", "bli", "av", "hvordan", "hvor", "korleis", "hva", "kva"))
_PROPOSING: Final = frozenset(
    (
        "skal",
        "kan",
        "vil",
        "kommer",
        "kjem",
        "passer",
        "går",
        "bør",
        "ønsker",
        "ønskjer",
        "trenger",
        "treng",
        "tar",
        "tek",
    )
)
_DONE: Final = frozenset(
    ("sendt", "bestilt", "skrevet", "skrive", "ordnet", "ordna", "henvist", "tilvist", "rekvirert", "søkt", "fått")
)
_WHY: Final = frozenset(("hvorfor", "kvifor", "korfor", "derfor", "difor"))


def granted(question: Sequence[Token]) -> bool:
    """Whether a patient's question asks for something that the doctor can give: «Kan jeg få henvisning?», «Kan du fornye Imovane?»"""
    words = [token.text for token in question[:6] if token.text not in _MARKS]
    if words[:2] == ["er", "det"] and words[2:3] in (["greit"], ["ok"], ["lov"], ["trygt"], ["okei"], ["farlig"]):
        return words[2] != "farlig"
    asks = next((i for i, word in enumerate(words) if word in _ASKING), None)
    return (
        asks is not None
        and words[asks + 1 : asks + 2] != []
        and words[asks + 1] in SUBJECTS
        and not _BEING & set(words)
    )


def proposes(question: Sequence[Token]) -> bool:
    """«Skal vi si kontroll om to uker?», «Kjem du att om tre månader?»: the doctor would agree on something."""
    words = [token.text for token in question if token.text not in _MARKS and token.text not in OPENERS][:4]
    return words[:2] != [] and (
        (words[0] in _PROPOSING and words[1:2] != [] and words[1] in SUBJECTS)
        or (words[0] == "når" and words[1:3] in (["skal", "vi"], ["skal", "me"], ["ses", "vi"], ["sjåast", "vi"]))
        or (words[0] == "hva" and words[1:2] in (["med"], ["om"]))
        or (words[:2] == ["er", "det"] and words[2:3] in (["greit"], ["ok"], ["greitt"]))
    )


def reminded(question: Sequence[Token]) -> bool:
    """«Har du sendt henvisningen?», «Fikk du bestilt røntgen?»: a patient asks whether the doctor has done it."""
    words = [token.text for token in question[:6]]
    return words[1:2] == ["du"] and words[0] in ("har", "fikk", "fekk") and not _DONE.isdisjoint(words[2:])


def wondered_at(question: Sequence[Token]) -> tuple[Token, ...]:
    """What a patient who asks for its cause says to be so: «Hvorfor er jeg så svimmel?», «Er det difor eg er så sliten?»"""
    why = next((i for i, token in enumerate(question[:4]) if token.text in _WHY), None)
    if why is None or not any(token.text in ("jeg", "eg", "æ") for token in question[why + 1 : why + 4]):
        return ()
    return tuple(question[why + 1 :])
