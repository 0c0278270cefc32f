"""The columns of the tables that flow between the steps, and the codes that stand in them."""

from __future__ import annotations

import enum

ISSUE_COLUMNS = (
    "source", "layer", "feature_id", "field", "issue", "value", "severity", "who_mends", "mend",
)
MARK_COLUMNS = ("source", "layer", "feature_id", "issue", "role", "area_m2", "geometry")
MEASURE_COLUMNS = (
    "plot_id", "layer", "category", "measure", "value", "feature_id", "coverage",
)
FINDING_COLUMNS = (
    "plot_id", "rule", "value", "relation", "threshold", "unit", "outcome", "margin",
    "fix", "reason", "rule_version", "source", "upper", "stage", "severity", "decided_by",
    "overrode", "verified", "waived_until", "evidence", "subject", "share",
)
"""``value``, ``threshold``, ``upper`` and ``margin`` are in the unit of the measure, a share
as a fraction of 1. ``decided_by`` is the level and the pack or document whose limit won,
``overrode`` the limits it came before. ``verified`` is false where the limit was not found
in a source. ``waived_until`` is a day, for a fail that is waived; it is a fail all the same.
``evidence`` is the level by which a floor area is proved, then the levels that differ.
``subject`` is the project that a plot was judged as a part of: value and outcome are the
project's; empty where they are the plot's own. ``share`` says by what the project's amounts were
divided among its plots, where the catalog states it.
"""
AMOUNT_COLUMNS = ("plots", "lost", "source", "share")
"""Of a project of several plots: how many it has, keys of those that were set aside, the ledger
that states its amounts, and by what they are divided among the plots (``"land_area"``)."""
WRITTEN_COLUMNS = (
    "plot_id", "field", "written", "unit", "unit_from", "taken", "taken_unit", "project_id",
    "file", "column", "row",
)
"""A cell that a figure of a plot was taken from: ``written`` is what stands in it, in ``unit``,
which the ``cell`` itself, its ``column`` (or the catalog) or ``nobody`` states (``unit_from``);
``taken`` what it was taken for in ``taken_unit``, NaN where the figure is not known all the same.
``project_id`` is the project whose amount it is, empty where it is the plot's own. ``file``
names the sheet of a workbook too (``ledger.xlsx:2006``). ``row`` is the
row of the file, or the feature, from 1. A figure that was added up has several cells.
"""
STATUS_COLUMNS = (
    "event", "layer", "feature_id", "track", "at", "action", "from_state", "to_state",
    "document_no", "evidence_sha256", "by", "note", "undoes", "shapes", "recorded_at",
    "entered_by",
)
"""``event`` counts from 1 without a gap. ``at`` is as it was stated: a day, a month
(``2006-05``), a year, or ``../DAY`` for a state found on that day. ``undoes`` is the event
that this one takes back, 0 for none. ``shapes`` holds the shapes before and after a split,
merge or change of boundary, as JSON; ``recorded_at`` is when the event was entered (UTC).
``by`` is who says so; ``entered_by`` as whom a database knows who entered it, which may be
another: empty where the store does not know.
"""
COUNT_COLUMNS = (
    "layer", "source", "read", "not_selected", "set_aside", "kept", "repaired",
)
"""Per source: read = not_selected + set_aside + kept; repaired are among the kept."""

KEY_COLUMNS = ("layer", "category", "measure")
"""What tells the measures of one plot apart; ``category`` is empty for a whole layer."""


