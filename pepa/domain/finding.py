"""Finding a title by the words that people type: one small index in memory, the same on both databases.

Text and query go the same way: accents and capitals folded, hyphens and "anak2" taken apart, each word known by itself,
by its stem and by what means the same. A word that stands nowhere is taken for the nearest that does; nothing that is
typed means anything but its words, so no sign is an error.
"""

import re
import threading
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import log

import snowballstemmer

from pepa.domain import spellings
from pepa.domain.vocabulary import BROADER, SAME, STOPS, roots

LONGEST = 200  # letters of a query that are looked at
MOST_WORDS = 12
GUESSED_FROM = 5  # letters; shorter ones are too near to too many
NEAR, LONG_AND_NEAR = 0.3, 0.5  # shared trigrams of all of both: where it is one slip away; where it may be more
TITLE, HEADING, BODY = 8.0, 3.0, 1.0  # what a word counts by where it stands
ITSELF, STEM, MEANT, BROADLY = 1.0, 0.8, 0.4, 0.03  # … and by how near it is to what was typed
ENOUGH = 4  # after so many times more of the same word adds nothing
_WORD = re.compile(r"[^\W_]+")
_TWICE = re.compile(r"([a-z]{2,})2([a-z]{0,3})")  # anak2, hak2nya
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´", ""))
_stemmer, _stemming = snowballstemmer.stemmer("indonesian"), threading.Lock()


@dataclass(frozen=True)
class Text:
    """What is found by its words. headings (and for whom, about what), body: plain text"""

    id: int
    title: str
    headings: str = ""
    body: str = ""


@dataclass(frozen=True)
class Found:
    """What a query found. ids: best first; shown_for: the query as it was understood, where that was another one"""

    ids: tuple[int, ...]
    shown_for: str = ""


@dataclass(frozen=True)
class _Entry:
    """A text's words: each key (a word, its stem, a meaning) → what it counts; titled: every word of its title."""

    id: int
    counts: Mapping[str, float]
    words: frozenset[str]
    titled: frozenset[str]


class Index:
    """The words of all texts. Made anew when one is published; a text that was read before is not read again."""

    def __init__(self, texts: Iterable[Text]) -> None:
        self._entries = tuple(map(_entry, texts))
        self._ids = tuple(entry.id for entry in self._entries)
        self._held = frozenset(key for entry in self._entries for key in entry.counts)
        self._frequent = Counter(word for entry in self._entries for word in entry.words)
        self._trigrams: defaultdict[str, list[str]] = defaultdict(list)
        for word in self._frequent:
            for piece in trigrams(word):
                self._trigrams[piece].append(word)

    def search(self, query: str) -> Found:
        """Titles that hold every word of a query, or else most of them. Never raises; no words find all titles.

        query: as typed, of any length
        """
        typed = words(query[:LONGEST])[:MOST_WORDS]
        if not typed:
            return Found(self._ids)
        telling = _telling(typed)
        if not telling:
            return self._by_title(typed)
        understood = [word for part, one in meanings(telling, self._held) for word in self._mended(part, one)]
        found = self._ranked([one for _, one in meanings(understood, self._held)])
        return Found(tuple(found), " ".join(understood) if found and understood != telling else "")

    def _mended(self, part: tuple[str, ...], one: "_Meaning") -> tuple[str, ...]:
        """Words as they are, or what one that stands nowhere was meant for."""
        is_known = len(part) > 1 or not self._held.isdisjoint(one.keys)
        return part if is_known else (self._nearest(part[0]),)

    def _by_title(self, typed: Sequence[str]) -> Found:
        """Words that say nothing alone are still a title's own: "yang" finds whatever is called so."""
        held = {entry.id: len(entry.titled.intersection(typed)) for entry in self._entries}
        return Found(tuple(sorted((each for each in held if held[each]), key=lambda each: -held[each])))

    def _ranked(self, asked: Sequence["_Meaning"]) -> list[int]:
        scores: dict[int, tuple[int, float]] = {}
        weighed = [self._weighed(one) for one in asked]
        for place, entry in enumerate(self._entries):
            hits = [each[place] for each in weighed if each[place]]
            if hits:
                scores[entry.id] = (len(hits), sum(hits))
        most = max((held for held, _ in scores.values()), default=0)
        best = [each for each, (held, _) in scores.items() if held == most]
        return sorted(best, key=lambda each: -scores[each][1])

    def _weighed(self, one: "_Meaning") -> list[float]:
        """What each text counts for one thing asked: what is rare tells more than what is common."""
        keys = [(key, near) for key, near in one.keys.items() if key in self._held]
        counts = [
            max((entry.counts.get(key, 0.0) * near for key, near in keys), default=0.0) for entry in self._entries
        ]
        holders = sum(1 for count in counts if count)
        rare = log(1 + len(counts) / holders) if holders else 0.0
        return [count * rare for count in counts]

    def _nearest(self, word: str) -> str:
        """The word that a slip made of this one, as far as a text holds it; else the word itself."""
        if len(word) < GUESSED_FROM or not word.isalpha():
            return word
        mine = trigrams(word)
        shared = Counter(other for piece in mine for other in self._trigrams.get(piece, ()))
        alike = {other: both / (len(mine) + len(trigrams(other)) - both) for other, both in shared.items()}
        near = [
            (share, self._frequent[other], other)
            for other, share in alike.items()
            if share >= LONG_AND_NEAR or (share >= NEAR and spellings.near(word, other))
        ]
        return max(near, default=(0.0, 0, word))[2]


