"""What an answer says to its question: yes, no, uncertain, or something of its own. Pure. Cues: `lexicon/cues.txt`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kiskriv.draft.fact import Polarity
from kiskriv.draft.language.numerals import ONE
from kiskriv.draft.language.questions import OPENERS
from kiskriv.draft.language.reading import INTERROGATIVES, SUBJECTS, Token, inverted
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.talk.claim import VERBS, clause
from kiskriv.draft.talk.polarity import negated

_WHICH: Final = frozenset(("hva", "hvilke", "hvilken", "hvilket", "kva"))
_MARKS: Final = frozenset((",", ".", "!", "-", "–", ":", ";"))
_SIGHS: Final = frozenset(
    ("å", "åh", "oh", "nja", "gud", "herregud", "bevares", "huff", "uff", "eh", "øh", "ehm", "hm", "hmm", "kjære")
)
"""Before an answer they say nothing."""
_SURELY: Final = frozenset(("absolutt", "klart", "sikkert", "definitivt", "selvfølgelig", "sjølvsagt", "selvsagt"))
"""After «nei» they turn nothing."""
_SAME: Final = 4
"""Letters by which a word of the answer is one of the question's, whatever their endings."""
_OF_KIN: Final = 8
"""Words: longer, it tells something of its own."""
_EMPTY: Final = (
    VERBS
    | SUBJECTS
    | {"hatt", "vært", "vore", "som", "noe", "noko", "med", "ikke", "ikkje", "før", "også", "hele", "men", "når"}
)
_ELSE: Final = frozenset(("annet", "anna", "andre", "annen", "annan", "mer", "meir", "flere", "fleire"))
_IT: Final = frozenset(("den", "det", "dem", "dei", "de"))
_HAVING: Final = frozenset(("har", "er", "var", "hadde", "hatt", "gjelder", "gjeld", "fikk", "fekk"))
_MINE: Final = frozenset(("min", "mi", "mitt", "mine"))
_HOW: Final = frozenset(("på", "med", "om", "til", "sammen", "saman", "før", "etter", "hver", "kvar"))
_BEGINNING: Final = 8
"""Tokens within which an answer says that something is wrong."""
_TOLERATING: Final = frozenset(("tåler", "toler", "tåle", "tola"))
_KNOWING: Final = frozenset(
    ("vet", "veit", "sett", "merket", "merka", "merker", "merkar", "kjent", "kjend", "husker", "hugsar", "huske", "hugse", "ser", "se",
     "sjå", "tror", "trur", "kommer", "registrert", "hørt", "høyrt", "si", "seie")
)  # fmt: skip
_WHEN: Final = frozenset(
    (
        "når",
        "om",
        "ved",
        "i",
        "på",
        "etter",
        "hvis",
        "viss",
        "dersom",
        "nå",
        "no",
        "litt",
        "av",
        "mot",
        "under",
        "etterpå",
    )
)
"""After «bare» they say when or how much it is so."""
_OCCASION: Final = frozenset(("om", "når", "ved", "etter"))
"""«Litt om kvelden», «mest når jeg går»."""
_PERSONS: Final = frozenset(("jeg", "eg", "æ", "æg", "han", "hun", "ho", "hu", "vi", "du"))
_CUT: Final = frozenset(("enn", "utenom", "utanom", "foruten", "forutan", "unntatt", "bortsett"))
_CUT_DENIED: Final = frozenset(("når", "siden", "sidan", "mens", "fordi", "etter", "da", "då", "før"))
_PLACES: Final = frozenset(
    (
        "i",
        "på",
        "om",
        "for",
        "siden",
        "sidan",
        "fra",
        "frå",
        "til",
        "ved",
        "kanskje",
        "bare",
        "berre",
        "sånn",
        "ca",
        "ja",
        "jo",
        "sier",
        "seier",
        "hun",
        "ho",
        "han",
        "vel",
        "vil",
        "jeg",
        "eg",
        "si",
    )
)


@dataclass(frozen=True, slots=True)
class Answer:
    """`verdict`: None where it is neither yes nor no. `rest`: the tokens from which it says more."""

    verdict: Polarity | None
    rest: int


