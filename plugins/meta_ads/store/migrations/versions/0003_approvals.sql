-- Who may approve what, for how long, and what an account may spend.
SELECT 1;
