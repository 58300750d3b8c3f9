"""Changes of the service as a whole."""

import strawberry

from api.schema.global_settings import GlobalSettingsPayload, save_global_settings
from api.schema.refusals import RefusalsAsUserErrors


@strawberry.type
class ServiceChanges:
    """The changes of the service."""

    update_global_settings: GlobalSettingsPayload = strawberry.mutation(
        resolver=save_global_settings,
        extensions=[RefusalsAsUserErrors(GlobalSettingsPayload)],
        description="Change the settings of the whole service: how long logs are kept, the base currency, and the "
        "read-only mode, in which messages to Amazon, e-mails and webhooks are held back.",
    )
