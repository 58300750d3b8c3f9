"""The operations of the Notifications API v1; grantless are those that Amazon's model calls so.

Those about a subscription by its id take a seller's token as well: what the model says of them is reported to hold for
some types only, and the community's client has always asked with one (saleweaver/python-amazon-sp-api issue 373).
"""

from typing import Final

from simulator.calls import Operation
from simulator.notifications.calls import (
    create_destination,
    delete_destination,
    get_destination,
    get_destinations,
    send_test_notification,
)
from simulator.notifications.subscribing import (
    create_subscription,
    delete_subscription_by_id,
    get_subscription,
    get_subscription_by_id,
    get_subscriptions,
)
from simulator.throttling import Plan

PLAN: Final = Plan("1", 5)
DESTINATIONS: Final = "/notifications/v1/destinations"
DESTINATION: Final = DESTINATIONS + "/{destination_id}"
SUBSCRIPTIONS: Final = "/notifications/v1/subscriptions"
OF_TYPE: Final = SUBSCRIPTIONS + "/{notification_type}"
BY_ID: Final = OF_TYPE + "/{subscription_id}"
TEST: Final = OF_TYPE + "/testNotification"

OPERATIONS: Final[tuple[Operation, ...]] = (
    Operation("createDestination", "POST", DESTINATIONS, PLAN, create_destination, is_grantless=True),
    Operation("getDestinations", "GET", DESTINATIONS, PLAN, get_destinations, is_grantless=True),
    Operation("getDestination", "GET", DESTINATION, PLAN, get_destination, is_grantless=True),
    Operation("deleteDestination", "DELETE", DESTINATION, PLAN, delete_destination, is_grantless=True),
    Operation("getSubscriptions", "GET", SUBSCRIPTIONS, PLAN, get_subscriptions),
    Operation("getSubscription", "GET", OF_TYPE, PLAN, get_subscription),
    Operation("createSubscription", "POST", OF_TYPE, PLAN, create_subscription),
    Operation("sendTestNotification", "POST", TEST, PLAN, send_test_notification, is_grantless=True),
    Operation("getSubscriptionById", "GET", BY_ID, PLAN, get_subscription_by_id, is_grantless=True, takes_grants=True),
    Operation(
        "deleteSubscriptionById", "DELETE", BY_ID, PLAN, delete_subscription_by_id, is_grantless=True, takes_grants=True
    ),
)
