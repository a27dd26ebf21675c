"""The five kinds of failure. A failure carries its own sentence and, where it has one, its field; `web/errors.py` alone
knows the numbers that HTTP has for them."""

from pepa.words import N_


class Failure(Exception):
    """Something that the person at the page is told in words.

    says:   an Indonesian sentence; %(name)s in it is filled from `values`
    field:  the form field that it stands beside, or None for the top of the page
    """

    says: str = N_("Belum bisa. Coba lagi sebentar.")
    field: str | None = None

    def __init__(self, says: str | None = None, *, field: str | None = None, **values: object) -> None:
        super().__init__(says or self.says)
        self.says = says or self.says
        self.field = field or self.field
        self.values = values


class NotFound(Failure):
    """There is no such thing, or it is not for this person: the two are never told apart."""

    says = N_("Halaman ini tidak ada.")


class NotAllowed(Failure):
    """The person may see the thing but not do this to it."""

    says = N_("Ini bukan bagian Anda.")


class Conflict(Failure):
    """Somebody else was first, or the thing has moved on."""

    says = N_("Ini sudah berubah. Buka lagi.")


class Invalid(Failure):
    """What was typed cannot be taken as it is."""


class Busy(Failure):
    """It cannot be done just now; nothing was kept.

    retry_after: seconds
    """

    says = N_("Belum terkirim. Gangguan di pihak kami, bukan di HP Anda. Tulisan masih ada di bawah. Tekan Kirim lagi.")

    def __init__(self, says: str | None = None, *, retry_after: int = 30, **values: object) -> None:
        super().__init__(says, field=None, **values)
        self.retry_after = retry_after
