"""What is set from outside, read once. A setting that an administrator changes is a row (`domain/settings.py`)."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """The program's surroundings.

    instance         folder of the database and the uploads; backed up
    server_key_file  32 bytes outside the instance and outside every backup
    spool            folder where each report is written before the database hears of it; best on another disk
    uploads          folder of the sealed files; backed up with the instance
    backups          folder that `flask pepa backup` writes to; best on another disk, from which copies are carried away
    free_percent     of the uploads' disk that files leave free
    database_url     SQLAlchemy URL; SQLite in the instance unless set
    production       demo accounts, missing recovery and empty settings are then faults that `flask pepa check` refuses
    base_url         the address in links of mails; the Host header is never used for it
    mail_url         "console:" or "smtp://user:password@host:port" ("smtps://", "smtp+starttls://" likewise)
    sms_url          where the office's gateway takes one SMS by HTTP; none: no SMS. What it is sent: `delivery/sms.py`
    sms_token_file   holds what the gateway knows us by; outside of every backup, like the server key
    cache_seconds    how long a process may answer from settings, roster and keys that it read before
    session_minutes  idle minutes until a member's keys are gone
    *_slots, *_queue how many may stretch a code or a passphrase, or draw a picture, at once on this machine; how many
                     threads of a process may wait for it, all together fewer than the sixteen that there are
    """

    instance: Path
    server_key_file: Path
    spool: Path
    uploads: Path
    backups: Path
    database_url: str
    production: bool = False
    base_url: str = "http://localhost:8000"
    mail_url: str = "console:"
    mail_from: str = "piket@localhost"
    sms_url: str = ""
    sms_token_file: Path | None = None
    cache_seconds: float = 2.0
    session_minutes: int = 15
    free_percent: int = 20
    code_slots: int = 2
    code_queue: int = 6
    typed_slots: int = 1
    typed_queue: int = 3
    login_slots: int = 2
    login_queue: int = 3
    picture_slots: int = 2
    picture_queue: int = 3
    slot_seconds: float = 20.0

    @property
    def restoring(self) -> Path:
        """Stands while a copy is put back: what lies here is half of it, and serves nobody."""
        return self.instance / ".restoring"

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read PEPA_* from the environment; everything has a default that serves one machine.

        Raises ValueError when a number is none.
        """
        instance = Path(environ.get("PEPA_INSTANCE") or ROOT / "instance").resolve()
        token_file = environ.get("PEPA_SMS_TOKEN_FILE")
        key_file = environ.get("PEPA_SERVER_KEY_FILE") or instance.parent / "keys" / f"{instance.name}.key"
        return cls(
            instance=instance,
            server_key_file=Path(key_file).resolve(),
            spool=Path(environ.get("PEPA_SPOOL") or instance / "spool").resolve(),
            uploads=Path(environ.get("PEPA_UPLOADS") or instance / "uploads").resolve(),
            backups=Path(environ.get("PEPA_BACKUPS") or instance.parent / "backups").resolve(),
            database_url=environ.get("PEPA_DATABASE_URL") or f"sqlite:///{instance / 'pepa.sqlite'}",
            production=environ.get("PEPA_PRODUCTION", "") not in ("", "0", "no"),
            base_url=environ.get("PEPA_BASE_URL") or f"http://localhost:{environ.get('PORT') or 8000}",
            mail_url=environ.get("PEPA_MAIL_URL") or "console:",
            mail_from=environ.get("PEPA_MAIL_FROM") or "piket@localhost",
            sms_url=environ.get("PEPA_SMS_URL") or "",
            sms_token_file=Path(token_file).resolve() if token_file else None,
            session_minutes=int(environ.get("PEPA_SESSION_MINUTES") or 15),
            free_percent=int(environ.get("PEPA_FREE_PERCENT") or 20),
        )
