"""Files from outside are read in a process of their own, which may be killed."""

import datetime as dt
import decimal
import io
import os
import platform
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd
import probes
import psutil
import pyarrow as pa
import pytest
import shapely
from builders import box
from click.testing import CliRunner
from geopandas import testing

from landtrack.app import vet
from landtrack.cli.main import main
from landtrack.ingest import apart, read
from landtrack.ingest.apart import border, confine, linux, process, windows
from landtrack.ingest.formats.base import Contents, Described, Encoding, Note
from landtrack.model import Issue, catalog
from landtrack.model.errors import LimitError, SourceError

PROBES = Path(probes.__file__)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="what the kernel of Linux enforces")


@pytest.fixture(params=["fork", "new Python"])
def started(request, monkeypatch):
    """Start readers in each of the two ways."""
    if request.param == "fork" and sys.platform != "linux":
        pytest.skip("readers are forks on Linux only")
    monkeypatch.setattr(process, "forks", lambda: request.param == "fork")
    return request.param


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Give an input; temporary files lie in a folder of their own."""
    BEFORE.update(each.pid for each in psutil.Process().children())
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "in").mkdir()
    made = tmp_path / "in" / "a.geojson"
    made.write_text("{}")
    return made


def asked(function, *arguments, path):
    return apart.call(function, *arguments, inputs=(path, PROBES))


def left(path):
    """List what readers left: files, and processes that are at work."""
    own = [each for each in psutil.Process().children() if each.pid not in BEFORE]
    _, processes = psutil.wait_procs(own, 30)  # those that are ending
    return [*(path.parents[1] / "temporary").iterdir(), *processes]


BEFORE = set()
"""What other tests left waiting: readers that are kept for the next block."""


# --- what it may ----------------------------------------------------------------------------


@LINUX
@pytest.mark.usefixtures("started")
def test_a_reader_reads_its_input_and_nothing_else_and_reaches_nobody(path):
    other = path.with_name("other.geojson")
    other.write_text("{}")

    done = asked(probes.tried, "/etc/passwd", other, path=path)

    assert done in ([], ["list"])  # the names in /etc: of the libraries' folders they are known
    assert other.exists()


@LINUX
@pytest.mark.usefixtures("started")
def test_a_reader_lists_no_folder_but_that_of_its_input(path, tmp_path):
    assert asked(probes.tried, tmp_path / "temporary" / "x", path=path) == []


@pytest.mark.usefixtures("started")
def test_a_reader_has_its_input_a_folder_to_write_into_and_threads(path):
    text, folder = asked(probes.own, path, path=path)

    assert text == "{}"
    assert Path(folder).parent == path.parents[1] / "temporary"


@LINUX
def test_what_lies_beside_the_input_under_its_name_belongs_to_it(path):
    path.with_suffix(".PRJ").write_text("here")
    path.with_name("A.geojson.xml").write_text("here")

    for each in (path.with_suffix(".PRJ"), path.with_name("A.geojson.xml")):
        assert asked(probes.own, each, path=path)[0] == "here"


@pytest.mark.parametrize("machine", list(linux.MACHINES))
def test_the_filter_refuses_on_every_machine_what_reading_needs_not(machine):
    own, numbers = linux.MACHINES[machine]
    program = linux._program(machine, 77)

    def answer(number, first=0, at=own):
        return judged(program, struct.pack("=IIQQ", number, at, 0, first))

    allowed, refused = linux.ALLOW, linux.REFUSE | 1
    assert answer(0 if machine == "x86_64" else 63) == allowed  # read
    assert answer(numbers["socket"]) == answer(numbers["execve"]) == refused
    assert answer(linux.SAME["io_uring_setup"]) == refused
    assert answer(linux.SAME["fchmodat2"]) == linux.REFUSE  # and success is told
    assert answer(numbers["clone"], linux.CLONE_THREAD | 0x100) == allowed
    assert answer(numbers["clone"], 17) == refused
    assert answer(numbers["kill"], 77) == answer(numbers["tgkill"], 77) == allowed
    assert answer(numbers["kill"], 1) == answer(numbers["kill"], (1 << 32) - 1) == refused
    assert answer(numbers["prlimit64"], 0) == answer(numbers["prlimit64"], 77) == allowed
    assert answer(numbers["prlimit64"], 1) == refused
    assert answer(linux.CLONE3) == linux.REFUSE | 38
    assert answer(linux.FOREIGN | 41) == refused
    assert answer(0, at=own + 1) == linux.KILL


def judged(program, call):
    """Run a filter over a system call, as the kernel does."""
    steps = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at, held = 0, 0
    while True:
        code, true, false, value = steps[at]
        at += 1
        if code == linux.ANSWER:
            return value
        if code == linux.LOAD:
            (held,) = struct.unpack_from("=I", call, value)
            continue
        met = {
            linux.EQUAL: held == value, linux.AT_LEAST: held >= value,
            linux.HAS_BIT: bool(held & value),
        }[code]
        at += true if met else false


def test_the_limits_of_a_job_have_the_layout_that_windows_wants():
    import ctypes

    if ctypes.sizeof(ctypes.c_void_p) == 8:
        assert ctypes.sizeof(windows._Basic) == 64
        assert ctypes.sizeof(windows._Extended) == 144
    if sys.platform != "win32":
        with pytest.raises(OSError, match="Windows"):
            windows.Job(0)


# --- limits ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("started")
def test_an_input_that_takes_too_much_memory_is_refused_with_the_limit(path, few):
    few(reader_bytes=300_000_000, reader_bytes_a_byte=0)

    with pytest.raises(LimitError, match=r"a\.geojson is beyond .* reader_bytes = 300,000,000"):
        asked(probes.take, 400_000_000, path=path)

    assert asked(probes.take, 100_000_000, path=path) == 100_000_000
    assert not left(path)


def test_what_memory_an_input_may_take_grows_with_its_size(path, few):
    few(reader_bytes=1000, reader_bytes_a_byte=10, reader_seconds=5, reader_seconds_a_mb=3)
    path.write_bytes(b" " * 2_000_000)
    path.with_suffix(".prj").write_bytes(b" ")  # a GeoJSON has no companions

    assert process.allowed([path]) == process.Allowed(memory=20_001_000, seconds=11)


@pytest.mark.parametrize("work", [probes.spin, probes.wait])
@pytest.mark.usefixtures("started")
def test_an_input_without_an_end_is_refused_with_the_limit(path, few, monkeypatch, work):
    few(reader_seconds=1, reader_seconds_a_mb=0)
    monkeypatch.setattr(process, "CLOCK", 4)

    with pytest.raises(LimitError, match=r"a\.geojson is beyond a limit .* reader_seconds = "):
        asked(work, path=path)

    assert not left(path)


@pytest.mark.parametrize("work", [probes.die, probes.abort])
@pytest.mark.usefixtures("started")
def test_an_input_at_which_the_reader_breaks_off_is_refused(path, work):
    with pytest.raises(SourceError, match=r"a\.geojson cannot be read: the process .* broke off"):
        asked(work, path=path)

    assert not left(path)


@pytest.mark.usefixtures("started")
def test_a_reader_that_is_killed_leaves_nothing_and_the_next_input_is_read(path):
    with apart.session((path, PROBES)):
        with pytest.raises(SourceError):
            asked(probes.litter, 100_000, path=path)
        assert asked(probes.own, path, path=path)[0] == "{}"

    assert not left(path)


@pytest.mark.usefixtures("started")
def test_what_is_raised_in_a_reader_is_raised_by_who_asked(path):
    with pytest.raises(KeyError, match="a"):
        asked(probes.fail, "key", path=path)
    with pytest.raises(RuntimeError, match="Unknown: b"):
        asked(probes.fail, "own", path=path)


def test_a_reader_ends_with_who_is_stopped(path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(border, "receive", stop)

    with pytest.raises(KeyboardInterrupt):
        asked(probes.spin, path=path)

    assert not left(path)


WORK = """
import sys, tempfile, threading
tempfile.tempdir = sys.argv[1]
sys.path.insert(0, sys.argv[3])
import pathlib, probes
from landtrack.ingest import apart
path = pathlib.Path(sys.argv[2])
with apart.session((path, pathlib.Path(probes.__file__))):
    apart.call(probes.own, path, inputs=(path,))
    print("ready", flush=True)
    apart.call(probes.spin, inputs=(path,))
