"""Who may do what: the whole access matrix on one page (domain.md, Who may see what).

Policy says *who*. *When* is the row's state (`report.is_unread`), and *whether at all* is the box's key. Templates ask
the same table that stops a POST.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from pepa.errors import NotAllowed
from pepa.models.organisations import PARTNER_ROLES, Role
from pepa.vault.pairs import KeyPair, unseal_with
from pepa.vault.secret import Secret


class Permission(StrEnum):
    """One thing that a door or a verb lets somebody do."""

    SEE_DESK = "see_desk"
    READ_REPORTS = "read_reports"
    HOLD_REPORT = "hold_report"
    ANSWER_REPORT = "answer_report"
    CALL_BACK = "call_back"
    KEEP_POLICE_CLOCK = "keep_police_clock"
    NOTE_DECISION = "note_decision"
    SEE_OPENINGS = "see_openings"
    TAKE_ORIGINAL = "take_original"
    CONFIRM_SURVIVOR = "confirm_survivor"
    DECIDE_WITHDRAWN = "decide_withdrawn"
    NAME_VIEWERS = "name_viewers"
    TRIAGE_REPORT = "triage_report"
    WRITE_NOTE = "write_note"
    LINK_REPORTS = "link_reports"
    DECLARE_CONFLICT = "declare_conflict"
    NAME_CONFLICT = "name_conflict"
    SEE_CASES = "see_cases"
    WATCH_OPENINGS = "watch_openings"
    OPEN_EMERGENCY = "open_emergency"
    END_EMERGENCY = "end_emergency"
    SEE_ROSTER = "see_roster"
    KEEP_ROSTER = "keep_roster"
    SWAP_SHIFT = "swap_shift"
    HAND_OVER = "hand_over"
    WRITE_AS_REPORTER = "write_as_reporter"
    HAND_IN = "hand_in"
    KEEP_DEVICES = "keep_devices"
    SEE_LIBRARY = "see_library"
    WRITE_TITLE = "write_title"
    REVIEW_TITLE = "review_title"
    PUBLISH_TITLE = "publish_title"
    WITHDRAW_TITLE = "withdraw_title"
    READ_OPINIONS = "read_opinions"
    KEEP_NUMBERS = "keep_numbers"
    LOG_OUTREACH = "log_outreach"
    LOG_FOR_OTHERS = "log_for_others"
    CONFIRM_OUTREACH = "confirm_outreach"
    ANSWER_INVITATION = "answer_invitation"
    KEEP_CADRES = "keep_cadres"
    KEEP_AREAS = "keep_areas"
    SEE_COVERAGE = "see_coverage"
    SET_TARGETS = "set_targets"
    CLOSE_PERIOD = "close_period"
    CERTIFY_CADRE = "certify_cadre"
    BOOK_ROOM = "book_room"
    KEEP_ROOMS = "keep_rooms"
    DECIDE_BOOKING = "decide_booking"
    KEEP_APART = "keep_apart"
    SEE_TASKS = "see_tasks"
    KEEP_BOARD = "keep_board"
    SEE_DIRECTORY = "see_directory"
    TELL_PLACES = "tell_places"
    KEEP_ENTRY = "keep_entry"
    PLAN_VISITS = "plan_visits"
    RUN_VISIT = "run_visit"
    INVITE_MEMBER = "invite_member"
    READ_TRAIL = "read_trail"
    READ_ACCOUNTS = "read_accounts"
    SEE_ANCHORS = "see_anchors"
    SEE_SETTINGS = "see_settings"
    KEEP_SETTINGS = "keep_settings"
    DECIDE_SETTINGS = "decide_settings"
    DECIDE_WATCH = "decide_watch"
    CONFIRM_RESTORED = "confirm_restored"
    COMPARE_RESTORED = "compare_restored"
    SEE_ORGANISATION = "see_organisation"
    KEEP_ORGANISATIONS = "keep_organisations"
    KEEP_MEMBERS = "keep_members"
    APPROVE_MEMBER = "approve_member"
    GRANT_AGAIN = "grant_again"
    KEEP_DISCLOSURES = "keep_disclosures"
    KEEP_BREACHES = "keep_breaches"
    TRACE_BREACH = "trace_breach"
    RUN_JOBS = "run_jobs"


P = Permission
_WITH_REPORTS = frozenset(
    {
        P.READ_REPORTS,
        P.HOLD_REPORT,
        P.ANSWER_REPORT,
        P.CALL_BACK,
        P.KEEP_POLICE_CLOCK,
        P.SEE_OPENINGS,
        P.TAKE_ORIGINAL,
        P.CONFIRM_SURVIVOR,
        P.DECIDE_WITHDRAWN,
        P.TRIAGE_REPORT,
        P.WRITE_NOTE,
        P.LINK_REPORTS,
        P.DECLARE_CONFLICT,
        P.SEE_CASES,
        P.END_EMERGENCY,
    }
)
_DUTY = _WITH_REPORTS | {P.SEE_DESK, P.SEE_ROSTER, P.SWAP_SHIFT, P.HAND_OVER, P.HAND_IN, P.KEEP_DISCLOSURES}
# The library's texts hold no secret: whoever works here reads drafts, and speaks for the own field.
_READS = frozenset({P.SEE_DESK, P.SEE_LIBRARY, P.REVIEW_TITLE, P.SEE_DIRECTORY, P.SEE_ORGANISATION})
_TEACHES = frozenset({P.LOG_OUTREACH})
_WRITES = frozenset({P.WRITE_TITLE, P.WITHDRAW_TITLE, P.READ_OPINIONS})
_KEEPS_OUTREACH = frozenset(
    {
        P.LOG_OUTREACH,
        P.LOG_FOR_OTHERS,
        P.CONFIRM_OUTREACH,
        P.ANSWER_INVITATION,
        P.KEEP_CADRES,
        P.KEEP_AREAS,
        P.SEE_COVERAGE,
        P.CERTIFY_CADRE,
    }
)
_BOOKS = frozenset({P.BOOK_ROOM, P.RUN_VISIT})
# Every organisation has its own tasks. Their text is sealed: whoever holds no key of it, or reads no case, has none.
_WORKS = frozenset({P.SEE_TASKS, P.TELL_PLACES})
_DECIDES = frozenset({P.DECIDE_BOOKING, P.KEEP_APART})
# Whoever reads no reports may read one in an emergency, with a reason, for some hours.
_IN_EMERGENCY = frozenset({P.OPEN_EMERGENCY, P.END_EMERGENCY})
_PLANS = frozenset({P.PLAN_VISITS})
_LEADS_OUTREACH = frozenset({P.SEE_COVERAGE, P.SET_TARGETS, P.CLOSE_PERIOD})
_ANSWERS_FOR = frozenset({P.WATCH_OPENINGS, P.SEE_ANCHORS, P.KEEP_DISCLOSURES, P.KEEP_BREACHES})
_ANSWERS_FOR |= {P.SEE_SETTINGS, P.DECIDE_SETTINGS}
_LEADS = frozenset({P.KEEP_ROSTER, P.KEEP_DEVICES, P.NAME_VIEWERS, P.NOTE_DECISION, P.NAME_CONFLICT}) | _ANSWERS_FOR

ROLE_MAY: dict[Role, frozenset[Permission]] = {
    Role.INTAKE_OFFICER: _DUTY
    | _READS
    | _WRITES
    | _BOOKS
    | _WORKS
    | _DECIDES
    | _PLANS
    | {P.LOG_OUTREACH, P.LOG_FOR_OTHERS, P.ANSWER_INVITATION, P.APPROVE_MEMBER},
    Role.CASE_MANAGER: _READS | _WRITES | _TEACHES | _BOOKS | _WORKS | _DECIDES | _IN_EMERGENCY | {P.APPROVE_MEMBER},
    Role.SUPERVISOR: _DUTY
    | _LEADS
    | _READS
    | _WRITES
    | _KEEPS_OUTREACH
    | _LEADS_OUTREACH
    | _BOOKS
    | _WORKS
    | _DECIDES
    | _PLANS
    | {P.PUBLISH_TITLE, P.KEEP_NUMBERS, P.KEEP_ROOMS, P.KEEP_BOARD, P.KEEP_ENTRY, P.INVITE_MEMBER}
    | {P.READ_TRAIL, P.TRACE_BREACH, P.CONFIRM_RESTORED, P.COMPARE_RESTORED}
    | {P.KEEP_MEMBERS, P.APPROVE_MEMBER, P.GRANT_AGAIN},
    Role.HEAD: _READS
    | _LEADS_OUTREACH
    | _BOOKS
    | _WORKS
    | _ANSWERS_FOR
    | {
        P.SEE_ROSTER,
        P.DECIDE_WATCH,
        P.PUBLISH_TITLE,
        P.WITHDRAW_TITLE,
        P.KEEP_NUMBERS,
        P.READ_OPINIONS,
        P.KEEP_BOARD,
        P.KEEP_ENTRY,
        P.APPROVE_MEMBER,
        P.GRANT_AGAIN,
    },
    Role.DATA_OFFICER: _READS | _WRITES | _KEEPS_OUTREACH | _BOOKS | _PLANS | {P.CLOSE_PERIOD, P.APPROVE_MEMBER},
    Role.COORDINATOR: _READS
    | _TEACHES
    | _BOOKS
    | _WORKS
    | {P.KEEP_BOARD, P.KEEP_ENTRY, P.INVITE_MEMBER, P.READ_TRAIL, P.KEEP_MEMBERS, P.APPROVE_MEMBER},
    Role.WORKER: _READS | _TEACHES | _BOOKS | _WORKS | {P.APPROVE_MEMBER},
    Role.OUTREACH_WORKER: _READS | _TEACHES | _BOOKS | {P.APPROVE_MEMBER},
    Role.ADMINISTRATOR: _READS
    | _BOOKS
    | {P.KEEP_NUMBERS, P.KEEP_ROOMS, P.READ_ACCOUNTS, P.CONFIRM_RESTORED, P.COMPARE_RESTORED}
    | {P.INVITE_MEMBER, P.KEEP_MEMBERS, P.KEEP_ORGANISATIONS, P.SEE_SETTINGS, P.KEEP_SETTINGS},
}
# Reports, rosters, the library and the books of outreach are the root holders', whatever role somebody has elsewhere.
_KEPT_AT_ROOTS = {P.PUBLISH_TITLE, P.KEEP_NUMBERS, P.READ_ACCOUNTS, P.GRANT_AGAIN, P.TRACE_BREACH, P.COMPARE_RESTORED}
ROOT_ONLY = (
    (_DUTY | _LEADS | _IN_EMERGENCY | _WRITES | _KEEPS_OUTREACH | _LEADS_OUTREACH | _PLANS | _KEPT_AT_ROOTS)
    - {P.SEE_DESK}
    - _TEACHES
)
_SETS = frozenset({P.SEE_SETTINGS, P.KEEP_SETTINGS, P.DECIDE_SETTINGS, P.DECIDE_WATCH})
# The house is the intake office's: it alone runs it, sees who is in it, and keeps apart who must not meet there. To the
# rooms the independent holder is a body like any other. What the installation is set to is the office's as well.
OFFICE_ONLY = _DECIDES | _SETS | {P.KEEP_ROOMS, P.CONFIRM_RESTORED, P.KEEP_ORGANISATIONS}
# Which roles whoever has this one may give to somebody else: an administrator anywhere, the others at home.
MAY_GIVE: dict[Role, frozenset[Role]] = {
    Role.ADMINISTRATOR: frozenset(Role),
    Role.SUPERVISOR: frozenset(Role) - {Role.HEAD, Role.ADMINISTRATOR},
    Role.COORDINATOR: frozenset(PARTNER_ROLES),
}


@dataclass(repr=False)
class Keyring:
    """The keys that a logged-in member can reach: the own pair, and the organisation's, opened when first asked for."""

    person: KeyPair
    wraps: dict[tuple[UUID, int], bytes] = field(default_factory=dict)
    _opened: dict[tuple[UUID, int], KeyPair] = field(default_factory=dict)

    def pair(self, organisation_id: UUID, generation: int) -> KeyPair | None:
        """The organisation's pair of that generation, or None where this member has no wrap of it. Raises Broken."""
        place = (organisation_id, generation)
        if place not in self._opened:
            if place not in self.wraps:
                return None
            self._opened[place] = KeyPair.from_secret(Secret(unseal_with(self.person, self.wraps[place])))
        return self._opened[place]

    def __repr__(self) -> str:
        return "<Keyring>"


