"""Chats as phones export them: who wrote what. Whatever is not understood stays as it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pepa.domain import transcripts

ANDROID = """25/11/26 14.30 - Pesan dan panggilan dienkripsi secara end-to-end. Ketuk untuk info.
25/11/26 14.30 - Ibu Contoh: Assalamualaikum bu
25/11/26 14.31 - Ibu Contoh: Saya takut pulang.
Anak saya
ikut saya: dua orang
25/11/26 14.32 - UPTD Contoh: Kami baca. Ibu aman sekarang?
25/11/26 14.33 - Ibu Contoh: <Media tidak disertakan>
25/11/26 14.34 - Ibu Contoh: PTT-20261125-WA0003.opus (file terlampir)
25/11/26 14.35 - Ibu Contoh: Pesan ini dihapus"""
IPHONE = """\u200e[25/11/26 14.30.15] Ibu Contoh: \u200ePesan dan panggilan dienkripsi secara end-to-end.
[25/11/26 14.30.20] ~\u202fIbu Contoh: Saya takut pulang.
\u200e[25/11/26 14.31.02] ~\u202fIbu Contoh: \u200e<terlampir: 00000003-PHOTO-2026-11-25-14-31-02.jpg>
[25/11/26 14.32.00] UPTD Contoh: Kami baca."""
HEADS = {
    "android": "25/11/26 14.30 - ",
    "android, four digits": "25/11/2026 14.30 - ",
    "android in English": "11/25/26, 2:30\u202fPM - ",
    "android, 12 hours": "25/11/26 2.30 PM - ",
    "android, siang": "25/11/26 2.30 siang - ",
    "android, pukul": "25/11/26 pukul 14.30 - ",
    "android, 24 hours in English": "25/11/2026, 14:30 - ",
    "android, points": "25.11.26, 14:30 - ",
    "iso": "2026-11-25 14.30 - ",
    "iphone": "[25/11/26 14.30.15] ",
    "iphone in English": "[25/11/2026, 2:30:15\u202fPM] ",
    "iphone, steered": "\u200e[25/11/26, 14.30.15] ",
    "web": "[14.30, 25/11/2026] ",
    "web in English": "[2:30 PM, 11/25/2026] ",
    "copied on a phone": "[25/11 14.30] ",
    "copied on a phone in English": "[11/25, 2:30 PM] ",
}


def test_an_android_s_chat() -> None:
    chat = transcripts.read(ANDROID)
    assert chat.senders == [("Ibu Contoh", 5), ("UPTD Contoh", 1)]
    assert chat.left_out == 1
    assert chat.messages[1].text == "Saya takut pulang.\nAnak saya\nikut saya: dua orang"
    assert chat.messages[1].at == "25/11/26 14.31"
    assert chat.omitted == 1
    assert chat.text == ANDROID.partition("\n")[2], "as it was written, without the program's own line"


def test_an_iphone_s_chat() -> None:
    chat = transcripts.read(IPHONE)
    assert chat.senders == [("Ibu Contoh", 2), ("UPTD Contoh", 1)]
    assert chat.left_out == 1
    assert "PHOTO-2026" in chat.messages[1].text


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_each_way_to_write_a_time(head: str) -> None:
    chat = transcripts.read(f"{head}Ibu Contoh: Tolong: cepat\nbaris dua\n{head}+62 812-0000-0000: Ya")
    assert [(one.sender, one.text) for one in chat.messages] == [
        ("Ibu Contoh", "Tolong: cepat\nbaris dua"),
        ("+62 812-0000-0000", "Ya"),
    ]


@pytest.mark.parametrize(
    "omitted",
    ["<Media omitted>", "<Media tidak disertakan>", "\u200eimage omitted", "\u200estiker tidak disertakan"],
)
def test_what_was_left_out_when_it_was_exported_is_counted(omitted: str) -> None:
    assert transcripts.read(f"25/11/26 14.30 - Ibu: {omitted}").omitted == 1


def test_a_text_that_is_no_chat_stays_as_it_is() -> None:
    text = "Dia memukul saya.\n\nIni catatan: 25/11/26 saya lari."
    chat = transcripts.read(text)
    assert (chat.text, chat.senders, chat.left_out) == (text, [], 0)


@pytest.mark.parametrize(
    "line",
    [
        "25/11/26 14.30 - dia memukul saya di pasar",
        "25/11/26 14.30 - Ibu: katanya pesan ini dienkripsi secara end-to-end",
        "25/11/26 14.30 - Anda membuat grup “PKK”",
        "Panggilan suara tak terjawab",
    ],
)
def test_what_a_person_may_have_written_is_never_dropped(line: str) -> None:
    chat = transcripts.read(line)
    assert (chat.text, chat.left_out) == (line, 0)


def test_lines_of_the_program_go_wherever_they_stand() -> None:
    for line in ("Kode keamanan Anda dengan Ibu berubah. Ketuk untuk info.", "Your security code with Ibu changed."):
        chat = transcripts.read(f"25/11/26 14.30 - Ibu: a\n25/11/26 14.31 - {line}\n25/11/26 14.32 - Ibu: b")
        assert ([one.text for one in chat.messages], chat.left_out) == (["a", "b"], 1)


def test_a_line_that_was_made_to_take_long_takes_no_time() -> None:
    for word in ("encrypted ", "end-to-end ", "~ ", ": ", "25/11/26 14.30 - ", "[25/11/26 14.30] "):
        line = f"25/11/26 14.30 - {word * 60_000}"
        chat = transcripts.read(line)
        assert (chat.text, chat.left_out) == (line, 0)


@given(st.text())
def test_nothing_written_is_lost(text: str) -> None:
    """Every line comes again, but for the program's and for empty ones at the edges."""
    chat = transcripts.read(text)
    if chat.left_out == 0:
        kept = "".join(chat.text.split("\n")).translate(dict.fromkeys(map(ord, transcripts._STEERS)))
        assert kept.strip() == "".join(text.split("\n")).translate(dict.fromkeys(map(ord, transcripts._STEERS))).strip()


