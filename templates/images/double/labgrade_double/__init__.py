"""A test double for all labs.

On port 8080 a submission's calls are answered by rules, or held in a latch; on port 8081 the grader,
who alone has the token, sets the rules and sees what was called. With LABGRADE_PROXY it also stands
in front of PostgreSQL and can hold back one answer.

`http` speaks HTTP, `rules` says what a call gets, `ledger` remembers what was called, `double` does
what the rules say, `admin` is the grader's side, `proxy` the one in front of PostgreSQL.
"""
