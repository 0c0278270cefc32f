"""The state is the fold of the events, and only legal events enter."""

from datetime import date, timedelta

import geopandas as gpd
import pandas as pd
import pytest
from builders import box, frame
from hypothesis import given, strategies as st

from landtrack import tracking
from landtrack.ingest import normalise
from landtrack.model import catalog, partial_dates, translations as text
from landtrack.model.errors import CatalogError, TableError
from landtrack.output.wording import events as wording
from landtrack.tracking import Event, Needed, calendars

CN_2006, CN_NOW = catalog.workflow("cn-2006"), catalog.workflow("cn-now")
ZD1 = ("parcels", "ZD-1")
TODAY = date(2007, 12, 31)
WAY = (  # the whole way of a parcel's approval, about 2006
    ("survey", "surveyed"), ("assemble_dossier", "dossier_assembled"),
    ("report_city", "reported_city"),
    ("report_province", "reported_province"), ("agree_at_province", "province_agreed"),
    ("report_state", "reported_state"), ("approve", "approved"), ("announce", "announced"),
)  # fmt: skip


def event(action, at, *, number=0, feature=ZD1, document="文1", **more):
    return Event(
        event=number, layer=feature[0], feature_id=feature[1], track=more.pop("track", ""),
        action=action, at=at, document_no=document, **more,
    )


def entered(*asked, workflow=CN_2006, known=(ZD1,), log=(), today=TODAY):
    fresh = tracking.filled(workflow, log, asked)
    refused = tracking.judged(workflow, log, fresh, known=known, today=today)
    return [*log, *fresh], refused


def held(log, track="approval", day=None, feature=ZD1):
    own = tracking.by_feature(tracking.standing(log)).get(feature, [])
    return tracking.states(tracking.ordered(own), day).get(track)


# --- dates ------------------------------------------------------------------------------


@pytest.mark.parametrize(("written", "first", "last"), [
    ("2006-05-04", "2006-05-04", "2006-05-04"),
    ("2006-02", "2006-02-01", "2006-02-28"),
    ("2008-02", "2008-02-01", "2008-02-29"),
    ("2006", "2006-01-01", "2006-12-31"),
    ("../2006-12-31", "0001-01-01", "2006-12-31"),
])
def test_a_coarse_date_stands_for_its_days(written, first, last):
    assert partial_dates.parse(written) == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("written", [
    "", "May 2006", "2006-13", "2006-02-30", "06-05-04", "2006-12-00", "2006-00", "2006-00-00",
    "２００６-12-20", "0206-12-20", "0001-01-01",
])
def test_what_is_no_date_is_refused(written):
    with pytest.raises(TableError, match="no date"):
        partial_dates.parse(written)


@pytest.mark.parametrize(("start", "count", "unit", "due"), [
    ("2006-03-01", 10, "calendar", "2006-03-11"),
    ("2006-03-01", 1, "working", "2006-03-02"),
    ("2006-03-03", 1, "working", "2006-03-06"),    # Friday: Saturday and Sunday do not count
    ("2006-09-29", 1, "working", "2006-09-30"),    # a Saturday worked in lieu
    ("2006-09-30", 1, "working", "2006-10-08"),    # the week off, then a Sunday worked
])  # fmt: skip
def test_days_are_counted_from_the_day_after(start, count, unit, due):
    assert calendars.after(date.fromisoformat(start), count, unit, "CN") == (
        date.fromisoformat(due), True
    )


def test_working_days_of_a_year_without_published_holidays_are_a_guess():
    assert calendars.after(date(1999, 3, 5), 1, "working", "CN") == (date(1999, 3, 8), False)
    with pytest.raises(CatalogError, match="holidays of 'FR'"):
        calendars.after(date(2006, 3, 1), 1, "working", "FR")


# --- folding ----------------------------------------------------------------------------


