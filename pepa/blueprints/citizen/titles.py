"""One title to read, with its quiz, its guide, its text to be read aloud, and what readers say of it."""

from collections.abc import Sequence

from flask import Blueprint, Response, make_response, render_template, request

from pepa import clock
from pepa.domain import numbers, opinions, settings, titles, usage
from pepa.domain.blocks import Block, Picture
from pepa.domain.documents import HINTS, Format
from pepa.domain.titles import File, Reading, Said, Withdrawn
from pepa.errors import NotFound
from pepa.models.opinions import Clarity
from pepa.models.titles import Language
from pepa.web import pages
from pepa.web.access import public
from pepa.web.fields import ChoiceField, LineField, OnceField, TextField
from pepa.web.forms import Form
from pepa.web.pages import Reply
from pepa.web.readings import Told
from pepa.web.splices import spliced
from pepa.web.uses import counted
from pepa.words import N_

titles_door = Blueprint("titles", __name__)
SAID = "sampai"  # in the address: an opinion has arrived
IN = "bahasa"
PRINTED = (Format.A4, Format.BOOKLET, Format.POSTER, Format.CARD, Format.QUIZ, Format.GUIDE, Format.SCRIPT)
KEPT = (Format.HTML, Format.EPUB, Format.SLIDES)
PARTS = {"kuis": N_("Kuis"), "panduan": N_("Panduan fasilitator"), "naskah": N_("Teks untuk dibacakan")}
PART_OF = {"kuis": "quiz", "panduan": "guide", "naskah": "script"}
UNSTYLED = (".code", ".thread", "select", ".next", ".now")


class OpinionForm(Form):
    """What a reader says of a title."""

    clarity = ChoiceField(N_("Mudah dipahami?"), Clarity)
    note = TextField(N_("Yang perlu kami perbaiki (boleh kosong)"))
    ticket = OnceField()
    subject = LineField(N_("Kosongkan ini."))  # nobody sees it; machines fill it in


@titles_door.route("/b/<int:title_id>")
@public
def show(title_id: int) -> Reply:
    reading = titles.get(title_id)
    if isinstance(reading, Withdrawn):
        return _withdrawn(reading)
    said, held = _wanted(reading), _held(reading)
    files = _files(reading, said)
    digests = tuple((one.format, one.digest) for one in files.values())
    seen = (settings.read(), reading.edition_id, reading.others, digests, clock.today())
    name = f"title {title_id} {request.args.get(IN) if said else ''} {held}"
    form = OpinionForm(formdata=None)
    if SAID in request.args:
        return _finished(make_response(_page(reading, said, files, held, form)))

    def build(ticket: str) -> str:
        form.ticket.data = ticket
        return _page(reading, said, files, held, form)

    return counted(_finished(spliced(name, seen, build, opinions.mint_ticket())), title_id)


def _finished(response: Response) -> Response:
    response.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return response


def _page(reading: Reading, said: Said | None, files: dict[str, File], held: int, form: OpinionForm) -> str:
    changes = titles.changes(reading.id, held, reading.number) if held else []
    recalled = titles.recalled(reading.id, held, reading.number) if held else []
    return render_template(
        "citizen/library/title.html",
        reading=reading,
        said=said,
        told=_told(reading, said.body if said else reading.body, said),
        name=said.name if said else reading.name,
        held=held,
        changes=changes,
        recalled=recalled,
        is_due=reading.due_on is not None and reading.due_on <= clock.today(),
        parts=[(path, label) for path, label in PARTS.items() if getattr(reading, PART_OF[path])],
        printed=_in(files, PRINTED),
        kept=_in(files, KEPT),
        sent=files.get(Format.WHATSAPP),
        languages=[Language(code) for code in reading.others if code != "en"],
        is_said=SAID in request.args,
        form=form,
        unstyled=UNSTYLED,
    )


def _told(reading: Reading, text: Sequence[Block], said: Said | None = None, *, leads: bool = False) -> Told:
    drawn = titles.pictures(reading.id) if any(isinstance(block, Picture) for block in text) else {}
    claims = {**reading.claims, **(said.claims if said else {})}
    return Told(text, numbers=numbers.held(), claims=claims, pictures=drawn, leads=leads)


