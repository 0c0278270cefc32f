"""What a change would change is said before it is made, and nothing is written to say it."""

import json
import re

import desk_forms
import desks
import pytest
from builders import CRS, Site, box
from click.testing import CliRunner

from landtrack.app import deliver, differences, edit_catalog, places
from landtrack.cli.main import main
from landtrack.model import translations
from landtrack.model.errors import CatalogError, SourceError
from landtrack.output.reports import document, preview

SMALLER = [(box(0, 0, 40, 100), {"building_id": "b1", "class": "building", "storeys": 1})]
"""Buildings on 40 % of the plot, of one storey: 0.4 of floor to land."""


def bring(site, name, features):
    """Bring the next delivery of a file; it waits."""
    made = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {
            "name": f"urn:ogc:def:crs:{CRS.replace(':', '::')}",
        }},
        "features": [
            {"type": "Feature", "properties": properties, "geometry": {
                "type": "Polygon", "coordinates": [list(map(list, shape.exterior.coords))],
            }} for shape, properties in features
        ],
    }
    coming = deliver.Incoming(site.folder, mark="test", expected=1000)
    coming.begin(name)
    coming.write(json.dumps(made).encode())
    coming.end()
    coming.settle()
    return deliver.deliveries(site.folder)[0].id


def told(found, lang="en"):
    made, count = preview.build(found.before, found.after, found.layers)
    return document.to_text(made, translations.load(lang)), count


def files(folder):
    return {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path / "park")
    made.layer("plots", [made.plot("A", box(0, 0, 100, 100))])
    return made.catalog()


def test_a_delivery_says_which_verdicts_would_turn_and_because_of_what(site):
    number = bring(site, "buildings.geojson", SMALLER)
    before = files(site.folder)
    found = differences.of_change(site.folder, delivery=number)
    said, _ = told(found)

    verdicts = {
        rule: (old, new) for rule, old, new in zip(
            found.before.findings["rule"], found.before.findings["outcome"],
            found.after.findings["outcome"], strict=True,
        )
    }
    assert ("pass", "fail") in verdicts.values()
    assert "pass → fail" in said
    assert "geometry" in said
    assert files(site.folder) == before


def test_an_index_that_would_be_another_is_told_where_the_verdict_stays(site):
    number = bring(site, "plots.geojson", [
        site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=30_000_000),
    ])
    said, count = told(differences.of_change(site.folder, delivery=number))

    assert "Verdicts that would be others" not in said
    assert "2,600" in said
    assert "3,000" in said
    assert count > 0


def test_a_figure_that_another_unit_makes_unlikely_would_be_unknown(site, tmp_path):
    text = (site.folder / "catalog.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(text.replace(
        'path = "plots.geojson"',
        'path = "plots.geojson"\nfields = { plot_id = "plot_id", fixed_investment_cny = '
        '{ column = "fixed_investment_cny", unit = "千元" } }', 1,
    ), encoding="utf-8")
    said, _ = told(differences.of_change(site.folder, written=tmp_path / "other.toml"))

    assert "pass → unknown: 1" in said


def test_where_nothing_would_be_otherwise_that_is_said(site):
    said, count = told(differences.of_change(site.folder, written=site.folder / "catalog.toml"))

    assert "Nothing would be judged otherwise" in said
    assert count == 0


def test_of_two_files_of_a_catalog_only_that_of_the_delivery_is_another(site):
    number = bring(site, "plots.geojson", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B", box(200, 0, 300, 100)),
    ])
    found = differences.of_change(site.folder, delivery=number)

    assert found.after.layers["plots"].index.tolist() == ["A", "B"]
    assert found.after.layers["buildings"].index.tolist() == ["b1"]
    assert "B" in told(found)[0]


def test_files_in_a_folder_of_the_place_are_found_too(tmp_path):
    site = Site(tmp_path / "park")
    site.head["root"] = "data"
    site.catalog()
    (site.folder / "data").mkdir()
    for each in site.folder.glob("*.geojson"):
        each.rename(site.folder / "data" / each.name)
    number = bring(site, "dropped/data/buildings.geojson", SMALLER)
    known = places.plain("park", site.folder)

    assert known.names("data/buildings.geojson")
    assert known.key_of("data/buildings.geojson") == "building_id"
    assert not known.names("buildings.geojson")
    assert "pass → fail" in told(differences.of_change(site.folder, delivery=number))[0]


