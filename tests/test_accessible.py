"""Every page of the desk can be read and used by everybody: axe-core, and the keyboard alone."""

import importlib.resources
from urllib.parse import quote

import browser
import desk_forms
import desks
import geopandas as gpd
import photos
import pytest
from builders import CRS, EAST, NORTH, Site, box

from landtrack.app import draft_catalog, kept_what_ifs, note_taking, notes, papers, partials, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.server import jobs, ogc, pages

NO_PAGES = {
    f"{ogc.BELOW}{ogc.FILE}", "/places/{name}/gis/project",
    "/static/{file}", "/places/{name}/map-blocks/{file}", "/places/{name}/outputs/{file}",
    "/places/{name}/papers/{file}", "/jobs/{number}/news", "/places/{name}/map/news",
    "/places/{name}/trials", "/places/{name}/trials/brought/{number}",
    "/places/{name}/tables/{number}/refused.csv", "/places/{name}/notes/list",
    "/places/{name}/notes/as/{file}", "/places/{name}/notes/pictures/{file}",
}
ACROSS = f"{EAST + 100},{NORTH - 5} {EAST + 100},{NORTH + 105}"
"""A line over Z1."""
SHOWN = {
    "/": ["/"],
    "/places/{name}": ["/places/park", "/places/new", "/places/drafted", "/places/nowhere"],
    "/places/{name}/issues": ["/places/park/issues"],
    "/places/{name}/map.html": ["/places/park/map.html", "/places/park/map.html#plot=B"],
    "/new": ["/new"],
    "/tutorial": ["/tutorial"],
    "/help/{topic}": ["/help/desk", "/help/tables"],
    "/places/{name}/files": ["/places/park/files", "/places/new/files"],
    "/places/{name}/differences/{of}": ["/places/park/differences/two-of-them"],
    "/places/{name}/compare": ["/places/park/compare"],
    "/places/{name}/catalog": ["/places/park/catalog", "/places/drafted/catalog"],
    "/places/{name}/catalog/part/{part}": [
        "/places/park/catalog/part/place", "/places/drafted/catalog/part/layer-1",
    ],
    "/places/{name}/plots": ["/places/park/plots"],
    "/places/{name}/case": ["/places/park/case?plot=B&outcome=fail"],
    "/places/{name}/sheet": ["/places/park/sheet?plot=B&template=parcel"],
    "/places/{name}/atlas": ["/places/park/atlas?of=parcels:*&template=parcel&scale=1:5"],
    "/places/{name}/what-if": [
        "/places/park/what-if?plot=B&fixed_investment_cny=26000000",
        "/places/park/what-if?plot=B&fixed_investment_cny=2,6",
    ],
    "/places/{name}/what-ifs": ["/places/park/what-ifs?plot=B", "/places/park/what-ifs?plot=A"],
    "/places/{name}/decision": ["/places/park/decision?plot=B"],
    "/places/{name}/history": ["/places/park/history?key=Z1", "/places/park/history?stated=yes"],
    "/places/{name}/undo": ["/places/park/undo?event=1&key=Z1", "/places/park/undo?event=99"],
    "/places/{name}/papers": ["/places/park/papers"],
    "/places/{name}/notes": ["/places/park/notes", "/places/new/notes"],
    "/places/{name}/register": ["/places/park/register"],
    "/places/{name}/documents": ["/places/park/documents"],
    "/places/{name}/overview": ["/places/park/overview"],
    "/places/{name}/numbers": ["/places/park/numbers"],
    "/places/{name}/targets": ["/places/park/targets", "/places/park/targets?target=new"],
    "/places/{name}/behind": ["/places/park/behind?of=land:approved"],
    "/places/{name}/steps": ["/places/park/steps?state=approved", "/places/park/steps"],
    "/places/{name}/tables/{number}": ["/places/park/tables/1", "/places/park/tables/2"],
    "/places/{name}/reshape": [
        "/places/park/reshape?track=approval&key=Z1&key=Z2",
        f"/places/park/reshape?key=Z1&line={quote(ACROSS)}",
    ],
    "/places/{name}/shapes/{number}": [
        "/places/park/shapes/3", "/places/park/shapes/4", "/places/park/shapes/2",
    ],
    **{f"{ogc.BELOW}{path}": [f"{ogc.BELOW}{path}".replace("{name}", "park").replace(
        "{collection}", "parcels"
    ).replace("{feature:path}", "Z1")] for path in ogc.PATHS.values()},
    "/places/{name}/gis": ["/places/park/gis"],
    "/places/{name}/sign-offs": ["/places/park/sign-offs", "/places/park/sign-offs?plot=C"],
    "/jobs/{number}": ["/jobs/1", "/jobs/2"],
}
"""Of each page the addresses at which it shows all that it may show."""
HOW = {
    "zh": [("light", browser.DESKTOP), ("dark", browser.PHONE)],
    "en": [("dark", browser.DESKTOP), ("light", browser.PHONE)],
}
"""Each language, each surrounding and each size meets each other."""
BY_LOOK = {"runOnly": {"type": "rule", "values": [
    "color-contrast", "scrollable-region-focusable", "target-size", "link-in-text-block",
]}}
"""What may be otherwise where a page is only wider or darker."""
HERE = (41.0402, 122.8482)
"""Where the notes are, in degrees."""
GRAVE = {"serious", "critical"}
FOCUSABLE = """[...document.querySelectorAll(
    'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]'
  )].filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({
    visibilityProperty: true, contentVisibilityAuto: true,
  }) && !(each.type === 'radio' && !each.checked))"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A folder of places: one judged, with all that its pages may show, one drafted, one new."""
    served = tmp_path_factory.mktemp("served")
    site = Site(served / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)),
        site.plot("B", box(200, 0, 300, 100), fixed_investment_cny=1_000_000, company="Works"),
        site.plot("C", box(400, 0, 500, 100), fixed_investment_cny=None),
    ])
    site.layer("parcels", [
        (box(0, 0, 250, 100), {"parcel_id": "Z1", "state": "approved"}),
        (box(250, 0, 500, 100), {"parcel_id": "Z2", "state": "notified"}),
    ])
    (site.folder / "scan.pdf").write_bytes(b"%PDF-1.4 a scan")
    vet.run(site.folder, out=site.folder / "build")
    write_notes(site.folder, tmp_path_factory.mktemp("brought"))
    papers.new(site.folder / "build", "form", "A", "pdf").write_bytes(b"%PDF-1.4")
    papers.new(site.folder / "build", "parcel", "A", "pdf").write_bytes(b"%PDF-1.4")
    plots = (site.folder / "plots.geojson").read_bytes()
    for each in ("new", "drafted"):
        (served / each).mkdir()
        (served / each / "plots.geojson").write_bytes(plots)
    (served / "other.geojson").write_bytes(plots.replace(b"Works", b"Plant"))
    gpd.GeoDataFrame({"n": [1]}, geometry=[box(0, 0, 9, 9)]).to_parquet(
        served / "drafted" / "buildings.parquet"
    )
    draft_catalog.init(served / "drafted")
    with pytest.MonkeyPatch.context() as patch, desks.desk(
        served, tmp_path_factory.mktemp("state")
    ) as made:
        patch.setattr(jobs.Jobs, "ask", refused_at_once)
        visitor = made.visitor()
        desk_forms.send(visitor, "/tutorial/begin", {})
        desk_forms.send(visitor, "/tutorial/tick", {"id": "map"})
        desk_forms.send_files(
            visitor, "/places/park/files", [("plots.geojson", plots.replace(b"Works", b"Plant"))]
        )
        for each in (site.folder, served / "drafted"):
            main(["inspect", str(each), "--save", str(made.home.seen(each)),
                  "--maps", str(made.home.maps(each))], standalone_mode=False)
        main(["diff", str(site.folder / "plots.geojson"), str(served / "other.geojson"),
              "--key=plot_id", f"--save={made.home.changes(site.folder, 'two-of-them')}",
              f"--map={made.home.differs(site.folder, 'two-of-them')}"], standalone_mode=False)
        for each in (site.folder, served):  # one half here, one all of it
            partials.begin(each, made.home.mark, [
                partials.Told("half.gpkg", 1000, 1), partials.Told("whole.csv", 0, 1),
            ])
        shown_before_they_count(made.home, site.folder)
        desk_forms.send(visitor, "/places/park/what-ifs", {
            "plot": "B", "name": "more money", "by": "Li", "fixed_investment_cny": "26000000",
            "seen": kept_what_ifs.mark(()),
        })
        for plot in "AB":
            desk_forms.send(
                visitor, "/places/park/sign-offs", {"do": "submit", "plot": plot, "by": "Li"})
        yield made