def test_the_state_is_what_the_last_step_set():
    log, refused = entered(event("survey", "2006-06-01"), event("assemble_dossier", "2006-07"))

    assert refused == []
    assert held(log).state == "dossier_assembled"
    assert [each.from_state for each in log] == ["", "surveyed"]
    assert held(log, day=date(2006, 6, 30)).state == "surveyed"


def test_a_coarse_date_is_certain_only_when_its_last_day_has_passed():
    log, _ = entered(event("survey", "2006-06-01"), event("assemble_dossier", "2006-07"))

    for day in (date(2006, 7, 1), date(2006, 7, 15), date(2006, 7, 30)):
        middle = held(log, day=day)
        assert (middle.state, middle.perhaps) == ("surveyed", "dossier_assembled")
    assert held(log, day=date(2006, 6, 30)).perhaps == ""
    assert held(log, day=date(2006, 7, 31)).state == "dossier_assembled"


def test_a_coarse_step_had_happened_when_the_step_after_it_did():
    log, refused = entered(event("survey", "2006"), event("assemble_dossier", "2006-05-04"))

    assert refused == []
    assert held(log, day=date(2006, 5, 4)).state == "dossier_assembled"


def test_a_step_that_is_entered_late_takes_its_place_by_date():
    log, _ = entered(event("survey", "2006-06-01"), event("report_province", "2006-09-01"))
    assert [each.fault for each in entered(
        event("survey", "2006-06-01"), event("report_province", "2006-09-01")
    )[1]] == ["forbidden"]

    log, refused = entered(
        event("survey", "2006-06-01"), event("report_province", "2006-09-01"),
        event("assemble_dossier", "2006-07-01"),
    )
    assert refused == []
    assert held(log).state == "reported_province"


@pytest.mark.parametrize(("asked", "fault"), [
    (event("approve", "2006-06-01"), "forbidden"),
    (event("survey", "2006-06-01", document=""), "incomplete"),
    (event("survey", "2006-06-01", document="  "), "incomplete"),
    (event("survey", "2009-01-01"), "in_the_future"),
    (event("survey", "2006-06-01", feature=("parcels", "ZD-9")), "unknown_feature"),
    (event("plough", "2006-06-01"), "unknown_action"),
    (event("survey", "2006-06-01", feature=("plots", "P")), "wrong_kind"),
])
def test_what_may_not_be_is_refused_with_its_fault(asked, fault):
    _, refused = entered(asked, known=[ZD1, ("plots", "P")])

    assert [each.fault for each in refused] == [fault]


def test_a_coarse_date_that_may_have_passed_is_not_in_the_future():
    june = date(2007, 6, 1)

    assert entered(event("survey", "2007"), today=june)[1] == []
    assert entered(event("survey", "2007-06"), today=june)[1] == []
    assert [each.fault for each in entered(event("survey", "2007-07"), today=june)[1]] == [
        "in_the_future"]


def test_the_same_event_does_not_enter_twice():
    log, _ = entered(event("survey", "2006-06-01"))

    assert "twice" in {each.fault for each in entered(event("survey", "2006-06-01"), log=log)[1]}


@pytest.mark.parametrize("lang", text.languages())
def test_a_refusal_says_which_states_may_be_left_and_what_is_missing(lang):
    words = text.load(lang)
    told = [
        wording.refusal(words, CN_2006, refused)
        for asked in (event("announce", "2006-06-01"), event("survey", "2006-06-01", document=""))
        for refused in entered(asked)[1]
    ]

    approved = next(s for s in CN_2006.tracks["approval"].state if s.code == "approved")
    assert words.pick(approved.title) in told[0]
    assert words.pick(CN_2006.actions["survey"][1].document) in told[1]


def test_a_step_may_need_a_state_of_another_track():
    demarcated = event("demarcate", "2006-06-01")
    register = event("register_compensation", "2006-08-01")

    assert [each.facts for each in entered(demarcated, register)[1]] == [
        (Needed("approval", ("announced", "compensated")),)
    ]
    announced = Event(
        event=0, layer="parcels", feature_id="ZD-1", track="approval", action="recorded",
        at="2006-07-01", to_state="announced",
    )
    assert entered(demarcated, announced, register)[1] == []


