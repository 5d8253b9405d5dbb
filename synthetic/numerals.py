"""Bokmål number words, and what a written word sounds like when it is read aloud.

The transcript writes "38,5" and "CRP"; the synthesiser must be told "trettiåtte komma fem" and
"se er pe". Written and spoken forms stay word by word in step, so that word times carry over.
"""

import re
from typing import Final

_SMALL: Final = (
    "null en to tre fire fem seks sju åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten"
).split()
_TENS: Final = "tjue tretti førti femti seksti sytti åtti nitti".split()

_LETTERS: Final[dict[str, str]] = {
    "ADHD": "a de hå de",
    "ALAT": "alat",
    "B12": "be tolv",
    "BMI": "be em i",
    "CRP": "se er pe",
    "CT": "se te",
    "EKG": "e k g",
    "GPS": "ge pe es",
    "INR": "i en er",
    "KOLS": "kols",
    "LDL": "el de el",
    "MR": "em er",
    "NAV": "nav",
    "PSA": "pe es a",
    "TSH": "te es hå",
    "TV": "te ve",
}

_NUMBER: Final = re.compile(r"^(\d+)(?:,(\d+))?$")
_PUNCTUATION: Final = ".,?!:"
SMALL_COUNT: Final = 12
"""Counts up to this one are written as words ("tolv dager"), larger ones as digits ("14 dager")."""


def number_words(number: int) -> str:
    """The words for a whole number from 0 to 9999: 140 -> "hundre og førti"."""
    if not 0 <= number <= 9999:
        raise ValueError(f"no words for {number}: only 0 to 9999 are known")
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (_SMALL[ones] if ones else "")
    if number < 1000:
        hundreds, rest = divmod(number, 100)
        head = "hundre" if hundreds == 1 else f"{_SMALL[hundreds]} hundre"
        return f"{head} og {number_words(rest)}" if rest else head
    thousands, rest = divmod(number, 1000)
    head = "tusen" if thousands == 1 else f"{_SMALL[thousands]} tusen"
    if not rest:
        return head
    return f"{head} og {number_words(rest)}" if rest < 100 else f"{head} {number_words(rest)}"


def written_count(number: int) -> str:
    """A count as Norwegian orthography wants it: small ones as words, larger ones as digits."""
    return number_words(number) if number <= SMALL_COUNT else str(number)


def spoken(word: str) -> str:
    """What is said for one written word; punctuation at its end stays, for the intonation."""
    bare = word.rstrip(_PUNCTUATION)
    tail = word[len(bare) :]
    if bare in _LETTERS:
        return _LETTERS[bare] + tail
    if number := _NUMBER.match(bare):
        whole, decimals = number.groups()
        said = number_words(int(whole))
        if decimals is not None:
            said += f" komma {_decimal_words(decimals)}"
        return said + tail
    return word


def _decimal_words(decimals: str) -> str:
    zeros = len(decimals) - len(decimals.lstrip("0"))
    rest = decimals[zeros:]
    return " ".join([_SMALL[0]] * zeros + ([number_words(int(rest))] if rest else []))
