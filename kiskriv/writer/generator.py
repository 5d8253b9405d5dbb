"""A language model in this process: a folder of CTranslate2's, with its tokenizer and its chat template beside it."""

from __future__ import annotations

from collections.abc import Generator as Steps
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from kiskriv.draft.prompt import Request
from kiskriv.errors import (
    ConfigError,
    ModelError,
    ModelMissing,
    WriterSlow,
    WriterUnfit,
    WriterUnreachable,
)
from kiskriv.writer.chat import Chat


class Generator:
    """A `Model`: Llama, Mistral, Gemma, Qwen and the like. `context`: tokens that it was made for; `digest`: what it is known as.

    `threads` 0 means all cores. Raises ModelError, ConfigError for a compute type that the device cannot.
    """

    def __init__(  # noqa: PLR0913
        self,
        folder: Path,
        digest: str,
        context: int,
        *,
        device: str = "cpu",
        compute_type: str = "int8",
        threads: int = 0,
    ) -> None:
        self.digest = digest
        self.context = context
        self._chat = Chat(folder)
        self._tokenizer = _tokenizer(folder)
        self._ends = self._chat.ends(self._tokenizer.token_to_id)
        self._generator = _generator(folder, device, compute_type, threads)
        self._unwanted = Event()

    def __repr__(self) -> str:
        return f"<Generator {self.digest[:12]}>"

    def tokens(self, text: str) -> int:
        """See `Model`: exactly."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def write(self, request: Request) -> Steps[str]:
        """See `Model`. The time is looked at between two tokens: what was asked is read in one go."""
        self._unwanted = Event()
        return self._written(request, self._unwanted)

    def cease(self) -> None:
        """See `Model`."""
        self._unwanted.set()

    def _written(self, request: Request, unwanted: Event) -> Steps[str]:
        from tokenizers.decoders import DecodeStream

        until = monotonic() + request.seconds
        text = self._chat.prompt(request.messages) + request.opening
        prompt = self._tokenizer.encode(text, add_special_tokens=False).tokens
        if len(prompt) + request.tokens > self.context:
            raise WriterUnfit(problem="the conversation is longer than the model can read")
        yield request.opening
        stream = DecodeStream(skip_special_tokens=True)
        ended = False
        with closing(self._steps(prompt, request.tokens)) as steps:
            for step in steps:
                if unwanted.is_set():
                    raise WriterUnreachable
                if monotonic() > until:
                    raise WriterSlow(seconds=round(request.seconds))
                ended = step.token_id in self._ends
                if not ended and (piece := stream.step(self._tokenizer, step.token_id)):
                    yield piece
        if not ended:
            raise WriterUnfit(problem="it does not come to an end")

    def _steps(self, prompt: list[str], tokens: int) -> Steps[Any]:
        """Each token as it is said, the one that ends the turn too. Raises WriterError."""
        try:
            yield from self._generator.generate_tokens(prompt, max_length=tokens, end_token=self._ends)
        except (
            RuntimeError,
            ValueError,
        ):  # out of memory, a device that went away: what it says could hold what was asked
            raise WriterUnreachable from None


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    if not (folder / "tokenizer.json").is_file():
        raise ModelMissing(file="tokenizer.json")
    try:
        return Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception:  # the library raises no narrower one
        raise ModelError(problem="tokenizer.json cannot be read") from None


def _generator(folder: Path, device: str, compute_type: str, threads: int) -> Any:
    import ctranslate2

    if compute_type not in ctranslate2.get_supported_compute_types(device):
        raise ConfigError(problem=f"this machine cannot compute in {compute_type} for the writer")
    try:
        return ctranslate2.Generator(str(folder), device=device, compute_type=compute_type, intra_threads=threads)
    except (RuntimeError, ValueError):
        raise ModelError(problem="CTranslate2 cannot load it") from None
