"""The map in workbench/README.md, the import contract and the folders say the same thing."""

from __future__ import annotations

import re
import tomllib

from tests.support import REPOSITORY

PACKAGE = REPOSITORY / "workbench"


def rooms_on_disk() -> set[str]:
    found = {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").is_file()}
    return found | {"engine"}  # a room of one module


def rooms_of_the_contract() -> list[list[str]]:
    config = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    [contract] = [c for c in config["tool"]["importlinter"]["contracts"] if c["name"] == "rooms"]
    return [[name.strip(" ()") for name in layer.split("|")] for layer in contract["layers"]]


def rooms_of_the_map() -> list[str]:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Rooms")[2].partition("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


def test_the_map_names_every_room_and_no_other() -> None:
    assert set(rooms_of_the_map()) == rooms_on_disk()


def test_the_contract_orders_every_room_as_the_map_does() -> None:
    order = [name for layer in rooms_of_the_contract() for name in layer if name in rooms_on_disk()]
    assert order == rooms_of_the_map()


def test_every_module_the_map_names_is_there() -> None:
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    rooms = text.partition("## Rooms")[2].partition("\n## ")[0]
    for room, cell in re.findall(r"^\| `(\w+)` \|[^|]*\| (.*) \|$", rooms, re.MULTILINE):
        for name in re.findall(r"`([\w/]+\.py)`", cell):
            assert (PACKAGE / name).is_file() or (PACKAGE / room / name).is_file(), name
    rules = text.partition("## Where a rule")[2].partition("\n## ")[0]
    for line in rules.splitlines():
        folder = ""
        for name in re.findall(r"`([\w/]+\.py)`", line):
            folder = name.rpartition("/")[0] or folder
            assert (PACKAGE / folder / name.rpartition("/")[2]).is_file(), name


def test_no_module_is_longer_than_a_person_reads_at_once() -> None:
    long = {str(p.relative_to(REPOSITORY)) for p in PACKAGE.rglob("*.py") if len(p.read_text().splitlines()) > 500}
    assert long == set()
