"""The catalog as forms: nothing of it lies outside, nothing that was not touched changes."""

import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest
from builders import Site, box
from hypothesis import HealthCheck, given, settings, strategies as st

from landtrack.app import catalog_form, deliver, edit_catalog
from landtrack.app.catalog_form import About
from landtrack.model import catalog, translations
from landtrack.model.errors import CatalogError, SourceError

LAYERS = Path(__file__).parents[1] / "layers"
PLACES = sorted(each.parent.name for each in LAYERS.glob("*/catalog.toml"))
ABOUT = About(words=translations.load("en"), workflow="cn-2006")

FULL = """\
# What the head says stays.

[place]
id = "full"   # and what stands behind a key
title = { zh = "全", en = "Full" }
language = "zh"
crs = "EPSG:4529"
root = "data"
rules = ["cn-2008", "x-park-2006"]
workflow = "cn-2006"
as_of = 2006-12-31
notice = { en = "two\\nlines" }
events = { path = "events.xlsx", sheet = "S", header_row = 2 }
reported_figures = "reported.csv"
time_zone = "Asia/Shanghai"

[basis]   # guess: measured
land_area = "measured"
area_tolerance = 0.02

[sign]
two = "names"

[[layer]]
# guess: called 'plots'
kind = "plots"
path = "plots.shp"
valid_from = 2005-01-01
valid_until = 2006-12-31
layer = "plots"
header_row = 3
crs = "GCJ-02"
axes = "north_east"
encoding = "gb18030"
coverage = "cover.shp"
where = { TYPE = ["a", "b"], "列 二" = ["x"] }
constants = { stage = "entered", land_area_m2 = 3.5 }
attribution = ""
amounts_of = "project"
[layer.fields]
plot_id = "ID"   # the key
# no unit is stated
total_investment_cny = { column = "总投资", unit = "万美元", rate = 7.1, rate_on = 2006-01-01, \
against_heading = true }
[layer.values]
stage = { "在建" = "under_construction", "a.b = c" = "entered" }
# [layer.values.capital]   # these are asked
# "外商" = ""
# "with \\"quotes\\"" = ""

[layer.ledger]
path = "ledger.xlsx"
sheet = "一"
key = "编号"
on = "project_id"
share = "land_area"
[layer.ledger.fields]
company = "企业"
[layer.ledger.values.stage]
"建" = "under_construction"

[[layer]]
kind = "buildings"
path = "buildings.shp"
overlaps = "stacked"

[[override]]
plot = "A"
of = "plot"
rule = "plot-ratio"
relation = "between"
threshold = 0.7
upper = 1.5
unit = "1"
document = "no. 1"
agreed_on = 2006-01-01

[[waiver]]
plot = "A"
rule = "plot-ratio"
approver = "X"
reason = "r"
document = "d"
granted_on = 2006-01-01
until = 2007-01-01

[[transformation]]
from = "EPSG:4214"
to = "EPSG:4490"
method = "geocentric3"
dx = 1.0
dy = 2.0
dz = -0.5
document = "d"

[[basemap]]
url = "https://example.org/{z}/{x}/{y}.png"
title = { en = "Base" }
max_zoom = 18
"""


