"""Takes the pictures of the README from a fresh demo: `make pictures`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from pepa.config import ROOT
from pepa.domain import locks
from pepa.seeds import demo, evenings, together
from tests import cast, chromium
from tests.e2e.places import tell
from tests.installations import configured, opened, planted
from tests.serving import serving

PICTURES = ROOT / "docs/pictures"
PLACES = (
    ("/petugas/piket", "roster"),
    ("/petugas/ruang", "rooms"),
    ("/petugas/tugas", "tasks"),
    ("/petugas/cakupan", "coverage"),
    ("/petugas/pustaka?saring=terbit", "titles"),
)
PHONE, DESK = {"width": 320, "height": 480}, {"width": 1280, "height": 800}


def take(page: Page, name: str) -> None:
    """One picture, of what fits on the screen."""
    page.screenshot(path=str(PICTURES / f"{name}.png"), animations="disabled")
    print(f"docs/pictures/{name}.png")


def citizen(page: Page) -> str:
    page.goto("/")
    take(page, "landing")
    page.goto("/lapor")
    take(page, "form")
    code = tell(page, "Contoh. Pintu dibanting lagi tadi malam, dan saya takut.")
    take(page, "code")
    page.goto("/pantau")
    take(page, "answer")
    for path, name in (("/edukasi", "library"), ("/b/6", "title"), ("/jadwal", "dates")):
        page.goto(path)
        take(page, name)
    return code


def _log_in(page: Page, account: demo.Account) -> None:
    page.goto("/petugas/masuk")
    page.get_by_label("Nama masuk").fill(account.login)
    page.get_by_label("Kalimat sandi").fill(account.passphrase)
    page.get_by_label("Kode 6 angka dari aplikasi").fill(locks.totp_now(account.totp_secret))
    page.get_by_role("button", name="Masuk").click()
    page.get_by_role("heading", level=1).filter(has_not_text="Masuk").wait_for()


def staff(page: Page, account: demo.Account) -> None:
    _log_in(page, account)
    page.get_by_role("heading", level=1).filter(has_text="Janji hari ini").wait_for()
    take(page, "today")
    page.goto("/petugas/")
    take(page, "inbox")
    page.locator("table tbody th a").first.click()
    page.get_by_role("heading", level=1).filter(has_text="L-").wait_for()
    page.wait_for_load_state()
    take(page, "report")
    for path, name in PLACES:
        page.goto(path)
        take(page, name)


def cadre(page: Page, account: demo.Account) -> None:
    """The same pages that a card opens, by a log-in."""
    _log_in(page, account)
    page.goto("/petugas/kegiatan/catat")
    take(page, "log")


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        config = configured(Path(folder))
        planted(config)
        with opened(config) as app, serving(app) as address, sync_playwright() as driver:
            with app.app_context():
                members = {login: cast.member(login) for login in cast.CAST}
                evenings.plant(members)
                together.plant(members)
            accounts = {account.login: account for account in demo.accounts(config.instance)}
            browser = driver.chromium.launch(executable_path=chromium.shell(), args=chromium.arguments())
            new = {"base_url": address, "locale": "id-ID", "timezone_id": "Asia/Jakarta"}
            citizen(browser.new_context(viewport=PHONE, device_scale_factor=2, **new).new_page())
            staff(browser.new_context(viewport=DESK, **new).new_page(), accounts["wulan"])
            cadre(browser.new_context(viewport=PHONE, device_scale_factor=2, **new).new_page(), accounts["asep"])
            browser.close()


if __name__ == "__main__":
    main()
