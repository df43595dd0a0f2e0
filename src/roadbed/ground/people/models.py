"""People, teams with their charters, memberships, tokens and one-time sign-in links."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from roadbed.ground.people.rules import LAYERS, ROLES


def new_uid() -> str:
    """A random identity that never changes while names do."""
    return uuid.uuid4().hex


class PersonManager(BaseUserManager["Person"]):
    """What Django's sign-in needs to find a person."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who can sign in, own, be paged."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, choices=[(role, role) for role in ROLES], default="member")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = PersonManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_email"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="person_role_known"),
        ]


class Team(models.Model):
    """A group of people that can own services. Its charter says what for."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    name = models.CharField(max_length=63)
    title = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)
    layer = models.CharField(max_length=12, choices=[(layer, layer) for layer in LAYERS], blank=True)
    customers = models.CharField(max_length=300, blank=True)
    measured_on = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="one_team_per_name")]


class Membership(models.Model):
    """A person in a team."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    lead = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "team"], name="one_membership_per_team")]


class Token(models.Model):
    """A key for the API, hashed at rest; limited to scopes and, for a machine, to teams."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=12, default="member")
    teams = models.JSONField(default=list)
    scopes = models.JSONField(null=True)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignInLink(models.Model):
    """A link that signs one person in, once, until it expires."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
