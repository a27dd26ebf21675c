"""What browsers are given as it stands: pinned, small, of our own origin, readable by the oldest phone that gets it."""

import hashlib
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.house import htmx_upgrade_check

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "pepa/static"
TEMPLATES = ROOT / "pepa/templates"
SVG = "{http://www.w3.org/2000/svg}"


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def _squeezed(text: str) -> str:
    """As it is put into a page: no comments, indentation and line breaks."""
    return re.sub(r"^\s+|\n", "", _without_comments(text), flags=re.MULTILINE)


# ---- other people's files ----


@pytest.mark.parametrize(
    ("file", "version"), [("pepa/static/htmx.min.js", 'version="4.0.1"'), ("tests/e2e/axe.min.js", "axe v4.14.1")]
)
def test_vendored_as_it_came(file: str, version: str) -> None:
    path = ROOT / file
    told, name = (ROOT / f"{file}.sha256").read_text().split()
    assert name == path.name
    assert hashlib.sha256(path.read_bytes()).hexdigest() == told
    assert version in path.read_text()
    assert re.search(r"licen[cs]e", (ROOT / f"{file}.LICENSE").read_text(), re.IGNORECASE)


def test_no_other_library_stands_there() -> None:
    assert {path.name for path in STATIC.rglob("*.min.*")} == {
        "htmx.min.js",
        "htmx.min.js.sha256",
        "htmx.min.js.LICENSE",
    }


# ---- no foreign origin ----

# What a browser could take for another machine: an address with a scheme, //host, an import, a url() that is no data:.
# CSS knows url() in any case of letters, but a script's URL() is no request: ours write it small.
FOREIGN = re.compile(
    r"""(?:https?|wss?|ftp):\S*|(?<=["'(=])//[a-z0-9-]+\.[^"')\s]*|@import[^;]*|\burl\((?!["']?data:)[^)]*\)"""
)
NAMESPACES = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


@pytest.mark.parametrize(
    "text", ["a{background:url(https://a.example/x.png)}", '@import "x.css";', 's.src="//a.example/x"']
)
def test_the_search_finds_a_foreign_origin(text: str) -> None:
    assert FOREIGN.search(text)


def test_no_file_names_a_foreign_origin() -> None:
    found = []
    for path in STATIC.rglob("*"):
        if path.suffix in {".css", ".js", ".svg", ".html", ".json"}:
            named = (match[0].strip("\"'<>;,") for match in FOREIGN.finditer(path.read_text()))
            found += [f"{path.name}: {name}" for name in named if name.split('"')[0] not in NAMESPACES]
    assert not found


# ---- the two styles ----


def test_citizen_css_is_small_and_knows_nothing_that_old_phones_do_not() -> None:
    text = (STATIC / "citizen.css").read_text()
    assert len(text.encode()) <= 6144
    plain = _without_comments(text)
    for new in ("--", "var(", "grid", "sticky", ":has(", "clamp(", "min(", "max(", "gap:", "@layer", "@container", "&"):
        assert new not in plain, f"{new} is unknown to the phones that this is for"


@pytest.mark.parametrize("name", ["citizen.css", "staff.css"])
def test_css_is_balanced_and_keeps_its_meaning_when_squeezed(name: str) -> None:
    text = (STATIC / name).read_text()
    assert text.count("/*") == text.count("*/")
    plain = _squeezed(text)
    assert plain.count("{") == plain.count("}")
    assert "//" not in plain, "a line comment would swallow what follows"


def test_staff_css_is_one_short_file() -> None:
    text = (STATIC / "staff.css").read_text()
    assert len(text.splitlines()) <= 1000
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert used <= set(re.findall(r"(--[\w-]+)\s*:", text)), "a token is used that is not defined"


# ---- icons ----


def test_icons_are_a_sprite_of_symbols() -> None:
    root = ET.fromstring((STATIC / "icons.svg").read_text())
    names = [symbol.get("id") for symbol in root]
    assert {child.tag for child in root} == {f"{SVG}symbol"}
    assert len(names) == len(set(names))
    assert "mark" in names
    assert all(symbol.get("viewBox") == "0 0 24 24" for symbol in root)
    shapes = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert shapes <= {"svg", "symbol", "g", "path", "circle", "ellipse", "rect"}
    attributes = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in attributes if name == "style" or name.startswith("on") or "href" in name}


def test_the_mark_has_six_petals() -> None:
    (mark,) = [symbol for symbol in ET.fromstring((STATIC / "icons.svg").read_text()) if symbol.get("id") == "mark"]
    assert len(mark.findall(f".//{SVG}ellipse")) == 6


# ---- scripts for old phones ----

# What ES5 does not have. Strings are taken out before this looks.
NEWER = re.compile(
    r"=>|`|\.\.\.|\?\.|\?\?|\*\*|#\w"
    r"|\b(?:let|const|class|async|await|yield|import|export|of|super)\b"
    r"|\bcatch\s*\{|\bfor\s*\([^;)]*\bof\b|\b\d+n\b"
    r"|\.(?:closest|matches|remove|append|prepend|replaceWith|includes|find|startsWith|endsWith|padStart|flat|assign|from)\("
    r"|\b(?:Promise|Symbol|Map|Set|Proxy|fetch|URL|URLSearchParams|globalThis)\b"
)
OLD_SCRIPTS = {"copy.js": 800, "exit.js": 1280, "photos.js": 2048}  # and the bytes that each may have in a page