def test_files_elsewhere_are_none_of_the_place(tmp_path, monkeypatch):
    site = Site(tmp_path / "park")
    site.head["root"] = "$LANDTRACK_ELSEWHERE"
    site.catalog()
    monkeypatch.setenv("LANDTRACK_ELSEWHERE", str(tmp_path / "elsewhere"))
    known = places.plain("park", site.folder)

    assert known.place is not None
    assert not known.names("plots.geojson")
    assert not known.key_of("plots.geojson")


@pytest.mark.parametrize("text", ["", "place = 3", "[place]\nid = 'x'", "layer = []"])
def test_what_is_no_catalog_is_refused_as_one(site, tmp_path, text):
    number = bring(site, "buildings.geojson", SMALLER)
    (tmp_path / "other.toml").write_text(text, encoding="utf-8")

    for delivery in ("", number):
        with pytest.raises(CatalogError):
            differences.of_change(
                site.folder, written=tmp_path / "other.toml", delivery=delivery
            )


def test_a_delivery_that_the_catalog_does_not_read_is_refused(site):
    (site.folder / "roads.geojson").write_text("{}", encoding="utf-8")
    number = bring(site, "roads.geojson", SMALLER)

    with pytest.raises(SourceError, match=r"No layer of the catalog is read from roads\.geojson"):
        differences.of_change(site.folder, delivery=number)
    with pytest.raises(SourceError, match="no such delivery"):
        differences.of_change(site.folder, delivery="none")


def test_the_command_says_it_in_either_language_and_by_its_exit_status(site, tmp_path):
    number = bring(site, "buildings.geojson", SMALLER)

    def asked(*options):
        return CliRunner().invoke(main, ["preview", str(site.folder), *options])

    other = asked("--delivery", number, "--lang", "zh", "--xlsx", str(tmp_path / "told.xlsx"))
    same = asked("--catalog", str(site.folder / "catalog.toml"), "--lang", "en")
    refused = asked("--delivery", "none", "--lang", "en")

    assert other.exit_code == 1
    assert "符合 → 不符合" in other.output
    assert (tmp_path / "told.xlsx").stat().st_size > 1000
    assert same.exit_code == 0
    assert refused.exit_code == 2


@pytest.fixture
def served(site, tmp_path):
    with desks.desk(site.folder, tmp_path / "state") as made:
        yield site, made.visitor()


def previewed(visitor, site, part, **changes):
    """Ask in the desk what a form would change; give the page of the answer."""
    here = desks.of_place(site.folder, f"/catalog/part/{part}")
    typed = desk_forms.inputs(visitor.ask(here)) | changes
    sent = desk_forms.send(visitor, f"{here}/preview", typed)
    assert sent.status == 303, sent.seen
    visitor.until_done(sent.headers["location"])
    return visitor.ask(sent.headers["location"])


def test_a_form_is_looked_at_before_it_is_saved(served):
    site, visitor = served
    before = (site.folder / "catalog.toml").read_bytes()
    page = previewed(visitor, site, "basis", land_area="declared")
    kept = [each.stem for each in (site.folder / ".landtrack" / "candidates").glob("*.toml")]
    unchanged = (site.folder / "catalog.toml").read_bytes()
    saved = desk_forms.send(
        visitor, desks.of_place(site.folder, "/catalog/take"), {"candidate": kept[0]}
    )

    assert "pass → unknown" in page.seen
    assert "Save this catalog" in page.seen
    assert unchanged == before
    assert saved.status == 303
    assert 'land_area = "declared"' in (site.folder / "catalog.toml").read_text(encoding="utf-8")
    assert edit_catalog.versions(site.folder)


@pytest.mark.parametrize("judged", [True, False])
def test_of_a_judged_place_the_main_button_shows_what_changes_first(served, judged):
    site, visitor = served
    if judged:
        out = places.out_of(site.folder)
        out.mkdir()
        (out / "project.gpkg").touch()
    here = desks.of_place(site.folder, "/catalog/part/basis")

    page = visitor.ask(here)
    buttons = re.findall(r'<button(?: class="(plain)")? form="part"([^>]*)>([^<]*)', page.text)

    looks = [("formaction" in to, smaller) for smaller, to, _ in buttons]
    assert looks == ([(True, ""), (False, "plain")] if judged else [(False, ""), (True, "plain")])
    assert [said for *_, said in buttons] == (
        ["See what would be judged otherwise, then save", "Save without looking"] if judged
        else ["Save", "See what would be judged otherwise"]
    )


