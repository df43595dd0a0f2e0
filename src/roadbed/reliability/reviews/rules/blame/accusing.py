"""How sentences end at a person: the slip as the explanation, and the question that asks for somebody."""

from __future__ import annotations

import re
from typing import Final

from roadbed.reliability.reviews.rules.blame.vocabulary import ANY, LED, PRONOUN, SUBJECT, WHO, any_of

LEAF: Final = any_of((
    (
        r"\b(?:incorrect|wrong|faulty|improper|invalid) (?:entry|input|handling|use|usage|operation|"
        r"manual \w+)\b(?! (?:validation|field|event))|\b(?:handling|operating|operational|typing|"
        r"data[- ]entry|keyboard|input) (?:error|mistake)s?\b|\bno fault in the \w+\b|\bfault was in (?:its|"
        r"the) use\b"
    ),
    (
        r"\b(?:someone|somebody|a person|people|an? (?:engineer|operator|developer)) not (?:\w+ing)\b|"
        r"\btired (?:engineer|operator|person|admin|team|eyes?|mind)\b"
    ),
    (
        r"\b(?:errors?|mistakes?|slips?|oversights?|fault|lapses?|failures?|negligence|omissions?|"
        r"carelessness|inattention)\b (?:\w+ )?(?:by|of|from|on the part of|made by|committed by) (?:the |"
        rf"an? |our |one |some )?(?:[\w-]+ )?{WHO}\b"
    ),
    (
        rf"\b(?:{WHO}|employee|worker|vendor|supplier|contractor)(?:['’]s)? (?:errors?|mistakes?|oversights?|"
        r"slips?|negligence|lapses?|failure)\b"
    ),
    (
        r"\boversights?\b(?! (?:board|committee|body|role|group))|\bslip of the (?:pen|finger|hand|keyboard|"
        r"mouse)\b|\b(?:categor\w+|class\w*|type|code|reason|cause)\b[\w ]{0,20}: (?:human|people|personnel|"
        r"person|staff|operator|user|training)\b"
    ),
    (
        r"\bnothing (?:was )?wrong with the (?:platform|system|tool\w*|software|technology|process|design|"
        r"machine)\b|\b(?:manual|required|mandatory|last|first|second|one|this|"
        r"a) step\b[\w ]{0,24}\b(?:missed|skipped|omitted|forgotten|left out)\b"
    ),
    (
        rf"\b{LED} (?:had |has |must have )?(?:confused|mistook|mistaken|misread|mixed up|swapped|mistyped|"
        r"misjudged|misunderstood|mislabell?ed|miscounted|misinterpreted|misconfigured|misplaced|mixed)\b"
    ),
    (
        r"\b(?:human|operator|user(?! errors\b)|pilot|manual|individual|personal|engineer|admin|driver|"
        r"personnel|people|staff)(?:['’]s)?\s+"
        r"(?:error|mistake|failure|slip|oversight|fault|lapse|factor)s?\b(?! (?:page|message|rate|budget|code|"
        r"handling|log|report|proof))"
    ),
    (
        r"\bfat[- ]?finger\w*|\bpebkac\b|\bid[- ]?10[- ]?t\b|\blayer 8\b|\bmis-?click(?:ed|s)?\b|"
        r"\bmis-?typ(?:ed|ing|e)\b|\bcopy[- /]?(?:and[- ])?paste (?:error|mistake)s?\b"
    ),
    (
        r"\b(?:procedure|process|runbook|checklist|instructions?|protocol|policy)\s+(?:was |were )?(?:not|"
        r"never) (?:followed|observed|respected|adhered to|read)\b"
    ),
    r"\b(?:non-?compliance|failure to (?:comply|follow|adhere|observe))\b|\bcompliance gap\b",
    (
        r"\black of (?:attention|care|concentration|awareness|training|experience|knowledge|"
        r"understanding) (?:on the part|at the end|by|of the|among|during|in the)\b"
    ),
    (
        r"\b(?:a|the|one) (?:human|person|individual|employee|operator) (?:was involved|is to blame|"
        r"was to blame|made an? (?:error|mistake)|must have|did it|erred)\b|\bperson must have done\b"
    ),
    (
        r"\bsimply (?:been )?(?:entered|typed|set|configured|forgotten|copied|read|chosen|overlooked)\b|"
        r"\b(?:was|were|been) (?:simply |just )?(?:entered|typed|keyed|set|configured|read|"
        r"copied) (?:in )?(?:wrong|wrongly|incorrectly)\b(?! by (?:the )?(?:script|tool|job))"
    ),
    (
        r"\b(?:an? |the |this )?(?:typo|mistake|oversight|slip|lapse|blunder|wrong (?:command|button|click|"
        r"input|value|host|window|terminal|tab|key|switch|file|option))\b(?=\s*(?:$|[.!]|,? (?:nothing|"
        r"that is all|no more)))"
    ),
    (
        r"^(?:root )?cause(?: classification)?:?\s+(?:\w+\s+)?(?:mistake|typo|oversight|wrong \w+|slip|"
        r"inattention|negligence|forgetfulness|carelessness|people|someone|somebody|training)\b"
    ),
    (
        r"\b(?:simple|plain|honest|momentary|careless|pure) (?:mistake|error|slip|oversight|lapse|inattention|"
        r"forgetfulness)\b"
    ),
    (
        r"\binsufficient (?:attention|care|training|diligence)\b|\bmomentary (?:lapse|inattention)\b|"
        r"\bhuman (?:error|factor|mistake|failing)\b|\bforgetfulness\b"
    ),
    (
        r"\b(?:no|without) (?:systemic|technical|system|further|other) (?:causes?|triggers?|problems?|"
        r"fault)\b.*\b(?:identified|found|involved|exist)\b|\bthe (?:system|process|tool\w*) (?:is|was|"
        r"worked) (?:sound|fine|correct|as designed|as intended)\b.*\b(?:people|person|individual|human|"
        r"operator|user)\b"
    ),
    (
        r"\b(?:a |the )?(?:mistake|error|slip)s? (?:was|were) (?:made|committed)\b|\bmixed (?:it |"
        r"them )?up (?:the|two|both|his|her|their)\b|\bwrong \w+(?: \w+)? (?:was |were |"
        r"had been )?(?:selected|chosen|picked|entered|typed|clicked|pressed|run|executed|pasted|copied|"
        r"unplugged|ticked|sent)\b"
    ),
    (
        r"\b(?:pressed|clicked|typed|entered|ran|executed|picked|selected|chose|pulled|unplugged|rebooted|"
        r"restarted|deleted|edited|pasted|ticked) (?:in )?the wrong\b"
    ),
    (
        r"\bby (?:accident|mistake|oversight)\b|\b(?:was|were|been|got) (?:accidentally|inadvertently|"
        r"mistakenly|unintentionally|erroneously) \w+ed\b|\bthrough (?:an? )?(?:oversight|inattention|"
        r"inadvertence|carelessness)\b"
    ),
    (
        r"\b(?:was|were|been|got) (?:simply |just |also )?(?:forgotten|overlooked|left out by hand|mistyped|"
        r"misread|mixed up|confused)\b(?! by the)"
    ),
    (
        r"\b(?:technology|tooling|tools?|system|systems|software|machine) (?:worked|was fine|were fine|"
        r"did (?:its|their) job|held)\b"
    ),
    (
        r"\b(?:human|people|training|personnel|staff(?:ing)?) (?:issue|problem)\b|\b(?:skill|competence|"
        r"awareness|discipline|training) (?:issue|problem|gap|deficit)s?\b"
    ),
    r"\b(?:wetware|carbon-based|between (?:the )?(?:chair|keyboard) and (?:the )?(?:keyboard|chair))\b",
))  # fmt: skip

