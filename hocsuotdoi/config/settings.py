"""All settings, read from the environment with safe defaults (docs/reference.md). Nobody imports this but Django.

A wrong value stops the start with one sentence. Tests set environment values; there is no second settings file.
"""

import os
import re
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env, validate

env = Env()
PACKAGE_DIR = Path(__file__).resolve().parent.parent


def _secret_key(data_dir: Path) -> str:
    """The key kept in DATA_DIR, made at the first start; only its owner may read it."""
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        new = f".{path.name}.{os.getpid()}"
        with open(os.open(data_dir / new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(60))
        try:
            # A link, not a rename: the first of several processes wins and the others read its key.
            os.link(data_dir / new, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(data_dir / new)
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {data_dir} cannot be written ({error.strerror}): "
            "set DATA_DIR to a folder that you may write."
        ) from error


def _public_url() -> str:
    url = env.str("PUBLIC_URL", "").rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path):
        raise ImproperlyConfigured(
            f"PUBLIC_URL is {url!r}: it must look like https://hocsuotdoi.example.vn, without a path."
        )
    return url


def _database() -> dict:
    # The command line puts DATABASE_URL in place (the embedded server's when none is given).
    url = env.str("DATABASE_URL", "postgresql:///hocsuotdoi")
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(
            "DATABASE_URL must look like postgresql://user:password@host:5432/database: only PostgreSQL is supported."
        )
    try:
        return env.dj_db_url("DATABASE_URL", url)
    except ValueError as error:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read: it must look like postgresql://user:password@host:5432/database."
        ) from error


def _identity_servers() -> list[dict]:
    try:
        servers = env.json("IDENTITY_SERVERS", [])
        return [
            {key: server[key] for key in ("provider_id", "name", "client_id", "secret", "settings")}
            for server in servers
        ]
    except (ValueError, TypeError, KeyError) as error:
        raise ImproperlyConfigured(
            'IDENTITY_SERVERS must be a JSON list of {"provider_id", "name", "client_id", "secret", "settings": '
            '{"server_url": "https://…"}}.'
        ) from error


def _service_url(name: str, url: str, setting: str) -> str:
    """The address `url` of an outside service, as read from `setting`."""
    parts = urlsplit(url)
    is_here = parts.hostname in {"localhost", "127.0.0.1"}
    if url and ((parts.scheme != "https" and not is_here) or not parts.hostname):
        raise ImproperlyConfigured(f"{setting} is {url!r}: the address of {name} must begin with https://.")
    return url


def _data_licence() -> tuple[str, str]:
    """Name and address; nothing where nobody has named one."""
    name, url = env.str("DATA_LICENCE_NAME", "").strip(), env.str("DATA_LICENCE_URL", "").strip()
    is_address = re.fullmatch(r"https?://[\x21\x23-\x3b\x3d\x3f-\x7e]+", url) is not None
    if (name or url) and not (name and is_address):
        raise ImproperlyConfigured(
            "DATA_LICENCE_NAME and DATA_LICENCE_URL belong together: the licence's name, and the address at which it "
            "can be read, such as https://creativecommons.org/licenses/by/4.0/deed.vi."
        )
    return name, url


# --- where things are, and who may reach them ---
DATA_DIR = Path(env.str("DATA_DIR", ".data")).expanduser().resolve()
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "") or _secret_key(DATA_DIR)
PUBLIC_URL = _public_url()
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
if PUBLIC_URL:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, urlsplit(PUBLIC_URL).hostname or ""]
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

# --- the web server (read by config/web.py) ---
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(0, 65535))
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", 2, validate=validate.Range(1, 64))
WEB_THREADS = env.int("WEB_THREADS", 8, validate=validate.Range(1, 64))

