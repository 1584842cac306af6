"""Due dates of promises: a list of our own, each seen from Wednesday 4 March 2026, 14:00 in Berlin unless it says otherwise."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nearer.sense._due import MAX_CHARACTERS, due

BERLIN = ZoneInfo("Europe/Berlin")
SAID = datetime(2026, 3, 4, 14, 0, tzinfo=BERLIN)
LEAST_RIGHT = 0.90

CASES = """
I'll be back by six | 03-04 18:00
home at 7, i cook | 03-04 19:00
there in 10 | 03-04 14:10
back in twenty minutes | 03-04 14:20
ill call you in half an hour | 03-04 14:30
give me an hour and it's done | 03-04 15:00
i'll ring in 2 hours | 03-04 16:00
done in an hour and a half | 03-04 15:30
need twenty minutes, back after that | 03-04 14:20
I'll do it today | 03-04 23:59
I'll tell her tonight | 03-04 23:59
tonight at 8 i call him | 03-04 20:00
tonight at 11 i'll lock up | 03-04 23:00
i'll come this afternoon | 03-04 18:00
i'll come this evening | 03-04 22:00
I'll book the vet tomorrow | 03-05 23:59
ill book it tmrw | 03-05 23:59
i bring it 2morrow | 03-05 23:59
tomorrow morning i'll phone them | 03-05 12:00
I'll phone them in the morning | 03-05 12:00
first thing tomorrow i write to him | 03-05 12:00
i'll pick you up tomorrow at 8 | 03-05 08:00
i'll pick you up tomorrow at 5 | 03-05 17:00
tomorrow evening at 8 i'm yours | 03-05 20:00
tomorrow before noon you have an answer | 03-05 12:00
I'll do it the day after tomorrow | 03-06 23:59
We will refund you on Friday. | 03-06 23:59
i'll pay you friday | 03-06 23:59
on wednesday i'll bring it | 03-11 23:59
by monday it's fixed | 03-09 23:59
Gonna fix the gate sat morning | 03-07 12:00
i'll mow it on sat | 03-07 23:59
i'll mow it on sunday at ten | 03-08 10:00
thursday at ten i'll ring | 03-05 10:00
friday at 7 i'll be there | 03-06 19:00
friday evening at 8 i'll be there | 03-06 20:00
tues 9am i'm at yours | 03-10 09:00
I'll send it next Friday | 03-13 23:59
i'll send it next monday | 03-09 23:59
i'll do it this friday | 03-06 23:59
i'll come monday week | 03-16 23:59
i'll come a week on tuesday | 03-17 23:59
i'll write it next week | 03-15 23:59
next week on tuesday i'll bring it | 03-10 23:59
i'll bring it tuesday next week | 03-10 23:59
I'll write it this week | 03-08 23:59
i'll paint it this weekend | 03-08 23:59
I will return your drill at the weekend | 03-08 23:59
i'll paint it next weekend | 03-15 23:59
by the end of the week you have it | 03-08 23:59
you get it by the end of the month | 03-31 23:59
i'll pay at the end of next month | 04-30 23:59
i'll pay next month | 04-30 23:59
i'll stop by the end of the year | 12-31 23:59
by the end of the day it's in your inbox | 03-04 23:59
you'll have it eod | 03-04 23:59
A technician will come on 12 March | 03-12 23:59
he comes on March 12 | 03-12 23:59
we will ship it on the 12th of March | 03-12 23:59
12 march at 9 i'm at the clinic | 03-12 09:00
on 1 march i'll start | 2027-03-01 23:59
we will send it by 3 june | 06-03 23:59
we will send it by June 3rd, 2027 | 2027-06-03 23:59
i'll pay you back on the 1st | 04-01 23:59
rent comes on the 15th, i'll send it | 03-15 23:59
i'll send it on 2026-03-20 | 03-20 23:59
i'll be there 25/12 | 12-25 23:59
we'll ship it 12/25 | 12-25 23:59
i'll send it on 25.3. | 03-25 23:59
i'll be there 5/5 | 05-05 23:59
i'll bring it on 3/4 | none
i'll bring it on 3.4. | none
i'll do it by 4/5 | none
i'll pay 28/02/2027 | 2027-02-28 23:59
i'll do it in 3 days | 03-07 23:59
you will have it in two weeks | 03-18 23:59
in a week i'll know, i'll tell you | 03-11 23:59
in a month i pay the rest | 04-04 23:59
we will answer within 24 hours | 03-05 14:00
we will answer within 2 days | 03-06 23:59
i'll finish it in june | 06-30 23:59
i'll quit by june | 05-31 23:59
I'll be there before you land | none
i'll call when the baby sleeps | none
i'll do it soon | none
i'll do it later | none
I promise I won't tell him | none
i'll ring you every sunday | none
i'll never do that again | none
i'll always be there | none
i'll text when i land | none
i'll bring 2 bottles | none
i'll lend you 50 quid | none
ill water the plants | none
i'll sit with you | none
i sat there and i'll sit there again | none
i'll be there at 18:30 | 03-04 18:30
i'll be there at 6.30 | 03-04 18:30
i'll be there at 6:30pm | 03-04 18:30
back at half six | 03-04 18:30
back at half past six | 03-04 18:30
back at quarter to five | 03-04 16:45
back at quarter past five | 03-04 17:15
will pick chloe up at half four | 03-04 16:30
i'll be done by 5pm | 03-04 17:00
i'll be there at three | 03-04 15:00
i'll be there at one | 03-05 01:00
i call you at noon | 03-05 12:00
i'll be home by midnight | 03-05 00:00
home at 18h30 | 03-04 18:30
i'll be up at 1830 | 03-04 18:30
i'll ring at 8 o'clock | 03-04 20:00
at five o'clock i'm outside | 03-04 17:00
i'll be on at 21:15 | 03-04 21:15
i'll call around 9 | 03-04 21:00
i'll call about four | 03-04 16:00
i'll send it before lunch tomorrow | 03-05 13:00
I will call you back tomorrow before noon | 03-05 12:00
he comes on 12 March between 8 and 10 | 03-12 10:00
@5 i'm there | 03-04 17:00
i'll pay at least 20 euros | none
I'll bring it on Friday the 13th | 03-06 23:59
i'll be back on the 5th at 8 | 03-05 08:00
your refund leaves us within 5 days | 03-09 23:59
gonna put the phone down till 8 | 03-04 20:00
i'll have it til monday evening | 03-09 22:00
ok i do it thurs | 03-05 23:59
i'll give you an answer by tuesday noon | 03-10 12:00
i'll run the 10 km and tell you | none
"""


def _cases() -> list[tuple[str, str]]:
    return [(text.strip(), at.strip()) for text, at in (line.rsplit("|", 1) for line in CASES.strip().splitlines())]


def _expected(at: str) -> datetime | None:
    if at == "none":
        return None
    whole = at if at.startswith("20") else f"2026-{at}"
    return datetime.strptime(whole, "%Y-%m-%d %H:%M").replace(tzinfo=BERLIN)


def test_most_due_dates_of_our_list_are_right() -> None:
    cases = _cases()
    wrong = [(text, at, due(text, said=SAID)) for text, at in cases if due(text, said=SAID) != _expected(at)]
    share = 1 - len(wrong) / len(cases)
    assert len(cases) >= 120
    assert share >= LEAST_RIGHT, wrong


@pytest.mark.parametrize(
    ("said", "text", "expected"),
    [
        ("2026-03-28T23:50", "back in twenty minutes", "2026-03-29T00:10:00+01:00"),
        ("2026-03-29T01:50", "back in twenty minutes", "2026-03-29T03:10:00+02:00"),
        ("2026-03-28T12:00", "i'll call tomorrow at 02:30", "2026-03-29T03:30:00+02:00"),
        ("2026-10-24T12:00", "i'll do it tomorrow", "2026-10-25T23:59:00+01:00"),
        ("2026-12-31T22:00", "i'll do it tomorrow", "2027-01-01T23:59:00+01:00"),
        ("2028-02-28T10:00", "i'll do it tomorrow", "2028-02-29T23:59:00+01:00"),
        ("2026-01-31T10:00", "in a month i pay", "2026-02-28T23:59:00+01:00"),
        ("2026-03-06T10:00", "i'll pay on friday", "2026-03-13T23:59:00+01:00"),
        ("2026-03-04T22:00", "i'll be back at 7", "2026-03-05T07:00:00+01:00"),
        ("2026-03-04T02:00", "i'll do it in the morning", "2026-03-04T12:00:00+01:00"),
    ],
)
def test_clock_changes_and_ends_of_months(said: str, text: str, expected: str) -> None:
    moment = datetime.fromisoformat(said).replace(tzinfo=BERLIN)
    found = due(text, said=moment)
    assert found is not None
    assert found.isoformat() == expected


def test_only_the_first_characters_are_searched() -> None:
    word = "tomorrow"
    assert due(" " * (MAX_CHARACTERS - len(word)) + word, said=SAID) is not None
    assert due(" " * MAX_CHARACTERS + word, said=SAID) is None


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text(alphabet="0123456789/.: abcdefghijklmnoprstuwxy", max_size=60), st.integers(0, 10**9))
def test_any_text_gives_a_moment_with_a_zone_or_nothing(text: str, second: int) -> None:
    said = (datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(BERLIN)
    found = due(text, said=said)
    assert found is None or found.tzinfo is not None
