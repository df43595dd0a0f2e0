-- Written by `make docs` from the migrations; add a migration instead of changing it.
-- covers api 0001_initial
-- covers auth 0001_initial
-- covers auth 0002_alter_permission_name_max_length
-- covers auth 0003_alter_user_email_max_length
-- covers auth 0004_alter_user_username_opts
-- covers auth 0005_alter_user_last_login_null
-- covers auth 0006_require_contenttypes_0002
-- covers auth 0007_alter_validators_add_error_messages
-- covers auth 0008_alter_user_username_max_length
-- covers auth 0009_alter_user_last_name_max_length
-- covers auth 0010_alter_group_name_max_length
-- covers auth 0011_update_proxy_permissions
-- covers auth 0012_alter_user_first_name_max_length
-- covers catalog 0001_initial
-- covers catalog 0002_engagement_hours
-- covers changes 0001_initial
-- covers changes 0002_sources_and_links
-- covers changes 0003_graph_positions
-- covers contenttypes 0001_initial
-- covers contenttypes 0002_remove_content_type_name
-- covers demo 0001_initial
-- covers diagnostic 0001_initial
-- covers digest 0001_initial
-- covers flags 0001_initial
-- covers freezes 0001_initial
-- covers gates 0001_initial
-- covers goals 0001_initial
-- covers goals 0002_units
-- covers incidents 0001_initial
-- covers incidents 0002_response
-- covers jobs 0001_initial
-- covers jobs 0002_pulse
-- covers layers 0001_initial
-- covers ledger 0001_initial
-- covers ledger 0002_inboxitem_inbox_source
-- covers ledger 0003_corrections
-- covers metrics 0001_initial
-- covers metrics 0002_evidence
-- covers metrics 0003_flow
-- covers metrics 0004_rollups
-- covers metrics 0005_deployments_by_name
-- covers objectives 0001_initial
-- covers objectives 0002_windows_budgets_and_late_counts
-- covers objectives 0003_exclusion
-- covers objectives 0004_budget_policy
-- covers objectives 0005_sources_of_counts
-- covers objectives 0006_room_beside_rows
-- covers objectives 0007_journeys
-- covers objectives 0008_slices_and_broken_minutes
-- covers paging 0001_initial
-- covers paging 0002_channel_server
-- covers paging 0003_schedules
-- covers paging 0004_load
-- covers paging 0005_links_and_gaps
-- covers paging 0006_alerts
-- covers paging 0007_ways_and_watching
-- covers paging 0008_calendar_feeds
-- covers paging 0009_swaps_and_seals
-- covers paging 0010_leases
-- covers paging 0011_escalation_and_snooze
-- covers paths 0001_initial
-- covers people 0001_initial
-- covers releases 0001_initial
-- covers reviews 0001_initial
-- covers reviews 0002_learning
-- covers reviews 0003_words
-- covers runbooks 0001_initial
-- covers runbooks 0002_reminders
-- covers secrets 0001_initial
-- covers sessions 0001_initial
-- covers subscriptions 0001_initial
-- covers toil 0001_initial
-- covers toil 0002_work
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "changes_repository" ("digest" varchar(32) NOT NULL PRIMARY KEY, "name" varchar(300) NOT NULL);
CREATE TABLE "changes_seenartifact" ("uid" varchar(65) NOT NULL PRIMARY KEY, "artifact" varchar(300) NOT NULL, "repository" varchar(300) NOT NULL, "commit" varchar(64) NOT NULL, "change" varchar(40) NOT NULL, "at" datetime NOT NULL);
CREATE TABLE "changes_seenchange" ("uid" varchar(32) NOT NULL PRIMARY KEY, "repository" varchar(32) NOT NULL, "number" varchar(40) NOT NULL, "state" varchar(10) NOT NULL, "at" datetime NOT NULL, "title" varchar(500) NOT NULL, "author" varchar(100) NOT NULL, "bot" bool NOT NULL, "head" varchar(64) NOT NULL, "merge" varchar(64) NOT NULL, "opened_at" datetime NULL);
CREATE TABLE "changes_tolink" ("what" varchar(80) NOT NULL PRIMARY KEY);
CREATE TABLE "changes_deployed" ("uid" varchar(64) NOT NULL PRIMARY KEY, "service_uid" varchar(64) NOT NULL, "service" varchar(160) NOT NULL, "environment" varchar(40) NOT NULL, "outcome" varchar(10) NOT NULL, "kind" varchar(20) NOT NULL, "version" varchar(120) NOT NULL, "former" varchar(120) NOT NULL, "commit" varchar(64) NOT NULL, "former_commit" varchar(64) NOT NULL, "by" varchar(10) NOT NULL, "actor_name" varchar(160) NOT NULL, "at" datetime NOT NULL, "seconds" real NULL, "commits" text NULL CHECK ((JSON_VALID("commits") OR "commits" IS NULL)), "commit_count" integer unsigned NULL CHECK ("commit_count" >= 0), "error" text NOT NULL, "artifact" varchar(300) NOT NULL, "by_hand" bool NOT NULL, "confidence" real NULL, "evidence" text NOT NULL CHECK ((JSON_VALID("evidence") OR "evidence" IS NULL)), "link_uid" varchar(32) NOT NULL, "method" varchar(20) NOT NULL, "repository" varchar(300) NOT NULL, "source" varchar(60) NOT NULL);
CREATE TABLE "changes_deploymentfact" ("uid" varchar(32) NOT NULL PRIMARY KEY, "deployment" varchar(64) NOT NULL, "kind" varchar(60) NOT NULL, "service_uid" varchar(64) NOT NULL, "environment" varchar(40) NOT NULL, "occurred_at" datetime NOT NULL, "actor_name" varchar(160) NOT NULL, "supersedes" varchar(32) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "source" varchar(60) NOT NULL);
CREATE TABLE "changes_resident" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "repository" varchar(32) NOT NULL, "service_uid" varchar(64) NOT NULL, CONSTRAINT "one_resident" UNIQUE ("repository", "service_uid"));
CREATE TABLE "changes_seencommit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "repository" varchar(32) NOT NULL, "sha" varchar(64) NOT NULL, "rank" varchar(80) NOT NULL, "subject" varchar(200) NOT NULL, "body" varchar(600) NOT NULL, "author" varchar(100) NOT NULL, "bot" bool NOT NULL, "authored_at" datetime NOT NULL, "committed_at" datetime NOT NULL, "parents" text NULL CHECK ((JSON_VALID("parents") OR "parents" IS NULL)), "paths" text NULL CHECK ((JSON_VALID("paths") OR "paths" IS NULL)), "position" bigint NOT NULL, CONSTRAINT "one_seen_commit" UNIQUE ("repository", "sha"));
CREATE TABLE "changes_seenedge" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "repository" varchar(32) NOT NULL, "child" varchar(64) NOT NULL, "parent" varchar(64) NOT NULL, "position" bigint NOT NULL, CONSTRAINT "one_seen_edge" UNIQUE ("repository", "child", "parent"));
CREATE TABLE "ledger_projectioncursor" ("name" varchar(80) NOT NULL PRIMARY KEY, "position" bigint NOT NULL, "version" integer unsigned NOT NULL CHECK ("version" >= 0), "rebuilding_to" bigint NULL, "updated_at" datetime NOT NULL);
CREATE TABLE "metrics_told" ("uid" varchar(32) NOT NULL PRIMARY KEY, "kind" varchar(60) NOT NULL, "key" varchar(64) NOT NULL, "service_uid" varchar(64) NOT NULL, "names" varchar(64) NOT NULL, "environment" varchar(40) NOT NULL, "occurred_at" datetime NOT NULL, "supersedes" varchar(32) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)));
CREATE TABLE "metrics_trouble" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "uid" varchar(64) NOT NULL, "number" integer unsigned NULL CHECK ("number" >= 0), "service_uid" varchar(64) NOT NULL, "service" varchar(160) NOT NULL, "started_at" datetime NOT NULL, "resolved_at" datetime NULL, "deployment" varchar(64) NOT NULL, "why" text NOT NULL, "elsewhere" text NOT NULL, "mended_by" varchar(64) NOT NULL, CONSTRAINT "one_trouble_per_incident" UNIQUE ("service_uid", "uid"));
CREATE TABLE "metrics_flowrepository" ("digest" varchar(64) NOT NULL PRIMARY KEY, "name" varchar(300) NOT NULL, "trunk" varchar(200) NOT NULL, "trunk_rank" varchar(80) NOT NULL, "reviews_told" bool NOT NULL);
CREATE TABLE "metrics_flowbranch" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "repository" varchar(64) NOT NULL, "branch" varchar(200) NOT NULL, "began_at" datetime NOT NULL, "last_at" datetime NOT NULL, "number" varchar(40) NOT NULL, CONSTRAINT "one_flow_branch" UNIQUE ("repository", "branch"));
CREATE TABLE "metrics_flowbuild" ("run" varchar(64) NOT NULL PRIMARY KEY, "repository" varchar(64) NOT NULL, "name" varchar(200) NOT NULL, "branch" varchar(200) NOT NULL, "part" varchar(10) NOT NULL, "commit" varchar(64) NOT NULL, "url" varchar(500) NOT NULL, "rank" varchar(80) NOT NULL, "queued_at" datetime NULL, "started_at" datetime NULL, "finished_at" datetime NULL, "waited" real NULL, "outcome" varchar(40) NOT NULL);
CREATE TABLE "metrics_flowchange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "repository" varchar(64) NOT NULL, "number" varchar(40) NOT NULL, "branch" varchar(200) NOT NULL, "base" varchar(200) NOT NULL, "said" text NOT NULL CHECK ((JSON_VALID("said") OR "said" IS NULL)), "reviews" text NOT NULL CHECK ((JSON_VALID("reviews") OR "reviews" IS NULL)), "author" varchar(12) NOT NULL, "bot" bool NOT NULL, "began_at" datetime NULL, "opened_at" datetime NULL, "reviewed_at" datetime NULL, "merged_at" datetime NULL, "closed_at" datetime NULL, "lines" bigint NULL, "files" bigint NULL, "commits" bigint NULL, "merge" varchar(64) NOT NULL, CONSTRAINT "one_flow_change" UNIQUE ("repository", "number"));
CREATE TABLE "metrics_flowday" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "repository" varchar(64) NOT NULL, "day" date NOT NULL, "told" text NOT NULL CHECK ((JSON_VALID("told") OR "told" IS NULL)), "stale" bool NOT NULL, CONSTRAINT "one_flow_day" UNIQUE ("repository", "day"));
CREATE TABLE "metrics_flowfirst" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "who" varchar(12) NOT NULL, "what" varchar(12) NOT NULL, "at" datetime NOT NULL, CONSTRAINT "one_flow_first" UNIQUE ("who", "what"));
CREATE TABLE "metrics_flowjoin" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "person" varchar(64) NOT NULL, "team" varchar(64) NOT NULL, "at" datetime NOT NULL, CONSTRAINT "one_flow_join" UNIQUE ("person", "team"));
CREATE TABLE "metrics_flowpush" ("uid" varchar(32) NOT NULL PRIMARY KEY, "repository" varchar(64) NOT NULL, "branch" varchar(200) NOT NULL, "kind" varchar(10) NOT NULL, "at" datetime NOT NULL, "first_at" datetime NULL, "head" varchar(64) NOT NULL, "author" varchar(12) NOT NULL, "bot" bool NOT NULL);
CREATE TABLE "metrics_flowred" ("run" varchar(64) NOT NULL PRIMARY KEY, "repository" varchar(64) NOT NULL, "name" varchar(200) NOT NULL, "since" datetime NOT NULL, "until" datetime NULL);
CREATE TABLE "metrics_readreport" ("uid" varchar(32) NOT NULL PRIMARY KEY, "service_uid" varchar(64) NOT NULL, "commit" varchar(64) NOT NULL);
CREATE TABLE "metrics_seentest" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "service_uid" varchar(64) NOT NULL, "key" varchar(32) NOT NULL, "name" varchar(500) NOT NULL, "file" varchar(300) NOT NULL, "first_at" datetime NOT NULL, "last_at" datetime NOT NULL, CONSTRAINT "one_test_seen" UNIQUE ("service_uid", "key"));
CREATE TABLE "metrics_weekoftest" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "service_uid" varchar(64) NOT NULL, "key" varchar(32) NOT NULL, "week" date NOT NULL, "commits" integer NOT NULL, "failed" integer NOT NULL, "flaked" integer NOT NULL, "runs" integer NOT NULL, "seconds" real NOT NULL, "timed" integer NOT NULL, "lost" real NOT NULL, CONSTRAINT "one_test_week" UNIQUE ("service_uid", "key", "week"));
CREATE TABLE "metrics_stale" ("service_uid" varchar(64) NOT NULL PRIMARY KEY, "mark" bigint NOT NULL);
CREATE TABLE "metrics_rollup" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "service_uid" varchar(64) NOT NULL, "block" integer NOT NULL, "digest" varchar(32) NOT NULL, "first" bigint NULL, "data" BLOB NOT NULL, CONSTRAINT "one_rollup_per_four_weeks" UNIQUE ("service_uid", "block"));
CREATE TABLE "metrics_verdict" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "uid" varchar(64) NOT NULL, "service_uid" varchar(64) NOT NULL, "service" varchar(160) NOT NULL, "at" datetime NOT NULL, "version" varchar(120) NOT NULL, "commit" varchar(64) NOT NULL, "by" varchar(10) NOT NULL, "label" varchar(10) NOT NULL, "failed_by" text NOT NULL, "restored_at" datetime NULL, "first" bool NOT NULL, "linked" bool NULL, "partial" bool NOT NULL, "carried" text NOT NULL CHECK ((JSON_VALID("carried") OR "carried" IS NULL)), "label_by" text NOT NULL, CONSTRAINT "one_verdict_of_a_deployment" UNIQUE ("uid", "service_uid"));
CREATE TABLE "objectives_head" ("series" integer NOT NULL PRIMARY KEY, "first" integer NOT NULL, "minute" integer NOT NULL, "good" bigint NOT NULL, "total" bigint NOT NULL, "measured" integer NOT NULL, "idle" integer NOT NULL, "bad_minutes" integer NOT NULL, "own_good" bigint NOT NULL, "own_total" bigint NOT NULL, "own_state" varchar(10) NOT NULL, "read_at" datetime NULL, "reason" varchar(300) NOT NULL);
CREATE TABLE objectives_minute (
        minute integer NOT NULL,
        series integer NOT NULL,
        good bigint NOT NULL,
        total bigint NOT NULL,
        measured integer NOT NULL,
        idle integer NOT NULL,
        bad_minutes integer NOT NULL,
        PRIMARY KEY (minute, series)
    )
 WITHOUT ROWID;
