"""Train the teacher and let it label: `python training/teacher.py fit|label --data FOLDER --encoder FOLDER`.

Fine-tunes MiniLM on several tasks at once: GoEmotions; the acts (our examples, our dialogues with the lines before, public messages labelled by
our codebook, OffMyChest, weak labels); disclosure and support, politeness, intimacy, hostility and sentiment of public sets.
One thread, resumable: a checkpoint every few minutes, after which the same command goes on. Needs training/requirements.txt, not Nearer's.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from data import Row, abuse, dialogues, emotions, examples, offmychest, quiet, real, targets, texts, trait_targets, traits
from encoder import Teacher, encode, pad
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch.nn import functional

WORK = Path(__file__).parent / "work"
BATCH, POOL = 32, 64
"""POOL batches are sorted by length together."""
RATES = {"encoder": 1e-4, "head": 2e-3}
SHARD = 4_096
WARM_STEPS = 150
DECAY = 0.01
SAVE_SECONDS = 240
ACT_SHARE = 2.0
"""How much the acts' loss counts beside the emotions', for a row whose acts are all known."""
FULL_WEIGHT = 3.0
TRAIT_SHARE = 0.5
QUIET_EVERY, OFFMYCHEST_EVERY, TRAIT_EVERY, DIALOGUE_TIMES, EXAMPLE_TIMES = 16, 2, 8, 1, 2
"""In an epoch: so much of quiet public chat, of OffMyChest and of the rated sets, and so often our own dialogues and examples."""

Lessons = Callable[[Path, int], list[Row]]
"""The rows of one epoch, by the folder of data and the number of the epoch."""


def lesson(data: Path, epoch: int) -> list[Row]:
    """Return the rows of one epoch; dialogues that came in the meantime join."""
    return [
        *emotions(data),
        *part(offmychest(data), OFFMYCHEST_EVERY, epoch),
        *part(quiet(data), QUIET_EVERY, epoch),
        *part(traits(data), TRAIT_EVERY, epoch),
        *real(data),
        *[row for row in examples() for _ in range(EXAMPLE_TIMES)],
        *[row for row in dialogues() for _ in range(DIALOGUE_TIMES)],
    ]


def part(rows: Iterable[Row], every: int, epoch: int) -> list[Row]:
    """Return the share of the rows whose turn it is in this epoch."""
    return [row for number, row in enumerate(rows) if number % every == epoch % every]


def batches(sizes: np.ndarray, *, seed: int) -> list[np.ndarray]:
    """Return rows in batches of like length, in random order."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(sizes))
    made = []
    for start in range(0, len(order), BATCH * POOL):
        pool = order[start : start + BATCH * POOL]
        pool = pool[np.argsort(sizes[pool], kind="stable")]
        made += [pool[at : at + BATCH] for at in range(0, len(pool), BATCH)]
    return [made[at] for at in rng.permutation(len(made))]


class Clock:
    """Seconds spent over all runs, and how far along we are: by steps, or by time where that is further."""

    def __init__(self, *, spent: float, minutes: float) -> None:
        self.begun, self.minutes = time.monotonic() - spent, minutes

    @property
    def spent(self) -> float:
        """Seconds of training so far."""
        return time.monotonic() - self.begun

    def done(self, share: float) -> float:
        """Return progress in 0..1."""
        return min(1.0, max(share, self.spent / 60 / self.minutes))


def loss_of(model: Teacher, tokens: list[list[int]], lengths: np.ndarray, truth: tuple[np.ndarray, ...]) -> torch.Tensor:
    """Cross entropy of emotions and traits where they are known, and of acts by their weights."""
    padded, sizes = pad(tokens)
    emotion, act, trait = model(padded, torch.from_numpy(lengths), sizes)
    feel, has, do, weight, other, known = (torch.from_numpy(part) for part in truth)
    felt = functional.binary_cross_entropy_with_logits(emotion, feel, reduction="none").mean(1)
    did = functional.binary_cross_entropy_with_logits(act, do, reduction="none") * (weight / FULL_WEIGHT)
    was = functional.binary_cross_entropy_with_logits(trait, other, reduction="none") * known
    return (felt * has).mean() + ACT_SHARE * did.mean() + TRAIT_SHARE * was.mean()


