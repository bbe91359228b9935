"""The wheel: what it holds, and that it shares an environment with whoever has our old names."""

import zipfile

import pytest

IMPORTS = "import kernels, crosscheck.kernels.launch as own; print(kernels.MARK, own.__name__)"


@pytest.fixture(scope="session")
def stub(tmp_path_factory):
    """A wheel of another distribution, which owns the top-level name `kernels`."""
    path = tmp_path_factory.mktemp("stub") / "kernels-1.0-py3-none-any.whl"
    info = "kernels-1.0.dist-info"
    files = {
        "kernels/__init__.py": "MARK = 'a stranger'\n",
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: kernels\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD"))
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_it_installs_one_name(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {
        "crosscheck",
        "crosscheck_kernels-0.1.0.dist-info",
    }


def test_it_holds_every_file_that_runs(wheel, tree):
    folders = ("crosscheck", "kernels", "nn", "parity", "benchmarks", "examples", "docs/course")
    files = (path.relative_to(tree) for each in folders for path in (tree / each).rglob("*"))
    wanted = {str(path) for path in files if path.suffix in (".py", ".j2", ".html", ".css")}
    wanted |= {f"docs/course/{path.name}" for path in (tree / "docs" / "course").glob("*.[ms]*")}
    held = {name.removeprefix("crosscheck/") for name in zipfile.ZipFile(wheel).namelist()}
    assert "kernels/cpu/cuda/children/sitecustomize.py" in held
    assert {name.removeprefix("crosscheck/") for name in wanted} <= held


@pytest.mark.parametrize("first", [True, False])
def test_another_distribution_called_kernels_may_come_before_or_after(
    environment, wheel, stub, tmp_path, first
):
    pair = (stub, wheel) if first else (wheel, stub)
    both = environment(tmp_path / "both", *pair)
    answer = both.run("python", "-c", IMPORTS, cwd=tmp_path).stdout
    assert answer == "a stranger crosscheck.kernels.launch\n"


def test_the_tree_runs_uninstalled(environment, tree, tmp_path):
    bare = environment(tmp_path / "bare")
    bare.run("python", "-c", "import crosscheck", cwd=tmp_path, status=1)
    command = "-m crosscheck.parity --suite quick --op relu --case matrix --dtype float32"
    assert "cases passed" in bare.run("python", *command.split(), cwd=tree).stdout
