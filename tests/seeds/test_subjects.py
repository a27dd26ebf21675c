"""For whom and about what: every code of a seed title has a label."""

from pepa.models.subjects import Audience, Topic, known
from pepa.seeds import titles


def test_every_code_of_the_seeds_has_a_label() -> None:
    for each in titles.every():
        assert len(known(" ".join(each.front.audience), Audience)) == len(each.front.audience), each.front.slug
        assert len(known(" ".join(each.front.topics), Topic)) == len(each.front.topics), each.front.slug


def test_every_label_is_used_by_a_seed() -> None:
    used = {code for each in titles.every() for code in each.front.topics}
    assert {topic.value for topic in Topic} == used


def test_a_code_that_is_none_is_left_out() -> None:
    assert known("kader naga warga", Audience) == [Audience.CADRES, Audience.CITIZENS]
