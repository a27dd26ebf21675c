"""A keyring opens what was sealed to its person, when it is first asked for, and nothing else."""

from uuid import uuid4

import pytest

from pepa.policy import Keyring
from pepa.vault.pairs import KeyPair, seal_to
from pepa.vault.secret import Broken


def test_each_generation_opens_on_its_own() -> None:
    person, organisation = KeyPair.new(), uuid4()
    pairs = [KeyPair.new(), KeyPair.new()]
    wraps = {(organisation, n): seal_to(person.public, pair.secret.reveal()) for n, pair in enumerate(pairs, 1)}
    ring = Keyring(person, wraps)
    for generation, pair in enumerate(pairs, 1):
        opened = ring.pair(organisation, generation)
        assert opened is not None
        assert opened.public == pair.public
        assert ring.pair(organisation, generation) is opened, "opened once"
    assert ring.pair(organisation, 3) is None
    assert ring.pair(uuid4(), 1) is None


def test_a_wrap_for_somebody_else_is_broken() -> None:
    organisation = uuid4()
    ring = Keyring(KeyPair.new(), {(organisation, 1): seal_to(KeyPair.new().public, bytes(32))})
    with pytest.raises(Broken):
        ring.pair(organisation, 1)
