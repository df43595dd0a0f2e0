"""One file in each format that Roadbed reads, all of them of one service, `checkout`."""

from __future__ import annotations

SLOTH = """\
version: prometheus/v1
service: checkout
labels: {owner: team-payments}
slos:
  - name: answered
    objective: 99.9
    description: Requests answered.
    labels: {tier: "1"}
    sli:
      events:
        error_query: sum(rate(http_requests_total{job="checkout",code=~"5.."}[{{ .window }}]))
        total_query: sum(rate(http_requests_total{job="checkout"}[{{ .window }}]))
    alerting:
      name: CheckoutBurning
      annotations: {runbook_url: "https://runbooks.example/checkout"}
      page_alert: {labels: {route: pager}}
      ticket_alert: {disable: true}
"""

SLOTH_KUBERNETES = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata: {name: checkout, namespace: shop}
spec:
  service: checkout
  slos:
    - name: answered
      objective: 99.9
      sli:
        raw:
          errorRatioQuery: |
            1 - (
              sum(rate(http_requests_total{code!~"5.."}[{{.window}}]))
              /
              sum(rate(http_requests_total[{{.window}}]))
            )
      alerting: {name: CheckoutBurning, pageAlert: {}, ticketAlert: {disable: true}}
"""

PYRRA_RATIO = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: checkout-answered, namespace: shop, labels: {pyrra.dev/team: payments, service: checkout}}
spec:
  target: "99.9"
  window: 4w
  description: Requests answered
  indicator:
    ratio:
      errors: {metric: 'http_requests_total{job="checkout",code=~"5.."}'}
      total: {metric: 'http_requests_total{job="checkout"}'}
      grouping: [handler]
"""
_LATENCY = """\
    latency:
      success: {metric: 'http_seconds_bucket{job="checkout",le="0.3"}'}
      total: {metric: 'http_seconds_count{job="checkout"}'}
"""
_NATIVE = """\
    latencyNative:
      latency: 300ms
      total: {metric: 'http_seconds{job="checkout"}'}
"""
_GAUGE = """\
    bool_gauge:
      metric: probe_success{job="checkout"}
"""


def _pyrra(indicator: str) -> str:
    return PYRRA_RATIO.partition("    ratio:")[0] + indicator


PYRRA_LATENCY, PYRRA_NATIVE, PYRRA_GAUGE = _pyrra(_LATENCY), _pyrra(_NATIVE), _pyrra(_GAUGE)

SLO_GENERATOR = """\
apiVersion: sre.google.com/v2
kind: ServiceLevelObjective
metadata:
  name: checkout-answered
  labels: {service_name: checkout, feature_name: api, slo_name: answered}
spec:
  description: Requests answered
  backend: prometheus
  method: good_bad_ratio
  exporters: []
  service_level_indicator:
    filter_good: http_requests_total{job="checkout",code!~"5.."}
    filter_valid: http_requests_total{job="checkout"}
  goal: 0.999
"""
SLO_GENERATOR_CONFIG = """\
backends: {prometheus: {url: "http://127.0.0.1:9090"}}
error_budget_policies:
  default:
    steps:
      - {name: 1 hour, burn_rate_threshold: 9, alert: true, message_alert: Page, message_ok: Fine, window: 3600}
      - {name: 28 days, burn_rate_threshold: 1, alert: false, message_alert: Freeze, message_ok: Go, window: 2419200}
"""
SLO_GENERATOR_CUT = SLO_GENERATOR.replace("good_bad_ratio", "distribution_cut").replace(
    """    filter_good: http_requests_total{job="checkout",code!~"5.."}
    filter_valid: http_requests_total{job="checkout"}
""",
    """    expression: http_seconds_bucket{job="checkout"}
    threshold_bucket: 0.25
""",
)
SLO_GENERATOR_QUERY = SLO_GENERATOR.replace("good_bad_ratio", "query_sli").replace(
    """    filter_good: http_requests_total{job="checkout",code!~"5.."}
    filter_valid: http_requests_total{job="checkout"}
""",
    """    expression: sum(rate(http_requests_total{code=~"2.."}[window])) / sum(rate(http_requests_total[window]))
""",
)
SLO_GENERATOR_ELSEWHERE = SLO_GENERATOR.replace("backend: prometheus", "backend: cloud_monitoring/prod")

OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: answered}
spec:
  service: checkout
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: 'sum(http_requests_total{code=~"5.."})'}}}
        total: {metricSource: {type: Prometheus, spec: {query: 'sum(http_requests_total)'}}}
  timeWindow: [{duration: 30d, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{target: 0.999}]
"""

WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 30d
  page:
    quick: {errorBudgetPercent: 2, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 10, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 10, shortWindow: 6h, longWindow: 3d}
"""

ALL = {
    "openslo": OPENSLO,
    "sloth": SLOTH,
    "sloth-kubernetes": SLOTH_KUBERNETES,
    "pyrra-ratio": PYRRA_RATIO,
    "pyrra-latency": PYRRA_LATENCY,
    "pyrra-native": PYRRA_NATIVE,
    "pyrra-gauge": PYRRA_GAUGE,
    "slo-generator": SLO_GENERATOR,
    "slo-generator-cut": SLO_GENERATOR_CUT,
    "slo-generator-query": SLO_GENERATOR_QUERY,
}
