"""One round as a folder that people can read and edit: settings, roster, rules, and the secret its tokens hang on."""

from xltool.campaign.filenames import outbox_name
from xltool.campaign.folder import archive, create, inbox, key, ledger, load, outbox, result, returns

__all__ = [
    "archive",
    "create",
    "inbox",
    "key",
    "ledger",
    "load",
    "outbox",
    "outbox_name",
    "result",
    "returns",
]
