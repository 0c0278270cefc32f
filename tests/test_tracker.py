"""The log in the store: appended whole or not at all, by one at a time, and never altered."""

import datetime as dt
import json
import multiprocessing
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import gis
import kill_writer
import openpyxl
import pytest
import stores
import writer
from builders import Site, box
from click.testing import CliRunner
from hypothesis import given, strategies as st

import landtrack
from landtrack import store, tracking
from landtrack.app import track, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.model.errors import OutputError, SourceError, TableError
from landtrack.store import opened, staging
from landtrack.tracking import calendars

TODAY = dt.date(2007, 12, 31)
pytestmark = pytest.mark.usefixtures("store_alone")


@pytest.fixture(scope="module")
def made(tmp_path_factory, store_alone):  # noqa: ARG001
    """Give a store with two parcels, one of them in a state that its file states."""
    site = Site(tmp_path_factory.mktemp("tracker") / "site")
    site.head["as_of"] = dt.date(2006, 12, 31)
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="XM")])
    site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "P", "area_m2": 6000}),
        (box(60, 0, 100, 100), {"parcel_id": "Q", "state": "approved", "state_on": "2006-11-20",
                                "area_m2": 4000}),
        (box(200, 0, 260, 100), {"parcel_id": "R", "area_m2": 6000}),
    ])
    out = site.folder.parent / "build"
    landtrack.run(site.folder, out=out)
    return site, out


@pytest.fixture(params=stores.KINDS)
def path(request, made, tmp_path):
    """Give a store of each kind: what is asked of one is asked of the other."""
    yield from stores.kept(request.param, made[1] / "project.gpkg", tmp_path)


@pytest.fixture
def file(made, tmp_path):
    """Give a GeoPackage, for what only a file can be asked."""
    shutil.copy(made[1] / "project.gpkg", tmp_path / "project.gpkg")
    return tmp_path / "project.gpkg"


def held(path):
    """Give all that a store holds, to compare."""
    tables = {name: store.read(path, name) for name in store.names(path)}
    tables["landtrack_store"] = tables["landtrack_store"].sort_values("key", ignore_index=True)
    return {name: table.to_csv() for name, table in tables.items()}


def apply(path, action, *names, at="2006-06-01", document="文1", **more):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at=at, action=action,
                        document_no=document, by=more.pop("by", ""))
    return track.apply(path, action, names, told, today=TODAY, **more)


def state_of(path, key):
    return {row[2]: row[3] for row in store.log.read_states(path) if row[1] == key}


# --- entering ---------------------------------------------------------------------------


def test_a_step_enters_the_log_and_the_states_beside_it_follow(path):
    apply(path, "survey", "P")

    assert state_of(path, "P") == {"approval": "surveyed"}
    assert track.faults(path) == []
    last = store.read(path, "status_log").iloc[-1]
    assert (last["feature_id"], last["from_state"], last["to_state"]) == ("P", "", "surveyed")


def test_a_forbidden_step_says_what_may_be_left_and_leaves_all_as_it_was(path):
    before = held(path)

    with pytest.raises(TableError, match=r"Nothing was entered(.|\n)*Notified|Approved"):
        apply(path, "announce", "P", "Q")
    with pytest.raises(TableError, match="document number"):
        apply(path, "announce", "Q", at="2006-12-01", document="")
    with pytest.raises(TableError, match="no feature 'S'"):
        apply(path, "survey", "S")
    with pytest.raises(TableError, match="no date"):
        apply(path, "survey", "P", at="soon")
    for action in ("harvest", "split", "inherited"):
        with pytest.raises(TableError, match="no such step"):
            apply(path, action, "P")
    with pytest.raises(TableError, match=r"A is of plots; survey is for parcels"):
        apply(path, "survey", "P", "A")
    assert held(path) == before


def test_several_features_take_a_step_together_or_not_at_all(path):
    with pytest.raises(TableError, match="Q, Survey"):
        apply(path, "survey", "P", "Q", at="2006-12-01")  # Q is approved already
    assert state_of(path, "P") == {}

    apply(path, "survey", "P")
    apply(path, "demarcate", "P", "Q")
    assert state_of(path, "Q") == {"approval": "approved", "field": "demarcated"}


def test_undo_adds_an_event_and_deletes_none(path):
    (event,) = apply(path, "survey", "P")
    track.undo(path, event.event, why="wrong parcel", at="2006-06-02", today=TODAY)

    assert state_of(path, "P") == {}
    assert [each.action for each in store.log.read(path).events[-2:]] == ["survey", "undo"]
    with pytest.raises(TableError, match="taken back"):
        track.undo(path, event.event, why="again", at="2006-06-03", today=TODAY)
    with pytest.raises(TableError, match="no event 99"):
        track.undo(path, 99, why="?", at="2006-06-03", today=TODAY)
    with pytest.raises(TableError, match="no event 99"):
        track.undo(path, [event.event, 99], why="?", at="2006-06-03", today=TODAY)


