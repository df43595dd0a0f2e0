"""How sentences measure people by what ought to have been, and by what is known now."""

from __future__ import annotations

import re
from typing import Final

from roadbed.reliability.reviews.rules.blame.vocabulary import ANY, LED, WHO, any_of

SHOULD: Final = any_of((
    r"\bwhoever\b[\w -]{0,30}\b(?:must|should|needs? to|has to|ought to)\b",
    (
        rf"\b(?!nobody|no one){LED}(?: on \w+)? (?:should|must|ought to|needs? to|ha(?:s|ve) to|"
        r"had to) (?:not |never |always |first |really |just |simply |at least |also |learn to |"
        r"start to )?(?!be |have |been |see|get|receive|wait|reach|know\b)\w+"
    ),
    (
        r"\bmore (?:care|attention|discipline|diligence|caution|vigilance|thought|rigou?r|awareness|respect|"
        r"ownership|accountability)\b|\bexpect(?:s|ed)? (?:from )?(?:more (?:from|of) )?(?:an? |the |any |"
        rf"our )?(?:[\w-]+ )?{WHO}\b"
    ),
    (
        r"\bhad (?:every|ample|enough|plenty of) (?:opportunity|opportunities|chances?|reason|time|"
        r"occasion)\b|\b(?:competent|proper|careful|thorough|decent|real|serious|good) (?:review|reviewer|"
        r"engineer|developer|operator|team|test)\w* (?:finds?|would|does|catches|sees|never|always|knows)\b"
    ),
    (
        r"\b(?:no one|nobody|none of (?:them|us|the \w+)) (?:followed|respected|obeyed|read|checked|looked|"
        r"asked|noticed|questioned|cared|thought|spoke|escalated|reacted|answered|took|tested|verified|"
        r"watched|stepped|reported|listened)\b(?! (?:the (?:page|alert|call) because))"
    ),
    (
        rf"\blesson for (?:the |our )?{WHO}\b|\bha(?:d|s|ve) (?:a |the |an )?(?:duty|obligation|"
        r"responsibility) to\b|\bdid without\b|\bwithout (?:asking|telling|checking|reading|testing|informing|"
        r"consulting|waiting|verifying|announcing|warning|escalating|permission|approval|authori[sz]ation|"
        r"a (?:second|review|ticket|word))\b"
    ),
    (
        rf"\b(?!nobody|no one){LED}(?:\s+on\s+[\w-]+)?\s+(?:really |clearly |simply |certainly |definitely |"
        r"obviously |also |themselves )?(?:should|ought to|could|might|must|would)(?:n['’]t| not|"
        r" never)?\s+(?:at least |really |simply |easily |just |also |well |better |never |not |"
        r"only )?have\s+(?:been\s+|never\s+|only\s+|at least\s+|simply\s+)?\w+"
    ),
    (
        r"\b(?:should|could|ought)(?:n['’]t| not)? have been (?:\w+ly )?(?:caught|noticed|spotted|seen|tested|"
        r"reviewed|checked|escalated|prevented|avoided|known|asked|told|read|declared|questioned|rolled back|"
        r"communicated) (?:by|in (?:the )?review|before|earlier|sooner)\b"
    ),
    (
        rf"\bif (?:only )?{ANY} had(?:n['’]t| not)?\b|\bhad (?:{ANY})(?: not| only| just| simply)? (?:\w+ed|"
        r"been|done|read|seen|known|run|taken|kept|told|thought|put|set|made|gone|given|held|asked|waited|"
        r"written)\b"
    ),
    (
        r"\b(?:look|glance|read|call|search|message|phone call|question|word|second pair of eyes|bit of \w+|"
        r"little \w+|moment['’]s? \w+)\b[^.;]*\bwould have (?:told|shown|warned|taught|given|saved|prevented|"
        r"caught|revealed|sufficed|been enough|avoided|made it clear)\b|\bwould have (?:told|shown|warned|"
        r"taught|cost|taken) (?:them|him|her|us|anyone|anybody|the \w+(?: team)?|any \w+) (?:that|the|one|two|"
        r"five|ten|a|an|what|only|seconds|minutes)\b"
    ),
    (
        rf"\b(?:it is|it was|it['’]s|is|was) (?:the )?(?:[\w-]+\s+)?{WHO}['’]s? (?:job|duty|responsibility|"
        rf"task|business|role)\b|\b(?:job|duty|responsibility) of (?:the|every|each|any) (?:[\w-]+ )?{WHO}\b"
    ),
    rf"\b{LED} (?:were|was|are|is) (?:expected|supposed|meant|required|obliged) to\b",
    (
        r"\b(?:should|ought to|must|could|might)(?:n['’]t| not)? have been \w+ by (?:the |an? |"
        rf"our )?(?:[\w-]+ )?{WHO}\b(?!['’]s|-)"
    ),
    (
        rf"\b{LED} (?:must|should|need to|needs to|have to|has to|ought to) (?:(?:always|simply|really|"
        r"finally|please) )?(?:be|become|stay|remain) (?:more |extra |much more |very )?(?:careful|attentive|"
        r"vigilant|diligent|aware|mindful|thorough|cautious|alert|disciplined|responsible|proactive|"
        r"conscious)\b"
    ),
    (
        rf"\bnothing (?:stopped|prevented|kept|hindered) {ANY}\b|\b(?:it would have been|"
        r"would have been) (?:the )?(?:professional|right|better|wiser|easy|trivial|simple|prudent|proper|"
        r"smart|correct|enough|courteous|sensible)\b"
    ),
    (
        rf"\binstead of \w+ing\b[^.]*\b{ANY} (?:could|should|might)\b|"
        rf"\brather than \w+ing\b[^.]*\b{ANY} (?:could|should|might)\b"
    ),
    (
        rf"\bnext time,? (?:[\w' ]+ )?{ANY}\b|\b{LED} (?:need|needs|must|has|have|will have) to (?:learn|"
        r"be more|be better|pay|take|remember|think|stop|start|read|tell|ask|understand|double)\b"
    ),
    (
        r"\b(?:the )?(?:right|correct|proper|sensible|obvious|safe|professional) (?:call|thing|move|choice|"
        r"action|decision|reaction|response|step|way)(?: here| to do)? (?:was|would have been|is|"
        r"were) (?:\w+ly )?to\b"
    ),
    (
        r"\b(?:would|might|could) (?:never |not )?have (?:happened|been avoided|been prevented|"
        r"occurred)\b.*\b(?:if|had|with)\b|\bwe would have (?:kept|saved|avoided|caught|prevented|known|had|"
        r"seen|been)\b|\b(?:could|would) (?:easily |simply )?have been (?:avoided|"
        r"prevented)\b(?! (?:automatically|by (?:a|an|the) (?:check|alert|gate|test|limit|guard)))"
    ),
    (
        rf"\b{LED} (?:chose|decided|elected|opted) (?:not to|otherwise|to ignore|to skip)\b|"
        r"\bshould know (?:better|how|what|that)\b|\bshould (?:already |really )?have known\b|\b(?:everyone|"
        r"everybody|anyone|any \w+|every \w+) (?:should|ought to|must|has to) know\b"
    ),
))  # fmt: skip