def write_notes(folder, brought):
    """Write a note with a picture, one that is resolved, and take in a draft."""
    (brought / "picture").write_bytes(photos.taken_at(*HERE))
    typed = notes.Typed("A heap of soil", "Li", *HERE, feature=("plots", "B"))
    note_taking.add(folder, folder / "build", typed, [brought / "picture"])
    made = note_taking.add(folder, folder / "build", typed, [])
    note_taking.change(folder, "resolve", [made.mark], "Wang")
    (brought / "visit.json").write_bytes(photos.visit(catalog.place(folder).id, *HERE))
    note_taking.take_visit(folder, brought / "visit.json", "visit.json", catalog.place(folder).id)


def shown_before_they_count(home, folder):
    """Keep what a table and new shapes would do, some of it refused, and what was not looked at."""
    rows = "feature_id,action,at,document_no\nZ1,announce,2006-12-20,d\nZ1,announce,2006-12-21,\n"
    store = ["--store", str(folder / "build" / "project.gpkg")]
    reshape = ["status", "reshape", "change_boundary", "Z1", "--at", "2006", "--document", "d"]
    asked = {
        "1": ["status", "import", "--refused", str(home.shown(folder) / "1" / "refused.csv")],
        "2": None, "3": [*reshape, "--why", "w"], "4": [*reshape, "--why", " "],
    }
    for number, typed in asked.items():
        at = home.shown(folder) / number
        file = at / number / "brought.csv"
        file.parent.mkdir(parents=True)
        file.write_text(rows, "utf-8")
        (at / "typed.json").write_text('{"": ["brought.csv"]}', "utf-8")
        if number in "34":
            file = file.with_suffix(".geojson")
            gpd.GeoDataFrame(
                {"parcel_id": ["Z1"]}, geometry=[box(0, 0, 260, 100)], crs=CRS
            ).to_file(file)
        if typed:
            of = [str(file)] if number == "1" else ["--to", str(file)]
            main([*typed, *of, *store, "--look", "--save", str(at / "shown.json")],
                 standalone_mode=False)


