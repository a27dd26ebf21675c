"""The demo's outreach: made-up RTs of three kelurahan, some evenings that were held, what is planned and aimed at.

How many RTs there are is invented here: real lists come from the office by CSV.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID, uuid4

from pepa import clock
from pepa.domain import areas, cadres, listings, outreach, periods, plans, targets
from pepa.domain.attendance import counted
from pepa.models.areas import Level
from pepa.models.outreach import Manner, Standing
from pepa.policy import Member

RTS = {"36.73.05.1001": (4, 5), "36.73.05.1003": (3, 4), "36.73.06.1001": (2, 6)}  # RWs, and RTs in each: invented
TARGETS = {"36.73.05.1001": "8", "36.73.05.1003": "6"}
# kelurahan, its RTs by place in the list, days ago, manner, who came, confirmed
HELD = (
    *(("36.73.05.1001", (0,), 12, Manner.MEETING, 24, True), ("36.73.05.1001", (1, 2), 9, Manner.MEETING, 31, True)),
    *(("36.73.05.1001", (0,), 5, Manner.DOORS, 6, True), ("36.73.05.1001", (7,), 2, Manner.MEETING, 18, False)),
    *(("36.73.05.1003", (3,), 8, Manner.SERMON, 55, True), ("36.73.05.1003", (), 6, Manner.GROUP, 40, True)),
    *(("36.73.05.1003", (4,), 1, Manner.MEETING, 15, False), ("36.73.06.1001", (2,), 4, Manner.MEETING, 22, True)),
)
COMING = ((3, "36.73.05.1003", "Balai RW Contoh", "19.30"), (7, "36.73.06.1001", "Musala Contoh", "16.00"))


def plant(members: Mapping[str, Member]) -> None:
    """Once, by the verbs that real people take. Nothing where no title was published."""
    titles = plans.taught()
    if not titles:
        return
    dian, since = members["dian"], clock.today() - timedelta(days=400)
    listings.store(dian, text=_list(), on=since, ends_others=False)
    cadre_id = cadres.make(dian, name="Sri Wahyuni Contoh", kelurahan_code="36.73.05.1001", once="demo")
    confirmed = []
    for n, (code, places, ago, manner, came, is_confirmed) in enumerate(HELD):
        teaching_id = outreach.log(
            dian if n % 2 else members["asep"],
            teaching_id=uuid4(),
            title_id=titles[n % len(titles)].id,
            kelurahan_code=code,
            area_ids=[_rts(code)[place] for place in places],
            on=clock.today() - timedelta(days=ago),
            minutes=60,
            manner=manner.value,
            attendance=counted(
                manner=manner.value,
                present=came,
                cells={"f_adult": came // 2, "f_teen": came // 10, "m_adult": came // 5},
            ),
            cadre_id=cadre_id if n % 2 else None,
        )
        confirmed += [teaching_id] * is_confirmed
    outreach.decide(members["wulan"], confirmed, standing=Standing.CONFIRMED)
    for days, code, place, hour in COMING:
        day = clock.today() + timedelta(days=days)
        plans.plan(
            members["asep"],
            title_id=titles[0].id,
            kelurahan_code=code,
            place=place,
            on=day,
            hour=hour,
            once=f"demo {days}",
        )
    targets.set_all(members["hadi"], periods.current(), rts=TARGETS)


def _list() -> str:
    lines = [
        f"{code};{rw:02};{rt:03}"
        for code, (rws, each) in RTS.items()
        for rw in range(1, rws + 1)
        for rt in range(1, each + 1)
    ]
    return "\n".join(["kode;rw;rt", *lines])


def _rts(code: str) -> list[UUID]:
    return [part.id for part in areas.of(code, clock.today()) if part.level is Level.RT]
