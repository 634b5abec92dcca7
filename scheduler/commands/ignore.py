"""``replywatch ignore``: rules for edits that need not be shown, tried on history before they are kept."""

import click

from storage.comparison.rules import Backtest, IgnoreRule, RuleError, suggest_rule
from storage.configuration import Configuration
from storage.database import Database, open_database
from storage.ignoring import add_rule, read_change, read_rules, remove_rule, try_rule


@click.group("ignore")
def command() -> None:
    """Rules for edits that need not be shown. A rule hides and never deletes; what it hid stays countable."""


def build_rule(database: Database, pattern: str, site: str, field: str, like: str | None) -> IgnoreRule:
    """The rule that was asked for: written out, or made from a change."""
    try:
        if like is None:
            return IgnoreRule(pattern=pattern, site=site, field=field)
        change = read_change(database, like)
        if change is None:
            raise click.UsageError(f"no change, or several, with the id {like}")
        return suggest_rule(change)
    except RuleError as error:
        raise click.UsageError(str(error)) from error


def describe_trial(trial: Backtest) -> str:
    """What a rule would have done."""
    return f"would have hidden {len(trial.hidden)} of {trial.total} edits told so far"


@command.command("add")
@click.option("--pattern", default="", help="A regular expression that both sides of an edit must hold.")
@click.option("--site", default="", metavar="KEY", help="Only this site.")
@click.option("--field", default="", help="Only this field; text is the text itself.")
@click.option("--like", metavar="ID", help="Make the rule from the change of this id (report --format json).")
@click.option("--note", default="", help="Why: for whoever reads the list.")
@click.option("--dry-run", is_flag=True, help="Only say what it would have hidden.")
@click.pass_obj
def add(
    configuration: Configuration, pattern: str, site: str, field: str, like: str | None, note: str, *, dry_run: bool
) -> None:
    """Try a rule on everything told so far, say what it would have hidden, and keep it."""
    database = open_database(configuration.database_url)
    rule = build_rule(database, pattern, site, field, like)
    click.echo(f"pattern {rule.pattern or '(any)'}, site {rule.site or '(all)'}, field {rule.field or '(any)'}")
    click.echo(describe_trial(try_rule(database, rule)))
    if not dry_run:
        click.echo(f"kept as rule {add_rule(database, rule, note, configuration.clock.now())}")


@command.command("list")
@click.pass_obj
def list_rules(configuration: Configuration) -> None:
    """All rules with what they hide of everything told so far."""
    database = open_database(configuration.database_url)
    for kept in read_rules(database):
        trial = try_rule(database, kept.rule)
        words = f"{kept.rule.pattern or '(any)'}  site {kept.rule.site or '(all)'}  field {kept.rule.field or '(any)'}"
        click.echo(f"{kept.id}  hides {len(trial.hidden)} of {trial.total}  {words}  {kept.note}".rstrip())


@command.command("remove")
@click.argument("number", type=int)
@click.pass_obj
def remove(configuration: Configuration, number: int) -> None:
    """Forget rule NUMBER; what it hid is shown again."""
    if not remove_rule(open_database(configuration.database_url), number):
        raise click.UsageError(f"there is no rule {number}")
    click.echo(f"rule {number} is gone")
