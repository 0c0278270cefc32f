"""Make the layers of the park of 2019: illustrative geometry; totals as reported.

Nothing is random, and running the script twice gives the same bytes.

    python make_layers.py            # write next to this script
    python make_layers.py FOLDER     # write into another folder
"""

from __future__ import annotations

import csv
import io
import sys
from itertools import cycle
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from geojson import Feature, Point, collection, feature, line, point, polygon

HERE = Path(__file__).resolve().parent
CRS = "4523"
EAST, NORTH = 35_520_000, 4_264_000
NOTE = "位置与形状为示意，总量按报告"

YARDS = 76                    # polluting workshops east of National Road 109
BUILDINGS = 197               # illegal buildings that were demolished, 53 585 m2 in all
PAIRS = (                     # width and depth in metres: each two buildings cover 544 m2
    ((12, 20), (16, 19)), ((18, 18), (20, 11)), ((16, 20), (16, 14)), ((15, 12), (26, 14)),
    ((16, 17), (17, 16)),
)  # fmt: skip
LAST = (21, 13)               # 273 m2: 98 pairs and this one are 53 585 m2
ASPECTS = (                   # the seven aspects of the self-check and how many problems of each
    ("环境卫生", 9), ("交通秩序", 6), ("基础设施", 6), ("公益宣传", 4), ("诚实守信", 3),
    ("文明礼仪", 3), ("旅游景点", 2),
)  # fmt: skip


def at(x: float, y: float) -> Point:
    """Place a point given in metres from the park's south-west corner."""
    return (EAST + x, NORTH + y)


def box(x: float, y: float, wide: float, deep: float) -> Feature:
    """Make a rectangle from its south-west corner, counter-clockwise."""
    corners = [(x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep), (x, y)]
    return polygon([at(*corner) for corner in corners])


