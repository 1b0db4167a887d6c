from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskState(models.TextChoices):
    DONE = "done", _("done")
    LATE = "late", _("late")
    DOING = "doing", _("under way")
