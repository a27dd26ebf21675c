"""Forms: what was typed stays, what is wrong is said beside its field."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import Field

from pepa.errors import Conflict, Failure, Invalid
from pepa.words import Choice

T = TypeVar("T")


def told(failure: Failure) -> str:
    """A failure's sentence in the visitor's language; a choice that it names is said by its label."""
    values = failure.values.items()
    said = {name: gettext(value.label) if isinstance(value, Choice) else value for name, value in values}
    return str(gettext(failure.says, **said))


class _Words:
    """WTForms' own sentences never reach a page: every field here has its own."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(ngettext(singular, plural, n))


class Form(FlaskForm):
    """A form whose field names are the argument names of its verb.

    Which POST is ours is the guard's matter (`access`), so forms carry no token of their own.
    """

    class Meta:
        csrf = False

        def get_translations(self, form: Any) -> _Words:
            return _Words()

    def values(self) -> dict[str, Any]:
        """What the verb is given, by keyword."""
        return {field.name: field.data for field in self}

    def submit(self, verb: Callable[..., T], *args: Any, **kwargs: Any) -> T | None:
        """Validate and call the verb; what it returns, or None: nothing was sent, or the form says what is wrong."""
        if not self.is_submitted() or not self.validate():
            return None
        try:
            return verb(*args, **{**self.values(), **kwargs})
        except (Invalid, Conflict) as failure:
            self.refuse(failure)
            return None

    def refuse(self, failure: Failure) -> None:
        """Put a failure's sentence beside its field, or on top of the form."""
        sentence = told(failure)
        field = self._fields.get(failure.field) if failure.field else None
        if field is None:
            self.form_errors.append(sentence)
        else:
            field.errors = [*field.errors, sentence]

    def wrong(self) -> list[tuple[Field, str]]:
        """Fields with their first errors, in the order of the page, for the list on top."""
        return [(field, str(field.errors[0])) for field in self if field.errors]

    def refill(self, typed: Mapping[str, str]) -> None:
        """Put back what was typed before a lock, as it was typed."""
        for name, text in typed.items():
            if name in self._fields:
                with suppress(ValueError):  # what cannot be read is said when it is sent
                    self._fields[name].process_formdata([text])