def written(folder, text=FULL):
    """Write a catalog, and read it as it is written."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "catalog.toml").write_text(text, encoding="utf-8", newline="")
    return edit_catalog.read(folder)


def shown(there, part, **changes):
    """What a browser sends of a form in which nothing was typed, or what is stated."""
    own = there.part(part)
    made = {
        each.name: each.shown.replace("\n", "\r\n")
        for each in catalog_form.form(own.table, own.holds, about(there, part))
    }
    assert set(changes) <= set(made)
    return made | changes


def about(there, part):
    """What is known around a part."""
    return About(words=ABOUT.words, workflow="cn-2006", asked=there.asked().get(part, {}))


def saved(there, part, **changes):
    """Save a form in which some of it was typed."""
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    return edit_catalog.save(
        there, there.sha256, part, shown(there, part, **changes), about(there, part)
    )


@pytest.mark.parametrize("text", [FULL, *((LAYERS / each / "catalog.toml").read_text("utf-8")
                                          for each in PLACES)], ids=["full", *PLACES])
def test_what_was_not_touched_stays_to_the_letter(tmp_path, text):
    there = written(tmp_path, text)

    for part in there.parts():
        there = saved(there, part.id)

    assert (tmp_path / "catalog.toml").read_bytes().decode() == text
    assert edit_catalog.versions(tmp_path) == []


def test_every_key_of_every_table_has_its_input_and_its_words(tmp_path):
    there = written(tmp_path)
    for lang in ("zh", "en"):
        words = translations.read(catalog.data_file(f"docs/{lang}", "words"), lang)
        for part in there.parts():
            inputs = catalog_form.form(part.table, part.holds, ABOUT)
            assert len({each.name for each in inputs}) == len(inputs)
            for each in inputs:
                assert words.has(f"catalog.{each.table}.{each.key}"), each
            told = "\n".join(each.shown for each in inputs)
            for value in leaves(part.holds):
                assert str(value).lower() in told.lower()


def leaves(held):
    """Every name and value that a catalog states."""
    for each in held.values():
        if isinstance(each, dict):
            yield from leaves(each)
        else:
            yield from each if isinstance(each, list) else [each]


EMPTY = {name: {} for name in catalog_form.TABLES}


@pytest.mark.parametrize(("part", "typed", "holds"), [
    ("place", {"crs": "EPSG:4527"}, ("crs", "EPSG:4527")),
    ("place", {"title__en": "New"}, ("title", {"zh": "全", "en": "New"})),
    ("place", {"title__zh": ""}, ("title", {"en": "Full"})),
    ("place", {"rules": "cn-2008"}, ("rules", ["cn-2008"])),
    ("place", {"as_of": ""}, ("as_of", None)),
    ("place", {"events__sheet": "", "events__header_row": ""}, ("events", {"path": "events.xlsx"})),
    ("place", {"reported_figures__sheet": "T"},
     ("reported_figures", {"path": "reported.csv", "sheet": "T"})),
    ("basis", {"land_area": "declared"}, ("land_area", "declared")),
    ("layer-1", {"fields__company__column": "企业名称"},
     ("fields.company", "企业名称")),
    ("layer-1", {"fields__plot_id__unit": "?"}, ("fields.plot_id", {"column": "ID", "unit": "?"})),
    ("layer-1", {"fields__total_investment_cny__against_heading": "false"},
     ("fields.total_investment_cny.against_heading", False)),
    ("layer-1", {"fields__plot_id__column": ""}, ("fields.plot_id", None)),
    ("layer-1", {"values__capital__0__value": "outside_capital"},
     ("values.capital", {"外商": "outside_capital"})),
    ("layer-1", {"values__stage__2__key": "新", "values__stage__2__value": "entered"},
     ("values.stage.新", "entered")),
    ("layer-1", {"constants__2__key": "total_investment_cny", "constants__2__value": "3"},
     ("constants.total_investment_cny", 3.0)),
    ("layer-1", {"where__0__value": "a\r\nc"}, ("where.TYPE", ["a", "c"])),
    ("layer-1", {"valid_from": "2004-02-29"}, ("valid_from", dt.date(2004, 2, 29))),
    ("layer-2", {"ledger__path": "l.csv", "ledger__key": "k", "ledger__on": "building_id"},
     ("ledger", {"path": "l.csv", "key": "k", "on": "building_id", "fields": {}})),
    ("layer-new", {"kind": "roads", "path": "roads.shp"}, ("kind", "roads")),
    ("override-1", {"threshold": "0.8"}, ("threshold", 0.8)),
    ("waiver-new", {"plot": "B", "rule": "plot-ratio", "approver": "x", "reason": "r",
                    "document": "d", "granted_on": "2006-01-01", "until": "2006-02-01"},
     ("until", dt.date(2006, 2, 1))),
    ("transformation-1", {"from": "EPSG:4610"}, ("from", "EPSG:4610")),
    ("basemap-1", {"max_zoom": "17"}, ("max_zoom", 17)),
])
def test_what_is_typed_stands_in_the_catalog_and_comments_stay(tmp_path, part, typed, holds):
    there = written(tmp_path)
    (tmp_path / "data").mkdir()
    for each in ("l.csv", "roads.shp"):
        (tmp_path / "data" / each).touch()
    if "ledger__path" in typed:  # a ledger without fields is refused
        typed = {**typed, "ledger__fields__class__column": "c"}
        holds = (holds[0], {**holds[1], "fields": {"class": "c"}})

    after = saved(there, part, **typed)

    table, _, number = part.partition("-")
    held = tomllib.loads(after.text)[table]
    own = held if not number else held[-1] if number == "new" else held[int(number) - 1]
    for key in holds[0].split("."):
        own = own.get(key) if own is not None else None
    assert own == holds[1]
    before = [line for line in FULL.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in after.text.splitlines() if line.lstrip().startswith("#")] == before
    assert (tmp_path / "catalog.toml").read_text(encoding="utf-8") == after.text
    assert after.fault is None
    version = edit_catalog.versions(tmp_path)[0]
    assert edit_catalog.restore(after, after.sha256, version.id).text == FULL


TYPED = st.text(max_size=12) | st.sampled_from([
    "", "1", "0.5", "nan", "2006-01-01", "true", "plots", "roads", "EPSG:4529", "a\nb", "'", '"""',
    "\\", "]", "# guess: x", "../x", "=",
])


