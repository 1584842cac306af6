"""The llm ear: a language model on this very machine is asked, with the codebook, which acts each message does. Off unless asked for.

Any server that speaks the OpenAI way and listens on the loopback address can be it; nothing is ever sent anywhere else, and nothing before
a person agreed. It is given a few messages of one conversation at a time with the three before them, never a passage in which words of
crisis or violence stand. It is asked for acts only: emotions are the swift ear's. What it does not answer as asked is not heard. How often
it errs was never measured, so it has no error figures (docs/decisions/0005). Constructs 5 and 5.0; safety rules 1, 13, 14; T21, C25, C36.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol

import numpy as np

from nearer.columns import Messages, Texts
from nearer.errors import ChoiceNeeded, MissingExtra, UnknownName, UsageError
from nearer.records import ACTS, WHAT_INDEX, Codes, Ear, Flags, Ints, Origin, Problem, Scores
from nearer.sense._care import care, stopped
from nearer.sense.llm._address import Address, to_address
from nearer.sense.llm._codebook import codebook, read_answer, schema, version
from nearer.sense.llm._kept import Kept, agree, data_folder, forget, has_agreed
from nearer.sense.llm._lines import Line, batches, in_order, to_given
from nearer.sense.llm._words import words
from nearer.sense.model import load_ear

if TYPE_CHECKING:
    from nearer.sense.llm._wire import Bounds

__all__ = ["NAME", "LlmEar", "consent", "data_folder", "forget", "load_llm"]

NAME = "llm"
SHOWN = 0.5
"""The model says that an act is there (1) or not (0); it gives no score between."""

Tell = Callable[[int, int], None]
"""Told how many messages are heard, of how many."""


class Asked(Protocol):
    """What the ear needs of a server (`_server.Server`)."""

    def models(self) -> tuple[str, ...]:
        """Return the names of its models."""

    def ask(self, model: str, *, told: str, given: str, schema: Mapping[str, object]) -> str:
        """Return what a model says."""


def consent(given: str, *, yes: bool = False, ask: Callable[[str], bool] | None = None, folder: Path | None = None) -> None:
    """Make sure that a person agreed to this address, and keep that they did.

    `yes` agrees for them; `ask` puts the question to them (None: there is no terminal to ask at). Raises UsageError where nobody agreed."""
    address = to_address(given)
    if has_agreed(address, folder=folder):
        return
    said = words("consent")
    if not yes and ask is None:
        raise UsageError(said["how"].format(address=address))
    if not yes and ask is not None and not ask(said["question"].strip().format(address=address)):
        raise UsageError(said["refused"])
    agree(address, folder=folder)


def load_llm(
    given: str, *, model: str = "", bounds: "Bounds | None" = None, folder: Path | None = None, tell: Tell = lambda *_: None
) -> "LlmEar":
    """Return the ear behind the server at an address; its model is the only one it has, or the one named.

    Raises UsageError for another address, without consent, where nothing answers; ChoiceNeeded among models; MissingExtra."""
    address = to_address(given)
    if not has_agreed(address, folder=folder):
        raise UsageError(words("consent")["how"].format(address=address))
    try:
        from nearer.sense.llm import _server, _wire  # noqa: PLC0415 - the extra is needed only here
    except ImportError:
        raise MissingExtra("The llm ear", "llm") from None
    bounds = bounds or _wire.Bounds()
    server = _server.Server(address, bounds)
    try:
        names = server.models()
    except _wire.Unanswered as error:
        raise UsageError(words("server")["away"].format(address=address, why=error.why)) from None
    return LlmEar(server, _chosen(model, names, address), address=address, bounds=bounds, folder=folder, tell=tell)


class LlmEar:
    """A model behind a server, with what it said before. `errors` is None: nobody measured how often it errs."""

    errors: None = None

    def __init__(
        self,
        server: Asked,
        model: str,
        *,
        address: Address,
        bounds: "Bounds",
        folder: Path | None = None,
        tell: Tell = lambda *_: None,
    ) -> None:
        swift = load_ear().ear
        self._version = sha256(f"{model}\n{version()}".encode()).hexdigest()
        made = sha256(f"{self._version}\n{swift.hash}".encode()).hexdigest()
        self.ear = Ear(NAME, f"{model} (acts; emotions by {swift.name} {swift.version})", made)
        self._server, self._model, self._address, self._bounds, self._tell = server, model, address, bounds, tell
        self._kept = Kept(self._version, folder=folder)
        self._missed: Counter[str] = Counter()

    @property
    def name(self) -> str:
        """Its name among the ears."""
        return self.ear.name

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was not heard, one problem for each reason, with counts."""
        said, where = words("missed"), Origin(str(self._address), 0)
        return tuple(
            Problem("not_heard", said[why].format(n=f"{count:,}", address=self._address), where)
            for why, count in sorted(self._missed.items())
        )

    def acts_shown(self, acts: Scores) -> Flags:
        """Say which of n x 26 acts are shown: those the model named."""
        shown: Flags = acts >= SHOWN
        return shown

    def emotions_shown(self, emotions: Scores) -> Flags:
        """Say which of n x 28 scores the swift ear would show."""
        return load_ear().emotions_shown(emotions)

    def hear(self, texts: Texts, *, conversation: Codes, person: Codes, time: Ints, heard: Flags | None = None) -> tuple[Scores, Scores]:
        """Return n x 28 emotions and n x 26 acts (0 or 1), rows in the order given.

        What is not to be `heard` has scores of 0.0 and is given to nobody. A row of acts that are NaN could not be heard: the server gave no
        answer that can be used, or it lies in a passage around words of crisis, wherever among the texts these stand."""
        asked = np.ones(len(texts), dtype=np.bool_) if heard is None else heard
        emotions, _ = load_ear().hear(texts, conversation=conversation, person=person, time=time, heard=asked)
        acts = np.zeros((len(texts), len(ACTS)), dtype=np.float32)
        acts[asked] = np.nan
        silent = ~asked | _in_need(texts, conversation=conversation, time=time)
        lines = in_order(texts, conversation=conversation, person=person, time=time, silent=silent)
        self._ask_for(lines)
        rows = [(line.row, self._kept[key]) for line in lines if (key := line.key(self._version)) in self._kept]
        masks = np.array([mask for _, mask in rows], dtype=np.uint32)
        acts[[row for row, _ in rows]] = masks[:, None] >> np.arange(len(ACTS), dtype=np.uint32) & 1
        return emotions, acts

    def _ask_for(self, lines: Sequence[Line]) -> None:
        """Ask for what is not kept yet, batch by batch, until it is all there, time is over or the server fails too often in a row."""
        until, failures, done = monotonic() + self._bounds.all_seconds, 0, 0
        for batch in batches(lines, known=self._knows):
            why = "time" if monotonic() >= until else "gave_up" if failures >= self._bounds.failures else self._answered(batch)
            if why:
                self._missed[why] += len(batch)
            failures = failures + 1 if why else 0
            done += len(batch)
            self._tell(done, len(lines))

    def _knows(self, line: Line) -> bool:
        return line.key(self._version) in self._kept

    def _answered(self, batch: Sequence[Line]) -> str:
        """Ask about one batch and keep what was answered as asked; returns why it was not, or ""."""
        from nearer.sense.llm._wire import Unanswered  # noqa: PLC0415 - the extra is needed only here

        try:
            said = self._server.ask(self._model, told=codebook(), given=to_given(batch), schema=schema(len(batch)))
        except Unanswered as error:
            return error.why
        masks = read_answer(said, count=len(batch))
        if masks is None:
            return "garbled"
        good = {line.key(self._version): mask for line, mask in zip(batch, masks, strict=True) if mask is not None}
        self._kept.add(good)
        if None in masks:
            self._missed["acts"] += masks.count(None)
        return ""


