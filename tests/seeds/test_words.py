"""What the seeds say to citizens: short, one question at a time, in the words of somebody at a counter who has time."""

import re

from pepa.seeds import reading

# Words that blame, soothe, order, promise, or speak the office's language.
NEVER = re.compile(
    r"\b(korban|penyintas|pelaku|terlapor|tersangka|oknum|diduga|mengaku|aib|damai|musyawarah|harus|seharusnya|kenapa|mohon"
    r"|dimohon|silakan|berhasil|sukses|gagal|valid|error|sistem|server|tiket|submit|klik|login|asesmen|rujukan|intervensi"
    r"|terminasi|segera|terjamin|sabar)\b|100%|!",
    re.IGNORECASE,
)


def _said_to_citizens() -> list[str]:
    answers = [answer.text for report in reading.demo_reports() for answer in report.answers]
    return [*answers, *(row.text for row in reading.ready_answers()), *(row.label_id for row in reading.numbers())]


def test_no_word_that_blames_orders_or_promises() -> None:
    found = [(match[0], text) for text in _said_to_citizens() if (match := NEVER.search(text))]
    assert not found


def test_sentences_are_short() -> None:
    for text in _said_to_citizens():
        for sentence in re.split(r"(?<=[.?…])\s+", text):
            assert len(sentence.split()) <= 18, sentence


def test_ready_answers_ask_one_thing_and_name_her_as_she_wishes() -> None:
    texts = {row.code: row.text for row in reading.ready_answers()}
    assert len(texts) == 4
    for code, text in texts.items():
        assert text.count("?") <= 1, f"{code} asks more than one thing"
        assert set(re.findall(r"\{(\w*)\}", text)) <= {"sapaan"}, code
        assert not re.search(r"\b(Anda|Ibu|Bapak|Kakak|Adik)\b", text), f"{code} says {{sapaan}}"
    assert "apakah {sapaan} aman sekarang?" in texts["safe_now"]
