"""OGC API Features: each requirement of the classes that are kept is a test of its name.

Core, GeoJSON, HTML and OpenAPI 3.0 of OGC 17-069r4, CRS of OGC 18-058r1.
"""

import itertools
import json
import re
from datetime import datetime

import desks
import jsonschema
import ogc_park
import pytest
from builders import EAST, NORTH
from ogc_park import CRS84, EPSG, PARCELS, links
from pyproj import CRS, Transformer

STORAGE = f"{EPSG}4529"
CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    folder = ogc_park.judged(tmp_path_factory.mktemp("made") / "park")
    with desks.desk(folder, tmp_path_factory.mktemp("state")) as made:
        yield ogc_park.Api(made.visitor(), "/places/park/ogc")


@pytest.fixture(scope="module")
def definition(api):
    return api.json("/api")


@pytest.fixture(scope="module")
def collections(api):
    return api.json("/collections")


@pytest.fixture(scope="module")
def parcels(api):
    return api.items("parcels")


def operation(definition, path):
    return definition["paths"][path]["get"]


def parameters(definition, path):
    found = {}
    for each in operation(definition, path)["parameters"]:
        own = each
        if "$ref" in each:
            own = definition["components"]["parameters"][each["$ref"].rpartition("/")[2]]
        found[own["name"]] = own
    return found


def schema_of(definition, name):
    """A schema of the definition, for a validator of JSON Schema."""
    told = json.dumps({
        "$ref": f"#/components/schemas/{name}", "components": definition["components"],
    })
    return json.loads(re.sub(r'"type": "(\w+)", "nullable": true', r'"type": ["\1", "null"]', told))


def holds(definition, name, document):
    jsonschema.validate(document, schema_of(definition, name))


ITEMS = "/collections/parcels/items"
EACH = ["", "/conformance", "/api", "/collections", "/collections/parcels",
        "/collections/parcels/queryables", ITEMS, f"{ITEMS}/Z1"]


# --- core -----------------------------------------------------------------------------------


def test_req_core_root_op(api):
    assert api("").status == 200


def test_req_core_root_success(api, definition):
    root = api.json("")

    holds(definition, "landingPage", root)
    for rel in ("service-desc", "service-doc", "conformance", "data"):
        (link,) = links(root, rel)
        assert api.open(link["href"]).status == 200, rel


def test_req_core_api_definition_op(api):
    (desc,) = links(api.json(""), "service-desc")

    assert api.open(desc["href"]).headers["content-type"] == desc["type"]


def test_req_core_api_definition_success(api):
    (desc,) = links(api.json(""), "service-desc")

    assert json.loads(api.open(desc["href"]).text)["openapi"].startswith("3.0.")


def test_req_core_conformance_op(api):
    assert api("/conformance").status == 200


def test_req_core_conformance_success(api, definition):
    told = api.json("/conformance")

    holds(definition, "confClasses", told)
    assert {f"{CORE}{each}" for each in ("core", "oas30", "html", "geojson")} <= {
        *told["conformsTo"]
    }
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in told["conformsTo"]


def test_req_core_http(api):
    assert api.visitor.ask(api.at, "HEAD").status == 200
    assert api.visitor.ask(f"{api.at}/collections", "POST").status == 405


@pytest.mark.parametrize("path", EACH)
def test_req_core_query_param_unknown(api, path):
    answer = api(path, nosuch="1")

    assert answer.status == 400
    assert json.loads(answer.text)["code"] == "InvalidParameterValue"