CREATE TABLE "objectives_source" ("name" varchar(200) NOT NULL PRIMARY KEY, "service_uid" varchar(32) NOT NULL, "read_at" datetime NULL, "problem" varchar(300) NOT NULL, "problem_since" datetime NULL);
CREATE TABLE "objectives_counter" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "source" varchar(200) NOT NULL, "epoch" varchar(100) NOT NULL, "values" text NOT NULL CHECK ((JSON_VALID("values") OR "values" IS NULL)), "read_at" datetime NOT NULL, CONSTRAINT "one_counter_per_epoch" UNIQUE ("source", "epoch"));
CREATE TABLE "objectives_evaluated" ("objective" varchar(32) NOT NULL PRIMARY KEY, "service_uid" varchar(32) NOT NULL, "standing" varchar(12) NOT NULL, "as_of" datetime NOT NULL, "minute" integer NOT NULL, "remaining" real NULL, "attainment" real NULL, "coverage" real NULL, "paging" bool NOT NULL, "measured_at" datetime NULL, "kept" text NOT NULL);
CREATE TABLE "objectives_late" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "series" integer NOT NULL, "minute" integer NOT NULL, "until" integer NOT NULL, "good" bigint NOT NULL, "total" bigint NOT NULL, "measured" integer NOT NULL, "idle" integer NOT NULL, "bad_minutes" integer NOT NULL);
CREATE TABLE "objectives_pull" ("series" integer NOT NULL PRIMARY KEY, "objective" varchar(32) NOT NULL, "first" integer NOT NULL, "cursor" integer NOT NULL, "held" varchar(120) NOT NULL, "begun_at" datetime NOT NULL, "filled_at" datetime NULL, "tried_at" datetime NULL, "problem" varchar(700) NOT NULL, "remedy" varchar(400) NOT NULL);
CREATE TABLE "objectives_journeyevaluated" ("journey" varchar(32) NOT NULL PRIMARY KEY, "standing" varchar(12) NOT NULL, "as_of" datetime NOT NULL, "minute" integer NOT NULL, "remaining" real NULL, "attainment" real NULL, "coverage" real NULL, "paging" bool NOT NULL, "figures" text NOT NULL CHECK ((JSON_VALID("figures") OR "figures" IS NULL)));
CREATE TABLE "objectives_minutestates" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "series" integer NOT NULL, "first" integer NOT NULL, "until" integer NOT NULL, "measured" BLOB NOT NULL, "idle" BLOB NOT NULL, "bad" BLOB NOT NULL, CONSTRAINT "one_states_per_stretch" UNIQUE ("series", "first", "until"));
CREATE TABLE objectives_slicesum (
        until integer NOT NULL,
        series integer NOT NULL,
        measured integer NOT NULL,
        idle integer NOT NULL,
        bad integer NOT NULL,
        broken integer NOT NULL,
        spent_high bigint NOT NULL,
        spent_low bigint NOT NULL,
        PRIMARY KEY (until, series)
    )
 WITHOUT ROWID;
