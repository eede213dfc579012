# Слова отчётов.

unit-b = Б
unit-kb = кБ
unit-mb = МБ
unit-gb = ГБ
unit-us = мкс
unit-ms = мс
unit-s = с
unit-min = мин

## Почему проверка не запускалась

skipped-needs = Опирается на проверку { $check }, а та не пройдена.
skipped-when = Учитывается, когда { $at_least } из { $of } проверок получили не меньше { $share } % своих баллов; пока таких { $enough }.
skipped-not-reached = До неё не дошло: проверка работы закончилась раньше.

## Вердикты и исходы

report-verdict-passed = пройдено
report-verdict-partial = частично
report-verdict-failed = не пройдено
report-verdict-skipped = не запускалось
report-verdict-broken = сбой у нас
report-verdict-pending = решает человек

report-outcome-graded = Проверено
report-outcome-graded-means = У каждой проверки есть вердикт.
report-outcome-rejected = Работа не принята к проверке
report-outcome-rejected-means = Ничего не запускалось. Исправьте это и сдайте работу ещё раз.
report-outcome-regrade = Оценки пока нет: сбой на нашей стороне
report-outcome-regrade-means = Вашей вины в этом нет, баллы не потеряны. Работа будет проверена ещё раз.
report-outcome-interrupted = Остановлено до конца проверки
report-outcome-interrupted-what = Проверка прервана извне.
report-outcome-interrupted-means = Это не оценка. Сохранено то, что было известно к этому моменту; запустите проверку ещё раз.

## Проверка

report-score = { $earned } из { $max } баллов
report-points = { $earned } из { $max }
report-share = { $share } % баллов.
report-gate = условие
report-expected = Ожидалось
report-observed = Получено
report-hint = Что попробовать
report-repeat = Повторить
report-lesson = Занятие
report-hidden = Это скрытая проверка: её данные знает только курс, поэтому показан один вердикт.
report-step-done = сделано при проверке
report-step-seen = замечено
report-costliest = Больше всего блоков читает { $node }: { $blocks } из { $of }.

## Что показано, но не оценивается

report-shown = Измерено, на оценку не влияет
report-shown-note = Сколько времени что-то занимает, зависит от машины и от того, чем она ещё занята. Поэтому за эти числа баллов не дают и не снимают: они здесь, чтобы разобраться.
report-shown-broken = На этот раз измерить не удалось. Это наша забота, на оценке она не скажется.
report-shown-none = не измерено
report-shown-hint = О чём это говорит

## Терминал

report-next = Дальше:
report-reports = Отчёты:
report-all-passed = Всё пройдено. Можно сдавать.
report-time-intake = приём
report-time-start = запуск
report-time-checks = проверки
report-time-teardown = уборка
report-time-total = всего
report-time-waiting = ожидание
report-waiting-part = { $time }, { $share } % времени проверок

## JUnit

report-junit-submission = submission: работа принята и проверена

## OpenMetrics

metrics-score = Получено баллов.
metrics-score-max = Сколько баллов можно получить.
metrics-points = Баллы по проверкам.
metrics-blocks = Общие блоки по 8 КиБ, к которым обратился запрос за все выполнения.
metrics-bytes = Байты, которые сосчитала проверка.
metrics-latency = Секунды, в которые уложилась эта доля ответов.
metrics-duration = Длительность всей проверки работы.
metrics-check-duration = Длительность каждой проверки.

## Страница

report-date-format = %d.%m.%Y, %H:%M UTC
report-of-points = из { $max } баллов
report-checks = Проверки
report-bar = Проверки как части оценки
report-notes = Замечено при приёме работы
report-what-refused = Дословно:
report-more-lines = строк ещё не показано
report-query = Запрос с константами этого запуска
report-plan = Его план
report-plan-hot = больше всего блоков здесь
report-plan-rows = { $rows } { $rows ->
    [one] строка
    [few] строки
   *[many] строк
}
report-plan-removed = прочитано и отброшено: { $rows }
report-plan-method = индекс
report-chart-blocks = Блоки на запрос
report-chart-blocks-note = Блоки каждого запроса за все его выполнения. Шкала логарифмическая: каждая линия — в десять раз больше предыдущей. Чем левее, тем лучше.
report-chart-blocks-zero = без индексов
report-chart-blocks-row = { $label }: у вас { $observed }, у образца { $reference }, без индексов { $zero } (в блоках)
report-chart-bytes = Цена индексов
report-chart-bytes-note = Байты на диске и байты WAL при одном и том же пакете записей. Шкала логарифмическая. Чем левее, тем лучше.
report-chart-bytes-zero = отсюда баллов нет
report-chart-bytes-row = { $label }: у вас { $observed }, у образца { $reference }, баллов нет начиная с { $zero }
report-chart-reference = образец
report-chart-yours = ваш результат
report-course = Что сделано при проверке и что при этом замечено, в секундах от первого события
report-lag = Отставание { $service }
report-lag-most = Наибольшее отставание — { $most } ({ $at }), последнее измеренное — { $last } ({ $until }).
report-lag-none = Отставание ни разу не измерено.
report-lag-note = пунктир — сделано при проверке
report-ratio = Медиана по { $pairs } { $pairs ->
    [one] паре
   *[other] парам
} — { $median }; 95-процентный доверительный интервал — от { $low } до { $high }.
report-ratio-pair = одна пара
report-ratio-median = медиана
report-ratio-interval = 95-процентный доверительный интервал
report-ratio-equal = 1 — разницы нет
report-latency = Сколько ждали ответа: доля ответов и время, в которое она уложилась
report-latency-note = Обе шкалы логарифмические: начиная с 90{"\u00A0"}% за каждой следующей отметкой ответов в десять раз меньше, и они самые медленные.
report-latency-both = { $share } ответов уложились в { $yours }, у сервиса для сравнения — в { $yardstick }.
report-latency-one = { $share } ответов уложились в { $yours }.
report-latency-none = Ни одной задержки не измерено.
report-latency-yours = ваш сервис
report-latency-yardstick = для сравнения
report-latency-judged = оценивается { $share }
report-load = Ответы и ошибки в секунду
report-load-answers = ответы
report-load-failed = ошибки
report-load-clean = За { $time }: ответов — { $done }, ошибок нет.
report-load-errors = За { $time }: ответов — { $done }, ошибок — { $errors }, все они между { $from } и { $until }.
report-load-none = Нагрузка ничего не принесла.
report-again = Тот же запуск ещё раз
report-about = Как это проверено
report-seed = Зерно (seed)
report-digest = Контрольная сумма работы
report-versions = Версии
report-times = Время
