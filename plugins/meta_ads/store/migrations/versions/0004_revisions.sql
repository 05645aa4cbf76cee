-- Changes of launches that exist at Meta already.
SELECT 1;