class Outcome(enum.StrEnum):
    """What a rule says of a plot; unknown is never shown as pass."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


NOT_JUDGED = "not_judged"
"""The verdict on a plot or project of which no rule says anything: none is in force, or none is
for it; never shown as pass."""


class Coverage(enum.StrEnum):
    """What a layer says of a plot: met, looked for and not met, or nothing known."""

    HIT = "hit"
    CLEAR = "clear"
    NO_COVERAGE = "no_coverage"


class Severity(enum.StrEnum):
    """How much an issue weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Issue(enum.StrEnum):
    """Every kind of fault that the steps name; words and severity come by this code."""

    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_OVER_LIMIT = "file_over_limit"
    FILE_REMARK = "file_remark"
    ENCODING_DIFFERS = "encoding_differs"
    INDEX_REBUILT = "index_rebuilt"
    INDEX_DIFFERS = "index_differs"
    RECORDS_LACKING = "records_lacking"
    SHAPES_LACKING = "shapes_lacking"
    RECORDS_DELETED = "records_deleted"
    RINGS_REWOUND = "rings_rewound"
    ATTRIBUTES_MISSING = "attributes_missing"
    LAYER_MISSING = "layer_missing"
    LAYER_EMPTY = "layer_empty"
    FEATURE_UNREADABLE = "feature_unreadable"
    CRS_MISSING = "crs_missing"
    CRS_OVERRIDDEN = "crs_overridden"
    CRS_UNREACHABLE = "crs_unreachable"
    CRS_INFERRED = "crs_inferred"
    CRS_CONTRADICTED = "crs_contradicted"
    CRS_DENIED = "crs_denied"
    CRS_IMPOSSIBLE = "crs_impossible"
    CRS_AMBIGUOUS = "crs_ambiguous"
    AXES_SWAPPED = "axes_swapped"
    CRS_SHIFTED = "crs_shifted"
    LAYER_FAR = "layer_far"
    COLUMN_MISSING = "column_missing"
    KEY_MISSING = "key_missing"
    KEY_GENERATED = "key_generated"
    KEY_DUPLICATE = "key_duplicate"
    FEATURE_DUPLICATE = "feature_duplicate"
    LEDGER_SAYS_OTHERWISE = "ledger_says_otherwise"
    ATTRIBUTE_CONTRADICTED = "attribute_contradicted"
    PLOT_DRAWN_OTHERWISE = "plot_drawn_otherwise"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_DATE = "not_a_date"
    NOT_A_CHOICE = "not_a_choice"
    OUT_OF_RANGE = "out_of_range"
    GEOMETRY_MISSING = "geometry_missing"
    GEOMETRY_NOT_FINITE = "geometry_not_finite"
    GEOMETRY_OUT_OF_BOUNDS = "geometry_out_of_bounds"
    GEOMETRY_KIND = "geometry_kind"
    GEOMETRY_REPAIRED = "geometry_repaired"
    GEOMETRY_INVALID = "geometry_invalid"
    PARTS_LEFT_OUT = "parts_left_out"
    HOLE_OUTSIDE = "hole_outside"
    GEOMETRY_UNREPAIRABLE = "geometry_unrepairable"
    SHAPE_SPIKE = "shape_spike"
    SHAPE_SLIVER = "shape_sliver"
    SHAPE_DUPLICATE = "shape_duplicate"
    FEATURES_GAP = "features_gap"
    FEATURES_OVERLAP = "features_overlap"
    LEDGER_NO_MATCH = "ledger_no_match"
    LEDGER_DUPLICATE = "ledger_duplicate"
    LEDGER_ROW_SHARED = "ledger_row_shared"
    LEDGER_UNUSED = "ledger_unused"
    LEDGER_LEFT_OUT = "ledger_left_out"
    AMOUNT_CONTRADICTED = "amount_contradicted"
    AMOUNT_LEFT_OUT = "amount_left_out"
    AMOUNT_SHARED = "amount_shared"
    AMOUNT_REPEATED = "amount_repeated"
    AMOUNT_AT_SOME = "amount_at_some"
    PROJECTS_SEVERAL = "projects_several"
    AMOUNT_ALIKE = "amount_alike"
    PLOT_PART = "plot_part"
    BUILDINGS_OVERLAP = "buildings_overlap"
    BUILDINGS_OVERLAP_STATED = "buildings_overlap_stated"
    PART_AMOUNTS_DIFFER = "part_amounts_differ"
    AREA_DIFFERS = "area_differs"
    PLOTS_OVERLAP = "plots_overlap"
    PARCELS_OVERLAP = "parcels_overlap"
    STOREY_HEIGHTS_DIFFER = "storey_heights_differ"
    STOREY_HEIGHTS_MISSING = "storey_heights_missing"
    INDUSTRY_YEAR_MISSING = "industry_year_missing"
    INDUSTRY_CODE_UNKNOWN = "industry_code_unknown"
    LAND_USE_UNKNOWN = "land_use_unknown"
    LAND_USE_CHANGED = "land_use_changed"
    INVESTMENT_MAGNITUDE = "investment_magnitude"
    ENTITIES_UNUSED = "entities_unused"
    FILE_DAMAGED = "file_damaged"
    FEATURES_LACKING = "features_lacking"
    UNITS_SCALED = "units_scaled"
    UNITS_CONTRADICTED = "units_contradicted"
    LAYER_HIDDEN = "layer_hidden"
    RING_CLOSED = "ring_closed"
    RING_OPEN = "ring_open"
    LINES_JOINED = "lines_joined"
    OUTLINE_FILLED = "outline_filled"
    ALTITUDE_DROPPED = "altitude_dropped"
    LINE_TAKEN_AS_AREA = "line_taken_as_area"
    DATUM_MAY_BE_SHIFTED = "datum_may_be_shifted"
    DATUM_WORD_UNKNOWN = "datum_word_unknown"
    FOOTPRINT_OUTSIDE = "footprint_outside"
    DATED_LATER = "dated_later"
    DATED_AHEAD = "dated_ahead"
    FILE_NOT_OF_DAY = "file_not_of_day"
    EVENT_REFUSED = "event_refused"
    WORKFLOW_NOT_STATED = "workflow_not_stated"
    LINE_UNREADABLE = "line_unreadable"
    FIELD_COUNT = "field_count"
    CORNERS_SIDE_BY_SIDE = "corners_side_by_side"
    CORNERS_SORTED = "corners_sorted"
    CORNERS_RUN_ON = "corners_run_on"
    CORNERS_WITHIN = "corners_within"
    CORNER_NAMED_APART = "corner_named_apart"
    CORNER_MAY_BE_NONE = "corner_may_be_none"
    CORNERS_OF_ONE_PARCEL = "corners_of_one_parcel"
    POINTS_MAY_BE_PARCEL = "points_may_be_parcel"
    CORNERS_AREA_AGREES = "corners_area_agrees"
    CORNERS_AREA_DIFFERS = "corners_area_differs"
    TABLE_SHEET_HIDDEN = "table_sheet_hidden"
    TABLE_SHEET_LEFT = "table_sheet_left"
    OSM_SET_ASIDE = "osm_set_aside"
    TABLE_BLIND = "table_blind"
    TABLE_ROW_TOTAL = "table_row_total"
    TABLE_TOTAL_DIFFERS = "table_total_differs"
    TABLE_ROW_NOTE = "table_row_note"
    TABLE_STRUCK_OUT = "table_struck_out"
    TABLE_ROW_HIDDEN = "table_row_hidden"
    TABLE_COLUMN_HIDDEN = "table_column_hidden"
    TABLE_NOT_COMPUTED = "table_not_computed"
    TABLE_CELL_ERROR = "table_cell_error"
    ARCHIVE_MEMBER_LEFT = "archive_member_left"
    TABLE_BEYOND = "table_beyond"
    TABLE_SHIFTED = "table_shifted"
    TABLE_SHORT = "table_short"
    TABLE_TEXT_LOST = "table_text_lost"
    LEDGER_KEY_MISSING = "ledger_key_missing"
    LEDGER_ROW_BELOW = "ledger_row_below"
    LEDGER_KEY_MERGED = "ledger_key_merged"
    LEDGER_PHASES_ADDED = "ledger_phases_added"
    LEDGER_PHASES_INCOMPLETE = "ledger_phases_incomplete"
    LEDGER_MERGED_AMOUNT = "ledger_merged_amount"
    LEDGER_KEY_ZEROS = "ledger_key_zeros"
    LAYOUT_UNKNOWN = "layout_unknown"
    POINT_COUNT = "point_count"
    POINT_NAMES_LEFT = "point_names_left"
    RING_ROLES = "ring_roles"
    RING_INCOMPLETE = "ring_incomplete"
    RING_UNUSABLE = "ring_unusable"
    VERTICES_DENSE = "vertices_dense"
    AREA_UNIT = "area_unit"
    AREA_UNIT_UNKNOWN = "area_unit_unknown"
    AXES_TURNED = "axes_turned"
    ZONE_DIFFERS = "zone_differs"
    ZONE_MOVED = "zone_moved"
    COORDINATES_UNPLACED = "coordinates_unplaced"
    CRS_TEXT_UNKNOWN = "crs_text_unknown"
    COLUMN_VARIES = "column_varies"
    SLIVER_IGNORED = "sliver_ignored"
    UNIT_UNKNOWN = "unit_unknown"
    UNIT_DIFFERS = "unit_differs"
    UNIT_BESIDE = "unit_beside"
    UNIT_NOT_STATED = "unit_not_stated"
    DECIMAL_COMMA = "decimal_comma"
    DAYS_LOCAL = "days_local"
    DAYS_OF_NUMBERS = "days_of_numbers"
    AREA_MAGNITUDE = "area_magnitude"


SETS_ASIDE = frozenset({
    Issue.FEATURE_UNREADABLE, Issue.FEATURE_DUPLICATE, Issue.GEOMETRY_MISSING,
    Issue.GEOMETRY_NOT_FINITE, Issue.GEOMETRY_OUT_OF_BOUNDS, Issue.GEOMETRY_KIND,
    Issue.GEOMETRY_UNREPAIRABLE, Issue.PLOT_PART,
})
"""The issues whose feature does not go on to the joins; every other feature does."""
