"""The report as a page: whole by itself, the same words as the text, figures that say what the table says."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from kiskriv.ledger import Ended, Entry, Opened, Reason
from kiskriv.ledger.copies import Folder
from kiskriv.ledger.report.answer import reconciled
from kiskriv.ledger.report.document import Row, Section, element, page
from kiskriv.ledger.report.page import as_page
from kiskriv.ledger.report.plot import BANDS, STYLE, bins, counts_plot, table, times_plot
from kiskriv.ledger.report.reconciliation import OUTCOMES, Session
from kiskriv.ledger.report.sections import sections

from .material import ended, fill, lived, opened
from .pages import Page


def session(day: str, took: int | None = 350) -> Session:
    start: Opened = opened(f"{day}T08:00:00Z")
    tries: tuple[Ended, ...] = () if took is None else (dataclasses.replace(ended(start), took=took),)
    return Session(2, start, None, tries=tries)


def read(folder: Path) -> tuple[Page, str]:
    made = reconciled(Folder(folder), (folder / "public-key").read_text().strip())
    text = as_page(made, "nb")
    return Page(text), text


def test_a_page_stands_alone_and_says_all_that_the_text_says(folder: Path) -> None:
    vkey = lived(folder, days=3, each=5, prune=1).vkey
    made = reconciled(Folder(folder), vkey)
    read_ = Page(as_page(made, "nb"))
    for section in sections(made, "nb"):
        assert section.heading in read_.texts["h2"]
        for content in section.content:
            if isinstance(content, Row):
                assert content.label.strip() in read_.texts["th"]
                assert content.value in read_.texts["td"]
            else:
                assert content in read_.texts["p"]
    assert read_.all("html") == [{"lang": "nb"}]
    policies = [given["content"] for given in read_.all("meta") if given.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert read_.texts["p"][-1].startswith("Sted og dato: __")


def test_nothing_on_a_page_is_fetched(folder: Path) -> None:
    lived(folder, days=1)
    assert not re.search(r"https?:|url\(|@import|javascript:", read(folder)[1])


def test_both_figures_have_words_and_a_table_beside_them(folder: Path) -> None:
    lived(folder, days=3, each=5)
    shown, _ = read(folder)
    figures = [given for given in shown.all("svg") if given.get("role") == "img"]
    assert [given["aria-labelledby"] for given in figures] == [
        "counts-title counts-described",
        "times-title times-described",
    ]
    assert len([text for text in shown.texts["desc"] if text]) == 2
    assert shown.texts["caption"] == ["Tallene i figurene"]
    assert {given.get("scope") for given in shown.all("th")} <= {"row", "col"}


def test_what_is_put_on_a_page_is_text() -> None:
    evil = "<script>alert('x')</script>&\""
    written = page(evil, 'nb" onload="x', Section(evil, (Row(evil, evil), evil)).as_html() + element("p", evil))
    shown = Page(written)
    assert shown.texts["title"] == shown.texts["h1"] == shown.texts["h2"] == shown.texts["td"] == [evil]
    assert "<script" not in written


def test_a_bar_for_each_day_as_high_as_its_sessions() -> None:
    sessions_ = [
        session("2026-03-02"),
        session("2026-03-02", None),
        session("2026-03-05", 1000),
        session("2026-03-05", 10),
    ]
    shown = bins(sessions_)
    assert [(one.name, sum(one.bands.values()), one.took) for one in shown] == [
        ("2026-03-02", 2, (350,)),
        ("2026-03-05", 2, (1000, 10)),
    ]
    assert shown[0].bands == dict.fromkeys(BANDS, 0) | {"band-transferred": 1, "band-unclosed": 1}
    drawn = counts_plot(shown, "nb")
    heights = [float(height) for height in re.findall(r'<rect class="band-[a-z]+" [^>]*height="([0-9.]+)"', drawn)]
    assert heights[0] == heights[1] == pytest.approx(heights[2] / 2)
    assert drawn.count("<rect class=") == 3
    assert times_plot(shown, "nb").count("<circle") == 2
    rows = re.findall(r"\n<tr>(.*)</tr>", table(shown, "nb"))
    assert [re.sub("<[^>]+>", " ", row).split() for row in rows] == [
        ["2026-03-02", "2", "1", "0", "0", "0", "1", "350", "ms", "350", "ms", "350", "ms"],
        ["2026-03-05", "2", "2", "0", "0", "0", "0", "10", "ms", "505", "ms", "1,0", "s"],
    ]


def test_a_long_period_is_drawn_by_months() -> None:
    shown = bins([session("2026-03-02"), session("2025-11-24"), session("2025-11-01")])
    assert [(one.name, sum(one.bands.values())) for one in shown] == [("2025-11", 2), ("2026-03", 1)]
    drawn = counts_plot(shown, "en")
    assert "Sessions per month" in drawn
    assert re.findall(r">(20[0-9-]+)<", drawn) == ["2025-11", "2025-12", "2026-01", "2026-02", "2026-03"]
    assert len(bins([session(f"2026-{month:02d}-01") for month in range(1, 5)])) == 4


def test_everything_drawn_lies_inside_the_figure() -> None:
    for days in ([1], [1, 2, 31], list(range(1, 32))):
        shown = bins([session(f"2026-03-{day:02d}", took) for day in days for took in (0, 1, 99_999, None)])
        for drawn in (counts_plot(shown, "nb"), times_plot(shown, "nb")):
            for x, y, width, height in re.findall(
                r'<rect class="band[^"]*" x="([-0-9.]+)" y="([-0-9.]+)" width="([-0-9.]+)" height="([-0-9.]+)"', drawn
            ):
                assert float(x) >= 0 and float(x) + float(width) <= 760
                assert float(y) >= 0 and float(y) + float(height) <= 240
            for y in re.findall(r'(?:y1|y2|cy|y)="([-0-9.]+)"', drawn):
                assert 0 <= float(y) <= 240


def test_sessions_of_which_none_was_erased_have_no_times(folder: Path) -> None:
    fill(folder, [opened()])
    shown, text = read(folder)
    assert len(shown.all("circle")) == 0
    assert "band-unclosed" in text
    assert shown.texts["td"].count("–") == 3


def test_an_empty_log_has_a_page(folder: Path) -> None:
    fill(folder, [])
    shown, _ = read(folder)
    assert "Ingen økter i perioden." in shown.texts["p"]
    assert shown.all("svg") == []


def test_every_outcome_has_its_colour() -> None:
    drawn = [outcome for outcomes in BANDS.values() for outcome in outcomes]
    assert sorted(drawn) == sorted(OUTCOMES)
    assert all(f".{band} {{ fill" in STYLE for band in BANDS)


def test_the_figures_count_what_the_text_counts(folder: Path) -> None:
    entries: list[Entry] = []
    for reason in Reason:
        start = opened()
        entries += [start, ended(start, reason)]
    fill(folder, entries)
    shown, _ = read(folder)
    last_row = shown.texts["tr"][[row.startswith("2026-03-02") for row in shown.texts["tr"]].index(True)]
    assert last_row.startswith("2026-03-02612300")  # six: one transferred, two unwanted, three otherwise
