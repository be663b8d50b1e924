#!/usr/bin/env python3
"""Checks that includes point down only.

    checkLayers.py SOURCE-ROOT LAYERS-FILE

A line of the layers file is written by cmake/Layers.cmake from the link lists:
folder, target, then what it links, or `target:header` for a target of which it
may include that header only. A file may include headers of its own
folder and of all layers its target links, directly or not.
"""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def readLayers(path):
    folders, links, peepholes = {}, {}, {}
    for line in path.read_text().splitlines():
        folder, target, *lower = line.split()
        folders[target] = folder
        links[target] = [name for name in lower if ":" not in name]
        peepholes[target] = {name.partition(":")[2] for name in lower if ":" in name}
    return folders, links, peepholes


def below(target, links):
    """The target and everything it links."""
    found, todo = set(), [target]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += links.get(name, [])
    return found


def main(root, layersFile):
    folders, links, peepholes = readLayers(layersFile)
    owner = {folder: target for target, folder in folders.items()}
    complaints, count = [], 0
    tops = {folder.split("/")[0] for folder in owner}
    for path in sorted(p for top in tops for p in (root / top).rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        count += 1
        name = path.relative_to(root).as_posix()
        target = owner.get(name.rpartition("/")[0])
        if not target:
            complaints.append(f"{name}: this folder is no layer (see cmake/Layers.cmake)")
            continue
        allowed = {folders[lower] for lower in below(target, links) if lower in folders}
        for header in INCLUDE.findall(path.read_text()):
            folder = header.rpartition("/")[0]
            if folder.split("/")[0] not in tops:
                continue  # LLVM's and the like
            if folder in allowed or header in peepholes[target]:
                continue
            complaints.append(f'{name}: "{header}" is not in or below {target}')
    for complaint in complaints:
        print(complaint)
    print(f"{count} files in {len(owner)} layers, {len(complaints)} wrong")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
