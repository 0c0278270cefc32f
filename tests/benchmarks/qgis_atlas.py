"""The peer: QGIS prints the same sheets by its atlas. Run by the Python that has QGIS.

``python3 qgis_atlas.py STORE OUT.pdf``: A3, 1:1000, parcels by class with labels, crossed grid,
legend, scale bar, a table of 24 rows as text, geospatial PDF. Prints the seconds.
"""

import sys
import time

from qgis.core import (
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemMapGrid,
    QgsLayoutItemScaleBar,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPalLayerSettings,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsRenderContext,
    QgsRendererCategory,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtGui import QFont

STATES = [
    "notified", "surveyed", "dossier_assembled", "reported_province", "province_agreed",
    "reported_state", "approved", "announced", "compensated", "returned",
]


def layers(store):
    """Load the two layers, the parcels with their classes and labels."""
    parcels = QgsVectorLayer(f"{store}|layername=parcels", "parcels", "ogr")
    clusters = QgsVectorLayer(f"{store}|layername=clusters", "clusters", "ogr")
    parcels.setRenderer(QgsCategorizedSymbolRenderer("state", [
        QgsRendererCategory(state, QgsFillSymbol.createSimple(
            {"color": f"{90 + 15 * at},200,{240 - 15 * at}", "outline_width": "0.2"}
        ), state)
        for at, state in enumerate(STATES)
    ]))
    settings = QgsPalLayerSettings()
    settings.fieldName = "parcel_id"
    form = QgsTextFormat()
    form.setFont(QFont("Noto Sans CJK SC"))
    form.setSize(2.2)
    form.setSizeUnit(QgsUnitTypes.RenderMillimeters)
    settings.setFormat(form)
    settings.placement = QgsPalLayerSettings.Horizontal
    parcels.setLabeling(QgsVectorLayerSimpleLabeling(settings))
    parcels.setLabelsEnabled(True)
    clusters.setRenderer(clusters.renderer().clone())
    clusters.renderer().setSymbol(QgsFillSymbol.createSimple({
        "style": "no", "outline_color": "255,0,0", "outline_width": "0.3"
    }))
    return parcels, clusters


def layout_of(project, clusters):
    """Lay the sheet out: map, legend, table, scale bar."""
    layout = QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(QgsLayoutSize(420, 297))
    item = QgsLayoutItemMap(layout)
    item.attemptMove(QgsLayoutPoint(10, 10))
    item.attemptResize(QgsLayoutSize(300, 267))
    item.setExtent(QgsRectangle(500000, 3400000, 500300, 3400267))
    item.setScale(1000)
    item.setAtlasDriven(True)
    item.setAtlasScalingMode(QgsLayoutItemMap.Fixed)
    item.setFrameEnabled(True)
    item.grid().setEnabled(True)
    item.grid().setIntervalX(50)
    item.grid().setIntervalY(50)
    item.grid().setStyle(QgsLayoutItemMapGrid.Cross)
    item.grid().setAnnotationEnabled(True)
    layout.addLayoutItem(item)
    legend = QgsLayoutItemLegend(layout)
    legend.setLinkedMap(item)
    legend.attemptMove(QgsLayoutPoint(320, 180))
    layout.addLayoutItem(legend)
    table = QgsLayoutItemLabel(layout)
    table.setText("\n".join(f"J{at} 3400000.000 500000.000 50.000" for at in range(1, 25)))
    table.attemptMove(QgsLayoutPoint(320, 20))
    table.attemptResize(QgsLayoutSize(90, 150))
    layout.addLayoutItem(table)
    bar = QgsLayoutItemScaleBar(layout)
    bar.setLinkedMap(item)
    bar.attemptMove(QgsLayoutPoint(20, 282))
    layout.addLayoutItem(bar)
    atlas = layout.atlas()
    atlas.setCoverageLayer(clusters)
    atlas.setEnabled(True)
    return layout


def main():
    """Export the atlas, and tell how long it took."""
    store, out = sys.argv[1:3]
    QgsApplication.setPrefixPath("/usr", useDefaultPaths=True)
    application = QgsApplication([], GUIenabled=False)
    application.initQgis()
    begun, cpu = time.perf_counter(), time.process_time()
    parcels, clusters = layers(store)
    project = QgsProject.instance()
    project.setCrs(parcels.crs())
    project.addMapLayers([clusters, parcels])
    layout = layout_of(project, clusters)
    settings = QgsLayoutExporter.PdfExportSettings()
    settings.dpi = 300
    settings.textRenderFormat = QgsRenderContext.TextFormatAlwaysText
    result, error = QgsLayoutExporter.exportToPdf(layout.atlas(), out, settings)
    assert result == QgsLayoutExporter.Success, error
    print(time.perf_counter() - begun, time.process_time() - cpu)  # noqa: T201


if __name__ == "__main__":
    main()
