"""What `orderlane doctor` says of e-mails to buyers."""

from api.cli.examination import Finding, Health
from api.configuration import Loaded
from api.mail.configuration import mailing_of, outgoing_of
from api.mail.port import MailUnavailable
from api.mail.rendering import CannotRender
from api.mail.smtp import SmtpServer
from api.settings import ConfigurationError

_ABOUT = "e-mails"


async def look_at_mail(loaded: Loaded, *, asks_server: bool) -> Finding:
    """Look whether e-mails can be worded and sent; unless told otherwise, greet the mail server and send nothing."""
    settings, mailing = loaded.settings, mailing_of(loaded.settings)
    try:
        outgoing = outgoing_of(settings)
        if outgoing is None:
            fix = f"Set {mailing.missing} to write to buyers (`orderlane orders email`)."
            return Finding(_ABOUT, Health.LOOK, "no mail server is set, so none are sent", fix)
        outgoing.templates.check()
        server = outgoing.port if isinstance(outgoing.port, SmtpServer) else None
        if server is not None and asks_server:
            await server.greet()
    except ConfigurationError as error:
        return Finding(_ABOUT, Health.BAD, "the configuration cannot be used", str(error))
    except CannotRender as error:
        return Finding(_ABOUT, Health.BAD, "a template cannot be used", str(error))
    except MailUnavailable as error:
        fix = "Look at ORDERLANE_MAIL_SERVER, ORDERLANE_MAIL_USER and ORDERLANE_MAIL_PASSWORD; what is queued waits."
        return Finding(_ABOUT, Health.BAD, str(error), fix)
    if mailing.sender is None:
        fix = "Set ORDERLANE_MAIL_FROM, or the sender address of each store (updateMailSettings)."
        return Finding(_ABOUT, Health.LOOK, "no address to send from is set", fix)
    if server is None:
        return Finding(_ABOUT, Health.LOOK, "written into a folder, sent to nobody")
    return Finding(
        _ABOUT, Health.GOOD, "the mail server lets us in" if asks_server else "a mail server is set; it was not asked"
    )
