"""Writes a chat as phones write it, in the ways of many languages; what is written here is read back in the tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

Said = tuple[datetime, str, str]
"""When, on the clock of the phone; who; what."""


@dataclass(frozen=True, slots=True)
class Style:
    """One phone's way: `head` is filled with the parts of a time, `halves` are its words for morning and afternoon, `zero` its digit 0."""

    head: str
    halves: tuple[str, str] = ("AM", "PM")
    zero: str = "0"
    end: str = "\n"
    bom: bool = False

    @property
    def has_seconds(self) -> bool:
        """Say whether seconds are written."""
        return "{s}" in self.head


STYLES = {
    "android_de": Style("{dd}.{mm}.{yy}, {HH}:{min} - "),
    "android_en_gb": Style("{dd}/{mm}/{y}, {HH}:{min} - "),
    "android_en_us": Style("{m}/{d}/{yy}, {h}:{min}\u202f{half} - "),
    "android_en_in": Style("{dd}/{mm}/{yy}, {h}:{min}\u202f{half} - ", ("am", "pm")),
    "android_pt_br": Style("{dd}/{mm}/{y} {HH}:{min} - "),
    "android_es": Style("{d}/{m}/{y}, {h}:{min} {half} - ", ("a.\u00a0m.", "p.\u00a0m.")),
    "android_nl": Style("{dd}-{mm}-{y} {HH}:{min} - "),
    "android_id": Style("{dd}/{mm}/{yy} {HH}.{min} - "),
    "android_zh": Style("{y}/{m}/{d} {half}{h}:{min} - ", ("上午", "下午")),
    "android_ja": Style("{y}/{mm}/{dd} {half}{h}:{min} - ", ("午前", "午後")),
    "android_hi": Style("{d}/{m}/{yy}, {h}:{min} {half} - ", ("पूर्वाह्न", "अपराह्न")),
    "android_bn": Style("{d}/{m}/{yy}, {h}:{min} {half} - ", ("AM", "PM"), zero="০"),
    "android_fa": Style("{y}/{m}/{d}،\u200f {HH}:{min} - ", zero="۰"),
    "android_hu": Style("{y}. {mm}. {dd}. {HH}:{min} - "),
    "android_hr": Style("{dd}. {mm}. {y}. {HH}:{min} - "),
    "android_fi": Style("{d}.{m}.{y} klo {HH}.{min} - "),
    "android_bg": Style("{d}.{mm}.{yy}\u202fг., {HH}:{min}\u202fч. - "),
    "android_fr_ca": Style("{y}-{mm}-{dd} {HH} h {min} - "),
    "android_vi": Style("{HH}:{min}, {dd}/{mm}/{y} - "),
    "ios_en_us": Style("[{m}/{d}/{yy}, {h}:{min}:{s}\u202f{half}] ", end="\r\n"),
    "ios_de": Style("[{dd}.{mm}.{yy}, {HH}:{min}:{s}] ", end="\r\n", bom=True),
    "ios_ar": Style("[\u200f{d}\u200f/{m}\u200f/{y}، {h}:{min}:{s} {half}] ", ("ص", "م"), zero="٠"),
    "ios_ko": Style("[{y}. {m}. {d}. {half} {h}:{min}:{s}] ", ("오전", "오후")),
    "ios_he": Style("[{d}.{m}.{y}, {HH}:{min}:{s}] "),
    "ios_el": Style("[{d}/{m}/{yy}, {h}:{min}:{s} {half}] ", ("π.μ.", "μ.μ.")),
    "ios_tr": Style("[{d}.{mm}.{y} {HH}:{min}:{s}] "),
    "ios_th": Style("[{d}/{m}/{be} {HH}:{min}:{s}] ", end="\r\n"),
    "ios_buddhist": Style("[{m}/{d}/{be} BE, {HH}:{min}:{s}] "),
    "ios_japanese": Style("[{era}/{m}/{d} {HH}:{min}:{s}] "),
    "ios_roc": Style("[民國{roc}年{m}月{d}日 {half}{h}:{min}:{s}] ", ("上午", "下午")),
    "old_colon": Style("{dd}/{mm}/{y} {HH}:{min}:{s}: "),
}
"""Every way that is tested: the date votes, the words, the digits, the calendars."""


def write(said: Iterable[Said], style: Style) -> str:
    """Return the text of a chat."""
    lines = [f"{head(at, style)}{who}: {what}" if who else f"{head(at, style)}{what}" for at, who, what in said]
    return ("\ufeff" if style.bom else "") + "".join(line + style.end for line in lines)


def head(at: datetime, style: Style) -> str:
    """Return how a message of this time begins."""
    hour = at.hour % 12 or 12
    parts = {
        "d": at.day, "dd": f"{at.day:02}", "m": at.month, "mm": f"{at.month:02}", "y": at.year, "yy": f"{at.year % 100:02}",
        "be": at.year + 543, "era": f"R{at.year - 2018}" if at.year > 2018 else f"H{at.year - 1988}", "roc": at.year - 1911, "HH": f"{at.hour:02}", "h": hour,
        "min": f"{at.minute:02}", "s": f"{at.second:02}", "half": style.halves[at.hour >= 12],
    }  # fmt: skip
    return in_digits(style.head.format(**parts), style.zero)


def in_digits(text: str, zero: str) -> str:
    """Return text with its digits written from `zero` on."""
    return text.translate({ord("0") + digit: chr(ord(zero) + digit) for digit in range(10)})


def as_read(said: Sequence[Said], style: Style) -> list[Said]:
    """Return what can be read back: without seconds where the phone writes none."""
    return [(at.replace(second=at.second if style.has_seconds else 0, microsecond=0), who, what) for at, who, what in said]
