"""What a clinic writes itself: taken in where it is good, told with its line where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.draft import clinic
from kiskriv.draft.codes import Code, search
from kiskriv.draft.language.reading import tokens
from kiskriv.draft.writing.abbreviations import Abbreviations
from kiskriv.errors import ClinicFileInvalid, ConfigError
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
        ("terms__own", "[symptom]\nsnuffe\n[medikament]\nZabonex", 4),
        ("phrases", "[Funn]\nkort: ja\nlang: " + "a" * 501, 3),
        ("phrases", "[Funn]\n" + "a: b\n" * 501, 502),
        ("abbreviations", "kontroll: ktr.\n" * 501, 501),
    ],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, name: str, content: str, line: int) -> None:
    with pytest.raises(ClinicFileInvalid) as told:
        clinic.load(written(tmp_path, **{name: content}))
    assert told.value.facts["line"] == line


@pytest.mark.parametrize("form", ["du", "skal", "ta", "x: Ta", "ta.", "x: du skal", "e", "x: med*", "mykj"])
def test_an_ordinary_word_names_no_drug(tmp_path: Path, form: str) -> None:
    with pytest.raises(ClinicFileInvalid, match="ordinary"):
        clinic.load(written(tmp_path, terms__own=f"[medication]\nZabonex\n{form}"))


def test_an_ordinary_word_may_say_which_sentences_are_kept(tmp_path: Path) -> None:
    assert clinic.load(written(tmp_path, terms__own="[own-advice]\nskal du")).lexicon.named("own-advice", "skal du")


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("nowhere", "file"):
        with pytest.raises(ConfigError, match="folder"):
            clinic.load(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("fraser", "phrases.txt"),
        ("template__soap", "templates"),
        ("terms__a.TXT", "a.TXT.txt"),
        ("Phrases", "phrases.txt"),
    ],
)
def test_a_file_that_nothing_reads_is_told_with_the_nearest_name(tmp_path: Path, name: str, near: str) -> None:
    folder = written(tmp_path, **{name: "[Funn]\na: b"})
    for file in folder.glob("terms/*.TXT.txt"):
        file.rename(file.with_suffix(""))
        near = "a.txt"
    with pytest.raises(ClinicFileInvalid, match=f"nearest is '{near}'"):
        clinic.load(folder)


def test_what_an_editor_keeps_beside_a_file_is_passed_over(tmp_path: Path) -> None:
    for name in (".phrases.txt.swp", "phrases.txt~", "kiskriv.toml", "README.md"):
        (tmp_path / name).write_bytes(b"\0")
    assert clinic.load(tmp_path).phrases == ()


def test_all_files_together_have_an_end(tmp_path: Path) -> None:
    many = "[symptom]\n" + "\n".join(f"ord{n}x" for n in range(10_001))
    with pytest.raises(ClinicFileInvalid, match="20,000"):
        clinic.load(written(tmp_path, terms__a=many, terms__b=many))


def abbreviated(folder: Path, content: str) -> Abbreviations:
    return clinic.load(written(folder, abbreviations=content)).abbreviations


@pytest.mark.parametrize(
    "line",
    [
        "høyre: hø.", "høgre: hø.", "venstre: ve.", "pasienten: pas.", "blodtrykk: BT", "undersøkelse: us.", "til kontroll: t.k.",
        "med hensyn til: mht.", "kontroll: ktr.", "røntgen: rtg.", "smerter: sm.", "allmenntilstand: AT",
    ],
)  # fmt: skip
def test_what_is_an_abbreviation_of_its_words_is_taken(tmp_path: Path, line: str) -> None:
    words, _, short = line.partition(": ")
    assert abbreviated(tmp_path, line).shortened(f"og {words} da") == f"og {short} da"


@pytest.mark.parametrize(
    "line",
    [
        "mageplager: mg", "enkelt: en", "kontroll: trl", "brudd påvist: br.", "venstre: hø.", "venstre: v", "begge: b.",
        "høyre kne: h. kne", "aldri hatt: a.h.", "uten effekt: u.e.", "utan: u.", "ikke feber: i.f.", "inkje: ik.", "inga: i.", "nei: n.",
        "benekter: ben.", "nekter: n.", "avkreftet: avkr.", "ikke-røyker: røyker", "røyker: ikke-røyker", "feber: ikke feber",
        "feber: ingen f.", "utslett: ikke utslett", "apocillin: Marevan", "apocillin: apo", "penicillin: pen.", "penicillin: paracetamol",
        "pasienten: Paracet", "nøtter: n.", "mg x: g x", "milligram: mgr", "tabletter: tbl", "fire: ti", "sju: s", "to tabletter: ti tbl",
        "halvannen: h", "om kvelden: x 2", "om kvelden: o.k.", "en: e", "forstuing: brudd", "hjertesvikt: hjerte", "brystkreft: bryst",
        "pasienten: pas. ②", "undersøkelse: undersøkelse", "kontroll i dag: kontroll", "kontroll: ktr. feber", "feber: f.?",
        "feber: f. -", "hoste: h+",
    ],
)  # fmt: skip
def test_nothing_is_abbreviated_into_something_else(tmp_path: Path, line: str) -> None:
    with pytest.raises(ClinicFileInvalid, match="line 1"):
        abbreviated(tmp_path, line)


def test_a_letter_that_is_like_another_is_left_as_it_is(tmp_path: Path) -> None:
    assert abbreviated(tmp_path, "smerter: sm.").shortened("\u017fmerter og smerter") == "\u017fmerter og sm."


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
    assert clinic.load().codes == ()
    (tmp_path / "codes.txt").write_text("R74: Akutt øvre luftveisinfeksjon\n", encoding="utf-8")
    assert clinic.load(tmp_path).codes == (Code("R74", "Akutt øvre luftveisinfeksjon"),)
    (tmp_path / "codes.txt").write_text("R81\n", encoding="utf-8")
    with pytest.raises(ClinicFileInvalid, match=r"codes.txt, line 1: a code is written"):
        clinic.load(tmp_path)