def test_the_certificate_needs_the_indices_verified():
    plot = ("plots", "P")
    certificate = event("issue_certificate", "2006-12-01", feature=plot)
    assert [each.fault for each in entered(certificate, known=[plot])[1]] == ["incomplete"]
    verified = event("verify_indices", "2006-11-01", feature=plot)
    assert entered(verified, certificate, known=[plot])[1] == []


def test_a_notice_must_run_its_days_before_the_next_step():
    way = [event("pre_announce", "2023-03-01"), event("survey", "2023-03-02"),
           event("assess_risk", "2023-03-03")]  # ten working days end on 15 March 2023

    faults = [
        [each.fault for each in entered(
            *way, event("announce_compensation", day), workflow=CN_NOW, today=date(2024, 1, 1)
        )[1]]
        for day in ("2023-03-15", "2023-03-16", "2023-03")  # at some time in March it may be
    ]
    assert faults == [["too_early"], [], []]


def test_undoing_is_an_event_and_gives_back_the_state_before():
    log, _ = entered(event("survey", "2006-06-01"), event("assemble_dossier", "2006-07-01"))
    undo = event("undo", "2006-08-01", undoes=2, note="wrong parcel", document="", track="approval")

    after, refused = entered(undo, log=log)

    assert refused == []
    assert len(after) == 3
    assert held(after).state == "surveyed"
    assert (after[2].from_state, after[2].to_state) == ("dossier_assembled", "surveyed")


@pytest.mark.parametrize(("changes", "fault"), [
    ({"undoes": 1}, "forbidden"),           # event 2 rests on it
    ({"undoes": 9}, "nothing_to_undo"),
    ({"undoes": 2, "note": " "}, "incomplete"),
])  # fmt: skip
def test_an_undo_that_may_not_be_is_refused(changes, fault):
    log, _ = entered(event("survey", "2006-06-01"), event("assemble_dossier", "2006-07-01"))
    undo = event("undo", "2006-08-01", **{"note": "why", "track": "approval", **changes})

    assert [each.fault for each in entered(undo, log=log)[1]] == [fault]


def test_what_was_undone_cannot_be_undone_again():
    log, _ = entered(event("survey", "2006-06-01"))
    log, _ = entered(event("undo", "2006-08-01", undoes=1, note="why", track="approval"), log=log)

    again = event("undo", "2006-08-02", undoes=1, note="why", track="approval")
    assert [each.fault for each in entered(again, log=log)[1]] == ["nothing_to_undo"]


DAYS = st.dates(date(2006, 1, 1), date(2007, 6, 30))


@given(st.lists(DAYS, min_size=len(WAY), max_size=len(WAY), unique=True), st.randoms())
def test_in_whatever_order_events_are_entered_the_state_is_the_same(dates, random):
    steps = [event(action, day.isoformat()) for (action, _), day in zip(WAY, sorted(dates),
                                                                      strict=True)]
    shuffled = random.sample(steps, len(steps))

    log, refused = entered(*shuffled)

    assert refused == []
    for (_, state), day in zip(WAY, sorted(dates), strict=True):
        assert held(log, day=day).state == state
    before = held(log, day=min(dates) - timedelta(1))
    assert before is None


