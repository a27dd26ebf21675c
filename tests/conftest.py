"""What the tests stand on: each has a database of its own, on SQLite or PostgreSQL; the program; browsers.

def test_book(context): ...                       the program with its context open: for verbs
@pytest.mark.both                                 the same on SQLite and on PostgreSQL
def test_twice(client): ...                       doors, through the client that lints each page
def test_read(phone): ...                         a small screen on a served copy: phone() is a context of a browser
def test_leave(full_browser, live_server): ...    a whole browser, whose back key works, and the address of the copy
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from pepa.config import Config
from tests import chromium, postgres

# The program is imported by the fixtures that need it: the vault, the policy and the words are tested without Flask.
pytest.register_assert_rewrite("tests.client", "tests.cast")

# The same examples in every run: a failure can be had again, and a run takes as long as the last one.
hypothesis.settings.register_profile("pepa", derandomize=True, database=None, deadline=None, print_blob=True)
hypothesis.settings.load_profile("pepa")

if TYPE_CHECKING:
    from flask import Flask

    from pepa.seeds.demo import Account

LOCAL = ("127.0.0.1", "::1", "localhost")


def pytest_configure(config: pytest.Config) -> None:
    """Keep what tests write in memory where that can be: they sync to the disk thousands of times."""
    if postgres.is_roomy():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(postgres.MEMORY))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both` on both databases."""
    if metafunc.definition.get_closest_marker("both"):
        name = metafunc.definition.nodeid
        assert "database" in metafunc.fixturenames, f"{name} is marked both, but asks for no database"
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session", autouse=True)
def _no_stranger() -> Iterator[None]:
    """No test speaks to another machine, by mail or otherwise: only loopback and Unix sockets connect."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise AssertionError(f"a test would have spoken to {address}")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


# ---- databases ----


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """PostgreSQL, one for each process of the tests."""
    with postgres.serving() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated and seeded installation on SQLite, closed, to be copied."""
    from tests.installations import configured, planted

    folder = tmp_path_factory.mktemp("template") / "sqlite"
    planted(configured(folder))
    return folder


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory, postgres_server: postgres.Server) -> Path:
    """The same on PostgreSQL; its database is called template."""
    from tests.installations import configured, planted

    folder = tmp_path_factory.mktemp("template") / "postgresql"
    planted(configured(folder, postgres_server.url(postgres_server.create(name="template"))))
    return folder


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this test: sqlite, or postgresql as well where it is marked `both`."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def config(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Config]:
    """An installation of the test's own: migrated, seeded, and nothing that another test has done."""
    from tests.installations import copied

    template: Path = request.getfixturevalue(f"{database}_template")
    if database == "sqlite":
        yield copied(template, tmp_path / "pepa")
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create("template")
    yield copied(template, tmp_path / "pepa", server.url(name))
    server.drop(name)


@pytest.fixture
def empty_config(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Config]:
    """An installation before its first migration: no key, no table."""
    from tests.installations import configured

    if database == "sqlite":
        yield configured(tmp_path / "empty")
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield configured(tmp_path / "empty", server.url(name))
    server.drop(name)


@pytest.fixture
def database_url(config: Config) -> str:
    """SQLAlchemy's URL of the test's own database."""
    return config.database_url


# ---- the program ----


@pytest.fixture
def app(config: Config) -> "Iterator[Flask]":
    """The program on the test's own installation."""
    from tests.installations import opened

    with opened(config) as app:
        yield app


@pytest.fixture
def context(app: "Flask") -> "Iterator[Flask]":
    """The program with its context open, so that verbs can be called."""
    with app.app_context():
        yield app


@pytest.fixture
def accounts(config: Config) -> "dict[str, Account]":
    """The cast by login, with what each needs to log in."""
    from pepa.seeds import demo

    return {account.login: account for account in demo.accounts(config.instance)}


@pytest.fixture
def live_server(app: "Flask") -> Iterator[str]:
    """The program behind a real socket. Yields its address: http://localhost:PORT."""
    from tests.serving import serving

    with serving(app) as address:
        yield address


# ---- browsers ----


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    expect.set_options(timeout=10_000)  # as long as clicks wait: a loaded machine may need more than five seconds
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser without windows, for all but the back key. A context costs 0.1 s; close what you open."""
    with closing(playwright.chromium.launch(executable_path=chromium.shell(), args=chromium.arguments())) as browser:
        yield browser


@pytest.fixture(scope="session")
def full_browser(playwright: Playwright) -> Iterator[Browser]:
    """A whole Chromium that keeps pages for the back key, as people's do.

    Going back takes a kept page out without loading it: `page.go_back(wait_until="commit")`.
    """
    launch = playwright.chromium.launch
    kept = ["--disable-back-forward-cache"]
    with closing(launch(executable_path=chromium.full(), args=chromium.arguments(), ignore_default_args=kept)) as full:
        yield full


@pytest.fixture
def phone(browser: Browser, live_server: str) -> Iterator[Callable[..., BrowserContext]]:
    """Contexts on a small screen: phone(), phone(scripts=False), phone(width=320, height=640, browser=full_browser).

    What a page complains about (a script's error, a breach of the policy) fails the test, and so does anything that it
    fetches from another host. A person may go there: the way out does.
    """
    opened_contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def ask(request: Request) -> None:
        if not request.is_navigation_request() and not request.url.startswith((live_server, "data:")):
            complaints.append(f"asks {request.url}")

    def watch(page: Page) -> None:
        def said(message: ConsoleMessage) -> None:
            # An answer that is refused on purpose (404, 422) is told to the console as well; that is no complaint.
            if message.type in ("error", "warning") and not message.text.startswith(
                "Failed to load resource: the server"
            ):
                complaints.append(f"{page.url}: {message.text}")

        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on("console", said)

    def phone(
        *, scripts: bool = True, width: int = 240, height: int = 320, browser: Browser = browser
    ) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server,
            viewport={"width": width, "height": height},
            java_script_enabled=scripts,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
        )
        context.on("page", watch)
        context.on("request", ask)
        context.set_default_timeout(10_000)
        opened_contexts.append(context)
        return context

    yield phone
    for context in opened_contexts:
        context.close()
    assert not complaints