@pytest.mark.parametrize("query", [
    {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "1.5"}, {"limit": "٣"},
    {"limit": ""}, {"limit": "9" * 5000}, {"bbox": "1,2,3"}, {"bbox": "1,2,3,x"},
    {"bbox": "nan,0,1,1"},
    {"bbox": "0,0,inf,1"}, {"bbox": "0,0,1e999,1"}, {"bbox": "0,5,1,4"}, {"bbox": "181,0,182,1"},
    {"bbox": "0,91,1,92"}, {"bbox": "1,2,3,4,5"}, {"bbox": ""},
    {"bbox": "2,0,1,1", "bbox__crs": STORAGE}, {"bbox__crs": STORAGE},
    {"datetime": "x"}, {"datetime": "2006-02-30T00:00:00Z"}, {"datetime": "2006"},
    {"datetime": ".."}, {"datetime": "../.."}, {"datetime": "/"}, {"datetime": "2006-01-01/x"},
    {"datetime": "2006-01-02/2006-01-01"}, {"datetime": "2006-01-01/2006-01-02/2006-01-03"},
    {"datetime": "２006-01-01"}, {"f": "xml"}, {"after": "1"}, {"after": "0" * 12 + "-x"},
    {"area_m2": "x"}, {"area_m2": "inf"}, {"row": "1.5"}, {"state_on": "soon"},
], ids=str)
def test_req_core_query_param_invalid(api, query):
    answer = api(ITEMS, **query)

    assert answer.status == 400
    assert json.loads(answer.text)["description"]


def test_req_core_query_param_invalid_where_one_is_there_twice(api):
    assert api.visitor.ask(f"{api.at}{ITEMS}?limit=1&limit=2").status == 400


def test_req_core_crs84(api):
    ring = api.items("plots")["features"][0]["geometry"]["coordinates"][0]
    reach = Transformer.from_crs("EPSG:4529", "EPSG:4326", always_xy=True)

    west, south = reach.transform(EAST, NORTH)
    assert any(each == pytest.approx([west, south], abs=1e-9) for each in ring)


def test_req_core_fc_md_op(api):
    assert api("/collections").status == 200


def test_req_core_fc_md_success(definition, collections):
    holds(definition, "collections", collections)


def test_req_core_fc_md_links(api, collections):
    for rel, kind in (("self", "application/json"), ("alternate", "text/html")):
        (link,) = links(collections, rel)
        assert link["type"] == kind
        assert api.open(link["href"]).headers["content-type"].startswith(kind)


def test_req_core_fc_md_items(collections):
    assert [each["id"] for each in collections["collections"]] == [
        "buildings", "parcels", "plots", "states_parcels", "findings", "issues",
    ]


def test_req_core_fc_md_items_links(api, collections):
    for each in collections["collections"]:
        found = links(each, "items")
        assert {link["type"] for link in found} == {"application/geo+json", "text/html"}
        for link in found:
            assert api.open(link["href"]).headers["content-type"].startswith(link["type"])


def test_req_core_fc_md_extent(api, collections):
    for each in collections["collections"]:
        ((west, south, east, north),) = each["extent"]["spatial"]["bbox"]
        for feature in api.items(each["id"])["features"]:
            if feature["geometry"]:
                for x, y in feature["geometry"]["coordinates"][0]:
                    assert west <= x <= east
                    assert south <= y <= north
    (states,) = [each for each in collections["collections"] if each["id"] == "states_parcels"]
    assert states["extent"]["temporal"]["interval"] == [["2006-03-01T00:00:00Z", None]]


def test_req_core_fc_md_extent_multi(collections):
    assert all(len(each["extent"]["spatial"]["bbox"]) == 1 for each in collections["collections"])


def test_req_core_sfc_md_op(api, collections):
    for each in collections["collections"]:
        assert api(f"/collections/{each['id']}").status == 200
    assert api("/collections/nosuch").status == 404
    assert api("/collections/status_log/items").status == 404


def test_req_core_sfc_md_success(api, collections):
    for each in collections["collections"]:
        assert api.json(f"/collections/{each['id']}") == each


def test_req_core_fc_op(api, collections):
    for each in collections["collections"]:
        assert api(f"/collections/{each['id']}/items").status == 200


