"""Turns of speech that blame without a word of blame: slips, haste, questions after reasons, the way not taken."""

from __future__ import annotations

import re
from typing import Final

from roadbed.reliability.reviews.rules.blame.vocabulary import ANY, LED, WHO, any_of

_MANUAL: Final = (
    r"(?:typed|entered|keyed(?: in)?|copied|pasted|written|put(?: in)?|set|picked|selected|chosen|ticked|given|sent|"
    r"attached|plugged(?: in)?|connected|uploaded|used|applied|restored|deleted|removed)"
)
_PERSON: Final = rf"(?:{WHO}|colleague|person|individual|hands?)"

SLIP: Final = any_of((
    (
        r"\b(?:causes?|faults?|responsibility|problem|failure|origin|guilt|error|mistake)\b (?:\w+ )?(?:lies?|"
        r"lay|rests?|"
        rf"rested|sits?|sat|belongs?|falls?|fell|is to be (?:found|sought)) (?:\w+ )?(?:with|on|at) (?:the |an? "
        rf"|our |one )"
        rf"?(?:[\w-]+ ){{0,2}}{_PERSON}\b"
    ),
    (
        r"\b(?:errors?|mistakes?|slips?|lapses?|failures?) (?:in|of) (?:judge?ment|attention|concentration|"
        r"memory|typing|"
        r"reading|arithmetic|calculation|care|diligence|communication between)\b"
    ),
    (
        rf"\b{_PERSON}['’]s? (?:finger|fingers|hand|hands|eye|eyes|attention|concentration|memory|mind|thoughts?) "
        r"(?:\w+ )?(?:slipped|failed|wandered|lapsed|missed|let)\b"
    ),
    r"\bfingers? slipped\b|\bslip of the\b|\b(?:was|were|been|got) (?:accidentally )?(?:transposed|swapped round)\b",
    (
        rf"(?<!would have )\b(?:was|were|been|being|got) {_MANUAL}\b[^.;,]{{0,40}}\b(?:in place of|instead of|"
        rf"rather than|in the wrong|"
        r"on the wrong|into the wrong|to the wrong|one (?:line|row|zero|digit|character) too)\b"
        r"(?! by (?:the |an? )?(?:tool|script|job|system))"
    ),
    (
        r"\b(?:with|due to|because of|from|contained|introduced|through) (?:an? |one |some )?(?:\w+ "
        r")?(?:mistakes?|typos?|"
        r"slips?|blunders?|oversights?)\b(?! (?:in|of) the (?:tool|generator|template|library))"
    ),
    (
        r"\b(?:single|simple|one|careless|stray|misplaced|hasty|unlucky) (?:\w+ )?(?:keystroke|click|typo|character|"
        r"mouse click|key press)\b"
    ),
    (
        r"\b(?:instructions?|procedures?|process|runbook|checklist|manual|guide|documentation|steps?|warnings?|"
        r"sign-?off|approval) (?:\w+ )?(?:was|were|is|are|had been|has been) (?:simply |just |again |clearly "
        r")?(?:not|never) "
        r"(?:read|followed|consulted|observed|done|obtained|sought|heeded|respected|taken)\b"
    ),
    (
        r"\b(?:caused|triggered|introduced|provoked|initiated|set off|brought down|taken down|broken|deleted|"
        r"wiped|damaged|"
        r"(?:acci|inci)dentally \w+ed) by (?:an? |the |one of (?:our|the) |some |our )"
        rf"(?:[\w-]+ ){{0,2}}?{_PERSON}\b(?!['’]s)"
    ),
    rf"\bcauses?(?: \w+)?:? (?:was |were |is )?(?:an? |the |our |one )(?:[\w-]+ )?{WHO}(?=\s*(?:$|[.!;,]))",
    (
        r"\b(?:neglected|ignored|overlooked|forgotten|mishandled|botched|bypassed|dismissed|brushed aside|"
        r"underestimated|"
        rf"skipped|missed|omitted|mis\w+ed|left undone) by (?:the |an? |our |their )?(?:[\w-]+ ){{0,2}}?(?:{_PERSON}|"
        r"operations|support|engineering|security|qa|management|product|sales)\b(?!['’]s)"
    ),
    (
        rf"\b(?:{LED}) (?:\w+ )?(?:is|are|was|were) (?:solely |partly |mainly |clearly |alone )?(?:to blame|at "
        rf"fault|guilty|"
        r"responsible for (?:the|this|that) (?:outage|incident|failure|loss|error|mistake|delay|mess|problem))\b"
    ),
    (
        r"\b(?:a|one) (?:zero|digit|letter|character|comma|dot|line|space|bracket|quote|slash) (?:\w+ )?(?:too "
        r"(?:many|few)|"
        r"short|off|missing|more|less)\b"
    ),
    (
        r"\b(?:is|was|were) (?:just |simply |only |nothing but )?an? (?:\w+ )?(?:slip|oversight|typo|lapse|blunder|"
        r"mix-?up|careless mistake|simple mistake|human mistake)\b"
    ),
))  # fmt: skip
"""A slip as the explanation, whoever made it."""