def _bare(script: str) -> str:
    """A script without its comments and strings."""
    return re.sub(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'', '""', _without_comments(script))


@pytest.mark.parametrize(
    "text",
    [
        "let a;",
        "x=>x",
        "`a`",
        "const b=1",
        "a?.b",
        "class A{}",
        "f(...a)",
        "try{}catch{}",
        "e.target.closest('a')",
        "2**3",
    ],
)
def test_the_search_finds_what_is_newer(text: str) -> None:
    assert NEWER.search(_bare(text))


@pytest.mark.parametrize("name", OLD_SCRIPTS)
def test_old_phones_can_read(name: str) -> None:
    text = (STATIC / name).read_text()
    bare = _bare(text)
    assert not NEWER.findall(bare), f"{name} holds what is newer than ES5"
    for opening, closing in ("()", "{}", "[]"):
        assert bare.count(opening) == bare.count(closing)
    assert len(text.splitlines()) <= 120


@pytest.mark.parametrize("name", OLD_SCRIPTS)
def test_no_form_hangs_on_a_script(name: str) -> None:
    """cases/citizen 57, 58: browsers that rewrite pages lose what a script puts into a field, or never run it."""
    text = _without_comments((STATIC / name).read_text())
    assert not re.findall(r"hidden|ticket|\bonce\b|crypto|\belements\b", text)


@pytest.mark.parametrize("name", OLD_SCRIPTS)
def test_a_script_can_be_squeezed(name: str) -> None:
    """Line breaks can go only where a statement is closed and no line comment runs on."""
    text = (STATIC / name).read_text()
    assert "//" not in _bare(text)
    for line in _without_comments(text).splitlines():
        if code := line.strip():
            assert code[-1] in ";{}(,", f"{name}: {code!r} would run into the next line"
    assert len(_squeezed(text).encode()) <= OLD_SCRIPTS[name]


# ---- the exit ----


def test_leaving_empties_first_and_waits_for_nothing() -> None:
    text = _squeezed((STATIC / "exit.js").read_text())
    body = text[text.index("function leave()") :]
    order = ["innerHTML", "d.title", "d.cookie", "location.replace"]
    places = [body.index(step) for step in order]
    assert places == sorted(places)
    for waiting in (
        "setTimeout",
        "XMLHttpRequest",
        "sendBeacon",
        "beforeunload",
        "unload",
        "confirm(",
        "location.href",
    ):
        assert waiting not in text
    assert "innerHTML" in text, "a cover could be taken off again"


def test_leaving_marks_the_browser_and_keeps_keys_from_stopping_it() -> None:
    text = _squeezed((STATIC / "exit.js").read_text())
    assert '"__Host-x=" + (new Date() / 6e4 | 0) + "; Path=/; Secure; SameSite=Strict"' in text
    assert 'getAttribute("data-to") || "/keluar"' in text
    assert "e.persisted" in text
    for event in ("keydown", "keyup", "click"):
        assert f'd.addEventListener("{event}"' in text


# ---- htmx ----


def _old_htmx(folder: Path) -> list[str]:
    files = htmx_upgrade_check.collect_files([str(folder)], [".html", ".js"])  # type: ignore[no-untyped-call]
    # hx-disable is both 2's name for ignoring and 4's for disabling what is under way: it is always flagged.
    issues = [issue for file in files for issue in htmx_upgrade_check.check_file(file)]  # type: ignore[no-untyped-call]
    return [str(issue) for issue in issues if not issue.message.startswith("hx-disable ")]


def test_the_check_finds_htmx_2(tmp_path: Path) -> None:
    (tmp_path / "old.html").write_text('<a hx-get="/x" hx-disabled-elt="this" hx-on:htmx:after-swap="x()">x</a>\n')
    assert len(_old_htmx(tmp_path)) >= 1


def test_templates_hold_nothing_of_htmx_2() -> None:
    found = _old_htmx(TEMPLATES)
    assert not found, found


def test_templates_hold_no_code() -> None:
    """hx-on and js: do nothing under our policy, or stop a request without a word; style and handlers are refused."""
    code = re.compile(r"""\bhx-on\b|\bdata-hx-on\b|["']\s*(?:js|javascript):|<[^>]*\s(?:style|on[a-z]+)=""")
    found = []
    for path in TEMPLATES.rglob("*.html"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if code.search(line):
                found.append(f"{path.relative_to(TEMPLATES)}:{number}: {line.strip()[:80]}")
    assert not found


def test_no_template_uses_htmx_where_citizens_read() -> None:
    wing = [TEMPLATES / "base_citizen.html", *(TEMPLATES / "citizen").rglob("*.html")]
    found = [path.name for path in wing if path.exists() and re.search(r"\bhx-|htmx", path.read_text())]
    assert not found


OURS = sorted(path for path in STATIC.iterdir() if path.suffix in (".css", ".js") and ".min." not in path.name)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_what_is_sent_without_comments_is_the_same_without_them(path: Path) -> None:
    """web/headers takes comments out of what it squeezes: none may be part of a string, nor stand within a word."""
    text = path.read_text()
    for found in re.finditer(r"/\*.*?\*/", text, re.DOTALL):
        line = text[: found.start()].rpartition("\n")[2]
        assert not line.strip() or line.rstrip()[-1] in ";{},", f"{path.name}: {line}{found[0]}"
    assert not re.search(r"/\*|\*/", _without_comments(text))
