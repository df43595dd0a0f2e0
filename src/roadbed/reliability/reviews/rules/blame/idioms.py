"""Idioms and manners of speech that judge, and what was to be seen by those who know how it ended."""

from __future__ import annotations

from typing import Final

from roadbed.reliability.reviews.rules.blame.vocabulary import LED, WHO, any_of, phrases

_IDIOMS: Final = phrases("""
    headless chickens? / bare minimum / fast and loose / lip service / box[- ]ticking / ticking boxes / the motions /
    crossed (?:their|his|her) fingers / hoped for the best / hoping for the best / from the hip / flying blind /
    winged it / winging it / over (?:their|his|her) heads? / lost (?:their|his|her) (?:heads?|nerve|nerves|way|temper) /
    heads? in the sand / passed the buck / passing the buck / sat on (?:their|his|her|its) hands /
    twiddl\\w+ (?:their|his|her) thumbs / eyes? off the ball / out to lunch / phoned it in / jumped the gun /
    jumped to conclusions / trigger-happy / closed (?:its|their|his|her) eyes / shut (?:its|their|his|her) eyes /
    against (?:all )?better (?:knowledge|judge?ment) / an afterthought / thrown together / cobbled together /
    slapped together / knocked together / no more than a glance / hardly a glance / left (?:us|them) in the dark /
    left (?:us|them) hanging / kept (?:us|them) in the dark / not up to (?:it|the (?:task|job|mark)) /
    out of (?:their|his|her) league / took a gamble / gambled / by the seat of / took (?:the|some) shortcuts? /
    taking shortcuts / cut(?:ting)? corners / corner-cutting / swept (?:it )?under / played? dead / went missing /
    dragged (?:their|his|her|its) (?:feet|heels) / nobody['’]s priority / could not care less / wishful thinking /
    blind (?:trust|faith|optimism) / false economy / empire building / turf war / the arithmetic /
    (?:their|the) homework
    """)
_WEAK: Final = phrases("""
    substandard / second-rate / third-rate / below (?:par|standard) / half-finished / amateur / unworthy / unserious /
    half-baked / ill-prepared / ill-informed / lax / slack / slipshod / cavalier / flippant / naive / naïve / gullible /
    short-sighted / narrow-minded / pig-headed / impulsive / impatient / absent-minded / forgetful / lackluster /
    uninterested / disengaged / unmotivated / overworked but / disinterested / obstinate / arrogant / negligent
    """)
IDIOM: Final = any_of((
    rf"\b(?:{_IDIOMS})\b",
    (r"\black of (?:professionalism|competence|seniority|maturity|curiosity|initiative|courage|respect|will|"
    r"backbone)\b"),
    (
        r"\b(?:responses?|reaction|communication|handover|coordination|preparation|planning|reviews?|testing|"
        r"handling|"
        r"rollout|migration|decision|analysis|supervision|follow-up|escalation|roll-?back|deployment|work)\b(?: "
        r"\w+){0,4}? "
        r"(?:was|were|is|are) (?:\w+ly |far too |too |rather |very |all |quite )?(?:slow|poor|weak|sloppy|"
        r"careless|superficial|"
        r"half-hearted|rushed|hasty|hurried|chaotic|disorgani[sz]ed|amateurish|lax|a formality|a joke|a farce|"
        r"shallow|"
        r"perfunctory|unprofessional|botched|ill-considered|negligent|rash|reckless|uncoordinated|clumsy|"
        r"half-baked)\b"
    ),
    (
        r"\b(?:poor|bad|unwise|questionable|rash|hasty|reckless|foolish|strange|unfortunate|terrible|dubious|naive) "
        r"(?:decision|choice|call|idea|move|judge?ment|timing)\b"
    ),
    (r"\btook (?:an? |the |some |several )?(?:\w+ )?short-?cuts?\b|\bshows? how little\b|\bspeaks? volumes\b|"
    r"\bsays? a lot about\b|\bleaves? (?:a lot|much) to be desired\b|\bno (?:feeling|sense|respect) for\b"),
    r"\bwaved (?:\w+ ){0,4}through\b|\brubber-?stamp\w*\b|\bpushed (?:\w+ ){0,3}through (?:despite|against|anyway)\b",
))  # fmt: skip
"""Idioms that judge whoever they are said of."""

