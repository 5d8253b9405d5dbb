"""The pictures in docs/screens show the screen as it is."""

from __future__ import annotations

from tests.screen.screenshots import FOLDER, pictures, written


def test_the_pictures_are_of_this_screen_and_lead_nowhere() -> None:
    drawn = {name: written(picture) for name, picture in pictures().items()}
    kept = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")}
    assert {name: written(picture) for name, picture in kept.items()} == drawn, "scripts/screenshots draws them anew"
    addresses = {line for picture in kept.values() for line in picture.split('"') if "//" in line}
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert sum(map(len, kept.values())) < 1_500_000