def test_a_workbook_of_events_is_taken_in_whole_or_not_at_all(path, tmp_path):
    def book(*rows):
        made = openpyxl.Workbook()
        for row in (("编号", "步骤", "日期", "文号"), *rows):
            made.active.append(row)
        made.save(tmp_path / "events.xlsx")
        return tmp_path / "events.xlsx"

    good = [("P", "组卷", "2006-07", "文2"), ("P", "勘测定界", dt.date(2006, 6, 1), "文1")]
    with pytest.raises(TableError, match=r"Announce the acquisition(.|\n)*may leave only"):
        track.take_in(path, book(*good, ("P", "announce", "2006-08-01", "文3")), today=TODAY)
    assert state_of(path, "P") == {}

    fresh = track.take_in(path, book(*good), today=TODAY)
    assert [each.at for each in fresh] == ["2006-06-01", "2006-07"]
    assert state_of(path, "P") == {"approval": "dossier_assembled"}
    assert track.take_in(path, book(*good), today=TODAY) == []


def test_an_event_whose_day_is_none_any_more_is_named(path):
    apply(path, "survey", "P")
    number = len(store.log.read(path).rows)
    stores.meddled(path, "UPDATE status_log SET at = 'soon' WHERE action = 'survey'")

    assert track.faults(path) == [("altered", {"event": number}), ("states", {})]


@given(st.lists(st.tuples(
    st.sampled_from("PQ"), st.sampled_from(["approval", "supply"]),
    st.sampled_from(["2006", "2006-03", "2006-03-04", "2006-05-04", "../2006-04-30"]),
    st.booleans(),
), max_size=8))
def test_the_states_beside_a_log_are_the_fold_of_each_feature(asked):
    log = [
        tracking.Event(event=number, layer="parcels", feature_id=key, track=on, at=at,
                       action="undo" if undo and number > 1 else "survey", to_state=f"s{number}",
                       undoes=number - 1 if undo else 0)
        for number, (key, on, at, undo) in enumerate(asked, start=1)
    ]

    one_by_one = [
        (*feature, on, each.state, each.event.at, each.event.document_no, each.event.event)
        for feature, own in sorted(tracking.by_feature(tracking.standing(log)).items())
        for on, each in sorted(tracking.states(tracking.ordered(own)).items())
    ]
    assert store.log.folded(log) == one_by_one


@pytest.fixture
def shared(made, tmp_path):
    """Give a store in a database."""
    yield from stores.kept("postgis", made[1] / "project.gpkg", tmp_path)


def test_an_event_is_entered_into_a_database_with_few_questions(shared):
    """Each is a way to the server and back: it was asked for each kind of layer apart."""
    import sqlalchemy

    told = []
    counted = (
        ("before_cursor_execute", lambda *_: told.append("asked")),
        ("connect", lambda *_: told.append("connected")),
    )
    for what, count in counted:
        sqlalchemy.event.listen(sqlalchemy.Engine, what, count)
    try:
        apply(shared, "survey", "P")
    finally:
        for what, count in counted:
            sqlalchemy.event.remove(sqlalchemy.Engine, what, count)

    assert told.count("connected") == 2, "to look, and to enter"
    assert told.count("asked") <= 25


def test_evidence_is_kept_by_its_content_and_its_loss_is_found(path, tmp_path):
    scan = tmp_path / "scan.PDF"
    scan.write_bytes(b"%PDF stamp")

    (event,) = apply(path, "survey", "P", evidence=scan)
    assert list(store.evidence.every(path)) == [(event.evidence_sha256, ".pdf", b"%PDF stamp")]
    assert track.faults(path) == []
    alter_evidence(path, event.evidence_sha256, b"%PDF other")
    assert [fault for fault, _ in track.faults(path)] == ["evidence_altered"]
    alter_evidence(path, event.evidence_sha256, None)
    assert [fault for fault, _ in track.faults(path)] == ["evidence_vanished"]
    with pytest.raises(SourceError, match="no file"):
        apply(path, "assemble_dossier", "P", evidence=tmp_path / "none.pdf")


def alter_evidence(path, sha256, content):
    """Put other bytes in the place of evidence, or none."""
    if isinstance(path, Path):
        kept = store.evidence.folder_of(path) / f"{sha256}.pdf"
        kept.unlink()
        if content is not None:
            kept.write_bytes(content)
    elif content is None:
        stores.meddled(path, "DELETE FROM landtrack_evidence")
    else:
        stores.meddled(
            path, "ALTER TABLE landtrack_evidence DROP CONSTRAINT hash_is_of_content",
            f"UPDATE landtrack_evidence SET content = '\\x{content.hex()}'",  # noqa: S608
        )


