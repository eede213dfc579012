## Два экземпляра за одним Redis

cache-key = { $name } ({ $kind }): истекает через { SECONDS($millis) } с
cache-key-for-ever = { $name } ({ $kind }): не истекает никогда
cache-keys-observed = ключей в Redis: { $keys }
statement-counted = { $calls } × { $text }
event-cache-used = работает через Redis

## products-served

products-are-served = Оба экземпляра отдают товары и список самых продаваемых такими, какие они в базе; PUT меняет строку и отвечает новыми значениями.
put-not-stored = PUT отвечает 200, но строка в базе не та, что ему передали.
put-refused-and-stored = PUT отвечает 422 и всё-таки меняет строку.
top-differs = Это не список самых продаваемых товаров. Должно быть (товар: штук) { $wanted }.
top-none = Списка самых продаваемых товаров нет.

## hot-reads

hot-reads-quiet = То, что экземпляр отдал только что, он отдаёт снова без обращений к базе.
hot-reads-ask = { $service } только что прочитал эти товары и всё равно обращается к базе: { $statements ->
    [one] { $statements } запрос
    [few] { $statements } запроса
   *[many] { $statements } запросов
} на { $reads } { $reads ->
    [one] чтение
    [few] чтения
   *[many] чтений
}.

## cache-served

cache-is-served = Название, изменённое в Redis, отдают оба экземпляра.
cache-holds-no-name = Товар прочитан, но ни в одном значении в Redis нет его названия.
cache-holds-no-name-expected = строка, хеш или список, где название записано текстом
cache-not-served = Название изменено в Redis, но { $service } по-прежнему отдаёт другое: ответ берётся не из Redis.
cache-not-served-expected = название { $name }

## keys-expire

keys-do-expire = Каждый ключ истекает не позже чем через { $seconds } с; больше всего ключей сразу — { $keys }.
keys-none = Товары прочитаны, а Redis пуст.
keys-none-expected = ключи со сроком жизни
keys-live-on = { $keys } { $keys ->
    [one] ключ живёт
    [few] ключа живут
   *[many] ключей живут
} вечно или дольше { $seconds } с.

## writes-invalidate

writes-do-invalidate = Записей: { $pairs }, после каждой — чтение через тот же экземпляр; устаревших ответов нет. Остальные товары остались в кеше.
writes-stale = После записи через { $service } старое значение вернули { $stale } { $stale ->
    [one] чтение
    [few] чтения
   *[many] чтений
} из { $pairs }.
writes-reader-between = Пока { $service } выполнял запись, товар прочитали, и прочитанное осталось в кеше: PUT уже ответил, а отдаётся старое значение.
writes-cool-others = Изменён один товар, а другие, уже прочитанные ({ $others }), снова запрашиваются у базы: { $statements ->
    [one] { $statements } запрос
    [few] { $statements } запроса
   *[many] { $statements } запросов
}.
writes-walk = Пока менялись товары, { $times } { $times ->
    [one] раз
    [few] раза
   *[many] раз
} выполнена команда { $command }: она обходит весь Redis, и все остальные её ждут.

## instances-agree

instances-do-agree = Через один экземпляр изменено товаров: { $pairs }; второй отдаёт новое не позже чем через { SECONDS($millis) } с.
instances-differ = Товар изменён через { $writer }, а { $reader } и через { $seconds } с отдаёт старое значение; собственные записи экземпляра живут не дольше { $local } с.

## late-set

late-set-kept-out = Загрузка, которая началась до записи, а закончилась после неё, не вернула старое значение.
late-set-comes = Загрузка прочитала старое значение до того, как { $writer } записал новое, и закончилась после этого. Теперь { $reader } отдаёт старое значение.
late-set-never-asks = Запрошен товар, который никто ещё не читал, но за { $seconds } с до базы дело не дошло.
event-answer-held = читает старое значение; ответ базы задержан
event-answer-let-go = получает ответ базы
event-put-answered = записал новое значение
event-put-waits = запись ждёт загрузку

## stampede

stampede-none = Читателей одного холодного ключа сразу: { $readers }; обращений к базе: { $asked }.
stampede-asks = Один холодный ключ читали сразу { $readers } раз, и к базе ушло запросов: { $asked }, из них одновременно { $waiting }. Хватило бы { $most }.

## missing-cached

missing-is-cached = То, что товара нет, запоминается на { $reads } { $reads ->
    [one] чтение
    [few] чтения
   *[many] чтений
}, а когда товар появляется, вовремя забывается.
missing-asks = Такого товара нет, но на { $reads } { $reads ->
    [one] чтение
    [few] чтения
   *[many] чтений
} ушло запросов к базе: { $statements }. Хватило бы { $most }.
missing-for-ever = Товар есть в базе уже { $seconds } с, а { $service } всё ещё отвечает 404; CACHE_TTL_SECONDS = { $ttl }.

## top-cached

top-is-cached = Читателей сразу: { $readers }; каждый экземпляр посчитал список не больше одного раза, а устаревший список считает заново.
top-asks = Списка нет в кеше, его читали сразу { $readers } раз, и к базе ушло запросов: { $asked }. Хватило бы { $most }.
top-stays-old = Уже { $seconds } с лучше всех продаётся другой товар, а { $service } показывает старый список; CACHE_TTL_SECONDS = { $ttl }.
top-stays-old-expected = (товар: штук) { $wanted }

## cache-down и cache-hangs

cache-down-borne = Без Redis все ответы приходят и верны; как только он вернулся, сервис снова работает через него.
cache-down-hurts = Пока Redis выключен, ответ неверен или не приходит.
cache-not-used-again = Redis вернулся { $seconds } с назад, но { $service } им не пользуется: прочитанного там нет, или каждое чтение идёт в базу.
cache-hang-borne = Пока Redis заморожен, каждый читатель получает ответ, самый медленный — через { SECONDS($millis) } с; потом сервис снова работает через Redis.
cache-hang-hurts = Пока Redis заморожен, ответ неверен или не приходит.
cache-hang-waits = Пока Redis заморожен, читатель { $service } ждёт его.
cache-hang-expected = ответ в течение 1 с
cache-hang-never-observed = за { $seconds } с ответа нет
cache-hang-late-observed = ответ через { SECONDS($millis) } с

## memory-bounded

memory-is-bounded = Прочитано ещё { $keys } { $keys ->
    [one] товар
    [few] товара
   *[many] товаров
}, и память приложения вместе с ними не растёт.
memory-grows = Прочитано ещё { $keys } { $keys ->
    [one] товар
    [few] товара
   *[many] товаров
}, и приложение занимает на { BYTES($bytes) } больше: для каждого ключа что-то хранится и никогда не удаляется.
memory-bounded-expected = прибавка не больше { BYTES($bytes) }
memory-bounded-observed = прибавка { BYTES($bytes) }: было { BYTES($warm) }, стало { BYTES($end) }
