from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0001_initial"),
        ("money", "0001_initial"),  # bills carry the note today
    ]
    operations = [migrations.RunSQL("alter table shop_fund add column note text", "alter table shop_fund drop column note")]
