"""Forms on pages, filled in as a browser would send them."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.within, self.found = action, False, dict[str, str]()
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.within = told.get("action") == self.action and told.get("method") == "post"
        if not self.within:
            return
        name, value = told.get("name", ""), told.get("value", "")
        if tag == "input" and name:
            ticked = told.get("type") not in ("radio", "checkbox") or "checked" in told
            if ticked:
                self.found[name] = value
        elif tag == "select":
            self.select = name
        elif (
            tag == "option"
            and self.select
            and ("selected" in told or self.select not in self.found)
        ):
            self.found[self.select] = value
        elif tag == "textarea":
            self.area = name
            self.found[name] = ""

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.within = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def filled(page: str, action: str) -> dict[str, str]:
    """What the form of a page that goes to an address holds: hidden fields, choices, what stays."""
    reader = _Reader(action)
    reader.feed(page)
    assert reader.found, f"no form to {action}"
    return reader.found
