# SPDX-License-Identifier: MIT
"""Checks the SVGs of a folder: well-formed, scalable, small, without scripts, ids that no other figure has."""
import pathlib
import sys
import xml.etree.ElementTree as xml

folder = pathlib.Path(sys.argv[1])
wrong, owner = [], {}
files = sorted(folder.glob("*.svg"))
for path in files:
    try:
        root = xml.parse(path).getroot()
    except xml.ParseError as error:
        wrong.append(f"{path.name}: {error}")
        continue
    if len(root.get("viewBox", "").split()) != 4:
        wrong.append(f"{path.name}: no viewBox")
    if path.stat().st_size > 200_000:
        wrong.append(f"{path.name}: {path.stat().st_size} bytes")
    ids = set()
    for element in root.iter():
        if element.tag.endswith("script"):
            wrong.append(f"{path.name}: a script")
        if element.get("id"):
            ids.add(element.get("id"))
            if owner.setdefault(element.get("id"), path.name) != path.name:
                wrong.append(f"{path.name}: id {element.get('id')} is also in {owner[element.get('id')]}")
    for element in root.iter():
        link = element.get("{http://www.w3.org/1999/xlink}href", "")
        if link.startswith("#") and link[1:] not in ids:
            wrong.append(f"{path.name}: {link} is nowhere")
        if link and not link.startswith(("#", "data:")):
            wrong.append(f"{path.name}: leads to {link}")
    for script in (path.with_suffix(".gp"), path.with_suffix(".dat")):
        if not script.exists():
            wrong.append(f"{path.name}: no {script.name}")
if not files:
    wrong.append("no figures")
print("\n".join(wrong) or f"{len(files)} figures are in order")
sys.exit(bool(wrong))
