"""The tree is what ARCHITECTURE.md says: every module on its floor, small enough to read, named after what it does."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PEPA = ROOT / "pepa"

FLOORS_OF_ONE_FILE = {"app", "cli", "policy", "storage", "db", "disk", "clock", "config", "errors", "words"}
FLOORS_OF_FOLDERS = {"seeds", "blueprints", "delivery", "web", "domain", "models", "vault", "migrations"}
NOT_CODE = {"templates", "static", "translations"}
VAGUE = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "handler",
    "handlers",
    "service",
    "services",
}
# Other people's files, kept as they came.
VENDORED = {"tests/house/htmx_upgrade_check.py", "tests/e2e/axe.min.js", "pepa/static/htmx.min.js", "LICENSE"}
MAX_LINES = 400
LONG_FUNCTION = 60


def _tracked() -> list[Path]:
    """Every file that is committed or about to be, but for other people's."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [ROOT / name for name in names if name not in VENDORED and (ROOT / name).is_file()]


def _inside(folder: Path) -> list[Path]:
    return [path for path in _tracked() if path.suffix == ".py" and folder in path.parents]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_module_stands_on_a_floor() -> None:
    stray = []
    for path in _inside(PEPA):
        floor = path.relative_to(PEPA).parts[0]
        if floor not in {"__init__.py", *(f"{name}.py" for name in FLOORS_OF_ONE_FILE), *FLOORS_OF_FOLDERS}:
            stray.append(_name(path))
    assert not stray, f"no floor of ARCHITECTURE.md holds {stray}; put each where its imports say it belongs"


def test_no_folder_but_floors() -> None:
    folders = {path.relative_to(PEPA).parts[0] for path in _tracked() if PEPA in path.parents and path.parent != PEPA}
    assert folders <= FLOORS_OF_FOLDERS | NOT_CODE


@pytest.mark.parametrize("floor", ["blueprints/citizen", "blueprints/staff", "domain", "models", "web", "vault"])
def test_a_noun_is_one_file(floor: str) -> None:
    deeper = [_name(path) for path in _inside(PEPA / floor) if path.parent != PEPA / floor]
    assert not deeper, f"a noun with two lives becomes two nouns, not a package: {deeper}"


def test_the_package_itself_is_empty() -> None:
    assert not (PEPA / "__init__.py").read_text().strip(), "importing the vault must not import the web"
    assert not (PEPA / "migrations/__init__.py").exists()


def test_the_app_is_a_table_of_contents() -> None:
    assert len((PEPA / "app.py").read_text().splitlines()) <= 80


def test_no_file_is_long() -> None:
    lengths = {_name(path): len(path.read_text().splitlines()) for path in _tracked() if path.suffix == ".py"}
    long = {name: lines for name, lines in lengths.items() if lines > MAX_LINES}
    assert not long, f"more than {MAX_LINES} lines: find the second noun in it: {long}"


def test_long_functions_are_rare() -> None:
    functions = [(path, function) for path in _inside(PEPA) for function in _functions(path)]
    long = [
        f"{_name(path)}: {function.name}"
        for path, function in functions
        if (function.end_lineno or 0) - function.lineno >= LONG_FUNCTION
    ]
    assert len(long) <= len(functions) * 0.02, f"more than {LONG_FUNCTION} lines: {long}"


def test_no_vague_name() -> None:
    found = []
    for path in _tracked():
        if path.suffix in {".py", ".js", ".html", ".css"}:
            words = {word for part in path.relative_to(ROOT).parts for word in re.split(r"[._-]", part.lower())}
            if words & VAGUE:
                found.append(_name(path))
    assert not found, f"name it after what it does: {found}"


def test_no_import_is_hidden() -> None:
    hidden = []
    for path in _inside(PEPA):
        if path in {PEPA / "app.py", PEPA / "cli.py"}:
            continue
        for function in _functions(path):
            inner = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            hidden += [f"{_name(path)}:{node.lineno}" for node in inner]
        if re.search(r"\bTYPE_CHECKING\b", path.read_text()):
            hidden.append(f"{_name(path)}: TYPE_CHECKING")
    assert not hidden, f"an import inside a function says that a floor is wrong: {hidden}"


def test_one_file_commits() -> None:
    # Alembic's env.py is the second: migrations run outside of any session.
    allowed = {PEPA / "db.py", PEPA / "migrations/env.py"}
    found = [_name(path) for path in _inside(PEPA) if path not in allowed and ".commit(" in path.read_text()]
    assert not found, f"write through db.transaction(): {found}"
    assert (PEPA / "db.py").read_text().count(".commit(") == 1


def test_one_file_knows_the_time() -> None:
    asks = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|monotonic))\(")
    found = [_name(path) for path in _inside(PEPA) if path != PEPA / "clock.py" and asks.search(path.read_text())]
    assert not found, f"ask clock for the time, so that tests can hold it: {found}"


def test_nothing_is_left_undone_or_says_where_it_was_made() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|/work/(main|shared)\b|\bfiles\.pythonhosted\b|\bregistry\.npmjs\b")
    found = []
    for path in _tracked():
        if path == Path(__file__) or path.suffix in {".png", ".ico", ".ttf", ".woff2", ".gz", ".br", ".db", ".sqlite"}:
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if marks.search(line):
                found.append(f"{_name(path)}:{number}: {line.strip()[:80]}")
    assert not found, f"do it now, or write it down in an issue: {found}"


def test_make_has_its_verbs_alone() -> None:
    makefile = (ROOT / "Makefile").read_text()
    verbs = ["run", "test", "test-old", "lint", "format", "messages", "migration", "bench", "pictures"]
    phony = re.search(r"^\.PHONY: verbs (.*)$", makefile, re.MULTILINE)
    assert phony
    assert phony[1].split() == verbs
    told = subprocess.run(["make", "-s"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert re.findall(r"^make (\S+)", told, re.MULTILINE) == verbs, "plain make prints the verbs"
