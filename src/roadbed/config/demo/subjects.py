"""What the company's commits say: a few sentences for each team, so that a history reads like one."""

from __future__ import annotations

from typing import Final

FEATURES: Final = {
    "storefront": (
        "Offer pickup in the cart", "Show the price before the address", "Let senders save a parcel's size",
        "Print two labels on one sheet", "Ask for customs data only where it is needed", "Remember the last depot",
        "Price parcels above 20 kg", "Add Dutch to the checkout", "Void a label within the hour",
    ),
    "tracking": (
        "Show the locker photo on the tracking page", "Name the depot a parcel waits in", "Group scans by day",
        "Tell recipients about customs", "Batch reads from the scan store", "Take scans while a depot is offline",
        "Answer with the ETA's source", "Show a map of the last mile", "Keep tracking numbers of partners",
    ),
    "routing": (
        "Weigh left turns less in rush hour", "Plan around closed bridges", "Learn stop times from last week",
        "Give each van its break", "Prefer vans that charge at noon", "Share plans with drivers at 05:00",
    ),
    "depot": (
        "Show belts that stand still", "Open two lockers with one code", "Count parcels by dock door",
        "Tell staff which van is early", "Read the scale at the belt", "Dim the board at night",
    ),
    "billing": (
        "Split invoices by cost centre", "Take refunds from the card processor", "Match events to bookings by id",
        "Send invoices as structured data",
    ),
}  # fmt: skip
FIXES: Final = {
    "storefront": ("fix: prices of parcels without a size", "fix: the back button in the cart"),
    "tracking": ("fix: parcels with two numbers", "fix: scans that arrive before their depot"),
    "routing": ("fix: rounds that end in another zone", "fix: arrival times around midnight"),
    "depot": ("fix: boards that show yesterday", "fix: lockers that answer twice"),
    "billing": ("fix: events that come twice", "fix: rounding of shared costs"),
}
UPKEEP: Final = (
    "chore: update dependencies", "ci: cache the build", "docs: say how to run it here", "refactor: name the stores",
    "test: cover the empty answer", "chore: rotate log files sooner",
)  # fmt: skip
HOTFIX: Final = "hotfix: answer again when the cache is empty"