def test_a_run_goes_on_from_the_log_of_the_store_and_shows_the_states_of_the_day(made, file):
    site, out = made[0], file.parent
    apply(out / "project.gpkg", "announce", "Q", at="2006-12-10")
    again = landtrack.run(site.folder, out=out)
    before = landtrack.run(site.folder, out=out, as_of=dt.date(2006, 12, 1))
    earlier = landtrack.run(site.folder, out=out, as_of=dt.date(2006, 11, 1))

    assert again.layers["parcels"]["state"].dropna().to_dict() == {"Q": "announced"}
    assert before.layers["parcels"].loc["Q", "state"] == "approved"
    assert earlier.layers["parcels"]["state"].isna().all()
    assert track.faults(out / "project.gpkg") == []
    assert [each.action for each in store.log.read(out / "project.gpkg").events] == [
        "recorded", "announce",
    ]


def test_what_a_plot_has_of_each_state_follows_the_events_of_the_day(made, file):
    """Not the states of the files, which may lag behind the log, or be of a later day."""
    site = made[0]
    apply(file, "announce", "Q", at="2006-12-10")

    def has(as_of=None):
        log = store.log.read(file).events
        result = vet.vet(catalog.place(site.folder), log=log, as_of=as_of)
        own = result.measures[result.measures["layer"] == "parcels"]
        own = own[own["measure"].eq("overlap_m2") & own["category"].ne("") & own["value"].gt(0)]
        return dict(zip(own["category"], own["value"], strict=True))

    assert has() == {"announced": 4_000, "unknown": 6_000}
    assert has(dt.date(2006, 12, 1)) == {"approved": 4_000, "unknown": 6_000}
    assert has(dt.date(2006, 11, 19)) == {"unknown": 10_000}  # it was approved on the 20th


def test_an_event_entered_while_a_run_is_at_work_is_not_lost(made, tmp_path):
    site, out = made
    shutil.copytree(out, tmp_path / "build")
    folder = tmp_path / "build"

    log = store.log.read(folder / "project.gpkg").events
    result = vet.vet(catalog.place(site.folder), log=log)
    apply(folder / "project.gpkg", "survey", "P")

    with pytest.raises(OutputError, match="run again"):
        vet.write(result, folder)
    assert state_of(folder / "project.gpkg", "P") == {"approval": "surveyed"}


def test_what_was_taken_back_does_not_come_again_with_the_next_run(tmp_path):
    site = Site(tmp_path / "place")
    site.head |= {"as_of": dt.date(2006, 12, 31), "events": "events.csv"}
    site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "P"}),
        (box(60, 0, 100, 100), {"parcel_id": "Q", "state": "approved", "state_on": "2006-11-20"}),
    ])
    (site.folder / "events.csv").write_text(
        "feature_id,layer,action,at,document_no\nP,parcels,survey,2006-06-01,d\n", "utf-8")
    out = tmp_path / "build"
    landtrack.run(site.folder, out=out)
    path = out / "project.gpkg"
    for event in store.log.read(path).events:
        track.undo(path, event.event, why="wrong", at="2007-01-01", today=TODAY)

    again = landtrack.run(site.folder, out=out)

    assert len(store.log.read(path).rows) == 4
    assert again.layers["parcels"]["state"].isna().all()


def event_file(folder, kind):
    """Write one event at the last moment of a day in Greenwich, which is the next day in China."""
    row = {"feature_id": "P", "layer": "parcels", "action": "survey",
           "at": "2006-05-31T16:00:00Z", "document_no": "d"}
    path = folder / f"events.{kind}"
    if kind == "csv":
        path.write_text("\n".join([",".join(row), ",".join(row.values())]), "utf-8")
    elif kind == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(list(row))
        book.active.append(list(row.values()))
        book.save(path)
    else:
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": None, "properties": row}
        ]}), "utf-8")
    return path


@pytest.mark.parametrize(("kind", "zone", "day"), [
    ("csv", None, "2006-06-01"), ("csv", "Europe/London", "2006-05-31"),
    ("xlsx", "Asia/Shanghai", "2006-06-01"),
    ("geojson", "Europe/London", "2006-05-31"),
])
def test_the_moment_of_an_event_is_a_day_of_the_place_in_a_run_and_when_entered(
    tmp_path, kind, zone, day
):
    site = Site(tmp_path / "place")
    site.head |= {"as_of": dt.date(2006, 12, 31)} | ({"time_zone": zone} if zone else {})
    site.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P"})])
    file = event_file(site.folder, kind)
    out = tmp_path / "build"
    landtrack.run(site.folder, out=out)

    [entered] = track.take_in(out / "project.gpkg", file, today=TODAY)
    site.head["events"] = file.name
    site.catalog()
    landtrack.run(site.folder, out=tmp_path / "other")

    assert entered.at == day
    assert [each.at for each in store.log.read(tmp_path / "other" / "project.gpkg").events] == [day]


