"""Airflow's view of the package: hooks, operators, sensors, triggers, links and DAG builders."""
