"""Sets of sheets to try things with.

confirmed(config) is the pair of a set that counts; typed(pair) are its three sheets as somebody types them.
"""

from pepa import clock
from pepa.config import Config
from pepa.domain import keys, locks, recovery, sessions
from pepa.seeds import demo
from tests.people import instance


def logs_in(login: str) -> str:
    """Somebody of the cast, as one logs in. Returns the cookie."""
    account = next(account for account in demo.accounts(instance()) if account.login == login)
    with clock.frozen(clock.now()):
        code = locks.totp_now(account.totp_secret)
        return sessions.log_in(login=login, passphrase=account.passphrase, code=code)


def confirmed(config: Config) -> keys.Pair:
    pair = recovery.make(config)
    recovery.confirm(pair)
    return pair


def typed(pair: keys.Pair) -> list[str]:
    return ["\n".join(" ".join(line) for line in sheet.lines) for sheet in recovery.printed(pair)]
