"""Whether a certificate holds: anybody who has its number may look."""

from flask import Blueprint

from pepa.domain import certificates
from pepa.web.access import public
from pepa.web.pages import Reply, page

certificates_door = Blueprint("certificates", __name__)


@certificates_door.route("/s/<number>")
@public
def show(number: str) -> Reply:
    found = certificates.check(number)
    return page("citizen/certificates/show.html", found=found, number=certificates.grouped(found.number))
