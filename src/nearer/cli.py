"""The front door: parse what a person typed, call the road, print. The only place that prints.

Each stage reads what the stage before wrote, from a file or `-`, and writes to a file or `-` (the default). Progress and notes go to
stderr. Exit codes: 0 ok, 1 not enough data, 2 usage, 3 unreadable input, 4 internal, 130 interrupted.
"""

import os
import re
import shlex
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from nearer import __version__
from nearer.errors import NearerError, UnknownName, UsageError

if TYPE_CHECKING:
    from nearer.pipeline import Tell
    from nearer.read import Settings

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
EXAMPLE_ZONE = "Europe/Berlin"
STDIN = STDOUT = "-"
INTERNAL = 4
PAIR = 2
PEOPLE_NAMED = 5
PROBLEMS_PRINTED = 20
LANGUAGE_SETTINGS = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In order of precedence (POSIX). The plain `C` names no country: no country's help lines are shown as if they were local."""
WRITTEN_AS = ("jsonl", "whatsapp", "telegram")
EARS = ("swift", "deep", "llm")
EARS_WITH_A_CARD = EARS[:2]
LLM_SERVER = "http://127.0.0.1:8080"
KINDS = ("partner", "friend", "brand")
FORMS_BY_SUFFIX = {".html": "html", ".htm": "html", ".md": "md", ".txt": "text", ".json": "json"}

Exports = Annotated[
    list[Path],
    typer.Argument(help="Exports of one relationship: WhatsApp .txt or .zip, Telegram .json, a table with --map.", show_default=False),
]
Input = Annotated[str, typer.Argument(help="A file that the stage before wrote, or - for stdin.")]
Output = Annotated[str, typer.Option("-o", "--output", help="Write to this file; - is stdout.")]
Kind = Annotated[str | None, typer.Option(help="partner, friend or brand.", metavar="partner|friend|brand")]
Me = Annotated[str | None, typer.Option(help="Your name as the export writes it.")]
Both = Annotated[bool, typer.Option("--both", help="Both of you agreed to see what belongs to one person alone.")]
Zone = Annotated[
    str | None, typer.Option("--tz", help="The zone the export's clock ran in, such as Europe/Berlin; default: this machine's.")
]
Dates = Annotated[str | None, typer.Option(help="Order of day and month, when the export does not tell.", metavar="dmy|mdy|ymd")]
Map = Annotated[str | None, typer.Option("--map", help="Columns of a table: text=body,time=created,person=author.")]
Same = Annotated[list[str] | None, typer.Option(help="Names of one person: 'Ana=+44...,ana@x'. May be given again.")]
Chat = Annotated[str | None, typer.Option(help="Which conversation of a full account.")]
Limit = Annotated[list[str] | None, typer.Option(help="Raise a bound: line_bytes=2000000. May be given again.")]
Form = Annotated[
    str, typer.Option("--format", help="html, md, text or json; default: by the name of the file.", metavar="html|md|text|json")
]
Incognito = Annotated[bool, typer.Option("--incognito", help="Hide names and words.")]
Country = Annotated[str | None, typer.Option(help="Country of the help lines, such as DE; default: by this machine's language setting.")]
Ear = Annotated[
    str,
    typer.Option(
        "--ear",
        envvar="NEARER_EAR",
        help="Who hears: swift; deep, more and a thousand times slower; or llm, a language model that you run on this machine.",
        metavar="swift|deep|llm",
    ),
]
Measured = Annotated[str, typer.Argument(help="Which ear: swift or deep.", metavar="[swift|deep]", show_default=False)]
Server = Annotated[str, typer.Option("--server", help="Where --ear llm listens: http://127.0.0.1:PORT.")]
ModelName = Annotated[str, typer.Option("--model", help="Which model of the server hears, where it has several.")]
Yes = Annotated[bool, typer.Option("--yes", help="Agree that --ear llm gives the messages to that server.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of every random draw: the same seed gives the same report.")]


def _version(asked: bool) -> None:  # noqa: FBT001 - typer hands the flag on by position
    if asked:
        typer.echo(f"nearer {__version__}")
        raise typer.Exit


