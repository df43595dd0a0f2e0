"""What goes wrong with what exists: it breaks, fails, is wrong, is slow, and how one learned of it."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

TROUBLE_WORDS: Final = (
    concept("it breaks down", """
        crash*, panic*, segfault*, segmentation fault*, abort*, core dump*, oom*, out of memory, over (its|their|the)
        memory, evict*, hang, hangs, hanging, hung, freez*, froze, frozen, stall*, stuck, deadlock*, livelock*, dead
        lock*, waits for itself, (wait*|waiting) for each other, wait* for ever, blocked, blocks, blocking, piled up,
        pile* up, piling up, 5xx, 500, 500s, 502, 502s, 503, 503s, 504, 504s, 429, 429s, outage*,
        (is|was|are|were|went|goes|go|be|being) (down|dark|offline), takes down, took down, brought down, brings down,
        !(going|go|goes|went) down to, unavailab*, unreachab*, unresponsiv*, brown* out, brownout*, black* out, restart
        loop*, restarts (every|each|all|itself|in a), restarted (every|each|all|itself|in a|at once), flap*, kills
        itself, killed, (do|does|did|would|will) not (start|boot|come up|respond|answer|load|connect|reconnect|open),
        (don't|doesn't|didn't|won't) (start|boot|come up|respond|answer|load|connect|reconnect|open), dies, died,
        collapse*, falls over, fell over, unusable, down for, away, lost connection*, connection
        (reset|refused|lost|closed|dropped|timeout*), broken pipe, (blank|white|empty|grey|gray|black)
        (page*|screen*|map|list|dashboard*), screen* .. (blank|white|grey|black|empty), absturz*, abgestürzt, stürzt,
        hängt, kaputt, ausfall*, se cuelga, caída, caído, se queda, bloquead*, plante, plantage*, ne
        (démarre|répond|marche), en panne, thrash*, crawl*, fell (off|out|over|behind), fall* behind, drop* off
        (the|their), knocked (out|over|off), tips over, keels over, burn* out, melt* down, meltdown*, chok*, starved,
        gasp*, wedge*, hosed, lock* up, locked up, dead on, goes (dark|silent|mute|offline|red), offline, no heartbeat,
        not answered, not answering, no answer, no response, no reply, never (answer*|repl*|respond*|came back|comes
        back|recover*), cascade*, cascading, domino, took .. with it, (whole|entire)
        (cluster|site|service|queue|fleet|region|app|system) .., pantalla .. negro, en negro, schwarzer bildschirm,
        écran noir, boot loop*, reboot*, power loss, power cut*, unplug*, stayed on (the|a), stays on the
        (logo|splash|first|loading), until somebody (plugged|pressed|restarted|rebooted|skipped|noticed|reset), to its
        knees, is down nobody, nobody can (pay|work|log|order), idle socket*, half open, closed by the (peer|server|far
        end), tip* over, fell asleep, sleeps forever, spin* forever, infinite loop*, endless loop*, loop* forever,
        recursion, stack overflow, zombie*, defunct, orphan process*, unclean shutdown, dirty shutdown, split brain,
        brain split, quorum lost, lost quorum, no leader, leaderless, failed over, unhealthy, not ready, never ready,
        became ready, pending forever, imagepullbackoff, pull limit, rate limited by, blackhol*, black hol*, partition*
        (between|of the network), network partition, packet loss, dns (failure*|outage|timeouts), resolver, no route,
        dropped off, disconnect*, lost (signal|link|network|contact|power), brown out*, overheat*, fuse*, tripped,
        trips, emergency stop, stands still, standstill, stand still, stopped dead, shut itself, power cycle, ticket
        desk froze, took all (cores|memory|threads|connections|disks), took the (database|site|server|cluster) with, cut
        cable, locked the table, locks the table, visitors could not, slows down day by day, day by day, dead
        connections, se cierra, se congela, se apaga, took .. out, knocked .. out, nothing was planned, nobody planned,
        hung on it, hang on it
        """),
    concept("it fails", """
        fail*, !fail (over|back), !failover*, !fail closed, broke, broken, break, breaks, breaking, !breaking change*,
        !lunch break*, !page break*, !line break*, error*, !error (budget*|message*|page*|handling), exception*,
        traceback*, null pointer*, npe, nil pointer, undefined, nan, unhandled, refus*, reject*, (cannot|can
        not|can't|could not|couldn't|unable to) .. (sign| log| pay| open| load| save| upload| connect| print| send|
        finish| reach| find| parse| start| read| write| use| order| check| scan| deliver| book| be
        reached|complete|submit|close|resume|reconnect|import), cannot, does nothing, do nothing, did nothing, nothing
        happens, (not|never) work*, does not (work| fit| arrive| finish| save| show| print| match| update| render| end),
        do not (work| arrive| finish| save| show| print| match| update| render| end), doesn't (work| fit| arrive|
        finish| save| show| print| match| update| render| end), gave up, give up, gives up, malfunction*, violat*,
        invalid, malformed, unexpected*, unsupported (by|type), exhaust*, ran out, run out, runs out, running out, out
        of (disk| space| connections| file| handles| threads| sockets| ids| quota), disk full, full disk*, disks full,
        (fill*|filled) .. disk*, no space, fehler*, fehlgeschlagen, schlägt fehl, schlagen fehl, abgelehnt, geht nicht,
        funktioniert nicht, falla*, fallo*, no (funciona|imprime|carga|abre|encuentra|genera|se genera|envía|arranca),
        rechaza*, erreur*, échou*, échec*, ne fonctionne, ignor(es|ed|ing) .., does not (know| recogni*| understand|
        accept| support| reach| see| count| close| open| respond| get| send| sync*| scroll| react| remember| keep|
        apply| notice| honour| respect), do not (get|reach|see|receive|know|open|close|react|understand), did not (get|
        reach| see| receive| know| open| close| react| work| send| start| finish), never (got|get|gets)
        (through|there|it|them|an), not get through, got (no|nothing|two|three|lost|the wrong|stuck|charged), gets
        (no|nothing|two|the wrong|stuck|lost), got stuck, no one (got|receiv*), nothing (arrive*|was
        sent|came|happened|was saved), went (nowhere|wrong|into), goes (nowhere|wrong), (mail*| message*| order*|
        request*| job*| event*| call*| payment*| reading*| upload*| import*| export*) .. (lost| nowhere| fail*| drop*|
        stuck| missing| twice| wrong| empty| never| vanish*| disappear*| expire*), not possible to
        (pay|log|order|book|save|open|print), impossible to (pay|log|order|book|save|open|print), (button| link| form|
        page| screen| menu| field| app| scanner| printer| player| search) .. (dead|broken|stuck|empty|missing|does
        not|doesn't|nothing|wrong|frozen|fails|unusable), trips over, trip over, stumbl*, choke* on, chokes on, throws,
        threw, thrown, raises an, stops (working|responding|syncing|at|after|when), stopped
        (working|responding|syncing|at|after|when), quit*, aborts, unrecogni*, unparsable, unparseable, syntax error in
        (the|a) (config|query), 404 for, 403 for, 400 for, 401 for, http (4xx|5xx|500|502|503|504|400|404), status
        (500|502|503|504), skip, skips, jump*, slid, slips, slide* (to|out), reused after, closed before, closes the
        (app|page|window|dialog|session), ferme l'application, nobody (can|could)
        (pay|log|order|book|sign|call|print|open|check), no one (can|could)
        (pay|log|order|book|sign|call|print|open|check), never ends, won't, sat there, without moving, does not
        (move|stop|boot|leave|come|go), do not (move|stop|boot|leave|come|go|open), did not
        (move|stop|boot|leave|come|go|open), infinity, arrancan, arranca, démarrent, startet nicht, starten nicht,
        regression in, no longer (work*| open*| load*| start*| send*| print*| play*| sync*| render*| arrive*| show*|
        match*| update*| respond*| connect*| compil* on), stopped (printing|sending|playing|loading|updating|arriving),
        stop printing, unplayable, unopenable, unsaveable, not saved, not sent, not printed, not loaded, not shown, not
        updated, not delivered, not sorted, not translated, not synced, unsynced, half
        (written|sent|saved|done|imported), partial (write*|import*|result*|upload*|failure*), rolled back transaction,
        duplicate key, serialization failure, serialisation failure, optimistic lock* fail*, conflict*, 409*, 412*,
        422*, 413*, 431*, payload too large, header too large, too large for, does not fit, not supported by
        (the|old|safari|ios), incompatib*, not compatible, breaks (with|when|on|if|in|for), unusable (on|with|in|for),
        had to sign in again, sign in again, cut off by, were cut off, we were cut off, let nobody in, lets nobody in,
        stayed cold, bumped into, lost whole, whole reports, ran short, run short, short of, died, until the process
        died, lets (no one|nobody), rings at, rang at, where nobody, stayed idle, stays idle, idle after, unknown
        article, article unknown, meant .. unknown, guessed for, support guessed, stops at row, stops at
        (line|page|row|item|100|1000|65), handed out dead, reloaded and lost, lost their
        (form|draft|work|text|order|cart)
        """),
    concept("it gives something wrong", """
        wrong*, incorrect*, inaccura*, bug, bugs, buggy, defect*, glitch*, misbehav*, off by (one|a|an), (a|one|by a)
        cent, cents, rounding, miscalculat*, mis (count|sort|calculat)*, bad (data|value*|total*|result*|sum*),
        mismatch*, inconsisten*, out of sync, diverg*, differ*, !does not differ, !do not differ, !no difference*,
        twice, two times, thrice, double* .. (charg|book|count|order|sent|post|paid)*, doubl(es|ed|ing), double
        (charge|booking|count|order|post|payment|click|submit)*, doubles, duplicat*, dedup*, !de duplicate code,
        overlap*, collid*, collision*, garbled, truncat*, cut off, corrupt*, mojibake, encoding of,
        (wrong|other|random|reverse|any) order, out of order, stale, !stale (flag*|branch*|code|feature*), outdated
        (data|value*|price*|cache*|result*), old (data|value*|prices), the day before, a day (early|late), one day
        (early|late), time zone, timezone, utc, dst, daylight saving, umlaut*, emoji*, unicode, null, empty, !empty
        (state*|folder*|line*|test*), missing, !missing (role|permission|auth*|test*|docs|feature|check), blank,
        negative, zero rows, no rows, no results, lost, lose, loses, losing, loss, !loss of the zone, drop* ..
        (message*|request*|connection*|order*|event*|packet*|job*), dropped, thrown away, went missing, disappear* from,
        vanish*, swallow*, skipped, skips, !skip to, misses, missed, !(nobody|not) missed, incomplete, never (arriv*|
        finish*| end*| return*| reconnect*| deliver*| consum*| sent| run*| ran| fired| got| reached| came| clos*|
        releas*), not (returned| delivered| sent| processed| saved| counted| found| released| closed| freed| updated|
        retried| arriving| consumed| received| applied), nobody (consum*|receiv*|got|was paged|noticed), covers the,
        hidden behind, off screen, unreadable, misaligned, shifted, jump*, flicker*, blink*, frozen page, safari,
        firefox, ios, android, falsch*, doppelt*, fehlt, fehlen, verloren, equivocad*, dos veces, duplicad*, perdid*,
        vacío*, falta, faux, fausse*, deux fois, perdu*, manque*, pressed (it|the button|again|twice), (two|three)
        (appointments| orders| mails| payments| bookings| charges| invoices| copies| tickets| letters| parcels|
        messages| times), more than once, at the same time in, an hour (off|early|late), hour* off, minutes off, off by,
        a day off, one off, too (high|low|early|late), (showed| shows| showing| shown| displayed| printed| prints| sent|
        sends| gave| gives| returned| returns| calculated| counted| counts) .. (wrong| other| old| instead| twice|
        nothing| empty| negative| zero| nan| null| undefined| cents| off| early| late| yesterday| the day), stays
        (on|at|in) (unknown|zero|old|pending|processing|loading|red|the), stuck (on|at|in), forgets, forgot, does not
        add up, do not add up, not add up, mixed up, mix* up, swapped, swaps, reversed (order|sign), upside down,
        sideways, rotated (photo*|image*|picture*), out of step, not in sync, drift*, skew*, unread count, counter
        (wrong|off|stuck|stays), double entry, doubled, phantom, orphan* (row*|record*|file*|volume*|order*), dangling,
        inverted, clipped, unclickable, untranslated placeholder, placeholder* (shown|visible|instead), special
        character*, accents, apostrophe*, quotes in names, spaces in, long names, leading zero*, decimal*, thousands
        separator, zero (amount*|weight|items|length|division), division by zero, divide by zero, edge case*, corner
        case*, boundary, midnight, month end, year end, new year, leap, by mistake, mistaken*, mis (read| parsed|
        labelled| labeled| routed| assigned| matched| priced| spelt)*, misread*, misrout*, misassign*, mislabel*,
        mispric*, misreport*, under count*, undercount*, over count*, overcount*, overcharg*, undercharg*, overbook*,
        oversold, double sold, repeated (mails|messages|entries|charges), repeat* (itself|the same), echo, off the map,
        ghost*, stray, leftover (rows|orders|state), residual, leaks into the next, previous (user's|customer's|value*)
        .. shown, old (name|address|photo|price|total) .. (shown|stays|kept|remains), not refreshed, not reset, not
        cleared, not rounded, unrounded, not converted, unit*, metres, meters, feet, degrees, fahrenheit, celsius,
        litres, kilo*, percent sign, comma*, dot instead, am pm, 24 hour, first day of week, week number*, calendar
        week, julian, hijri, buddhist, locale*, transliterat*, capital*, lower case, case sensitiv*, sorted (wrong|as
        text|by the wrong), sort as text, numeric sort, natural sort, parse (dates|numbers|times|amounts), clock
        (skew|drift|jump*|change*|off|error*), clocks (differ|disagree*|drift*|apart|jump*), change of clocks, (shows|
        showed| displays| displayed| lists| listed| marks| marked| counts| counted| treats| treated| reads| read) ..
        (as|instead|although|though), became, turned into, turns into, disagree*, (in|on) (the|a) wrong, at
        (eleven|noon|ten|midnight) instead, instead of noon, as free although, back to front, front to back, mirrored by
        mistake, wrong way round, the other way round, upside, reads backwards
        """),
    concept("it is slow or full", """
        slow*, latenc*, lag, lags, lagg*, delay*, p50, p90, p95, p99, p999, n 1, hot path*, full (|table|index) scan,
        table scan, seq scan, bottleneck*, contention, contend*, took (seconds|minutes|hours|too|up
        to|over|more|4|5|6|7|8|9|10|12|14|15|20|30|40|50|60), takes (seconds|minutes|hours|too|up to|over|more), took ..
        (seconds|minutes|hours|ms|s), takes .. (seconds|minutes|hours|ms|s), ate .. ms, (for|after) ..
        (seconds|minutes|hours), timeout*, time out*, timed out, times out, timing out, deadline exceeded, spik*,
        storm*, herd, stampede*, overload*, saturat*, hammer*, swamp*, flooded by, starv*, throttl*, queued, queue up,
        queueing, backlog, backed up, (memory|cpu|disk|heap|load|connections) ..
        (at|over|above|full|high|grew|grows|growing|up to|95|90|99|100), memory (leak*|grow*|usage|pressure), leak,
        leaks, leaked (connection*|memory|handle*|socket*), leaking,
        (connection|socket|handle|goroutine|thread|descriptor|pool) leak*, grew to, grows (without|until|to|for),
        growing without, too (long| late| often| many| small| large| big| slow| short| tight| coarse| few| much memory),
        at (peak|noon|night|rush|the peak|month's end), peak, peaks, under load, high load, heavy load, all at once, at
        the same time, every monday, each monday, each (morning|evening|night), every (morning|evening|night), langsam*,
        dauert, zeitüberschreitung*, lento*, tarda, lent, lente, crawls, crawl, sluggish*, (seconds|minutes)
        (per|for|to|each|until), wait* (seconds|minutes|hours|too long|for minutes|for seconds), waits ..
        (seconds|minutes), (quarter|half) of an hour, half an hour, ten thousand, thousands of
        (requests|queries|calls|connections|phones|devices), each second, every second, per second, asked each, all
        (phones|clients|devices|agents|nodes|pods|workers) .. (asked|ask|poll*|reconnect*|at once), polling, poll,
        polls, busy loop, busy wait*, hot loop, quadratic, exponential*, unbounded, unlimited (queue|growth|memory),
        fill* up, filled up, fills up, nearly full, almost full, (disk|volume|table|queue|log*|index|bucket|cache) ..
        (grew| grows| growing| fills| filled| full| huge| gigabytes| gb| tb), gigabytes, gb of, tb of, memory
        (hungry|hog|bloat), bloat*, hog*, swap*, paging out, gc pause*, pauses of, stutter*, jank*, choppy, drop*
        frames, frame rate, battery, heavy (query|queries|page|job), expensive (query|queries|call*|join*), blocking
        (call*|io), synchron* call*, one by one, in a loop, chatty, round trip*, waterfall, spent its time, spends its
        time, one call per, a call per, call for each, query per, per (article|row|item|line|entry|product) ..
        (call|query|request), in one (call|query|request|round), (every|each) (ten|few|two|three) days, collecting
        garbage, long garbage, a minute late, an hour late, minutes late, seconds late, comes late, late
        (mails|messages|data|updates), bog*, drags, dragg*, forever, ages, eternal*, minutes to (load|open|start|build
        the list), seconds to (load|open|start|show|answer|render), cold start*, warm, cold cache, cache
        (miss*|stampede|thrash*), hit ratio, quota exceeded, quota (hit|reached), limit (hit|reached|exceeded), hit the
        limit, reached (its|the|their|a) limit, at the limit, over the limit, over quota, maxed, max out, maxes out,
        pegged, pinned at 100, runaway, explod*, balloon*, mushroom*, piles, pile, accumulat*, keeps growing, never
        shrinks, never freed, never released, never closed, unclosed, unreleased, not freed, not closed, fragmentation,
        fragmented, rebuild takes, lock wait*, row lock*, table lock*, waiting for locks, long transaction*, long
        running, long queries, hot spot*, hotspot*, hot key*, hot partition*, uneven, skewed, imbalance*, one node
        (gets|got|takes|took), waited for it, waited for the, waits for the, requests waited, opened one, each ..
        opened, opens a new, opened a new, at noon, at rush hour, choked
        """),
    concept("how often it happened", """
        (40| ten| twenty| thirty| fifty| hundred| hundreds| thousands| dozens| several| many| two| three| four| five|
        six) (times|days|hours|nights|users|customers|orders|of them), times (a|per|each|in)
        (day|week|night|hour|month), (each|every) (night| morning| evening| monday| tuesday| wednesday| thursday|
        friday| weekend| hour| minute| day| few| second| third| fourth| fifth| tenth| hundredth| release| deploy*),
        (half|third|quarter|tenth|most|many) of (the|our|all|them), % of (the| our| all| requests| orders| calls| jobs|
        messages| uploads| logins), (one|two|three|nine) in (ten|three|five|hundred|a), from time to time, now and then,
        sporadic*, intermittent*, occasional*, rare*, sometimes, often, constantly, continuous*, permanently,
        repeatedly, all the time, again and again
        """),
    concept("an incident taught it", """
        incident*, inc, postmortem*, post mortem*, review action*, action item*, action 1, action 2, action 3, lesson*,
        root cause, we (saw|had|hit|lost|missed|ran|were|could not|needed|found), on monday, on tuesday, on wednesday,
        on thursday, on friday, on saturday, on sunday, last (outage|incident|year's|winter|summer|peak), by hand,
        manually, somebody had to, someone had to, had to be restarted, woke, wakes, at night, in the night, overnight,
        complain* about, users (saw|see|lost|got|report*), customers (saw|lost|report*|were|got charged), support
        (gets|got) (calls|tickets|complaints), drill, chaos, game day showed, without (it|this), would have
        (taken|lost|been), objective*, slo, slos, error budget*, sla, slas, woken, whoever was (woken|on call), search*
        for a quarter, had to (restart| reboot| search| restore| repair| delete| kill| call| wait| guess| look| do| be),
        in (january| february| march| april| may| june| july| august| september| october| november| december) ..
        (it|we|two|three|lost|fail*|same|ran), last (january| february| march| april| may| june| july| august|
        september| october| november| december| night| time| monday| tuesday| wednesday| thursday| friday), for
        (two|three|four|several|some) (days|hours|weeks), (two|three|four|several|some) (hours|days)
        (of|without|until|later), (40|ten|twenty|thirty|fifty|hundred*) times, (again|once) and again, time and again,
        keeps (happening|crashing|failing|restarting|losing), kept (crashing|failing|restarting|losing), happened
        (again|twice|in|on|last|when|during), during (the|an|our) (outage| incident| drill| failover| peak| upgrade|
        maintenance| last), when (one|a|the) (site| region| zone| node| host| disk| link| rack| vendor| provider|
        broker| primary| master| leader) (dies|fails|is lost|goes|went|dropped|was), loss of (one|a|the) (site| region|
        zone| node| host| disk| link| rack| primary| building)
        """),
)  # fmt: skip
