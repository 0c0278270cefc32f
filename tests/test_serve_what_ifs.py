"""What-ifs kept under a name in the desk, compared, judged anew; and the decision drafted."""

import json
import multiprocessing
import re
from urllib.parse import urlencode

import browser
import desk_forms
import desks
import pytest
import stores
from builders import Site, box

import landtrack
from landtrack.app import kept_what_ifs, papers, what_if
from landtrack.model import translations
from landtrack.model.errors import OutputError, SourceError

MONEY = "fixed_investment_cny"
EN = translations.load("en")
AGREED = """
[[override]]
plot = "B"
rule = "investment-intensity"
relation = ">="
threshold = 1
unit = "CNY/m2"
document = "agreement 7"
"""


pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(scope="module")
def made(tmp_path_factory, read_here):  # noqa: ARG001
    """A passes and B fails by its money; C is not known."""
    site = Site(tmp_path_factory.mktemp("made") / "park")
    site.layer("plots", [
        site.plot(key, box(200 * at, 0, 200 * at + 100, 100), fixed_investment_cny=money,
                  company=f"Works {at}")
        for at, (key, money) in enumerate({"A": 26e6, "B": 1e6, "C": None}.items())
    ])
    site.layer("buildings", [
        (box(200 * at, 0, 200 * at + 60, 100),
         {"building_id": f"b{at}", "class": "building", "storeys": 2})
        for at in range(3)
    ])
    return stores.judged(site.catalog().folder)


@pytest.fixture(scope="module")
def served(made, tmp_path_factory):
    """One desk for all, and a fresh copy of the place for each."""
    with desks.of_many(
        made, tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("state")
    ) as own:
        yield own


@pytest.fixture
def park(served):
    return served[1]()


@pytest.fixture
def visitor(served):
    desk = served[0]
    made = desk.visitor()
    made.desk = desk
    return made


def at(park, what, plot="B", **more):
    return desks.of_place(park, f"/{what}?{urlencode({'plot': plot, **more})}")


def seen(visitor, park, plot="B"):
    """The mark of what is kept, as the form of a case brings it."""
    return re.search(r'name="seen" value="(\w+)"', visitor.ask(at(park, "case", plot)).text)[1]


def keeps(visitor, park, name, plot="B", **typed):
    mark = typed.pop("seen", None) or seen(visitor, park, plot)
    return desk_forms.send(visitor, desks.of_place(park, "/what-ifs"), {
        "plot": plot, "name": name, "seen": mark, **typed,
    })


def named(park):
    return [(each.plot, each.name) for each in kept_what_ifs.read(park, park / "build")]


def test_what_ifs_are_kept_by_name_listed_with_the_case_and_compared_side_by_side(visitor, park):
    for name, typed in (
        ("more money", {MONEY: "2600 万元"}), ("less land", {"land_area_m2": "4 亩"}),
    ):
        answer = keeps(visitor, park, name, by="Li", **typed)
        assert answer.status == 303, answer.seen

    assert "Kept what-ifs: 2 more money, less land" in visitor.ask(at(park, "case")).seen
    page = visitor.ask(at(park, "what-ifs"))
    assert "As it stands more money less land" in page.seen
    assert "fail pass" in page.seen
    assert page.seen.count("(changes)") >= 1
    assert "typed: 2600 万元" in page.seen
    assert page.seen.count("as when it was kept") == 2
    assert "by Li" in page.seen


def test_what_is_compared_is_what_is_answered_at_once(visitor, park):
    keeps(visitor, park, "more", **{MONEY: "2600 万元"})

    now, more = what_if.compared(park, park / "build", "B", EN).columns
    own = what_if.answer(park, park / "build", "B", {MONEY: "2600 万元"}, EN)

    assert (now.verdict, more.verdict) == (own.now, own.then) == ("fail", "pass")
    assert list(now.said) == [each.now for each in own.rules]
    assert list(more.said) == [each.then for each in own.rules]


