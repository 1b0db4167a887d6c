from django.conf import settings
from django.db import models


class SavedTableQuerySet(models.QuerySet):
    def visible_to(self, person: object) -> "SavedTableQuerySet":
        """One's own: to show a table to somebody its address is passed on."""
        return self.filter(person_id=getattr(person, "pk", None))


class SavedTable(models.Model):
    """A table of counts that somebody laid out and wants to find again: a name, and the address that asks for it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_tables")
    name = models.CharField(max_length=120)
    query = models.CharField(max_length=2000, help_text="What follows the question mark of the page's address")
    saved_at = models.DateTimeField()

    objects = SavedTableQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_table_name_once")]

    def __str__(self) -> str:
        return self.name
