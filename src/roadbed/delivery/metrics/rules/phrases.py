"""How people put it when they take a change back, mend a fault or had planned to, in several languages; lists alone."""

from __future__ import annotations

import re
from typing import Final

BACK: Final = (
    r"(?:re-?revert(?:s|ed|ing)?|revert(?:s|ed|ing|ir|ido)?|revierte|reverter|back(?:s|ed|ing)?[ -]?out(?: of)?"
    r"|und(?:o|oes|oing|id|one)|roll(?:s|ed|ing)?[ -]?back(?: of)?|zurück(?:genommen|gerollt|nehmen|rollen|setzen)"
    r"(?: von)?|rückgängig(?: gemacht| machen)?|rückbau(?: von)?|retour arrière(?: sur)?|deshac(?:er|e|iendo)"
    r"|anular?|annul(?:e|er|é|ation de)|annulla)"
)
UNDOING: Final = (
    "revert", "revier", "back out", "back-out", "backout", "backed out", "backing out", "backs out", "undo",
    "undid",
    "roll", "rückbau", "retour", "zurück", "rückgängig", "desha", "anula", "annul", "out again", '"', "“", "«",
)  # fmt: skip
"""At least one is in every subject that takes something back, in small letters."""
REVERT: Final = re.compile(
    rf"^\W*(?:(?:this|partial(?:ly)?|parts? of|please|git|se|(?:pull request|pr|mr) [#!]?\d+:"
    rf"|(?:chore|fix|build|ci)\((?=revert)) ?)*(?P<verb>{BACK})"
    r"\b[)\]]?(?:\([^)]*\))?!?(?P<to> to\b)?(?:[:,]| of| the)? *(?P<title>.*)$",
    re.IGNORECASE,
)
QUOTED: Final = re.compile(r"[\"“„«] ?([^\"”“»]{4,}?) ?[\"”“»]")
OUT_AGAIN: Final = re.compile(
    r"^\W*(?:remov|drop|disabl|tak|pull|switch|turn)\w*\b.{0,20}[\"“„«]|^\W*(?:pull|take|back"
    r"|rip)\b.{1,80}\b(?:back out|out again)\b|^\W*nimm\b.{1,80}\bzurück\b"
    r"|^.{1,80}\b(?:zurückgenommen|zurückgerollt|rückgängig gemacht|revertido|backed out|rolled back|reverted)\W*$",
    re.IGNORECASE,
)
SURE: Final = re.compile(r"re-?revert|revert|revier|zurückg|rückgängig g|rückbau|retour", re.IGNORECASE)
"""Verbs that say alone that a change is taken back; the others also name what people do with the product."""
NOT_RUNNING: Final = re.compile(
    r"^(?:the )?(?:unneeded|formatting|whitespace|indentation|typos?|comments?|docs?|documentation|readme|style"
    r"|lint\w*"
    r"|changelog)\b",
    re.IGNORECASE,
)
RELAND: Final = re.compile(
    r"^\W*(?:re-?appl(?:y|ies|ied)|re-?land(?:s|ed|ing)?|roll(?:s|ed|ing)? ?-?forward|re-?introduc(?:e|es|ed)"
    r"|re-?merge[sd]?|re-?instat(?:e|es|ed)|re-?enabl(?:e|es|ed)|un-?revert(?:s|ed)?"
    r"|revert(?:s|ed|ing)? (?:the |of (?:the )?)?revert|land .{1,80} (?:again|a second time))\b",
    re.IGNORECASE,
)
BROUGHT_BACK: Final = re.compile(r"^\W*(?:bring(?:s|ing)? back|restore)\b", re.IGNORECASE)
"""Brings something again, unless the text says that something is reverted to that end."""
TAKEN_BACK: Final = re.compile(r"\brevert(?:s|ed|ing)?:? (?P<what>[^\n]*)", re.IGNORECASE)
OF_A_REVERT: Final = re.compile(r"(?:of )?(?:the |a )?re-?vert\b", re.IGNORECASE)
"""Begins what is taken back where that is a revert, so that a change is there again."""
CHERRY: Final = re.compile(r"\(?cherry[- ]picked from (?:commit )?[0-9a-f]{7,64}\)?", re.IGNORECASE)
SHA: Final = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b")
BARE_NUMBER: Final = re.compile(r"^(\d{1,7})\b")
ANY_NUMBER: Final = re.compile(r"[#!](\d+)\b")

