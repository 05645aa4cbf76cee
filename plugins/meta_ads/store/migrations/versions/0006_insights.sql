-- Performance by ad and day.
SELECT 1;
