"""Pictures of every view, to be looked at: `python tests/gui/screenshots.py` writes PNGs to screenshots/.

One process a scale, since Qt reads it once: light and dark at 1280×800, 2×, and 1024×700, each state of the editor.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
TARGET = ROOT / "screenshots"
VARIANTS = (
    ("light", "light", 1, (1280, 800)),
    ("dark", "dark", 1, (1280, 800)),
    ("light-2x", "light", 2, (1280, 800)),
    ("dark-2x", "dark", 2, (1280, 800)),
    ("contrast", "high-contrast", 1, (1280, 800)),
    ("light-small", "light", 1, (1024, 700)),
    ("dark-small", "dark", 1, (1024, 700)),
)
JAPANESE = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "読み取り専用",
      "Effect": "Allow",
      "Action": ["s3:Get*", "s3:GetObjekt"],
      "Resource": "arn:aws:s3:::資料-${aws:username}/😀/*",
      "Condition": {"StringEquals": {"aws:PrincipalTag/部署": "営業"}}
    }
  ]
}
"""


HOSTILE = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read\u202eetirW",
      "Effect": "Allow",
      "Action": ["s3:G\u0435tObject", "s3:\u200bPut\u2066Object\u2069", "s3:List\xadBucket"],
      "Resource": "arn:aws:s3:::b\xa0c\u3000/\x85\x9b*"
    }
  ]
}
"""
RIGHT_TO_LEFT = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "s3:GetObject",
      "Resource": ["\u05d0\u05d1\u05d2", "\u05d3\u05d4/*", "arn:aws:s3:::\u0645\u0631\u062d/1*"]
    }
  ]
}
"""
NARROWER = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadLogs",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
      "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-0123456789abcdef0"}}
    },
    {"Sid": "ListQueues", "Effect": "Allow", "Action": "sqs:ListQueues", "Resource": "*"}
  ]
}
"""
WIDER = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadLogs",
      "Effect": "Allow",
      "Action": ["s3:GetObject", "s3:ListBucket"],
      "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]
    },
    {
      "Sid": "DecryptLogsFromTheOffice",
      "Effect": "Allow",
      "Action": "kms:Decrypt",
      "Resource": "*",
      "Condition": {
        "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.0/24"]},
        "Bool": {"aws:MultiFactorAuthPresent": "true"}
      }
    },
    {"Sid": "NeverKeys", "Effect": "Deny", "Action": "kms:*", "Resource": "arn:aws:kms:us-east-1:111122223333:key/x"}
  ]
}
"""
TEMPLATE = """{
  "Version": "2012-10-17",
  "Statement": {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Resource": ["arn:${AWS::Partition}:iam::<account-id>:role/x", {"Ref": "RoleArn"}]
  }
}
"""