INSTALLED_APPS = [
    "hocsuotdoi.config",
    "hocsuotdoi.api",
    "hocsuotdoi.workspace",
    "hocsuotdoi.portal",
    "hocsuotdoi.reporting",
    "hocsuotdoi.inspection",
    "hocsuotdoi.programme",
    "hocsuotdoi.simulation",
    "hocsuotdoi.indicators",
    "hocsuotdoi.papers",
    "hocsuotdoi.activities",
    "hocsuotdoi.ledger",
    "hocsuotdoi.accounts",
    "hocsuotdoi.places",
    "hocsuotdoi.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_htmx",
    "csp",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pages for weak signals; Django pads them against BREACH
    "csp.middleware.CSPMiddleware",
    "hocsuotdoi.config.plain_query.PlainQuery",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hocsuotdoi.config.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hocsuotdoi.config.gate.Gate",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "hocsuotdoi.config.urls"
WSGI_APPLICATION = "hocsuotdoi.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                "hocsuotdoi.core.jinja.PartLoader",
                "django.template.loaders.app_directories.Loader"
                if DEBUG
                else ("django.template.loaders.cached.Loader", ["django.template.loaders.app_directories.Loader"]),
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hocsuotdoi.workspace.home.doors.navigation",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]

# Inputs alone come from Django's templates for Jinja2: a form is most of a page's cost, these take half the time.
FORM_RENDERER = "hocsuotdoi.core.form_renderer.FormRenderer"

# --- the database ---
DATABASES = {"default": _database()}
# A thread keeps its connection for a minute, and looks whether it still lives before using it again.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", 60, validate=validate.Range(0, 3600))
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Lets core/kept_queries.py prepare what it keeps; nothing else of Django does.
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 5
# For each connection: compiling a question takes longer than answering any of ours; and where files lie on no turning
# disk, or in memory, a page found by an index costs no more than the next one, or whole tables are read for a tenth.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off -c random_page_cost=1.1")
TEST_RUNNER = "django.test.runner.DiscoverRunner"

# --- accounts ---
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "full_name", "phone"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "hocsuotdoi.portal.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FORM_CLASS = "hocsuotdoi.portal.accounts.forms.SignUpForm"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Học Suốt Đời"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PUBLIC_URL.startswith("https://")
# Identity servers (VNeID, a province's): a JSON list of {"provider_id", "name", "client_id", "secret", "settings":
# {"server_url"}}; each gets a button on the sign-in page.
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": _identity_servers()}}
SOCIALACCOUNT_ONLY = False
# An identity server's word about an e-mail address does not open an account that exists: its owner connects them.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
# Reading changes nothing: only requests that may write say who made them.
PGHISTORY_MIDDLEWARE_METHODS = ("POST", "PUT", "PATCH", "DELETE")
# Counts of attempts (rate limits) are kept where every web process sees them.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"},
    # Public pages, for seconds, in each web process (portal/brief.py).
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 1000}},
    # Posters and tickets as they were set (core/typesetting.py): up to a few hundred KB each, so at most 100 MB.
    "typeset": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "typeset",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
    # Charts that pages spoke of, and as they were drawn (core/charts/vega.py): mostly some KB each.
    "charts": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "charts",
        "OPTIONS": {"MAX_ENTRIES": 1500},
    },
}
# --- end of accounts ---

# --- language and time ---
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
# The second: words of the sign-in library, which brings no Vietnamese (docs/accounts.md). The third: what Django's
# forms say, whose Vietnamese has gaps and is not ours (tests/config/test_django_words.py looks for both).
LOCALE_PATHS = [PACKAGE_DIR / folder for folder in ("locale", "accounts/sign_in_words", "config/django_words")]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "hocsuotdoi.config.input_formats"

# --- forms: a roll sends three fields for each line, and a hall holds more than 300 people ---
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# --- static files: `serve` collects and hashes them; elsewhere (tests, jobs) they are read where they lie ---
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
HASHED_STATIC = env.bool("HASHED_STATIC", False)
WHITENOISE_USE_FINDERS = not HASHED_STATIC
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "hocsuotdoi.config.static_files.FingerprintedFiles"
        if HASHED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "media"

# --- documents: PDF where LibreOffice is, signatures where a body's certificate is (docs/how-to/sign-documents.md) ---
SOFFICE = env.str("SOFFICE", "soffice")
SIGNING_DIR = Path(env.str("SIGNING_DIR", "")).expanduser() if env.str("SIGNING_DIR", "") else None
SIGNING_PASSWORD = env.str("SIGNING_PASSWORD", "")
# A timestamp is signed itself, so these services are often called without TLS.
SIGNING_TIMESTAMP_URL = env.str("SIGNING_TIMESTAMP_URL", "")
if SIGNING_TIMESTAMP_URL and urlsplit(SIGNING_TIMESTAMP_URL).scheme not in {"http", "https"}:
    raise ImproperlyConfigured("SIGNING_TIMESTAMP_URL must be the address of a time-stamping service (RFC 3161).")

