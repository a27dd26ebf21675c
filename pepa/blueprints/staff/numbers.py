"""Nomor: the telephone numbers of all titles, each with the day on which somebody tried it."""

from flask import Blueprint

from pepa import clock
from pepa.domain import numbers
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import DayField, LineField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

numbers_door = Blueprint("numbers", __name__, url_prefix="/pustaka/nomor")
CHANGED = N_("Nomor SUDAH diubah. Lembar yang memuatnya dibuat ulang sendiri.")
notices(CHANGED)


class NumberForm(Form):
    number = LineField(N_("Nomor"), longest=60)
    checked_on = DayField(N_("Terakhir dicoba"))
    seen = LineField()


@numbers_door.route("/<number>", methods=["GET", "POST"])
@needs(Permission.KEEP_NUMBERS)
def change(number: str) -> Reply:
    held = numbers.get_for(actor(), number)
    form = NumberForm()
    if form.submit(numbers.change, actor(), number):
        return see_other("staff.library.sources", said=CHANGED)
    if not form.is_submitted():
        form.number.data, form.checked_on.data = held.number, clock.today()
    titles = numbers.naming(actor(), number)
    return page(
        "staff/numbers/change.html", form=form, held=held, titles=titles, changes=numbers.history(actor(), number)
    )
