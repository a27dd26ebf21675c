"""From the landing page to the code in hand on emulated lines, beside what the line itself allows."""

import time
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page, sync_playwright

from bench import served, tables
from tests import chromium

STORY = "Tadi malam pintu dibanting lagi dan saya takut."
MOST = 1.5  # times the physical limit


@dataclass(frozen=True)
class Line:
    """rate: bits a second, either way; delay: seconds there and back."""

    name: str
    rate: float
    delay: float


LINES = (Line("GPRS", 50e3, 0.5), Line("2G", 250e3, 0.3))


class Walk:
    """Counts what the browser fetches: bytes, round trips, and when each page was usable and whole."""

    def __init__(self, page: Page, line: Line) -> None:
        self.page, self.bytes, self.trips = page, 0, 0
        self.usable = self.whole = 0.0
        session: CDPSession = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": line.delay * 1000,
                "downloadThroughput": line.rate / 8,
                "uploadThroughput": line.rate / 8,
            },
        )
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._finished)

    def _asked(self, event: dict) -> None:  # type: ignore[type-arg]
        if event["request"]["url"].startswith("data:"):
            return
        self.trips += 1
        if before := event.get("redirectResponse"):
            self.bytes += int(before["encodedDataLength"])

    def _finished(self, event: dict) -> None:  # type: ignore[type-arg]
        self.bytes += int(event["encodedDataLength"])

    def step(self, act: "object") -> None:
        began = time.perf_counter()
        act()  # type: ignore[operator]
        self.page.wait_for_load_state("domcontentloaded")
        self.usable += time.perf_counter() - began
        self.page.wait_for_load_state("load")
        self.whole += time.perf_counter() - began


def measure() -> list[tables.Table]:
    rows = []
    with served.installation() as config, served.gunicorn(config) as server, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium.shell(), args=chromium.arguments())
        for line in LINES:
            context = browser.new_context(
                base_url=f"http://localhost:{server.port}", viewport={"width": 240, "height": 320}
            )
            page = context.new_page()
            walk = Walk(page, line)
            walk.step(lambda page=page: page.goto("/", wait_until="commit"))
            walk.step(lambda page=page: page.goto("/lapor", wait_until="commit"))
            page.get_by_label("Apa yang terjadi?").fill(STORY)
            walk.step(lambda page=page: page.get_by_role("button", name="Kirim").click())
            page.locator("ol.code li").first.wait_for()
            limit = walk.trips * line.delay + walk.bytes * 8 / line.rate
            rows.append(_row(line, walk, limit))
            context.close()
        browser.close()
    head = ["", "bytes", "round trips", "physical limit", "usable", "last byte", "of the limit", "aim"]
    note = (
        "Landing, form, sending, code. Physical limit: round trips × delay + bytes ÷ rate, of the"
        " same walk. Usable and last byte are summed over the pages. Aim on GPRS: usable 5.5 s, last byte 9 s."
    )
    return [tables.Table("Journey to the code", head, rows, note)]


def _row(line: Line, walk: Walk, limit: float) -> list[str]:
    ratio = walk.whole / limit
    return [
        f"{line.name}, {line.rate / 1000:g} kbit/s, {line.delay * 1000:g} ms",
        str(walk.bytes),
        str(walk.trips),
        f"{limit:.1f} s",
        f"{walk.usable:.1f} s",
        f"{walk.whole:.1f} s",
        f"{ratio:.2f}",
        tables.within(ratio, MOST),
    ]