DID: Final = re.compile(
    r"^(?:the |an? |one |some |one of the |one of our )(?:[\w-]+ )?(?:engineer|developer|programmer|operator|admin|"
    r"administrator|technician|contractor|colleague|intern|employee|consultant|dba|sysadmin)(?: on [\w-]+)? "
    r"(?:had )?(?:accidentally )?(?:committed|pulled|removed|merged|deployed|pushed|changed|disabled|deleted|dropped|"
    r"edited|applied|ran|run|set|renamed|unplugged|closed|opened|copied|lowered|raised|bypassed|switched|stopped|"
    r"killed|cleared|truncated|swapped|moved|restarted|rebooted|uploaded|pasted|typed|entered|misplaced|cut)\b"
    r"(?:(?!\b(?:because|since|as|so|which|that|who|while|after|when|but)\b)[^,;:.?]|\.(?=\d))*[.!]?$",
    re.IGNORECASE,
)
"""A whole cause that is no more than what one person did: it ends where it should begin."""

HASTE: Final = any_of((
    (
        r"\b(?:a (?:little|bit|touch|shade) )?(?:far |much |all |rather )?too (?:early|late|soon|readily|"
        r"quickly|eagerly|"
        r"hastily|slowly|casually|lightly|easily|willingly|trusting\w*|optimistic\w*|confident\w*|generous\w*)\b"
    ),
    (
        r"\b(?:overwrote|deleted|wiped|dropped|truncated|unplugged|killed|erased|formatted|reset|removed|pulled|cut|"
        r"hit|pressed|pushed|ran|typed|entered|applied|restored|merged|flipped|chose|picked|used|sent|put|edited)\b"
        r"(?:(?! that )[^.;]|\.(?=\d)){0,60}\b(?:in place of|instead of|on the wrong|in the wrong|to the wrong|"
        r"without a backup|"
        r"by reflex|out of habit|from memory|on a whim)\b"
    ),
    (
        r"\b(?:mis(?:judged|read|typed|understood|configured|calculated|managed|handled|diagnosed|placed|labell?ed|"
        r"interpreted|remembered|counted|heard|took|estimated)|over(?:looked|reacted|estimated|ruled)|"
        r"under(?:estimated|rated))\b"
    ),
    (
        r"\bleft (?:the |an? |his |her |their |it |its )?(?:[\w-]+ ){0,3}(?:on|open|running|enabled|behind|unlocked|"
        r"unprotected|unattended|disabled|off|uncommented|in debug mode|undocumented|unanswered|unread)\b"
    ),
))  # fmt: skip
"""What is a slip or haste where people are what it is said of."""

ASKED: Final = any_of((
    rf"\bwhat (?:stopped|kept|prevented|held|hindered) {ANY}\b(?!['’]s)",
    rf"\bhow come (?:that )?(?:{ANY})\b",
    rf"\bwhy (?:is|was|must|does) it (?:always|again|once more|ever|only|never) (?:be )?(?:the )?(?:[\w-]+ )?{ANY}\b",
    rf"\bwhy always (?:the )?(?:[\w-]+ )?{ANY}\b|\bwhose (?:bright )?(?:idea|call|watch|turn|error|oversight)\b",
    (rf"\bwhere (?:was|were) (?:{ANY})\b|\bwhat (?:took|kept) (?:{ANY})\b|\bwhat possessed\b|\bwhen (?:will|do) "
     rf"(?:{ANY}) "
    r"(?:ever |finally )?(?:learn|stop|start|understand|begin)\b"),
    (r"\bwho (?:else )?(?:knew|saw|noticed|missed|ignored|forgot|skipped|overlooked|sat|slept|waved|was (?:asleep|"
    r"watching|awake|supposed|meant))\b"),
    rf"\bdoes (?:{ANY}) (?:even |ever |actually )?(?:read|look|check|test|care|think|know)\b",
    (
        r"\bwhy (?:did|does|do|can|could|would|will|was|were|had|has|have)(?:n['’]t| not)? (?:support|operations|"
        r"engineering|security|qa|management|sales|product|marketing|finance|legal|people|folks)\b"
    ),
    rf"\bhow (?:can|could) (?:{ANY}) (?:not |ever |possibly )?\w+\b[^.?]*\?",
    r"\bhow (?:was|is|could|can) it (?:be )?possible\b[^?]*\b(?:miss|overlook|forget|ignore|fail|skip|not)\b",
))  # fmt: skip
"""Questions after people's reasons that begin without why."""

