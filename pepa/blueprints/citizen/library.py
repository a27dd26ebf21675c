"""The library's list: by topic, for whom, how long, what kind; and what is looked for by words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, make_response, render_template, request

from pepa.domain import titles
from pepa.domain.titles import Listed
from pepa.models.subjects import Audience, Topic
from pepa.models.titles import Kind
from pepa.web.access import public
from pepa.web.pages import Reply
from pepa.words import N_, Choice

library_door = Blueprint("library", __name__)
LONGEST = 200  # letters of what is looked for
AT_ONCE = 40  # titles of a page
UNSTYLED = (".code", ".thread", ".calls", "table", "th", "td", "fieldset", ".pick", "textarea", ".wrong", "sup")


class Minutes(Choice):
    """How long one wants to read at the most."""

    FIVE = "5", N_("Sampai 5 menit")
    SEVEN = "7", N_("Sampai 7 menit")
    TEN = "10", N_("Sampai 10 menit")


@dataclass(frozen=True)
class Filter:
    """A filter as the page shows it. label: what it asks for; any: the word for no matter which; of: a title's choices

    letter: before the place of a choice, in an address that says nothing of what was looked for; empty: its own code
    """

    name: str
    label: str
    any: str
    choice: type[Choice]
    of: Callable[[Listed], Iterable[str]]
    letter: str = ""

    @property
    def codes(self) -> dict[str, Choice]:
        """Its choices by what stands for them in an address."""
        return {f"{self.letter}{n}" if self.letter else each.value: each for n, each in enumerate(self.choice, 1)}


FILTERS = (
    Filter("topik", N_("Tentang apa"), N_("Semua"), Topic, lambda title: title.topics, "t"),
    Filter("untuk", N_("Untuk siapa"), N_("Siapa saja"), Audience, lambda title: title.audience, "u"),
    Filter(
        "menit",
        N_("Berapa lama"),
        N_("Berapa saja"),
        Minutes,
        lambda title: [each for each in Minutes if title.minutes <= int(each)],
    ),
    Filter("bentuk", N_("Bentuk"), N_("Semua"), Kind, lambda title: (title.kind,)),
)


@dataclass(frozen=True)
class Chosen:
    """A filter that holds now, and the address without it."""

    label: str
    value: str
    without: str


@library_door.route("/edukasi")
@public
def show() -> Reply:
    shelf, typed = titles.shelf(), _typed()
    found, shown_for = shelf.found(typed)
    asked = {each.name: code for each in FILTERS if (code := _asked(each))}
    kept = [
        one
        for one in found
        if all(each.codes[asked[each.name]] in each.of(one) for each in FILTERS if each.name in asked)
    ]
    is_lost = not kept and bool(typed or asked)
    begun = _begun()
    shown = list(shelf.titles.values()) if is_lost else kept
    response = make_response(
        render_template(
            "citizen/library/list.html",
            typed=typed,
            shown_for=shown_for if kept else "",
            is_lost=is_lost,
            titles=shown[begun : begun + AT_ONCE],
            earlier=_address(typed, asked, begun - AT_ONCE) if begun else None,
            later=_address(typed, asked, begun + AT_ONCE) if len(shown) > begun + AT_ONCE else None,
            filters=[(each, _offered(each, shelf.titles.values()), asked.get(each.name)) for each in FILTERS],
            chosen=list(_chosen(typed, asked)),
            pack=titles.files(titles.WHOLE).get("paket"),
            unstyled=UNSTYLED,
        )
    )
    # What was typed stands in the page again. It is compressed all the same: the page holds nothing that is not for
    # everybody, and so it comes at one of the two sizes, whatever is looked for.
    response.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return response


def _typed() -> str:
    """What is looked for, as far as it can stand on a page again."""
    printable = "".join(sign if sign.isprintable() else " " for sign in request.args.get("q", "")[:LONGEST])
    return " ".join(printable.split())


def _asked(each: Filter) -> str | None:
    """The code that the address asks for; what is in no list is no filter."""
    code = request.args.get(each.name, "")
    return code if code in each.codes else None


def _begun() -> int:
    typed = request.args.get("dari", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 0


def _offered(each: Filter, all_of_them: Iterable[Listed]) -> list[tuple[str, str]]:
    """Only what some title has: nobody chooses what finds nothing."""
    had = {choice for one in all_of_them for choice in each.of(one)}
    return [(code, choice.label) for code, choice in each.codes.items() if choice in had]


def _chosen(typed: str, asked: dict[str, str]) -> Iterable[Chosen]:
    for each in FILTERS:
        if each.name in asked:
            rest = {name: code for name, code in asked.items() if name != each.name}
            yield Chosen(each.label, each.codes[asked[each.name]].label, _address(typed, rest))


def _address(typed: str, asked: dict[str, str], begun: int = 0) -> str:
    pairs = {"q": typed, **asked, "dari": str(begun) if begun > 0 else ""}
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"/edukasi?{query}" if query else "/edukasi"
