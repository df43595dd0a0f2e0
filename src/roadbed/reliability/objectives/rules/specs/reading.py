"""Files of objectives in any of the known formats, as definitions with everything that is wrong or doubtful in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from roadbed.reliability.objectives.rules.definitions import OPENSLO_ALPHA, Definition
from roadbed.reliability.objectives.rules.journeys.reading import check_together, is_journey, journey_of
from roadbed.reliability.objectives.rules.journeys.values import Journey
from roadbed.reliability.objectives.rules.linting.queries import check_queries
from roadbed.reliability.objectives.rules.openslo.findings import Finding, Findings
from roadbed.reliability.objectives.rules.openslo.index import Object
from roadbed.reliability.objectives.rules.openslo.limits import NAME_LIMIT
from roadbed.reliability.objectives.rules.openslo.nodes import LARGEST, objects_of, read_documents, text_of
from roadbed.reliability.objectives.rules.openslo.objects import definitions_of
from roadbed.reliability.objectives.rules.openslo.schema import check_object
from roadbed.reliability.objectives.rules.specs import alert_windows
from roadbed.reliability.objectives.rules.specs.alpha import definitions_of_alpha
from roadbed.reliability.objectives.rules.specs.context import Context, Read, Source
from roadbed.reliability.objectives.rules.specs.pyrra import definition_of_pyrra
from roadbed.reliability.objectives.rules.specs.slo_generator import Steps, definition_of_slo_generator, policies_of
from roadbed.reliability.objectives.rules.specs.sloth import definitions_of_sloth
from roadbed.reliability.objectives.rules.thresholds import Pair

__all__ = ["Context", "Definition", "Read", "Source", "read", "read_all"]

KNOWN = (
    "openslo/v1, prometheus/v1 and sloth.slok.dev/v1 (Sloth), pyrra.dev/v1alpha1, sre.google.com/v2 (slo-generator), "
    "Journey of roadbed.dev/v1"
)


def read(text: str, *, file: str, context: Context | None = None) -> Read:
    """Read one file's text by itself; every fault is found in one go."""
    reading = _Reading(context or Context())
    findings = reading.of_file(file)
    reading.take(text, findings)
    return reading.done()


def read_all(sources: Iterable[Source], context: Context) -> Read:
    """Read files that may refer to one another."""
    reading = _Reading(context)
    for source in sources:
        findings = reading.of_file(source.file)
        if len(source.raw) > LARGEST:
            findings.error(1, "file-size", "The file is larger than 1 MiB.", "Split it by service.")
            continue
        text = text_of(source.raw, findings)
        if not findings.errors:
            reading.take(text, findings)
    return reading.done()