@pytest.mark.parametrize(("written", "at"), [
    ("2006年12月", "2006-12"), ("2006年", "2006"), ("2006年12月20日", "2006-12-20"),
    ("2006.12.20", "2006-12-20"), ("2006/12/20", "2006-12-20"), ("2006/12", "2006-12"),
    ("../2006年12月", "../2006-12"),
])
def test_the_command_line_takes_the_days_that_tables_are_written_with(path, written, at):
    said = invoke(path, "status", "apply", "survey", "P", "--at", written, "--document", "文1")

    assert said.exit_code == 0, said.output
    assert store.log.read(path).events[-1].at == at
    undone = invoke(path, "status", "undo", str(len(store.log.read(path).rows)), "--why", "错",
                    "--at", "2007年1月")
    assert undone.exit_code == 0, undone.output
    assert store.log.read(path).events[-1].at == "2007-01"


@pytest.mark.parametrize("written", [
    "2006.1", "2006年13月", "12/20/2006", "2006-12-20 24:00", "2006-12-20 08:00 UTC+8",
    "2006-12-20 08:00 GMT",
])
def test_what_may_be_no_day_is_refused_by_name_on_the_command_line(path, written):
    said = invoke(path, "status", "apply", "survey", "P", "--at", written, "--document", "文1",
                  "--lang", "en")

    assert said.exit_code == 2
    assert f"'{written}' is no date." in said.stderr


@pytest.mark.parametrize(("lang", "told"), [
    ("en", ("row 2, no key, Survey and demarcate on 2006-12-20: no layer has this feature.",
            "row 3, P, Survey and demarcate on someday: “someday” is no date;",
            "row 5, P, no step on no date")),
    ("zh", ("第 2 行，没有编号，2006-12-20“勘测定界”：图层中没有该要素。",
            "第 3 行，P，someday“勘测定界”：“someday”不是日期；",
            "第 5 行，P，没有日期“没有步骤”")),
])
def test_what_is_refused_of_a_table_is_named_by_its_row_in_the_language_asked_for(
    path, tmp_path, lang, told
):
    table = tmp_path / "events.csv"
    table.write_text(
        "feature_id,layer,action,at,document_no\n,parcels,survey,2006-12-20,d\n"
        "P,parcels,survey,someday,d\nP,parcels,survey,2006年12月,d\nP,parcels,,,d\n", "utf-8",
    )

    said = invoke(path, "status", "import", table, "--lang", lang)

    assert said.exit_code == 2
    for each in told:
        assert each in said.stderr
    assert ("没有登记任何内容" in said.stderr) == (lang == "zh")
    assert len(store.log.read(path).rows) == 1


@pytest.mark.parametrize(("lang", "told"), [
    ("en", "P, Announce the acquisition on 2006-12: it is in the state"),
    ("zh", "P，2006-12"),
])
def test_a_step_that_is_refused_is_told_in_the_language_asked_for(path, lang, told):
    said = invoke(path, "status", "apply", "announce", "P", "--at", "2006年12月", "--document", "d",
                  "--lang", lang)

    assert said.exit_code == 2
    assert told in said.stderr


def test_a_store_is_copied_whole_with_its_evidence(path, tmp_path):
    (tmp_path / "scan.pdf").write_bytes(b"%PDF")
    apply(path, "survey", "P", evidence=tmp_path / "scan.pdf")
    target = tmp_path / "moved" / "other.gpkg"
    target.parent.mkdir()

    said = invoke_words("store", "copy", path, target)

    assert said.output.strip().endswith("other.gpkg: 2 events")
    assert store.log.read(target) == store.log.read(path)
    assert track.faults(target) == []
    assert set(gis.layers(target)) == set(store.names(path))
    assert held(target) == held(path)
    apply(target, "demarcate", "P")
    assert len(store.log.read(path).rows) == 2
    with pytest.raises(OutputError, match="already"):
        store.copy(path, target)


def test_other_commands_count_in_the_events_of_a_store(made, path):
    apply(path, "announce", "Q", at="2006-12-01")
    words = ["diff", "2006-11-25", "2006-12-02", str(made[0].folder)]

    without = invoke_words(*words)
    with_them = invoke(path, *words)

    assert "Q: state" not in without.output
    assert "Q: state: Approved → Acquisition announced" in with_them.output


def test_many_features_take_a_step_as_few_do(path, monkeypatch):
    """Their earlier events are then looked for in the whole log; states come out the same."""
    apply(path, "survey", "P")
    monkeypatch.setattr(store.log, "ONE_BY_ONE", 1)
    apply(path, "demarcate", "P", "Q", "R")

    assert state_of(path, "P") == {"approval": "surveyed", "field": "demarcated"}
    assert track.faults(path) == []


def test_a_log_of_many_features_enters_a_store(path):
    """More than a statement of a database holds values."""
    fresh = [
        tracking.Event(event=number, layer="parcels", feature_id=f"N{number}", track="approval",
                     at="2006-06-01", action="recorded", to_state="surveyed")
        for number in range(2, 40_002)
    ]
    store.log.append(path, fresh, after=1)

    assert len(store.log.read_states(path)) == 40_001
    assert store.log.read(path).length == 40_001


# --- bad input ------------------------------------------------------------------------------