class School:
    """A teacher in training: the model, its optimiser, and how far it has come. What it holds is what a checkpoint holds."""

    def __init__(self, args: argparse.Namespace, *, lessons: Lessons, still: int) -> None:
        self.args, self.lessons, self.epoch, self.step, self.steps, spent = args, lessons, 0, 0, 0, 0.0
        self.model = Teacher.load(args.encoder)
        for part in self.model.still(still):  # a fifth faster, and 43,000 texts teach a table of words little
            part.requires_grad_(requires_grad=False)
        heads = [one for head in (self.model.emotion, self.model.act, self.model.trait) for one in head.parameters()]
        known = {id(one) for one in heads}
        rest = [one for one in self.model.parameters() if one.requires_grad and id(one) not in known]
        groups = [{"params": rest, "rate": RATES["encoder"]}, {"params": heads, "rate": RATES["head"]}]
        self.adam = torch.optim.AdamW(groups, weight_decay=DECAY, fused=True)
        if args.start and not args.checkpoint.exists():
            self.model.load_state_dict(torch.load(args.start, weights_only=True)["model"], strict=False)
        if args.checkpoint.exists():
            saved = torch.load(args.checkpoint, weights_only=True)
            self.model.load_state_dict(saved["model"])
            self.adam.load_state_dict(saved["adam"])
            self.epoch, self.step, self.steps, spent = (saved[key] for key in ("epoch", "step", "steps", "spent"))
        self.clock = Clock(spent=spent, minutes=args.minutes)

    def save(self) -> None:
        """Write a checkpoint; it takes the place of the last one at once."""
        part = self.args.checkpoint.with_suffix(".part")
        state = {"epoch": self.epoch, "step": self.step, "steps": self.steps, "spent": self.clock.spent}
        torch.save({"model": self.model.state_dict(), "adam": self.adam.state_dict(), **state}, part)
        part.replace(self.args.checkpoint)

    def learn(self, loss: torch.Tensor, *, progress: float) -> None:
        """Take one step, at a rate that rises at first and then falls to 0."""
        for group in self.adam.param_groups:
            group["lr"] = group["rate"] * min(1.0, (self.steps + 1) / WARM_STEPS) * (1 - progress)
        self.adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.adam.step()
        self.step, self.steps = self.step + 1, self.steps + 1

    def study(self, tokenizer: Tokenizer) -> None:
        """Go through one epoch, or to the end of the time."""
        rows = self.lessons(self.args.data, self.epoch)
        tokens, lengths = encode(tokenizer, [row.text for row in rows], [row.before for row in rows])
        truth = *targets(rows), *trait_targets(rows)
        order = batches(np.array([len(one) for one in tokens]), seed=self.epoch)
        print(f"epoch {self.epoch}: {len(rows)} rows, {len(order)} batches", flush=True)
        last, shown = time.monotonic(), 0.0
        while self.step < len(order) and (progress := self.clock.done((self.epoch + self.step / len(order)) / self.args.epochs)) < 1:
            batch = order[self.step]
            loss = loss_of(self.model, [tokens[row] for row in batch], lengths[batch], tuple(part[batch] for part in truth))
            self.learn(loss, progress=progress)
            shown += float(loss.detach())
            if self.step % 100 == 0:
                print(f"step {self.step} loss {shown / 100:.4f} minutes {self.clock.spent / 60:.1f} done {progress:.3f}", flush=True)
                shown = 0.0
            if time.monotonic() - last > SAVE_SECONDS:
                self.save()
                last = time.monotonic()
        if self.step >= len(order):
            self.epoch, self.step = self.epoch + 1, 0


