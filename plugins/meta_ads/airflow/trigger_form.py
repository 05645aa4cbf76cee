"""The form shown when a person triggers a launch, and the keys REST may send."""

from __future__ import annotations

from airflow.sdk import Context, Param

from meta_ads.errors import FixInput

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
}


def refuse_unknown_conf(context: Context) -> None:
    """Raise FixInput when the run's conf has a key the form does not have.

    Budget, account, time and approval come from the committed file only.
    """
    run = context["dag_run"]
    unknown = sorted(set(run.conf or {}) - set(FORM))
    if unknown:
        raise FixInput(
            f"The run was triggered with unknown settings: {', '.join(unknown)}. "
            f"Allowed are {', '.join(FORM)}; everything else is in the campaign file."
        )