@app.callback()
def _front_door(
    *,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Measures, explains and grows emotional connection from the conversations people already have. All of it stays on this machine."""


# ------------------------------------------------------------------------------------------------------------------------- the main job


@app.command()
def report(
    exports: Annotated[list[Path] | None, typer.Argument(help="Exports of one relationship.", show_default=False)] = None,
    *,
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
    country: Country = None,
    seed: Seed = 0,
    ear: Ear = "swift",
    server: Server = LLM_SERVER,
    model: ModelName = "",
    yes: Yes = False,
) -> None:
    """From exports to an honest report, in one step."""
    from nearer import pipeline  # noqa: PLC0415 - the rooms open lazily: --help needs none of them

    if bool(exports) == example:
        raise UsageError("Which export? nearer report chat.zip, or nearer report --example to see one first.")
    if both:
        _note(BOTH_MEANS)
    settings = _settings(tz=tz or (EXAMPLE_ZONE if example else None), dates=dates, columns=columns, limit=limit)
    chosen = {"kind": _kind(kind) or "partner", "both": both}
    _keep_apart(exports or [], output)
    by = _ear(ear, server=server, model=model, yes=yes)
    with _telling() as tell:
        if exports:
            relationship = pipeline.load_exports(exports, settings=settings, same=_same(same), me=me, chat=chat, tell=tell, **chosen)
        else:
            relationship = pipeline.example(settings=settings, me=me or EXAMPLE_PERSON, tell=tell, **chosen)
        made = pipeline.report(
            relationship, form=form or _form_of(output), incognito=incognito, country=_country(country), seed=seed, ear=by, tell=tell
        )
    _write([made.text.encode()], output)
    _after_report(made, both=both, country=_country(country), output=output)


def _after_report(made: Any, *, both: bool, country: str | None, output: str) -> None:
    """Tell the one who opened this what the shared report must not say, and what to open next."""
    from nearer import show  # noqa: PLC0415 - the rooms open lazily

    care = show.help_text(replace(made.relationship, both=False), country=country) if both else ""
    if care:
        _note(f"\nOnly for you, not in the report:\n{care}\n")
    people = made.relationship.people
    if len(people) > PAIR:
        listed = ", ".join(people[:PEOPLE_NAMED]) + (", ..." if len(people) > PEOPLE_NAMED else "")
        _note(
            f"{len(people):,} people wrote here ({listed}); this is about {people[0]} and {people[1]}. Is one of them twice? --same 'NAME=OTHER'"
        )
    if made.relationship.me is None:
        _note(f"Say who you are to see your own side first: --me {_quoted(made.relationship.people[0])}")
    if output != STDOUT:
        _note(f"Open {output}")


# ----------------------------------------------------------------------------------------------------------------- one stage at a time


@app.command()
def read(
    exports: Exports,
    *,
    kind: Kind = None,
    me: Me = None,
    both: Both = False,
    output: Output = STDOUT,
    tz: Zone = None,
    dates: Dates = None,
    columns: Map = None,
    same: Same = None,
    chat: Chat = None,
    limit: Limit = None,
    everything: Annotated[bool, typer.Option("--all", help="System lines too.")] = False,
) -> None:
    """Read exports: one JSON line a message."""
    from nearer import pipeline  # noqa: PLC0415 - the rooms open lazily

    settings = _settings(tz=tz, dates=dates, columns=columns, limit=limit)
    _keep_apart(exports, output)
    lines = pipeline.read_lines(
        exports, settings=settings, same=_same(same), me=me, chat=chat, kind=_kind(kind) or "partner", both=both, with_system=everything
    )
    _write(lines, output)


@app.command()
def sense(
    source: Input = STDIN,
    *,
    output: Output = STDOUT,
    ear: Ear = "swift",
    server: Server = LLM_SERVER,
    model: ModelName = "",
    yes: Yes = False,
) -> None:
    """Hear messages: 28 emotions and 26 acts in each."""
    from nearer import pipeline  # noqa: PLC0415 - the rooms open lazily

    _keep_apart([Path(source)], output)
    by = _ear(ear, server=server, model=model, yes=yes)
    _write(pipeline.sense_lines(_lines(source), ear=by), output)
    for problem in by.problems if by else ():
        _note(problem.says)


@app.command()
def relate(
    source: Input = STDIN,
    *,
    output: Output = STDOUT,
    episodes: Annotated[bool, typer.Option("--episodes", help="The episodes themselves instead of findings.")] = False,
    kind: Kind = None,
    me: Me = None,
    both: Annotated[bool | None, typer.Option("--both", help="Both of you agreed to see what belongs to one person alone.")] = None,
    seed: Seed = 0,
) -> None:
    """Relate heard messages: findings with interval, evidence and coverage."""
    from nearer import pipeline  # noqa: PLC0415 - the rooms open lazily

    _keep_apart([Path(source)], output)
    chosen = {"kind": _kind(kind), "me": me, "both": both}
    _write(pipeline.relate_lines(_lines(source), seed=seed, only_episodes=episodes, **chosen), output)


@app.command()
def show(
    source: Input = STDIN,
    *,
    output: Output = STDOUT,
    form: Form = "",
    incognito: Incognito = False,
    me: Me = None,
    both: Annotated[bool | None, typer.Option("--both", help="Both of you agreed to see what belongs to one person alone.")] = None,
    country: Country = None,
) -> None:
    """Show findings as a page, Markdown, text or JSON."""
    from nearer import pipeline  # noqa: PLC0415 - the rooms open lazily

    if both:
        _note(BOTH_MEANS)
    _keep_apart([Path(source)], output)
    shown = pipeline.show_lines(
        _lines(source), form=form or _form_of(output), incognito=incognito, country=_country(country), me=me, both=both
    )
    _write([shown.encode()], output)


@app.command()
def check(
    exports: Annotated[
        list[Path] | None, typer.Argument(help="Exports; none: the data files Nearer came with.", show_default=False)
    ] = None,
    *,
    tz: Zone = None,
    dates: Dates = None,
    columns: Map = None,
    limit: Limit = None,
) -> None:
    """Check that every line of an export is accounted for, or that Nearer's own data files keep their word."""
    if not exports:
        _check_data()
        return
    from nearer import read  # noqa: PLC0415 - the rooms open lazily

    settings = _settings(tz=tz, dates=dates, columns=columns, limit=limit)
    for path in exports:
        _print_accounts(read.account(path, settings=settings))


@app.command()
def explain(
    name: Annotated[str | None, typer.Argument(help="An act, an emotion or a measure; none: all names.", show_default=False)] = None,
) -> None:
    """Explain an act, an emotion or a measure in plain words: how it is counted and whose idea it is."""
    from nearer import relate, sense  # noqa: PLC0415 - the rooms open lazily

    measured = relate.about()
    known = (*sense.names(), *measured)
    if name is None:
        typer.echo("\n".join(known))
    elif name not in known:
        raise UnknownName("act, emotion or measure", name, known)
    else:
        typer.echo(sense.explain(name) or f"{name}: {measured[name]}")


@app.command()
def simulate(
    plan: Annotated[str, typer.Argument(help="A preset (none: their names), or a TOML file of your own.", show_default=False)] = "",
    *,
    output: Output = STDOUT,
    form: Annotated[str, typer.Option("--as", help="How it is written.", metavar="jsonl|whatsapp|telegram")] = "jsonl",
    truth: Annotated[str, typer.Option(help="Write what was planted to this file.")] = "",
    tz: Zone = None,
    seed: Seed = 0,
) -> None:
    """Invent a relationship whose truth is known: for teaching, for tests, for trying things out."""
    from nearer import pipeline  # noqa: PLC0415 - the rooms open lazily
    from nearer import simulate as room  # noqa: PLC0415 - the rooms open lazily
    from nearer.stream import dump  # noqa: PLC0415 - the rooms open lazily

    if not plan:
        typer.echo("\n".join(room.plan_names()))
        return
    if form not in WRITTEN_AS:
        raise UnknownName("way to write a simulated chat", form, WRITTEN_AS)
    _keep_apart([Path(plan)], output)
    story = room.simulate(_plan(plan), seed=seed, tz=_settings(tz=tz or EXAMPLE_ZONE).tz)
    if truth:
        _write([dump(story.truth)], truth)
    messages = story.relationship.messages
    written: dict[str, Callable[[], Iterable[bytes]]] = {
        "jsonl": lambda: pipeline.labelled_lines(story.relationship),
        "whatsapp": lambda: [room.write_whatsapp(messages).encode()],
        "telegram": lambda: [room.write_telegram(messages)],
    }
    _write(written[form](), output)


def _plan(name: str) -> Any:
    from nearer import simulate as room  # noqa: PLC0415 - the rooms open lazily

    if not name.endswith(".toml"):
        return room.load_plan(name)
    try:
        return room.plan_of(tomllib.loads(Path(name).read_text("utf-8")))
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror or 'it cannot be opened'}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise UsageError(f"{name}: this is not TOML.") from None


