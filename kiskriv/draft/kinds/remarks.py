"""What is told besides of a medication, as it was said: how it works, that it is seldom taken, or was not. Pure."""

from __future__ import annotations

import re
from typing import Final

from kiskriv.draft.fact import Polarity
from kiskriv.draft.talk.claim import Claim

_NOT: Final = frozenset(("ikke", "ikkje"))
_TAKEN: Final = frozenset(("tatt", "teke", "brukt", "brukte", "fått"))
_FORGETS: Final = re.compile(r"gl[eø]m[^\W\d_]*|gløy[^\W\d_]*")
_BECAME: Final = frozenset(("ble", "blei", "vart", "fikk", "fekk", "spydde", "kastet", "kasta"))
_OF: Final = frozenset(("av", "å", "ta", "bruke", "med"))
_WORKS: Final = re.compile(r"(?:hjelp|hjalp|virk|verk|fung|funk)[^\W\d_]*")
_WORKED: Final = re.compile(r"(?:hjalp|hjelpt|virk[ea]t?|verka|fungert?e|funket|funka)")


def effect(claim: Claim) -> str:
    """«hjelper ikke», as it was said."""
    if claim.answer is Polarity.DENIED:  # «Hjalp det noe?» «Nei.»
        work = next((token.text for token in claim.tokens if _WORKS.fullmatch(token.text)), "")
        return f"{work} {'ikkje' if any(t.text == 'noko' for t in claim.tokens) else 'ikke'}" if work else ""
    for at, token in enumerate(claim.tokens):
        if _WORKS.fullmatch(token.text):
            end = next((n for n in range(at + 1, min(at + 4, len(claim.tokens))) if claim.tokens[n].text in _NOT), None)
            if end is not None:
                return claim.text[token.start : claim.tokens[end].end]
    return ""


def aftermath(claim: Claim, name: int = -1) -> str:
    """«(prøvde Niferex,) men ble så hard i magen», «jeg ble så støl i lårene»: what came of it, as it was said."""
    tokens = claim.tokens
    but = next((at for at in range(max(name, 0), len(tokens)) if tokens[at].text == "men"), -1)
    if name >= 0 and but < 0:
        return ""
    words = [token.text for token in tokens[but + 1 : but + 4]]
    verb = next((at for at, word in enumerate(words) if word in _BECAME), None)
    if verb is None or any(token.text in _NOT for token in tokens[but + 1 :]):
        return ""
    return claim.text[tokens[but + 1 + verb].start : tokens[-1].end].strip(" .,!")


def worked(note: str) -> bool:
    """Whether this effect is told of what is over: «hjalp ikke»."""
    return _WORKED.match(note) is not None


def missed(claim: Claim, name: int) -> tuple[str, int]:
    """«glemmer ofte kveldsdosen», «ikke tatt på ei uke»: it is in use, but was not taken. `name`: the token where the medication
    stands. With the token from which on it is told, -1 where it is not."""
    tokens = claim.tokens
    for at, token in enumerate(tokens):
        if claim.written:
            break
        if _FORGETS.fullmatch(token.text) and not (at and tokens[at - 1].text in _NOT):
            end = name if at < name else len(tokens)
            while end > at + 1 and (tokens[end - 1].text in _OF or not tokens[end - 1].text[0].isalnum()):
                end -= 1
            return claim.text[token.start : tokens[end - 1].end], at
        if token.text in _TAKEN and any(near.text in _NOT for near in tokens[max(0, at - 2) : at]):
            note = _not_taken(claim, at)
            return (note, at) if note else ("", -1)
    return "", -1


def _not_taken(claim: Claim, at: int) -> str:
    """«ikke tatt … på ei uke»: with how long, else it is simply not in use."""
    tokens = claim.tokens
    for begin in range(at + 1, len(tokens) - 2):
        spell = [token.text for token in tokens[begin : begin + 3]]
        if spell[0] == "på" and (
            tokens[begin + 1].value is not None or spell[1] in ("en", "ei", "ein", "et", "eit", "flere", "fleire")
        ):
            return f"ikke {tokens[at].text} {claim.text[tokens[begin].start : tokens[begin + 2].end]}"
    return ""


def seldom(claim: Claim) -> str:
    """«nesten aldri», «sjelden»: it is used."""
    for at, token in enumerate(claim.tokens):
        if token.text in ("sjelden", "sjeldan") or (
            token.text == "aldri" and at and claim.tokens[at - 1].text in ("nesten", "omtrent")
        ):
            return claim.text[claim.tokens[at - (token.text == "aldri")].start : token.end]
    return ""
