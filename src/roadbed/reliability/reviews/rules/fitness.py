"""Whether an action is fit to be tracked: a mechanism that touches its factor, one owner, evidence others can check."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

VAGUE, TRAIN, STUDY, UNRELATED, NO_OWNER, NO_EVIDENCE = (
    "vague", "train_or_be_careful", "investigate_only", "unrelated", "no_owner", "no_evidence",
)  # fmt: skip
HINTS: Final = {
    VAGUE: "Name the mechanism: what will be different, where, and what will refuse, limit, show or undo it?",
    TRAIN: "It asks people to be better. What would stop the next one if everybody were tired?",
    STUDY: "It ends in a finding. Write the question under open questions, and the change here.",
    UNRELATED: "It does not touch this factor. Which lever moves: remove, less likely, sooner, smaller, faster?",
    NO_OWNER: "Name one person; a group owns nothing on the day it is due.",
    NO_EVIDENCE: "Say what somebody else could look at: a test, a rule, a figure, a drill.",
}

_STUDY: Final = re.compile(
    r"^(?:let['’]?s |we |to |please )?(?:(?:should|will|need to|must) )?(?:further |"
    r"jointly )?(?:investigat\w+|look (?:into|at)|analy[sz]\w+|research|"
    r"explor\w+|discuss\w*|think about|consider\w*|evaluat\w+|understand\w*|find out|figure out|deep[- ]dive|"
    r"study|review(?: why| how| the| our| all|ing)?|"
    r"audit|assess\w*|reproduce|map|go (?:through|over)|commission|pen-?test|form an?|"
    r"set up an? (?:working group|task ?force|meeting|committee)|"
    r"survey|compare|benchmark|spike|check (?:whether|if|why|how|what|with)|collect (?:ideas|options|"
    r"feedback)|brainstorm|proof of concept|poc|"
    r"talk (?:to|with)|meet with|hold an? (?:meeting|retrospective|workshop)|schedule an? (?:meeting|call|"
    r"workshop)|propose|draft|"
    r"root[- ]cause|gather|identify|clarify with|ask (?:the )?vendor (?:why|for)|read up|examine|inspect|"
    r"monitor the situation|keep an eye|watch)\b",
    re.IGNORECASE,
)
_TRAIN: Final = re.compile(
    r"\b(?:be|stay|become|remain) (?:more |extra |very )?(?:careful|aware|mindful|vigilant|alert|attentive|"
    r"cautious|diligent|disciplined)\b|"
    r"\b(?:take|taking|with|more|special|extra|greater) (?:more |special |extra )?care\b|\bpay (?:more |"
    r"closer |special )?attention\b|\bdouble[- ]?check\w*\b|"
    r"\bremember to\b|\bremind\w*\b|\btrain(?:ing)?\b(?! (?:data|set|run|job|model|pipeline))|\bretrain\b|"
    r"\beducat\w+|\bawareness\b|\bencourag\w+|\bnewsletter\b|\blunch and learn\b|\bbrown[- ]bag\b|"
    r"\btry (?:harder|to)\b|\bby eye\b|\bmake (?:it )?(?:clear|sure|certain) (?:to|that|everyone|everybody|"
    r"all|people|staff|they)\b|\bmake sure (?:they|we|you|everyone|people|all)\b|"
    r"\bimportance of\b|\bcommunicat\w+ (?:better|more|clearly|the)|\bfollow (?:the|our) (?:process|runbook|"
    r"checklist|procedure|rules?|policy|guideline)\w*|"
    r"^(?:re-?)?(?:tell|inform|ask|notify|advise|instruct|urge|warn|brief|coach|mentor|motivate|teach|appeal|"
    r"announce|mail|e-?mail|write to|tweet|post|blog|publish a (?:post|blog)|"
    r"share (?:the|our|this|lessons|knowledge)|present|spread|send|circulate|emphasi[sz]e|stress|raise)\b|"
    r"^document\b|^write (?:a |an |up |down )?(?:wiki|guide|guideline|documentation|doc|howto|post|page|"
    r"best practice)\w*|"
    r"^(?:run|hold|organi[sz]e|give|offer|do|conduct) (?:an? |the |some )?(?:[\w-]+ )?(?:training|workshop|"
    r"session|course|talk|presentation|class|seminar|awareness|onboarding)\b|"
    r"^avoid \w+ing\b|^(?:never|always|don['’]t|do not|no more|stop) \w+|\bblog post\b|\bposter\b|\bculture\b|"
    r"\bmindset\b|\bbetter (?:communication|discipline|handover)\b",
    re.IGNORECASE,
)
_PEOPLE_DO: Final = re.compile(
    r"^(?:everyone|everybody|all(?: \w+)?|each \w+|every \w+|(?:the |our )?(?:[\w-]+ )?(?:team|teams|staff|"
    r"crew|shift|engineers?|developers?|operators?|managers?|"
    r"editors?|commanders?|reviewers?|owners?|people|users|technicians?|admins?|dbas?|marketing|support|sales|"
    r"product|legal|ops|sre|on-call|"
    r"vendors?|contractors?|leads?|authors?|approvers?|responders?|planners?|colleagues?|testers?)) (?:must|"
    r"should|shall|to|need to|needs to|has to|have to|will|ought to|are asked to|is asked to|agree to|"
    r"promise to)\b",
    re.IGNORECASE,
)
_BARE: Final = re.compile(
    r"^(?:improv\w+|better|enhanc\w+|optimi[sz]\w+|strengthen\w*|fix|harden\w*|increas\w+|reduc\w+|ensur\w+|"
    r"make|get|bring|close|clarify|rethink|reconsider|"
    r"prioriti[sz]\w+|address|tackle|simplif\w+|moderni[sz]\w+|streamline|mature|trust|be|work on|focus on|"
    r"invest in|review|raise|lower|avoid|prevent|"
    r"minimi[sz]\w+|maximi[sz]\w+|support|establish|create more|more|higher|faster|robust\w*|stabili[sz]\w+|"
    r"clean up|tidy|professionali[sz]e|level up|step up|"
    r"push for|aim|strive|care|own|consolidate|align|foster|promote|upgrade our|revisit|refactor|handle|"
    r"manage|mitigate|eliminate|remove the risk|limit the risk|"
    r"speed up|scale|solve|resolve|deal with|beef up|tighten|sharpen|up our|do better)\b",
    re.IGNORECASE,
)
_BETTER: Final = re.compile(
    r"\b(?:more|better|enough|sufficient|adequate|proper(?:ly)?|appropriate(?:ly)?|as needed|"
    r"where (?:possible|needed|appropriate)|going forward|in general|overall|"
    r"robust\w*|resilien\w+|reliab\w+|scal(?:e|es|able|ability)|visib\w+|standards?|best practices?|gaps?|"
    r"roles and responsibilities|serious|maturity|quality|hygiene|posture|"
    r"stable|stability|efficien\w+|regularly|in the future|next time|state of the art|holistic\w*|"
    r"proactive\w*|resilience|hardening|safer|dependency on)\b",
    re.IGNORECASE,
)
_MECHANISM: Final = re.compile(
    r"\d|;|`|\bso that\b|\bunless\b|\buntil\b|\binstead of\b|\bby (?:an? |the |its )?\w+(?:ing|er|or|row|"
    r"probe|job|timer|rule|default|event|test|script|check|limit|budget|policy)\b|\brefus\w+|\bblock(?:s|ed|"
    r"ing)?\b|"
    r"\balerts?\b(?! at launch)|\bpages? (?:the|when|at|on|if)\b|\bfails?\b|\breject\w*|\bautomatic\w*|"
    r"\bby default\b|\bnightly\b|\bhourly\b|\bweekly\b|\bquarterly\b|\brequir\w+ (?:a|an|two|the)\b|"
    r"\bgate\b|\bcap(?:s|ped)?\b|\blimit (?:of|per|each|at)\b|\bexpir\w+|\btimeout\b|\bper (?:key|tenant|user|"
    r"service|region|node|pod|request|host|team|customer)\b|\bwhen (?:a|an|the|it|its|\w+ (?:size|load|"
    r"lag))\b|"
    r"\bcanary\b|\bread-?only\b|\bversioning\b|\bidempoten\w+|\bdead-?letter\b|\bbackoff\b|\bcircuit\b|"
    r"\bquota\b|\bdry[- ]run\b|\bconfirm\w*|\bpartition\w*|\breplica\w*|\bseparate\b|\bisolat\w+",
    re.IGNORECASE,
)
_OTHERWISE: Final = re.compile(
    r"\b(?:dark theme|theme|front page|logo|colou?rs?|icons?|rebrand\w*|headsets?|chairs?|office|t-?shirts?|"
    r"stickers?|mascot|snacks|coffee|party|offsite|team event)\b|"
    r"^(?:redesign|rewrite|rename|restyle|translate|beautif\w+)\b|\bfrom version \S+ to\b|\bto the (?:newer|"
    r"newest|latest) (?:kernel|version|release|\w+)\b|^upgrade\b|"
    r"^(?:support|add support for|implement|launch|introduce|offer) (?:(?-i:[A-Z]{2,})\b|new |an? new )|"
    r"^(?:migrate|port|move) (?:\w+ ){1,4}to (?:rust|go|java|kotlin|python|the new|version|react|"
    r"typescript)\b|"
    r"^(?:buy|purchase|order) (?:new )?(?!.*\b(?:batter\w+|ups|generator|licen\w+|capacity|disks?|servers?)\b)",
    re.IGNORECASE,
)
_ABOUT_AGE: Final = re.compile(
    r"\b(?:version|upgrad\w+|old|older|outdated|legacy|end of life|unsupported|deprecat\w+)\b", re.IGNORECASE
)

_GROUP: Final = re.compile(
    r"\b(?:teams?|squads?|guilds?|departments?|dept|tribes?|chapters?|groups?|committee|board|leads|managers|"
    r"engineers|developers|owners|operators|admins|everyone|everybody|all|"
    r"tbd|tba|n/?a|none|unknown|unassigned|nobody|whoever|somebody|someone|various|several|multiple|sre|sres|"
    r"ops|devops|dba|dbas|qa|platform|infra\w*|facilities|it|hr|legal|marketing|"
    r"support|security|engineering|product|management|vendor|on-call|oncall|the|office|desk|staff|service|"
    r"services|org|organisation|organization|council|crew|rota|department|landlord)\b",
    re.IGNORECASE,
)
_SEVERAL: Final = re.compile(r",|/|&|\+|\band\b|\bor\b|;|\bund\b|\bet\b", re.IGNORECASE)
_NOTHING: Final = re.compile(
    r"^\W*(?:none|n/?a|tbd|tba|nothing|unknown|later|-|—|\?+|no|not yet|to be (?:defined|decided|done)|open|"
    r"see above)?\W*$",
    re.IGNORECASE,
)
_FELT: Final = re.compile(
    r"\b(?:looks?|seems?|feels?|felt|appears? (?:to be )?(?:fine|ok|good|better|stable)|should (?:be|work|do)|"
    r"hopefully|we are|will know|will tell|will see|we will|"
    r"nobody|no one|no complaints?|no more complaints?|complain\w*|plausible|happy|happier|satisfied|"
    r"confident|confidence|trust\w*|less painful|painful|annoy\w*|confus\w+|"
    r"understood|intuition|gut|verbal\w*|word of mouth|in our experience|generally|good enough|"
    r"everyone (?:knows|agrees|is)|people (?:know|are|say)|improved?|better|smoother|easier)\b",
    re.IGNORECASE,
)  # fmt: skip
_TALKED: Final = re.compile(
    r"\b(?:discuss\w+|agreed|informed|told|said|sent|mail(?:ed)?(?: to \w+| sent)?|e-?mail|announce\w*|pinned|"
    r"newsletter|attend\w+|attendance|meeting|met|minutes|acknowledged by|sticker|posted?|"
    r"post is|published post|message|slides?|deck|presented|presentation|findings?|analysis(?: attached| done|"
    r" shared)?$|notes?|explanation|summary|shortlist|options?|recommendation\w*|proposal|ideas?|survey|"
    r"culture|wiki page exists|"
    r"report(?:s)?(?: received| shared| written| attached)?$|shared|written up|signed sheet|signatures?|"
    r"training|lab notes|map drawn|read$)\b",
    re.IGNORECASE,
)
_ENDED: Final = re.compile(
    r"^(?:(?:it|this|that|change|code|pr|all|work|task|ticket|issue|script|feature|everything|the \w+) ?(?:is|"
    r"was|has been)? ?)?(?:merged|done|deployed|live|implemented|completed?|finished|closed|rolled out|"
    r"in place|"
    r"shipped|released|works?|working|works now|fixed|resolved|updated|clarified|hardened|scales?|reached|"
    r"available|ready|installed|improved|exists?)(?: now| everywhere| in production)?\W*$|"
    r"^(?:\w+ )?(?:exists|closed|reached|done|clarified|visible|improved|merged|live|resilience|reliability|"
    r"stability|scalability|quality)\W*$|^(?:more|fewer|less|better|higher|lower) \w+(?: \w+)?$|^less \w+$",
    re.IGNORECASE,
)
_CHECKED: Final = re.compile(
    r"\d|`|\btests?\b|\btested\b|\bdrills?\b|\breplay\w*|\bmetrics?\b|\bdashboards?\b|\bpanels?\b|\bgraphs?\b|"
    r"\brule\b|\brules\b|\bgate\b|\bchecks?\b|\brefus\w+|\bdenied\b|\bdenies\b|\bblock\w*|\bred\b|\bgreen\b|"
    r"\blogs?\b|\blogged\b|\bexport\w*|\bsnapshots?\b|\bsettings?\b|\bconfig\w*|\bversions?\b|\bshare of\b|"
    r"\bcount\w*|%|\blinked\b|\bprotocol\b|\bshows?\b|\bshown\b|\blists?\b|\bserials?\b|\bquer(?:y|ies)\b|"
    r"\btraces?\b|"
    r"\baudit\b|\balert\w*|\bprobe\w*|\bci\b|\bbuilds?\b|\brestor\w+|\bpages?\b|\bpaged\b|\bappears?\b|"
    r"\breach\w*|\bpass(?:es|ed)?\b|\bfails?\b|\bfailed\b|\binjected\b|\bsample\b|\bmeasured\b|\bp9\d\b|"
    r"\brefusal\b|\bscan\b|\bdiff\b|"
    r"\boutput\b|\bcase\b|\binvoice\b|\bsigned\b|\btable\b|\bin the (?:repository|tool|catalogue|pipeline)\b|"
    r"\bscorecard\b|\btimeline\b|\brun book run\b|\bconsole\b|\bticket created\b|\bstays\b",
    re.IGNORECASE,
)


SHORT: Final = 3
"""Words with which a bare verb names no mechanism, whatever its evidence."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why an action is not fit to be tracked, and what to write instead."""

    reason: str
    hint: str


