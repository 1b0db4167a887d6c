"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocsuotdoi.config.settings")

application = get_wsgi_application()

# All addresses are read now: an endpoint that does not say who may stops the start, not a visitor.
addresses = get_resolver().url_patterns
