"""Nothing yet."""

from tortoise import migrations

from domain.migrations._tables import after, in_order


class Migration(migrations.Migration):
    """Adds nothing yet."""

    dependencies = after("0014_dashboard")
    operations = in_order()
