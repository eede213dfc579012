## A service over HTTP

api-dies = The service dies on its start.
api-died = The service has died.
api-lives = the service lives
api-died-memory = one of its processes was killed for memory: { BYTES($bytes) } is all that it has
api-died-requirements = requirements.txt cannot be installed
api-died-code = it ended with exit code { $code }
api-unwell = The service runs, and is not well within { $seconds } s of its start.
api-unwell-expected = `GET /health` answers 200 on port 8000, on all addresses
api-deaf-observed = nothing answers there
api-status = The answer has status { $status }.
api-status-expected = status { $statuses }
api-silent = There is no answer.
api-silent-expected = an answer
api-not-json = The answer is no JSON.
service-answers = The service has started, and `GET /health` answers 200.
observed-answer = { $answer }
observed-words = { $words }

## The shop

shop-field-missing = The field `{ $field }` is missing.
shop-field-strange = The field `{ $field }` is not of the type that the contract names.
shop-differs = The field `{ $field }` is { $seen }, and should be { $wanted }.

## What of ours is in the way

broken-http = A service of ours does not answer over HTTP.
broken-redis = Redis does not do what the grader asks.
broken-volley = A request of the grader's has not ended in order.
broken-double = The test double does not do what the grader asks.
broken-never-rests = The application's sessions never rest.
