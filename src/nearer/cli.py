"""The front door: parse what a person typed, call the road, print. The only place that prints.

Each stage reads what the stage before wrote, from a file or `-`, and writes to a file or `-` (the default). Progress and notes go to
stderr. Exit codes: 0 ok, 1 not enough data, 2 usage, 3 unreadable input, 4 internal, 130 interrupted.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from nearer import __version__
from nearer.errors import ChoiceNeeded, NearerError, UnknownName, UsageError

app = typer.Typer(
    name="nearer",
    help="Measures, explains and grows emotional connection from the conversations people already have. All of it stays on this machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
model_app = typer.Typer(help="The model card, and proof that the weights are the ones it describes.", no_args_is_help=True)
app.add_typer(model_app, name="model")

BOTH_MEANS = "--both: this shows what belongs to each of you alone. Use it only if it is true that both of you agreed to see it."
EXAMPLE_PERSON = "Ana"
NOT_ENOUGH, INTERNAL, INTERRUPTED = 1, 4, 130

Exports = Annotated[list[Path], typer.Argument(help="Exports of one relationship: WhatsApp .txt or .zip, Telegram .json, a table with --map.", show_default=False)]
Input = Annotated[str, typer.Argument(help="A file that the stage before wrote, or - for stdin.")]
Output = Annotated[str, typer.Option("-o", "--output", help="Write to this file; - is stdout.")]
Kind = Annotated[str | None, typer.Option(help="partner, friend or brand.", metavar="partner|friend|brand")]
Me = Annotated[str | None, typer.Option(help="Your name as the export writes it.")]
Both = Annotated[bool, typer.Option("--both", help="Both of you agreed to see what belongs to one person alone.")]
Zone = Annotated[str | None, typer.Option("--tz", help="The zone the export's clock ran in, such as Europe/Berlin; default: this machine's.")]
Dates = Annotated[str | None, typer.Option(help="Order of day and month, when the export does not tell.", metavar="dmy|mdy|ymd")]
Map = Annotated[str | None, typer.Option("--map", help="Columns of a table: text=body,time=created,person=author.")]
Same = Annotated[list[str] | None, typer.Option(help="Names of one person: 'Ana=+44...,ana@x'. May be given again.")]
Chat = Annotated[str | None, typer.Option(help="Which conversation of a full account.")]
Limit = Annotated[list[str] | None, typer.Option(help="Raise a bound: line_bytes=2000000. May be given again.")]
Form = Annotated[str, typer.Option("--format", help="html, md, text or json.")]
Incognito = Annotated[bool, typer.Option("--incognito", help="Hide names and words.")]
Seed = Annotated[int, typer.Option(help="Seed of every random draw: the same seed gives the same report.")]


# ------------------------------------------------------------------------------------------------------------------------- the main job


@app.command()
def report(
    exports: Annotated[list[Path] | None, typer.Argument(help="Exports of one relationship.", show_default=False)] = None,
    kind: Kind = None,
    me: Me = None,
    both: Both = False,
    output: Output = "report.html",
    form: Form = "",
    example: Annotated[bool, typer.Option("--example", help="Use the built-in conversation of Ana and Ben.")] = False,
    incognito: Incognito = False,
    tz: Zone = None,
    dates: Dates = None,
    columns: Map = None,
    same: Same = None,
    chat: Chat = None,
    limit: Limit = None,
    seed: Seed = 0,
) -> None:
    """From exports to an honest report, in one step."""
    from nearer import pipeline, show  # noqa: PLC0415 - the doors open lazily

    if both:
        _note(BOTH_MEANS)
    settings = _settings(tz="Europe/Berlin" if example else tz, dates=dates, columns=columns, limit=limit)
    with _telling() as tell:
        tell("reading")
        if example:
            relationship = pipeline.example(settings=settings, me=me or EXAMPLE_PERSON, both=both, kind=kind or "partner")
        else:
            if not exports:
                raise UsageError("Which export? nearer report chat.zip, or nearer report --example to see one first.")
            relationship = pipeline.read(exports, settings=settings, same=same, me=me, kind=kind or "partner", both=both, chat=chat)
        written = pipeline.report(relationship, form=form or _form_of(output), incognito=incognito, seed=seed, tell=tell)
    _write([written.encode()], output)
    _after_report(show.help_text(written.relationship) if both else "", output)


def main() -> NoReturn:
    """Run the command line; every mistake Nearer can name becomes one sentence on stderr and its exit code."""
    try:
        app(standalone_mode=False)
    except NearerError as error:
        _end(str(error), error.exit_code)
    sys.exit(0)
