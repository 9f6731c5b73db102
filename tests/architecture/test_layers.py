"""The import contracts name real modules, and no module of ours is missing from them."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [
    module.strip() for layer in CONTRACTS["contracts"][0]["layers"] for module in layer.split("|")
]
# settings are read by everything and know no app
OUTSIDE = {"brokerage.settings"}


@pytest.mark.parametrize("module", LAYERS)
def test_each_layer_is_a_real_module(module: str):
    assert importlib.util.find_spec(module) is not None


def test_each_module_of_the_project_package_has_a_layer():
    found = {
        f"brokerage.{path.stem}"
        for path in (ROOT / "brokerage").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").exists()) and path.stem != "__init__"
    }
    assert found - OUTSIDE == {layer for layer in LAYERS if layer.startswith("brokerage.")}


def test_each_top_level_app_has_a_layer_and_is_a_root_package():
    apps = {path.parent.name for path in ROOT.glob("*/apps.py")}
    assert apps == {layer for layer in LAYERS if "." not in layer}
    assert apps | {"brokerage"} == set(CONTRACTS["root_packages"])


def test_each_forbidden_contract_names_real_modules():
    for contract in CONTRACTS["contracts"][1:]:
        for module in contract["source_modules"]:
            assert importlib.util.find_spec(module) is not None, module