def test_req_core_fc_limit_definition(definition):
    limit = parameters(definition, ITEMS)["limit"]

    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}
    assert (limit["in"], limit["required"], limit["style"], limit["explode"]) == (
        "query", False, "form", False
    )


def test_req_core_fc_limit_response_1(api):
    assert len(api.ids("parcels", limit=3)) == 3
    assert len(api.ids("parcels", limit=100_000)) == PARCELS  # taken for the most there may be


def test_req_core_fc_bbox_definition(definition):
    bbox = parameters(definition, ITEMS)["bbox"]

    assert bbox["schema"]["items"] == {"type": "number"}
    assert (bbox["style"], bbox["explode"]) == ("form", False)


def test_req_core_fc_bbox_response(api):
    reach = Transformer.from_crs("EPSG:4529", "EPSG:4326", always_xy=True)
    west, south, east, north = (
        *reach.transform(EAST + 110, NORTH + 10), *reach.transform(EAST + 150, NORTH + 20)
    )

    assert api.ids("parcels", bbox=f"{west},{south},{east},{north}") == ["Z1"]
    assert api.ids("parcels", bbox=f"{west},{south},-100,{east},{north},100") == ["Z1"]
    assert api.ids("parcels", bbox="-180,-90,180,90") == [f"Z{at}" for at in range(PARCELS)]
    assert api.ids("parcels", bbox="0,0,1,1") == []
    over_the_meridian = f"{west},{south},-170,{north}"
    assert api.ids("parcels", bbox=over_the_meridian) == [f"Z{at}" for at in range(1, PARCELS)]
    assert {each.partition(":")[0] for each in api.ids("findings", bbox=f"{west},0,180,90")} == {
        "B"
    }


def test_req_core_fc_time_definition(definition):
    assert parameters(definition, ITEMS)["datetime"]["schema"] == {"type": "string"}


@pytest.mark.parametrize(("when", "states"), [
    ("2006-02-28T12:00:00Z", []), ("2006-03-01T00:00:00Z", ["surveyed"]),
    ("2006-05-09T12:00:00Z", ["surveyed"]), ("2006-05-10T12:00:00+08:00", ["dossier_assembled"]),
    ("2006-05-10", ["dossier_assembled"]), ("2020-01-01T00:00:00Z", ["dossier_assembled"]),
    ("../2006-05-09T12:00:00Z", ["surveyed"]), ("/2006-02-01", []),
    ("2006-05-01/..", ["surveyed", "dossier_assembled"]), ("2006-05-10/", ["dossier_assembled"]),
    ("2006-01-01/2006-12-31", ["surveyed", "dossier_assembled"]),
    ("9999-12-31T23:59:59Z", ["dossier_assembled"]),
])
def test_req_core_fc_time_response(api, when, states):
    found = api.items("states_parcels", datetime=when, feature_id="Z1")["features"]

    assert [each["properties"]["state"] for each in found] == states
    assert len(api.ids("parcels", datetime=when)) == PARCELS  # which have no time of their own


def test_req_core_fc_response(api, definition, parcels):
    holds(definition, "featureCollectionGeoJSON", parcels)
    one = api.items("parcels", parcel_id="Z3", owner="%_*?[", area_m2="9993", state_on="2006-03-01")
    assert [each["id"] for each in one["features"]] == ["Z3"]
    assert api.ids("parcels", parcel_id="Z3", area_m2="1") == []


def test_req_core_fc_links(api, parcels):
    for rel, kind in (("self", "application/geo+json"), ("alternate", "text/html")):
        (link,) = links(parcels, rel)
        assert api.open(link["href"]).headers["content-type"].startswith(kind)
    first = api.items("parcels", limit=3, state="surveyed")
    seen = [each["id"] for each in first["features"]]
    while following := links(first, "next"):
        first = json.loads(api.open(following[0]["href"]).text)
        seen += [each["id"] for each in first["features"]]
    assert seen == [f"Z{at}" for at in range(PARCELS)]


