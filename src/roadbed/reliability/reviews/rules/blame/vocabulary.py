"""The words by which people are named without a name, and by which they are judged; each list is of the trade."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final, cast


def words(text: str) -> str:
    """Alternatives of a pattern out of a list of words, one or more a line."""
    return "|".join(sorted(text.split(), key=len, reverse=True))


def phrases(text: str) -> str:
    """Alternatives out of phrases, separated by a slash; a space in one is any space."""
    found = [" ".join(part.split()) for part in text.split("/")]
    return "|".join(part.replace(" ", r"\s+") for part in sorted(filter(None, found), key=len, reverse=True))


class _WhenUsed:
    """A pattern that is compiled when somebody first uses it.

    All of them take a third of a second, which each process of the server would pay at its start for nothing.
    """

    def __init__(self, source: str) -> None:
        self._source = source

    def __getattr__(self, name: str) -> Any:
        return getattr(_compiled(self._source), name)


@cache
def _compiled(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)


def any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """One pattern that finds any of some."""
    return cast("re.Pattern[str]", _WhenUsed("|".join(f"(?:{one})" for one in patterns)))


_ROLES: Final = words("""
    engineers? developers? devs? programmers? coders? operators? admins? administrators? sysadmins? dbas? sres?
    technicians? reviewers? approvers? authors? testers? managers? architects? analysts? scientists? designers?
    maintainers? contributors? committers? contractors? consultants? interns? juniors? seniors? newcomers?
    commanders? responders? foremen foreman colleagues? coworkers? employees? humans? persons? people folks guys crews?
    squads? staff personnel whoever somebody someone anybody anyone everybody everyone nobody individuals executives?
    owners? electricians? clerks? nurses?
    """)
_COMPOUND: Final = words("""
    console page pattern interface screen portal rights? roles? api accounts? tokens? panel ui tools? sessions? mode
    guide manual docs documentation access machine laptop workstation environment ids? names? groups? table flag lists?
    count rota rotation schedule handbook queue tickets? channel email permissions? policy load services? station
    sdk sync
    """)
_AFTER: Final = rf"(?!\s+(?:{_COMPOUND})\b)"
ROLES: Final = rf"(?:{_ROLES})\b{_AFTER}"
_DEPARTMENTS: Final = words("""
    support engineering product legal marketing sales finance procurement operations ops security qa infra devops
    management facilities networking
    """)
_DOES: Final = words("""
    should could must ought did never sat pushed wanted took had has needs? ignored failed forgot people team teams
    folks refused chose keeps? kept made thought agreed insisted
    """)
_GROUPS: Final = phrases("""
    on-call / oncall / on call engineer / person on call / night shift / day shift / evening shift / evening crew /
    night crew / early shift / late shift / team / teams / no one / site leads? / tech leads? / team leads? /
    incident lead / the lead / the shift / shift leads? / project leads? / incident commander /
    release manager / product owner /
    service desk / help desk / helpdesk / the vendor / the supplier / the contractor
    """)
TEAMS: Final = rf"(?:{_GROUPS}|(?:{_DEPARTMENTS})(?=\s+(?:{_DOES})\b)){_AFTER}"
WHO: Final = rf"(?:{ROLES}|{TEAMS})"
SUBJECT: Final = rf"(?:(?:the|a|an|our|their|that|this|which|every|any|some|one of the)\s+)?(?:[\w-]+\s+){{0,3}}?{WHO}"
PRONOUN: Final = r"(?:he|she|they|we|you|i|someone|somebody|anyone|anybody|everyone|everybody|nobody|no one|whoever)"
ANY: Final = rf"(?:{PRONOUN}|{SUBJECT})"
LED: Final = rf"(?:{PRONOUN}|{WHO})"
"""Who begins a pattern: what stands before the noun need not be looked for."""
NOUN: Final = re.compile(rf"\b(?:{ROLES}|{TEAMS})\b(?!['’]s?\b|-)", re.IGNORECASE)
"""A role or a team itself, and not what belongs to it."""

_JUDGEMENTS: Final = words("""
    careless carelessly carelessness sloppy sloppily sloppiness negligent negligently negligence neglectful reckless
    recklessly recklessness incompetent incompetence incompetently amateurish amateurishly unprofessional
    unprofessionally irresponsible irresponsibly clueless thoughtless thoughtlessly mindless mindlessly inattentive
    inattention inattentively overconfident overconfidence complacent complacency cavalier lackadaisical half-hearted
    half-heartedly dithering dithered dithers foolish foolishly foolishness idiotic moronic inexcusable inexcusably
    unforgivable unforgivably shoddy slapdash botched bungled fumbled goofed shamefully embarrassingly haphazardly
    hastily incautious incautiously unthinkingly inexplicably lazily stupidly blithely nonchalantly arrogance arrogant
    laziness stupidity incomprehensibly hubris ignorance
    """)
JUDGEMENT: Final = any_of((
    rf"\b(?:{_JUDGEMENTS})\b",
    (
        r"\b(?:lazy|stupid|dumb|silly|rookie|amateur|beginner'?s?|newbie|schoolboy|basic)\s+"
        r"(?:\w+\s+)?(?:mistakes?|errors?|workarounds?|blunders?|decisions?|fix|fixes|work|coding|oversights?|"
        r"moves?|slips?)\b"
    ),
    (
        r"\b(?:poor|bad|questionable|terrible|awful)\s+(?:judge?ment|discipline|workmanship|attitude|"
        r"craftsmanship|"
        r"work ethic|communication skills|choices? (?:by|of) the)\b"
    ),
    (
        r"\black(?:ed|ing|s)?\s+(?:of\s+|the\s+)?(?:care|diligence|discipline|attention|commitment|ownership|"
        r"rigou?r|skill|"
        r"competence|common sense|effort|interest|professionalism|seriousness|urgency)\b"
    ),
    (
        r"\bcommon sense\b|\bhalf-?assed\b|\basleep at the wheel\b|\bdropped the ball\b|"
        r"\bcut(?:ting)? corners\b|"
        r"\bhacked (?:this|it|that|the \w+) together\b|\bcowboy\w*\b|\bout of (?:their|his|her) depth\b|"
        r"\b(?:didn['’]?t|did not|doesn['’]?t|couldn['’]?t|could not) (?:even )?(?:bother|care)\b|"
        r"\bcouldn['’]?t be bothered\b|"
        r"\bwithout (?:even )?(?:thinking|bothering|a second thought|giving it a thought|looking)\b|"
        r"\bhow hard can it be\b|"
        r"\btook (?:their|his|her|its sweet) (?:sweet )?time\b|\bgot lucky\b|\bknows? (?:no )?better\b|"
        r"\bknew better\b|"
        r"\b(?:was|were|is|are)(?: not|n['’]t) (?:paying|payed) attention\b|\bnot paying attention\b|"
        r"\bpaid no attention\b|"
        r"\b(?:was|were) (?:asleep|distracted|overwhelmed|too slow|out of touch)\b(?= (?:and|when|during|at|"
        r"while|by))|"
        r"\bbasic knowledge\b|\b(?:with|given) (?:a (?:little|bit) )?more (?:commitment|care|discipline|"
        r"diligence|attention|effort|"
        r"thought|rigou?r|experience|skill|focus)\b|\bfar too long\b(?=.*\b(?:to|before|for)\b)|"
        r"\bnever took (?:control|charge|"
        r"ownership|responsibility|the time)\b|\bhad no idea what\b|\bwith no regard for\b|"
        r"\bas usual\b(?=.*\b(?:forgot|late|"
        r"ignored|skipped|failed)\b)|\bturned a blind eye\b|\blooked the other way\b|\bwashed (?:its|"
        r"their) hands\b|"
        r"\btoo (?:lazy|careless|proud|busy to care|arrogant|comfortable|eager|junior|inexperienced|hasty|"
        r"quick to)\b|\b(?:nobody|no one|never|not|hardly anyone|did anyone) (?:even )?bother(?:ed)?\b|"
        r"\bbothered to\b|\b(?:was|is|were) (?:a|an|one big) (?:\w+ )?(?:mess|shambles|disaster|joke|disgrace|"
        r"embarrassment|farce)\b|\bno one took charge\b|"
        r"\b(?:not|n['’]t|never) (?:really )?(?:take|took|taken|taking) [^.]{0,40}\bseriously\b|\b(?:does|do|"
        r"did|clearly)(?: not|n['’]t) (?:really |even )?(?:understand|grasp|get) (?:how|what|the|indexes|"
        r"basics|anything|\w+)\b|\beasy way out\b|\blet (?:us|everyone|the team) down\b|\b(?:as|"
        r"like) (?:always|usual|ever)\b|\bonce again\b(?=.*\b(?:team|they|he|she|developers?|operators?|"
        r"vendor)\b)|"
        r"\bjust (?:wanted|clicked|shrugged|guessed|assumed)\b|\bcould have cared\b|\bshrugged (?:it )?off\b|"
        r"\bpanicked\b"
    ),
))  # fmt: skip
ACTS_JUDGED: Final = re.compile(
    r"(?:failed to|fail(?:s|ed)? to (?:notice|follow|check|see|read|act)|neglected(?: to)?|forgot(?:ten)?(?: to)?|"
    r"ignored|disregarded|omitted to|chose not to|refused to (?:listen|read|follow|help)|did not take .* seriously|"
    r"sat on|caved|messed up|screwed up|blew|skipped (?:the|a|all|every|two|three|this|that|over)|overlooked|"
    r"missed (?:the|an?|every|all|obvious)|slept (?:through|in)|rushed|muddled|bypassed (?:the )?(?:review|"
    r"process|checks?)|"
    r"panicked|guessed|were? (?:slow|late) to|underestimated|brushed (?:it )?(?:aside|off)|waved (?:it )?through|"
    r"rubber-?stamped|let (?:it|this|that) slip|let us down|did(?:n['’]t| not) (?:bother|care|pay attention|"
    r"think))\b",
    re.IGNORECASE,
)
"""What is a judgement when a person did it, and an observation when a machine did."""

ELSEWHERE: Final = any_of((
    # de
    (
        r"\bschlampig\w*|\bnachlässig\w*|\bfahrlässig\w*|\bunachtsam\w*|\bunvorsichtig\w*|\bgepennt\b|"
        r"\bverschlafen\b|\bleichtsinnig\w*|"
        r"\b(?:fehler|schuld|verantwortung) (?:liegt|lag|liege) (?:klar |allein )?bei (?:der|dem|den) "
        r"(?:\w*(?:schicht|team|betrieb|kolleg\w+|entwickl\w+|bereitschaft|abteilung|dienst|gruppe))\b|"
        r"\bnicht aufgepasst\b|\bhat\b.*\bvergessen\b|\bvergaß\b|\bhätten?\b.*\b(?:müssen|sollen|können)\b|"
        r"\bmenschliche[sr]? (?:fehler|versagen)\b|\bbedienfehler\b|\bim nachhinein\b|\boffensichtlich\b|"
        r"\babsehbar\b|"
        r"\bwarum ha(?:t|ben)\b.*\b(?:niemand|nicht|team|kollege\w*)\b|\bschuld (?:ist|war|hat)\b"
    ),
    (
        r"\bfehler (?:des|der|eines|einer|von|vom)\b|\brückblickend\b|\bleicht zu (?:erkennen|sehen)\b|"
        r"\bversehentlich\b|\baus versehen\b|\bsorgfalt\b|\bwarum\b.*\b(?:niemand|keiner|kollege\w*|team|"
        r"entwickler\w*)\b"
    ),
    (
        r"\bfout van (?:de|een)\b|\bvergissing\b|\bper ongeluk\b|\berreurs? (?:de (?:manipulation|saisie|"
        r"frappe|l['’]\w+)|d['’](?:inattention|opérateur)|du|des)\b|\bpar (?:erreur|inadvertance|mégarde)\b|"
        r"\b(?:error|fallo|despiste|culpa) (?:del?|de la|de los) (?:operador|equipo|técnico|ingenier\w+|"
        r"usuario|turno|desarrollador\w*)\b|\bpor (?:error|descuido|despiste)\b|\b(?:erro|falha|"
        r"culpa) d[oae]s? (?:operador|equipe|equipa|time|técnico|desenvolvedor\w*)\b|\bpor (?:engano|"
        r"descuido)\b|\berrore (?:dell['’]|del |della )\w+|\bper (?:errore|distrazione)\b|\b¿?por qué (?:el|"
        r"la|los|nadie)\b.*\b(?:equipo|operador|técnico|turno|nadie|desarrollador\w*)\b|"
        r"\bpourquoi\b.*\b(?:équipe|opérateur|développeu\w+|personne)\b|\bwaarom\b.*\b(?:niemand|team|"
        r"collega\w*|beheerder)\b"
    ),
    # nl
    (
        r"\bniet opgelet\b|\bslordig\w*|\bonzorgvuldig\w*|\bnalatig\w*|\bonoplettend\w*|\bvergat\w*|"
        r"\b(?:heeft|hebben|was)\b.*\bvergeten\b|"
        r"\bhad(?:den)?\b.*\bmoeten\b|\bmenselijke fout\w*|\bachteraf (?:gezien|bekeken)?\b|"
        r"\bwaarom heeft\b.*\bniet\b|\bniet de moeite\b"
    ),
    # fr
    (
        r"\bnégligen\w+|\bnégligé\b|\ba oublié\b|\bont oublié\b|\baurai(?:t|ent) dû\b|\berreur humaine\b|"
        r"\bavec le recul\b|"
        r"\brétrospectivement\b|\b(?:était|c['’]est) évident\b|\bpourquoi\b.*\ba-t-(?:il|elle|on)\b|"
        r"\bpourquoi\b.*\bpersonne n['’]|"
        r"\bfaute de l['’](?:équipe|opérateur|ingénieur)\b|\bétourderie\b|\bprévisible\b"
    ),
    # es
    (
        r"\bnegligen\w+|\bdescuid\w+|\bolvidó\b|\bolvidaron\b|\bse olvidó\b|\b(?:operador|equipo|ingenier[oa]|"
        r"desarrollador[ae]?s?|turno|alguien)\b.*"
        r"\b(?:debió|debería|debieron|deberían) haber\b|\berror humano\b|\ben retrospectiva\b|\bera (?:obvio|"
        r"evidente)\b|"
        r"\b¿?por qué (?:nadie|el equipo|no (?:avisó|revisó|miró))\b|\bno prestó atención\b"
    ),
    # pt, it
    (
        r"\bretrospecto\b|\besqueceu\b|\besqueceram\b|\b(?:deveria|devia|deveriam)m? ter\b|\berro humano\b|"
        r"\bera (?:óbvio|evidente)\b|"
        r"\bdesleix\w+|\bpor que ninguém\b|\berrore umano\b|\b(?:avrebbe|avrebbero) dovuto\b|\btrascurat\w+|"
        r"\bdimenticat\w+|\bera ovvio\b|"
        r"\bcol senno di poi\b|\bdistrazione\b"
    ),
))  # fmt: skip