@given(st.lists(st.tuples(
    st.sampled_from(sorted(CN_2006.actions)), DAYS, st.sampled_from(["", "文1"]),
), max_size=12))
def test_no_illegal_event_is_accepted_and_no_legal_one_refused(tried):
    """A second automaton, written by hand, walks beside: dates rise, so order is entry order."""
    known = [ZD1, ("plots", "P")]
    log, mine = [], {}
    for number, (code, day, document) in enumerate(sorted(tried, key=lambda each: each[1])):
        track, action = CN_2006.actions[code]
        kind = CN_2006.tracks[track].kinds[0]
        feature = next((each for each in known if each[0] == kind), ("roads", "R"))
        legal = (
            feature in known
            and mine.get((feature, track), "") in action.leaves
            and (bool(document) or not action.document)
            and all(mine.get((feature, other)) in wanted for other, wanted in action.needs.items())
        )
        asked = event(code, day.isoformat(), feature=feature,
                      document=document and f"{document}{number}")

        grown, refused = entered(asked, known=known, log=log)

        assert (refused == []) is legal
        if legal:
            log = grown
            mine[feature, track] = action.sets
    for (feature, track), state in mine.items():
        assert held(log, track, feature=feature).state == state


@given(st.lists(st.tuples(st.sampled_from(["2006", "2006-05", "2006-05-04", "2006-07", "2007",
                                           "../2006-06-30"])), max_size=7))
def test_the_order_of_events_never_contradicts_their_dates(dates):
    events = [event("survey", at, number=n) for n, (at,) in enumerate(dates, start=1)]
    order = tracking.ordered(events)

    assert sorted(each.event.event for each in order) == [each.event for each in events]
    for at, earlier in enumerate(order):
        assert earlier.first <= earlier.last
        for later in order[at + 1:]:
            assert not later.event.span.last < earlier.event.span.first
            assert earlier.last <= later.last
            assert earlier.first <= later.first


# --- clocks -----------------------------------------------------------------------------


def test_a_clock_runs_from_the_step_that_starts_it_to_the_one_that_stops_it():
    steps = [event(action, f"2006-0{month}-01") for month, (action, _) in enumerate(WAY[:4], 1)]
    log, _ = entered(*steps)  # reported to the province on Saturday 1 April 2006

    running = tracking.running(CN_2006, log, date(2006, 4, 20)).set_index("clock")

    assert running.loc["province_first_review", "due"] == date(2006, 4, 17)
    assert bool(running.loc["province_first_review", "overdue"])
    assert running.loc["province_first_review", "days_left"] == -3
    assert not running.loc["report_to_state", "overdue"]
    agreed, _ = entered(event("agree_at_province", "2006-04-18"), log=log)
    assert list(tracking.running(CN_2006, agreed, date(2006, 4, 20))["clock"]) == [
        "report_to_state"
    ]
    assert tracking.running(CN_2006, log, date(2006, 3, 31)).empty


def test_a_clock_that_starts_on_a_coarse_date_is_not_certain():
    log, _ = entered(*(event(action, "2006-05") for action, _ in WAY[:4]))

    running = tracking.running(CN_2006, log, date(2006, 6, 1)).set_index("clock")

    assert not running["certain"].any()
    due = calendars.after(date(2006, 5, 31), 11, "working", "CN").day
    assert running.loc["province_first_review", "due"] == due


def test_a_clock_is_overdue_from_the_day_after_its_last():
    steps = [event(action, f"2006-0{month}-01") for month, (action, _) in enumerate(WAY[:4], 1)]
    log, _ = entered(*steps)

    overdue = [
        bool(tracking.running(CN_2006, log, date(2006, 4, day)).set_index("clock").loc[
            "province_first_review", "overdue"])
        for day in (16, 17, 18)
    ]
    assert overdue == [False, False, True]


# --- the chain --------------------------------------------------------------------------


def chained(number=5):
    events = [event("survey", "2006-06-01", number=n, feature=("parcels", f"ZD-{n}"))
              for n in range(1, number + 1)]
    return list(zip(events, tracking.links(events), strict=True))


@pytest.mark.parametrize(("meddle", "where"), [
    (lambda rows: [*rows[:2], (event("survey", "2006-06", number=3), rows[2][1]), *rows[3:]], 3),
    (lambda rows: [*rows[:2], *rows[3:]], 4),
    (lambda rows: [rows[0], rows[2], rows[1], *rows[3:]], 2),
    (lambda rows: rows[:-1], 0),
    (lambda rows: rows[1:], 2),
])
def test_an_altered_removed_or_reordered_event_is_found(meddle, where):
    rows = chained()
    assert tracking.breaks(rows, count=5, head=rows[-1][1].sha256) == []

    found = tracking.breaks(meddle(rows), count=5, head=rows[-1][1].sha256)

    assert where in {each.event for each in found}


