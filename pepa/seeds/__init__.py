"""The real first data, and a fictional demo cast. Planting again adds what is missing and leaves what was changed."""

from dataclasses import asdict

from sqlalchemy.orm import Session

from pepa import clock
from pepa.db import Base, db, transaction
from pepa.domain import markup
from pepa.domain.manuscripts import Manuscript
from pepa.domain.settings import NUMBER
from pepa.models.installation import Setting
from pepa.models.lists import CallType, Category, ReadyAnswer
from pepa.models.outputs import TitlePicture
from pepa.models.places import Holiday, Kecamatan, Kelurahan
from pepa.models.titles import Edition, Title
from pepa.seeds import reading, titles


def plant() -> int:
    """Areas, holidays, numbers, lists, settings, the library. What stands already is left alone; returns how many rows
    and titles are new."""
    rows = [*_places(), *_lists(), *_settings()]
    library = titles.every()
    with transaction() as session:
        new = [row for row in rows if session.get(type(row), _key(row)) is None]
        session.add_all(new)
        missing = [title for title in library if session.get(Title, title.front.id) is None]
        for title in missing:
            _plant_title(session, title)
    return len(new) + len(missing)


def _plant_title(session: Session, title: titles.Title) -> None:
    """A title with its first edition, as it stands in the file: it waits for those who review it."""
    front = title.front
    session.add(Title(id=front.id, slug=front.slug, kind=front.kind.value))
    session.flush()
    typed = Manuscript(
        title=front.title,
        audience=" ".join(front.audience),
        topics=" ".join(front.topics),
        minutes=front.minutes,
        body=markup.write(title.body),
        guide=markup.write(title.guide),
        quiz=markup.write(title.quiz),
        script=markup.write(title.script),
        whatsapp=title.whatsapp,
        sms=title.sms,
        poster="\n".join(title.poster),
        card="\n".join(title.card),
        reviewers=" ".join(front.reviewers),
        checks="\n".join(front.checks),
        due_months=front.due_months,
    )
    edition = Edition(
        title_id=front.id, number=1, state=front.state.value, changed_at=clock.now(), **asdict(typed.tidy())
    )
    session.add_all([edition, *(_picture(front.id, picture.file) for picture in title.pictures)])


def _picture(title_id: int, name: str) -> TitlePicture:
    drawn = titles.PICTURES / name
    return TitlePicture(
        title_id=title_id,
        name=name,
        svg=drawn.read_text(encoding="utf-8"),
        png=drawn.with_suffix(".png").read_bytes(),
        width=titles.WIDTH,
        height=titles.HEIGHT,
    )


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