def answer(tokens: Sequence[Token], lexicon: Lexicon) -> Answer:
    """What it begins with: «ja», «nei, det har jeg ikke», «ikke det jeg vet», «litt», and where more follows."""
    verdict: Polarity | None = None
    at = _reported(tokens)
    while at < len(tokens):
        if tokens[at].text in _MARKS or (verdict is None and tokens[at].text in _SIGHS):
            at += 1
            continue
        met = _cue(tokens, at, lexicon) or _known(tokens, at) or _full(tokens, at) or _alone(tokens, at, lexicon)
        soft = lexicon.find(tokens[at : at + 5], "softener")[:1] if verdict is not None else ()
        if met is None and soft and soft[0].start == 0:
            at += soft[0].end
            continue
        if met is None:
            break
        surely = verdict is Polarity.DENIED and tokens[at].text in _SURELY
        said, at = met
        verdict = verdict if surely else _both(verdict, said)
    return Answer(Polarity.AFFIRMED if _only_then(tokens[at:]) else verdict, at)


def amends(tokens: Sequence[Token]) -> bool:
    """«Jo forresten, under armen», after what was answered before."""
    words = [token.text for token in tokens[:2]]
    return words[:1] in (["jo"], ["joda"], ["jau"]) or words in (
        ["ja", "forresten"],
        ["eller", "jo"],
        ["nei", "forresten"],
    )


