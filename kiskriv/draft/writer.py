"""A note as a language model writes it: asked once, read while it answers, and refused as a whole where it does not keep to the form.

The model is any that answers a `Request` piece by piece: one in a process of ours, or a server's (`kiskriv.writer`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator
from contextlib import closing
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Final, Protocol

from kiskriv.draft import facts, prompt
from kiskriv.draft.clinic import Clinic
from kiskriv.draft.prompt import Request
from kiskriv.draft.reply import OPENING, Reply, schema
from kiskriv.errors import WriterUnfit, WriterUnreachable
from kiskriv.fingerprint import fingerprint
from kiskriv.note import Form, Note
from kiskriv.transcript import Transcript

REPLY: Final = 2_000
"""Tokens of a reply: 150 words of Norwegian are about 450, and as many again say where each was said."""

LANGUAGES: Final = ("nb", "nn")

GLANCE: Final = 0.2
"""Seconds after which who waits for a note gets to look around, whatever the model does meanwhile."""

PARTING: Final = 0.2
"""Seconds in which a model that is let go of leaves; one that computes a long step leaves after it."""


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
        """The answer, greedily, piece by piece; may wait. Raises WriterError. Nothing is ever asked twice."""

    def cease(self) -> None:
        """The answer at work is not wanted any more: its line is hung up, and `write` ends soon. From any thread."""


class LanguageModelWriter:
    """A `Writer` (see `session.stages`). `seconds`: how long it may take in all."""

    def __init__(self, model: Model, clinic: Clinic, seconds: float) -> None:
        self._model = model
        self._lexicon = clinic.lexicon
        self._templates = {template.form: template for template in clinic.templates}
        self._seconds = seconds
        self._prompts = {language: prompt.read(language) for language in LANGUAGES}
        self._abandoned = False
        self.digest = hashlib.sha256(
            f"{fingerprint(prompt.FOLDER)} {model.digest} {model.context}".encode()
        ).hexdigest()
        """Of the prompts, the model, and how much it reads."""

    def write(self, transcript: Transcript, form: Form, draft: Note) -> Generator[Note]:
        """What it has written so far (before that, the draft), each time there is more and several times a second; the last is complete.

        Raises WriterError, KeyError for no such form.
        """
        template = self._templates[form]
        said = facts.said(transcript, self._lexicon)
        room = self._model.context - REPLY
        chosen = self._prompts[template.language]
        asked = prompt.ask(chosen, transcript, said, draft, template, tokens=self._model.tokens, room=room)
        headings = [heading.text for heading in template.headings]
        reply = Reply(headings, asked.ids)
        request = Request(asked.messages, REPLY, self._seconds, OPENING, schema(headings))
        newest, shown = draft, monotonic()
        with closing(_awaited(self._model, request)) as pieces:
            for piece in pieces:
                if self._abandoned:
                    raise WriterUnreachable
                if grown := reply.take(piece):
                    newest = reply.note
                if grown or monotonic() >= shown + GLANCE:
                    yield newest
                    shown = monotonic()
        note = reply.end()
        if note.empty and not draft.empty:
            raise WriterUnfit(problem="it is empty")
        yield note

    def abandon(self) -> None:
        """See `Writer`."""
        self._abandoned = True


def _awaited(model: Model, request: Request) -> Generator[str]:
    """The pieces of its answer, waited for in a thread of their own, and "" as often as none comes; closing it lets go of the model."""
    pieces = model.write(request)
    heard: SimpleQueue[str | BaseException] = SimpleQueue()

    def listen() -> None:
        try:
            with closing(pieces):
                for piece in pieces:
                    heard.put(piece)
        except BaseException as error:  # it is raised where it was waited for
            heard.put(error)
        else:
            heard.put(StopIteration())

    listener = Thread(target=listen, name="writer", daemon=True)
    listener.start()
    try:
        while not isinstance(said := _next(heard), BaseException):
            yield said
        if not isinstance(said, StopIteration):
            raise said
    finally:
        model.cease()
        listener.join(PARTING)


def _next(heard: SimpleQueue[str | BaseException]) -> str | BaseException:
    try:
        return heard.get(timeout=GLANCE)
    except Empty:
        return ""
