"""The regions of the Selling Partner API."""

from enum import StrEnum


class Region(StrEnum):
    """The three regions; a refresh token belongs to one."""

    NA = "NA"
    EU = "EU"
    FE = "FE"
