import subprocess
import sys
from pathlib import Path

from tests.architecture.project import ROOT


def test_every_import_contract_holds():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    finished = subprocess.run([lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
