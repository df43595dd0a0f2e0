"""The rules of `roadbed slo lint`: what each refuses or warns of, and why it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from roadbed.reliability.objectives.rules.openslo.findings import ERROR, WARNING

BOTH: Final = f"{ERROR} or {WARNING}"


@dataclass(frozen=True, slots=True)
class LintRule:
    """One rule as the reference shows it."""

    name: str
    severity: str
    finds: str


_TABLE: Final = (
    ("encoding", ERROR, "A file that is not UTF-8 text."),
    ("yaml", ERROR, "A file that is not YAML, an alias that stands for nothing, a value that is no text."),
    ("file-size", ERROR, "A file over 1 MiB, nested over 60 deep or with over 100,000 values, aliases written out."),
    ("duplicate-key", ERROR, "A field that is given twice in one mapping."),
    ("number", ERROR, "A number that is none, infinite or beyond 40 digits."),
    ("empty", ERROR, "A file without objects."),
    ("object", ERROR, "An object that is no mapping."),
    ("format", WARNING, "In a folder, a document of no known format. It is passed over."),
    ("api-version", ERROR, "A version that is not read: the remedy names those that are."),
    ("kind", ERROR, "A kind that the format has not."),
    ("unknown-field", BOTH, ("A field that the format has not, with the nearest that it has. A warning for Sloth, "
     "which passes over such fields.")),
    ("missing-field", ERROR, "A field that is needed and is missing or empty."),
    ("wrong-type", ERROR, "A field that holds a list where a text belongs, and the like."),
    ("unknown-value", ERROR, "A value that is none of those which the field can have."),
    ("name", ERROR, "A name that is no label of RFC 1123 (OpenSLO), or cannot be part of a label value (Sloth)."),
    ("label-name", ERROR, "A label that Prometheus cannot have."),
    ("duplicate-name", BOTH, ("Two objects of one kind and name. An error for SLOs and SLIs of one file; a warning "
     "across files and for other kinds. `generate` refuses to make the same rules twice.")),
    ("reference", BOTH, ("A reference to an SLI, policy, condition, target, data source or error budget policy that is "
     "in none of the files. An error where an objective needs it; a warning for a policy by itself, and for a data "
     "source whose type stands beside it.")),
    ("target", ERROR, ("A target of 100% or more, of 0% or less, a percentage where a share is meant, or a share "
     "where a percentage is meant.")),
    ("window", BOTH, ("A window that is none, is longer than 366 days or shorter than an hour, rolls and has a "
     "calendar, or is no window of the period that the file is read for; alert windows out of order. A warning where "
     "30 days, or UTC's calendar, are taken because nothing is said.")),
    ("duration", ERROR, "A duration that is none, or not of whole minutes."),
    ("mixed-windows", ERROR, "Good and total, or parts of one query, that are counted over different ranges."),
    ("time-slice", BOTH, ("timeSliceTarget or timeSliceWindow that the budgeting method needs and lacks (an error), or "
     "has and does not use (a warning).")),
    ("threshold", WARNING, "A thresholdMetric whose objective says no op and value."),
    ("operator", WARNING, ("op beside a ratio, where it means nothing (OpenSLO's own examples "
     "have it); a burn-rate condition with lt or lte.")),
    ("source", ERROR, "An indicator that is none or several of those the format has, or lacks one of its sides."),
    ("latency-bound", ERROR, "A threshold that Roadbed's edge does not count at; the nearest are named."),
    ("selector", ERROR, "Series of a metrics page that are no selector, or one whose pattern may never end."),
    ("promql", ERROR, "A query whose brackets, quotes, operators or characters make it no PromQL."),
    ("promql-function", WARNING, "A function that Prometheus has not, with the nearest that it has."),
    ("window-placeholder", BOTH, ("A query that names no window (an error), or writes a range out where the window "
     "belongs (a warning; it is taken as the window).")),
    ("more-than-total", ERROR, ("A good or bad query that can count what the total does not, as far as label matchers "
     "tell: then more is good than there was.")),
    ("absent-series", WARNING, ("An error query that finds nothing until the first error: Sloth, Pyrra and "
     "slo-generator have no indicator then. Roadbed's own rules count zero.")),
    ("hidden-absence", WARNING, "A total with `or vector(0)`, which makes a target that is gone look idle."),
    ("bucket-bound", WARNING, "A _bucket series without le, which counts an event once for each bucket that holds it."),
    ("not-event-weighted", WARNING, ("An indicator that can only be averaged over minutes, since its counts are not "
     "given or do not add up.")),
    ("threshold-unreachable", BOTH, ("An alert threshold that even a total loss does not reach: a factor f needs a "
     "target above 1 − 1/f. An error for a file's own conditions, and where no window of an alert can ever fire; a "
     "warning for single windows of a table.")),
    ("alerts", ERROR, "An annotation roadbed.dev/burn-alerts that names no table of alerts and writes none."),
    ("alert-windows", ERROR, "Sloth's style for a period that no table of alert windows covers."),
    ("calendar-window", WARNING, "A calendar window of which Prometheus rules are made: they roll."),
    ("not-carried", WARNING, ("What cannot be taken over: Sloth's plugins, Pyrra's dynamic burn rates, back ends of "
     "slo-generator that answer no PromQL.")),
    ("journey-step", BOTH, ("A step of a journey that names neither an objective nor a journey, or both; a weight that "
     "is no whole number; a journey without a required step. A warning for a weight that says nothing.")),
    ("journey-cycle", ERROR, "A journey that leads back to itself over the journeys that are its steps."),
    ("not-evaluated-yet", WARNING, ("What Roadbed's server reads and does not evaluate yet; `roadbed slo evaluate` "
     "does.")),
)  # fmt: skip

RULES: Final = {name: LintRule(name, severity, finds) for name, severity, finds in _TABLE}
