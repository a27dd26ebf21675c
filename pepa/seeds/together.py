"""What the demo's organisations do together: some tasks, and what partners say of their free places."""

from collections.abc import Mapping
from datetime import timedelta

from pepa import clock
from pepa.domain import boards, capacities, tasks
from pepa.models.capacities import Aid
from pepa.models.tasks import Column, Deed
from pepa.policy import Member

# who makes it, what, in how many days it is due, who has it, where it stands; the text is made up
TASKS = (
    ("wulan", Deed.SEND_LETTER, 1, "ratna", Column.BEFORE, "Surat pengantar ke lembaga, contoh."),
    ("wulan", Deed.ASK_HOW, 0, "ratna", Column.BEFORE, "Tanyakan apakah jam aman masih sama, contoh."),
    ("ratna", Deed.SCHEDULE, -1, "wulan", Column.DOING, "Pertemuan pekan depan, contoh."),
    ("wulan", Deed.ATTEND_EXAMINATION, 1, "bayu", Column.DOING, "Temani dari loket, contoh."),
    ("wulan", Deed.ASK_ANSWER, 2, "nadia", Column.WAITING, "Jawaban tentang kuasa, contoh."),
    ("ratna", Deed.COLLECT_LETTER, -2, "ratna", Column.DONE, "Sudah diambil, contoh."),
)
OFFERS = (
    ("nadia", Aid.LEGAL_AID, 3, "Senin sampai Jumat, 09.00-15.00"),
    ("melati", Aid.PSYCHOLOGICAL, 5, "Selasa dan Kamis, 13.00-16.00"),
    ("kartika", Aid.SHELTER, 2, "siang dan malam"),
    ("laras", Aid.HEALTH, 4, "siang dan malam"),
)


def plant(members: Mapping[str, Member]) -> None:
    """Once, by the verbs that real people take."""
    for n, (maker, deed, days, holder, column, text) in enumerate(TASKS):
        me, whose = members[maker], members[holder]
        is_ours = whose.organisation_id == me.organisation_id
        task_id = tasks.create(
            me,
            deed=deed.value,
            due_on=clock.today() + timedelta(days=days),
            holder_id=whose.person_id if is_ours else whose.organisation_id,
            once=f"demo {n}",
            text=text,
        )
        if column is not Column.BEFORE:
            boards.move(me, task_id, column=column, version=1)
    for login, aid, places, hours in OFFERS:
        capacities.keep(members[login], aids=[aid.value], hours=hours, phone="0254-000-002", since="")
        capacities.tell(members[login], aid=aid.value, places=places)
