"""What a language model is asked: rules from a file, the facts, and what was said as data, each utterance with its number. Pure.

The files (`prompts/nb.txt`, `prompts/nn.txt`) begin with `name: value` lines, its version first; `[system]` and `[user]` follow, with
`$places` for what is filled in. Signs by which models know their own roles are taken out of what was said, and each utterance is one
line: nobody can speak a line of the prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from string import Template
from typing import Any, Final

from kiskriv.draft.fact import About, Fact
from kiskriv.draft.writing.templates import Template as Layout
from kiskriv.errors import WriterUnfit
from kiskriv.note import Note
from kiskriv.transcript import Transcript, Utterance

FOLDER: Final = Path(__file__).parent / "prompts"

WORDS: Final = 150
"""Of a note, at most: what GPs write and read (issue 7)."""

FRAME: Final = 64
"""Tokens that a chat template may put around the messages."""

_DISARMED: Final = str.maketrans(
    {"<": "‹", ">": "›", "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "=": "-", "`": "'"}
)
"""Signs that frame turns (`<|im_start|>`, `[INST]`, `<start_of_turn>`) or our own lines, and what stands for them."""


@dataclass(frozen=True, repr=False)
class Message:
    """One turn of a chat: `role` is `system` or `user`."""

    role: str
    text: str

    def __repr__(self) -> str:
        return f"<Message of the {self.role}, {len(self.text)} characters>"


@dataclass(frozen=True)
class Prompt:
    """A prompt file: its version, and the words and texts in it."""

    version: str
    words: Mapping[str, str]
    system: Template
    user: Template


@dataclass(frozen=True, repr=False)
class Asked:
    """`messages`, in order; `ids` of the utterances in them; how many were left out since they did not fit."""

    messages: tuple[Message, ...]
    ids: frozenset[int]
    left_out: int

    def __repr__(self) -> str:
        return f"<Asked, {len(self.ids)} utterances, {self.left_out} left out>"


@dataclass(frozen=True, repr=False)
class Request:
    """What a model is asked, for an answer of at most `tokens` tokens within `seconds`.

    `opening`: the first words of the answer, for a model that can be given them; `schema`: the JSON Schema of all of it, for one that can
    be held to it.
    """

    messages: tuple[Message, ...]
    tokens: int
    seconds: float
    opening: str
    schema: dict[str, Any]

    def __repr__(self) -> str:
        return f"<Request, {len(self.messages)} messages>"


def read(language: str) -> Prompt:
    """The prompt in this written language (`nb`, `nn`)."""
    head, _, rest = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").partition("\n[system]\n")
    system, _, user = rest.partition("\n[user]\n")
    words = {name: value.strip() for name, _, value in (line.partition(":") for line in head.splitlines() if line)}
    return Prompt(words["version"], words, Template(system), Template(user))


def ask(  # noqa: PLR0913
    prompt: Prompt,
    transcript: Transcript,
    facts: Sequence[Fact],
    draft: Note,
    template: Layout,
    *,
    tokens: Callable[[str], int],
    room: int,
) -> Asked:
    """For a document of this template, in at most `room` tokens as `tokens` counts them.

    What is in doubt is not asked about (R25, R27). Where it does not fit, utterances that neither a fact nor the draft rests on are left
    out, those farthest from one first, and the model is told how many. Raises WriterUnfit where it does not fit even so.
    """
    said = [utterance for utterance in transcript.utterances if utterance.doubt is None]
    facts = [fact for fact in facts if fact.about is not About.OTHER]
    cited = {id for source in (facts, draft.statements) for each in source for id in each.evidence}
    lines = {utterance.id: _spoken(utterance, prompt) for utterance in said}

    def messages(kept: Collection[int]) -> tuple[Message, ...]:
        left_out = len(lines) - len(kept)
        places = {
            "words": str(WORDS),
            "document": _line(template.title),
            "style": prompt.words[template.document],
            "language": prompt.words["language"],
            "headings": "\n".join(
                f"- {_line(heading.text)}: {', '.join(heading.topics)}" for heading in template.headings
            ),
            "facts": "\n".join(map(_stated, facts)) or "-",
            "left_out": f" ({left_out} {prompt.words['left-out']})" if left_out else "",
            "conversation": "\n".join(line for id, line in lines.items() if id in kept),
        }
        return Message("system", prompt.system.substitute(places)), Message("user", prompt.user.substitute(places))

    needed = FRAME + sum(tokens(message.text) for message in messages(()))
    costs = {id: tokens(line) + 1 for id, line in lines.items()}
    kept = _fitting(costs, cited, room - needed)
    return Asked(messages(kept), frozenset(kept), len(lines) - len(kept))


def _fitting(costs: Mapping[int, int], cited: Collection[int], room: int) -> set[int]:
    """Ids that fit into the room, all that are cited among them. Raises WriterUnfit."""
    kept, total = set(costs), sum(costs.values())
    for id in _farthest_first(tuple(costs), cited):
        if total <= room:
            return kept
        kept.discard(id)
        total -= costs[id]
    if total > room:
        raise WriterUnfit(problem="the conversation is longer than the model can read")
    return kept


def _farthest_first(ids: Sequence[int], cited: Collection[int]) -> Iterator[int]:
    """The ids that are not cited, the one with most utterances between it and a cited one first."""
    distances = [0 if id in cited else len(ids) for id in ids]
    for order in (range(1, len(ids)), range(len(ids) - 2, -1, -1)):
        for at in order:
            distances[at] = min(distances[at], distances[at - order.step] + 1)
    places = sorted(range(len(ids)), key=lambda at: (-distances[at], at))
    yield from (ids[at] for at in places if distances[at])


def _spoken(utterance: Utterance, prompt: Prompt) -> str:
    return f"[{utterance.id}] {prompt.words[utterance.role]}: {_line(utterance.text)}"


def _stated(fact: Fact) -> str:
    """`[3, 4] symptom: hodepine; duration 2 week`: the fields that say something, as they are called."""
    return f"{list(fact.evidence)} {fact.kind}: {_line('; '.join((fact.name, *_details(fact))))}"


def _details(fact: Fact) -> Iterable[str]:
    for field in fields(fact):
        value = getattr(fact, field.name)
        if field.name not in ("kind", "name", "evidence") and value and value != field.default:
            yield f"{field.name} {value}"


def _line(text: str) -> str:
    """On one line, and without a sign that frames anything."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split()).translate(_DISARMED)
