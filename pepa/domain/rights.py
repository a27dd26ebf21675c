"""What each role may do, in words: the table of `policy` as people read it. Nothing of it is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pepa.models.organisations import Role
from pepa.policy import OFFICE_ONLY, ROLE_MAY, ROOT_ONLY, Permission
from pepa.words import N_

P = Permission
# What each permission lets somebody do, by what it is about. A test holds that each has words.
WORDS: dict[str, dict[Permission, str]] = {
    N_("Laporan"): {
        P.READ_REPORTS: N_("membaca laporan"),
        P.HOLD_REPORT: N_("memegang laporan"),
        P.ANSWER_REPORT: N_("menjawab pelapor"),
        P.TRIAGE_REPORT: N_("memilah laporan"),
        P.WRITE_NOTE: N_("menulis catatan dalam"),
        P.LINK_REPORTS: N_("mengaitkan laporan"),
        P.CALL_BACK: N_("menelepon balik"),
        P.HAND_IN: N_("mencatat telepon, tamu, dan chat"),
        P.TAKE_ORIGINAL: N_("mengambil file asli"),
        P.CONFIRM_SURVIVOR: N_("memastikan penyintas"),
        P.DECIDE_WITHDRAWN: N_("memutuskan laporan yang dibatalkan"),
        P.KEEP_POLICE_CLOCK: N_("mencatat batas lapor polisi"),
        P.NOTE_DECISION: N_("mencatat keputusan tertulis kepala"),
        P.SEE_CASES: N_("melihat kasus"),
        P.SEE_OPENINGS: N_("melihat siapa yang membuka laporan"),
        P.WATCH_OPENINGS: N_("mengawasi pembukaan di luar tugas"),
        P.OPEN_EMERGENCY: N_("membuka laporan dalam keadaan darurat"),
        P.END_EMERGENCY: N_("mengakhiri pembukaan darurat"),
        P.DECLARE_CONFLICT: N_("menyatakan sendiri kenal orangnya"),
        P.NAME_CONFLICT: N_("mencatat benturan kepentingan orang lain"),
        P.NAME_VIEWERS: N_("menentukan siapa yang tidak boleh tahu"),
    },
    N_("Piket"): {
        P.SEE_DESK: N_("membuka meja kerja"),
        P.SEE_ROSTER: N_("melihat jadwal piket"),
        P.SWAP_SHIFT: N_("menukar piket"),
        P.HAND_OVER: N_("serah terima piket"),
        P.KEEP_ROSTER: N_("menyusun jadwal piket"),
        P.KEEP_DEVICES: N_("mendaftarkan HP kantor"),
    },
    N_("Bekerja bersama"): {
        P.SEE_TASKS: N_("melihat tugas"),
        P.KEEP_BOARD: N_("menyusun papan tugas"),
        P.SEE_DIRECTORY: N_("melihat layanan mitra"),
        P.TELL_PLACES: N_("menulis tempat kosong"),
        P.KEEP_ENTRY: N_("mengubah isian lembaganya"),
        P.BOOK_ROOM: N_("memesan ruang"),
        P.DECIDE_BOOKING: N_("memutuskan pesanan ruang"),
        P.KEEP_APART: N_("menjaga yang jangan sampai bertemu"),
        P.KEEP_ROOMS: N_("mengatur ruang"),
        P.PLAN_VISITS: N_("menyusun konsultasi keliling"),
        P.RUN_VISIT: N_("ikut konsultasi keliling"),
    },
    N_("Pustaka"): {
        P.SEE_LIBRARY: N_("membaca naskah"),
        P.REVIEW_TITLE: N_("meninjau naskah bidangnya"),
        P.WRITE_TITLE: N_("menulis naskah"),
        P.WITHDRAW_TITLE: N_("menarik judul"),
        P.PUBLISH_TITLE: N_("menerbitkan judul"),
        P.KEEP_NUMBERS: N_("mengubah nomor telepon"),
        P.READ_OPINIONS: N_("membaca pendapat pembaca"),
    },
    N_("Kegiatan"): {
        P.LOG_OUTREACH: N_("mencatat kegiatan"),
        P.LOG_FOR_OTHERS: N_("mencatat kegiatan orang lain"),
        P.CONFIRM_OUTREACH: N_("memeriksa kegiatan"),
        P.ANSWER_INVITATION: N_("menjawab undangan"),
        P.KEEP_CADRES: N_("membuat kartu kader"),
        P.CERTIFY_CADRE: N_("memberi sertifikat kader"),
        P.KEEP_AREAS: N_("mengatur daftar RT"),
        P.SEE_COVERAGE: N_("melihat cakupan"),
        P.SET_TARGETS: N_("menentukan sasaran"),
        P.CLOSE_PERIOD: N_("menutup triwulan"),
    },
    N_("Jejak"): {
        P.READ_TRAIL: N_("membaca siapa berbuat apa"),
        P.READ_ACCOUNTS: N_("membaca apa yang diubah pada akun"),
        P.SEE_ANCHORS: N_("melihat jangkar harian"),
        P.KEEP_DISCLOSURES: N_("mencatat data yang diberikan ke luar"),
        P.KEEP_BREACHES: N_("mencatat kebocoran data"),
        P.TRACE_BREACH: N_("mencari siapa bisa membaca apa"),
    },
    N_("Lembaga dan orang"): {
        P.SEE_ORGANISATION: N_("melihat lembaga dan anggotanya sendiri"),
        P.APPROVE_MEMBER: N_("memberi kunci kepada rekan, kalau punya kunci"),
        P.INVITE_MEMBER: N_("mengundang orang"),
        P.KEEP_MEMBERS: N_("mengubah peran orang lain, mencatat yang keluar"),
        P.GRANT_AGAIN: N_("membagikan lagi kepada mitra"),
        P.CONFIRM_RESTORED: N_("memastikan anggota dan kunci mitra sesudah pemulihan"),
        P.COMPARE_RESTORED: N_("mencocokkan anggota sendiri sesudah pemulihan"),
        P.KEEP_ORGANISATIONS: N_("menambah, menahan, mengakhiri lembaga"),
        P.SEE_SETTINGS: N_("melihat pengaturan"),
        P.KEEP_SETTINGS: N_("mengubah pengaturan teknis"),
        P.DECIDE_SETTINGS: N_("mengubah pengaturan yang diputuskan pimpinan"),
        P.DECIDE_WATCH: N_("memutuskan berapa laporan boleh dibuka tanpa alasan"),
    },
}
MACHINES = frozenset({P.WRITE_AS_REPORTER, P.RUN_JOBS})  # no role has these: citizens and jobs


@dataclass(frozen=True)
class Right:
    """One line of the table. where: empty, or which organisations it is for"""

    words: str
    roles: Sequence[Role]
    where: str


@dataclass(frozen=True)
class Part:
    """Lines about one thing. where: of all of them, said once"""

    words: str
    where: str
    lines: Sequence[Right]


def table(role: Role | None = None) -> list[Part]:
    """Every part with its lines; of one role only what that one may."""
    found = []
    for part, words in WORDS.items():
        lines = [Right(said, _roles(one), _where(one)) for one, said in words.items()]
        kept = [line for line in lines if role is None or role in line.roles]
        places = {line.where for line in kept}
        where = places.pop() if len(places) == 1 else ""
        if kept:
            found.append(Part(part, where, [replace(line, where="") for line in kept] if where else kept))
    return found


def _roles(permission: Permission) -> list[Role]:
    return [role for role in Role if permission in ROLE_MAY[role]]


def _where(permission: Permission) -> str:
    if permission in OFFICE_ONLY:
        return N_("hanya di kantor penerima")
    return N_("hanya di kantor penerima dan pemegang mandiri") if permission in ROOT_ONLY else ""
