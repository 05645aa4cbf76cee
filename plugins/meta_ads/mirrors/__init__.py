"""Copies of the views elsewhere: the only importer of pyarrow and of SQL Server's driver."""