def wrong(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """«Nei, det er feil», «Det stemmer ikke»: what was stated is not so."""
    return lexicon.has(tokens[:_BEGINNING], "wrong")


def elsewhere(question: Sequence[Token], said: Sequence[Token], rest: Sequence[Token], lexicon: Lexicon) -> bool:
    """«Tåler du penicillin?» «Nei, det er feil, det var søsteren min.»: no word of whether the patient does."""
    return wrong(said, lexicon) and of_kin(rest, lexicon) and any(token.text in _TOLERATING for token in question)


def only(rest: Sequence[Token]) -> bool:
    """«bare hoste», «litt kvalm, elles ikkje»: of several things that were asked for, this alone."""
    words = [token.text for token in rest]
    return any(word in ("bare", "berre", "kun") for word in words) or any(
        pair in (("ellers", "ikke"), ("elles", "ikkje"), ("ellers", "ingenting"), ("elles", "ingenting"))
        for pair in pairwise(words)
    )


def wants_instead(rest: Sequence[Token]) -> bool:
    """«Helst om to»: not what was proposed."""
    return bool(rest) and rest[0].text in ("helst", "heller")


def beside(question: Sequence[Token]) -> tuple[Token, ...]:
    """What a question for more takes as known: «noe annet enn hodepinen», «andre medisiner enn Metoprolol»."""
    for at in range(1, len(question)):
        if question[at].text == "enn" and any(token.text in _ELSE for token in question[max(0, at - 4) : at]):
            return tuple(question[at + 1 :])
    return ()


def confirmed(question: Sequence[Token], said: Polarity, first: str, lexicon: Lexicon) -> Polarity | None:
    """What the question's words are worth after this answer; None: as they stand in it, with its own denials.

    «Du har ikke feber?» «Nei» denies; «jo» affirms; «Du bruker Marevan?» «Ja» confirms as it stands.
    """
    below = next(
        (i for i, token in enumerate(question) if token.text in ("at", "som", "om", "hvis", "viss", "når")),
        len(question),
    )
    if not negated(question[:below], lexicon):
        return said
    if said is Polarity.AFFIRMED and first in ("jo", "jau", "joda", "joa"):
        return Polarity.AFFIRMED
    if said is Polarity.AFFIRMED:
        return Polarity.UNCERTAIN if inverted(question) else None
    return None if said is Polarity.DENIED else said


def open_question(question: Sequence[Token]) -> bool:
    """One that yes or no does not answer: «Hvor lenge?»; not «Svir det når du tisser?»"""
    return any(
        token.text in INTERROGATIVES and (token.text != "når" or not at or question[at - 1].text in OPENERS)
        for at, token in enumerate(question[:3])
    )


def which(question: Sequence[Token]) -> bool:
    """«Hvilke medisiner bruker du?»: «ingen» answers it, «ja» does not."""
    return any(token.text in _WHICH for token in question[:3])


def choice(question: Sequence[Token]) -> bool:
    """Whether it names several things of which one may be so: «feber, hoste eller slim?», «Ibux, Voltaren?», not «… eller noe?»"""
    words = [token.text for token in question]
    if "eller" not in words:
        return "," in words and elliptical(question) and not any(token.value is not None for token in question)
    after = words[len(words) - words[::-1].index("eller") :]
    return len(after) > 3 or (
        bool(after) and after[0] not in ("noe", "noko", "ikke", "ikkje", "lignende", "liknande", "slikt", "sånt")
    )


def presupposes(question: Sequence[Token], lexicon: Lexicon) -> bool:
    """«Er hosten verre om natta?»: a no says nothing of the cough."""
    return lexicon.has(question, "presupposed") or any(
        question[i].text in SUBJECTS and question[i + 1].text in _IT and question[i + 2].text in _HOW
        for i in range(1, len(question) - 2)
    )  # «Tar du den på tom mage?»


def asked_of(question: Sequence[Token], denied: bool) -> tuple[Token, ...]:
    """The part that the answer is about: without «enn Metoprolol», and where it is denied without «når du hoster»."""
    begin = 0
    if question and question[0].text in (
        "når",
        "hvis",
        "viss",
        "siden",
        "sidan",
        "etter",
        "dersom",
        "fordi",
        "da",
        "då",
    ):
        begin = next((i + 1 for i, token in enumerate(question) if token.text == ","), 0)
    for i in range(begin + 1, len(question)):
        follows = i + 1 < len(question) and (
            question[i + 1].text in SUBJECTS or (question[i].text == "etter" and question[i + 1].text == "at")
        )
        if question[i].text in _CUT or (denied and question[i].text in _CUT_DENIED and follows):
            comma = next((n for n in range(i, len(question)) if question[n].text == ","), len(question))
            return (*question[begin:i], *question[comma:])
    return tuple(question[begin:])


def mentioned(question: Sequence[Token], rest: Iterable[Token]) -> frozenset[int]:
    """Which tokens of the question the answer names itself."""
    heads = {
        token.text[:_SAME]
        for token in rest
        if token.text.isalpha() and len(token.text) >= _SAME - 1 and token.text not in _EMPTY
    }
    return frozenset(i for i, token in enumerate(question) if token.text[:_SAME] in heads)


def unsaid(rest: Sequence[Token], lexicon: Lexicon) -> tuple[Token, ...]:
    """What more an answer says, without what it only denies again: «(nei,) ikke svart. Men litt slim.»"""
    kept: list[Token] = []
    at = 0
    while at < len(rest):
        _, end = clause(rest, at)
        end = max(end, at + 1)
        part = rest[at:end]
        if not negated(part, lexicon):
            kept += part
        at = end
    return tuple(kept)


def of_kin(rest: Sequence[Token], lexicon: Lexicon) -> bool:
    """«Nei, men mora mi har det»: not the patient, but a relative."""
    words = [token.text for token in rest if token.text.isalpha()]
    has = any(word in _HAVING for word in words)
    kin = lexicon.find(rest, "kin")
    if not (has and kin and len(words) <= _OF_KIN) or any(word in _PERSONS for word in words):
        return False
    after = [token.text for token in rest[kin[-1].end :] if token.text.isalpha()]
    return not after or after[-1] in _HAVING | _IT | _MINE


def elliptical(tokens: Sequence[Token]) -> bool:
    """Without a verb of its own: «I tre uker», «Venstre», «To om dagen»."""
    return not any(
        (token.text in VERBS or token.text in _PERSONS) and not (i and tokens[i - 1].text == "i")
        for i, token in enumerate(tokens)
    )


def measure_only(tokens: Sequence[Token], lexicon: Lexicon) -> bool:
    """Only how long, how much or since when: to a yes-or-no question it means yes, «Siden i går»."""
    units = {i for hit in lexicon.find(tokens, "unit") for i in range(hit.start, hit.end)}
    for category in ("recent", "past"):
        units |= {i for hit in lexicon.find(tokens, category) for i in range(hit.start, hit.end)}
    words = [token for i, token in enumerate(tokens) if token.text not in _MARKS]
    timed = bool(units)
    return (
        timed
        and all(
            i in units or token.value is not None or token.text in ONE or token.text in _PLACES or token.text in _MARKS
            for i, token in enumerate(tokens)
        )
        and bool(words)
    )


def _reported(tokens: Sequence[Token]) -> int:
    """«Hun sier at» before what another answers for her."""
    words = [token.text for token in tokens[:3]]
    if len(words) < 3 or words[0] not in SUBJECTS or words[1] not in ("sier", "seier", "svarer", "svarar", "sa"):
        return 0
    return 3 if words[2] == "at" else 2


def _cue(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Polarity, int] | None:
    window = tokens[at : at + 6]
    best: tuple[Polarity, int] | None = None
    for category, verdict in (("yes", Polarity.AFFIRMED), ("no", Polarity.DENIED), ("unsure", Polarity.UNCERTAIN)):
        for hit in lexicon.find(window, category)[:1]:
            if hit.start == 0 and (best is None or at + hit.end > best[1]):
                best = verdict, at + hit.end
    return best


def _only_then(rest: Sequence[Token]) -> bool:
    """«Bare når jeg går», «(nei,) bare om dagen»: it is so, but not always."""
    words = [token.text for token in rest[:3]]
    sided = words[1:2] in (["det"], ["den"], ["på"]) and words[2:3] in (["høyre"], ["høgre"], ["venstre"])
    return len(rest) > 1 and words[0] in ("bare", "berre", "kun") and (words[1] in _WHEN or sided)


def _known(tokens: Sequence[Token], at: int) -> tuple[Polarity, int] | None:
    """«ikke som jeg har sett», «ikkje det eg kan hugse», «det kan jeg ikke si»."""
    words = [token.text for token in tokens[at : at + 8]]
    if (
        words[:1]
        and words[0] in ("ikke", "ikkje")
        and words[1:2]
        and words[1] in ("som", "det", "noe", "noko", "så", "hva")
    ):
        length = next((i for i, word in enumerate(words) if word in _MARKS), len(words))
        known = next((i for i in range(length - 1, 1, -1) if words[i] in _KNOWING), None)
        if known is not None and any(word in SUBJECTS for word in words[2:known]):
            return Polarity.DENIED, at + known + 1
    if (
        words[:2] == ["det", "kan"]
        and words[2:3]
        and words[2] in SUBJECTS
        and words[3:5] in (["ikke", "si"], ["ikkje", "seie"])
    ):
        return Polarity.DENIED, at + 5
    return None


def _full(tokens: Sequence[Token], at: int) -> tuple[Polarity, int] | None:
    """«det har jeg (ikke)», «har jeg ikke», «jeg har ikke det»."""
    words = [token.text for token in tokens[at : at + 7]]
    place = 0
    if words[:1] and words[0] in ("det", "dette"):
        place = 1
    if len(words) > place + 1 and words[place] in VERBS and words[place + 1] in SUBJECTS:
        place += 2
    elif not place and len(words) > 2 and words[0] in SUBJECTS and words[1] in VERBS and "det" in words[2:5]:
        place = 2
    elif words[:1] == ["har"] and words[1:2] in (["ikke"], ["ikkje"]) and "det" in words[2:4]:
        place = 1
    else:
        return None
    denied = False
    while place < len(words) and words[place] in (
        "ikke",
        "ikkje",
        "aldri",
        "nok",
        "vel",
        "faktisk",
        "jo",
        "absolutt",
        "det",
        "heller",
        "egentlig",
        "hatt",
    ):
        denied |= words[place] in ("ikke", "ikkje", "aldri")
        place += 1
    if place < len(words) and words[place] not in _MARKS and words[place] not in ("men", "og", "nå", "no"):
        return None
    return Polarity.DENIED if denied else Polarity.AFFIRMED, at + place


def _alone(tokens: Sequence[Token], at: int, lexicon: Lexicon) -> tuple[Polarity, int] | None:
    """«ingen», «litt», where nothing belongs to it that follows."""
    window = tokens[at : at + 5]
    for category, verdict in (("no-alone", Polarity.DENIED), ("some", Polarity.AFFIRMED)):
        for hit in lexicon.find(window, category)[:1]:
            end = at + hit.end
            if hit.start == 0 and (
                end == len(tokens)
                or tokens[end].text in _MARKS
                or tokens[end].text in ("men", "ja", "nei", "egentlig", "da")
                or (verdict is Polarity.AFFIRMED and tokens[end].text in _OCCASION)
            ):
                return verdict, end
    return None


def _both(first: Polarity | None, second: Polarity) -> Polarity:
    """«nei, det tror jeg ikke» is a no; «ja, kanskje» is uncertain."""
    if first is Polarity.DENIED and second is Polarity.UNCERTAIN:
        return first
    return second
