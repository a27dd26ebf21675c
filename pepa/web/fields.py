"""Kinds of fields. Each knows how to read what people type, and says in words what it cannot read."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext
from wtforms import Field, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import StopValidation

from pepa import clock
from pepa.web import formats
from pepa.words import N_, Choice

__all__ = [
    "AnswerField",
    "ChoiceField",
    "ChoicesField",
    "CodeField",
    "CodesField",
    "DayField",
    "FilesField",
    "IdsField",
    "InstantField",
    "LineField",
    "NumberField",
    "OnceField",
    "PassphraseField",
    "PhoneField",
    "PickField",
    "TextField",
    "TickField",
    "VersionField",
    "day_asked",
    "turn_asked",
]


class Needed:
    """Something must stand here; the sentence says what, and keeps the browser's own bubble away."""

    def __init__(self, says: str) -> None:
        self.says = says

    def __call__(self, form: Any, field: Field) -> None:
        if field.process_errors:  # what was typed could not be read: that was said already
            raise StopValidation
        if not field.data or (isinstance(field.data, str) and not field.data.strip()):
            field.errors = []
            raise StopValidation(lazy_gettext(self.says))


def _words(label: str, needed: str | None, more: dict[str, Any]) -> dict[str, Any]:
    checks = [Needed(needed)] if needed else []
    return {"label": lazy_gettext(label) if label else "", "validators": [*checks, *more.pop("validators", [])], **more}


class LineField(StringField):
    """One line, cut of spaces at its ends; longest: letters."""

    def __init__(self, label: str = "", *, needed: str | None = None, longest: int = 300, **more: Any) -> None:
        super().__init__(**_words(label, needed, more))
        self.longest = longest

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = " ".join(valuelist[0].split())[: self.longest] if valuelist else ""


class TextField(TextAreaField):
    """Many lines, exactly as typed. longest: letters; is_message: what is too long for one can be sent as two"""

    def __init__(
        self,
        label: str = "",
        *,
        needed: str | None = None,
        longest: int | None = None,
        is_message: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(**_words(label, needed, more))
        self.longest, self.is_message = longest, is_message

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if self.longest and len(self.data or "") > self.longest:
            if self.is_message:
                raise StopValidation(lazy_gettext(N_("Terlalu panjang. Bagi menjadi dua pesan.")))
            most = formats.thousands(self.longest)
            raise StopValidation(lazy_gettext(N_("Terlalu panjang. Ringkas sampai %(n)s huruf."), n=most))


class NumberField(StringField):
    """A whole number from 0 on, as people write it; None where nothing stands there."""

    data: int | None  # type: ignore[assignment]

    def __init__(self, label: str = "", *, needed: str | None = None, **more: Any) -> None:
        super().__init__(**_words(label, needed, more))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw, self.data = valuelist[0].strip() if valuelist else "", None
        if self.raw and not (self.raw.isdecimal() and len(self.raw) < 7):
            raise ValueError(lazy_gettext(N_("Tulis angka saja.")))
        self.data = int(self.raw) if self.raw else None

    def _value(self) -> str:
        return getattr(self, "raw", "") if self.data is None else str(self.data)


class PhoneField(LineField):
    """A telephone number, as people write it; empty is fine."""

    def pre_validate(self, form: Any) -> None:
        digits = re.sub(r"\D", "", self.data or "")
        if self.data and len(digits) < 7:
            raise StopValidation(lazy_gettext(N_("Nomor ini kurang panjang. Betulkan, atau kosongkan.")))


class CodeField(StringField):
    """A receipt code or something like it: kept as it was typed."""

    def __init__(self, label: str = "", **more: Any) -> None:
        super().__init__(**_words(label, None, more))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0][:500] if valuelist else ""


