"""Papers that were replaced before they began, or by one that begins earlier, were left without an end."""

from django.db import migrations

_SENT_ON = "(new.sent_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
_REPLACED = f"""
  FROM papers_paper AS new
 WHERE new.replaces_id = old.id AND new.state <> 'draft' AND old.state = 'sent'
   AND old.starts_on >= coalesce(new.starts_on, {_SENT_ON})
"""
_NEVER_HELD = f"""
UPDATE papers_paper AS old SET state = 'overtaken', version = old.version + 1 {_REPLACED}
   AND old.starts_on >= {_SENT_ON}
"""
_HELD_MEANWHILE = f"""
UPDATE papers_paper AS old SET ends_on = {_SENT_ON}, version = old.version + 1 {_REPLACED}
   AND old.starts_on < {_SENT_ON} AND coalesce(old.ends_on, 'infinity') > {_SENT_ON}
"""


class Migration(migrations.Migration):
    dependencies = [("papers", "0003_replaced_before_it_took_effect")]

    operations = [
        migrations.RunSQL(_NEVER_HELD, migrations.RunSQL.noop),
        migrations.RunSQL(_HELD_MEANWHILE, migrations.RunSQL.noop),
    ]
