"""Nothing leaves the machine: no HTTP client among the packages of the base set, no socket module in ours, a report without a network (C25)."""

import ast
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

import nearer

ROOT = Path(__file__).parents[1]
CLIENTS = frozenset(
    "requests httpx httpx2 httpcore httpcore2 urllib3 aiohttp pycurl httplib2 treq grpcio websockets websocket-client niquests".split()
)
NETWORK = frozenset("socket ssl http ftplib smtplib asyncio xmlrpc telnetlib imaplib poplib".split())


def base_set() -> set[str]:
    """Return the names of the hashed base requirements."""
    text = (ROOT / "requirements" / "base.txt").read_text("utf-8")
    return {match[1].lower().replace("_", "-") for match in re.finditer(r"^([A-Za-z0-9_.-]+)==", text, re.MULTILINE)}


def test_the_base_set_holds_no_http_client() -> None:
    names = base_set()
    assert {"numpy", "typer", "jinja2"} <= names
    assert not names & CLIENTS


def test_nothing_the_base_set_asks_for_is_an_http_client() -> None:
    """Also through requirements of requirements: whatever an installed package of the base set needs must itself be in the base set."""
    names = base_set()
    for name in names:
        try:
            asked = distribution(name).requires or []
        except PackageNotFoundError:  # a package for another platform or another Python
            continue
        plain = {re.split(r"[\s;<>=!~\[(]", entry)[0].lower().replace("_", "-") for entry in asked if "extra ==" not in entry}
        assert not plain & CLIENTS, name


def test_every_declared_dependency_is_locked_with_a_hash_and_no_registry_is_named() -> None:
    declared = re.search(r"^dependencies = \[(.*?)^\]", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    assert declared is not None
    assert {name.lower() for name in re.findall(r'"([A-Za-z0-9_.-]+)', declared[1])} <= base_set()
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text("utf-8")
        assert "://" not in text
        assert len(re.findall(r"^[a-z0-9]", text, re.MULTILINE)) <= text.count("--hash=sha256:")


def test_the_package_imports_no_network_module() -> None:
    for path in Path(nearer.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not {module.split(".")[0] for module in modules} & NETWORK, path
            assert "urllib.request" not in modules, path


@pytest.mark.skipif(not shutil.which("unshare") or os.name != "posix" or os.geteuid() != 0, reason="a network of one's own needs root")
def test_a_report_is_made_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    made = tmp_path / "report.html"
    command = ["unshare", "--net", sys.executable, "-m", "nearer", "report", "--example", "-o", str(made)]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, env=dict(os.environ) | {"HOME": str(tmp_path)})
    assert ran.returncode == 0, ran.stderr
    assert made.stat().st_size > 10_000
