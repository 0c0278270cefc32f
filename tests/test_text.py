"""Every word people read comes from the text catalog, in every language."""

import re
from pathlib import Path
from string import Formatter

import pandas as pd
import pytest

import landtrack
from landtrack.model import Coverage, Issue, Outcome, Severity, catalog, issues, translations
from landtrack.model.errors import CatalogError

LANGUAGES = translations.languages()
PACKAGE = Path(landtrack.__file__).parent
HAN = re.compile(r"[\u3400-\u9fff]")


def places(entry):
    return {
        name.partition("|")[0] for _, name, _, _ in Formatter().parse(entry) if name is not None
    }


def needed():
    """List the keys that the code and the data files ask for."""
    for schema in catalog.schemas().values():
        yield f"kind.{schema.id}"
        yield f"group.{schema.group}"
        yield from (f"measure.{name}" for name in schema.measures)
        for field in schema.field:
            yield f"field.{field.name}"
            yield from (f"choice.{field.name}.{code}" for code in field.choices)
            if field.unit:
                yield f"unit.{field.unit}"
    yield from (f"issue.{issue}.{part}" for issue in Issue for part in ("title", "mend"))
    yield from (f"outcome.{each}" for each in Outcome)
    yield from (f"coverage.{each}" for each in Coverage)
    yield from (f"severity.{each}" for each in Severity)
    yield from (f"who.{kind.who}" for kind in catalog.issue_kinds().values())
    for name in catalog.data_files("rules"):
        for rule in catalog.rule_pack(name).rule:
            yield from (f"measure.{each}" for each in (rule.numerator, rule.denominator) if each)
            yield from (f"measure.{each}" for each in rule.instead or ())
            yield from (f"field.{each}" for each in (rule.first, rule.second) if each)


def test_the_languages_have_the_same_keys_and_the_same_places():
    first, *others = (translations.load(lang).entries for lang in LANGUAGES)

    for other in others:
        assert set(other) == set(first)
        assert [key for key in first if places(first[key]) != places(other[key])] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_field_choice_measure_and_issue_has_words(lang):
    words = translations.load(lang)

    assert sorted({key for key in needed() if not words.has(key)}) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_data_files_say_their_titles_in_every_language(lang):
    titled = [state.title for name in catalog.data_files("workflows")
              for track in catalog.workflow(name).tracks.values() for state in track.state]
    titled += [rule.title for name in catalog.data_files("rules")
               for rule in catalog.rule_pack(name).rule]

    assert [each for each in titled if not each.get(lang)] == []


CODE = [
    path for path in PACKAGE.rglob("*")
    if path.suffix in {".py", ".js", ".css", ".j2"}
    and not {"tests", "node_modules"} & {*path.relative_to(PACKAGE).parts}
]


@pytest.mark.parametrize("path", CODE, ids=[str(path.relative_to(PACKAGE)) for path in CODE])
def test_no_word_to_be_shown_stands_in_code(path):
    """Chinese stands in code only in comments, docstrings, and what files write for values."""
    if path.name in {"values.py", "osm-catalog.toml.j2"}:
        return  # how people write a missing value and a date; a file a planner edits
    source = path.read_text(encoding="utf-8")
    bare = re.sub(r'"""(.|\n)*?"""|/\*(.|\n)*?\*/|#[^\n]*|//[^\n]*', "", source)

    assert HAN.findall(bare.replace("Microsoft YaHei", "")) == []


@pytest.mark.parametrize(("number", "said"), [
    (1, "1 plot is left"), ("1", "1 plot is left"), (0, "0 plots are left"),
    (2, "2 plots are left"), (11, "11 plots are left"), ("1,001", "1,001 plots are left"),
])
def test_one_is_said_otherwise_than_more(number, said):
    words = translations.Words(lang="en", entries={"left": "{n} {n|plot is|plots are} left"})

    assert words("left", n=number) == said
    with pytest.raises(CatalogError, match="no words"):
        words("left")


def test_a_key_that_is_missing_is_an_error_and_no_blank():
    words = translations.load("en")

    with pytest.raises(CatalogError, match=r"no words for 'no.such.key'(.|\n)*Add the key"):
        words("no.such.key")
    with pytest.raises(CatalogError, match=r"issue\.area_differs\.mend"):
        words("issue.area_differs.mend")


def test_a_language_that_is_not_there_names_those_that_are():
    with pytest.raises(CatalogError, match=r"text file named 'fr'(.|\n)*en, zh"):
        translations.load("fr")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(pd.NaT, translations.DASH), (None, translations.DASH), ("", translations.DASH), (3.0, "3"),
        (3.5, "3.5"),
     (pd.Timestamp("2006-05-31"), "2006-05-31"), ("甲", "甲")],
)
def test_values_of_any_type_are_written_for_reading(value, shown):
    assert translations.load("zh").value(value) == shown


def test_a_mend_names_field_and_value_in_the_language():
    row = issues.row(
        Issue.NOT_A_NUMBER, source="a.csv", layer="plots", feature_id="A", field="land_area_m2",
        value="两公顷{x}",
    )

    said = translations.with_mends(issues.frame([row]), translations.load("zh"))["mend"].iloc[0]

    assert "用地面积" in said
    assert "两公顷{x}" in said


@pytest.mark.parametrize(
    ("layer", "field", "value", "bounds"),
    [
        ("buildings", "storey_heights_m", "4500", "2–15 m"),
        ("buildings", "storeys", "-1", "≥ 0"),
        ("plots", "land_area_m2", "-5", "≥ 0 m²"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_out_of_range_is_told_with_the_range(lang, layer, field, value, bounds):
    row = issues.row(
        Issue.OUT_OF_RANGE, source="a.csv", layer=layer, feature_id="A", field=field, value=value
    )

    said = translations.with_mends(issues.frame([row]), translations.load(lang))["mend"].iloc[0]

    assert value in said
    assert bounds in said
