"""Keeps the active logins. A cookie alone is not one: a login begins with the provider's reply and ends here."""
