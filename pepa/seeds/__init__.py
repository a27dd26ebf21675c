"""The real first data, and a fictional demo cast. Planting again adds what is missing and leaves what was changed."""

from pepa.db import Base, db, transaction
from pepa.domain.settings import NUMBER
from pepa.models.installation import Setting
from pepa.models.lists import CallType, Category, ReadyAnswer
from pepa.models.places import Holiday, Kecamatan, Kelurahan
from pepa.seeds import reading


def plant() -> int:
    """Areas, holidays, numbers, lists, settings. Rows that stand already are left alone; returns how many are new."""
    rows = [*_places(), *_lists(), *_settings()]
    with transaction() as session:
        new = [row for row in rows if session.get(type(row), _key(row)) is None]
        session.add_all(new)
    return len(new)


def _key(row: Base) -> tuple[object, ...]:
    return tuple(getattr(row, column.key) for column in db.inspect(type(row)).primary_key)


def _places() -> list[Base]:
    return [
        *(Kecamatan(code=k.code, name=k.name) for k in reading.kecamatan()),
        *(Kelurahan(code=k.code, kecamatan_code=k.kecamatan_code, name=k.name) for k in reading.kelurahan()),
        *(
            Holiday(on=h.on, name=h.name, kind=h.kind.value, is_certain=h.is_certain, source=h.source)
            for h in reading.holidays()
        ),
    ]


def _lists() -> list[Base]:
    return [
        *(
            Category(list_name=c.list, code=c.code, position=n, label=c.label_id, source=c.source)
            for n, c in enumerate(reading.categories())
        ),
        *(ReadyAnswer(code=a.code, position=n, text=a.text) for n, a in enumerate(reading.ready_answers())),
        *(CallType(code=t.code, position=n, label=t.label_id) for n, t in enumerate(reading.call_types())),
    ]


def _settings() -> list[Base]:
    texts = [
        Setting(key=s.code, value=s.default) for s in reading.settings() if s.kind is not reading.SettingKind.TABLE
    ]
    numbers = [Setting(key=NUMBER + n.code, value=n.number, checked_on=n.checked_on) for n in reading.numbers()]
    return [*texts, *numbers]
