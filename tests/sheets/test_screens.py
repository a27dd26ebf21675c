"""What is read on a screen without the net: a file, slides, a book, the library. Cases education 24, 25, 26, 36, 40."""

import html
import io
import re
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser

from pepa.domain import blocks, documents, markup, printers
from pepa.domain.documents import Document, Format
from tests.sheets.samples import every, pressed, pressed_once

STORY, ARTICLE = 6, 1
XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"


@pytest.fixture(scope="module")
def pack() -> str:
    return printers.pack(list(every().values())).decode()


def page(form: Format, title_id: int = STORY) -> str:
    return pressed(title_id)[form].body.decode()


def told(document: Document, part: str) -> list[str]:
    found = markup.parse(getattr(document, part))
    return [blocks.plain(text, document.numbers) for block in found for text in blocks.texts(block)]


@pytest.mark.parametrize("form", [Format.HTML, Format.SLIDES])
def test_one_file_asks_the_net_for_nothing(form: Format, browser: Browser) -> None:
    """Case 25: counted by a browser, with all of its pictures seen."""
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 320, "height": 480})
    seen = context.new_page()
    seen.on("request", lambda request: asked.append(request.url))
    seen.set_content(page(form))
    drawn = seen.evaluate("[...document.images].map(image => image.naturalWidth)")
    wide = seen.evaluate("document.documentElement.scrollWidth")
    context.close()
    assert [url for url in asked if not url.startswith("data:")] in ([], ["about:blank"])
    assert len(drawn) >= 8
    assert all(drawn)
    assert wide <= 320


@pytest.mark.parametrize("form", [Format.HTML, Format.SLIDES])
def test_one_file_is_neutral_outside_and_has_no_script(form: Format) -> None:
    soup = BeautifulSoup(page(form), "html5lib")
    assert soup.title
    assert soup.title.get_text() == "Info Warga 06"
    assert soup.html
    assert soup.html["lang"] == "id"
    assert not soup.find_all(["script", "form", "iframe", "object"])
    assert not [tag for tag in soup.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
    for image in soup.find_all("img"):
        assert str(image["src"]).startswith("data:image/")
        assert image["alt"]


@pytest.mark.parametrize("form", [Format.HTML, Format.SLIDES])
@pytest.mark.parametrize("title_id", [ARTICLE, STORY])
def test_the_words_are_those_of_the_source(form: Format, title_id: int) -> None:
    soup = BeautifulSoup(page(form, title_id), "html5lib")
    for figure in soup.find_all("sup"):
        figure.decompose()
    text = " ".join(soup.get_text(" ").split()) + " ".join(str(image["alt"]) for image in soup.find_all("img"))
    squeezed = re.sub(r"\W+", " ", text)
    for line in told(every()[title_id], "body"):
        if line and not line.startswith("kantor"):
            assert re.sub(r"\W+", " ", line).strip() in squeezed, line


def test_slides_lead_forward_one_block_a_screen() -> None:
    soup = BeautifulSoup(page(Format.SLIDES), "html5lib")
    screens = soup.select(".screen")
    ids = [str(screen["id"]) for screen in screens]
    assert len(ids) == len(set(ids)) >= 15
    frames = [screen for screen in screens if screen.select_one(".frame")]
    assert len(frames) == 8
    assert all(screen.select_one(".talk") for screen in frames), "a picture keeps what is said in it"
    for here, after in zip(screens[:-1], ids[1:], strict=True):
        links = [str(link["href"]) for link in here.select(".on a")]
        assert links[-1] == f"#{after}"
        assert all(link.removeprefix("#") in ids for link in links)


def test_outside_links_say_so_and_are_written_out(pack: str) -> None:
    """Case 24."""
    for text in (page(Format.HTML), page(Format.SLIDES), pack):
        soup = BeautifulSoup(text, "html5lib")
        outside = [link for link in soup.find_all("a") if not str(link["href"]).startswith(("#", "tel:"))]
        assert outside
        for link in outside:
            assert link.get_text() in str(link["href"])
            assert link.parent
            assert "perlu internet" in link.parent.get_text()


# ---- the book ----


@pytest.fixture(scope="module")
def book() -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(pressed(STORY)[Format.EPUB].body))


