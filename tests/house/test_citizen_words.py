"""How citizens are spoken to (CONTRIBUTING, Words): no word of the list, no heavy title, nothing promised early."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2.ext import babel_extract

from tests.citizen.walks import STORY, answer, enter, only, send
from tests.client import Client, Page

PEPA = Path(__file__).parents[2] / "pepa"
TEMPLATES = PEPA / "templates"
# Who is judged, ordered about, blamed; the machine's words; what nobody can promise.
FORBIDDEN = [
    "korban", "penyintas", "pelaku", "terlapor", "tersangka", "oknum", "diduga", "mengaku", "aib", "damai",
    "musyawarah", "harus", "seharusnya", "kenapa", "mohon", "dimohon", "berhasil", "sukses", "gagal", "valid",
    "error", "sistem", "server", "tiket", "submit", "klik", "login", "asesmen", "rujukan", "intervensi",
    "terminasi", "segera", "terjamin",
]  # fmt: skip
SHAPES = [*(rf"\b{word}\b" for word in FORBIDDEN), "silakan lengkapi", "100%", "!"]
LISTED = re.compile("|".join(SHAPES), re.IGNORECASE)
# Words of violence stand in running text only, where law or health needs them.
HEAVY = re.compile(r"kekerasan|perkosa|pukul|aniaya|seksual|bunuh|cekik|lapor polisi|pelecehan|disakiti", re.IGNORECASE)
# Asked once, on a page that only she opens, where the answer decides how soon she is read (words.md, danger).
ASKED = {"Siapa yang disakiti?", "Pernah dicekik?", "Pernah diancam dibunuh?"}
OURS = re.compile(r"\bwajib\b(?! kami)|\bkita\b", re.IGNORECASE)
# cases/citizen 61: browsers move their menus, and advice that names one grows old.
BROWSERS_OWN = re.compile(r"\b(menu|pengaturan|setelan|ikon|pojok)\b", re.IGNORECASE)
LONGEST = 18  # words of a sentence
LISTS = ("Tidak terkunci:", "Lembaga lain:", "Tanpa izin", "Orang yang mengawasi", "Pencuri tidak bisa")  # /privasi
MACROS = [
    "added",
    "ask",
    "away",
    "back",
    "bait",
    "beforehand",
    "calls",
    "checked",
    "choose",
    "counter",
    "digits",
    "errors_on_top",
    "kept",
    "languages",
    "late",
    "law",
    "listed",
    "mark",
    "no_way_in",
    "offer",
    "onward",
    "reading",
    "said",
    "saved",
    "select",
    "shapes",
    "sources",
    "too_long",
    "trouble",
]
DOORS = [
    "blueprints/citizen",
    "web/readers.py",
    "web/steps.py",
    "domain/reporters.py",
    "domain/intake.py",
    "domain/additions.py",
    "domain/codes.py",
    "domain/unsent.py",
    "domain/opinions.py",
    "models/opinions.py",
    "models/subjects.py",
    "web/fields.py",
    "errors.py",
    "models/reports.py",
    "models/additions.py",
]


def templates() -> list[Path]:
    wing = ["base_citizen.html", "errors/citizen.html", *(f"ui/{name}.html" for name in MACROS)]
    return [*(TEMPLATES / "citizen").rglob("*.html"), *(TEMPLATES / name for name in wing)]


def sentences() -> Iterator[tuple[str, str]]:
    """Every msgid that a citizen may read, with where it stands."""
    for path in templates():
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ("_", "gettext", "ngettext"), [], {"trim_blocks": "true"}):
                yield str(path.relative_to(TEMPLATES)), str(message[0] if isinstance(message, tuple) else message)
    for door in DOORS:
        place = PEPA / door
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield from ((path.name, message) for message in _marked(path))


def _marked(path: Path) -> Iterator[str]:
    """What stands in N_("…") and gettext("…"), docstrings aside."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("N_", "gettext") and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant):
                yield str(first.value)