def refused_at_once(self, place, kind, _):
    """Enter a job that was refused: none begins."""
    number = self.begin(place, kind)
    self.end(number, jobs.REFUSED, "plots.geojson: no such file.\n  Mend: bring it in.")
    return number


@pytest.fixture(scope="module")
def running():
    with browser.browser() as made:
        yield made


@pytest.fixture
def opened(desk, running):
    """Open pages of the desk in a language."""
    contexts = []

    def open_in(lang):
        context = running.new_context(
            viewport={"width": browser.DESKTOP[0], "height": browser.DESKTOP[1]},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"http://127.0.0.1:{desk.port}/?token={quote(desk.keys.token())}&lang={lang}")
        return page

    yield open_in
    for each in contexts:
        each.close()


def at(desk, page, address):
    """Open an address; one that differs behind # only is loaded anew."""
    page.goto("about:blank")
    page.goto(f"http://127.0.0.1:{desk.port}{address}")
    browser.until(page, browser.READY)


def test_no_page_is_left_out():
    every = {each.path for each in pages.Pages(None, None, None).table() if each.method == "GET"}

    assert every - NO_PAGES == set(SHOWN)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious_on_any_page(desk, opened, lang):
    script = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    page, found = opened(lang), []

    for address in (each for own in SHOWN.values() for each in own):
        at(desk, page, address)
        page.evaluate(script)
        for (scheme, (width, height)), rules in zip(HOW[lang], ({}, BY_LOOK), strict=True):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": height})
            told = page.evaluate(
                "(asked) => axe.run(asked)", {"resultTypes": ["violations"], **rules}
            )
            found += [
                (address, scheme, width, each["id"], node["target"], node["failureSummary"])
                for each in told["violations"] if each["impact"] in GRAVE
                for node in each["nodes"]
            ]

    assert not found, "\n".join(map(str, found))


@pytest.mark.parametrize("page_of", SHOWN)
def test_the_keyboard_reaches_all_that_can_be_used_and_shows_where_it_is(desk, opened, page_of):
    page = opened("en")
    for address in SHOWN[page_of]:
        at(desk, page, address)
        wanted = page.evaluate(f"""() => {{
          const all = {FOCUSABLE};
          all.forEach((each, at) => {{ each.dataset.stop = at; }});
          return all.map((each) => each.outerHTML.slice(0, 120));
        }}""")
        reached, seen, before = set(), set(), ""
        for _ in range(2 * len(wanted) + 4):
            page.keyboard.press("Tab")
            stop, ring = page.evaluate("""() => {
              const own = document.activeElement, style = getComputedStyle(own);
              const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
              return [own.dataset.stop ?? '', ring || style.boxShadow !== 'none'];
            }""")
            if stop in reached and stop != before:  # a date has several stops
                break
            before = stop
            if stop:
                reached.add(stop)
                seen |= {stop} if ring else set()

        missed = [each for stop, each in enumerate(wanted) if str(stop) not in reached]
        unseen = [wanted[int(stop)] for stop in sorted(reached - seen)]
        assert (address, missed, unseen) == (address, [], [])


def test_why_a_plot_fails_is_found_without_a_mouse(desk, opened):
    page = opened("en")
    at(desk, page, "/places/park")

    tab_to(page, "Plots")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plots")
    tab_to(page, "B")
    page.keyboard.press("Enter")
    page.wait_for_url("**/case?plot=B*")

    assert "must grow by" in page.locator("main").inner_text()


def tab_to(page, text):
    """Press Tab until what is focused says something."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == text:
            return
    raise AssertionError(f"{text} is not reached")