def test_req_core_fc_rel_type(api):
    assert all(each["type"] for each in api.items("parcels", limit=1)["links"])


def test_req_core_fc_timestamp(parcels):
    assert datetime.fromisoformat(parcels["timeStamp"]).tzinfo is not None


def test_req_core_fc_number_matched(api):
    assert api.items("parcels", limit=2)["numberMatched"] == PARCELS
    assert api.items("parcels", datetime="2006-01-01")["numberMatched"] == PARCELS
    for query in ({"parcel_id": "Z1"}, {"bbox": "0,0,1,1"}):
        assert "numberMatched" not in api.items("parcels", **query)
    assert "numberMatched" not in api.items("states_parcels", datetime="2006-03-01")


def test_req_core_fc_number_returned(api):
    assert api.items("parcels", limit=2)["numberReturned"] == 2
    assert api.items("parcels", parcel_id="none")["numberReturned"] == 0


def test_req_core_f_op(api, collections):
    for each in collections["collections"]:
        for name in api.ids(each["id"]):
            assert api(f"/collections/{each['id']}/items/{name}").status == 200
    for name in ("nosuch", "A/b", "9" * 30, "%F0%9F%98%80", "..", "Z1'"):
        assert api(f"{ITEMS}/{name}").status == 404, name
        assert api(f"/collections/findings/items/{name}").status == 404, name
        assert api(f"/collections/states_parcels/items/{name}").status == 404, name


def test_req_core_f_success(api, definition, parcels):
    one = api.json(f"{ITEMS}/Z1")

    holds(definition, "featureGeoJSON", one)
    (same,) = [each for each in parcels["features"] if each["id"] == "Z1"]
    assert {name: one[name] for name in same} == same


def test_req_core_f_links(api):
    one = api.json(f"{ITEMS}/Z1")

    for rel, kind in (("self", "application/geo+json"), ("alternate", "text/html"),
                      ("collection", "application/json")):
        (link,) = links(one, rel)
        assert link["type"] == kind
        assert api.open(link["href"]).status == 200


# --- GeoJSON --------------------------------------------------------------------------------


def test_req_geojson_definition(api):
    for path in (ITEMS, f"{ITEMS}/Z1"):
        answer = api.visitor.ask(f"{api.at}{path}", Accept="application/geo+json")
        assert answer.headers["content-type"] == "application/geo+json"


def test_req_geojson_content(parcels):
    assert parcels["type"] == "FeatureCollection"
    for each in parcels["features"]:
        assert (each["type"], each["geometry"]["type"]) == ("Feature", "Polygon")
        ring = each["geometry"]["coordinates"][0]
        around = sum(one[0] * two[1] - two[0] * one[1]
                     for one, two in itertools.pairwise(ring))
        assert around > 0  # shells are counterclockwise, as RFC 7946 says


# --- HTML -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EACH)
def test_req_html_definition(api, path):
    for answer in (api(path, f="html"), api.visitor.ask(f"{api.at}{path}", Accept="text/html")):
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", EACH)
def test_req_html_content(api, path):
    document, shown = api.json(path), api(path, f="html")

    assert shown.text.startswith("<!doctype html>")
    for each in document.get("links", []):
        address = each["href"].partition("?")[0]
        assert f'href="{address}' in shown.text
    for each in document.get("features", [document] if "geometry" in document else []):
        for value in each["properties"].values():
            assert value is None or str(value) in shown.seen


def test_what_is_written_in_a_feature_is_no_mark_of_a_page(api):
    shown = api("/collections/plots/items", f="html")

    assert "Works/1 &lt;b&gt;" in shown.text


# --- OpenAPI 3.0 ----------------------------------------------------------------------------


def test_req_oas30_oas_definition_1(api):
    assert api("/api").headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"