@given(
    st.sampled_from(list(HEADS.values())),
    st.lists(
        st.tuples(
            st.sampled_from(["Ibu Contoh", "UPTD", "+62 812-0000-0000", "Kak"]),
            st.text(st.characters(blacklist_categories=["C", "Z"]), max_size=40),
        ),
        max_size=8,
    ),
)
def test_who_wrote_what_comes_out_as_it_went_in(head: str, said: list[tuple[str, str]]) -> None:
    chat = transcripts.read("\n".join(f"{head}{sender}: {text}" for sender, text in said))
    assert [(one.sender, one.text) for one in chat.messages] == said


@given(st.binary(max_size=300))
def test_bytes_are_a_text_or_none(content: bytes) -> None:
    text = transcripts.decoded(content)
    assert text is None or "\r" not in text
    if text is not None and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        assert transcripts.is_text(content[: len(content) // 2])


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_in_each_coding(coding: str) -> None:
    assert transcripts.decoded("Ibu: é\r\nya\rdua".encode(coding)) == "Ibu: é\nya\ndua"


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xff\xfa", b"MZ\x90\x00", b"caf\xe9 dan seterusnya"])
def test_what_is_no_text(content: bytes) -> None:
    assert transcripts.decoded(content) is None


@pytest.mark.parametrize(
    "name", ["_chat.txt", "WhatsApp Chat with Ibu.txt", "Chat WhatsApp dengan Ibu Contoh.txt", "a/../\u200e_chat.txt"]
)
def test_the_text_of_a_chat_is_known_by_its_name(name: str) -> None:
    assert transcripts.is_chat_name(name)
    assert not transcripts.is_chat_name(name.replace(".txt", ".jpg"))
    assert not transcripts.is_chat_name("catatan.txt")
