"""How a document is laid out: the shipped ones can be read, and what is wrong in a clinic's is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiskriv.draft.lines import read
from kiskriv.draft.writing import templates
from kiskriv.draft.writing.templates import Document, template
from kiskriv.draft.writing.topics import GROUPS, Topic
from kiskriv.errors import ClinicFileInvalid
from kiskriv.note import Form

EXAMPLES = Path(__file__).parents[3] / "config" / "templates"
GOOD = "title: Kort\nlanguage: nn\ndocument: letter\nlayout: paragraph\n[Soge]\nhistory\nallergy\n[Plan]\nplan\n"


def test_a_template_says_which_topics_stand_under_which_heading() -> None:
    kort = template(read(GOOD, "kort.txt"), "kort.txt")
    assert (kort.title, kort.language, kort.document, kort.paragraph) == ("Kort", "nn", Document.LETTER, True)
    assert [heading.text for heading in kort.headings] == ["Soge", "Plan"]
    assert kort.headings[0].topics == (*GROUPS["history"], Topic.ALLERGY)
    assert kort.form == Form("Kort", "nn")


def test_what_is_not_said_has_the_usual_value() -> None:
    kort = template(read("title: Kort\n[S]\nhistory", "kort.txt"), "kort.txt")
    assert (kort.language, kort.document, kort.paragraph) == ("nb", Document.NOTE, False)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("language: nb\n[S]\nhistory", 3),
        ("title: Kort\nlanguage: nb", 2),
        ("title:\n[S]\nhistory", 1),
        ("title: Kort\nlanguage: sv\n[S]\nhistory", 2),
        ("title: Kort\ndocument: poem\n[S]\nhistory", 2),
        ("title: Kort\nlayout: table\n[S]\nhistory", 2),
        ("title: Kort\ntitle: Lang\n[S]\nhistory", 2),
        ("title: Kort\nfont: large\n[S]\nhistory", 2),
        ("title: Kort\n[S]\nhistory\nweather", 4),
        ("title: Kort\n[S]\nhistory: much", 3),
        ("title: Kort\n[S]\nhistory\n[O]\ndenied", 5),
        ("title: Kort\n[S\nhistory", 2),
        ("", 0),
    ],
)
def test_a_broken_template_is_told_with_its_line(content: str, line: int) -> None:
    with pytest.raises(ClinicFileInvalid) as told:
        template(read(content, "kort.txt"), "kort.txt")
    assert (told.value.facts["file"], told.value.facts["line"]) == ("kort.txt", line)


@pytest.mark.parametrize(
    "file", sorted((*templates.FOLDER.glob("*.txt"), *EXAMPLES.glob("*.txt"))), ids=lambda file: file.stem
)
def test_every_template_that_comes_along_can_be_read(file: Path) -> None:
    assert templates.read(file).headings


@pytest.mark.parametrize("document", list(Document))
def test_every_document_is_there_in_both_written_languages(document: Document) -> None:
    shipped = map(templates.read, templates.FOLDER.glob("*.txt"))
    assert {template.language for template in shipped if template.document is document} == {"nb", "nn"}


@pytest.mark.parametrize("language", ["nb", "nn"])
def test_the_usual_note_has_room_for_every_topic(language: str) -> None:
    (note,) = (t for t in map(templates.read, templates.FOLDER.glob("note*.txt")) if t.language == language)
    assert {topic for heading in note.headings for topic in heading.topics} == set(Topic)
