"""One row that the database does not take, as after a mistake of the program: what happens to all others?"""

from django.db import connection, models


def breaks(model: type[models.Model], *, on: str, when: str = "TRUE") -> None:
    """From now on, within the test's transaction, this act on rows for which `when` holds raises."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE FUNCTION pg_temp.no() RETURNS trigger AS $$ BEGIN RAISE 'no'; END $$ LANGUAGE plpgsql")
        cursor.execute(
            f"CREATE TRIGGER breaks BEFORE {on} ON {model._meta.db_table} FOR EACH ROW WHEN ({when}) "
            "EXECUTE FUNCTION pg_temp.no()"
        )
