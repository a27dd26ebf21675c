"""Searching the shelf. What is looked for goes by POST: no name stands in an address, a history or a log."""

from flask import Blueprint

from pepa.domain import cards, reports
from pepa.models.reports import Channel
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import LineField
from pepa.web.forms import Form
from pepa.web.pages import Reply, page
from pepa.words import N_

cards_door = Blueprint("cards", __name__)


class SearchForm(Form):
    typed = LineField(N_("Nama, tempat, nomor, atau kode"), needed=N_("Tulis dulu yang dicari."), longest=200)


@cards_door.route("/cari")
@needs(Permission.READ_REPORTS)
def show() -> Reply:
    cards.complete(actor())
    return page("staff/cards/search.html", form=SearchForm(formdata=None), found=None)


@cards_door.route("/cari", methods=["POST"])
@needs(Permission.READ_REPORTS)
def search() -> Reply:
    form = SearchForm()
    found = form.submit(cards.search, actor())
    rows = [one.report for one in found or ()]
    return page(
        "staff/cards/search.html",
        form=form,
        found=rows if found is not None else None,
        holders=reports.holders_of(rows),
        marks=cards.marks_of(actor(), [report.id for report in rows]),
        most=cards.MOST,
        behind=cards.is_behind(actor()),
        channels={channel.value: channel.label for channel in Channel},
    )
