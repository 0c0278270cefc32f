"""Two persons sign: who may say what of a case, in a file and in a database."""

import json
import uuid

import pytest
import stores
from builders import Site, box
from click.testing import CliRunner

from landtrack import store, tracking
from landtrack.app import sign_off as use_case, track
from landtrack.cli.main import main
from landtrack.model.errors import OutputError, SourceError, TableError
from landtrack.store import seals, sign_off

PLOT = [("plots", "A"), ("parcels", "P")]
FOUND = {"A intensity": "fail 2000", "A plot_ratio": "unknown"}
WHY = {"A plot_ratio": "the buildings are being measured"}
POSTGIS = "postgis"
MAY = {"pan": "planner", "ping": "planner", "chen": "checker", "cai": "checker", "rita": "reader"}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("place") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), project_id="J", fixed_investment_cny=None),
        site.plot("B", box(200, 0, 300, 9), project_id="J"),
        site.plot("C", box(400, 0, 500, 9)),
    ])
    site.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P"}),
                           (box(200, 0, 300, 100), {"parcel_id": "Q"})])
    return stores.judged(site.folder) / "build" / "project.gpkg"


class Office:
    """A store, and how each of the people of an office names it, and themselves."""

    def __init__(self, address, of_user=None, names=None):
        self.address, self.of_user, self.names = address, of_user, names or {}

    def at(self, who):
        return self.of_user(self.names[who]) if self.of_user else self.address

    def by(self, who):
        return {"by": "" if self.of_user else who}

    def name(self, who):
        return self.names.get(who, who)

    def submit(self, who, name="plots:A", features=PLOT, findings=FOUND, **how):
        subject = sign_off.Subject(name, tuple(features), findings)
        return sign_off.submit(self.at(who), subject, **{"reasons": WHY, **self.by(who), **how})

    def accept(self, who, number, findings=FOUND):
        return sign_off.accept(self.at(who), number, findings, **self.by(who))

    def refuse(self, who, number, **how):
        why = sign_off.Reason(**{"text": "too little", "clause": "TD/T 1", **how})
        return sign_off.refuse(self.at(who), number, why, **self.by(who))

    def withdraw(self, who, number):
        return sign_off.withdraw(self.at(who), number, **self.by(who))

    def enter(self, who, key="P", action="survey"):
        told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-12-01",
                              action="", document_no="d", by=self.name(who))
        return track.apply(self.at(who), action, [key], told)

    def state(self, number, findings=FOUND):
        own = sign_off.read(self.address)[number]
        with store.backends.of(self.address).reading(self.address) as db:
            return own.state(sign_off.basis(db, own.features, findings))


def opened(kind, judged, folder):
    """Open an office: Pan and Ping plan, Chen and Cai check; Rita reads."""
    made = stores.kept(kind, judged, folder)
    address = next(made)
    if kind != POSTGIS:
        yield Office(address)
        made.close()
        return
    names = {who: f"{who}_{uuid.uuid4().hex[:8]}" for who in MAY}
    stores.execute(address, *(f"CREATE ROLE {name} LOGIN" for name in names.values()))
    for who, may in MAY.items():
        store.grant(address, may, names[who])
    yield Office(
        address, lambda name: stores.as_user(address, name), names | {"postgres": "postgres"})
    made.close()
    stores.execute(address, *(f"DROP ROLE {name}" for name in names.values()))


@pytest.fixture(params=stores.KINDS)
def office(request, judged, tmp_path):
    yield from opened(request.param, judged, tmp_path)


def test_a_case_is_submitted_by_one_and_accepted_by_another_and_the_chain_holds(office):
    case = office.submit("pan", text="please")
    assert office.state(case.number) == sign_off.SUBMITTED
    done = office.accept("chen", case.number)

    assert (done.by, done.end.by) == (office.name("pan"), office.name("chen"))
    assert (done.subject, done.revision, done.features) == ("plots:A", 1, tuple(PLOT))
    assert (done.text, done.reasons, done.basis.findings) == ("please", WHY, FOUND)
    assert done.four_eyes == bool(office.of_user)  # typed names prove nothing
    assert office.state(case.number) == sign_off.ACCEPTED
    assert seals.breaks(seals.read(office.address)) == []
    assert track.faults(office.address) == []


