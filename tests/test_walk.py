"""The ten tasks of a planner, done on the demo place in a real browser and pictured.

With LANDTRACK_PICTURES set the pictures of ``data/docs/pictures`` are made anew, in each language.
"""

import io
import os
import re
import shutil

import browser
import desks
import pypdfium2
import pytest
from PIL import Image
from planner import Planner

from landtrack.app import handbook, papers, vet
from landtrack.model import catalog, translations

FOLDER = catalog.SHIPPED / "docs" / "pictures"
SIZE = (1000, 640)
WHICH = "XP-036"
"""A plot that fails by its money."""
LANGUAGES = translations.languages() if "LANDTRACK_PICTURES" in os.environ else ["zh"]
MOST_BYTES = 80_000
"""That a picture may take of an installation."""


class Walk(Planner):
    """Does the tasks, one after the other, each from where a planner stands."""

    def __init__(self, page, port, place):
        super().__init__(page, port)
        self.place = place

    def at(self, path):
        super().at(desks.of_place(self.place, path))
        browser.until(self.page, browser.READY)

    def done(self):
        self.page.locator(".state.done").wait_for(timeout=120_000)

    def see(self, what):
        self.page.locator(what).first.evaluate("each => each.scrollIntoView({block: 'start'})")

    def judged(self):
        self.at("")
        self.click('form[action$="/run"] button')
        self.done()
        self.click("main a.button")
        return ".verdicts"

    def why(self):
        self.at("/plots?outcome=fail")
        self.click(f'a[href*="case?plot={WHICH}"]')
        return "table"

    def next(self):
        self.at(f"/case?plot={WHICH}&outcome=fail")
        self.click('a[rel="next"]')
        return "table"

    def rule(self):
        self.at("")
        self.click(f'a[href="{desks.of_place(self.place, "/plots")}"]')
        self.click('a[href="?rule=investment-intensity&outcome=fail"]')
        return "tbody td"

    def land(self):
        self.at("/plots?outcome=fail")
        self.click(f'a[href*="case?plot={WHICH}"]')
        self.see("table >> nth=-1")
        return "table >> nth=-1"

    def if_(self):
        self.at(f"/case?plot={WHICH}")
        self.page.locator("#fixed_investment_cny").fill("5400 万元")
        self.page.locator("#answer table").wait_for()
        self.see("#fixed_investment_cny")
        return "#answer table"

    def form(self):
        self.at(f"/case?plot={WHICH}")
        self.click('button[name="as"][value="html"]')
        self.done()
        return 'a[href*="/papers/form-"]'

    def sheet(self):
        self.at(f"/case?plot={WHICH}")
        self.choose("#template", "project")
        self.page.locator("#drawn_by").fill("甲")
        self.page.locator("#checked_by").fill("乙")
        self.click('form[action$="/sheet"] button:not(.plain)')
        self.done()
        return 'a[href*="/papers/project-"]'

    def days(self):
        self.at("")
        self.click(f'a[href="{desks.of_place(self.place, "/map.html")}"]')
        browser.until(self.page, browser.READY)
        self.click('[data-tab="legend"]')
        self.click("#lt-swipe-day")
        return ".lt-swipe"

    def step(self):
        self.at("")
        self.click(f'a[href="{desks.of_place(self.place, "/steps")}"]')
        self.click("[data-tick]")
        self.choose("#scan", "scan.pdf")
        self.page.locator("#at").fill("2006-12-20")
        self.page.locator("#document").fill("2006-112")
        self.click('form[action$="/step"] button:not([form])')
        self.page.locator("#said .done").wait_for(timeout=60_000)
        return "#said"


TASKS = {"judged": 12, "why": 1, "next": 1, "rule": 2, "land": 1, "if_": 1, "step": 8, "form": 2,
         "sheet": 4, "days": 3}
"""In the order of the handbook: in how many clicks at most, beyond what is typed."""


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_ten_tasks_are_done_on_the_demo_place(tmp_path, lang):
    place = shutil.copytree(catalog.demo_place(), tmp_path / "served" / "x-park-2006")
    (place / "scan.pdf").write_bytes(b"%PDF-1.4 a scan")
    vet.run(place, out=place / "build", lang=lang)
    with desks.desk(place, tmp_path / "state") as desk:
        address = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang={lang}"
        with browser.open_served(address, size=SIZE) as page:
            page.set_default_timeout(60_000)
            walk = Walk(page, desk.port, place)
            for task, most in TASKS.items():
                seen = getattr(walk, task)()
                assert page.locator(seen).first.is_visible(), task
                if task in {"form", "sheet"}:
                    with page.expect_download():
                        page.locator(seen).first.click()
                    walk.clicks += 1
                assert walk.clicks <= most, task
                if "LANDTRACK_PICTURES" in os.environ:
                    page.evaluate(WITHOUT, str(tmp_path))
                    page.wait_for_timeout(400)
                    shown = Image.open(io.BytesIO(page.screenshot()))
                    if task == "sheet":
                        shown = on_the_table(papers.file_of(place / "build", "project-XP-036.pdf"))
                    FOLDER.mkdir(exist_ok=True)
                    shown.convert("RGB").save(
                        FOLDER / f"{task.rstrip('_')}-{lang}.webp", quality=60, method=6
                    )


WITHOUT = """(folder) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode;
    node.data = node.data.replaceAll(folder + "/served", "…");
  }
}"""
"""Where the test works is no place of a planner."""


def on_the_table(path):
    """Show the first page of a sheet whole, on a grey ground."""
    page = pypdfium2.PdfDocument(path)[0]
    scale = min(SIZE[0] / page.get_width(), SIZE[1] / page.get_height())
    sheet = page.render(scale=scale * 0.97).to_pil()
    ground = Image.new("RGB", SIZE, "#8a939b")
    ground.paste(sheet, ((SIZE[0] - sheet.width) // 2, (SIZE[1] - sheet.height) // 2))
    return ground


@pytest.mark.parametrize("lang", translations.languages())
def test_the_handbook_shows_a_picture_of_each_task_and_no_other(lang):
    text = handbook.page("tasks", lang).text
    shown = re.findall(r"!\[[^\]]+\]\(\.\./pictures/([\w-]+)\.webp\)", text)

    assert shown == [f"{each.rstrip('_')}-{lang}" for each in TASKS]
    for each in shown:
        path = FOLDER / f"{each}.webp"
        assert 0 < path.stat().st_size < MOST_BYTES
        with Image.open(path) as picture:
            assert picture.size == SIZE
    assert "data:image/webp;base64," in handbook.to_html(lang)
    assert len({*FOLDER.glob("*.webp")}) == 2 * len(TASKS)
