"""Every mistake Nearer can name, one class each, with the way out inside the sentence.

    NearerError                     exit code
    ├── NotEnough                   1   there is too little here to say anything
    ├── UsageError                  2   the command was not meant that way
    │   ├── UnknownName                 no act, measure, person or part of that name
    │   ├── ChoiceNeeded                the export holds more than one answer; the person must choose
    │   └── MissingExtra                an optional part is not installed
    ├── ReaderError                 3   the file cannot be read
    │   ├── UnknownFormat               no reader knows this file
    │   ├── TooLarge                    a bound of safety.md 4.8 was passed
    │   └── Unreadable                  the file is broken or is not what it says
    └── StreamError                 3   what came through the pipe is not what the stage before writes
        └── OtherEar                    another version of the ear heard these messages

Bad data inside a readable file is not an exception: it is a `Problem` (records.py) that goes along to the report and is counted there.
No sentence here ever holds message text.
"""

from collections.abc import Iterable


class NearerError(Exception):
    """Anything Nearer can name. `exit_code` is what the command line ends with; `str()` is a sentence with one next step."""

    exit_code = 4


class NotEnough(NearerError):
    """There is too little here to say anything at all."""

    exit_code = 1


class UsageError(NearerError):
    """The command was not meant that way."""

    exit_code = 2


class UnknownName(UsageError):
    """There is no thing of that name; the sentence lists what there is."""

    def __init__(self, thing: str, name: str, known: Iterable[str]) -> None:
        listed = ", ".join(sorted(known))
        super().__init__(f"There is no {thing} called {name!r}. There is: {listed}.")


class ChoiceNeeded(UsageError):
    """The export allows more than one answer and we do not guess."""

    def __init__(self, question: str, option: str, choices: Iterable[str]) -> None:
        self.option = option
        self.choices = tuple(choices)
        super().__init__(f"{question} Choose with {option}: {' | '.join(self.choices)}.")


class MissingExtra(UsageError):
    """An optional part is not installed."""

    def __init__(self, part: str, extra: str) -> None:
        super().__init__(f"{part} is an extra. Install it with: pip install 'nearer[{extra}]'")


class ReaderError(NearerError):
    """The file cannot be read."""

    exit_code = 3


class UnknownFormat(ReaderError):
    """No reader knows this file."""

    def __init__(self, file: str, known: Iterable[str]) -> None:
        listed = ", ".join(sorted(known))
        super().__init__(
            f"{file}: no reader knows this format. Known: {listed}. For a table, name its columns: --map text=body,time=created,person=author"
        )


class TooLarge(ReaderError):
    """A bound was passed; the sentence says which, where it stands and how to raise it."""

    def __init__(self, file: str, bound: str, limit: int, unit: str) -> None:
        self.bound = bound
        super().__init__(f"{file}: more than {limit:,} {unit} ({bound}). Raise it with --limit {bound}=NUMBER if you trust this file.")


class Unreadable(ReaderError):
    """The file is broken or is not what it says."""

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{file}: {why}")


class StreamError(NearerError):
    """What came through the pipe is not what the stage before writes."""

    exit_code = 3

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line} of the stream: {why}. Pipe in what the stage before wrote, e.g. nearer read EXPORT | nearer sense -")


class OtherEar(StreamError):
    """Another version of the ear heard these messages, so we do not know how often it errs."""

    def __init__(self, theirs: str, ours: str) -> None:
        NearerError.__init__(
            self, f"These messages were heard by version {theirs} of the ear; this is {ours}. Hear them again: nearer sense FILE"
        )
