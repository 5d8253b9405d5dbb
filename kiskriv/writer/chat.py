"""How a model was taught to read a chat: the template of its own folder (Jinja, in a sandbox), and the tokens that end its turn.

Source: Hugging Face's description of chat templates, which names what a template may ask for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kiskriv.draft.prompt import Message
from kiskriv.errors import ModelError, ModelMissing, WriterUnfit

if TYPE_CHECKING:
    from jinja2 import Template


class Chat:
    """Of a folder with `tokenizer_config.json`, and perhaps `chat_template.jinja` and `generation_config.json`. Raises ModelError."""

    def __init__(self, folder: Path) -> None:
        config = _table(folder / "tokenizer_config.json")
        self._signs = {name: _content(config.get(name)) for name in ("bos_token", "eos_token")}
        self._template = _compiled(_source(folder, config))
        self._ids = tuple(_ends(folder))
        try:
            self.prompt((Message("system", "?"), Message("user", "?")))
        except WriterUnfit as unfit:
            raise ModelError(**unfit.facts) from None

    def __repr__(self) -> str:
        return "<Chat>"

    def ends(self, number: Callable[[str], int | None]) -> list[int]:
        """The tokens that end a turn, by number; `number` knows a token's."""
        named = number(self._signs["eos_token"])
        return sorted({*self._ids, *(() if named is None else (named,))})

    def prompt(self, messages: Sequence[Message]) -> str:
        """All of them, and the beginning of the model's turn. Raises WriterUnfit.

        A model that knows no system reads its words before the user's.
        """
        together = [Message("user", "\n\n".join(message.text for message in messages))]
        for asked in (messages, together):
            with suppress(
                Exception
            ):  # a template is a program: it raises what it will, and what it says could hold what was asked
                return self._rendered(asked)
        raise WriterUnfit(problem="its chat template does not take a question")

    def _rendered(self, messages: Sequence[Message]) -> str:
        rendered: str = self._template.render(
            messages=[{"role": message.role, "content": message.text} for message in messages],
            add_generation_prompt=True,
            enable_thinking=False,
            **self._signs,
        )
        return rendered


def _compiled(source: str) -> Template:
    try:
        from jinja2 import TemplateError
        from jinja2.sandbox import ImmutableSandboxedEnvironment
    except ImportError:
        raise ModelError(
            problem="the library that reads its chat template is missing: install kiskriv[writer]"
        ) from None
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = _refuse
    environment.globals["strftime_now"] = lambda form: datetime.now().strftime(form)  # local, as in transformers
    try:
        return environment.from_string(source)
    except TemplateError:
        raise ModelError(problem="its chat template cannot be read") from None


def _refuse(message: str) -> NoReturn:
    from jinja2 import TemplateError

    raise TemplateError(message)


def _source(folder: Path, config: dict[str, Any]) -> str:
    """The template: a file of its own in newer folders, or one of those in the tokenizer's file."""
    try:
        return (folder / "chat_template.jinja").read_text(encoding="utf-8")
    except FileNotFoundError:
        template = config.get("chat_template")
    except (OSError, UnicodeDecodeError):
        raise ModelError(problem="its chat template cannot be read") from None
    if isinstance(template, list):
        named = {one.get("name"): one.get("template") for one in template if isinstance(one, dict)}
        template = named.get("default")
    if not isinstance(template, str):
        raise ModelMissing(file="chat_template.jinja")
    return template


def _ends(folder: Path) -> Iterator[int]:
    """What `generation_config.json` says ends a turn, where there is one: a number, or several."""
    if not (folder / "generation_config.json").exists():
        return
    ids = _table(folder / "generation_config.json").get("eos_token_id")
    yield from (id for id in (ids if isinstance(ids, list) else [ids]) if type(id) is int)


def _table(file: Path) -> dict[str, Any]:
    try:
        table = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ModelMissing(file=file.name) from None
    except (OSError, ValueError):
        raise ModelError(problem=f"{file.name} cannot be read") from None
    if not isinstance(table, dict):
        raise ModelError(problem=f"{file.name} cannot be read")
    return table


def _content(sign: object) -> str:
    """Of a special token, which is written as text or as a table."""
    content = sign.get("content") if isinstance(sign, dict) else sign
    return content if isinstance(content, str) else ""
