"""Whole consultations in a terminal, with every process as it is: closed in the middle, resized, pasted at, without colours."""

from __future__ import annotations

import re

from tests.screen.conftest import needed
from tests.screen.doctor import Doctor, nothing_left, told

pytestmark = needed

WORD = "Hoste i 10 dager."
"""What the note says of that cough."""

LENGTH = 10_000
ORDERS = ("fjtjaj\r" * LENGTH)[:LENGTH]
"""Pasted: as keys it would discard, withdraw, approve and say yes to all of it."""


def receipt_of(doctor: Doctor) -> None:
    """From the draft to the receipt, with the note in the clinic's folder."""
    doctor.approves()
    doctor.chooses("Lever ")
    doctor.sees("✓ Notatet ligger i klinikkens mappe.")
    doctor.chooses("Notatet er i journalen")
    doctor.chooses("Ja, det er i journalen")
    doctor.sees("✓ SLETTET")


def leaves(doctor: Doctor) -> None:
    """From the receipt; then nothing that was said is anywhere but in the clinic's folder."""
    assert told(doctor.tmux.everything()) == []
    doctor.quits()
    assert told(doctor.tmux.everything()) == []
    doctor.takes_delivered()
    nothing_left(doctor.home)


def test_a_whole_consultation_from_home_to_the_receipt_at_80_by_24(doctor: Doctor) -> None:
    doctor.start()
    doctor.begins()
    doctor.sees("TAR OPP")
    doctor.sees("KI-UTKAST", WORD)
    receipt_of(doctor)
    doctor.chooses("Neste konsultasjon")
    doctor.chooses("Ny konsultasjon")
    doctor.chooses("Nei: ikke ta opp noe")
    doctor.sees("Ingenting er tatt opp.")
    leaves(doctor)


def test_a_terminal_that_is_closed_in_the_middle_is_opened_again_where_it_was(doctor: Doctor) -> None:
    doctor.start()
    doctor.drafts()
    doctor.tmux.close()
    doctor.start()
    doctor.sees(WORD, "Godkjenn")
    doctor.approves()
    doctor.tmux.close()
    doctor.start()
    doctor.sees(WORD, "Godkjenn")
    receipt_of(doctor)
    leaves(doctor)


def test_a_terminal_that_is_closed_while_it_records_loses_nothing_that_was_recorded(doctor: Doctor) -> None:
    doctor.start()
    doctor.begins()
    doctor.sees("TAR OPP")
    doctor.tmux.until(lambda: "███" in "".join(doctor.tmux.lines()))  # it hears somebody
    doctor.tmux.close()
    doctor.start()
    doctor.sees("■ AVBRUTT")
    assert "Ingenting er tatt opp" not in doctor.shown()
    doctor.discards()
    leaves(doctor)


def test_review_is_resized_down_and_up_and_every_key_is_still_named(doctor: Doctor) -> None:
    doctor.start()
    doctor.tmux.resize(140, 40)
    doctor.drafts()
    for columns, lines in ((80, 24), (60, 18), (80, 24), (140, 40), (60, 18)):
        doctor.tmux.resize(columns, lines)
        doctor.sees("KI-UTKAST", WORD, "Godkjenn", "Forkast", "Pasienten trekker seg", "Avslutt")
    receipt_of(doctor)
    leaves(doctor)


def test_ten_thousand_characters_pasted_give_no_orders(doctor: Doctor) -> None:
    doctor.start()
    doctor.sees("– klar")
    doctor.tmux.paste(ORDERS)
    doctor.drafts()
    doctor.tmux.paste(ORDERS)
    doctor.chooses("Ny linje")
    doctor.sees("Enter lagrer")
    doctor.tmux.paste("limt " * (LENGTH // 5))
    doctor.tmux.press("Enter")
    doctor.sees("limt limt", "Godkjenn")
    doctor.misses("Enter lagrer")
    doctor.tmux.paste(ORDERS)
    doctor.sees("limt limt", "Godkjenn")
    doctor.approves()
    doctor.tmux.paste(ORDERS)
    doctor.chooses("Lever ")
    doctor.sees("✓ Notatet ligger i klinikkens mappe.")
    (note,) = doctor.delivered()
    assert note.count("limt") == LENGTH // 5
    doctor.chooses("Notatet er i journalen")
    doctor.chooses("Ja, det er i journalen")
    doctor.sees("✓ SLETTET")
    leaves(doctor)


def test_without_colours_there_are_none(doctor: Doctor) -> None:
    doctor.start(NO_COLOR="1")
    doctor.begins()
    doctor.sees("TAR OPP")
    seen = doctor.tmux.painted()
    doctor.sees("KI-UTKAST", WORD)
    seen += doctor.tmux.painted()
    coloured = {rgb for rgb in re.findall(r"[34]8;2;(\d+;\d+;\d+)", seen) if len(set(rgb.split(";"))) > 1}
    assert coloured == set() and not re.search(r"\x1b\[(?:[\d;]*;)?[349][1-6]m", seen)
    doctor.discards()
    leaves(doctor)
