"""`orderlane doctor`: what is wrong here, and what mends it."""

from api.cli.endings import Exit
from api.cli.examination import (
    Finding,
    Health,
    look_at_database,
    look_at_machine,
    look_at_worker,
    look_inside,
)
from api.cli.mail_examination import look_at_mail
from api.cli.output import give_json, give_table, tell
from api.configuration import Loaded, load_settings


async def doctor(*, offline: bool = False, json: bool = False) -> int:
    """Check the configuration, e-mails, the database, the worker, the stores and what Amazon says of them.

    Exit codes: 0 nothing is bad, 1 something is, 78 the configuration cannot be read. Secrets are never printed.

    Parameters
    ----------
    offline
        Do not ask Amazon, otherwise one token and one call for each account; nor greet the mail server.
    json
        Print JSON.
    """
    findings = await _findings(load_settings(), asks_servers=not offline)
    if json:
        give_json([_entry(finding) for finding in findings])
    else:
        give_table(("about", "health", "found"), [(one.about, one.health.value, one.says) for one in findings])
        for finding in findings:
            if finding.fix:
                tell(f"{finding.about}: {finding.fix}")
    return Exit.FAILED if any(finding.health is Health.BAD for finding in findings) else Exit.OK


async def _findings(loaded: Loaded, *, asks_servers: bool) -> list[Finding]:
    findings = list(look_at_machine(loaded))
    findings.append(await look_at_mail(loaded, asks_server=asks_servers))
    findings.append(await look_at_database(loaded))
    if findings[-1].health is not Health.GOOD or any(one.about == "secret key" and one.fix for one in findings):
        return findings  # there is nothing to look into
    findings.append(look_at_worker(loaded))
    return findings + [finding async for finding in look_inside(loaded, asks_amazon=asks_servers)]


def _entry(finding: Finding) -> dict[str, str | None]:
    return {"about": finding.about, "health": finding.health.value, "found": finding.says, "fix": finding.fix}