@settings(deadline=None, max_examples=150,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_typed_is_in_the_catalog_or_refused_and_nothing_else_changes(tmp_path, data):
    there = written(tmp_path)
    part = data.draw(st.sampled_from([
        *(each.id for each in there.parts()), "layer-new", "override-new", "basemap-new",
    ]))
    form = shown(there, part)
    names = data.draw(st.lists(st.sampled_from(sorted(form)), max_size=4))
    form |= {name: data.draw(TYPED) for name in names}

    try:
        after = edit_catalog.save(there, there.sha256, part, form, about(there, part))
    except CatalogError:
        assert (tmp_path / "catalog.toml").read_bytes().decode() == FULL
        return

    assert after.fault is None
    before, now = tomllib.loads(FULL), tomllib.loads(after.text)
    table, _, number = part.partition("-")
    if number and number != "new":
        before[table].pop(int(number) - 1)
        now[table].pop(int(number) - 1)
    elif number:
        now[table].pop()
    else:
        before.pop(table)
        now.pop(table)
    assert now == before
    catalog.place(tmp_path)


@pytest.mark.parametrize("lang", translations.languages())
def test_every_input_has_a_plain_name_and_what_is_said_of_it_is_no_toml(lang):
    words = translations.load(lang)
    told = {name: each for name, each in words.entries.items() if name.startswith("form.")}
    inputs = {
        (each.table, each.key)
        for table in catalog_form.TABLES
        for each in catalog_form.form(table, {"kind": "plots"}, About(words=words))
    }

    assert [at for at in inputs if f"form.name.{'.'.join(at)}" not in told] == []
    assert [each for each in told.values() if re.search(r"[={}`\[]|landtrack", each)] == []


def test_a_change_that_makes_it_no_catalog_is_refused_with_the_reason(tmp_path):
    there = written(tmp_path)

    with pytest.raises(CatalogError, match="There is no rules"):
        saved(there, "place", rules="nowhere")
    with pytest.raises(CatalogError, match="outside of the place"):
        saved(there, "layer-1", path="../secret.shp")
    with pytest.raises(CatalogError, match="'0,5' is no number"):
        saved(there, "basis", area_tolerance="0,5")
    with pytest.raises(CatalogError, match="no layer of kind 'plots'"):
        edit_catalog.remove(there, there.sha256, "layer-1")

    assert (tmp_path / "catalog.toml").read_text(encoding="utf-8") == FULL


def test_a_catalog_that_is_wrong_can_be_put_right_bit_by_bit(tmp_path):
    there = written(tmp_path, FULL.replace('"cn-2008"', '"gone"').replace("../", ""))
    assert there.fault is not None

    better = saved(there, "place", id="other")
    right = saved(better, "place", rules="cn-2008")

    assert better.fault is not None
    assert right.fault is None


def test_a_catalog_that_was_changed_meanwhile_is_not_written_over(tmp_path):
    there = written(tmp_path)
    other = FULL.replace('"full"', '"by hand"')
    written(tmp_path, other)

    with pytest.raises(edit_catalog.ChangedError):
        saved(there, "place", crs="EPSG:4527")
    with pytest.raises(edit_catalog.ChangedError):
        edit_catalog.save(edit_catalog.read(tmp_path), there.sha256, "place", {}, ABOUT)

    assert (tmp_path / "catalog.toml").read_text(encoding="utf-8") == other


def test_a_kind_that_changes_takes_along_what_it_has_no_field_for(tmp_path):
    after = saved(written(tmp_path), "layer-2", kind="roads", overlaps="")

    assert tomllib.loads(after.text)["layer"][1] == {"kind": "roads", "path": "buildings.shp"}


def test_a_table_is_taken_out(tmp_path):
    there = written(tmp_path)

    after = edit_catalog.remove(there, there.sha256, "waiver-1")

    assert "waiver" not in tomllib.loads(after.text)
    assert after.text.startswith("# What the head says stays.")


def test_guesses_are_marked_until_they_are_found_right(tmp_path):
    there = written(tmp_path)
    guesses = [each for each in there.remarks() if each.guess]

    after = edit_catalog.confirm(there, there.sha256, [guesses[0].line])

    assert [(each.part, each.text) for each in guesses] == [
        ("basis", "guess: measured"), ("layer-1", "guess: called 'plots'"),
    ]
    assert after.text == FULL.replace("# guess: measured", "# found right: measured")
    assert [each.part for each in after.remarks() if each.guess] == ["layer-1"]


@pytest.mark.parametrize("asked", [
    '# guess: no layer says where it lies\ncrs = "EPSG:????"', 'crs = "EPSG:????"  # guess: asked',
])
def test_what_is_asked_for_cannot_be_found_right(tmp_path, asked):
    text = FULL.replace('crs = "EPSG:4529"', asked, 1)
    (tmp_path / "catalog.toml").write_text(text, encoding="utf-8")
    there = edit_catalog.read(tmp_path)

    after = edit_catalog.confirm(there, there.sha256, [each.line for each in there.remarks()])

    assert [(each.key, each.asks) for each in after.guesses()] == [("crs", True)]
    assert len(there.guesses()) > 1


GUESSED = """\
[place]
id = "g"
title = { zh = "g" }
language = "zh"
crs = "EPSG:4529"
workflow = "none"

[basis]
land_area = "declared"   # guess: the ledger says it

[[layer]]
kind = "plots"   # guess: called 'plots'
path = "plots.shp"
# guess: values.stage."在建" = "under_construction", a word for it
[layer.fields]
plot_id = "ID"
# guess: unit = "亩", read from the heading
land_area_m2 = { column = "面积（亩）", unit = "亩" }   # guess: a name of it
[layer.ledger]
path = "l.csv"
# guess: ledger.header_row = 3, where the heading was found
key = "k"   # guess: both tables have it
on = "plot_id"
[layer.ledger.fields]
company = "企业"   # guess: a name of it
"""


def test_each_guess_is_about_its_own_key(tmp_path):
    guesses = written(tmp_path, GUESSED).guesses()

    assert [(each.key, each.value, each.why) for each in guesses if each.part == "layer-1"] == [
        ("kind", "plots", "called 'plots'"),
        ('values.stage."在建"', "under_construction", "a word for it"),
        ("fields.land_area_m2.unit", "亩", "read from the heading"),
        ("fields.land_area_m2", "面积（亩）", "a name of it"),
        ("ledger.header_row", "3", "where the heading was found"),
        ("ledger.key", "k", "both tables have it"),
        ("ledger.fields.company", "企业", "a name of it"),
    ]


@pytest.mark.parametrize(("typed", "gone"), [
    ({"fields__land_area_m2__unit": "公顷"}, {"fields.land_area_m2.unit"}),
    ({"fields__land_area_m2__column": "A"}, {"fields.land_area_m2"}),
    ({"fields__land_area_m2__column": "", "fields__land_area_m2__unit": ""},
     {"fields.land_area_m2", "fields.land_area_m2.unit"}),
    ({"ledger__header_row": "4"}, {"ledger.header_row"}),
    ({"ledger__key": "n"}, {"ledger.key"}),
    ({"values__stage__0__key": "在建", "values__stage__0__value": "entered"},
     {'values.stage."在建"'}),
    ({"encoding": "gb18030"}, set()),
])
def test_what_is_changed_is_no_guess_any_more_and_the_others_stay(tmp_path, typed, gone):
    there = written(tmp_path, GUESSED)
    before = {each.key for each in there.guesses()}

    after = saved(there, "layer-1", **typed)

    assert before - {each.key for each in after.guesses()} == gone
    assert after.text.count("# corrected; guessed before: ") <= len(gone)


def test_why_is_said_in_the_language_of_the_reader(tmp_path):
    english, chinese = translations.load("en"), translations.load("zh")
    there = written(tmp_path, GUESSED.replace("a name of it", english("draft.called_so")))

    assert chinese("draft.called_so") in {each.why for each in there.guesses(chinese)}
    assert english("draft.called_so") in {each.why for each in there.guesses(english)}


def test_a_guess_stays_one_when_the_catalog_is_edited_by_hand(tmp_path):
    there = written(tmp_path, GUESSED)
    by_hand = written(tmp_path, "# a line more\n" + GUESSED.replace('"k"', '"k2"'))

    assert [each.key for each in by_hand.guesses()] == [each.key for each in there.guesses()]


def test_what_the_draft_asks_stands_where_it_is_asked(tmp_path):
    remarks = written(tmp_path).remarks()

    at = {each.text: (each.part, each.key) for each in remarks}
    assert at["and what stands behind a key"] == ("place", "id")
    assert at["no unit is stated"] == ("layer-1", "fields.total_investment_cny")
    assert at["the key"] == ("layer-1", "fields.plot_id")
    assert written(tmp_path).asked() == {"layer-1": {"capital": ("外商", 'with "quotes"')}}


def test_a_drafted_catalog_opens_as_forms(tmp_path):
    from landtrack.app import draft_catalog

    site = Site(tmp_path / "park")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), stage="在建")])
    (site.folder / "catalog.toml").unlink()
    draft_catalog.init(site.folder, reader="zh")
    there = edit_catalog.read(site.folder)

    guesses = [each for each in there.remarks() if each.guess]
    after = edit_catalog.confirm(there, there.sha256, [each.line for each in guesses])

    assert len(guesses) >= 3
    assert "推测：" not in after.text
    assert after.text.count("已核对：") == len(guesses)
    assert tomllib.loads(after.text) == tomllib.loads(there.text)


def test_there_is_no_version_outside_of_the_versions(tmp_path):
    there = written(tmp_path)

    with pytest.raises(SourceError, match="no such version"):
        edit_catalog.restore(there, there.sha256, "../../catalog")


def test_versions_are_no_files_of_the_place(tmp_path):
    saved(written(tmp_path), "place", id="other")

    assert deliver.files_of(tmp_path) == ["catalog.toml"]
