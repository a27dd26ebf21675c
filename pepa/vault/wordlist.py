"""2,048 calm, common Indonesian words, 11 bits each; the first four letters of a word tell it from all others."""

from pathlib import Path
from typing import Final

WORDS: Final = tuple(Path(__file__).with_name("wordlist.txt").read_text("ascii").split())
BITS: Final = 11


def words_of(raw: bytes, count: int) -> list[str]:
    """The first `count` times 11 bits of `raw` as words. ValueError when `raw` is shorter than that."""
    spare = len(raw) * 8 - count * BITS
    if spare < 0:
        raise ValueError("not enough bits for so many words")
    number = int.from_bytes(raw, "big") >> spare
    return [WORDS[number >> (BITS * place) & (1 << BITS) - 1] for place in reversed(range(count))]
