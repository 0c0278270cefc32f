"""The plots in the desk: found by what fails, why each fails, and what is printed of it."""

import re
import shutil
from urllib.parse import quote, urlencode

import browser
import desk_forms
import desks
import pytest
import stores
from builders import Site, box
from hypothesis import given, strategies as st
from playwright.sync_api import sync_playwright

from landtrack.app import case_types, cases, papers, vet, what_if
from landtrack.model import catalog, translations
from landtrack.model.errors import SourceError
from landtrack.output.reports import vetting

ODD = ["-x", "--html=up.html", "a/b", "..", "C:\\con", "<b>&\"'", "甲 一", "%2e%2e", "a+b",
       "q?x=1#y"]
"""Keys of plots that mean something to a shell, a path, a page or an address."""


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """A, B, C pass, fail and are not known by their money; others have odd keys."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    named = {"A": 26e6, "B": 1e6, "C": None, "D": 20e6} | dict.fromkeys(ODD, 24.9e6)
    site.layer("plots", [
        site.plot(key, box(200 * at, 0, 200 * at + 100, 100), fixed_investment_cny=money,
                  company=f"Works {at}")
        for at, (key, money) in enumerate(named.items())
    ])
    site.layer("buildings", [
        (box(200 * at, 0, 200 * at + 60, 100),
         {"building_id": f"b{at}", "class": "building", "storeys": 2})
        for at in range(len(named))
    ])
    folder = site.catalog().folder
    return stores.judged(folder)


def case_of(park, key, **more):
    return desks.of_place(park, f"/case?{urlencode({'plot': key, **more})}")


def printed(visitor, park, what, **typed):
    """Ask for a paper, wait, and give the page of its job."""
    return desk_forms.ended(visitor, desks.of_place(park, f"/{what}"), typed)


@pytest.mark.parametrize(("asked", "found"), [
    ({}, ["A", "B", "C", "D"]),
    ({"outcome": "fail"}, ["B", "D"]),
    ({"outcome": "unknown"}, ["C"]),
    ({"rule": "investment-intensity", "outcome": "fail"}, ["B", "D"]),
    ({"rule": "plot-ratio", "outcome": "fail"}, []),
    ({"text": "works 3"}, ["D"]),
    ({"rule": "investment-intensity", "outcome": "fail", "nearest": "yes"}, ["D", "B"]),
])
def test_plots_are_found_by_verdict_by_rule_by_name_and_by_how_near_they_are(park, asked, found):
    which = case_types.Wanted(**{**asked, "nearest": asked.get("nearest") == "yes"})

    every = cases.wanted(cases.plots(park / "build"), which)

    assert [each.key for each in every if each.key not in ODD] == found


def test_all_plots_that_fail_one_rule_are_two_clicks_away_and_the_next_one_one(visitor, park):
    place = visitor.ask(desks.of_place(park))
    assert f'href="{desks.of_place(park, "/plots")}"' in place.text  # the first click
    listed = visitor.ask(desks.of_place(park, "/plots"))
    assert 'href="?rule=investment-intensity&amp;outcome=fail"' in listed.text  # the second

    failing = visitor.ask(
        desks.of_place(park, "/plots?rule=investment-intensity&outcome=fail")
    )
    assert "12 of 14 plots" in failing.seen
    first = visitor.ask(case_of(park, "B", rule="investment-intensity", outcome="fail"))
    assert "1 of 12" in first.seen
    next_one = 'rel="next" href="/places/park/case?plot=D&outcome=fail&rule='
    assert next_one in first.text.replace("&amp;", "&")


@pytest.mark.parametrize(("lang", "said"), [
    ("en", "Fixed-asset investment must grow by 24,000,000 CNY"),
    ("zh", "还需增加固定资产投资 24,000,000 元"),
])
def test_the_page_of_a_plot_says_why_it_fails_and_what_would_change_it(desk, park, lang, said):
    seen = desk.visitor(lang).ask(case_of(park, "B")).seen

    assert said in seen
    assert translations.load(lang)("outcome.fail") in seen


def test_a_plot_says_what_its_words_say_of_it(park):
    """The page stands on the sentences of every other output."""
    own = cases.case(park / "build", "A", translations.load("en"))

    assert own.plot.verdict == "pass"
    intensity = own.findings[0]
    assert (intensity.value, intensity.limit) == ("2,600.0 CNY/m²", "≥ 2,500 CNY/m²")
    assert {each.outcome for each in own.findings} <= {"pass", "not_applicable"}


@pytest.mark.parametrize("key", ODD)
def test_a_plot_of_any_key_has_its_page_its_form_and_its_sheet(visitor, park, key):
    page = visitor.ask(case_of(park, key))
    assert page.status == 200
    assert "<b>&\"'" not in page.text
    before = {each.name for each in papers.listed(park / "build")}

    done = printed(visitor, park, "form", **{"plot": key, "as": "html"})

    assert 'class="state done"' in done.text, done.seen
    new = {each.name for each in papers.listed(park / "build")} - before
    assert len(new) == 1
    [name] = new
    kept = visitor.ask(desks.of_place(park, f"/papers/{quote(name)}"))
    assert kept.headers["content-type"] == "application/octet-stream"
    assert kept.headers["content-security-policy"] == "sandbox"
    assert not list(park.glob("*.html"))
    assert not list(park.parent.glob("*.html"))


def test_a_sheet_is_printed_with_what_was_typed_on_it_and_a_second_one_beside_it(visitor, park):
    typed = {"plot": "A", "template": "parcel", "scale": "1:2000", "paper": "A4",
             "drawn_by": "--out=up.pdf", "checked_by": "乙", "values": "owner=Works\n\n"}

    for name in ("parcel-A.pdf", "parcel-A (2).pdf"):
        done = printed(visitor, park, "sheet", **typed)
        assert 'class="state done"' in done.text, done.seen
        assert papers.file_of(park / "build", name) is not None
    assert "1:2000" in done.seen
    assert "parcel-A (2).pdf" in visitor.ask(desks.of_place(park, "/papers")).seen


def test_a_sheet_that_lacks_something_is_asked_for_again_with_what_was_typed(visitor, park):
    typed = {"plot": "A", "template": "parcel", "scale": "1:1000", "drawn_by": "<b>甲", "on": "",
             "values": "owner=Works\nclient=--draft"}
    refused = printed(visitor, park, "sheet", **typed)
    assert "may not be issued" in refused.seen
    again = refused.text.partition('id="again"')[2]
    assert 'value="&lt;b&gt;甲"' in again
    assert "owner=Works\nclient=--draft</textarea>" in again
    address = re.search(r'action="(/jobs/\d+/again)"', again)[1]

    done = desk_forms.ended(visitor, address, {
        "drawn_by": "甲", "checked_by": "--store=x", "values": "owner=Works\nclient=--draft"})

    assert 'class="state done"' in done.text, done.seen
    assert 'id="again"' not in done.text
    assert desk_forms.send(visitor, address.replace("/again", "x/again"), {}).status == 404
    assert desk_forms.send(visitor, "/jobs/999999/again", {}).status == 404


def test_a_sheet_is_verified_where_it_is_kept_and_what_was_altered_is_found(visitor, park):
    printed(visitor, park, "sheet", plot="D", template="parcel", drawn_by="甲", checked_by="乙")
    address = "papers/parcel-D.pdf/verify"

    good = printed(visitor, park, address)
    path = papers.file_of(park / "build", "parcel-D.pdf")
    whole = path.read_bytes()
    at = whole.index(b"stream", len(whole) // 2)
    path.write_bytes(whole[: at + 60] + b"\0\0\0\0" + whole[at + 64 :])
    bad = printed(visitor, park, address)

    assert "✓ as issued" in good.seen
    assert "✗" not in good.seen
    assert 'class="state done"' in good.text
    assert "not as it was drawn" in bad.seen
    assert 'class="state refused"' in bad.text
    assert 'class="state done"' not in bad.text


def test_what_is_missing_on_a_sheet_is_said_and_nothing_is_kept(visitor, park):
    before = papers.listed(park / "build")

    done = printed(visitor, park, "sheet", plot="B", template="parcel")

    assert 'class="state refused"' in done.text
    assert "Fill in what is missing" in done.seen
    assert papers.listed(park / "build") == before


@pytest.mark.parametrize(("what", "typed"), [
    ("form", {"plot": "no such", "as": "pdf"}), ("form", {"plot": "A", "as": "exe"}),
    ("form", {"as": "pdf"}), ("sheet", {"plot": "A", "template": "../parcel"}),
    ("sheet", {"plot": "A"}), ("pack", {"plot": ""}), ("pack", {}),
])
def test_what_there_is_not_cannot_be_printed(visitor, park, what, typed):
    answer = visitor.ask(
        desks.of_place(park, f"/{what}"), "POST", body=urlencode(typed).encode(),
        Content_Type="application/x-www-form-urlencoded",
    )

    assert answer.status == 404


@pytest.mark.parametrize(("money", "status", "said"), [
    ("2600 万元", 200, "fail → pass"), ("26000000", 200, "fail → pass"),
    ("2000 万元", 200, "fail → fail"), ("2,60", 409, "2,60"),
    ("--html=up.html", 409, "up.html"), ("", 200, "fail → fail"),
])
def test_what_if_is_answered_at_once_and_nothing_is_stored(visitor, park, money, status, said):
    before = (park / "build" / "project.gpkg").read_bytes()
    asked = urlencode({"plot": "B", "fixed_investment_cny": money})

    answer = visitor.ask(desks.of_place(park, f"/what-if?{asked}"))

    assert answer.status == status
    assert said in answer.seen
    assert f'value="{money}"' in answer.text  # to be gone on with, without a script
    assert (park / "build" / "project.gpkg").read_bytes() == before
    assert not list(park.parent.rglob("up.html"))


def test_what_if_says_which_rules_change_and_agrees_with_the_command_line(park):
    own = what_if.answer(
        park, park / "build", "B", {"fixed_investment_cny": "2600 万元"}, translations.load("en")
    )

    assert [each.then.rule for each in own.rules if each.flips] == ["investment-intensity"]
    case = vetting.case(vet.vet(catalog.place(park)), "plots:B")
    then = case.changed({"fixed_investment_cny": "2600 万元"}).findings()
    assert [each.then.outcome for each in own.rules] == then["outcome"].tolist()
    assert [each.now.outcome for each in own.rules] == case.findings()["outcome"].tolist()


def test_of_a_place_that_would_be_judged_otherwise_now_no_what_if_is_answered(park, tmp_path):
    folder = shutil.copytree(park, tmp_path / "park")
    with (folder / "catalog.toml").open("a", encoding="utf-8") as file:
        file.write("""
