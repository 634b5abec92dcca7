"""Settings that follow from the configuration, so that ``-s REPLYWATCH_…`` on the command line counts, too."""

from scrapy.settings import BaseSettings

from crawler.composition import read_configuration


class ReplywatchAddon:
    """Names us to every server: one user agent with a contact."""

    def update_settings(self, settings: BaseSettings) -> None:
        """Fill in what depends on the operator's configuration."""
        settings.set("USER_AGENT", read_configuration(settings).user_agent, "addon")
