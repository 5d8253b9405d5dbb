"""What was said, as sentences of tokens: numbers read, questions known, fillers left out. Pure.

A sentence keeps where each token stood in the text, so that anything found can be quoted as it was said. Its tokens leave out what says
nothing («eh», «liksom», «på en måte», «ikke sant», a word said twice), so that words that belong together stand together.
What a speaker took back is taken out later, by `repairs`, who knows the words that can be exchanged for each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from kiskriv.draft import numerals
from kiskriv.transcript import Role, Transcript, Utterance

_SENTENCE = re.compile(r"[.?!…]+(?=\s|$)|\n")
_TOKEN = re.compile(
    r"""\d+(?:[-x]\d){2,3}(?![\d-]) | [\d½]+(?:[.,]\d+)?(?:\+[\d½]+(?:[.,]\d+)?)+   # 1-0-1, 1+0+1
    | \d{1,2}\.(?=\s(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)[a-z.]*\b)   # 12. mars
    | \d{1,2}(?:[ ]\d{3})+(?![\d.,]) | \d{3}(?:[ ]000)+(?!\d) | \d+(?:[.,]\d+)?      # 1 000, 2,5
    | [xX](?=\d) | [^\W\d_][^\W_]*(?:[-'’][^\W_]+)* | [^\s\w]                         # x 4, hba1c, selo-zok""",
    re.VERBOSE,
)
_GLUED = re.compile(r"(.+?)-?((?:dag|uk|vek|tim|måned|månad|år|minutt)(?:ers|ars|s))$")

ABBREVIATIONS: Final = frozenset(
    (
        "abd", "adm", "ang", "beh", "bil", "bl", "ca", "cor", "dgl", "d", "dr", "dvs", "evt", "f", "feks", "gr", "hb", "henv", "hø", "inj",
        "inkl", "jf", "kl", "kons", "kps", "ktr", "mnd", "obs", "pas", "pos", "neg", "pga", "pkt", "pulm", "reg", "rekv", "resp", "rgm", "rtg", "s",
        "sep", "sml", "stk", "sykm", "tab", "tabl", "tbl", "temp", "tilv", "u", "us", "v", "ve", "vedr", "vesp", "m", "i", "b", "o", "h", "t",
    )
)  # fmt: skip
"""After these a full stop ends no sentence."""

INTERROGATIVES: Final = frozenset(
    (
        "hva", "hvor", "hvordan", "hvorledes", "når", "hvem", "hvilken", "hvilket", "hvilke", "hvorfor", "åssen", "kva", "kor", "korleis",
        "kven", "kvifor", "kva", "hvilka", "kvar", "korfor", "kordan", "ka",
    )
)  # fmt: skip
"""What a question begins with, where the recogniser wrote no question mark; not before a pronoun: «Når du svelger»."""

SUBJECTS: Final = frozenset(
    (
        "du",
        "de",
        "dere",
        "dykk",
        "dokker",
        "han",
        "hun",
        "ho",
        "jeg",
        "eg",
        "vi",
        "me",
        "den",
        "det",
        "dei",
        "noen",
        "nokon",
        "nokre",
        "man",
    )
)
OPENERS: Final = frozenset(
    (
        "og",
        "men",
        "eller",
        "ok",
        "okei",
        "okey",
        "ja",
        "jo",
        "nei",
        "mm",
        "javel",
        "vel",
        "bra",
        "fint",
        "greit",
        "hei",
        "hallo",
    )
)
"""What may stand before a question and changes nothing."""
_FRONTED: Final = frozenset(
    (
        "da", "så", "nå", "no", "her", "der", "det", "dette", "den", "de", "hvis", "viss", "dersom", "når", "at", "som", "om", "for", "fordi",
        "siden", "sidan", "mens", "etter", "før", "ellers", "kanskje", "derfor", "dermed", "likevel", "heldigvis", "vanligvis", "ofte",
        "noen", "nokre", "av", "til", "i", "på", "med", "fra", "frå", "hos", "ved", "uten", "utan", "også", "bare", "berre", "selv", "sjølv",
        "takk", "der", "først", "etterpå", "plutselig", "egentlig", "eigentleg", "foreløpig", "samtidig", "nei", "ja", "jo", "og", "men",
        "eller", "jeg", "eg", "du", "han", "hun", "ho", "vi", "me", "dere", "dei", "alt", "ikke", "ikkje", "aldri", "akkurat", "feber",
    )
)  # fmt: skip
"""Before a pronoun at the beginning of a sentence they ask nothing; a verb there does: «Røyker du»."""

_MEANING: Final = frozenset(("mente", "mener", "meinte", "meiner", "sa", "tenkte", "tenker", "tror", "trur"))
"""«venstre, mente du?» is one question."""

_FILLERS: Final = frozenset(
    (
        "eh",
        "eeh",
        "ehh",
        "øh",
        "øøh",
        "ehm",
        "øhm",
        "hm",
        "hmm",
        "altså",
        "liksom",
        "lissom",
        "æh",
        "eee",
        "øø",
        "ææ",
        "skjønner",
        "jo'",
    )
)
_FILLING: Final = tuple(
    tuple(phrase.split())
    for phrase in (
        "på en måte", "på ein måte", "ikke sant", "ikkje sant", "hva skal jeg si", "kva skal eg seie", "for å si det sånn",
        "holdt jeg på å si", "vet du", "veit du", "skjønner du", "for å seie det slik", "om du skjønner", "hva heter det", "kva heiter det",
        "det som heter", "hva er det det heter",
    )
)  # fmt: skip
_TAGS: Final = re.compile(
    r"(?:,\s*|\s)(?:er|var|va|høres|passer|går|blir)?\s*(?:det)?\s*(?P<tag>ikke sant|ikkje sant|sant|stemmer det|ikke det|ikkje det|ikke|ikkje"
    r"|eller|vel|greit|ok|okei|enig|i orden)\s*\?$",
    re.IGNORECASE,
)
_AGREEING: Final = frozenset(("greit", "ok", "okei", "enig", "i orden"))


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A word, a number or a mark. `text` in lower case; `start`, `end`: characters of the sentence's text.

    `value`: where it is a number, spoken («fire hundre», «halvannen») or written, of one or several words; `to`: the other end of a range.
    A scheme of doses through the day, «en pluss null pluss en», is one token with the text `1+0+1` and no value.
    """

    text: str
    start: int
    end: int
    value: Decimal | None = None
    to: Decimal | None = None

    def __repr__(self) -> str:
        return f"<Token at {self.start}>"


@dataclass(frozen=True, slots=True, repr=False)
class Sentence:
    """`id`: of the utterance (or the place in a note); `text` as it stands there; `asks`: it is a question.

    `ids`: all that it rests on, where a correction in another utterance has been worked into it.
    """

    id: int
    role: Role
    speaker: str
    text: str
    tokens: tuple[Token, ...]
    asks: bool = False
    rests: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        """The utterances that it rests on."""
        return self.rests or (self.id,)

    @property
    def told(self) -> bool:
        """Said by someone who tells (patient, relative), not by the one who examines."""
        return self.role in (Role.PATIENT, Role.RELATED_PERSON, Role.INTERPRETER)

    def __repr__(self) -> str:
        return f"<Sentence of {self.id}, {len(self.tokens)} tokens>"


def sentences(transcript: Transcript) -> tuple[Sentence, ...]:
    """Of what was said for certain: nothing that is in doubt, nor anything in another language, is a ground for a note (R25, R27)."""
    return tuple(_sentences(said for said in transcript.utterances if said.doubt is None))


def tokens(text: str) -> tuple[Token, ...]:
    """Words, numbers and marks of a text, spoken numbers as one token each. `text[token.start:token.end]` is what was said."""
    raw = tuple(_raw(text))
    words = [token.text for token in raw]
    read: list[Token] = []
    at = 0
    while at < len(raw):
        number = numerals.number(words, at) if numerals.begins(words[at]) else None
        if number is None:
            read.append(raw[at])
            at += 1
        else:
            first, last = raw[at], raw[number.end - 1]
            read.append(Token(" ".join(words[at : number.end]), first.start, last.end, number.value, number.to))
            at = number.end
    return tuple(_schemes(read)) if any("plus" in word for word in words) else tuple(read)


def split(text: str) -> Iterator[str]:
    """A text in sentences, by its marks. A full stop after an abbreviation, an ordinal or within a number ends none."""
    start = 0
    for mark in _SENTENCE.finditer(text):
        if mark.group() == "." and _goes_on(text[start : mark.start()], text[mark.end() :]):
            continue
        yield text[start : mark.end()].strip()
        start = mark.end()
    yield text[start:].strip()


def inverted(read: Sequence[Token]) -> bool:
    """A question by its order: the verb first, or a word that asks and then the verb («Røyker du», «Hvor lenge har det vart»)."""
    words = _without_openers(read)
    if len(words) < 2:
        return bool(words) and words[0] in INTERROGATIVES
    if words[0] in INTERROGATIVES:
        return words[1] not in SUBJECTS or words[0] not in ("når", "hvor", "kor", "kva", "hva")
    return words[1] in SUBJECTS and words[0] not in _FRONTED and words[0] not in SUBJECTS


def _raw(text: str) -> Iterator[Token]:
    for met in _TOKEN.finditer(text):
        word = met.group().lower()
        glued = _GLUED.match(word) if word.endswith("s") and len(word) > 5 else None
        if glued is not None and (value := numerals.spoken(numerals.pieces(glued[1]))) is not None:
            middle = met.start() + len(glued[1])
            yield Token(glued[1], met.start(), middle, value)
            yield Token(glued[2], met.end() - len(glued[2]), met.end())
        elif "+" in word[1:] or (word[0].isdigit() and re.fullmatch(r"\d(?:[-x]\d){2,3}", word)):
            yield Token(re.sub(r"[-x]", "+", word), met.start(), met.end())
        else:
            yield Token(word, met.start(), met.end())


def _schemes(read: Sequence[Token]) -> Iterator[Token]:
    """«en pluss null pluss en» as `1+0+1`."""
    at = 0
    while at < len(read):
        end = at
        while (
            end + 2 < len(read) and read[end + 1].text in ("pluss", "+") and _dose(read[end]) and _dose(read[end + 2])
        ):
            end += 2
        if end > at:
            yield Token("+".join(filter(None, map(_dose, read[at : end + 1 : 2]))), read[at].start, read[end].end)
        else:
            yield read[at]
        at = end + 1


def _dose(token: Token) -> str:
    if token.text in numerals.ONE:
        return "1"
    if token.text in ("ingen", "inga"):
        return "0"
    return "" if token.value is None or token.to is not None else f"{token.value.normalize():f}"


def _goes_on(before: str, after: str) -> bool:
    word = re.search(r"([^\W_]+)$", before)
    if word is None or not after.strip():
        return False
    last = word[1].lower()
    following = after.lstrip()[0]
    if last.isdigit():
        return len(last) <= 2 and re.match(r"\s(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)", after) is not None
    if last not in ABBREVIATIONS:
        return False
    return len(last) > 1 or not following.isupper()


def _sentences(utterances: Iterable[Utterance]) -> Iterator[Sentence]:
    for said in utterances:
        for text in split(said.text):
            yield from _parts(said, text)


def _parts(said: Utterance, text: str) -> Iterator[Sentence]:
    """One sentence, or several where a question begins after a comma: «Du har vondt i magen, har du feber?»"""
    marked = text.endswith("?")
    text, tagged = _without_tag(text)
    read = meant(tokens(text))
    if not any(token.text[0].isalnum() for token in read):
        return
    cuts = (0, *_questions(read), len(read))
    for begin, end in pairwise(cuts):
        first = read[begin].start if begin else 0
        piece = text[first : read[end - 1].end if end < len(read) else len(text)]
        part = (
            tuple(Token(t.text, t.start - first, t.end - first, t.value, t.to) for t in read[begin:end])
            if first
            else read[begin:end]
        )
        last = end == len(read)
        if any(token.text[0].isalnum() for token in part):
            asks = (last and (marked or tagged) and tagged not in _AGREEING) or (
                inverted(part) and not _condition(part)
            )
            yield Sentence(said.id, said.role, said.speaker, piece, part, asks)


def meant(read: Sequence[Token]) -> tuple[Token, ...]:
    """Without what says nothing: fillers, a word said twice, a word broken off."""
    kept: list[Token] = []
    at = 0
    while at < len(read):
        token = read[at]
        length = next((len(p) for p in _FILLING if p[0] == token.text and _stands(p, read, at)), 0)
        if length and length < len(read):
            at += length
            continue
        at += 1
        if token.text in _FILLERS or (
            kept and token.text == kept[-1].text and token.value is None and token.text.isalpha()
        ):
            continue
        if token.text == "," and (not kept or kept[-1].text == ","):
            continue
        kept.append(token)
    return tuple(kept)


def _stands(phrase: Sequence[str], read: Sequence[Token], at: int) -> bool:
    return at + len(phrase) <= len(read) and all(read[at + i].text == word for i, word in enumerate(phrase))


def _without_tag(text: str) -> tuple[str, str]:
    """Without «ikke sant?», «greit?» at its end, and which it was."""
    met = _TAGS.search(text)
    if met is None or not met.start():
        return text, ""
    return text[: met.start()], met["tag"].lower()


def _questions(read: Sequence[Token]) -> Iterator[int]:
    """Where a question begins within a sentence: after a comma, or after «og», «men» where no comma was written."""
    if read[0].text in ("hvis", "viss", "dersom", "når", "om", "da", "fordi", "siden", "sidan", "etter"):
        return
    for at in range(2, len(read) - 1):
        if read[at].text in _MEANING:
            continue
        if (read[at - 1].text == "," and inverted(read[at : at + 6]) and not inverted(read[:at])) or (
            read[at].text in INTERROGATIVES
            and read[at - 1].text in ("og", "men", "hei", "ok", "så", "deg")
            and _asked(read, at)
        ):
            yield at


def _asked(read: Sequence[Token], at: int) -> bool:
    """«hvor lenge har du», not «hvor lenge du har»."""
    following = [token.text for token in read[at + 1 : at + 5]]
    subject = next((i for i, word in enumerate(following) if word in SUBJECTS), 0)
    return subject > (0 if following[:1] and following[0] not in SUBJECTS else 9)


def _condition(read: Sequence[Token]) -> bool:
    """«Får du feber, ta kontakt»: the order of a question, and a consequence."""
    words = [token.text for token in read]
    if "," not in words:
        return False
    after = words[words.index(",") + 1 :]
    return bool(after) and (
        after[0] in ("så", "da", "ta", "ring", "kom", "må", "kan", "bør", "skal")
        and words[0] in ("får", "blir", "vert", "har", "skulle")
    )


def _without_openers(read: Sequence[Token]) -> list[str]:
    words = [token.text for token in read[:8]]
    while len(words) > 1 and (
        words[0] in OPENERS
        or not words[0][0].isalnum()
        or (words[0] in ("så", "da", "då") and words[1] in INTERROGATIVES)
    ):
        words.pop(0)
    return words