[[override]]
plot = "B"
rule = "investment-intensity"
relation = ">="
threshold = 1.0
unit = "CNY/m2"
document = "1"
""")

    with pytest.raises(SourceError, match="would be judged otherwise"):
        what_if.answer(folder, folder / "build", "B", {}, translations.load("en"))


@pytest.mark.parametrize("plot", ["", "no such", "project:B"])
def test_what_if_is_asked_of_a_plot_that_there_is(visitor, park, plot):
    address = desks.of_place(park, f"/what-if?{urlencode({'plot': plot})}")

    assert visitor.ask(address).status == 404


def test_the_answer_follows_what_is_typed(desk, park):
    with sync_playwright() as started:
        own = started.chromium.launch(
            executable_path=browser.executable(), args=list(browser.FLAGS)
        )
        page = own.new_page()
        page.goto(f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en")
        page.goto(f"http://127.0.0.1:{desk.port}{case_of(park, 'B')}")
        page.type("#fixed_investment_cny", "2600 万元")
        page.wait_for_selector("#answer .verdict.pass", timeout=60_000)
        assert "changes" in page.inner_text("#answer")
        page.press("#fixed_investment_cny", "Backspace")  # 2600 万
        page.fill("#fixed_investment_cny", "1")
        page.wait_for_selector("#answer .verdict.pass", state="detached", timeout=60_000)

        page.fill("#fixed_investment_cny", "")
        money = page.locator('[data-drag="fixed_investment_cny"]')
        money.fill("250")  # percent of 1,000,000
        assert page.input_value("#fixed_investment_cny") == "2500000"
        page.locator("#answer", has_text="= 2,500,000 CNY (Now: 1,000,000 CNY)").wait_for()
        money.fill("100")
        assert page.input_value("#fixed_investment_cny") == ""
        own.close()


@pytest.mark.parametrize("name", [
    "..%2Fproject.gpkg", "project.gpkg", "..%5Cproject.gpkg", "%2Fetc%2Fpasswd", ".pdf", "x.pdf",
])
def test_no_other_file_is_given_as_a_paper(visitor, park, name):
    assert visitor.ask(desks.of_place(park, f"/papers/{name}")).status == 404


def test_a_link_among_the_papers_is_not_followed(visitor, park):
    link = papers.new(park / "build", "form", "link", "pdf")
    link.symlink_to(park / "build" / "project.gpkg")

    assert visitor.ask(desks.of_place(park, f"/papers/{link.name}")).status == 404


@given(asked=st.dictionaries(
    st.sampled_from(["outcome", "rule", "text", "nearest", "from", "lang", "plot"]), st.text()
))
def test_whatever_is_asked_of_the_list_and_a_case_is_answered(visitor, park, asked):
    address = urlencode(asked, errors="surrogatepass")

    assert visitor.ask(desks.of_place(park, f"/plots?{address}")).status == 200
    assert visitor.ask(desks.of_place(park, f"/case?{address}")).status in {200, 404}


@pytest.mark.parametrize("page", ["/plots", "/case?plot=A", "/issues"])
def test_before_the_first_judging_a_page_says_what_to_do(tmp_path, page):
    folder = Site(tmp_path / "new").folder
    with desks.desk(folder, tmp_path / "state") as desk:
        answer = desk.visitor().ask(desks.of_place(folder, page))

    assert answer.status == 409
    assert "Judge the place first" in answer.seen
