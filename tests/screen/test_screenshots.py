"""The pictures in docs/screens, and the snapshots of each page in two sizes, show the screen as it is."""

from __future__ import annotations

import pytest

from tests.screen.screenshots import FOLDER, SNAPPED, SNAPSHOTS, photographed, pictures, written


def test_the_pictures_are_of_this_screen_and_lead_nowhere() -> None:
    drawn = {name: written(picture) for name, picture in pictures().items()}
    kept = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    assert {name: written(picture) for name, picture in kept.items()} == drawn, "scripts/screenshots draws them anew"
    addresses = {line for picture in kept.values() for line in picture.split('"') if "//" in line}
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert sum(map(len, kept.values())) < 1_500_000


@pytest.mark.parametrize(("width", "height"), SNAPPED)
def test_every_page_looks_as_it_did(width: int, height: int) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in SNAPSHOTS.glob(f"*-{width}x{height}.txt")}
    now = {f"{name}-{width}x{height}.txt": cells for name, cells in photographed((width, height)).cells.items()}
    assert now == kept, "if this is what it shall look like: scripts/screenshots"
    for cells in now.values():
        assert len(cells.splitlines()) == height and max(map(len, cells.splitlines())) <= width