def yard_corner(number: int) -> tuple[int, int]:
    """Give the south-west corner of a workshop's yard: four rows of nineteen."""
    row, column = divmod(number, YARDS // 4)
    return 600 + 46 * column, 200 + 82 * row


def workshops() -> list[Feature]:
    """Yards of the polluting workshops that were cleared."""
    return [
        feature(
            box(*yard_corner(number), 40, 74), item_id=f"SLW-{number + 1:02d}",
            name=f"“散乱污”企业{number + 1:02d}", **{"class": "polluting_workshop"},
            aspect="德胜片区109国道以东", state="cleared", state_on="2019-09-30", note=NOTE,
        )
        for number in range(YARDS)
    ]


def sizes() -> list[tuple[int, int]]:
    """Width and depth of every demolished building."""
    pairs = cycle(PAIRS)
    return [*(each for _ in range(BUILDINGS // 2) for each in next(pairs)), LAST]


def demolished() -> list[Feature]:
    """Illegal buildings in the yards, two or three in each."""
    features = []
    left = iter(enumerate(sizes(), 1))
    for number in range(YARDS):
        east, north = yard_corner(number)
        for slot in range(3 if number < BUILDINGS - 2 * YARDS else 2):
            count, (wide, deep) = next(left)
            features.append(feature(
                box(east + 5, north + 4 + 23 * slot, wide, deep), item_id=f"WJ-{count:03d}",
                name=f"违法建筑{count:03d}", **{"class": "illegal_building"},
                aspect="德胜片区109国道以东", state="demolished", state_on="2019-08-31",
                document_no=f"示意-拆2019-{count:03d}", area_m2=wide * deep, note=NOTE,
            ))
    return features


def premises() -> list[Feature]:
    """Rented enterprises and shops: 48 put in order, 43 closed or moved out."""
    features = []
    for number in range(48 + 43):
        row, column = divmod(number, 13)
        state = "put_in_order" if number < 48 else "closed_down"
        features.append(feature(
            point(at(120 + 30 * column, 640 + 40 * row)), item_id=f"ZL-{number + 1:02d}",
            name=f"租赁企业、商户{number + 1:02d}", **{"class": "premises"}, aspect="环境卫生",
            state=state, state_on="2019-10-31", note=NOTE,
        ))
    return features


def findings() -> list[Feature]:
    """Make the findings of the city's inspection, and the problems of the self-check."""
    inspected = [("环境卫生", 12), ("“三化”治理", 5)]
    kinds = (("inspection_finding", "XC", "巡察问题", inspected, 1120),
             ("self_check", "ZC", "自查问题", ASPECTS, 1260))  # fmt: skip
    features = []
    for kind, prefix, name, aspects, north in kinds:
        listed = [aspect for aspect, count in aspects for _ in range(count)]
        for number, aspect in enumerate(listed):
            row, column = divmod(number, 17)
            features.append(feature(
                point(at(120 + 80 * column, north + 60 * row)),
                item_id=f"{prefix}-{number + 1:02d}",
                name=f"{name}{number + 1:02d}", **{"class": kind}, aspect=aspect, state="ordered",
                state_on="2019-11-15", document_no=f"示意-{prefix}2019-{number + 1:02d}", note=NOTE,
            ))
    return features


def green_belts() -> list[Feature]:
    """Green belts along the road that were repaired: 3 300 m2."""
    return [
        feature(
            box(560, 60 + 120 * number, 10, 110), item_id=f"LH-{number + 1}",
            name=f"绿化带{number + 1}", **{"class": "green_belt"}, aspect="绿化", state="repaired",
            state_on="2019-06-30", area_m2=1100, note=NOTE,
        )
        for number in range(3)
    ]


def roads() -> list[Feature]:
    """Roads that the report names."""
    lines = (
        ("DL-1", "109国道", [(540, -100), (540, 1500)]),
        ("DL-2", "恒安大街", [(-50, 580), (1560, 580)]),
        ("DL-3", "新胜路", [(-50, 1060), (1560, 1060)]),
    )
    return [
        feature(line([at(*each) for each in points]), road_id=key, name=name, state="in_service",
                note="走向为示意")
        for key, name, points in lines
    ]


def plots() -> list[Feature]:
    """Blocks of the park, without a word on their projects."""
    return [
        feature(
            box(-20 + 130 * column, 40 + 250 * row, 120, 230),
            plot_id=f"DS-{row * 4 + column + 1:02d}",
            name=f"地块{row * 4 + column + 1:02d}", note="报告未列，示意",
        )
        for row in range(2) for column in range(4)
    ]


def events() -> str:
    """How the first items of each class came into their states."""
    steps = {
        "WJ-{:03d}": (("find_item", "2019-03", ""), ("order_item", "2019-04-15", "示意-改2019"),
                      ("demolish_item", "2019-08-31", "示意-拆2019-{:03d}")),
        "SLW-{:02d}": (("find_item", "2019-03", ""), ("order_item", "2019-04-20", "示意-改2019"),
                       ("clear_item", "2019-09-30", "")),
        "XC-{:02d}": (("find_item", "2019-10", ""),
                      ("order_item", "2019-11-15", "示意-XC2019-{:02d}")),
    }  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("图层", "编号", "步骤", "日期", "文号", "经办", "备注"))
    for key, taken in steps.items():
        for number in range(1, 9):
            for action, day, document in taken:
                writer.writerow(("enforcement", key.format(number), action, day,
                                 document.format(number), "园区", "示意"))
    return text.getvalue()


def make(folder: Path) -> None:
    """Write every layer into a folder."""
    layers = {
        "plots": plots(),
        "roads": roads(),
        "enforcement": [
            *workshops(), *demolished(), *premises(), *findings(), *green_belts(),
        ],
        "boundaries": [feature(
            box(-80, -120, 1700, 1640), boundary_id="YQ", name="园区范围", **{"class": "park"},
            note="报告未列，示意",
        )],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, features in layers.items():
        (folder / f"{name}.geojson").write_text(
            collection(name, features, CRS), encoding="utf-8", newline="\n"
        )
    (folder / "events.csv").write_text(events(), encoding="utf-8-sig", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
