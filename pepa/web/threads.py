"""A report's way, in words: what was done, by whom and when, then what is still to be done."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from flask_babel import gettext, ngettext

from pepa.domain import reports
from pepa.domain.attachments import Attached
from pepa.domain.audit import Act
from pepa.models.audit import Chain
from pepa.models.reports import Stage
from pepa.web import formats
from pepa.words import N_


class Step(NamedTuple):
    """One dot. state: "", "now" or "next"."""

    what: str
    when: str
    state: str = ""


class Look(NamedTuple):
    """Somebody looked: once, or several times one after the other."""

    name: str
    what: str
    first_at: datetime
    again: int


OPENED, READ = "report.opened", N_("Dibaca %(nama)s")
# By whom, where staff did it; where a citizen did, the words alone.
DONE = {
    "report.taken_in": N_("Dicatat %(nama)s"),
    "report.chat_added": N_("Chat ditambahkan %(nama)s"),
    "report.held": N_("Dipegang %(nama)s"),
    "report.looked_over": N_("Dilihat sekilas %(nama)s"),
    "report.put_back": N_("Dikembalikan ke daftar, %(nama)s"),
    "report.let_go": N_("Dikembalikan ke daftar, %(nama)s"),
    "report.handed_back": N_("Dikembalikan ke daftar, %(nama)s"),
    "report.triaged": N_("Dipilah %(nama)s"),
    "report.help": N_("Bantuan singkat, %(nama)s"),
    "report.other": N_("Selesai dengan cara lain, %(nama)s"),
    "report.case": N_("Menjadi kasus, %(nama)s"),
    "report.linked": N_("Dihubungkan dengan laporan lain, %(nama)s"),
    "report.unlinked": N_("Hubungan dilepas, %(nama)s"),
    "note.written": N_("Catatan dalam, %(nama)s"),
    "note.changed": N_("Catatan dalam diubah, %(nama)s"),
    "report.answered": N_("Dijawab %(nama)s"),
    "report.late": N_("Lewat batas waktu"),
    "report.caught_up": N_("Disamakan dengan simpanan kedua setelah pemulihan"),
    "callback.promised": N_("Telepon balik dijanjikan, %(nama)s"),
    "callback.begun": N_("Menelepon: %(nama)s"),
    "callback.done": N_("Hasil telepon dicatat, %(nama)s"),
    "police.begun": N_("Jam lapor polisi mulai, %(nama)s"),
    "police.ended": N_("Jam lapor polisi selesai, %(nama)s"),
    "restriction.asked": N_("Minta dibatasi, dicatat %(nama)s"),
    "restriction.made": N_("Data dibatasi, %(nama)s"),
    "restriction.declined": N_("Tidak bisa dibatasi, %(nama)s"),
    "restriction.lifted": N_("Data dibuka lagi, %(nama)s"),
    "emergency.begun": N_("Dibuka darurat, %(nama)s"),
    "emergency.ended": N_("Pembukaan darurat diakhiri, %(nama)s"),
    "file.locked": N_("File dikunci, %(nama)s"),
    "file.viewer_named": N_("Yang boleh melihat file ditunjuk, %(nama)s"),
    "file.released": N_("Kunci file dibuka, %(nama)s"),
    "report.kept": N_("Ditahan %(nama)s"),
    "report.released": N_("Boleh dihapus, %(nama)s"),
    "reporter.confirmed": N_("Dipastikan penyintas, %(nama)s"),
    "reporter.unconfirmed": N_("Belum pasti lagi, %(nama)s"),
    "report.continued": N_("Pelapor menulis lagi"),
    "report.added": N_("Pelapor menambah keterangan"),
    "report.raised": N_("Lebih mendesak sejak keterangan itu"),
    "report.turned": N_("Pelapor: ternyata tentang orang kantor atau mitra"),
    "report.withdrawn": N_("Dibatalkan lewat kode"),
    "code.replaced": N_("Kode diganti"),
}
LOOKS = {
    OPENED: N_("Isi"),
    "file.opened": N_("File %(n)s"),
    "file.viewed": N_("File %(n)s, salinan"),
    "file.looked_at": N_("File %(n)s, yang dikunci"),
    "file.taken": N_("File %(n)s, asli diambil"),
}
# On no page: what failed or rang, what she read, and what a colleague only compared or opened.
UNTOLD = frozenset(
    {
        "code.ended",
        "report.delivered",
        "report.saved",
        "report.changed",
        "report.followed",
        "report.alarmed",
        "report.compared",
        "report.refused",
        "report.broken",
        "report.destroyed",
        "emergency.refused",
        "file.refused",
        "note.refused",
        "note.seen",
    }
)
PROMPTED = ("report.taken_in", "report.chat_added", "report.late")  # kept by the hour, though staff did it


def steps(opened: reports.Opened) -> list[Step]:
    """What was done, in its order; then what is still to be done, of which the first is now."""
    received = Step(gettext("Diterima"), formats.around(opened.report.received_at))
    return [received, *_done(opened.acts), *_ahead(opened)]


def _done(acts: Sequence[Act]) -> Iterator[Step]:
    """The first opening is the reading; the others stand among the looks."""
    reading = next((act for act in acts if act.act == OPENED), None)
    shown = [act for act in acts if act.act in DONE or act is reading]
    for (act, name), some in groupby(shown, key=lambda one: (one.act, one.name)):
        same = list(some)
        what = gettext(DONE.get(act, READ), nama=name or gettext("HP kantor"))
        at = same[0].at
        by_hour = same[0].chain is Chain.ANONYMOUS or act in PROMPTED
        when = formats.around(at) if by_hour else formats.when(at)
        yield Step(what, f"{when}, {_again(len(same) - 1)}" if len(same) > 1 else when)


def _again(times: int) -> str:
    return str(ngettext("lalu %(num)s kali lagi", "lalu %(num)s kali lagi", times))


def _ahead(opened: reports.Opened) -> list[Step]:
    report, ahead = opened.report, []
    if report.stage in (Stage.HELP, Stage.OTHER, Stage.WITHDRAWN):
        return []
    if report.held_by_id is None:
        ahead.append((gettext("Dipegang"), gettext("belum ada orangnya")))
    if report.answer_due_at is not None or not any(act.act == "report.answered" for act in opened.acts):
        answer = gettext("Jawaban surat") if opened.told.letter else gettext("Jawaban di halaman pelapor")
        ahead.append((answer, gettext("belum")))
    if report.stage in (Stage.RECEIVED, Stage.READ):
        ahead.append((gettext("Dipilah"), gettext("belum")))
    elif report.stage == Stage.TRIAGED:
        ahead.append((gettext("Bantuan singkat, kasus, atau lain"), gettext("belum")))
    return [Step(what, when, "next" if n else "now") for n, (what, when) in enumerate(ahead)]


def looks(acts: Sequence[Act], files: Sequence[Attached]) -> list[Look]:
    """Who looked at what, in its order; the same by the same person one after the other stands once."""
    numbers = {file.id: number for number, file in enumerate(files, 1)}
    found = []
    for (name, act, thing_id), some in groupby(
        (act for act in acts if act.act in LOOKS and act.name), key=lambda one: (one.name, one.act, one.thing_id)
    ):
        same = list(some)
        what = gettext(LOOKS[act], n=numbers.get(thing_id, "?") if thing_id else "")
        found.append(Look(name or "", what, same[0].at, len(same) - 1))
    return found
