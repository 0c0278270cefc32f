"""Data files are strict: what is misspelt is an error that says where and what to do."""

import pytest

from landtrack.model import Issue, catalog
from landtrack.model.errors import CatalogError, SourceError


@pytest.mark.parametrize("kind", catalog.data_files("schemas"))
def test_every_schema_is_sound(kind):
    schema = catalog.schemas()[kind]

    assert schema.fields[schema.key].required
    for field in schema.field:
        assert (field.type == "choice") == bool(field.choices or field.choices_from)


@pytest.mark.parametrize("name", catalog.data_files("workflows"))
def test_every_workflow_has_the_tracks_that_fields_name_and_a_state_that_is_acquired(name):
    tracks = catalog.workflow(name).tracks
    named = {
        field.choices_from for schema in catalog.schemas().values() for field in schema.field
    } - {None}

    assert named <= set(tracks)
    assert any(state.acquired for state in tracks["approval"].state)
    for track in tracks.values():
        assert len(set(track.codes)) == len(track.codes)


def test_every_issue_has_its_weight():
    assert set(catalog.issue_kinds()) == set(Issue)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"crz": "EPSG:4529"}, r"unknown field `crz`"),
        ({"title": "no table"}, r"Expected `object`, got `str` - at `\$.title`"),
        ({"as_of": 2006}, r"at `\$.as_of`"),
    ],
)
def test_an_unknown_key_or_a_wrong_type_in_a_catalog_is_named(site, change, words):
    site.head |= change

    with pytest.raises(CatalogError, match=rf"catalog.toml: .*{words}(.|\n)*Mend: Correct the key"):
        catalog.place(site.catalog().folder)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"kind": "trees"}, r"unknown kind 'trees'(.|\n)*Use one of: boundaries, bridges"),
        ({"colour": "red"},
         r"unknown field `colour` - at `\$.layers(.|\n)*Use one of: kind, path"),
        ({"ledger": {"path": "l.csv", "key": "k", "onn": "name"}},
         r"field `onn` - at `\$.layers\[\d\].ledger`(.|\n)*Use one of: path, sheet, .*key, on,"),
        ({"fields": {"widht_m": "W"}}, r"roads has no field 'widht_m'(.|\n)*Use one of: road_id"),
        ({"values": {"state_of": {}}}, r"roads has no field 'state_of'"),
    ],
)
def test_an_unknown_layer_kind_or_field_is_named_with_those_there_are(site, entry, words):
    site.entries["roads.geojson"] = {"kind": "roads", "path": "roads.geojson", **entry}

    with pytest.raises(CatalogError, match=words):
        catalog.place(site.catalog().folder)


def test_a_place_without_plots_is_refused(site):
    del site.entries["plots.geojson"]

    with pytest.raises(CatalogError, match="no layer of kind 'plots'"):
        catalog.place(site.catalog().folder)


def test_an_unknown_table_is_refused(site):
    site.catalog("[rules]\nid = 'x'")

    with pytest.raises(CatalogError, match="unknown table 'rules'"):
        catalog.place(site.folder)


def test_a_folder_without_a_catalog_says_so(tmp_path):
    with pytest.raises(SourceError, match=r"no catalog.toml in .*(.|\n)*layers/x-park-2006"):
        catalog.place(tmp_path)


def test_a_catalog_that_is_no_toml_names_the_line(site):
    (site.folder / "catalog.toml").write_text("[place\n", encoding="utf-8")

    with pytest.raises(CatalogError, match="line 1"):
        catalog.place(site.folder)


def test_a_catalog_in_another_encoding_says_so(site):
    (site.folder / "catalog.toml").write_bytes("title = '园区'".encode("gb18030"))

    with pytest.raises(CatalogError, match=r"not in UTF-8(.|\n)*Save the file"):
        catalog.place(site.folder)


def test_a_byte_order_mark_does_no_harm(site):
    path = site.folder / "catalog.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert catalog.place(site.folder).id == "site"


def test_the_files_of_a_place_may_lie_elsewhere(site, monkeypatch, tmp_path):
    site.head["root"] = "$LANDTRACK_FILES"
    site.catalog()
    with pytest.raises(CatalogError, match="environment variable that is not set"):
        catalog.place(site.folder)

    monkeypatch.setenv("LANDTRACK_FILES", str(tmp_path))
    assert catalog.place(site.folder).folder == tmp_path.resolve()


