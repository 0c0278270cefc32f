"""Make the layers of the Yutian park of 2010: illustrative geometry; totals as reported.

Nothing is random, and running the script twice gives the same bytes.

    python make_layers.py            # write next to this script
    python make_layers.py FOLDER     # write into another folder
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from geojson import Feature, Point, collection, feature, line, polygon

HERE = Path(__file__).resolve().parent
CRS = "4527"
EAST, NORTH = 39_560_000, 4_415_000
NOTE = "位置与形状为示意"
INVENTED = "投资额为示意，合计与报告一致"

LEDGER = ("项目编号", "企业名称", "行业", "进展", "签约年份", "总投资（万元）", "受理日期", "备注")
# Name, industry, stage, total investment (10 000 CNY), signed in 2010; the report names them.
PROJECTS = (
    ("再生资源科技园", "再生资源", "entered", 52_000, True),
    ("开元集团焊接材料产业园", "焊接材料", "topping_out", 45_000, True),
    ("兴民钢圈", "装备制造", "under_construction", 38_000, True),
    ("吉祥药业", "生物医药", "under_construction", 31_200, True),
    ("同仁堂保健品", "生物医药", "under_construction", 30_000, True),
    ("元创包装机械", "装备制造", "under_construction", 22_000, True),
    ("致富塑机", "装备制造", "under_construction", 19_000, True),
    ("古玉煤化工甲醇", "煤化工", "completed", 120_000, False),
    ("海泰新能科技二期", "新能源", "completed", 62_000, False),
    ("晋银化工搬迁", "化工", "under_construction", 58_000, False),
    ("泰宇重工", "装备制造", "under_construction", 41_000, False),
    ("中发金属制品", "钢铁深加工", "completed", 36_800, False),
    ("唐山兴邦焊管", "钢铁深加工", "under_construction", 33_000, False),
    ("庞大汽贸", "汽车贸易", "topping_out", 28_000, False),
    ("清华同方环保设备", "环保设备", "completed", 21_000, False),
    ("亚塑一期", "塑料", "completed", 17_000, False),
)  # fmt: skip
STAGES = {
    "entered": "已签约", "under_construction": "在建", "topping_out": "主体基本完工",
    "completed": "已投产",
}
ENTERPRISES = 93
# Key, name, class, state, width, points; lengths as reported.
ROADS = (
    ("DL-01", "香小线西侧主路", "主路", "in_service", 40, [(600, 60), (2600, 60)]),
    ("DL-02", "焦化厂西侧东西路", "次干路", "in_service", 24, [(700, 930), (1700, 930)]),
    ("DL-03", "焦化厂西侧南北路", "次干路", "in_service", 24, [(605, 100), (605, 900)]),
    ("DL-04", "综合产业园区路一", "道路修补", "under_construction", 20, [(300, -845), (800, -845)]),
    ("DL-05", "综合产业园区路二", "道路修补", "under_construction", 20, [(300, -685), (900, -685)]),
    ("DL-06", "玉泰工业园区路", "道路修补", "under_construction", 20, [(2595, -600), (2595, -200)]),
    ("DL-07", "香小公路以西次干路", "次干路", "planned", 24, [(640, 490), (2540, 490)]),
    ("DL-08", "焦化厂东侧次干路一", "次干路", "planned", 24, [(1900, 930), (2700, 930)]),
    ("DL-09", "焦化厂东侧次干路二", "次干路", "planned", 24, [(3200, 100), (3200, 900)]),
    ("DL-10", "邦力晋银化工厂东侧次干路", "次干路", "planned", 24, [(300, 100), (300, 700)]),
    ("DL-11", "中小企业区次干路", "次干路", "planned", 24, [(0, 800), (600, 800)]),
)  # fmt: skip
BEFORE = ((0, -1000), (1500, 1000))   # 1500 m by 1000 m: 1.5 km2, as approved before
AFTER = ((0, -1000), (3250, 2000))    # 3250 m by 2000 m: 6.5 km2, as approved in 2010


def at(x: float, y: float) -> Point:
    """Place a point given in metres from the park's corner."""
    return (EAST + x, NORTH + y)


def box(x: float, y: float, wide: float, deep: float) -> Feature:
    """Make a rectangle from its south-west corner, counter-clockwise."""
    corners = [(x, y), (x + wide, y), (x + wide, y + deep), (x, y + deep), (x, y)]
    return polygon([at(*corner) for corner in corners])


def roads() -> list[Feature]:
    """Roads open, under repair and planned."""
    return [
        feature(
            line([at(*each) for each in points]), road_id=key, name=name, **{"class": kind},
            width_m=width, state=state, due_on="2011-12-31" if state == "planned" else None,
            note=NOTE,
        )
        for key, name, kind, state, width, points in ROADS
    ]


