"""A note as a language model writes it: asked once, read while it answers, and refused as a whole where it does not keep to the form.

The model is any that answers a `Request` piece by piece: one in a process of ours, or a server's (`kiskriv.writer`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kiskriv.draft import facts, prompt
from kiskriv.draft.lexicon import Lexicon
from kiskriv.draft.prompt import Message
from kiskriv.draft.reply import OPENING, Reply, schema
from kiskriv.errors import WriterUnfit
from kiskriv.fingerprint import fingerprint
from kiskriv.note import Form, Note
from kiskriv.transcript import Transcript

REPLY: Final = 2_000
"""Tokens of a reply: 150 words of Norwegian are about 450, and as many again say where each was said."""

LANGUAGES: Final = ("nb", "nn")


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


class Model(Protocol):
    """A language model, wherever it is."""

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of what is known of it."""

    @property
    def context(self) -> int:
        """Tokens that it can read and write, together."""

    def tokens(self, text: str) -> int:
        """How many this text is, or may be."""

    def write(self, request: Request) -> Generator[str]:
        """The answer, greedily, piece by piece; closing it ends it. Raises WriterError. Nothing is ever asked twice."""

    def abandon(self) -> None:
        """Nobody wants the answer any more: who waits is let go, for good. From any thread."""


class LanguageModelWriter:
    """A `Writer` (see `session.stages`). `seconds`: how long it may take in all."""

    def __init__(self, model: Model, lexicon: Lexicon, seconds: float) -> None:
        self._model = model
        self._lexicon = lexicon
        self._seconds = seconds
        self._prompts = {language: prompt.read(language) for language in LANGUAGES}
        self.digest = hashlib.sha256(f"{fingerprint(prompt.FOLDER)} {model.digest}".encode()).hexdigest()
        """Of the prompts and the model."""

    def write(self, transcript: Transcript, form: Form, draft: Note) -> Iterator[Note]:
        """What it has written so far, each time there is more; the last is complete. Raises WriterError."""
        said = facts.said(transcript, self._lexicon)
        chosen = self._prompts[form.language or transcript.language]
        room = self._model.context - REPLY
        asked = prompt.ask(chosen, transcript, said, draft, form.template, tokens=self._model.tokens, room=room)
        headings = [section.heading for section in draft.sections]
        reply = Reply(headings, asked.ids)
        request = Request(asked.messages, REPLY, self._seconds, OPENING, schema(headings))
        with closing(self._model.write(request)) as pieces:
            for piece in pieces:
                if reply.take(piece):
                    yield reply.note
        note = reply.end()
        if note.empty and not draft.empty:
            raise WriterUnfit(problem="it is empty")
        yield note

    def abandon(self) -> None:
        """See `Writer`."""
        self._model.abandon()