def _chosen(model: str, names: Sequence[str], address: Address) -> str:
    """Return the model to ask; raises where there is none of that name, more than one, or one that runs elsewhere."""
    said = words("server")
    if model and names and model not in names:
        raise UnknownName("model at this server", model, names)
    if not model and len(names) > 1:
        raise ChoiceNeeded(said["which"].format(address=address), "--model", names)
    if not model and not names:
        raise UsageError(said["none"].format(address=address))
    chosen = model or names[0]
    if chosen.lower().endswith(tuple(said["far"])):
        raise UsageError(said["passes_on"].format(model=chosen))
    return chosen


def _in_need(texts: Texts, *, conversation: Codes, time: Ints) -> Flags:
    """Mask the passages around words of crisis or violence among these texts.

    An ear that gives words to another program looks for itself, whatever was kept back before it hears."""
    count = len(texts)
    zeros = np.zeros(count, dtype=np.int32)
    messages = Messages(
        conversation=conversation,
        person=zeros,
        time=time,
        what=np.full(count, WHAT_INDEX["text"], dtype=np.int8),
        text=texts,
        file=zeros,
        line=np.zeros(count, dtype=np.int64),
        edited=np.zeros(count, dtype=np.bool_),
        conversations=(),
        people=(),
        files=(),
    )
    mask = np.zeros(count, dtype=np.bool_)
    mask[list(stopped(messages, care(messages)))] = True
    return mask
