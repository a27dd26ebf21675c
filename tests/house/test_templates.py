"""Templates: a part is a block named like its element's id; a class is one of the style's; a widget is one macro."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "pepa/templates"
DOORS = sorted((ROOT / "pepa/blueprints/staff").glob("*.py"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
BASE = (TEMPLATES / "base_staff.html").read_text()
FRAMES = {  # blocks that a base has for its pages, no parts
    "title",
    "head",
    "heading",
    "main",
    "body",
    "foot",
    "languages",
}  # blocks that a base has for its pages, no parts
SHEETS = {"paper.css", "screen.css", "slides.css"}  # of what is printed and sent, beside their templates
HTMX = {"htmx-request", "htmx-indicator"}


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


@cache
def classes_of(style: str) -> frozenset[str]:
    """Every class that a style speaks of."""
    folder = TEMPLATES / "sheets" if style in SHEETS else ROOT / "pepa/static"
    text = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", (folder / style).read_text(), flags=re.DOTALL)
    return frozenset(re.findall(r"\.([a-z][\w-]*)", text))


def wing(path: Path) -> set[str]:
    """The styles under which a template is seen; a widget may be either wing's."""
    first = path.relative_to(TEMPLATES).parts[0]
    if first == "sheets":
        return SHEETS
    if first == "ui":
        return {"staff.css", "citizen.css"}
    return {"citizen.css"} if re.search("citizen|worker", name(path)) else {"staff.css"}


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_classes_are_the_style_s(path: Path) -> None:
    known = frozenset().union(*(classes_of(style) for style in wing(path))) | HTMX
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    used = set()
    for value in re.findall(r'\bclass="((?:\{\{.*?\}\}|\{%.*?%\}|[^"])*)"', text):
        used |= set(re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", value).split())
        used |= set(re.findall(r"['\"]([a-z-]+)['\"]", " ".join(re.findall(r"\{\{.*?\}\}", value))))
    assert used <= known, f"no style knows {sorted(used - known)}: take one that look/ has, or draw it in {wing(path)}"


@pytest.mark.parametrize("path", [path for path in PAGES if "citizen" not in name(path)], ids=name)
def test_a_part_has_its_name_as_its_id(path: Path) -> None:
    text = path.read_text()
    for block in re.findall(r"\{%-?\s*block (\w+)", text):
        if block in FRAMES:
            continue
        stands = re.search(rf'<(\w+)[^>]*\bid="{block}"[^>]*>\s*\{{%-?\s*block {block}\b', text)
        inherited = re.search(rf'id="{block}"[^>]*>\s*\{{%-?\s*block {block}\b', BASE)
        assert stands or inherited, f"{name(path)}: write <section id={block!r}>{{% block {block} %}}…"


@pytest.mark.parametrize("path", [path for path in PAGES if "citizen" not in name(path)], ids=name)
def test_what_htmx_fills_is_a_part(path: Path) -> None:
    blocks = {block for page in PAGES for block in re.findall(r"\{%-?\s*block (\w+)", page.read_text())}
    for target in re.findall(r'hx-target="#([\w-]+)"', path.read_text()):
        assert target in blocks, f"{name(path)} fills #{target}, which is no block: page() could not render it alone"


@pytest.mark.parametrize("path", [path for path in PAGES if name(path).startswith("ui/")], ids=name)
def test_a_widget_is_one_macro_named_like_its_file(path: Path, app: Flask) -> None:
    macros = re.findall(r"\{%-?\s*macro (\w+)\(", path.read_text())
    assert macros == [path.stem]
    with app.test_request_context("/petugas/masuk"):
        assert callable(getattr(app.jinja_env.globals["ui"], path.stem))


def test_every_widget_is_used() -> None:
    text = "\n".join(path.read_text() for path in PAGES)
    used = set(re.findall(r"\bui\.(\w+)\(", text))
    assert {path.stem for path in PAGES if name(path).startswith("ui/")} == used


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_no_template_trusts_what_was_typed(path: Path) -> None:
    """Everything is escaped; nothing is marked as safe, and each attribute stands in quotes."""
    text = re.sub(r"\{#.*?#\}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"\|\s*safe\b|\bMarkup\b|autoescape", text)
    assert not re.search(r"\s[\w-]+=\{\{", text), "an attribute without quotes"


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_templates_write_no_queries(path: Path) -> None:
    assert not re.search(r"\bdb\.|\bsession\.|\.query\b|\bsa\.", path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_written_path_hands_the_language_on(path: Path) -> None:
    found = re.findall(r'(?:href|action)="(/(?!keluar")[^"]*)"', path.read_text())
    assert not found, f'{name(path)}: write it as {{{{ way("{found[0]}") }}}}'


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.stem)
def test_where_a_text_is_typed_it_is_offered_again(door: Path) -> None:
    text = door.read_text()
    if "= TextField(" in text:
        assert "drafts.offered(" in text, "offer what was typed and not sent: see pepa/web/drafts.py"
        assert "drafts.done()" in text, "what was sent is offered no more"


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.stem)
def test_no_page_is_given_a_name_that_the_frame_takes(door: Path) -> None:
    """What base_staff.html sets hides what a door gives by the same name, in every block of the page."""
    taken = set(re.findall(r"{% set (\w+)", (TEMPLATES / "base_staff.html").read_text()))
    calls = (node for node in ast.walk(ast.parse(door.read_text())) if isinstance(node, ast.Call))
    pages = [call for call in calls if ast.unparse(call.func) == "page"]
    hidden = {keyword.arg for call in pages for keyword in call.keywords} & taken
    assert not hidden, f"call it otherwise, there or here: {hidden}"
