"""What a command answers to a program is JSON of one form, whatever it was asked of."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path

import geopandas as gpd
import jsonschema
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

from landtrack.cli.main import main
from landtrack.ingest import profile
from landtrack.model import catalog, translations
from landtrack.output.reports import answers, inspection

pytestmark = pytest.mark.usefixtures("read_here")


def described(name):
    schema = json.loads((catalog.SHIPPED / "json" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def strict(said):
    """Parse JSON as other programs do: NaN and Infinity are no words of it."""
    return json.loads(said, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.int64(-3), -3),
        (np.bool_(True), True),  # noqa: FBT003
        (np.str_("甲"), "甲"),
        (float("nan"), None),
        (np.float64("inf"), None),
        (pd.NA, None),
        (pd.NaT, None),
        (np.datetime64("NaT"), None),
        (np.datetime64("2020-01-31"), "2020-01-31"),
        (pd.Timestamp("2020-01-31T08:00:00"), "2020-01-31T08:00:00"),
        (datetime(2020, 1, 31, tzinfo=UTC), "2020-01-31T00:00:00+00:00"),
        (date(2020, 1, 31), "2020-01-31"),
        (time(8, 30), "08:30:00"),
        (np.array([[1.0, np.nan]]), [[1.0, None]]),
        (np.array(2), 2),
        (pd.Series([1, 2]), [1, 2]),
        (pd.DataFrame({"a": [np.int64(1)], "b": [pd.NaT]}), [{"a": 1, "b": None}]),
        ({1: {"x"}}, {"1": ["x"]}),
        (b"\xc4", "Ä"),
        (2**70, str(2**70)),
        ("half \udcff", "half \\udcff"),
        (Path("a") / "b", str(Path("a") / "b")),
        (1 + 2j, "(1+2j)"),
    ],
    ids=lambda each: repr(each)[:40],
)
def test_whatever_was_found_is_written(value, written):
    assert strict(answers.to_json([value])) == [written]


@pytest.mark.fault("49-inspect-json-degrees")
def test_a_layer_in_degrees_answers_with_its_reading(fault):
    done = CliRunner().invoke(
        main, ["inspect", str(fault / "point.geojson"), "--json"], catch_exceptions=False
    )

    assert done.exit_code in {0, 1}
    ((layer,),) = [each["layers"] for each in strict(done.stdout)]
    assert layer["readings"] != []
    assert all(isinstance(each["longitude"], float) for each in layer["readings"])
    described("inspect").validate(json.loads(done.stdout))


CELLS = {
    "whole numbers with gaps": pd.array([1, None], dtype="Int64"),
    "numbers": [0.5, float("nan")],
    "days": pd.to_datetime(["2020-01-31", None]),
    "moments": pd.to_datetime(["2020-01-31T08:00:00Z", None]),
    "yes and no": [True, False],
    "texts": ["甲", None],
    "nothing": [None, None],
    "lists": [[1, 2], None],
}


@pytest.mark.parametrize("crs", [None, "EPSG:4326", "EPSG:4490", "EPSG:4529", "EPSG:3857"])
@pytest.mark.parametrize("cells", CELLS.values(), ids=CELLS)
def test_a_layer_of_any_columns_in_any_crs_answers(tmp_path, crs, cells):
    at = shapely.Point(122.8, 41.0) if crs in {None, "EPSG:4326", "EPSG:4490"} else (
        shapely.Point(41486000, 4543000)
    )
    path = tmp_path / "a.parquet"
    gpd.GeoDataFrame({"column": cells}, geometry=[at, at], crs=crs).to_parquet(path)

    said = inspection.to_json([profile.look(path)], translations.load("zh"))

    assert strict(said)[0]["layers"][0]["read"] == 2
    described("inspect").validate(strict(said))


def test_the_table_of_reported_figures_answers_as_described():
    done = CliRunner().invoke(main, ["reconcile", "--json"], catch_exceptions=False)

    assert done.exit_code in {0, 1, 3}
    table = strict(done.stdout)
    described("reconcile").validate(table)
    assert {"agrees"} < {row["verdict"] for row in table}
    assert any(row["derived"] is None for row in table)


def test_a_description_refuses_what_it_does_not_name():
    seen = [{"path": "a", "format": "?", "bytes": 1, "layers": [], "cause": "", "mend": "",
             "over_limit": False}]

    described("inspect").validate(seen)
    with pytest.raises(jsonschema.ValidationError, match="unheard"):
        described("inspect").validate([{**seen[0], "unheard": 1}])
