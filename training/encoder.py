"""The teacher: an encoder with heads for the 28 emotions, the 26 acts and ten other traits of a text.

A folder with a model in BERT's layout (MiniLM: six layers, 384 wide) is read by our own plain torch; any other encoder by `transformers`,
where that is installed. A message is the first segment, the lines before it (who wrote them marked by `me:` and `you:`) the second. What the
heads see is the mean over the message alone, so a text without a past and the same text with one are the same kind of vector. Issue 3, a
first teacher; issue 4, larger ones.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from data import TRAITS
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from nearer.records import ACTS, EMOTIONS

MESSAGE_TOKENS, BEFORE_TOKENS = 48, 40
"""A message is cut at its end, what was said before it at its beginning."""
DROP = 0.1
"""What is left out in training, where an encoder's own settings do not say."""


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
    """An encoder with three heads; `forward` gives the logits of emotions (n x 28), acts (n x 26) and traits (n x 10).

    What hears a batch is one of the classes below; they differ in `pooled` and `still` alone."""

    def __init__(self, wide: int, *, drop: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(drop)
        self.emotion, self.act, self.trait = (nn.Linear(wide, many) for many in (len(EMOTIONS), len(ACTS), len(TRAITS)))

    @staticmethod
    def load(folder: Path) -> "Teacher":
        """Start from the pretrained weights in `folder`, as Hugging Face writes them."""
        config = json.loads((folder / "config.json").read_text("utf-8"))
        return Bert.load(folder) if config["model_type"] == "bert" else Borrowed(folder)

    def forward(self, tokens: Tensor, lengths: Tensor, sizes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Hear a batch: `tokens` padded with 0, `lengths` tokens of the message, `sizes` tokens in all."""
        x = self.dropout(self.pooled(tokens, lengths, sizes))
        return self.emotion(x), self.act(x), self.trait(x)

    def pooled(self, tokens: Tensor, lengths: Tensor, sizes: Tensor) -> Tensor:
        """Return what the heads see of each message (n x wide)."""
        raise NotImplementedError

    def still(self, layers: int) -> list[nn.Module]:
        """Return what is not taught: the tables of the tokens, and so many of the first layers."""
        raise NotImplementedError


class Bert(Teacher):
    """BERT's layout in plain torch."""

    def __init__(self, config: dict) -> None:
        wide, drop = config["hidden_size"], config["hidden_dropout_prob"]
        super().__init__(wide, drop=drop)
        self.words = nn.Embedding(config["vocab_size"], wide)
        self.places = nn.Embedding(config["max_position_embeddings"], wide)
        self.segments = nn.Embedding(config["type_vocab_size"], wide)
        self.norm = nn.LayerNorm(wide, eps=1e-12)
        self.layers = nn.ModuleList(
            Layer(wide, heads=config["num_attention_heads"], inner=config["intermediate_size"], drop=drop)
            for _ in range(config["num_hidden_layers"])
        )

    @classmethod
    def load(cls, folder: Path) -> "Bert":
        """Start from the pretrained weights in `folder`."""
        made = cls(json.loads((folder / "config.json").read_text("utf-8")))
        found = {name.removeprefix("bert."): weight for name, weight in load_file(folder / "model.safetensors").items()}
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

    def pooled(self, tokens: Tensor, lengths: Tensor, sizes: Tensor) -> Tensor:
        """Return the mean over the message (n x wide)."""
        place = torch.arange(tokens.shape[1])
        message = place[None] < lengths[:, None]
        x = self.words(tokens) + self.places(place)[None] + self.segments((~message & (place[None] < sizes[:, None])).long())
        x = self.dropout(self.norm(x))
        mask = (place[None] < sizes[:, None])[:, None, None]
        for layer in self.layers:
            x = layer(x, mask)
        return mean(x, message)

    def still(self, layers: int) -> list[nn.Module]:
        """Return the tables and the first layers."""
        return [self.words, self.places, self.segments, *self.layers[:layers]]


class Borrowed(Teacher):
    """Any other encoder, by the code of `transformers`; nothing is fetched, and no code of the folder's own is run."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoConfig, AutoModel  # noqa: PLC0415 - only who teaches another encoder installs it

        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        super().__init__(config.hidden_size, drop=getattr(config, "hidden_dropout_prob", DROP))
        self.body = AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32, attn_implementation="eager")
        self.fill, self.segments = config.pad_token_id or 0, getattr(config, "type_vocab_size", 0)

    def pooled(self, tokens: Tensor, lengths: Tensor, sizes: Tensor) -> Tensor:
        """Return the mean over the message (n x wide)."""
        place = torch.arange(tokens.shape[1])
        message, any_ = place[None] < lengths[:, None], place[None] < sizes[:, None]
        segments = {"token_type_ids": (~message & any_).long()} if self.segments > 1 else {}
        seen = self.body(input_ids=tokens.masked_fill(~any_, self.fill), attention_mask=any_.long(), **segments)
        return mean(seen.last_hidden_state, message)

    def still(self, layers: int) -> list[nn.Module]:
        """Return the table of tokens and the first layers: of the model's lists of modules, the longest holds its layers."""
        lists = [one for one in self.body.modules() if isinstance(one, nn.ModuleList)]
        return [self.body.get_input_embeddings(), *max(lists, key=len)[:layers]]


def mean(x: Tensor, message: Tensor) -> Tensor:
    """Return the mean of each row's vectors over the message alone."""
    weight = message.to(x.dtype)[..., None]
    return (x * weight).sum(1) / weight.sum(1)


def encode(tokenizer: Tokenizer, texts: Sequence[str], before: Sequence[Sequence[tuple[bool, str]]]) -> tuple[list[list[int]], np.ndarray]:
    """Return the tokens of each message with what came before it, and how many of them are the message.

    What stands before and behind a text is whatever this tokenizer puts around an empty one."""
    lines = ["\n".join(("me: " if mine else "you: ") + text for mine, text in rows) for rows in before]
    first = [one.ids for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    second = [one.ids for one in tokenizer.encode_batch(lines, add_special_tokens=False)]
    around = tokenizer.encode("").ids
    start, end = around[0], around[-1]
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
