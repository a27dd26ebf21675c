"""Imports point down only: the contracts of pyproject.toml are kept, and they are the ones that were agreed on."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
AGREED = {
    "Imports point down": "layers",
    "The two wings do not know each other": "independence",
    "No door opens onto another, no channel onto another": "independence",
    "Nouns make no circle": "acyclic_siblings",
    "Few hands hold the vault": "protected",
    "The inside has never heard of HTTP": "forbidden",
    "Doors write no queries": "forbidden",
}


def test_contracts_are_the_agreed_ones() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    contracts = {contract["name"]: contract for contract in settings["contracts"]}
    assert {name: contract["type"] for name, contract in contracts.items()} == AGREED
    excused = [name for name, contract in contracts.items() if contract.get("ignore_imports")]
    assert not excused, f"a contract with exceptions is none: {excused}"
    assert contracts["Imports point down"]["exhaustive"] is True


def test_contracts_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]


def test_the_vault_knows_no_web_and_no_table() -> None:
    vault = sorted(path.stem for path in (ROOT / "pepa/vault").glob("*.py") if path.stem != "__init__")
    program = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
for name in {vault!r}:
    __import__("pepa.vault." + name)
print(*sorted({{"flask", "werkzeug", "wtforms", "sqlalchemy", "alembic"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True)
    assert vault
    assert done.stdout.split() == [], "a fresh process that imports the vault has these as well"