COMPLETED = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Train",
      "Effect": "Allow",
      "Action": ["sagemaker:CreateTrainingJob", ""],
      "Resource": "",
      "Condition": {"StringEquals": {""}}
    },
    \n  ]
}
"""
COMPLETIONS = (
    ("action", 'TrainingJob", "', "credomain", 1),
    ("arn", '"Resource": "', "", 0),
    ("key", '"StringEquals": {"', "", 2),
    ("statement", "},\n    ", "", 0),
)
"""View, what the caret stands behind, letters typed there, the row that is chosen."""


def _take(name: str, scheme: str, size: tuple[int, int]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer, SignalInstance

    from workbench.engine import Engine
    from workbench.gui.app import make_application
    from workbench.gui.crash import Crash, Crashes
    from workbench.gui.crash_report import ReportDialog
    from workbench.gui.findings.filling import FillDialog
    from workbench.gui.findings.listing import Grouping
    from workbench.gui.main_window import MainWindow
    from workbench.gui.preferences.keys_dialog import KeysDialog
    from workbench.gui.preferences.settings_dialog import SettingsDialog
    from workbench.gui.settings import Settings
    from workbench.gui.theme import Scheme, ThemeSource
    from workbench.writing.rewriting import Rewrite

    app = make_application([])
    window = MainWindow(Engine(), Settings(), ThemeSource(Scheme(scheme)))
    window.resize(*size)
    window.show()

    def wait_for_answer(act: Callable[[], object]) -> None:
        loop = QEventLoop()
        window.answer_shown.connect(lambda _answered: QTimer.singleShot(80, loop.quit))
        QTimer.singleShot(8000, loop.quit)
        act()
        loop.exec()

    def wait_until(signal: SignalInstance, act: Callable[[], object]) -> None:
        loop = QEventLoop()
        signal.connect(lambda: QTimer.singleShot(80, loop.quit))
        QTimer.singleShot(8000, loop.quit)
        act()
        loop.exec()

    def settle() -> None:
        loop = QEventLoop()
        QTimer.singleShot(120, loop.quit)
        loop.exec()

    def picture(view: str) -> None:
        settle()
        window.grab().save(str(TARGET / f"{name}-{view}.png"))

    wait_for_answer(lambda: (window.open_example(), window.show_welcome()))
    picture("1-first-start")
    window.unsay("welcome")
    tab = window.area.current
    assert tab is not None
    wait_for_answer(lambda: tab.edit.replace([(0, 0, " ")]))
    tab.edit.undo()
    text = tab.text()
    wait_for_answer(lambda: tab.edit.replace_all(text.replace("CreateTrainingJob", "CreateTraningJob", 1)))
    tab.show_span(text.index("OnlyInOurSubnets") + 4, text.index("OnlyInOurSubnets") + 4)
    picture("2-findings")
    findings = window.findings
    findings.choose(next(finding for finding in findings.model.rows if finding.fixes))
    while findings.verdicts.busy:
        settle()
    for grouping in Grouping:
        findings.group_by(grouping)
        picture(f"2-findings-{grouping.value}")
    findings.group_by(Grouping.NONE)
    window.mending.why(findings.chosen)
    picture("2-findings-why")
    findings.details.close_page()
    tab.find_bar.open()
    tab.find_bar.needle.setText("sagemaker:")
    picture("3-find")
    tab.find_bar.regular.setChecked(True)
    tab.find_bar.needle.setText(r"sagemaker:(?=Create)")
    picture("3a-find-wrong")
    tab.find_bar.needle.setText(r"sagemaker:(Create|Stop)?")
    tab.find_bar.close_bar()
    everywhere = window.searching
    for view, replace in (("3b-find-everywhere", False), ("3c-replace-everywhere", True)):
        everywhere.open(replace=replace)
        everywhere.pane.fields.regular.setChecked(True)
        everywhere.pane.fields.needle.setText(r"sagemaker:(Create|Stop)?")
        everywhere.pane.other.setText("sm:$1")
        everywhere.pane.list.setFocus()
        while everywhere.busy:
            settle()
        picture(view)
    window.focus_pane("findings")
    tab.say("changed", "reload", f"{tab.title} was changed by another program.", [("Reload", id), ("Keep mine", id)])
    window.show_failure("TypeError: a check could not read the statement.", "details")
    picture("4-bars")
    window.findings.suppress_wanted.emit(window.findings.model.rows[0])
    picture("4c-suppress")
    window.accepting._cancel()
    tab.unsay("changed")
    window.unsay("failure")
    crashes = Crashes(window, Path(tempfile.gettempdir()) / "reports")
    try:
        tab.show_span("no place", None)  # type: ignore[arg-type]
    except TypeError as error:
        crash = Crash(error, error.__traceback__, "the window")
        crashes._tell(crash)
        picture("4a-crash")
        crashes.show_report(crash)
        report = window.findChild(ReportDialog)
        settle()
        report.grab().save(str(TARGET / f"{name}-4b-report.png"))
        report.close()
    window.unsay("program")
    wait_for_answer(lambda: window.area.new(JAPANESE))
    picture("5-japanese")
    wait_for_answer(lambda: window.area.new(HOSTILE))
    picture("5j-hostile")
    wait_for_answer(lambda: window.area.new(RIGHT_TO_LEFT))
    picture("5j-right-to-left")
    window.area.close_tab()
    window.area.close_tab()
    picture("5k-closed")
    window.area.keeping.reopen()
    for view, place, letters, first in COMPLETIONS:
        wait_for_answer(lambda: window.area.new(COMPLETED))
        tab = window.area.current
        assert tab is not None
        cursor = tab.edit.textCursor()
        cursor.setPosition(COMPLETED.index(place) + len(place))
        tab.edit.setTextCursor(cursor)
        tab.edit.insertPlainText(letters)
        tab.edit.setFocus()
        tab.completer.open()
        tab.completer.popup.setCurrentIndex(tab.completer.popup.model().index(first, 0))
        picture(f"5d-completion-{view}")
        tab.completer.close()
    window.registry.action("edit.snippet").trigger()
    settle()
    chooser = app.activePopupWidget()
    if chooser is not None:
        chooser.grab().save(str(TARGET / f"{name}-5e-snippets.png"))
        chooser.close()
    misspelt = WIDER.replace("s3:ListBucket", "s3:ListBuckt")
    wait_for_answer(lambda: window.area.new(misspelt))
    tab = window.area.current
    assert tab is not None
    tab.show_span(*[misspelt.index("s3:ListBuckt") + 2] * 2, flash=False)
    wait_for_answer(window.ask_now)
    for view, show in (
        ("f-hover", tab.hovers.show_sheet),
        ("g-go-to", window.registry.action("edit.go_to").trigger),
        ("h-fixes", window.quick_fixes.show),
    ):
        show()
        settle()
        popup = app.activePopupWidget()
        if popup is not None:
            popup.grab().save(str(TARGET / f"{name}-5{view}.png"))
            popup.close()
    picture("5i-light-bulb")
    role = {"Role": {"RoleName": "r", "AssumeRolePolicyDocument": json.loads(NARROWER)}, "Other": json.loads(WIDER)}
    tab = window.area.new()
    app.clipboard().setText(json.dumps(role, indent=4))
    wait_for_answer(tab.edit.paste)
    picture("5-pasted")
    strip = tab.strip("pasted")
    assert strip is not None
    strip.buttons[0].click()
    settle()
    popup = app.activePopupWidget()
    if popup is not None:
        popup.grab().save(str(TARGET / f"{name}-5-pasted-choice.png"))
        popup.close()
    tab.pasting.use(0)
    at = tab.text().index("ReadLogs")
    tab.show_span(at, at, flash=False)
    window.statements.run(lambda text, caret: Rewrite(text.replace("s3:ListBucket", "s3:*"), caret), "Changed")
    while window.statements.busy:
        settle()
    picture("5-verdict")
    compare, access = window.comparing.compare, window.comparing.access
    wait_for_answer(lambda: window.area.new(WIDER))
    app.clipboard().setText(NARROWER)
    wait_until(compare.changed, lambda: window.registry.action("policy.compare_clipboard").trigger())
    picture("5a-compare")
    window.registry.action("policy.compare_managed").trigger()
    popup = app.activePopupWidget()
    if popup is not None:
        popup.typed.setText("s3")
        settle()
        below = window.grab()
        from PySide6.QtGui import QPainter

        painter = QPainter(below)
        painter.drawPixmap(window.mapFromGlobal(popup.pos()), popup.grab())
        painter.end()
        below.save(str(TARGET / f"{name}-5a-choose.png"))
        popup.close()
    wait_for_answer(lambda: window.comparing.ask(compare.comparison.gained.reasons[0].scenario))
    picture("5b-witness")
    window.comparing.let_go()
    wait_until(access.changed, lambda: window.focus_pane("access"))
    picture("5c-access")
    window.focus_pane("findings")
    misspelt = json.dumps(json.loads(WIDER.replace("s3:ListBucket", "s3:ListBuckt")), indent=2)
    wait_for_answer(lambda: window.area.new(misspelt))
    wait_for_answer(window.ask_now)
    window.focus_pane("outline")
    window.registry.action("view.split_beside").trigger()
    window.area.current.show_span(*[misspelt.index("s3:ListBuckt") + 2] * 2, flash=False)
    wait_for_answer(window.ask_now)
    window.registry.action("view.crumbs").trigger()
    picture("5l-split")
    window.area.current.crumbs.open_menu(0)
    settle()
    popup = app.activePopupWidget()
    if popup is not None:
        popup.grab().save(str(TARGET / f"{name}-5l-beside.png"))
        popup.close()
    window.registry.action("view.split_beside").trigger()
    window.toggle_pane("outline")
    for command in ("fold", "fold_all", "unfold_all", "fold_statements"):
        window.registry.action(f"view.{command}").trigger()
        picture(f"5j-{command}")
    window.area.current.edit.selectAll()
    picture("5j-chosen")
    window.registry.action("view.blanks").trigger()
    wait_for_answer(lambda: window.area.new(json.dumps(json.loads(misspelt), indent=None) + "\n\t{ }\n"))
    window.registry.action("view.wrap").trigger()
    wait_for_answer(window.ask_now)
    picture("5k-wrapped")
    window.registry.action("view.blanks").trigger()
    window.registry.action("view.wrap").trigger()
    long = '{"Version":"2012-10-17","Statement":[' + ",".join(['{"Effect":"Allow","Action":"s3:Get*"}'] * 400) + "]}"
    wait_for_answer(lambda: window.area.new(long))
    picture("6-one-line")
    wait_for_answer(lambda: window.area.new(TEMPLATE))
    window.filling.ask()
    settle()
    asked = window.findChild(FillDialog)
    if asked is not None:
        asked.grab().save(str(TARGET / f"{name}-6a-fill.png"))
        for field in asked.fields.values():
            field.setText("111122223333")
        wait_for_answer(asked.ok.click)
    picture("6b-filled")
    for typed in ("", "opf", "createtr"):
        window.registry.action("view.palette").trigger()
        palette = app.activePopupWidget()
        palette.typed.setText(typed)
        settle()
        palette.grab().save(str(TARGET / f"{name}-7-palette-{typed or 'all'}.png"))
        palette.close()
    for command, kind, view in (("keys", KeysDialog, "7a-keys"), ("settings", SettingsDialog, "7b-settings")):
        window.registry.action(f"edit.{command}").trigger()
        dialog = window.findChild(kind)
        settle()
        dialog.grab().save(str(TARGET / f"{name}-{view}.png"))
        dialog.close()
    for menu in window.menuBar().actions()[:4]:
        popup = menu.menu()
        popup.aboutToShow.emit()
        popup.ensurePolished()
        popup.resize(popup.sizeHint())
        popup.grab().save(str(TARGET / f"{name}-8-{popup.objectName()}.png"))
    for other in list(window.area.tabs()):
        other.edit.document().setModified(False)
    window.area.close_all()
    picture("9-nothing-open")
    window.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", help="one variant, such as dark-2x")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    TARGET.mkdir(exist_ok=True)
    for name, scheme, scale, size in VARIANTS:
        if options.only not in (None, name):
            continue
        if options.here:
            _take(name, scheme, size)
            continue
        with tempfile.TemporaryDirectory() as home:
            places = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "DATA", "CACHE", "STATE")}
            environment = {**os.environ, **places, "QT_SCALE_FACTOR": str(scale)}
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
            command = [sys.executable, __file__, "--here", "--only", name]
            status = subprocess.run(command, env=environment, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
