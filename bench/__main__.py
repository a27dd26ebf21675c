"""python -m bench [name…]"""

import sys
from collections.abc import Callable, Sequence

from bench import (
    backups,
    board,
    coverage,
    files,
    flood,
    growth,
    journey,
    kills,
    library,
    login,
    reading,
    rooms,
    rotation,
    server,
    sheets,
    shelf,
    tables,
)

ALL: dict[str, Callable[[], Sequence[tables.Table]]] = {
    "server": server.measure,
    "growth": growth.measure,
    "shelf": shelf.measure,
    "reading": reading.measure,
    "journey": journey.measure,
    "rotation": rotation.measure,
    "kills": kills.measure,
    "files": files.measure,
    "flood": flood.measure,
    "sheets": sheets.measure,
    "login": login.measure,
    "library": library.measure,
    "rooms": rooms.measure,
    "coverage": coverage.measure,
    "tasks": board.measure,
    "backups": backups.measure,
}


def main(names: Sequence[str]) -> int:
    if unknown := [name for name in names if name not in ALL]:
        print(f"There is no {', '.join(unknown)}. There are {', '.join(ALL)}.")
        return 2
    for name in names or ALL:
        found = ALL[name]()
        for table in found:
            print(f"\n{table.text()}")
        tables.keep(name, found)
    tables.write_page(list(ALL))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
