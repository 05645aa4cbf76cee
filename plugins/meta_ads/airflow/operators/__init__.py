"""Operators: one use case each, its errors turned into what Airflow should do next."""
