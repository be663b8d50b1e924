"""once.py JSON: fails when `hotpad check --json` counted an entry twice in a list."""
import json
import sys

for file in json.load(open(sys.argv[1]))["files"]:
    if file["listed"] != file["conforming"]:
        sys.exit(f"{file['listed']} listed, {file['conforming']} conforming")
