# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write what follows from tables into the documentation of the modules, or with --check only compare.

It writes each RETURN, from ``module_docs.yml`` and the fields of the module's kind. It also writes suboptions that are
options of another module, such as those of the modules for many objects, and the JSON Schema of a configuration.
Everything else is written by hand.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from ansible_collections.community.basedash.plugins.module_utils._engine.kind import Field, Kind
    from ansible_collections.community.basedash.plugins.module_utils._engine.module_spec import ModuleSpec

COLLECTION = "ansible_collections.community.basedash.plugins"
ROOT = Path(__file__).resolve().parents[2]
TABLES: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
# By module: its option, what stands before a suboption's name in sentences, and the module that has it as an option.
SUBOPTIONS = {
    "basedash_data_source": (("access", "access.", "basedash_data_source_access"),),
    "basedash_data_sources": (
        ("data_sources", "data_sources[].", "basedash_data_source"),
        ("filters", "filters.", "basedash_data_source_info"),
    ),
}
# Keys of a result that stand in each entry of `results` in a module for many.
IN_ENTRIES = ("msg", "field_errors")
NOTICE = "# Written by 'make module-docs' from {}.\n"
WIDTH = 120
Doc = dict[str, Any]
_WHOLE_WORDS: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}


def as_yaml(content: Doc, indent: int = 0) -> str:
    """Return YAML in the order of ``content``, so many blanks from the left, in lines that are not too long."""
    return "".join(line + "\n" for key, value in content.items() for line in _entry(" " * indent + key + ":", value))


def _entry(head: str, value: Any) -> Iterator[str]:
    """Yield the lines of a key, or of the dash of a list, with its value."""
    deeper = " " * (len(head) - len(head.lstrip()) + 2)
    flow = _flow(value)
    lines = textwrap.wrap(f"{head} {flow}", WIDTH, subsequent_indent=deeper, **_WHOLE_WORDS)
    if not isinstance(value, (dict, list)):
        yield from lines
    elif len(lines) == 1 and (not value or not _has_sentences(head, value)):
        yield lines[0]
    elif isinstance(value, dict):
        yield head
        for key, one in value.items():
            yield from _entry(f"{deeper}{key}:", one)
    else:
        yield head
        for one in value:
            yield from _item(f"{deeper}-", one)


def _item(head: str, value: Any) -> Iterator[str]:
    if not isinstance(value, dict):
        yield from _entry(head, value)
        return
    lines = list(as_yaml(value, len(head) + 1).splitlines())
    yield f"{head} {lines[0].lstrip()}"
    yield from lines[1:]


def _has_sentences(head: str, value: Any) -> bool:
    in_blocks = head.strip() in ("description:", "contains:", "suboptions:")
    return in_blocks or (isinstance(value, dict) and {"description", "type"} <= value.keys())


def _flow(value: Any) -> str:
    """Return YAML of a value in a single line."""
    if isinstance(value, str) and "'" in value and yaml.safe_dump(value).startswith("'"):
        return json.dumps(value, ensure_ascii=False)
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=sys.maxsize, default_flow_style=True)
    return text.removesuffix("...\n").rstrip()


# What is written by hand ----------------------------------------------------------------------------------------------


def block(text: str, name: str) -> re.Match[str]:
    """Return where a module's documentation with this name stands, such as RETURN."""
    found = re.search(rf'(?<=^{name} = r""")\n(.*?)(?=^""")', text, re.DOTALL | re.MULTILINE)
    if found is None:
        raise ValueError(f"there is no {name}")
    return found


def fragment(name: str) -> Doc:
    """Return a documentation fragment, named as modules name it."""
    _namespace, _collection, module, *variant = name.split(".")
    found = importlib.import_module(f"{COLLECTION}.doc_fragments.{module}").ModuleDocFragment
    content: Doc = yaml.safe_load(getattr(found, variant[0].upper() if variant else "DOCUMENTATION"))
    return content


