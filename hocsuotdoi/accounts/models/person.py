"""People who sign in."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.ids import uuid7
from hocsuotdoi.core.vietnamese import name_sort_key


class Language(models.TextChoices):
    """Each in its own words, so not for translation."""

    VI = "vi", "Tiếng Việt"
    EN = "en", "English"


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """An account. What a person may do comes only from roles; what a person learnt is kept under `learner_key`,
    which is not the account's id and stays when the account goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    sort_key = models.CharField(max_length=400, editable=False, help_text="By given name, in Vietnamese order")
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=Language, default=Language.VI)
    learner_key = models.UUIDField(default=uuid7, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["sort_key", "email"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.full_name or self.email

    def save(self, *args, **kwargs) -> None:
        """Keeps the one derived column; sign-up forms of the sign-in library save without an operation of ours."""
        self.sort_key = name_sort_key(self.full_name)
        if (fields := kwargs.get("update_fields")) is not None and "full_name" in fields:
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)
