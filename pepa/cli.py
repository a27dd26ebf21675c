"""flask pepa …: what is done at the machine."""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, cast

import click
from flask import current_app
from flask.cli import AppGroup

from pepa import clock, delivery, seeds
from pepa.config import Config
from pepa.db import db
from pepa.domain import (
    anchors,
    archives,
    arrivals,
    backups,
    founding,
    incidents,
    installation,
    keys,
    locks,
    readiness,
    recovery,
    rescues,
    restores,
    retyping,
    sheets,
)
from pepa.domain.faults import Level, blocking
from pepa.errors import Failure
from pepa.seeds import demo
from pepa.web.faults import at_the_machine

MIGRATIONS = installation.MIGRATIONS
BACKUP_FAULTS = (backups.BackupRefused, backups.NotTheSame, archives.NoArchive, recovery.NoRecovery, keys.KeysUnsound)

pepa = AppGroup("pepa", help="Calling Pepa at the machine.")


def _config() -> Config:
    return cast(Config, current_app.config["PEPA"])


@pepa.command("seed")
def seed() -> None:
    """Set the installation up: tables, keys, the real first data, and a demo cast unless PEPA_PRODUCTION is set."""
    config = _config()
    upgrade()
    keys.install(config)
    click.echo(f"{seeds.plant()} rows of first data are new.")
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
        keys_of = f"{account.login:9} {account.passphrase:45} {account.totp_secret}"
        click.echo(f"{keys_of}\n{'':9} {account.name}, {account.role}, {account.organisation}")


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
    click.echo(f"{made.path}: {made.counts}; sealed {made.size / 1e6:.1f} MB.")
    click.echo(
        f"Written and read again in {made.seconds:.1f} s; files could not be removed for {made.still:.2f} s;"
        f" {made.removed} old ones went."
    )


@pepa.command("restore")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--check", "only_look", is_flag=True, help="Open all of it into nothing, and touch nothing: a drill.")
@click.option("--release-notices", is_flag=True, help="Let notices leave that came with a copy.")
@click.option("--secret", type=click.File(), help="A file with what two sheets give, in hex, instead of typing them.")
def restore(file: Path | None, only_look: bool, release_notices: bool, secret: TextIO | None) -> None:
    """Put a copy back into an empty installation, by two sheets of paper."""
    if release_notices:
        click.echo(f"{incidents.release_notices(None)} notices leave.")
        return
    if file is None:
        raise click.UsageError("Which FILE?")
    try:
        click.echo(f"{file}: {archives.head(file)}")
        if not only_look:
            restores.require_empty(_config())
        with _told():
            pair = keys.pair_of_hex(secret.read()) if secret else typed_sheets(2, known=False)
        if only_look:
            _show_drill(restores.check(file, pair))
            return
        done = restores.restore(_config(), file, pair, upgrade)
    except (*BACKUP_FAULTS, restores.RestoreRefused, keys.KeyRefused, OSError) as error:
        if _config().restoring.exists():
            click.echo("It was cut off half-way. What is here serves nobody: run it again.")
        raise click.ClickException(str(error)) from error
    _show_restored(done)


def _show_drill(found: restores.Checked) -> None:
    backups.drilled(found.opened.head.id)
    click.echo(f"All of it opened in {found.seconds:.1f} s: {found.counts}. Nothing was touched.")


def _show_restored(done: restores.Restored) -> None:
    click.echo("\n".join(restores.told(done)))
    _tell_faults()


# ---- recovery ----
# Whoever holds a sheet reads Indonesian: what is asked and told while they type is.

WIPED = "\033[H\033[2J\033[3J"  # the screen, and what a terminal keeps above it


