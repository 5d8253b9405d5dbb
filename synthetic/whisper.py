"""A small Whisper in plain torch, for training only.

The architecture is that of Radford et al. 2022, "Robust Speech Recognition via Large-Scale Weak
Supervision", and parameters carry the names of transformers' WhisperForConditionalGeneration, so that
the export is a renaming of nothing. Beside the transcript the model is taught two things that are not
exported or not asked for at run time: which phoneme is heard in each frame (a linear layer on the
encoder), and where the decoder should look while it writes a word (two heads of its last layer), which
is what makes word times by alignment exact.
"""

import math
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

FRAMES: Final = 1500
"""Encoder positions in a window of 30 s: one for 20 ms."""
MELS: Final = 80
MAX_TOKENS: Final = 448


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model."""

    vocabulary: int
    phonemes: int
    width: int = 256
    encoder_layers: int = 4
    decoder_layers: int = 2
    encoder_heads: int = 2
    decoder_heads: int = 4
    guided_heads: int = 2


@dataclass(frozen=True, slots=True)
class Outputs:
    """Scores for the next token (B, U, V), the phoneme in each frame (B, T, P), and the log of the
    guided heads' attention (B, H, U, T)."""

    tokens: Tensor
    phonemes: Tensor
    attention: Tensor


class Attention(nn.Module):
    """Multi-head attention; the explicit form is faster than torch's fused one on CPUs in bf16."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Attend from `x` to `memory`; returns the result and the scores before the softmax."""
        query, key, value = self.q_proj(x), self.k_proj(memory), self.v_proj(memory)
        query = self._split(query * (x.shape[-1] // self.heads) ** -0.5)
        scores = query @ self._split(key).transpose(-1, -2)
        if mask is not None:
            scores = scores + mask.to(scores.dtype)
        mixed = torch.softmax(scores, -1, dtype=scores.dtype) @ self._split(value)
        return self.out_proj(mixed.transpose(1, 2).flatten(2)), scores

    def _split(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        return x.view(batch, length, self.heads, width // self.heads).transpose(1, 2)


class FeedForward(nn.Module):
    """The two linear layers that every block ends with, with the norm before them."""

    fc1: nn.Linear
    fc2: nn.Linear
    final_layer_norm: nn.LayerNorm

    def _add_feed_forward(self, width: int) -> None:
        self.fc1 = nn.Linear(width, 4 * width)
        self.fc2 = nn.Linear(4 * width, width)
        self.final_layer_norm = nn.LayerNorm(width)

    def _feed_forward(self, x: Tensor) -> Tensor:
        result: Tensor = x + self.fc2(nn.functional.gelu(self.fc1(self.final_layer_norm(x))))
        return result


class EncoderLayer(FeedForward):
    """Self-attention and feed-forward, norm first."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self._add_feed_forward(width)

    def forward(self, x: Tensor) -> Tensor:
        normed = self.self_attn_layer_norm(x)
        return self._feed_forward(x + self.self_attn(normed, normed)[0])


class DecoderLayer(FeedForward):
    """Causal self-attention, attention to the sound, feed-forward, norm first."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.self_attn = Attention(width, heads)
        self.self_attn_layer_norm = nn.LayerNorm(width)
        self.encoder_attn = Attention(width, heads)
        self.encoder_attn_layer_norm = nn.LayerNorm(width)
        self._add_feed_forward(width)

    def forward(self, x: Tensor, memory: Tensor, causal: Tensor) -> tuple[Tensor, Tensor]:
        normed = self.self_attn_layer_norm(x)
        x = x + self.self_attn(normed, normed, causal)[0]
        heard, scores = self.encoder_attn(self.encoder_attn_layer_norm(x), memory)
        return self._feed_forward(x + heard), scores


class Encoder(nn.Module):
    """Log-mel frames (B, 80, 2T) to states (B, T, width)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MELS, shape.width, 3, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, 3, stride=2, padding=1)
        self.embed_positions = nn.Embedding(FRAMES, shape.width)
        self.embed_positions.weight = nn.Parameter(sinusoids(FRAMES, shape.width), requires_grad=False)
        self.layers = nn.ModuleList(EncoderLayer(shape.width, shape.encoder_heads) for _ in range(shape.encoder_layers))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, mel: Tensor, shifts: Tensor) -> Tensor:
        """`shifts` (B) moves each window to a later position: short windows thus train all of them."""
        x = nn.functional.gelu(self.conv2(nn.functional.gelu(self.conv1(mel)))).transpose(1, 2)
        positions = shifts[:, None] + torch.arange(x.shape[1])
        x = x + self.embed_positions(positions).to(x.dtype)
        for layer in self.layers:
            x = layer(x)
        result: Tensor = self.layer_norm(x)
        return result


class Decoder(nn.Module):
    """Tokens (B, U) and encoder states to states (B, U, width), and the last layer's scores."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.width)
        self.embed_positions = nn.Embedding(MAX_TOKENS, shape.width)
        self.layers = nn.ModuleList(DecoderLayer(shape.width, shape.decoder_heads) for _ in range(shape.decoder_layers))
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(self, tokens: Tensor, memory: Tensor) -> tuple[Tensor, Tensor]:
        length = tokens.shape[1]
        causal = torch.full((length, length), -torch.inf).triu(1)
        x = self.embed_tokens(tokens) + self.embed_positions.weight[:length]
        scores = x
        for layer in self.layers:
            x, scores = layer(x, memory, causal)
        return self.layer_norm(x), scores


class _Body(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)


class Whisper(nn.Module):
    """The whole model, with the phoneme layer that stays behind at export."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.model = _Body(shape)
        self.phonemes = nn.Linear(shape.width, shape.phonemes)
        for name, parameter in self.named_parameters():
            if "embed_tokens" in name or name.endswith("decoder.embed_positions.weight"):
                nn.init.normal_(parameter, std=0.02)
            elif parameter.dim() == 2 and "embed" not in name:
                nn.init.normal_(parameter, std=0.7 * parameter.shape[-1] ** -0.5)

    def forward(self, mel: Tensor, shifts: Tensor, tokens: Tensor) -> Outputs:
        memory = self.model.encoder(mel, shifts)
        states, scores = self.model.decoder(tokens, memory)
        guided = torch.log_softmax(scores[:, : self.shape.guided_heads].float(), -1)
        embedding = self.model.decoder.embed_tokens.weight
        return Outputs(nn.functional.linear(states, embedding), self.phonemes(memory), guided)


def sinusoids(length: int, width: int, slowest: float = 10_000.0) -> Tensor:
    """Whisper's fixed encoder positions (length, width)."""
    step = math.log(slowest) / (width // 2 - 1)
    rates = torch.exp(-step * torch.arange(width // 2))
    angles = torch.arange(length)[:, None] * rates
    return torch.cat([angles.sin(), angles.cos()], 1)