def test_a_row_forged_with_a_link_of_its_own_does_not_follow():
    rows = chained()
    event_3 = rows[2][0]
    rows[2] = (event_3, tracking.links([event_3])[0])  # right in itself, but first of a chain

    assert [(each.event, each.fault) for each in tracking.breaks(rows)] == [
        (3, "does_not_follow"), (4, "does_not_follow")]


def test_a_log_forged_anew_from_the_start_is_found_by_a_head_kept_elsewhere():
    kept = chained()[-1][1].sha256
    forged = [event("survey", "2005", number=n) for n in range(1, 6)]
    rows = list(zip(forged, tracking.links(forged), strict=True))

    assert tracking.breaks(rows, count=5) == []
    assert [each.fault for each in tracking.breaks(rows, count=5, head=kept)] == ["replaced"]


@given(st.integers(0, 4), st.sampled_from(["at", "document_no", "to_state", "note", "by"]),
       st.text(min_size=1, max_size=3))
def test_no_field_can_be_changed_unseen(which, field, value):
    rows = chained()
    old = rows[which][0]
    if getattr(old, field) == value:
        return
    rows[which] = (Event(**{**{name: getattr(old, name) for name in old.__struct_fields__},
                            field: value}), rows[which][1])

    assert {each.event for each in tracking.breaks(rows)} == {which + 1}


# --- what files state -------------------------------------------------------------------


def parcels(**columns):
    return frame("parcels", {"ZD-1": box(0, 0, 10, 10), "ZD-2": box(10, 0, 20, 10)}, **columns)


def opened(layer, log=()):
    return tracking.stated(
        {"parcels": layer}, catalog.schemas(), log, of_file=date(2006, 12, 31), recorded_at="now"
    )


def test_a_state_without_a_date_was_so_by_the_day_of_the_file():
    log = opened(parcels(state=["approved", None]))

    assert [(each.feature_id, each.at, each.to_state) for each in log] == [
        ("ZD-1", "../2006-12-31", "approved")
    ]
    assert held(log, day=date(2006, 12, 30)).state == ""
    assert held(log, day=date(2006, 12, 31)).state == "approved"


def test_a_file_read_again_records_nothing_new_and_a_changed_one_its_change():
    log = opened(parcels(state=["approved", None]))

    assert opened(parcels(state=["approved", None]), log) == []
    later = parcels(state=["announced", None], state_on=[pd.Timestamp("2006-12-20"), pd.NaT])
    changed = opened(later, log)
    assert [(each.event, each.to_state) for each in changed] == [(2, "announced")]


def test_what_the_steps_led_to_already_is_not_recorded_again():
    log, _ = entered(event("survey", "2006-06-01"))
    layer = parcels(state=["surveyed", None], state_on=[pd.Timestamp("2006-06-01"), pd.NaT])

    assert opened(layer, log) == []
    earlier = parcels(state=["surveyed", None], state_on=[pd.Timestamp("2006-05-01"), pd.NaT])
    assert len(opened(earlier, log)) == 1  # by then the log knows of nothing


def test_a_file_that_lags_behind_the_log_does_not_take_it_back():
    log = opened(parcels(state=["approved", None],
                         state_on=[pd.Timestamp("2006-11-20"), pd.NaT]))
    log, refused = entered(event("announce", "2006-12-01"), log=log)
    assert refused == []

    layer = parcels(state=["approved", None], state_on=[pd.Timestamp("2006-11-20"), pd.NaT])
    assert opened(layer, log) == []
    shown = tracking.of_day({"parcels": layer}, catalog.schemas(), log, None)["parcels"]
    assert list(shown["state"].fillna("?")) == ["announced", "?"]
    assert shown.loc["ZD-1", "state_on"] == pd.Timestamp("2006-12-01")
    assert shown.loc["ZD-1", "document_no"] == "文1"
    before = tracking.of_day({"parcels": layer}, catalog.schemas(), log, date(2006, 11, 1))[
        "parcels"
    ]
    assert before["state"].isna().all()
    assert isinstance(before, gpd.GeoDataFrame)


