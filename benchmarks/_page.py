"""The page of benchmarks: each script rewrites its own section of docs/benchmarks.md, between its markers, and leaves the rest alone."""

import platform
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs/benchmarks.md"
HEAD = "# Benchmarks\n\nEvery section is written by a script of `benchmarks/`; the command stands in it.\n"


def write_section(name: str, text: str) -> None:
    """Put `text` between `<!-- name -->` and `<!-- /name -->`, at the end of the page where the section is new."""
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    page = PAGE.read_text("utf-8") if PAGE.exists() else HEAD
    if start not in page:
        page = f"{page.rstrip()}\n\n{start}\n{end}\n"
    before, rest = page.split(start, 1)
    after = rest.split(end, 1)[1] if end in rest else rest
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(f"{before}{start}\n{text.strip()}\n{end}{after}", "utf-8")


def machine() -> str:
    """Name the processor the figures come from."""
    info = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in info.read_text("utf-8").splitlines() if line.startswith("model name")]
        if info.exists()
        else []
    )
    return f"{names[0] if names else platform.machine()}, Python {platform.python_version()}"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows])