def test_req_oas30_oas_definition_2(definition):
    assert {"openapi", "info", "paths"} <= definition.keys()
    named = [operation(definition, path)["operationId"] for path in definition["paths"]]
    assert len({*named}) == len(named)
    for ref in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(definition)):
        own = definition
        for part in ref.split("/"):
            own = own[part]


def test_req_oas30_oas_impl(api, definition):
    (server,) = definition["servers"]
    for path in definition["paths"]:
        address = server["url"] + re.sub(r"{\w+}", "nosuch", path).rstrip("/")
        wanted = 404 if "{" in path else 200
        answer = api.open(address)
        assert answer.status == wanted, path
    assert {"owner", "state", "area_m2"} <= parameters(definition, ITEMS).keys()


def test_req_oas30_completeness(definition):
    for path in definition["paths"]:
        answers = operation(definition, path)["responses"]
        assert {"200", "400", "401", "404", "405", "409", "429"} <= answers.keys()
        assert "text/html" in answers["200"]["content"]


def test_req_oas30_exception_codes(api, definition):
    for answer in (api("", x="1"), api("/collections/no"), api(f"{ITEMS}/no")):
        holds(definition, "exception", json.loads(answer.text))
        assert str(answer.status) in definition["components"]["responses"]


def test_req_oas30_security(definition):
    schemes = definition["components"]["securitySchemes"]
    assert (schemes["password"]["type"], schemes["password"]["scheme"]) == ("http", "basic")
    assert {name for each in definition["security"] for name in each} <= schemes.keys()


# --- filters --------------------------------------------------------------------------------


def test_the_classes_of_filters_that_are_kept_are_told(api):
    told = {*api.json("/conformance")["conformsTo"]}

    part, cql = "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/", (
        "http://www.opengis.net/spec/cql2/1.0/conf/")
    assert {f"{part}{each}" for each in (
        "queryables", "queryables-query-parameters", "filter", "features-filter",
    )} <= told
    assert {f"{cql}{each}" for each in (
        "cql2-text", "basic-cql2", "advanced-comparison-operators",
    )} <= told


def test_the_properties_for_filters_are_a_schema_and_each_of_them_is_taken(api, collections):
    for each in collections["collections"]:
        (link,) = links(each, "http://www.opengis.net/def/rel/ogc/1.0/queryables")
        answer = api.open(link["href"])
        schema = json.loads(answer.text)
        assert answer.headers["content-type"] == link["type"] == "application/schema+json"
        assert schema["$id"] == link["href"].partition("?")[0]
        jsonschema.Draft202012Validator.check_schema(schema)
        for name in schema["properties"]:
            api.items(each["id"], filter=f"{name} IS NULL")
    answer = api(ITEMS, filter="nosuch = 1")
    assert answer.status == 400
    assert api.ids("parcels", filter="owner = 'Da' OR area_m2 > 9995") == ["Z0", "Z6"]


def test_a_filter_goes_on_to_the_next_page(api):
    (link,) = links(api.items("parcels", filter="row > 2", limit=2), "next")

    assert [each["id"] for each in json.loads(api.open(link["href"]).text)["features"]] == [
        "Z4", "Z5",
    ]


# --- CRS ------------------------------------------------------------------------------------


def test_req_crs_crs_uri(collections):
    for uri in collections["crs"]:
        assert CRS.from_user_input(uri).to_authority()


def test_req_crs_fc_md_crs_list(collections):
    for each in collections["collections"]:
        assert {CRS84, STORAGE, f"{EPSG}4326", f"{EPSG}3857"} == {*each["crs"]}


def test_req_crs_fc_md_storage_crs(collections):
    assert {each["storageCrs"] for each in collections["collections"]} == {STORAGE}


def test_req_crs_fc_md_storage_crs_valid_value(collections):
    assert all(each["storageCrs"] in each["crs"] for each in collections["collections"])