# --- tables of events -------------------------------------------------------------------


def test_a_table_of_events_is_read_by_its_words_in_any_language():
    table = pd.DataFrame({
        "编号": ["ZD-1", "P"], "步骤": ["勘测定界", "verify_indices"],
        "日期": [pd.Timestamp("2006-06-01"), 2006.0], "文号": ["文1", "核1"],
        "图层": ["征地地块", None],
    })

    events = tracking.asked(table, CN_2006, recorded_at="now")

    assert {(each.layer, each.feature_id, each.action, each.at) for each in events} == {
        ("parcels", "ZD-1", "survey", "2006-06-01"), ("plots", "P", "verify_indices", "2006"),
    }
    with pytest.raises(TableError, match="no column feature_id"):
        tracking.asked(table.drop(columns="编号"), CN_2006, recorded_at="now")


def test_of_two_columns_with_the_days_of_events_none_is_taken():
    table = pd.DataFrame({
        "编号": ["ZD-1"], "步骤": ["勘测定界"], "at": ["2006-06-01"], "日期": ["2006-07-01"],
    })

    with pytest.raises(TableError, match=r"several columns of one meaning: .*at, 日期"):
        tracking.asked(table, CN_2006, recorded_at="now")


def test_a_table_of_events_is_read_by_its_words_in_traditional_characters():
    table = pd.DataFrame({
        "編號": ["ZD-1"], "步驟": ["勘測定界"], "日期": ["2006-06-01"], "文號": ["文1"],
        "圖層": ["徵地地塊"],
    })

    [asked] = tracking.asked(table, CN_2006, recorded_at="now")

    assert tracking.event_columns(list(table.columns)) == 5
    assert (asked.layer, asked.action, asked.document_no) == ("parcels", "survey", "文1")


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2006年6月1日", "2006-06-01"), ("2006.6.1", "2006-06-01"), ("二〇〇六年六月一日",
        "2006-06-01"), ("20060601", "2006-06-01"), (37407, "2006-06-01"), ("37407", "2006-06-01"),
        ("2006/6", "2006-06"), ("../2006年6月1日", "../2006-06-01"), ("6/1/2006", "6/1/2006"),
        ("2006-05-31T16:00:00Z", "2006-06-01"), ("2006/5/31 15:59:59Z", "2006-05-31"),
        ("2006-05-31 18:00:00+02:00", "2006-06-01"), ("2006-06-01T08:00:00", "2006-06-01"),
        (pd.Timestamp("2006-05-31T16:00:00Z"), "2006-06-01"),
        (pd.Timestamp("2006-06-01T23:30:00"), "2006-06-01"),
        ("../2006-05-31T16:00:00Z", "../2006-06-01"), (2006.12, "2006-12"), (2006.2, "2006-02"),
        ("2006年12月", "2006-12"), ("2006 年 6 月", "2006-06"), ("2006年12月份", "2006-12"),
        ("2006年", "2006"), ("二〇〇六年十二月", "2006-12"), ("二〇〇六年", "2006"),
        ("2006-6", "2006-06"), ("２００６年６月", "2006-06"), ("../2006年12月", "../2006-12"),
        ("2006.10", "2006-10"), ("2006年13月", "2006年13月"), ("2006年0月", "2006年0月"),
        ("0206年", "0206年"), ("06年12月", "06年12月"), ("2006-06-01 24:00", "2006-06-01 24:00"),
        ("2006-06-01 08:00 UTC+8", "2006-06-01 08:00 UTC+8"),
        ("2006-06-01 08:00 GMT", "2006-06-01 08:00 GMT"),
        (2006.1, "2006.1"), ("2006.1", "2006.1"), ("1899-12-30T00:00:00", "1899-12-30T00:00:00"),
    ],
)
def test_the_days_of_a_table_of_events_are_read_as_days_are(written, at):
    table = pd.DataFrame({"编号": ["ZD-1"], "步骤": ["勘测定界"], "日期": [written]})

    calendar = normalise.Calendar(zone="Asia/Shanghai")
    events = tracking.asked(
        table, CN_2006, recorded_at="now", day=lambda text: calendar.partial(text, 1904)
    )

    assert [each.at for each in events] == [at]