@model_app.command("card")
def model_card(name: Measured = "swift") -> None:
    """Print the model card: data, licences, figures, failures."""
    typer.echo(_measured(name).card())


@model_app.command("verify")
def model_verify(name: Measured = "swift") -> None:
    """Check the weights against the SHA-256 of the card."""
    _measured(name).verify()
    typer.echo("The weights are the ones of the model card.")


# ------------------------------------------------------------------------------------------------------------- what a person typed


def _ear(name: str, *, server: str, model: str, yes: bool) -> Any:
    """Return the ear that was asked for, None for the swift one. The llm ear is asked about on a terminal before its first use."""
    if name not in EARS:
        raise UnknownName("ear", name, EARS)
    if name == "swift":
        return None
    if name == "deep":
        from nearer.sense import load_ear  # noqa: PLC0415 - only who asks for it

        return load_ear(name)
    from nearer.sense import llm  # noqa: PLC0415 - only who asks for it

    at_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    llm.consent(server, yes=yes, ask=(lambda question: typer.confirm(question, err=True)) if at_terminal else None)
    return llm.load_llm(server, model=model)


def _measured(name: str) -> Any:
    """Return the part that has the card of an ear."""
    from nearer import sense  # noqa: PLC0415 - the rooms open lazily

    if name not in EARS_WITH_A_CARD:
        raise UnknownName("ear with a model card", name, EARS_WITH_A_CARD)
    if name == "swift":
        return sense
    from nearer.sense import deep  # noqa: PLC0415 - only who asks for it

    return deep


