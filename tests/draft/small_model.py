"""A folder as ct2-transformers-converter lays out a Llama, of a model that is made in a moment: whatever is asked, it says one text.

Embeddings are one-hot at a token's number, all layers add nothing, and the output layer expects after each token the one that follows it
in the text, each of whose characters is a token at its own place. So generation is real, and what is generated is known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

CHATML: Final = (
    "{{ bos_token }}{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SIGNS: Final = ("<unk>", "<s>", "</s>", "<|im_start|>", "<|im_end|>")
"""Tokens 0 to 4."""


def write(folder: Path, says: str, *, opening: str, ends: bool = True, template: str = CHATML) -> Path:
    """Makes the folder of a model that goes on after `opening` with `says`, then ends its turn, or says it again and again."""
    from ctranslate2.specs import transformer_spec

    letters = sorted({chr(code) for code in range(32, 127)} | set("æøåÆØÅ«»–\n\t") | set(says) | set(opening))
    plain = [*SIGNS, *letters]
    # each place of the text is a token of its own, so that what follows it is certain; the last character of the opening leads there
    places = [f"{letter}\u2060{at}" for at, letter in enumerate(says)]
    tokens = [*plain, *places]
    number = {token: at for at, token in enumerate(tokens)}
    chain = [number[opening[-1]], *(number[place] for place in places)]
    last = [(chain[-1], number["<|im_end|>"] if ends else chain[1])]
    width = len(tokens) + len(tokens) % 2
    spec = transformer_spec.TransformerDecoderModelSpec.from_config(
        1, 1, activation=_swish(), pre_norm=True, ffn_glu=True, rms_norm=True, rotary_dim=0, rotary_interleave=False
    )
    _fill(spec, len(tokens), width, [*pairwise(chain), *last])
    spec.register_vocabulary(tokens)
    spec.config.bos_token, spec.config.eos_token, spec.config.unk_token = "<s>", "</s>", "<unk>"
    spec.validate()
    spec.optimize(quantization=None)
    folder.mkdir(parents=True)
    spec.save(str(folder))
    _write_tokenizer(folder, plain, places)
    config = {"bos_token": {"content": "<s>"}, "eos_token": "<|im_end|>", "chat_template": template}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return folder


def _swish() -> Any:
    from ctranslate2.specs import common_spec

    return common_spec.Activation.SWISH


def _fill(spec: Any, size: int, width: int, follows: Sequence[tuple[int, int]]) -> None:
    def zeros(rows: int, columns: int) -> Any:
        return np.zeros((rows, columns), np.float32)

    decoder, layer = spec.decoder, spec.decoder.layer[0]
    decoder.embeddings.weight = np.eye(size, width, dtype=np.float32)
    decoder.scale_embeddings = False
    decoder.layer_norm.gamma = np.ones(width, np.float32)
    projection = zeros(size, width)
    for before, after in follows:
        projection[after, before] = 10.0
    decoder.projection.weight = projection
    attention, feed_forward = layer.self_attention, layer.ffn
    attention.layer_norm.gamma = feed_forward.layer_norm.gamma = np.ones(width, np.float32)
    attention.linear[0].weight, attention.linear[1].weight = zeros(3 * width, width), zeros(width, width)
    feed_forward.linear_0.weight = feed_forward.linear_0_noact.weight = zeros(4, width)
    feed_forward.linear_1.weight = zeros(width, 4)


def _write_tokenizer(folder: Path, plain: Sequence[str], places: Sequence[str]) -> None:
    """Reads letter by letter; says a place's token as its letter."""
    from tokenizers import Regex, Tokenizer, decoders, pre_tokenizers
    from tokenizers.models import WordLevel

    vocabulary = {token: at for at, token in enumerate((*plain, *places))}
    tokenizer = Tokenizer(WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.add_special_tokens(list(SIGNS))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("[\\s\\S]"), "isolated")
    tokenizer.decoder = decoders.Sequence([decoders.Replace(Regex("\u2060[0-9]+"), ""), decoders.Fuse()])
    tokenizer.save(str(folder / "tokenizer.json"))
