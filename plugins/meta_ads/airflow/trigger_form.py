"""The form shown when a person triggers a launch, and the keys REST may send."""

from __future__ import annotations

from airflow.sdk import Context, Param

from meta_ads.errors import FixInput
from meta_ads.launching.ports import Trigger

FORM = {
    "dry_run": Param(
        False,
        type="boolean",
        title="Dry run",
        description="Check everything and show the plan; send nothing to Meta.",
    ),
    "note": Param(
        # Airflow's form takes an empty text for a missing one and would not let it be sent.
        None,
        type=["null", "string"],
        maxLength=500,
        title="Note",
        description="Why this launch is triggered, for whoever reads the run later.",
    ),
    "activate_at": Param(
        None,
        type=["null", "string"],
        format="date-time",
        title="Go live later",
        description="A later time than the file's, as far as the account's override_up_to allows. "
        "Empty: as in the file. Without an offset it is in the account's time zone.",
    ),
}


def refuse_unknown_conf(context: Context) -> None:
    """Raise FixInput when the run's conf has a key the form does not have.

    Budget, account and approval come from the committed file only, and so does the time, except
    for what `override_up_to` of the account lets a trigger add to it.
    """
    run = context["dag_run"]
    unknown = sorted(set(run.conf or {}) - set(FORM))
    if unknown:
        raise FixInput(
            f"The run was triggered with unknown settings: {', '.join(unknown)}. "
            f"Allowed are {', '.join(FORM)}; everything else is in the campaign file."
        )


def trigger_of(context: Context) -> Trigger:
    """Return who triggered the run, as Airflow knows them, and their note.

    Nobody is known of a run that no person started, such as that of `launch: on_commit`.
    """
    return Trigger(context["dag_run"].triggering_user_name, context["params"].get("note") or None)
