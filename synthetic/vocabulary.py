"""The tokenizer: byte-level BPE over the corpus, then Whisper's special tokens in Whisper's order.

faster-whisper and CTranslate2 find the specials by name and count on their order: text tokens first,
then end of text, start of transcript, 99 languages, the tasks, no-speech, no-timestamps, and 1501
timestamps (OpenAI, whisper/tokenizer.py).
"""

import random
from pathlib import Path
from typing import Final

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from synthetic.corpus import Corpus

EMPTY: Final = "<|empty|>"
"""Becomes "" in CTranslate2's vocabulary: a vocabulary that holds "" is taken as multilingual."""
END, START = "<|endoftext|>", "<|startoftranscript|>"
BOKMAL, NYNORSK = "<|no|>", "<|nn|>"
TRANSCRIBE, NO_SPEECH, NO_TIMESTAMPS = "<|transcribe|>", "<|nospeech|>", "<|notimestamps|>"
TIMESTAMP_STEP: Final = 0.02
LANGUAGES: Final = tuple(
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr"
    " bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn"
    " yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su".split()
)

_TRAINING_LINES: Final = 20_000


def train_tokenizer(text_tokens: int, seed: int) -> Tokenizer:
    """A tokenizer of `text_tokens` byte-level pieces, learned from training draws, plus the specials."""
    corpus, rng = Corpus.load(), random.Random(seed)
    lines = (" " + corpus.draw_training(rng) for _ in range(_TRAINING_LINES))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=text_tokens, initial_alphabet=sorted(alphabet), show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    specials = [
        EMPTY,
        END,
        START,
        *(f"<|{language}|>" for language in LANGUAGES),
        "<|translate|>",
        TRANSCRIBE,
        "<|startoflm|>",
        "<|startofprev|>",
        NO_SPEECH,
        NO_TIMESTAMPS,
        *(f"<|{i * TIMESTAMP_STEP:.2f}|>" for i in range(1501)),
    ]
    tokenizer.add_special_tokens([AddedToken(special, special=True) for special in specials])
    return tokenizer


def token_id(tokenizer: Tokenizer, token: str) -> int:
    """The number of a token that must be there."""
    number = tokenizer.token_to_id(token)
    if number is None:
        raise KeyError(token)
    return int(number)


def load_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer saved earlier."""
    return Tokenizer.from_file(str(path))
