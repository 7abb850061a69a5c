# SPDX-License-Identifier: MIT
"""report.html without a browser.
page.py check FILE    well-formed, self-contained, below 5 MB, its script the one it allows
page.py stable FILE   prints the page without what may vary between runs (data-varies)"""
import base64
import hashlib
import html.parser
import re
import sys

VOID = {"meta", "br", "link", "img", "input", "hr"}
PNG = "data:image/png;base64,"  # heat maps, as gnuplot draws them


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.open, self.wrong, self.ids, self.script, self.policy = [], [], set(), "", ""
        self.scripts = self.h1 = 0
        self.silent = None  # depth of the element that varies
        self.stable = []

    def say(self, text):
        if self.silent is None:
            self.stable.append(text)

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if len(at) != len(attributes):
            self.wrong.append(f"<{tag}> has an attribute twice")
        if self.silent is None and "data-varies" in at:
            self.silent = len(self.open)
        self.say(self.get_starttag_text())
        if tag not in VOID:
            self.open.append(tag)
        if at.get("id") in self.ids:
            self.wrong.append(f"id {at['id']} twice")
        self.ids |= {at["id"]} if "id" in at else set()
        self.scripts += tag == "script"
        self.h1 += tag == "h1"
        if at.get("http-equiv") == "Content-Security-Policy":
            self.policy = at["content"]
        for name, value in attributes:
            if name.startswith("on"):
                self.wrong.append(f"<{tag}> has {name}")
            inside = value is not None and (value[:1] == "#" or (tag == "image" and value.startswith(PNG)))
            if name in ("src", "href", "xlink:href", "action", "srcset", "data", "poster") and not inside:
                self.wrong.append(f"<{tag}> refers to {value!r}")
        if tag == "svg" and not at.get("aria-label"):
            self.wrong.append("a drawing without a label")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()} closes something else")
            raise SystemExit("\n".join(self.wrong))
        self.say(f"</{tag}>")
        if self.silent == len(self.open):
            self.silent = None

    def handle_data(self, text):
        self.say(text)
        if self.open and self.open[-1] == "script":
            self.script += text
        elif "&" in text or (self.open and self.open[-1] != "style" and "<" in text):
            self.wrong.append(f"not escaped at {self.getpos()}: {text[:60]!r}")

    def handle_entityref(self, name):
        self.say(f"&{name};")
        if name not in ("amp", "lt", "gt", "quot"):
            self.wrong.append(f"unknown entity {name}")

    def handle_charref(self, name):
        self.say(f"&#{name};")

    def handle_decl(self, text):
        self.say(f"<!{text}>")


def main(what, path):
    raw = open(path, "rb").read()
    page = Page()
    page.feed(raw.decode("utf-8"))  # an error is one of the page
    page.close()
    if what == "stable":
        sys.stdout.write("".join(page.stable))
        return 0
    wrong = page.wrong
    if page.open:
        wrong.append(f"not closed: {page.open}")
    if len(raw) > 5_000_000:
        wrong.append(f"{len(raw)} bytes")
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", raw):
        wrong.append("control characters")
    if not raw.startswith(b"<!DOCTYPE html>"):
        wrong.append("no doctype")
    if (page.scripts, page.h1) != (1, 1):
        wrong.append(f"{page.scripts} scripts, {page.h1} main headings")
    for reference in re.findall(rb"url\(.?|@import|https?://[^\"<]*", raw):
        if reference not in (b"url(#",) and not reference.startswith(b"http://www.w3.org/"):
            wrong.append(f"refers to {reference!r}")
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    if f"'sha256-{digest}'" not in page.policy or "default-src 'none'" not in page.policy:
        wrong.append(f"the script's digest, for pipeline/run/page_script_digest.def, is {digest}")
    print("\n".join(wrong) or f"{path}: a page of {len(raw)} bytes, as it should be")
    return bool(wrong)


sys.exit(main(*sys.argv[1:3]))
