## Что заблокировано и кто ждёт

event-locked = заблокировано проверкой
event-unlocked = блокировка снята
event-waiting = ждут одновременно: { $waiting }
event-healthy = /health отвечает 200
event-unready = /ready отвечает 503
event-recovered = всё снова работает
event-told-to-stop = SIGTERM
event-shut = больше никого не впускает
event-answered = на запрос получен ответ
event-ended = процесс завершился

latch-left-open = Приложение оставило открытой транзакцию: { $seconds } с она держала свою таблицу, хотя ни один запрос не выполнялся.
latch-left-open-expected = после ответа запрос не оставляет открытой транзакции
latch-left-open-observed = сеанс в состоянии `{ $state }`; его последний запрос SQL: { $query }
latch-wrong-order = Показан не тот заказ, который лежит в базе.
latch-from-memory = { $answers ->
        [one] На { $answers } запрос
        [few] На { $answers } запроса
       *[many] На { $answers } запросов
    } пришёл ответ с заказом, когда таблицу заказов никто не мог прочитать: этот ответ взят не из базы.
latch-held = таблица была заблокирована { $millis } мс

## statements-per-page

page-no-page = В ответе не страница: нужен `items` с заказами, у каждого — `id` и строки заказа в `items`.
page-orders-differ = На странице должны быть все заказы покупателя ({ $wanted }); показано заказов: { $shown }, из них этого покупателя: { $there }.
page-lines-differ = На странице у заказа { $order } не те строки, что в базе.
page-statements = Страница обходится в { $many ->
        [one] { $many } запрос
        [few] { $many } запроса
       *[many] { $many } запросов
    } SQL, какой бы длинной она ни была.
page-statements-grow = Число запросов SQL растёт вместе со страницей: на длинной их больше на { $more }.
page-statements-expected = на длинной странице не больше чем на { $growth } запросов SQL больше, чем на короткой
page-statements-observed = на странице из { $short } заказов — { $few }, на странице из { $long } — { $many }
page-statement = выполнен раз: { $calls }; { $text }
page-without-statements = Страница верна, но за ней не обращались к базе.

## event-loop-free

loop-free = Пока ждали { $requests } запросов, из них { $waiting } одновременно в базе, `/health` отвечал.
loop-silent = Пока { $requests } запросов ждали базу, `/health` не отвечал: они задерживают всех остальных.
loop-unwell = Пока { $requests } запросов ждали базу, `/health` отвечал не 200.
loop-few-wait = Из { $requests } запросов одновременно в базе ждали только { $waiting }: остальные стояли в очереди за ними.
loop-expected = `/health` отвечает 200, и не меньше { $least } запросов одновременно ждут в базе
loop-observed = одновременно ждали: { $waiting }; `/health`: { $health }

## pool-bounded

pool-bounded = Запросы ({ $requests }) ждали на { $connected ->
        [one] { $connected } подключении
       *[other] { $connected } подключениях
    } к базе, и потом на все пришёл ответ.
pool-unbounded = У приложения подключений к базе: { $connected }; допустимо не больше { $most }.
pool-fails = Из { $requests } запросов { $failed } завершились с 5xx, хотя блокировка таблицы снята вовремя.
pool-silent = Из { $requests } запросов { $silent } остались без ответа и после снятия блокировки.
pool-wrong = Из { $requests } запросов на { $wrong } после снятия блокировки пришёл неверный ответ.
pool-expected = не больше { $most } подключений, пока таблица заблокирована; потом верные ответы на все { $requests } запросов
pool-observed = подключений: { $connected }, одновременно ждали в базе: { $waiting }, верных ответов: { $right }

## upstream-awaited и upstream-faults

delivery-other-offer = В ответе не то, что предложила служба доставки: заказ { $order }, цена { $price }, дней { $days }.
upstream-awaited = Из { $requests } запросов одновременно ждали службу доставки { $waiting }.
upstream-few-wait = Из { $requests } запросов одновременно ждали службу доставки не больше { $waiting }; остальные до неё не дошли.
upstream-awaited-expected = не меньше { $least } одновременно хотя бы в одном из нескольких подходов
upstream-awaited-observed = больше всего в каждом подходе: { $rounds }
upstream-none-answered = Службу доставки ждали { $waiting } запросов; она ответила в пределах секунды, но её предложения не получил никто.
upstream-faults = Сбои службы доставки превращаются в 502, её молчание — в 504, а после них её предложения снова видны.
upstream-well = Служба доставки ответила сразу.
upstream-well-again = После сбоев служба доставки снова отвечала сразу.
upstream-unknown = Такого заказа нет; служба доставки ответила бы предложением.
upstream-answers = Служба доставки ответила { $status }.
upstream-closes = Служба доставки закрыла соединение без ответа.
upstream-hangs = Служба доставки не ответила.
upstream-slow = Служба доставки ответила через { $millis } мс; опозданием считается 1000 мс.

## database-outage

outage-survived = Пока база лежала, `/ready` сообщал об этом и ни один запрос не завис; когда она вернулась, всё само заработало снова.
outage-ready = База лежит, а `/ready` за { $seconds } с так и не ответил 503.
outage-ready-expected = 503
outage-health = База лежит, и `/health` не отвечает 200.
outage-health-expected = 200: процесс жив, и чтобы это сказать, база не нужна
outage-routes-expected = 5xx или верный ответ, и не позже чем через 10 с
outage-lies = База лежит, а ответ — не 5xx и не верный.
outage-silent = База лежит, и на запрос нет ответа за { $seconds } с.
outage-no-return = База вернулась, а сервис за { $seconds } с так и не заработал.
outage-no-return-expected = то, что работало раньше, работает снова, без перезапуска
outage-order-lost = Пока база лежала, сервис ответил, что заказ { $order } создан; в базе его нет.

## graceful-stop

stop-graceful = Запрос, который выполнялся, получил ответ, и только потом сервис завершился сам.
stop-expected = на запрос приходит 200 с заказом; затем процесс сам завершается в течение { $seconds } с с кодом 0 или 143
stop-observed = ответ: { $end }; код завершения { $code }
stop-observed-running = ответ: { $end }; процесс всё ещё работает
stop-not-waiting = Запрос не ждал в базе, хотя таблица заказов была заблокирована.
stop-cut-off = Сервису велели остановиться (SIGTERM), пока выполнялся запрос, и запрос оборвался.
stop-wrong = Сервису велели остановиться (SIGTERM), пока выполнялся запрос, и запрос завершился с кодом { $status }, а не заказом.
stop-never = Сервису велели остановиться (SIGTERM), а через { $seconds } с после последнего ответа он всё ещё работает.
stop-code = После SIGTERM сервис завершился с кодом { $code }.

## Что мешает с нашей стороны

broken-not-locked = Проверка не смогла заблокировать таблицу заказов за { $seconds } с, а приложение её не держит.
broken-latch-late = Проверка не сняла блокировку таблицы заказов за { $seconds } с.
