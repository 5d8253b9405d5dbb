"""Every word that people read exists in bokmål and in nynorsk, with the same facts in it."""

from __future__ import annotations

import ast
import io
import re
import string
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import kiskriv
from kiskriv import errors, locale
from kiskriv.errors import DeliveryError, KiskrivError, LedgerBusy, MicrophoneLost, StepOutOfOrder, VaultTampered
from kiskriv.locale import Language
from kiskriv.locale.extract import templates
from kiskriv.session.session import State
from kiskriv.vault import Artefact

CODE = Path(kiskriv.__file__).parent
FOLDER = Path(locale.__file__).parent
AFTERNOON = "2026-03-04T13:05:59Z"
"""In Oslo, and in winter."""
CALLS = {"_", "text", "mark", "plural"}


NORWEGIAN: tuple[Language, ...] = ("nb", "nn")

NEVER: dict[Language, str] = {
    "nb": "ikkje eg kva kven korleis frå noko nokon berre vart vere utan ein eit dei no køyr open sletta teken",
    "nn": "ikke jeg hva hvem hvordan hvis hver fra noe noen bare ble være uten en et de nå kjør åpen slettet tatt "
    "linjen mappen filen siden maskinen klokken kvitteringen slettingen",
}
"""What betrays the other written Norwegian, or a second choice of forms within nynorsk."""
ENGLISH = "the and of is are was were not with what this that you your doctor erased recording"
OUTSIDE = re.compile(r"{\w*}|«[{a-z][^»]*»|\[[^]]*\]|https?://\S+|[\w-]+[.:/][\w.-]+")
"""What is no language: fields, commands, settings, addresses, names of files."""


@pytest.fixture(autouse=True)
def bokmaal() -> Iterator[None]:
    """Each test begins and ends in the default language."""
    locale.set_language("nb")
    yield
    locale.set_language("nb")


@pytest.fixture
def oslo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The clock on the wall is Oslo's, wherever this runs."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
        time.tzset()
        yield
    time.tzset()


@cache
def catalogue(language: Language) -> Catalog:
    with (FOLDER / language / "LC_MESSAGES/kiskriv.po").open("rb") as file:
        return read_po(file, locale=language)


def translated(language: Language) -> Iterator[Message]:
    return (message for message in catalogue(language) if message.id)


def originals(message: Message) -> tuple[str, ...]:
    return message.id if isinstance(message.id, tuple) else (message.id,)


def wordings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def words(wording: str) -> set[str]:
    return set(re.findall(r"[\w-]+", OUTSIDE.sub(" ", wording).lower()))


def labels_of_keys() -> set[str]:
    """What stands beside a key at the bottom of the screen: the third argument of a Binding."""
    calls = [
        call
        for file in (CODE / "tui").rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Binding"
    ]
    marked = [call.args[2] for call in calls if len(call.args) > 2]
    return {
        word.value for call in marked for word in ast.walk(call) if isinstance(word, ast.Constant) and word.value != "_"
    }


def extracted() -> set[str]:
    """What scripts/locale finds in the code, as it finds it."""
    with (FOLDER / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "text": None, "mark": None, "plural": (1, 2)}
    found = extract_from_dir(CODE, methods, options, keywords)
    return {message if isinstance(message, str) else message[0] for _file, _line, message, _comments, _context in found}


def fields(template: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(template) if name is not None}


def error_classes(root: type[KiskrivError] = KiskrivError) -> Iterator[type[KiskrivError]]:
    yield root
    for child in root.__subclasses__():
        yield from error_classes(child)


@pytest.mark.parametrize("language", NORWEGIAN)
def test_every_word_in_the_code_has_a_translation(language: Language) -> None:
    known = {originals(message)[0] for message in translated(language) if message.string}
    assert len(known) > 150
    assert extracted() - known == set(), "run scripts/locale and fill in what it names"


@pytest.mark.parametrize("language", NORWEGIAN)
def test_the_catalogue_has_no_gap_and_no_guess_and_nothing_that_the_code_does_not_say(language: Language) -> None:
    for message in translated(language):
        assert not message.fuzzy, message.id
        assert all(wordings(message)), message.id
    assert {originals(message)[0] for message in translated(language)} - extracted() == set(), "run scripts/locale"


@pytest.mark.parametrize("language", NORWEGIAN)
def test_a_translation_has_the_same_fields_and_the_same_percent_signs(language: Language) -> None:
    for message in translated(language):
        original = originals(message)[0]
        for wording in wordings(message):
            assert fields(wording) == fields(original), message.id
            assert wording.count("%(") == original.count("%("), message.id


@pytest.mark.parametrize("language", NORWEGIAN)
def test_no_english_and_nothing_of_the_other_norwegian_is_left(language: Language) -> None:
    for message in translated(language):
        for wording in wordings(message):
            assert words(wording) & {*ENGLISH.split(), *NEVER[language].split()} == set(), wording


@pytest.mark.parametrize("language", NORWEGIAN)
def test_what_opens_stands_and_ends_alike(language: Language) -> None:
    """Signs and spaces that a layout rests on: at both ends, as in the original."""
    for message in translated(language):
        for original, wording in zip(originals(message), wordings(message), strict=True):
            assert wording == wording.strip() or original != original.strip(), wording
            assert original[0] == wording[:1] or original[0].isalnum() or original[0] in "`“({[", wording
            assert original.endswith("…") == wording.endswith("…"), wording


