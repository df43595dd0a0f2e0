"""What has no intended effect at run time: it says so, it tidies, or it is for tests, documents and the workshop."""

from __future__ import annotations

from typing import Final

from roadbed.delivery.changes.kinds.reading import concept

UPKEEP: Final = (
    concept("it says nothing changes", """
        no (behaviour| behavior| behavioural| behavioral| functional| function| user
        visible|visible|runtime|semantic|logic|functionality) change*, no change*, no functional, no intended change*,
        without (behaviour|behavior|functional) change*, no effect*, no impact, no runtime, nothing changes, nothing
        else changes, no difference, does not differ, do not differ, differs only, only .. (differs|differ), unchanged,
        stay* as (is|it|they), remain* (the same|unchanged|as), same (output*| result*| rules| behaviour| behavior|
        values| bytes| bundle| numbers| semantics| query| queries| plan| interface), (looks|behaves|works|does) .. the
        same, the same as before, as they are, as it is, equal, equals, identical*, equivalent, no op, noop, shows
        nothing, diff is empty, empty diff, plan shows no, renders the same, not (used| called| wired| reachable|
        deployed| loaded| referenced| imported| shipped| executed| run) .., !not deployed to everyone, nothing
        (is|uses|calls|reads|wired), nothing .. (wired|uses|calls|reads), nobody
        (calls|uses|loads|reads|imports|references), no (caller*|callers|user|usage|usages|consumer*|reference*), not in
        production, never (deployed|loaded|called|used|runs in|executed|reached|shipped), unreachable code, unreachable
        since, traffic (is|was|has been) zero, zero traffic, no traffic, everybody has had, everyone has had, on for
        (all|everyone|everybody) since, 100 % since, fully (on|rolled out) since, has been on, (docs| tests| comments|
        types| text| typing| formatting| whitespace| names| descriptions| annotations| comment| test| doc| style|
        internal| readme| cosmetic| lint| build| ci| dev| code| spelling) only, only (|the) (docs| comments| tests|
        readme| formatting| names| types| typing| annotations| whitespace| descriptions| text), typing only, types only,
        in code only, (pure|mere|plain|mechanical) (rename|move|refactor*|reformat*|cleanup|restructur*), purely
        (cosmetic|mechanical|internal|editorial), cosmetic*, mechanical*, preparation, preparatory, prepare* ..
        (for|tables|refactor*|migration|later), prep work, groundwork, for later use, in a later, (fix|patch|guard)
        (|itself) (was|exists|shipped|is) .. (merged|since|live|last), the (fix|patch|guard) itself, exists since,
        covered by .. tests, checked against all, compared over, off in production, debug level, never deployed, no
        production, not for production, local only, document for, draft, notes for, keine (funktionale|verhaltens*),
        keine änderung*, sin cambios, sans changement, nur (kommentare|tests|doku|text|umbenennung), (is| are| was|
        were| stay| stays| remain| remains| give| gives| have| has| with| produce*) .. the same, the same (as| for|
        output| rules| prompts| values| result*| files| query| behaviour| behavior| text| bytes), same (prompt*| file*|
        content*| text*| data| order| key*| default*| settings| features| look| ui| api| tests| code| layers), nothing
        is different, nothing differs, no different, is different for (no|nobody), (not|never) (in|on|for|part of)
        production, is not production, outside production, not production, only (in|for)
        (staging|dev|development|tests|ci|training|local|the sandbox), only the
        (readme|docs|text|names|comments|tests|build|types), nobody (parses|sees|notices|depends|relies|links), no
        (reader|readers|importers|clients) (left|of), callers (stay|keep|unchanged|do not|see no), all .. delegate*,
        delegates to, public (methods|api|interface) (stay*|unchanged|delegate), transparent*, invisible (to|for),
        without (effect|any effect|change*), has no effect, does nothing at run time, at build time only, build time,
        compile time, log text only, wording of (comments|logs), internal only, internally, not shipped, is not shipped,
        not in the (bundle|build|image|package|release), not part of the (bundle|build|image|package|release|product),
        stripped in production, tree shaken, dev only, test only, ci only, in tests only, in ci only, in dev only, for
        developers only, for us only, for our own, used by nobody, used nowhere, called by nobody, called nowhere, no
        longer (used| called| referenced| needed| imported| reachable| deployed| built), unused since, dead since, since
        removed, was removed last, has no (callers|users|readers|uses|references|effect), has been zero, is zero since,
        zero users, zero calls, no calls, gone since, already (gone|removed|merged|live|fixed|shipped|released|rolled
        out|on for), same sql, same json, same html, same bytes, same image, same artefact, same artifact, byte for
        byte, line for line, output compared, no visual change*, no visible change*, no api change*, no schema change*,
        no config change*, no data change*, no code change*, no production code, no logic, no semantic, behaviour kept,
        behavior kept, behaviour preserving, behavior preserving, refactoring only, structure only, layout of (the
        code|files|folders), naming only, readability, easier to read, easier to test, maintainab*, technical debt, tech
        debt, code quality, code smell*, sonar*, internal refactor*, internal rename, internals, implementation detail*,
        under the hood only, v1 goes on, goes on working, keeps working as, continues to work, nothing else, no code
        path*, no paths touched, no code touched, used on laptops, on laptops only, laptops only, for us, has run it
        since, runs it since, production has, re exports, reexports, kept by re exports, are kept, is kept, compiled
        output, output does not differ, same code, rules untouched, untouched, code is right, not loaded by, not loaded,
        (values| results| rounding| outputs| everything| rules| names| prices| sums| totals| behaviour| behavior|
        semantics) .. (are|is|stay|stays|remain|remains) as (they|it) (were|was|is|are), same .. other
        (syntax|format|order|place|file|name|folder), other syntax, in everybody's hands since, in everyone's hands
        since, switched off since, off since, only rules for, only for editors
        """),
    concept("tidying", """
        renam*, refactor*, ref, restructur*, reorgani*, extract*, inlin*, simplif*, tidy, tidies, tidied, tidying,
        clean, cleans up, cleanup*, cleaned, cleaning, encapsulat*, decoupl*, modulari*, consolidat*, unify, unifies,
        dry up, deduplicate code, dedupe code, move* .. (file*| folder*| package*| module*| class*| directory| repo|
        helper*| function*| method*| code| types| constants), moved .. to, split .. (file*| module*| test*| class*|
        package*| function*| component*| values), convert* .. (to|class*|test*), migrat* .. (test*| async| typescript|
        hooks| kotlin| esm| vitest| pytest| vite| gradle| poetry| uv| pnpm| composition), replace .. (by|with) ..
        (same|library|builtin*|std*), replac* (moment|lodash|jquery|enzyme|mocha|request), sort*
        (import*|alphabetic*|key*|entries|list), alphabetic*, reorder*, dead code, dead module, unused, obsolete, stale
        (flag*|branch*|code|feature*), remove* flag, remov* .. (flag|flags) .., old code, legacy code, left over*,
        leftover*, orphaned code, todo*, fixme*, typo*, spelling, misspell*, format*, reformat*, whitespace, indent*,
        tabs, spaces, line ending*, newline at, lint*, warning*, prettier, eslint*, stylelint, black, isort, ruff,
        gofmt, rubocop, checkstyle, clippy, rustfmt, ktlint, biome, spotless, type hint*, typing, types, typescript,
        strict mode, strict null, stricter, annotation*, interface*, generics, enum, enums, constants, magic number*,
        naming, comment, comments, docstring*, javadoc*, copyright*, license*, licence header*, header, regenerat*,
        generated, codegen, vendored, code owner*, codeowner*, gitignore, gitattributes, editorconfig, changelog*,
        release note*, version bump*, bump version*, bump* to .. (dev|snapshot), post release, housekeeping, chores,
        boilerplate, hooks, async await, style, nit, nits, polish code, umbenenn*, umbenannt, aufräum*, aufgeräumt,
        kommentare*, vereinfach*, limpi*, renombr*, comentario*, nettoy*, renomm*, commentaire*, scaffolding, shadowed
        variable*, god (class|object), break up the (class|file|module|function), one place, in one (file|module|place)
        the, dead (css|branch|path|link|feature|flag|config*), commented out, reword, spellcheck, spell check, grammar,
        wording of (log*|comment*), log messages, log text, sort the, group (import*|file*|rules by|by service), move ..
        (to files|into files|to a file|into a file|to its own|under|next to|into one|out of the), own file*, into files,
        to files, subfolder*, flatten, pull up, push down, guard clause*, early return*, ternar*, destructur*, lambda*,
        records instead, dataclass*, sealed, final, readonly, immutab*, visibility of, private methods, package private,
        deprecated (call*|method*|api*|usage*|syntax), modernis*, moderniz*, idiomatic, pep 8, f strings, optional
        chaining, nullish, esm, commonjs, imports order, module path*, barrel file*, snake case, camel case, uniform,
        harmonis*, harmoniz*, align names, align code, clarif*, explain*, describe*, complaint*, pyright, own class,
        into their own, in their own, into one, into markdown, to markdown, same sql, split up, break up, untangle*,
        disentangl*, de couple*, separate (concerns|file*|class*|module*), layering, hexagonal, port and adapter,
        dependency injection, di container, inject dependenc*, factory method, builder pattern, strategy pattern, helper
        function*, helper method*, utility function*, utils, magic string*, hard coded string*, switch to (pathlib|f
        strings| dataclass*| records| slog| structlog| pytest| vitest| pnpm| uv| poetry| esm| hooks| composition|
        kotlin| typescript), migrate to (pathlib|f strings| dataclass*| records| slog| structlog| pytest| vitest| pnpm|
        uv| poetry| esm| hooks| composition| kotlin| typescript| junit*| gradle), port (tests|code|scripts) to, rewrite
        .. in (kotlin|typescript|python|go|rust) .. same, delete (old|unused|dead|obsolete|empty|commented) .. (code|
        file*| class*| test*| folder*| branch*| script*| import*| css| style*| key*), remove (old| unused| dead|
        obsolete| empty| commented| duplicate| redundant| superfluous| unnecessary) .. (code| file*| class*| test*|
        folder*| branch*| script*| import*| css| style*| key*| cast*| semicolon*| parenthes*| else| return*| comment*|
        log*| todo*| whitespace| variable*| param*| argument*| config*| dependenc*), redundant, superfluous, unnecessary
        (cast*|copy|code|else|parenthes*|import*), remnant*, cruft, legacy folder, sort members, member order, file
        order, blank lines, trailing (space*|comma*|whitespace), eof, encoding declaration, shebang, licence text, spdx,
        authors file, mailmap, names of columns, in a comment, comment says, code is right, docs wrong code right, newer
        syntax, new place, same code, vendor the, vendor definitions, import order, order of imports, typed constants,
        typed enum, typed errors, reflow*, rewrap*, long lines, line length, wrap lines, happy, make .. happy, a type
        for, types for, introduce a type, value object*, newtype*, to a folder, into a folder, folder of, comment out,
        old experiment* code, old .. code
        """),
    concept("for tests", """
        test, tests, tested, testing, unit test*, integration test*, regression test*, property test*, contract test*,
        smoke test*, acceptance test*, snapshot test*, visual test*, !load test, !a b test*, !was tested, !before the
        load, load test, load tests, test for, test that, prove* that, flaky, flake, flakes, quarantin*, skip* test*,
        fixture*, mock*, fake, fakes, faker, stub, stubs, seed data, seeds, factories, factory bot, e2e, end to end,
        storybook, story for, stories for, coverage, codecov, benchmark*, bench, fuzz*, assertion*, assert, expect,
        junit*, jest, vitest, pytest*, rspec, mocha, cypress*, playwright*, selenium*, testcontainers*, wiremock,
        mutation test*, test case*, test suite, test data, test server, spec, specs, pruebas, tests pour, tests für,
        perf test*, performance test*, soak test*, stress test*, chaos test*, test helper*, test harness, test run*,
        test util*, golden file*, expected output*, screenshot test*, browser test*, api test*, migration test*,
        doctest*, approval test*, spy, spies, double for tests, testing library, test id*, cassettes, vcr, ci only test,
        cover* (the|with|by) .. (test*|case*), untested, test the, tests the
        """),
    concept("for the workshop", """
        ci, !ci sales, workflow*, github action*, pipeline*, runner*, matrix, nightly, e2e job, build
        (cache|image|step|time*|script*|job|file*|system|by), the build, builds, faster build*, build by, compile time,
        compiler, toolchain, sdk version, makefile, justfile, gradle, maven, bazel, webpack, vite, rollup, esbuild,
        babel, compose, dev container*, devcontainer*, dev setup, local dev*, local setup, laptop*, development, dev
        server, dev environment, staging, drill, drills, game day, gameday, rehearsal*, rehearse, script, scripts,
        tooling, tool, tools, lint rule*, pre commit, precommit, husky, renovate, dependabot, lockfile*, lock file*, dev
        dependenc*, devdependenc*, deps dev, sphinx, mkdocs, docusaurus, readme*, docs, doc, documentation, document,
        documents, documented, handbook, wiki, guide*, how to, howto, tutorial for, adr, adrs, rfc, design doc*,
        runbook*, playbook for, template for issues, issue template*, pr template*, review template, incident template,
        postmortem template, broken link*, wrong link, badge in, release branch*, trunk, monorepo, code search,
        inventory, archive notice, contributor*, contributing, seed, seeds, example*, sample*, classifiers, metadata of
        the package, log lines nobody, generated client*, api client, stubs with, dashboards into folders, doku,
        documentación, sandbox, training days, training environment, playground, preview environment*, dev build, debug
        panel, debug build*, build (speed| size| target*| flags| args| context| stage*| machine*| agents| farm| server|
        number), two stage build, multi stage, image build, smaller image, slim image, dockerignore, bake, buildkit,
        cache mount*, ci job*, ci runs, agents for ci, unbreak main, unbreak (ci|build|trunk), red build, green build,
        main is red, merge queue, merge left, syntax error in a test, branch, branches, archived branch*, labels of
        issues, stale bot, threat model, diagram*, architecture doc*, onboarding doc*, glossary, code review*, lint
        config, editor config, vscode, intellij, nix, asdf, mise, toolbox, make target*, generator, template for
        (services|repos|docs), cookiecutter, postman, insomnia, http file, notebook, jupyter, oneoff, traffic recorder
        for tests, simulator for tests, dashboards as code layout, grafana folder*, instructions, reference, getting
        started, quick start, quickstart, troubleshooting, faq, proposal*, note about, section on, section about,
        locally, installation (docs|guide|steps), forks, plan for the, plan for, measure .. in ci, template for,
        developer (docs|guide|portal page|experience|setup|machine*), dev (docs|guide|experience|tools|machine*|box),
        new joiner*, onboarding of developers, code of conduct, governance, meeting minutes, minutes of, changelog for,
        notes, cheat sheet, checklist for reviewers, review checklist, pr checklist, commit message*, commit lint,
        conventional commits, git hooks, githooks, git attributes, git ignore, ignore file*, gitlab ci, github ci,
        jenkins*, circleci, travis, buildkite, teamcity, drone, build agents, build node*, build server, build speed*,
        build log*, build warning*, build target*, build flags, incremental build*, parallel build*, test job*, test
        stage*, lint job, lint stage, release script*, release process, release checklist, release automation, package
        metadata, pypi metadata, npm metadata, repo*, subtree, submodule*, vendor folder, third party notices, license
        check*, licence check*, dependency graph, update bot, bot config, label* for issues, issue labels, stale issue*,
        triage, codespaces, gitpod, dev cluster, dev namespace, dev database, local database, local cluster, minikube,
        kind cluster, tilt, skaffold, telepresence, test environment*, qa environment, uat, mock server, demo, demos,
        fair, booth, showcase, hackathon, spike, proof of concept code, notebooks, slides, presentation, style guide,
        build machines, build machine, help text of the script, script .. help, staging gets, for local runs, local
        runs, docs site, docs token, tutorial for contributors, load test notes
        """),
    concept("a version of something", """
        bump*, upgrad*, updat* (dependency| dependencies| deps| lockfile| module| package*| library| image| base| to
        v*), deps, dependenc*, from .. to 0, rebase onto, sync with upstream
        """),
    concept("a tool of the workshop", """
        eslint*, prettier*, stylelint*, jest*, vitest*, mocha, chai, sinon, cypress*, playwright*, puppeteer,
        storybook*, typescript, webpack*, vite, rollup, babel*, esbuild*, swc, husky, lint staged, commitlint*, nodemon,
        ts node, tsx runner, mypy*, ruff*, black, flake8*, pylint*, isort, pytest*, tox, nox, coverage, hypothesis,
        faker, sphinx*, mkdocs*, junit*, mockito*, testcontainers*, checkstyle, spotless, spotbugs, jacoco, detekt,
        ktlint, golangci*, gofumpt, mockgen, gomock, testify, rubocop*, rspec*, simplecov, capybara, factory bot*,
        clippy, rustfmt, criterion, actions checkout, actions (cache|setup*), setup node, setup python, setup go, upload
        artifact, download artifact, github action*, pre commit*, renovate*, dependabot, codecov*, semantic release,
        release please, urllib ng, sdk docs, docs gen, bandit, pyright*, basedpyright, uv, poetry, pdm, hatch,
        setuptools, wheel, twine, nbconvert, jupyter*, ipython, pip tools, tsc, tslint, biome, oxlint, knip, turbo, nx,
        lerna, changesets, msw, nock, supertest, ava, karma, jasmine, enzyme, testing library, chromatic, percy,
        backstop, lighthouse ci, size limit, bundlesize, postcss, sass, autoprefixer, gradle, maven plugin*, surefire,
        errorprone, archunit, assertj, kotest, mockk, robolectric, espresso, xcode, swiftlint, fastlane, cocoapods,
        brakeman, sorbet, rake, phpunit, phpstan, psalm, php cs fixer, rector, staticcheck, gotestsum, air, delve, cargo
        (nextest|deny|audit), rust toolchain, clang format, clang tidy, cmake, conan, vcpkg, gtest, googletest, catch2,
        doctest, bats, shellcheck, shfmt, hadolint, yamllint, ansible lint, tflint, terraform docs, checkov,
        kubeconform, helm docs, helm unittest, act, earthly, dagger, task
        """),
)  # fmt: skip
