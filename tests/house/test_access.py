"""Every door says who comes in, and its form's fields are what its verb is given."""

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pepa.policy import ROLE_MAY, ROOT_ONLY, Permission
from pepa.web.forms import Form

ROOT = Path(__file__).parents[2]
DOORS = sorted((ROOT / "pepa/blueprints").rglob("*.py"))


def declared(app: Flask) -> Iterator[tuple[str, str | None]]:
    """Endpoints with what they declare."""
    for endpoint, view in app.view_functions.items():
        if endpoint != "static":
            access = getattr(view, "access", None)
            yield endpoint, None if access is None else str(access)


def test_every_door_declares_who_comes_in(app: Flask) -> None:
    bare = [endpoint for endpoint, access in declared(app) if access is None]
    assert not bare, f"put @public, @member or @needs(Permission.X) over {bare}; without it nobody comes in"


def test_only_known_words_are_declared(app: Flask) -> None:
    words = {"public", "member", *(permission.value for permission in Permission)}
    assert {access for _, access in declared(app)} <= words


def test_citizens_need_no_log_in_and_staff_do(app: Flask) -> None:
    """Of the staff wing what comes before anybody is known is public; of the citizens' everything is."""
    public = {endpoint for endpoint, access in declared(app) if access == "public"}
    assert {endpoint for endpoint in public if endpoint.startswith("staff.")} == {
        "staff.sessions.log_in",
        "staff.sessions.challenge",  # nobody is known yet: the same for everybody
        "staff.devices.join",
        "staff.cadres.open_card",
        "staff.feeds.fetch",  # its address is the secret
        "staff.joining.show",  # likewise, of these four
        "staff.joining.join",
        "staff.joining.renew",
        "staff.joining.done",
    }
    assert {endpoint for endpoint, _ in declared(app) if endpoint.startswith("citizen.")} <= public


def test_endpoints_are_wing_noun_verb(app: Flask) -> None:
    odd = [endpoint for endpoint, _ in declared(app) if len(endpoint.split(".")) != 3]
    assert not odd, f"a door is a blueprint of its wing, named after its noun: {odd}"


def test_every_permission_is_somebody_s(app: Flask) -> None:
    """One that no role has, or that only nobody could use, is a word without a meaning."""
    given = frozenset().union(*ROLE_MAY.values())
    assert set(Permission) - given == {Permission.WRITE_AS_REPORTER, Permission.RUN_JOBS}, "reporters' and jobs' alone"
    assert given >= ROOT_ONLY


@pytest.mark.parametrize("door", DOORS, ids=lambda path: "/".join(path.parts[-2:]))
def test_a_door_that_nobody_guards_is_not_opened(door: Path) -> None:
    """A route needs its declaration beneath it: above the route it would guard nothing."""
    wrong = []
    for function in ast.walk(ast.parse(door.read_text())):
        if isinstance(function, ast.FunctionDef):
            names = [ast.unparse(each).split("(")[0] for each in function.decorator_list]
            routes = [n for n, name in enumerate(names) if name.rpartition(".")[2] in ("route", "get", "post")]
            guards = [n for n, name in enumerate(names) if name in ("public", "member", "needs", "hands_in", "teaches")]
            if routes and (len(guards) != 1 or guards[0] < max(routes)):
                wrong.append(f"{function.name}: {names}")
    assert not wrong


def submissions() -> Iterator[tuple[str, type[Form], Any, set[str]]]:
    """Where a form is handed to a verb: the place, the form, the verb, what the door adds by keyword."""
    for path in DOORS:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        module = import_module(name)
        forms = {k: v for k, v in vars(module).items() if isinstance(v, type) and issubclass(v, Form)}
        for function in ast.walk(ast.parse(path.read_text())):
            if not isinstance(function, ast.FunctionDef):
                continue
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "submit":
                    verb = eval(ast.unparse(call.args[0]), vars(module))
                    added = {keyword.arg for keyword in call.keywords if keyword.arg}
                    form = _form_of(call.func.value, function, forms, module)
                    yield f"{path.name}:{call.lineno}", form, verb, added


def _form_of(value: ast.expr, function: ast.FunctionDef, forms: dict[str, type[Form]], module: Any) -> type[Form]:
    """The class of the form that is submitted: made in the door, or by a function of the door's module."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(value):
            maker = ast.unparse(node.value).split("(")[0]
            if maker in forms:
                return forms[maker]
            made: type[Form] = inspect.signature(getattr(module, maker)).return_annotation
            return made
    for argument in function.args.args:
        if argument.arg == ast.unparse(value) and argument.annotation is not None:
            return forms[ast.unparse(argument.annotation)]
    raise AssertionError(f"cannot tell which form {ast.unparse(value)} is in {function.name}")


def test_the_search_finds_forms() -> None:
    found = list(submissions())
    assert {form.__name__ for _, form, _, _ in found} >= {"LogInForm", "AnswerForm", "ShiftForm"}


def test_form_fields_are_arguments_of_their_verb(app: Flask) -> None:
    wrong = []
    with app.test_request_context():
        for place, form, verb, added in submissions():
            if form.values is not Form.values:  # says itself what its verb gets
                continue
            given = set(form(formdata=None)._fields) | added
            takes = {
                name
                for name, parameter in inspect.signature(verb).parameters.items()
                if parameter.kind is inspect.Parameter.KEYWORD_ONLY
            }
            if not given <= takes:
                wrong.append(f"{place}: {form.__name__} gives {given - takes}, {verb.__name__} takes {takes}")
    assert not wrong, wrong
