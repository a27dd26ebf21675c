"""English (words.md, English): every sentence has it, in the same calm voice, and the compiled catalogue is its own."""

import ast
import io
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PO = ROOT / "pepa/translations/en/LC_MESSAGES/messages.po"
MEND = "run `make messages`, write the English into pepa/translations/en/LC_MESSAGES/messages.po, run it again"
NEVER = re.compile(
    r"\b(victims?|perpetrators?|please|success\w*|oops|invalid|error|unfortunately|kindly|click|submit)\b",
    re.IGNORECASE,
)
SHORTENED = re.compile(r"\w(n['’]t|['’](re|ll|ve|m|d))\b", re.IGNORECASE)
AMERICAN = re.compile(
    r"\b(colors?|centers?|favor\w*|behavior\w*|honor\w*|neighbor\w*|\w+iz(e[sd]?|ing|ation)|gray|"
    r"(cancel|label|travel)(ed|ing)|counselors?|catalogs?)\b",
    re.IGNORECASE,
)
AS_IN_BRITAIN = {"size", "sizes", "prize"}
STATES = re.compile(r"\b(SUDAH|BELUM|TIDAK)\b")
PLACE = re.compile(r"%\(\w+\)s|%%")


@cache
def gathered() -> dict[str, str]:
    """Every msgid of the program, with where it stands."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    found: dict[str, str] = {}
    keywords = {**DEFAULT_KEYWORDS, "N_": None}
    for place, line, message, _, _ in extract_from_dir(ROOT / "pepa", _inside(methods), keywords=keywords):
        found.setdefault(message[0] if isinstance(message, tuple) else message, f"pepa/{place}:{line}")
    return found


def _inside(methods: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(pattern.removeprefix("pepa/"), method) for pattern, method in methods]


@cache
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="en")


def english() -> list[tuple[str, str]]:
    """(msgid, msgstr), a row a form."""
    rows = []
    for message in catalogue():
        rows += [(_id(message), text) for text in _texts(message) if message.id]
    return rows


def _id(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, (tuple, list)) else message.id)


def _texts(message: Message) -> list[str]:
    return (
        [str(text) for text in message.string] if isinstance(message.string, (tuple, list)) else [str(message.string)]
    )


def faults(msgid: str, text: str) -> list[str]:
    """What is wrong with one translation."""
    found = []
    if set(PLACE.findall(msgid)) != set(PLACE.findall(text)):
        found.append(f"other placeholders: {sorted(PLACE.findall(msgid))} and {sorted(PLACE.findall(text))}")
    found += [f"never {match.group()!r}" for match in NEVER.finditer(text)]
    found += [f"write {match.group()!r} out" for match in SHORTENED.finditer(text)]
    found += [
        f"{match.group()!r} is not British" for match in AMERICAN.finditer(text) if match.group() not in AS_IN_BRITAIN
    ]
    if "!" in text:
        found.append("no exclamation mark")
    if msgid[-1:] in ".?:" and msgid[-1:] != text[-1:]:
        found.append(f"does not end with {msgid[-1:]!r}")
    if STATES.search(msgid) and not re.search(r"\b(IS|HAS|HAVE|HAD|NO|NOT|NOTHING|NOBODY|NEVER)\b", text):
        found.append("SUDAH, BELUM, TIDAK stand in capitals in English too")
    return found


def test_every_sentence_has_its_english() -> None:
    known = {msgid for msgid, text in english() if text}
    missing = [f'{place}\n    msgid "{one}"' for one, place in gathered().items() if one not in known]
    assert not missing, f"{MEND}:\n" + "\n".join(missing)
    assert len(gathered()) > 350


def unspoken(code: str) -> list[str]:
    """Sentences that a door puts on top of a form as they stand, in Indonesian on every page."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    said = [call.args[0] for call in calls if ast.unparse(call.func).endswith("form_errors.append")]
    spoken = ("gettext", "lazy_gettext", "ngettext")
    return [ast.unparse(one) for one in said if not (isinstance(one, ast.Call) and ast.unparse(one.func) in spoken)]


def test_what_a_door_says_on_top_of_a_form_is_in_the_language_of_the_page() -> None:
    assert unspoken("form.form_errors.append(STALE)") == ["STALE"]
    assert unspoken("form.form_errors.append(gettext(STALE))") == []
    for door in sorted((ROOT / "pepa/blueprints").rglob("*.py")):
        assert not unspoken(door.read_text()), f"{door.relative_to(ROOT)}: put it through gettext(…)"


def test_the_catalogue_holds_nothing_that_is_not_said() -> None:
    gone = sorted({msgid for msgid, _ in english()} - gathered().keys())
    assert not gone, f"{MEND}: {gone}"
    assert not [_id(message) for message in catalogue() if message.fuzzy and message.id]


def test_what_is_looked_for() -> None:
    for wrong in ("The victim", "Please wait.", "You can't", "organized", "color", "Sent successfully", "The error"):
        assert faults("Kalimat", wrong), wrong
    assert faults("%(n)s huruf", "%(m)s letters")
    assert faults("Apa yang terjadi?", "What happened")
    assert faults("Laporan SUDAH sampai.", "The report has arrived.")
    assert not faults("Laporan SUDAH sampai.", "The report HAS arrived.")
    assert not faults("%(n)s huruf.", "A size of %(n)s letters, in the office's colour.")


def test_english_has_the_same_voice() -> None:
    found = [f"{msgid!r} → {text!r}: {fault}" for msgid, text in english() if text for fault in faults(msgid, text)]
    assert not found, "\n".join(found)


def test_the_compiled_catalogue_is_that_of_the_sentences() -> None:
    """It lies beside them in git, so that a clean checkout speaks English at once; it must be no older one."""
    fresh = io.BytesIO()
    write_mo(fresh, catalogue())
    assert fresh.getvalue() == PO.with_suffix(".mo").read_bytes(), "run `make messages` and commit messages.mo as well"


@pytest.mark.parametrize("singular", [1, 2])
def test_a_plural_keeps_its_count(singular: int) -> None:
    """Indonesian has one form for both, so its two msgids are the same."""
    plurals = [message for message in catalogue() if isinstance(message.id, (tuple, list))]
    assert plurals
    for message in plurals:
        assert len(set(message.id)) == 1
        assert len(_texts(message)) == 2
        assert "%(num)" in _texts(message)[singular - 1]
