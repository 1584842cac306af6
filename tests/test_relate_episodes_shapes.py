"""Every shape of the codebook, each from a small chat of its own, and the bounds between them."""

import pytest

from labelled_chat import chat, heaviest, shapes
from nearer.records import EMOTION_INDEX, Ear
from nearer.relate._episodes import find_episodes

POLKA = """
    2026-03-01 19:00 Ana: you have not said a word since lunch #complain
    19:04 Ben: I am fine #turn_away[forms=minimise]
    19:05 Ana: tell me what it is, please #request_need
    19:09 Ben: I had a long day #defend
    19:10 Ana: every evening the same wall #complain
    19:14 Ben: leave me be #withdraw
    19:15 Ana: just one sentence #request_need
"""
BAD_GUY = """
    2026-03-01 19:00 Ana: you lost the tickets, it is all your doing #blame[forms=fault]
    19:01 Ben: clever, coming from you #contempt
    19:02 Ana: you are careless with everything #blame[forms=trait]
    19:03 Ben: you never check anything yourself #blame[forms=always_never]
    19:04 Ana: bravo #contempt
"""
FREEZE = """
    2026-03-01 19:00 Ana: you booked without me #complain
    19:10 Ben: it was cheap #defend
    19:11 Ana: fine #withdraw
    19:30 Ben: fine #withdraw
"""
COLD = """
    2026-03-01 19:00 Ana: you booked without me #complain
    19:10 Ben: it was cheap #defend
    19:11 Ana: noted #withdraw
    2026-03-02 09:00 Ben: bread is out
"""
REPAIR = """
    2026-03-01 19:00 Ana: you read my letter #complain
    19:05 Ben: it lay open #defend
    19:06 Ana: you are sly #blame
    19:20 Ben: I notice I want to win this. Ten minutes, then I listen #own_reactivity
    19:31 Ana: I bite when I feel watched #own_reactivity
"""
HOLLOW_FIGHT = """
    2026-03-01 19:00 Ana: you told them my salary #complain
    19:05 Ben: it slipped out #defend
    19:06 Ana: it was mine to tell #complain
    19:07 Ben: sorry if that was a problem, ok? #apologise[quality=hollow]
    19:08 Ana: no, not like this #forgive[decision=refuse]
"""
COMFORT_MET = """
    2026-03-01 19:00 Ana: I did not get the place and I feel so small #bid_comfort
    19:02 Ben: after all that work, of course it hurts #validate
    19:03 Ben: I am on my way home to you #comfort
    19:05 Ana: thank you #appreciate
    19:06 Ben: it is only a job though #turn_away[forms=minimise]
"""
COMFORT_MISSED = """
    2026-03-01 19:00 Ana: I did not get the place and I feel so small #bid_comfort
    19:02 Ben: apply elsewhere #advise
    19:03 Ana: I am sad #disclose_feeling[valence=neg]
    19:04 Ben: my week was worse #turn_away[forms=self_turn]
"""
GOOD_NEWS_MET = """
    2026-03-01 19:00 Ana: they said yes to the workshop! #good_news
    19:01 Ben: yes!! what did they say word for word? #celebrate #curious_question
    19:03 Ana: that it is exactly what they looked for
    19:05 Ben: cake tonight #plan_ritual
"""
GOOD_NEWS_MISSED = """
    2026-03-01 19:00 Ana: they said yes to the workshop! #good_news
    19:01 Ben: and who pays the rent there #turn_away[forms=joy_kill]
    19:03 Ana: could you be glad for a minute #request_need
"""
FULL = """
    2026-03-01 19:00 Ana: it hurt that you were not at the grave #disclose_feeling[valence=neg]
    19:05 Ben: I chose work over you, that was wrong, I am sorry #apologise[quality=full]
    19:10 Ana: I am not there yet #forgive[decision=defer]
    2026-03-05 08:00 Ana: I can put it down now #forgive[decision=accept]
"""
HOLLOW = """
    2026-03-01 19:00 Ana: I waited at the gate for an hour #complain
    19:05 Ben: sorry, but you know my Mondays #apologise[quality=hollow]
    19:10 Ana: that one I do not take #forgive[decision=refuse]
"""
KEPT = """
    2026-03-01 09:00 Ana: can you ring the plumber please, I am nervous about it #request_need
    09:01 Ben: I will ring him before noon #promise[object=ring the plumber;due=2026-03-01T12:00:00+00:00]
    09:02 Ana: you are a treasure #appreciate
    11:30 Ben: rang the plumber as I said #promise_ref[status=kept]
    11:31 Ana: thank you #appreciate
"""
BROKEN = """
    2026-03-01 09:00 Ana: can you take the parcel to the post #request_need
    09:01 Ben: today, I swear #promise[object=take the parcel to the post;due=2026-03-01]
    2026-03-02 18:00 Ana: the parcel is still under the stairs #promise_ref[status=broken]
    18:05 Ben: I forgot #defend
    18:06 Ana: I counted on it #complain
"""
DEEPENING = """
    2026-03-01 21:00 Ana: since the move I feel lonely in the evenings #disclose_feeling[valence=neg]
    21:02 Ben: a new town and no kitchen light next door #validate
    21:04 Ana: I am ashamed to say it #disclose_feeling[valence=neg]
    21:06 Ben: I never told you, I am scared of my new class #disclose_feeling[valence=neg]
    21:08 Ana: scared how? #curious_question
    21:10 Ben: as if they see through me #disclose_feeling[valence=neg]
    21:12 Ana: I know that feeling, I am here #comfort
"""
BANTER = """
    2026-03-01 12:00 Ana: your scarf called, it wants a better neck #humour[aim=at_expense]
    12:01 Ben: tell it to join the queue #humour
    12:02 Ana: the queue is your fan club, one cat #humour
    12:03 Ben: the cat has taste #humour
"""
RITUAL = """
    2026-03-01 08:00 Ana: good morning #greet_part[which=greeting]
    08:02 Ben: morning you #greet_part[which=greeting]
    08:03 Ana: market at ten as every Sunday? #plan_ritual
    08:04 Ben: as every Sunday #plan_ritual
    22:00 Ana: sleep well #greet_part[which=farewell]
    22:01 Ben: night #greet_part[which=farewell]
"""