# --- mail: without EMAIL_HOST, letters are written to DATA_DIR/mail ---
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_PORT = env.int("EMAIL_PORT", 587, validate=validate.Range(1, 65535))
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Học Suốt Đời <hocsuotdoi@localhost>")

# --- open data: under which licence it may be used (indicators/queries/licence.py) ---
DATA_LICENCE_NAME, DATA_LICENCE_URL = _data_licence()

# --- SMS, Zalo, messages to browsers (core/channels): what is not set is not offered ---
SMS_GATEWAY_URL = _service_url("the SMS gateway", env.str("SMS_GATEWAY_URL", ""), "SMS_GATEWAY_URL")
SMS_TOKEN = env.str("SMS_TOKEN", "")
SMS_SENDER = env.str("SMS_SENDER", "")
if SMS_GATEWAY_URL and not (SMS_TOKEN and SMS_SENDER):
    raise ImproperlyConfigured("SMS_GATEWAY_URL is set: set SMS_TOKEN and SMS_SENDER (the brand name) too.")
ZNS_TEMPLATE_ID = env.str("ZNS_TEMPLATE_ID", "")
ZNS_PARAMETERS = env.list("ZNS_PARAMETERS", ["subject", "content", "link"])
ZNS_ACCESS_TOKEN = env.str("ZNS_ACCESS_TOKEN", "")
ZNS_REFRESH_TOKEN = env.str("ZNS_REFRESH_TOKEN", "")
ZNS_APP_ID = env.str("ZNS_APP_ID", "")
ZNS_SECRET_KEY = env.str("ZNS_SECRET_KEY", "")
ZNS_URL = _service_url("Zalo", env.str("ZNS_URL", "https://business.openapi.zalo.me/message/template"), "ZNS_URL")
ZNS_TOKEN_URL = _service_url(
    "Zalo", env.str("ZNS_TOKEN_URL", "https://oauth.zaloapp.com/v4/oa/access_token"), "ZNS_TOKEN_URL"
)
if ZNS_TEMPLATE_ID and not (ZNS_ACCESS_TOKEN or (ZNS_REFRESH_TOKEN and ZNS_APP_ID and ZNS_SECRET_KEY)):
    raise ImproperlyConfigured(
        "ZNS_TEMPLATE_ID is set: set ZNS_REFRESH_TOKEN, ZNS_APP_ID and ZNS_SECRET_KEY too, "
        "or at least ZNS_ACCESS_TOKEN."
    )
if len(set(ZNS_PARAMETERS)) != 3 or not all(ZNS_PARAMETERS):
    raise ImproperlyConfigured(
        "ZNS_PARAMETERS must name the template's three parameters, such as subject,content,link: "
        "those for the subject, the words and the link."
    )
WEB_PUSH = env.bool("WEB_PUSH", True)
WEB_PUSH_KEY = env.str("WEB_PUSH_KEY", "")
# Only these (and hosts below them) are called: the address comes from the visitor's browser.
WEB_PUSH_SERVICES = env.list(
    "WEB_PUSH_SERVICES",
    ["fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com"],
)

# --- the browser's protection: nothing inline, nothing from elsewhere ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
# Plain HTTP is for one's own machine. PUBLIC_URL=https://… declares that people come by HTTPS.
if PUBLIC_URL.startswith("https://"):
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_SSL_REDIRECT = BEHIND_PROXY
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- how long a public page is kept for strangers, in seconds (0: each is made anew) ---
PAGE_KEPT_SECONDS = env.int("PAGE_KEPT_SECONDS", 5, validate=validate.Range(0, 300))

# --- how long personal data is kept ---
NAMES_KEPT_MONTHS = env.int("NAMES_KEPT_MONTHS", 24, validate=validate.Range(1, 240))
INSPECTION_KEPT_MONTHS = env.int("INSPECTION_KEPT_MONTHS", 24, validate=validate.Range(1, 60))

# --- background work ---
PROCRASTINATE_ON_APP_READY = "hocsuotdoi.core.jobs.on_app_ready"

# --- what the program says while it runs: to standard error, so that a command's output stays its own ---
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "WARNING", validate=validate.OneOf(
        ["DEBUG", "INFO", "WARNING", "ERROR"]))},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # A page that is not there is the visitor's affair; a page that fails is ours.
        "django.request": {"level": "ERROR"},
        "gunicorn.http.wsgi": {"level": "ERROR"},
    },
}  # fmt: skip
