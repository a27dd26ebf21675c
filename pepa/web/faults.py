"""What is wrong, in words: on a page in its language, at the machine in English."""

from collections.abc import Callable

from pepa.domain.faults import Fault
from pepa.web.languages import in_english


def said(fault: Fault, translate: Callable[[str], str]) -> str:
    """Its sentence, filled in."""
    values = {name: translate(str(value)) if name == "label" else value for name, value in fault.values.items()}
    return translate(fault.point.says) % values


def at_the_machine(fault: Fault) -> str:
    """One line: how much it matters, what it is, what mends it."""
    mend = f" -> {fault.point.command}" if fault.point.command else ""
    about = f" [{fault.about}]" if fault.about else ""
    return f"{fault.level.value}: {said(fault, in_english)}{about}{mend}"