def boundaries() -> list[Feature]:
    """Draw the park before and after its expansion, and its five zones."""
    zones = [("现代", 0, -1000), ("鑫兴", 650, -1000), ("玉泰", 1300, -1000), ("综合", 1950, -1000)]
    features = [
        feature(box(*corner, *size), boundary_id=key, name=name, **{"class": "park"}, note=NOTE)
        for key, name, (corner, size) in (
            ("YQ-1", "扩区前范围", BEFORE), ("YQ-2", "扩区后范围（省政府批复）", AFTER),
        )
    ]
    features += [
        feature(box(x, y, 650, 1000), boundary_id=f"ZQ-{number}", name=f"{name}园区",
                **{"class": "zone"}, note=NOTE)
        for number, (name, x, y) in enumerate(zones, 1)
    ]
    features.append(feature(box(0, 0, 3250, 1000), boundary_id="ZQ-5", name="后湖工业聚集区",
                            **{"class": "zone"}, note=NOTE))
    return features


def sites() -> list[tuple[str, str, Feature]]:
    """Place the plots by key, project and shape: projects north, enterprises south."""
    found = []
    for number in range(len(PROJECTS)):
        row, column = divmod(number, 8)
        shape = box(640 + 320 * column, 120 + 420 * row, 260, 320)
        found.append((f"XM-{number + 1:02d}", f"XM-{number + 1:02d}", shape))
    for number in range(ENTERPRISES):
        row, column = divmod(number, 16)
        shape = box(20 + 200 * column, -980 + 160 * row, 150, 110)
        found.append((f"QY-{number + 1:02d}", f"QY-{number + 1:02d}", shape))
    return found


def ledger() -> str:
    """Ledger of the projects and the enterprises."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LEDGER)
    for number, (name, industry, stage, money, signed) in enumerate(PROJECTS, 1):
        day = f"2010-{number % 9 + 2:02d}-15" if signed else f"2009-{number % 9 + 2:02d}-15"
        writer.writerow((
            f"XM-{number:02d}", name, industry, STAGES[stage], "2010" if signed else "2009", money,
            day, INVENTED,
        ))
    for number in range(1, ENTERPRISES + 1):
        writer.writerow((f"QY-{number:02d}", f"区内企业{number:02d}", "", "已投产", "", "", "",
                         "企业数按报告，名称为示意"))
    return text.getvalue()


def parcels() -> list[Feature]:
    """Land of the first batch, in hand, and of the second, which is to be opened in 2011."""
    features = []
    for number in range(30):
        row, column = divmod(number, 10)
        second = row == 2
        features.append(feature(
            box(325 * column, [-1000, 0, 500][row], 325, [1000, 500, 500][row]),
            parcel_id=f"ZD-{number + 1:02d}", name=f"地块{number + 1:02d}",
            state="surveyed" if second else "compensated",
            state_on="2010-12-10" if second else None,
            batch="2011年第二批" if second else "第一批",
            document_no=f"示意-征2010-{number + 1:02d}", note=NOTE,
        ))
    return features


def events() -> str:
    """How the land of the second batch and the works came into their states."""
    rows = [
        ("parcels", f"ZD-{number}", action, day, f"示意-{action[:2]}2010-{number}")
        for number in range(21, 31)
        for action, day in (("notify", "2010-11"), ("survey", "2010-12-10"))
    ]
    rows += [
        ("roads", key, action, day, "")
        for key in ("DL-01", "DL-02", "DL-03")
        for action, day in (("design_works", "2009"), ("start_works", "2010-04"),
                            ("open_works", "2010-10"))
    ]  # fmt: skip
    rows += [
        ("substations", "BD-1", "design_works", "2010-06", ""),
        ("substations", "BD-1", "start_works", "2010-11", ""),
        ("plants", "WS-1", "plan_works", "2009", ""),
        ("plants", "WS-1", "design_works", "2010-09", ""),
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("图层", "编号", "步骤", "日期", "文号", "经办", "备注"))
    writer.writerows((*row, "园区", "示意") for row in rows)
    return text.getvalue()


def make(folder: Path) -> None:
    """Write every layer and the ledger into a folder."""
    layers = {
        "plots": [
            feature(shape, plot_id=key, project_id=project, note=NOTE)
            for key, project, shape in sites()
        ],
        "roads": roads(),
        "boundaries": boundaries(),
        "parcels": parcels(),
        "substations": [feature(
            box(60, 120, 200, 150), substation_id="BD-1", name="后湖220KV变电站", voltage_kv=220,
            state="under_construction", note=f"已完成设计，已进场开工；{NOTE}",
        )],
        "plants": [feature(
            box(360, 120, 180, 200), plant_id="WS-1", name="园区污水处理厂",
            **{"class": "sewage_plant"}, state="designed", due_on="2011-12-31",
            note=f"完成总体设计，拟BT招投标；{NOTE}",
        )],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, features in layers.items():
        (folder / f"{name}.geojson").write_text(
            collection(name, features, CRS), encoding="utf-8", newline="\n"
        )
    (folder / "events.csv").write_text(events(), encoding="utf-8-sig", newline="\n")
    (folder / "ledger.csv").write_text(ledger(), encoding="utf-8-sig", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
