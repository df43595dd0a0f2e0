"""What closes a weakness or an exposure: protections, who may do what, and who demands it."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

PROTECTIONS: Final = (
    concept("a protection", """
        encrypt*, at rest, hash* .. password*, bcrypt, scrypt, pbkdf2, salt*, saniti*, escap(e|es|ed|ing), !escape
        (key|hatch|sequence), !(esc|escape) (closes|closing), parameteri*, bind* parameter*, rotat*, !log rotat*,
        !rotat* (log*|image*|device|screen|photo*|banner*), revok*, revoc*, invalidat* ..
        (token*|session*|link*|cookie*|key*), mask*, !mask (edge|layer), redact*, blur*, pseudonym*, anonymi*, scrub*,
        strip .. (exif|metadata|location|gps), restrict*, lock* down, tighten*, harden*, least privilege, need to know,
        allow list*, allowlist*, whitelist*, deny list*, denylist*, blocklist*, deny (by default|all|what*|http),
        default deny, block* (public|embedding|embed*|third party|anonymous|unauth*|unsigned|upload* of), firewall*,
        waf, security group*, network polic*, networkpolic*, non root, nonroot, rootless, drop*
        (root|capabilit*|privileg*|cap), (as|run* as|no|not) root, read only (root|file*|token*|role*|account*|user*),
        seccomp, apparmor, selinux, sandbox*, isolat*, jail*, quarantin* .. (upload*|file*|attachment*), csp, content
        security, hsts, nosniff, frame ancestors, frame options, x frame, framing, cors, samesite, same site, httponly,
        http only, secure (flag|cookie*), tls, mtls, ssl, captcha*, hcaptcha, recaptcha, turnstile, mfa, 2fa, two
        factor, second factor, multi factor, sso, single sign, saml, oidc, oauth*, pkce, nonce*, short lived, re
        authenti*, reauth*, step up, log* out everywhere, end* all sessions, sign* out everywhere, log out idle, idle
        (session*|logout), verif* .. (signature*| certificate*| issuer| audience| owner*| identity| sender| caller|
        origin| hmac), check* .. (signature*| owner*| ownership| permission*| role*| tenant| issuer| audience| origin*|
        hmac), validat* .. (redirect*|origin*|issuer|signature*|certificate*|file name*|hostname|token*|host
        header|content type|mime), (owner*| permission*| role| access| signature| authorisation| authorization| tenant|
        csrf| origin| certificate) check*, (missing|forgotten|removed) check*, hmac*, reject*
        (unsigned|unknown|expired|forged|unauth*|plain), require* .. (auth*|login|log
        in|mfa|permission*|role*|approval|signature*|sign in|token), limit* .. attempt*, attempt*, lockout, lock out,
        !retry attempt*, !attempt* to (fix|make|reduce|speed), audit (log*|trail*), vault, secret* (manager|store),
        secretmanager, keychain, keyring, kms, hsm, pin* .. (sha|action*), by (sha|digest|commit hash), sign* (image*|
        artefact*| artifact*| commit*| cookie*| url*| webhook*| package*), cosign, sbom, shorten
        (session*|token*|lifetime*), (session*|token*) .. (lifetime|expiry|expire after|to .. hours|to .. minutes),
        token expiry, tokens lived, egress, dmz, vpn, bastion, jump host*, private
        (endpoint*|subnet*|network|bucket*|link), not from the query, taken from the token, introspection, directory
        listing, autoindex, server (tokens|version) header, debug (endpoint*|mode|page|console|port), stack trace* ..
        (user*|public|page|client*|response*), request bodies, verschlüssel*, cifra*, chiffr*, absicher*,
        (dependency|secret|container|image) scan*, rate limit .. (login|password|reset|sign*|otp|attempt*|pin), quot*
        (argument*|shell), without a shell, no shell, argument list, expire* .. (invit*| link*| token*| session*| code*|
        cookie*| key*| login*| url*), (invit*|link*|code*|url*) .. (expire*|once|single use|one time), one time, single
        use, random id*, random token*, unguessable, uuid* instead, opaque id*, referrer policy, permissions policy,
        content type options, subresource integrity, sri, strict transport, sign the
        (image*|artefact*|artifact*|package*|build*|commit*|url*), verify images, only signed, trusted
        (publisher*|source*|registry|types), cap (login*|tries|attempt*|password), login tries, tries per, attempts per,
        throttl* (login*|sign*|password*|attempt*), delay after (failed|wrong), block* after, ban, bans, banned, geo
        block*, ip filter*, block* (country|countries|ip*|range*|address*|bots|account*), device binding, bind
        (token*|session*) to, rotate .. (key*|secret*|password*|token*|certificate*|credential*), new
        (key*|secret*|password*|credential*) (everywhere|for all), replace .. (key*|secret*|password*|credential*),
        remove .. (key*|secret*|password*|credential*|token*) from, move .. (key*|secret*|password*|credential*|token*)
        .. (vault|manager|store|keychain|env*), wipe*, shred*, erase*, delet* .. (personal|private|customer data|data
        of|scans|recordings), purge* .. (personal|private|data of|recordings), data minimi*, minimis*, minimiz*, do not
        (log|store|send|keep|return|show) .. (password*| token*| name*| address*| mail*| number*| body| bodies| header*|
        personal| ip*| whole| full), stop (logging|storing|sending|keeping) .. (password*| token*| name*| address*|
        mail*| number*| body| bodies| header*| personal| ip*| whole| full), no longer
        (log*|stor*|send*|return*|expos*|includ*|get*) .. (password*| token*| secret*| key*| credential*| kubeconfig|
        personal| address*| body| bodies), limit .. (to|by) (office|vpn|internal|admin*|own),
        (internal|office|vpn|private) network only, from the (office|vpn) only, bind to (localhost|loopback), localhost
        only, loopback, forbid*, prohibit*, disallow*, may no longer, can no longer
        (open|see|read|approve|delete|download|export|access), second pair of eyes, four eyes, two eyes, two person,
        dual approval, second approver, second approval, https, die after (a|an|one) (day|hour|week), tokens die, from a
        year to, instead of a year, do not say whether, same answer (for|whether), same message (for|whether), strip
        (html|tags|scripts), close .. (outside|world|internet|public|ports|port), fw, out of authorized keys, take ..
        off the (internet|public), behind (the vpn|login|auth*|a login|sign in), check* .. (belongs|belong|is the
        owner|is theirs|may), password (polic*| rule*| length| strength| hash*| reset| rotation| manager), minimum
        password, stronger (password*|hash*|cipher*|key*|algorithm), longer key*, key (rotation|size|length|ceremony),
        re key*, rekey*, crypto agility, argon*, aes*, gcm, ed25519, rsa 4096, sha 256, sha256, cipher*, forward
        secrecy, certificate pinning, cert pinning, pinning of, ocsp, dane, dnssec, dkim, dmarc, spf, bimi, mta sts, ip
        allow*, geo fenc* admin, access list, access token .. short*, rotate .., token binding, proof key, device trust,
        zero trust, private link, vpc, subnet, peering only, internal load balancer, internal only (endpoint|api|port),
        private cluster, pod security, security context, securitycontext, read only root, readonlyrootfilesystem,
        runasnonroot, allowprivilegeescalation, privileged (container*|mode|pod*), host (network|path|pid) .., docker
        socket, capabilities, drop all, no new privileges, gvisor, kata, falco, opa, gatekeeper, kyverno, admission,
        image signature*, provenance, slsa, attest*, sigstore, notary, checksum of (download*|the installer|artifact*),
        verify (download*|the download|checksum*|package*|plugin*), lock file integrity, ignore scripts, scoped
        (token*|key*), fine grained token*, per (tenant|customer|user|service) (key*| secret*| token*| password*|
        database| schema| credential*), separate (credential*|key*|secret*|account* for admins), secret scanning, git
        secrets, gitleaks, trufflehog, dlp, data loss prevention, tokenis* (card*|data|pan), tokeniz* (card*|data|pan),
        hash the (ip*|mail*|address*), truncate (ip*|card*), log (only|no) .. (hash*|ids|personal|names), access log for
        (auditors|admins), log .. (access|admin*|who|sign in*|logins) .. (audit*|trail|siem|officer), siem, alert on
        (login*|failed login*|privilege*|root|new admin*|access), intrusion detection, ids ips, honeypot*, deny list,
        quarantine, antivirus, virus scan*, clamav, scan upload*, file type check*, mime check*, content disposition,
        html escap*, auto escap*, autoescap*, encode output, output encoding, prepared statement*, bind variable*, orm
        instead of string, strict (csp|transport|origin|cors|hostname), trusted types, csrf token*, double submit,
        origin check*, state parameter, logout on, session (timeout*|rotation|id*|fixation|renewal|invalidation),
        regenerate session, new session id, idle logout, auto logout, lock screen, lock .. account*, unlock by, consent
        (before|for) (tracking|cookies|analytics), privacy by, data subject, subject access, delete on request,
        retention, keep .. no longer than, forget, (must|may|should|do) not (store|cache|keep|remember|log|index), no
        store, cache control no, leave .. out of the (index|log|logs|search|export|response|mail), by digest, pull .. by
        digest, confirm by (phone|mail|sms|letter), call back before, cooling off, new payee*, hash* ..
        (before|ids|names|addresses), compare .. (slowly|constant), slow compare, slow hash, slowly compare, without
        revealing, ldap filter, build .. with the library, (throw|throws|take|takes|switch|switches) out the
        (ftp|telnet|http|smb), no ftp, sftp instead, ssh instead, delete the (debug|test|default|demo|guest)
        (user|account|login), no file previews, new password for, change .. password*, change the (key|code|lock|pin),
        own network, (only|just) from .. network, second confirmation, confirm* .. before ..
        (delet*|payout|export|transfer), check the (file|content|mime) type, file type of uploaded, throttle ..
        (check|code*|voucher*|login*|reset|sign*|pin*), close .. portal, forget .. (number*|card*|after), (last|only the
        last) (digits|four), no longer push to main, may not push, protected branch for bots, wipe .. after, sign out
        idle, idle .. sign out, auto sign out, signs out after, sign .. packages, signed packages, signed updates, sign
        updates, sign releases, sign the releases, sign the firmware, arguments as a list, without location, without
        gps, without names, without address*, strip location, round (location*|position*|coordinates), coarse location,
        take down the, hide .. from (guests|others|public|search|strangers|the list|non), visible only to, only visible
        to, show only to, shown only to, no longer public, make .. (private|internal|invite only|members only), private
        by default, members only, invite only, behind a login, asks for a password, needs a password, needs a login,
        needs approval, ask for consent, without consent, fewer ciphers, ciphers left, only .. ciphers, modern ciphers,
        longer pin, longer code*, six digits instead, more digits, expire* codes, change (codes|locks|keys|combination),
        new (locks|codes|keys), no iframes, iframes, no macros, macros, refuse uploads, refuse ..
        (macro*|script*|executable*), wrong code, after each wrong, wait longer after, salt the, approve new devices,
        new device*, stop printing .. (env*|secret*|token*), replace the (key|token|password|secret|connection string),
        only the (treasurer| owner| admin| author| doctor| manager| accountant| board) .. (may|can|sees|see)
        """),
    concept("who may", """
        (admin| write| root| owner| deploy| delete| elevated| full| production| superuser)
        (right*|access|role*|permission*|login*|account*), access (right*|control|polic*|review), rbac, abac, acl, acls,
        iam, permission*, permiso*, berechtigung*, privilege*, entitlement*, (service| technical| test| shared| default|
        guest| dormant| orphaned| old| bot| generic) account*, (service|test|shared|default|admin|dev)
        (user|login|role)*, contractor*, leaver*, former (employee*|staff|contractor*|colleague*|partner*), ex
        employee*, intern, interns, trainee*, offboard*, off board*, people who left, sudo*, root
        (login|access|user|account), superuser*, ownership, over granted, granted .. (by mistake|wrongly|too much|years
        ago), only (owner*|admin*|the owner|the author|members of|its owner|their owner|staff|the tenant*) ..
        (may|can|see|delete|read|edit), must not (see|read|be able|reach|access), should not (see|read|be
        able|reach|access), not (allowed|entitled|meant) to, no longer (see|read|reach|access) ..
        (other*|each|foreign|all), rol de, roles and, role check*, missing (role*|permission*|auth*|owner*), wildcard
        (permission*|polic*|role*|grant*|origin*|principal), (narrow*|reduce*|limit*) ..
        (scope*|permission*|access|role*|right*), authorisation, authorization, authz, unused
        (key*|grant*|role*|account*|permission*), all (staff|employees|engineers) (had|have), everybody had, everyone
        had, segregation of duties, four eyes, dual control, only (see*|read*|open*|get*|reach*|list*|edit*) .. own, see
        .. of their own, of their own (ward| team| tenant| company| group| region| class| department| shop), own
        (ward|tenant|company|department) only, dormant (login*|user*|account*|key*), logins of, accounts of
        (former|ex|the|people), reseller*, production (access|credentials|kubeconfig|rights|database access),
        (everyone|everybody|all developers|all engineers|interns|contractors|agencies|suppliers) ..
        (access|rights|admin), not need to, no need to (see|read|access|know), has no business, approval (for|of|by) ..
        access, break glass, just in time access, access request*, access list*, member of the wrong, wrong
        (group|tenant|role), group membership*, directory group*, scope of the (token|key|role|app), cluster admin, read
        write to read, write to read, may no longer (open|see|read|use|change|delete|export|edit|approve), must no
        longer, can no longer (open|see|read|approve), receptionist*, agency, supplier* access, other teams, of other
        teams, in other teams, self approval, own approval, approve own, segregat* (of|duties|roles), just enough,
        least, access (to production|to prod|to customer data|to the database|for suppliers|for contractors|of
        the|levels), prod access, production access, shell access, ssh (access|keys|login), database access, read
        access, revoke access, remove access, access expires, temporary access, time limited access, emergency access,
        joiner*, mover*, deprovision*, scim, group sync, orphan account*, stale account*, stale user*, inactive
        (user*|account*|admin*), disabled (user*|account*|employee*) .. still, still had, still has, still have, still
        could, ex (colleague*|admin*|partner*|contractor*), left the company, left last, (every|any|each) (engineer|
        developer| employee| contractor| service| pod| node| job| user| member) (had|has|could|can) ..
        (admin|root|write|delete|secret*|access|all), is (admin|owner|root) of, was (admin|owner|root), as admin, with
        admin, act as, on behalf of, delegation, tenant isolation, row level, row level security, rls, authorise*,
        authorize*, policy check*, scope check*, guard on, guards on, supplier*, subcontractor*, old supplier, old
        partner, cut off .., siblings, roommates .. see, who looked at, looked at which, debug user*, (debug|demo)
        (account*|login*), zugriff .. entfernt, rechte .. entzogen, aushilfe*, volunteers, former
        (volunteer*|member*|agent*|tenant*|admin*|student*), temps, temporary staff, seasonal staff, external* ..
        access, (every|any|all) .. (agent|agency|partner|supplier|contractor)*, lose access, loses access, lost access,
        (no|without) access to, lose .. rights, trainees, apprentice*, cleaners, students .. staff, guests .. admin,
        must not be able, without being asked, without asking, without consent of, on their own authority, only after
        approval, needs two people, take* .. rights, takes .. rights away, rights of .. (removed|reduced|revoked|taken),
        not theirs, are not theirs, is not theirs, that are not (theirs|his|hers|their own), not their own, write
        rights, read rights, rights of the, con rol de, rol de dueño
        """),
    concept("a duty to protect", """
        auditor*, audit, audits, audited, pci, compliance, iso 27001, soc2, soc 2, hipaa, gdpr, dsgvo, rgpd, data
        protection, datenschutz*, privacy (authority| officer| request*| team| law| order| commissioner| review), ciso,
        security (team|review*|officer*|audit*|assessment*), infosec, appsec, psirt, supervisory authority, authority
        (gave|wants|ordered|demands|requires), authority's order, right to be forgotten, erasure, finding*, sec 1, no
        ground to keep, no reason to keep, retention (period|polic*) .. (data|personal|law), nis2, bsi, fedramp,
        (celebrit*|vip|famous people), insurer*, insurance condition, condition of the
        (insurer|auditor|bank|regulator|contract), ombudsman, works council, union wants privacy, parliament's, court,
        judge*, police, dpo
        """),
)  # fmt: skip