@pytest.mark.parametrize(
    ("text", "what", "shape", "roles"),
    [
        (POLKA, "quarrel", "protest_polka", {"presses": "Ana", "withdraws": "Ben"}),
        (BAD_GUY, "quarrel", "bad_guy", {"attacks": "both"}),
        (FREEZE, "quarrel", "freeze_flee", {"withdraws": "both"}),
        (COLD, "quarrel", "freeze_flee", {"withdraws": "both"}),
        (REPAIR, "quarrel", "repair", {"gives": "Ben", "answers": "Ana"}),
        (HOLLOW_FIGHT, "quarrel", "forgiveness_hollow", {"sorry": "Ben", "hurt": "Ana"}),
        (COMFORT_MET, "comforting", "comfort_met", {"seeks": "Ana", "gives": "Ben"}),
        (COMFORT_MISSED, "comforting", "comfort_missed", {"seeks": "Ana", "gives": "Ben"}),
        (GOOD_NEWS_MET, "good_news", "good_news_met", {"tells": "Ana", "answers": "Ben"}),
        (GOOD_NEWS_MISSED, "good_news", "good_news_missed", {"tells": "Ana", "answers": "Ben"}),
        (FULL, "apology", "forgiveness_full", {"sorry": "Ben", "hurt": "Ana"}),
        (HOLLOW, "apology", "forgiveness_hollow", {"sorry": "Ben", "hurt": "Ana"}),
        (KEPT, "promise", "promise_kept", {"promises": "Ben", "waits": "Ana"}),
        (BROKEN, "promise", "promise_broken", {"promises": "Ben", "waits": "Ana"}),
        (DEEPENING, "talk", "disclosure_deepening", {}),
        (BANTER, "talk", "banter", {}),
        (RITUAL, "ritual", "ritual", {}),
    ],
)
def test_each_shape_from_its_own_chat(text: str, what: str, shape: str, roles: dict[str, str]) -> None:
    episode = heaviest(text)
    assert (episode.what, episode.shape, dict(episode.roles)) == (what, shape, roles)


def test_roles_turn_with_the_people() -> None:
    swapped = POLKA.replace("Ana:", "X:").replace("Ben:", "Ana:").replace("X:", "Ben:")
    assert dict(heaviest(swapped).roles) == {"presses": "Ben", "withdraws": "Ana"}


def test_a_repair_that_meets_a_hard_answer_is_none() -> None:
    assert heaviest(REPAIR.replace("I bite when I feel watched #own_reactivity", "you always say that #blame")).shape != "repair"


def test_a_quarrel_that_goes_on_after_the_repair_did_not_end_in_repair() -> None:
    assert heaviest(REPAIR + "19:40 Ben: and still you snoop #blame\n19:41 Ana: get lost #withdraw").shape != "repair"


def test_silence_is_a_move_when_two_messages_wait_longer_than_three_usual_replies() -> None:
    """Ben's usual reply takes five minutes (the floor), so silence begins after fifteen."""
    text = """
        2026-03-01 19:00 Ana: you left the door open again #complain
        19:05 Ana: are you there
        {} Ana: you never answer #blame
        2026-03-01 21:00 Ben: what is for dinner
        21:01 Ana: soup
        21:05 Ben: good
        21:06 Ana: ok
        21:10 Ben: see you
        21:11 Ana: ok
        21:16 Ben: bread too
    """
    assert ("quarrel", "protest_polka") in shapes(text.format("19:06"))
    prompt = text.format("19:06").replace("2026-03-01 21:00 Ben", "19:14 Ben")
    assert "quarrel" not in {what for what, _ in shapes(prompt)}