MISSED: Final = any_of((
    (
        r"\bwith (?:a (?:little|bit of|bit|minimum of|modicum of|moment(?:['’]s)?(?: of)?) |more |some |any |"
        r"better |proper |"
        r"greater |due )?(?:patience|care|thought|planning|attention|discipline|foresight|preparation|caution|"
        r"diligence|"
        r"effort|courage|curiosity|reflection|common sense|communication|coordination)\b[^.;]*\b(?:would|could|"
        r"might)\b"
    ),
    (
        r"\bit (?:would|could|might) have (?:cost|taken|needed|required|been)\b[^.;]{0,40}\bto (?:check|ask|"
        r"look|read|test|"
        r"call|tell|wait|verify|see|notice|stop|roll|compare|warn|count|try|ring|write)\b"
    ),
    (
        r"\b(?:right|correct|proper|sensible|safe|professional|prudent|responsible|wise|better|obvious|"
        r"reasonable) (?:course"
        r"(?: of action)?|thing|way|path|option|choice|answer|reaction|order|approach|"
        r"conduct)\b[^.;]{0,20}\b(?:was|were|"
        r"is|would have been) to\b"
    ),
    (
        rf"\b(?:any|no|every|a (?:good|real|careful|competent|proper|decent|seasoned|responsible|serious)) "
        rf"(?:[\w-]+ )?"
        rf"{WHO}\b[^.;]{{0,40}}\b(?:would|stops?|checks?|knows?|reads?|sees?|catches|looks?|asks?|lets|leaves|"
        rf"does|starts?|"
        r"merges|touches|tests?|worth)\b(?! (?:how|what|that|which))"
    ),
    rf"\b(?:{WHO})\b[^.;]*\b(?:and|but) (?:should|ought to|could|must|might)(?:n['’]t| not)? have\b",
    r"\bworth (?:their|his|her|its) salt\b|\bleast (?:one|they|we|he|she|anybody) could (?:do|have done)\b",
    (
        rf"\b(?:{LED})\b[^.;]{{0,30}}\b(?:had|have|has|bears?|owes?|carr(?:y|ies)) (?:the |a |an |full |some "
        rf")?(?:duty|"
        r"responsibility|obligation|choice)\b"
    ),
    (r"\ba (?:simple|quick|single|short|brief|careful|second) (?:look|check|glance|call|question|message|test|review|"
    r"search|read)\b[^.;]*\b(?:would|could|might) have\b"),
    (r"\b(?:had|if) (?:only )?(?:someone|somebody|anyone|anybody|the \w+) (?:had )?(?:bothered|thought|taken "
     r"the time|"
    r"taken care|cared|troubled)\b"),
    rf"\b(?:{WHO}) (?:have|has|need|needs|had) to (?:stop|start|learn|remember|realise|realize|accept|grow)\b",
    (r"\bit would have been (?:wise|advisable|appropriate|good|helpful|fair|decent|reasonable|normal|usual|proper|a "
    r"(?:\w+ )?(?:idea|matter|courtesy))\b"),
    (
        r"\b(?:anyone|anybody|everyone|everybody|those|people)\b[\w ,-]{0,30}\b(?:must|should|needs? to|ha(?:s|"
        r"ve) to|ought "
        r"to) (?!be able|be given|have\b|get\b|see\b)\w+"
    ),
    rf"\b(?:{LED}) (?:should|ought to|must) (?:really |simply )?know\b",
))  # fmt: skip
"""The way not taken."""

BARE: Final = re.compile(
    r"\bwithout (?:an? |any |the |so much as an? |even an? )?(?:[\w-]+ )?(?:backups?|plan|notice|announcement|"
    r"warning|"
    r"rollback|checks?|discussion|agreement|tests?|testing|canary|handover|documentation|consultation|approval|"
    r"ticket|"
    r"review|second (?:look|pair of eyes)|hesitation|explanation|reason)\b|\bhad no (?:clue|idea|plan|interest|"
    r"intention|"
    r"sense|feeling|grasp|respect|patience|excuse|business)\b|\bonly (?:then )?(?:looked|read|noticed|checked|"
    r"reacted|"
    r"called|asked|joined|answered|escalated|realised|realized|understood|responded)\b|\b(?:finally|eventually|"
    r"at last|"
    r"in the end) (?:looked|read|noticed|checked|reacted|called|asked|joined|answered|escalated|realised|realized|"
    r"understood|responded|bothered|woke|decided)\b|(?<!it )\btook (?:(?:more than|almost|over|another|nearly|"
    r"about) )?(?:\w+ )"
    r"?(?:\d+|ten|fifteen|twenty|thirty|forty|fifty|ninety|two|three|half an|an) ?(?:minutes?|hours?|days?) "
    r"(?:to|before|"
    r"until)\b",
    re.IGNORECASE,
)
"""What people left out or put off, where people are what it is said of."""

MACHINE_DID: Final = re.compile(
    r"\b(?:tool|library|client|controller|scheduler|proxy|linter|compiler|parser|balancer|resolver|router|"
    r"template|test|"
    r"check|probe|watchdog|runner|installer|driver|kernel|plugin|hook|script|job|agent|service|cluster|server|system|"
    r"pipeline|migration|generator|exporter|collector|daemon|cron|bot|program|process|query|upgrade|release)s?\b"
    r"(?:\s+[\w-]+){0,2}\s*$",
    re.IGNORECASE,
)
"""A machine as the subject right before what it did."""