@dataclass(frozen=True)
class Member:
    """A person at work in one organisation."""

    person_id: UUID
    name: str
    organisation_id: UUID
    organisation_name: str
    is_root: bool
    roles: frozenset[Role]
    session_hash: bytes
    keyring: Keyring
    has_sound: bool = True
    idle_minutes: int = 15
    is_office: bool = False  # the intake office
    rekey_due: bool = False  # the organisation's key is to be made anew


@dataclass(frozen=True)
class Reporter:
    """Whoever holds a live ticket or has typed a code.

    kind  "ticket" (a report that was sent a moment ago) or "code"
    """

    report_id: UUID
    box_id: UUID
    kind: str
    token: Secret
    pair: KeyPair


@dataclass(frozen=True)
class Device:
    """A registered phone, or a cadre's card: hands in, reads nothing.

    cadre_id  of a card that was opened by its PIN: it logs sessions, too, and reads its own plans and logs
    """

    device_id: UUID
    organisation_id: UUID
    label: str
    cadre_id: UUID | None = None
    is_computer: bool = False


@dataclass(frozen=True)
class System:
    """A job: delivers, purges, replays. It holds no key."""


Actor = Member | Reporter | Device | System


def can(actor: Actor | None, permission: Permission) -> bool:
    """Whether somebody of this kind and with these roles may do this at all."""
    match actor:
        case Member():
            if (permission in ROOT_ONLY and not actor.is_root) or (permission in OFFICE_ONLY and not actor.is_office):
                return False
            return any(permission in ROLE_MAY[role] for role in actor.roles)
        case Reporter():
            return permission is P.WRITE_AS_REPORTER
        case Device():
            return permission is P.HAND_IN or (permission is P.LOG_OUTREACH and actor.cadre_id is not None)
        case System():
            return permission is P.RUN_JOBS
        case _:
            return False


def require(actor: Actor | None, permission: Permission) -> None:
    """Raises NotAllowed where `can` says no. Every verb asks before it acts."""
    if not can(actor, permission):
        raise NotAllowed


def may_give(
    roles: frozenset[Role], from_id: UUID, organisation_id: UUID, *, is_root: bool, is_office: bool
) -> frozenset[Role]:
    """The roles that a member may give to somebody else in an organisation; none: has no say there. The head of a root
    holder without an administrator, the independent one, is its supervisors' to give and to take.

    roles, from_id  of the member, and where they have them
    """
    here = organisation_id == from_id
    leads = {Role.ADMINISTRATOR, *([Role.SUPERVISOR if is_root else Role.COORDINATOR] if here else [])}
    given = frozenset[Role]().union(*(MAY_GIVE[role] for role in roles & leads))
    if is_root and not is_office and here and Role.SUPERVISOR in roles:
        given |= {Role.HEAD}
    return given if is_root else given & frozenset(PARTNER_ROLES)


def hidden_from(actor: Member) -> Sequence[UUID]:
    """The ids under which an exclusion hides a report from this member: the person's and the organisation's."""
    return (actor.person_id, actor.organisation_id)
