from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.CreateModel("Bill", [("id", models.BigAutoField(primary_key=True)), ("cents", models.BigIntegerField())])]
