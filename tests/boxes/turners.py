"""What several processes do to one box at once."""

from uuid import UUID

from pepa.db import transaction
from pepa.domain import boxes
from tests.people import member


def turn(box_id: str) -> str:
    """Turn the key of a box that was opened before anybody turned it."""
    box = boxes.open_for(member("ratna"), UUID(box_id))
    opened = boxes.OpenBox(box.box_id, 1, {1: box.secrets[1]})
    try:
        with transaction() as session:
            return f"turned to {boxes.rotate(session, opened, boxes.holders_of(session, opened)).number}"
    except boxes.BoxChanged:
        return "told that it changed"
