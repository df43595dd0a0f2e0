"""What makes existing behaviour correct, available, fast enough, detectable or recoverable."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

REMEDIES: Final = (
    concept("mending", """
        fix, fixes, fixed, fixing, fixup, bugfix*, hotfix*, !fix* (typo*|lint*|flaky|test*|broken link*| link*|
        warning*| comment*| build| ci| docs| formatting| spelling| indent*| type*| linter), !fix (the|a)
        (typo|test|build|docs), repair*, mend*, correct, corrects, corrected, correcting, correction,
        handl(e|es|ed|ing), cope*, tolerat*, survive*, withstand*, avoid*, prevent*, guard*, protect* ..
        (overload|from|against), ensure*, make sure, no longer, not any more, anymore, (stop|stops|stopped) .., don't
        .., do not .., resolv(e|es|ed|ing), address(es|ed|ing) (a|the|an|issue*|bug*), accept* ..
        (again|status|field|code), respect*, honour*, honor*, recover*, resum(e|es|ed|ing), reconnect*, work around,
        workaround*, catch (the|errors|exception*), clamp*, normali*, trim, encode, decode, skip
        (empty|bad|broken|invalid|malformed|corrupt*), wait (for|until), retry*, clean* up after, release
        (the|connection*|lock*), close (the|connection*|file*|socket*), flush, make .. (robust| reliable| idempotent|
        safe| stable| atomic| resilient| thread), robust*, resilien*, stabili*, harden against (outage*|failure*), bei
        leer*, behebt, behoben, behebung*, korrig*, korrekt*, fehlerbehebung, repar*, corrig*, arregl*, evita*, éviter,
        évite, gère, corrección, so that .. (survive*|still|not lost|keeps|keep|never), keep*
        (working|going|running|serving|up|the last), still (works|work|shows|show|answer*|serve*|boot*|start*) when,
        even (if|when) .. (down|away|fails|slow|missing|dead|offline|gone), instead of (crash*|fail*|hang*|an
        error|nothing|a blank|500|panicking|dropping|losing|twice), once (and not|only|not twice), not twice, only once,
        at the right (time|moment|place|order), in the right order, in order again, the right (team| unit| sign| order|
        currency| name| number| zone| time| format| place| value), show the right, right (currency|unit|time zone),
        check for (null|nil|empty|zero|duplicates), default when missing, when (empty|missing|null|absent|zero|unknown),
        if (missing|null|absent|empty|unset), without (weight|name|address|body|postcode|value|date), disable* the ..
        while, properly, gracefully, safely, reliably, replace* .. (cron|polling|spin*|busy), serialis* ..
        (access|writes), one at a time, rework* .. (locking|retry|error), lenient, forgiving, defensive, null safe, nil
        safe, null check, bounds check, range check, type check for input, sanity, fall through, default to empty, treat
        .. as (missing|empty|null|an error|success|failure), map .. to (404|400|409|503|an error), return ..
        (404|400|409|503|instead|early), surface (errors|the error|failures), propagate*, bubble up, fail fast, fail
        early, fail loud*, fail loudly, re raise, reraise, wrap errors, check (return|result|status) .., await ..
        (missing|before), missing await, forgotten await, missing (break|return|lock|null
        check|index|comma|quote|header|field), forgot to (close|release|await|commit|flush|reset|lock|unlock|escape
        commas), commit after, rollback transaction, roll back the transaction, compensat*, saga, undo half, clean up
        half, reset state, reset the (counter|state|timer|connection), re initialise, reinitiali*, re subscribe,
        resubscribe, re register, re read, reread, reload (config|on), refresh (token* before|cache when|on focus|when),
        invalidate (the|) cache*, bust cache, cache bust*, purge cache, recalculat*, recomput*, backfill*, back fill*,
        data fix, keep .. (typed|when|while|through|over), in repair, postpone*, stagger, separate the, two deployments,
        split .. (deployments|hosts|processes|pools|queues), sync clocks, sync the clock*, one clock, trim*, blank at
        the end, strip (spaces|whitespace|blanks), to a queue, keep .. connections, keep .. open, persistent
        connection*, leap second*, no more full reload, no more polling, only when (changed|needed|visible)
        """),
    concept("how it should behave", """
        should, shouldn't, must, correctly, properly, always, only (if|when|once|after|for), when, even
        (if|when|though), not, doesn't, don't, didn't, isn't, aren't, wasn't, during, due to, because of, exactly,
        actually, expected, consistently, consistent, once, while, instead, unless, whether, regardless, right, valid,
        accurate, precise, plural, alignment, spacing, overflow, scroll*, focus, tab order, z index, margin*, padding,
        contrast, hidden (behind|by|under), cut, wrap*, line break*, encoding, charset, escape
        (comma*|quote*|space*|newline*|separator*), sort order, rounding, precision, off, tolerance
        """),
    concept("a safety net", """
        retr(y|ies|ied|ying), back off, backoff, jitter, breaker*, bulkhead*, shed*, back pressure, backpressure,
        graceful*, degrad*, fail over, failover*, fail open, fallback*, fall* back, redundan*, standby, stand by,
        secondary, second (dns| vendor| provider| zone| region| nat| link| gateway| broker| node| replica| instance|
        line| uplink| carrier| data centre|copy|path), spare, quorum, multi (az|zone|region|master),
        (two|three|several|more|other|another|different|all) (zones|zone|region*|nodes|racks|availability|data
        centres|continents|continent|building), availability zone*, affinity, disruption budget*, poddisruption*, pdb,
        drain*, rolling (update*|restart*|deploy*), canary, canaries, blue green deploy*, idempot*, exactly once, at
        least once, at most once, dead letter*, dlq, outbox, deadline*, statement timeout, lock timeout*, lease*,
        locking, lock order, row lock*, advisory lock*, mutex, semaphore, race, races, leader*, watchdog*, self heal*,
        auto heal*, autoheal*, auto restart*, restart policy, supervis*, back up, backup, backups, backed up to,
        snapshot*, !snapshot test*, dump*, restore (check*|test*|each|every|drill), point in time, pitr, wal, off site,
        offsite, disaster recovery, dr, dry run, blast radius, keep alive*, keepalive*, warm up, warmup, pre warm*,
        prewarm*, checksum*, transaction*, atomic*, durab*, fsync, consisten*, integrity, reconcil*, high availability,
        ha, highly available, replicat*, replica, journaling, serve (stale|cached|last), stale while, cached
        (copy|version|timetable|data), last (snapshot|copy|known value), offline copy, when .. (is|are) (away| down|
        unreachable| slow| missing| dead| unavailable| full| gone), in case, stagger*, smear*, limit* .. (batch*| size|
        rows| concurren*| memory| queue| parallel*| depth| outgoing| calls to|how many), cap
        (the|on|memory|batch*|queue*|concurren*), bounded, quota*, row limit, max (rows|size|batch), pin
        (base|image|node|the base|digest|version|runtime), digest, split migration, expand and contract, two step
        migration, online migration, concurrently, without (downtime|locking|lock), zero downtime, wiederholen,
        sicherung*, respald*, sauvegarde*, reintent*, mirror* (each|every|message*|write*|the|to|data|volume*),
        mirrored, two sites, second site, other site, other building, both sites, survives, surviv* ..
        (loss|restart*|crash*|failure|outage|power), buffer* (for|when|while|locally|on disk|readings|writes|messages),
        store and forward, spool*, persistent (queue|volume), persist* (the|queue|state|jobs), local (queue|copy|cache)
        when, keep* .. (days|weeks|copies|snapshots|wal|backups), retention of (backups|wal|snapshots), restore
        (time|drills|tested), tested restore, runs on two, on two hosts, two hosts, (two|three) (replicas| instances|
        nodes| hosts| brokers| copies| gateways| uplinks| providers| vendors), more than one
        (host|node|instance|replica|provider), no single point, single point of failure, queue with locks, lock per,
        distributed lock, fencing, compare and set, optimistic lock*, unique (index|constraint|key) (on|for|so|against),
        foreign key, constraint*, guard rail*, guardrail*, sanity check*, plausib*, validate (rows|file|import|config)
        before, refuse (empty|to start|bad), stop at, stop when, stop if, halts when, abort when, abort if, progressive
        deliver*, rollback automatically, auto rollback, automatic rollback, surge, maxunavailable, max unavailable,
        termination grace, prestop, pre stop, sigterm, startup probe, restart on, systemd, ntp, chrony, clock sync*,
        boot* without, start* without, work* without (network|internet|the server|connection), monotonic, independent
        of, (dependency|coupling) .. (removed|gone|cut), decouple* .. (from|so), before each
        (deploy*|release|migration|upgrade), idle timeout*, connection check, ping before, validate connection*,
        resubmit, replay queue, replayable, redeliver*, requeue*, re queue*, park (bad|poison|broken|failing) messages,
        poison (message*|pill*), skip poison, quarantine (bad|broken|failing) .. (messages|rows|records|files), partial
        availability, static (page|fallback|copy) when, maintenance page, read only mode, read only when, survive,
        active active, active passive, cross region, cross zone, dual (write|stack|homing|uplink*|sim), bonding, bgp,
        anycast, vrrp, floating ip, ups, generator test, raid, ecc, scrubbing disks, parity, erasure cod*, versioned
        bucket*, object lock, delete protection, deletion protection, soft delete, recycle bin for (ops|data), undo
        window for ops, confirm before (delete|drop|destroy), protect from delet*, prevent destroy, immutable backup*,
        hourly (backup|snapshot), restore runbook, practice restore, drill restore, chaos, fault injection in
        production, circuit, hedg* request*, timeouts on, timeout for, timeouts for, cancel* (context|on timeout|slow),
        context cancel*, token bucket, leaky bucket, concurrency limit*, queue limit*, admission queue, priority queue,
        fair queue*, fair shar*, noisy neighbour*, noisy neighbor*, isolation of (tenants|pools|load), cell based,
        shuffle shard*, spread, spreads, spreading, (two|three) masters, second master, sticky session*, keep sessions,
        keep .. when .. (goes|dies|drops|restarts|is restarted|fails), draft* saved, save drafts, draft when, offline
        draft*, a timeout, timeout, timeouts, time limit, time limits, restart .. each (night|hour|day), nightly
        restart, restart weekly, write* to a new file first, new file first, rename into place, half written, swap in,
        wait for the (database|network|disk|clock|broker), before starting, second line, second cable, second route,
        page by page, in chunks, in pages, restartable, repeatable, resumable, re entrant, reentrant, rerunnable, re
        runnable, retryable, interruptible, recoverable, two schedulers, one leads, second address, second host, lock
        around, import lock
        """),
    concept("room to run", """
        replicas, cpu, memory (limit*|request*), limits (of|for|from|to), resource (limit*|request*), heap, xmx, pool*,
        pgbouncer, connection* .. (from|to|limit|count), max connections, worker* .. (4|8|12|16|from|to|count), workers,
        gunicorn, threads, partition*, shard*, scal(e|es|ed|ing) (up|out), scale (to|from), autoscal*, hpa, headroom,
        capacity, cache, caches, cached, caching, !cache node*, cdn, index on, add index*, missing index*, an index,
        index (to|for|orders|parcels|shipments), idx, vacuum*, autovacuum, analyze, inode*, file descriptor*, ulimit*,
        nofile, garbage collect*, gc, buffer*, bandwidth, (increase*|raise*|bump*|double*|grow*|extend*|enlarge*) ..
        (memory| cpu| disk| limit*| pool| timeout*| connection*| replica*| worker*| partition*| volume| buffer*| quota|
        threads| heap| nodes| instances| capacity| queue| shards), throughput, faster, speed* up, optimi*, performance,
        (stream*|lazy|lazily|batch*|chunk*) .. (instead|load*|insert*|write*|read*|in memory), streaming instead, read
        replica*, reduce* (load|memory|latency|cpu|queries|allocations|calls), cut (latency|memory|load|queries), fewer
        (quer*|calls|allocations|requests), precomput*, memoi*, eager load*, prefetch related, jvm, worker connections,
        backlog size, somaxconn, delete old (rows|data|records|files|logs), purge old, clean* .. (old
        rows|outbox|temp|disk), grenzwert*, speicher*, plus rapide, más rápido, schneller, 1gi, 2gi, 4gi, 8gi, mi, gi,
        allow (30|45|60|90|120|180|300|600) .. (for|s|seconds), smaller (index|batch*|payload*|bundle|image for the
        nodes|heap|chunks), in a worker, into a worker, in the background, background job, asynchronous*, async write*,
        offload*, move .. (off peak|to night|to 03|to 3|to another host|to its own), off peak, its own
        (pool|queue|node*|host|database|volume), own (pool|queue|volume|nodes) for, dedicated
        (pool|node*|queue|host*|volume|database), separate (pool|queue|volume|database|nodes), retention (of|for)
        (jobs|logs|events|rows), jobs retention, do not keep (finished|old|done), prun*, archiv* old
        (rows|orders|events|records), compress*, gzip, brotli, zstd, http 2, http 3, pipelin* request*, connection
        reuse, reuse (connection*|client*), denormali*, materiali*, query plan, hint, covering index, composite index,
        analyse table, tune*, tuning, right siz*, rightsiz*, bigger, larger, increase, raise, raises, more, give ..
        (more|heap|memory|cpu), fetch .. in one, in one call, one query, bulk (insert|fetch|query|load*), lengthen*,
        longer (lease|timeout*|deadline*|interval*), shorter (lease|timeout*|ttl|interval*), clean* ..
        (temp|tmp|cache|disk|logs), temp files, temporary files, log files, tmp
        """),
    concept("it gets noticed", """
        alert*, !alert (dialog|banner|box), alarm*, pag(e|es|ed|ing) .. (on|the
        team|when|if|nobody|us|somebody|owner*|staging|night), !page (count|size|limit), page on, do not page, night
        pages, pager*, pagerduty, opsgenie, threshold*, predict linear, monitor*, metric*, histogram*, observab*, trace,
        traces, traced, tracing, opentelemetry, otel, span, spans, log level*, structured log*, log* ..
        (reason|cause|request|context), heartbeat*, healthcheck*, health, healthz, liveness, readiness, probe*,
        synthetic*, black box, blackbox, burn rate*, sli, slis, dead man*, correlation id*, request id*, sentry,
        prometheus, grafana, datadog, newrelic, notice*, unnoticed, find out, found out, tells (us|the|within), tell ..
        (when|if|within), know (when|that|if), knew, nobody (knew|saw|noticed|reads), mailbox nobody, blind, status
        page, dashboard for, dash board, on call (dashboard|view|sees), queue (age|depth|length), detect*, (is|are)
        missing, did not (run|arrive|happen), silent*, warn (us|on call|when|before), anomal*, audit of (jobs|backups),
        runbook link, überwach*, alerta*, surveill*, counter* for, count* (rejected|failed|dropped|lost|retries|errors),
        gauge*, so that we (see|know|notice|find), see when, see that, we see, log
        (the|rejected|failed|slow|why|which|when|every|each), logs why, say why, says why, tells which, tell which,
        names the (depot|service|owner|host), alert text, annotation for alerts, summary of the alert, runbook in the
        alert, severity of the alert, noise, noisy, deduplicate alerts, group alerts, inhibit*, silence*, route ..
        (alert*|to the|pages), escalat* (to|policy|after), on call rota, smoke check, ping, uptime*, lag of, age of,
        backlog (age|size|alert), dead jobs, failed jobs, watch (the|for|over), visib* (of|into) (the|queue|lag|jobs),
        introspect, profil*, flame graph, slow query log, access log, apdex, rum, real user, smoke signal*, early
        warning*, warn (before|when|if|at), warns (before|when|if|at), warning at, alert if, alert when, alert on, alert
        for, alerts on, alerts for, pages on, pages when, page for, paging for, wake .. when, wake up call, notify on
        call, notify the team when, tells on call, sms to on call, on call gets, instrument*, log when, log if, log
        slow, log the, log each, debug log*, error log*, error tracking, error report*, crash report*, crashlytics, bug
        report*, diagnostics, diagnos* (page|endpoint|bundle), post deploy check*, deploy check*, verify deploy*, end to
        end check, check every minute, every minute check, dashboards, panel for, graph of, graph for, slo for, slo on,
        objective for, budget alert, swallowed (error*|exception*), hidden error*, counter for, learn of trouble, we
        learn, learn of .. (through|from|by) (calls|mails|customers|users), only through (calls|mails|customers|users),
        through calls, who to call, whom to call, rang, rings, alarm of, goes to the (keeper|owner|team|right), went to
        the (wrong|gift|shop|reception), oldest (message|job|unread|order), age of the oldest, measure .., measures ..,
        counters of, counters for, error counters, counters per, track how (long|many|often|much), how long ..
        (wait|take|run|last), how many .. (fail|wait|retry|drop|are|were), how often .. (fail|retry|run|drop), how full,
        how old
        """),
    concept("a date that runs out", """
        renew*, certificate*, cert, certs, expires (on|in|soon|next|tomorrow), expir* .. (sunday| monday| tuesday|
        wednesday| thursday| friday| saturday| week| month| tomorrow| soon), autorenew*, acme, let's encrypt,
        letsencrypt, domain (renewal|expires), licence expires, license expires, verlänger*, caduca, expire le, end of
        life of, intermediate (cert*|before|ca), root ca, chain before, before (january| february| march| april| may|
        june| july| august| september| october| november| december| it expires|they expire), runs out (in|on|next), run
        out (in|on|next)
        """),
)  # fmt: skip
