"""A search by letters finds Chinese texts by how they are read, in the desk as on the map."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from landtrack.app import case_types, cases, draft_catalog
from landtrack.model import catalog
from landtrack.output import map as webmap
from landtrack.output.map import columns
from landtrack.output.wording import numbering, pinyin

SHARED = json.loads(
    (Path(webmap.__file__).parent / "frontend" / "tests" / "pinyin.json").read_text("utf-8")
)
"""The units of the page are held to the same."""
NUMBERS = json.loads(
    (Path(webmap.__file__).parent / "frontend" / "tests" / "numbering.json").read_text("utf-8")
)


@pytest.mark.parametrize(("text", "typed", "there"), SHARED["cases"])
def test_a_text_is_found_by_readings_whole_or_by_their_first_letters(text, typed, there):
    assert pinyin.Search(typed).finds(text) is there


def test_readings_are_those_of_the_table_without_accents():
    texts = [text for text, _, _ in SHARED["cases"]] + list(SHARED["sounds"])

    found = pinyin.readings(texts)

    assert set(found) == set(SHARED["sounds"])
    for letter, each in SHARED["sounds"].items():
        assert each.split() == list(found[letter][:len(each.split())]), letter


@pytest.mark.parametrize(("typed", "key", "there"), NUMBERS)
def test_an_identifier_is_found_however_it_is_written(typed, key, there):
    pattern = numbering.pattern(typed)
    assert bool(pattern and pattern.search(key.casefold())) is there


def test_what_is_no_character_has_no_reading():
    assert pinyin.readings(["A1，。（㎡", "\U0010ffff", ""]) == {}


def test_plots_are_listed_by_name_number_or_reading_in_their_order():
    names = ["长兴工业", "工业园", "Gy Works", "港务"]
    every = cases.Plots(
        tuple(case_types.Plot(f"P{at}", "", name, "", "pass", {}) for at, name in enumerate(names)),
        {},
    )

    def keys(text):
        return [each.key for each in cases.wanted(every, case_types.Wanted(text=text))]

    assert keys("gy") == ["P0", "P1", "P2"]
    assert keys("gangwu") == ["P3"]
    assert keys("p3") == keys("P-03") == ["P3"]
    assert keys("zzz") == []


def test_letters_beyond_thirty_are_no_reading():
    assert pinyin.Search("g" * 30).finds("工" * 40)
    assert not pinyin.Search("g" * 31).finds("工" * 40)


def test_characters_of_a_table_are_in_order():
    found = list(pinyin.readings(["重庆长兴岛工业园区"]))

    assert all(one < other for one, other in pairwise(found))


@pytest.mark.parametrize("field", ["company", "company_short", "company_former"])
def test_a_plot_is_searched_by_each_name_of_its_company(field):
    assert field in columns.shown_first(catalog.schemas()["plots"])


def test_headings_of_other_names_are_known():
    known = draft_catalog.synonyms().field

    assert "企业简称" in known["company_short"]
    assert "曾用名" in known["company_former"]
