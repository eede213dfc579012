# Что сломалось у проверяющей системы: вины студента здесь нет, баллов это не стоит.

broken-no-workload = Описание работы требует набора запросов, которого в ней нет.
broken-file-unread = Не читается копия файла { $file }, сделанная самой системой.
broken-page-missing = Не сделано измерение, на котором основана эта проверка ({ $page }): в описании работы не хватает `needs`.
broken-no-anchors = Для запроса { $query } нет записанных измерений: их делает `labgrade prove` с ключом `--record`.
broken-other-data = Опорные измерения работы сделаны не на том наборе данных, который запущен. Соберите образы работы заново или повторите измерения: `labgrade prove` с ключом `--record`.
broken-answers-differ = С индексами образца запрос { $query } отвечает иначе, чем без них: ошибка в образце или в запросе.
broken-sql-shape = На запрос системы пришёл ответ не того вида, каким он должен быть.
broken-sql-refused = Сервер отклонил запрос самой системы (SQLSTATE { $code }).
broken-sql-timeout = На запрос системы нет ответа за { $seconds } { $seconds ->
    [one] секунду
    [few] секунды
   *[many] секунд
}.
broken-sql-too-much = На запрос системы пришёл больший ответ, чем возможно на этих данных.
broken-sql-lost = Соединение с сервером базы данных потеряно.
broken-connect-timeout = Сервер { $service } не впустил систему за отведённое время.
broken-connect = Сервер { $service } не впустил систему.
broken-panic = Проверка { $check } аварийно завершилась: это ошибка самой системы.
broken-check-deadline = Проверка { $check } не закончилась за { $seconds } { $seconds ->
    [one] секунду
    [few] секунды
   *[many] секунд
}.
broken-deadline = Проверка работы не закончилась за { $seconds } { $seconds ->
    [one] секунду
    [few] секунды
   *[many] секунд
}.
broken-intake = Не удалось принять работу: это ошибка самой системы.
broken-teardown = Не всё запущенное для проверки удалось убрать.

## Docker

broken-no-engine = Docker недоступен. Запущен ли он и может ли этот пользователь с ним работать? Причину ищет `labgrade doctor`.
broken-engine-silent = Docker не ответил за { $seconds } { $seconds ->
    [one] секунду
    [few] секунды
   *[many] секунд
}.
broken-engine-refused = Docker отклонил вызов `{ $call }`.
broken-engine-late = Docker не завершил вызов `{ $call }` за { $seconds } { $seconds ->
    [one] секунду
    [few] секунды
   *[many] секунд
}.
broken-journal = Не записывается или не читается журнал запуска, по которому находят всё, что нужно убрать.
broken-temp = Не удаётся записать временный файл. Не заполнен ли диск?

## Образы

broken-no-role = В описании работы названа роль образа { $role }, которой не существует.
broken-roles = Не читается список ролей образов (`images/roles.toml`).
broken-lab-unread = Не читаются файлы работы { $lab }.
broken-image-missing = Нет образа { $image }: его собирает `labgrade images build`.
broken-image-stale = Образ { $image } собран из другой версии своих файлов: заново его собирает `labgrade images build`.
broken-build = Образ { $image } не собирается.
broken-no-mmdebstrap = Базовый образ создаёт программа mmdebstrap, а она здесь не запускается. Установите пакет `mmdebstrap`.
broken-lock = В списке пакетов { $lock } не разобрана строка { $line }: она должна выглядеть как `name==version --hash=sha256:…`.
broken-no-pip = Пакеты Python скачивает pip, а команда `python3 -m pip` здесь не запускается. Установите пакет `python3-pip`.
broken-pip = pip не скачал пакеты Python, нужные образу.
broken-wheel-missing = pip не скачал пакет { $package } с той контрольной суммой, что указана в списке.
broken-mmdebstrap = Программа mmdebstrap завершилась ошибкой, без неё нет базового образа.

## Запуск работы

broken-no-network = Для сети работы не нашлось свободного диапазона адресов. Остатки прерванных запусков убирает `labgrade clean`.
broken-runs-as-root = Образ контейнера { $container } запускается от имени root, а в работах это запрещено.
broken-not-hardened = Контейнер { $container } создан не с теми ограничениями, которые были заданы, поэтому в нём ничего не запускалось.
broken-no-port = Шлюз не открыл порт для сервиса { $service }.
broken-not-ready = Сервис { $service } не ответил за { $seconds } { $seconds ->
    [one] секунду
    [few] секунды
   *[many] секунд
} после запуска.
broken-service-died = Сервис { $service } завершился во время запуска.
broken-no-service = Проверка обращается к сервису { $service }, которого в работе нет.
broken-no-login = Проверка обращается к сервису { $service } под учётной записью { $role }, которой у него нет.
broken-canary = Не открывается порт, на котором проверяется изоляция.
broken-no-address = У контейнера { $container } нет адреса в сети работы.
broken-not-stopped = Контейнер { $container } не завершается, хотя получил команду.
broken-not-released = Контейнеру { $container } не удалось дать команду начать.
broken-writers-undecided = За { $seconds } с пишущие сеансы и не встали в ожидание реплики, и не продолжили писать.
broken-not-started = Контейнер { $container } не запускается снова, хотя получил команду.

## Сервер со сданными настройками

broken-formula = Формула лабораторной { $formula } не вычисляется.
broken-no-draws = У запроса лабораторной нет констант, из которых выбирать.
broken-no-sort = В плане отчёта лабораторной нет сортировки.
broken-no-scan = План запроса лабораторной не читает таблицу { $table }.
broken-checkpointer = Процесс контрольных точек не учитывает того, что ему передано.
broken-not-at-rest = Собственные процессы сервера никак не освободятся.
broken-no-return = После сбоя сервер работает, но не пускает проверку.
broken-no-clients = Некого подключать.
broken-not-waiting = Из { $clients } клиентов ожидающими видны только { $waiting }.
broken-no-pairs = Удалось измерить слишком мало пар.
