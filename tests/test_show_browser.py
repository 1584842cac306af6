"""The report in a real browser: offline, no script needed, axe finds nothing, hostile names do nothing, targets are large enough."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from nearer.records import Episode
from nearer.show import show
from report_reader import a_finding, a_report, a_year, both_ways, evidence, points, two

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not shutil.which("chromium"), reason="no Chromium here")]
OPENED = (
    ".line:first-child details, .are details, #card-mind details, #card-hours details, #card-rituals details, #card-cycle details, "
    ".happened:first-child, #untold details, #seen details"
)
PHONE, DESKTOP = (390, 844), (1280, 900)
XSS = (
    "<script>window.hurt=1;alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "javascript:alert(1)",
    "</title></style><b id=hurt>",
    "\u202eevil\u202c",
    "=cmd|'/c calc'!A1",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=shutil.which("chromium"))
        yield opened
        opened.close()


class Opened:
    """A page opened from a file, with everything it said and asked for."""

    def __init__(self, browser: Browser, path: Path, *, size: tuple[int, int], scheme: str, script: bool = True) -> None:
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            offline=True,
            java_script_enabled=script,
        )
        self.page: Page = self.context.new_page()
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._shut)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri())

    def _shut(self, dialog: Dialog) -> None:
        self.said.append(dialog.message)
        dialog.dismiss()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(a_report(me="Ana", country="DE"), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_axe_finds_nothing_with_one_of_each_kind_open_and_nothing_is_asked_for(
    browser: Browser, report: Path, size: tuple[int, int], scheme: str
) -> None:
    opened = Opened(browser, report, size=size, scheme=scheme)
    opened.page.evaluate("places => document.querySelectorAll(places).forEach(found => found.open = true)", OPENED)
    found = Axe().run(opened.page)
    assert found.violations_count == 0, found.generate_report()
    assert opened.said == []
    assert opened.asked == [report.as_uri()]
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    opened.context.close()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_without_script_everything_opens_and_everything_is_large_enough_to_touch(
    browser: Browser, report: Path, size: tuple[int, int]
) -> None:
    opened = Opened(browser, report, size=size, scheme="light", script=False)
    summary = opened.page.locator("summary").first
    quote = opened.page.locator(".quote").first
    assert not quote.is_visible()
    summary.click()
    assert quote.is_visible()
    for target in opened.page.locator("summary:visible, a:not(.skip):visible, .answers label").all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target
        assert box["width"] >= 44, target
    opened.context.close()


def test_the_first_screen_of_a_phone_holds_the_three_sentences(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, size=PHONE, scheme="light")
    leads = opened.page.locator(".line .lead").all()
    assert len(leads) == 3
    for lead in leads:
        box = lead.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < PHONE[1]
    opened.context.close()


def test_the_first_stop_of_the_keyboard_skips_to_the_report_and_is_seen(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, size=DESKTOP, scheme="light")
    opened.page.keyboard.press("Tab")
    box = opened.page.locator(".skip:focus").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    opened.page.keyboard.press("Enter")
    assert opened.page.evaluate("location.hash") == "#report"
    opened.context.close()


def test_each_picture_is_drawn_for_the_width_of_the_page(browser: Browser, report: Path) -> None:
    for size, seen, unseen in ((PHONE, "narrow", "wide"), (DESKTOP, "wide", "narrow")):
        opened = Opened(browser, report, size=size, scheme="light")
        assert opened.page.locator(f"svg.arrows.{seen}").is_visible()
        assert not opened.page.locator(f"svg.arrows.{unseen}").is_visible()
        assert opened.page.locator(f".chart.two .{seen}").first.is_visible()
        opened.context.close()


def test_no_card_is_cut_on_paper(browser: Browser, report: Path) -> None:
    opened = Opened(browser, report, size=DESKTOP, scheme="light")
    opened.page.emulate_media(media="print")
    kept = opened.page.evaluate("[...document.querySelectorAll('.card')].map(card => getComputedStyle(card).breakInside)")
    assert set(kept) == {"avoid"}
    heights = opened.page.evaluate("[...document.querySelectorAll('.card')].map(card => card.getBoundingClientRect().height)")
    assert max(heights) < 1000, "a card must fit on A4"
    assert opened.page.pdf(format="A4").startswith(b"%PDF")
    opened.context.close()


def test_hostile_names_and_words_do_nothing(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    for number, name in enumerate(XSS):
        other = XSS[(number + 1) % len(XSS)]
        relationship = two(people=(name, other), text=name)
        findings = [a_finding(person=other, toward=name, evidence=evidence("m1", "m2", why=name), coverage=name)]
        findings += both_ways("contact", series=points(3.0, 4.0, 5.0))
        findings = [replace(finding, person=name, toward=other) if finding.person == "Ana" else finding for finding in findings]
        findings = [replace(finding, person=other, toward=name) if finding.person == "Ben" else finding for finding in findings]
        at = relationship.messages[0].time
        path.write_text(show(relationship, findings, [Episode(name, name, "quarrel", name, 1.0, {}, ("m1",), at, at)]), encoding="utf-8")
        opened = Opened(browser, path, size=PHONE, scheme="light")
        assert opened.said == [], name
        assert opened.asked == [path.as_uri()], name
        assert opened.page.evaluate("document.querySelectorAll('script, img, #hurt, [onload], [onerror]').length") == 0, name
        assert opened.page.evaluate("typeof window.hurt") == "undefined"
        opened.context.close()


def test_a_year_in_incognito_opens_as_calmly(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "incognito.html"
    path.write_text(a_report(incognito=True), encoding="utf-8")
    opened = Opened(browser, path, size=PHONE, scheme="dark")
    assert opened.said == []
    assert "Person 1" in opened.page.inner_text("h1")
    assert a_year()[0].people[0] not in opened.page.inner_text("h1")
    opened.context.close()