HOTFIX: Final = re.compile(
    r"^\W*(?:(?:prod(?:uction)?|live|fix|release|urgent|emergency|critical|apply|deploy|ship|security)[\W_]+)?"
    r"hot[- ]?fix\b(?! (?:process|policy|guide|button|branch|label|check-?list|docs?|template|pipeline|training"
    r"|runbook"
    r"|rules?|workflow|steps?))|^\W*hf\b[:/]|^\W*(?:production|prod|live)[\W_]+fix\b|^\W*break[- ](?:the )?glass\b"
    r"|^\W*quick[- ]?fix (?:to|for|in|on) (?:prod|production|live)\b"
    r"|^\W*(?:notfall|eil|sofort|blitz)-?(?:fix|patch|korrektur|behebung|update)\b",
    re.IGNORECASE,
)
URGENCY: Final = re.compile(
    r"\b(?:urgent\w*|urgen[cz]\w*|emergenc\w*|emergenza|emergência|notfall\w*|dringend\w*|sofort\w*|eilig\w*"
    r"|expedited|out[- ]of[- ]band"
    r"|critical|asap|right now|immediate(?:ly)?|p0|p1|sev-?[01])\b",
    re.IGNORECASE,
)
FIXING: Final = re.compile(
    r"\b(?:(?:hot|bug)?fix(?:es|ed)?|patch|repair|stop|mend|restore|do not|don't|guard|handle|close|unbreak"
    r"|korrektur|behebung|reparier\w*|beheb\w*|korrigier\w*"
    r"|parche|arreglo|corrección|reparación|solución|correctif|correction|réparation|correzione|soluzione"
    r"|correção)\b",
    re.IGNORECASE,
)
BEGINNING: Final = 60
"""Letters of a subject among which both stand in what is mended in a hurry."""
HOTFIX_LABEL: Final = re.compile(r"(?:^|[^a-z])hot[-_ ]?fix(?:$|[^a-z])", re.IGNORECASE)
URGENT_LABEL: Final = re.compile(
    r"(?:^|[^a-z])(?:emergency|urgent|break-?glass|p0|sev-?[01])(?:$|[^a-z0-9])", re.IGNORECASE
)
"""What makes a hotfix of a fix, and nothing of anything else."""
HOTFIX_BRANCH: Final = re.compile(r"^merge\b.*(?:from |branch ['\"`]?)\S*\bhot-?fix", re.IGNORECASE)