def test_the_list_is_looked_for() -> None:
    assert LISTED.search("Laporan akan segera dibaca")
    assert LISTED.search("Hebat!")
    assert not LISTED.search("kesegeraan")
    assert OURS.search("Kolom wajib diisi")
    assert not OURS.search("wajib kami laporkan")


def test_there_are_sentences_to_look_at() -> None:
    assert len({message for _, message in sentences()}) > 100


def test_no_sentence_holds_a_word_of_the_list() -> None:
    found = [f"{where}: {message}" for where, message in sentences() if LISTED.search(message) or OURS.search(message)]
    assert not found, f"say it in the words of the table of hard and plain words: {found}"


def test_no_advice_hangs_on_the_name_of_a_menu() -> None:
    assert BROWSERS_OWN.search("Buka menu titik tiga di pojok.")
    assert not [message for _, message in sentences() if BROWSERS_OWN.search(message)]


def test_sentences_are_short() -> None:
    pieces = [(where, one) for where, message in sentences() for one in re.split(r"(?<=[.?:])\s+", message)]
    found = [f"{where}: {one}" for where, one in pieces if len(one.split()) > LONGEST and not one.startswith(LISTS)]
    assert not found, f"one thought, {LONGEST} words: {found}"


def test_templates_hold_no_sentence_outside_the_catalogue() -> None:
    """What a reader sees comes through _(): then it is looked at here, and can be said in English."""
    found = []
    for path in templates():
        source = re.sub(r"\{% set \w+ %\}.*?\{% endset %\}", "", path.read_text(), flags=re.DOTALL)
        for piece in (
            r"\{#.*?#\}",
            r"\{%.*?%\}",
            r"\{\{.*?\}\}",
            r"<style>.*?</style>|<script>.*?</script>",
            r"<[^>]*>",
        ):
            source = re.sub(piece, " ", source, flags=re.DOTALL)
        found += [f"{path.name}: {word}" for word in re.findall(r"[^\W\d_]{2,}", source)]
    assert not found


@pytest.fixture
def pages(app: Flask) -> list[Page]:
    """Every page of the wing, one of each kind, without the demo's own made-up names."""
    client = Client(app)
    seen = [client.get(path) for path in ("/", "/kontak", "/privasi", "/lapor", "/pantau", "/tidak-ada")]
    seen.append(client.post("/lapor", {}))
    client.get("/lapor")
    seen.append(client.submit("Kirim", phone="1"))
    code = send(client, STORY)
    assert client.page is not None
    seen.append(client.page)
    for number in "1234":
        client.post("/lapor", {"go": number, "end": "1"})
        seen.append(client.get("/lapor"))
        sent = {"step": number, "suicidal": "yes", "ago": "recent", "reach": "back", "phone": "0812", "end": "1"}
        page = client.post("/lapor", sent)
        seen += [page if page.html else client.get("/lapor")]
    answer(app, only(app).id, "Terima kasih sudah menulis.")
    seen.append(enter(client, code))
    seen.append(enter(Client(app), "12345"))
    child = Client(app)
    seen += [child.get("/lapor?pendek"), child.submit("Kirim", what=STORY)]
    return seen


def test_what_is_seen_holds_no_word_of_the_list(pages: list[Page]) -> None:
    for page in pages:
        assert not LISTED.search(page.text), (page, LISTED.search(page.text))


def test_nothing_heavy_stands_large(pages: list[Page]) -> None:
    """From behind it is a form: headings, buttons, links, labels and first options are neutral."""
    for page in pages:
        for element in page.tree.select("title, h1, h2, h3, button, a, label, legend, option:first-child, summary"):
            heavy = HEAVY.search(element.get_text()) and element.get_text() not in ASKED
            assert not heavy, (page, element.get_text())


def test_titles_and_addresses_are_neutral(pages: list[Page]) -> None:
    titles = {page.tree.title.get_text() for page in pages if page.tree.title}
    assert titles == {"Info Warga"}
    for page in pages:
        assert not page.tree.select(
            "meta[name=description], meta[property], meta[name='theme-color'], link[rel=canonical]"
        )
        for icon in page.tree.select("link[rel=icon]"):
            assert str(icon["href"]).startswith("data:")
