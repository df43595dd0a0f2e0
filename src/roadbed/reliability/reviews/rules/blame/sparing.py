"""What takes the blame out of a sentence, and what judges only where people are what it is said of."""

from __future__ import annotations

import re
from typing import Final

from roadbed.reliability.reviews.rules.blame.vocabulary import NOUN, any_of

ABOUT: Final = any_of((
    r"\bblam(?:es?|ed|ing|eless\w*)\b(?!\s+(?:lies|goes|falls|rests|must|belongs))(?<!to blame)",
    (
        r"\b(?:nobody|no one|no individual|none of (?:us|them))\b[^.]{0,30}\b(?:at fault|to blame|is guilty|"
        r"wrong)\b|\bwithout (?:blame|fault|guilt)\b|\bno one['’]s fault\b|\bnobody['’]s fault\b"
    ),
    (
        r"\b(?:does|do|did|will|should|is)(?: not|n['’]t) (?:ask|look for|about|name|record|matter) who\b|"
        r"\bnot (?:ask(?:ing)? )?who\b|\bask(?:s|ing)? (?:what|which|how)\b[^.]*\b(?:not|rather than|"
        r"instead of) who\b|\binstead of who\b"
    ),
    (
        r"\bhindsight (?:check|bias|note|reminder)\b|\bjudge?ments? after the fact\b|\bfacilitator\b|"
        r"\bcounterfactual"
    ),
    (
        r"\b(?:finding|naming|removing|replacing|punishing|looking for|identifying|retraining|"
        r"disciplining) (?:an? |the )?(?:individual|person|culprit|name|people|engineer|operator)\b|"
        r"\bculprit\b[^.]*\b(?:not|nothing|would)\b"
    ),
    (
        r"\b(?:calling|labell?ing|to call|to label|to write|stopping at|writing off|if we (?:call|say|write|"
        r"stop)|the label|saying|naming)\b[^.]*\b(?:error|mistake|careless\w*|fault|negligence|obvious)\b"
    ),
    (
        r"\b(?:is|are|was) (?:not an?|no) (?:root )?(?:cause|explanation|answer|finding)\b|\bwould (?:tell|"
        r"teach) us nothing\b|\bany(?:one| of (?:us|them|\d+ people))? (?:else )?(?:would|could|might|"
        r"in (?:that|the same|their) (?:position|place|seat))[^.]*\b(?:same|likewise|too)\b"
    ),
    r"\bthe (?:words?|phrases?|terms?|label) ['\"‘“]?\w+",
    (
        r"\b(?:do|does|did|will|can)(?: not|n['’]t) (?:accept|allow|take|write)\s+(?:(?:human|operator|user|pilot)"
        r"[ -]error|quoted)\b|\b(?:easy|tempting|convenient) to (?:say|write|claim|think|conclude) that\b"
    ),
    (
        r"\bwithout \w+['’]s\b[^.]*\bwould have (?:needed|taken|lost) (?:another|more|much|\w+ more|longer|hours)\b|"
        r"\bwe (?:chose|decided) not to\b[^.]*\b(?:since|because)\b"
    ),
))  # fmt: skip