def fit(args: argparse.Namespace, *, lessons: Lessons = lesson, still: int = 0) -> Teacher:
    """Train, or go on training; the first `still` layers stay as they are."""
    torch.manual_seed(0)
    args.checkpoint.parent.mkdir(exist_ok=True)
    school, tokenizer = School(args, lessons=lessons, still=still), load_tokenizer(args.encoder)
    school.model.train()
    while school.epoch < args.epochs and school.clock.done(0) < 1:
        school.study(tokenizer)
        school.save()
    print(f"teacher done after {school.steps} steps, {school.clock.spent / 60:.1f} minutes", flush=True)
    return school.model.eval()


def load_tokenizer(folder: Path) -> Tokenizer:
    """Return the encoder's tokenizer; we cut and fill ourselves."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def hear(model: Teacher, tokens: list[list[int]], lengths: np.ndarray) -> dict[str, np.ndarray]:
    """Return the logits of all rows, and the vector that the heads saw."""
    heads = {"emotion": model.emotion, "act": model.act, "trait": model.trait}
    wide = {name: head.out_features for name, head in heads.items()} | {"vector": model.emotion.in_features}
    found = {name: np.zeros((len(tokens), size), np.float16) for name, size in wide.items()}
    order = np.argsort([len(one) for one in tokens], kind="stable")
    with torch.inference_mode():
        for start in range(0, len(order), 64):
            batch = order[start : start + 64]
            padded, sizes = pad([tokens[row] for row in batch])
            seen = model.pooled(padded, torch.from_numpy(lengths[batch]), sizes)
            found["vector"][batch] = seen.numpy()
            for name, head in heads.items():
                found[name][batch] = head(seen).numpy()
    return found


def label(args: argparse.Namespace) -> None:
    """Write what the teacher hears in every row to `labels/`, shard by shard, by the key of the row; shards that are there stay."""
    (args.checkpoint.parent / "labels").mkdir(exist_ok=True)
    if args.jobs == 1:
        label_some(args, 0)
        return
    workers = [get_context("fork").Process(target=label_some, args=(args, job)) for job in range(args.jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit("a worker stopped; the same command goes on")


def label_some(args: argparse.Namespace, job: int) -> None:
    """Write every `args.jobs`-th shard."""
    torch.set_num_threads(args.threads)
    tokenizer = load_tokenizer(args.encoder)
    model = Teacher.load(args.encoder)
    model.load_state_dict(torch.load(args.checkpoint, weights_only=True)["model"])
    model.eval()
    rows = to_label(args.data)
    for number, start in enumerate(range(0, len(rows), SHARD)):
        path = args.checkpoint.parent / "labels" / f"{number:03}.safetensors"
        if path.exists() or number % args.jobs != job:
            continue
        some = rows[start : start + SHARD]
        tokens, lengths = encode(tokenizer, [row.text for row in some], [row.before for row in some])
        save_file({"key": np.array([row.key for row in some], np.uint64), **hear(model, tokens, lengths)}, path)
        print(f"labelled shard {number}, to row {start + len(some)} of {len(rows)}", flush=True)


def to_label(data: Path) -> list[Row]:
    """Return the rows in the order of their worth, each text with its past once."""
    rows = [
        *emotions(data, split="dev"),
        *emotions(data),
        *dialogues(),
        *examples(),
        *real(data),
        *offmychest(data),
        *texts(data),
        *abuse(data),
        *quiet(data),
    ]
    return list({row.key: row for row in rows}.values())


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("what", choices=("fit", "label"))
    ap.add_argument("--data", type=Path, required=True)
    ap.add_argument("--encoder", type=Path, required=True, help="folder with config.json, tokenizer.json, model.safetensors")
    ap.add_argument("--checkpoint", type=Path, default=WORK / "teacher.pt")
    ap.add_argument("--start", type=Path, help="begin with the weights of this older teacher")
    ap.add_argument("--epochs", type=int, default=3)
    ap.add_argument("--minutes", type=float, default=1e9, help="end after so much training, the rate falling to 0 by then")
    ap.add_argument("--threads", type=int, default=1)
    ap.add_argument("--jobs", type=int, default=1, help="label in so many processes")
    args = ap.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    {"fit": fit, "label": label}[args.what](args)


if __name__ == "__main__":
    main()
