"""What the program remembers about its own installation."""

from django.db import models


class LoadedStep(models.Model):
    """A step of `config.loading` that succeeded, with the fingerprint of what it was made from."""

    function = models.CharField(max_length=200, primary_key=True)
    mark = models.CharField(max_length=200)
    loaded_at = models.DateTimeField(auto_now=True)
