"""flask pepa …: what is done at the machine."""

import json
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from pepa import delivery, seeds
from pepa.config import Config
from pepa.db import db
from pepa.domain import (
    archives,
    arrivals,
    audit,
    backups,
    installation,
    keys,
    locks,
    recovery,
    sheets,
)
from pepa.models.audit import Chain
from pepa.seeds import demo

MIGRATIONS = installation.MIGRATIONS
BACKUP_FAULTS = (backups.BackupRefused, backups.NotTheSame, archives.NoArchive, recovery.NoRecovery, keys.KeysUnsound)

pepa = AppGroup("pepa", help="Calling Pepa at the machine.")


def _config() -> Config:
    found: Config = current_app.config["PEPA"]
    return found


@pepa.command("seed")
def seed() -> None:
    """Set the installation up: tables, keys, the real first data, and a demo cast unless PEPA_PRODUCTION is set."""
    config = _config()
    upgrade()
    keys.install(config)
    new = seeds.plant()
    click.echo(f"{new} rows of first data are new.")
    if config.production:
        return
    accounts = demo.plant(config.instance, evenings_too=True)
    click.echo("Sheets of the library are made, half a minute the first time.")
    sheets.build_due(config.base_url, most=None)
    click.echo(f"\nCalling Pepa: {config.base_url}/   staff: {config.base_url}/petugas/masuk\n")
    _print(accounts)
    click.echo("\nDemo accounts. 6 digits: any authenticator with the secret, or `flask --app wsgi pepa demo --codes`.")


def _print(accounts: list[demo.Account]) -> None:
    for account in accounts:
        click.echo(f"{account.login:9} {account.passphrase:45} {account.totp_secret}")
        click.echo(f"{'':9} {account.name}, {account.role}, {account.organisation}")


@pepa.command("demo")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--codes", is_flag=True, help="The 6 digits that hold now.")
def show_demo(as_json: bool, codes: bool) -> None:
    """Print the demo accounts: name, role, organisation, login, passphrase, TOTP secret."""
    accounts = demo.accounts(_config().instance)
    if as_json:
        click.echo(json.dumps([vars(account) for account in accounts], indent=1))
    elif codes:
        for account in accounts:
            click.echo(f"{account.login:9} {locks.totp_now(account.totp_secret)}  {account.passphrase}")
    else:
        _print(accounts)


@pepa.command("deliver")
def deliver() -> None:
    """Send notices, ring the alarm, bring spooled reports home; until it is stopped."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    delivery.work(app, stop)


@pepa.command("press")
def press() -> None:
    """Make what is due of the library: sheets, cards, slides, texts, and all of it in one file."""
    built = sheets.build_due(_config().base_url, most=None)
    click.echo(f"The outputs of {built} titles were made.")
    for title_id, says in sheets.troubles():
        click.echo(f"Title {title_id}: {says}" if title_id else f"All of it in one file: {says}")


@pepa.command("purge")
def purge() -> None:
    """Clear away what is over: ways in, sessions, old notices and marks, files of nobody; give their space back."""
    gone = sum(noun.purge() for noun in delivery.PURGED)
    db.session.remove()
    installation.compact()
    click.echo(f"{gone} rows, drafts and files are gone.")


@pepa.command("replay")
def replay() -> None:
    """Bring every spooled report into the database that is not there."""
    click.echo(f"{arrivals.replay()} reports came home from the spool.")


@pepa.command("backup")
@click.option("--to", "folder", type=click.Path(path_type=Path), help="Another folder than PEPA_BACKUPS.")
@click.option("--verify", "file", type=click.Path(path_type=Path), help="Hold a file against what was written here.")
def backup(folder: Path | None, file: Path | None) -> None:
    """Copy everything, as it stands now, into one file that only two recovery sheets open; remove those of 35 days."""
    try:
        if file:
            click.echo(f"{file} is what was written here on {backups.verify(file).made_at:%Y-%m-%d %H:%M} UTC.")
            return
        made = backups.make(_config(), recovery.public(db.session()), folder)
    except (*BACKUP_FAULTS, OSError) as error:
        raise click.ClickException(str(error) or type(error).__name__) from error
    click.echo(
        f"{made.path}: {made.counts.all_rows} rows, {made.counts.rows['reports']} of them reports,"
        f" {sum(made.counts.files.values())} files, {made.size / 1e6:.1f} MB."
    )
    click.echo(
        f"Written and read again in {made.seconds:.1f} s; files could not be removed for {made.still:.2f} s;"
        f" {made.removed} old ones went."
    )


@pepa.command("check")
def check() -> None:
    """Say what is wrong here, and in production what still keeps it from going live. Exit 1 where something does."""
    faults = installation.faults(_config())
    if _config().production:
        faults += backups.faults()
    for chain in Chain:
        broken = audit.first_broken(chain)
        if broken is not None:
            faults.append(f"audit chain {chain.value}: link {broken} was changed or cut out")
    for fault in faults:
        click.echo(fault)
    if faults:
        sys.exit(1)
    click.echo("No fault found.")


@pepa.command("migration")
@click.argument("message")
def migration(message: str) -> None:
    """Write a migration from what the models say and the database does not. CHECKs are added by hand."""
    from alembic import command

    upgrade()
    command.revision(migrations(), message, autogenerate=True)


# Alembic is loaded by whoever migrates: in every worker of the server it would be eight megabytes for nothing.


def migrations() -> Any:
    """Alembic's view of the migrations folder, an alembic.config.Config."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(revision: str = "head") -> None:
    """Bring the database forward. Downgrades are refused: a backup goes back, a schema does not.

    Raises SchemaRefused where a newer program has brought it further than this one knows.
    """
    from alembic import command

    installation.check_schema()
    command.upgrade(migrations(), revision)
