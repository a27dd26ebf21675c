"""Cases: which there are, and what one holds. Working one is a later piece."""

from uuid import UUID

from flask import Blueprint, request

from pepa.domain import cases, nameables
from pepa.models.reports import Stage
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.pages import Reply, page

cases_door = Blueprint("cases", __name__)


@cases_door.route("/kasus")
@needs(Permission.SEE_CASES)
def list_all() -> Reply:
    return page("staff/cases/list.html", found=cases.list_for(actor(), at=request.args.get("at")))


@cases_door.route("/kasus/<uuid:case_id>")
@needs(Permission.SEE_CASES)
def show(case_id: UUID) -> Reply:
    stages = {stage.value: stage.label for stage in Stage}
    shown = cases.show(actor(), case_id)
    kept_out = nameables.kept_out(report.id for report in shown.reports)
    return page("staff/cases/show.html", shown=shown, stages=stages, kept_out=kept_out)
