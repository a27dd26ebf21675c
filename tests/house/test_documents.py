"""The documents say what is so: their links lead somewhere, their commands exist, their tables are the program's."""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from pepa import cli
from pepa.models import TABLES, reports, titles

ROOT = Path(__file__).parents[2]
ADR = ROOT / "docs/adr"
THREATS = ROOT / "docs/threat-model.md"
GUIDES = ROOT / "docs/guides"
ADR_SECTIONS = ["Why", "Decision", "What it costs", "What we turned down"]
KINDS = {"Added", "Changed", "Fixed", "Security"}
# Parts of the Makefile that are no verbs, but that whoever installs the program needs.
PARTS = {".venv/.run", ".venv/.dev"}


def _documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _prose(text: str) -> str:
    """Without blocks of code, in which a bracket is no link."""
    return re.sub(r"^```.*?^```|^    [^\n]*$", "", text, flags=re.DOTALL | re.MULTILINE)


def _links(path: Path) -> Iterator[tuple[str, Path, str]]:
    """What is written, the file that it means, and the heading in it; links to other sites are not ours to hold."""
    for target in re.findall(r"\]\(([^)\s]+)\)", _prose(path.read_text())):
        if not re.match(r"[a-z]+:", target):
            file, _, heading = target.partition("#")
            yield target, (path.parent / file).resolve() if file else path, heading


def _headings(path: Path) -> set[str]:
    """As they are addressed: small letters, dashes for spaces, nothing else."""
    heads = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


# ---- links, paths, commands, settings ----


@pytest.mark.parametrize("path", _documents(), ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    dead = [
        written
        for written, file, heading in _links(path)
        if not file.exists() or (heading and heading not in _headings(file))
    ]
    assert not dead, f"{_name(path)} links to what is not there (pictures: make pictures): {dead}"


def test_every_document_is_found_from_the_readme() -> None:
    found, ahead = set(), [ROOT / "README.md"]
    while ahead:
        path = ahead.pop()
        if path.is_dir():
            ahead += path.glob("*.md")
        elif path.suffix == ".md" and path.exists() and path not in found:
            found.add(path)
            ahead += [file for _, file, _ in _links(path)]
    lost = sorted(_name(path) for path in set(_documents()) - found)
    assert not lost, f"no link leads to {lost}"


@pytest.mark.parametrize("path", _documents(), ids=_name)
def test_paths_that_are_named_exist(path: Path) -> None:
    named = set(re.findall(r"`((?:pepa|tests|docs|deploy)/[\w./-]+)`", path.read_text()))
    missing = sorted(name for name in named if not (ROOT / name).exists())
    assert not missing, f"{_name(path)} names {missing}"


def test_code_names_decisions_that_exist() -> None:
    named = {}
    for path in (ROOT / "pepa").rglob("*.py"):
        for number in re.findall(r"docs/adr/(\d{4})", path.read_text()):
            named[f"{_name(path)} {number}"] = list(ADR.glob(f"{number}-*.md"))
    assert named, "nothing refers to a decision any more: this search is broken, or they are forgotten"
    assert all(named.values()), f"no such decision: {[name for name, files in named.items() if not files]}"


def test_commands_are_verbs_of_make() -> None:
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    verbs = {*phony[1].split(), *PARTS}
    for path in _documents():
        used = set(re.findall(r"(?:`|^    |&& )make ([\w./-]+)", path.read_text(), re.MULTILINE))
        assert used <= verbs, f"{_name(path)}: make has no {sorted(used - verbs)}"
    assert re.findall(r"^    make (\S+)", (ROOT / "README.md").read_text(), re.MULTILINE) == ["run", "test"]


def test_commands_of_the_program_exist() -> None:
    there = set(cli.pepa.commands)
    texts = [*_documents(), *(ROOT / "deploy").glob("pepa*")]
    for path in texts:
        used = re.findall(r"(?:`|--app wsgi |^    )pepa ([a-z]+)", path.read_text(), re.MULTILINE)
        assert set(used) <= there, f"{_name(path)}: flask pepa has no {sorted(set(used) - there)}"
    row = next(line for line in (ROOT / "ARCHITECTURE.md").read_text().splitlines() if line.startswith("| `cli.py`"))
    assert there == set(re.findall(r"`([a-z]+)`", row)), "ARCHITECTURE.md lists what `flask pepa` can do"


def _read_from_environment(*files: Path) -> set[str]:
    asked = r"""environ(?:\.get\(|\[)\s*["']([A-Z_]+)"""
    return {name for path in files for name in re.findall(asked, path.read_text())}


def test_every_setting_from_outside_is_in_the_readme() -> None:
    read = _read_from_environment(ROOT / "pepa/config.py", ROOT / "deploy/gunicorn.conf.py")
    assert read
    table = set(re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert table == read, f"README.md, Settings from outside: {sorted(table ^ read)}"
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / "deploy/pepa.env.example").read_text(), re.MULTILINE))
    assert example <= read, f"deploy/pepa.env.example sets what nothing reads: {sorted(example - read)}"


