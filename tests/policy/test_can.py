"""Who may do what. The table below is the second copy on purpose: a change of the matrix has to be meant twice."""

from uuid import uuid4

import pytest

from pepa.errors import NotAllowed
from pepa.models.organisations import Role
from pepa.policy import (
    ROLE_MAY,
    Actor,
    Device,
    Keyring,
    Member,
    Permission,
    Reporter,
    System,
    can,
    hidden_from,
    require,
)
from pepa.vault.pairs import KeyPair
from pepa.vault.secret import Secret

# Of the intake office, and of the independent holder but for HOUSE. Nobody else reads reports or sees a roster.
ROOT = """
                    see rea hol ans cal pol dec ope tak con can tri not lin cas ros swa ove han kee dev man vie dcl nam
    intake_officer  x   x   x   x   x   x   .   x   x   x   x   x   x   x   x   x   x   x   x   .   .   .   .   x   .
    case_manager    x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
    supervisor      x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x   x
    head            x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   x   .   .   .   .   .   x   .   .   .
    data_officer    x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
    coordinator     x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
    worker          x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
    outreach_worker x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
    administrator   x   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .   .
"""
# Of the library and the outreach log, at a root holder. The columns with a star are everybody's, elsewhere too.
TAUGHT = """
                      see* rev* wri opi pub wdr num log* oth con inv car are cov tar clo cer roo* kee dec apa pla r* res
    intake_officer    x    x    x   x   .   x   .   x    x   .   x   .   .   .   .   .   .   x    .   x   x   x   x    .
    case_manager      x    x    x   x   .   x   .   x    .   .   .   .   .   .   .   .   .   x    .   x   x   .   x    .
    supervisor        x    x    x   x   x   x   x   x    x   x   x   x   x   x   x   x   x   x    x   x   x   x   x    x
    head              x    x    .   x   x   x   x   .    .   .   .   .   .   x   x   x   .   x    .   .   .   .   x    .
    data_officer      x    x    x   x   .   x   .   x    x   x   x   x   x   x   .   x   x   x    .   .   .   x   x    .
    coordinator       x    x    .   .   .   .   .   x    .   .   .   .   .   .   .   .   .   x    .   .   .   .   x    .
    worker            x    x    .   .   .   .   .   x    .   .   .   .   .   .   .   .   .   x    .   .   .   .   x    .
    outreach_worker   x    x    .   .   .   .   .   x    .   .   .   .   .   .   .   .   .   x    .   .   .   .   x    .
    administrator     x    x    .   .   .   .   x   .    .   .   .   .   .   .   .   .   .   x    x   .   .   .   x    x
"""
# Of what organisations do together, at a root holder; everybody's elsewhere too.
TOGETHER = """
                      tas boa dir pla ent
    intake_officer    x   .   x   x   .
    case_manager      x   .   x   x   .
    supervisor        x   x   x   x   x
    head              x   x   x   x   x
    data_officer      .   .   x   .   .
    coordinator       x   x   x   x   x
    worker            x   .   x   x   .
    outreach_worker   .   .   x   .   .
    administrator     .   .   x   .   .
"""
# Of organisations and their people, at the intake office. The columns with a star are everybody's, elsewhere too.
PEOPLE = """
                      inv* org* keo mem* app* gra com
    intake_officer    .    x    .   .    x    .    .
    case_manager      .    x    .   .    x    .    .
    supervisor        x    x    .   x    x    x    x
    head              .    x    .   .    x    x    .
    data_officer      .    x    .   .    x    .    .
    coordinator       x    x    .   x    x    .    .
    worker            .    x    .   .    x    .    .
    outreach_worker   .    x    .   .    x    .    .
    administrator     x    x    x   x    .    .    x
"""
# Of who did what. The first is everybody's who has the role, elsewhere too; the others a root holder's.
WATCHED = """
                      tra* acc anc dis bre exp eme end
    intake_officer    .    .   .   x   .   .   .   x
    case_manager      .    .   .   .   .   .   x   x
    supervisor        x    .   x   x   x   x   .   x
    head              .    .   x   x   x   .   .   .
    data_officer      .    .   .   .   .   .   .   .
    coordinator       x    .   .   .   .   .   .   .
    worker            .    .   .   .   .   .   .   .
    outreach_worker   .    .   .   .   .   .   .   .
    administrator     .    x   .   .   .   .   .   .
"""
# Of what the installation is set to: the intake office's alone.
SET = """
                      see kee dec wat
    intake_officer    .   .   .   .
    case_manager      .   .   .   .
    supervisor        x   .   x   .
    head              x   .   x   x
    data_officer      .   .   .   .
    coordinator       .   .   .   .
    worker            .   .   .   .
    outreach_worker   .   .   .   .
    administrator     x   x   .   .
"""
P = Permission
SET_COLUMNS = (P.SEE_SETTINGS, P.KEEP_SETTINGS, P.DECIDE_SETTINGS, P.DECIDE_WATCH)
WATCHED_COLUMNS = (
    P.READ_TRAIL,
    P.READ_ACCOUNTS,
    P.SEE_ANCHORS,
    P.KEEP_DISCLOSURES,
    P.KEEP_BREACHES,
    P.TRACE_BREACH,
    P.OPEN_EMERGENCY,
    P.END_EMERGENCY,
)
PEOPLE_COLUMNS = (
    P.INVITE_MEMBER,
    P.SEE_ORGANISATION,
    P.KEEP_ORGANISATIONS,
    P.KEEP_MEMBERS,
    P.APPROVE_MEMBER,
    P.GRANT_AGAIN,
    P.COMPARE_RESTORED,
)
TOGETHER_COLUMNS = (P.SEE_TASKS, P.KEEP_BOARD, P.SEE_DIRECTORY, P.TELL_PLACES, P.KEEP_ENTRY)
TAUGHT_COLUMNS = (
    P.SEE_LIBRARY,
    P.REVIEW_TITLE,
    P.WRITE_TITLE,
    P.READ_OPINIONS,
    P.PUBLISH_TITLE,
    P.WITHDRAW_TITLE,
    P.KEEP_NUMBERS,
    P.LOG_OUTREACH,
    P.LOG_FOR_OTHERS,
    P.CONFIRM_OUTREACH,
    P.ANSWER_INVITATION,
    P.KEEP_CADRES,
    P.KEEP_AREAS,
    P.SEE_COVERAGE,
    P.SET_TARGETS,
    P.CLOSE_PERIOD,
    P.CERTIFY_CADRE,
    P.BOOK_ROOM,
    P.KEEP_ROOMS,
    P.DECIDE_BOOKING,
    P.KEEP_APART,
    P.PLAN_VISITS,
    P.RUN_VISIT,
    P.CONFIRM_RESTORED,
)
EVERYWHERE = {P.SEE_DESK, P.SEE_LIBRARY, P.REVIEW_TITLE, P.LOG_OUTREACH, P.BOOK_ROOM, P.RUN_VISIT, *TOGETHER_COLUMNS}
EVERYWHERE |= {P.READ_TRAIL, P.INVITE_MEMBER, P.SEE_ORGANISATION, P.KEEP_MEMBERS, P.APPROVE_MEMBER}
COLUMNS = (
    P.SEE_DESK,
    P.READ_REPORTS,
    P.HOLD_REPORT,
    P.ANSWER_REPORT,
    P.CALL_BACK,
    P.KEEP_POLICE_CLOCK,
    P.NOTE_DECISION,
    P.SEE_OPENINGS,
    P.TAKE_ORIGINAL,
    P.CONFIRM_SURVIVOR,
    P.DECIDE_WITHDRAWN,
    P.TRIAGE_REPORT,
    P.WRITE_NOTE,
    P.LINK_REPORTS,
    P.SEE_CASES,
    P.SEE_ROSTER,
    P.SWAP_SHIFT,
    P.HAND_OVER,
    P.HAND_IN,
    P.KEEP_ROSTER,
    P.KEEP_DEVICES,
    P.WATCH_OPENINGS,
    P.NAME_VIEWERS,
    P.DECLARE_CONFLICT,
    P.NAME_CONFLICT,
)


