"""Indonesian for finding: stop words, roots that the stemmer misses, words that mean the same, abbreviations.

Words are plain lower-case letters, as `finding.fold` leaves them.
"""

from collections.abc import Iterator

_STOPS = """
yang dan di ke dari untuk dengan pada itu ini adalah ialah oleh atau juga akan sudah telah belum masih saja hanya
tidak bukan jangan ada tak kalau jika bila agar supaya karena sebab seperti dalam para sang si pun lah kah nya saya
aku kamu anda kami kita dia ia mereka apa siapa mana bagaimana gimana mengapa kapan berapa bisa boleh dapat mau
ingin secara sebagai tentang antara setelah sebelum ketika saat lagi lebih sangat sekali semua setiap tiap suatu
sebuah seorang yg dgn utk krn dr pd jg sdh blm tdk gak nggak enggak ga dong sih kok the and or of to in is a an how
what
"""
_ROOTS = """
ajak ajar ancam aniaya asuh awas banding bantu bela bentak beri bicara bina bohong bujuk bully bunuh cabul cegah
cekik celaka cemburu cerai cerita cubit culik curiga dagang damping dengar derita didik dukung eksploitasi foto
gebuk goda gugat hajar hamil hina hukum incar intimidasi jaga jambak jebak jual kawin kekang kelola kendali kenal
keras kontrol korban kurung lacak lapor larang lawan layan leceh ledek lindung luka maki marah minta musuh
nafkah nasihat nikah olok paksa pacar peduli pelihara penjara peras percaya periksa perkosa pukul pulih rahasia
rampas rawat rayu rekam rujuk rundung rusak sabar sadar saksi sakit salah sandera sayang sebar sehat sekap selamat
selidik selingkuh sembuh sembunyi sentuh serang siksa sindir siram sogok sunat suruh tahan tampar tanggung tangis
tangkap tawar telantar telepon tendang teror tindak tinggal tipu tolong tonjok trauma tuduh tuntut tusuk
usir visum wali wewenang
"""
_SAME = """
pukul, gebuk, hajar, tampar, tendang, tonjok, tabok, jotos, gampar, jambak, cubit, tempeleng
rundung, bully, bullying, olok, ledek, ejek, palak
leceh, cabul, goda, raba, grepe, catcalling
perkosa, rudapaksa
kekerasan dalam rumah tangga, kdrt
tindak pidana kekerasan seksual, tpks, kekerasan seksual, uu tpks, pelecehan seksual
anak berhadapan dengan hukum, abh, anak yang berhadapan dengan hukum, anak berkonflik dengan hukum, napi anak
pusat pelayanan terpadu pemberdayaan perempuan dan anak, p2tp2a, uptd ppa, uptdppa, uptd
unit perempuan dan anak polisi, unit ppa, uppa, ppa
dp3akb, dp3a, dinas perempuan, dinas pemberdayaan perempuan
sapa 129, sapa, 129, sapa129, hotline, telepon pengaduan
perlindungan anak terpadu berbasis masyarakat, patbm
pembinaan kesejahteraan keluarga, pkk
komisi perlindungan anak indonesia, kpai
lembaga perlindungan saksi dan korban, lpsk
bantuan hukum, lbh, pengacara, pembela, advokat
berita acara pemeriksaan, bap
kantor urusan agama, kua
undang undang, uu
kekerasan berbasis gender online, kbgo
sebar foto, foto telanjang, sextortion, revenge porn, foto bugil, video call sex, vcs
perdagangan orang, trafficking, tppo, trafiking, perdagangan manusia, jual orang, human trafficking
kawin anak, nikah dini, kawin dini, pernikahan dini, pernikahan anak, nikah muda, kawin muda
nikah, kawin
cerai, pisah, talak
telantar, terlantar
suami, bojo
ayah, bapak, papa, abah, bapa
ibu, mama, emak, bunda, mak
anak, bocah, balita, bayi
remaja, abg, puber, pemuda
pacar, gebetan, pacaran
teman, kawan, sahabat
lapor, adu, mengadu, pengaduan, aduan
marah, ngamuk, emosi, amuk
bentak, hardik, teriak, maki
disabilitas, difabel, cacat, tuli, tunanetra, tunarungu, bisu, buta, kursi roda
hamil, bunting, mengandung
visum, visum et repertum
trauma, ptsd
bunuh diri, gantung diri, mengakhiri hidup
kemaluan, alat kelamin, titit, memek, vagina, penis, bagian pribadi
rukun tetangga, rt, ketua rt, pak rt, bu rt
rukun warga, rw, ketua rw
handphone, hp, ponsel, gawai, gadget, smartphone
media sosial, medsos, facebook, instagram, tiktok
whatsapp, wa
kabur, minggat, lari, pergi
tenaga kerja, tki, tkw, pmi, buruh migran, pekerja migran, kerja luar negeri
khotbah, khutbah, kultum, pengajian, ceramah, majelis taklim
guru bk, bimbingan konseling, guru bp
"""
_BROADER = """
kekerasan dalam rumah tangga: kekerasan
tindak pidana kekerasan seksual: kekerasan
leceh: kekerasan
perkosa: kekerasan
pukul: kekerasan
kawin anak: nikah
sebar foto: foto
perdagangan orang: kerja
sapa 129: lapor
pusat pelayanan terpadu pemberdayaan perempuan dan anak: lapor
"""

# Words that stand everywhere and say nothing alone.
STOPS = frozenset(_STOPS.split())

# Roots of this library's own field. The stemmer takes `meN-` and `peN-` off and leaves the wrong letter behind
# (menikah → meni, menolong → olong, perundungan → undung); from these every form is made, and leads back.
ROOTS = tuple(_ROOTS.split())

# What one says, and another writes: a row each. More than one word is a phrase, also an abbreviation's.
SAME = tuple(tuple(row.split(", ")) for row in _SAME.strip().splitlines())

# Under which wider word more is told of something: the first of a row → that word.
BROADER = dict(row.split(": ") for row in _BROADER.strip().splitlines())

_MUTED = {"p": "m", "t": "n", "k": "ng", "s": "ny"}  # meN- and peN- swallow these
_NASAL = {**dict.fromkeys("bfv", "m"), **dict.fromkeys("cdjz", "n"), **dict.fromkeys("aeiough", "ng")}
_ENDS = ("", "kan", "i", "an", "nya", "kannya", "inya", "annya")


def roots() -> dict[str, str]:
    """Every form of ROOTS → its root. A root leads to itself, whatever it looks like from afar."""
    found = {form: root for root in ROOTS for form in _forms(root)}
    return {**found, **{root: root for root in ROOTS}}


def _forms(root: str) -> Iterator[str]:
    first = root[0]
    nasal = _MUTED[first] + root[1:] if first in _MUTED else _NASAL.get(first, "") + root
    for end in _ENDS:
        for start in ("di", "ter", "ber", "ke", "se", "per", "diper", "memper", "keter"):
            yield start + root + end
        for start in ("me", "pe"):
            yield start + nasal + end
        yield root + end
