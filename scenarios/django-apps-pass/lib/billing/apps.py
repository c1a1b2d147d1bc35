from django.apps import AppConfig


class Billing(AppConfig):
    name = "lib.billing"
    label = "money"
