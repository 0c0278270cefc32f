"""Basemaps: none unless asked for, by name or address, never in a shifted datum."""

import dataclasses
import http.server
import io
import re
import struct
import threading
import zlib

import folium
import msgspec
import pytest
from browser import browser, open_map, until
from PIL import Image
from test_browser import show_layers
from test_webmap import HOSTILE, made, page_of

import landtrack
from landtrack.model import Basemap, catalog, translations
from landtrack.model.errors import CatalogError
from landtrack.output import map as webmap
from landtrack.output.map import basemaps

WORDS = [translations.load("zh"), translations.load("en")]
OWN = "https://tiles.intranet.example/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"


def with_basemaps(*stated):
    result = made()
    place = msgspec.structs.replace(result.place, basemaps=stated)
    return dataclasses.replace(result, place=place)


def policy(page):
    return re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]


@pytest.mark.parametrize(
    "url",
    ["http://webrd01.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}",
     "https://wprd0{s}.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}",
     "http://p3.map.gtimg.com/maptilesv2/{z}/{x}/{y}.png",
     "http://mt2.google.cn/vt/lyrs=m&x={x}&y={y}&z={z}",
     "http://online1.map.bdimg.com/tile/?x={x}&y={y}&z={z}",
     "https://user:pass@WEBRD01.IS.AUTONAVI.COM:443/{z}/{x}/{y}"],
)
def test_a_basemap_in_a_shifted_datum_is_refused(url):
    with pytest.raises(CatalogError, match=r"GCJ-02|BD-09") as caught:
        basemaps.for_page(Basemap(url=url), WORDS)

    assert "tianditu-vector" in caught.value.mend


def test_a_shifted_basemap_is_refused_by_its_name_in_xyzservices_too():
    with pytest.raises(CatalogError, match="GCJ-02"):
        webmap.build(with_basemaps(Basemap(provider="Gaode.Normal")))


def test_a_host_that_only_looks_alike_is_not_refused():
    made_of = basemaps.for_page(Basemap(url="https://notautonavi.com/{z}/{x}/{y}.png"), WORDS)

    assert made_of["layers"] == ["https://notautonavi.com/{z}/{x}/{y}.png"]


@pytest.mark.parametrize(
    ("stated", "match"),
    [(Basemap(provider="tianditu-vector"), "needs a key"),
     (Basemap(provider="nobody"), "no basemap"),
     (Basemap(url="https://a.b/tile.png"), "no place for x, y and z"),
     (Basemap(provider="Thunderforest.OpenCycleMap"), "needs a key"),
     (Basemap(url="https://a.b/wmts?service=WMTS&request=GetCapabilities"), "capabilities"),
     (Basemap(url="https://a.b/1.0.0/WMTSCapabilities.xml"), "capabilities"),
     (Basemap(url="https://a.b/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}"), "matrix_set"),
     (Basemap(url="https://a.b/{Style}/{TileMatrix}/{TileRow}/{TileCol}"), "a style"),
     (Basemap(url="https://t0.tianditu.gov.cn/vec_c/wmts?TILEMATRIX={z}&TILEROW={y}&TILECOL={x}"),
      "Web Mercator"),
     (Basemap(url="https://a.b/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}",
              matrix_set="EPSG:4490"), "Web Mercator"),
     (Basemap(provider="NASAGIBS.BlueMarble3413"), "Web Mercator")],
)
def test_what_cannot_be_loaded_is_told(stated, match):
    with pytest.raises(CatalogError, match=match):
        basemaps.for_page(stated, WORDS)


def test_tianditu_has_the_users_key_and_its_names_above_the_map():
    told = basemaps.for_page(Basemap(provider="tianditu-imagery", key="k1"), WORDS)

    assert [re.search(r"LAYER=(\w+)", each)[1] for each in told["layers"]] == ["img", "cia"]
    assert all(each.endswith("tk=k1") for each in told["layers"])
    assert basemaps.hosts([told]) == ["https://*.tianditu.gov.cn"]


def test_a_provider_of_xyzservices_is_taken_as_it_is():
    told = basemaps.for_page(Basemap(provider="OpenStreetMap.Mapnik"), WORDS)

    assert told["layers"] == ["https://tile.openstreetmap.org/{z}/{x}/{y}.png"]
    assert "OpenStreetMap" in told["attribution"]


def test_a_map_without_a_basemap_may_load_nothing_at_all():
    said = policy(page_of(made()))

    assert "default-src 'none'" in said
    assert "img-src data: blob:;" in said
    assert "http" not in said
    assert "unsafe-eval" not in said
    assert "unsafe-inline" not in said.split("style-src")[0]


def test_only_the_hosts_of_the_basemaps_may_be_asked():
    said = policy(page_of(with_basemaps(Basemap(url=OWN))))

    assert "img-src data: blob: https://tiles.intranet.example;" in said