@pytest.mark.parametrize("say", ["accept", "refuse"])
def test_nobody_decides_what_they_submitted_or_worked_on(office, say):
    office.enter("ping")
    case = office.submit("pan")
    decide = getattr(office, say)
    for who in ("pan", "ping"):
        with pytest.raises(OutputError):
            decide(who, case.number)
    if not office.of_user:  # the same name typed otherwise
        with pytest.raises(OutputError, match="submitted"):
            decide(" PAN ", case.number)
        with pytest.raises(OutputError, match="Nobody signs"):
            decide("", case.number)
    assert office.state(case.number) == sign_off.SUBMITTED
    assert decide("chen", case.number).end.kind == f"{say}ed".replace("eed", "ed")


def test_of_a_subject_one_case_waits_at_a_time(office):
    first = office.submit("pan")
    with pytest.raises(OutputError, match="waits to be decided"):
        office.submit("ping")
    office.submit("ping", "plots:B", [("plots", "B")], {})
    with pytest.raises(OutputError):
        office.withdraw("ping", first.number)
    office.withdraw("pan", first.number)
    assert office.submit("ping").revision == 2


@pytest.mark.parametrize("given", [
    {"text": " "}, {"clause": ""}, {"clause": " ", "figure": "", "document": " "},
])
def test_a_refusal_says_why_and_what_that_rests_on(office, given):
    case = office.submit("pan")
    with pytest.raises(OutputError, match="A refusal says why"):
        office.refuse("chen", case.number, **given)
    done = office.refuse("chen", case.number)
    assert (done.end.kind, done.end.why) == ("refused", ("too little", "TD/T 1", "", ""))
    assert office.submit("pan").revision == 2


def test_what_was_decided_is_not_decided_again(office):
    case = office.submit("pan")
    office.accept("chen", case.number)
    for again in (lambda: office.accept("cai", case.number),
                  lambda: office.refuse("cai", case.number),
                  lambda: office.withdraw("pan", case.number),
                  lambda: office.accept("cai", 999)):
        with pytest.raises(OutputError, match="There is no open case"):
            again()


@pytest.mark.parametrize("otherwise", ["event", "run", "findings"])
def test_a_case_of_which_something_has_changed_is_expired_and_may_be_submitted_anew(
    office, otherwise
):
    case, findings = office.submit("pan"), FOUND
    if otherwise == "event":
        office.enter("ping")
    elif otherwise == "run":
        with store.backends.of(office.address).writing(office.address) as db:
            last = seals.last_run(seals.rows(db))
            seals.of_run(db, last.holds["tables"])
    else:
        findings = {**FOUND, "A intensity": "pass 2600"}

    assert office.state(case.number, findings) == sign_off.EXPIRED
    with pytest.raises(OutputError, match="is expired"):
        office.accept("chen", case.number, findings)
    if otherwise != "findings":  # which are of a run
        assert office.submit("pan", findings=findings).revision == 2


def test_an_event_of_another_feature_does_not_end_a_case(office):
    case = office.submit("pan")
    office.enter("ping", key="Q")
    assert office.accept("chen", case.number).end.kind == sign_off.ACCEPTED


# --- the database holds it, whatever program one signs by ---------------------------------------


def forged(office, who, kind, **said):
    """Write a seal as another program would, with a hash that is right."""
    with store.backends.of(office.at(who)).writing(office.at(who)) as db:
        seals.enter(db, kind, said)


@pytest.fixture
def shared(judged, tmp_path):
    """An office with a database: a file holds nobody back who writes into it."""
    yield from opened(POSTGIS, judged, tmp_path)


END = {"text": "", "clause": "", "figure": "", "document": "", "by": ""}


