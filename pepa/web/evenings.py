"""The form in which a session is logged: the same for whoever taught and for the office that types it from paper.

Its boxes have the numbers of the paper form.
"""

from typing import Any
from uuid import UUID, uuid4

from flask import request
from flask_babel import gettext

from pepa import clock
from pepa.domain import areas, attendance, plans
from pepa.models.outreach import Manner
from pepa.web.fields import ChoiceField, DayField, IdsField, LineField, NumberField, OnceField, PickField, TickField
from pepa.web.forms import Form
from pepa.words import N_

USUAL = 60  # minutes


class AttendanceForm(Form):
    """How many came: box by box."""

    present = NumberField(N_("Berapa yang hadir?"))
    f_child = NumberField(N_("Perempuan di bawah 12"))
    m_child = NumberField(N_("Laki-laki di bawah 12"))
    f_teen = NumberField(N_("Perempuan 12 sampai 17"))
    m_teen = NumberField(N_("Laki-laki 12 sampai 17"))
    f_adult = NumberField(N_("Perempuan dewasa"))
    m_adult = NumberField(N_("Laki-laki dewasa"))
    f_elder = NumberField(N_("Perempuan lansia"))
    m_elder = NumberField(N_("Laki-laki lansia"))
    uncounted = NumberField(N_("Tidak dihitung menurut umur"))
    disabled = NumberField(N_("Di antaranya disabilitas"))

    ages = attendance.AGES  # for the page that shows the boxes

    def numbered(self) -> None:
        """Each label with the number that its box has on paper."""
        for name, number in attendance.BOXES.items():
            if name in self._fields:
                label = self._fields[name].label
                label.text = f"{number}. {label.text}"

    def counted(self, manner: str) -> attendance.Attendance:
        """Raises what `attendance.counted` raises."""
        return attendance.counted(
            manner=manner,
            present=self.present.data,
            cells={name: self._fields[name].data for name in attendance.CELLS},
            uncounted=self.uncounted.data,
            disabled=self.disabled.data,
        )

    def fill(self, whole: attendance.Attendance) -> None:
        """The numbers that hold now."""
        for name, number in whole.row().items():
            self._fields[name].data = number or None

    @property
    def is_counted(self) -> bool:
        """Whether any of the boxes below holds something."""
        folded = (*attendance.CELLS, "uncounted", "disabled")
        return any(self._fields[name].data is not None or self._fields[name].errors for name in folded)


class EveningForm(AttendanceForm):
    teaching = OnceField()
    plan = OnceField()
    title_id = PickField(N_("Judul"))
    kelurahan_code = PickField(N_("Kelurahan"))
    area_ids = IdsField(N_("RT atau RW"))
    on = DayField(N_("Tanggal"))
    manner = ChoiceField(N_("Bagaimana caranya?"), Manner)
    minutes = NumberField(N_("Berapa menit?"))
    again = TickField()

    def offer(self) -> "EveningForm":
        """What may be picked; the parts of the kelurahan that stands in the form, on its day."""
        self.title_id.offered = [(str(one.id), named(one)) for one in plans.taught()]
        self.kelurahan_code.offered = [(ward.code, ward.label) for ward in areas.wards()]
        code = self.kelurahan_code.data
        self.parts = areas.of(code, self.on.data or clock.today()) if code else ()
        self.numbered()
        return self

    def values(self) -> dict[str, Any]:
        """What the verb takes."""
        manner = self.manner.data
        return {
            "teaching_id": read_id(self.teaching.data),
            "title_id": plans.number_of(self.title_id.data),
            "kelurahan_code": self.kelurahan_code.data,
            "area_ids": self.area_ids.data or [],
            "on": self.on.data,
            "minutes": USUAL if self.minutes.data is None else self.minutes.data,
            "manner": manner,
            "attendance": self.counted(manner or ""),
            "plan_token": self.plan.data or "",
            "again": self.again.data,
        }

    def renew(self, first: UUID) -> None:
        """This form made the first one, and was filled in anew: what it logs now is another."""
        if read_id(self.teaching.data) == first:
            self.teaching.data = str(uuid4())

    @property
    def is_asking_parts(self) -> bool:
        """Another kelurahan was picked: its parts are shown before anything is sent."""
        return "parts" in request.form


class PlanForm(Form):
    title_id = PickField(N_("Judul"))
    kelurahan_code = PickField(N_("Kelurahan"))
    area_id = PickField(N_("RT atau RW"), as_id=True)
    place = LineField(N_("Tempat"), longest=80)
    on = DayField(N_("Tanggal"))
    hour = LineField(N_("Jam"), longest=20)
    once = OnceField()

    def offer(self) -> "PlanForm":
        self.title_id.offered = [(str(one.id), one.name) for one in plans.taught() if not one.is_withdrawn]
        self.kelurahan_code.offered = [(ward.code, ward.label) for ward in areas.wards()]
        code = self.kelurahan_code.data
        self.area_id.offered = [(part.id, part.label) for part in areas.of(code, clock.today())] if code else []
        return self

    def values(self) -> dict[str, Any]:
        typed = super().values()
        return {**typed, "title_id": plans.number_of(typed["title_id"])}


def named(one: plans.Taught) -> str:
    """A title by its name, and whether it was withdrawn."""
    return f"{one.name} ({gettext(_WITHDRAWN)})" if one.is_withdrawn else one.name


_WITHDRAWN = N_("ditarik")


def read_id(text: str | None) -> UUID | None:
    """An id that was drawn for a form, here or on the phone, or None."""
    try:
        return UUID(text or "")
    except ValueError:
        return None