def test_a_moment_of_another_zone_is_no_day_where_nothing_says_where_the_place_is():
    table = pd.DataFrame({
        "编号": ["ZD-1"], "步骤": ["勘测定界"], "日期": ["2006-05-31T16:00:00Z"],
    })

    [asked] = tracking.asked(
        table, CN_2006, recorded_at="now", day=normalise.Calendar().partial
    )

    with pytest.raises(TableError, match="2006-05-31T16:00:00Z"):
        _ = asked.span


def test_of_a_table_the_good_events_enter_and_each_bad_one_is_named():
    asked = [
        event("survey", "2006-06-01"), event("approve", "2006-07-01"),
        event("assemble_dossier", "2006-07-02"), event("survey", "last May"),
        event("survey", "2006-06-01", feature=("parcels", "ZD-9")),
        event("survey", "2006-06-01"),
    ]

    fresh, refused = tracking.allowed(CN_2006, [], asked, known=[ZD1], today=TODAY)

    assert [each.action for each in fresh] == ["survey", "assemble_dossier"]
    assert sorted(each.fault for each in refused) == [
        "forbidden", "twice", "unknown_feature", "unreadable",
    ]


# --- workflow files ---------------------------------------------------------------------


@pytest.mark.parametrize("name", list(catalog.data_files("workflows")))
def test_every_step_of_a_workflow_has_words_a_role_and_a_source(name):
    workflow = catalog.workflow(name)

    for track in workflow.tracks.values():
        assert track.kinds
        assert set(track.kinds) <= set(catalog.schemas())
        for action in track.action:
            assert action.source
            for titled in (action.title, action.role, action.document or action.title):
                assert titled["zh"]
                assert titled["en"]
    for clock in workflow.clocks.values():
        assert clock.days > 0
        assert clock.source
        assert clock.title["zh"]
        assert clock.title["en"]


@pytest.mark.parametrize("name", list(catalog.data_files("workflows")))
def test_every_state_of_a_workflow_can_be_reached_by_its_steps(name):
    for track in catalog.workflow(name).tracks.values():
        reached, grown = {""}, True
        while grown:
            fresh = {a.sets for a in track.action if reached & set(a.leaves)} - reached
            reached, grown = reached | fresh, bool(fresh)
        assert set(track.codes) <= reached


@pytest.mark.parametrize(("old", "new", "match"), [
    ('sets = "notified"', 'sets = "told"', "'told'"),
    ('stops = ["announcement"]', 'stops = ["gong"]', "'gong'"),
    ('code = "survey"', 'code = "notify"', "'notify' stands twice"),
    ("needs = { verification", "needs = { inspection", "inspection"),
    ('id = "announcement"', 'id = "report_to_state"', "stands twice"),
])
def test_a_workflow_that_names_what_is_not_there_is_refused(tmp_path, monkeypatch, old, new, match):
    source = catalog.data_file("workflows", "cn-2006").read_text(encoding="utf-8")
    assert old in source
    (tmp_path / "workflows").mkdir()
    changed = tmp_path / "workflows" / "cn-2006.toml"
    changed.write_text(source.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    with pytest.raises(CatalogError, match=match):
        catalog.workflow("cn-2006")