def test_nothing_believed_is_touched_and_the_file_is_the_documented_one(visitor, park):
    before = (park / "build" / "project.gpkg").read_bytes()

    keeps(visitor, park, "a", by="Li", **{MONEY: "3000 万元"})

    assert (park / "build" / "project.gpkg").read_bytes() == before
    told = json.loads((park / ".landtrack" / "what-ifs.json").read_text("utf-8"))
    [kept] = told["what_ifs"]
    assert (kept["plot"], kept["name"], kept["by"]) == ("B", "a", "Li")
    assert kept["figures"] == {MONEY: "3000 万元"}
    assert {each.name for each in (park / ".landtrack").iterdir()} == {"what-ifs.json"}


def test_one_is_removed_and_the_others_stay(visitor, park):
    for name in ("a", "b"):
        keeps(visitor, park, name, **{MONEY: "1"})
    keeps(visitor, park, "a", plot="A", **{MONEY: "1"})

    answer = desk_forms.send(visitor, desks.of_place(park, "/what-ifs/remove"), {
        "plot": "B", "name": "a", "seen": seen(visitor, park),
    })

    assert answer.status == 303
    assert named(park) == [("B", "b"), ("A", "a")]


@pytest.mark.parametrize(("typed", "said"), [
    ({"name": "", MONEY: "1"}, "has a name"), ({"name": " \u200b ", MONEY: "1"}, "has a name"),
    ({"name": "x"}, "No figure is given"), ({"name": "x", MONEY: "2,60"}, "2,60"),
    ({"name": "Kept", MONEY: "1"}, "is called Kept already"),
])
def test_what_cannot_be_kept_is_said_with_what_was_typed_to_be_corrected(
    visitor, park, typed, said
):
    keeps(visitor, park, "kept", **{MONEY: "5"})
    before = named(park)

    answer = keeps(visitor, park, **typed)

    assert answer.status == 409
    assert said in answer.seen
    assert f'value="{typed.get(MONEY, "")}"' in answer.text
    assert named(park) == before


def test_no_more_are_kept_of_a_plot_than_can_be_compared(visitor, park):
    for n in range(kept_what_ifs.MOST):
        what_if.keep(park, park / "build", "B", str(n), {MONEY: "1"}, by="", seen=(
            kept_what_ifs.mark(kept_what_ifs.of_plot(park, park / "build", "B"))))

    answer = keeps(visitor, park, "one more", **{MONEY: "1"})

    assert answer.status == 409
    assert "the most there may be" in answer.seen


def test_of_two_windows_the_second_is_shown_what_the_first_kept(visitor, park):
    known = seen(visitor, park)
    keeps(visitor, park, "first", seen=known, **{MONEY: "2600 万元"})

    second = keeps(visitor, park, "second", seen=known, **{MONEY: "1"})

    assert second.status == 409
    assert "were changed meanwhile" in second.seen
    assert "As it stands first" in second.seen
    assert 'value="second"' in second.text
    assert named(park) == [("B", "first")]
    fresh = re.search(r'name="seen" value="(\w+)"', second.text)[1]
    assert keeps(visitor, park, "second", seen=fresh, **{MONEY: "1"}).status == 303
    gone = desk_forms.send(visitor, desks.of_place(park, "/what-ifs/remove"), {
        "plot": "B", "name": "first", "seen": known,
    })
    assert gone.status == 409
    assert len(named(park)) == 2


def keeping(folder, number, barrier):
    barrier.wait()
    while True:
        mark = kept_what_ifs.mark(kept_what_ifs.of_plot(folder, folder / "build", "B"))
        try:
            what_if.keep(
                folder, folder / "build", "B", str(number), {MONEY: "1"}, by="", seen=mark
            )
        except (OutputError, SourceError):  # another was at it, or at the store
            continue
        return


def test_several_who_keep_at_once_lose_nothing(park):
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(3)
    every = [spawn.Process(target=keeping, args=(park, n, barrier)) for n in range(3)]
    for each in every:
        each.start()
    for each in every:
        each.join()

    assert sorted(named(park)) == [("B", "0"), ("B", "1"), ("B", "2")]


