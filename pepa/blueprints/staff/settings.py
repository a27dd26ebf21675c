"""Pengaturan: what the office decides, each with who changed it, when, from what to what."""

from flask import Blueprint
from flask_babel import gettext

from pepa.domain import numbers, settings
from pepa.domain.rules import Group, Kind, Rule
from pepa.policy import Permission
from pepa.web.access import actor, needs
from pepa.web.fields import LineField, PickField
from pepa.web.forms import Form
from pepa.web.pages import Reply, notices, page, see_other
from pepa.words import N_

settings_door = Blueprint("settings", __name__, url_prefix="/pengaturan")
CHANGED = N_("Pengaturan SUDAH diubah.")
notices(CHANGED)
WHO = {
    (Permission.KEEP_SETTINGS,): N_("pengelola"),
    (Permission.DECIDE_SETTINGS,): N_("penyelia atau kepala"),
    (Permission.DECIDE_WATCH,): N_("kepala"),
    (Permission.KEEP_SETTINGS, Permission.DECIDE_SETTINGS): N_("pengelola, penyelia, atau kepala"),
}


class SettingForm(Form):
    value = LineField(N_("Isinya"), longest=2000)
    seen = LineField(longest=2000)


class ChoiceForm(SettingForm):
    value = PickField(N_("Isinya"))  # type: ignore[assignment]


@settings_door.route("")
@needs(Permission.SEE_SETTINGS)
def show() -> Reply:
    held = settings.every(actor())
    groups = [(group, [one for one in held if one.rule.group is group]) for group in Group]
    aged = [one for one in numbers.tried() if one.is_old or one.is_ageing]
    return page("staff/settings/show.html", groups=groups, said_of=_said, aged=aged)


@settings_door.route("/<setting>", methods=["GET", "POST"])
@needs(Permission.SEE_SETTINGS)
def change(setting: str) -> Reply:
    held = settings.get_for(actor(), setting)
    form = _form(held.rule)
    if form.submit(settings.change, actor(), setting):
        return see_other("staff.settings.show", _anchor=setting, said=CHANGED)
    if not form.is_submitted():
        form.value.data = held.value
    return page("staff/settings/change.html", form=form, held=held, said_of=_said, who=WHO[held.rule.by])


def _form(rule: Rule) -> SettingForm:
    if rule.kind is not Kind.CHOICE:
        return SettingForm()
    form = ChoiceForm()
    form.value.offered = [(code, gettext(word)) for code, word in rule.choices]
    return form


def _said(rule: Rule, value: str) -> str:
    """A value as people read it."""
    if not value:
        return str(gettext(N_("kosong")))
    if rule.kind is Kind.CHOICE:
        return str(gettext(dict(rule.choices).get(value, value)))
    return f"{value} {gettext(rule.unit.label)}" if rule.unit else value
