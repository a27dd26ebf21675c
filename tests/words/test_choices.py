"""Choices: a code that is stored for ever, and a label that may change; every label is a sentence of the catalogue."""

import ast
from pathlib import Path

import pytest

from pepa import models
from pepa.models import audit, boxes, messages, organisations, reports
from pepa.words import N_, Choice

HOME = Path(models.__file__).parent
CHOICES = sorted(
    {
        kind
        for module in (audit, boxes, messages, organisations, reports)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Choice) and kind is not Choice
    },
    key=lambda kind: kind.__name__,
)


class Weather(Choice):
    RAIN = "rain", N_("Hujan")
    BARE = "bare"


def test_a_member_is_its_code_and_carries_its_label() -> None:
    assert Weather.RAIN == "rain" == Weather.RAIN.value
    assert Weather.RAIN.label == "Hujan"
    assert f"{Weather.RAIN}" == "rain"
    assert Weather("rain") is Weather.RAIN
    assert Weather.BARE.label == ""


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        Weather("snow")


def test_a_marked_sentence_stays_as_it_is() -> None:
    assert N_("Tulis dulu.") == "Tulis dulu."


@pytest.mark.parametrize("kind", CHOICES, ids=lambda kind: kind.__name__)
def test_every_choice_of_the_models_has_a_label(kind: type[Choice]) -> None:
    assert [member.value for member in kind if not member.label] == []
    assert [member.value for member in kind if not member.value.islower() or " " in member.value] == []


def test_every_label_is_marked_for_the_catalogue() -> None:
    bare = []
    for path in sorted(HOME.glob("*.py")):
        for kind in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)):
            if not any(isinstance(base, ast.Name) and base.id == "Choice" for base in kind.bases):
                continue
            for line in (node for node in kind.body if isinstance(node, ast.Assign)):
                label = line.value.elts[1] if isinstance(line.value, ast.Tuple) else None
                marked = isinstance(label, ast.Call) and isinstance(label.func, ast.Name) and label.func.id == "N_"
                if not marked:
                    bare.append(f"{path.name}:{line.lineno}")
    assert not bare, f"mark the label with N_(): {bare}"
