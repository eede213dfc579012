# Ошибки в описании работы — для её автора.

spec-here = здесь
spec-meant = может быть, `{ $name }`?
spec-known-names = здесь известны: { $names }

spec-unknown-field = поля `{ $name }` здесь не бывает
spec-unknown-variant = `{ $name }` здесь не бывает
spec-missing-field = нет поля `{ $name }`
spec-missing-field-top = его место — в начале файла, до первой таблицы
spec-missing-field-table = оно обязательно в { $table }
spec-missing-field-language = каждый текст пишут на двух языках: ru и en

spec-lab-unknown = работы `{ $name }` нет
spec-file-unread = не удалось прочитать { $path }: { $error }
spec-overlay-missing = нет папки со скрытыми проверками: { $path }

spec-id-format = `{ $name }` не годится в качестве имени
spec-id-format-help = только строчные латинские буквы, цифры и дефис
spec-id-not-folder = работа называется `{ $name }`, а её папка — `{ $folder }`
spec-deadline-zero = за нулевой срок ничего не успеет выполниться
spec-task-missing = в работе нет файла { $path }
spec-starter-missing = в работе нет заготовки: папки starter/ нет или она пуста

spec-service-unknown = сервиса `{ $name }` нет
spec-service-no-source = не сказано, что запускает сервис `{ $name }`
spec-service-two-sources = у сервиса `{ $name }` заданы и `image`, и `data`
spec-service-source-help = нужно что-то одно: `image` — образ роли или `data` — папка с Dockerfile
spec-data-no-dockerfile = нет файла { $path }
spec-project-on-data = у сервиса `{ $name }` есть набор данных, проект в нём не запустить
spec-project-on-data-help = проект запускается на образе роли: укажите `image`, а набор данных вынесите в отдельный сервис
spec-project-no-command = не сказано, чем запускать проект
spec-project-no-folder = в { $path } нет файлов
spec-env-no-login = ни у одного сервиса нет учётной записи `{ $login }`
spec-cpus = сервису нужно больше 0 процессоров
spec-memory = это меньше { BYTES($least) }: ни один сервер так не запустится
spec-port = порт 0 никто не слушает

spec-submission-empty = сдавать нечего
spec-submission-twice = { $path } указан дважды
spec-submission-no-bytes = для { $path } разрешено ноль байтов
spec-file-not-submitted = { $path } нет среди сдаваемых файлов

spec-text-empty = текст пуст ({ $language })
spec-text-not-russian = в русском тексте нет ни одной кириллической буквы

spec-no-workload = проверке нужны запросы, а в работе их нет
spec-no-workload-help = добавьте таблицу [workload]
spec-per-query-zero = для каждого запроса нужно выбирать хотя бы одну константу
spec-workload-file-missing = нет файла { $path }
spec-workload-unread = не удалось прочитать нагрузку: { $error }
spec-query-unknown = в нагрузке нет запроса `{ $query }`
spec-query-no-anchors = для запроса `{ $query }` ничего не записано
spec-query-no-draws = в запросе `{ $query }` есть константа, но выбирать её не из чего
spec-draw-unknown = константы заданы для `{ $query }`, а такого запроса нет
spec-record = запишите опорные значения: labgrade prove { $lab } --record

spec-check-twice = проверка `{ $name }` встречается дважды
spec-check-unknown = проверки `{ $name }` нет
spec-lesson-unknown = занятия `{ $name }` нет в [lessons]
spec-need-itself = проверка `{ $name }` зависит от самой себя и никогда не запустится
spec-need-cycle = проверки зависят друг от друга, и ни одна не запустится: { $path }
spec-need-later = проверка `{ $name }` стоит ниже и к этому времени ещё не выполнена
spec-need-hidden = видимая проверка зависит от скрытой `{ $name }` и при самопроверке никогда не запустится
spec-need-unmeasured = проверка `{ $name }` читает то, что измеряет run.{ $kind }, но от такой проверки не зависит
spec-need-unmeasured-help = добавьте в `needs` проверку вида { $kind }
spec-order-help = проверки идут в порядке файла: зависеть можно только от тех, что выше
spec-hidden-help = видимая проверка может зависеть только от видимых
spec-when-later = проверка `{ $name }` к этому времени ещё не выполнена
spec-when-hidden = проверка `{ $name }` скрытая и при самопроверке ничего не приносит
spec-when-gate = проверка `{ $name }` — пропускная: баллов за неё нет
spec-when-twice = проверка `{ $name }` указана дважды
spec-when-too-many = { $wanted } из { $listed } перечисленных не бывает: проверка никогда не будет засчитана
spec-when-share = доля не бывает больше 100 сотых

spec-shown-twice = имя `{ $name }` уже занято: так называется проверка или другой показатель
spec-shown-need-hidden = показатель зависит от скрытой проверки `{ $name }`, и при самопроверке его не будет никогда
spec-shown-need-hidden-help = показатель может зависеть только от видимых проверок
spec-shown-unmeasured = показатель `{ $name }` читает то, что измеряет run.{ $kind }, но от такой проверки не зависит

spec-machine-format = `{ $name }` не годится в качестве имени числа
spec-machine-format-help = первой стоит строчная латинская буква, за ней — такие же буквы, цифры и подчёркивания
spec-machine-taken = имя `{ $name }` занято
spec-machine-taken-help = `memory` и `cpus` в формуле — это память и процессоры сервиса, о котором она говорит

spec-points-sum = сумма баллов — { $sum }, а должно быть 100
spec-points-few = { $difference ->
    [one] не хватает { $difference } балла
   *[other] не хватает { $difference } баллов
}
spec-points-many = { $difference ->
    [one] лишний { $difference } балл
    [few] лишние { $difference } балла
   *[other] лишних { $difference } баллов
}
spec-deadline-short = проверка даёт решению { $seconds } с, поэтому её собственный срок должен быть больше
spec-formula = Правило о `{ $formula }` не вычисляется: { $error }