@pytest.mark.parametrize(("who", "kind", "more", "why"), [
    ("pan", "accepted", {}, "Who submitted a case does not decide it"),
    ("ping", "accepted", {}, "Only a checker decides"),
    ("postgres", "accepted", {}, "Only a checker decides"),
    ("rita", "accepted", {}, "may not do this"),
    ("chen", "withdrawn", {}, "Who submitted a case withdraws it"),
    ("chen", "accepted", {"case": 1}, "There is no such open case"),
    ("chen", "accepted", {"case": None}, "no case as landtrack writes it"),
    ("chen", "refused", {"clause": None}, "no case as landtrack writes it"),
    ("chen", "refused", {}, "A refusal says why"),
    ("chen", "refused", {"text": "x"}, "A refusal says why"),
    ("chen", "refused", {"clause": "x"}, "A refusal says why"),
    ("chen", "run", {"tables": {}}, "Only a keeper seals a run"),
    ("chen", "anything", {}, "Only a keeper seals a run"),
])
def test_the_database_refuses_what_another_program_would_sign(shared, who, kind, more, why):
    case = shared.submit("pan")
    with pytest.raises(OutputError, match=why):
        forged(shared, who, kind, **{"case": case.number, **END, **more})
    assert shared.state(case.number) == sign_off.SUBMITTED


def test_the_database_refuses_who_entered_an_event_even_if_they_are_a_checker_now(shared):
    shared.enter("ping")
    case = shared.submit("pan")
    store.grant(shared.address, "checker", shared.names["ping"])
    with pytest.raises(OutputError, match="Who entered an event of a case does not decide it"):
        forged(shared, "ping", "accepted", case=case.number, **END)


def test_the_database_refuses_what_has_changed(shared):
    case = shared.submit("pan")
    shared.enter("ping")
    with pytest.raises(OutputError, match="What was submitted has changed since"):
        forged(shared, "chen", "accepted", case=case.number, **END)
    forged(shared, "chen", "refused", case=case.number, **{**END, "text": "x", "figure": "1"})


@pytest.mark.parametrize(("who", "more", "why"), [
    ("chen", {}, "Only a planner submits"),
    ("pan", {"subject": "plots:none"}, "not those of the subject"),
    ("pan", {"subject": "projects:none"}, "not those of the subject"),
    ("pan", {"features": [["plots", "A"]]}, "not those of the subject"),
    ("pan", {"features": []}, "no case as landtrack writes it"),
    ("pan", {"features": [["plots"]]}, "no case as landtrack writes it"),
    ("pan", {"features": [["plots", 1]]}, "no case as landtrack writes it"),
    ("pan", {"features": "plots"}, "no case as landtrack writes it"),
    ("pan", {"findings": {"x": None}}, "no case as landtrack writes it"),
    ("pan", {"reasons": None}, "no case as landtrack writes it"),
    ("pan", {"run": "1"}, "no case as landtrack writes it"),
    ("pan", {"run": 0}, "is not what there is"),
    ("pan", {"event": 7}, "is not what there is"),
    ("pan", {"subject": "plots:A", "features": PLOT}, "waits to be decided"),
])
def test_the_database_refuses_a_submission_that_does_not_hold(shared, who, more, why):
    shared.submit("pan")
    with store.backends.of(shared.address).reading(shared.address) as db:
        run = seals.last_run(seals.rows(db)).seal
    said = {"subject": "plots:B", "features": [["plots", "B"]], "run": run, "event": 0,
            "findings": {}, "text": "", "reasons": {}, "by": ""}
    with pytest.raises(OutputError, match=why):
        forged(shared, who, "submitted", **{**said, **more})
    forged(shared, "ping", "submitted", **said)


def test_a_store_goes_on_with_its_cases_when_it_is_copied(office, tmp_path):
    case = office.submit("pan")
    office.accept("chen", case.number)
    copied = tmp_path / "copy.gpkg"
    store.copy(office.address, copied)
    assert sign_off.read(copied) == sign_off.read(office.address)
    assert json.loads(seals.read(copied)[-1].said)["case"] == case.number


# --- as it is typed -----------------------------------------------------------------------------


def typed(office, *words, who="", by=True):
    """Type a command, as one person; give its exit status and what it said."""
    named = ["--store", stores.written(office.at(who) if who else office.address)]
    own = ["--by", who] if by and who and not office.of_user else []
    done = CliRunner().invoke(main, ["case", *words, *own, *named, "--lang", "en"])
    return done.exit_code, done.output