@pytest.mark.parametrize("language", NORWEGIAN)
def test_the_label_of_a_key_is_as_short_as_in_english(language: Language) -> None:
    labels = labels_of_keys()
    assert {"Quit", "Approve", "Discard"} <= labels
    locale.set_language(language)
    for label in labels:
        assert len(locale.text(label)) <= max(1.3 * len(label), 16), locale.text(label)


@pytest.mark.parametrize("language", NORWEGIAN)
@pytest.mark.parametrize("kind", list(error_classes()), ids=lambda kind: kind.__name__)
def test_every_error_speaks_norwegian_with_all_its_facts(kind: type[KiskrivError], language: Language) -> None:
    locale.set_language(language)
    facts = dict.fromkeys(fields(kind.message) | fields(kind.hint), 17)
    message, hint = locale.explain(kind(**facts))
    assert message != kind.message.format(**facts) and hint != kind.hint.format(**facts)
    assert ("17" in message) == bool(fields(kind.message))
    assert "{" not in message + hint


@pytest.mark.parametrize("language", NORWEGIAN)
def test_the_compiled_catalogue_is_the_written_one(language: Language) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(language))
    assert (FOLDER / language / "LC_MESSAGES/kiskriv.mo").read_bytes() == compiled.getvalue(), "run scripts/locale"


def test_each_language_of_the_screen_has_its_catalogue() -> None:
    assert {*NORWEGIAN, "en"} == set(locale.LANGUAGES)
    told = {}
    for language in locale.LANGUAGES:
        locale.set_language(language)
        told[language] = locale.text("Nothing is being recorded yet.")
    assert told == {
        "nb": "Ingenting blir tatt opp ennå.",
        "nn": "Ingenting blir teke opp enno.",
        "en": "Nothing is being recorded yet.",
    }


def test_no_words_hide_in_the_braces_of_an_f_string() -> None:
    """Babel does not look there before Python 3.12: the words would stay English, and nobody would be told."""
    hidden = [
        f"{file.name}:{call.lineno}"
        for file in CODE.rglob("*.py")
        for joined in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in CALLS
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert hidden == []


def test_facts_out_of_closed_sets_are_translated() -> None:
    for language in NORWEGIAN:
        assert {str(fact) for fact in (*State, *Artefact)} <= {
            originals(message)[0] for message in translated(language)
        }
    message, _ = locale.explain(StepOutOfOrder(step="drafting", state=State.NEW))
    assert message == "utkast er ikke mulig når konsultasjonen er ny"
    message, _ = locale.explain(VaultTampered(artefact="audio"))
    assert message == "forseglet materiale (lyd) lar seg ikke åpne: Det er endret i minnet"


def test_a_fact_that_is_not_ours_stays_as_it_is() -> None:
    message, hint = locale.explain(DeliveryError(problem="No space left on device"))
    assert message == "notatet ble ikke levert: No space left on device"
    assert hint.startswith("lever det på en annen måte")
    assert locale.explain(MicrophoneLost(seconds=12))[0] == "mikrofonen ble borte etter 12 sekunder"


def test_english_is_what_the_code_says(oslo: None) -> None:
    locale.set_language("en")
    assert locale.explain(LedgerBusy()) == (LedgerBusy.message, LedgerBusy.hint)
    assert locale.number(1234.5, 1) == "1,234.5"
    assert locale.moment(AFTERNOON) == "2026-03-04 14:05"
    with pytest.raises(ValueError, match="sv"):
        locale.set_language("sv")  # type: ignore[arg-type]
    assert locale.language() == "en"


@pytest.mark.parametrize("language", NORWEGIAN)
def test_numbers_and_times_are_written_the_norwegian_way(language: Language, oslo: None) -> None:
    locale.set_language(language)
    assert locale.number(1234567.25, 2) == "1\u00a0234\u00a0567,25"
    assert locale.number(-0.5, 1) == "-0,5"
    assert locale.moment(AFTERNOON) == "04.03.2026 14:05"


def test_counts_are_written_the_norwegian_way() -> None:
    waits = (
        "{count} stretch of speech waits to be written down",
        "{count} stretches of speech wait to be written down",
    )
    assert locale.plural(*waits, 1) == "{count} talestykke venter på å bli skrevet ned"
    assert locale.plural(*waits, 0) == "{count} talestykker venter på å bli skrevet ned"
    assert locale.text("") == ""


def test_the_tree_of_errors_is_walked_whole() -> None:
    named = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, KiskrivError)}
    assert named <= {kind.__name__ for kind in error_classes()}


def test_the_words_of_errors_facts_and_steps_are_found_without_a_gettext_call() -> None:
    code = """
class Gone(KiskrivError):
    message = "it is gone: {problem}"
    hint: ClassVar[str] = "look for it"
    name = "not words"
def look(self):
    self._expect("looking", State.OPEN)
    raise Gone(problem="under the table" if self.low else "on the shelf", code="E7")
"""
    found = [message for _line, _name, message, _comments in templates(io.BytesIO(code.encode()), {}, (), {})]
    assert found == ["it is gone: {problem}", "look for it", "looking", "under the table", "on the shelf"]