REFUSED = {
    "before the step that it follows":
        ("assemble_dossier", "P", {"at": "2006-05-01"}, "may leave only"),
    "after a step that follows it":
        ("survey", "P", {"at": "2006-07-01"}, "in the state “Dossier assembled”"),
    "in the future":
        ("announce", "Q", {"at": "2008-01-01"}, "dated after today, 2007-12-31"),
    "twice": ("survey", "P", {"at": "2006-06-01"}, "entered before|may leave only"),
    "for an unknown parcel": ("survey", "S", {}, "no feature 'S'"),
    "without its document":
        ("announce", "Q", {"at": "2006-12-01", "document": ""}, "missing a document number"),
    "with a scan that is not there":
        ("announce", "Q", {"at": "2006-12-01", "evidence": Path("vanished.pdf")},
         "no file vanished.pdf"),
}


def test_what_may_not_enter_is_told_and_nothing_enters(path):
    apply(path, "survey", "P", at="2006-06-01")
    apply(path, "assemble_dossier", "P", at="2006-06-20")
    before, log = held(path), store.log.read(path)

    for case, (action, key, more, said) in REFUSED.items():
        with pytest.raises((TableError, SourceError), match=said):
            apply(path, action, key, **more)
        assert store.log.read(path) == log, case
    assert held(path) == before


def test_rows_of_a_table_that_are_in_the_log_already_are_left_out(path, tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("feature_id,layer,action,at,document_no\n"
                    "P,parcels,assemble_dossier,2006-06-20,d2\nP,parcels,survey,2006-06-01,d1\n"
                    "P,parcels,survey,2006-06-01,d1\n", "utf-8")

    assert len(track.take_in(path, file, today=TODAY)) == 2  # in the order of their dates
    assert track.take_in(path, file, today=TODAY) == []
    assert state_of(path, "P") == {"approval": "dossier_assembled"}


@pytest.mark.parametrize(("lang", "said"), [("en", "2 rows left out"), ("zh", "2 行未登记")])
def test_rows_that_are_left_out_of_an_import_are_counted(path, tmp_path, lang, said):
    file = tmp_path / "events.csv"
    row = "P,parcels,survey,2006-06-01,d1\n"
    file.write_text(f"feature_id,layer,action,at,document_no\n{row * 3}", "utf-8")
    typed = ["status", "import", str(file), "--store", stores.written(path), "--lang", lang]

    assert said in CliRunner().invoke(main, typed).stdout
    again = CliRunner().invoke(main, typed)
    assert said.replace("2", "3") in again.stdout
    assert again.exit_code == 0


def test_a_layer_edited_by_hand_meanwhile_is_what_the_next_step_is_judged_on(path):
    apply(path, "survey", "P")
    stores.meddled(path, "UPDATE parcels SET parcel_id = 'P2' WHERE parcel_id = 'P'")

    with pytest.raises(TableError, match=r"P, Assemble.*no layer has this feature"):
        apply(path, "assemble_dossier", "P")
    apply(path, "survey", "P2")
    assert [each.split(":")[0] for each in track.problems(path, today=TODAY)] == [
        "P, Survey and demarcate on 2006-06-01"]
    assert track.faults(path) == [("table_edited", {"table": "parcels"})]  # the edit is told


def test_rows_added_to_the_log_by_hand_keep_the_next_event_out(path):
    columns = ", ".join(f'"{each}"' for each in store.session.LOG.columns)
    values = ", ".join("9" if each == "event" else f"'{each}'" if each == "sha256" else f'"{each}"'
                       for each in store.session.LOG.columns)
    stores.meddled(path, f"INSERT INTO status_log ({columns}) SELECT {values} FROM status_log")  # noqa: S608

    with pytest.raises(OutputError, match=r"has 2 events; .*(.|\n)*landtrack log verify"):
        apply(path, "survey", "P")
    assert [fault for fault, _ in track.faults(path)] != []


# --- meddling ---------------------------------------------------------------------------


def test_the_log_refuses_changes_also_from_other_programs(path):
    for statement in ("UPDATE status_log SET at = '2005'", "DELETE FROM status_log"):
        with pytest.raises(Exception, match="only grows"):
            stores.execute(path, statement)


@pytest.mark.parametrize(("statement", "fault"), [
    ("UPDATE status_log SET document_no = 'forged' WHERE event = 2", "altered"),
    ("DELETE FROM status_log WHERE event = 2", "missing"),
    ("DELETE FROM status_log WHERE event = 3", "shortened"),
    ("UPDATE status_log SET event = 9 - event WHERE event IN (1, 2)", "altered"),
    ("UPDATE states SET state = 'approved'", "states"),
    ("DELETE FROM states", "states"),
])
def test_whoever_gets_around_that_is_found(path, statement, fault):
    apply(path, "survey", "P")
    apply(path, "demarcate", "P")
    stores.meddled(path, statement)

    assert fault in [each for each, _ in track.faults(path)]
    said = invoke(path, "log", "verify")
    assert said.exit_code == 1


def test_check_names_what_a_hand_edited_store_no_longer_allows(path):
    apply(path, "survey", "P")
    assert track.problems(path, today=TODAY) == []
    stores.meddled(path, "DELETE FROM parcels WHERE parcel_id = 'P'")

    (told,) = track.problems(path, today=TODAY)
    assert "no layer has this feature" in told
    assert len(track.problems(path, today=dt.date(2006, 1, 1))) == 2


def test_a_store_of_a_newer_version_is_not_touched(path):
    stores.execute(path, "UPDATE landtrack_store SET value = '4' WHERE key = 'format'")
    before = held(path)

    with pytest.raises(SourceError, match=r"version 4, not 3(.|\n)*newer one"):
        apply(path, "survey", "P")
    assert held(path) == before


def test_a_file_that_is_no_store_is_told(tmp_path):
    with pytest.raises(SourceError, match="no store at"):
        track.tracked(tmp_path / "none.gpkg")
    with pytest.raises(SourceError, match="no store at"):
        apply(tmp_path / "nowhere" / "none.gpkg", "survey", "P")
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "notes.gpkg").write_text("my notes, which are long enough to be no database")
    with pytest.raises(SourceError, match="cannot be read as a store"):
        track.tracked(tmp_path / "notes.gpkg")


