"""Whatever is posted to the desk is answered without a fault, and changes nothing beside."""

import hashlib
import re
from urllib.parse import quote, urlencode

import desk_forms
import desks
import pytest
from builders import Site, box
from hypothesis import HealthCheck, given, settings, strategies as st

from landtrack import store
from landtrack.app import vet
from landtrack.model import catalog
from landtrack.server import jobs, pages

FIELDS = (
    "action", "all", "as", "at", "by", "checked_by", "document", "draft", "drawn_by", "event",
    "files", "fixed_investment_cny", "key", "kind", "land_area_m2", "note", "on", "paper", "path",
    "plot", "right", "scale", "scan", "seen", "template", "title", "values", "version", "why",
    "crs", "id", "language", "mark", "name", "off", "others", "reading", "rules", "text",
    "workflow",
)
"""What the forms of the desk ask for; others are unknown to it."""
HOSTILE = (
    "", " ", "A", "\0", "a\0b", "..", "../../x", "/etc/passwd", "C:\\con", "nul.pdf",
    "--out=up.html",
    "-x", "--store=/tmp/other.gpkg", "<script>alert(1)</script>", "{{7*7}}", "' or 1=1 --", "%00",
    "1" * 5000, "9" * 30, "-1", "1e999", "nan", "True", "null", "٣٤", "²", "\ud800", "\u202e",
    "A" * 20_000, "\r\nX: y", "2006-13-45", "0000-00-00", "all", "plots:A",
    "survey", "pdf", "parcel", "catalog.toml", "new", "layer-1", "1:1000",
)
TEXTS = st.sampled_from(HOSTILE) | st.text(max_size=30)
PATHS = st.sampled_from([
    "1", "0", "new", "place", "layer-1", "..", "%2e%2e%2f", "%00", "A", "9" * 30, "1" * 5000, "run",
    "form-A.pdf", "%F0%9F%98%80", "%FF", "a%0d%0ab",
])
POSTED = [each for each in pages.Pages(None, None, None).table() if each.method == "POST"]


def as_form(pairs):
    return urlencode(pairs, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"


def as_files(pairs):
    files = [(value, name.encode("utf-8", "surrogatepass")) for name, value in pairs[1:]]
    fields = {name: value for name, value in pairs[:1] if name != "files"}  # they are files here
    cut = {key.replace("\ud800", "?"): each.replace("\ud800", "?") for key, each in fields.items()}
    return desk_forms.of_files(files, **{"title": "x", **cut}), (
        f"multipart/form-data; boundary={desk_forms.EDGE}")


def as_cut_files(pairs):
    body, kind = as_files(pairs)
    return body[:-9], kind


def as_nothing_known(pairs):
    return repr(pairs).encode("utf-8", "backslashreplace"), "application/json"


PAIRS = st.lists(st.tuples(st.sampled_from(FIELDS) | TEXTS, TEXTS), max_size=6)
"""Fields of a form: known ones and others, left out, and the same one several times."""
SENT = st.builds(
    lambda how, pairs: how(pairs),
    st.sampled_from([as_form, as_form, as_files, as_cut_files, as_nothing_known]), PAIRS,
)


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """A place of a plot that fails by its money, with a parcel and a file that waits."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=None)])
    site.layer("parcels", [
        (box(0, 200, 100, 300), {"parcel_id": "Z1", "state": "approved"}),
    ])
    out = site.folder / "build"
    out.mkdir()
    store.write(vet.vet(catalog.place(site.folder)), out / "project.gpkg")
    return site.folder


@pytest.fixture(scope="module")
def asked():
    """What jobs were asked for: none begins here, it is what would be typed that counts."""
    return []


@pytest.fixture(scope="module")
def visitor(park, asked, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch, desks.desk(
        park.parent, tmp_path_factory.mktemp("state")
    ) as desk:
        patch.setattr(jobs.Jobs, "ask", lambda _, *typed: asked.append(typed) or 1)
        made = desk.visitor()
        made.home = desk.home
        yield made


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*") if path.is_file()
    }


def options(typed):
    """What a command would take for options: all in front of a lone --, and those behind none."""
    command = list(typed[2])
    return [each for each in command[: command.index("--") if "--" in command else None]
            if each.startswith("-")]


KNOWN = re.compile(
    r"--(store|lang|out|pdf|docx|xlsx|html|set|by|checked|on|scale|paper|draft|at|document|note|"
    r"decision|evidence|seen|why|save|maps?|near|key|crs|look|shown|refused|leave-refused)(=|$)"
)
WRITES = re.compile(
    r"--(?:out|pdf|docx|xlsx|html|store|evidence|save|maps?|refused)=(.*)", re.DOTALL
)


@pytest.mark.parametrize("address", POSTED, ids=lambda each: each.path)
def test_whatever_is_posted_is_answered_and_changes_nothing_else(park, visitor, asked, address):
    served = park.parent
    kept = {name: own for name, own in digests(served).items() if name.startswith("park/build/")}
    beside = {each.name for each in served.parent.iterdir()}

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(sent=SENT, part=PATHS)
    def ask(sent, part):
        path = re.sub(r"{\w+}", part, address.path.replace("{name}", "park"))
        asked.clear()

        answer = visitor.ask(path, "POST", body=sent[0], Content_Type=sent[1])

        assert answer.status in {200, 303, 307, 400, 404, 409, 413}, (path, answer.seen)
        assert "Traceback" not in answer.text
        assert "<script>alert" not in answer.text
        for typed in asked:
            for option in options(typed):
                assert KNOWN.match(option), typed
                written = WRITES.match(option)
                own = (f"{served}/", f"{visitor.home.state}/")
                assert not written or written[1].startswith(own)
                assert not written or ".." not in written[1].split("/")

    for at, each in enumerate(HOSTILE):
        known = {"plot": "A", "template": "parcel", "as": "pdf"} if at % 2 else {}
        same = dict.fromkeys(FIELDS, each) | known
        ask.hypothesis.inner_test(as_form([*same.items()]), "layer-1" if at % 2 else "1")
    ask()

    now = digests(served)
    assert {name: now.get(name) for name in kept} == kept
    assert {each.name for each in served.parent.iterdir()} == beside
    assert catalog.place(park).id == "park"


def test_the_number_of_a_job_may_be_any(visitor):
    for number in ("0", "9" * 30, "1" * 5000, "-1", "x"):
        assert visitor.ask(f"/jobs/{number}").status == 404
        assert visitor.ask(f"/jobs/{number}/stop", "POST").status == 404
        assert visitor.ask(f"/jobs/{quote(number)}/news").status == 404
