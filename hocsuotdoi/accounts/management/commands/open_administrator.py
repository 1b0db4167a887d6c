"""Opens the account of an installation's first administrator."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.operations.people import open_administrator
from hocsuotdoi.core.errors import Refused


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True, help="The person's full name")

    def handle(self, *args: object, email: str, name: str, **options: object) -> None:
        try:
            given = open_administrator(email, full_name=name, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        done = _("{person} is administrator. Sign in with {email}: a code is sent there.")
        self.stdout.write(done.format(person=given.person, email=given.person.email))