def _rows(table: str) -> dict[str, list[bool]]:
    lines = map(str.split, table.strip().splitlines()[1:])
    return {cells[0]: [cell == "x" for cell in cells[1:]] for cells in lines}


TABLES = (
    (COLUMNS, _rows(ROOT)),
    (TAUGHT_COLUMNS, _rows(TAUGHT)),
    (TOGETHER_COLUMNS, _rows(TOGETHER)),
    (PEOPLE_COLUMNS, _rows(PEOPLE)),
    (WATCHED_COLUMNS, _rows(WATCHED)),
    (SET_COLUMNS, _rows(SET)),
)
OTHERS = (P.WRITE_AS_REPORTER, P.RUN_JOBS)


HOUSE = {
    *SET_COLUMNS,
    P.KEEP_ROOMS,
    P.DECIDE_BOOKING,
    P.KEEP_APART,
    P.CONFIRM_RESTORED,
    P.KEEP_ORGANISATIONS,
}  # the office's alone


def member(*roles: Role, is_root: bool = True, is_office: bool | None = None) -> Member:
    """At the intake office, the independent holder (is_root alone) or elsewhere."""
    ring, office = Keyring(KeyPair.new()), is_root if is_office is None else is_office
    return Member(
        uuid4(), "Ratna Contoh", uuid4(), "Kantor Contoh", is_root, frozenset(roles), b"", ring, is_office=office
    )


