"""How times, days and numbers are written (words.md § 1, Formats), as the catalogue of the page's language says. Of all
that pages use, only this file and `InstantField` know Asia/Jakarta."""

from datetime import date, datetime

from flask_babel import ngettext

from pepa import clock
from pepa.web.languages import said
from pepa.words import N_

DAYS = (N_("Senin"), N_("Selasa"), N_("Rabu"), N_("Kamis"), N_("Jumat"), N_("Sabtu"), N_("Minggu"))
MONTHS = (
    *(N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("Mei"), N_("Jun")),
    *(N_("Jul"), N_("Agu"), N_("Sep"), N_("Okt"), N_("Nov"), N_("Des")),
)


def on(day: date) -> str:
    """`Rabu 25 Nov`, or `Jumat 1 Jan 2027` in another year."""
    year = "" if day.year == clock.today().year else f" {day.year}"
    return f"{said(DAYS[day.weekday()])} {day.day} {said(MONTHS[day.month - 1])}{year}"


def month(day: date) -> str:
    """`Nov 2026`."""
    return f"{said(MONTHS[day.month - 1])} {day.year}"


def when(at: datetime) -> str:
    """`Rabu 25 Nov, 14.30 WIB`"""
    return f"{on(day(at))}, {hours(at)} WIB"


def around(at: datetime) -> str:
    """`Rabu 25 Nov, sekitar pukul 14`: an hour is all that is kept of what an anonymous person did."""
    return f"{on(day(at))}, {_around(at)}"


def around_near(at: datetime) -> str:
    """`sekitar pukul 14` where it is today, else with its day: for staff."""
    return _around(at) if day(at) == clock.today() else around(at)


def _around(at: datetime) -> str:
    return said(N_("sekitar pukul %(jam)s")) % {"jam": at.astimezone(clock.JAKARTA).hour}


def hours(at: datetime) -> str:
    """`14.30`"""
    here = at.astimezone(clock.JAKARTA)
    return said(N_("%(jam)s.%(menit)s")) % {"jam": f"{here:%H}", "menit": f"{here:%M}"}


def day(at: datetime) -> date:
    """The calendar day in Serang."""
    return at.astimezone(clock.JAKARTA).date()


def near(at: datetime) -> str:
    """`14.30` where it is today, else `Kamis 26 Nov, 08.00`: for staff, whose pages are about today."""
    return hours(at) if day(at) == clock.today() else f"{on(day(at))}, {hours(at)}"


def length(minutes: int) -> str:
    """`45 menit`, `1 jam`, `1 jam 30 menit`"""
    hours, rest = divmod(minutes, 60)
    some = [str(ngettext("%(num)s jam", "%(num)s jam", hours))] if hours else []
    if rest or not hours:
        some.append(str(ngettext("%(num)s menit", "%(num)s menit", rest)))
    return " ".join(some)


def today() -> date:
    """The calendar day in Serang, for pages that compare days with it."""
    return clock.today()


def day_near(at: datetime) -> str:
    """`hari ini`, `kemarin`, `Senin` within the last week, else `Kamis 26 Nov`: an instant that lies behind."""
    days = (clock.today() - day(at)).days
    if days in (0, 1):
        return said((N_("hari ini"), N_("kemarin"))[days])
    return said(DAYS[day(at).weekday()]) if 0 < days < 7 else on(day(at))


def minutes_since(at: datetime) -> int:
    """Whole minutes that an instant lies behind; negative while it lies ahead."""
    return int((clock.now() - at).total_seconds() // 60)


def dial(number: str) -> str:
    """What a `tel:` link holds of a number as somebody typed it: digits, and a plus in front."""
    digits = "".join(sign for sign in number if sign.isascii() and sign.isdigit())
    return "+" + digits if number.strip().startswith("+") else digits


def iso(at: datetime) -> str:
    """For the datetime attribute of <time>."""
    return at.astimezone(clock.JAKARTA).isoformat(timespec="minutes")


def thousands(number: int) -> str:
    """`100.000`"""
    return f"{number:,}".replace(",", said(N_("1.000"))[1])


def numeric(cell: date | int | str) -> str:
    """`30/09/2026`, `1.250`, or the text itself: a cell of a table on paper."""
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return thousands(cell) if isinstance(cell, int) else cell


def size(number: int) -> str:
    """`340 kB`, `1,2 MB`"""
    if number < 1_000_000:
        return f"{max(1, round(number / 1000))} kB"
    point = "." if said(N_("1.000"))[1] == "," else ","
    return f"{number / 1_000_000:.1f} MB".replace(".", point)


def chat(number: str) -> str:
    """A dialled number with its country and no plus, for WhatsApp's links: 0811… is 62811…"""
    digits = number.removeprefix("+")
    return f"62{digits[1:]}" if digits.startswith("0") else digits
