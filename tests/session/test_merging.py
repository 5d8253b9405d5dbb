"""What a doctor changed stands in the fresh draft, and what he left alone follows what was said."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiskriv.note import Note, Section, Statement
from kiskriv.session.merging import merged


def note(*lines: tuple[str, int | None] | str, heading: str = "Anamnese") -> Note:
    """A section of lines, each with the utterance that it rests on; without, the doctor's own."""
    pairs = [(line, None) if isinstance(line, str) else line for line in lines]
    return Note((Section(heading, tuple(Statement(text, () if place is None else (place,)) for text, place in pairs)),))


def texts(merged: Note) -> list[str]:
    return [statement.text for statement in merged.statements]


FEVER, COUGH, DRUG = ("Feber.", 0), ("Hoste.", 1), ("Bruker Paracet.", 2)
BASE = note(FEVER, COUGH)


def test_what_the_doctor_left_alone_is_what_the_fresh_draft_says() -> None:
    theirs = note(("Feber i tre døgn.", 0), DRUG)
    assert merged(BASE, BASE, theirs) == theirs


def test_a_line_of_the_doctors_own_stays_at_its_place() -> None:
    theirs = note(FEVER, COUGH, DRUG)
    assert texts(merged(BASE, note(FEVER, "Redusert.", COUGH), theirs)) == [
        "Feber.",
        "Redusert.",
        "Hoste.",
        "Bruker Paracet.",
    ]
    assert texts(merged(BASE, note("Først.", FEVER, COUGH), theirs))[:2] == ["Først.", "Feber."]
    assert texts(merged(BASE, note(FEVER, COUGH, "En.", "To."), note(DRUG))) == ["Bruker Paracet.", "En.", "To."]


def test_a_line_that_the_doctor_changed_takes_the_place_of_what_is_told_of_it_now() -> None:
    mine = note(("Feber siden lørdag.", 0), COUGH)
    for again in (FEVER, ("Feber i tre døgn.", 0)):
        assert texts(merged(BASE, mine, note(COUGH, again, DRUG))) == [
            "Hoste.",
            "Feber siden lørdag.",
            "Bruker Paracet.",
        ]
    assert texts(merged(BASE, mine, note(DRUG))) == ["Bruker Paracet.", "Feber siden lørdag."]  # and where nothing is


def test_of_several_lines_from_the_same_words_only_the_changed_one_gives_way() -> None:
    base = note(("Feber.", 0), ("Hoste.", 0))
    mine = note(("Høy feber.", 0), ("Hoste.", 0))
    assert texts(merged(base, mine, note(("Feber.", 0), ("Hoste.", 0), ("Slapp.", 0)))) == [
        "Høy feber.",
        "Hoste.",
        "Slapp.",
    ]


def test_two_lines_that_the_doctor_changed_from_the_same_words_both_stay() -> None:
    base, mine = note(("Feber.", 0), ("Hoste.", 0)), note(("Høy feber.", 0), ("Tørrhoste.", 0))
    assert texts(merged(base, mine, note(("Feber og hoste.", 0)))) == ["Høy feber.", "Tørrhoste."]


def test_lines_of_the_same_words_are_told_apart_by_where_they_were_said() -> None:
    base, mine = note(("Ja.", 0), ("Ja.", 1), ("Ja.", 2)), note(("Ja.", 0), ("Nei.", 1), ("Ja.", 2))
    assert texts(merged(base, mine, base)) == ["Ja.", "Nei.", "Ja."]


def test_a_line_that_the_doctor_took_out_stays_out() -> None:
    assert texts(merged(BASE, note(COUGH), note(FEVER, COUGH, DRUG))) == ["Hoste.", "Bruker Paracet."]


def test_what_is_not_said_any_more_goes_unless_the_doctor_wrote_it() -> None:
    assert texts(merged(BASE, note(FEVER, ("Tørrhoste.", 1)), note())) == ["Tørrhoste."]


def test_headings_that_only_one_has_are_kept_in_their_order() -> None:
    def of(*headings: str) -> Note:
        return Note(tuple(Section(heading) for heading in headings))

    found = merged(of("A", "B"), of("Først", "A", "Eget", "B"), of("A", "Nytt", "B"))
    assert [section.heading for section in found.sections] == ["Først", "A", "Eget", "Nytt", "B"]


LINES = st.lists(st.builds(Statement, st.sampled_from("abcdef"), st.sampled_from([(), (0,), (1,)])), max_size=5)
NOTES = st.lists(st.builds(Section, st.sampled_from("AB"), LINES.map(tuple)), max_size=3).map(
    lambda sections: Note(tuple(sections))
)


@given(base=NOTES, mine=NOTES, theirs=NOTES)
def test_nothing_that_the_doctor_wrote_is_ever_lost(base: Note, mine: Note, theirs: Note) -> None:
    found = {
        (section.heading, line.text) for section in merged(base, mine, theirs).sections for line in section.statements
    }
    before = {(section.heading, line.text) for section in base.sections for line in section.statements}
    assert {(section.heading, line.text) for section in mine.sections for line in section.statements} - before <= found


@given(base=NOTES, theirs=NOTES)
def test_where_the_doctor_changed_nothing_the_fresh_draft_stands(base: Note, theirs: Note) -> None:
    found = merged(base, base, theirs)
    for heading in {section.heading for section in theirs.sections}:
        said = [line for section in theirs.sections if section.heading == heading for line in section.statements]
        assert [s.statements for s in found.sections if s.heading == heading] == [tuple(said)]


@given(base=NOTES, mine=NOTES, theirs=NOTES)
def test_nothing_comes_from_nowhere_and_no_heading_is_lost(base: Note, mine: Note, theirs: Note) -> None:
    found = merged(base, mine, theirs)
    assert set(found.statements) <= {*mine.statements, *theirs.statements}
    assert {s.heading for s in found.sections} == {s.heading for s in (*mine.sections, *theirs.sections)}
