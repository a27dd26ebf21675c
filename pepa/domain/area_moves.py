"""Which part of a kelurahan that a new list leaves out is which one that it adds: the same one, at another place."""

from collections import Counter
from collections.abc import Collection, Iterable

from pepa.domain.areas import TALL
from pepa.models.areas import Level

Piece = tuple[Level, tuple[tuple[int, str], ...]]  # a level, and a name as `areas.natural` has it
Key = tuple[Piece, ...]  # where a part lies and which it is, from large to small


def found(gone: Collection[Key], new: Collection[Key]) -> dict[Key, Key]:
    """Where those that are gone are now, of one kelurahan. What could be two is none.

    What lay in one that moved moves along. Otherwise it is the same one where level, name and the RW's name are, as
    they stay when lingkungan are written before them: RT 003 of another RW is another RT.
    """
    moved: dict[Key, Key] = {}
    for level in TALL:
        left = [key for key in gone if key[-1][0] is level]
        free = {key for key in new if key[-1][0] is level}
        for key in left:
            along = (*moved.get(key[:-1], ()), key[-1])
            if key[:-1] in moved and along in free:
                moved[key] = along
                free.remove(along)
        was, now = _alone(key for key in left if key not in moved), _alone(free)
        moved |= {key: now[sign] for sign, key in was.items() if sign in now}
    return moved


def _alone(keys: Iterable[Key]) -> dict[tuple[Piece, Piece | None], Key]:
    """These by what they are known by, but for those that share it."""
    signs = {key: (key[-1], next((piece for piece in key if piece[0] is Level.RW), None)) for key in keys}
    many = Counter(signs.values())
    return {sign: key for key, sign in signs.items() if many[sign] == 1}