class TickField(HiddenField):
    """Yes or no, by which of a form's buttons was pressed."""

    data: bool  # type: ignore[assignment]

    def __init__(self, **more: Any) -> None:
        super().__init__("", **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[:1] == ["1"]


class PassphraseField(PasswordField):
    """A passphrase: never shown again."""

    def __init__(self, label: str = "", *, needed: str | None = None, **more: Any) -> None:
        super().__init__(**_words(label, needed, more))


class OnceField(HiddenField):
    """The mark by which a second sending is recognised."""

    def __init__(self, **more: Any) -> None:
        super().__init__("", **more)


class AnswerField(HiddenField):
    """What a script puts there, and no page shows again."""

    def __init__(self, **more: Any) -> None:
        super().__init__("", **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""


class VersionField(HiddenField):
    """Which version of something the page showed: a number; what is none is none that ever was."""

    data: int  # type: ignore[assignment]

    def __init__(self, **more: Any) -> None:
        super().__init__("", **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0] if valuelist else ""
        self.data = int(typed) if re.fullmatch(r"[0-9]{1,9}", typed) else -1


NOT_LISTED = N_("Pilihan ini tidak ada di daftar. Pilih lagi, atau lewati.")


class ChoiceField(RadioField):
    """One of a closed list, or nothing (None); its codes are what the verb gets."""

    def __init__(self, label: str, choice: type[Choice], *, only: Iterable[Choice] | None = None, **more: Any) -> None:
        self.offered = _offered(tuple(only or choice))
        super().__init__(
            lazy_gettext(label),
            choices=[],
            coerce=lambda value: value or None,
            validate_choice=False,
            default=None,
            **more,
        )

    def pre_validate(self, form: Any) -> None:
        if self.data is not None and self.data not in {value for value, _ in self.offered}:
            raise StopValidation(lazy_gettext(NOT_LISTED))


class ChoicesField(Field):
    """Any of a closed list: their codes, in its order; what is not in it is left out."""

    data: list[str]

    def __init__(self, label: str, choice: type[Choice], **more: Any) -> None:
        self.offered = _offered(tuple(choice))
        super().__init__(lazy_gettext(label), **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [value for value, _ in self.offered if value in valuelist]

    def _value(self) -> str:
        return ""


@cache
def _offered(choices: tuple[Choice, ...]) -> Sequence[tuple[str, Any]]:
    """Codes and labels; a form is made for each request, and its sentences know by themselves in which language."""
    return [(choice.value, lazy_gettext(choice.label)) for choice in choices]


class PickField(SelectField):
    """One of a list that the database gives (`field.offered = …`), or nothing (None); UUIDs where as_id."""

    def __init__(
        self, label: str, *, needed: str | None = None, as_id: bool = False, empty: str | None = None, **more: Any
    ) -> None:
        super().__init__(
            **_words(label, needed, more), choices=[], coerce=_as_id if as_id else _as_code, validate_choice=False
        )
        self.empty = lazy_gettext(empty) if empty else None
        self.offered: Sequence[tuple[Any, str]] = ()

    def pre_validate(self, form: Any) -> None:
        allowed = {self.coerce(value) for value, _ in self.offered}
        if self.data is not None and self.data not in allowed:
            self.data = None
            raise StopValidation(lazy_gettext(NOT_LISTED))


def _as_code(value: Any) -> str | None:
    return str(value) if value else None


def _as_id(value: Any) -> UUID | None:
    if isinstance(value, UUID) or not value:
        return value or None
    try:
        return UUID(hex=str(value))
    except ValueError:
        return UUID(int=0)  # in no list: the sentence for that is said


class IdsField(Field):
    """Several ids, ticked or carried along; what is none is left out."""

    data: list[UUID]

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = (_as_id(value) for value in valuelist)
        self.data = [value for value in typed if value and value.int]

    def _value(self) -> str:
        return ""


class CodesField(Field):
    """Several codes, ticked in a list that the page makes itself; whoever takes them knows which there are."""

    data: list[str]

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [value[:100] for value in valuelist[:200]]

    def _value(self) -> str:
        return ""


class FilesField(Field):
    """Files come by a way of their own (`gates.upload`); here is what they are called, and what is wrong with them."""

    def __init__(self, label: str, **more: Any) -> None:
        super().__init__(lazy_gettext(label), **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Nothing of them stands in the form."""

    def _value(self) -> str:
        return ""


YEARS = range(2000, 2200)  # near the ends of the calendar a change of zone overflows


class InstantField(StringField):
    """A day and a time in Serang, typed as `25/11/2026 08.00`; gives an aware instant. One input, so one error."""

    data: datetime | None  # type: ignore[assignment]

    def __init__(self, label: str, *, needed: str | None = None, **more: Any) -> None:
        super().__init__(**_words(label, needed, more))

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = valuelist[0].strip() if valuelist else ""
        self.data = None
        self.raw = typed
        if not typed:
            return
        parts = re.fullmatch(r"(\d{1,2})\D+(\d{1,2})\D+(\d{4})\D+(\d{1,2})\D+(\d{2})(?:\s*WIB)?", typed)
        iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})", typed)
        day, month, year, hour, minute = (0, 0, 0, 0, 0)
        if parts:
            day, month, year, hour, minute = map(int, parts.groups())
        elif iso:
            year, month, day, hour, minute = map(int, iso.groups())
        try:
            if year not in YEARS:
                raise ValueError(year)
            self.data = datetime(year, month, day, hour, minute, tzinfo=clock.JAKARTA)
        except ValueError:
            raise ValueError(lazy_gettext(N_("Tulis hari dan jam seperti ini: 25/11/2026 08.00."))) from None

    def _value(self) -> str:
        if self.data is not None:
            return self.data.astimezone(clock.JAKARTA).strftime("%d/%m/%Y %H.%M")
        return getattr(self, "raw", "")


class DayField(StringField):
    """A day, typed as `25/11/2026`; gives a date, or None where nothing stands there."""

    data: date | None  # type: ignore[assignment]

    def __init__(self, label: str, *, needed: str | None = None, **more: Any) -> None:
        super().__init__(**_words(label, needed, more))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw, self.data = valuelist[0].strip() if valuelist else "", None
        parts = re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{4})", self.raw)
        iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", self.raw)
        if not self.raw:
            return
        try:
            day, month, year = map(int, parts.groups() if parts else iso.groups()[::-1] if iso else (0, 0, 0))
            if year not in YEARS:
                raise ValueError(year)
            self.data = date(year, month, day)
        except ValueError:
            raise ValueError(lazy_gettext(N_("Tulis hari seperti ini: 25/11/2026."))) from None

    def _value(self) -> str:
        return self.data.strftime("%d/%m/%Y") if self.data else getattr(self, "raw", "")


def day_asked() -> date:
    """The day in the address, `?hari=2026-11-25`; what is none is today."""
    try:
        day = date.fromisoformat(request.args.get("hari", ""))
    except ValueError:
        return clock.today()
    return day if day.year in YEARS else clock.today()


def turn_asked() -> int:
    """How many times other words were asked for than those that the page offered, `?turn=2`."""
    typed = request.values.get("turn", "")
    return int(typed) if re.fullmatch(r"[0-9]{1,4}", typed) else 0