JUDGED: Final = any_of((
    rf"\b(?:{_WEAK})\b",
    (rf"\b(?:{WHO})['’]s? (?:\w+ )?(?:work|handling|testing|conduct|behaviou?r|performance|approach|reaction|"
     rf"response|"
    r"answer|communication|planning|attitude|effort)\b[^.;]{0,10}\b(?:was|were|is|left)\b"),
    (r"\b(?:made|making) (?:matters|things|it) worse\b|\bkept (?:interfering|meddling|arguing|guessing|insisting)\b|"
    r"\bmeddl\w+|\bsat on (?:the|it|this|that|them|their|his|her)\b|\bhabit of \w+ing\b|\bfor the umpteenth time\b|"
    r"\bonce (?:more|again)\b|\byet again\b|\b(?:was|were) (?:very |far |rather |quite )?(?:slow|late|reluctant|"
    r"unable|"
    r"unwilling|careless|loath) to\b|\bnever (?:really |properly )?(?:grasped|understood|mastered|learned|got "
    r"round)\b|"
    r"\b(?:they|he|she|we) (?:was|were) (?:far |much )?too (?:slow|late|timid|proud|busy|tired) to\b|"
    r"\btook (?:things|it|everything|this) (?:too )?(?:easy|lightly|for granted)\b|\btook \w+ for granted\b|"
    r"\b(?:far|way|embarrassingly|painfully|shamefully|absurdly|ridiculously) (?:too )?long\b|\bplayed around\b|"
    r"\bfiddl(?:ed|ing) with\b|\btinker(?:ed|ing) with\b|\bmessed (?:with|about|around)\b|\bdid(?: not|n['’]t) "
    r"(?:even )?"
    r"(?:look|blink|flinch|question|think|double-check)\b"),
    (
        rf"\b(?:{LED}|vendor|supplier) (?:\w+ )?(?:was|were|is|are) (?:\w+ly |very |rather |quite |too "
        rf")?(?:evasive|unhelpful|"
        r"unresponsive|uncooperative|slow|late|passive|absent|nowhere|dismissive|defensive|hesitant|indecisive|"
        r"helpless|"
        r"overwhelmed|distracted|sceptical|skeptical|lazy|tired|nervous|hectic)\b"
    ),
))  # fmt: skip
"""What judges where people are what it is said of."""

FORESEEN: Final = any_of((
    (r"\b(?:was|were|is|had) (?:only |always |bound |surely )?(?:to be expected|going to (?:end|happen|fail|"
     r"break|go wrong|"
    r"bite|come back))\b|\bend(?:ed)? (?:only )?one way\b|\bonly one way\b.*\bend\b"),
    (r"\b(?:could|can) (?:hardly|scarcely|barely) (?:be|have been) (?:overlooked|missed|ignored|clearer|plainer|"
    r"more \w+)\b"),
    (r"\b(?:a blind man|a blind person|a child|my grandmother|anyone|anybody|everyone|everybody|any "
     r"\w+)\b[^.;]{0,20}\b"
    r"(?:could|can|would|should|might)(?: have)? (?:see|seen|tell|told|notice|noticed|know|known|guess|guessed|"
    r"predict|"
    r"predicted|foresee|foreseen|spot|spotted)\b"),
    (r"\b(?:was|were|been) (?:perfectly|entirely|completely|totally|easily|clearly|wholly|quite|eminently|utterly)? ?"
    r"(?:avoidable|preventable|foreseeable)\b"),
    (r"\b(?:graphs?|logs?|metrics?|dashboards?|numbers?|charts?|signs?|data|figures?|trends?|"
     r"alerts?)\b[^.;]{0,15}\b(?:told|"
    r"tell|spoke|screamed|shouted|said it all|gave it away|warned (?:us|them|everyone)|spelled|spelt)\b"),
    (r"\b(?:it|this|that) (?:simply |just )?had to (?:happen|fail|break|end|go wrong|come)\b|\bwith what we know "
    r"(?:now|today)\b"),
    r"\bcould(?: not|n['’]t) have been (?:plainer|louder|clearer|starker|easier)\b",
    (
        r"\b(?:visible|apparent|evident|there to see|on (?:the|every) (?:board|screen|graph|"
        r"dashboard))\b[^.;]{0,30}\b(?:from|"
        r"since|for|as early as) (?:the )?(?:\w+day|start|beginning|outset|days|weeks|hours|morning|night|week|"
        r"month)\b"
    ),
    (r"\b(?:nobody|no one) (?:can|could) (?:say|claim|pretend|argue)\b|\bwritten all over\b|\bunmissable\b|"
    r"\bno-?brainer\b"),
    (r"\b(?:warning|hint|clue|answer|evidence|sign|cause|explanation)s? (?:had|was|were|lay|sat|"
     r"stood)\b[^.;]{0,30}\b(?:all "
    r"(?:along|day|morning|week|night)|the (?:whole|entire) (?:time|day|morning|night|week)|for (?:days|weeks|months|"
    r"hours|all))\b"),
    (r"\b(?:knowing what we know|as we now know|we now know|with today['’]s knowledge)\b[^.;]*\b(?:wrong|"
     r"mistake|bad|clear|"
    r"obvious|right|better)\b|\bin plain (?:view|sight)\b|\bunder (?:everybody|everyone|our|their)(?:['’]s)? "
    r"noses?\b"),
))  # fmt: skip
"""What was to be seen, said by those who know how it ended."""