WHY: Final = any_of((
    (
        rf"\bhow (?:can|could|is) it (?:be |possible )?that\b[^?]*\b{ANY}\b|\bwhat took {ANY}\b|"
        rf"\bwhat(?:['’]s| is| was) wrong with {ANY}\b"
    ),
    rf"^(?:could|would|should|can|couldn['’]t|wouldn['’]t|shouldn['’]t|is|isn['’]t|was it) {ANY}\b[^?]*\?",
    (
        r"\bbecause (?:he|she|they|we|the \w+(?: \w+)?) (?:was|were|had been) (?:in a (?:rush|hurry)|tired|"
        r"bored|lazy|careless|distracted|impatient|overconfident|inexperienced|too \w+|not \w+)\b"
    ),
    (
        r"\bwhy\s+(?:on earth\s+)?(?:did|does|do|was|were|is|are|has|have|had|would|"
        rf"could)(?:n['’]t)?\s+(?:not\s+)?{ANY}\b(?!['’]s|-)"
    ),
    (
        r"\bwhy (?:does|do|is|are|did) (?:this|it|that|these|things)\b.*\b(?:with|from|"
        rf"by)\s+(?:the\s+)?(?:[\w-]+\s+){{0,2}}{WHO}\b"
    ),
    (
        r"\bwho(?:se)? (?:idea|fault|decision|job|responsibility|brilliant)\b|\bwho(?:se)? (?:is|was) (?:it|"
        r"this|responsible|to blame)\b|^who (?:approved|let|merged|pushed|thought|decided|forgot|allowed|"
        r"signed|wrote|broke|touched|deployed|changed|gave|ran)\b"
    ),
    (
        r"\bhow could (?:anyone|anybody|someone|somebody|he|she|they|we|you|the \w+ (?:team|engineer|"
        r"developer|operator|reviewer)s?)\b|\bhow (?:on earth|come (?:nobody|no one|they|he|she|the team))\b|"
        r"\bhow (?:did|does|do) (?:nobody|no one|anyone|anybody|they|he|she|we|the team) (?:not |ever |"
        r"still )?(?:\w+)"
    ),
    (
        rf"\bwhat (?:was|were) {ANY} (?:thinking|doing|expecting|waiting)\b|\bwhat (?:made|possessed) (?:him|"
        r"her|them|the (?:engineer|operator|developer)) think\b"
    ),
    (
        r"\bhow (?:many times|often|much longer|long) (?:do|does|must|will|should|are) (?:we|i|they|people|"
        r"the team)\b"
    ),
    (
        rf"\bwhen will {ANY}\b.*\b(?:learn|start|stop|understand|finally|get|begin)\b|\bwill (?:they|we|"
        rf"people|{WHO}) ever\b"
    ),
    (
        r"^(?:did|was|were|has|had|could|does|do|is)(?:n['’]t)? (?:no one|nobody|anyone|anybody|someone|"
        r"somebody|they|he|she|the (?:\w+ )?(?:team|engineer|developer|operator|reviewer|technician|"
        r"author))\b.*\?"
    ),
    (
        rf"\bwhy\b[^?]*\bby (?:the |an? |some |our )?(?:[\w-]+ )?(?:{WHO}|someone|somebody|anyone)\b(?!['’]s|"
        r"-)"
    ),
    (
        rf"\bwhat (?:on earth |the hell |exactly )?(?:was|were|is|are|did|do) (?:{PRONOUN}|"
        rf"{SUBJECT}) (?:think|do|expect|wait|hop|look|play|tr)\w*\b(?!['’]s)"
    ),
    (
        r"\bwho (?:is|was|will be|should be|shall be) (?:to be )?(?:held )?(?:accountable|responsible|"
        r"to blame|at fault|in charge|supposed|guilty|behind)\b"
    ),
    (
        rf"\bwhy (?:not|didn['’]t|wasn['’]t|weren['’]t|hasn['’]t|haven['’]t) (?:{WHO}|he|she|they|we|you|i|"
        r"anyone|anybody|someone)\b"
    ),
    r"\bwhy (?:nobody|no one|somebody|someone|anybody)\b",
))  # fmt: skip

WRONG: Final = re.compile(r"\b(?:the|a) wrong \w+", re.IGNORECASE)
"""What is a slip when people are what it is said of."""
