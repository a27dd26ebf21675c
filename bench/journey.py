"""From the landing page to the code on slow lines, beside what the line alone takes."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from bench.served import gunicorn, installation
from bench.tables import Table, within
from tests import chromium
from tests.e2e.places import tell


@dataclass(frozen=True)
class Line:
    """delay: seconds there and back; down, up: bits a second, as the browser's tools know these lines."""

    name: str
    delay: float
    down: float
    up: float

    def conditions(self) -> dict[str, Any]:
        rates = {"downloadThroughput": self.down / 8, "uploadThroughput": self.up / 8}
        return {"offline": False, "latency": self.delay * 1000, **rates}

    def limit(self, answers: int, size: int) -> float:
        """Seconds that so many answers of so many bytes take where server and browser take none."""
        return answers * self.delay + size * 8 / self.down


GPRS = Line("GPRS (50 kbit/s, 500 ms)", 0.5, 50e3, 20e3)
TWO_G = Line("2G (250 kbit/s, 300 ms)", 0.3, 250e3, 50e3)
WALKS = 3
TIMES = """() => {
  const [way] = performance.getEntriesByType("navigation");
  const [paint] = performance.getEntriesByName("first-contentful-paint");
  return [paint ? paint.startTime : way.domInteractive, way.domContentLoadedEventEnd, way.responseEnd];
}"""


@dataclass
class Walk:
    """seen, usable, whole: seconds until each page could be seen, used, and was there to its last byte; summed up."""

    answers: int = 0
    size: int = 0
    pages: list[tuple[float, float, float]] = field(default_factory=list)

    @property
    def seen(self) -> float:
        return sum(page[0] for page in self.pages)

    @property
    def usable(self) -> float:
        return sum(page[1] for page in self.pages)

    @property
    def whole(self) -> float:
        return sum(page[2] for page in self.pages)


def measure() -> list[Table]:
    with installation() as config, gunicorn(config) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.shell(), args=chromium.arguments())
        address = f"http://localhost:{served.port}"
        _walk(browser, address, None)
        tables = [_table(line, browser, address) for line in (GPRS, TWO_G)]
        browser.close()
    return tables


def _table(line: Line, browser: Browser, address: str) -> Table:
    walks = sorted((_walk(browser, address, line) for _ in range(WALKS)), key=lambda walk: walk.whole)
    walk = walks[WALKS // 2]
    limit = line.limit(walk.answers, walk.size)
    ratio, aims = walk.whole / limit, line is GPRS
    last = within(ratio, 1.5, " x") + (f", {within(walk.whole, 9, ' s')}" if aims else "")
    return Table(
        f"From the landing page to the code on {line.name}",
        ("", "measured", "limit of the line", "ratio", "aim"),
        [
            ["bytes", f"{walk.size:,}", "", "", within(walk.size, 16_384)],
            ["answers, the redirect among them", f"{walk.answers}", "", "", ""],
            ["pages seen, s", f"{walk.seen:.2f}", "", "", ""],
            ["pages usable, s", f"{walk.usable:.2f}", "", "", within(walk.usable, 5.5, " s") if aims else ""],
            ["last byte, s", f"{walk.whole:.2f}", f"{limit:.2f}", f"{ratio:.2f}", last],
        ],
        "Chromium's own emulation (an answer waits the delay, bytes come at the rate), nothing cached, scripts on, the "
        "middle one of three walks; times are of the three pages together, the person takes none. Limit: answers x "
        "delay + bytes / rate, both as the browser counted them, headers too. Best peer on GPRS: usable after 9.9 s, "
        "last byte after 21.5 s.",
    )


def _walk(browser: Browser, address: str, line: Line | None) -> Walk:
    """One walk by somebody who comes for the first time."""
    context = browser.new_context(base_url=address, viewport={"width": 240, "height": 320}, locale="id-ID")
    page, walk = context.new_page(), Walk()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    if line:
        session.send("Network.emulateNetworkConditions", line.conditions())

    def finished(event: dict[str, Any]) -> None:
        walk.answers, walk.size = walk.answers + 1, walk.size + int(event["encodedDataLength"])

    def asked(event: dict[str, Any]) -> None:
        if redirected := event.get("redirectResponse"):
            finished(redirected)

    session.on("Network.loadingFinished", finished)
    session.on("Network.requestWillBeSent", asked)
    page.on("load", lambda page: _note(page, walk))
    tell(page)
    page.wait_for_load_state("networkidle")
    while len(walk.pages) < 3:
        page.wait_for_timeout(50)
    context.close()
    return walk


def _note(page: Page, walk: Walk) -> None:
    seen, usable, whole = page.evaluate(TIMES)
    walk.pages.append((seen / 1000, usable / 1000, whole / 1000))
