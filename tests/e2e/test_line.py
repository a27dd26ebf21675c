"""A slow line: bytes and page loads are counted, and the journey is walked on an emulated 2G line."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.e2e.places import tell

Phone = Callable[..., BrowserContext]
SLOW = {"offline": False, "latency": 300, "downloadThroughput": 250e3 / 8, "uploadThroughput": 50e3 / 8}
BUDGET = 16_384  # bytes on the wire from the landing page to the code in hand (citizen.md)


class Counted:
    """Bytes and documents of a page, by the browser's own account."""

    def __init__(self, page: Page, line: dict[str, float] | None = None) -> None:
        self.bytes, self.loads = 0, 0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        if line:
            session.send("Network.emulateNetworkConditions", line)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.requestWillBeSent", self._asked)

    def _finished(self, event: dict[str, float]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _asked(self, event: dict[str, object]) -> None:
        redirected = event.get("redirectResponse")
        if redirected:
            self.bytes += int(redirected["encodedDataLength"])  # type: ignore[index]
        elif event.get("type") == "Document":
            self.loads += 1


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_landing_to_code(phone: Phone, scripts: bool) -> None:
    page = phone(scripts=scripts).new_page()
    counted = Counted(page)
    tell(page)
    page.wait_for_load_state("networkidle")
    assert counted.loads == 3, "landing, form, code"
    assert 3_000 < counted.bytes <= BUDGET


def test_the_whole_way_on_2g(phone: Phone) -> None:
    page = phone().new_page()
    Counted(page, SLOW)
    assert len(tell(page)) == 20
