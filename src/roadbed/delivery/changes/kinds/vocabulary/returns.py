"""What returns production to an earlier state: going back, what was before, switching off, how lately it came."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

RETURNS: Final = (
    concept("a way back", """
        revert*, roll* back, rollback*, rolledback, back out, backs out, backed out, backing out, backout, undo*, undid,
        unmerge*, un merge*, unship*, un ship*, unwind*, unroll*, unpublish*, backtrack*, retreat*, rescind*, recall*,
        reinstat*, reinstall*, redeploy*, re deploy*, resurrect*, downgrad*, step back, revers(e|es|ed|ing|al), (go|
        goes| going| went| gone| get| gets| getting| fall| falls| fell| falling) back, !fall* back, !get back to, (move|
        moves| moved| moving| switch*| change| changes| changed| changing| return*| set| put| puts| flip*| point*| turn|
        turns| turned| drop*| traffic| dns| reads| writes| calls| jobs| pin*| cut*| shift*| swing) .. back, we are
        (on|back) .. again, back (to|on|at|onto|in) (the|our|an) (old| previous| former| prior| earlier| last| original|
        legacy| proven| first| existing), back to (old| previous| former| prior| version| v1| v2| v3| friday*| monday*|
        tuesday*| wednesday*| thursday*| saturday*| sunday*| yesterday*| last| blue| how| what| where| the
        way|before|normal|one|two|single|sync*), return* to, reset* .. to
        (what|how|where|the|their|its|old|previous|former), (as|like|how|what|where|the way) (it|they|we|things)
        (was|were) before, as (it|they) (was|were), as before, like before, how it was, what (it|they) (was|were),
        (state| config*| setting*| version| image| build| snapshot| copy| values) (of|from|as of) (yesterday| friday|
        monday| tuesday| wednesday| thursday| saturday| sunday| last| before| this morning|09), from before, before the
        (change| upgrade| update| switch| migration| release| deploy*| load test|launch), restore
        (old|previous|former|last|the old|the previous|the former|the last|prior|yesterday*|snapshot*|original|the
        original|config*|v1|version), take .. out again, takes .. out again, take .. (out|down|offline) (again|for
        now|until), out again, off again, away again, stays off, stay off, stays out, put .. back, reintroduce the old,
        from tag, alias .. version, use .. (old|previous|v1|former) .. again, (old|previous|former|prior|original) ..
        again, once more the old, reapply the (old|previous), re apply the old, (the|our) (old|previous|former)
        (one|way|path|version|behaviour|behavior) (again|returns|is back|back), last (known|working) good, known good,
        last (good|stable|working), same as (v|7|6|5|4|3|2|1), rebuilt, built from the, withdraw*, pull*
        (the|it|back|from production), traffic .. (blue|old), volver, vuelve, vuelta a, volvemos, revierte, deshacer,
        deshace, marcha atrás, quita el nuevo, quitar el nuevo, la anterior, versión anterior, zurück*, rückgängig,
        rückbau, wieder (auf|die alte|den alten|das alte|ausbauen|raus|weg), alte (version|fassung) wieder, retour
        (à|en|au|a), revenir, revient, annule*, retirer, ancienne version, terug*, ripristin*, former .. (takes
        over|take* them|again|is back|returns), takes over again, take them again, takes them again, in place of,
        instead of (v|version|the new|2|3|4|5|6|7|8|9|10|11|12), the one before, (image| digest| tag| version| build|
        release| config*| file*| table*| model*| chain| cert*) .. (the one before|before|of before), reload* ..
        (dump|backup|snapshot|copy), last night's (dump|backup|snapshot|copy|state|image|version), slot (a|b) → slot,
        schema back, down migration, migrate down, rolls .. back, rolled .. back, roll .. back, rolling .. back, restore
        .. (from|to|as|of) (backup|dump|snapshot|yesterday*|before|last|the state|friday*|monday*|tag),
        (serves|serve|serving|runs|run|live) now, is what .. serves, back on (the|v|version|1|2|3|4|5|6|7|8|9|10|11|12),
        back onto, back in (service|place|use|force), on (the|its|our) (old|previous|former) (one| version| broker|
        cluster| provider| path| engine| image| release) (again|until), stay* on (the|version|1|2|3|4|5|6|7|8|9)
        (old|previous|former|until), keep* .. (old|previous|former) .. until, fall back to the (old|previous|former),
        hold (at|back at) (version|the), freeze (at|on) (version|the old), un do, un roll, unpin*, unwound, withdrew,
        retract*, pull from (production|the store|rollout), pulled from, yank*, cancel* the
        (rollout|migration|upgrade|launch|release), call* off, stop the (rollout|migration|launch|canary|experiment),
        abort the (rollout|migration|upgrade|launch|release), where it was, where they were, as it was in, as they were
        in, (replaced|replace*) by (the old|the previous|the former), aborted, stable takes, takes all traffic, all
        traffic (to|on) (stable|old|blue), no more .. until, until .. no more, uninstall*, desinstal*, deinstall*, file
        of (1| 2| 3| 4| 5| 6| 7| 8| 9| 10| 11| 12| 13| 14| 15| 16| 17| 18| 19| 20| 21| 22| 23| 24| 25| 26| 27| 28| 29|
        30| 31| january| february| march| april| may| june| july| august| september| october| november| december|
        monday| tuesday| wednesday| thursday| friday| saturday| sunday| last), (those|that|ones) of (january| february|
        march| april| may| june| july| august| september| october| november| december| monday| tuesday| wednesday|
        thursday| friday| last| yesterday), use the legacy, use the old, use the former, use the previous, original
        (value*| tolerance*| setting*| text*| config*| order| file*| weights| threshold*), everyone → nobody, all →
        none, on → off, true → false, enabled → disabled, new → old, v2 → v1, green → blue, b → a, from the stable
        channel, from the channel, from rollout, abandon the, abandons the, abandoning the, abandoned the, step* down,
        stepping down, steps down, cancel* .. (move|migration|upgrade|switch|change|rollout|launch), (by|with|to|on|use)
        the old .. once more, the old .. once more, by the old, classic .. for all, as until
        (may|june|july|monday|last|yesterday), as it did (until|before), in (control|the control group), everybody into
        control, all into control, into control, out of the store, in the store again, de siempre, vuelve el, vuelve la,
        pull the, stay with the (old|previous|former), rules from (monday| tuesday| wednesday| thursday| friday|
        saturday| sunday| yesterday| last), export of (monday|tuesday|wednesday|thursday|friday|yesterday|last),
        (monday| tuesday| wednesday| thursday| friday| saturday| sunday| yesterday)'s (export| backup| copy| dump|
        version| build| state| image| config*| rules| file| table| prices| data), with the code of, code of
        (1|2|3|4|5|6|7|8|9|10), built from (1|2|3|4|5|6|7|8|9|10), on the old .. for the, go back to, the one from
        (spring| summer| autumn| winter| last| before| monday| tuesday| wednesday| thursday| friday| january| february|
        march| april| may| june| july| august| september| october| november| december),
        (answer|answers|serve|serves|handle|handles) again, let .. answer again, annuler le nouveau, annule le, put ..
        in again, old .. for everyone, for everyone the old, by the former, by the previous, through the former, route
        by the former, as on (monday|tuesday|wednesday|thursday|friday|saturday|sunday), page for all again, may have ..
        again, have .. again, to the previous, onto the previous, at the previous, previous .. for all, old .. for all,
        former .. for all, former .. for everyone, for all until, for everyone until, (earlier|prior|preceding) (image|
        config*| version| build| release| weights| model| driver| kernel| provider| host| list| file| table| prices|
        rules| layout| map| proxy| text| state| setting*), (take|use|load|serve|run|with|to|set) .. from before, from
        before the, under a new number, under a higher number, old .. wieder, alte .. wieder, wieder einspielen,
        einspielen der alten, of last week, file of last
        """),
    concept("what was before", """
        previous, previously, prior, earlier, former, old, older, oldest, proven, yesterday's, last week's, last
        month's, last release*, (monday| tuesday| wednesday| thursday| friday| saturday| sunday)'s, predecessor*, again,
        back, before, was, legacy, viejo*, antigu*, anterior*, alte*, vorherige*, ancien*, précédent*, !as before the,
        !back (office|end|fill|port|ground|up|off|log|order*|pressure), !before (stopping| starting| each| every| the|
        they| it| people| changing| deleting| writing| reading| sending| a| an), !was
        (never|not|always|asked|decided|used), preceding, last good, at the time, formerly, established, tried and
        tested, status quo, original*, first version, initial (value|version|setting), default again, penultimate, n 1
        release, last quarter's, last year's, vorige*, bisherige*, precedente, vecchi*, oude, this year's, classic,
        habitual, usual
        """),
    concept("switching off", """
        disabl*, deactivat*, (switch| switches| switched| switching| turn| turns| turned| turning| shut| shuts| flip|
        flips| flipped) .. off, off, !off (by|peak|site|line|load|the shelf), !(kick|take|log|sign|back|hand|trade) off,
        !(behind|flag) .. off, kill switch*, killswitch*, (to|→|at) 0, (to|→) zero, (down|dial*|ramp*) .. (0|zero), 0 %,
        suspend*, paus(e|es|ed|ing), halt*, unplug*, flag off, flags off, set .. (false|off|0), → off, → false, take ..
        (down|offline), kill .. (flag|feature|experiment), desactiv*, désactiv*, apaga*, abschalt*, ausschalt*,
        deaktivier*, abgeschaltet, aus, toggle* off, toggled off, goes off, go dark, dark again, false again, percent 0,
        0 percent, to 0 percent, zero percent, to nobody, for nobody, no one, unregister*, detach*, disconnect*
        (from|the), → nobody, → none, to none, no more, false, to false, turn .. false, is off, are off
        """),
    concept("taking out", """
        remov*, rm, drop, drops, dropped, dropping, delet*, take out, takes out, taken out, took out, take .. out, takes
        .. out, pull*, !pull (request*|to refresh), rip* out, strip, kill, kills, withdraw*, excis*,
        (eject|unlink|unhook|unwire)*, quita*, retira*, elimina*, entfern*, supprim*, out,
        !(back|check|time|timed|times|roll|log|sign|fan|scale|out) out, !out of, !rolled out, !went out, !ran out
        """),
    concept("it came lately", """
        today, yesterday*, tonight, this (morning|afternoon|evening|week|noon), last night, (an|one|two|three|some)
        hour* ago, minutes ago, within (minutes|an hour|seconds), right away, at once, immediately, since (monday|
        tuesday| wednesday| thursday| friday| saturday| sunday| yesterday| today| noon| then| last| this| v| version|
        we| it), since the (deploy*| release| launch| switch| upgrade| update| change| move| rollout| new| last|
        migration| merge| import), since (release|deploy*|launch|upgrading|updating|switching), since 1, since 2, since
        3, since 4, since 5, (went|gone) (out|live), (released| launched| enabled| added| introduced| shipped| deployed|
        switched| moved| changed| raised| lowered| merged| rolled out|turned on) .. (today| yesterday| monday| tuesday|
        wednesday| thursday| friday| saturday| sunday| noon| morning| night| week| hour*| ago| lately| recently),
        introduced (in|by|with|on), just (deployed|released|shipped|rolled|merged|enabled|launched), after
        (the|a|last|yesterday's|this|each) (deploy*| release| rollout| upgrade| update| switch| launch| merge| change|
        migration), after (deploy*|release|upgrad*|updat*|switching|the), from (last night|yesterday|last
        week|monday|tuesday|wednesday|thursday|friday|this week*), last (week's| month's| night's| friday| monday|
        tuesday| wednesday| thursday| weekend| week), of (yesterday|friday|last
        week|monday|tuesday|wednesday|thursday|today), recent*, lately, regress*, (monday| tuesday| wednesday| thursday|
        friday| yesterday| today)'s (change| launch| release| deploy*| upgrade| update| migration| merge| move| tuning|
        rollout| config*), seit (gestern| heute| montag| dienstag| mittwoch| donnerstag| freitag| dem| der), gestern,
        heute, desde (ayer|hoy|el|la), ayer, depuis (hier|ce|la|le), hier, since (noon|midnight|the
        morning|dawn|lunch|two|three|four|nine|ten|eight), since (it|they|that) (is|was|are|were|went)
        (on|live|out|enabled|switched|turned), (turned|switched|put|went) on (monday| tuesday| wednesday| thursday|
        friday| saturday| sunday| yesterday| today| this), hotfix of (14|10|11|12|13|15|16|17|18|9|8), of
        (14|15|16|13|12|11|10|9|8) 00, hours after, minutes after, day after, days after, the day we, once it
        (was|went), as soon as it (was|went), of this morning, import of this, first thing, this release, this version,
        that release, current release, latest (release|version|build|deploy*), every few minutes since, drop .. since,
        since the (clean|cleanup|clean up|tidy|fix|patch|hotfix), since thursday, deployed at
        (ten|eleven|noon|nine|eight|one|two|three|four|five), at (ten|eleven|nine|eight) today, within the hour, doubled
        within, shipped this (morning|week|noon), that shipped, this morning's, tuesday's release, were .. since the,
        since the update, added in, introduced in, came in with, came with, live since, on since, seconds since, minutes
        since
        """),
    concept("the new one is bad", """
        the new (one*| version*| file*| list*| table*| model*| image*| driver*| client*| step*| script*| policy| chain|
        cluster| broker| page*| text| menu| layout| engine| parser| build| release| config*| weights| rules| provider*|
        service| path| code| flow| form| way| format| server| library| kernel| node| runner| index*| limit*| schedule)
        .. (is| are| has| have| had| does| do| did| cannot| can't| fails| breaks| loses| blocks| rejects| crashes|
        hangs| makes| gives| sends| shows| prints| doubles| misses| missing| lacks| times| flags| takes| needs| picks|
        answers| returns| hammers| corrupts| ignores| confuses| covers| drops| freezes), new one (is| are| has| had|
        does| did| cannot| fails| breaks| loses| blocks| misses| lacks| flags| takes| prints| rejects| crashes| hangs),
        new ones, v2 (times|fails|is|loses|breaks|drops|returns|cannot|has), the new, the (upgrade| update| switch|
        migration| change| refactor*| optimisation| optimization| merge| rollout| release| experiment| rewrite) (broke|
        breaks| fails| failed| made| makes| causes| caused| lost| loses| hangs| blocks| slows| slowed| corrupts|
        corrupted| sends| removed), the backport, still (corrupts| breaks| fails| crashes| arrive*| loses| hangs|
        broken| wrong), la nueva, el nuevo, der neue, die neue, das neue, la nouvelle, le nouveau, went wrong, it
        answered, does not help, (one|ones|version|release|build|file|model|vendor|provider) (from|of)
        (today|yesterday|this morning|last) .., worse, worst, cannot cope, nobody can, no one can, not what it should,
        torn apart, swear words, drain* (the|their) batter*, batteries, angry, flooded, tickets pour, support ..
        (flooded|cannot cope|drown*|swamped|overrun), negative (fee*|price*|value*|balance*), zero
        (price*|value*|balance*), all (price*|value*|order*) to zero, every (second|third|fourth|fifth|other) ..
        (is|fails|lost|crash*|hang*|wrong|empty|rejected), (half|third|most|many|some|all) of
        (them|the|our|all|users|customers|orders|pods|nodes) .. (fail*|lost|broke*|cannot|see|got|were|are|is), changed
        ones, changed (value*|one*) .., the one we (moved|switched|changed|upgraded|updated) ..,
        (moved|switched|changed) to (last|yesterday|on|today|this), with (8|1|2|3|4|5|6|7|9) ..
        (die|fail*|crash*|hang*|lose*|break*|time*), doors do not, barriers stay, stay open, stays open, does not open,
        lists .. as, this year's .. (has|is|lacks|misses|had|shows), (eats| ate| swallows| swallowed| mangles| mangled|
        blurs| blurred| scrambles) .., came out (blurred|wrong|empty|black|late|twice), are cut off since, is cut off
        since, cut off since, (loaded|sent|released|published|shown) too early, too early, leaks
        (cursor*|memory|connection*|handle*), skips (half|some|all|every), the
        (move|switch|change|upgrade|update|migration) (to|of) .. (made| makes| broke| breaks| slowed| slows| cost|
        costs| lost| loses), nobody gets past, no one gets past, gets past it, stutters since, sales fell,
        (conversion|revenue|sales|ratings|bookings) (fell|fall|dropped|drop|halved|down|sank), sank since, fell in that
        group, (is|are) for the wrong, for the wrong (port|country|zone|year|shop), takes .. for, new one (sends|
        routes| shows| prints| puts| assigns| counts| charges| costs| drains| forgets| opens| closes| stays| skips|
        eats), forgets .., sales are down, (sales|bookings|sign ups|conversion|visits) (are|is) down, cost one cent,
        cost nothing, for free by mistake, (are|is) green, (is|are) blurred, (later|newer|latest|current)
        (one|ones|version|image|build|release|file|model) .., insults (customers|users|people), loops for ever, has
        twins, has duplicates in it
        """),
    concept("only for now", """
        suspect*, until (we|it|somebody|someone|they|the cause|fixed|understood|further|then|that|the fix|a fix|the
        bug|next|friday|monday|tomorrow|legal|it's), for now, for the moment, for the time being, temporar*, interim,
        out until, pending (investigation|fix|analysis|a fix), buy* time, stop the bleeding, precaution*, while we
        (look|investigate|fix|find), requested by on call, on call (asked|asks|wants|says|decided), asked by on call,
        emergency, vorläufig, vorerst, de momento, provisoire*, provisional*, hasta que, bis (auf weiteres|zur|der|wir),
        en attendant, until (monday| tuesday| wednesday| thursday| friday| saturday| sunday| noon| tonight| morning|
        tomorrow| the weekend)
        """),
)  # fmt: skip
