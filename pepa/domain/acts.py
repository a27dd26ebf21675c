"""Every act that is ever recorded, as people read it: one sentence each, and what kind of thing it was done to.

Whoever records a new act adds its line here; an act without one is shown to nobody (`tests/house/test_acts.py`).
"""

from enum import Enum
from typing import NamedTuple

from pepa.words import N_


class Of(Enum):
    """What an act's thing is: it decides who may learn that the act was (`trails`)."""

    REPORT = "report"
    FILE = "file"  # of a report
    NOTE = "note"  # on a report
    BOX = "box"  # the lock of a report or a task
    CASE = "case"
    TASK = "task"
    PERSON = "person"  # an account
    ACCOUNTS = "accounts"  # accounts, settings, organisations, phones: what administrators keep
    WORK = "work"  # anything else that an organisation does; its thing is never named


class Act(NamedTuple):
    of: Of
    says: str


_REPORTS = {
    "report.opened": N_("Membuka laporan"),
    "report.refused": N_("Ditolak: laporan yang tidak boleh dilihatnya"),
    "report.broken": N_("Laporan tidak bisa dibuka: isinya diubah dari luar"),
    "report.held": N_("Memegang laporan"),
    "report.put_back": N_("Mengembalikan laporan ke daftar"),
    "report.looked_over": N_("Melihat sekilas laporan yang disisihkan"),
    "report.answered": N_("Menjawab pelapor"),
    "report.alarmed": N_("Alarm piket"),
    "report.late": N_("Batas waktu lewat, atasan diberi tahu"),
    "report.triaged": N_("Memilah laporan"),
    "report.help": N_("Menutup laporan: bantuan singkat"),
    "report.other": N_("Menutup laporan: lain"),
    "report.case": N_("Menjadikan laporan sebuah kasus"),
    "report.chat_added": N_("Menambah isi chat"),
    "report.taken_in": N_("Mencatat laporan"),
    "report.compared": N_("Membandingkan dengan laporan lain"),
    "report.linked": N_("Menghubungkan dengan laporan lain"),
    "report.unlinked": N_("Melepas hubungan dengan laporan lain"),
    "report.kept": N_("Menahan laporan yang dibatalkan"),
    "report.released": N_("Melepas laporan yang dibatalkan"),
    "report.destroyed": N_("Laporan dihapus"),
    "report.delivered": N_("Laporan dikirim"),
    "report.saved": N_("Laporan disimpan dulu"),
    "report.changed": N_("Simpanan diubah"),
    "report.followed": N_("Kode diketik"),
    "report.continued": N_("Pelapor menulis lagi"),
    "report.added": N_("Pelapor menambah keterangan"),
    "report.raised": N_("Tanda bahaya ditambah: lebih mendesak"),
    "report.handed_back": N_("Laporan kembali ke daftar: pemegangnya pergi"),
    "report.let_go": N_("Melepas laporan karena pergi"),
    "report.turned": N_("Pelapor menutup laporan ini untuk satu lembaga"),
    "report.withdrawn": N_("Dibatalkan lewat kode"),
    "code.replaced": N_("Kode diganti"),
    "callback.promised": N_("Menjanjikan telepon balik"),
    "callback.begun": N_("Mulai menelepon balik"),
    "callback.done": N_("Mencatat hasil telepon balik"),
    "police.begun": N_("Memulai hitungan lapor polisi"),
    "police.ended": N_("Mencatat akhir hitungan lapor polisi"),
    "reporter.confirmed": N_("Memastikan bahwa ini penyintas"),
    "reporter.unconfirmed": N_("Menarik kepastian bahwa ini penyintas"),
    "note.seen": N_("Melihat catatan kantor"),
    "note.written": N_("Menulis catatan kantor"),
    "note.changed": N_("Mengubah catatan kantor"),
    "trail.of_report": N_("Membaca jejak laporan"),
}
_FILES = {
    "file.opened": N_("Membuka halaman file"),
    "file.viewed": N_("Melihat file"),
    "file.taken": N_("Mengambil file asli"),
    "file.refused": N_("Ditolak: file yang tidak boleh dilihatnya"),
    "file.locked": N_("Mengunci file"),
    "file.released": N_("Membuka kunci file"),
    "file.viewer_named": N_("Menunjuk siapa yang boleh melihat file"),
    "file.looked_at": N_("Melihat file terkunci, berdua"),
}
_NOTES = {"note.refused": N_("Ditolak: catatan yang tidak boleh dilihatnya")}
_BOXES = {
    "box.turned": N_("Mengganti kunci simpanan"),
    "box.given_again": N_("Memberi kunci simpanan lagi"),
}
_CASES = {
    "case.opened": N_("Membuka kasus baru"),
    "case.seen": N_("Membuka halaman kasus"),
    "case.refused": N_("Ditolak: kasus yang tidak boleh dilihatnya"),
}
_TASKS = {
    "task.opened": N_("Membuka isi tugas"),
    "task.made": N_("Membuat tugas"),
    "task.assigned": N_("Menyerahkan tugas"),
    "task.moved": N_("Memindah tugas"),
    "task.changed": N_("Mengubah tugas"),
    "task.finished": N_("Menyelesaikan tugas"),
    "task.reopened": N_("Membuka lagi tugas"),
    "task.archived": N_("Menyimpan tugas ke arsip"),
    "task.restored": N_("Mengembalikan tugas dari arsip"),
    "task.left": N_("Tugas kehilangan orangnya"),
}
_PEOPLE = {
    "session.opened": N_("Masuk"),
    "session.spare_used": N_("Masuk dengan kode cadangan"),
    "person.renewed": N_("Membuat kalimat sandi baru"),
    "recovery.given": N_("Kunci lembaga dipulihkan untuk seseorang"),
    "alerts.phone": N_("Mengubah nomor HP untuk alarm"),
    "alerts.sound": N_("Mengubah bunyi alarm"),
    "trail.of_person": N_("Membaca jejak seseorang"),
}
_ACCOUNTS = {
    "session.refused": N_("Gagal masuk"),
    "session.locked": N_("Mengunci layar"),
    "trail.accounts": N_("Membaca jejak akun"),
    "enrolment.made": N_("Membuat undangan akun"),
    "enrolment.sent_again": N_("Mengirim lagi undangan akun"),
    "enrolment.ended": N_("Mencabut undangan akun"),
    "member.joined": N_("Menjadi anggota lembaga"),
    "member.roles": N_("Mengubah peran anggota"),
    "member.left": N_("Keluar dari lembaga"),
    "approval.begun": N_("Menyetujui anggota membuka kunci, tahap pertama"),
    "approval.given": N_("Memberi anggota kunci lembaga"),
    "approval.cancelled": N_("Membatalkan persetujuan kunci"),
    "approval.refused": N_("Ditolak: persetujuan kunci"),
    "stand_in.named": N_("Menunjuk pengganti sementara"),
    "stand_in.ended": N_("Mengakhiri pengganti sementara"),
    "organisation.added": N_("Menambah lembaga"),
    "organisation.changed": N_("Mengubah lembaga"),
    "organisation.suspended": N_("Menghentikan lembaga untuk sementara"),
    "organisation.resumed": N_("Menjalankan lagi lembaga"),
    "organisation.ended": N_("Mengakhiri lembaga"),
    "organisation.key_made": N_("Membuat kunci lembaga"),
    "organisation.rekeyed": N_("Mengganti kunci lembaga"),
    "organisation.begun_anew": N_("Lembaga mulai lagi dengan kunci baru"),
    "recovery.made": N_("Lembar pemulihan dibuat"),
    "recovery.confirmed": N_("Lembar pemulihan dicocokkan"),
    "recovery.wrapped": N_("Kunci lembaga dititipkan ke pemulihan"),
    "recovery.tried": N_("Lembar pemulihan dicoba"),
    "recovery.remind": N_("Diingatkan mencoba lembar pemulihan"),
    "recovery.watch": N_("Titipan di pemulihan tidak cocok: pengelola diberi tahu"),
    "recovery.server_key": N_("Kunci server dipulihkan"),
    "backup.made": N_("Cadangan dibuat"),
    "backup.verified": N_("Cadangan diperiksa"),
    "backup.drilled": N_("Cadangan dicoba dengan dua lembar"),
    "device.registered": N_("Mendaftarkan HP kantor"),
    "device.joined": N_("HP kantor tersambung"),
    "device.ended": N_("Mencabut HP kantor"),
    "keys.unsound": N_("Kunci kantor tidak cocok: halaman warga menutup diri"),
    "number.changed": N_("Mengubah nomor telepon layanan"),
}
_WORK = {
    "column.limited": N_("Membatasi kolom papan tugas"),
    "aside.alarmed": N_("Alarm piket untuk yang disisihkan"),
    "shelf.indexed": N_("Mengisi daftar pencarian"),
    "reports.searched": N_("Mencari di laporan"),
    "openings.many": N_("Membuka banyak laporan yang tidak dipegang"),
    "openings.explained": N_("Menulis alasan membuka banyak laporan"),
    "openings.seen": N_("Melihat catatan pembukaan laporan"),
    "trail.read": N_("Membaca jejak lembaga"),
    "trail.own": N_("Membaca jejaknya sendiri"),
    "anchor.made": N_("Jangkar harian dibuat"),
    "call.logged": N_("Mencatat telepon"),
    "duty.added": N_("Mengisi jadwal piket"),
    "duty.removed": N_("Menghapus jadwal piket"),
    "duty.swapped": N_("Menukar piket"),
    "swap.asked": N_("Minta tukar piket"),
    "swap.accepted": N_("Menerima tukar piket"),
    "swap.declined": N_("Menolak tukar piket"),
    "swap.overruled": N_("Membatalkan tukar piket"),
    "swap.dropped": N_("Menarik permintaan tukar piket"),
    "handover.written": N_("Menulis serah terima piket"),
    "handover.confirmed": N_("Menerima serah terima piket"),
    "cadre.made": N_("Membuat kartu kader"),
    "cadre.settled": N_("Menyetel kartu kader"),
    "cadre.card_printed": N_("Mencetak kartu kader"),
    "cadre.pin_renewed": N_("Mengganti PIN kartu kader"),
    "cadre.ended": N_("Mencabut kartu kader"),
    "cadre.opened": N_("Kartu kader dibuka"),
    "certificate.issued": N_("Memberi sertifikat"),
    "certificate.revoked": N_("Mencabut sertifikat"),
    "teaching.logged": N_("Mencatat kegiatan"),
    "teaching.corrected": N_("Membetulkan catatan kegiatan"),
    "teaching.confirmed": N_("Mengonfirmasi kegiatan"),
    "teaching.set_aside": N_("Tidak menghitung kegiatan"),
    "photo.opened": N_("Melihat foto kegiatan"),
    "invitation.contact_seen": N_("Melihat kontak pengundang"),
    "invitation.dated": N_("Memberi tanggal undangan"),
    "invitation.declined": N_("Menolak undangan"),
    "targets.set": N_("Menyetel sasaran"),
    "period.closed": N_("Menutup periode"),
    "area.added": N_("Menambah RT atau RW"),
    "area.ended": N_("Mengakhiri RT atau RW"),
    "area.renamed": N_("Mengganti nama RT atau RW"),
    "area.split": N_("Memecah RT atau RW"),
    "area.merged": N_("Menggabung RT atau RW"),
    "area.moved": N_("Memindah RT atau RW"),
    "areas.listed": N_("Membaca daftar RT dari file"),
    "places.told": N_("Menulis sisa tempat layanan"),
    "entry.changed": N_("Mengubah isi daftar layanan"),
    "title.drafted": N_("Menulis judul baru"),
    "edition.drafted": N_("Menulis edisi baru"),
    "edition.changed": N_("Mengubah naskah"),
    "edition.proposed": N_("Mengajukan naskah"),
    "edition.approved": N_("Menyetujui naskah"),
    "edition.sent_back": N_("Mengembalikan naskah"),
    "edition.published": N_("Menerbitkan naskah"),
    "edition.renewed": N_("Memperpanjang naskah"),
    "edition.withdrawn": N_("Menarik naskah"),
    "claims.checked": N_("Mencentang sumber naskah"),
    "translation.written": N_("Menulis terjemahan"),
    "translation.approved": N_("Menyetujui terjemahan"),
    "translation.withdrawn": N_("Menarik terjemahan"),
    "pictures.added": N_("Menambah gambar"),
    "picture.removed": N_("Menghapus gambar"),
    "room.added": N_("Menambah ruang"),
    "room.changed": N_("Mengubah ruang"),
    "room.closed": N_("Menutup ruang"),
    "room.reopened": N_("Membuka lagi ruang"),
    "booking.made": N_("Memesan ruang"),
    "booking.moved": N_("Memindah pesanan ruang"),
    "booking.displaced": N_("Menggeser pesanan ruang"),
    "booking.cancelled": N_("Membatalkan pesanan ruang"),
    "booking.granted": N_("Mengizinkan pesanan ruang"),
    "booking.refused": N_("Menolak pesanan ruang"),
    "booking.in_use": N_("Mulai memakai ruang"),
    "booking.ended": N_("Selesai memakai ruang"),
    "closure.made": N_("Menutup ruang untuk sementara"),
    "closure.ended": N_("Mengakhiri penutupan ruang"),
    "hours.added": N_("Menambah jam buka"),
    "hours.dropped": N_("Menghapus jam buka"),
    "holidays.approved": N_("Menyetujui hari libur"),
    "stay.expected": N_("Mencatat tamu yang ditunggu"),
    "stay.walked_in": N_("Mencatat tamu yang datang"),
    "stay.refused": N_("Ditolak: tamu tidak boleh bertemu"),
    "stay.arrived": N_("Mencatat tamu tiba"),
    "stay.left": N_("Mencatat tamu pulang"),
    "stay.cancelled": N_("Membatalkan tamu"),
    "apart.made": N_("Menandai tamu yang tidak boleh bertemu"),
    "apart.ended": N_("Mengakhiri tanda tidak boleh bertemu"),
    "feed.made": N_("Membuat alamat kalender"),
    "feed.ended": N_("Mencabut alamat kalender"),
    "visit.planned": N_("Menjadwalkan keliling"),
    "visit.changed": N_("Mengubah jadwal keliling"),
    "visit.cancelled": N_("Membatalkan jadwal keliling"),
    "visit.contacts_seen": N_("Melihat kontak jadwal keliling"),
    "appointment.came": N_("Mencatat janji: datang"),
    "appointment.missed": N_("Mencatat janji: tidak datang"),
    "appointment.cancelled": N_("Janji dibatalkan"),
    "appointment.freed": N_("Mencatat janji: tidak jadi, tempat kosong lagi"),
    "appointment.walk_in": N_("Mencatat yang datang tanpa janji"),
    "appointment.next": N_("Membuat janji berikutnya"),
}
_ALL = {
    Of.REPORT: _REPORTS,
    Of.FILE: _FILES,
    Of.NOTE: _NOTES,
    Of.BOX: _BOXES,
    Of.CASE: _CASES,
    Of.TASK: _TASKS,
    Of.PERSON: _PEOPLE,
    Of.ACCOUNTS: _ACCOUNTS,
    Of.WORK: _WORK,
}
ACTS = {act: Act(of, says) for of, told in _ALL.items() for act, says in told.items()}


def names(*of: Of) -> list[str]:
    """The acts whose thing is of one of these kinds."""
    return [act for kind in of for act in _ALL[kind]]