def _in(files: dict[str, File], formats: Sequence[Format]) -> list[tuple[Format, File, str]]:
    """Those of these formats that are finished, with what is to be known before printing them."""
    return [(each, files[each], _hint(each, files[each])) for each in formats if each in files]


def _hint(format_: Format, one: File) -> str:
    """What one page has no other side for is not said of it."""
    return "" if format_ is Format.A4 and one.pages == 1 else HINTS.get(format_, "")


def _wanted(reading: Reading) -> Said | None:
    """The text in another language, where the address asks for one and somebody has approved it."""
    return reading.others.get(request.args.get(IN) or request.args.get("l") or "")


def _files(reading: Reading, said: Said | None) -> dict[str, File]:
    """What can be taken: in the language that is read, else in Indonesian."""
    return {**titles.files(reading.id), **(titles.files(reading.id, said.language) if said else {})}


def _held(reading: Reading) -> int:
    """The version of the sheet that was scanned, or 0."""
    typed = request.args.get("v", "")
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
    return number if number <= reading.number else 0


def _withdrawn(gone: Withdrawn) -> Response:
    response = make_response(render_template("citizen/library/withdrawn.html", gone=gone, unstyled=UNSTYLED))
    response.unstyled = UNSTYLED  # type: ignore[attr-defined]
    return response


@titles_door.route("/b/<int:title_id>", methods=["POST"])
@public
def give(title_id: int) -> Reply:
    if not request.is_whole:  # type: ignore[attr-defined]
        return make_response(render_template("citizen/report/cut.html"), 400)
    form = OpinionForm()
    if form.submit(opinions.give, title_id):
        spoken = request.args.get(IN)
        kept = f"&{IN}={spoken}" if spoken in {each.value for each in Language} else ""
        return pages.to(f"/b/{title_id}?{SAID}{kept}#pendapat")
    reading = titles.get(title_id)
    if isinstance(reading, Withdrawn):
        return _withdrawn(reading)
    form.ticket.data, said = opinions.mint_ticket(again=True), _wanted(reading)
    # Only the form: what shows again what was typed is not compressed, and the text would be sent once more with it.
    told = render_template("citizen/library/opinion.html", reading=reading, said=said, form=form, unstyled=UNSTYLED)
    response = make_response(told, 422)
    response.keep_plain = True  # type: ignore[attr-defined]
    return _finished(response)


@titles_door.route("/b/<int:title_id>/<any(kuis, panduan, naskah):path>")
@public
def part(title_id: int, path: str) -> Reply:
    reading = titles.get(title_id)
    if isinstance(reading, Withdrawn):
        return _withdrawn(reading)
    text: Sequence[Block] = getattr(reading, PART_OF[path])
    if not text:
        raise NotFound
    seen = (settings.read(), reading.edition_id, clock.today())
    response = pages.kept(
        f"part {title_id} {path}",
        seen,
        lambda: render_template(
            "citizen/library/part.html",
            reading=reading,
            part=PARTS[path],
            told=_told(reading, text, leads=path == "panduan"),
            unstyled=UNSTYLED,
        ),
    )
    return counted(_finished(response), title_id, f"{usage.PAGE}-{path}")


@titles_door.route("/b/<int:title_id>/kirim")
@public
def send(title_id: int) -> Reply:
    reading = titles.get(title_id)
    if isinstance(reading, Withdrawn):
        return _withdrawn(reading)
    said = _wanted(reading)
    files = _files(reading, said)
    chat, sms = (_words(files.get(each)) for each in (Format.WHATSAPP, Format.SMS))
    if not chat:
        raise NotFound
    response = make_response(
        render_template(
            "citizen/library/send.html",
            reading=reading,
            said=said,
            chat=chat,
            sms=sms,
            number=files[Format.WHATSAPP].edition_number,
            unstyled=UNSTYLED,
        )
    )
    return counted(_finished(response), title_id, Format.WHATSAPP)


def _words(one: File | None) -> str:
    """The text of an output that is one."""
    body = titles.content(one) if one else None
    return body.decode() if body else ""
