"""Organisations, their keys, and who belongs to them."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pepa.db import Base, Instant
from pepa.models.people import Person
from pepa.words import N_, Choice


class OrganisationKind(Choice):
    """`PartnerKind` of domain.md, and the two that hold reports at their root."""

    INTAKE = "intake", N_("Kantor penerima laporan")
    INDEPENDENT = "independent", N_("Pemegang mandiri")
    POLICE = "police", N_("Unit PPA kepolisian")
    HOSPITAL = "hospital", N_("Rumah sakit")
    HEALTH_CENTRE = "health_centre", N_("Puskesmas")
    PSYCHOLOGIST = "psychologist", N_("Psikolog")
    LEGAL_AID = "legal_aid", N_("Bantuan hukum")
    SHELTER = "shelter", N_("Rumah aman")
    SOCIAL_AFFAIRS = "social_affairs", N_("Dinas sosial")
    PROSECUTOR = "prosecutor", N_("Kejaksaan")
    COURT = "court", N_("Pengadilan")
    SCHOOL = "school", N_("Sekolah")
    COMMUNITY = "community", N_("Komunitas")
    RELIGIOUS = "religious", N_("Lembaga keagamaan")
    LPSK = "lpsk", N_("LPSK")
    OTHER_OFFICE = "other_office", N_("Kantor lain")


ROOTS = (OrganisationKind.INTAKE, OrganisationKind.INDEPENDENT)
SOON = timedelta(days=30)  # before an agreement ends


class Role(Choice):
    """What a member does in an organisation (domain.md, Who may see what)."""

    INTAKE_OFFICER = "intake_officer", N_("petugas penerima")
    CASE_MANAGER = "case_manager", N_("manajer kasus")
    SUPERVISOR = "supervisor", N_("penyelia")
    HEAD = "head", N_("kepala")
    DATA_OFFICER = "data_officer", N_("petugas data")
    COORDINATOR = "coordinator", N_("koordinator lembaga")
    WORKER = "worker", N_("petugas lembaga")
    OUTREACH_WORKER = "outreach_worker", N_("kader")
    ADMINISTRATOR = "administrator", N_("pengelola")


KEYLESS = frozenset({Role.ADMINISTRATOR})  # settings and accounts: no content, no key
PARTNER_ROLES = (Role.COORDINATOR, Role.WORKER, Role.OUTREACH_WORKER)  # what there is to do outside of the root holders


class Standing(Choice):
    """Where an organisation stands with us. One that is suspended goes on later; one that ended does not."""

    ACTIVE = "active", N_("aktif")
    SUSPENDED = "suspended", N_("ditahan")
    ENDED = "ended", N_("berakhir")


class Organisation(Base):
    """A body with a key pair of its own. Its secret half exists only sealed to members (`KeyWrap`).

    agreement        number or name of what was agreed with it; agreed_until_on: the last day of that
    rekey_due        somebody left under suspicion: its key is to be made anew by whoever opens
    confirm_due      a copy was put back: nobody of it logs in before the intake office has looked at it
    compare_due      the same, at a root holder: nobody of it has compared its people yet, and its cards open nothing
    """

    __tablename__ = "organisations"
    __table_args__ = (
        sa.CheckConstraint(f"kind in ({', '.join(repr(k.value) for k in OrganisationKind)})", name="kind"),
        sa.CheckConstraint("generation >= 0", name="generation"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)
    confirm_due: Mapped[bool] = mapped_column(server_default=sa.false())
    compare_due: Mapped[bool] = mapped_column(server_default=sa.false())
    generation: Mapped[int] = mapped_column(default=0)
    public_key: Mapped[bytes | None]
    key_mac: Mapped[bytes | None]
    agreement: Mapped[str] = mapped_column(server_default="")
    agreed_until_on: Mapped[date | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    rekey_due: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @property
    def is_root(self) -> bool:
        return self.kind in ROOTS

    @property
    def is_office(self) -> bool:
        return self.kind == OrganisationKind.INTAKE

    @property
    def standing(self) -> Standing:
        if self.ended_at is not None:
            return Standing.ENDED
        return Standing.ACTIVE if self.is_active else Standing.SUSPENDED

    def is_over(self, today: date) -> bool:
        """Whether its agreement is; the last day still counts."""
        return self.agreed_until_on is not None and self.agreed_until_on < today

    def is_ending(self, today: date) -> bool:
        """Whether its agreement is over within thirty days, and not yet."""
        return self.agreed_until_on is not None and today <= self.agreed_until_on <= today + SOON

    @property
    def roles(self) -> tuple[Role, ...]:
        """What there is to do in it."""
        if self.is_office:
            return tuple(role for role in Role if role not in (Role.COORDINATOR, Role.WORKER))
        return tuple(role for role in Role if role not in KEYLESS) if self.is_root else PARTNER_ROLES


class Membership(Base):
    """A person in an organisation, with what they do there; several organisations are several rows.

    left_at  when it ended; version: counts each change of its roles
    """

    __tablename__ = "memberships"
    __table_args__ = (sa.UniqueConstraint("person_id", "organisation_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"))
    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), index=True)
    roles: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation] = relationship()

    @property
    def role_set(self) -> frozenset[Role]:
        return frozenset(Role(code) for code in self.roles.split() if code)

    @property
    def needs_key(self) -> bool:
        """Whether what they do here is done with the organisation's key."""
        return bool(self.role_set - KEYLESS)


class KeyWrap(Base):
    """One generation of an organisation's secret half, sealed to one member. made_at: None before that was noted"""

    __tablename__ = "key_wraps"
    __table_args__ = {"sqlite_with_rowid": False}

    organisation_id: Mapped[UUID] = mapped_column(sa.ForeignKey("organisations.id"), primary_key=True)
    generation: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    secret_sealed: Mapped[bytes]
    mac: Mapped[bytes]
    made_at: Mapped[datetime | None] = mapped_column(Instant)
