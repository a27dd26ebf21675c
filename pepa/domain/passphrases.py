"""Passphrases that people make up: what everybody guesses first is refused, offline.

What can be guessed is taken away: words of the list below, whatever the page itself knows (login, name, office), years,
runs along the keyboard or the alphabet, and what stood there before. Enough has to be left, as in six words of ours
there always is.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

from pepa.errors import Invalid
from pepa.words import N_

SHORTEST = 15
LEFT = 8  # letters that nobody guesses; of a random lower-case text that would be 37 bits, and Argon2id comes on top
RUN = 4  # signs that follow one another on a keyboard are a run
TURNED = str.maketrans("0134578@$!", "oieastbasi")

# Fragments of three letters and more. Names, months, days, places and offices of this city; what people choose.
_GUESSED = """
kota serang banten cilegon tangerang cipocok kasemen curug walantaka taktakan jaya jawara kabupaten kecamatan kelurahan
indonesia nusantara merdeka garuda pancasila jakarta bandung surabaya bekasi bogor depok jawa
dp3akb dp3 uptd upt ppa p2tp2a pepa calling dinas kantor petugas admin administrator operator pengelola penyelia kepala
perempuan wanita anak keluarga perlindungan pemberdayaan berencana kekerasan laporan lapor kader mitra lembaga piket
polres polda polisi unit rsud puskesmas kejaksaan pengadilan inspektorat sapa 129
sandi kata kalimat rahasia kunci password passwd pass passphrase masuk login akun user pengguna kode pin
bismillah alhamdulillah assalamualaikum allah islam doa berkah semangat sukses selamat datang sayang cinta aku kamu
iloveyou love bunda mama ibu bapak ayah papa nenek kakek adik kakak anakku keluargaku rumah
muhammad mohammad moch ahmad achmad abdul abdullah siti nur nurul sri dewi putri putra agus budi bambang joko eko
rina rini yuni wati dian ratna wulan hadi sekar intan rahmat nadia ilham asep ujang dede neng yanti yani lestari
rahayu susanti handayani kurniawan setiawan saputra pratama wijaya hidayat ramadhan fitri fitriani aisyah fatimah
zahra rizki rizky dimas bayu andi rudi hendra iwan wawan deni dadan cecep ade aulia annisa indah ayu bagus
januari februari maret april mei juni juli agustus september oktober november desember
senin selasa rabu kamis jumat sabtu minggu ahad
satu dua tiga empat lima enam tujuh delapan sembilan sepuluh nol
password welcome monkey dragon letmein master sunshine princess football shadow superman qazwsx
persib persija persita arsenal liverpool chelsea barcelona madrid manchester
"""
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


class TooShort(Invalid):
    """n: letters that are needed"""

    says = N_("Paling sedikit %(n)s huruf.")
    field = "words"


class Guessable(Invalid):
    says = N_("Kalimat ini mudah ditebak. Pakai enam kata di atas, atau kalimat yang lain.")
    field = "words"


class NotTheSame(Invalid):
    says = N_("Dua kali ketik ini tidak sama. Ketik lagi pelan-pelan.")
    field = "words_again"


def check(words: str, again: str, *known: str) -> None:
    """Whether somebody may lock their key with these words. again: typed a second time; known: what others know too.

    Raises TooShort, Guessable, NotTheSame.
    """
    spoken = " ".join(unicodedata.normalize("NFKC", words).split())
    if len(spoken) < SHORTEST:
        raise TooShort(n=SHORTEST)
    if left(spoken, known) < LEFT:
        raise Guessable
    if spoken != " ".join(unicodedata.normalize("NFKC", again).split()):
        raise NotTheSame


def left(text: str, known: Iterable[str] = ()) -> int:
    """How many letters of a text nobody guesses."""
    plain, guessed = _folded(text), [False] * len(_folded(text))
    own = [word for some in known for word in _folded(some).split() if len(word) > 2]
    for begun, ended in (*_fragments(plain, own), *_years(plain), *_runs(plain), *_repeats(plain)):
        guessed[begun:ended] = [True] * (ended - begun)
    return sum(not taken for sign, taken in zip(plain, guessed, strict=True) if sign != " ")


def _folded(text: str) -> str:
    """Small letters and figures; letters that wear an accent without it, everything else a space."""
    bare = unicodedata.normalize("NFKD", text).casefold()
    return re.sub(r"[^\w@$! ]|_", " ", "".join(sign for sign in bare if not unicodedata.combining(sign)))


@cache
def _common() -> re.Pattern[str]:
    return _any_of({_turned(word) for word in _GUESSED.split()})


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first)))


def _turned(text: str) -> str:
    """Figures and signs that stand for letters, as the letters: p4ssw0rd."""
    return text.translate(TURNED)


def _fragments(plain: str, own: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where common words stand, also run together or with the spaces elsewhere."""
    places = [place for place, sign in enumerate(plain) if sign != " "]
    packed = _turned("".join(plain[place] for place in places))
    patterns = [_common()]
    if mine := {_turned(word) for word in own}:
        patterns.append(_any_of(mine))
    for pattern in patterns:
        for found in pattern.finditer(packed):
            for at in range(found.start(), found.end()):
                yield places[at], places[at] + 1


def _years(plain: str) -> Iterator[tuple[int, int]]:
    """Figures of any length: years, days, telephone numbers are what people write in them."""
    return (found.span() for found in re.finditer(r"\d+", plain))


def _runs(plain: str) -> Iterator[tuple[int, int]]:
    """The same sign again and again, along the alphabet, along the keyboard or across it."""
    begun = 0
    for at in range(1, len(plain) + 1):
        if at == len(plain) or not _is_step(plain[at - 1], plain[at]):
            if at - begun >= RUN:
                yield begun, at
            begun = at


@cache
def _is_step(one: str, next_one: str) -> bool:
    if " " in (one, next_one):
        return False
    if one == next_one or abs(ord(one) - ord(next_one)) == 1:
        return True
    at = [(row, line.index(sign)) for sign in (one, next_one) for row, line in enumerate(_ROWS) if sign in line]
    return len(at) == 2 and abs(at[0][0] - at[1][0]) <= 1 and abs(at[0][1] - at[1][1]) <= 1


def _repeats(plain: str) -> Iterator[tuple[int, int]]:
    """Three signs and more that stood there before."""
    packed = plain
    at = 0
    while at < len(packed):
        length = 3
        while at + length <= len(packed) and packed[at : at + length] in packed[:at]:
            length += 1
        if length > 3:
            yield at, at + length - 1
            at += length - 1
        else:
            at += 1
