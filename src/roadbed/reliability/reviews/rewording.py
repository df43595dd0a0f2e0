"""The verb behind “use this”: a sentence that blames is replaced by the rewrite that was offered for it."""

from __future__ import annotations

import re
from datetime import datetime

from roadbed.ground.errors import Conflict, Invalid, Place
from roadbed.ground.ledger.unit import unit
from roadbed.ground.people.rules import Caller, authorise
from roadbed.reliability.reviews import hinting, rules
from roadbed.reliability.reviews.models import Factor
from roadbed.reliability.reviews.rules.blame.rewriting import rewrite
from roadbed.reliability.reviews.writing import changed, factor_of, locked


def use_rewrite(caller: Caller, reference: str, *, where: str, sentence: str, now: datetime) -> str:
    """Replace a sentence of a section or a factor by its rewrite; answers what stands there now.

    Raises:
        Conflict: when the sentence is not there any more.
        Invalid: when nothing is said against it.
    """
    authorise(caller, "review.write")
    section = hinting.PARTS.get(where, "causes")
    offered = rewrite(sentence, section=section, people=hinting.directory())
    if not offered:
        raise Invalid("Nothing is said against that sentence.", place=Place(field="sentence"))
    words = r"\s+".join(re.escape(word) for word in sentence.split())
    with unit(caller, now=now) as writing:
        row = locked(reference)
        if where in rules.SECTIONS:
            text, found = re.subn(words, lambda _: offered, row.sections.get(where, ""), count=1)
            if found:
                row.sections = {**row.sections, **rules.checked_sections({where: text})}
        else:
            made = factor_of(row, where, field="where")
            text, found = re.subn(words, lambda _: offered, made.text, count=1)
            if found:
                Factor.objects.filter(pk=made.pk).update(text=rules.checked_text(text, "text"))
        if not found:
            raise Conflict(
                "That sentence is not there any more.", remedy="Somebody changed it. Look at the hints again."
            )
        changed(writing, row, "rewrite", where=where)
    return offered