def unfit(
    action: str,
    *,
    factor: str = "",
    owner: str | None = None,
    evidence: str | None = None,
    people: Collection[str] = (),
) -> Unfit | None:
    """The first thing that an action lacks, None where it lacks nothing that can be seen.

    `owner` and `evidence` are looked at as they are given, so that nothing given is something lacking; `people` are the
    names of a directory, in which an owner then has to be.
    """  # fmt: skip
    text, shown = " ".join(action.split()), " ".join((evidence or "").split())
    checkable = is_checkable(shown)
    mechanism = _MECHANISM.search(text) is not None
    reason = (
        _of_text(text, checkable=checkable, mechanism=mechanism)
        or _of_factor(text, factor)
        or ("" if is_one_person(owner or "", people) else NO_OWNER)
        or ("" if checkable else NO_EVIDENCE)
    )
    return Unfit(reason, HINTS[reason]) if reason else None


def _of_text(text: str, *, checkable: bool, mechanism: bool) -> str:
    """What the action itself is not. Words such as "train" make nothing weak that has a mechanism and evidence."""
    if mechanism and checkable:
        return ""
    if _STUDY.search(text) and not mechanism:
        return STUDY
    if _TRAIN.search(text) or _PEOPLE_DO.search(text):
        return TRAIN
    if not checkable and (_BARE.search(text) or _BETTER.search(text)) and not mechanism:
        return VAGUE
    bare = _BARE.search(text) and not mechanism and (_BETTER.search(text) or len(text.split()) <= SHORT)
    return VAGUE if bare else ""


