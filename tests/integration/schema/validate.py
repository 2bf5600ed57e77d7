"""validate.py SCHEMA: see validate.sh. Each document is read in two ways: every scalar as text, and as YAML 1.2's core schema."""

import json
import re
import sys
from pathlib import Path

import jsonschema
import yaml


class Core(yaml.BaseLoader):
    """YAML 1.2, core schema (yaml.org/spec/1.2.2, 10.3.2), with numbers outside JSON left as text."""

    yaml_implicit_resolvers = {}


KINDS = [
    ("null", r"~|null|Null|NULL|", "~nN", lambda text: None),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF", lambda text: text[0] in "tT"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789", lambda text: int(text.lstrip("+"), 10 if text[1:2] not in "ox" else 0)),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789", float),
]
for name, pattern, first, make in KINDS:
    tag = "tag:yaml.org,2002:" + name
    Core.add_implicit_resolver(tag, re.compile("^(?:" + pattern + ")$"), list(first) + ([""] if name == "null" else []))
    Core.add_constructor(tag, lambda loader, node, make=make: make(node.value))


def documents(text, loader):
    """Without the empty ones, which redan skips."""
    return [document for document in yaml.load_all(text, loader) if document not in (None, "")]


def poor_choices(part, path="#"):
    """Draft-07, 6.1.2: an enum SHOULD have an element, and each once. Editors refuse a schema in which one has not."""
    members = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else []
    for key, inner in members:
        if key == "enum" and isinstance(inner, list) and (not inner or len({json.dumps(each) for each in inner}) < len(inner)):
            yield path + "/enum"
        yield from poor_choices(inner, f"{path}/{key}")


class Judge:
    def __init__(self, schema):
        jsonschema.Draft7Validator.check_schema(schema)
        poor = list(poor_choices(schema))
        assert not poor, poor
        self.validator = jsonschema.Draft7Validator(schema)
        self.passed = self.failed = 0

    def complaints(self, text, loader):
        found = []
        for document in documents(text, loader):
            for error in self.validator.iter_errors(document):
                found.append("/".join(map(str, error.absolute_path)) + ": " + error.message[:200])
        return found

    def count(self, good, *words):
        self.passed += good
        self.failed += not good
        if not good:
            print(*words)

    def accepts(self, name, text):
        for loader in (yaml.BaseLoader, Core):
            found = self.complaints(text, loader)
            self.count(not found, name, "is refused, read as", loader.__name__, *found[:3])


def is_readable(text):
    try:
        list(yaml.load_all(text, yaml.BaseLoader))
    except (yaml.YAMLError, UnicodeError):
        return False
    return True


def check_examples(judge):
    for path in sorted(Path("examples").rglob("*.y*ml")):
        if "kind:" in path.read_text(encoding="utf-8"):
            judge.accepts(path, path.read_text(encoding="utf-8"))


def check_pages(judge):
    """What passes by redan passes by the schema; configurations and rules are other languages."""
    for path in sorted(Path("docs/reference/diagnostics").glob("RDN*.md")):
        if int(path.stem[3:]) // 100 in (7, 10):
            continue
        for text in re.findall(r"```yaml passes[^\n]*\n(.*?)```", path.read_text(encoding="utf-8"), re.S):
            judge.accepts(path, text)


def check_terms(judge):
    """The reference has an example of every term, which a test compiles."""
    page = Path("docs/reference/sla.md").read_text(encoding="utf-8")
    examples = re.findall(r"^- example: `(\{id: x, on: [a-z]+, .*\})`$", page, re.M)
    judge.count(len(examples) >= 5, "no examples of terms in the reference")
    head = "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: a, party: b, role: tenant, ucloud: c}\n"
    for example in examples:
        judge.accepts(example, head + "spec: {targets: [{id: y}], clauses: [" + example + "]}\n")


def golden_text(folder, name):
    path = folder / name
    files = sorted(path.glob("*.y*ml")) if path.is_dir() else [folder / (name + ".yaml")]
    return [file.read_bytes() for file in files]


def check_goldens(judge):
    folder = Path("tests/golden/sla")
    names = {path.name if path.is_dir() else path.stem for path in folder.iterdir() if path.is_dir() or path.suffix == ".yaml"}
    marked = {}
    for line in Path("tests/golden/schema.txt").read_text(encoding="utf-8").splitlines():
        mark, _, name = line.partition(" ")
        if mark in ("yes", "no", "yaml"):
            marked[name] = mark
    for name in sorted(names | set(marked)):
        if name not in names or name not in marked:
            judge.count(False, "tests/golden/schema.txt and tests/golden/sla differ in", name)
            continue
        texts = golden_text(folder, name)
        readable = all(is_readable(text) for text in texts)
        judge.count(readable == (marked[name] != "yaml"), name, "can" if readable else "cannot", "be read as YAML")
        if not readable:
            continue
        for loader in (yaml.BaseLoader, Core):
            refused = any(judge.complaints(text, loader) for text in texts)
            judge.count(refused == (marked[name] == "yes"), name, "is refused" if refused else "is accepted", "as", loader.__name__)


def main():
    schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    judge = Judge(schema)
    check_examples(judge)
    check_pages(judge)
    check_terms(judge)
    check_goldens(judge)
    print(f"validate: {judge.passed} passed, {judge.failed} failed, 0 skipped")
    return 1 if judge.failed else 0


sys.exit(main())
