"""Which number is the day: voted, refuted by time that runs back, asked on a tie; and the calendars phones print."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from nearer.columns import Messages
from nearer.errors import ChoiceNeeded, Unreadable
from nearer.read import Dates, Settings, whatsapp
from nearer.read._whatsapp_dates import day_of
from nearer.read._whatsapp_heads import ERAS, head_of, hour_of
from nearer.read._whatsapp_worded import worded_head_of
from nearer.records import Export, Problem
from whatsapp_writer import Style, write

DMY = Style("{dd}/{mm}/{yy}, {HH}:{min} - ")
EPOCH = date(1970, 1, 1)


def put(folder: Path, *dates: str, head: str = "{}, 21:41 - Ana: hi") -> Path:
    path = folder / "WhatsApp Chat with Ana.txt"
    path.write_text("".join(head.format(one) + "\n" for one in dates), "utf-8")
    return path


def read(path: Path, dates: Dates | None = None) -> tuple[list[str], Export, list[Problem]]:
    items = list(whatsapp.read(path, settings=Settings(dates=dates)))
    days = [m.time.date().isoformat() for item in items if isinstance(item, Messages) for m in item]
    return days, next(item for item in items if isinstance(item, Export)), [item for item in items if isinstance(item, Problem)]


def noted(export: Export) -> str:
    (note,) = export.notes
    return note


def test_one_date_that_can_only_be_one_settles_all(tmp_path: Path) -> None:
    days, export, _ = read(put(tmp_path, "3/4/2022", "13/4/2022"))
    assert days == ["2022-04-03", "2022-04-13"]
    assert noted(export) == "dates read as dmy (1 of 2 dates can only be that)"
    days, export, _ = read(put(tmp_path, "3/4/2022", "4/13/2022"))
    assert days == ["2022-03-04", "2022-04-13"]
    assert noted(export) == "dates read as mdy (1 of 2 dates can only be that)"


def test_the_last_line_of_a_file_counts_as_much_as_the_first(tmp_path: Path) -> None:
    days, _, _ = read(put(tmp_path, *["3/4/2022"] * 500, "13/4/2022"))
    assert days[0] == "2022-04-03"


def test_a_tie_is_asked_and_the_answer_is_kept(tmp_path: Path) -> None:
    path = put(tmp_path, "3/4/2022", "4/4/2022", "5/4/2022")
    with pytest.raises(ChoiceNeeded, match="no date tells whether day or month comes first") as asked:
        read(path)
    assert (asked.value.option, asked.value.choices) == ("--dates", ("dmy", "mdy"))
    assert read(path, "dmy")[0] == ["2022-04-03", "2022-04-04", "2022-04-05"]
    days, export, _ = read(path, "mdy")
    assert days == ["2022-03-04", "2022-04-04", "2022-05-04"]
    assert noted(export) == "dates read as mdy, as you said"


def test_as_many_votes_for_each_order_are_a_tie(tmp_path: Path) -> None:
    with pytest.raises(ChoiceNeeded):
        read(put(tmp_path, "13/4/2022", "4/13/2022"))
    assert read(put(tmp_path, "13/4/2022", "4/13/2022", "14/4/2022"))[1].notes[0].startswith("dates read as dmy (2 of 3")


def test_a_date_that_is_the_same_in_both_orders_is_not_asked(tmp_path: Path) -> None:
    assert read(put(tmp_path, "3/3/2022", "4/4/2022"))[0] == ["2022-03-03", "2022-04-04"]


def early_days(months: Iterable[int]) -> list[str]:
    return [f"{day}/{month}/2022" for month in months for day in (1, 5, 11)]


def test_time_that_would_run_back_again_and_again_refutes_an_order(tmp_path: Path) -> None:
    days, export, _ = read(put(tmp_path, *early_days((1, 2, 3))))
    assert days[:4] == ["2022-01-01", "2022-01-05", "2022-01-11", "2022-02-01"]
    assert noted(export) == "dates read as dmy (as mdy, time would run backward 2 times)"


def test_where_one_order_alone_runs_forward_all_the_time_it_is_that_one(tmp_path: Path) -> None:
    days, export, _ = read(put(tmp_path, *early_days((1, 2))))
    assert (days[2], days[3]) == ("2022-01-11", "2022-02-01")
    assert noted(export) == "dates read as dmy (as mdy, time would run backward once)"
    days, export, _ = read(put(tmp_path, "4/5/2023", "4/7/2023", "5/1/2023", "5/2/2023"))
    assert days == ["2023-04-05", "2023-04-07", "2023-05-01", "2023-05-02"]
    assert noted(export) == "dates read as mdy (as dmy, time would run backward once)"


def test_a_message_that_came_a_day_late_refutes_nothing(tmp_path: Path) -> None:
    """`1/2` after `2/2` is a day back in one order, which happens, and a month back in the other, which does not."""
    assert read(put(tmp_path, "1/2/2022", "2/2/2022", "1/2/2022", "3/2/2022"))[0][2] == "2022-02-01"


def test_where_both_orders_run_back_or_neither_does_it_is_asked(tmp_path: Path) -> None:
    for dates in (("1/2/2022", "7/2/2022", "1/2/2022", "8/2/2022"), ("1/2/2022", "2/3/2022", "4/5/2022"), ("3/4/2022",)):
        with pytest.raises(ChoiceNeeded):
            read(put(tmp_path, *dates))


def test_a_year_of_four_digits_that_comes_first_leaves_no_doubt(tmp_path: Path) -> None:
    days, export, _ = read(put(tmp_path, "2022/3/4", "2022-03-05".replace("-", "/")))
    assert (days, export.notes) == (["2022-03-04", "2022-03-05"], ())


def test_a_short_year_that_comes_first_is_seen_by_how_little_it_changes(tmp_path: Path) -> None:
    days, export, _ = read(put(tmp_path, *(f"22/03/{day:02}" for day in (9, 12, 14, 20, 27))))
    assert days == ["2022-03-09", "2022-03-12", "2022-03-14", "2022-03-20", "2022-03-27"]
    assert noted(export).startswith("dates read as ymd")


def test_a_short_year_before_whatsapp_began_is_a_day(tmp_path: Path) -> None:
    assert read(put(tmp_path, "22-03-08", "22-03-27"))[0] == ["2022-03-08", "2022-03-27"]


@pytest.mark.parametrize(
    ("given", "asked"), [("27-03-22", ("dmy", "ymd")), ("22. 3. 27.", ("dmy", "ymd")), ("11-10-12", ("dmy", "mdy", "ymd"))]
)
def test_a_short_year_in_doubt_is_asked_where_some_language_writes_it_first(tmp_path: Path, given: str, asked: tuple[str, ...]) -> None:
    with pytest.raises(ChoiceNeeded) as needed:
        read(put(tmp_path, given))
    assert needed.value.choices == asked


def test_a_short_year_with_slashes_comes_last_where_nothing_says_otherwise(tmp_path: Path) -> None:
    assert read(put(tmp_path, "27/03/22"))[0] == ["2022-03-27"]
    assert read(put(tmp_path, "22/03/27"), "ymd")[0] == ["2022-03-27"]


def test_the_answer_ymd_does_not_turn_a_long_year_round(tmp_path: Path) -> None:
    assert read(put(tmp_path, "27/03/2022"), "ymd")[0] == ["2022-03-27"]


def test_a_date_that_is_none_is_a_problem_with_its_line(tmp_path: Path) -> None:
    days, export, problems = read(put(tmp_path, "27/02/2022", "31/02/2022", "28/02/2022"))
    assert days == ["2022-02-27", "2022-02-28"]
    assert [(problem.what, problem.origin.line) for problem in problems] == [("no_time", 2)]
    assert (export.messages, export.problems, export.lines) == (2, 1, 3)


@pytest.mark.parametrize(
    ("given", "order", "era", "short", "day", "calendar"),
    [
        ((27, 3, 2565), "dmy", "", False, date(2022, 3, 27), "buddhist"),
        ((3, 27, 2565), "mdy", "buddhist", False, date(2022, 3, 27), "buddhist"),
        ((27, 3, 65), "dmy", "", True, date(2022, 3, 27), "buddhist"),
        ((27, 3, 51), "dmy", "", True, date(2051, 3, 27), "gregorian"),
        ((27, 3, 52), "dmy", "", True, date(2009, 3, 27), "buddhist"),
        ((4, 3, 27), "ymd", "reiwa", False, date(2022, 3, 27), "reiwa"),
        ((1, 5, 1), "ymd", "reiwa", False, date(2019, 5, 1), "reiwa"),
        ((31, 4, 30), "ymd", "heisei", False, date(2019, 4, 30), "heisei"),
        ((111, 3, 27), "ymd", "", False, date(2022, 3, 27), "minguo"),
        ((1399, 12, 30), "ymd", "", False, date(2021, 3, 20), "persian"),
        ((1400, 1, 1), "ymd", "", False, date(2021, 3, 21), "persian"),
        ((1401, 1, 7), "ymd", "persian", False, date(2022, 3, 27), "persian"),
        ((1403, 12, 30), "ymd", "", False, date(2025, 3, 20), "persian"),
        ((1404, 7, 1), "ymd", "", False, date(2025, 9, 23), "persian"),
        ((24, 8, 1443), "dmy", "hijri", False, date(2022, 3, 27), "hijri"),
        ((1, 9, 1443), "dmy", "", False, date(2022, 4, 2), "hijri"),
        ((1, 1, 1447), "dmy", "", False, date(2025, 6, 26), "hijri"),
        ((27, 3, 22), "dmy", "gregorian", False, date(2022, 3, 27), "gregorian"),
        ((1, 1, 1970), "dmy", "", False, date(1970, 1, 1), "gregorian"),
        ((31, 12, 2199), "dmy", "", False, date(2199, 12, 31), "gregorian"),
    ],
)
def test_calendars(given: tuple[int, int, int], order: Dates, era: str, *, short: bool, day: date, calendar: str) -> None:
    found = day_of(given, order=order, era=ERAS.index(era), short=short)
    assert found == ((day - EPOCH).days, calendar)


@pytest.mark.parametrize(
    ("given", "order", "era"),
    [
        ((29, 2, 2022), "dmy", ""),
        ((1, 1, 1969), "dmy", ""),
        ((1, 1, 2200), "dmy", ""),
        ((1, 1, 5782), "dmy", ""),
        ((1400, 12, 30), "ymd", ""),
        ((1400, 13, 1), "ymd", ""),
        ((1400, 7, 31), "ymd", ""),
        ((1300, 1, 1), "ymd", "persian"),
        ((30, 10, 1443), "dmy", ""),
        ((1, 13, 1443), "dmy", ""),
        ((1, 1, 1400), "dmy", "hijri"),
        ((300, 1, 1), "ymd", "reiwa"),
        ((0, 1, 2022), "dmy", ""),
    ],
)
def test_days_of_no_calendar(given: tuple[int, int, int], order: Dates, era: str) -> None:
    assert day_of(given, order=order, era=ERAS.index(era), short=False) is None


def test_every_day_follows_the_one_before_in_every_calendar() -> None:
    """Counted over whole years, no calendar loses a day or has one twice."""
    for years, longest in ((range(1388, 1430), 31), (range(1430, 1496), 30)):
        found = [
            day_of((year, month, day), order="ymd", era=0, short=False)
            for year in years
            for month in range(1, 13)
            for day in range(1, longest + 1)
        ]
        days = [one[0] for one in found if one is not None]
        assert days == list(range(days[0], days[0] + len(days)))


def test_a_file_of_years_of_no_calendar_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="Gregorian calendar"):
        read(put(tmp_path, "27/3/5782", "28/3/5782"))


def test_a_year_of_no_calendar_refuses_the_message_not_the_file(tmp_path: Path) -> None:
    days, export, problems = read(put(tmp_path, "27/3/5782", "27/3/2022"))
    assert (days, export.problems, problems[0].origin.line) == (["2022-03-27"], 1, 1)


@pytest.mark.parametrize(
    ("line", "second"),
    [
        ("1/2/22, 12:00\u202fAM - ", 0),
        ("1/2/22, 12:00\u202fPM - ", 12 * 3600),
        ("1/2/22, 0:24 PM - ", 12 * 3600 + 24 * 60),
        ("1/2/22, 13:05 PM - ", 13 * 3600 + 300),
        ("1/2/22, 24:05 - ", 300),
        ("1/2/22, 9:41 p. m. - ", 21 * 3600 + 41 * 60),
        ("1/2/22, 9:41 p.\u00a0m. - ", 21 * 3600 + 41 * 60),
        ("1/2/22 9:41\u202fم - ", 21 * 3600 + 41 * 60),
        ("1/2/22, 9:41 ص - ", 9 * 3600 + 41 * 60),
        ("2022/2/1 下午9:41 - ", 21 * 3600 + 41 * 60),
        ("2022/2/1 凌晨12:41 - ", 41 * 60),
        ("2022/2/1 中午12:41 - ", 12 * 3600 + 41 * 60),
        ("2022/2/1 晚上11:00 - ", 23 * 3600),
        ("2022. 2. 1. 오후 9:41 - ", 21 * 3600 + 41 * 60),
        ("[1/2/22, 9:41:35 in the morning] ", 9 * 3600 + 41 * 60 + 35),
        ("1/2/22, 9:41 μ.μ. - ", 21 * 3600 + 41 * 60),
        ("1/2/22, 9:41 CH - ", 21 * 3600 + 41 * 60),
        ("1/2/22, 9:41 SA - ", 9 * 3600 + 41 * 60),
        ("21 h 41, 1-2-2022 - ", 21 * 3600 + 41 * 60),
        ("[3/27/4 R, 21:41:35] ", 21 * 3600 + 41 * 60 + 35),
        ("[27/3/2022 AD, 9:41:35 PM] ", 21 * 3600 + 41 * 60 + 35),
        ("21. 2. 1., 21시 41분 35초 - ", 21 * 3600 + 41 * 60 + 35),
        ("1/2/22, 21:41 น. - ", 21 * 3600 + 41 * 60),
        ("1.2.2022 klo 9.41 ip. - ", 21 * 3600 + 41 * 60),
        ("1/2/22, 9:41PM - ", 21 * 3600 + 41 * 60),
        ("1/2/22, 9:41 xyz - ", -1),
    ],
)
def test_the_part_of_the_day(line: str, second: int) -> None:
    head = head_of(line + "Ana: hi")
    assert head is not None
    assert head.second == second


@pytest.mark.parametrize(
    "line",
    [
        "", "hello", "1/2/22", "1/2/22 - Ana: hi", "[1/2/22, 9:41 - Ana: hi", "1/2/22, 9:41] Ana: hi", "1/2-22, 9:41 - Ana: hi",
        "1/2/22, 25:00 - Ana: hi", "1/2/22, 9:4x - Ana: hi", "1/2/22, 9:60 - Ana: hi", "[1/2/22, 9:41:60] Ana: hi", "1/2/22, 9:41: Ana: hi", "1/2/22, 9:41-Ana: hi",
        "12345/1/2, 9:41 - Ana", "2022/1/2022, 9:41 - Ana", "1年2/3 9:41 - Ana", "http://1/2/22, 9:41 - Ana", "1.2.3.4, 9:41 - Ana",
    ],
)  # fmt: skip
def test_what_is_no_beginning(line: str) -> None:
    assert head_of(line) is None


@pytest.mark.parametrize(
    ("head", "day"),
    [
        ("[Sunday, 27 March 2022, 21:41:35] ", "2022-03-27"),
        ("[27. März 2022, 21:41:35] ", "2022-03-27"),
        ("Mar 27, 2022, 9:41 PM - ", "2022-03-27"),
        ("27 de mar. de 22 21:41 - ", "2022-03-27"),
        ("[27 мар. 2022 г., 21:41:35] ", "2022-03-27"),
        ("[27 mars 2022 à 21:41:35] ", "2022-03-27"),
        ("2022 March 27, 21:41 - ", "2022-03-27"),
    ],
)
def test_a_month_may_be_a_word(tmp_path: Path, head: str, day: str) -> None:
    path = tmp_path / "WhatsApp Chat with Ana.txt"
    path.write_text(f"{head}Ana: hi\nand on\n{head}Ben: ho\n", "utf-8")
    days, export, _ = read(path)
    assert (days, export.messages, export.continuations) == ([day, day], 2, 1)


@pytest.mark.parametrize(
    "line", ["27 nosuchmonth 2022, 21:41 - ", "we met 27 May 2022 at 21:41 - ok", "27 May, 21:41 - ", "[27 May 2022, 21:41 - "]
)
def test_words_that_are_no_date(line: str) -> None:
    assert worded_head_of(line) is None


def test_dates_with_words_are_looked_for_only_where_there_are_none_of_numbers(tmp_path: Path) -> None:
    path = put(tmp_path, "27/03/2022")
    path.write_text(path.read_text() + "27 March 2022, 21:41 - Ben: a quotation\n", "utf-8")
    assert read(path)[1].continuations == 1


def test_a_part_of_the_day_with_no_such_hour_is_the_nearest() -> None:
    assert hour_of(3, "下午") == 15
    assert hour_of(5, "晚上") == 17
    assert hour_of(9, "nosuchword") == -1


def test_a_name_before_a_colon_is_no_word_for_a_part_of_the_day() -> None:
    assert head_of("27. 3. 2022. 21:41:35 Ana: hi") is None
    assert head_of("27.3.2022 21:41:35: Ana: hi") is not None


def test_the_khmer_halves_of_the_day() -> None:
    assert [hour_of(12, word) for word in ("ព្រឹក", "ល្ងាច")] == [0, 12]
    assert [hour_of(9, word) for word in ("ព្រឹក", "ល្ងាច")] == [9, 21]


def test_times_with_words_we_do_not_know_are_refused_with_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="set to 24 hours"):
        read(put(tmp_path, "27/3/2022", head="{}, 9:41 xyz - Ana: hi"))


def test_a_few_times_with_words_we_do_not_know_are_problems(tmp_path: Path) -> None:
    path = put(tmp_path, *["27/3/2022"] * 10)
    path.write_text(path.read_text() + "27/3/2022, 9:41 xyz - Ana: hi\n")
    _, export, problems = read(path)
    assert (export.messages, export.problems, problems[-1].origin.line) == (10, 1, 11)
    assert read(put(tmp_path, *["27/3/2022"] * 11, "27/3/2022, 9:41 xyz - Ana: hi\n"))[1].problems == 0


@pytest.mark.parametrize(
    ("pasted", "said", "people"),
    [("[13/3/20, 9:00:00] ", 4, 1), ("[13/3/20, 9:00:00] ", 3, 2), ("13/3/20, 9:00:00 - ", 21, 1), ("13/3/20, 9:00:00 - ", 20, 2)],
)
def test_how_rare_another_way_to_begin_must_be(tmp_path: Path, pasted: str, said: int, people: int) -> None:
    """Another style is pasted where it is less than a third, another shape of one style where it is less than a twentieth."""
    path = put(tmp_path, *["27/3/22"] * said)
    path.write_text(path.read_text() + f"{pasted}Chloe: pasted\n")
    messages = [m for item in whatsapp.read(path, settings=Settings()) if isinstance(item, Messages) for m in item]
    assert len({m.person for m in messages}) == people


def test_another_way_to_begin_takes_the_order_of_the_common_one(tmp_path: Path) -> None:
    path = put(tmp_path, "27/3/2022", "28/3/2022")
    path.write_text(path.read_text() + "1.4.2022, 9:00 - Ana: hi\n")
    assert read(path)[0] == ["2022-03-27", "2022-03-28", "2022-04-01"]


def test_a_pasted_chat_of_another_phone_stays_text(tmp_path: Path) -> None:
    said = [(datetime(2022, 3, 1) + timedelta(days=day), "Ana", f"day {day}") for day in range(60)]  # noqa: DTZ001
    path = tmp_path / "chat.txt"
    path.write_text(write(said, DMY) + "[3/1/20, 9:00:00 AM] Chloe: pasted\n", "utf-8")
    items = list(whatsapp.read(path, settings=Settings()))
    people = {m.person for item in items if isinstance(item, Messages) for m in item}
    export = items[-1]
    assert isinstance(export, Export)
    assert people == {"Ana"}
    assert (export.messages, export.continuations) == (60, 1)
    assert export.notes[-1] == "lines that look like messages of another phone, kept as text: 1"
