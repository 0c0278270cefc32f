"""Make the layers of the demo park: illustrative geometry; totals as reported.

Everything is computed from `design.toml`; nothing is random, and running the script twice gives
the same bytes.

    python make_layers.py            # write next to this script
    python make_layers.py FOLDER     # write into another folder
"""

from __future__ import annotations

import csv
import io
import sys
import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1]))

from frames import Frame, Point, Ring, area, box, mesh, village_outline
from geojson import Feature, collection, feature, line, polygon
from site_plans import PLANS, Part, Site
from survey import administrative, farmland, land_classes

HERE = Path(__file__).resolve().parent
CRS = "4529"
ILLUSTRATIVE = "位置与形状为示意"
CORNER_CUT = (16, 12)
STARTED = {"under_construction", "topping_out"}
RELOCATED = (
    ("houses", "households"),
    ("enterprises", "enterprises"),
    ("graves", "graves"),
    ("greenhouses", "m2"),
)
STAGES = {"entered": "已入区", "under_construction": "在建", "topping_out": "即将封顶"}
CAPITAL = {
    "outside_capital": "外资和域外投资",
    "relocation": "本地搬迁改造",
    "local_investment": "本地企业新上",
}
LEDGER = (
    "项目编号", "企业名称", "行业", "行业代码",
    "行业分类年份", "产业集群", "资金来源", "进展",
    "总投资（万元）", "固定资产投资（万元）", "用地面积（m²）", "受理日期",
    "环评批复文号", "环评批复日期", "入区日期", "施工许可证号", "施工许可日期",
    "核验文号", "核验日期", "土地证号", "发证日期",
    "备注",
)  # fmt: skip

Design = dict[str, Any]


@dataclass(frozen=True)
class Plot:
    """A plot on the ground: its row in the design, its frame and its front left corner."""

    row: Design
    frame: Frame
    left: float
    line: float
    step: int

    def ring(self, outline: Ring) -> Ring:
        """Place an outline given from the plot's front left corner on the map grid."""
        return self.frame.ring([(self.left + x, self.line + self.step * y) for x, y in outline])

    @property
    def outline(self) -> Ring:
        """Outline of the plot, with the corner at a crossing cut off where the design says so."""
        wide, deep = self.row["w"], self.row["d"]
        along, up = CORNER_CUT
        corners = box(0, 0, wide, deep)
        if self.row.get("cut") == "l":
            corners[:1] = [(0, up), (along, 0)]
        elif self.row.get("cut") == "r":
            corners[1:2] = [(wide - along, 0), (wide, up)]
        return self.ring(corners)

    @property
    def number(self) -> int:
        """Running number of the plot."""
        return int(self.row["id"].rpartition("-")[2])


def frames_of(design: Design) -> dict[str, Frame]:
    """Read the local frames of the design."""
    return {name: Frame(**row) for name, row in design["frames"].items()}


def path_of(frames: dict[str, Frame], points: list[list[Any]]) -> list[Point]:
    """Place a line whose points each name their frame."""
    return [frames[name].to_map((x, y)) for name, x, y in points]


