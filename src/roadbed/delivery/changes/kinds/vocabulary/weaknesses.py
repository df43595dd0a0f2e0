"""What lies open or can be abused: weaknesses, who uses them, what is exposed and is worth protecting."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

WEAKNESSES: Final = (
    concept("a weakness", """
        vulnerab*, cve*, ghsa*, cwe*, security (fix*| patch*| hole*| issue*| advisory| advisories| bug*| flaw*|
        finding*), security (release| update*| vulnerab*| problem*| weakness*| reason*| hardening), advisory,
        advisories, !no advisory, xss, cross site, csrf, xsrf, ssrf, rce, lfi, rfi, xxe, idor, redos,
        (sql|code|command|header|template) injection*, (ldap|crlf|shell|script|html|formula|prompt|log|object)
        injection*, sqli, inject*, !dependency injection, !inject* (config*|dependenc*|fault*), traversal, zip slip,
        prototype pollution, (buffer|heap|stack|integer) (overflow*|overrun*), out of bounds, use after free, double
        free, type confusion, privilege escalation, escalat* .. (privilege*|rights|root|admin), bypass*, !bypass*
        (cache|cdn|proxy|queue), signature wrapping, open redirect*, external entit*, deseriali* ..
        (untrusted|attack*|gadget*|user*), clickjacking, timing (attack*|leak|side*|safe), constant time, side channel*,
        session fixation, cross tenant, sandbox escape*, zero day*, 0day*, remote code, arbitrary
        (code|file*|command*|url*|html|sql), dependency confusion, supply chain, typosquat*, backdoor*, malware,
        malicious*, mass assignment, smuggling, cache poisoning, dns rebinding, weak
        (cipher*|hash*|password*|key*|crypto*|random*|algorithm*), (md5|sha1|sha 1|rc4|3des|tls 1.0|tls 1.1|sslv3),
        insecure*, insufficient entropy, (critical|high|severe) (issue*|finding*|severity|vuln*|cvss), rated
        (critical|high|severe), cvss, scanner (report*|found|finds|complain*|flag*|says),
        (trivy|snyk|grype|semgrep|codeql|nessus|qualys) (report*|find*|found|flag*), schwachstelle*, sicherheitsl*,
        vulnérab*, faille*, exploit*, local root, ran commands, run script, run commands, execut*
        (code|script*|commands), runs with (our|their|the) (rights|secrets|permissions), overwrite
        (any|arbitrary|other), metadata service, treated as (true|admin|allowed|valid), was a live, still accepted,
        accepted (anything|any|everything|unsigned|expired|all), trust* (blindly|any*|every*|whatever), (stop|do
        not|don't|never) trust*, not (validated| verified| escaped| sanitised| sanitized| checked| authenticated), never
        (validated| verified| escaped| sanitised| sanitized| checked| expired), evaluat* to true, known to be
        (weak|broken), published hole*, hole in, a hole, security hole, request forgery, html (in|from)
        (user*|comment*|name*), markup from, script in (a|the|user*|comment*|name*), runs whatever, run whatever,
        execute whatever, started other programs, start* (other|arbitrary|any) program*, as (html|code|sql|shell|a
        command), glued into, concatenat* (sql|quer*|user*), string built sql, user (input|supplied|controlled) ..,
        untrusted (input|data|file*|html|url*|source*), attacker controlled, from the (query string|request) unchecked,
        unescaped, unsanitised, unsanitized, unvalidated, without (validat*|verif*|escap*|saniti*|signature*|a
        signature|checking), no (validation|verification|signature|integrity) check*, missing (validation| verification|
        escaping| sanitisation| sanitization| signature| csrf| rate limit|expiry|check*|authenti*|authori*), forgot* (to
        check|the check), (skip*|skipped|bypass*|circumvent*|evad*|get* around|got around|go around) .. (check*| auth*|
        login| permission*| limit*| filter*| review| paywall| verification), (become*|gain*|get*|obtain*)
        (root|admin*|access to), can be made to, made to run, calls it critical, call it critical, vendor calls, rates
        it (critical|high|severe), html of comments, clean* .. (html|markup|input), phpinfo, oracle, self approv*,
        approve (their|his|her|its) own, mines coins, miner, cryptominer, reached our (file*|network|internal|host*),
        reach (our|the) (file system|host|internal|metadata), template engine, eval, unsafe, improper (access|
        authenti*| authori*| input| neutrali*| valid*| certificate| privilege*), broken (access
        control|authenti*|authori*|object level), object level, security misconfiguration, misconfigured
        (bucket*|cors|acl*|firewall|polic*|permission*), cryptographic failure*, weak crypto*, outdated
        (crypto*|tls|cipher*|openssl|component*), end of life (openssl|library|version) with, unpatched, patch
        (level|tuesday|for), patches (a|the|two|three|several|known|critical|high), kernel patch*, security relevant,
        security sensitive, security critical, denial of service, dos, ddos, billion laughs, zip bomb*, slowloris,
        resource exhaustion attack, memory safety, null byte*, format string, race to (bypass|win), toctou, predictable
        (random*|seed), session (riding|replay|hijack*), token (replay|reuse|theft|leak*|confusion), jwt (none|alg*),
        alg none, signature (check|verification|validation) .. (missing|skipped|off|bypassed|absent), certificate
        (check|verification|validation) .. (off|disabled|missing|skipped), verify false, skip verify, tls verification,
        host key check*, same origin, postmessage, tabnabbing, noopener, css injection, email injection, smtp injection,
        host header, response splitting, parameter pollution, xpath, graphql (depth|batching|introspection), subdomain
        takeover, dangling (dns|cname*), homograph, lookalike domain*, (crash|memory) .. crafted, log4j, log4shell,
        heartbleed, shellshock, spectre, meltdown, rowhammer, spring4shell, xz, eternalblue, poodle, beast attack,
        logjam, sweet32, openssl, libssl, gnutls, boringssl, libwebp, libexpat, libxml2, imagemagick, ghostscript,
        polkit, sudo, glibc, zlib, netty, log4j2, jackson databind, snakeyaml, struts, vendor bulletin*, bulletin*,
        security bulletin*, advisory of, vendor (says|rates|warns|advis*), (high|critical) severity, (rated|scored)
        (9|8|7), memory of other requests, disclosure, information disclosure, memory disclosure, overread, over read,
        underflow*, dereference of attacker, exploitable, remotely, remote attacker*, unauthenticated remote, update* ..
        security, upgrade* .. security, bump* .. security, !eslint plugin security
        """),
    concept("an adversary", """
        attack*, hacker*, hacked, intrud*, intrusion*, fraudster*, scam*, criminal*, thief, thieves, adversar*, abus*,
        phish*, spam*, brute forc*, bruteforc*, stuffing, guess*, crack*, hijack*, takeover*, taken over, take over
        accounts, impersonat*, pretend* to be, spoof*, forge, forged, forging, forgery, tamper*, steal*, stolen, stole,
        theft, breach*, compromis*, broke into, bounty, pen test*, pentest*, penetration test*, red team*, researcher*,
        disclos*, bugcrowd, crafted, enumerat*, sniff*, eavesdrop*, man in the middle, mitm, outsider*, stranger*,
        peek*, snoop*, harvest*, scrap(e|es|ed|ing|er|ers) .. (data|profile*|address*|price*|us), replay*, flood*
        (customers|users|accounts|inbox*), probing, angreifer*, angriff*, ataque*, atacante*, attaquant*, somebody had
        registered, someone had registered, throwaway, sim swap*, social engineering, weapon*, ransom*, blackmail*,
        stalk*, harass*, bully*, bullies, extort*, botnet*, bot traffic, bots, credential list*, leaked list*, card
        testing, carding, account farm*, fake (account*|review*|order*|sign*|profile*), multi account*, cheat*, gaming
        the, exploit*, tricked, trick* (us|users|customers|people|staff|the), lure*, decoy, jailbreak*, misus*, used
        (it|this|that|them) to (follow|spy|read|steal|send|flood|guess|track|find|get), unknown
        (person|party|ip*|device*), suspicious, unusual logins, sold our, resold, on the dark web, wardriv*, tailgat*,
        insider*, tried a list, tried (all|every|ten|thousands|millions), list of (passwords|mail*|ten|leaked), false
        invoice*, fake invoice*, published by a, after the (fraud|theft|break in|breach|leak|attack|phishing), password
        spray*, spraying, smishing, vishing, mule*, launder*, fraud, fraudulent*, betrug*, fraude*, estafa*, arnaque*,
        black market, leaked (database|dump|list), pwn*, exfiltrat*, lateral movement, persistence of an, root kit*,
        rootkit*, keylog*, trojan*, worm, crypto jack*, coin min*, defac*, vandal*, troll*, sock puppet*, reported by
        (a|an|the) (researcher| customer| user| tester| pentester| partner| hunter| stranger| outsider),
        (tester|researcher|hunter|student|reader|journalist) (found|showed|reported|got|could|proved), showed that
        (anyone|one|he|she|they|it), proof of concept, poc, red teamer*, doctored, prepared
        (file*|spreadsheet*|document*|link*|image*|mail*), booby trapped, pensioners, snooping, con men, conned, con
        artist*, somebody pushed, someone pushed, pushed a doctored, under our (name|tag|brand|domain), scripts
        (went|go|try|tried|walk*|guess*|collect*), disgruntled, wiped one, sabotag*, revenge, angry
        (employee|editor|admin), copied by (a|an) competitor, competitor copied, strangers in, strangers, scalper*,
        resell tickets, bought by bots, backticks started, started programs, cleaners, competitors copied, someone else
        booked, somebody booked in, in (her|his|my|their) name, under a false name, false name*, stolen card*, stolen
        identit*, fake, faked, fakes, forged invoice*, man with, third parties could, third party could, strangers
        could, curious staff, curious, nosy, gossip*, journalist*, private investigator*, ex partner*, ex husband*,
        neighbour* could
        """),
    concept("something lies open", """
        leak*, !memory leak*, !leak* memory, !(connection| socket| handle| goroutine| thread| descriptor| pool) leak*,
        !leak* (connection*| socket*| handle*| goroutine*| thread*| descriptor*), !leak in the (pool|hub|cache|worker),
        expos(e|es|ed|ing|ure) .. (data| token*| key*| secret*| address*| mail*| internet| detail*| credential*|
        internal*| number*| version*), exposure, exposed, world (readable|writable),
        (open|opened|reachable|visible|accessible|readable) (to|from) .. (internet| outside| world| public| everyone|
        anyone| anybody| everybody), (public|open) (bucket*|access|listing|read|write|endpoint*), made public by,
        (anyone|anybody|whoever|everyone|everybody|any user|any customer|any member|any tenant|any site|any visitor)
        (could|might|was able), any (logged|signed|authenticated) in (user|customer|member), any logged,
        (anyone|anybody) (can|with|who|knowing|could), (someone| somebody| anyone| people| they| you| users| members|
        support| staff| guests) could (read| see| open| list| download| browse| edit| delete| change| log| guess| call|
        use), (could|can) be (guessed| forged| replayed| stolen| enumerated| tricked| listed| downloaded| abused|
        injected| opened by|read by|seen by|called by|reached from), without (login| logging| signing| password|
        authenti*| authoris*| authoriz*| permission| credential*| being), without (a|an|any) (account| login| password|
        token| key| check| permission| session), without check*, unauthenti*, unauthori*, no
        (auth|authentication|password|login|permission check|authorisation|authorization), plain text
        (password*|token*|secret*|key*), (password*|token*|secret*|key*|credential*|traffic) .. (plain
        text|plaintext|clear text|cleartext), plaintext, cleartext, klartext, texto plano, en clair, unencrypted,
        unsigned, unprotected, unsecured, unverified, hard coded, hardcoded,
        (read|see|open|list|edit|download|change|delete) others, of others, each other's (data| order*| invoice*|
        profile*| file*| document*| message*| account*), other (user's| customer's| tenant's| people's| company's|
        account's| member's| patient's), (see|read|open|list|reach|edit|delete) .. other (users| customers| tenants|
        people| companies| accounts| members| patients), someone else's, somebody else's, foreign
        (order*|account*|data|invoice*|record*|document*), another (tenant*|customer*|user*|company*), of strangers,
        world wide open, wide open, left open, listening on all, 0.0.0.0, to the internet, from the internet, from
        outside, to the outside, to outsiders, told outsiders, (committed|checked in| pushed| pasted| published|
        printed| logged| contained| held| showed| returned| sent) ..
        (password*|token*|secret*|key*|credential*|hash*|card number*|connection
        string*|passport*|birth*|iban*|ssn|personal data), in (a|the|our|its) (build log*|screenshot*|notebook*|git
        history|url*|query string|client bundle|public repo*), opened all, could open all, left no trace, no trace of,
        nobody could say who, too (broad|wide|permissive|powerful|lax|open), over privileged, overprivileged,
        (world|group) writable, default (password*|credential*|login), guessable, predictable
        (id*|token*|number*|link*|url*), counting .. up, sequential id*, still usable, stayed (usable|valid|logged),
        worked again, valid forever, never expire*, live for ever, (was|were)
        (shown|visible|readable|returned|sent|available) to (others|other|everyone|anyone|all|the wrong), see .. others,
        of real customers, real customers, (could|can|may|might) (read| open| see| view| list| browse| download| change|
        edit| delete| join| enter| start| run| use| call| reach| act| log in|register|guess|export|copy|find) ..
        (any|all|every|other*|another|foreign|each other's| anything| everything| someone| somebody| whatever|
        elsewhere| of others), could be (read| seen| opened| viewed| found| listed| downloaded| changed| deleted|
        guessed| forged| used| called| reached| searched| copied| recovered| extracted| taken| overwritten| reused|
        started| run| sent| shared| traced), can be (read|guessed|reached|recovered|traced|reused|overwritten)
        (by|from|in|without), (any|every) (doctor| nurse| teacher| student| employee| colleague| agent| driver| guest|
        admin| member| partner| shop| app| script| page| device| client| process| container| pod| program| person| user|
        customer| tenant| caller| visitor) (could|can|may|had|was able), by changing the (number|id|url|address),
        changing .. (url|address bar|id in), in the (url|address bar|query|referer|referrer|clipboard|cache|crash
        report*|stack trace*|error message*|analytics|bundle|client|browser history|git history|build
        log*|logs|log|ticket*|screenshot*|page source|source code|image layer*|docker image), (landed|ended
        up|appear*|show* up|stood|lay|lies|sat) in (the|a|our) (log*|url*|repo*|ticket*|chat|image|bundle|mail*|cache),
        shown on the locked, locked screen, lock screen, over the shoulder, visible (to all|to everyone|to others|to
        anyone|to strangers|on the public|in the source|without), carried (the|a|each) ..
        (id|name*|number*|address*|password*|token*), contain* (the|a|real|private|full|their|personal) .. (name*|
        password*| token*| key*| id| number*| address*| credential*| secret*), (national|real|full|private)
        (id|ids|name*|key*|number*), found (on|in) a (resold|stolen|lost|public|build|chat|ticket), still
        (opened|open|worked|works|logged|valid|accepted|usable|gave access), for years, years later, long after,
        (accept*|allow*|let*|permit*) .. without (a|any|the|signature*|login|password|token|check*), gave away, give*
        away (where|who|which|the), giving away, gives away, reveal*, betray*, tells
        (outsiders|others|strangers|anyone), told (others|strangers|anyone|whoever), where members live, whether the
        (mail|address|account|user|number|name) .. (known|exists), say whether, held
        (mail|private|real|the|names|addresses|a working|customer), mail addresses of, names of
        (real|customers|patients|people|all), sees .. in other (team*|group*|tenant*|compan*|account*|class*|ward*), see
        .. in other (team*|group*|tenant*|compan*|account*|class*|ward*), of girls in, to the world, printed it to
        whoever, to whoever asked, whoever asked, whoever (knows|has|knew|had|finds|found), list* internal, internal
        (endpoint*|host*|name*|address*|ip*|detail*|structure|url*) .., through a search engine, search engine found,
        indexed by (google|search), (belongs|belong) to .. (caller|user|owner|tenant|another|else), of the caller,
        (open|exposed|public|reachable) (port*| dashboard| console| admin| database| db| redis| elastic*| kibana|
        grafana| jenkins| registry| s3| bucket*| share*| index| metrics| debug| swagger| actuator| profiler| pprof),
        port (22|3306|5432|6379|9200|27017|2375|3389), (actuator|pprof|swagger|metrics|debug) ..
        (public*|open|internet|outside|everyone|anyone|login), indexed by search, on the open internet, on the internet,
        publicly, public (url|link|ip|repo*|image|registry|internet), (guest*|visitor*|crawler*|search engine*) ..
        (could|can|see|saw|found|read|indexed), (log*| trace*| dump*| backup*| error*| mail*| response*| page*| report*|
        export*) .. (contain*| held| hold| include*| included| show*| showed| carr*| list*) .. (password*| token*|
        secret*| key*| name*| address*| number*| hash*| card*| birth*| health| salary| personal| private| customer*|
        patient*| credential*| session*), in clear, no password, empty password, blank password, same password, shared
        password*, password of the, known password, default (key|secret|pin|admin), test
        (key|secret|password|credential*) in production, production (secret*|key*|password*|credential*|data) (in|on|at)
        .., real (data|customer data|patient data|card*|password*|token*|key*) in, copy of production data,
        (all|any|every) (tenants| customers| users| accounts| orders| files| records| patients) ..
        (visible|readable|open|listed|returned|exposed), cross (customer| account| user| company| organisation|
        organization| workspace| project), wrong (customer|tenant|user|patient|recipient|person) ..
        (saw|got|received|sees|gets), (saw|got|received|sees|gets) .. (another|someone else's|other people's|a
        stranger's|the wrong) .. (data| order*| invoice*| mail| bill| report| record*| name| account| profile), sent to
        the wrong (person|customer|patient|address|recipient), mixed sessions, session of another, someone else's
        session, too much (data|information|detail|about), more than (needed|necessary|it should|they should|allowed),
        over shar*, overshar*, !leak* (cursor*| file*| worker*| process*| timer*| listener*| subscription*| buffer*|
        object*| fd*), !(cursor| file| worker| process| timer| listener| subscription| buffer| object) leak*, each
        other's, to the whole world, over the wire, in the clear, go over the wire, forwarded, get forwarded, lives for
        ever, open to anybody, opens to anybody, to anybody on, on the same network, matched everyone, matches everyone,
        matched everything, matches all, star as, break out of, escape from the container, broke out, reads files of,
        read files of (the|our), people one does not know, addresses of (people|users|members|others|customers),
        suggested addresses, anonymous (access|login|read|write|user*|upload*|download*|bind), !anonymous function*,
        (work*|does|did) .. (as designed|as built|as specified|as intended|what it should), worked as
        (specified|designed|built|intended), open to (every|any|all|the whole|everyone), was open to, were open to, is
        open to (every|any|all|outsiders), real (customer|patient|user|person|member), with a real, sample with a real,
        hands out (addresses|names|keys|tokens|data|internal), hang* on a note, hangs on a, in a press photo, on a
        photo, on a (note|post it|sticker|whiteboard), (could|can) be tried (out|all), tried out in, tried in (a
        night|an hour|seconds), (went|go|run|ran|walk*|iterate*) through all
        (codes|numbers|ids|accounts|names|combinations), all (codes|combinations|numbers) .. (tried|guessed),
        (other|foreign|of other) .. browsers, ran in other, runs in other, in the browsers of, copy it, could copy,
        without a key, lets strangers, let strangers, lets anyone, let anyone, lets everyone, let everyone, they still
        had, still had (logins|access|keys|accounts|rights), (could|can|may) .. (others|anyone's|someone else's|somebody
        else's|other people's|each other's|of others), passed it on, pass it on, passed on, passed around, handed
        around, shared around, given to friends, stand empty, houses stand, nobody is home, at home, camera position*,
        floor plan*, (can|could) be read, memory of other, of other
        (requests|sessions|users|customers|tenants|processes), open counter, unattended, left unattended, at an open, on
        a shared (screen|computer|device|machine), shared (computer|device|terminal|kiosk), over someone's shoulder,
        built as (asked|designed|specified|intended), as (built|designed|specified|asked), still wrong to
        (publish|show|share), wrong to (publish|show|share|keep), should never have been
        (public|visible|shared|published|stored|sent), was never meant to be (public|seen|shared), not meant for (the
        public|everyone|outsiders|customers|guests), not for the public, for everybody to see, for all to see, everyone
        to see, to be seen by, visible to whoever, to whoever (has|knows|finds|opens), searchable by, findable by,
        downloadable by, downloadable without, reachable without, callable by, by calling the api, through the api
        anyone, via the api, by editing the (url|request|form|html|cookie), by hand in the (url|address), in the page's
        source, in the html, in the app bundle, inside the app, decompil*, reverse engineer*, in memory dump*, in core
        dump*, in swap, on disk unencrypted, on a usb, usb stick, laptop was (lost|stolen), lost laptop, stolen laptop,
        stolen phone, resold phone, second hand, old disk*, discarded, in the bin, printed on, on the receipt, on the
        envelope, on the badge, read out aloud, read aloud, in the subject line, in the notification, on the lock, it
        was the real one, was the real, the real one, it worked, still worked, came along, come along with each, ended
        up in, end up in, forwarded mails, in forwarded, to any address, to any site, any address in the link, pulls
        whole, pull whole, whole customer list*, with a guessed
        """),
    concept("something worth protecting", """
        password*, passphrase*, passcode*, contraseña*, passwort*, passwört*, mot de passe, secret*, credential*,
        token*, !token (bucket|limit*|count*|usage|stream*), api key*, apikey*, (private| signing| access| ssh|
        encryption| master| working| service| tenant| deploy| host| session| customer) key*, per tenant key*, cookie*,
        session*, jwt*, otp, card (number*|data|detail*), iban*, cvv, cvc, personal (data|detail*|information), private
        (data|file*|message*|photo*|bucket*|repo*), pii, gdpr, dsgvo, rgpd, birth (date*|day*), birthday*, date* of
        birth, home address*, patient (data|record*|file*), customer (data|record*), ssn, social security, salary,
        salaries, payslip*, bank (account|detail*|data), connection string*, biometric*, passport*, identity document*,
        tenant (id|isolation|data|filter|boundary|separation), user data, webhook signature*, reset link*, magic link*,
        invite link*, share* link*, gesundheitsdaten, personenbezogen*, datos personales, données personnelles,
        keystore, pem, htpasswd, kubeconfig, national id*, id number*, identity number*, door code*, access code*, pin
        code*, alarm code*, location data, gps (data|track*|position*), whereabouts, home location, last seen, patient's
        name, customer's name*, customer names, real name*, diagnos*, prescription*, tax id*, tax number*, licence
        plate*, license plate*, face*, fingerprint*, credit card*, payment data, payment detail*, account number*, phone
        number*, e mail address*, email address*, mail address*, postal address*, grades of, photos of, private chat*,
        voicemail*, location of (users|members|children|people), minors, children's data, invit* link*, invitation*,
        download link*, presigned url*, signed url*, service principal*, bearer, refresh token*, access token*, id
        token*, csrf token*, encryption, key material, certificate key, recovery code*, backup code*, security
        question*, admin panel, admin interface, admin console, management (port|interface|console|api), internal
        (api*|endpoint*|network|admin*|tool*|host*), exif, gps tags, lab results, test results of (patients|people),
        weight of (girls|boys|members), authorized keys, known hosts, keys of, address book, contact list*, where
        (members|users|people|customers|children) live, dump of (users|customers|members), database dump, customer list,
        member list, payroll, contracts of, login data, sign in data, service account key*, root (password|key|token),
        admin (password|token|key), seed phrase, wallet key*, hsm key*, tls key*, hmac key*, data at rest, data in
        transit, customer's data, employee data, hr data, personnel file*, cv, cvs, application documents, medical*,
        health*, insurance number*, genetic, religion, sexual, criminal record*, political, location histor*, search
        histor*, browsing histor*, call record*, recording*, camera feed*, video feed*, chat log*, message content*,
        mailbox*, attachment* of, payment method* of, bank detail*, account balance*, tax data, income, id card*,
        driving licen*, voice print*, ip address*, device id*, advertising id*, third party (script*|tracker*|cookie*),
        tracker*, analytics (without|before) consent, consent before, location, locations, without location, position of
        (users|people|members|guests|children|staff), camera*, cctv, master code*, master key*, codes of, case file*,
        court file*, client file*, personnel, sickness, sick note*, absence reason*, salary list*, wages, grades, report
        card*, exam*, votes, ballots, names of donors, names, full name*, surname*, addresses, mail addresses, phone
        numbers, birthdays, sender list*, visitor list*, guest list*, crew list*, member database, customer database
        """),
)  # fmt: skip
