"""What a start does and leaves out, in processes of their own: this one has everything loaded. Work is counted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support import REPOSITORY

WHOLE_RUN = """
import atexit, gc, json, sys
passes, order = [], []
gc.callbacks.append(lambda phase, info: passes.append(info["generation"]) if phase == "stop" else None)

class Seen:
    @staticmethod
    def find_spec(name, *_):
        order.append(name)

sys.meta_path.insert(0, Seen)
from workbench.__main__ import window
atexit.register(lambda: print(json.dumps({"full passes": passes.count(2), "order": order})))
sys.exit(window([]))
"""
"""The program with its self-test; at the end it says what was imported and how often all values were looked through."""

FIRST_KEY = """
import json, re, sys
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtTest import QTest
from workbench.gui import app
application = app.make_application([])
window, sweeper = app.make_window()
window.show()
loop = QEventLoop()
window.warming.done.connect(loop.quit)
QTimer.singleShot(0, lambda: app.open_first(window, []))
QTimer.singleShot(20_000, loop.quit)
loop.exec()
tab = window.area.current
complete, asked = tab.completer.complete, []
tab.completer.complete = lambda text, offset: (asked.append(complete(text, offset)), asked[-1])[1]
compiled, compile_one = [], re._compiler.compile
re._compiler.compile = lambda pattern, *flags: (compiled.append(str(pattern)), compile_one(pattern, *flags))[1]
before = set(sys.modules)
QTest.keyClicks(tab.edit, "x")
for _ in range(1_000):
    application.processEvents()
    if asked:
        break
loaded = sorted(name for name in set(sys.modules) - before if name.startswith("workbench"))
print(json.dumps({"asked": len(asked), "loaded": loaded, "compiled": compiled}))
window.area.close_all()
window.stop()
sweeper.stop()
window.recovery.close()
"""
"""The first key press in a new window, once it has warmed up: what was loaded for it."""


def run(script: str, home: Path, **more: str) -> dict[str, Any]:
    environment = {"XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data")} | more
    base = os.environ | {"PYTHONPATH": str(REPOSITORY), "QT_QPA_PLATFORM": "offscreen"} | environment
    command = [sys.executable, "-P", "-c", script]
    done = subprocess.run(command, env=base, capture_output=True, text=True, timeout=120, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_start_leaves_out_what_costs_and_brings_nothing(tmp_path: Path) -> None:
    """No pass of the collector through everything that is being made; and Qt is loaded behind the rooms that need none,
    for it reads the source of each module that is imported once it is there."""
    done = run(WHOLE_RUN, tmp_path, POLICY_WORKBENCH_SELFTEST=str(tmp_path / "window.png"))
    assert (tmp_path / "window.png").exists()
    assert done["full passes"] == 0
    order = done["order"]
    assert order.index("workbench.engine") < order.index("PySide6.QtCore")
    assert order.index("workbench.findings.registry") < order.index("PySide6.QtCore")


def test_the_first_key_press_loads_nothing(tmp_path: Path) -> None:
    done = run(FIRST_KEY, tmp_path)
    assert done["asked"] == 1
    assert done["loaded"] == []
    assert done["compiled"] == []