def parcels(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Acquisition parcels: the street blocks cut up, and the land taken by two roads."""
    pieces: list[tuple[str, str, str | None, Ring]] = []
    for turn, block in enumerate(design["block"]):
        cut = mesh(
            [tuple(point) for point in block["corners"]], block["columns"], block["merge"], turn
        )
        pieces += [
            (block["state"], block["owner"], None, frames[block["frame"]].ring(ring))
            for ring in cut
        ]
    for corridor in design["corridor"]:
        frame = frames[corridor["frame"]]
        for piece in corridor["pieces"]:
            pieces.append(
                ("compensated", piece["owner"], corridor["road"], frame.ring(piece["ring"]))
            )
    batches = {
        "province_agreed": "第一批",
        "reported_state": "第二批",
        "reported_province": "第三批",
    }
    features = []
    for number, (state, owner, road, ring) in enumerate(pieces, 1):
        features.append(
            feature(
                polygon(ring),
                parcel_id=f"ZD-{number:03d}",
                name=f"{road}占地{number:03d}" if road else f"{owner}地块{number:03d}",
                state=state,
                state_on=design["dates"][state],
                batch=f"2006年{batches.get(state, '道路用地')}",
                document_no=f"示意-征2006-{number:03d}",
                owner=owner,
                area_m2=area(ring),
                note=ILLUSTRATIVE,
            )
        )
    return features


def roads(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Trunk roads open to traffic."""
    return [
        feature(
            line(path_of(frames, road["line"])),
            road_id=road["id"],
            name=road["name"],
            **{"class": road["class"]},
            width_m=road["width"],
            lanes=road["lanes"],
            state="in_service",
            note=f"{road['note']}；{ILLUSTRATIVE}" if "note" in road else ILLUSTRATIVE,
        )
        for road in design["road"]
    ]


def bridges(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Bridges, each as the piece of road it carries."""
    features = []
    for number, bridge in enumerate(design["bridge"], 1):
        (_, x0, y0), (_, x1, y1) = bridge["line"]
        features.append(
            feature(
                line(path_of(frames, bridge["line"])),
                bridge_id=f"Q{number}",
                name=bridge["name"],
                **{"class": bridge["class"]},
                length_m=round(abs(x1 - x0) + abs(y1 - y0), 3),
                state="in_service",
                note="长度按报告，位置为示意"
                if bridge["class"] == "overpass"
                else "分类总长按报告，单座长度与位置为示意",
            )
        )
    return features


def pipelines(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Water and heating mains laid, culverts and drains planned."""
    features = []
    for number, pipe in enumerate(design["pipe"], 1):
        planned = pipe["medium"] in {"culvert", "drainage"}
        features.append(
            feature(
                line(path_of(frames, pipe["line"])),
                pipeline_id=f"GX-{number:02d}",
                name=pipe["name"],
                medium=pipe["medium"],
                diameter_mm=pipe.get("diameter"),
                state="planned" if planned else "in_service",
                due_on="2007-05-31" if planned else None,
                note="走向与管径为示意",
            )
        )
    return features


def power_lines(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Temporary lines erected for the building sites, and lines moved out of the way."""
    features = []
    for number, row in enumerate(design["power"], 1):
        erected = row["work"] == "erected"
        features.append(
            feature(
                line(path_of(frames, row["line"])),
                line_id=f"DL-{number:02d}",
                name=row["name"],
                voltage_kv=row.get("kv"),
                work=row["work"],
                temporary="yes" if erected else None,
                state="in_service",
                note="走向与电压等级为示意，报告未列电压"
                if erected
                else "走向为示意，报告未列电压",
            )
        )
    return features


def substations(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Sites of the substations."""
    return [
        feature(
            polygon(frames[row["frame"]].ring(box(*row["box"]))),
            substation_id=f"BD-{number}",
            name=row["name"],
            voltage_kv=row["kv"],
            state=row["state"],
            due_on=row.get("due"),
            note=f"{row['note']}；{ILLUSTRATIVE}" if "note" in row else ILLUSTRATIVE,
        )
        for number, row in enumerate(design["substation"], 1)
    ]


def plants(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Sewage plant, heat and power plant, and boilers."""
    return [
        feature(
            polygon(frames[row["frame"]].ring(row["ring"])),
            plant_id=f"SS-{number}",
            name=row["name"],
            **{"class": row["class"]},
            capacity=row["capacity"],
            capacity_unit=row["unit"],
            investment_cny=row.get("investment"),
            state=row["state"],
            due_on=row.get("due"),
            note=row["note"],
        )
        for number, row in enumerate(design["plant"], 1)
    ]


def villages(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """Villages withdrawn, partly withdrawn and standing."""
    features = []
    for turn, row in enumerate(design["village"]):
        ring = frames[row["frame"]].ring(village_outline(row["centre"], row["radius"], turn))
        note = f"2007年计划撤村；{ILLUSTRATIVE}" if row["state"] == "standing" else ILLUSTRATIVE
        features.append(
            feature(
                polygon(ring),
                village_id=f"CL-{turn + 1}",
                name=row["name"],
                state=row["state"],
                note=note,
            )
        )
    return features


def relocations(design: Design, frames: dict[str, Frame]) -> list[Feature]:
    """List what was moved, village by village."""
    features = []
    for row in design["village"]:
        for number, ((kind, unit), quantity) in enumerate(
            zip(RELOCATED, row.get("counts", []), strict=False)
        ):
            x, y = row["centre"]
            spot = (x + (-45, 45)[number % 2], y + (-35, 35)[number // 2])
            features.append(
                feature(
                    {"type": "Point", "coordinates": frames[row["frame"]].to_map(spot)},
                    relocation_id=f"DQ-{len(features) + 1:02d}",
                    **{"class": kind},
                    quantity=quantity,
                    quantity_unit=unit,
                    village=row["name"],
                    state="done",
                    note="总量按报告，分村数量与位置为示意",
                )
            )
    return features


def surroundings(design: Design, frames: dict[str, Frame]) -> dict[str, list[Feature]]:
    """Cluster zones, the park's boundary, the river and the railway."""
    park = path_of(frames, design["park"]["ring"])
    return {
        "clusters": [
            feature(
                polygon(frames[row["frame"]].ring(row["ring"])),
                cluster_id=f"JQ-{number}",
                name=row["name"],
                note=ILLUSTRATIVE,
            )
            for number, row in enumerate(design["cluster"], 1)
        ],
        "boundaries": [
            feature(
                polygon([*park, park[0]]),
                boundary_id="YQ-1",
                name=design["park"]["name"],
                **{"class": "park"},
                note=ILLUSTRATIVE,
            )
        ],
        "water": [
            feature(
                polygon(frames[row["frame"]].ring(row["ring"])),
                water_id=f"SX-{number}",
                name=row["name"],
                **{"class": "河道"},
                note="报告未列，示意",
            )
            for number, row in enumerate(design["water"], 1)
        ],
        "railways": [
            feature(
                line(path_of(frames, row["line"])),
                railway_id=f"TL-{number}",
                name=row["name"],
                **{"class": row["class"]},
                state="in_service",
                note="报告未列，示意（跨线大桥所跨线路）",
            )
            for number, row in enumerate(design["railway"], 1)
        ],
    }


def place_plots(design: Design, frames: dict[str, Frame]) -> list[Plot]:
    """Stand the plots side by side along their streets."""
    placed = []
    for strip in design["strip"]:
        left = strip["from"]
        step = 1 if strip["front"] == "s" else -1
        for row in strip["plot"]:
            left += row.get("gap", 0)
            placed.append(Plot(row, frames[strip["frame"]], left, strip["line"], step))
            left += row["w"]
    return placed


def standard_factories(design: Design, frames: dict[str, Frame]) -> tuple[Plot, list[Part]]:
    """Place the four standard factories: 26 000 m² of floor area on 40 000 m² of land."""
    row = design["standard_factories"]
    left, low = row["corner"]
    side = row["side"]
    plan = [
        Part("building", f"{number + 1}号标准厂房", box(x, y, x + 65, y + 50), 2, "4.8;4.2")
        for number, (x, y) in enumerate((x, y) for y in (25, 110) for x in (20, 115))
    ]
    plan.append(Part("yard", "装卸场地", box(20, 81, 180, 106)))
    plan.append(Part("yard", "停车场", box(20, 165, 180, 190)))
    site = {**row, "w": side, "d": side, "company": "园区管委会", "stage": "under_construction"}
    return Plot(site, frames[row["frame"]], left, low, 1), plan


def plan_of(plot: Plot) -> list[Part]:
    """Site plan of a project's plot; none when it has not been handed in."""
    row = plot.row
    if row.get("no_plan"):
        return []
    site = Site(
        row["w"], row["d"], plot.number, row.get("inset_left", 0), row.get("inset_right", 0)
    )
    return PLANS[row["plan"]](site)


def building_features(plot: Plot, plan: list[Part]) -> list[Feature]:
    """Turn the parts of a plot's plan into features."""
    state = "under_construction" if plot.row["stage"] in STARTED else "planned"
    return [
        feature(
            polygon(plot.ring(part.outline)),
            building_id=f"{plot.row['id']}-{number:02d}",
            name=part.name,
            **{"class": part.kind},
            storeys=part.storeys,
            storey_heights_m=part.heights,
            state=state,
            note="示例：层数未填" if part.kind == "building" and part.storeys is None else None,
        )
        for number, part in enumerate(plan, 1)
    ]


def straddling(design: Design, plots: list[Plot]) -> Feature:
    """Make the one building that stands across two plots."""
    row = design["straddling_building"]
    left = next(plot for plot in plots if plot.row["id"] == row["left_plot"])
    edge = left.row["w"]
    outline = box(
        edge + row["across"][0], row["depth"][0], edge + row["across"][1], row["depth"][1]
    )
    return feature(
        polygon(left.ring(outline)),
        building_id=f"{row['left_plot']}-{row['right_plot']}",
        name=row["name"],
        **{"class": "building"},
        storeys=1,
        storey_heights_m=row["height"],
        state="under_construction",
        note="示例：一栋厂房跨越两宗地",
    )


def project_id(plot: Plot) -> str:
    """Give the number under which the ledger keeps a plot's project."""
    plot_id = plot.row["id"]
    return plot_id.replace("XP", "XM") if plot_id.startswith("XP") else plot_id


def plot_features(plots: list[Plot]) -> list[Feature]:
    """Outlines of the plots; everything else about them is in the ledger."""
    return [
        feature(
            polygon(plot.outline),
            plot_id=plot.row["id"],
            project_id=project_id(plot),
            name=plot.row["name"],
        )
        for plot in plots
    ]


def coverage_features(plots: list[Plot]) -> list[Feature]:
    """Outlines of the plots whose site plan has been handed in."""
    return [
        feature(polygon(plot.outline), plot_id=plot.row["id"], note="已提交总平面图")
        for plot in plots
        if not plot.row.get("no_plan")
    ]


def documents(plot: Plot, verified: list[str]) -> dict[str, str]:
    """Give a project the documents of its stage, in order unless the design says otherwise."""
    number, row = plot.number, plot.row
    case = row.get("case")
    accepted = date(2006, 6, 5) + timedelta(days=number * 37 % 97)
    assessed = accepted + timedelta(days=18 + number % 9)
    permitted = assessed + timedelta(days=12 + number % 11)
    entered = assessed + timedelta(days=3)
    if case == "eia_late":
        assessed, permitted = permitted, assessed
    papers = {"受理日期": accepted.isoformat(), "入区日期": entered.isoformat()}
    if case != "noeia":
        papers |= {
            "环评批复文号": f"示意-环2006-{number:03d}",
            "环评批复日期": assessed.isoformat(),
        }
    if row["stage"] in STARTED:
        papers |= {
            "施工许可证号": f"示意-施2006-{number:03d}",
            "施工许可日期": permitted.isoformat(),
        }
    if row["id"] in verified or case == "cert":
        checked = date(2006, 12, 1) + timedelta(days=number % 12)
        issued = checked + timedelta(days=-23 if case == "cert" else 9)
        papers |= {"核验文号": f"示意-核2006-{number:03d}", "核验日期": checked.isoformat()}
        papers |= {"土地证号": f"示意-土2006-{number:03d}", "发证日期": issued.isoformat()}
    return papers


def remark(row: Design) -> str:
    """Say what of a project is reported and what its plot demonstrates."""
    named = "企业名称见报告，投资、用地、指标、文号与位置为示意"
    invented = "企业名称与数据为示意"
    remarks = [row.get("shows"), row.get("remark"), named if row.get("named") else invented]
    return "；".join(filter(None, remarks))


def ledger_rows(design: Design, plots: list[Plot]) -> list[dict[str, object]]:
    """Project ledger, as planners keep it: Chinese headings, money in ten thousands of yuan."""
    rows = []
    for plot in plots:
        row = plot.row
        land = "" if row.get("no_land") else row.get("land", area(plot.outline))
        rows.append(
            {
                "项目编号": project_id(plot),
                "企业名称": row["name"],
                "行业": row["industry"],
                "行业代码": row["code"],
                "行业分类年份": 2002,
                "产业集群": row.get("cluster", ""),
                "资金来源": CAPITAL.get(row.get("capital"), ""),
                "进展": STAGES[row["stage"]],
                "总投资（万元）": row["total"],
                "固定资产投资（万元）": row.get("fixed", ""),
                "用地面积（m²）": f"{land:g}" if isinstance(land, float) else land,
                **documents(plot, design["documents"]["verified"]),
                "备注": remark(row),
            }
        )
    return rows


def factory_row(site: Plot) -> dict[str, object]:
    """Ledger row of the standard factories."""
    return {
        "项目编号": project_id(site),
        "企业名称": site.row["company"],
        "进展": STAGES[site.row["stage"]],
        "用地面积（m²）": f"{area(site.outline):g}",
        "环评批复文号": "示意-环2006-BZCF",
        "环评批复日期": "2006-08-14",
        "入区日期": "2006-08-21",
        "施工许可证号": "示意-施2006-BZCF",
        "施工许可日期": "2006-09-05",
        "备注": site.row["shows"],
    }


def ledger_text(rows: list[dict[str, object]]) -> str:
    """Write the ledger as text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, LEDGER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def event_rows(plots: list[Plot], verified: list[str]) -> list[tuple[str, ...]]:
    """History of a few parcels, plots and roads, for demonstration; the rest has none."""
    way = (
        ("survey", "2006-06", "测"), ("assemble_dossier", "2006-08-15", "卷"),
        ("report_city", "2006-09-04", "市"), ("report_province", "2006-09-20", "报"),
        ("accept_at_province", "2006-10-12", "受"), ("agree_at_province", "2006-11-20", "征"),
    )  # fmt: skip
    late = (
        ("survey", "2006-07", "测"), ("assemble_dossier", "2006-10-20", "卷"),
        ("report_city", "2006-11-15", "市"), ("report_province", "2006-12-08", "征"),
    )  # fmt: skip
    rows = [
        ("parcels", f"ZD-{number:03d}", action, day, f"示意-{paper}2006-{number:03d}")
        for numbers, taken in (((1, 2, 3, 4), way), ((71, 72), late))
        for number in numbers for action, day, paper in taken
    ]  # fmt: skip
    rows += [
        ("parcels", f"ZD-{number:03d}", "demarcate", "2006-07", f"示意-界2006-{number:03d}")
        for number in (93, 94)
    ]
    for plot in plots[:8]:
        papers = documents(plot, verified)
        for action, paper in (("approve_assessment", "环评批复"), ("verify_indices", "核验"),
                              ("issue_certificate", "土地证")):  # fmt: skip
            day = papers.get("发证日期" if paper == "土地证" else f"{paper}日期")
            number = papers.get("土地证号" if paper == "土地证" else f"{paper}文号")
            if day and number:
                rows.append(("plots", plot.row["id"], action, day, number))
    rows += [
        ("roads", road, action, day, "")
        for road in ("R1", "R2") for action, day in (("start_works", "2006-06"),
                                                     ("open_works", "2006-11"))
    ]  # fmt: skip
    return rows


def event_text(rows: list[tuple[str, ...]]) -> str:
    """Write events as planners keep them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("图层", "编号", "步骤", "日期", "文号", "经办", "备注"))
    writer.writerows((*row, "园区管委会", "示意") for row in rows)
    return text.getvalue()


def make(folder: Path) -> None:
    """Write every layer and the ledger into a folder."""
    design = tomllib.loads((HERE / "design.toml").read_text(encoding="utf-8"))
    frames = frames_of(design)
    plots = place_plots(design, frames)
    factories, factory_plan = standard_factories(design, frames)
    buildings = [part for plot in plots for part in building_features(plot, plan_of(plot))]
    buildings += [straddling(design, plots), *building_features(factories, factory_plan)]
    layers = {
        "plots": plot_features([*plots, factories]),
        "buildings": buildings,
        "site_plan_coverage": coverage_features([*plots, factories]),
        "parcels": parcels(design, frames),
        "roads": roads(design, frames),
        "bridges": bridges(design, frames),
        "pipelines": pipelines(design, frames),
        "power_lines": power_lines(design, frames),
        "substations": substations(design, frames),
        "plants": plants(design, frames),
        "villages": villages(design, frames),
        "relocations": relocations(design, frames),
        **surroundings(design, frames),
        "land_classes": land_classes(design, frames),
        "farmland": farmland(design, frames),
        "administrative": administrative(
            design, frames, path_of(frames, design["park"]["ring"])
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, features in layers.items():
        (folder / f"{name}.geojson").write_text(
            collection(name, features, CRS), encoding="utf-8", newline="\n"
        )
    ledger = ledger_text([*ledger_rows(design, plots), factory_row(factories)])
    events = event_text(event_rows(plots, design["documents"]["verified"]))
    (folder / "events.csv").write_text(events, encoding="utf-8-sig", newline="\n")
    (folder / "ledger.csv").write_text(ledger, encoding="utf-8-sig", newline="\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
