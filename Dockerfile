# Airflow with this package: its libraries, the connection type "Meta Ads" and the command adlaunch.
# The code that runs is what docker-compose.yaml mounts; build again when requirements change.
FROM apache/airflow:3.3.2-python3.12

COPY --chown=airflow:0 pyproject.toml README.md /opt/airflow/package/
COPY --chown=airflow:0 plugins /opt/airflow/package/plugins
COPY --chown=airflow:0 include /opt/airflow/package/include
# Where Airflow looks for plugins; docker-compose.yaml mounts its own over it, Kubernetes uses this.
COPY --chown=airflow:0 plugins /opt/airflow/plugins
# Airflow's own version is named so that no dependency can replace it.
RUN pip install --no-cache-dir \
        "apache-airflow==${AIRFLOW_VERSION}" \
        "apache-airflow-providers-celery>=3.26" \
        "apache-airflow-providers-fab>=3" \
        "apache-airflow-providers-git>=0.0.9" \
        /opt/airflow/package \
    && mkdir -p /opt/airflow/emulator
