"""What an officer asks of whoever tells something, by whichever way it comes: the part that its forms share."""

from typing import Any

from flask_babel import lazy_gettext

from pepa.domain import intake
from pepa.models.reports import About, Elsewhere, Speaker, Urgency
from pepa.web.fields import ChoiceField, LineField, PhoneField, PickField, TickField
from pepa.web.forms import Form
from pepa.words import N_

ASKED = (Urgency.NOW, Urgency.TODAY, Urgency.SOON)
PLACES = [(place.value, lazy_gettext(place.label)) for place in Elsewhere]
ABOUT = {about: lazy_gettext(about.label) for about in About}


class AskedForm(Form):
    urgency = ChoiceField(N_("Perlu ditolong kapan?"), Urgency, only=ASKED)
    place = LineField(N_("Tempat yang perlu didatangi"), longest=5000)
    phone = PhoneField(N_("Nomor yang aman dihubungi"))
    speaker = ChoiceField(N_("Siapa yang bercerita?"), Speaker)
    kecamatan = PickField(N_("Terjadi di mana?"))
    about = ChoiceField(N_("Apakah ini tentang orang kantor kami atau lembaga mitra?"), About)
    about_partner = PickField(N_("Lembaga yang mana?"), as_id=True)
    with_code = TickField()

    def offer(self, state: intake.Intake) -> None:
        """Offer what can be kept: a holder without a key is no choice."""
        self.kecamatan.offered = [*state.kecamatan, *PLACES]
        self.about_partner.offered = list(state.partners)
        offered = {About.NOBODY: True, About.OFFICE: state.independent, About.PARTNER: bool(state.partners)}
        self.about.offered = [(about.value, ABOUT[about]) for about, may in offered.items() if may]

    def values(self) -> dict[str, Any]:
        """Whoever names a partner means it, whatever is ticked above: the careful reading."""
        told = super().values()
        if told["about_partner"] and told["about"] != About.OFFICE:
            told["about"] = About.PARTNER.value
        return told
