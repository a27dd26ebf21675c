"""What stood in a folder at one moment stays readable while files are dropped, replaced and added there."""

import threading
from pathlib import Path

import pytest

from pepa import disk, storage
from pepa.storage import Files, Spool, linked

NAMES = [f"{number:02x}" * 16 for number in range(20)]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    files = Files(tmp_path / "uploads")
    for name in NAMES:
        put(files, name)
    return files


def put(files: Files, name: str) -> None:
    draft = files.begin(name)
    draft.write(name.encode())
    draft.keep()


def contents(links: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in disk.paths(links)}


def test_what_is_dropped_or_comes_later_changes_nothing(files: Files) -> None:
    with linked(files.folder) as links:
        for name in NAMES[:10]:
            files.drop(name)
        put(files, "ab" * 16)
        assert contents(links) == {name: name.encode() for name in NAMES}
        assert sorted(files.names()) == sorted([*NAMES[10:], "ab" * 16]), "the links are no files of the folder"
    assert not list(files.folder.rglob(NAMES[0])), "nothing of what was dropped stays"


def test_a_spool_with_its_marks_and_without_its_drafts(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.put("ab" * 32, b"before")
    spool.mark("cd" * 32, "gone")
    (spool.folder / "ab/.draft").write_bytes(b"half")
    with linked(spool.folder) as links:
        spool.replace("ab" * 32, b"after")
        assert contents(links) == {"ab" * 32: b"before", "cd" * 32 + ".gone": b""}
        assert list(spool.names()) == ["ab" * 32]


def test_what_a_killed_one_left_goes(files: Files) -> None:
    left = files.folder / ".backup" / NAMES[0][:2] / NAMES[0]
    left.parent.mkdir(parents=True)
    left.hardlink_to(files.folder / NAMES[0][:2] / NAMES[0])
    files.drop(NAMES[0])
    with linked(files.folder) as links:
        assert NAMES[0] not in contents(links)


def test_nothing_is_there_to_link(tmp_path: Path) -> None:
    with linked(tmp_path / "none") as links:
        assert contents(links) == {}


def test_while_still_a_drop_waits(files: Files) -> None:
    dropping = threading.Thread(target=files.drop, args=(NAMES[0],))
    with files.still():
        dropping.start()
        dropping.join(0.2)
        assert dropping.is_alive()
        assert NAMES[0] in files.names()
        put(files, "ab" * 16)  # whoever sends a file waits for nobody
    dropping.join()
    assert NAMES[0] not in files.names()


def test_whoever_clears_away_takes_what_a_killed_one_left(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(files.folder.parent / "spool")
    monkeypatch.setattr(storage, "_files", files)
    monkeypatch.setattr(storage, "_spool", spool)
    with linked(files.folder) as links:
        assert storage.sweep_links() == 0, "this one is under way"
        assert len(contents(links)) == len(NAMES)
    left = files.folder / storage.LINKS / NAMES[0][:2] / NAMES[0]
    left.parent.mkdir(parents=True)
    left.hardlink_to(files.folder / NAMES[0][:2] / NAMES[0])
    assert storage.sweep_links() == 1
    assert not left.exists()
    assert NAMES[0] in files.names()
