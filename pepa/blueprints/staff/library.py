"""Pustaka: what waits for whom, the sources of all titles, and everything about one title."""

from flask import Blueprint, request

from pepa import clock
from pepa.domain import editions, library, numbers, opinions, sheets, usage
from pepa.domain.library import Queue
from pepa.models.opinions import Clarity
from pepa.models.titles import State
from pepa.policy import Permission, can
from pepa.web.access import actor, needs
from pepa.web.forms import Form
from pepa.web.pages import Reply, page, see_other

library_door = Blueprint("library", __name__, url_prefix="/pustaka")
TITLE = "/<int(max=99999):title_id>"


@library_door.route("")
@needs(Permission.SEE_LIBRARY)
def show() -> Reply:
    counted = library.counted(actor())
    asked = request.args.get("antrean", "")
    first = Queue.MINE if counted.mine else Queue.PUBLISHED
    which = Queue(asked) if asked in set(Queue) else first
    return page(
        "staff/library/list.html",
        found=library.queue(actor(), which, at=request.args.get("at")),
        which=which,
        queues=Queue,
        counts={
            Queue.MINE: counted.mine,
            Queue.DRAFTS: counted.drafts,
            Queue.IN_REVIEW: counted.in_review,
            Queue.DUE: counted.due,
        },
        states=State,
        today=clock.today(),
        troubles=sheets.troubles(),
        wrong=opinions.wrong_lately(actor()),
    )


@library_door.route("/sumber")
@needs(Permission.SEE_LIBRARY)
def sources() -> Reply:
    """What published titles say, with its sources; those that are due alone where the address says so."""
    only_due = request.args.get("saring") == "jatuh-tempo"
    listed, found = library.sources(actor(), only_due=only_due, at=request.args.get("at"))
    held = numbers.every(actor())
    return page("staff/library/sources.html", listed=listed, found=found, only_due=only_due, held=held)


@library_door.route(TITLE)
@needs(Permission.SEE_LIBRARY)
def title(title_id: int) -> Reply:
    """Its editions, how often it is taken, what readers say, and whether its sheets could be made."""
    found = editions.of(actor(), title_id)
    reads = can(actor(), Permission.READ_OPINIONS)
    return page(
        "staff/library/title.html",
        found=found,
        states=State,
        open=editions.OPEN,
        taken=[(each.label, each.times) for each in usage.since(actor()) if each.title_id == title_id],
        opinions=opinions.for_title(actor(), title_id) if reads else None,
        clarities=Clarity,
        trouble=sheets.trouble(title_id),
    )


@library_door.route(f"{TITLE}/versi", methods=["POST"])
@needs(Permission.WRITE_TITLE)
def next_edition(title_id: int) -> Reply:
    form = Form()
    edition_id = form.submit(editions.draft_edition, actor(), title_id)
    return see_other("staff.editions.write", edition_id=edition_id)
