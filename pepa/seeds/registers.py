"""The demo's registers: somebody who knows those in a report, a breach whose clock runs, what was given to whom, and
this morning's anchor. By the verbs that people take; nothing of it was ever so."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from uuid import UUID

from pepa import clock
from pepa.db import transaction
from pepa.domain import anchors, breaches, conflicts, disclosures, outbox
from pepa.models.disclosures import ShareBasis
from pepa.models.reports import reference_of
from pepa.policy import Member

KNOWS = ("bayu", "followed_home", "Contoh. Saya kenal keluarga itu.")  # who, of which report, the sealed reason
FOUND_AGO = timedelta(hours=20)
BREACH = {
    "what": "Contoh. HP piket lama tertinggal di angkot.",
    "happened": "Contoh. Kemarin malam, dalam perjalanan pulang. HP itu terkunci.",
    "data": "Contoh. Dua nomor telepon di daftar panggilan. Isi laporan tidak ada di HP.",
    "whose": "Contoh. Dua orang yang menelepon kemarin.",
    "done": "Contoh. HP sudah dihapus dari daftar HP kantor. Nomornya sudah ditutup.",
}
# who noted it, days ago, the report, to whom, what, what for, on which basis
GIVEN = (
    ("ratna", 6, "", "Dinas Contoh", "Jumlah laporan per bulan, tanpa nama", "Laporan tahunan", ShareBasis.PUBLIC_TASK),
    ("wulan", 2, "next_door", "Ketua RT Contoh", "Alamat saja", "Melihat keadaan", ShareBasis.VITAL_INTEREST),
    (
        "ratna",
        0,
        "no_money",
        "LBH Teratai Contoh",
        "Nama dan cara menghubungi",
        "Tanya soal nafkah",
        ShareBasis.CONSENT,
    ),
)
TOLD = (outbox.Notice.BREACH, outbox.Notice.ANCHOR)


def plant(members: Mapping[str, Member], reports: Mapping[str, UUID]) -> None:
    """reports: those of the demo by their codes"""
    login, code, reason = KNOWS
    conflicts.declare(members[login], reports[code], reason=reason, once="demo")
    found_at = clock.now() - FOUND_AGO
    with clock.frozen(found_at + timedelta(hours=1)):
        breaches.note(members["wulan"], found_at=found_at, once="demo", **BREACH)
    for n, (by, ago, about, to, items, purpose, basis) in enumerate(GIVEN):
        disclosures.add(
            members[by],
            on=clock.today() - timedelta(days=ago),
            to=to,
            items=f"Contoh. {items}",
            purpose=f"Contoh. {purpose}",
            basis=basis,
            reference=reference_of(reports[about]) if about else "",
            once=f"demo {n}",
        )
    _anchor()
    with transaction() as session:  # nobody of the cast is told what was made up
        for notice in TOLD:
            outbox.take_back(session, notice)


def _anchor() -> None:
    """Of today, or before seven of yesterday: then the delivery makes today's."""
    seven = datetime.combine(clock.today(), time(7, 1), clock.JAKARTA)
    with clock.frozen(seven if seven <= clock.now() else seven - timedelta(days=1)):
        anchors.make()
