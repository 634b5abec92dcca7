"""Nobody is asked anything before it is said who asks."""

import ipaddress
from collections.abc import Iterable

from storage.configuration import Configuration, ConfigurationError


def demand_contact(configuration: Configuration, hosts: Iterable[str]) -> None:
    """Refuse to visit hosts of others without a contact; ``hosts`` are entries of allow-lists.

    Raises:
        ConfigurationError: no contact is set, and one of the hosts is not this machine.
    """
    if not configuration.contact and not all(is_local(host) for host in hosts):
        raise ConfigurationError(
            "no contact is set: the sites' operators must be able to reach you. Set REPLYWATCH_CONTACT to a mail "
            'address or a web page, or contact = "…" in replywatch.toml'
        )


def is_local(host: str) -> bool:
    """Whether an entry of an allow-list names this machine."""
    name = host.rsplit(":", 1)[0].strip("[]") if host.count(":") == 1 or host.startswith("[") else host
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
