"""Questions, known by the order of their words where the recogniser wrote no mark: «Røyker du», «kor lenge har det vart». Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kiskriv.draft.language.tokens import Token

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
        "æ",
        "æg",
        "hu",
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
        "da", "så", "nå", "no", "her", "der", "det", "dette", "den", "de", "hvis", "viss", "dersom", "når", "at", "som", "om", "for",
        "fordi",
        "siden", "sidan", "mens", "etter", "før", "ellers", "kanskje", "derfor", "dermed", "likevel", "heldigvis", "vanligvis", "ofte",
        "noen", "nokre", "av", "til", "i", "på", "med", "fra", "frå", "hos", "ved", "uten", "utan", "også", "bare", "berre", "selv",
        "sjølv",
        "takk", "der", "først", "etterpå", "plutselig", "egentlig", "eigentleg", "foreløpig", "samtidig", "nei", "ja", "jo", "og", "men",
        "eller",
        "jeg", "eg", "æ", "æg", "hu", "du", "han", "hun", "ho", "vi", "me", "dere", "dei", "alt", "ikke", "ikkje", "aldri", "akkurat",
        "feber",
    )
)  # fmt: skip
"""Before a pronoun at the beginning of a sentence they ask nothing; a verb there does: «Røyker du»."""
_MID: Final = frozenset(
    (
        "hvor",
        "kor",
        "hva",
        "kva",
        "hvordan",
        "korleis",
        "hvilken",
        "hvilke",
        "hvilket",
        "hvem",
        "kven",
        "hvorfor",
        "kvifor",
    )
)
"""In the middle of what is said they begin a question, where a verb and its subject follow."""
_MEANING: Final = frozenset(
    (
        "mente", "mener", "meinte", "meiner", "sa", "tenkte", "tenker", "tror", "trur", "sier", "seier", "ser", "spør", "synes",
        "syns", "synest",
        "husker", "hugsar", "vet", "veit", "skjønner", "antar", "håper", "håpar", "regner",
    )
)  # fmt: skip
"""After a comma they begin no question of their own: «venstre, mente du?», «ti dager, sier jeg»."""
_SUPPOSED: Final = frozenset(
    ("håper", "håpar", "tror", "trur", "synes", "syns", "synest", "tenker", "mener", "meiner", "føler", "vet", "veit")
)
"""Before «det» they leave out «jeg», and ask nothing."""
_FINITE: Final = frozenset(
    (
        "er",
        "var",
        "har",
        "kan",
        "må",
        "vil",
        "skal",
        "bør",
        "får",
        "fikk",
        "fekk",
        "går",
        "gikk",
        "gjekk",
        "kom",
        "kjem",
        "tok",
        "tek",
        "blei",
        "ble",
        "vart",
        "gav",
        "ga",
        "sov",
        "søv",
        "et",
        "drikk",
        "stikk",
        "brenn",
        "svid",
        "ligg",
        "sit",
        "finst",
        "finnes",
        "kjennes",
        "kjennest",
        "hjalp",
        "rann",
        "datt",
        "falt",
        "slo",
        "hørtes",
        "føltes",
        "synes",
    )
)
_PREPOSITIONS: Final = frozenset(
    (
        "for",
        "mot",
        "til",
        "på",
        "ved",
        "etter",
        "i",
        "fra",
        "frå",
        "med",
        "mellom",
        "om",
        "innen",
        "før",
        "utover",
        "foruten",
    )
)
_DEFINITE: Final = ("en", "et", "a", "ene", "ane")
_SUPPOSING: Final = frozenset(("skulle", "kjem", "fekk", "fikk", "søv", "drikk", "vert", "legg", "tek", "held", "spyr"))
_CONSEQUENCES: Final = frozenset(
    (
        "så",
        "da",
        "då",
        "ta",
        "tar",
        "tek",
        "gir",
        "ring",
        "kom",
        "må",
        "kan",
        "bør",
        "skal",
        "kontakt",
        "bestill",
        "stopp",
        "slutt",
    )
)


def inverted(read: Sequence[Token]) -> bool:
    """A question by its order: the verb first, or a word that asks and then the verb («Røyker du», «Hvor lenge har det vart»)."""
    words = _without_openers(read)
    first, second = (*words, "", "")[:2]
    if first in INTERROGATIVES:
        return _asks_by(*(*words, "", "")[:3])
    if second == "det" and sum(word[0].isalnum() for word in words) == 2:  # «Gjør det.»
        return False
    return second in SUBJECTS and first not in _FRONTED and first not in SUBJECTS and _finite(first, second)


def indirect(read: Sequence[Token]) -> bool:
    """«Om du har hatt feber.»: a question asked again, with nothing that follows from it."""
    words = [token.text for token in read]
    return words[0] == "om" and words[1:2] != [] and words[1] in SUBJECTS and "," not in words and "så" not in words


def conditional(read: Sequence[Token]) -> int:
    """Where the consequence begins of «Blir du verre, kommer du tilbake», a condition without «hvis»; 0: it is none."""
    first, second = (*_without_openers(read), "", "")[:2]
    supposes = first in _SUPPOSING or (first.endswith("r") and first not in _FRONTED and first not in INTERROGATIVES)
    if not supposes or read[-1].text == "?" or not (second in SUBJECTS or second.endswith(_DEFINITE)):
        return 0
    return next(
        (
            i + 1
            for i, token in enumerate(read)
            if token.text == "," and _follows([t.text for t in read[i + 1 : i + 3]])
        ),
        0,
    ) or next(
        (i for i in range(3, len(read) - 2) if read[i].text == "så" and _bids([t.text for t in read[i + 1 : i + 3]])),
        0,
    )


def questions(read: Sequence[Token]) -> Iterator[int]:
    """Where a question begins within a sentence: after a comma, or after «og», «men» where no comma was written."""
    if conditional(read) or read[0].text in (
        "hvis",
        "viss",
        "dersom",
        "når",
        "om",
        "da",
        "fordi",
        "siden",
        "sidan",
        "etter",
    ):
        return
    for at in range(2, len(read) - 1):
        if read[at].text in _MEANING:
            continue
        if (
            (read[at - 1].text == "," and inverted(read[at : at + 6]) and not _leads_to(read[: at - 1], read[-1]))
            or (
                read[at].text in INTERROGATIVES
                and read[at - 1].text in ("og", "men", "hei", "ok", "så", "deg")
                and _asked(read, at)
            )
            or (read[at].text in _MID and _asks_on(read, at))
        ):
            yield at
        elif read[at + 1].text == "du" and read[at].text in _FINITE and _complete(read[:at]):
            yield at  # «fryser du har du gått opp i vekt»


def _leads_to(read: Sequence[Token], last: Token) -> bool:
    """Whether the verb comes first after the comma because of what stands before it: «For beina, får du Calcigran.», «Røyker du, …»."""
    if inverted(read):
        return True
    words = _without_openers(read)
    return last.text != "?" and words[0] in _PREPOSITIONS and not any(word in _FINITE for word in words)


def _follows(after: Sequence[str]) -> bool:
    """«så ringer du», «kommer du», «ring»: what follows from a condition."""
    return bool(after) and (after[0] in _CONSEQUENCES or (len(after) > 1 and after[1] in SUBJECTS and _finite(*after)))


def _bids(after: Sequence[str]) -> bool:
    """«blir du verre så ringer du», «så ring 113»: where no comma was written."""
    return after[0] in _CONSEQUENCES - {"så", "da", "då"} or (after[1] in ("du", "de", "dere") and _finite(*after))


def _asks_by(first: str, second: str, third: str) -> bool:
    """Not «når du svelger», «når INR er under to», nor «kvar dag»."""
    if first == "når":
        return second in _FINITE or (third in SUBJECTS and _finite(second, "du"))
    if first == "kvar":
        return second in ("er", "har", "gjer", "var") or second.endswith("r")
    return second not in SUBJECTS or first not in ("når", "hvor", "kor", "kva", "hva")


def _finite(verb: str, subject: str) -> bool:
    """«hovna han», «kjem det», and not «ta det», «håper det»."""
    if subject in ("du", "dere", "dykk", "dokker"):
        return True
    return verb not in _SUPPOSED and (
        verb in _FINITE or (len(verb) > 3 and verb.endswith(("r", "te", "de", "et", "a")))
    )


def _complete(read: Sequence[Token]) -> bool:
    """A question that has its subject."""
    return read[-1].text != "," and any(token.text in SUBJECTS for token in read) and inverted(read)


def _asked(read: Sequence[Token], at: int) -> bool:
    """«hvor lenge har du», not «hvor lenge du har»."""
    following = [token.text for token in read[at + 1 : at + 5]]
    subject = next((i for i, word in enumerate(following) if word in SUBJECTS), 0)
    return subject > (0 if following[:1] and following[0] not in SUBJECTS else 9)


def _asks_on(read: Sequence[Token], at: int) -> bool:
    """A verb and then its subject, after a word that asks: «hvor mye Levaxin tar du», not «hvor mye Levaxin du tar»."""
    words = [token.text for token in read[at + 1 : at + 6]]
    subject = next((i for i, word in enumerate(words) if word in SUBJECTS), 0)
    if not subject:
        return False
    verb = words[subject - 1]
    return verb in _FINITE or (len(verb) > 3 and verb.endswith("r")) or verb in ("tar", "bor", "gjør", "gjer")


def _without_openers(read: Sequence[Token]) -> list[str]:
    words = [token.text for token in read[:8]]
    while len(words) > 1 and (
        words[0] in OPENERS
        or not words[0][0].isalnum()
        or (words[0] in ("så", "da", "då") and words[1] in INTERROGATIVES)
    ):
        words.pop(0)
    return words