def test_a_user_folder_comes_before_the_shipped_one(tmp_path, monkeypatch):
    shipped = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    own = tmp_path / "rules" / "x-park-2006.toml"
    own.write_text(shipped.replace("threshold = 2500.0", "threshold = 3000.0"), encoding="utf-8")

    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    assert catalog.rule_pack("x-park-2006").rule[0].threshold == 3000.0


def test_an_unknown_rule_pack_names_those_there_are():
    with pytest.raises(CatalogError, match=r"no rules file named 'x-park'(.|\n)*x-park-2006"):
        catalog.rule_pack("x-park")


def test_a_data_file_that_states_another_id_is_refused(tmp_path, monkeypatch):
    shipped = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.toml").write_text(shipped, encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    with pytest.raises(CatalogError, match=r"states the id 'x-park-2006'(.|\n)*x-park-2006.toml"):
        catalog.rule_pack("mine")


@pytest.mark.parametrize(
    ("stored", "other", "factor"),
    [
        pytest.param("m2", "m2", 1.0, id="itself"),
        pytest.param("m2", "公顷", 10_000.0, id="a hectare"),
        pytest.param("d", "d", 1.0, id="itself, though nothing converts to it"),
        pytest.param("m2", "CNY", None, id="another kind"),
        pytest.param("d", "m2", None, id="nothing converts to days"),
    ],
)
def test_one_unit_in_another(stored, other, factor):
    assert catalog.unit_factor(stored, other) == factor


@pytest.mark.parametrize(
    ("code", "year", "division"),
    [
        ("37", 2002, "37"), ("38", 2002, None), ("39", 2002, "39"), ("63", 2002, "63"),
        ("64", 2002, None), ("98", 2002, "98"), ("99", 2002, None), ("01", 2002, "01"),
        ("12", 2002, None), ("13", 2002, "13"), ("96", 2011, "96"), ("97", 2011, None),
        ("97", 2017, "97"), ("98", 2017, None), ("36", 2010, None), ("", 2002, None),
        ("361", 2002, "36"), ("c3610", 2002, "36"), ("36101", 2002, None), ("Z36", 2002, None),
    ],
)
def test_a_division_exists_in_its_edition_or_not_at_all(code, year, division):
    assert catalog.industries().division(code, year) == division


@pytest.mark.parametrize("year", [2011, 2017])
def test_every_class_of_manufacturing_is_mapped_and_its_division_pairs_with_what_it_maps_to(year):
    known = catalog.industries()
    classes = [
        each for each in known.editions[year] if len(each) == 4 and "13" <= each[:2] <= "43"
    ]
    mapped = known.mapped[year, 2002]

    assert len(classes) > 500
    assert [each for each in classes if each not in mapped] == []
    assert [each for each in classes if not set(mapped[each]) <= set(mapped[each[:2]])] == []
    back = known.mapped[2002, year]
    assert all(new in back[old] for new in known.editions[year] if len(new) == 2 and new in mapped
               for old in mapped[new])


@pytest.mark.parametrize(
    ("code", "year", "wanted", "divisions"),
    [
        ("1954", 2011, 2002, ("29",)), ("19", 2011, 2002, ("18", "19", "29", "30")),
        ("252", 2017, 2002, ()),  # of some of its classes it cannot be told
        ("2524", 2017, 2002, ("42",)), ("2524", 2017, 2011, ("41",)), ("43", 2002, 2017, ("42",)),
        ("3391", 2017, 2011, ("31",)), ("3999", 2011, 2017, ("39",)), ("0111", 2011, 2017, ("01",)),
    ],
)
def test_a_code_is_carried_to_the_divisions_that_hold_its_industries(code, year, wanted, divisions):
    assert catalog.industries().carried(code, year, wanted).divisions == divisions


def test_a_file_of_codes_that_maps_to_none_is_refused(tmp_path, monkeypatch):
    (tmp_path / "industries").mkdir()
    (tmp_path / "industries" / "crosswalk.csv").write_text(
        "edition,code,to_edition,division,basis\n2017,36,2002,38,class\n", encoding="utf-8"
    )
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))
    catalog.industries.cache_clear()
    try:
        with pytest.raises(CatalogError, match=r"line 2: there is no code 38 \(2002\)"):
            catalog.industries()
    finally:
        catalog.industries.cache_clear()


def test_a_file_is_read_as_it_is_now_whatever_was_done_with_what_it_gave(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text("[a]\nb = [1]\n", encoding="utf-8")

    catalog.read_toml(path)["a"]["b"].append(2)
    assert catalog.read_toml(path) == {"a": {"b": [1]}}

    path.write_text("[a]\nb = [3]\n", encoding="utf-8")
    assert catalog.read_toml(path) == {"a": {"b": [3]}}