def test_one_that_cannot_be_written_leaves_those_that_are_kept(visitor, park, monkeypatch):
    keeps(visitor, park, "a", **{MONEY: "1"})
    path = kept_what_ifs.path_of(park, park / "build")
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("landtrack.store.staging.to_disk", full)
    with pytest.raises(OutputError):
        what_if.keep(park, park / "build", "B", "b", {MONEY: "1"}, by="", seen=kept_what_ifs.mark(
            kept_what_ifs.of_plot(park, park / "build", "B")))

    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["what-ifs.json"]


def test_what_changed_since_it_was_kept_is_said(visitor, park):
    """The rules then, a figure of the plot, and how a rule came out."""
    keeps(visitor, park, "a", land_area_m2="4000")
    path = kept_what_ifs.path_of(park, park / "build")
    told = json.loads(path.read_text("utf-8"))
    basis = told["what_ifs"][0]["basis"]
    basis["rules"] = {"cn-1999@1": "0" * 16}
    basis["figures"][MONEY] = 2e6
    [rule] = [each for each in basis["outcomes"] if each == "investment-intensity"]
    basis["outcomes"][rule] = "pass"
    path.write_text(json.dumps(told), encoding="utf-8")

    page = visitor.ask(at(park, "what-ifs"))

    assert "rules: cn-1999@1, now" in page.seen
    assert "Fixed-asset investment: 2,000,000" in page.seen
    assert "now 1,000,000" in page.seen
    assert "pass, now fail" in page.seen
    assert "as when it was kept" not in page.seen