def test_the_first_file_says_what_it_is(book: zipfile.ZipFile) -> None:
    first = book.infolist()[0]
    assert first.filename == "mimetype"
    assert first.compress_type == zipfile.ZIP_STORED
    assert pressed(STORY)[Format.EPUB].body[30:58] == b"mimetypeapplication/epub+zip"
    assert book.testzip() is None


def test_every_address_of_the_book_is_in_it(book: zipfile.ZipFile) -> None:
    """Case 26."""
    names = set(book.namelist())
    container = ET.fromstring(book.read("META-INF/container.xml"))
    (root,) = [each.get("full-path") for each in container.iter() if each.tag.endswith("rootfile")]
    assert root in names
    package = ET.fromstring(book.read(str(root)))
    listed = {f"book/{item.get('href')}" for item in package.iter(f"{OPF}item")}
    assert listed == names - {"mimetype", "META-INF/container.xml", root}
    spine = [item.get("idref") for item in package.iter(f"{OPF}itemref")]
    assert spine == ["text"]
    for name in ("book/text.xhtml", "book/nav.xhtml"):
        for tag in ET.fromstring(book.read(name)).iter():
            address = tag.get("src") or (tag.get("href") or "")
            if address and not address.startswith(("tel:", "https://")):
                assert f"book/{address}" in names, address
    assert sum(name.endswith(".png") for name in names) == 8


def test_the_book_is_neutral_and_carries_its_version(book: zipfile.ZipFile) -> None:
    package = book.read("book/book.opf").decode()
    assert "<dc:title>Info Warga 06</dc:title>" in package
    assert "https://pepa.serangkota.go.id/b/6?v=3" in package
    text = ET.fromstring(book.read("book/text.xhtml"))
    assert text.find(f"{XHTML}head/{XHTML}title").text == "Info Warga 06"  # type: ignore[union-attr]
    assert every()[STORY].title in "".join(text.itertext())


# ---- the whole library ----


def test_the_library_is_one_file_of_400_kilobytes(pack: str) -> None:
    assert len(pack.encode()) <= 400_000
    soup = BeautifulSoup(pack, "html5lib")
    assert soup.title
    assert soup.title.get_text() == "Info Warga"
    ids = {str(tag["id"]) for tag in soup.find_all(id=True)}
    inner = [str(link["href"])[1:] for link in soup.find_all("a") if str(link["href"]).startswith("#")]
    assert set(inner) <= ids
    for document in every().values():
        assert f"b{document.title_id}" in inner
        assert html.escape(document.title) in pack
    assert len(soup.find_all("img")) == 16
    assert not soup.find_all("script")


# ---- what is sent ----


@pytest.mark.parametrize("title_id", sorted(every()))
def test_what_is_sent_of_the_seeds_fits(title_id: int) -> None:
    document = every()[title_id]
    document.check()
    assert documents.sms_parts(documents.sms(document)) == 1
    assert documents.chat(document).splitlines()[-1] == document.address


def test_what_is_sent_is_plain_text() -> None:
    made = pressed(ARTICLE)
    assert made[Format.WHATSAPP].body.decode() == documents.chat(every()[ARTICLE])
    assert made[Format.SMS].body.decode() == documents.sms(every()[ARTICLE])


def test_markup_that_was_typed_stays_text() -> None:
    """Case 40: nothing that an editor types is anything but letters."""
    document = replace(
        every()[ARTICLE],
        title="<b onclick=x>&amp;",
        body='## <script>alert(1)</script>\n\n"><img src=x onerror=y>',
        quiz="",
    )
    for form in (Format.HTML, Format.SLIDES):
        soup = BeautifulSoup(pressed_once(document, form).body.decode(), "html5lib")
        assert "<script>alert(1)</script>" in soup.get_text()
        assert '"><img src=x onerror=y>' in soup.get_text()
        assert "<b onclick=x>&amp;" in soup.get_text()
        assert not soup.find("script")
    text = zipfile.ZipFile(io.BytesIO(pressed_once(document, Format.EPUB).body)).read("book/text.xhtml")
    assert ET.fromstring(text) is not None