REPORTER = Reporter(uuid4(), uuid4(), "code", Secret(bytes(32)), KeyPair.new())


def test_the_table_holds_every_role_and_every_permission() -> None:
    assert {permission for columns, _ in TABLES for permission in columns} | set(OTHERS) == set(Permission)
    for columns, rows in TABLES:
        assert set(rows) == set(Role) == set(ROLE_MAY)
        assert {len(cells) for cells in rows.values()} == {len(columns)}


@pytest.mark.parametrize("role", Role)
def test_what_a_role_may_at_a_root_holder(role: Role) -> None:
    for columns, rows in TABLES:
        assert [can(member(role), permission) for permission in columns] == rows[role]


@pytest.mark.parametrize("role", Role)
def test_elsewhere_everybody_sees_desk_and_library_and_no_report(role: Role) -> None:
    partner = member(role, is_root=False)
    assert {permission for permission in Permission if can(partner, permission)} == EVERYWHERE & ROLE_MAY[role]


@pytest.mark.parametrize("role", Role)
def test_the_independent_holder_may_what_the_office_may_but_for_the_house(role: Role) -> None:
    holder = member(role, is_office=False)
    assert {permission for permission in Permission if can(holder, permission)} == ROLE_MAY[role] - HOUSE


def test_two_roles_add_up() -> None:
    both = member(Role.HEAD, Role.INTAKE_OFFICER)
    assert {p for p in Permission if can(both, p)} == ROLE_MAY[Role.HEAD] | ROLE_MAY[Role.INTAKE_OFFICER]


def test_no_role_may_nothing() -> None:
    assert not any(can(member(), permission) for permission in Permission)


@pytest.mark.parametrize(
    ("actor", "may"),
    [
        (REPORTER, {P.WRITE_AS_REPORTER}),
        (System(), {P.RUN_JOBS}),
        (Device(uuid4(), uuid4(), "HP piket"), {P.HAND_IN}),
        (Device(uuid4(), uuid4(), "Kartu kader", uuid4()), {P.HAND_IN, P.LOG_OUTREACH}),
        (None, set()),
    ],
    ids=["reporter", "job", "device", "card", "nobody"],
)
def test_who_is_no_member(actor: Actor | None, may: set[Permission]) -> None:
    assert {permission for permission in Permission if can(actor, permission)} == may


@pytest.mark.parametrize("role", Role)
def test_no_member_writes_as_a_reporter_or_runs_a_job(role: Role) -> None:
    assert not any(can(member(role), permission) for permission in OTHERS)


def test_require_lets_through_or_raises() -> None:
    require(member(Role.SUPERVISOR), P.KEEP_ROSTER)
    with pytest.raises(NotAllowed):
        require(member(Role.INTAKE_OFFICER), P.KEEP_ROSTER)
    with pytest.raises(NotAllowed):
        require(None, P.SEE_DESK)


def test_an_exclusion_names_a_person_or_an_organisation() -> None:
    actor = member(Role.SUPERVISOR)
    assert set(hidden_from(actor)) == {actor.person_id, actor.organisation_id}


def test_a_keyring_shows_no_key() -> None:
    actor = member(Role.SUPERVISOR)
    assert repr(actor.keyring) == "<Keyring>"
    assert "Secret" not in repr(actor)
    assert "<Secret>" in repr(REPORTER)