PEOPLE: Final = (
    r"(?:users?|customers?|clients?|merchants?|tenants?|visitors?|shoppers?|drivers?|guests?|partners?|people"
    r"|everyone"
    r"|patients?|students?|pupils?|teachers?|riders?|passengers?|buyers?|sellers?|readers?|members?|subscribers?"
    r"|parents?|citizens?|players?|travell?ers?|hosts?|doctors?|nurses?|viewers?|listeners?|candidates?|employees?"
    r"|callers?|dispatchers?|couriers?|tutors?|agents?|kunden|kundinnen|nutzer|anwender|clientes|usuarios"
    r"|utilisateurs|utenti|clienti)"
)
BAD: Final = (
    r"(?:broken?|broke|wrong|fail(?:s|ing|ed|ures?)?|down|missing|empty|blank|slow(?:er)?|crash(?:es|ing|ed)?"
    r"|los(?:t|es?|ing)|corrupt(?:ed|s)?|duplicat(?:ed?|es)|stuck|hang(?:s|ing)?|errors?|5xx|500s?|unavailable"
    r"|unusable|stale|negative|timeouts?|falsch\w*|kaputt|fehler\w*|roto|incorrect\w*|cassée?|faux)"
)
CAUSED: Final = (
    r"(?:caus(?:ed|es)|broke|br(?:ought|ings)|introduc(?:ed|es)|led to|start(?:ed|s)|is (?:to blame"
    r"|the (?:cause|culprit)))"
)
_DID: Final = (
    r"(?:caus(?:ed|es)|broke|brought|introduced|forgot|missed|dropped|removed|lost|left|miscounted|ignored|skipped"
    r"|swapped|overwrote|mixed up|is to blame|(?:is|was) the (?:cause|culprit))"
)
FAULT: Final = re.compile(
    rf"\b(?:regress(?:ion|ions|ed|es)?|{BAD}[\w ,]{{0,30}} (?:since|after|again)|unplanned|unscheduled|out of plan"
    r"|(?:not|never) (?:planned|scheduled|in (?:the|this|any) (?:sprint|plan))|nobody (?:had )?planned"
    rf"|{CAUSED} (?:this|it|that|the (?:fault|bug|problem|error))|fall-?out (?:of|from)|side effect of"
    rf"|(?<!no )(?<!any )(?<!before )(?<!some )(?<!which ){PEOPLE} (?:now |are |still |have |do |sehen |ven "
    rf"|voient )?"
    r"(?:not )?(?:see(?:ing)?|saw|report(?:ed|ing|s)?|los(?:e|t|ing)|notic(?:e|ed|ing)|complain(?:ed|ing)?"
    r"|hit(?:ting)?"
    r"|affected|blocked|stuck|cannot|could not|couldn't|can ?no(?:t| longer)|can't|(?:were |are )?unable"
    r"|(?:were )?locked out"
    r"|(?:were )?(?:double-)?charged|met|got (?:errors?|timeouts?|nothing|5\d\d)|afectados|touchés|betroffen"
    r"|phoned|called|wrote|leere|falsche|sumas|faux|des|gemeldet|haben|konnten|können)"
    rf"|happened to (?:\w+ ){{0,3}}{PEOPLE}|(?:was|were|went|is) down"
    r"|[a-z]{3,}s (?:could not|couldn't|were (?:unable|locked out|lost|billed twice|charged twice)"
    r"|found it (?:empty|broken|wrong)"
    r"|g[eo]t (?:an? )?(?:errors?|[45]\d\d|timeouts?)|complained|phoned|wrote to us|called us)"
    rf"|{BAD} for (?:\w+ ){{0,4}}{PEOPLE}|since the (?:deploy\w*|release)"
    rf"|(?:reported|noticed|seen|flagged|raised|found|gemeldet) (?:by|von) (?:\w+ ){{0,3}}{PEOPLE}|(?:reported"
    rf"|flagged"
    rf"|raised) by support|visible to (?:all |our )?{PEOPLE}"
    rf"|{BAD}[\w ,]{{0,40}} in prod(?:uction)?\b|in prod(?:uction)?\b[\w ,]{{0,40}} (?:{BAD}|nobody could)"
    r"|support (?:tickets?|cases?|calls?)|(?:help ?-?desk|hotline|service desk|call cent(?:re|er)) (?:got|has"
    r"|had|is|was)"
    r"|complaints?|escalat(?:ed|ion)|on-?call (?:was )?paged"
    r"|inc(?:ident)?[- #]?\d+|post-?mortem fix|(?:production|prod|live) (?:bug|fault|issue|outage|error"
    r"|is (?:broken|down))"
    r"|outage|since (?:the )?(?:last|latest|yesterday's|today's|this morning's|friday's"
    r"|monday's) (?:release|deploy\w*))\b",
    re.IGNORECASE,
)
FAULTS: Final = (
    "regress", "since", "after", "again", "plan", "schedul", "sprint", "caus", "broke", "brought", "brings",
    "introduc", "led to", "started", "starts", "blame", "culprit", "fallout", "fall-out", "side effect", "user",
    "customer", "client", "merchant", "tenant", "visitor", "shopper", "driver", "guest", "partner", "people",
    "everyone", "patient", "student", "pupil", "teacher", "rider", "passenger", "buyer", "seller", "reader",
    "member",
    "subscriber", "parent", "citizen", "player", "travel", "host", "doctor", "nurse", "viewer", "listener",
    "candidate", "employee", "caller", "dispatcher", "courier", "tutor", "agent", "kund", "nutzer", "anwender",
    "usuario", "utilisateur", "utenti", "support", "happened to", " down", "help", "hotline", "service desk",
    "call cent", "complaint",
    "could not", "couldn't", "were ", "found it", "got ", "get ", "complained", "phoned", "wrote to us", "called us",
    "escalat", "paged", "inc", "mortem", "prod", "live ", "outage",
)  # fmt: skip
"""At least one is in whatever FAULT finds, in small letters."""
HOTFIXES: Final = (
    "hotfix", "hot-fix", "hot fix", "urgen", "emergency", "critical", "p0", "p1", "sev", "production", "prod",
    "live",
    "quick", "break", "notfall", "eil", "sofort", "blitz", "hf", "urgen", "emerg", "dringend", "expedited",
    "of band",
    "of-band", "asap", "right now", "immediate",
)  # fmt: skip
"""At least one is in whatever HOTFIX finds, in small letters."""
OFFER: Final = re.compile(
    r"^\W*(?:feat(?:ure)?\b|add|alert|notify|remind|ask|page|keep|show|let|allow|tell|warn|report|support|new"
    r"|export|import|group|suggest|introduce"
    r"|offer|enable|document|display|explain|write)\b",
    re.IGNORECASE,
)
PLANNED: Final = re.compile(
    r"(?<!not )(?<!never )\b(?:planned (?:for|in|as|since|work)|(?:is|was|as|long) planned|in the backlog"
    r"|from the backlog"
    r"|on the roadmap|known (?:since|for|issue)"
    r"|(?:found|caught|detected|spotted|seen|turned up) (?:on|in|during|by) (?:the |code |our )*(?:staging"
    r"|test\w*|qa"
    r"|review|ci)"
    r"|found while|forward[- ]port|tech(?:nical)? debt|scheduled (?:for|in)|not a fault|no fault|no incident"
    r"|never (?:live|released|shipped|deployed)|not (?:yet )?(?:live|released|shipped)"
    r"|no (?:customer|user|client|production) (?:impact|effect)|internal (?:tool|only)|on our list|old ticket"
    r"|im backlog|(?:ein)?geplant|länger bekannt|planificad[oa]|previst[oa]|prévue?|planifiée?"
    r"|before (?:the )?(?:launch|release|go-?live)\b"
    rf"|no(?:body| \w+)? ?(?:{PEOPLE} )?(?:noticed|saw|complained|was affected|were affected)"
    rf"|before any(?:one|body| {PEOPLE}))\b|\b(?<!not )(?<!not in )(?<!outside )(?:for|in) (?:this|the"
    rf"|next) sprint\b",
    re.IGNORECASE,
)
FIX: Final = re.compile(
    r"^\W*(?:cherry-?pick(?:ed)?:? )?(?:(?:bug-?|forward-?|follow-?up )?fix(?:e[sd])?\b|bug\b|correct\b"
    r"|repair\b|mend\b"
    r"|handle\b|guard\b|prevent\b|avoid\b|stop\b|do not\b"
    r"|don't\b|resolve\b|patch\b|restore\b|unbreak\b|never\b|make sure\b|ensure\b"
    r"|behebt\b|behebe\b|fehler behoben|korrigier\w*|repariere?\b|corrige\w*|corregir\b|arregl\w+|soluciona\w*"
    r"|répare\w*|corrig\w+|correctif\b)"
    r"|\b(?:behoben|repariert|korrigiert|corregido|arreglado|corrigée?)$"
    r"|^(?!\W*(?:re-?)?(?:try|land)).*(?:\bagain$|\bwieder\b|\bvuelven? a\b|\bde nouveau\b|\bback to \d"
    r"|\b(?:off|out) again\b)",
    re.IGNORECASE,
)
FIXES: Final = (
    "fix", "bug", "correct", "repair", "mend", "handle", "guard", "prevent", "avoid", "stop", "do not", "don't",
    "resolve", "patch", "restore", "unbreak", "never", "make sure", "ensure", "beh", "korrig", "repar", "corr",
    "arregl", "soluciona", "répar", "again", "wieder", "vuelve", "de nouveau", "back to",
)  # fmt: skip
"""At least one is in whatever FIX finds, in small letters."""
FIX_LABELS: Final = re.compile(r"\b(bug|bugfix|fix|regression|defect|fault|incident)\b", re.IGNORECASE)
NEUTRAL: Final = re.compile(
    r"\b(?:clos(?:es?|ed)|refs?|relat(?:es|ed) to|part of|like|similar to|same as|behind|needs|depends on"
    r"|stacked on"
    r"|on top of|builds on|prepar(?:es|ing) for|cc|backport of|port of|issue|ticket)\W{0,3}$",
    re.IGNORECASE,
)
"""Before the name of a change: it is named, and not blamed."""
VERSION: Final = re.compile(r"(?<!to )(?<!to v)(?<![\d.])\bv?(\d+\.\d+(?:\.\d+)*)\b", re.IGNORECASE)
"""Any that was deployed before may be blamed, apart from one that is moved to."""
