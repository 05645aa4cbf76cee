-- Names, quality checks and the state of each launch request.
SELECT 1;
