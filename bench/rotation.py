"""Ten thousand interleavings of a message and a turned key: each message readable by whoever rightfully holds it."""

import random
import time
from uuid import uuid4

from bench import served, tables
from pepa.db import transaction
from pepa.domain import boxes
from tests import people
from tests.installations import opened

COUNT = 10_000
BOXES = 400  # so that no chain of epochs grows longer than a case's ever would


def measure() -> list[tables.Table]:
    chance = random.Random(10)
    with served.installation() as config, opened(config) as app, app.app_context():
        me = people.member("ratna")
        reporters = [people.tell() for _ in range(BOXES)]
        readable = turned = 0
        began = time.perf_counter()
        for _ in range(COUNT):
            her = chance.choice(reporters)
            under_way = boxes.open_for(me, her.box_id)
            message_id = uuid4()
            if chance.random() < 0.05:
                _turn(under_way)
                turned += 1
            epoch, sealed = boxes.seal_body(under_way, "message", message_id, {"text": str(message_id)})
            read = [
                boxes.open_body(boxes.open_for(who, her.box_id), "message", message_id, epoch, sealed)
                for who in (me, her)
            ]
            readable += all(document["text"] == str(message_id) for document in read)
        took = time.perf_counter() - began
    row = ["message beside a turning key", str(COUNT), str(turned), str(readable), f"{took / COUNT * 1000:.2f} ms"]
    return [tables.Table("Rotation", ["", "sealed", "met a rotation", "readable by both", "each"], [row])]


def _turn(box: boxes.OpenBox) -> None:
    """A new epoch while the message is under way in the old one."""
    with transaction() as session:
        boxes.rotate(session, box, boxes.holders_of(session, box))
