"""What board.js adds: a card goes without a new page, by its button or by hand; the focus stays, and it is said."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from pepa import clock
from pepa.domain import boards, tasks
from tests import cast
from tests.e2e.test_look import check
from tests.staff.test_scripts import desk
from tests.tasks.board import read

Phone = Callable[..., BrowserContext]


@pytest.fixture
def cards(app: Flask) -> list[tuple[UUID, str]]:
    """Three of them in the first column, with their codes."""
    with app.app_context():
        me = cast.member("ratna")
        made = [
            tasks.create(me, deed="visit", due_on=clock.today(), holder_id=me.person_id, once=str(n)) for n in range(3)
        ]
        return [(task_id, read(task_id).code) for task_id in made]


def order(app: Flask, column: int) -> list[str]:
    with app.app_context():
        return [task.code for task in boards.show(cast.member("ratna")).lanes[column].cards]


def open_board(page: Page) -> None:
    page.goto("/petugas/tugas")
    page.evaluate("window.same = true")


@pytest.mark.parametrize("size", [{"width": 320, "height": 480}, {"width": 1280, "height": 800}], ids=["phone", "wide"])
def test_a_button_moves_the_card_and_keeps_the_focus(
    phone: Phone, app: Flask, cards: list[tuple[UUID, str]], size: dict[str, int]
) -> None:
    page = desk(phone, app, **size)
    open_board(page)
    check(page, "board")
    last = cards[2][1]
    card = page.locator(f"[id='{last}']")
    card.locator("summary").click()
    up = card.get_by_role("button", name="Naik", exact=True)
    up.click()
    up.click()  # at once: the second waits for the first, and takes its version
    expect(page.locator("#moved")).to_have_text(f"{last}: Belum mulai, 1/3")
    assert order(app, 0) == [last, cards[0][1], cards[1][1]]
    card.get_by_role("button", name="ke Dikerjakan").click()
    expect(page.locator("#moved")).to_have_text(f"{last}: Dikerjakan, 1/1")
    expect(card).to_be_focused()
    assert order(app, 1) == [last]
    assert page.evaluate("window.same"), "the page was loaded anew"


def test_a_card_is_dragged_behind_another(phone: Phone, app: Flask, cards: list[tuple[UUID, str]]) -> None:
    page = desk(phone, app, width=1280, height=800)
    open_board(page)
    first, second, third = (page.locator(f"[id='{code}']") for _, code in cards)
    third.drag_to(page.locator("[data-column=doing]"))
    expect(page.locator("#moved")).to_have_text(f"{cards[2][1]}: Dikerjakan, 1/1")
    box = second.bounding_box()
    assert box
    first.drag_to(second, target_position={"x": 20, "y": box["height"] - 5})
    expect(page.locator("#moved")).to_have_text(f"{cards[0][1]}: Belum mulai, 2/2")
    assert order(app, 0) == [cards[1][1], cards[0][1]]
    assert order(app, 1) == [cards[2][1]]


def test_what_somebody_else_moved_meanwhile_is_said_and_shown(
    phone: Phone, app: Flask, cards: list[tuple[UUID, str]]
) -> None:
    page = desk(phone, app, width=1280, height=800)
    open_board(page)
    task_id, code = cards[0]
    with app.app_context():
        boards.move(cast.member("bayu"), task_id, column=boards.Column.WAITING, version=1)
    card = page.locator(f"[id='{code}']")
    card.locator("summary").click()
    card.get_by_role("button", name="ke Dikerjakan").click()
    expect(page.locator("#notices")).to_contain_text("Orang lain memindah tugas ini lebih dulu.")
    expect(page.locator("[data-column=waiting]").locator(f"[id='{code}']")).to_be_visible()
    assert order(app, 1) == []


def test_a_finished_card_cannot_be_dragged(phone: Phone, app: Flask, cards: list[tuple[UUID, str]]) -> None:
    with app.app_context():
        boards.move(cast.member("ratna"), cards[0][0], column=boards.Column.DONE, version=1)
    page = desk(phone, app, width=1280, height=800)
    open_board(page)
    done = page.locator(f"[id='{cards[0][1]}']")
    done.get_by_role("link").drag_to(page.locator("[data-column=waiting]"))
    expect(page.locator("[data-column=done]").locator(f"[id='{cards[0][1]}']")).to_be_visible()
    assert order(app, 2) == []


def test_a_card_that_leaves_the_screen_is_said_to_be_below(
    phone: Phone, app: Flask, cards: list[tuple[UUID, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boards, "SHOWN", 2)
    page = desk(phone, app)
    open_board(page)
    second = page.locator(f"[id='{cards[1][1]}']")
    second.locator("summary").click()
    second.get_by_role("button", name="Turun").click()
    expect(page.locator("#moved")).to_have_text(f"{cards[1][1]}: Belum mulai, di bawah yang terlihat")
    expect(page.locator("[data-column=before] > p a")).to_be_focused()
