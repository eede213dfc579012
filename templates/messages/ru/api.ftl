## Сервис по HTTP

api-dies = Сервис завершается при запуске.
api-died = Сервис завершился.
api-lives = сервис работает
api-died-memory = один из его процессов убит из-за нехватки памяти: всего ему доступно { BYTES($bytes) }
api-died-requirements = не удалось установить requirements.txt
api-died-code = он завершился с кодом { $code }
api-unwell = Сервис запущен, но за { $seconds } с после запуска так и не стал отвечать.
api-unwell-expected = `GET /health` отвечает 200 на порту 8000, на всех адресах
api-deaf-observed = там никто не отвечает
api-status = Ответ пришёл с кодом { $status }.
api-status-expected = код { $statuses }
api-silent = Ответа нет.
api-silent-expected = ответ
api-not-json = В ответе не JSON.
service-answers = Сервис запустился, `GET /health` отвечает 200.
observed-answer = { $answer }
observed-words = { $words }

## Магазин

shop-field-missing = Нет поля `{ $field }`.
shop-field-strange = Поле `{ $field }` не того типа, который указан в контракте.
shop-differs = В поле `{ $field }` — { $seen }, а должно быть { $wanted }.

## Что мешает с нашей стороны

broken-http = Наш сервис не отвечает по HTTP.
broken-redis = Redis не выполняет то, о чём просит проверка.
broken-volley = Запрос проверки завершился не так, как должен.
broken-double = Тестовый двойник не выполняет то, о чём просит проверка.
broken-never-rests = Сеансы приложения не успокаиваются.
