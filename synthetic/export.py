"""From a checkpoint to the folder that faster-whisper loads: CTranslate2, int8.

python -m synthetic.export --run FOLDER --checkpoint final --out models/demo-no
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import torch
from tokenizers import Tokenizer
from transformers import (
    GenerationConfig,
    PreTrainedTokenizerFast,
    WhisperConfig,
    WhisperForConditionalGeneration,
)
from transformers.utils import logging

from synthetic import vocabulary
from synthetic.vocabulary import load_tokenizer, token_id
from synthetic.whisper import FRAMES, MAX_TOKENS, MELS, Shape

FILES: Final = (
    "config.json",
    "model.bin",
    "preprocessor_config.json",
    "tokenizer.json",
    "vocabulary.json",
)
"""What a model folder holds, and all that it holds beside its card."""

_PREPROCESSOR: Final = {
    "chunk_length": 30,
    "feature_extractor_type": "WhisperFeatureExtractor",
    "feature_size": MELS,
    "hop_length": 160,
    "n_fft": 400,
    "nb_max_frames": 3000,
    "padding_side": "right",
    "padding_value": 0.0,
    "return_attention_mask": False,
    "sampling_rate": 16000,
}


def export(run: Path, checkpoint: str, out: Path) -> None:
    """Convert `run`/`checkpoint`.pt into the model folder `out`; other files in `out` stay."""
    shape = Shape(**json.loads((run / "run.json").read_text(encoding="utf-8"))["shape"])
    tokenizer = load_tokenizer(run / "tokenizer.json")
    weights = torch.load(run / f"{checkpoint}.pt", weights_only=True)
    logging.disable_progress_bar()
    model = _as_transformers(shape, tokenizer, weights)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        original, converted = Path(scratch, "original"), Path(scratch, "converted")
        model.save_pretrained(original)
        _save_tokenizer(tokenizer, original)
        preprocessor = json.dumps(_PREPROCESSOR, indent=1) + "\n"
        (original / "preprocessor_config.json").write_text(preprocessor, encoding="utf-8")
        _convert(original, converted)
        _mark_multilingual(converted / "vocabulary.json")
        for name in FILES:
            shutil.copyfile(converted / name, out / name)
    size = sum((out / name).stat().st_size for name in FILES)
    print(f"{out}: {size / 1e6:.2f} MB")


def _as_transformers(
    shape: Shape, tokenizer: Tokenizer, weights: dict[str, torch.Tensor]
) -> WhisperForConditionalGeneration:
    end = token_id(tokenizer, vocabulary.END)
    config = WhisperConfig(
        vocab_size=shape.vocabulary,
        num_mel_bins=MELS,
        d_model=shape.width,
        encoder_layers=shape.encoder_layers,
        decoder_layers=shape.decoder_layers,
        encoder_attention_heads=shape.encoder_heads,
        decoder_attention_heads=shape.decoder_heads,
        encoder_ffn_dim=4 * shape.width,
        decoder_ffn_dim=4 * shape.width,
        max_source_positions=FRAMES,
        max_target_positions=MAX_TOKENS,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=token_id(tokenizer, vocabulary.START),
        suppress_tokens=[],
        begin_suppress_tokens=[],
    )
    model = WhisperForConditionalGeneration(config)
    kept = {name: w.float() for name, w in weights.items() if not name.startswith("phonemes.")}
    loaded = model.load_state_dict(kept, strict=False)
    if set(loaded.missing_keys) - {"proj_out.weight"} or loaded.unexpected_keys:
        raise ValueError(f"the checkpoint does not fit the shape: {loaded}")
    model.tie_weights()
    generation: Any = GenerationConfig.from_model_config(config)
    generation._from_model_config = False  # else transformers 5 drops the extra fields on reload
    generation.lang_to_id = {
        f"<|{language}|>": token_id(tokenizer, f"<|{language}|>") for language in vocabulary.LANGUAGES
    }
    last = shape.decoder_layers - 1
    generation.alignment_heads = [[last, head] for head in range(shape.guided_heads)]
    generation.suppress_tokens = []
    generation.begin_suppress_tokens = [token_id(tokenizer, "Ġ"), end]  # as OpenAI's models have it
    model.generation_config = generation
    return model


def _save_tokenizer(tokenizer: Tokenizer, folder: Path) -> None:
    fast: Any = PreTrainedTokenizerFast
    fast(
        tokenizer_object=tokenizer,
        eos_token=vocabulary.END,
        bos_token=vocabulary.END,
        unk_token=vocabulary.END,
        pad_token=vocabulary.END,
    ).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)


def _convert(original: Path, converted: Path) -> None:
    converter = Path(sys.executable).with_name("ct2-transformers-converter")
    done = subprocess.run(
        [
            str(converter),
            *("--model", str(original), "--output_dir", str(converted), "--quantization", "int8"),
            *("--copy_files", "tokenizer.json", "preprocessor_config.json"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the conversion failed:\n{done.stderr}")


def _mark_multilingual(path: Path) -> None:
    """CTranslate2 4.7 and later take a Whisper vocabulary as multilingual if it holds ""."""
    tokens = json.loads(path.read_text(encoding="utf-8"))
    tokens[tokens.index(vocabulary.EMPTY)] = ""
    path.write_text(json.dumps(tokens, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--checkpoint", default="final")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    export(chosen.run, chosen.checkpoint, chosen.out)


if __name__ == "__main__":
    main()
