"""A note as a language model writes it: asked once, read while it answers, and refused as a whole where it does not keep to the form.

The model is any that answers a `Request` piece by piece: one in a process of ours, or a server's (`kiskriv.writer`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Final, Protocol

from kiskriv.draft import facts, prompt
from kiskriv.draft.clinic import Clinic
from kiskriv.draft.prompt import Request
from kiskriv.draft.reply import OPENING, Reply, schema
from kiskriv.errors import WriterUnfit
from kiskriv.fingerprint import fingerprint
from kiskriv.note import Form, Note
from kiskriv.transcript import Transcript

REPLY: Final = 2_000
"""Tokens of a reply: 150 words of Norwegian are about 450, and as many again say where each was said."""

LANGUAGES: Final = ("nb", "nn")


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

    def __init__(self, model: Model, clinic: Clinic, seconds: float) -> None:
        self._model = model
        self._lexicon = clinic.lexicon
        self._templates = {template.form: template for template in clinic.templates}
        self._seconds = seconds
        self._prompts = {language: prompt.read(language) for language in LANGUAGES}
        self.digest = hashlib.sha256(f"{fingerprint(prompt.FOLDER)} {model.digest}".encode()).hexdigest()
        """Of the prompts and the model."""

    def write(self, transcript: Transcript, form: Form, draft: Note) -> Iterator[Note]:
        """What it has written so far, each time there is more; the last is complete. Raises WriterError, KeyError for no such form."""
        template = self._templates[form]
        said = facts.said(transcript, self._lexicon)
        room = self._model.context - REPLY
        chosen = self._prompts[template.language]
        asked = prompt.ask(chosen, transcript, said, draft, template, tokens=self._model.tokens, room=room)
        headings = [heading.text for heading in template.headings]
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
