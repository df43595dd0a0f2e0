"""Whether somebody else's continuous delivery already deploys the repository."""

from __future__ import annotations

import re

from roadbed.platform.paths.adopting.findings import HIGH, MEDIUM, Evidence, Listing, Proposal

_PIPELINES = re.compile(
    r"^(?:\.github/workflows/[^/]+\.ya?ml|\.gitlab-ci\.yml|Jenkinsfile|\.circleci/config\.yml|azure-pipelines\.yml"
    r"|bitbucket-pipelines\.yml|\.drone\.yml|\.woodpecker\.yml|\.buildkite/[^/]+\.yml)$"
)
_DEPLOYS = re.compile(
    r"kubectl\s+(?:apply|set\s+image|rollout)|\bhelm\s+(?:upgrade|install)\b|\bargocd\s+app\b|\bflyctl?\s+deploy\b"
    r"|\bkamal\s+deploy\b|\bcap\s+\w+\s+deploy\b|\bansible-playbook\b|\bserverless\s+deploy\b|\bsls\s+deploy\b"
    r"|\bvercel\b.*--prod|\bgit\s+push\s+(?:heroku|dokku|piku)\b|\bgcloud\s+(?:run|app)\s+deploy\b|\beb\s+deploy\b"
    r"|\baws\s+(?:ecs\s+update-service|deploy\b)|\bnomad\s+job\s+run\b|\bterraform\s+apply\b|\bskaffold\s+run\b"
    r"|\bwrangler\s+deploy\b|\bdocker\s+stack\s+deploy\b|\brailway\s+up\b|\baz\s+webapp\b"
    r"|uses:\s*\S*(?:deploy|flyctl|heroku|ecs-deploy)\S*@|uses:\s*\S+/\S*-deploy\S*@",
    re.IGNORECASE,
)
_NAMED_SO = re.compile(
    r"""^\s*(?:-\s+)?(?:name:\s*["']?\s*deploy\b|deploy[\w-]*:\s*$|stage:\s*["']?deploy)|stage\(\s*["']\s*deploy""",
    re.IGNORECASE,
)
_OURS = re.compile(r"\broadbed\s+deploy\b")
_PAGES = re.compile(r"deploy-pages@|gh-pages|github-pages", re.IGNORECASE)
_THROWAWAY = re.compile(r"\bkind-action@|\bkind create cluster\b|\bminikube\b|\bk3d\b", re.IGNORECASE)
"""A cluster that is made for the test and thrown away is no deployment."""
_ARGO = re.compile(r"^apiVersion:\s*argoproj\.io/")
_FLUX = re.compile(r"^apiVersion:\s*(?:kustomize|helm)\.toolkit\.fluxcd\.io/")
_PLATFORM_FILES = {
    "fly.toml": "fly.io",
    "render.yaml": "Render",
    "vercel.json": "Vercel",
    "netlify.toml": "Netlify",
    "config/deploy.yml": "Kamal",
    "serverless.yml": "Serverless",
}


def propose_deployer(listing: Listing) -> Proposal:
    """`external` where a pipeline deploys it, else `roadbed`."""
    named: Proposal | None = None
    for path in sorted(listing.contents):
        text = listing.contents[path]
        if not _PIPELINES.match(path) or _OURS.search(text) or _THROWAWAY.search(text):
            continue
        for number, line in listing.lines(path):
            if _PAGES.search(line):
                continue  # a documentation site is not the service
            evidence = Evidence(path, number, line.strip()[:160])
            if _DEPLOYS.search(line) and not line.lstrip().startswith("#"):
                return Proposal("deployed-by", "external", HIGH, f"{path} deploys it", (evidence,))
            if named is None and _NAMED_SO.search(line):
                named = Proposal("deployed-by", "external", MEDIUM, f"{path} has a deploy step", (evidence,))
    return named or _from_manifests(listing) or _from_platform_file(listing) or _nobody()


def _from_manifests(listing: Listing) -> Proposal | None:
    for path in sorted(listing.contents):
        if path.endswith((".yaml", ".yml")):
            for pattern, tool in ((_ARGO, "Argo CD"), (_FLUX, "Flux")):
                if hit := listing.first_line(path, pattern):
                    return Proposal("deployed-by", "external", HIGH, f"{tool} deploys it", (hit[0],))
    return None


def _from_platform_file(listing: Listing) -> Proposal | None:
    for path, platform in _PLATFORM_FILES.items():
        if path in listing.files:
            return Proposal("deployed-by", "external", MEDIUM, f"{path} is {platform}'s", (Evidence(path, 0, ""),))
    return None


def _nobody() -> Proposal:
    return Proposal("deployed-by", "roadbed", MEDIUM, "no pipeline in the repository deploys it")
