"""validate.py SCHEMA SARIF...: see validate.sh. Columns and texts are counted here from the documents anew."""

import json
import sys
from pathlib import Path
from urllib.parse import unquote

import jsonschema

LEVELS = ["error", "warning", "note"]


class Wrong(Exception):
    """What does not fit, in words."""


def need(truth, *words):
    if not truth:
        raise Wrong(" ".join(str(word) for word in words))


def text_of(folder, location):
    need(location.get("uriBaseId") == "%SRCROOT%", "not relative to the folder:", location)
    need(not location["uri"].startswith(("/", "file:")), "not relative:", location["uri"])
    return (folder / unquote(location["uri"])).read_bytes()


def offset(text, line, column):
    """Byte of a place; columns count code points."""
    lines = text.split(b"\n")
    need(1 <= line <= len(lines), "no line", line)
    before = lines[line - 1].decode("utf-8", "surrogateescape")[: column - 1]
    need(len(before) == column - 1, "no column", column, "in line", line)
    return sum(len(part) + 1 for part in lines[: line - 1]) + len(before.encode("utf-8", "surrogateescape"))


def span(folder, location, region):
    text = text_of(folder, location)
    start = offset(text, region["startLine"], region["startColumn"])
    end = offset(text, region["endLine"], region["endColumn"])
    need(start <= end, "a region ends before it begins")
    if "snippet" in region and "\ufffd" not in region["snippet"]["text"]:
        need(region["snippet"]["text"].encode("utf-8") == text[start:end], "the snippet is another text")
    return [start, end]


def places(folder, locations):
    found = []
    for location in locations:
        physical = location["physicalLocation"]
        found.append(span(folder, physical["artifactLocation"], physical["region"]))
    return found


def edits(folder, fixes):
    found = []
    for fix in fixes:
        for change in fix["artifactChanges"]:
            for part in change["replacements"]:
                where = span(folder, change["artifactLocation"], part["deletedRegion"])
                found.append(where + [part["insertedContent"]["text"]])
    return sorted(found)


def compare(folder, result, finding):
    """The same finding in the JSON answer, which says bytes."""
    need(result["ruleId"] == finding["code"], result["ruleId"], "is", finding["code"], "in JSON")
    need(result["level"] == finding["level"], "another level")
    first = [[at["byte"], at["byteEnd"]] for at in finding["spans"] if at["primary"]]
    other = [[at["byte"], at["byteEnd"]] for at in finding["spans"] if not at["primary"]]
    need(places(folder, result["locations"]) == first, "another place than in JSON")
    need(places(folder, result.get("relatedLocations", [])) == other, "other labels than in JSON")
    wanted = [[edit["byte"], edit["byteEnd"], edit["text"]] for fix in finding["fixes"] for edit in fix["edits"]]
    need(edits(folder, result.get("fixes", [])) == sorted(wanted), "other fixes than in JSON")


def check_rules(run):
    rules = run["tool"]["driver"]["rules"]
    need(len({rule["id"] for rule in rules}) == len(rules), "a rule is there twice")
    need({rule["id"] for rule in rules} == {result["ruleId"] for result in run["results"]}, "rules that do not occur")
    for rule in rules:
        need(rule["helpUri"].endswith("/" + rule["id"] + ".md"), "no page:", rule["helpUri"])
        need("://" in rule["helpUri"], "not absolute:", rule["helpUri"])
        need(0 < float(rule["properties"]["security-severity"]) <= 10, "no severity")
        need("security" in rule["properties"]["tags"], "code scanning ranks security findings alone")
    for result in run["results"]:
        need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex names another rule")


def check(path, validator):
    log = json.loads(path.read_text(encoding="utf-8"))
    for error in validator.iter_errors(log):
        raise Wrong(error.json_path if hasattr(error, "json_path") else list(error.path), error.message)
    run = log["runs"][0]
    report = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    need(len(log["runs"]) == 1 and run["columnKind"] == "unicodeCodePoints", "not one run in code points")
    misleads = any(result["ruleId"] == "RDN0901" for result in run["results"])
    need(run["invocations"][0]["exitCode"] == (1 if report["errors"] or misleads else 0), "another exit code")
    check_rules(run)
    findings = sorted(report["diagnostics"], key=lambda finding: LEVELS.index(finding["level"]))
    need(len(findings) == len(run["results"]), "another number of findings than in JSON")
    for result, finding in zip(run["results"], findings):
        need(result["partialFingerprints"]["primaryLocationLineHash"], "no fingerprint")
        compare(path.parent, result, finding)


def main():
    schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    failed = 0
    for name in sys.argv[2:]:
        try:
            check(Path(name), kind(schema))
        except (Wrong, KeyError, IndexError, ValueError, OSError) as error:
            failed += 1
            print(f"{name}: {error!r}")
    print(f"validate: {len(sys.argv) - 2 - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


sys.exit(main())