def test_tiles_that_a_user_adds_may_be_loaded():
    built = webmap.build(made())
    folium.TileLayer("https://{s}.tile.example.org/{z}/{x}/{y}.png", attr="x").add_to(built)

    assert "https://*.tile.example.org" in policy(webmap.to_html(built))


def test_a_notebook_has_the_map_by_its_short_name():
    built = landtrack.map(made())

    assert isinstance(built, folium.Map)
    assert "<iframe srcdoc=" in built._repr_html_()


def test_a_place_names_its_basemaps_in_its_catalog(site):
    site.catalog('[[basemap]]\nprovider = "OpenStreetMap.Mapnik"\ntitle = { zh = "街道图" }')

    place = catalog.place(site.folder)

    assert place.basemaps == (
        Basemap(provider="OpenStreetMap.Mapnik", title={"zh": "街道图"}),
    )


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


def test_a_basemap_is_asked_for_only_when_it_is_chosen(running, tmp_path):
    path = tmp_path / "map.html"
    stated = Basemap(url=OWN, title={"zh": "内网底图"}, attribution="<b>内网</b>")
    path.write_text(page_of(with_basemaps(stated)), encoding="utf-8")
    context = running.new_context(viewport={"width": 1366, "height": 768})
    asked = []
    context.route("https://**/*", lambda route: (asked.append(route.request.url), route.abort()))
    page = context.new_page()
    page.goto(path.as_uri())
    until(page, "landtrack.ready")
    assert asked == []

    show_layers(page)
    page.locator("#lt-basemap").select_option(label="内网底图")
    page.wait_for_timeout(400)

    assert asked
    assert all(url.startswith("https://tiles.intranet.example/wmts?") for url in asked)
    assert "<b>内网</b>" in page.locator(".leaflet-control-attribution").inner_text()
    context.close()


def test_the_resources_of_a_wmts_are_asked_for_in_its_own_words():
    told = basemaps.for_page(
        Basemap(url="https://a.b/img/{style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png",
                matrix_set="GoogleMapsCompatible", style="default"), WORDS,
    )

    assert told["layers"] == ["https://a.b/img/default/GoogleMapsCompatible/{z}/{y}/{x}.png"]


@pytest.fixture
def tile_server():
    """Tiles in plain red on this machine; gives their address and the paths that were asked."""
    asked = []

    class Tiles(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.end_headers()
            self.wfile.write(RED)

        def log_message(self, *_):
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Tiles) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
        server.shutdown()


def png(red, green, blue, side=256):
    """An image of one colour."""
    def chunk(name, data):
        whole = name + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    rows = (b"\0" + bytes((red, green, blue)) * side) * side
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


RED = png(255, 0, 0)


@pytest.mark.parametrize(
    "template", ["/{z}/{x}/{y}.png", "/wmts/{TileMatrix}/{TileRow}/{TileCol}"],
    ids=["tiles", "WMTS"],
)
def test_tiles_are_asked_for_and_drawn_below_the_land(running, tmp_path, tile_server, template):
    address, asked = tile_server
    path = tmp_path / "map.html"
    stated = Basemap(url=address + template, title={"zh": "红图"})
    path.write_text(page_of(with_basemaps(stated)), encoding="utf-8")
    page = running.new_page(viewport={"width": 1366, "height": 768})
    page.goto(path.as_uri())
    until(page, "landtrack.ready")
    show_layers(page)

    page.locator("#lt-basemap").select_option(label="红图")
    until(page, "document.querySelectorAll('.leaflet-tile-loaded').length > 3")
    page.wait_for_timeout(600)  # tiles fade in

    found = page.evaluate("landtrack.map.getPixelBounds().getCenter().divideBy(256).floor()")
    zoom = page.evaluate("Math.round(landtrack.map.getZoom())")
    assert any(each.startswith((f"/{zoom}/", f"/wmts/{zoom}/")) for each in asked)
    assert found
    shot = page.screenshot(clip={"x": 700, "y": 700, "width": 4, "height": 4})
    assert pixel(shot) == (255, 0, 0)
    page.close()


def pixel(shot):
    """The first pixel of an image, in red, green and blue."""
    return Image.open(io.BytesIO(shot)).convert("RGB").getpixel((1, 1))


def test_a_script_that_got_into_the_page_would_not_run(running, tmp_path):
    path = tmp_path / "map.html"
    page = page_of(made(hostile=HOSTILE))
    path.write_text(
        page.replace("</body>", "<img src=x onerror='window.bad = 1'></body>"), encoding="utf-8"
    )
    context = running.new_context()
    opened = context.new_page()
    opened.goto(path.as_uri())
    until(opened, "landtrack.ready")
    opened.wait_for_timeout(200)

    assert opened.evaluate("window.bad") is None
    context.close()


def test_the_map_works_under_its_own_policy(running, tmp_path):
    path = tmp_path / "map.html"
    webmap.save(webmap.build(made(), large=1), path, one_file=1)
    with open_map(path, fragment="#plot=P-02", running=running) as page:
        page.locator(".lt-card h2").wait_for()