def _settings(*, tz: str | None = None, dates: str | None = None, columns: str | None = None, limit: list[str] | None = None) -> "Settings":
    from nearer import read  # noqa: PLC0415 - the rooms open lazily
    from nearer.records import zone  # noqa: PLC0415 - the rooms open lazily

    name = tz or _machine_zone()
    try:
        zone(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(f"There is no time zone {name!r}. Zones are named like Europe/Berlin: --tz Europe/Berlin") from None
    return read.Settings(
        tz=name,
        dates=read.parse_dates(dates) if dates else None,
        columns=read.parse_columns(columns) if columns else {},
        limits=read.parse_limits(limit or []),
    )


def _machine_zone() -> str:
    from tzlocal import get_localzone_name  # noqa: PLC0415 - only where no zone was named

    return get_localzone_name() or "UTC"


def _same(texts: list[str] | None) -> dict[str, tuple[str, ...]]:
    from nearer import read  # noqa: PLC0415 - the rooms open lazily

    return read.parse_same(";".join(texts)) if texts else {}


def _kind(kind: str | None) -> str | None:
    if kind is not None and kind not in KINDS:
        raise UnknownName("kind", kind, KINDS)
    return kind


def _country(country: str | None) -> str | None:
    """Return the country of the help lines: as given, else of this machine's language setting; never by network."""
    if country:
        return country.upper()
    said = next((os.environ[name] for name in LANGUAGE_SETTINGS if os.environ.get(name)), "")
    found = re.match(r"[a-z]{2,3}_([A-Z]{2})\b", said)
    return found[1] if found else None


def _form_of(output: str) -> str:
    """Return the form a file's name stands for; raises UsageError for a name that promises another."""
    suffix = Path(output).suffix.lower()
    if output != STDOUT and suffix not in FORMS_BY_SUFFIX:
        raise UsageError(
            f"{output}: we do not write {suffix or 'a file without a suffix'}. Name it .html, .md, .txt or .json, or say --format."
        )
    return FORMS_BY_SUFFIX.get(suffix, "html")


def _quoted(name: str) -> str:
    return shlex.quote(_visible(name))


# ------------------------------------------------------------------------------------------------------------------ files and screen


def _lines(source: str) -> Iterator[bytes]:
    from nearer.stream import lines_of  # noqa: PLC0415 - the rooms open lazily

    if source == STDIN:
        yield from lines_of(sys.stdin.buffer)
        return
    try:
        with Path(source).open("rb") as opened:
            yield from lines_of(opened)
    except OSError as error:
        raise UsageError(f"{source}: {error.strerror or 'it cannot be opened'}.") from None


def _keep_apart(sources: list[Path], output: str) -> None:
    """Refuse to write over what is read, or where nothing can be written, before any work is done."""
    if output == STDOUT:
        return
    if any(source.resolve() == Path(output).resolve() for source in sources):
        raise UsageError(f"{output} is what is being read. Choose another name: -o {Path(output).stem}-new{Path(output).suffix}")
    if not Path(output).resolve().parent.is_dir():
        raise UsageError(f"{output}: there is no such folder.")


def _write(chunks: Iterable[bytes], output: str) -> None:
    """Write to stdout, or to a file that only this person may read and that is there whole or not at all."""
    if output == STDOUT:
        try:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # whoever reads has read enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    target = Path(output)
    part = target.with_name(f"{target.name}.part")
    try:
        part.touch(mode=0o600)
        with part.open("wb") as opened:
            opened.writelines(chunks)
        part.replace(target)
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror or 'it cannot be written'}.") from None
    finally:
        part.unlink(missing_ok=True)


