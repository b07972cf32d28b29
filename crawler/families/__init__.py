"""The kinds of sites: one module a family, and the registry that declarations choose from."""

from typing import Annotated, get_args

from pydantic import Field

from crawler.families.base import Family
from crawler.families.epaper import EpaperOptions
from crawler.families.feeds import FeedOptions
from crawler.families.json_issues import JsonOptions
from crawler.families.json_lists import JsonListOptions
from crawler.families.listing import ListingOptions
from crawler.families.numbered import NumberedOptions

AnyFamily = (
    ListingOptions | EpaperOptions | JsonOptions | JsonListOptions | NumberedOptions | FeedOptions
)
"""The registry: a new family is added here, and nowhere else."""

Options = Annotated[AnyFamily, Field(discriminator="family")]
"""The options of whichever family a declaration names, told apart by its name."""


def _name_of(family: type[Family]) -> str:
    name: str = family.model_fields["family"].default
    return name


FAMILIES: dict[str, type[Family]] = {_name_of(one): one for one in get_args(AnyFamily)}
"""Family name -> its options; the name is also that of its table in a declaration."""
