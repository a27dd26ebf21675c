"""What must not be shown, and what does not open.

Python cannot wipe memory: a key lies in its `bytes` object until that memory is used again, copies of it included, and
may reach swap or a core dump. Deployment answers that (encrypted swap or none, `LimitCORE=0`). What this file holds is
smaller: no key reaches a log, an error page or a pickle by accident.
"""

from hmac import compare_digest
from typing import NoReturn, SupportsIndex


class Secret:
    """Bytes that show themselves only to `reveal()`.

    repr, str and format give "<Secret>"; pickle and copy raise TypeError; == takes the same time whatever differs;
    there is no hash, so that no set or cache can keep one.
    """

    __slots__ = ("_raw",)
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def reveal(self) -> bytes:
        return self._raw

    def __eq__(self, other: object) -> bool:
        return compare_digest(self._raw, other._raw) if isinstance(other, Secret) else NotImplemented

    def __repr__(self) -> str:
        return "<Secret>"

    def __format__(self, spec: str) -> str:
        return "<Secret>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a Secret is neither pickled nor copied")

    def __copy__(self) -> NoReturn:
        raise TypeError("a Secret is neither pickled nor copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a Secret is neither pickled nor copied")


class Broken(Exception):
    """A sealed value does not open: wrong key, moved, flipped or cut. Which of these is not known, nor told.

    what: a word for what was being opened, or a row's id; never a part of it. It is raised outside of the except
    block that found out, so that no frame with a key or a plaintext hangs on it.
    """

    def __init__(self, what: str = "sealed") -> None:
        super().__init__(what)
        self.what = what
