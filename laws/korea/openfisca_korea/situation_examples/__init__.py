"""Situations to try: an elderly couple, a single parent, and a young worker whose result is unknown."""

import json
import os

FOLDER = os.path.dirname(os.path.abspath(__file__))


def read(name):
    """The situation of that name, as the web API takes it."""
    with open(os.path.join(FOLDER, name + ".json"), encoding="utf-8") as file:
        return json.load(file)


elderly_couple = read("elderly_couple")
single_parent = read("single_parent")
young_worker = read("young_worker")
