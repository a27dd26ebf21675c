"""Case citizen 66: every passphrase of the office is lost, and the server key as well. Two sheets are left."""

from datetime import timedelta

import pytest

from pepa import clock
from pepa.config import Config
from pepa.domain import enrolments, follow_up, holders, joining, keys, locks, reporters, reports, sessions
from pepa.errors import NotFound
from tests.installations import opened
from tests.joining.newcomers import WORDS, filled, page, person
from tests.people import member, office, tell
from tests.recovery.sets import confirmed, logs_in, typed


def renewed(login: str) -> tuple[str, str]:
    """A way back by the administrator's link, for somebody whose passphrase is lost. Returns the cookie of a first
    session and the authenticator's new secret."""
    made = enrolments.bring_back(member("joko"), person(login))
    assert made.token
    drawn = page(made.token)
    return joining.renew(drawn, **filled(drawn)), drawn.totp


def all_of_the_office() -> list[str]:
    """But for the administrator, who opens nothing."""
    return [holder.membership.person.login for holder in holders.of(office()) if holder.can_open]


def test_two_sheets_are_enough(config: Config) -> None:
    with opened(config) as app, app.app_context():
        sheets = typed(confirmed(config))
        logs_in("ratna")
        reporter = tell("Yang tertulis sebelum semua hilang")
        token = reporter.token
        back = {login: renewed(login) for login in all_of_the_office()}
        assert all_of_the_office() == []
        cookie, totp = back["ratna"]
        ratna = sessions.member(cookie)
        assert ratna
        with pytest.raises(NotFound):
            reports.open_for(ratna, reporter.report_id)
    config.server_key_file.unlink()
    with opened(config, keyless=True) as app:
        opens = ["pepa", "recovery", "open", "--organisation", "intake", "--person", "ratna"]
        done = app.test_cli_runner().invoke(args=opens, input="\n".join(sheets[1:]))
        assert done.exit_code == 0, done.output
    with opened(config) as app, app.app_context():
        at_her_desk(totp, token)


def at_her_desk(totp: str, token: keys.Token) -> None:
    """Old and new reports open, what she answers arrives, and it all was told and recorded."""
    reporter = reporters.by_token(token)
    assert reporter
    with clock.frozen(clock.now() + timedelta(minutes=1)):  # the digits of before were used
        ratna = sessions.member(sessions.log_in(login="ratna", passphrase=WORDS, code=locks.totp_now(totp)))
        assert ratna
        opened_old = reports.open_for(ratna, reporter.report_id)
        assert opened_old.told.what == "Yang tertulis sebelum semua hilang"
        reports.hold(ratna, reporter.report_id)
        reports.answer(ratna, reporter.report_id, text="Kami membaca ini.", once=opened_old.once)
        newer = tell("Yang baru")
        assert reports.open_for(ratna, newer.report_id).told.what == "Yang baru"
    reporter = reporters.by_token(token)
    assert reporter
    assert "Kami membaca ini." in str(follow_up.following(reporter))
