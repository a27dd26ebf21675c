"""Documents to be pressed: the seed titles as they would be published, and what is made of them, once a process."""

from datetime import date
from functools import cache

from pepa.domain import blocks, markup, printers
from pepa.domain.documents import Document, Drawing, Format
from pepa.domain.printers import Made
from pepa.seeds import reading, titles

ADDRESS = "https://pepa.serangkota.go.id/b"


@cache
def numbers() -> dict[str, str]:
    """What the numbers are while the office has given none of its own."""
    rows = {row.code: row.number for row in reading.numbers()}
    return {name: rows.get(code, "") for name, code in blocks.NUMBERS.items()}


def of_seed(title: titles.Title) -> Document:
    drawn = [titles.PICTURES / picture.file for picture in title.pictures]
    return Document(
        title_id=title.front.id,
        version=3,
        title=title.front.title,
        neutral=title.neutral,
        audience=title.front.audience,
        minutes=title.front.minutes,
        published_on=date(2026, 12, 1),
        address=f"{ADDRESS}/{title.front.id}",
        numbers=numbers(),
        body=markup.write(title.body),
        guide=markup.write(title.guide),
        quiz=markup.write(title.quiz),
        script=markup.write(title.script),
        whatsapp=title.whatsapp,
        sms=title.sms,
        poster=title.poster,
        card=title.card,
        pictures={path.name: Drawing(path.read_bytes(), path.with_suffix(".png").read_bytes()) for path in drawn},
    )


@cache
def every() -> dict[int, Document]:
    return {title.front.id: of_seed(title) for title in titles.every()}


@cache
def pressed(title_id: int) -> dict[Format, Made]:
    """All that can be made of a seed title."""
    document = every()[title_id]
    return {made.format: made for made in printers.outputs([(document, document.formats(more=True, prints=True))])}


def pressed_once(document: Document, form: Format) -> Made:
    (made,) = printers.outputs([(document, [form])])
    return made
