pg_ctl promote -D "$PGDATA"
