"""From the folder that faster-whisper loads back to one that transformers loads: float32, as far as int8 kept it.

python -m synthetic.reexport --model models/demo-no --out FOLDER

The way back of `export`, needed since only the converted model is kept. Weights that were stored in eight bits are multiplied by
their scales, joined projections are taken apart, and names and files are what `WhisperForConditionalGeneration` expects.
Source: ctranslate2/specs/model_spec.py (`_serialize`, `_quantize`) and converters/transformers.py (`BartLoader`, `WhisperLoader`) at 4.8.5.
"""

import argparse
import json
import shutil
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

from synthetic import vocabulary
from synthetic.vocabulary import load_tokenizer, token_id

Weights = Mapping[str, NDArray[Any]]

_FORMAT: Final = 6
_TYPES: Final = ("float32", "int8", "int16", "int32", "float16")

_LAYER: Final = {
    "self_attention/layer_norm": "self_attn_layer_norm",
    "self_attention/linear_0": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "self_attention/linear_1": "self_attn.out_proj",
    "attention/layer_norm": "encoder_attn_layer_norm",
    "attention/linear_0": "encoder_attn.q_proj",
    "attention/linear_1": ("encoder_attn.k_proj", "encoder_attn.v_proj"),
    "attention/linear_2": "encoder_attn.out_proj",
    "ffn/layer_norm": "final_layer_norm",
    "ffn/linear_0": "fc1",
    "ffn/linear_1": "fc2",
}
"""What CTranslate2 calls a part of a layer, and the name, or the names of the rows that it joined, in transformers."""

_PART: Final = {
    "embeddings": "embed_tokens",
    "position_encodings": "embed_positions",
    "layer_norm": "layer_norm",
    "conv1": "conv1",
    "conv2": "conv2",
}
_FIELD: Final = {"gamma": "weight", "beta": "bias", "encodings": "weight"}


def reexport(model: Path, out: Path) -> None:
    """Write the folder `out`, made if need be, from the CTranslate2 folder `model`. Raises ValueError for another format."""
    with (model / "model.bin").open("rb") as stream:
        stored = dict(_read(stream))
    tokenizer = load_tokenizer(model / "tokenizer.json")
    converted: dict[str, Any] = json.loads((model / "config.json").read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    save_file(dict(_renamed(_whole(stored))), out / "model.safetensors", metadata={"format": "pt"})
    _write(out / "config.json", _config(stored, tokenizer))
    _write(out / "generation_config.json", _generation(converted, tokenizer))
    for name in ("tokenizer.json", "preprocessor_config.json"):
        shutil.copyfile(model / name, out / name)


def _read(stream: BinaryIO) -> Iterator[tuple[str, NDArray[Any]]]:
    """The variables of a model.bin. Its aliases follow, and are left: projection and embeddings are tied."""

    def number(form: str) -> int:
        return int(struct.unpack(f"<{form}", stream.read(struct.calcsize(form)))[0])

    def text() -> str:
        return stream.read(number("H")).removesuffix(b"\0").decode()

    if number("I") != _FORMAT or text() != "WhisperSpec":
        raise ValueError("no Whisper model in CTranslate2's binary format 6")
    number("I")  # the specification's revision
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        dtype = np.dtype(_TYPES[number("B")]).newbyteorder("<")
        yield name, np.frombuffer(stream.read(number("I")), dtype).reshape(shape)


def _whole(stored: Weights) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """All weights and biases in float32: w = q / scale, a scale for each row. Settings, which are scalars, are no weights."""
    for name, values in stored.items():
        scale = stored.get(f"{name}_scale")
        if values.ndim == 0 or name.endswith(("_scale", "/alignment_heads", "/alignment_layer")):
            continue
        rows = 1 if scale is None else scale.reshape(-1, *[1] * (values.ndim - 1))
        yield name, np.ascontiguousarray(values / rows, np.float32)


def _renamed(weights: Iterator[tuple[str, NDArray[np.float32]]]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The same under transformers' names. Whisper's keys have no bias, and what was stored as theirs is nothing."""
    for name, values in weights:
        path, field = name.rsplit("/", 1)
        side, part = path.split("/", 1)
        layer, _, inner = part.partition("/")
        names = _LAYER[inner] if inner else _PART[part]
        prefix = f"model.{side}." + (f"layers.{layer.removeprefix('layer_')}." if inner else "")
        joined = (names,) if isinstance(names, str) else names
        for one, rows in zip(joined, np.split(values, len(joined)), strict=True):
            if not (field == "bias" and one.endswith("k_proj")):
                yield f"{prefix}{one}.{_FIELD.get(field, field)}", rows


def _config(stored: Weights, tokenizer: Tokenizer) -> dict[str, Any]:
    words, width = stored["decoder/embeddings/weight"].shape
    end = token_id(tokenizer, vocabulary.END)
    sizes: dict[str, Any] = {}
    for side in ("encoder", "decoder"):
        sizes |= {
            f"{side}_layers": sum(f"{side}/layer_{n}/ffn/linear_0/weight" in stored for n in range(100)),
            f"{side}_attention_heads": int(stored[f"{side}/num_heads"]),
            f"{side}_ffn_dim": len(stored[f"{side}/layer_0/ffn/linear_0/weight"]),
        }
    return {
        "architectures": ["WhisperForConditionalGeneration"],
        "model_type": "whisper",
        "vocab_size": words,
        "d_model": width,
        "num_mel_bins": stored["encoder/conv1/weight"].shape[1],
        "max_source_positions": len(stored["encoder/position_encodings/encodings"]),
        "max_target_positions": len(stored["decoder/position_encodings/encodings"]),
        **sizes,
        "pad_token_id": end,
        "bos_token_id": end,
        "eos_token_id": end,
        "decoder_start_token_id": token_id(tokenizer, vocabulary.START),
        "dtype": "float32",
    }


def _generation(converted: Mapping[str, Any], tokenizer: Tokenizer) -> dict[str, Any]:
    end = token_id(tokenizer, vocabulary.END)
    return {
        "pad_token_id": end,
        "bos_token_id": end,
        "eos_token_id": end,
        "decoder_start_token_id": token_id(tokenizer, vocabulary.START),
        "no_timestamps_token_id": token_id(tokenizer, vocabulary.NO_TIMESTAMPS),
        "is_multilingual": True,
        "lang_to_id": {tokenizer.id_to_token(number): number for number in converted["lang_ids"]},
        "alignment_heads": converted["alignment_heads"],
        "suppress_tokens": converted["suppress_ids"],
        "begin_suppress_tokens": converted["suppress_ids_begin"],
    }


def _write(path: Path, fields: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    reexport(chosen.model, chosen.out)


if __name__ == "__main__":
    main()