CREATE TABLE "objectives_slicehead" ("series" integer NOT NULL PRIMARY KEY, "shape" varchar(120) NOT NULL, "length" integer NOT NULL, "first" integer NOT NULL, "judged" integer NOT NULL, "sure" integer NOT NULL);
CREATE TABLE "objectives_slicedue" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "series" integer NOT NULL, "first" integer NOT NULL, "until" integer NOT NULL);
CREATE TABLE "objectives_broken" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "series" integer NOT NULL, "first" integer NOT NULL, "until" integer NOT NULL);
CREATE TABLE "releases_workloadhealth" ("workload" varchar(63) NOT NULL PRIMARY KEY, "service_uid" varchar(64) NOT NULL, "environment" varchar(40) NOT NULL, "state" varchar(12) NOT NULL, "since" datetime NOT NULL, "up" bool NULL, "restarts" integer unsigned NOT NULL CHECK ("restarts" >= 0), "number" integer unsigned NULL CHECK ("number" >= 0), "commit" varchar(64) NOT NULL, "url" varchar(200) NOT NULL, "user" varchar(64) NOT NULL, "pid" integer unsigned NULL CHECK ("pid" >= 0), "started_at" datetime NULL, "adopted" bool NOT NULL, "detail" text NOT NULL, "as_of" datetime NOT NULL);
CREATE INDEX "changes_seenartifact_artifact_a85039ca" ON "changes_seenartifact" ("artifact");
CREATE INDEX "deployed_service_at" ON "changes_deployed" ("service_uid", "environment", "at");
CREATE INDEX "changes_deploymentfact_deployment_e88f6ad3" ON "changes_deploymentfact" ("deployment");
CREATE INDEX "changes_deploymentfact_supersedes_a59d15ca" ON "changes_deploymentfact" ("supersedes");
CREATE INDEX "deployed_at" ON "changes_deployed" ("at");
CREATE INDEX "seen_change_number" ON "changes_seenchange" ("repository", "number");
CREATE INDEX "seen_change_at" ON "changes_seenchange" ("at");
CREATE INDEX "seen_commit_at" ON "changes_seencommit" ("repository", "committed_at");
CREATE INDEX "seen_change_merge" ON "changes_seenchange" ("repository", "merge");
CREATE INDEX "seen_commit_position" ON "changes_seencommit" ("repository", "position");
CREATE INDEX "seen_edge_position" ON "changes_seenedge" ("repository", "position");
CREATE INDEX "metrics_told_key_7cc4e2ba" ON "metrics_told" ("key");
CREATE INDEX "metrics_told_names_b5d349e9" ON "metrics_told" ("names");
CREATE INDEX "metrics_told_supersedes_74a1aac1" ON "metrics_told" ("supersedes");
CREATE INDEX "told_service_kind" ON "metrics_told" ("service_uid", "kind");
CREATE INDEX "told_kind_at" ON "metrics_told" ("kind", "occurred_at");
CREATE INDEX "trouble_service_at" ON "metrics_trouble" ("service_uid", "started_at");
CREATE INDEX "metrics_flowrepository_name_4d52f2bb" ON "metrics_flowrepository" ("name");
CREATE INDEX "flow_branch_began" ON "metrics_flowbranch" ("began_at");
CREATE INDEX "flow_build_finished" ON "metrics_flowbuild" ("repository", "finished_at");
CREATE INDEX "flow_build_at" ON "metrics_flowbuild" ("finished_at", "run");
CREATE INDEX "flow_build_name" ON "metrics_flowbuild" ("repository", "name", "finished_at");
CREATE INDEX "flow_change_branch" ON "metrics_flowchange" ("repository", "branch");
CREATE INDEX "flow_change_merged" ON "metrics_flowchange" ("repository", "merged_at");
CREATE INDEX "flow_change_at" ON "metrics_flowchange" ("merged_at", "id");
CREATE INDEX "flow_change_merge" ON "metrics_flowchange" ("repository", "merge");
CREATE INDEX "flow_day_day" ON "metrics_flowday" ("day", "repository");
CREATE INDEX "flow_day_stale" ON "metrics_flowday" ("day") WHERE "stale";
CREATE INDEX "flow_join_at" ON "metrics_flowjoin" ("at");
CREATE INDEX "flow_push_branch" ON "metrics_flowpush" ("repository", "branch", "at");
CREATE INDEX "flow_red_since" ON "metrics_flowred" ("repository", "since");
CREATE INDEX "test_read_commit" ON "metrics_readreport" ("service_uid", "commit");
CREATE INDEX "test_week_week" ON "metrics_weekoftest" ("service_uid", "week");
CREATE INDEX "test_week_flaked" ON "metrics_weekoftest" ("week") WHERE "flaked" > 0;
CREATE INDEX "rollup_block" ON "metrics_rollup" ("block", "service_uid", "digest");
CREATE INDEX "rollup_first" ON "metrics_rollup" ("service_uid", "first");
CREATE INDEX "verdict_service_at" ON "metrics_verdict" ("service_uid", "at");
CREATE INDEX "verdict_at" ON "metrics_verdict" ("at");
CREATE INDEX "counter_read_at" ON "objectives_counter" ("read_at");
CREATE INDEX "evaluated_service" ON "objectives_evaluated" ("service_uid");
CREATE INDEX "late_series" ON "objectives_late" ("series");
CREATE INDEX "pull_objective" ON "objectives_pull" ("objective");
CREATE INDEX "minutestates_until" ON "objectives_minutestates" ("until");
CREATE INDEX "broken_series" ON "objectives_broken" ("series");
CREATE INDEX "releases_workloadhealth_service_uid_2711330b" ON "releases_workloadhealth" ("service_uid");