def test_comfort_counts_in_the_next_three_messages_and_not_in_the_fourth() -> None:
    text = "2026-03-01 19:00 Ana: I feel awful #bid_comfort\n{}19:20 Ben: come here #comfort"
    filler = ["19:01 Ben: try tea #advise\n", "19:02 Ben: or sleep #advise\n", "19:03 Ben: or sport #advise\n"]
    assert ("comforting", "comfort_met") in shapes(text.format("".join(filler[:2])))
    assert ("comforting", "comfort_missed") in shapes(text.format("".join(filler)))


def test_no_answer_in_a_day_is_missed_but_the_end_of_the_export_is_not() -> None:
    bid = "2026-03-01 19:00 Ben: hi\n19:01 Ana: I feel awful #bid_comfort\n"
    assert ("comforting", "none") in shapes(bid)
    assert ("comforting", "none") in shapes(bid + "2026-03-02 19:01 Ana: hm #humour")
    assert ("comforting", "comfort_missed") in shapes(bid + "2026-03-02 19:02 Ben: hm #humour")


def test_a_bare_word_misses_good_news_and_an_answer_we_cannot_read_does_not() -> None:
    news = "2026-03-01 19:00 Ana: I passed! #good_news\n19:01 Ben: {}"
    assert ("good_news", "good_news_missed") in shapes(news.format("ok nice"))
    assert ("good_news", "none") in shapes(news.format("the neighbour said so too"))


def test_glad_and_hard_feelings_seek_no_comfort() -> None:
    for feeling in ("valence=pos", "forms=hard"):
        assert "comforting" not in {
            what for what, _ in shapes(f"2026-03-01 19:00 Ana: hm #disclose_feeling[{feeling}]\n19:01 Ben: ah #comfort")
        }


@pytest.mark.parametrize(("feeling", "seeks"), [("sadness", True), ("anger", False)])
def test_where_an_ear_gave_emotions_they_say_whether_a_feeling_is_soft(feeling: str, *, seeks: bool) -> None:
    text = "2026-03-01 19:00 Ana: I feel so #disclose_feeling[valence=neg]\n19:01 Ben: ah #comfort"
    relationship = chat(text, ear=Ear("test", "1", "0" * 64))
    assert relationship.messages.senses is not None
    relationship.messages.senses.emotions[0, EMOTION_INDEX[feeling]] = 0.8
    assert ("comforting" in {episode.what for episode in find_episodes(relationship)}) is seeks


def test_a_feeling_told_inside_a_quarrel_is_a_move_of_it_and_a_bid_is_a_bid() -> None:
    said = "19:06 Ana: I feel alone here {}\n19:07 Ben: I am here #comfort\n"
    text = "2026-03-01 19:00 Ana: you left early #complain\n19:05 Ben: I was tired #defend\n" + said
    assert ("comforting", "comfort_met") not in shapes(text.format("#disclose_feeling[valence=neg]"))
    assert ("comforting", "comfort_met") in shapes(text.format("#bid_comfort"))


def test_an_apology_without_an_answer_tells_nothing() -> None:
    assert ("apology", "none") in shapes("2026-03-01 19:00 Ben: I am sorry I shouted #apologise[quality=full]\n19:10 Ana: dinner at eight")


def test_forgiveness_is_waited_for_two_weeks() -> None:
    late = FULL.replace("2026-03-05 08:00", "{}")
    assert heaviest(late.format("2026-03-15 19:05")).shape == "forgiveness_full"
    assert ("apology", "forgiveness_full") not in shapes(late.format("2026-03-15 19:06"))


def test_a_ritual_needs_both() -> None:
    alone = RITUAL.replace("08:02 Ben: morning you #greet_part[which=greeting]", "08:02 Ben: yes").replace(
        "22:01 Ben: night #greet_part[which=farewell]", ""
    )
    assert "ritual" not in {what for what, _ in shapes(alone)}


def test_in_a_long_chat_a_ritual_is_what_comes_at_its_hour() -> None:
    days = range(1, 21)
    lines = [
        f"2026-03-{day:02} {clock} {who}: morning #greet_part[which=greeting]"
        for day in days
        for clock, who in (("07:30", "Ana"), ("07:40", "Ben"))
    ]
    lines += ["2026-03-21 03:00 Ana: hi #greet_part[which=greeting]", "03:01 Ben: hi #greet_part[which=greeting]"]
    found = [episode for episode in find_episodes(chat("\n".join(lines))) if episode.what == "ritual"]
    assert len(found) == len(days)
    assert all(episode.start.hour == 7 for episode in found)


def test_a_brand_thread_uses_the_same_shapes() -> None:
    text = POLKA.replace("Ana:", "Chloe:").replace("Ben:", "Delta:")
    assert dict(heaviest(text).roles) == {"presses": "Chloe", "withdraws": "Delta"}
