"""What a park sets itself is set in the desk, and the overview says how far it is."""

import re
import tomllib

import desk_forms
import desks
import pytest
from builders import Site, box

from landtrack.app import vet

MONEY = {
    "title": "Investment of 2006", "figure": "ready_investment", "dated_by": "accepted_on",
    "unit": "万元", "secure": "400", "strive": "800", "since": "2006-01-01", "by": "2006-12-31",
    "source": "Plan of the year",
}


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Three projects of 1, 2 and 4 million CNY; the last was accepted a year later."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.layer("plots", [
        site.plot(f"P{at}", box(200 * at, 0, 200 * at + 100, 100), project_id=f"M{at}",
                  total_investment_cny=money * 1e6, accepted_on=day)
        for at, (money, day) in enumerate(
            [(1, "2006-03-01"), (2, "2006-05-01"), (4, "2007-05-01")])
    ])
    vet.run(site.folder, out=site.folder / "build")
    return site.folder


@pytest.fixture(scope="module")
def visitor(park, tmp_path_factory):
    with desks.desk(park.parent, tmp_path_factory.mktemp("state")) as made:
        yield made.visitor()


def targets(park):
    path = park / "targets.toml"
    held = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return held.get("target", [])


@pytest.fixture
def send(visitor, park):
    def sent(**form):
        address = desks.of_place(park, "/targets")
        seen = re.search(r'name="seen" value="(\w*)"', visitor.ask(f"{address}?target=new").text)[1]
        return desk_forms.send(visitor, address, {"seen": seen, **form})

    yield sent
    for name in ("targets.toml", "figures.toml"):
        (park / name).unlink(missing_ok=True)


def test_money_is_held_against_its_target_on_the_overview(send, visitor, park):
    assert send(**MONEY).status == 303

    (own,) = targets(park)
    assert (own["secure"], own["strive"], own["unit"]) == (400, 800, "万元")
    seen = visitor.ask(desks.of_place(park, "/overview")).seen
    seen = seen.partition("Total investment by size of project")[2]  # beside it
    assert "Investment of 2006 300 万元" in seen  # 1 and 2 million; the third is of 2007
    assert "to secure: 400 万元 (75 %)" in seen
    assert "striven for: 800 万元 (38 %)" in seen


def test_a_target_is_changed_and_removed_and_the_rest_of_the_file_stays(send, visitor, park):
    (park / "targets.toml").write_text("# By hand: kept.\n", encoding="utf-8")
    assert send(**MONEY).status == 303
    assert send(**MONEY | {"title": "Projects", "figure": "ready_projects", "unit": "projects"},
                ).status == 303
    first, second = targets(park)

    page = visitor.ask(desks.of_place(park, f"/targets?target={first['id']}")).text
    assert 'value="Investment of 2006"' in page
    assert send(**MONEY | {"target": first["id"], "secure": "500", "strive": ""}).status == 303
    changed, same = targets(park)
    assert (changed["id"], changed["secure"], "strive" in changed) == (first["id"], 500, False)
    assert same == second

    assert send(remove=first["id"]).status == 303
    assert targets(park) == [second]
    assert (park / "targets.toml").read_text(encoding="utf-8").startswith("# By hand: kept.")


@pytest.mark.parametrize(("typed", "said"), [
    ({"title": " "}, "has no name"),
    ({"figure": "none"}, "not said what counts"),
    ({"dated_by": "state_on"}, "not said what counts"),     # of parcels
    ({"by": "2006-01-01"}, "is not after"),
    ({"since": "1.1.2006"}, "is no day"),
    ({"secure": "much"}, "is no number"),
    ({"secure": "0"}, "less than what is to be secured"),
    ({"strive": "300"}, "less than what is to be secured"),
    ({"unit": "mu"}, "is no unit"),
    ({"source": ""}, "No document"),
])  # fmt: skip
def test_what_cannot_stand_is_refused_beside_what_was_typed(send, park, typed, said):
    answer = send(**MONEY | typed)

    assert (answer.status, said in answer.seen) == (409, True)
    assert f'value="{(MONEY | typed)["unit"]}"' in answer.text
    assert targets(park) == []


def test_two_who_set_at_once_lose_nothing(send, visitor, park):
    address = desks.of_place(park, "/targets")
    seen = re.search(r'name="seen" value="(\w*)"', visitor.ask(f"{address}?target=new").text)[1]
    assert send(**MONEY).status == 303

    answer = desk_forms.send(visitor, address, {"seen": seen, **MONEY, "title": "Mine"})

    assert (answer.status, "changed meanwhile" in answer.seen) == (409, True)
    assert 'value="Mine"' in answer.text
    assert len(targets(park)) == 1


def test_the_words_of_a_choice_are_those_of_the_reader(visitor, park):
    page = visitor.ask(desks.of_place(park, "/targets?target=new&lang=zh")).text

    assert "项目总投资" in page
    assert not re.findall(r"<option[^>]*>ready_\w+", page)