def reasons(office, name):
    """Give a reason for all that is unknown of a plot or project, as options."""
    lacking = use_case.unknown(use_case.subject(office.address, name))
    assert lacking
    return [f"--reason={each}=it is being measured" for each in lacking]


def test_a_subject_is_its_plots_with_the_parcels_under_them_and_all_that_was_found(office):
    plot, project = (use_case.subject(office.address, each) for each in ("A", "J"))
    assert (plot.name, plot.features) == ("plots:A", (("plots", "A"), ("parcels", "P")))
    assert (project.name, project.features) == (
        "projects:J", (("plots", "A"), ("plots", "B"), ("parcels", "P"), ("parcels", "Q")))
    assert {each.partition(" ")[0] for each in plot.findings} == {"plots:A", "projects:J"}
    assert {each.partition(" ")[0] for each in project.findings} == {
        "plots:A", "plots:B", "projects:J"}
    for odd in ("D", "parcels:P", "plots:J", "projects:A", ""):
        with pytest.raises(TableError, match="no plot and no project"):
            use_case.subject(office.address, odd)


def test_a_case_goes_its_way_by_what_is_typed(office):
    status, said = typed(office, "submit", "A", who="pan")
    assert (status, "What is unknown needs a reason: " in said) == (2, True)
    status, said = typed(office, "submit", "A", "--reason=plots:A none=x", *reasons(office, "A"),
                         who="pan")
    assert (status, "There is no finding plots:A none" in said) == (2, True)

    status, said = typed(
        office, "submit", "A", "--text", "please", *reasons(office, "A"), who="pan")
    assert status == 0, said
    number = said.split()[1].strip(":")
    assert "plot A, revision 1, waits to be decided; submitted by " + office.name("pan") in said
    assert "2 features: plot A, parcel P" in said
    assert typed(office, "accept", number, who="pan")[0] == 2
    status, said = typed(office, "refuse", number, "--text", "too little", who="chen")
    assert (status, "A refusal says why" in said) == (2, True)
    status, said = typed(office, "refuse", number, "--text", "too little", "--figure", "1,000 CNY",
                         who="chen")
    assert (status, "refused by " + office.name("chen") in said) == (0, True)
    assert "figure: 1,000 CNY" in said

    again = typed(office, "submit", "plots:A", *reasons(office, "A"), who="pan")[1].split()[1]
    status, said = typed(office, "accept", again.strip(":"), who="cai")
    assert (status, "revision 2, accepted" in said) == (0, True), said
    assert ("Four eyes are not proven" in said) == (not office.of_user)
    status, said = typed(office, "list")
    assert (status, said.count("Case ")) == (0, 2)
    assert typed(office, "show", "999")[0] == 2


def test_what_is_otherwise_since_is_shown(office):
    number = typed(office, "submit", "A", *reasons(office, "A"), who="pan")[1].split()[1].strip(":")
    office.enter("ping")
    status, said = typed(office, "show", number)
    assert (status, "expired" in said, "There were events of its features" in said) == (
        0, True, True)
    assert "There was a run" not in said
    status, said = typed(office, "accept", number, who="chen")
    assert (status, "is expired" in said) == (2, True)
    assert typed(office, "withdraw", number, who="pan")[0] == 0


def test_of_a_store_that_was_edited_nothing_is_submitted(office):
    stores.meddled(office.address, "UPDATE findings SET outcome = 'pass'")
    with pytest.raises(SourceError, match="findings was edited"):
        use_case.submit(office.address, "A", reasons={}, by="pan")


@pytest.mark.parametrize("said", ["{}", "[]", "null", '{"case": 1}', "x"])
def test_what_somebody_wrote_into_a_file_is_told_and_never_a_case(judged, tmp_path, said):
    path = next(stores.kept("geopackage", judged, tmp_path))
    for kind in sign_off.CASES:
        made = seals.Seal(9, kind, said, "2026-01-01T00:00:00+00:00", "", "", "")
        with pytest.raises(SourceError, match="Seal 9 holds no case"):
            sign_off.cases([made])
    assert use_case.told(path, use_case.listed(path), "en") == ["There is no case."]
