"""Checks of the installation: database, migrations, reference data, catalogue, static files, worker, disk."""

import datetime as dt
import shutil

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from hocsuotdoi.config import catalogue, loading
from hocsuotdoi.config.models import LoadedStep
from hocsuotdoi.core.doctor import Finding, Level, check

FREE_SPACE_WANTED = 2 * 1024**3
WORKER_SILENT_AFTER = dt.timedelta(minutes=2)
JOB_LATE_AFTER = dt.timedelta(minutes=10)


@check(_("Database"))
def database() -> list[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        version, size = cursor.fetchone()
    return [Finding(Level.GOOD, _("PostgreSQL %(version)s, %(size)s.") % {"version": version, "size": size})]


@check(_("Migrations"))
def migrations() -> list[Finding]:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        return []
    message = _("%(count)s migrations are not applied.") % {"count": len(missing)}
    return [Finding(Level.BROKEN, message, _("Run: hocsuotdoi migrate"))]


@check(_("Reference data"))
def reference_data() -> list[Finding]:
    loaded = dict(LoadedStep.objects.values_list("function", "mark"))
    findings = []
    for step in loading.REFERENCE:
        if step.function not in loaded:
            message = _("%(step)s: never loaded.") % {"step": step.title}
            findings.append(Finding(Level.BROKEN, message, _("Run: hocsuotdoi load-reference")))
        elif loaded[step.function] != step.fingerprint():
            message = _("%(step)s: loaded from an earlier version of the program.") % {"step": step.title}
            findings.append(Finding(Level.UNCERTAIN, message, _("Run: hocsuotdoi load-reference")))
    counts = {
        name: apps.get_model(label).objects.count()
        for name, label in [
            ("units", "places.AdminUnit"),
            ("institutions", "places.Institution"),
            ("indicators", "indicators.Indicator"),
            ("plans", "programme.Plan"),
            ("targets", "programme.Target"),
        ]
    }
    summary = _(
        "%(units)s units, %(institutions)s institutions, %(indicators)s indicators, %(plans)s plans, "
        "%(targets)s targets."
    )
    return [*findings, Finding(Level.GOOD, summary % counts)]


@check(_("Vietnamese catalogue"))
def vietnamese() -> list[Finding]:
    stale = [po for po in catalogue.catalogues() if not po.with_suffix(".mo").exists()]
    if not stale:
        return []
    message = _("Not compiled, so pages are in English: %(files)s") % {"files": ", ".join(map(str, stale))}
    return [Finding(Level.BROKEN, message, _("Make the folder writable and start any command, or install again."))]


@check(_("Static files"))
def static_files() -> list[Finding]:
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        return []
    message = _("Not collected yet in %(folder)s.") % {"folder": settings.STATIC_ROOT}
    return [Finding(Level.UNCERTAIN, message, _("They are collected when you start: hocsuotdoi serve"))]


@check(_("Background jobs"))
def background_jobs() -> list[Finding]:
    now = timezone.now()
    findings = []
    if not ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - WORKER_SILENT_AFTER).exists():
        findings.append(
            Finding(
                Level.UNCERTAIN,
                _("No worker is running: letters and nightly work wait."),
                _("Start: hocsuotdoi serve --with-worker, or: hocsuotdoi worker"),
            )
        )
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    if failed:
        message = _("%(count)s jobs have failed for good.") % {"count": failed}
        findings.append(Finding(Level.BROKEN, message, _("Read the worker's output for the reason.")))
    return findings


@check(_("Disk"))
def disk() -> list[Finding]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free >= FREE_SPACE_WANTED:
        return []
    message = _("%(free)s MB are free in %(folder)s.") % {"free": free // 1024**2, "folder": settings.DATA_DIR}
    return [Finding(Level.BROKEN, message, _("Free at least 2 GB, or set DATA_DIR to a larger disk."))]


@check(_("Safety"))
def safety() -> list[Finding]:
    findings = []
    if settings.DEBUG:
        inside = _("DEBUG is on: visitors would see the program's inside.")
        findings.append(Finding(Level.UNCERTAIN, inside, _("Set DEBUG=false where others can reach it.")))
    if settings.HOST not in {"127.0.0.1", "localhost", "::1"} and not settings.PUBLIC_URL.startswith("https://"):
        message = _("The program listens on %(host)s without HTTPS.") % {"host": settings.HOST}
        mend = _("Put a web server with a certificate before it and set PUBLIC_URL=https://… and BEHIND_PROXY=true.")
        findings.append(Finding(Level.UNCERTAIN, message, mend))
    return findings
