"""What a clinic writes itself: taken in where it is good, told with its line where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.draft import clinic
from kiskriv.draft.codes import Code, search
from kiskriv.draft.codes import read as read_codes
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.writing.abbreviations import Abbreviations
from kiskriv.errors import ClinicFileInvalid
from kiskriv.note import Form, Phrase

EXAMPLE = Path(__file__).parents[2] / "config"


def written(folder: Path, **files: str) -> Path:
    for name, content in files.items():
        file = folder / f"{name.replace('__', '/')}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    return folder


def test_without_a_folder_there_is_what_kiskriv_brings() -> None:
    plain = clinic.load()
    assert Form("Journalnotat", "nb") in [template.form for template in plain.templates]
    assert plain.phrases == ()
    assert plain.abbreviations == Abbreviations()


def test_an_empty_folder_changes_nothing_but_the_digest(tmp_path: Path) -> None:
    assert clinic.load(tmp_path).templates == clinic.load().templates
    assert clinic.load(tmp_path).digest != clinic.load().digest


def test_the_example_folder_can_be_read() -> None:
    example = clinic.load(EXAMPLE)
    assert Form("SOAP", "nb") in [template.form for template in example.templates]
    assert "lunger" in [phrase.name for phrase in example.phrases]
    assert example.abbreviations.shortened("Smerter i høyre kne.") == "Smerter i hø. kne."


def test_a_clinics_template_comes_first_and_in_the_place_of_its_namesake(tmp_path: Path) -> None:
    title = "title: Journalnotat\nlanguage: nb\n"
    templates = clinic.load(written(tmp_path, templates__own=title + "[Alt]\nhistory")).templates
    assert [template.headings[0].text for template in templates if template.form == Form("Journalnotat", "nb")] == [
        "Alt"
    ]
    assert templates[0].form == Form("Journalnotat", "nb")


def test_a_phrase_knows_its_heading_and_keeps_its_colons(tmp_path: Path) -> None:
    phrases = clinic.load(written(tmp_path, phrases="[Funn]\nlunger: Pulm: ren respirasjonslyd.")).phrases
    assert phrases == (Phrase("Funn", "lunger", "Pulm: ren respirasjonslyd."),)


def test_a_clinics_words_are_known(tmp_path: Path) -> None:
    lexicon = clinic.load(written(tmp_path, terms__own="[medication]\nKlinikkmikstur: husets mikstur")).lexicon
    (hit,) = lexicon.find(tokens("hun tar husets mikstur"), "medication")
    assert hit.term.nb == "Klinikkmikstur"


def test_whatever_changes_in_a_clinics_files_changes_the_digest(tmp_path: Path) -> None:
    before = clinic.load(written(tmp_path, phrases="[Funn]\nlunger: Pulm u.a.")).digest
    assert clinic.load(written(tmp_path, phrases="[Funn]\nlunger: Pulm i.a.")).digest != before


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("phrases", "lunger: Pulm u.a.", 1),
        ("phrases", "[Funn]\nlunger", 2),
        ("abbreviations", "høyre: hø.\nmilligram: mgr", 2),
        ("abbreviations", "660 mg: mye", 1),
        ("abbreviations", "ikke: ÷", 1),
        ("abbreviations", "høyre", 1),
        ("templates__own", "title: A\n[S]\nnonsense", 3),
        ("terms__own", "word without a section", 1),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, name: str, content: str, line: int) -> None:
    with pytest.raises(ClinicFileInvalid) as told:
        clinic.load(written(tmp_path, **{name: content}))
    assert told.value.facts["line"] == line


def test_abbreviations_stand_for_whole_words_only() -> None:
    short = Abbreviations({"høyre": "hø.", "til kontroll": "t.k."})
    assert short.shortened("Høyre kne, høyresidig, på høyre.") == "Hø. kne, høyresidig, på hø."
    assert short.shortened("Kommer til kontroll.") == "Kommer t.k."
    assert Abbreviations({"mage": "abd."}).shortened("Mage og overmage.") == "Abd. og overmage."


CODES = (
    Code("R81", "Lungebetennelse"),
    Code("R78", "Akutt bronkitt"),
    Code("L15", "Kne symptomer/plager"),
    Code("N01", "Hodepine"),
)


def test_codes_are_found_by_the_doctors_words_alone() -> None:
    assert search("trolig lungebetennelse på høyre side", CODES) == (CODES[0],)
    assert search("akutt bronkitten", CODES)[0] == CODES[1]
    assert search("vondt et sted", CODES) == ()


def test_codes_are_read_from_the_clinics_file_and_none_are_shipped(tmp_path: Path) -> None:
    file = written(tmp_path, icpc2="R81: Lungebetennelse") / "icpc2.txt"
    assert read_codes(file) == (CODES[0],)
    assert read_codes(tmp_path / "none.txt") == ()
    with pytest.raises(ClinicFileInvalid):
        read_codes(written(tmp_path, icpc2="R81") / "icpc2.txt")
