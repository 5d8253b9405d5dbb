"""What this machine promises: in a line, and on a page that says what to do about what it does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kiskriv.locale import mark, plural, text
from kiskriv.machine import Fact, Level, Promise, kept, level
from kiskriv.tui import words
from kiskriv.tui.page import Column, Page
from kiskriv.tui.widgets import plain

NAMES: Final[Mapping[str, str]] = {
    **{str(fact): name for fact, name in words.FACTS.items()},
    "level": mark("level"),
    "disk-encryption": mark("an encrypted disk"),
    "clipboard-history": mark("a clipboard that remembers nothing"),
    "witness": mark("the witness and the deletion log agree"),
}

REMEDIES: Final[Mapping[str, str]] = {
    Fact.SECRET_MEMORY: mark("A newer kernel has it (Linux 5.14, started with secretmem.enable=1)."),
    Fact.MEMORY_LOCKED: mark("Give the user the right to lock memory (ulimit -l), or switch swap off."),
    Fact.SWAP_SAFE: mark("Switch swap off, or encrypt it."),
    Fact.FREED_PAGES_ZEROED: mark("Start the machine with init_on_free=1."),
    Fact.NO_SOCKETS: mark("The system's kernel must know seccomp: update it."),
    Fact.FILES_WALLED: mark("The system's kernel must know Landlock (Linux 5.13 or newer): update it."),
    "disk-encryption": mark("Encrypt the disk: LUKS, BitLocker or FileVault."),
    "clipboard-history": mark("Switch the clipboard history off: it keeps what is copied into the journal."),
}
"""What to do where it does not hold."""

ASK: Final = mark("Ask whoever looks after this machine.")
"""What to do where it cannot be known."""


class Need(StrEnum):
    """What a finding asks for, in the order in which it deserves to be read; each is its sign."""

    MENDING = mark("! does not hold")
    ASKING = mark("? cannot be known from here")
    LEVEL_A = mark("– lacks, but only level A needs it")
    NOTHING = mark("✓ holds")


def by_need(findings: Sequence[Promise]) -> list[tuple[Need, Promise]]:
    """All of them, what should be mended first. Where level B is reached, a fact that it does without is none of that."""
    reached = level(kept(findings)) is not Level.C
    order = list(Need)
    return sorted(((_need(one, reached), one) for one in findings), key=lambda found: order.index(found[0]))


def _need(one: Promise, reached: bool) -> Need:
    if one.name == "level":
        return Need.NOTHING if reached else Need.MENDING
    if one.kept is False:
        return Need.LEVEL_A if reached and one.name in tuple(Fact) else Need.MENDING
    return Need.NOTHING if one.kept else Need.ASKING


def summary(findings: Sequence[Promise] | None) -> str:
    """In one line; None or nothing while it is being looked at."""
    if not findings:
        return text("… Looking at what this machine promises")
    needs = [need for need, _ in by_need(findings)]
    if count := needs.count(Need.MENDING):
        return plural("! {count} thing should be mended: C", "! {count} things should be mended: C", count).format(
            count=count
        )
    if unknown := needs.count(Need.ASKING):
        return plural(
            "✓ Nothing to mend; {count} thing cannot be known from here: C",
            "✓ Nothing to mend; {count} things cannot be known from here: C",
            unknown,
        ).format(count=unknown)
    return text("✓ This machine keeps its promises (C shows them)")


class Check(Page):
    """All findings: each in words, with a sign, and what to do where it does not hold. On top of home; Escape leads back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,c,enter", "back", mark("Back"), key_display="Esc"),
    ]
    LEAVE: ClassVar = Binding("ctrl+q", "app.leave", show=False)

    def __init__(self, findings: Sequence[Promise] | None = None) -> None:
        super().__init__()
        self._findings = findings

    def body(self) -> Iterator[Widget]:
        """A heading, and what is found."""
        with Column():
            yield plain(text("What this machine promises"), classes="question")
            yield plain("", id="findings")

    def on_mount(self) -> None:
        """What is known already."""
        self._show()

    def found(self, findings: Sequence[Promise]) -> None:
        """It has been looked at."""
        self._findings = findings
        if self.is_mounted:
            self._show()

    def action_back(self) -> None:
        """To home."""
        self.dismiss()

    def _show(self) -> None:
        said = Content(summary(None))
        if self._findings is not None:
            said = Content("\n").join(_told(*found) for found in by_need(self._findings))
        self.query_one("#findings", Static).update(said)


def _told(need: Need, one: Promise) -> Content:
    name = text(NAMES.get(one.name, one.name))
    remedy = {Need.ASKING: ASK, Need.NOTHING: ""}.get(need, REMEDIES.get(one.name, ""))
    return Content.assemble(
        (f"{text(need)}: {name}", "bold" if need is Need.MENDING else ""),
        f"\n  → {text(remedy)}" if remedy else "",
        (f"\n    {one.detail}" if one.detail else "", "dim"),
    )
