"""Reviews with their frozen timelines, their factors and their actions."""

from __future__ import annotations

import uuid

from django.db import models


def new_uid() -> str:
    """A random identity."""
    return uuid.uuid4().hex


class Review(models.Model):
    """The review of one incident: what was measured and told when it ended, and what people made of it since."""

    DRAFT, PUBLISHED = "draft", "published"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    incident_uid = models.CharField(max_length=32, unique=True)
    number = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    service_uid = models.CharField(max_length=32)
    service_name = models.CharField(max_length=130)
    owner = models.CharField(max_length=130, blank=True)
    environment = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, default=DRAFT)
    started_at = models.DateTimeField()
    detected_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField()
    resolved_at = models.DateTimeField()
    lead = models.CharField(max_length=160, blank=True)
    budget = models.JSONField(default=list)
    timeline = models.JSONField(default=list)
    sections = models.JSONField(default=dict)
    drafted_at = models.DateTimeField()
    due = models.DateField()
    fingerprints = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["draft", "published"]), name="review_state_known")
        ]
        indexes = [models.Index(fields=["state", "-number"], name="review_state")]


class Factor(models.Model):
    """One condition without which it would have gone otherwise: worse, where it limited harm or was luck."""

    CONTRIBUTED, LIMITED, LUCK = "contributed", "limited", "luck"

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="factors")
    key = models.CharField(max_length=8)
    text = models.CharField(max_length=400)
    kind = models.CharField(max_length=20, blank=True)
    role = models.CharField(max_length=12, default=CONTRIBUTED)
    evidence = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "key"], name="one_factor_per_key"),
            models.CheckConstraint(
                condition=models.Q(role__in=["contributed", "limited", "luck"]), name="factor_role_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(role="contributed") | ~models.Q(kind=""), name="factor_that_contributed_has_a_kind"
            ),
        ]


class Contribution(models.Model):
    """One factor contributed to another; without an `effect`, to the harm itself."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="contributions")
    cause = models.ForeignKey(Factor, on_delete=models.CASCADE, related_name="leads_to")
    effect = models.ForeignKey(Factor, on_delete=models.CASCADE, related_name="comes_from", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cause", "effect"], name="one_contribution_per_pair"),
            models.UniqueConstraint(
                fields=["cause"], condition=models.Q(effect=None), name="one_contribution_to_the_harm"
            ),
            models.CheckConstraint(condition=~models.Q(cause=models.F("effect")), name="no_factor_causes_itself"),
        ]


class Action(models.Model):
    """One thing that is done about a factor, by one person, until a day, shown by evidence."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="actions")
    key = models.CharField(max_length=8)
    text = models.CharField(max_length=400)
    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="actions")
    lever = models.CharField(max_length=20)
    owner_uid = models.CharField(max_length=32)
    owner_name = models.CharField(max_length=160)
    due = models.DateField()
    evidence = models.CharField(max_length=500)
    made_at = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    handed_by_uid = models.CharField(max_length=32, blank=True)
    handed_by = models.CharField(max_length=160, blank=True)
    sent_back = models.CharField(max_length=500, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=160, blank=True)
    closing_evidence = models.CharField(max_length=500, blank=True)
    closing_kind = models.CharField(max_length=16, blank=True)
    closing_shown = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "key"], name="one_action_per_key"),
            models.CheckConstraint(
                condition=models.Q(closed_at=None) | ~models.Q(closing_evidence=""), name="action_closes_with_evidence"
            ),
        ]
        indexes = [models.Index(fields=["closed_at", "due"], name="action_open_due")]


class Acceptance(models.Model):
    """A risk that is accepted until a day, signed by one person, instead of an action with a lever."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="acceptances")
    reason = models.CharField(max_length=500)
    signed_by_uid = models.CharField(max_length=32)
    signed_by = models.CharField(max_length=160)
    signed_at = models.DateTimeField()
    expires_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["expires_on"], name="acceptance_expires")]


class Reminder(models.Model):
    """One message about an action or an acceptance to one person on one day: once, whoever plans it."""

    ACTION, ACCEPTANCE = "action", "acceptance"

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="reminders")
    about = models.CharField(max_length=12)
    about_uid = models.CharField(max_length=32)
    day = models.DateField()
    to_uid = models.CharField(max_length=32)
    to_name = models.CharField(max_length=160)
    planned_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["about_uid", "day", "to_uid"], name="one_reminder_per_day_and_person"),
            models.CheckConstraint(
                condition=models.Q(about__in=["action", "acceptance"]), name="reminder_about_something_known"
            ),
        ]


class Recurrence(models.Model):
    """Whether it happened again within 90 days, as it was counted on a day."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="recurrence")
    verdict = models.CharField(max_length=10)
    looked_at = models.DateTimeField()
    counts = models.JSONField(default=dict)
    again = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["recurred", "not", "unknown"]), name="recurrence_verdict_known"
            )
        ]


class Term(models.Model):
    """A word of a review with its weight: the index that the search reads on either database."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="terms")
    term = models.CharField(max_length=32, db_index=True)
    weight = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "term"], name="one_weight_per_word")]
