"""One round as a folder that people can read and edit: settings, roster, rules, and the secret its tokens hang on."""

from xltool.campaign.filenames import outbox_name
from xltool.campaign.folder import archive, create, inbox, key, ledger, load, outbox, result, returns
from xltool.campaign.passwords import load_passwords, read_passwords

__all__ = [
    "archive",
    "create",
    "inbox",
    "key",
    "ledger",
    "load",
    "load_passwords",
    "outbox",
    "outbox_name",
    "read_passwords",
    "result",
    "returns",
]