def test_a_store_of_version_1_is_migrated_with_a_backup(file):
    db = sqlite3.connect(file)
    for trigger in ("update", "delete"):
        db.execute(f"DROP TRIGGER status_log_no_{trigger}")
    for table in ("status_log", "states", "landtrack_store"):
        db.execute(f"DROP TABLE {table}")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
    db.execute("CREATE TABLE status_log (fid INTEGER PRIMARY KEY, feature_id TEXT, track TEXT, "
               "at TEXT, action TEXT, from_state TEXT, to_state TEXT, document_no TEXT, "
               "evidence_sha256 TEXT, by TEXT)")
    db.execute("INSERT INTO status_log VALUES (1, 'Q', 'approval', '2006-11-20T00:00:00', "
               "'recorded', '', 'approved', '2006-7', '', 'parcels.geojson')")
    db.execute("INSERT INTO gpkg_contents (table_name, data_type, identifier) "
               "VALUES ('status_log', 'attributes', 'status_log')")
    db.commit()
    db.close()
    before = file.read_bytes()
    with pytest.raises(SourceError, match="landtrack store migrate"):
        apply(file, "survey", "P")

    said = CliRunner().invoke(main, ["store", "migrate", str(file), "--workflow", "cn-2006"])

    assert said.exit_code == 0, said.output
    backup = file.with_suffix(".v1.gpkg")
    assert sqlite3.connect(backup).execute("SELECT count(*) FROM status_log").fetchone() == (1,)
    assert len(backup.read_bytes()) == len(before)
    assert state_of(file, "Q") == {"approval": "approved"}
    apply(file, "announce", "Q", at="2006-12-01")
    assert track.faults(file) == []


def test_the_store_is_a_geopackage_that_others_open(file):
    apply(file, "survey", "P")

    assert {"plots", "parcels", "status_log", "states"} <= set(gis.layers(file))
    assert {row["state"] for row in gis.rows(file, "states")} == {"approved", "surveyed"}
    if ogrinfo := shutil.which("ogrinfo"):
        said = subprocess.run(  # noqa: S603
            [ogrinfo, "-ro", "-q", str(file), "status_log"], capture_output=True, text=True,
            check=True,
        )
        assert "survey" in said.stdout


# --- two at once, and killed ------------------------------------------------------------


def test_the_second_writer_gets_a_clear_word_and_readers_go_on(file):
    with staging.exclusive(file.parent):
        with pytest.raises(OutputError, match="Another run is writing"):
            apply(file, "survey", "P")
        assert len(track.tracked(file).log) == 1


def test_while_another_program_holds_a_transaction_readers_go_on_and_a_writer_is_told(
    path, monkeypatch
):
    monkeypatch.setattr(store.session, "WAIT_S", 0.1)
    with store.backends.of(path).writing(path) as db:
        db.delete(store.session.STATES, ("layer",), [("parcels",)])

        assert len(track.tracked(path).log) == 1
        assert state_of(path, "Q") == {"approval": "approved"}
        with pytest.raises(OutputError, match=r"locked(.|\n)*(Close the program|Wait until)"):
            apply(path, "survey", "P")
        db.insert(store.session.STATES, store.log.folded(store.log.read(path).events))
    apply(path, "survey", "P")
    assert track.faults(path) == []


def test_events_judged_on_a_log_that_has_grown_since_do_not_enter(path):
    fresh = [tracking.Event(event=2, layer="parcels", feature_id="P", track="approval",
                          at="2006-06-01", action="survey", to_state="surveyed")]
    apply(path, "demarcate", "P")

    with pytest.raises(OutputError, match=r"has 2 events; 1 were expected"):
        store.log.append(path, fresh, after=1)