def test_where_only_guesses_are_confirmed_there_is_nothing_to_look_at(served):
    site, visitor = served
    path = site.folder / "catalog.toml"
    path.write_text(
        path.read_text("utf-8").replace("[basis]", "[basis]   # guess: of all"), "utf-8"
    )
    here = desks.of_place(site.folder, "/catalog")
    form = desk_forms.inputs(visitor.ask(f"{here}/part/basis"))

    sent = desk_forms.send(visitor, f"{here}/part/basis/preview", form | {"all": "1"})

    assert (sent.status, sent.headers["location"]) == (303, here)
    assert "# found right: of all" in path.read_text("utf-8")


def test_one_goes_on_editing_what_was_looked_at_with_all_that_was_typed(served):
    site, visitor = served
    here = desks.of_place(site.folder, "/catalog/part/basis")
    page = previewed(visitor, site, "basis", land_area="declared", area_tolerance="0.05")
    [kept] = (site.folder / ".landtrack" / "candidates").glob("*.toml")
    back = f"{here}?candidate={kept.stem}"
    form = visitor.ask(back)
    typed = desk_forms.inputs(form)
    reached = visitor.ask(here)  # as by the Back of a browser, or another day
    refused = [
        visitor.ask(f"{here}?candidate={each}").status for each in ("none", f"../{kept.stem}")
    ]
    elsewhere = visitor.ask(desks.of_place(
        site.folder, f"/catalog/part/place?candidate={kept.stem}"
    ))
    sent = desk_forms.send(visitor, here, typed)
    stated = (site.folder / "catalog.toml").read_text(encoding="utf-8")

    assert back in page.text
    assert "Go on editing" in page.seen
    assert (typed["land_area"], typed["area_tolerance"]) == ("declared", "0.05")
    assert back in reached.text
    assert desk_forms.inputs(reached)["land_area"] != "declared"
    assert refused == [404, 404]
    assert elsewhere.status == 404
    assert sent.status == 303
    assert 'land_area = "declared"' in stated
    assert "area_tolerance = 0.05" in stated


def test_what_was_typed_is_gone_on_with_where_the_catalog_is_another_meanwhile(served):
    site, visitor = served
    page = previewed(visitor, site, "basis", land_area="declared")
    [kept] = (site.folder / ".landtrack" / "candidates").glob("*.toml")
    path = site.folder / "catalog.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    here = desks.of_place(site.folder, "/catalog/part/basis")
    again = visitor.ask(f"{here}?candidate={kept.stem}")
    kept.with_suffix(".json").write_text("{", encoding="utf-8")

    assert f"{here}?candidate={kept.stem}" in page.text
    assert "changed meanwhile" in again.seen
    assert desk_forms.inputs(again)["land_area"] == "declared"
    assert visitor.ask(f"{here}?candidate={kept.stem}").status == 404
    assert visitor.ask(here).status == 200


def test_what_was_looked_at_does_not_count_where_the_catalog_is_another_meanwhile(served):
    site, visitor = served
    previewed(visitor, site, "basis", land_area="declared")
    [kept] = (site.folder / ".landtrack" / "candidates").glob("*.toml")
    path = site.folder / "catalog.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    by_hand = path.read_bytes()
    here = desks.of_place(site.folder, "/catalog/take")

    for named in (kept.stem, "../" + kept.stem, "none", ""):
        assert desk_forms.send(visitor, here, {"candidate": named}).status == 409
    assert path.read_bytes() == by_hand


def test_a_delivery_is_looked_at_before_it_counts(served):
    site, visitor = served
    number = bring(site, "buildings.geojson", SMALLER)
    here = desks.of_place(site.folder, "/files")
    asked = visitor.ask(f"{here}/{number}/preview", "POST")
    visitor.until_done(asked.headers["location"])

    assert "pass → fail" in visitor.ask(asked.headers["location"]).seen
    said = re.search(r"verdicts that would change: (\d+)", visitor.ask(here).seen)
    assert int(said[1]) > 0
    table = visitor.ask(desks.of_place(site.folder, f"/differences/{number}?what=verdict"))
    assert table.text.count("<th scope=") == int(said[1])