@dataclass
class _Reading:
    """Collects the objects of all files, then reads those that refer to others."""

    context: Context
    files: list[Findings] = field(default_factory=list)
    objects: list[Object] = field(default_factory=list)
    alpha: list[Object] = field(default_factory=list)
    generated: list[Object] = field(default_factory=list)
    configs: list[Object] = field(default_factory=list)
    read: list[Definition] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)
    catalogues: dict[int, tuple[Pair, ...]] = field(default_factory=dict)

    def of_file(self, file: str) -> Findings:
        self.files.append(Findings(file))
        return self.files[-1]

    def take(self, text: str, findings: Findings) -> None:
        """Take in one file's text."""
        found = 0
        for number, document in enumerate(read_documents(text, findings)):
            for node in objects_of((document,)):
                found += 1
                self._sort(Object(node, findings, number))
        if not found and not findings.errors:
            findings.error(1, "empty", "The file has no objects.", "Add an SLO; `roadbed new` writes a first one.")

    def _sort(self, one: Object) -> None:
        node, findings = one.node, one.findings
        version = node.get("apiVersion").text
        if is_journey(node):
            self.journeys.extend(one for one in [journey_of(node, findings)] if one is not None)
        elif version.startswith("sre.google.com/"):
            self.generated.append(one)
        elif version.startswith("pyrra.dev/"):
            self._keep(definition_of_pyrra(node, findings, document=one.document))
        elif version.startswith("sloth.slok.dev/") and node.get("kind").text == alert_windows.KIND:
            if table := alert_windows.table_of(node, findings):
                self.catalogues[table[0]] = table[1]
        elif version.startswith("sloth.slok.dev/") or "version" in node.fields:
            self.read.extend(definitions_of_sloth(node, findings, self.context, document=one.document))
        elif "error_budget_policies" in node.fields and not version:
            self.configs.append(one)
        elif (version.startswith("openslo") or not self._is_foreign(one)) and check_object(node, findings):
            (self.alpha if version == OPENSLO_ALPHA else self.objects).append(one)

    def _keep(self, definition: Definition | None) -> None:
        if definition is not None:
            self.read.append(definition)

    def _is_foreign(self, one: Object) -> bool:
        """Whether the object is of no known format, which is said here; in a folder it is passed over."""
        node, findings = one.node, one.findings
        version = node.get("apiVersion")
        if not isinstance(node.value, dict):
            return False
        if self.context.lenient:
            text = "This is no objective in a known format, and was passed over."
            findings.warn(node.line, "format", text, f"Known are {KNOWN}.", column=node.column)
        elif "service_name" in node.fields and "backend" in node.fields:
            text = "This is slo-generator's first format."
            findings.error(node.line, "api-version", text, "`slo-generator migrate` writes sre.google.com/v2.")
        else:
            text = f"apiVersion is {version.value!r}."
            remedy = f"Roadbed reads {KNOWN}."
            findings.error(version.line, "api-version", text, remedy, column=version.column)
        return True

    def done(self) -> Read:
        """All definitions without fault, and all findings in the order of the files."""
        self.read.extend(definitions_of(self.objects, complete=self.context.complete))
        for one in self.alpha:
            if one.kind == "SLO":
                self.read.extend(definitions_of_alpha(one, self.context))
        self._read_generated()
        by_file = {findings.file: findings for findings in self.files}
        self._refuse_long_names(by_file)
        sound = [one for one in self.read if check_queries(one, by_file[one.file])]
        self._say_same_names(by_file)
        promised = [(one.service, one.name) for one in self.read]
        check_together(self.journeys, by_file, promised, complete=self.context.complete)
        place = {findings.file: number for number, findings in enumerate(self.files)}
        sound.sort(key=lambda one: (place[one.file], one.document, one.line))
        found: list[Finding] = [finding for findings in self.files for finding in findings.sorted()]
        return Read(tuple(sound), tuple(dict.fromkeys(found)), self.catalogues, tuple(self.journeys))

    def _read_generated(self) -> None:
        steps: dict[str, Steps] = {}
        periods: dict[str, int] = {}
        for config in self.configs:
            more = policies_of(config.node, config.findings)
            steps.update(more[0])
            periods.update(more[1])
        for one in self.generated:
            made = definition_of_slo_generator(
                one.node, one.findings, self.context, steps, periods, document=one.document
            )
            self._keep(made)

    def _refuse_long_names(self, by_file: dict[str, Findings]) -> None:
        for one in self.read:
            if len(one.name) > NAME_LIMIT:
                text = f"The name {one.name[:40]!r}… is longer than {NAME_LIMIT} characters."
                by_file[one.file].error(one.line, "name", text, "Shorten it.")

    def _say_same_names(self, by_file: dict[str, Findings]) -> None:
        """Warn of objectives of one name and service in different documents; each may be meant for its own place."""
        seen: dict[tuple[str, str], Definition] = {}
        for one in self.read:
            former = seen.setdefault((one.service, one.name), one)
            if (former.file, former.document) != (one.file, one.document):
                text = f"{one.service} has another objective named {one.name!r} in {former.file}:{former.line}."
                by_file[one.file].warn(one.line, "duplicate-name", text, "Give each its own name.")
