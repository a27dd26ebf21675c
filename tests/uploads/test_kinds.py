"""What a file is, by its content and never by its name (cases/citizen 24, 28; security C15, C16)."""

import pytest

from pepa.domain.kinds import HEAD, kind_of
from pepa.models.attachments import Kind
from tests.uploads.samples import REFUSED, TAKEN, box, photo


def test_every_kind_has_its_sample() -> None:
    assert TAKEN.keys() == {kind.value for kind in Kind}


@pytest.mark.parametrize("ending", TAKEN)
def test_taken(ending: str) -> None:
    assert kind_of(TAKEN[ending][:HEAD]) == ending


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    assert kind_of(REFUSED[name][:HEAD]) is None


@pytest.mark.parametrize("head", [b"\xff\xfb\x90\x64", b"\xff\xf3\x40\xc0", b"\xff\xe3\x18\xc4"])
def test_sound_without_a_header(head: bytes) -> None:
    assert kind_of(head + bytes(300)) is Kind.MP3


@pytest.mark.parametrize("brand", [b"mif1", b"heix", b"msf1", b"hevc"])
def test_heic_by_its_other_names(brand: bytes) -> None:
    assert kind_of(box(brand, b"heic")) is Kind.HEIC


def test_the_name_of_a_script_in_a_photo_makes_it_no_script() -> None:
    assert kind_of(b"GIF89a/*" + b"*/=1;alert(1)") is Kind.GIF
    assert kind_of(photo() + b"<?php __HALT_COMPILER(); ?>") is Kind.JPEG