def _of_factor(text: str, factor: str) -> str:
    """What is sound and about something else: looks, upgrades and features, where the factor is none of these."""
    found = _OTHERWISE.search(text)
    return UNRELATED if found and factor and not _ABOUT_AGE.search(factor) else ""


def is_one_person(owner: str, people: Collection[str] = ()) -> bool:
    """Whether one person is named: of the directory where there is one, else by a name of two words or an address."""
    said = owner.strip()
    if people:
        return any(said.casefold() == name.casefold() for name in people)
    if not said or _GROUP.search(said) or _SEVERAL.search(said):
        return False
    return "@" in said or len(said.split()) in {2, 3, 4}


def is_checkable(evidence: str) -> bool:
    """Whether somebody else could look at it and say yes or no."""
    if _NOTHING.match(evidence):
        return False
    counted = re.search(r"\d|\btest|\bdrill|\breplay", evidence, re.IGNORECASE) is not None
    if _FELT.search(evidence) and not counted:
        return False
    if _ENDED.match(evidence) or (_TALKED.search(evidence) and not counted and not _strong(evidence)):
        return False
    return _CHECKED.search(evidence) is not None or len(evidence.split()) > 2  # noqa: PLR2004 - two words name a thing


def _strong(evidence: str) -> bool:
    return len(_CHECKED.findall(evidence)) > 1
