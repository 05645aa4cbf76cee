"""The Campaigns page in Airflow: what runs, why something does not, and what to do next."""
