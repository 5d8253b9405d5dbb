"""An eye for pages: what an HTML document holds, and that it is one."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "line", "rect", "circle", "path"}


class Page(HTMLParser):
    """A page as it was read; AssertionError where its elements do not nest, or it reaches for anything outside of itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}  # by element, in order
        self._inside: list[str] = []
        assert text.startswith("<!DOCTYPE html>\n")
        self.feed(text)
        self.close()
        assert self._inside == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.elements.append((tag, given))
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base"}
        for name, value in given.items():
            assert not name.startswith("on")
            assert name != "src"
            assert name != "href" or (value or "").startswith("data:text/plain;base64,")
        if tag not in VOID:
            self._inside.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag

    def handle_data(self, data: str) -> None:
        for tag in set(self._inside):
            self.texts[tag][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such element."""
        return [given for name, given in self.elements if name == tag]
