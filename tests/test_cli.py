"""The front door: every command as a person types it, every exit code, every mistake in one sentence."""

import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from conversation import every_day
from nearer import __version__, cli

DAY = """
    07:10 Ana: good morning love
    07:20 Ben: morning! sleep well?
    18:02 Ana: i'm so nervous about the exam tomorrow, can you call me?
    18:05 Ben: i'm here. you prepared well, i'll call you at eight
    22:15 Ben: good night, sleep well
"""
COMMANDS = ("report", "read", "sense", "relate", "show", "check", "explain", "simulate", "model")


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, object]]:
        return [orjson.loads(line) for line in self.out.split("\n") if line]


Nearer = Callable[..., Ended]


@pytest.fixture
def nearer(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Nearer:
    """Run the command line in this process."""

    def run(*arguments: object, stdin: str = "") -> Ended:
        monkeypatch.setattr(sys, "argv", ["nearer", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        with pytest.raises(SystemExit) as ended:
            cli.main()
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        return Ended(int(ended.value.code or 0), out.decode(), err.decode())

    return run


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """A table of forty days."""
    path = tmp_path / "chat.csv"
    lines = [line.split(" ", 3) for line in every_day(40, DAY).splitlines()]
    rows = [f'{day} {clock}:00,{person.rstrip(":")},"{text}"' for day, clock, person, text in lines]
    path.write_text("time,person,text\n" + "\n".join(rows) + "\n", "utf-8")
    return path


def test_it_says_its_version_and_helps(nearer: Nearer) -> None:
    assert nearer("--version").out == f"nearer {__version__}\n"
    helped = nearer("-h")
    assert helped.code == 0
    assert all(command in helped.out for command in COMMANDS)
    assert nearer().code == 2


def test_it_runs_as_a_module() -> None:
    ran = subprocess.run([sys.executable, "-m", "nearer", "--version"], capture_output=True, check=True, text=True)
    assert ran.stdout == f"nearer {__version__}\n"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps(nearer: Nearer, command: str) -> None:
    helped = nearer(command, "--help")
    assert helped.code == 0
    assert f"nearer {command}" in helped.out


def test_each_stage_reads_what_the_one_before_wrote(nearer: Nearer, chat: Path, tmp_path: Path) -> None:
    read = nearer("read", chat, "--tz", "Europe/Berlin", "--me", "Ana")
    assert (read.code, read.err) == (0, "")
    assert read.rows[0]["me"] == "Ana"
    assert read.rows[1]["time"] == "2026-03-01T07:10:00+01:00"
    sensed = nearer("sense", stdin=read.out)
    assert len(sensed.rows) == len(read.rows) == 201
    related = nearer("relate", "-", "-o", tmp_path / "findings.jsonl", stdin=sensed.out)
    assert (related.code, related.out) == (0, "")
    shown = nearer("show", tmp_path / "findings.jsonl", "--format", "json")
    assert shown.code == 0
    assert orjson.loads(shown.out)
    assert nearer("report", chat, "--tz", "Europe/Berlin", "--me", "Ana", "-o", "-", "--format", "json").out == shown.out


def test_episodes_are_one_flag_away(nearer: Nearer, chat: Path) -> None:
    sensed = nearer("sense", stdin=nearer("read", chat).out)
    episodes = nearer("relate", "--episodes", stdin=sensed.out)
    assert {"conversation", "episode", "what", "shape", "weight", "roles", "messages", "start", "end"} <= episodes.rows[1].keys()


def test_a_report_is_a_file_for_its_owner_alone(nearer: Nearer, chat: Path, tmp_path: Path) -> None:
    made = nearer("report", chat, "-o", tmp_path / "report.html")
    assert made.code == 0
    assert "report.html" in made.err
    assert "--me" in made.err
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")
    assert (tmp_path / "report.html").stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))


def test_the_form_follows_the_name_of_the_file(nearer: Nearer, chat: Path, tmp_path: Path) -> None:
    for name in ("r.md", "r.txt", "r.json"):
        assert nearer("report", chat, "-o", tmp_path / name).code == 0
        assert "<!doctype" not in (tmp_path / name).read_text("utf-8")
    orjson.loads((tmp_path / "r.json").read_bytes())


def test_both_is_told_in_one_sentence(nearer: Nearer, chat: Path) -> None:
    assert "only if it is true" in nearer("report", chat, "--both", "-o", "-").err
    assert "only if it is true" not in nearer("report", chat, "-o", "-").err


def test_what_is_read_is_never_written_over(nearer: Nearer, chat: Path) -> None:
    before = chat.read_bytes()
    for command in ("report", "read", "sense", "relate", "show"):
        ended = nearer(command, chat, "-o", chat)
        assert (ended.code, chat.read_bytes()) == (2, before)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("report",), 2, "Which export?"),
        (("report", "there-is-none.txt"), 3, "no such file"),
        (("report", "--example", "{chat}"), 2, "Which export?"),
        (("report", "{chat}", "--kind", "lover"), 2, "brand, friend, partner"),
        (("report", "{chat}", "--tz", "Mars/Base"), 2, "Mars/Base"),
        (("report", "{chat}", "--dates", "dym"), 2, "dmy, mdy, ymd"),
        (("report", "{chat}", "--me", "Chloe"), 2, "Ana, Ben"),
        (("report", "{chat}", "--limit", "line_bytes"), 2, "NAME=NUMBER"),
        (("report", "{chat}", "--format", "pdf", "-o", "-"), 2, "html"),
        (("report", "{chat}", "-o", "report.pdf"), 2, "we do not write .pdf"),
        (("report", "{chat}", "--seed", "-1"), 2, "seed"),
        (("show", "{chat}"), 3, "not a JSON object"),
        (("report", "{chat}", "-o", "/no/such/folder/report.html"), 2, "no such folder"),
        (("read", "{chat}", "--same", "Ana"), 2, "--same"),
        (("sense", "there-is-none.jsonl"), 2, "No such file"),
        (("explain", "dance"), 2, "There is no act, emotion or measure called 'dance'"),
        (("simulate", "dance"), 2, "dance"),
        (("report", "--dance"), 2, "No such option"),
        (("dance",), 2, "No such command"),
    ],
)
def test_a_mistake_is_one_sentence_and_its_exit_code(nearer: Nearer, chat: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    ended = nearer(*(argument.format(chat=chat) for argument in arguments))
    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err
    assert "Traceback" not in ended.err


def test_a_stream_that_is_none_ends_with_three(nearer: Nearer) -> None:
    ended = nearer("sense", stdin="hello\n")
    assert (ended.code, ended.err.count("\n")) == (3, 1)
    assert "line 1" in ended.err


def test_one_person_alone_is_not_enough(nearer: Nearer, tmp_path: Path) -> None:
    path = tmp_path / "alone.csv"
    path.write_text("time,person,text\n2026-03-01 09:00:00,Ana,hello?\n", "utf-8")
    ended = nearer("report", path, "-o", tmp_path / "report.html")
    assert (ended.code, (tmp_path / "report.html").exists()) == (1, False)
    assert "It takes two" in ended.err


def test_an_interrupt_ends_with_130(nearer: Nearer, chat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("nearer.pipeline.load_exports", interrupt)
    assert nearer("report", chat).code == 130


def test_what_nobody_foresaw_is_told_without_the_data_it_happened_on(nearer: Nearer, chat: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_(*_: object, **__: object) -> None:
        raise ValueError("my secret")

    monkeypatch.setattr("nearer.pipeline.load_exports", break_)
    ended = nearer("report", chat)
    assert ended.code == 4
    assert "ValueError at test_cli.py" in ended.err
    assert "secret" not in ended.err


def test_nothing_half_written_stays_behind(nearer: Nearer, chat: Path, tmp_path: Path) -> None:
    ended = nearer("sense", chat, "-o", tmp_path / "out.jsonl")
    assert ended.code == 3
    assert not (tmp_path / "out.jsonl").exists()
    assert not list(tmp_path.glob("*.part"))


def test_check_adds_up_every_line(nearer: Nearer, chat: Path) -> None:
    with chat.open("a", encoding="utf-8") as opened:
        opened.write("nonsense,Ana,secret words\n")
    checked = nearer("check", chat)
    assert checked.code == 0
    assert "messages + continuations + system + problems = lines" in checked.out
    assert "line 202" in checked.out
    assert "secret" not in checked.out


def test_check_without_an_export_checks_the_data_that_ships(nearer: Nearer) -> None:
    checked = nearer("check")
    assert checked.code == 0
    assert "weights" in checked.out


def test_explain_names_everything_and_explains_each(nearer: Nearer) -> None:
    names = nearer("explain").out.split()
    assert {"promise", "gratitude", "accessible", "ritual_stopped"} <= set(names)
    assert len(names) == len(set(names))
    for name in names:
        explained = nearer("explain", name)
        assert explained.code == 0
        assert explained.out.startswith(f"{name}: ")


def test_the_model_tells_its_card_and_proves_its_weights(nearer: Nearer) -> None:
    assert nearer("model", "card").out.startswith("# Model card")
    assert nearer("model", "verify").code == 0


def test_a_simulated_chat_is_read_like_any_other(nearer: Nearer, tmp_path: Path) -> None:
    names = [line.split()[0] for line in nearer("simulate").out.splitlines()]
    assert "example" in names
    path, truth = tmp_path / "WhatsApp Chat with Ben.txt", tmp_path / "truth.json"
    assert nearer("simulate", "quiet", "--as", "whatsapp", "--truth", truth, "-o", path).code == 0
    assert orjson.loads(truth.read_bytes())
    labelled = nearer("simulate", "quiet")
    read = nearer("read", path, "--tz", "Europe/Berlin")
    assert [(r["person"], r["text"]) for r in read.rows[1:]] == [
        (r["person"], r["text"]) for r in labelled.rows[1:] if r["what"] == "text"
    ] or (len(read.rows) == len(labelled.rows))
    assert nearer("relate", stdin=labelled.out).code == 0


def test_the_built_in_example_reports(nearer: Nearer, tmp_path: Path) -> None:
    made = nearer("report", "--example", "-o", tmp_path / "report.html")
    assert made.code == 0
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "Ana" in page
    assert "Ben" in page


@pytest.mark.parametrize(
    ("settings", "country"),
    [
        ({"LANG": "de_DE.UTF-8"}, "DE"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "pt_BR"}, "BR"),
        ({"LANG": "C.UTF-8"}, None),
        ({"LANG": "POSIX"}, None),
        ({"LANG": "de"}, None),
        ({}, None),
    ],
)
def test_the_country_of_the_help_lines_is_what_was_set_and_never_a_guess(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], country: str | None
) -> None:
    for name in cli.LANGUAGE_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert cli._country(None) == country
    assert cli._country("at") == "AT"


def test_with_both_the_help_is_told_to_the_one_who_opened_it_and_stands_in_no_report(nearer: Nearer, chat: Path) -> None:
    with chat.open("a", encoding="utf-8") as opened:
        opened.write("2026-04-20 20:00:00,Ben,i want to kill myself\n")
    ended = nearer("report", chat, "--both", "--country", "DE", "-o", "-", "--format", "text")
    assert "Only for you, not in the report" in ended.err
    assert "0800" in ended.err
    assert "Only for you" not in ended.out
    alone = nearer("report", chat, "--country", "DE", "-o", "-", "--format", "text")
    assert "Only for you" not in alone.err
    assert "0800" in alone.out
    assert "kill" not in ended.err + ended.out + alone.err + alone.out


def test_show_refuses_what_relate_did_not_write(nearer: Nearer, chat: Path) -> None:
    ended = nearer("show", stdin=nearer("read", chat).out)
    assert (ended.code, ended.out) == (3, "")
    assert "not a finding" in ended.err


def test_a_name_that_turns_the_line_around_is_written_out(nearer: Nearer, tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    path.write_text("time,person,text\n2026-03-01 09:00:00,A\u202ena,hi\n2026-03-01 09:01:00,Ben,ho\n", "utf-8")
    ended = nearer("report", path, "--me", "Chloe")
    assert ended.code == 2
    assert "\u202e" not in ended.err
    assert "U+202E" in ended.err


def test_three_people_are_named_and_a_double_is_asked_about(nearer: Nearer, tmp_path: Path) -> None:
    path = tmp_path / "chat.csv"
    rows = "".join(f"2026-03-01 09:0{n}:00,{name},hi\n" for n, name in enumerate(("Ana", "Ana", "Ben", "Ben", "Ana B.")))
    path.write_text("time,person,text\n" + rows, "utf-8")
    asked = nearer("report", path, "-o", "-", "--format", "text")
    assert "3 people wrote here (Ana, Ben, Ana B.)" in asked.err
    one = nearer("report", path, "--same", "Ana=Ana B.", "--me", "Ana B.", "-o", "-", "--format", "text")
    assert (one.code, one.err) == (0, "")


def test_whoever_reads_only_the_first_line_is_no_fault(chat: Path) -> None:
    command = f"{sys.executable} -m nearer read '{chat}' --tz UTC | head -n 1; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, check=True, text=True)
    assert ran.stdout.splitlines()[-1] == "0"
    assert ran.stderr == ""
