"""Every word that people read exists in bokmål, with the same facts in it."""

from __future__ import annotations

import ast
import io
import string
from collections.abc import Iterator
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
from kiskriv.locale.extract import templates
from kiskriv.session.session import State
from kiskriv.vault import Artefact

CODE = Path(kiskriv.__file__).parent
FOLDER = Path(locale.__file__).parent
CALLS = {"_", "text", "mark", "plural"}


@pytest.fixture(autouse=True)
def bokmaal() -> Iterator[None]:
    """Each test begins and ends in the default language."""
    locale.set_language("nb")
    yield
    locale.set_language("nb")


def catalogue() -> Catalog:
    with (FOLDER / "nb/LC_MESSAGES/kiskriv.po").open("rb") as file:
        return read_po(file, locale="nb")


def translated() -> Iterator[Message]:
    return (message for message in catalogue() if message.id)


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


def test_every_word_in_the_code_has_a_translation() -> None:
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in translated() if message.string}
    assert len(known) > 150
    assert extracted() - known == set(), "run scripts/locale and fill in what it names"


def test_the_catalogue_has_no_gap_and_no_guess_and_nothing_that_the_code_does_not_say() -> None:
    for message in translated():
        assert not message.fuzzy, message.id
        words = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(words), message.id
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in translated()}
    assert known - extracted() == set(), "run scripts/locale"


def test_a_translation_has_the_same_fields_and_the_same_percent_signs() -> None:
    for message in translated():
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        wordings = message.string if isinstance(message.string, tuple) else (message.string,)
        for wording in wordings:
            assert fields(wording) == fields(originals[0]), message.id
            assert wording.count("%(") == originals[0].count("%("), message.id


@pytest.mark.parametrize("kind", list(error_classes()), ids=lambda kind: kind.__name__)
def test_every_error_speaks_norwegian_with_all_its_facts(kind: type[KiskrivError]) -> None:
    wanted = fields(kind.message) | fields(kind.hint)
    message, hint = locale.explain(kind(**dict.fromkeys(wanted, 17)))
    assert message != kind.message.format(**dict.fromkeys(wanted, 17)) and hint != kind.hint.format(
        **dict.fromkeys(wanted, 17)
    )
    assert ("17" in message) == bool(fields(kind.message))
    assert "{" not in message + hint


def test_the_compiled_catalogue_is_the_written_one() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue())
    assert (FOLDER / "nb/LC_MESSAGES/kiskriv.mo").read_bytes() == compiled.getvalue(), "run scripts/locale"


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
    for fact in (*State, *Artefact):
        assert any(message.id == str(fact) and message.string for message in translated()), fact
    message, _ = locale.explain(StepOutOfOrder(step="drafting", state=State.NEW))
    assert message == "utkast kan ikke følge når økten er ny"
    message, _ = locale.explain(VaultTampered(artefact="audio"))
    assert message == "forseglet materiale (lyd) lar seg ikke åpne: Det er endret i minnet"


def test_a_fact_that_is_not_ours_stays_as_it_is() -> None:
    message, hint = locale.explain(DeliveryError(problem="No space left on device"))
    assert message == "notatet ble ikke levert: No space left on device"
    assert hint.startswith("lever det på en annen måte")
    assert locale.explain(MicrophoneLost(seconds=12))[0] == "mikrofonen ble borte etter 12 sekunder"


def test_english_is_what_the_code_says() -> None:
    locale.set_language("en")
    assert locale.explain(LedgerBusy()) == (LedgerBusy.message, LedgerBusy.hint)
    assert locale.number(1234.5, 1) == "1,234.5"
    with pytest.raises(ValueError, match="sv"):
        locale.set_language("sv")  # type: ignore[arg-type]
    assert locale.language() == "en"


def test_numbers_and_counts_are_written_the_norwegian_way() -> None:
    assert locale.number(1234567.25, 2) == "1\u00a0234\u00a0567,25"
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