def test_req_crs_fc_md_crs_list_global(collections):
    assert all({*collections["crs"]} == {*each["crs"]} for each in collections["collections"])


def test_req_crs_fc_bbox_crs_definition(definition):
    assert parameters(definition, ITEMS)["bbox-crs"]["schema"]["format"] == "uri"


def test_req_crs_fc_bbox_crs_valid_value(api, collections):
    for uri in collections["crs"]:
        assert api(ITEMS, bbox="1,1,2,2", bbox__crs=uri).status == 200
    assert api(ITEMS, bbox="1,1,2,2", bbox__crs=f"{EPSG}32633").status == 400
    assert api(ITEMS, bbox="1,1,2,2", bbox__crs="EPSG:4529").status == 400


def test_req_crs_fc_bbox_crs_default_value(api):
    assert api.ids("parcels", bbox="-180,-90,180,90") == api.ids(
        "parcels", bbox="-180,-90,180,90", bbox__crs=CRS84
    )


def test_req_crs_fc_bbox_crs_action(api):
    """Northing first, where the authority says so."""
    box = f"{NORTH + 10},{EAST + 110},{NORTH + 20},{EAST + 150}"
    turned = f"{EAST + 110},{NORTH + 10},{EAST + 150},{NORTH + 20}"

    assert api.ids("parcels", bbox=box, bbox__crs=STORAGE) == ["Z1"]
    assert api.ids("parcels", bbox=turned, bbox__crs=STORAGE) == []
    between = f"{NORTH},{EAST + 99.92},{NORTH + 1},{EAST + 99.98}"
    assert api.ids("parcels", bbox=between, bbox__crs=STORAGE) == []
    assert len(api.ids("parcels", bbox="-90,-180,90,180", bbox__crs=f"{EPSG}4326")) == PARCELS


def test_req_crs_fc_crs_definition(definition):
    for path in (ITEMS, f"{ITEMS}/{{featureId}}"):
        assert parameters(definition, path)["crs"]["schema"]["format"] == "uri"


def test_req_crs_fc_crs_valid_value(api, collections):
    for path in (ITEMS, f"{ITEMS}/Z1"):
        assert api(path, crs=f"{EPSG}32633").status == 400
        for uri in collections["crs"]:
            assert api(path, crs=uri).status == 200


def test_req_crs_fc_crs_default_value(api):
    for path in (ITEMS, f"{ITEMS}/Z1"):
        own, same = api.json(path), api.json(path, crs=CRS84)
        assert own.get("features", own.get("geometry")) == same.get(
            "features", same.get("geometry")
        )


def test_req_crs_fc_crs_action(api):
    """Coordinates of the store without loss, northing first; latitude first in EPSG:4326."""
    ring = api.items("plots", plot_id="B", crs=STORAGE)["features"][0]["geometry"]["coordinates"][0]
    assert {tuple(each) for each in ring} == {
        (NORTH, EAST + 200), (NORTH, EAST + 300), (NORTH + 100.125, EAST + 300),
        (NORTH + 100.125, EAST + 200),
    }
    world = api.json(f"{ITEMS}/Z1")["geometry"]["coordinates"][0]
    turned = api.json(f"{ITEMS}/Z1", crs=f"{EPSG}4326")["geometry"]["coordinates"][0]
    assert {(y, x) for x, y in turned} == {(x, y) for x, y in world}


def test_req_crs_geojson(api):
    assert api(ITEMS, crs=STORAGE).headers["content-type"] == "application/geo+json"


def test_req_crs_ogc_crs_header(api):
    for path in (ITEMS, f"{ITEMS}/Z1"):
        assert api(path).headers["content-crs"] == f"<{CRS84}>"
        assert "content-crs" not in api("").headers


def test_req_crs_ogc_crs_header_value(api, collections):
    for uri in collections["crs"]:
        assert api(ITEMS, crs=uri).headers["content-crs"] == f"<{uri}>"
