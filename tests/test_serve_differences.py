"""What differs is a table: each feature with what became of it, counted, filtered, on the map."""

import json
import re

import desk_forms
import desks
import pytest
from builders import Site, box

from landtrack.app import changes_seen, deliver, vet

SHIFT = 100


def plots(folder, shapes, **facts):
    """The plots of a delivery."""
    site = Site(folder)
    site.layer("plots", [
        site.plot(key, shape, **({"company": facts[key]} if key in facts else {}))
        for key, shape in shapes.items()
    ])
    return (site.folder / "plots.geojson").read_bytes()


BEFORE = {
    "moved": box(0, 0, 140, 126), "wider": box(200, 0, 300, 100), "gone": box(400, 0, 500, 100),
    "old": box(600, 0, 700, 100), "fact": box(800, 0, 900, 100), "same": box(1000, 0, 1100, 100),
}
AFTER = {
    "moved": box(0, 0 - SHIFT, 140, 126 - SHIFT), "wider": box(200, 0, 310, 100),
    "fresh": box(1200, 0, 1300, 100), "young": BEFORE["old"], "fact": BEFORE["fact"],
    "same": BEFORE["same"],
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A judged place with a delivery of its plots that was compared."""
    folder = tmp_path_factory.mktemp("served") / "park"
    site = Site(folder)
    site.layer("plots", [
        site.plot(key, shape, **({"company": "Works"} if key == "fact" else {}))
        for key, shape in BEFORE.items()
    ])
    site.layer("buildings", [
        (box(0, 0, 100, 100), {"building_id": "b", "class": "building", "storeys": 2}),
    ])
    vet.run(folder, out=folder / "build")
    data = plots(tmp_path_factory.mktemp("other") / "o", AFTER, fact="=1+1 <b>")
    coming = deliver.Incoming(folder, mark="test", expected=0)
    coming.begin("plots.geojson")
    coming.write(data)
    coming.end()
    coming.settle()
    with desks.desk(folder, tmp_path_factory.mktemp("state")) as made, desks.jobs_here():
        visitor = made.visitor()
        number = deliver.deliveries(folder)[0].id
        here = desks.of_place(folder)
        job = desk_forms.ended(visitor, f"{here}/files/{number}/differs", {"key": "plot_id"})
        desks.until(lambda: "being compared" not in visitor.ask(f"{here}/files").seen)
        yield visitor, here, number, job, made, folder


def rows(page):
    """Each row of the table: the feature, and the cells as they are read."""
    found = re.findall(r"<tr><th scope=\"row\">(.*?)</th>(.*?)</tr>", page.text, re.DOTALL)
    return [
        (re.sub("<[^>]*>", " ", key).split()[0],
         [re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", cell)).strip()
          for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)])
        for key, cells in found
    ]


def test_each_feature_says_what_became_of_it(place):
    visitor, here, number, job, *_ = place
    page = visitor.ask(f"{here}/differences/{number}")
    of = {(key, cells[0].split(" moved by")[0].split(" outline")[0]): cells
          for key, cells in rows(page)}

    assert of["fresh", "new"][3] == "10000.0 m²"
    assert of["gone", "gone"][2] == "10000.0 m²"
    assert of["moved", "moved"][0] == "moved moved by 100.00 m"
    assert of["wider", "another shape"][0] == "another shape outline up to 10.00 m elsewhere"
    assert of["young", "renumbered"][2:4] == ["old", "young"]
    assert of["fact", "another value"][1:4] == ["company", "Works", "=1+1 &lt;b&gt;"]
    assert not any(key == "same" for key, _ in of)
    assert f"{here}/differences/{number}" in job.text


def test_verdicts_that_would_change_come_first(place):
    visitor, here, number, *_ = place
    page = visitor.ask(f"{here}/differences/{number}?what=verdict")
    found = rows(page)

    assert {key for key, _ in found} == {"moved", "wider"}
    assert all(cells[0].startswith("another verdict") for _, cells in found)
    assert all(cells[2] != cells[3] for _, cells in found)
    others = rows(visitor.ask(f"{here}/differences/{number}?what=outcome"))
    assert {key for key, _ in others} == {"gone", "fresh"}  # renumbered is neither


def test_they_are_counted_and_filtered(place):
    visitor, here, number, *_ = place
    every = visitor.ask(f"{here}/differences/{number}")
    files = visitor.ask(f"{here}/files")

    for what, said in (("added", "new"), ("removed", "gone"), ("moved", "moved")):
        assert f'what={what}">1 {said}' in every.text
        assert f'what={what}">1 {said}' in files.text
        page = visitor.ask(f"{here}/differences/{number}?what={what}")
        assert len(rows(page)) == 1
        assert "1 of " in page.seen
    named = visitor.ask(f"{here}/differences/{number}?text=WIDE&what=shape")
    assert [key for key, _ in rows(named)] == ["wider"]
    assert rows(visitor.ask(f"{here}/differences/{number}?what=%3Cb%3E")) == []
    assert visitor.ask(f"{here}/differences/{number}?from=99999999999999999999").status == 200


def test_each_leads_to_the_map_or_to_the_small_map(place):
    visitor, here, number, *_ = place
    page = visitor.ask(f"{here}/differences/{number}").text

    assert f'href="{here}/map.html#plot=moved"' in page
    assert f'href="{here}/map.html#plot=gone"' in page
    assert f'href="{here}/map.html#plot=fresh"' not in page
    assert f'href="{here}/map.html#plot=old"' in page
    assert f'href="{here}/map.html#plot=young"' not in page
    assert 'href="#drawn-plots"' in page
    assert '<section id="drawn-plots">' in page


def test_it_is_in_the_language_of_the_reader(place):
    _, here, number, _, made, _ = place
    page = made.visitor("zh").ask(f"{here}/differences/{number}")

    assert "移动了 100.00 m" in page.seen
    assert "结论不同" in page.seen
    assert "moved by" not in page.seen


def test_two_files_of_a_place_are_compared_too(place, tmp_path):
    visitor, here, *_, folder = place
    (folder / "second.geojson").write_bytes(plots(tmp_path / "o", AFTER))
    sent = visitor.ask(f"{here}/inspect", "POST")
    desks.until(lambda: 'data-news="' not in visitor.ask(f"{here}/files").text)

    form = visitor.ask(f"{here}/compare")
    typed = {"first": "plots.geojson", "second": "second.geojson", "key": "plot_id"}
    job = desk_forms.ended(visitor, f"{here}/compare", typed)
    way = re.search(rf"{here}/differences/[0-9a-f]+", job.text)[0]
    page = visitor.ask(way)
    (folder / "second.geojson").unlink()

    assert sent.status == 303
    assert "<option>second.geojson</option>" in form.text
    assert "plots.geojson → second.geojson" in page.seen
    assert ("moved", "moved moved by 100.00 m") in [(key, cells[0]) for key, cells in rows(page)]


@pytest.mark.parametrize("typed", [
    {}, {"first": "plots.geojson", "second": "plots.geojson", "key": "plot_id"},
    {"first": "plots.geojson", "second": "../../etc/passwd", "key": "plot_id"},
    {"first": "plots.geojson", "second": "buildings.geojson", "key": ""},
])
def test_only_two_files_of_the_place_are_compared(place, typed):
    visitor, here, *_ = place

    assert desk_forms.send(visitor, f"{here}/compare", typed).status == 409


@pytest.mark.parametrize("of", ["none", "nothing-of-that-name", "..%2F..%2Fjobs", "*" * 10])
def test_there_is_no_other_list(place, of):
    visitor, here, *_ = place

    assert visitor.ask(f"{here}/differences/{of}").status == 404


def test_a_list_that_is_none_of_ours_is_not_shown(tmp_path):
    path = tmp_path / "changes-x-y.json"
    for held in ("", "[]", json.dumps({"changes": [{"key": 1}], "counts": {}})):
        path.write_text(held, "utf-8")
        assert changes_seen.read(path) is None