@dataclass(frozen=True)
class _Meaning:
    """One thing that a query asks for: keys of texts, and how near each is to what was typed."""

    keys: Mapping[str, float]


def fold(text: str) -> str:
    """Small letters without accents; apostrophes go, so that Jum'at is Jumat."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_APOSTROPHES)


def words(text: str) -> list[str]:
    """The words of a text in their order; anak-anak, anak anak and anak2 are the same word, once."""
    found = [piece for word in _WORD.findall(fold(text)) for piece in _apart(word)]
    return found[:1] + [word for before, word in pairwise(found) if word != before]


def _telling(some: Iterable[str]) -> list[str]:
    """Without the words that stand everywhere."""
    return [word for word in some if word not in STOPS]


def _apart(word: str) -> Iterator[str]:
    if (twice := _TWICE.fullmatch(word)) and not _is_abbreviation(word):
        yield twice[1]
        if twice[2]:
            yield twice[1] + twice[2]
    else:
        yield word


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The root of one folded word: by our own list, else Snowball's. The stemmer keeps its word in itself, so one by
    one."""
    known = _roots().get(word)
    if known:
        return known
    with _stemming:
        return str(_stemmer.stemWord(word))


@cache
def _roots() -> dict[str, str]:
    return roots()


def trigrams(word: str) -> frozenset[str]:
    """As PostgreSQL cuts them: two spaces before, one behind."""
    padded = f"  {word} "
    return frozenset(padded[place : place + 3] for place in range(len(padded) - 2))


@cache
def _phrases() -> dict[str, dict[tuple[str, ...], tuple[str, ...]]]:
    """First stem → every phrase that begins with it, as stems, longest first → the meanings that it has."""
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for group in SAME:
        for phrase in group:
            found[tuple(map(stem, _telling(words(phrase))))].append(f"={group[0]}")
    by_first: defaultdict[str, dict[tuple[str, ...], tuple[str, ...]]] = defaultdict(dict)
    for stems in sorted(found, key=len, reverse=True):
        by_first[stems[0]][stems] = tuple(dict.fromkeys(found[stems]))
    return dict(by_first)


@cache
def _abbreviations() -> frozenset[str]:
    return frozenset(phrase for group in SAME for phrase in group if any(sign.isdigit() for sign in phrase))


def _is_abbreviation(word: str) -> bool:
    return word in _abbreviations()


def _spans(stems: Sequence[str], place: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Phrases that stand at a place: how many words they take, and what they mean; longest first."""
    for phrase, meant in _phrases().get(stems[place], {}).items():
        if tuple(stems[place : place + len(phrase)]) == phrase:
            yield len(phrase), meant


def meanings(typed: Sequence[str], held: Set[str]) -> Iterator[tuple[tuple[str, ...], _Meaning]]:
    """What words ask for, in order, each with the words that it takes. A phrase is one thing, so whoever writes it out
    finds its abbreviation as well; one that no text holds falls apart into its words."""
    stems = list(map(stem, typed))
    place = 0
    while place < len(typed):
        spans = [(taken, meant) for taken, meant in _spans(stems, place) if taken > 1 and held & set(meant)]
        taken, meant = spans[0] if spans else (1, ())
        part = tuple(typed[place : place + taken])
        yield part, _Meaning({**_broadly(meant), **dict.fromkeys(meant, ITSELF)}) if meant else _meaning(part[0])
        place += taken


def _meaning(word: str) -> _Meaning:
    """One word: itself, its root, and what means the same."""
    root = stem(word)
    same = _phrases().get(root, {}).get((root,), ())
    return _Meaning({**_broadly(same), **dict.fromkeys(same, MEANT), f"~{root}": STEM, word: ITSELF})


def _broadly(meant: Iterable[str]) -> dict[str, float]:
    """What is told under a wider word, far behind what says the thing itself."""
    return {f"~{stem(BROADER[each[1:]])}": BROADLY for each in meant if each[1:] in BROADER}


@lru_cache(maxsize=4_000)
def _entry(text: Text) -> _Entry:
    counts: defaultdict[str, float] = defaultdict(float)
    held: set[str] = set()
    for part, weight in ((text.title, TITLE), (text.headings, HEADING), (text.body, BODY)):
        here = words(part)
        held.update(here)
        for key, times in Counter(_keys(here)).items():
            counts[key] += weight * (1 + log(min(times, ENOUGH)))
    telling = frozenset(word for word in held if word not in STOPS and word.isalpha())
    return _Entry(text.id, dict(counts), telling, frozenset(words(text.title)))


def _keys(here: Sequence[str]) -> Iterator[str]:
    """Every key of a text's words: each word, its stem, and whatever phrases stand there."""
    telling = _telling(here)
    stems = list(map(stem, telling))
    for place, word in enumerate(telling):
        yield word
        yield f"~{stems[place]}"
        for _, meant in _spans(stems, place):
            yield from meant
