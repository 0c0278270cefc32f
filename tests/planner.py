"""A planner at the desk: clicks in a page of a real browser, and counts it."""


class Planner:
    """Clicks in a page, and counts it; what is typed is not counted."""

    def __init__(self, page, port):
        self.page, self.port, self.clicks = page, port, 0

    def at(self, path):
        """Stand at a page, as if one had come to it before."""
        self.page.goto(f"http://127.0.0.1:{self.port}{path}")
        self.clicks = 0

    def click(self, what):
        self.page.locator(what).first.click()
        self.page.wait_for_load_state()
        self.clicks += 1

    def choose(self, field, value):
        """Choose from a list: it is opened, and one of it is clicked."""
        self.page.locator(field).select_option(value)
        self.clicks += 2

    @property
    def sees(self):
        return self.page.locator("main").inner_text()