CREDIT: Final = any_of((
    (
        r"\bmade\b[^.]*\b(?:visible|possible|easy|easier|clear|quick|quicker|shorter)\b|\b(?:remembered|"
        r"recalled|recogni[sz]ed)\b|\bin (?:a|one|two) minutes?\b|\bwithin (?:a |\w+ )?minutes?\b"
    ),
    (
        r"\b(?:covered|(?<!never )(?<!not )worked|paid off|made the difference|proved (?:useful|right)|"
        r"came in handy|was right|were right|exactly)\b"
    ),
    r"\bthanks to\b|\bgrateful\b",
    (
        r"\b(?:volunteer\w*|suggest\w*|proposed|offered|thank(?:s|ed)? (?:to )?\w+ for|credit to|kudos|praise|"
        r"hats off|well done|saved (?:the|us|an?)|rescued|helped|spared)\b"
    ),
    (
        r"\b(?:found|noticed|spotted|caught|recognised|recognized|identified|discovered|detected|remembered|"
        r"realised|pinpointed|flagged|questioned)\b[^.]*\b(?:in time|early|first|within|before (?:it|the|any|"
        r"they|users?|customers?)|which|and (?:that|this|so)|led|the (?:cause|pattern|link|connection))\b"
    ),
    (
        r"\b(?:led|pointed|brought|guided)\b[^.]*\b(?:to the (?:cause|fix|answer|culprit|bug|source)|us (?:to|"
        r"there|closer))\b"
    ),
    (
        r"\bwe (?:found|avoided|caught|saw|noticed|learned|kept|could|were able)\b[^.]*\b(?:in time|early|"
        r"sooner|before)\b|\bin time\b|\b(?:shortened|limited|contained|halved|cut)\b[^.]*\b(?:outage|harm|"
        r"impact|damage|by|minutes|hours)\b"
    ),
    (
        r"\b(?:quick|calm|careful|timely|clear|good|excellent|patient|fast|kept (?:calm|notes|a log|"
        r"the timeline|everyone informed)|thorough) (?:thinking|work|notes|question|catch|eye|handover|"
        r"communication|reading|idea|reaction|decision|log|call)\b"
    ),
    (
        r"\b(?:wrote|drew|kept|translated|stayed|took over|stepped in|prepared|shared|documented|"
        r"explained)\b[^.]*\b(?:scribe|timeline|notes|customers|so that|until|for (?:us|everyone|the|others)|"
        r"which (?:helped|let|made))\b"
    ),
    (
        r"\b(?:knew|recalled|remembered) (?:of|from|that) (?:a|an|the) (?:similar|same|earlier|former|"
        r"previous)\b"
    ),
))  # fmt: skip

REASONED: Final = re.compile(
    r"\b(?:because|since|as|so that|which|whose|:|;)\b[^.]*\b(?:tool|screen|form|page|panel|dashboard|alert|"
    r"script|console|runbook|"
    r"documentation|label|prompt|system|pipeline|policy|environment|metric|permission|default|button|host|"
    r"controller|config\w*|"
    r"interface|menu|wiki|diagram|light|list|template|calendar|rota|schedule)\b",
    re.IGNORECASE,
)
"""A reason that lies in what people worked with."""

MACHINE: Final = re.compile(
    r"\b(?:cluster|service|bot|pod|pods|node|nodes|server|host|replica|queue|job|cron|database|broker|cache|instance|"
    r"container|pipeline|script|daemon|agent|release|version|deployment|release notes|region|namespace|topic|"
    r"shard)\b",
    re.IGNORECASE,
)

POOR: Final = re.compile(
    r"\b(?:poor(?:ly)?|bad(?:ly)?|useless|hopeless|appalling|abysmal|pathetic|shocking|weak|terrible|terribly|"
    r"dismal|half-baked|ill-conceived|"
    r"dragg\w+ \w+ feet|act together|attitude|habits?|mentality|mindset|culture of|blindly|resist\w*|"
    r"stubborn\w*|insist\w*|careless\w*|cut (?:a )?corners?|"
    r"play(?:ed|ing)? with|at fault|mistakes?|sleeping|asleep|late again|unprepared|ill-prepared|unqualified|"
    r"inexperienced|untrained|reluctan\w+|unwilling\w*|"
    r"(?:didn['’]t|did not|don['’]t|do not) (?:bother|care|listen|communicate|think)|refus\w+ to|let (?:this|"
    r"it) (?:pass|happen|slip|through)|too (?:late|slow|long|busy|few questions)|"
    r"hasty|hastily|ill-(?:considered|advised|judged|conceived|thought-out)|rash|argu(?:ed|ing)|squabbl\w+|"
    r"bicker\w+|finger-?pointing|lied|lying|terrible|"
    r"chaotic|disorgani[sz]ed|confused|helpless|clumsy|clumsily|in a (?:rush|hurry)|rush(?:ed)?|"
    r"lost (?:control|the plot|track)|gave up|waste[ds]?)\b",
    re.IGNORECASE,
)
"""What judges when people are what it is said of."""


def is_human(text: str) -> bool:
    """Whether a role or team stands in it itself."""
    return NOUN.search(text) is not None
