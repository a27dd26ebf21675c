"""What can be wrong or missing, each with its sentence: one list for `flask pepa check` and for the page beside the
settings. Who finds it is `readiness`; where on a page it is mended is the door's to know."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pepa.words import N_, Choice


class Level(Choice):
    """How much it matters. Nobody is kept from going live by what warns, and the machine does not speak of what is
    only soon."""

    BLOCKS = "blocks", N_("Menahan")
    WARNS = "warns", N_("Perlu dilihat")
    SOON = "soon", N_("Sebentar lagi")


class Part(Choice):
    """Where it stands on the page."""

    PEOPLE = "people", N_("Orang dan piket")
    LOCKS = "locks", N_("Kunci dan lembar pemulihan")
    COPIES = "copies", N_("Cadangan")
    SETTINGS = "settings", N_("Pengaturan")
    NUMBERS = "numbers", N_("Nomor telepon")
    PARTNERS = "partners", N_("Lembaga mitra")
    NOTICES = "notices", N_("Pemberitahuan")
    MACHINE = "machine", N_("Hanya dari mesin")


@dataclass(frozen=True)
class Topic:
    """What is looked at. fine: what is so where nothing of it is wrong"""

    part: Part
    fine: str


@dataclass(frozen=True)
class Point:
    """One thing that can be wrong with a topic. command: what mends it at the machine, or empty"""

    says: str
    level: Level = Level.BLOCKS
    command: str = ""


TOPICS = {
    "roots": Topic(Part.PEOPLE, N_("Ada satu kantor penerima laporan dan satu pemegang mandiri.")),
    "able": Topic(Part.PEOPLE, N_("Cukup orang bisa membuka laporan, di kantor dan di pemegang mandiri.")),
    "keeper": Topic(Part.PEOPLE, N_("Ada pengelola.")),
    "reach": Topic(Part.PEOPLE, N_("Semua yang membaca laporan bisa dijangkau alarm.")),
    "duty": Topic(Part.PEOPLE, N_("Jadwal piket terisi, di kantor dan di pemegang mandiri.")),
    "demo": Topic(Part.PEOPLE, N_("Tidak ada akun contoh.")),
    "key": Topic(Part.LOCKS, N_("Kunci setiap lembaga adalah buatan program ini.")),
    "rekey": Topic(Part.LOCKS, N_("Tidak ada lembaga yang menunggu kunci baru.")),
    "sheets": Topic(Part.LOCKS, N_("Lembar pemulihan sudah diketik balik, dan membuka kunci kedua pemegang.")),
    "copy": Topic(Part.COPIES, N_("Cadangan terakhir belum lebih dari dua hari, dan sudah dibaca ulang.")),
    "drill": Topic(
        Part.COPIES, N_("Cadangan pernah dicoba dibuka dengan dua lembar, paling lama setengah tahun lalu.")
    ),
    "setting": Topic(Part.SETTINGS, N_("Yang tidak boleh kosong sudah terisi.")),
    "holidays": Topic(Part.SETTINGS, N_("Hari libur sudah disetujui.")),
    "number": Topic(Part.NUMBERS, N_("Semua nomor dicoba dalam 90 hari terakhir.")),
    "agreement": Topic(Part.PARTNERS, N_("Semua perjanjian masih berlaku.")),
    "mail": Topic(Part.NOTICES, N_("Email keluar dari mesin ini.")),
    "address": Topic(Part.NOTICES, N_("Alamat di email bisa dibuka dari luar.")),
    "delivery": Topic(Part.NOTICES, N_("Pengirim alarm berjalan.")),
    "server": Topic(Part.MACHINE, N_("File kunci server: tempatnya, dan siapa yang bisa membacanya.")),
    "disk": Topic(Part.MACHINE, N_("Disk: sisa tempat, dan apakah cadangan di disk lain.")),
    "database": Topic(Part.MACHINE, N_("Pengaturan database.")),
    "print": Topic(Part.MACHINE, N_("Apakah PDF bisa dibuat.")),
    "late": Topic(Part.MACHINE, N_("Apakah laporan yang lewat batas bisa diberitahukan kepada seseorang.")),
    "spool": Topic(Part.MACHINE, N_("Semua yang ada di simpanan kedua sudah masuk ke database.")),
    "chain": Topic(Part.MACHINE, N_("Apakah jejak utuh dari awal, dan cocok dengan jangkar setiap pagi.")),
}
_PEPA = "flask --app wsgi pepa"
POINTS = {
    "roots.number": Point(N_("Harus ada tepat satu: %(label)s.")),
    "able.few": Point(N_("%(label)s: %(n)s orang bisa membuka laporan, perlu %(needed)s.")),
    "keeper.none": Point(N_("Tidak ada pengelola. Beri peran itu kepada seseorang di kantor penerima laporan.")),
    "reach.none": Point(N_("%(name)s membaca laporan, tetapi tidak punya email dan HP: alarm tidak sampai.")),
    "duty.none": Point(N_("%(name)s: tidak ada yang piket mulai sekarang.")),
    "duty.ends": Point(N_("%(name)s: jadwal piket habis %(day)s."), Level.WARNS),
    "demo.there": Point(
        N_("Ini masih contoh: akun contoh ada. Untuk dipakai sungguhan, program dipasang di tempat yang kosong.")
    ),
    "key.unsound": Point(N_("Kunci %(name)s BUKAN buatan program ini. Tidak ada yang disegel kepadanya.")),
    "rekey.due": Point(N_("%(name)s perlu kunci baru: ada yang keluar dan dicurigai.")),
    "sheets.none": Point(N_("Lembar pemulihan BELUM dibuat dan diketik balik."), command=f"{_PEPA} recovery make"),
    "sheets.unsealed": Point(
        N_("Kunci %(name)s BELUM disegel ke lembar pemulihan. Satu orang yang memegangnya perlu masuk.")
    ),
    "sheets.planted": Point(N_("Kunci set lembar %(n)s BUKAN buatan program ini. Tidak ada yang disegel kepadanya.")),
    "sheets.due": Point(N_("Lembar pemulihan tidak dicoba sejak %(day)s."), command=f"{_PEPA} recovery drill"),
    "copy.none": Point(N_("BELUM ada cadangan."), command=f"{_PEPA} backup"),
    "copy.old": Point(N_("Cadangan terakhir sudah %(n)s hari."), command=f"{_PEPA} backup"),
    "drill.none": Point(N_("Cadangan BELUM pernah dibuka dengan dua lembar."), command=f"{_PEPA} restore --check FILE"),
    "drill.old": Point(N_("Cadangan tidak dicoba dibuka selama %(n)s hari."), command=f"{_PEPA} restore --check FILE"),
    "setting.empty": Point(N_("BELUM diisi: %(label)s.")),
    "setting.unusable": Point(N_("Isinya tidak bisa dipakai: %(label)s.")),
    "setting.wanted": Point(N_("Masih kosong: %(label)s."), Level.WARNS),
    "holidays.none": Point(N_("Hari libur %(n)s BELUM disetujui."), Level.WARNS),
    "number.empty": Point(N_("BELUM ada nomor: %(label)s.")),
    "number.untried": Point(N_("Nomor ini BELUM pernah dicoba: %(label)s."), Level.WARNS),
    "number.old": Point(N_("Nomor ini dicoba %(n)s hari lalu, coba lagi: %(label)s."), Level.WARNS),
    "number.soon": Point(N_("Nomor ini dicoba %(n)s hari lalu, sebentar lagi 90 hari: %(label)s."), Level.SOON),
    "agreement.unsaid": Point(N_("%(n)s lembaga mitra belum punya hari terakhir perjanjian."), Level.WARNS),
    "agreement.over": Point(N_("Perjanjian dengan %(name)s berakhir %(day)s."), Level.WARNS),
    "agreement.soon": Point(N_("Perjanjian dengan %(name)s berakhir %(day)s."), Level.SOON),
    "mail.console": Point(N_("Tidak ada email yang keluar: alarm hanya masuk catatan mesin. (PEPA_MAIL_URL)")),
    "address.local": Point(N_("Alamat di email hanya terbuka di mesin ini: %(address)s (PEPA_BASE_URL)")),
    "delivery.still": Point(N_("Pengirim alarm TIDAK berjalan: tidak ada yang diberi tahu. (pepa-deliver)")),
    "server.inside": Point(N_("Kunci server ada di dalam %(folder)s: yang menyalin folder itu punya dua-duanya.")),
    "server.open": Point(N_("Orang lain di mesin ini bisa membaca %(file)s."), command="chmod 600"),
    "disk.full": Point(N_("Sisa tempat di %(folder)s tinggal %(n)s%%."), Level.WARNS),
    "disk.same": Point(N_("%(folder)s ada di disk yang sama dengan database."), Level.WARNS),
    "database.pragma": Point(N_("Pengaturan database %(name)s terbaca %(n)s.")),
    "print.nothing": Point(N_("Cetakan: %(why)s")),
    "late.alone": Point(
        N_("%(n)s laporan lewat batas, dan tidak ada yang boleh diberi tahu. Pemegangnya perlu satu pembaca lagi.")
    ),
    "spool.stuck": Point(
        N_("%(n)s berkas di simpanan kedua tidak bisa masuk ke database. Catatan mesin menyebut sebabnya."), Level.WARNS
    ),
    "chain.broken": Point(N_("Jejak %(name)s: baris %(n)s diubah atau dipotong.")),
    "chain.cut": Point(N_("Jejak %(name)s: baris terbaru dipotong.")),
    "chain.gone": Point(N_("Jangkar %(day)s hilang, padahal jejak mencatatnya.")),
    "chain.anchor": Point(
        N_("Jangkar %(day)s tidak cocok dengan jejak: ada baris diubah, dipotong, atau dikembalikan.")
    ),
}


@dataclass(frozen=True)
class Fault:
    """Something that is wrong here and now.

    code    of POINTS, its topic before the dot
    about   which thing: the key of a setting, the name of a number, an id of an organisation; or empty
    values  what the sentence is filled with; `label` is a word of ours, and translated
    """

    code: str
    about: str = ""
    values: dict[str, object] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        return self.code.partition(".")[0]

    @property
    def point(self) -> Point:
        return POINTS[self.code]

    @property
    def level(self) -> Level:
        return self.point.level


def blocking(found: Iterable[Fault]) -> list[Fault]:
    """Those that keep the office from going live."""
    return [fault for fault in found if fault.level is Level.BLOCKS]


def in_order(found: Iterable[Fault]) -> Sequence[Fault]:
    """What blocks first, then by topic as the page has them."""
    levels, topics = list(Level), list(TOPICS)
    return sorted(found, key=lambda fault: (levels.index(fault.level), topics.index(fault.topic)))
