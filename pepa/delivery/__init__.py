"""The worker that sends what the outbox holds, rings the alarm, brings spooled reports home and clears away.

Channels are leaves: each knows how to carry one notice, and nothing of the others.
"""

import logging
import random
import threading
from collections.abc import Callable
from uuid import UUID

from flask import Flask

from pepa import clock, storage
from pepa.config import Config
from pepa.db import db
from pepa.delivery import console, mail, sms
from pepa.domain import (
    anchors,
    appointments,
    arrivals,
    attachments,
    backups,
    breaches,
    cadres,
    calendars,
    calls,
    destruction,
    duty,
    endings,
    enrolments,
    excesses,
    handovers,
    intake,
    invitations,
    lateness,
    leavings,
    link_mails,
    mornings,
    notices,
    onces,
    opinions,
    outbox,
    photos,
    police,
    receptions,
    reporters,
    rescues,
    restrictions,
    sessions,
    sheets,
    tallies,
)

# What forgets whatever of it is over, in this order.
PURGED = (
    arrivals,
    reporters,
    sessions,
    enrolments,
    outbox,
    notices,
    onces,
    attachments,
    calls,
    endings,
    tallies,
    appointments,
    handovers,
    excesses,
    opinions,
    cadres,
    invitations,
    photos,
    mornings,
    destruction,
)
PAUSE = 2.0  # seconds between two looks
HOUSEKEEPING = 60.0  # seconds
LEAP, WARY = 300.0, 86400.0  # seconds
log = logging.getLogger("pepa.delivery")


def work(app: Flask, stop: threading.Event) -> None:
    """Look, send, rest, until told to stop. A database that does not answer is asked again."""
    config: Config = app.config["PEPA"]
    press = threading.Thread(target=_print, args=(app, stop), name="press", daemon=True)
    press.start()
    cleared_at, time = -HOUSEKEEPING, _Time()
    while not stop.is_set():
        with app.app_context():
            if clock.monotonic() - cleared_at >= HOUSEKEEPING:
                cleared_at = clock.monotonic()
                _quietly(arrivals.replay)
                _quietly(intake.watch_keys)
                _quietly(storage.spool().keep_reserve)
                _quietly(leavings.sweep)
                _quietly(lateness.tell)
                _quietly(police.remind)
                _quietly(restrictions.remind)
                _quietly(mornings.tell)
                _quietly(rescues.remind)
                _quietly(rescues.watch)
                _quietly(backups.remind)
                _quietly(anchors.make)
                _quietly(breaches.remind)
                _quietly(receptions.watch)  # whatever the clock did: it clears nothing away
                if time.can_be_trusted():
                    for noun in PURGED:
                        _quietly(noun.purge)
            _quietly(duty.ring)
            _quietly(lambda: send_due(config))
            db.session.remove()
        stop.wait(PAUSE * random.uniform(0.8, 1.2))  # noqa: S311 - so that two workers do not march in step
    press.join(PAUSE)


def _print(app: Flask, stop: threading.Event) -> None:
    """Print what is due, one title after the other. The loop that rings the alarm never waits for it."""
    config: Config = app.config["PEPA"]
    while not stop.is_set():
        with app.app_context():
            _quietly(lambda: sheets.build_due(config.base_url))
            db.session.remove()
        stop.wait(PAUSE)


class _Time:
    """Whether what is over may be cleared away: not for a day after the clock leapt ahead of the time that passed."""

    def __init__(self) -> None:
        self._now, self._monotonic, self._from = clock.now(), clock.monotonic(), 0.0

    def can_be_trusted(self) -> bool:
        now, monotonic = clock.now(), clock.monotonic()
        if (now - self._now).total_seconds() - (monotonic - self._monotonic) > LEAP:
            self._from = monotonic + WARY
            log.error("the clock leapt ahead: nothing is cleared away for a day")
        self._now, self._monotonic = now, monotonic
        return monotonic >= self._from


def _quietly(job: Callable[[], int]) -> None:
    """One job that fails must not keep the others from being done; its words stay out of the log."""
    try:
        job()
    except Exception as error:
        db.session.rollback()
        name = f"{job.__module__}.{job.__name__}".removeprefix("pepa.")
        log.error("%s failed: %s", name, type(error).__name__)


def send_due(config: Config) -> int:
    """Send what is due, outside of any transaction, and mark it sent afterwards: at least once, never silently not.

    What is so no longer is dropped. Returns how many left.
    """
    sent = 0
    for due in outbox.claim():
        try:
            stands = all(noun.stands(due) for noun in (lateness, police, restrictions, mornings, anchors, breaches))
            if not (stands and outbox.reaches(due)):
                outbox.drop(due.id)
                continue
            if due.enrolment_id:
                sent += _send_link(config, due.id, due.enrolment_id)
                continue
            if due.notice is outbox.Notice.CALENDAR:
                sent += _invite(config, due)
                continue
            _carry(config, due)
        except Exception as error:  # one address that no mail can be written to must not hold the others up
            log.error("a notice waits: %s", type(error).__name__)
            outbox.failed(due.id, due.tries)
        else:
            outbox.sent(due.id)
            sent += 1
    return sent


# What a mail says whole: it is about the reader's own account, or about nothing.
WHOLE = {outbox.Notice.TRIAL: mail.OF_TRIAL, outbox.Notice.ACCOUNT: mail.OF_ACCOUNT}


def _carry(config: Config, due: outbox.Due) -> None:
    if due.address is not None and due.channel is outbox.Channel.SMS and config.sms_url:
        sms.carry(config.sms_url, config.sms_token_file, due.address, police.words(due), due.id)
    elif due.address is not None and due.channel is outbox.Channel.MAIL and config.mail_url != "console:":
        told = mornings.words(due) if due.notice is outbox.Notice.TASKS else anchors.words(due)
        subject = mail.OF_ANCHOR if due.notice is outbox.Notice.ANCHOR else ""
        if due.notice in WHOLE:
            told, subject = due.notice.label, WHOLE[due.notice]
        mail.carry(config.mail_url, config.mail_from, config.base_url, due.address, due.id, told, subject)
    else:
        console.carry(anchors.words(due) or mornings.words(due), due.id)


def _invite(config: Config, due: outbox.Due) -> int:
    """A booking for somebody's calendar, as it stands now. Returns 1 where it left."""
    invite = calendars.invite(due, config.mail_from, config.base_url)
    if invite is None:
        outbox.drop(due.id)
        return 0
    if due.address is not None and config.mail_url != "console:":
        part = (invite.subject, invite.method, invite.body)
        mail.carry(config.mail_url, config.mail_from, config.base_url, due.address, due.id, calendar=part)
    else:
        console.carry(due.notice.label, due.id)
    outbox.sent(due.id)
    calendars.again(due, invite)
    return 1


def _send_link(config: Config, outbox_id: UUID, enrolment_id: UUID) -> int:
    """A link to whoever is invited, while it still leads somewhere. Returns 1 where it left."""
    letter = link_mails.letter(enrolment_id)
    if letter is None:
        outbox.drop(outbox_id)
        return 0
    if config.mail_url == "console:":
        console.carry(outbox.Notice.LINK.label, outbox_id)
    else:
        link = config.base_url.rstrip("/") + enrolments.PATH + letter.token
        mail.carry(config.mail_url, config.mail_from, config.base_url, letter.address, outbox_id, link=link)
    outbox.sent(outbox_id)
    link_mails.posted(enrolment_id, letter.token)
    return 1
