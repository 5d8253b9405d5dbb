"""A note as rows, and the changes to it (pure)."""

from __future__ import annotations

from kiskriv.note import Note, Section, Statement
from kiskriv.tui import edits

NOTE = Note((Section("Anamnese", (Statement("En.", (1,)), Statement("To.", (2, 3)))), Section("Funn")))


def test_rows_hold_every_section_and_mark_the_empty_one() -> None:
    kinds = [type(row).__name__ for row in edits.rows(NOTE)]
    assert kinds == ["Heading", "Line", "Line", "Heading", "Blank"]


def test_new_words_keep_their_evidence_and_no_words_take_the_line_away() -> None:
    line = edits.rows(NOTE)[2]
    assert isinstance(line, edits.Line)
    assert edits.written(NOTE, line, " To \n og en halv. ").sections[0].statements[1] == Statement(
        "To og en halv.", (2, 3)
    )
    assert edits.written(NOTE, line, " \t\x1b").sections[0].statements == (Statement("En.", (1,)),)
    assert edits.written(NOTE, line, "To.") == NOTE


def test_a_new_line_is_the_doctors_own_and_stands_where_it_was_put() -> None:
    assert [s.text for s in edits.added(NOTE, 0, 1, "Midt i.").sections[0].statements] == ["En.", "Midt i.", "To."]
    assert edits.added(NOTE, 1, 0, "Først.").sections[1].statements == (Statement("Først.", ()),)
    assert edits.added(NOTE, 1, 0, "  ") is NOTE


def test_what_does_not_print_is_left_out() -> None:
    assert edits.tidy("a\x1b[31mb\u202ec\r\n\u2028d\x07") == "a[31mbc d"


def test_rows_do_not_speak() -> None:
    assert not any("To." in repr(row) or "Anamnese" in repr(row) for row in edits.rows(NOTE))


def test_the_first_row_that_differs() -> None:
    line = edits.rows(NOTE)[2]
    assert isinstance(line, edits.Line)
    assert edits.differs(NOTE, edits.written(NOTE, line, "Tre.")) == 2
    assert edits.differs(NOTE, edits.written(NOTE, line, "")) == 2
    assert edits.differs(NOTE, edits.added(NOTE, 0, 2, "Tre.")) == 3
    assert edits.differs(NOTE, edits.added(NOTE, 1, 0, "Først.")) == 4
    assert edits.differs(NOTE, NOTE) == 4
