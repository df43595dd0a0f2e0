"""What people get, lose or see by decision: who, what they can, what appears, what it costs, who decided it."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

_PEOPLE: Final = (
    "user*|customer*|client*|shopper*|buyer*|seller*|merchant*|vendor*|partner*|courier*|driver*|"
    "rider*|passenger*|guest*|host*|visitor*|viewer*|reader*|listener*|player*|student*|teacher*|"
    "parent*|pupil*|patient*|nurse*|doctor*|clinician*|resident*|citizen*|farmer*|member*|subscriber*|"
    "tenant*|landlord*|admin*|operator*|manager*|agent*|dispatcher*|technician*|accountant*|editor*|"
    "author*|moderator*|owner*|employee*|staff|team*|company|companies|account*|organisation*|"
    "organization*|shop*|store*|people|everyone|everybody|learner*|applicant*|candidate*|recruiter*|"
    "donor*|borrower*|traveller*|traveler*|commuter*|fan*|creator*|streamer*|pharmac*|lawyer*|"
    "developer*|integrator*|supporter*|volunteer*|kid*|famil*|senior*|children|club*"
)

OFFERS: Final = (
    concept("people can now", f"""
        ({_PEOPLE}) (can|may|could now|will|shall) .., !({_PEOPLE}) can not, !({_PEOPLE}) can (no|never|hardly),
        ({_PEOPLE}) (get| gets| see| sees| choose| pick| book| have| receive| decide| set| invite| order| enter| create|
        share| follow| want| wanted| upload| rate| track| switch| subscribe| earn| pay| sort| filter| download| are
        able|who want), let (user*| customer*| people| viewer*| admin*| driver*| seller*| merchant*| member*| guest*|
        operator*| student*| them| team*| shop*| buyer*| courier*| tenant*| patient*| reader*| player*| staff|
        partner*), lets ({_PEOPLE}), letting ({_PEOPLE}), (allow| allows| allowing| enable| enables| enabling| permit|
        permits) ({_PEOPLE}) .. to, allow (to|for) .., now (possible| allowed| default| two| three| available| visible|
        supports| offers| shows| also| accepts| includes| with), (is|are) now .. (default| available| possible| visible|
        shown| optional| allowed), become* (visible|available|possible|optional|default|mandatory),
        (everyone|everybody|all customers|all users|anyone) (has|gets|sees|can), (shown|visible|available|offered|open)
        (to|for) .. (user*| customer*| everyone| everybody| all| guest*| member*| partner*), for (everyone|everybody),
        for all (user*| customer*| member*| tenant*| venue*| market*| region*| shop*| store*| account*| plan*| countr*|
        teams| compan*), in every (country|market|shop|store|region), so that
        (user*|customer*|people|guest*|member*|operator*|admin*) can, may now, can now, (until now|up to now|so
        far|bisher) .. (only|one|no|not|had|by|needed), there was (never|no|none), (was|were) never
        (part|possible|offered|there), never existed, had no place, no way to, themselves, self service, on their own,
        their own, kunden (können|sehen|bekommen|wählen), nutzer (können|sehen|bekommen), (clientes|usuarios)
        (pueden|ven|eligen), (clients|utilisateurs) (peuvent|voient), jetzt (auch|möglich|verfügbar), ahora (se
        puede|pueden), désormais, as (planned|voted) extended, (take*|accept*) .. again from, we take .. again, whole
        (class|team|group|list) (in one|at once), in one (table|go|step|click|place|list), with one click, one click, in
        bulk, all at once for, per (hive| field| student| child| person| team| user| customer| room| device| vehicle),
        for (children| families| students| seniors| groups| companies| businesses| commuters| members| guests| kids|
        schools| shops| teams| admins| managers| drivers| teachers| nurses| patients| parents| sellers| buyers|
        partners| developers| editors| agents), (log| logs| track| plan| rate| review| compare| print| save| record|
        collect| reserve| rent| order| choose| see) .. (their|your|per|by) .., have to .. one by one, one by one, had to
        (call|write|ask|phone|mail|visit|do it|use the hotline), only the hotline, by (mail|phone|hotline|fax|post)
        only, only by (mail|phone|hotline|fax|post), without (calling|phoning|asking support|the hotline|leaving the
        app), anonymous (question*|survey*|feedback|review*|donation*), guardians, kids, grandparents, spectators,
        audience, attendees, speakers, exhibitors, seniors, children, pensioners, disabled, flatmates, neighbours,
        neighbors, roommates, clubs, hold (ranked|votes|polls|meetings|events), anybody can .. (from
        now|now|fetch|book|order), from the site from now, siblings, hikers, walkers, need not, no longer need to, they
        do from now, from now on, hikers see, readers disliked, disliked, (dentists| clerks| brewers| musicians|
        listeners| keepers| captains| crews| skippers| vets| visitors| spectators| walkers| cyclists| drivers| parents|
        pupils) (can|get|see|choose|may|have|pick), let clerks, never offered, chart never offered, was never offered,
        never had one, lets clerks, can gift, gift .. to a friend, to a friend, owners pick, pick who, now they get,
        they get them, at a glance, everything at a glance, see who, one can join, takes from 16, waiting number
        """),
    concept("something new", """
        add, adds, added, adding, introduc*, new, support (for| of| heic| apple| google| multiple| custom| more| dark|
        two| several| gift| split), supports, supporting, support apple, offer, offers, offering, provid(e|es|ed),
        bring, brings, plus, and (let|add|allow|show|new|more), while at it, along the way, initial
        (version|support|release) of, implement*, build a, built a, create*, another, additional, further, extra, also
        (show*|send*|add*|accept*|support*), more (option*|choice*|column*|filter*|language*|detail*), multiple,
        several, bulk, custom, customi*, personali*, configurable, optional, choos*, choice*, select*, pick, picks, !new
        line*, !new (test*| compiler| ci| runner| lint*| linter| toolchain| name*| folder| module| class*| file| index|
        hardware| vm| helper*| script*| api client), !add (test*|types|type|missing
        test*|unit|docs|comments|index*|benchmark*|story|stories|a test| tests| logging| log| metric*| alert*| retr*|
        timeout*| lint*| codeowners| license| gitignore| readme| missing), !another
        (region|zone|continent|vendor|branch|provider), !created (at|on|by|ago), neu, neue, neuer, neues, nuevo*,
        nueva*, añad*, agrega*, nouveau*, nouvelle*, ajout*, hinzu*, einführ*, unterstütz*, extend*, expand*, enrich*,
        upgrade* for (users|customers), complete* the list, starts in, starts (on|with|from), start* sending, come with,
        arrive* (in|for), swap, enters, now in, now for, now with, now on, now at, first, second language, third,
        fourth, alternative, option to, option for, ability to, able to, possibility, lets you, let me, allow, allows,
        allowing, accept, accepts, accepting, show, shows, hide, hides, display*, present*, list* the, include*,
        mention*, print (on|the|a|in), incl, including, as well, on top, along with, raises it to, one can (|now|only),
        newly, brand, along with a, together with a, comes, gives (users|customers|people|members|admins|guests|teams),
        give (users|customers|people|members|admins|guests|teams), giving, made possible, possible to, ready for,
        prepared for launch, phase (1|2|one|two) of, mvp, prototype for customers, revamp*, overhaul*, rework the (page|
        screen| menu| flow| checkout| onboarding| app| home| profile), rethink*, remake, improve* the (page| screen|
        menu| flow| look| wording| layout| onboarding| search results), bigger (photo*|picture*|button*|text|font*),
        smaller (photo*|picture*|button*|font*), larger (photo*|picture*|button*|text|font*), longer
        (trial|description*|return*|opening), shorter (checkout|form|wait for customers), fewer (steps|clicks|fields),
        skip the (step|form|survey|question), ask for, asks for, ask
        (people|users|customers|guests|members|drivers|parents), remember (the|their|last), suggest*, propose*,
        prefill*, pre fill*, default value for customers, unlimited, up to (five|six|ten|20|50|100), instead of
        (one|two|three|five|14|30|a week|a month), from (one|two|three|five|14|30) to
        """),
    concept("something on screen", """
        page, pages, !(blank| white| error| status| code| docs| landing| night| policy| man| security) page*, screen,
        screens, button*, dialog*, banner*, menu*, tab, tabs, widget*, form, forms, !in the form of, wizard*,
        calculator*, preview*, card, cards, map, maps, chart*, !helm chart*, graph*, !graphql, icon*, avatar*, badge*,
        tooltip*, toast, sidebar, header bar, footer, progress bar, dropdown*, drop down*, picker*, slider*, toggle*,
        checkbox*, carousel*, gallery, layout*, theme*, dark mode, light mode, font*, colour*, color*, logo*, redesign*,
        restyle*, look and feel, new look, design, facelift, animation*, sound, landing page*, home page, homepage,
        dashboard, dashboards, console, portal, back office, backoffice, app, kiosk, ui, ux, zoom, drag, swipe, pinch,
        shortcut*, onboarding, tour, tutorial, empty state*, hint*, typing indicator*, read receipt*, chapter*,
        subtitle*, seite, schaltfläche, pantalla, botón, écran, bouton, pdf, landscape, calendar, ical, timetable*,
        leaderboard*, wish list, wishlist, album*, inbox, reaction*, emoji*, poll*, quiz*, chat, feed, timeline,
        playlist*, watchlist, heat map*, search box, autocomplete, suggestion*, recommend*, saved search*, view, views,
        sticker*, stepper, breadcrumb*, pagination, infinite scroll, sort arrows, contour*, cycling lanes, legend,
        filter bar, search bar, search field, hero, teaser*, tile, tiles, splash, welcome (page|screen|mail|text),
        profile*, sleep timer, player bar, mini player, history page, terminal*, family area, member area, customer
        area, my account, account page, product page, detail page, overview, printout, e mail
        (template|footer|header|layout|design), mail (template|footer|header|layout|design), sms text, push text,
        greeting*, slogan*, photo*, picture*, video*, illustration*, wallpaper*, ringtone*
        """),
    concept("a capability", """
        export*, import*, !import (error*|order|sort*|path*), !imports, download*, upload*, share, shares, sharing,
        invit*, subscrib*, unsubscrib*, notif*, reminder*, digest, newsletter*, mail when, sms when, push when, quiet
        hours, schedul* (report*|post*|send*|message*|export*), sort by, sort*, !sort* (import*|alphabetic*|key*|rules),
        filter*, group by, search for, search by, search in, full text, compare, bookmark*, favourite*, favorite*,
        follow, like button, tag*, !tag of, !from tag, annotat*, !annotations, sign (in|up) with, signin with, login
        with, log in with, passkey*, apple pay, google pay, paypal, klarna, bizum, twint, ideal, wallet*, instalment*,
        installment*, pay* by, pay in, split payment*, gift*, tip, tips, multi (currency| language| lingual| tenant|
        account| user| select| store), time slots, delivery (slot*|window*|day*), pick up, pickup, click and collect,
        same day, express, subscription*, translation*, translat* (into|to|for), languages, language, locale, i18n, in
        (polish| czech| german| french| spanish| italian| dutch| turkish| arabic| japanese| chinese| korean| welsh|
        catalan| swedish| danish), currency, currencies, endpoint*, !(unused|debug|internal|test|old|legacy) endpoint*,
        graphql, mutation, rest api, public api, partner api, api for, webhook for, webhooks for, sdk for, cli, command,
        subcommand, plugin*, integration with, integrates with, connect* to
        (slack|teams|jira|salesforce|hubspot|sap|shopify|zapier), slack (bot|app|integration), oauth app*, api key for
        customers, sandbox for partners, settings, setting, option*, preference*, field in, field for, column in, csv,
        excel, xlsx, v2, v3, beta, offline mode, guest checkout, guest mode, sub account*, subaccount*, workspaces,
        folders for, rooms, voice, video call*, group call*, callback, co2, carbon, accessib*, consent dialog, opt in,
        opt out, consent text, cookie banner, age check, terms, mandatory, required field, seat map*, group booking,
        merge duplicate, bundle*, roaming, grading, gradebook, timer, dictation, captions, transcript*, summar*,
        translator, autosave, undo button, redo, version history, comparison, ranking, rating*, review*, !code review*,
        !review action*, !review template, questionnaire, form builder, signature pad, e signature, barcode, qr, nfc,
        scan to pay, tap to pay, cash on delivery, pay later, pay on, swish, mobilepay, mobile pay, sepa, direct debit,
        invoice by, refund* (to|as|by), store credit, split the bill, group order, reorder button, recurring, repeat
        order, auto renew plan, family plan, family (account|tariff|sharing), student discount, age limit, parental,
        right to left, screen reader, keyboard navigation, high contrast, text size, offline (maps|reading|mode|use),
        geofence, live location, tracking link, proof of delivery, time window, appointment*, booking for, waitlist,
        waiting list for, seat choice, seat selection, upgrade cabin, pets, luggage, insurance, warranty, donation*,
        matching, auto match, chat with, bot for customers, assistant, ai (assistant|summary|replies|search), forecast,
        prediction, report for, reports for, statement for, statistics for, yield, logbook, diary, checklist, kanban,
        gantt, map of, heatmap, level*, diamond, radius, default (search| view| sort| language| currency| tab| page|
        radius| plan| tip| model| amount)
        """),
    concept("brought to people", """
        launch*, ship, ships, shipping the, roll* out to, rollout to, roll out, rolling out, go live, goes live, going
        live, live before, live for, turn* on, turning on, switch* on, flip* on, flip .. on, (turn|switch|flip|put|set)
        .. on, enable, enables, enabled for, enabling, !enable* (strict| lint*| cache| caching| gzip| compress*|
        keepalive| tls| tracing| log*| wal| autovacuum| rule*| check*), activat*, on in, on for, → on, → true, open*
        (for|to|in|up|sales|booking*|sign|registration*), unlock*, ungat*, un gat*, ga, general availab*, generally
        available, public preview, public beta, out of beta, beta label, waiting list, ramp*, to (25|50|75|100), to
        (5|10|20|25|30|40|50|60|75|80|90|100) %, → (25|50|75|100), for (1|2|5|10|20|25|50) % .. (of|user*|customer*),
        percent of, % of (user*|customer*|tenant*|traffic), release to (all|everyone|customers|public), available in,
        available for, opt in for, publish*, expose, exposes, unhide, make ..
        (public|visible|available|default|configurable|optional), by default, default to, defaults to, as default,
        default plan, metrics look (fine|good), no regressions, going well, went well, was (on|visible|internal) (for
        staff|for us|only), staff only, internal only, internally so far, from now on, einschalten, freischalt*,
        aktivier*, activar, activa, activer, live schalten, freigabe, lanz*, lanc*, goes to, go to all, in all plans, to
        all plans, for all plans, included in (all|every|the|free), now in all, live in, live from, live on, rates live,
        turn .. live, put .. live, make .. live, set .. live, take .. live, start sale*, sales start, pre order,
        preorder, presale, on sale, open to, opens (in|on|at|to|for), opened (in|on|to|for), remove* (|the)
        (guard|gate|flag|wall|limit|beta|waitlist|waiting list) .. (now|all|everyone|for), guard around, remove guard,
        gate removed, without (flag|invitation|waiting list), no longer (behind|hidden|internal|beta), out of
        (preview|trial|beta)
        """),
    concept("money and offers", """
        price*, pricing, precio*, preis*, prix, tarif*, fee, fees, surcharge*, discount*, rabatt*, coupon*, voucher*,
        gutschein*, cashback, loyalty, bonus*, reward*, stamp*, points, plan, plans,
        !(query|rollout|test|migration|recovery|project) plan*, tier, tiers, premium, gold, silver, paid, paying, free
        (plan|tier|shipping|trial*|delivery|account*), trial, trials, subscription*, upsell*, add on*, bundle*, offer,
        offers, deal, deals, sale, sales, sell, sells, sold, selling, shop, marketing, campaign*, promo*, black friday,
        cyber monday, christmas, easter, mother's day, season*, holiday*, festival, catalogue, catalog, assortment,
        bestseller*, minimum order*, minimum (value|amount|stay), order value, credit limit*, interest rate*,
        commission*, margin*, quote*, contract*, licen(c|s)e tier*, seats per, allowance*, upload limit, storage limit,
        limit for (free|premium|paying), vat rate*, tax rate*, tax table*, reduced rate, rates for, exchange rate
        markup, shipping cost*, delivery cost*, eur, usd, chf, gbp, revenue, conversion, growth, retention team, churn,
        ads, advert*, sponsor*, affiliate*, free (travel|entry|of charge|month|week|return*|parking|ticket*),
        travelcard, day pass, pass valid, fare*, toll*, rent, deposit*, refund policy, return policy, return window,
        grace period, notice period, minimum age, opening hours, delivery area, service area, coverage area, zone map,
        product code, sku*, range, vegan, stock of, shirts, merch*, partner offer*, recommend a friend, referral*, gift,
        raffle, lottery, contest, prize*, sweepstake*, festive, carnival, back to school, valid
        (for|from|until|days|on), currency (list|choice), payment terms, invoice terms, service level for customers, sla
        for customers, quota for (free|paid|premium), credits, per seat, enterprise, business plan, pro plan, starter,
        freemium, paywall, newsletter, pay .. less, pay .. more, costs (less|more|nothing), cheaper, dearer, flat rate,
        supplement*, tickets, ticket, borrow*, lend*, hire, free (storage| minutes| calls| credits| messages| seats|
        users| projects| delivery| samples| upgrade*), code for .. off, % off, percent off, dynamic pric*, surge pric*,
        vat included, invoice text, payment method*, payment option*, card payment*, cash payment*, currency for,
        rounding for cash, tip option*, donation, ad slot*, ad free, banner ad*, partner program*, miles, status level*,
        vip, membership*, annual plan, monthly plan, yearly, quarterly billing, seat limit*, limit of
        (three|five|six|ten|20|50) .. (projects|users|seats|books|items|photos), age groups, senior*, students get,
        family, kids menu, business customers, b2b, b2c, wholesale, retail, outlet*, store hours, opening time*,
        delivery time*, delivery day*, delivery fee*, pickup point*, new (city| zone| region| route| line| stop| store|
        depot| country| market| airport| station| school), now in (berlin| paris| madrid| vienna| rome| prague| warsaw|
        lisbon| oslo), timetable change, timetable for, summer timetable, winter timetable, schedule for
        (summer|winter|autumn|spring|the season), menu for, dish*, roast, blend*, flavour*, recipe*, collection, line
        up, lineup, programme, program for, lift the (cap|limit|ban), lifts the (cap|limit|ban), lift .. to, raise the
        cap, cap of, per box, fuller houses, luggage, charging for, stop charging, charge for, annual pass, strike,
        ferries, ferry at, trains, extra trains, night (bus*|train*|ferr*|rate*), also at night, also on
        (sundays|saturdays|weekends|holidays), on sundays, on saturdays, letterhead*, playlist*, morning show, late slot
        """),
    concept("somebody decided it", """
        decid*, decision*, product (owner*| manager*| team| decision*| wants| decided| want*| asks| agreed), by product,
        product drops, product wants, product has, business (wants|decided|asked|choice|decision|asks|needs), as a
        business, commercial, sales (wants|asked|promised|calls|needs|asks), merchandising, legal
        (wants|asked|asks|approved|decided|requires|and), approved by, growth and, finance
        (agreed|wants|asked|approved), agreed with (finance|sales|legal|product|marketing|partners), board, council,
        management, ceo, founder, steering, stakeholder*, asked for (by|this|it), asked for, (customers| users| sellers|
        sales| support| partners| merchants| members| guests| operations| drivers| people| teachers| teams) .. (asked|
        ask| wanted| want| wish| wished| protested| requested| missed| demand*| love*), requested by
        (customer*|user*|sales|support|product|operation*|the customer*|partner*|seller*), support gets asked, wish of,
        wished, wishes, on request, promised, announc*, told, as (voted| planned| promised| agreed| announced| told|
        decided| wished| ordered by sales), voted, on purpose, by design, by choice, deliberate*, intended,
        intentional*, was never meant, trial that ended, pilot, experiment*, a b, ab test*, a b test*, test was
        positive, measured until, hypothesis, variant*, trial by, to see whether, brand*, rebrand*, wording, copy,
        claim, tone of voice, valid from, effective (with|from|on|as of), starting (in|from|on), from (january|
        february| march| april| may| june| july| august| september| october| november| december| next month|next
        week|monday on), in time for, before the (campaign|season|event|launch|fair|holidays), needs (this|to be) live,
        for the (campaign|launch|season|fair|event|festival), regulator*, law (wants|requires|says), new law, by law,
        market*, in (austria| germany| france| switzerland| poland| spain| italy| brazil| norway| sweden| denmark|
        portugal| belgium| europe| the us|the uk), countr*, roadmap, okr, quarter, q1, q2, q3, q4, competitor*, survey,
        for demo, for the demo, demo at, partnership, two are allowed, generous, nudg*, (council| city| ministry|
        management| airline| school| union| club| association| federation| parliament| government| committee| jury|
        editor in chief|owner|client|sponsor) .. (decided| wants| wanted| asked| extended| pays| changed| ordered|
        wishes| voted| agreed| approved| allows), changed its policy, change of policy, new policy, policy change, as
        (planned|decided|intended|designed|agreed|wished), it was (planned|decided|intended|designed|meant), was as
        planned, city pays, on the radio, informed, communicated, press release, blog post, (hosts| guests| teachers|
        parents| drivers| owners| farmers| readers| players| members| partners| buyers| patients| nurses) ..
        (asked|ask|want|wanted|wish|wished|missed|love), found it, sends people to, people prefer, most
        (people|users|customers) (want|prefer|choose), taste, trend*, starts in (spring| summer| autumn| winter|
        january| february| march| april| may| june| july| august| september| october| november| december), in spring, in
        summer, in autumn, in winter, next (season|term|semester|year|summer|spring), from (spring| summer| autumn|
        winter| monday| tuesday| wednesday| thursday| friday| 1| the first|next), (is|are) through, no longer needed by
        customers, strategic*, strategy, (board|library|club|team|owner) (raises|lowers|wants|adds|drops), the team
        wants, wants the space, spring look, autumn look, winter look, to save money, a sponsor pays, pays for it,
        traffic is tiny, tiny traffic, from now on, opens on, closes on, parents wanted, (wanted|want) a, the law
        (replaces|changes|wants|asks|requires), union, (union|product|editors|lead|council|board) ..
        (agreed|says|say|split|decided|want), says the (product|lead|team|board|boss|law), product lead, results in
        (january| february| march| april| may| june| july| august| september| october| november| december| spring|
        summer), feedback is, opening ceremony, ceremony, prefers a call, another year, is tomorrow, round goes,
        listener poll, reader poll, poll chose, chosen in, chosen by, (theatre| opera| club| zoo| harbour| firm|
        company| clinic| museum| radio| station| brewery| hotel| restaurant| library| theater)
        (wants|decided|asked|moves|has|no longer), gives in, insist*, visitors .. insist, by decision, mandatory by,
        board dropped, waited for, have waited for, clerks have, parents complained, to save work, trial is over, test
        is over, pilot is over, experiment is over, the ban is over, campaign is over, regulars, brand team, wants calm,
        found it (loud|ugly|annoying|confusing|old fashioned), bank asked, insurer asked for a (text|wording|logo),
        doors open on, from august, from september, from october, from november, from december, from january, from
        february, from march, from april, from may, from june, from july, agents want, want to see them, was so ordered,
        so ordered, club now, now takes, editors asked, decided in, from now on decided, gets them now, now they get,
        were left out when
        """),
    concept("withdrawn on purpose", """
        deprecat*, sunset*, retir(e|es|ed|ing), discontinu*, end of (support|life|sale), end support, end of the, drop*
        support, drop* the (option|plan|page|channel|app|free), shut* down, phas* out, clos* (for|to|the) new, no longer
        (offer*|available|sold|supported|part), for good, disappears (on|from|with|in), goes for good, hardly anyone,
        (nobody|few|almost nobody) (used|uses|opened|bought|clicked|wanted), usage (was|is) (low|tiny), answer* 410, 410
        (from|gone), existing (accounts|customers|contracts|users) keep, stop (offering|selling|sending the
        newsletter|supporting), remove* (|the) (option|button|page|plan), option disappears, take .. off the menu,
        abgekündigt, abkündig*, eingestellt, descontinu*, abandonn*, app only, only from (may|june|july|january), from
        (may|june|july|january) only, remove* the (comparison| list| tab| section| banner| newsletter| channel| menu),
        takes .. away, taken away, gone from, say goodbye, last day, final (day|version|season), switch* off for good,
        closes (on|in|at|for), closing (the|down), close the (shop|store|branch|market|channel|forum), leave the
        (market|country), out of the (range|assortment|catalogue|menu), delisted, delist, stop selling, no more
        (sms|fax|letters|paper|newsletter*|free), e mail only, web only, web takes its place, takes its place, sunset
        since, only from now on
        """),
    concept("brought again", """
        reland*, re land*, reappl*, re appl*, reenabl*, re enabl*, reintroduc*, re introduc*, relaunch*, re launch*,
        bring* .. back, brings back, brought back, give* .. back, gives it back, roll forward, rolls forward, rolled
        forward, back with, are back, is back with, comes again, come again, returns with, return of, sells again, again
        from, once more, second (attempt|try|go), try again, another try, take two, attempt 2, v2 of the, with the fix
        (included|applied), fix included, the cause is gone, cause is fixed, now that the,
        (leak|bug|deadlock|cause|crash|issue|fault) .. (is|are|was) (fixed|gone|solved) (separately|included|in|now),
        wieder da, wieder verfügbar, de vuelta con, again after, open again, opens again, is open again, sold again,
        back in (stock|the shop|the range|the menu), back on (sale|the menu|air|offer), in again, return* to the
        (menu|range|shop|app|catalogue), for another (season|year|round), once again, anew, reviv*, resum*
        (sales|booking*|registration*|delivery|sale), bring* back, back after, back by popular, popular demand,
        children's menu back, again from monday
        """),
)  # fmt: skip