"""


@LINUX
def test_a_reader_does_not_outlive_who_asked_and_its_folder_is_swept(path):
    folder = path.parents[1] / "temporary"
    asking = subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, "-c", WORK, str(folder), str(path), str(PROBES.parent)],
        stdout=subprocess.PIPE,
    )
    assert asking.stdout.readline().strip() == b"ready"
    readers = psutil.Process(asking.pid).children()
    assert readers

    asking.kill()
    asking.communicate()
    psutil.wait_procs(readers, timeout=30)

    assert not any(each.is_running() and each.status() != "zombie" for each in readers)
    assert len(list(folder.iterdir())) == 1
    process.temporary.sweep.cache_clear()
    asked(probes.own, path, path=path)
    assert not left(path)


@LINUX
def test_where_another_thread_is_at_work_here_a_reader_is_no_fork(path):
    going, done = threading.Event(), threading.Event()

    def at_work(*_):
        going.set()
        done.wait()

    assert process.forks()
    other = threading.Thread(
        target=list, args=(read.layers(catalog.place(catalog.demo_place()), at_work),)
    )
    other.start()
    going.wait()
    try:
        assert not process.forks()
        assert asked(probes.own, path, path=path)[0] == "{}"
    finally:
        done.set()
        other.join()
    assert process.forks()


# --- what a run says ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "It is beyond reader_seconds = 1 and"), ("zh", "超过了 reader_seconds = 1")],
)
def test_a_layer_whose_reader_is_killed_is_an_issue_and_the_run_goes_on(
    site, few, monkeypatch, lang, words
):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.layer("parcels", [site.plot("A", box(0, 0, 100, 100))])
    few(reader_seconds=1, reader_seconds_a_mb=0)
    reads = read._of_source

    def endless(path, source):
        return probes.spin() if source.kind == "parcels" else reads(path, source)

    endless.__module__, endless.__qualname__ = reads.__module__, reads.__qualname__
    monkeypatch.setattr(read, "_of_source", endless)
    result = vet.vet(catalog.place(site.catalog().folder), lang=lang)

    row = result.issues[result.issues["issue"] == Issue.FILE_OVER_LIMIT].iloc[0]
    assert row["value"] == "reader_seconds = 1"
    assert words in row["mend"]
    assert len(result.layers["plots"]) == 1


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "is beyond a limit"), ("zh", "超过了读取的限度")]
)
def test_inspect_says_that_the_reader_was_killed(path, few, monkeypatch, lang, words):
    few(reader_seconds=1, reader_seconds_a_mb=0)
    monkeypatch.setattr("landtrack.ingest.formats.files.of", lambda _: probes.spin())

    done = CliRunner().invoke(main, ["inspect", str(path), "--lang", lang])

    assert done.exit_code == 2
    assert words in done.output
    assert "reader_seconds = 1" in done.output
    assert not left(path)


# --- what crosses ---------------------------------------------------------------------------


def crossed(value):
    out = io.BytesIO()
    border.send(out, value)
    out.seek(0)
    return border.receive(out, 1 << 30)


COLUMNS = {
    "text": pd.Series(["a", None, "李"], dtype="str"),
    "text without values": pd.Series([None, None, None], dtype="str"),
    "text as objects": pd.Series(["a", None, "c"], dtype=object),
    "half a sign": pd.Series(["\ud800", "b", None], dtype=object),
    "numbers": pd.Series([1.5, np.nan, -0.0]),
    "whole": pd.Series([1, 2, 3], dtype="int32"),
    "yes and no": pd.Series([True, False, True]),
    "whole or missing": pd.Series([1, None, 3], dtype="Int64"),
    "yes, no or missing": pd.Series([True, None, False], dtype="boolean"),
    "days": pd.Series(["2020-01-01", None, "2021-02-03"], dtype="datetime64[ms]"),
    "spans": pd.Series([1, 2, 3], dtype="timedelta64[s]"),
    "zoned": pd.Series(["2020-01-01T08:00+08:00"] * 3).astype("datetime64[us, Asia/Shanghai]"),
    "anything": pd.Series([1, "a", None], dtype=object),
    "missing in two ways": pd.Series([None, np.nan, pd.NaT], dtype=object),
    "of libraries": pd.Series([np.int64(3), np.float32(1.5), pd.NA], dtype=object),
    "moments": pd.Series(
        [dt.date(2020, 1, 1), dt.datetime(2020, 1, 1, 8, tzinfo=dt.UTC), dt.time(1, 2)],
        dtype=object),
    "stamps": pd.Series([pd.Timestamp("2020-01-01"), pd.Timedelta(1, "s"), True], dtype=object),
    "large": pd.Series([1 << 80, -(1 << 63), decimal.Decimal("1.10")], dtype=object),
    "lists": pd.Series([[1, "a"], {"b": [None]}, (1, 2)], dtype=object),
    "bytes": pd.Series([b"\0\xff", b"", None], dtype=object),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_crosses_as_it_is(name):
    frame = pd.DataFrame({name: COLUMNS[name], "编号": [1, 2, 3]})

    again = crossed(frame)

    pd.testing.assert_frame_equal(again, frame, check_exact=True)
    assert [type(each) for each in again[name]] == [type(each) for each in frame[name]]
    assert [repr(each) for each in again[name]] == [repr(each) for each in frame[name]]
    again.loc[again.index[0], "编号"] = 9  # may be changed
    assert crossed(frame.iloc[:0]).dtypes.equals(frame.dtypes)


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(1, 4), pd.Index([3, 1, 2]), pd.Index(["a", "b", "c"], name="plot_id"),
        pd.Index([1, "b", None], dtype=object), pd.RangeIndex(0, 6, 2, name="row"),
    ],
    ids=repr,
)
def test_shapes_cross_as_they_are(index):
    shapes = [
        shapely.Polygon([(0, 0), (1, 0), (1, 1.123456789012345)]), None,
        shapely.from_wkt("GEOMETRYCOLLECTION Z (POINT Z (1 2 3), LINESTRING Z (0 0 0, 1 1 1))"),
    ]
    frame = gpd.GeoDataFrame({"a": [1, 2, 3]}, geometry=shapes, crs=4529, index=index)
    frame = frame.rename_geometry("shape")
    frame.attrs["said"] = {"a": {"b": "c"}}

    again = crossed(frame)

    testing.assert_geodataframe_equal(again, frame)
    assert again.geometry.name == "shape"
    assert again.crs == frame.crs
    assert again.crs.srs == frame.crs.srs
    assert again.attrs == frame.attrs
    assert again.index.equals(frame.index)
    assert again.index.name == frame.index.name
    assert type(again.index) is type(frame.index)
    assert shapely.to_wkb(again.geometry.to_numpy()).tolist() == (
        shapely.to_wkb(frame.geometry.to_numpy()).tolist()
    )


def test_more_shapes_than_one_block_holds_cross(monkeypatch):
    monkeypatch.setattr(border, "SHAPES", 3)
    series = gpd.GeoSeries([shapely.Point(n, n) for n in range(10)], crs=4326, name="s")

    testing.assert_geoseries_equal(crossed(series), series)
    assert crossed(series.iloc[:0]).empty


def test_what_a_reader_gives_crosses_whole():
    contents = Contents(
        gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 2)], index=[1]), [2],
        [Note(Issue.FILE_REMARK, "x", 3, "f")], Encoding("gbk", None, proven=False),
        {"a": Described("A", {"1": "one"}, "m")}, ("said",), 1904,
    )

    again = crossed(contents)

    assert again._replace(frame=None) == contents._replace(frame=None)
    assert type(again.notes[0].issue) is Issue


def test_an_error_of_landtrack_crosses_with_all_it_says():
    for error in (
        LimitError("a", mend="b", limit="c = 1"), SourceError("a", mend="b"),
        read._NoSuchLayerError("a", ["x", "y"]),
    ):
        again = border.raised(crossed(border.fault(error)))
        assert type(again) is type(error)
        assert vars(again) == vars(error)
        assert str(again) == str(error)


class Stranger:
    """Of no class that crosses."""


def test_values_of_other_classes_do_not_cross():
    for value in (Stranger(), [Stranger()], {"a": os.stat_result(range(10))}, Stranger):
        with pytest.raises(TypeError, match="does not cross"):
            crossed(value)


@pytest.mark.parametrize(
    "tree",
    [
        ["object", "Popen", ["map", "args", "true"]], ["named", "system", "true"],
        ["enum", "eval", "1"], ["pickle", b"."], [], [1], {"a": 1}, ["list", {}],
        ["array", ["numbers", "O", 0]], ["array", ["numbers", "<f8", 7]], ["shape", b"\1"],
        ["frame", True, None, ["range", None, 0, 2, 1], ["range", None, 0, 1, 1], [], ["map"]],
        ["range", None, "a", 1, 1], ["int", "x"], ["date", "x"], ["shapely", 0],
    ],
    ids=repr,
)
def test_a_message_that_names_anything_else_is_none(tree):
    said = msgspec.msgpack.encode(tree)
    message = border.MAGIC + border.HEAD.pack(len(said), 1) + said + border.BLOCK.pack(3) + b"abc"

    with pytest.raises(border.BrokenError):
        border.receive(io.BytesIO(message), 1 << 20)


@pytest.mark.parametrize(
    "tree", [["other", "SystemExit", "1"], ["other", "eval", "1"], ["fault", "Popen", "x", []]]
)
def test_nothing_but_an_exception_is_raised(tree):
    with pytest.raises(border.BrokenError):
        border.raised(tree)


@pytest.mark.parametrize(
    "message",
    [
        b"", b"LT1\n", b"\x80\x04" + b"." * 90,
        border.MAGIC + border.HEAD.pack(1 << 50, 0),
        border.MAGIC + border.HEAD.pack(1, 1) + b"\xc0" + border.BLOCK.pack(1 << 50),
        border.MAGIC + border.HEAD.pack(9, 0) + b"\xc0",
    ],
    ids=repr,
)
def test_a_message_that_announces_more_than_may_be_or_comes_is_none(message):
    with pytest.raises((border.BrokenError, EOFError)):
        border.receive(io.BytesIO(message), 1 << 20)


def nested(depth, inside=None, *, order="<", flags=0):
    """Give WKB of a point in so many collections."""
    head = struct.pack(f"{order}BII", order == "<", 7 | flags, 1)
    return head * depth + (inside or shapely.to_wkb(shapely.Point(1, 2)))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("beside", [[], [shapely.to_wkb(box(0, 0, 1, 1))] * 3])
def test_shapes_within_shapes_without_end_do_not_cross(order, beside):
    """Read by GEOS, 20 000 of them end the process that asked."""
    deep = nested(20_000, order=order)

    for values in ([deep, *beside], [*beside, deep]):
        with pytest.raises(border.BrokenError, match="within"):
            border._from_wkb(pa.array(values, pa.large_binary()))
    with pytest.raises(border.BrokenError, match="within"):
        border._in_shape(deep)


def test_deep_shapes_behind_others_are_found():
    flat = shapely.to_wkb(box(0, 0, 1, 1))
    head = struct.pack("<BII", 1, 7, 3)

    with pytest.raises(border.BrokenError, match="within"):
        border._in_shape(head + flat + flat + nested(40))


def test_shapes_as_deep_as_formats_write_them_cross():
    shapes = [
        shapely.GeometryCollection([box(0, 0, 1, 1).buffer(3), shapely.Point(1, 2, 3)]),
        shapely.MultiPolygon([box(0, 0, 9, 9).difference(box(1, 1, 2, 2)), box(20, 0, 21, 1)]),
        shapely.force_3d(shapely.MultiLineString([[(0, 0), (1, 1)], [(2, 2), (3, 3)]])),
        box(0, 0, 1, 1), None, shapely.MultiPoint(), shapely.Point(), shapely.GeometryCollection(),
    ]
    for flavour in ("extended", "iso"):
        wkb = [
            None if each is None else shapely.to_wkb(each, flavor=flavour)
            for each in shapes
        ]
        made = border._from_wkb(pa.array([*wkb, nested(20)], pa.large_binary()))
        assert shapely.equals_exact(made[3:4], shapes[3]).all()
        assert [shapely.to_wkt(each) for each in made[:-1]] == [
            shapely.to_wkt(each) for each in shapes
        ]


def test_texts_of_arrow_whose_offsets_lie_are_refused():
    blocks = []
    at = border._arrow(border._texts(pd.array(["abc"] * 9, dtype="str")), blocks)
    data = bytes(blocks[at])
    place = data.index(struct.pack("<qq", 3, 6))
    lied = bytearray(data[:place] + struct.pack("<qq", 1 << 40, 6) + data[place + 16:])

    with pytest.raises(Exception, match=r"[Oo]ffset"):
        border._in_arrow(0, [lied], border.pa.large_string())


def test_the_machines_of_the_filter_are_those_that_linux_names():
    assert set(linux.MACHINES) == {"x86_64", "aarch64"}
    if sys.platform == "linux" and platform.machine() in linux.MACHINES:
        assert signal.SIGKILL == linux.SIGKILL
    assert confine.libraries()


def test_a_place_that_was_left_half_way_does_not_stand_in_the_way_of_the_next(site, tmp_path):
    """Whoever stops at a fault keeps the generator: its reader is not asked for other files."""
    from builders import Site

    half = read.layers(catalog.place(site.folder))
    next(half)
    other = Site(tmp_path / "other")

    assert len(vet.vet(catalog.place(other.folder)).layers["plots"]) == 1
    half.close()
