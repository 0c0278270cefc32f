"""A store that was made anew from its start holds in itself, and not against its witnesses."""

import json
import shutil

import authority
import pytest
from authority import holder
from builders import box
from click.testing import CliRunner

from landtrack import store, tracking
from landtrack.app import track, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.model.errors import OutputError, SourceError
from landtrack.store import witnesses

pytestmark = pytest.mark.usefixtures("store_alone")


@pytest.fixture
def known(site, tmp_path):
    """Give a store with one event."""
    site.head |= {"workflow": "cn-2006"}
    site.layer("parcels", [(box(0, 0, 20, 20), {"parcel_id": "P"})])
    path = tmp_path / "project.gpkg"
    store.write(vet.vet(catalog.place(site.folder)), path)
    step(path, "survey", "2006-05-04")
    return path


def step(path, action, at):
    track.apply(path, action, ["P"], tracking.Event(
        event=0, layer="", feature_id="", track="", at=at, action=action, document_no="d",
    ))


def anew(site, path, at):
    """Make the whole store anew, of another parcel and with another event than there was."""
    path.unlink()  # of the same in the same second the seal of the run would be the same
    site.layer("parcels", [(box(0, 0, 20, 21), {"parcel_id": "P"})])
    store.write(vet.vet(catalog.place(site.folder)), path)
    step(path, "survey", at)


def test_a_store_that_has_only_grown_is_as_its_witnesses_have_it(known, tmp_path):
    track.witness.enter(known, tmp_path / "w")
    step(known, "assemble_dossier", "2006-06-04")
    track.witness.enter(known, tmp_path / "w")

    assert track.witness.faults(known, tmp_path / "w") == []
    first, second = witnesses.read(tmp_path / "w")
    assert (first.events, second.events, first.seals) == (1, 2, 1)
    assert second.head == store.log.read(known).head


def test_a_chain_that_was_made_anew_is_found(known, site, tmp_path):
    track.witness.enter(known, tmp_path / "w")
    anew(site, known, "2005-05-04")

    assert track.faults(known) == []  # in itself it holds
    assert [code for code, _ in track.witness.faults(known, tmp_path / "w")] == [
        "witness_log", "witness_seals",
    ]


def test_a_log_that_was_put_back_to_an_earlier_day_is_found(known, tmp_path):
    shutil.copy(known, tmp_path / "before.gpkg")
    step(known, "assemble_dossier", "2006-06-04")
    track.witness.enter(known, tmp_path / "w")
    shutil.copy(tmp_path / "before.gpkg", known)

    assert [code for code, _ in track.witness.faults(known, tmp_path / "w")] == ["witness_log"]


def test_a_witness_of_another_place_is_told(known, tmp_path):
    made = witnesses.of(known)
    witnesses.add(tmp_path / "w", witnesses.Witness(**{
        name: getattr(made, name) for name in made.__struct_fields__
    } | {"place": "elsewhere"}))

    ((code, values),) = track.witness.faults(known, tmp_path / "w")
    assert (code, values["place"]) == ("witness_place", "elsewhere")


@pytest.mark.parametrize("number", [-1, 99])
def test_a_number_that_there_never_was_is_told(known, tmp_path, number):
    track.witness.enter(known, tmp_path / "w")
    held = json.loads((tmp_path / "w").read_text())
    (tmp_path / "w").write_text(json.dumps(held | {"events": number}))

    assert [code for code, _ in track.witness.faults(known, tmp_path / "w")] == ["witness_log"]


@pytest.mark.parametrize("held", [b"", b"\n", b"[]", b"{}", b"\xff\xfe", b'{"place": 1}'])
def test_what_is_no_file_of_witnesses_is_refused(known, tmp_path, held):
    (tmp_path / "w").write_bytes(held)

    with pytest.raises(SourceError, match="no file of witnesses"):
        track.witness.faults(known, tmp_path / "w")


def test_a_folder_that_cannot_be_written_is_told(known, tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        track.witness.enter(known, tmp_path / "none" / "w")


def test_the_time_of_a_witness_is_certified(known, tmp_path):
    root = holder("Root", authority=True)
    clock = holder("Clock", root, usages=("digital_signature",), stamps=True)
    (tmp_path / "root.pem").write_bytes(root.pem)
    (tmp_path / "other.pem").write_bytes(holder("Other", authority=True).pem)
    with authority.served(stamps_of=clock) as address:
        track.witness.enter(known, tmp_path / "w", f"{address}/time")
    held = json.loads((tmp_path / "w").read_text())
    (tmp_path / "earlier").write_text(json.dumps(held | {"at": "2006-01-01T00:00:00+00:00"}))

    def faults(file, trusted):
        return [code for code, _ in track.witness.faults(
            known, tmp_path / file, [tmp_path / trusted]
        )]

    assert faults("w", "root.pem") == []
    assert faults("w", "other.pem") == ["witness_stamp"]
    assert faults("earlier", "root.pem") == ["witness_stamp"]


def test_the_commands_enter_and_ask_witnesses(known, site, tmp_path):
    def typed(*arguments):
        return CliRunner().invoke(
            main, [*map(str, arguments), "--store", str(known), "--lang", "en"],
            catch_exceptions=False,
        )

    entered = typed("log", "witness", tmp_path / "w")
    holds = typed("log", "verify", "--witness", tmp_path / "w")
    anew(site, known, "2005-05-04")
    alone = typed("log", "verify")
    found = typed("log", "verify", "--witness", tmp_path / "w")

    assert "1 event and 1 seal are witnessed" in entered.output
    assert (entered.exit_code, holds.exit_code, alone.exit_code, found.exit_code) == (0, 0, 0, 1)
    assert "the log is not the one of which a witness was entered" in found.output
