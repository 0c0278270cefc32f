"""Files that are handed over: whole or not at all, inside the place, never over others unseen."""

import shutil

import pytest
from hypothesis import given, strategies as st

from landtrack.app import deliver
from landtrack.ingest import profile
from landtrack.model.catalog import paths
from landtrack.model.errors import LimitError, OutputError, SourceError
from landtrack.model.outputs import OUTPUTS


def tree(folder):
    """What lies in a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*") if path.is_file()
    }


def brought(folder, files, *, settle=True):
    """Hand files over: pairs of a name and bytes."""
    incoming = deliver.Incoming(folder, mark="test", expected=sum(len(data) for _, data in files))
    for name, data in files:
        incoming.begin(name)
        incoming.write(data)
        incoming.end()
    return incoming.settle() if settle else incoming


@pytest.mark.parametrize(("named", "name"), [
    ("plots.shp", "plots.shp"), ("a/b/plots.shp", "a/b/plots.shp"),
    ("C:\\users\\me\\plots.shp", "C_/users/me/plots.shp"),
    ("../../etc/passwd", "etc/passwd"), ("/etc/passwd", "etc/passwd"), ("a/./../b", "a/b"),
    ("con.txt", "_con.txt"), ("LPT1", "_LPT1"), ("sub/NUL.tar.gz", "sub/_NUL.tar.gz"),
    ("trailing. . ", "trailing"), ("what?<is>|this*.shp", "what__is__this_.shp"),
    ("two\nlines.shp", "twolines.shp"), ("right\u202etoleft.shp", "righttoleft.shp"),
    ("地块.shp", "地块.shp"), ("e\u0301.csv", "\u00e9.csv"), ("file:stream.csv", "file_stream.csv"),
])
def test_a_file_gets_a_name_that_stays_in_the_place_on_any_system(named, name):
    assert deliver.clean(named) == name


@pytest.mark.parametrize("named", [
    ".DS_Store", "a/.git/config", "~$ledger.xlsx", " ~$ledger.xlsx", "__MACOSX/._a.shp",
    "Thumbs.db", " Thumbs.db ", "", "..", "/",
    "\u202e",
])
def test_what_systems_and_programs_put_beside_is_not_taken(named):
    assert deliver.clean(named) is None


@given(st.text(max_size=400) | st.text("./\\:%.. \x00\n~$conul", max_size=60))
def test_no_name_leads_out_of_the_place(named):
    name = deliver.clean(named)

    if name is not None:
        paths.require_inside(name, "here")
        assert all(
            part and len(part.encode()) <= 160 and not part.startswith(".")
            and part == part.rstrip(". ") for part in name.split("/")
        )
        assert deliver.clean(name) == name


def test_what_comes_is_there_when_it_is_settled_and_not_before(tmp_path):
    incoming = brought(tmp_path, [("a.shp", b"1"), ("sub/b.csv", b"2")], settle=False)
    before = tree(tmp_path)

    receipt = incoming.settle()

    assert not any(each in before for each in ("a.shp", "sub/b.csv"))
    assert tree(tmp_path) == {"a.shp": b"1", "sub/b.csv": b"2"}
    assert receipt.taken == ("a.shp", "sub/b.csv")


def test_the_folder_that_was_dropped_is_not_a_folder_of_the_place(tmp_path):
    brought(tmp_path, [("delivery 2/a.shp", b"1"), ("delivery 2/sub/b.csv", b"2")])

    assert set(tree(tmp_path)) == {"a.shp", "sub/b.csv"}


def test_what_is_dropped_leaves_nothing(tmp_path):
    brought(tmp_path, [("a.shp", b"1")], settle=False).drop()

    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_name_that_is_there_waits_with_what_belongs_to_it(tmp_path):
    (tmp_path / "Plots.shp").write_bytes(b"old")
    (tmp_path / "Plots.dbf").write_bytes(b"same")

    receipt = brought(tmp_path, [
        ("plots.shp", b"new"), ("plots.dbf", b"same"), ("plots.cpg", b"new too"), ("b.csv", b"2"),
    ])

    assert tree(tmp_path)["Plots.shp"] == b"old"
    assert receipt.taken == ("b.csv",)
    assert receipt.same == ("plots.dbf",)
    waits = deliver.deliveries(tmp_path)[0]
    assert sorted(waits.files) == ["Plots.shp", "plots.cpg"]
    assert waits.main == "Plots.shp"


def test_a_delivery_that_counts_takes_the_place_of_the_one_before_which_is_kept(tmp_path):
    for suffix in ("shp", "shx", "sbn"):
        (tmp_path / f"plots.{suffix}").write_bytes(b"old")
    (tmp_path / "other.csv").write_bytes(b"other")
    brought(tmp_path, [("plots.shp", b"new"), ("plots.shx", b"new")])

    deliver.take(tmp_path, deliver.deliveries(tmp_path)[0].id)

    own = {name: data for name, data in tree(tmp_path).items() if not name.startswith(".")}
    assert own == {"plots.shp": b"new", "plots.shx": b"new", "other.csv": b"other"}
    kept = deliver.previous(tmp_path)[0]
    assert set(kept.files) == {"plots.shp", "plots.shx", "plots.sbn"}  # an old index fits no more
    assert deliver.deliveries(tmp_path) == []


def test_a_delivery_that_is_thrown_away_is_gone(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"old")
    brought(tmp_path, [("a.csv", b"new")])

    deliver.drop(tmp_path, deliver.deliveries(tmp_path)[0].id)

    assert tree(tmp_path) == {"a.csv": b"old"}
    with pytest.raises(SourceError, match="no such delivery"):
        deliver.take(tmp_path, "../../etc")


def test_a_file_that_is_locked_leaves_all_as_it_was(tmp_path, monkeypatch):
    for name in ("a.shp", "a.shx"):
        (tmp_path / name).write_bytes(b"old")
    brought(tmp_path, [("a.shp", b"new"), ("a.shx", b"new")])
    before, rename = tree(tmp_path), type(tmp_path).rename

    def locked(path, target):
        if path.name == "a.shx" and deliver.BEFORE in str(target):
            raise PermissionError(13, "in use", str(path))
        return rename(path, target)

    monkeypatch.setattr(type(tmp_path), "rename", locked)
    with pytest.raises(OutputError, match=r"a\.shx cannot be written or moved: in use"):
        deliver.take(tmp_path, deliver.deliveries(tmp_path)[0].id)

    assert tree(tmp_path) == before


@pytest.mark.parametrize("there", ["build/map.html", "sub/"])
def test_nothing_is_handed_over_into_outputs_or_over_a_folder(tmp_path, there):
    (tmp_path / "build").mkdir()
    (tmp_path / "sub").mkdir()

    receipt = brought(tmp_path, [(there.rstrip("/"), b"x"), ("a.csv", b"1")])

    assert receipt.left == (there.rstrip("/"),)
    assert tree(tmp_path) == {"a.csv": b"1"}


def test_a_name_that_comes_twice_is_told(tmp_path):
    receipt = brought(tmp_path, [("a.csv", b"1"), ("A.CSV", b"2"), ("a.csv/b", b"3")])

    assert receipt.left == ("A.CSV", "a.csv/b")
    assert tree(tmp_path) == {"a.csv": b"1"}


def test_no_link_leads_out_of_the_place(tmp_path):
    place, outside = tmp_path / "place", tmp_path / "outside"
    place.mkdir()
    outside.mkdir()
    (place / "link").symlink_to(outside)

    brought(place, [("link/a.csv", b"1"), ("b.csv", b"2")])

    assert list(outside.iterdir()) == []
    shutil.rmtree(place / ".landtrack", ignore_errors=True)
    (place / ".landtrack").symlink_to(outside)
    with pytest.raises(SourceError, match="link that leads out"):
        brought(place, [("c.csv", b"1")])


def test_room_is_asked_for_first_with_figures(tmp_path, monkeypatch):
    monkeypatch.setattr(
        deliver.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 0, 3 * 10**8)
    )

    with pytest.raises(OutputError, match=r"2,000 MB come, and of the 300 MB"):
        deliver.Incoming(tmp_path, mark="test", expected=2 * 10**9)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_longer_than_it_may_be_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(deliver, "MOST_FILE", 10)
    incoming = deliver.Incoming(tmp_path, mark="test", expected=0)
    incoming.begin("a.csv")

    with pytest.raises(LimitError, match=r"a\.csv has more than"):
        incoming.write(b"x" * 11)


@pytest.mark.parametrize("at", range(6))
def test_whenever_it_is_killed_all_of_it_is_there_or_nothing(tmp_path, monkeypatch, at):
    """Killed at the first, second … move: the next start does the rest, or takes it away."""
    (tmp_path / "c.csv").write_bytes(b"old")
    incoming = brought(
        tmp_path, [("a.csv", b"1"), ("b.csv", b"2"), ("c.csv", b"new")], settle=False
    )
    move, count = deliver._move, iter(range(10))

    def killed(path, target):
        if next(count) == at:
            raise KeyboardInterrupt
        move(path, target)

    monkeypatch.setattr(deliver, "_move", killed)
    if at < 3:
        with pytest.raises(KeyboardInterrupt):
            incoming.settle()
    elif at == 3:
        pass  # killed before it was settled
    else:
        incoming.settle()
    monkeypatch.undo()

    deliver.recover([tmp_path], "other")
    deliver.recover([tmp_path], "test")

    own = {name: data for name, data in tree(tmp_path).items() if not name.startswith(".")}
    new = {} if at == 3 else {"a.csv": b"1", "b.csv": b"2"}
    assert own == {"c.csv": b"old"} | new
    assert len(deliver.deliveries(tmp_path)) == (at != 3)
    assert not (tmp_path / ".landtrack" / "incoming").exists()


@pytest.mark.parametrize("at", range(4))
def test_whenever_an_exchange_is_killed_the_next_start_does_the_rest(tmp_path, monkeypatch, at):
    for name in ("a.shp", "a.shx"):
        (tmp_path / name).write_bytes(b"old")
    brought(tmp_path, [("a.shp", b"new"), ("a.shx", b"new")])
    rename, move, count = type(tmp_path).rename, deliver._move, iter(range(20))

    def killed(step):
        def doing(*arguments):
            if next(count) == at:
                raise KeyboardInterrupt
            return step(*arguments)
        return doing

    monkeypatch.setattr(type(tmp_path), "rename", killed(rename))
    monkeypatch.setattr(deliver, "_move", killed(move))
    with pytest.raises(KeyboardInterrupt):
        deliver.take(tmp_path, deliver.deliveries(tmp_path)[0].id)
    monkeypatch.undo()

    deliver.recover([tmp_path], "test")

    assert {name: data for name, data in tree(tmp_path).items() if not name.startswith(".")} == {
        "a.shp": b"new", "a.shx": b"new",
    }
    assert {(tmp_path / ".landtrack/previous").glob("*/a.shp").__next__().read_bytes()} == {b"old"}


def test_a_new_place_is_made_of_what_came_whole(tmp_path):
    incoming = brought(tmp_path, [("园区/a.shp", b"1"), ("园区/sub/b.csv", b"2")], settle=False)

    name, receipt = incoming.settle_as("")

    assert name == "园区"
    assert tree(tmp_path) == {"园区/a.shp": b"1", "园区/sub/b.csv": b"2"}
    assert receipt.taken == ("a.shp", "sub/b.csv")
    with pytest.raises(OutputError, match="a folder 园区 already"):
        brought(tmp_path, [("园区/a.shp", b"1")], settle=False).settle_as("园区")


def test_a_new_place_without_a_folder_is_called_as_its_first_file(tmp_path):
    incoming = brought(tmp_path, [("地块 2026.shp", b"1"), ("b.csv", b"2")], settle=False)

    name, _ = incoming.settle_as(" ")

    assert name == "地块 2026"
    assert tree(tmp_path) == {f"{name}/地块 2026.shp": b"1", f"{name}/b.csv": b"2"}


@pytest.mark.parametrize("named", ["..", "a/b", "build", ".hidden"])
def test_a_new_place_needs_a_name_that_a_folder_can_have(tmp_path, named):
    incoming = brought(tmp_path, [("a.shp", b"1")], settle=False)

    with pytest.raises(SourceError, match="no name"):
        incoming.settle_as(named)


def test_what_waits_and_what_was_before_is_no_file_of_the_place(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"x,y\n1,2\n")
    brought(tmp_path, [("a.csv", b"x,y\n1,3\n")])

    assert [each.name for each in profile.paths(tmp_path)] == ["a.csv"]


def test_an_inspection_of_a_place_leaves_out_its_outputs_and_what_is_no_data(tmp_path):
    for name in ("a.csv", "catalog.toml", "make.py", *("build/" + each for each in OUTPUTS)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x,y\n1,2\n")

    assert [each.name for each in profile.sources(tmp_path)] == ["a.csv"]


def replaced(folder, *versions):
    """Replace a file by one delivery after the other."""
    brought(folder, [("a.csv", versions[0])])
    for each in versions[1:]:
        brought(folder, [("a.csv", each)])
        deliver.take(folder, deliver.deliveries(folder)[0].id, by="Li", had={"a": 3})


def test_what_was_replaced_is_put_back_when_it_counts_and_that_is_undone_likewise(tmp_path):
    replaced(tmp_path, b"one", b"two")
    (before,) = deliver.previous(tmp_path)

    waits = deliver.put_back(tmp_path, before.id)
    while_it_waits = (tmp_path / "a.csv").read_bytes()
    deliver.take(tmp_path, waits.id)
    back = (tmp_path / "a.csv").read_bytes()
    last, first = deliver.previous(tmp_path)
    deliver.take(tmp_path, deliver.put_back(tmp_path, last.id).id)

    assert (before.main, before.by, before.had) == ("a.csv", "Li", {"a": 3})
    assert waits.was_until == before.until
    assert while_it_waits == b"two"
    assert back == b"one"
    assert first == before
    assert (tmp_path / "a.csv").read_bytes() == b"two"
    assert deliver.deliveries(tmp_path) == []


def test_what_is_there_already_or_never_was_is_not_put_back(tmp_path):
    replaced(tmp_path, b"one", b"two", b"one")
    last, first = deliver.previous(tmp_path)

    assert deliver.put_back(tmp_path, last.id)
    with pytest.raises(SourceError, match=r"a\.csv is as it was then"):
        deliver.put_back(tmp_path, first.id)
    for each in ("../../etc", "", "."):
        with pytest.raises(SourceError, match="no such delivery"):
            deliver.put_back(tmp_path, each)


def test_what_is_put_back_is_another_file_than_what_is_kept(tmp_path):
    replaced(tmp_path, b"one", b"two")
    (before,) = deliver.previous(tmp_path)
    deliver.take(tmp_path, deliver.put_back(tmp_path, before.id).id)

    (tmp_path / "a.csv").write_bytes(b"by hand")

    kept = tmp_path / deliver.OWN / deliver.BEFORE / before.id / "a.csv"
    assert kept.read_bytes() == b"one"


def test_a_kill_while_something_is_put_back_leaves_nothing_half(tmp_path, monkeypatch):
    replaced(tmp_path, b"one", b"two")
    (before,) = deliver.previous(tmp_path)

    def killed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(deliver.shutil, "copyfile", killed)
    with pytest.raises(KeyboardInterrupt):
        deliver.put_back(tmp_path, before.id)
    deliver.recover([tmp_path], "test")

    assert deliver.deliveries(tmp_path) == []
    assert not (tmp_path / deliver.OWN / deliver.WAITING).exists()
    assert deliver.previous(tmp_path) == [before]


@pytest.mark.parametrize(("name", "out"), [
    ("a.shp", {"a.shp", "a.dbf", "a.prj"}), ("a.csv", {"a.csv"}), ("b.gpkg", {"b.gpkg"}),
])
def test_a_file_that_is_taken_out_is_kept_with_its_parts_and_can_be_put_back(tmp_path, name, out):
    for each in ("a.shp", "a.dbf", "a.prj", "a.csv", "b.gpkg"):
        (tmp_path / each).write_bytes(each.encode())
    before = tree(tmp_path)

    assert set(deliver.take_out(tmp_path, name, by="Li")) == out

    assert set(deliver.files_of(tmp_path)) == set(before) - out
    (kept,) = deliver.previous(tmp_path)
    assert (set(kept.files), kept.by) == (out, "Li")
    back = deliver.put_back(tmp_path, kept.id)
    deliver.take(tmp_path, back.id)
    assert {each: data for each, data in tree(tmp_path).items() if each in before} == before


def test_what_is_not_there_is_not_taken_out(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"1")

    for name in ("b.csv", "../a.csv", "", ".landtrack"):
        with pytest.raises(SourceError, match="no such file"):
            deliver.take_out(tmp_path, name)
    assert deliver.files_of(tmp_path) == ["a.csv"]
