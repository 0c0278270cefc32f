"""The commands as a user types them, and that every word on a sheet comes from the catalog."""

import re
import tomllib

import pytest
from builders import Site, box
from click.testing import CliRunner
from sheets import copied, make_store, printed
from test_words import marked, of_data_files, toml

from landtrack.cli import main
from landtrack.model import catalog, translations
from landtrack.output.sheets import template as templates
from landtrack.store import sheet_register

OPEN, CLOSE = "【", "】"
"""Marks of words from the catalog that the fonts of sheets have."""

SIGNED = ["--by", "张三", "--checked", "李四"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("place"))


@pytest.fixture
def store(shared, tmp_path):
    return copied(shared, tmp_path / "own")


def typed(*arguments):
    return CliRunner().invoke(main.main, [str(each) for each in arguments])


def test_a_sheet_is_printed_and_verified(store, tmp_path):
    out = tmp_path / "sheet.pdf"

    made = typed("sheet", "parcel", "plots:A", "--store", store, "--out", out, *SIGNED)

    assert made.exit_code == 0, made.output
    assert re.search(r"1 页，1:\d+；回读：4 个点，偏差不超过 0\.0000 mm", made.output)
    assert typed("verify", out, "--store", store).exit_code == 0
    assert typed("verify", out).exit_code == 0


def test_a_file_that_was_changed_verifies_with_status_1(store, tmp_path):
    out = tmp_path / "sheet.pdf"
    typed("sheet", "parcel", "plots:A", "--store", store, "--out", out, *SIGNED)
    out.write_bytes(out.read_bytes() + b"\n")

    told = typed("verify", out, "--store", store)

    assert told.exit_code == 1
    assert "与登记的（sheet.pdf）不一致" in told.output


@pytest.mark.parametrize(("arguments", "said"), [
    (["sheet", "mural", "A"], r"no sheets file named 'mural'.*demarcation, overview, parcel"),
    (["sheet", "parcel", "plots:*"], r"selects 2 features.*landtrack atlas"),
    (["sheet", "parcel", "Z"], r"nothing 'Z'.*such as P1"),
    (["sheet", "parcel", "plots:A", "--scale", "1:x"], r"is no scale.*1:1000"),
    (["sheet", "parcel", "plots:A", "--scale", "1:0"], r"is no scale.*1:1000"),
    (["sheet", "parcel", "plots:A", "--on", "31.12."], r"is no day.*2006-12-31"),
    (["sheet", "parcel", "plots:A", "--set", "owner"], r"states no value.*name=value"),
    (["sheet", "parcel", "plots:A"], r"may not be issued.*--by, --checked.*--draft"),
    (["sheet", "parcel", "plots:A", "--store", "nowhere.gpkg"], r"no store.*landtrack run"),
])
def test_what_is_typed_wrong_is_told_with_the_mend(store, arguments, said):
    given = arguments if "--store" in arguments else [*arguments, "--store", store]
    told = typed(*given, *(SIGNED if "--s" in " ".join(arguments) else []))

    assert told.exit_code == 2, told.output
    assert re.search(rf"(?s){said}", told.output), told.output


def test_a_key_of_several_things_is_asked_for_before_anything_is_printed(tmp_path):
    """A parcel and a plot have the number 1; 2 is a plot, and the project of others."""
    path = make_store(
        tmp_path,
        [Site.plot("1", box(0, 0, 100, 100), project_id="2"),
         Site.plot("2", box(100, 0, 220, 100), project_id="3")],
        parcels=[(box(0, 0, 60, 100), {"parcel_id": "1"})],
    )

    def printed_of(template, selection):
        out = tmp_path / "s.pdf"
        return typed("sheet", template, selection, "--store", path, "--out", out, "--lang", "en",
                     *SIGNED)

    for template, selection, meant in (
        ("parcel", "1", "parcels:1 or plots:1"), ("demarcation", "1", "plots:1 or parcels:1"),
        ("project", "2", "plots:2 or plots:1"),
    ):
        told = printed_of(template, selection)
        assert told.exit_code == 2
        assert f"Write which is meant: {meant}." in told.output
        assert printed_of(template, meant.split(" or ", maxsplit=1)[0]).exit_code == 0


def test_drafts_say_so_and_are_registered_with_the_reason(store, tmp_path):
    made = typed("sheet", "parcel", "plots:A", "--store", store, "--draft",
                 "--out", tmp_path / "d.pdf")

    assert made.exit_code == 0, made.output
    assert sheet_register.rows(store)[0]["draft"] == "未填写：制图者；审核者"


def test_an_atlas_goes_into_one_file_or_a_folder(store, tmp_path):
    one = typed("atlas", "parcel", "plots:*", "--store", store, "--out", tmp_path / "a.pdf",
                *SIGNED)
    each = typed("atlas", "parcel", "P*", "--store", store, "--out", tmp_path / "all", *SIGNED)

    assert (one.exit_code, each.exit_code) == (0, 0), one.output + each.output
    assert "3 页" in one.output
    assert len(list((tmp_path / "all").glob("*.pdf"))) == 3  # two sheets and their index


def test_a_file_that_is_neither_is_told(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"nothing of the kind")

    assert typed("verify", tmp_path / "x.bin").exit_code == 2
    assert typed("verify", tmp_path / "not there.pdf").exit_code == 2


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("named", templates.names())
def test_every_word_of_a_sheet_comes_from_the_catalog(store, tmp_path, monkeypatch, named):
    words = tomllib.loads(catalog.data_file("text", "en").read_text(encoding="utf-8"))
    own = tmp_path / "words"
    (own / "text").mkdir(parents=True)
    told = toml(marked(words)).replace("⟦", OPEN).replace("⟧", CLOSE)
    (own / "text" / "xy.toml").write_text(told, encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(own))
    templates.load.cache_clear()
    translations.load.cache_clear()
    titles = {each for name in templates.names() for each in templates.load(name).title.values()}
    data = {"Small place", "水田用地", "林木用地", "甲公司", "大营盘村", "达朝村", "用地路",
            "变电所", "张三", "李四", *titles, *of_data_files()}

    whole = "*" if named in {"status", "overview"} else "plots:A"
    made = printed(store, named, whole, lang="xy")

    for claim in made.claims:
        rest = "".join("".join(line.split()) for *_, line in claim["texts"])
        assert rest.count(OPEN) > 5
        while (fewer := re.sub(rf"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", rest)) != rest:
            rest = fewer
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace("".join(known.split()), "")
        # What is left are keys, figures, numbers of sheets and names of coordinate systems.
        assert not re.search(r"[^\W\d_]{4,}", re.sub(r"site-\w+-\w+|[0-9a-f]{16}", "", rest)), rest