def _print_accounts(accounts: Any) -> None:
    export = accounts.export
    typer.echo(f"{_visible(export.file)}  ({export.format})")
    counted = {name: getattr(export, name) for name in ("messages", "continuations", "system", "problems", "lines")}
    width = max(len(f"{count:,}") for count in counted.values())
    for name, count in counted.items():
        typer.echo(f"  {name:14} {count:>{width},}")
    rest = export.lines - sum(count for name, count in counted.items() if name != "lines")
    if not accounts.made_of_lines:
        typer.echo("  one JSON object over these lines: its messages are counted, its lines cannot be added up")
    else:
        typer.echo("  messages + continuations + system + problems = lines" if not rest else f"  {rest:,} lines are not accounted for")
    typer.echo(f"  not in this format: {', '.join(export.cannot_carry) or 'nothing we know of'}")
    for note in export.notes:
        typer.echo(f"  note: {_visible(note)}")
    for problem in accounts.problems[:PROBLEMS_PRINTED]:
        typer.echo(f"  line {problem.origin.line}: {_visible(problem.says)}")
    if len(accounts.problems) > PROBLEMS_PRINTED:
        typer.echo(f"  and {export.problems - PROBLEMS_PRINTED:,} more problems")


def _check_data() -> None:
    from nearer import sense  # noqa: PLC0415 - the rooms open lazily

    faults = list(sense.check())
    for fault in faults:
        typer.echo(fault)
    if faults:
        raise typer.Exit(INTERNAL)
    typer.echo("The weights are the ones of the card, and no cue stands in an example that it must not.")


def _note(text: str) -> None:
    typer.echo(_visible(text), err=True)


def _visible(text: str) -> str:
    """Write out every mark that cannot be seen (T20): a name may hold one that turns the line around."""
    from nearer.show import visible  # noqa: PLC0415 - the rooms open lazily

    return visible(text, lines=True)


@contextmanager
def _telling() -> Iterator["Tell"]:
    """Tell on stderr what goes on, with its rate and an end time where one is known; only on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - only where something is told
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda *_: None
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield _teller(progress, task)


def _teller(progress: Any, task: Any) -> "Tell":
    now: list[str] = []

    def tell(what: str, done: int, of: int) -> None:
        if now != [what]:
            now[:] = [what]
            progress.reset(task, total=of or None)
        elapsed = progress.tasks[0].elapsed or 0.0
        rate = f" {done:,} messages, {done / elapsed:,.0f}/s" if what == "reading" and done and elapsed > 0 else ""
        amount = f" {of:,} messages" if what == "hearing" else ""
        progress.update(task, description=f"{what}{rate}{amount}", completed=done)

    return tell


def main() -> NoReturn:
    """Run the command line; every mistake Nearer can name becomes one sentence on stderr and its exit code."""
    try:
        app()
    except NearerError as error:
        _end(str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - a door: what nobody foresaw is shown with its place, never with the data it happened on
        trace, place = error.__traceback__, ""
        while trace:
            place, trace = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}", trace.tb_next
        _end(
            f"Something went wrong inside Nearer ({type(error).__name__} at {place}). Your files are untouched. Please report it.", INTERNAL
        )
    sys.exit(0)


def _end(sentence: str, code: int) -> NoReturn:
    _note(sentence)
    sys.exit(code)