def test_a_limit_that_was_agreed_on_since_is_said_though_the_rules_are_the_same(visitor, park):
    keeps(visitor, park, "a", **{MONEY: "2e6"})
    with (park / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write(AGREED)
    landtrack.run(park, out=park / "build")

    page = visitor.ask(at(park, "what-ifs"))

    assert "Investment intensity: the limit in force is another one" in page.seen
    assert "Plot ratio: the limit" not in page.seen
    assert "rules:" not in page.seen


@pytest.mark.parametrize(("typed", "read"), [
    ("5,400", "= 5,400 CNY (Now: 1,000,000 CNY)"), ("5400万元", "= 54,000,000 CNY"),
])
def test_what_was_typed_is_said_as_it_was_read_beside_what_it_is_now(visitor, park, typed, read):
    page = visitor.ask(at(park, "what-if", **{MONEY: typed}))

    assert f"Fixed-asset investment: typed: {typed} {read}" in page.seen


@pytest.mark.parametrize("figures", [
    {MONEY: "-5"}, {MONEY: "-0.01 CNY"}, {"land_area_m2": "-1"}, {"floor_area_m2": "-1e3"},
])
def test_no_money_and_no_area_is_below_0(visitor, park, figures):
    page = visitor.ask(at(park, "what-if", **figures))

    assert page.status == 409
    assert "is below 0" in page.seen


def test_a_file_that_is_none_is_said_and_never_written_over(visitor, park):
    keeps(visitor, park, "a", **{MONEY: "1"})
    path = kept_what_ifs.path_of(park, park / "build")
    path.write_text("{", encoding="utf-8")

    assert visitor.ask(at(park, "case")).status == 200
    page = visitor.ask(at(park, "what-ifs"))
    assert page.status == 409
    assert "what-ifs.json cannot be read" in page.seen
    assert keeps(visitor, park, "b", seen="0" * 16, **{MONEY: "1"}).status == 409
    assert path.read_text("utf-8") == "{"
    with pytest.raises(SourceError, match="cannot be read"):
        kept_what_ifs.read(park, park / "build")


@pytest.mark.parametrize("plot", ["", "none", "project:B"])
def test_what_there_is_not_is_no_page(visitor, park, plot):
    assert visitor.ask(at(park, "what-ifs", plot)).status == 404
    assert visitor.ask(at(park, "decision", plot)).status == 404
    sent = desk_forms.send(visitor, desks.of_place(park, "/what-ifs"), {
        "plot": plot, "name": "a", MONEY: "1", "seen": kept_what_ifs.mark(()),
    })
    assert sent.status == 404
    assert visitor.ask(at(park, "decision", "B", name="none")).status == 404


# --- the decision ---------------------------------------------------------------------------


@pytest.mark.parametrize(("plot", "lang", "said"), [
    ("A", "en", "it may be agreed to"), ("A", "zh", "拟予同意"),
    ("B", "en", "it cannot be agreed to as it stands"), ("B", "zh", "按现状不予同意"),
    ("C", "en", "it cannot be decided before it is brought"), ("C", "zh", "补齐之前无法作出决定"),
])
def test_a_decision_is_drafted_with_the_figures_clauses_and_reasons(
    visitor, park, plot, lang, said
):
    page = visitor.desk.visitor(lang).ask(at(park, "decision", plot))
    own = what_if.compared(park, park / "build", plot, translations.load(lang)).columns[0]

    assert said in page.seen
    for each in own.said:
        if each.outcome != "not_applicable":
            assert each.clause.replace("&", "&amp;").replace("'", "&#39;") in page.text
    if plot == "B" and lang == "en":
        assert "must grow by 24,000,000 CNY" in page.seen


def test_a_decision_that_rests_on_an_agreed_limit_names_its_document(visitor, park):
    """The clause is that of the general limit, which the plot does not meet."""
    with (park / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write(AGREED)
    landtrack.run(park, out=park / "build")

    page = visitor.ask(at(park, "decision"))

    assert "it may be agreed to" in page.seen
    assert "agreement 7" in page.seen


def test_the_decision_of_a_what_if_says_what_it_assumes(visitor, park):
    keeps(visitor, park, "more money", **{MONEY: "2600 万元"})

    page = visitor.ask(at(park, "decision", name="more money"))

    assert "It is assumed (more money) that: Fixed-asset investment 2600 万元." in page.seen
    assert "it may be agreed to" in page.seen


def test_a_decision_that_was_gone_over_is_printed_with_the_form_above_the_signatures(
    visitor, park
):
    keeps(visitor, park, "more", **{MONEY: "2600 万元"})
    text = "1. Agreed, <b>if</b> the money comes.\r\n\r\n--out=x\r\n2. Else not."

    for kind in ("html", "pdf", "docx", "xlsx"):
        page = desk_forms.ended(visitor, desks.of_place(park, "/decision"), {
            "plot": "B", "name": "more", "text": text, "as": kind,
        })
        assert 'class="state done"' in page.text, page.seen

    printed = papers.file_of(park / "build", "decision-B.html").read_text("utf-8")
    drafted = printed.index("1. Agreed, &lt;b&gt;if&lt;/b&gt; the money comes.")
    assert printed.index("--out=x") > drafted
    assert printed.rindex("Opinion") > drafted
    assert "26,000,000" in printed
    assert {each.name for each in papers.listed(park / "build")} == {
        f"decision-B.{kind}" for kind in ("html", "pdf", "docx", "xlsx")
    }


@pytest.mark.parametrize("typed", [
    {"as": "exe"}, {"plot": "none"}, {"name": "none"}, {"as": ""},
])
def test_what_is_not_offered_is_not_printed(visitor, park, typed):
    sent = desk_forms.send(visitor, desks.of_place(park, "/decision"), {
        "plot": "B", "name": "", "text": "x", "as": "pdf", **typed,
    })

    assert sent.status == 404


def test_one_is_kept_out_of_what_was_tried_in_the_browser(visitor, park):
    desk = visitor.desk
    with browser.open_served(
        f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    ) as page:
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{desk.port}{at(park, 'case')}")
        page.type(f"#{MONEY}", "2600 万元")
        page.wait_for_selector("#answer .verdict.pass")
        page.fill("#keep_name", "tried")
        page.click("text=Keep it under this name")
        page.wait_for_url("**/what-ifs?plot=B")
        assert "tried" in page.inner_text("table")
    assert named(park) == [("B", "tried")]