def options(name: str) -> Doc:
    """Return the documented options of a module, its own first, then those of its fragments."""
    source = (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8")
    own = yaml.safe_load(block(with_suboptions(name, source), "DOCUMENTATION").group(1))
    found = dict(own["options"])
    for one in own["extends_documentation_fragment"]:
        for option, described in fragment(one)["options"].items():
            found.setdefault(option, described)
    return found


# Suboptions -----------------------------------------------------------------------------------------------------------


def within(content: Any, prefix: str, names: set[str]) -> Any:
    """Return a description in which these options are named as suboptions."""
    if isinstance(content, Mapping):
        return {key: within(value, prefix, names) for key, value in content.items()}
    if isinstance(content, list):
        return [within(value, prefix, names) for value in content]
    if not isinstance(content, str):
        return content

    def renamed(found: re.Match[str]) -> str:
        return f"O({prefix}{found[1]}" if found[1] in names else found[0]

    text = re.sub(r"\bO\((\w+)", renamed, content)
    return re.sub(rf"\bRV\(({'|'.join(IN_ENTRIES)})\)", r"RV(results[].\1)", text)


def suboptions(module: str, option: str, prefix: str, origin: str) -> Doc:
    """Return the suboptions of a module's option: those that it has, described as in the module of ``origin``."""
    described = options(origin)
    taken = list(spec(module).argument_spec[option]["options"])
    ordered = [name for name in described if name in taken] + [name for name in taken if name not in described]
    return {name: within(described[name], prefix, set(taken)) for name in ordered}


def with_suboptions(name: str, text: str) -> str:
    """Return a module's source with the suboptions of its options."""
    for option, prefix, origin in SUBOPTIONS.get(name, ()):
        written = (
            "      " + NOTICE.format(f"the options of {origin}") + as_yaml(suboptions(name, option, prefix, origin), 6)
        )
        place = re.search(rf"(?m)^  {option}:\n(?:    .*\n)*?    suboptions:\n((?:      .*\n|\n)*)", text)
        if place is None:
            raise ValueError(f"{name} has no suboptions of {option}")
        text = text[: place.start(1)] + written + text[place.end(1) :]
    return text


# Results --------------------------------------------------------------------------------------------------------------


def spec(name: str) -> ModuleSpec:
    """Return what a module is."""
    found: ModuleSpec = importlib.import_module(f"{COLLECTION}.modules.{name}").SPEC
    return found


def merged(base: Doc, other: Doc) -> Doc:
    """Return a mapping with the keys of another one merged into it, which are stronger."""
    found = dict(base)
    for key, value in other.items():
        deeper = isinstance(value, dict) and isinstance(found.get(key), dict) and key != "sample"
        found[key] = merged(found[key], value) if deeper else value
    return found


def entries(name: str) -> Iterator[tuple[str, Doc]]:
    """Yield the keys of a module's result, each with its description."""
    for entry in TABLES["modules"][name]:
        (key, own), *_others = entry.items() if isinstance(entry, dict) else [(entry, {})]
        described = TABLES["results"][key]
        if "like" in described:
            described = merged(TABLES["results"][described["like"]], described)
        described = merged(described, own)
        described.pop("like", None)
        yield described.pop("key", key), described


def facts(kind: Kind) -> Doc:
    """Return the descriptions of a kind's facts. In the tables, a nested fact has dots in its name."""
    noun = kind.family.result_key
    written = {**TABLES["facts"]["common"], **TABLES["facts"][noun]}
    described = options(f"basedash_{noun}")
    found: Doc = {}
    for field in kind.fields:
        if field.secret or field.create_only:
            continue
        contained, sample = found, TABLES["samples"][noun]
        *parents, last = field.fact_path
        for depth, one in enumerate(parents, 1):
            about = written[".".join(parents[:depth])]
            contained = contained.setdefault(one, {"description": about, "type": "dict", "contains": {}})["contains"]
            sample = sample.get(one, {})
        name = ".".join(field.fact_path)
        contained[last] = fact(
            field, name, sample.get(last), written, written.get(name) or about_option(described, field)
        )
    return found


def about_option(described: Doc, field: Field) -> Any:
    """Return the description of a field's option, which may be a part of another option."""
    option, _dot, part = field.name.partition(".")
    return (described[option]["suboptions"][part] if part else described[option])["description"]


def fact(field: Field, name: str, sample: Any, written: Doc, about: Any) -> Doc:
    """Return the description of a fact, with those of the facts within it."""
    found: Doc = {"description": about, "type": field.form.type}
    if sample is not None:
        types = {bool: "bool", int: "int", list: "list", dict: "dict"}
        found["type"] = types.get(type(sample), "str")
    if isinstance(sample, list):
        found["elements"] = "dict" if field.parts else "str"
    if field.parts:
        first = sample[0] if isinstance(sample, list) else sample
        parts = [(one, f"{name}.{one.fact_name}", first.get(one.fact_name)) for one in field.parts]
        found["contains"] = {
            one.fact_name: fact(one, path, value, written, written[path]) for one, path, value in parts
        }
    elif sample is not None:
        found["sample"] = sample
    return found


def returned(name: str) -> Doc:
    """Return what a module returns, as its RETURN has it."""
    kind = spec(name).task.kind
    family = kind.family
    sample = TABLES["samples"][family.result_key]
    words = {
        "noun": family.noun,
        "plural": family.plural,
        "result": family.result_key,
        "results": family.plural_key,
        "path": family.path.format(organization_id="org_1"),
        "id": sample["id"],
    }

    def filled(content: Any) -> Any:
        if isinstance(content, dict):
            return {filled(key): filled(value) for key, value in content.items()}
        if isinstance(content, list):
            return [filled(value) for value in content]
        return re.sub(r"<(\w+)>", lambda found: words[found[1]], content) if isinstance(content, str) else content

    found: Doc = {}
    for key, described in entries(name):
        content = filled(described)
        if content.get("contains") == "facts":
            content["contains"] = facts(kind)
        if content.get("sample") == "facts":
            content["sample"] = [sample] if content["type"] == "list" else sample
        found[filled(key)] = content
    return found


def with_results(name: str, text: str) -> str:
    """Return a module's source with its RETURN."""
    place = block(text, "RETURN")
    return (
        text[: place.start()]
        + "\n"
        + NOTICE.format("tests/tools/module_docs.yml")
        + as_yaml(returned(name))
        + text[place.end() :]
    )


# The schema of a configuration ----------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Return a description without the markup of Ansible."""
    return re.sub(r"\b(?:O|V|C|RV|B|I)\(([^()]*)\)", r"\1", text)


def configuration_schema() -> str:
    """Return the JSON Schema of a configuration, with the descriptions of the single modules."""
    families = importlib.import_module(f"{COLLECTION}.module_utils._configuration.families").BY_KEY
    documented = {key: options(f"basedash_{one.kind.family.result_key}") for key, one in families.items()}

    def described(family: str, option: str) -> str:
        found = documented[family].get(option, {}).get("description", "")
        return plain(found if isinstance(found, str) else " ".join(found))

    # It imports the collection, and the tests of this tool don't.
    found = importlib.import_module("configuration_schema").schema(described)
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the documentation, or compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, and fail if something would change")
    parser.add_argument("--into", type=Path, default=ROOT, help="the folder of the collection to write to")
    given = parser.parse_args()
    different = []
    for path in sorted((given.into / "plugins" / "modules").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        # A file without it only documents an action.
        if "SPEC" not in text:
            continue
        wanted = with_results(path.stem, with_suboptions(path.stem, text))
        if wanted != text:
            different.append(path.stem)
            if not given.check:
                path.write_text(wanted, encoding="utf-8")
    path, wanted = given.into / "schemas" / "configuration.schema.json", configuration_schema()
    if not path.is_file() or path.read_text(encoding="utf-8") != wanted:
        different.append(path.name)
        if not given.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(wanted, encoding="utf-8")
    if different:
        print(("Run 'make module-docs' for: " if given.check else "Written: ") + ", ".join(different))
    return int(given.check and bool(different))


if __name__ == "__main__":
    sys.exit(main())