@pepa.group("recovery")
def sheets_of_paper() -> None:
    """Three sheets of paper, two of which open what is left when nobody can log in or the server key is gone."""


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is one sentence, and no traceback with a key in it."""
    try:
        yield
    except Failure as failure:
        raise click.ClickException(retyping.said(failure)) from None
    except (keys.KeyRefused, keys.Unopened) as error:
        raise click.ClickException(str(error)) from None


def _wipe() -> None:
    if sys.stdout.isatty():
        click.echo(WIPED, nl=False)


def typed_sheets(count: int, *, known: bool = True) -> keys.Pair:
    """Ask for sheets, line by line, until so many of one set are there. known: as for `retyping.Retyping`."""
    typing = retyping.Retyping(count, known=known)
    while asked := typing.next:
        sheet, line = asked
        try:
            typing.take(click.prompt(f"Lembar {sheet} dari {count}, baris {line}"))
        except Failure as failure:
            click.echo(retyping.said(failure))
        if typing.whole == sheet:
            _wipe()
            click.echo(f"Lembar {sheet} cocok.")
    return typing.pair()


@sheets_of_paper.command("make")
@click.option("--folder", type=click.Path(path_type=Path), help="Write three PDFs here, and remove them once printed.")
def make_sheets(folder: Path | None) -> None:
    """Make a new set: shown one by one, or printed; it counts once all three were typed back."""
    with _told():
        if folder:
            rescues.refuse_folder(_config(), folder)
        made = recovery.printed(recovery.make(_config()))
        if folder:
            _print_out(made, folder)
        else:
            _show(made)
        recovery.confirm(typed_sheets(3))
    click.echo("Set ini berlaku. Yang memegang kunci: masuk sekali, lalu `pepa recovery status`.")


def _show(made: list[recovery.Printed]) -> None:
    for sheet in made:
        _wipe()
        click.echo(f"Lembar pemulihan {sheet.number} dari 3. Set: {sheet.name}\n")
        for number, line in enumerate(sheet.lines, 1):
            click.echo(f"  {number}   " + "".join(f"{word:14}" for word in line))
        click.prompt("\nSalin dengan tangan ke kertas. Sudah? Tekan Enter", default="", show_default=False)
    _wipe()


def _print_out(made: list[recovery.Printed], folder: Path) -> None:
    """The files lie there until Enter is pressed, or whatever else ends this."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files: list[Path] = []
    try:
        for sheet in made:
            files.append(folder / f"lembar-{sheet.number}.pdf")
            with os.fdopen(os.open(files[-1], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(rescues.paper(sheet, _config().base_url))
        click.echo("".join(f"{file}\n" for file in files))
        click.prompt("Cetak. Sudah? Tekan Enter: berkas dihapus", default="", show_default=False)
    finally:
        for path in files:
            path.unlink(missing_ok=True)


@sheets_of_paper.command("confirm")
def confirm_sheets() -> None:
    """Type back a set that was made and not typed back yet: all three of its sheets."""
    with _told():
        recovery.confirm(typed_sheets(3))
    click.echo("Set ini berlaku.")


@sheets_of_paper.command("open")
@click.option("--organisation", help="A root holder, by its name or as `intake` or `independent`.")
@click.option("--person", "people", multiple=True, help="Log-in name of somebody of it who gets its key; repeatable.")
def open_sheets(organisation: str | None, people: tuple[str, ...]) -> None:
    """Type two sheets: the server key's file comes back where it is missing or wrong, and people get a key again.

    Where the program refuses to start without its key: `flask --app rescue pepa recovery open`.
    """
    if bool(organisation) != bool(people):
        raise click.UsageError("--organisation and --person go together.")
    with _told():
        pair = typed_sheets(2)
        is_new = recovery.put_back(_config(), pair)
        click.echo("The server key is back in its file." if is_new else "The server key's file is right: left alone.")
        if organisation:
            given = rescues.give(pair, organisation_id=rescues.organisation_named(organisation), logins=people)
            click.echo(f"These can open again, and all of {organisation} are told: {', '.join(given)}.")


@sheets_of_paper.command("drill")
def drill() -> None:
    """Type two sheets and see that they open everything; nothing is changed but the day of the last try."""
    with _told():
        opened = rescues.try_out(typed_sheets(2))
    click.echo(f"Kedua lembar membuka semuanya: {opened} kunci. Simpan kembali.")


@sheets_of_paper.command("status")
def show_sheets() -> None:
    """Which set counts, when it was last tried, and what is not sealed to it yet."""
    found = rescues.status()
    if found is None:
        raise click.ClickException("no set of sheets has been made and typed back")
    click.echo(f"Set {found.generation}: {found.name}")
    click.echo(f"made {_day(found.made_at)}, typed back {_day(found.confirmed_at)}")
    click.echo(f"last tried {_day(found.drilled_at)}, to be tried again by {_day(found.due_at)}")
    for name in found.unsealed:
        click.echo(f"not sealed to it yet: the key of {name}. Somebody who holds it has to log in.")


def _day(at: datetime) -> str:
    return f"{at.astimezone(clock.JAKARTA):%Y-%m-%d}"


@pepa.command("invite")
@click.option("--office", help="Found the intake office, once, under this name.")
@click.option("--independent", help="Found the independent holder, once, under this name.")
@click.option("--to", "called", default="intake", help="intake, independent, or an organisation's name.")
@click.option("--name", help="The person's name.")
@click.option("--role", "roles", multiple=True, type=click.Choice(founding.ROLES), help="May be given several times.")
@click.option("--forgot", metavar="LOGIN", help="A way back for somebody whom nobody here can give one.")
def invite(**asked: Any) -> None:
    """Print a link by which somebody comes in: the first people of an installation."""
    with _told():
        if address := founding.come_in(_config().base_url, **asked):
            click.echo(f"{address}\nGood for 7 days, once, and shown nowhere else: hand it over to that person alone.")


@pepa.command("check")
@click.option("--anchor", metavar="WORDS", help="Six words from the book: is that past still part of this audit?")
@click.option("--rows", type=int, help="The number of rows beside them.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Their day.")
def check(anchor: str | None, rows: int | None, day: datetime | None) -> None:
    """Say what is wrong here, and in production what still keeps it from going live. Exit 1 where something does."""
    if (anchor is None) != (rows is None):
        raise click.UsageError("--anchor and --rows go together: both stand on the paper.")
    click.echo(backups.told())
    is_sound = _tell_faults()
    if anchor is not None and rows is not None:
        holds, says = anchors.compare(anchor, rows, day.date() if day else None)
        click.echo(says)
        is_sound = is_sound and holds
    if not is_sound:
        sys.exit(1)
    click.echo("No fault found.")


def _tell_faults() -> bool:
    """Say what is wrong and what is to be looked at. False where something of it blocks."""
    found = [fault for fault in readiness.faults(_config()) if fault.level is not Level.SOON]
    for fault in found:
        click.echo(at_the_machine(fault))
    return not blocking(found)


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
    """Bring the database forward; a schema never goes back. Raises SchemaRefused for one of a newer program."""
    from alembic import command

    before = installation.check_schema()
    command.upgrade(migrations(), revision)
    installation.came_forward(before)