UNDONE: Final = re.compile(
    rf"\b(?:{WHO}|he|she|they|we)\b(?!['’]s?\b|-)(?: (?:simply|still|just|even|apparently|also|clearly|again|"
    r"evidently))* "
    r"(?:did not|didn['’]t|never|do not|don['’]t|does not|doesn['’]t|had not|hadn['’]t|would not|wouldn['’]t|"
    r"refused to|were not|was not willing to)"
    r"(?: (?:even|ever|really|simply|once|bother to|think to|care to|want to|properly))* "
    r"(?!have|has|get|got|receive|hear|see|know|exist|appear|need|be |been |expect|own|learn|agree|time)\w+",
    re.IGNORECASE,
)
"""What people left undone."""

HINDSIGHT: Final = any_of((
    (
        r"\bse(?:e|en|ing) (?:it|this|that) coming\b|\bknown to (?:all|everyone|everybody|us all)\b|\b(?:is|"
        r"remains|was) (?:a mystery|beyond (?:me|us|comprehension|belief)|hard to explain|incomprehensible)\b|"
        r"\b(?:clues?|hints?|answer|evidence|proof|explanation|solution)\b (?:was|were|had been|lay|"
        r"stood) (?:in|on|there|right|already|all)\b|\b(?:enough|plenty of|many|clear|several|ample) (?:hints|"
        r"clues|indications|warnings)\b"
    ),
    (
        r"\b(?:impossible|hard|difficult) to (?:miss|overlook|ignore)\b|\bcould(?: not|n['’]t) (?:be|"
        r"have been) (?:missed|overlooked|clearer|more obvious)\b|^surely\b|^clearly\b|\b(?:was|were|is|"
        r"had) clearly\b|\bquite clearly\b|\bevidently\b|^naturally\b|\bsooner or later\b"
    ),
    (
        r"\bonly (?:logical|natural|to be expected|a question)\b|\b(?:had|has) (?:said|shown|told|been saying|"
        r"been showing|warned|hinted at) (?:so|it|this|us|that|as much)\b|\b(?:easy|simple|trivial) to (?:see|"
        r"spot|foresee|predict|recogni[sz]e|find|guess|tell)\b|\bas anyone\b|\bas (?:everyone|everybody|"
        r"we all) \w+\b|\brückblickend\b|\bleicht zu (?:erkennen|sehen)\b"
    ),
    (
        r"\b(?:in|with) (?:hindsight|retrospect)\b|\blooking back\b|\bbenefit of (?:hindsight|retrospect)\b|"
        r"\bafter the fact it is\b|\bas it turned out,? (?:obviously|predictably)\b"
    ),
    (
        r"\bobviously\b|\bobvious\b|\bof course\b|\bneedless to say\b|\bunsurprisingly\b|\bpredictably\b|"
        r"\binevitabl[ey]\b|\bas (?:could|was to) be expected\b|\bto nobody['’]s surprise\b|\b(?:no|"
        r"little) (?:wonder|surprise)\b"
    ),
    (
        r"\bforeseeable\b|\bforeseen\b|\bpredictable\b|\bunmistakabl[ey]\b|\bself-?evident\b|\bplain to see\b|"
        r"\bglaring(?:ly)?\b|\bblatant(?:ly)?\b|\bblindingly\b|\bcrystal clear\b|\bclear as day\b"
    ),
    (
        r"\b(?:warning|tell-?tale|early|clear|all the) (?:signs?|signals?|lights?)\b.*\b(?:there|visible|"
        r"clear|present|everywhere|ignored|missed|for (?:all|everyone|anyone))\b|"
        r"\bsigns were (?:all )?(?:there|clear|plain)\b|\bthe writing was on the wall\b"
    ),
    (
        r"\b(?:anyone|anybody|everyone|everybody|any \w+|a child|a glance|one look|one) (?:looking|who looked|"
        r"with eyes|could (?:have )?(?:see|seen|tell|told|know|known|predict\w*|guess\w*))\b"
    ),
    (
        r"\b(?:staring|stared) (?:us|them|everyone|everybody|him|her) in the face\b|\bdead giveaway\b|"
        r"\bhid(?:ing|den) in plain sight\b|\bright in front of\b|\bunder (?:our|their|everyone['’]s) nose\b|"
        r"\bplain sight\b"
    ),
    (
        r"\b(?:the whole|all that) time\b|\ball along\b|\bfrom the (?:very )?(?:start|beginning|"
        r"outset)\b(?=.*\b(?:clear|doomed|wrong|visible|known)\b)|\b(?:clear|doomed|visible|known|"
        r"evident) (?:from|right from) the (?:very )?(?:start|beginning|outset)\b"
    ),
    (
        r"\b(?:ample|every|plenty of|enough|sufficient) (?:evidence|indication|warning|reason|signs?|"
        r"time) (?:at|that|to|for|was|were|of|there)\b|\bthere (?:was|were) (?:ample|plenty of|enough|"
        r"more than enough)\b"
    ),
    (
        r"\b(?:does|did)(?:n['’]t| not) take a (?:genius|rocket scientist|expert)\b|"
        r"\bno(?:t)? rocket science\b|\bbeggars belief\b|\bit is (?:hard|difficult|impossible) to (?:believe|"
        r"understand|fathom) (?:how|that|why)\b|\b(?:astonishing|incredible|unbelievable|baffling|"
        r"mind-boggling|surprising) (?:that|how)\b|\bbelies? common\b"
    ),
    (
        r"\bwe (?:were|had been) warned\b|\bhad been warned\b|\ban (?:accident|incident|outage|"
        r"disaster) waiting to happen\b|\bwas (?:only )?a (?:matter|question) of time\b|\bbound to (?:happen|"
        r"fail|break|go wrong)\b|\bdoomed\b|\basking for trouble\b"
    ),
    (
        r"\b(?:it|that|this|everything|the \w+(?: \w+)?) (?:was|is|had been|should have been) (?:quite |very |"
        r"perfectly |already |so |always |entirely |painfully |immediately )?(?:clear|evident|apparent|"
        r"visible|known|there)\b(?= (?:to (?:everyone|everybody|anyone|all)|long before|days before|"
        r"weeks before|for (?:everyone|all|anyone|weeks|months|days)|that (?:it|this|the) (?:would|could|"
        r"was going)))"
    ),
    (
        r"\bit (?:was|is|had been|became|must have been) (?:quite |very |perfectly |already |so |always |"
        r"entirely |painfully |immediately |long )?(?:clear|evident|apparent|certain|plain) (?:that|to)\b|"
        r"\b(?:everyone|everybody|anyone|anybody|people|we all|they all) (?:knew|saw|could see|were aware|"
        r"had seen|had known)\b"
    ),
    (
        r"\b(?:cared|bothered|willing|wanted) to look\b|\bfor (?:anyone|anybody|everyone|everybody|"
        r"all)(?: of us)? (?:who|that|to see|with)\b|\b(?:should|could|can)(?: not|"
        r"n['’]t)? (?:hardly )?(?:have )?(?:surprise|surprised|come as a surprise|be a surprise|"
        r"been a surprise)\b|\bcome as no surprise\b|\bwas no surprise\b|\bright there\b|\bwell known\b|"
        r"\bplainly\b"
    ),
    (
        r"\b(?:one|you) (?:only )?(?:had|has|needed|needs) (?:only )?to look\b|\bif one had\b|"
        r"\bhad one (?:looked|plotted|read|asked)\b|\bthe answer was (?:in|on|there|right)\b|"
        r"\bwritten in (?:black and white|the (?:manual|runbook|documentation))\b"
    ),
))  # fmt: skip

NOT_OBVIOUS: Final = re.compile(
    r"\b(?:not|never|n['’]t|nothing|neither|no|without|hardly|far from|less|nobody|no one|none)\b[^.;:]{0,40}"
    r"\b(?:obvious|clear|foreseeable|foreseen|predictable|evident|unmistakable|visible|warned)\b",
    re.IGNORECASE,
)