def test_who_looked_before_another_wrote_sees_the_change_and_enters_nothing(path):
    seen = len(store.log.read(path).rows)
    apply(path, "survey", "P", by="Li")

    with pytest.raises(OutputError, match=(
        r"Nothing was entered: (.|\n)*Li, \d{4}-\d\d-\d\d \d\d:\d\d: 2  2006-06-01     P  "
        r"Survey and demarcate: "
        r"no state yet → Surveyed and demarcated  文1(.|\n)*--seen 2"
    )):
        apply(path, "survey", "P", seen=seen)
    apply(path, "demarcate", "Q", seen=seen)  # another parcel: nothing has changed there
    apply(path, "assemble_dossier", "P", seen=2)
    assert len(store.log.read(path).rows) == 4


def test_events_entered_meanwhile_about_other_features_keep_nobody_out(path):
    """Both judge the same log; the second is judged anew, where the store lets two in."""
    if isinstance(path, Path):
        pytest.skip("one enters at a time into a GeoPackage")
    between = [("demarcate", "Q"), ("demarcate", "P")]

    def judge(place):
        if between:
            apply(path, *between.pop(0))
        asked = [tracking.Event(event=0, layer="parcels", feature_id="P", track="", at="2006-06-01",
                              action="survey", document_no="文")]
        track.session.insist_unchanged(place, asked)
        return tracking.filled(place.workflow, place.log, asked)

    with pytest.raises(OutputError, match=r"postgres, .*Demarcate"):  # the second was about P
        track.enter(path, judge)
    (event,) = track.enter(path, judge)
    assert event.event == 4
    assert track.faults(path) == []


def test_many_processes_that_write_at_once_lose_nothing(path):
    asked = [(action, key) for key in "PQ" for action in ("demarcate",)]
    asked += [("survey", "P")]
    running = [
        subprocess.Popen(  # noqa: S603
            [sys.executable, str(Path(writer.__file__)), stores.written(path), *each, "2006-06-01"],
            stderr=subprocess.PIPE, text=True,
        )
        for each in asked
    ]
    said = [each.communicate()[1] for each in running]

    entered = sum(each.returncode == 0 for each in running)
    assert entered >= 1
    told = "Another run is writing" if isinstance(path, Path) else "was changed meanwhile"
    assert all(told in text for text in said if text)
    assert len(store.log.read(path).rows) == 1 + entered
    assert track.faults(path) == []


def test_two_planners_at_once_both_get_in_what_they_enter_about_their_own_parcels(path):
    context = multiprocessing.get_context("spawn")
    running = []
    for key in "PR":
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=writer.enter_some, args=(path, key, send))
        process.start()
        send.close()
        running.append((process, receive))
    for process, receive in running:
        assert receive.recv() in "PR"
        process.join()

    log = store.log.read(path).events
    assert [sum(each.feature_id == key for each in log) for key in "PR"] == [4, 4]
    assert track.faults(path) == track.problems(path, today=TODAY) == []


def test_a_writer_killed_at_any_instant_leaves_every_event_whole(path):
    assert kill_writer.killed(path, 12, seed=8) > 12
    if isinstance(path, Path):
        assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchone() == ("ok",)
    apply(path, "demarcate", "P")  # the next writer goes on at once


def test_a_full_disk_leaves_the_log_as_it_was(file):
    pytest.importorskip("resource")
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from landtrack import store, tracking\n"
        "from landtrack.model.errors import OutputError\n"
        "file = Path(sys.argv[1]); size = file.stat().st_size\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))\n"
        "event = tracking.Event(event=2, layer='parcels', feature_id='P', track='approval', "
        "at='2006', action='recorded', to_state='surveyed', note='x' * 500_000)\n"
        "try:\n    store.log.append(file, [event], after=1)\n"
        "except OutputError as error:\n    print(error)\n"
    )
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )

    assert "cannot be written" in said.stdout
    assert "room on the disk" in said.stdout
    assert len(store.log.read(file).rows) == 1
    assert track.faults(file) == []
    apply(file, "survey", "P")


# --- the commands -----------------------------------------------------------------------


def invoke(path, *words):
    return invoke_words(*words, "--store", path)


def invoke_words(*words):
    return CliRunner().invoke(
        main, [stores.written(each) for each in words], catch_exceptions=False
    )


def test_the_commands_tell_states_events_and_days(path):
    entered = invoke(path, "status", "apply", "announce", "Q", "--at", "2006-12-01",
                     "--document", "文9", "--by", "Li")
    shown = invoke(path, "status", "show", "XM", "--as-of", "2006-11-30")
    now = invoke(path, "status", "show", "Q")
    late = invoke(path, "status", "overdue", "--as-of", "2007-02-01")
    early = invoke(path, "status", "overdue", "--as-of", "2006-12-15")

    assert (entered.exit_code, shown.exit_code, now.exit_code) == (0, 0, 0)
    assert "1 entered, the log has 2" in entered.output
    assert "40.0% on parcel Q: Approved" in shown.output
    assert "60.0% on parcel P: no state yet" in shown.output
    assert "in hand: 0.0%; the rest at the earliest 2006-11-30" in shown.output
    assert "Acquisition announced  since 2006-12-01  文9" in now.output
    assert late.exit_code == 1
    assert "17 days overdue" in late.output  # 45 days after 1 December: 15 January
    assert early.exit_code == 0
    assert "31 days left" in early.output