def test_settings_that_documents_name_are_read() -> None:
    read = _read_from_environment(
        ROOT / "pepa/config.py", ROOT / "deploy/gunicorn.conf.py", *(ROOT / "tests").glob("*.py")
    )
    read |= set(re.findall(r'"(PEPA_[A-Z_]+)"', (ROOT / "tests/chromium.py").read_text()))
    for path in _documents():
        named = set(re.findall(r"\bPEPA_[A-Z_]+\b", path.read_text()))
        assert named <= read, f"{_name(path)} names what nothing reads: {sorted(named - read)}"


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy").glob("*.service")), ids=_name)
def test_units_keep_keys_off_the_disk(unit: Path) -> None:
    lines = unit.read_text().splitlines()
    for line in ("LimitCORE=0", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict", "User=pepa"):
        assert line in lines, f"{_name(unit)} lacks {line}"


# ---- what stands in the clear ----


def _rows(kind: str) -> dict[str, str]:
    """A table of the threat model by its first column, which is in backticks. kind: its heading."""
    _, _, rest = THREATS.read_text().partition(f"| {kind} |")
    lines = takewhile(lambda line: line.startswith("|"), rest.splitlines()[1:])
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    names = [cells[0].strip("`") for cells in found if cells[0].startswith("`")]
    assert len(names) == len(set(names)), f"twice: {sorted(name for name in names if names.count(name) > 1)}"
    return {cells[0].strip("`"): cells[1] for cells in found if cells[0].startswith("`")}


def test_every_column_in_the_clear_has_its_reason() -> None:
    reasons, whole = _rows("column"), _rows("table")
    columns = {f"{table.name}.{column.name}" for table in TABLES.values() for column in table.columns}
    listed = {name for name in columns if name.split(".")[0] not in whole and not name.endswith("_sealed")}
    bare = sorted(listed - reasons.keys())
    assert not bare, f"seal it (a name in _sealed), or say in docs/threat-model.md why not: {bare}"
    gone = sorted(reasons.keys() - listed)
    assert not gone, f"docs/threat-model.md lists what is sealed, is no column, or stands with its whole table: {gone}"
    assert all(len(reason) > 3 for reason in reasons.values()), "a reason is a reason"
    assert whole.keys() <= TABLES.keys(), f"no such table: {sorted(whole.keys() - TABLES.keys())}"


def test_what_hangs_on_a_report_is_listed_by_column() -> None:
    hang, whole = {"reports", "boxes"}, _rows("table").keys()
    for table in TABLES.values():
        if {key.column.table.name for key in table.foreign_keys} & hang or "body_sealed" in table.columns:
            hang.add(table.name)
    assert {"grants", "messages", "reporter_keys", "readings", "drafts"} <= hang
    assert not hang & whole, f"these belong to citizens: list each column: {sorted(hang & whole)}"


# ---- states, decisions, changes ----


def _diagram(ways: Mapping[Any, frozenset[Any]]) -> str:
    """The states in their order, and each way from one to another."""
    names = [f"    {state.value}: {state.label}" for state in ways]
    arrows = [f"    {here.value} --> {there.value}" for here in ways for there in ways if there in ways[here]]
    return "\n".join(["```mermaid", "stateDiagram-v2", *names, *arrows, "```"])


@pytest.mark.parametrize(
    ("guide", "choice", "ways"),
    [
        ("states-of-a-report.md", reports.Stage, reports.TRANSITIONS),
        ("how-a-title-is-written-and-published.md", titles.State, titles.TRANSITIONS),
    ],
)
def test_the_diagram_of_states_is_printed_from_transitions(guide: str, choice: Any, ways: Any) -> None:
    assert list(ways) == list(choice), "each state stands in the table, in its order"
    diagram = _diagram(ways)
    assert diagram in (GUIDES / guide).read_text(), f"{guide} must hold this:\n{diagram}"


@pytest.mark.parametrize("path", sorted(ADR.iterdir()), ids=lambda path: path.name)
def test_a_decision_is_short_and_named_as_a_sentence(path: Path) -> None:
    text = path.read_text()
    head = re.match(r"# (\d{4}) (.+)\n\n\d{4}-\d{2}-\d{2}\n", text)
    assert head, "it begins with # NNNN The decision as a sentence, and the day"
    words = re.sub(r"[^a-z0-9 -]", "", head[2].lower()).replace(" ", "-")
    assert path.name == f"{head[1]}-{words}.md"
    assert len(words.split("-")) >= 4, "a sentence has a verb"
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ADR_SECTIONS
    assert len(text.splitlines()) <= 40


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(int(path.name[:4]) for path in ADR.iterdir())
    assert numbers == list(range(1, len(numbers) + 1))


def test_changes_are_kept_under_unreleased() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(r"^## Unreleased$", text, re.MULTILINE)
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= KINDS


# ---- words of the screen


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "docs/guides/a-first-day-at-the-desk.md"])
def test_words_in_italics_stand_on_a_screen(name: str) -> None:
    """What a document calls by its word on the screen is called so there."""
    catalogue = ROOT / "pepa/translations/en/LC_MESSAGES/messages.po"
    with catalogue.open("rb") as file:
        sentences = [m.id if isinstance(m.id, str) else m.id[0] for m in read_po(file) if m.id]
    said = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", _prose((ROOT / name).read_text()))
    assert said
    assert not [word for word in said if not any(word.strip(" ×.…") in sentence for sentence in sentences)]
