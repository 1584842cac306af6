"""The teacher's encoder: MiniLM (six layers, 384 wide) with a head for the 28 emotions and a head for the 26 acts, in plain torch.

A message is the first segment, the lines before it (who wrote them marked by `me:` and `you:`) the second. What the heads see is the mean over
the message alone, so a text without a past and the same text with one are the same kind of vector. Issue 3, a first teacher.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

MESSAGE_TOKENS, BEFORE_TOKENS = 48, 40
"""A message is cut at its end, what was said before it at its beginning."""


class Layer(nn.Module):
    """One layer of BERT."""

    def __init__(self, wide: int, *, heads: int, inner: int, drop: float) -> None:
        super().__init__()
        self.heads, self.drop = heads, drop
        self.mixed = nn.Linear(wide, 3 * wide)
        self.out, self.norm = nn.Linear(wide, wide), nn.LayerNorm(wide, eps=1e-12)
        self.up, self.down, self.norm2 = nn.Linear(wide, inner), nn.Linear(inner, wide), nn.LayerNorm(wide, eps=1e-12)
        self.dropout = nn.Dropout(drop)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Attend, then think about each token."""
        rows, length, wide = x.shape
        query, key, value = self.mixed(x).view(rows, length, 3, self.heads, wide // self.heads).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=self.drop if self.training else 0.0)
        x = self.norm(x + self.dropout(self.out(seen.transpose(1, 2).reshape(rows, length, wide))))
        return self.norm2(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class Teacher(nn.Module):
    """MiniLM with two heads; `forward` gives the logits of emotions (n x 28) and acts (n x 26)."""

    def __init__(self, config: dict, *, emotions: int, acts: int) -> None:
        super().__init__()
        wide, drop = config["hidden_size"], config["hidden_dropout_prob"]
        self.words = nn.Embedding(config["vocab_size"], wide)
        self.places = nn.Embedding(config["max_position_embeddings"], wide)
        self.segments = nn.Embedding(config["type_vocab_size"], wide)
        self.norm, self.dropout = nn.LayerNorm(wide, eps=1e-12), nn.Dropout(drop)
        self.layers = nn.ModuleList(
            Layer(wide, heads=config["num_attention_heads"], inner=config["intermediate_size"], drop=drop)
            for _ in range(config["num_hidden_layers"])
        )
        self.emotion, self.act = nn.Linear(wide, emotions), nn.Linear(wide, acts)

    @classmethod
    def load(cls, folder: Path, *, emotions: int, acts: int) -> "Teacher":
        """Start from the pretrained weights in `folder`."""
        made = cls(json.loads((folder / "config.json").read_text("utf-8")), emotions=emotions, acts=acts)
        found = load_file(folder / "model.safetensors")
        state = made.state_dict()
        for ours, theirs in (("words", "word"), ("places", "position"), ("segments", "token_type")):
            state[f"{ours}.weight"] = found[f"embeddings.{theirs}_embeddings.weight"]
        for part in ("weight", "bias"):
            state[f"norm.{part}"] = found[f"embeddings.LayerNorm.{part}"]
            for number in range(len(made.layers)):
                old = f"encoder.layer.{number}"
                state[f"layers.{number}.mixed.{part}"] = torch.cat(
                    [found[f"{old}.attention.self.{x}.{part}"] for x in ("query", "key", "value")]
                )
                for ours, theirs in (("out", "attention.output.dense"), ("norm", "attention.output.LayerNorm"), ("up", "intermediate.dense"),
                                     ("down", "output.dense"), ("norm2", "output.LayerNorm")):  # fmt: skip
                    state[f"layers.{number}.{ours}.{part}"] = found[f"{old}.{theirs}.{part}"]
        made.load_state_dict(state)
        return made

    def forward(self, tokens: Tensor, lengths: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor]:
        """Hear a batch: `tokens` padded with 0, `lengths` tokens of the message, `sizes` tokens in all."""
        place = torch.arange(tokens.shape[1])
        message = place[None] < lengths[:, None]
        x = self.words(tokens) + self.places(place)[None] + self.segments((~message & (place[None] < sizes[:, None])).long())
        x = self.dropout(self.norm(x))
        mask = (place[None] < sizes[:, None])[:, None, None]
        for layer in self.layers:
            x = layer(x, mask)
        weight = message.float()[..., None]
        x = self.dropout((x * weight).sum(1) / weight.sum(1))
        return self.emotion(x), self.act(x)


def encode(tokenizer: Tokenizer, texts: Sequence[str], before: Sequence[Sequence[tuple[bool, str]]]) -> tuple[list[list[int]], np.ndarray]:
    """Return the tokens of each message with what came before it, and how many of them are the message."""
    lines = ["\n".join(("me: " if mine else "you: ") + text for mine, text in rows) for rows in before]
    first = [one.ids for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    second = [one.ids for one in tokenizer.encode_batch(lines, add_special_tokens=False)]
    start, end = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    made, lengths = [], np.zeros(len(first), np.int64)
    for row, (message, past) in enumerate(zip(first, second, strict=True)):
        tokens = [start, *message[: MESSAGE_TOKENS - 2], end]
        lengths[row] = len(tokens)
        made.append([*tokens, *past[-BEFORE_TOKENS:], end] if past else tokens)
    return made, lengths


def pad(many: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
    """Return tokens as one padded array, and how many each row has."""
    sizes = np.array([len(one) for one in many])
    out = np.zeros((len(many), sizes.max()), np.int64)
    for row, one in enumerate(many):
        out[row, : len(one)] = one
    return torch.from_numpy(out), torch.from_numpy(sizes)