def test_a_plot_tells_what_is_in_hand_and_when_the_rest_could_be(path):
    apply(path, "announce", "Q", at="2006-12-01")
    apply(path, "demarcate", "Q", at="2006-11-01")
    apply(path, "register_compensation", "Q", at="2006-12-10")
    apply(path, "announce_plan", "Q", at="2006-12-20")
    apply(path, "compensate", "Q", at="2006-12-25")
    apply(path, "confirm_compensated", "Q", at="2006-12-28")
    apply(path, "survey", "P", at="2006-12-01")

    said = invoke(path, "status", "show", "A", "--as-of", "2006-12-31").output

    assert "in hand: 40.0%; the rest at the earliest 2006-12-31" in said
    # reported at once; 40 working days until it is with the State, approved, 10 to announce
    state = calendars.after(dt.date(2006, 12, 31), 40, "working", "CN").day
    announced = calendars.after(state, 10, "working", "CN").day
    assert f"by statutory terms {announced}, 3 steps having none" in said


def test_ground_that_a_parcel_in_hand_and_another_claim_is_in_hand_for_nobody(site, tmp_path):
    """P holds 60 in 100 and is in hand, R another 60 and is not: 20 of them are claimed twice."""
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "P", "state": "compensated", "state_on": "2006-11-20"}),
        (box(40, 0, 100, 100), {"parcel_id": "R"}),
    ])
    known = tmp_path / "store.gpkg"
    store.write(vet.vet(catalog.place(site.folder)), known)

    said = invoke(known, "status", "show", "A", "--as-of", "2006-12-31").output

    assert "in hand: 40.0%; claimed by several parcels: 20.0%" in said


def test_an_expected_failure_is_its_cause_and_its_mend_and_status_2(path):
    said = invoke(path, "status", "apply", "approve", "P", "--at", "2006-06-01")

    assert said.exit_code == 2
    assert "Nothing was entered" in said.output
    assert "Mend:" in said.output


def test_the_history_of_one_feature_is_asked_for_without_reading_the_others(
    site, tmp_path, monkeypatch
):
    """Of 3 parcels only one is asked: neither the other events nor the other keys are read."""
    store_path = grown(site, tmp_path, 3)
    read = []
    select = opened.Geopackage.select

    def watched(self, table, columns, where=None):
        rows = select(self, table, columns, where)
        read.append((table, where, len(rows)))
        return rows

    monkeypatch.setattr(opened.Geopackage, "select", watched)
    lines = track.told(store_path, "ZD-1", lang="en")

    assert any("Survey" in each for each in lines)
    assert all(where for table, where, _ in read if table in ("status_log", "parcels", "plots"))
    assert sum(count for table, _, count in read if table == "status_log") == 1


def grown(site, tmp_path, number):
    """Make a store of some parcels, each of which was surveyed."""
    site.head |= {"workflow": "cn-2006"}
    site.layer("parcels", [
        (box(20 * at, 0, 20 * at + 20, 20), {"parcel_id": f"ZD-{at}"}) for at in range(number)
    ])
    path = tmp_path / "project.gpkg"
    store.write(vet.vet(catalog.place(site.folder)), path)
    for at in range(number):
        track.apply(path, "survey", [f"ZD-{at}"], tracking.Event(
            event=0, layer="", feature_id="", track="", at="2006-05-04", action="survey",
            document_no="d",
        ))
    return path


def test_entering_one_event_reads_what_is_about_its_feature_only(site, tmp_path, monkeypatch):
    path = grown(site, tmp_path, 3)
    monkeypatch.setattr(
        opened.Geopackage, "select", strict(opened.Geopackage.select, "status_log", "parcels")
    )

    (event,) = track.apply(path, "assemble_dossier", ["ZD-2"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-06-04", action="assemble_dossier",
        document_no="d",
    ))

    assert (event.event, event.feature) == (4, ("parcels", "ZD-2"))


def strict(select, *tables):
    """Let no table of these be read whole."""
    def asked(self, table, columns, where=None):
        assert where or table not in tables, table
        return select(self, table, columns, where)

    return asked


def test_a_layer_that_was_edited_is_not_told_as_what_lies_under_a_plot(site, tmp_path):
    path = grown(site, tmp_path, 3)
    with closing(sqlite3.connect(path)) as db, db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name='parcels'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.execute("UPDATE parcels SET owner = 'somebody' WHERE parcel_id = 'ZD-1'")

    with pytest.raises(SourceError, match="not as its run wrote it"):
        track.told(path, "plots:A")
