import ast

import pytest

from tests.architecture.project import PACKAGES, named, python_files

LONGEST = {"api": 250, "domain": 250, "simulator": 250, "tests": 400}


@pytest.mark.parametrize("folder", LONGEST)
def test_no_file_is_longer_than_one_concept(folder: str):
    lengths = {named(file): len(file.read_text("utf-8").splitlines()) for file in python_files(folder)}
    assert {name: length for name, length in lengths.items() if length > LONGEST[folder]} == {}


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_module_says_what_a_reader_finds_there(folder: str):
    trees = {named(file): ast.parse(file.read_text("utf-8")) for file in python_files(folder)}
    assert [name for name, tree in trees.items() if not ast.get_docstring(tree)] == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_a_module_says_it_in_one_line_and_a_package_in_a_paragraph(folder: str):
    words = {named(file): ast.get_docstring(ast.parse(file.read_text("utf-8"))) or "" for file in python_files(folder)}
    assert [name for name, text in words.items() if len(text.splitlines()[0]) > 117] == []
    packages = {name: text for name, text in words.items() if name.endswith("__init__.py")}
    assert [name for name, text in packages.items() if len(text.splitlines()) > 12] == []


@pytest.mark.parametrize("folder", PACKAGES)
def test_every_folder_of_code_is_a_package(folder: str):
    folders = {file.parent for file in python_files(folder)}
    assert [named(each) for each in folders if not (each / "__init__.py").exists()] == []


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_no_file_is_named_after_its_kind(folder: str):
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "types", "base", "manager", "service_base"}
    assert [named(file) for file in python_files(folder) if file.stem in vague] == []
